//! Networks.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

fn images(seed: usize, shape: (usize, usize, usize, usize)) -> Array4<f64> {
    let (n, c, h, w) = shape;
    numbers::<f64>(seed, n * c * h * w).into_shape_with_order(shape).unwrap()
}

fn cube(seed: usize, shape: (usize, usize, usize)) -> Array3<f64> {
    numbers::<f64>(seed, shape.0 * shape.1 * shape.2).into_shape_with_order(shape).unwrap()
}

fn positive(len: usize) -> Array1<f64> {
    numbers::<f64>(9, len).mapv(|x| x * x + 0.5)
}

#[differentiable]
fn convolutions(x: &Array4<f64>, k: &Array4<f64>, up: &Array4<f64>, each: &Array4<f64>) -> f64 {
    let options = Conv2d { stride: (2, 1), padding: (1, 1), ..Conv2d::default() };
    let h = x.conv2d(k, options).tanh();
    let h = h.conv_transpose2d(up, Conv2d { stride: (2, 2), ..Default::default() });
    let h = h.depthwise_conv2d(each, Conv2d::default());
    (&h * &h).sum()
}

#[differentiable]
fn sequences(x: &Array3<f64>, k: &Array3<f64>) -> f64 {
    let y = x.conv1d(k, Conv1d { padding: 1, groups: 2, ..Conv1d::default() });
    y.exp().sum()
}

#[differentiable]
fn classifier(x: &Array4<f64>, k: &Array4<f64>, bias: &Array1<f64>, w: &Array2<f64>, labels: &[usize]) -> f64 {
    let bias = bias.view().insert_axis(Axis(1)).insert_axis(Axis(2));
    let h = (x.conv2d(k, Conv2d { padding: (1, 1), ..Conv2d::default() }) + bias).gelu();
    let h = h.max_pool2d((2, 2), (2, 2)).adaptive_avg_pool2d((2, 1)) * 2.0;
    let features = h.avg_pool2d((1, 1), (1, 1)).global_avg_pool2d();
    let logits = features.dot(w);
    odyssey_runtime::losses::cross_entropy_loss(&logits, labels)
}

#[differentiable]
fn normalised(x: &Array3<f64>, gamma: &Array1<f64>, beta: &Array1<f64>, mean: &Array1<f64>, var: &Array1<f64>) -> f64 {
    let rows = x.layer_norm(gamma, beta, 1e-3).rms_norm(gamma, 1e-3);
    let channels = rows.group_norm(2, beta, gamma, 1e-2).instance_norm(gamma, beta, 1e-2);
    let y = channels.batch_norm(gamma, beta, mean, var, 1e-3);
    y.mapv(|v| v * v * v).sum()
}

#[differentiable]
fn trained(x: &Array2<f64>, gamma: &Array1<f64>, beta: &Array1<f64>) -> f64 {
    let (y, mean, var) = x.batch_norm_train(gamma, beta, 1e-3);
    let z = y.tanh();
    (&z * &z * 0.5).sum() + mean.dot(&var) + 2.0 * var.sum()
}

/// One block of a transformer.
#[differentiable]
fn block(
    tokens: &[usize],
    table: &Array2<f64>,
    wq: &Array2<f64>,
    wk: &Array2<f64>,
    gamma: &Array1<f64>,
    mask: &Array2<f64>,
) -> f64 {
    let x = table.embedding(tokens);
    let x = x.rms_norm(gamma, 1e-5);
    let (q, k) = (x.dot(wq), x.dot(wk));
    let y = q.scaled_dot_product_attention_masked(&k, &x, mask);
    let y = scaled_dot_product_attention(&y, &q, &k);
    (&y * &x).sum()
}

#[differentiable]
fn heads(x: &Array3<f64>, wq: &Array2<f64>, wk: &Array2<f64>, wo: &Array2<f64>, mask: &Array2<f64>) -> f64 {
    let (q, k) = (x.matmul(wq), x.matmul(wk));
    let y = multi_head_attention(&q, &k, x, 2).matmul(wo) + x;
    let z = multi_head_attention_masked(&y, &k.view(), &y, 2, mask);
    (&y * &z).sum()
}

#[differentiable]
fn left_out(x: &Array2<f64>, mask: &Array2<bool>) -> f64 {
    let y = x.dropout(mask, 0.5);
    let z = dropout(&y.exp(), mask, 0.25);
    (&y * &z).sum()
}

