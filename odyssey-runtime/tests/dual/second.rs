//! The pullbacks of the prelude's companions with their tangents.

use ndarray::{Array1, Array2, Array3, Axis, array};
use odyssey_runtime::losses::{self, Reduction};
use odyssey_runtime::ops::linalg::Triangle;
use odyssey_runtime::ops::nn::{Conv1d, Conv2d};
use odyssey_runtime::prelude::*;
use odyssey_runtime::rt::residuals::*;
use odyssey_runtime::rt::{self, No, Yes};

use super::reading::{Answer, Given, Halves, Read, numbers};
use super::rules::{regular, stack};
use super::{STEP, agree};

/// Compares value and pullback, with their tangents, with central differences of value and pullback.
macro_rules! second {
    ($name:literal: $($x:ident $dot:ident = $value:expr),+; $first:expr; $second:expr; again ($($again:expr),*)) => {{
        $(let $x = $value;)+
        let at = |step: f64| {
            let mut _number = 0;
            $(
                _number += 1;
                let $x = $x.moved(_number, step);
            )+
            let (y, pullback) = $first;
            let d = y.cotangent(step);
            [y.list(), pullback($($again,)* &y, d).list()].concat()
        };
        let differences: Vec<_> = at(STEP).iter().zip(at(-STEP)).map(|(up, down)| (up - down) / (2.0 * STEP)).collect();
        let mut _number = 0;
        $(
            _number += 1;
            let $dot = $x.direction(_number);
        )+
        let ((y, y_dot), pullback) = $second;
        let (d, d_dot) = pullback($($again,)* &y, (y.cotangent(0.0), y.cotangent_dot())).halves();
        agree($name, &[y.list(), d].concat(), &at(0.0));
        agree($name, &[y_dot.list(), d_dot].concat(), &differences);
    }};
}

/// A function of one tensor and parameters: in its function form, or as a method.
macro_rules! of_tensor {
    ($name:ident($value:expr $(, $p:expr)*), wants ($($want:expr),*)) => {
        second!("a function": x x_dot = $value;
            rt::$name::residual_vjp(rt::$name, &x, $($p,)* (Yes, $($want),*));
            rt::$name::residual_hvp(rt::$name, &x, $($p,)* (&x_dot, $($want),*), (Yes, $($want),*));
            again (&x $(, $p)*));
    };
    ($first:ident, $second:ident($value:expr $(, $p:expr)*), wants ($($want:expr),*)) => {
        second!("a method": x x_dot = $value;
            x.$first($($p,)* (Yes, $($want),*));
            x.$second($($p,)* (&x_dot, $($want),*), (Yes, $($want),*));
            again (&x $(, $p)*));
    };
}

fn cube() -> Array3<f64> {
    numbers([3, 4, 5], 1)
}

#[test]
fn of_functions_of_one_tensor() {
    let axis = Axis(1);
    of_tensor!(softmax(cube(), axis), wants(No));
    of_tensor!(log_softmax(cube(), axis), wants(No));
    of_tensor!(logsumexp(cube(), axis), wants(No));
    of_tensor!(max_axis(cube(), axis), wants(No));
    of_tensor!(min_axis(cube(), axis), wants(No));
    of_tensor!(norm_l1(cube()), wants());
    of_tensor!(norm_l2(cube()), wants());
    of_tensor!(cumsum(cube(), axis), wants(No));
}

