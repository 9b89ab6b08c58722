//! Operations and their gradients against `PyTorch`'s, written by `reference/generate.py`.

use std::collections::HashMap;

use ndarray::prelude::*;
use ndarray::{Data, IntoDimension};
use odyssey_runtime::losses::{self, Reduction};
use odyssey_runtime::prelude::*;

/// The arrays by name.
struct Reference(HashMap<&'static str, Vec<f64>>);

impl Reference {
    fn read() -> Self {
        let lines = include_str!("../reference/values.txt").lines().map(|line| {
            let mut words = line.split(' ');
            let name = words.next().expect("a name");
            (name, words.map(|word| word.parse().expect("a number")).collect())
        });
        Self(lines.collect())
    }

    /// Panics unless the array is the one of this name.
    #[track_caller]
    fn check<S: Data<Elem = f64>, D: Dimension>(&self, name: &str, array: &ArrayBase<S, D, f64>) {
        let expected = &self.0[name];
        assert_eq!(array.len(), expected.len(), "{name}");
        for (x, expected) in array.iter().zip(expected) {
            assert!((x - expected).abs() <= 1e-9 * (1.0 + expected.abs()), "{name}: {x} is not {expected}");
        }
    }
}

/// As the script makes them.
fn numbers<S: IntoDimension>(seed: usize, shape: S) -> Array<f64, S::Dim> {
    let mut index = 0.0;
    Array::from_shape_simple_fn(shape.into_dimension(), || {
        index += 1.0;
        f64::sin(index * 1.7 + seed as f64 * 0.61)
    })
}

fn positive<S: IntoDimension>(seed: usize, shape: S) -> Array<f64, S::Dim> {
    numbers(seed, shape).mapv(|x| x * x + 0.5)
}

/// `check!(reference, "name", f(&a, &b; options))`: the value and the gradients.
macro_rules! check {
    ($reference:ident, $name:expr, $f:ident(&$x:ident $(, $parameter:expr)*)) => {{
        let (y, pullback) = $f::vjp(&$x $(, $parameter)*);
        $reference.check(&format!("{}.y0", $name), &y);
        $reference.check(&format!("{}.d0", $name), &pullback(numbers(9, y.raw_dim())));
    }};
    ($reference:ident, $name:expr, $f:ident(&$x:ident, $($leading:expr,)* => $(&$o:ident),+ $(; $($parameter:expr),+)?) [$($d:tt)+]) => {{
        let (y, pullback) = $f::vjp(&$x, $($leading,)* $(&$o),+ $($(, $parameter)+)?);
        $reference.check(&format!("{}.y0", $name), &y);
        let gradients = pullback(numbers(9, y.raw_dim()));
        $($reference.check(&format!("{}.d{}", $name, $d), &gradients.$d);)+
    }};
}

#[test]
fn convolutions() {
    let reference = Reference::read();
    let options = [
        ((1, 1), (0, 0), (1, 1), 1),
        ((2, 1), (1, 2), (1, 1), 1),
        ((1, 2), (2, 1), (2, 1), 2),
        ((3, 2), (1, 3), (1, 3), 2),
        ((1, 1), (1, 1), (1, 1), 4),
    ];
    for (i, (stride, padding, dilation, groups)) in options.into_iter().enumerate() {
        let options = Conv2d { stride, padding, dilation, groups };
        let (x, k) = (numbers(1, [1, 4, 6, 7]), numbers(2, [4, 4 / groups, 3, 2]));
        check!(reference, format!("conv2d{i}"), conv2d(&x, => &k; options) [0 1]);
        let x = numbers(1, [1, 4, 4, 5]);
        check!(reference, format!("conv_transpose2d{i}"), conv_transpose2d(&x, => &k; options) [0 1]);
    }
    let (x, k) = (numbers(1, [1, 4, 4, 5]), numbers(2, [4, 2, 3, 2]));
    let options = Conv2d { stride: (2, 3), padding: (1, 0), groups: 2, ..Conv2d::default() };
    check!(reference, "conv_transpose2d_with", conv_transpose2d_with(&x, => &k; options, (1, 2)) [0 1]);
    for (i, (stride, padding, dilation, groups)) in [(1, 0, 1, 1), (2, 1, 1, 2), (1, 3, 2, 1)].into_iter().enumerate() {
        let options = Conv1d { stride, padding, dilation, groups };
        let (x, k) = (numbers(1, [2, 4, 8]), numbers(2, [2, 4 / groups, 3]));
        check!(reference, format!("conv1d{i}"), conv1d(&x, => &k; options) [0 1]);
    }
    let (x, k) = (numbers(1, [2, 3, 4, 5]), numbers(2, [6, 1, 3, 3]));
    let options = Conv2d { padding: (1, 1), ..Conv2d::default() };
    check!(reference, "depthwise_conv2d", depthwise_conv2d(&x, => &k; options) [0 1]);
}

#[test]
fn pools() {
    let (reference, x) = (Reference::read(), numbers(1, [1, 2, 5, 6]));
    check!(reference, "max_pool2d", max_pool2d(&x, (2, 3), (2, 1)));
    check!(reference, "avg_pool2d", avg_pool2d(&x, (3, 2), (1, 2)));
    check!(reference, "adaptive_avg_pool2d", adaptive_avg_pool2d(&x, (3, 4)));
    check!(reference, "global_avg_pool2d", global_avg_pool2d(&x));
}

#[test]
fn normalisations() {
    let (reference, eps) = (Reference::read(), 1e-3);
    let (x, gamma, beta) = (numbers(1, [3, 4, 5]), positive(2, 5), numbers(3, 5));
    check!(reference, "layer_norm", layer_norm(&x, => &gamma, &beta; eps) [0 1 2]);
    check!(reference, "rms_norm", rms_norm(&x, => &gamma; eps) [0 1]);
    let (gamma, beta, mean, var) = (positive(2, 4), numbers(3, 4), numbers(4, 4), positive(5, 4));
    check!(reference, "group_norm", group_norm(&x, 2, => &gamma, &beta; eps) [0 1 2]);
    check!(reference, "instance_norm", instance_norm(&x, => &gamma, &beta; eps) [0 1 2]);
    check!(reference, "batch_norm", batch_norm(&x, => &gamma, &beta, &mean, &var; eps) [0 1 2 3 4]);
    let ((y, mean, var), pullback) = batch_norm_train::vjp(&x, &gamma, &beta, eps);
    let (d_x, d_gamma, d_beta) = pullback((numbers(9, y.raw_dim()), numbers(9, 4), numbers(9, 4)));
    for (i, result) in [y.into_dyn(), mean.into_dyn(), var.into_dyn()].iter().enumerate() {
        reference.check(&format!("batch_norm_train.y{i}"), result);
    }
    for (i, gradient) in [d_x.into_dyn(), d_gamma.into_dyn(), d_beta.into_dyn()].iter().enumerate() {
        reference.check(&format!("batch_norm_train.d{i}"), gradient);
    }
}

#[test]
fn slices() {
    let (reference, table) = (Reference::read(), numbers(1, [5, 3]));
    check!(reference, "embedding", embedding(&table, &[3, 0, 3, 1]));
    let (x, values) = (numbers(1, [2, 4, 3]), numbers(2, [2, 3, 3]));
    check!(reference, "scatter_add", scatter_add(&x, Axis(1), &[3, 0, 3], => &values) [0 1]);
}

#[test]
fn attention() {
    let reference = Reference::read();
    let (q, k, v) = (numbers(1, [2, 3, 4, 6]), numbers(2, [2, 3, 5, 6]), numbers(3, [2, 3, 5, 7]));
    let mask = numbers(4, [2, 1, 4, 5]);
    check!(reference, "attention", scaled_dot_product_attention(&q, => &k, &v) [0 1 2]);
    check!(reference, "attention_masked", scaled_dot_product_attention_masked(&q, => &k, &v, &mask) [0 1 2 3]);
    let (q, k, v) = (numbers(1, [2, 4, 6]), numbers(2, [2, 5, 6]), numbers(3, [2, 5, 6]));
    check!(reference, "multi_head_attention", multi_head_attention(&q, => &k, &v; 3) [0 1 2]);
}

/// The same for a function of one matrix with several results.
macro_rules! check_parts {
    ($reference:ident, $name:literal, $f:ident($a:expr), $($part:tt)+) => {{
        let a = $a;
        let (y, pullback) = $f::vjp(a);
        $($reference.check(&format!("{}.y{}", $name, $part), &y.$part);)+
        let gradient = pullback(($(numbers(9, y.$part.raw_dim())),+));
        $reference.check(&format!("{}.d0", $name), &gradient);
    }};
}

fn from_diagonal(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| if i == j { 2.5 } else { 0.0 })
}

