/// A struct of parameters; what the caller does not want is not computed.
#[differentiable]
fn layer(l: &Layer, x: &Array2<f64>) -> Array2<f64> {
    (x.dot(&l.w) + &l.b).tanh()
}
