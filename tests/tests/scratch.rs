use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable(wrt(w, b))]
fn loss(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let h = (x.dot(w) + b).tanh();
    let e = &h - y;
    (&e * &e).sum() / x.nrows() as f64
}
#[differentiable]
fn energy(x: &[f64], k: f64) -> f64 {
    let mut acc = 0.0;
    for i in 1..x.len() {
        let d = x[i] - x[i - 1];
        acc += 0.5 * k * d * d;
    }
    acc
}
#[differentiable]
fn rnn(w: f64, x: &[f64]) -> f64 {
    let mut h = 0.0;
    for i in 0..x.len() {
        h = (w * h + x[i]).tanh();
    }
    h * h
}
#[differentiable]
fn branch(x: f64, c: f64) -> f64 {
    let mut y = x;
    for n in 0..5 {
        if y > c {
            y = y.sqrt();
        } else {
            y -= 0.25 * c * n as f64;
        }
    }
    y * c
}
#[derive(Differentiable, Clone)]
struct Layer {
    w: Array2<f64>,
    b: Array1<f64>,
}
#[derive(Differentiable, Clone)]
struct Net {
    first: Layer,
    second: Layer,
    scale: f64,
}
#[differentiable]
fn layer(l: &Layer, x: &Array2<f64>) -> Array2<f64> {
    (x.dot(&l.w) + &l.b).tanh()
}
#[differentiable(wrt(net))]
fn net_loss(net: &Net, x: &Array2<f64>, labels: &[usize]) -> f64 {
    let h = layer(&net.first, x);
    let logits = h.dot(&net.second.w) * net.scale + &net.second.b;
    odyssey_runtime::losses::cross_entropy_loss(&logits, labels)
}
fn arr2(r: usize, c: usize) -> Array2<f64> {
    Array2::from_shape_fn((r, c), |(i, j)| ((i * 7 + j * 3) as f64 * 0.37).sin())
}
#[test]
fn straight() {
    let (w, b, x, y) = (arr2(4, 3), arr2(1, 3).row(0).to_owned(), arr2(5, 4), arr2(5, 3));
    loss::check_grad(&w, &b, &x, &y).unwrap();
    let (v, pb) = loss::vjp(&w, &b, &x, &y);
    let (dw, db) = pb(2.0);
    let (v2, (dw2, db2)) = loss::value_and_grad(&w, &b, &x, &y);
    assert!((v - v2).abs() < 1e-14);
    assert!((dw - dw2 * 2.0).mapv(f64::abs).sum() < 1e-12);
    assert!((db - db2 * 2.0).mapv(f64::abs).sum() < 1e-12);
}
#[test]
fn scalars() {
    let x = [0.3, 0.8, -0.2, 0.4];
    energy::check_grad(&x, 1.3).unwrap();
    rnn::check_grad(0.7, &x).unwrap();
    branch::check_grad(2.3, 0.7).unwrap();
    let (_, pb) = branch::vjp(2.3, 0.7);
    assert_eq!(pb(1.0), branch::grad(2.3, 0.7));
    let (_, pb) = rnn::vjp(0.7, &x);
    assert_eq!(pb(1.0), rnn::grad(0.7, &x));
}
#[test]
fn nets() {
    let l = |r, c| Layer { w: arr2(r, c), b: arr2(1, c).row(0).to_owned() };
    let net = Net { first: l(4, 3), second: l(3, 2), scale: 1.5 };
    net_loss::check_grad(&net, &arr2(5, 4), &[0, 1, 1, 0, 1]).unwrap();
}