#[test]
fn linear_algebra() {
    let reference = Reference::read();
    let (a, b, u, v) = (numbers(1, [2, 1, 3, 4]), numbers(2, [3, 4, 2]), numbers(1, 3), numbers(2, 4));
    check!(reference, "matmul", matmul(&a, => &b) [0 1]);
    check!(reference, "outer", outer(&u, => &v) [0 1]);
    let (a, b) = (numbers(1, [2, 4, 4]) + Array2::<f64>::eye(4) * 2.5, numbers(2, [2, 4, 3]));
    let positive = a.matmul(&a.view().permuted_axes([0, 2, 1])) + Array2::<f64>::eye(4);
    check!(reference, "trace", trace(&a));
    check!(reference, "det", det(&a));
    check!(reference, "logdet", logdet(&positive));
    check!(reference, "inv", inv(&a));
    check!(reference, "solve", solve(&a, => &b) [0 1]);
    check!(reference, "cholesky", cholesky(&positive));
    let tall = numbers(1, [2, 5, 3]) + from_diagonal(5, 3);
    check_parts!(reference, "qr", qr(&tall), 0 1);
    check_parts!(reference, "eigh", eigh(&a), 0 1);
    check_parts!(reference, "svd_tall", svd(&tall), 0 1 2);
    check_parts!(reference, "svd_wide", svd(&tall.permuted_axes([0, 2, 1])), 0 1 2);
    check!(reference, "lower", triangular_solve(&a, => &b; Triangle::Lower) [0 1]);
    check!(reference, "upper", triangular_solve(&a, => &b; Triangle::Upper) [0 1]);
}

