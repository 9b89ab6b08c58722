/// A loop that only accumulates: forward and reverse iterations run together, nothing is kept.
#[differentiable]
fn energy(x: &[f64], k: f64) -> f64 {
    let mut acc = 0.0;
    for i in 1..x.len() {
        let d = x[i] - x[i - 1];
        acc += 0.5 * k * d * d;
    }
    acc
}
