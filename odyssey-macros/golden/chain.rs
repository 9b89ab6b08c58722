/// Functions that wait for one another: value and gradient are one pass in two stages.
#[differentiable]
fn chain(x: &Array1<f64>, a: f64, b: f64) -> f64 {
    ((a * x + b * (-x * x).exp()).tanh() / (1.0 + x * x)).sum()
}