#[test]
fn of_methods_of_one_tensor() {
    let axis = Axis(1);
    of_tensor!(softmax_residual_vjp, softmax_residual_hvp(cube(), axis), wants(No));
    of_tensor!(product_residual_vjp, product_residual_hvp(numbers([5], 1)), wants());
    of_tensor!(product_axis_residual_vjp, product_axis_residual_hvp(cube(), axis), wants(No));
    of_tensor!(cumprod_residual_vjp, cumprod_residual_hvp(cube(), axis), wants(No));
    of_tensor!(var_residual_vjp, var_residual_hvp(cube(), 1.0), wants(No));
    of_tensor!(std_residual_vjp, std_residual_hvp(cube(), 1.0), wants(No));
    of_tensor!(var_axis_residual_vjp, var_axis_residual_hvp(cube(), axis, 0.0), wants(No, No));
    of_tensor!(std_axis_residual_vjp, std_axis_residual_hvp(cube(), axis, 0.0), wants(No, No));
    of_tensor!(sum_residual_vjp, sum_residual_hvp(cube()), wants());
    of_tensor!(mean_residual_vjp, mean_residual_hvp(cube()), wants());
    of_tensor!(sum_axis_residual_vjp, sum_axis_residual_hvp(cube(), axis), wants(No));
    of_tensor!(mean_axis_residual_vjp, mean_axis_residual_hvp(cube(), axis), wants(No));
    of_tensor!(select_residual_vjp, select_residual_hvp(cube(), axis, &[3, 0, 3]), wants(No, No));
    of_tensor!(diff_residual_vjp, diff_residual_hvp(cube(), 2, axis), wants(No, No));
    of_tensor!(tril_residual_vjp, tril_residual_hvp(cube(), 1), wants(No));
    of_tensor!(triu_residual_vjp, triu_residual_hvp(cube(), -1), wants(No));
    let x = numbers([2, 3], 1);
    let ((y, y_dot), pullback) = x.t_residual_hvp((&x,), (Yes,));
    assert_eq!((y, y_dot.view()), (x.t(), x.t()));
    assert_eq!(pullback(&x, &x.t(), (x.t().to_owned(), &x.t() * 2.0)), ((x.clone(), &x * 2.0),));
}

#[test]
fn of_products() {
    second!("dot": a a_dot = numbers([4, 3], 1), b b_dot = numbers([3, 5], 2);
        a.dot_residual_vjp(&b, (Yes, Yes));
        a.dot_residual_hvp(&b, (&a_dot, &b_dot), (Yes, Yes)); again (&a, &b));
    second!("dot of vectors": a a_dot = numbers([4], 1), b b_dot = numbers([4], 2);
        a.dot_residual_vjp(&b, (No, Yes));
        a.dot_residual_hvp(&b, (&a_dot, &b_dot), (No, Yes)); again (&a, &b));
    let b = numbers([3, 5], 2);
    second!("dot along one": a a_dot = numbers([4, 3], 1);
        a.dot_residual_vjp(&b, (Yes, Yes));
        a.dot_residual_hvp(&b, (&a_dot, No), (Yes, Yes)); again (&a, &b));
    second!("matmul": a a_dot = numbers([2, 4, 3], 1), b b_dot = numbers([2, 3, 5], 2);
        matmul::residual_vjp(matmul, &a, &b, (Yes, Yes));
        matmul::residual_hvp(matmul, &a, &b, (&a_dot, &b_dot), (Yes, Yes)); again (&a, &b));
    second!("outer": a a_dot = numbers([4], 1), b b_dot = numbers([3], 2);
        outer::residual_vjp(outer, &a, &b, (Yes, Yes));
        outer::residual_hvp(outer, &a, &b, (&a_dot, &b_dot), (Yes, Yes)); again (&a, &b));
}

/// An operation on one matrix.
macro_rules! of_matrix {
    ($($name:ident)*; $value:expr) => {$(
        second!("of a matrix": a a_dot = $value;
            rt::$name::residual_vjp(rt::$name, &a, (Yes,));
            rt::$name::residual_hvp(rt::$name, &a, (&a_dot,), (Yes,)); again (&a));
    )*};
}

/// Positive definite.
fn positive(n: usize) -> Array2<f64> {
    regular(n, 1).dot(&regular(n, 1).t())
}

