/// Calls: each comes with its pullback.
#[differentiable(wrt(net))]
fn network(net: &Network, x: &Array2<f64>, labels: &[usize]) -> f64 {
    let h = layer(&net.hidden, x);
    let logits = layer(&net.output, &h);
    cross_entropy_loss(&logits, labels)
}
