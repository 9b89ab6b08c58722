//! Networks, as people write them.

use ndarray::{Array1, Array2, s};
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::prelude::*;

#[derive(Clone, Debug, Differentiable)]
pub struct Linear<T: Real> {
    pub weight: Array2<T>,
    pub bias: Array1<T>,
}

#[derive(Clone, Debug, Differentiable)]
pub struct Mlp<T: Real> {
    pub hidden: Linear<T>,
    pub output: Linear<T>,
}

#[differentiable]
pub fn linear<T: Real>(layer: &Linear<T>, x: &Array2<T>) -> Array2<T> {
    x.dot(&layer.weight) + &layer.bias
}

#[differentiable(wrt(model))]
pub fn mlp<T: Real>(model: &Mlp<T>, x: &Array2<T>, labels: &[usize]) -> T {
    let hidden = linear(&model.hidden, x).tanh();
    let scores = linear(&model.output, &hidden);
    cross_entropy_loss(&scores, labels)
}

#[differentiable(wrt(w1, b1, w2, b2))]
pub fn flat(w1: &Array2<f64>, b1: &Array1<f64>, w2: &Array2<f64>, b2: &Array1<f64>, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let h = (x.dot(w1) + b1).tanh();
    let e = h.dot(w2) + b2 - y;
    (&e * &e).sum() / x.nrows() as f64
}

#[derive(Clone, Debug, Differentiable)]
pub struct Lstm {
    pub wx: Array2<f64>,
    pub wh: Array2<f64>,
    pub bias: Array1<f64>,
    pub readout: Array2<f64>,
}

/// One step: the new state from the old one.
#[differentiable]
pub fn cell(net: &Lstm, x: &Array2<f64>, h: &Array2<f64>, c: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let n = h.ncols();
    let gates = x.dot(&net.wx) + h.dot(&net.wh) + &net.bias;
    let input = gates.slice(s![.., ..n]).sigmoid();
    let forget = gates.slice(s![.., n..2 * n]).sigmoid();
    let update = gates.slice(s![.., 2 * n..3 * n]).tanh();
    let output = gates.slice(s![.., 3 * n..]).sigmoid();
    let c = forget * c + input * update;
    let h = output * c.tanh();
    (h, c)
}

#[differentiable(wrt(net))]
pub fn lstm_by_cells(net: &Lstm, xs: &[Array2<f64>], labels: &[usize]) -> f64 {
    let n = net.wh.nrows();
    let mut h = Array2::<f64>::zeros((xs[0].nrows(), n));
    let mut c = Array2::<f64>::zeros((xs[0].nrows(), n));
    for x in xs {
        (h, c) = cell(net, x, &h, &c);
    }
    cross_entropy_loss(&h.dot(&net.readout), labels)
}

#[differentiable(wrt(net))]
pub fn lstm_inline(net: &Lstm, xs: &[Array2<f64>], y: &Array2<f64>) -> f64 {
    let n = net.wh.nrows();
    let mut h = Array2::<f64>::zeros((xs[0].nrows(), n));
    let mut c = Array2::<f64>::zeros((xs[0].nrows(), n));
    let mut loss = 0.0;
    for x in xs {
        let gates = x.dot(&net.wx) + h.dot(&net.wh) + &net.bias;
        let input = gates.slice(s![.., ..n]).sigmoid();
        let forget = gates.slice(s![.., n..2 * n]).sigmoid();
        let update = gates.slice(s![.., 2 * n..3 * n]).tanh();
        let output = gates.slice(s![.., 3 * n..]).sigmoid();
        c = &forget * &c + &input * &update;
        h = &output * &c.tanh();
        let e = h.dot(&net.readout) - y;
        loss += (&e * &e).sum();
    }
    loss
}

pub fn numbers<D: ndarray::Dimension, S: ndarray::ShapeBuilder<Dim = D>>(shape: S, seed: usize) -> ndarray::Array<f64, D> {
    let mut i = seed as f64;
    ndarray::Array::from_shape_simple_fn(shape, || {
        i += 1.0;
        (i * 0.7).sin() * 0.5
    })
}

pub fn mlp_model() -> Mlp<f64> {
    let hidden = Linear { weight: numbers((8, 12), 1), bias: numbers(12, 2) };
    Mlp { hidden, output: Linear { weight: numbers((12, 3), 3), bias: numbers(3, 4) } }
}

pub fn lstm_model(n: usize) -> Lstm {
    Lstm { wx: numbers((8, 4 * n), 1), wh: numbers((n, 4 * n), 2), bias: numbers(4 * n, 3), readout: numbers((n, 3), 4) }
}

pub fn labels(number: usize) -> Vec<usize> {
    (0..number).map(|i| i % 3).collect()
}

pub fn sequence(length: usize) -> Vec<Array2<f64>> {
    (0..length).map(|t| numbers((16, 8), t)).collect()
}