/// Free functions in a function that is called.
#[differentiable]
fn stage<T: Real>(x: &Array4<T>, k: &Array4<T>, gamma: &Array1<T>, eps: T) -> Array2<T> {
    let y = conv2d(x, k, Conv2d::default());
    let y = group_norm(&y, 1, gamma, gamma, detach(eps));
    let y = layer_norm(&y, &numbers::<T>(3, y.len_of(Axis(3))), &numbers::<T>(4, y.len_of(Axis(3))), T::lit(1e-2));
    let y = max_pool2d(&y, (1, 2), (1, 1));
    global_avg_pool2d(&y)
}

#[differentiable(wrt(x, k, gamma))]
fn through_calls<T: Real>(x: &Array4<T>, k: &Array4<T>, gamma: &Array1<T>, eps: T) -> T {
    let y = stage(x, k, gamma, eps);
    let (y, _, var) = batch_norm_train(&y, gamma, gamma, eps);
    let rows = embedding(&y, &[1, 0, 1]);
    (&rows * &rows).sum() + var.sum()
}

/// Particles between the points of a grid: what each gives to its neighbours, and the field where it is.
#[differentiable(wrt(at, charge))]
fn particles(at: &Array1<f64>, charge: &Array1<f64>, cells: &[usize]) -> f64 {
    let right: Vec<usize> = cells.iter().map(|cell| cell + 1).collect();
    let share = at * at / (1.0 + at * at);
    let density = Array1::zeros(5).scatter_add(Axis(0), cells, &(charge * (1.0 - &share)));
    let density = scatter_add(&density, Axis(0), &right, &(charge * &share));
    let field = density.mapv(|d| d * d * d);
    let mut energy = 0.0;
    for _ in 0..2 {
        let felt = field.select(Axis(0), cells) * charge;
        energy += felt.scatter_add(Axis(0), &[0, 2], &at.select(Axis(0), &[1, 0])).sum();
    }
    energy + (&field * &field).sum()
}

#[test]
fn networks() {
    agrees!(particles(&numbers(1, 4), &numbers(2, 4), &[3, 0, 3, 1]), wrt 2);
    let (k, up, each) = (images(2, (3, 2, 3, 3)), images(3, (3, 2, 2, 2)), images(4, (4, 1, 2, 2)));
    agrees!(convolutions(&images(1, (2, 2, 4, 4)), &k, &up, &each), wrt 4);
    agrees!(sequences(&cube(1, (2, 4, 5)), &cube(2, (2, 2, 3))), wrt 2);
    agrees!(classifier(&images(1, (2, 1, 6, 5)), &images(2, (3, 1, 3, 3)), &numbers(3, 3), &matrix(4, 3, 4), &[3, 1]), wrt 4);
    agrees!(normalised(&cube(1, (2, 4, 4)), &positive(4), &numbers(2, 4), &numbers(3, 4), &positive(4)), wrt 5);
    agrees!(trained(&matrix(1, 5, 3), &positive(3), &numbers(2, 3)), wrt 3);
    let mask = array![[0.0, f64::NEG_INFINITY, f64::NEG_INFINITY], [0.0, 0.5, f64::NEG_INFINITY], [0.0, 0.0, -1.0]];
    let mask = mask.mapv(|x: f64| x.max(-30.0));
    agrees!(block(&[4, 0, 4], &matrix(1, 5, 4), &matrix(2, 4, 4), &matrix(3, 4, 4), &positive(4), &mask), wrt 5 behind 1);
    let w = |seed| matrix(seed, 4, 4);
    agrees!(heads(&cube(1, (2, 3, 4)), &w(2), &w(3), &w(4), &mask), wrt 5);
    agrees!(left_out(&matrix(1, 4, 4), &matrix::<f64>(2, 4, 4).mapv(|x| x > 0.0)));
    agrees!(through_calls(&images(1, (2, 2, 4, 5)), &images(2, (3, 2, 2, 2)), &positive(3), 1e-2), wrt 3);
    let single = |x: Array4<f64>| x.mapv(|x| x as f32);
    let (x, k) = (single(images(1, (2, 2, 4, 5))), single(images(2, (3, 2, 2, 2))));
    agrees!(through_calls(&x, &k, &positive(3).mapv(|x| x as f32), 1e-2) as f32, wrt 3);
}
