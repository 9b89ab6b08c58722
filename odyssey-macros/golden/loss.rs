/// One matrix product forward, one pass over memory, one matrix product back.
#[differentiable(wrt(w, b))]
fn loss(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let h = (x.dot(w) + b).tanh();
    let e = &h - y;
    (&e * &e).sum() / x.nrows() as f64
}
