/// A loop with state: the sweep reads the state before each iteration, and nothing else is kept.
#[differentiable]
fn recurrence(w: f64, x: &[f64]) -> f64 {
    let mut h = 0.0;
    for i in 0..x.len() {
        h = (w * h + x[i]).tanh();
    }
    h * h
}