#[test]
fn of_linear_algebra() {
    of_matrix!(trace det logdet inv try_logdet try_inv; regular(4, 1));
    of_matrix!(trace det logdet inv; stack(3, 1));
    of_matrix!(cholesky try_cholesky qr eigh svd; positive(3));
    // Where the factors are found by no step at all, or few, what they vary along is there all the same.
    of_matrix!(qr eigh svd cholesky; Array2::from_diag(&array![1.0, 2.5, 4.0]));
    let (a, b) = (regular(4, 1), numbers([4, 2], 2));
    second!("solve": a a_dot = a.clone(), b b_dot = b.clone();
        solve::residual_vjp(solve, &a, &b, (Yes, Yes));
        solve::residual_hvp(solve, &a, &b, (&a_dot, &b_dot), (Yes, Yes)); again (&a, &b));
    second!("solve along one": b b_dot = b.clone();
        a.try_solve_residual_vjp(&b, (Yes, Yes));
        a.try_solve_residual_hvp(&b, (No, &b_dot), (Yes, Yes)); again (&a, &b));
    let lower = Triangle::Lower;
    second!("triangular_solve": a a_dot = a.clone(), b b_dot = b.clone();
        triangular_solve::residual_vjp(triangular_solve, &a, &b, lower, (Yes, Yes, No));
        triangular_solve::residual_hvp(triangular_solve, &a, &b, lower, (&a_dot, &b_dot, No), (Yes, Yes, No));
        again (&a, &b, lower));
    let singular = Array2::<f64>::zeros((2, 2));
    let ((y, y_dot), pullback) = singular.try_inv_residual_hvp((&singular,), (Yes,));
    assert!(y.is_err() && y_dot.is_none());
    assert_eq!(pullback(&singular, &y, (None, None)), ((singular.clone(), singular.clone()),));
}

#[test]
fn of_images() {
    let (image, kernel) = (|| numbers([2, 4, 5, 6], 1), || numbers([6, 2, 3, 2], 2));
    let how = Conv2d { stride: (2, 1), padding: (1, 0), dilation: (1, 2), groups: 2 };
    second!("conv2d": x x_dot = image(), k k_dot = kernel();
        conv2d::residual_vjp(conv2d, &x, &k, how, (Yes, Yes, No));
        conv2d::residual_hvp(conv2d, &x, &k, how, (&x_dot, &k_dot, No), (Yes, Yes, No)); again (&x, &k, how));
    second!("conv1d": x x_dot = numbers([2, 3, 7], 1), k k_dot = numbers([4, 3, 3], 2);
        conv1d::residual_vjp(conv1d, &x, &k, Conv1d::default(), (Yes, Yes, No));
        conv1d::residual_hvp(conv1d, &x, &k, Conv1d::default(), (&x_dot, &k_dot, No), (Yes, Yes, No));
        again (&x, &k, Conv1d::default()));
    let (size, stride) = ((3, 2), (2, 1));
    second!("max_pool2d": x x_dot = image();
        max_pool2d::residual_vjp(max_pool2d, &x, size, stride, (Yes, No, No));
        max_pool2d::residual_hvp(max_pool2d, &x, size, stride, (&x_dot, No, No), (Yes, No, No)); again (&x, size, stride));
    let mask = image().mapv(|x| x > 0.0);
    second!("dropout": x x_dot = image();
        dropout::residual_vjp(dropout, &x, &mask, 0.5, (Yes, No, No));
        dropout::residual_hvp(dropout, &x, &mask, 0.5, (&x_dot, No, No), (Yes, No, No)); again (&x, &mask, 0.5));
    second!("embedding": x x_dot = numbers([5, 3], 1);
        embedding::residual_vjp(embedding, &x, &[4, 0, 4], (Yes, No));
        embedding::residual_hvp(embedding, &x, &[4, 0, 4], (&x_dot, No), (Yes, No)); again (&x, &[4, 0, 4]));
}

