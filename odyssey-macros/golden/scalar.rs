/// Straight-line code over floats: the derivative is plain arithmetic.
#[differentiable]
fn pendulum(angle: f64, speed: f64, length: f64) -> f64 {
    let kinetic = 0.5 * (length * speed).powi(2);
    let potential = 9.81 * length * (1.0 - angle.cos());
    (kinetic + potential).sqrt()
}
