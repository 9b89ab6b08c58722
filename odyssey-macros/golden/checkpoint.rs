/// A loop in segments: one state is kept for each of them, and the sweep runs a segment again before it goes back through it.
#[differentiable]
fn damped(w: f64, x: &[f64]) -> f64 {
    let mut h = 0.0;
    #[checkpoint]
    for i in 0..x.len() {
        h = (w * h + x[i]).sin();
    }
    h * h
}