#[test]
fn of_normalisations_and_attention() {
    let (x, last) = (cube, |seed| numbers([5], seed));
    second!("layer_norm": x x_dot = x(), g g_dot = last(2), b b_dot = last(3);
        layer_norm::residual_vjp(layer_norm, &x, &g, &b, 0.1, (Yes, Yes, Yes, No));
        layer_norm::residual_hvp(layer_norm, &x, &g, &b, 0.1, (&x_dot, &g_dot, &b_dot, No), (Yes, Yes, Yes, No));
        again (&x, &g, &b, 0.1));
    let channel = |seed| numbers([4], seed);
    second!("group_norm": x x_dot = x(), g g_dot = channel(2), b b_dot = channel(3);
        group_norm::residual_vjp(group_norm, &x, 2, &g, &b, 0.1, (Yes, No, Yes, Yes, No));
        x.group_norm_residual_hvp(2, &g, &b, 0.1, (&x_dot, No, &g_dot, &b_dot, No), (Yes, No, Yes, Yes, No));
        again (&x, 2, &g, &b, 0.1));
    second!("batch_norm_train": x x_dot = x(), g g_dot = channel(2), b b_dot = channel(3);
        batch_norm_train::residual_vjp(batch_norm_train, &x, &g, &b, 0.1, (Yes, Yes, Yes, No));
        batch_norm_train::residual_hvp(batch_norm_train, &x, &g, &b, 0.1, (&x_dot, &g_dot, &b_dot, No), (Yes, Yes, Yes, No));
        again (&x, &g, &b, 0.1));
    second!("batch_norm": x x_dot = x(), g g_dot = channel(2), b b_dot = channel(3), m m_dot = channel(4),
            v v_dot = channel(5).mapv(|x| x * x);
        batch_norm::residual_vjp(batch_norm, &x, (&g, &b, &m, &v, 0.1), (Yes, Yes, Yes, Yes, Yes, No));
        batch_norm::residual_hvp(batch_norm, &x, (&g, &b, &m, &v, 0.1), (&x_dot, &g_dot, &b_dot, &m_dot, &v_dot, No),
            (Yes, Yes, Yes, Yes, Yes, No));
        again (&x, &g, &b, &m, &v, 0.1));
    second!("attention": q q_dot = numbers([2, 3, 4], 1), k k_dot = numbers([2, 5, 4], 2), v v_dot = numbers([2, 5, 3], 3);
        scaled_dot_product_attention::residual_vjp(scaled_dot_product_attention, &q, &k, &v, (Yes, Yes, Yes));
        scaled_dot_product_attention::residual_hvp(
            scaled_dot_product_attention, &q, &k, &v, (&q_dot, &k_dot, &v_dot), (Yes, Yes, Yes));
        again (&q, &k, &v));
}

/// A loss against targets.
macro_rules! of_targets {
    ($($name:ident($x:expr, $y:expr $(, $option:expr)*), wants ($($want:expr),*);)*) => {$(
        second!("a loss": x x_dot = $x, y y_dot = $y;
            losses::$name::residual_vjp(losses::$name, &x, &y, $($option,)* (Yes, Yes, $($want),*));
            losses::$name::residual_hvp(losses::$name, &x, &y, $($option,)* (&x_dot, &y_dot, $($want),*), (Yes, Yes, $($want),*));
            again (&x, &y $(, $option)*));
        let (x, y): (Array2<f64>, Array2<f64>) = ($x, $y);
        let along = |k: usize| losses::$name::hvp(&x, &y, $($option,)* x.direction(k), y.direction(k + 1));
        let dot = |(a, b): (Array2<f64>, Array2<f64>), k: usize| (a * x.direction(k)).sum() + (b * y.direction(k + 1)).sum();
        agree(stringify!($name), &[dot(along(1), 3)], &[dot(along(3), 1)]);
    )*};
}

#[test]
fn of_losses_against_targets() {
    let (x, y) = (numbers([3, 4], 1), numbers([3, 4], 2));
    let share = |x: &Array2<f64>| x.mapv(|x| 0.5 + 0.4 * x);
    of_targets! {
        mse_loss(x.clone(), y.clone()), wants ();
        mse_loss_with(x.clone(), y.clone(), Reduction::Sum), wants (No);
        mae_loss(x.clone(), y.clone()), wants ();
        huber_loss(x.clone(), y.clone(), 0.5), wants (No);
        bce_loss(share(&x), share(&y)), wants ();
        bce_loss(share(&x), y.mapv(|y| if y > 0.0 { 1.0 } else { 0.0 })), wants ();
        bce_with_logits_loss(x.clone(), share(&y)), wants ();
        kl_div_loss(x.clone(), share(&y)), wants ();
        hinge_loss(x.clone(), y.clone()), wants ();
    }
}

const LABELS: [usize; 4] = [2, 0, 1, 1];

/// A loss of labels.
macro_rules! of_labels {
    ($($name:ident($($option:expr),*), wants ($($want:expr),*);)*) => {$(
        second!("a loss": x x_dot = numbers([4, 3], 1);
            losses::$name::residual_vjp(losses::$name, &x, &LABELS, $($option,)* (Yes, No, $($want),*));
            losses::$name::residual_hvp(losses::$name, &x, &LABELS, $($option,)* (&x_dot, No, $($want),*), (Yes, No, $($want),*));
            again (&x, &LABELS $(, $option)*));
        let x: Array2<f64> = numbers([4, 3], 1);
        let along = |k: usize| losses::$name::hvp(&x, &LABELS, $($option,)* x.direction(k));
        agree(stringify!($name), &[(along(1) * x.direction(3)).sum()], &[(along(3) * x.direction(1)).sum()]);
    )*};
}

