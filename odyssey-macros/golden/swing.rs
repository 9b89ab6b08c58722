#[differentiable]
fn swing(start: [f64; 2], steps: usize) -> Vec<f64> {
    let [mut angle, mut speed] = start;
    let mut trail = vec![0.0; steps];
    for i in 0..steps {
        speed -= 0.1 * angle.sin();
        angle += 0.1 * speed;
        trail[i] = angle;
    }
    trail
}