/// The value and the gradients of a loss, along the cotangent of the script.
macro_rules! check_loss {
    ($reference:ident, $name:literal, $reduction:ident, $f:ident($($arg:expr),*) [$($d:tt)*]) => {{
        let name = format!("{}.{}", $name, if $reduction == Reduction::Mean { "mean" } else { "sum" });
        let (value, pullback) = losses::$f::vjp($($arg,)* $reduction);
        $reference.check(&format!("{name}.y0"), &arr0(value));
        let gradients = pullback(f64::sin(1.7 + 9.0 * 0.61));
        check_loss!(@gradients $reference, name, gradients, $($d)*);
    }};
    (@gradients $reference:ident, $name:ident, $gradients:ident, all) => {
        $reference.check(&format!("{}.d0", $name), &$gradients);
    };
    (@gradients $reference:ident, $name:ident, $gradients:ident, $($d:tt)*) => {
        $($reference.check(&format!("{}.d{}", $name, $d), &$gradients.$d);)*
    };
}

#[test]
fn losses() {
    let reference = Reference::read();
    let sigmoid = |x: Array2<f64>| x.mapv(|x| 1.0 / (1.0 + (-x).exp()));
    let (x, y) = (numbers(1, [4, 3]), numbers(2, [4, 3]));
    let (p, t) = (sigmoid(x.clone()), sigmoid(y.clone()));
    let (labels, weights) = ([0, 2, 1, 2], positive(3, 3).to_vec());
    for reduction in [Reduction::Mean, Reduction::Sum] {
        check_loss!(reference, "mse", reduction, mse_loss_with(&x, &y) [0 1]);
        check_loss!(reference, "mae", reduction, mae_loss_with(&x, &y) [0 1]);
        check_loss!(reference, "huber", reduction, huber_loss_with(&x, &y, 0.4) [0 1]);
        check_loss!(reference, "bce", reduction, bce_loss_with(&p, &t)[0]);
        check_loss!(reference, "bce_with_logits", reduction, bce_with_logits_loss_with(&x, &t) [0 1]);
        check_loss!(reference, "kl_div", reduction, kl_div_loss_with(&x, &t) [0 1]);
        check_loss!(reference, "cross_entropy", reduction, cross_entropy_loss_with(&x, &labels)[all]);
        check_loss!(reference, "nll", reduction, nll_loss_with(&x, &labels)[all]);
        check_loss!(
            reference,
            "weighted_cross_entropy",
            reduction,
            weighted_cross_entropy_loss_with(&x, &labels, &weights, 0.1)[all]
        );
    }
}