#[test]
fn of_losses_of_labels() {
    of_labels! {
        cross_entropy_loss(), wants ();
        cross_entropy_loss_with(Reduction::Sum), wants (No);
        nll_loss(), wants ();
        focal_loss(2.0), wants (No);
        weighted_cross_entropy_loss(&[0.5, 2.0, 3.0], 0.3), wants (No, No);
    }
}

macro_rules! elementwise {
    ($($(#[$doc:meta])* $name:ident($x:ident $(, $number:ident)?) -> $names:tt = {$($value:tt)*} $(, {$($rule:tt)*})*;)*) => {$(
        elementwise!(@one $name $($number)?);
    )*};
    (@one $name:ident) => {
        second!("a function of a number": x x_dot = 0.7;
            $name::residual_vjp($name, x, (Yes,));
            $name::residual_hvp($name, x, (&x_dot,), (Yes,)); again (x));
        second!("a function of an array": x x_dot = numbers([3, 4], 1) * 0.9;
            $name::residual_vjp($name, &x, (Yes,));
            $name::residual_hvp($name, &x, (&x_dot,), (Yes,)); again (&x));
        let slope = ($name::grad(0.7 + STEP) - $name::grad(0.7 - STEP)) / (2.0 * STEP);
        agree(stringify!($name), &[$name::hvp(0.7, 2.0)], &[2.0 * slope]);
    };
    (@one $name:ident $number:ident) => {
        second!("a function of two numbers": x x_dot = -0.7, n n_dot = 0.3;
            $name::residual_vjp($name, x, n, (Yes, Yes));
            $name::residual_hvp($name, x, n, (&x_dot, &n_dot), (Yes, Yes)); again (x, n));
        second!("a function of an array and a number": x x_dot = numbers([3, 4], 1), n n_dot = 0.3;
            $name::residual_vjp($name, &x, n, (Yes, Yes));
            $name::residual_hvp($name, &x, n, (&x_dot, &n_dot), (Yes, Yes)); again (&x, n));
        let (along_x, along_number) = ($name::hvp(-0.7, 0.3, 1.0, 0.0), $name::hvp(-0.7, 0.3, 0.0, 1.0));
        agree(stringify!($name), &[along_x.1], &[along_number.0]);
    };
}

#[test]
fn of_elementwise_functions() {
    odyssey_macros::for_each_elementwise_function!(elementwise);
}

/// Nobody waits for the tangents: a pullback has its own.
#[test]
fn pullbacks_borrow_nothing() {
    let x = numbers([4], 1);
    let pullback = {
        let x_dot = x.direction(1);
        let ((y, _), pullback) = x.softmax_residual_hvp(Axis(0), (&x_dot, No), (Yes, No));
        move |d: Array1<f64>| pullback(&x, Axis(0), &y, (d.clone(), d)).0
    };
    assert!(pullback(array![1.0, 0.0, 0.0, 0.0]).1.iter().all(|d| d.is_finite()));
}

#[test]
fn of_single_precision() {
    let a: Array2<f32> = array![[2.0, 1.0], [0.5, 3.0]];
    let ((y, y_dot), pullback) = det::residual_hvp(det, &a, (&a,), (Yes,));
    let ((d_a, d_a_dot),) = pullback(&a, &y, (1.0, 0.0));
    // det(a) (2 + ε)² / …: homogeneous of degree 2, its gradient of degree 1.
    assert!((y - 5.5).abs() < 1e-5 && (y_dot - 11.0).abs() < 1e-5);
    assert!((&d_a - &d_a_dot).iter().all(|e| e.abs() < 1e-5));
    let d = losses::mse_loss::hvp(&a, &a, a.clone(), &a * 0.0).0;
    assert!((d - &a * 0.5).iter().all(|e| e.abs() < 1e-6));
}
