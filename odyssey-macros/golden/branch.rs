/// A branch: the sweep takes the same one.
#[differentiable]
fn huber(x: f64, delta: f64) -> f64 {
    let size = x.abs();
    if size > delta {
        delta * (size - 0.5 * delta)
    } else {
        let square = x * x;
        0.5 * square
    }
}
