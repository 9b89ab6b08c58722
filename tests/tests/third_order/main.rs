//! Third order: `hvp` of functions that take a gradient, against central differences of their gradients.
#![allow(clippy::needless_range_loop, reason = "a loop over a range is what is differentiated")]

use std::panic::catch_unwind;

use ndarray::prelude::*;
use odyssey_runtime::losses::mse_loss;
use odyssey_runtime::prelude::*;

/// `hvp` at `x` along `u`, and the difference of gradients.
#[track_caller]
fn agrees(hvp: &[f64], gradient: impl Fn(f64) -> Vec<f64>) {
    let (above, below) = (gradient(1e-5), gradient(-1e-5));
    assert_eq!(hvp.len(), above.len());
    let scale = hvp.iter().fold(1e-3, |scale: f64, entry| scale.max(entry.abs()));
    for ((entry, above), below) in hvp.iter().zip(above).zip(below) {
        let difference = (above - below) / 2e-5;
        assert!((entry - difference).abs() <= 1e-6 * scale, "{entry} is not {difference}");
    }
}

fn point() -> Array1<f64> {
    array![0.3, -0.8, 0.5]
}

fn along() -> Array1<f64> {
    array![0.7, 0.2, -0.9]
}

/// The third derivative of `x³ y²`, as the `hvp` of a function that gives its first one for `x`.
macro_rules! agrees_with_the_closed_form {
    ($slope:ident) => {
        let (x, y) = (0.7, -1.3);
        let (d_x, d_y) = $slope::hvp(x, y, 1.0, 0.0);
        assert!((d_x - 6.0 * y * y).abs() < 1e-12 && (d_y - 12.0 * x * y).abs() < 1e-12);
        let (d_x, d_y) = $slope::hvp(x, y, 0.0, 1.0);
        assert!((d_x - 12.0 * x * y).abs() < 1e-12 && (d_y - 6.0 * x * x).abs() < 1e-12);
    };
}

/// The `hvp` of a function of lists, and the difference of gradients.
macro_rules! agrees_for_lists {
    ($function:ident, $rates:expr) => {
        let (x, start, rates) = ([0.4, -0.3], [0.5, 0.2], $rates);
        let (u, v) = ([0.6, 0.3], [-0.2, 0.5]);
        let (d_x, d_start) = $function::hvp(&x, start, &rates, 7, u.to_vec(), v);
        agrees(&[d_x, d_start.to_vec()].concat(), |step| {
            let moved = |x: [f64; 2], u: [f64; 2]| [x[0] + step * u[0], x[1] + step * u[1]];
            let (d_x, d_start) = $function::grad(&moved(x, u), moved(start, v), &rates, 7);
            [d_x, d_start.to_vec()].concat()
        });
    };
}

// They use what stands above.
mod methods;
mod of_one_type;
mod structs;
mod without_saying;

/// In closed form: the third derivative of `x³ y²`.
#[differentiable(order = 3)]
fn cubic<T: Real>(x: T, y: T) -> T {
    x * x * x * y * y
}

#[differentiable(order = 3)]
fn slope(x: f64, y: f64) -> f64 {
    cubic::grad(x, y).0
}

#[test]
fn closed_form() {
    agrees_with_the_closed_form!(slope);
}

#[differentiable]
fn ripple<T: Real>(x: ArrayView1<T>, k: T) -> T {
    let mut sum = T::lit(0.0);
    for i in 0..x.len() {
        sum += (x[i] * k).sin() * x[0];
    }
    sum
}

/// Through a call, a loop, a branch and operations of arrays.
#[differentiable(order = 3)]
fn energy<T: Real>(x: &Array1<T>, k: T) -> T {
    let y = (x * k).tanh();
    let z = y.dot(x) + y.softmax(Axis(0)).dot(x) * T::lit(2.0);
    let loss = mse_loss(&y, x);
    if z > T::lit(0.0) { z * ripple(y.view(), z) + loss } else { ripple(x.view(), k) * loss }
}

#[differentiable(order = 3)]
fn force(x: &Array1<f64>, k: f64) -> f64 {
    let (value, (d_x, d_k)) = energy::value_and_grad(x, k);
    let weights = x.mapv(|x| x * x);
    value * d_k + d_x.dot(&weights).sin() + d_x.dot(&d_x)
}

#[test]
fn through_calls_loops_branches_and_arrays() {
    for sign in [1.0, -1.0] {
        let (x, u, k) = (point() * sign, along(), 0.9 * sign);
        let (d_x, d_k) = force::hvp(&x, k, u.clone(), 0.4);
        let hvp: Vec<_> = d_x.iter().copied().chain([d_k]).collect();
        agrees(&hvp, |step| {
            let (d_x, d_k) = force::grad(&(&x + &(&u * step)), k + 0.4 * step);
            d_x.iter().copied().chain([d_k]).collect()
        });
    }
}

/// Lists, an array of known length, a passive argument with floats and one without.
#[differentiable(wrt(x, start), order = 3)]
fn chain<T: Real>(x: &[T], start: [T; 2], rates: &Array1<T>, steps: usize) -> T {
    let [mut position, mut velocity] = start;
    let mut trail = Vec::new();
    let mut left = steps;
    while left > 0 {
        left -= 1;
        if left % 3 == 2 {
            continue;
        }
        velocity -= x[left % x.len()] * position.exp() * rates[left % rates.len()];
        position += T::lit(0.1) * velocity;
        trail.push(position * velocity);
    }
    let mut sum = T::lit(0.0);
    for entry in trail {
        sum += entry * entry;
    }
    sum
}

#[differentiable(wrt(x, start), order = 3)]
fn of_the_chain(x: &[f64], start: [f64; 2], rates: &Array1<f64>, steps: usize) -> f64 {
    let (d_x, d_start) = chain::grad(x, start, rates, steps);
    let mut sum = d_start[0] * d_start[1];
    for i in 0..d_x.len() {
        sum += d_x[i] * x[i].sin();
    }
    sum
}

#[test]
fn of_lists() {
    agrees_for_lists!(of_the_chain, array![0.9, 1.3, 0.8]);
}

/// By value, and a view; only the gradient of one of them is needed.
#[differentiable(order = 3)]
fn bilinear<T: Real>(x: Array1<T>, y: ArrayView2<T>) -> T {
    let z = y.dot(&x);
    (&z * &z * &z).sum() * x.sum()
}

#[differentiable(order = 3)]
fn of_the_form(x: &Array1<f64>) -> f64 {
    let y = array![[0.5, -0.2, 0.1], [0.3, 0.9, -0.4]];
    let (d_x, _) = bilinear::grad(x.clone(), y.view());
    d_x.dot(&d_x)
}

#[test]
fn by_value_and_of_views() {
    let (x, u) = (point(), along());
    let hvp = of_the_form::hvp(&x, u.clone());
    agrees(hvp.as_slice().unwrap(), |step| of_the_form::grad(&(&x + &(&u * step))).to_vec());
}

/// Of a fourth order as well, without arrays: the gradient of a function that takes a gradient.
#[differentiable(order = 3)]
fn curvature<T: Real>(x: T, y: T) -> T {
    let (d_x, d_y) = cubic::grad(x.sin(), x * y);
    d_x * d_y
}

#[differentiable(order = 3)]
fn of_the_curvature(x: f64, y: f64) -> f64 {
    let (d_x, d_y) = curvature::grad(x, y);
    d_x * d_y.sin()
}

#[test]
fn of_fourth_order() {
    let (d_x, d_y) = of_the_curvature::hvp(0.7, 0.4, 0.3, -0.9);
    agrees(&[d_x, d_y], |step| {
        let (d_x, d_y) = of_the_curvature::grad(0.7 + 0.3 * step, 0.4 - 0.9 * step);
        vec![d_x, d_y]
    });
}

macro_rules! through_an_operation {
    ($($name:ident: |$a:ident| $value:expr;)*) => {$(
        mod $name {
        use super::*;

        #[differentiable(order = 3)]
        fn inner<T: Real>($a: &Array2<T>) -> T {
            $value
        }

        #[differentiable(order = 3)]
        fn outer(a: &Array2<f64>) -> f64 {
            let d_a = inner::grad(a);
            let weights: Array2<f64> = array![[0.3, -0.5, 0.8], [0.1, 0.9, 0.4], [-0.7, 0.2, 0.6]];
            (&d_a * &weights).sum().sin() + (&d_a * &d_a).sum()
        }

        #[test]
        fn third_order() {
            let u = array![[0.2, -0.4, 0.1], [0.7, 0.3, -0.6], [0.5, -0.1, 0.4]];
            let dense = array![[2.0, 0.3, -0.4], [0.2, 3.0, 0.5], [-0.1, 0.4, 4.5]];
            for a in [dense, Array2::from_diag(&array![1.5, 2.5, 4.0])] {
                let hvp = outer::hvp(&a, u.clone());
                agrees(hvp.as_slice().unwrap(), |step| outer::grad(&(&a + &(&u * step))).into_raw_vec_and_offset().0);
            }
        }
        }
    )*};
}

through_an_operation! {
    of_an_inverse: |a| a.inv().dot(a).dot(&a.inv()).sum();
    of_a_determinant: |a| a.det() + a.logdet();
    of_a_solution: |a| a.solve(&a.row(0).to_owned()).sum();
    of_a_factor: |a| a.cholesky().sum();
    of_extremes: |a| a.max_axis(Axis(0)).dot(&a.var_axis(Axis(1), T::lit(0.0))) + a.product();
    of_sums: |a| (a.logsumexp(Axis(0)) * a.cumsum(Axis(0)).row(2)).sum() + a.norm_l2() * a.log_softmax(Axis(1)).sum();
}

fn message(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    catch_unwind(f).unwrap_err().downcast_ref::<String>().cloned().unwrap_or_default()
}

#[differentiable(order = 3)]
fn lowest<T: Real>(a: &Array2<T>) -> T {
    a.eigh().0[0]
}

#[differentiable(order = 3)]
fn of_the_lowest(a: &Array2<f64>) -> f64 {
    lowest::grad(a)[[0, 0]]
}

#[differentiable]
fn anchored<T: Real>(x: T) -> T {
    x * detach(x) * x
}

#[differentiable(order = 3)]
fn twice_anchored<T: Real>(x: T) -> T {
    anchored(x) * T::lit(2.0)
}

#[differentiable(order = 3)]
fn of_the_anchored(x: f64) -> f64 {
    twice_anchored::grad(x)
}

/// Rounded, with the derivative of what is rounded.
#[differentiable(vjp = rounded_vjp, jvp = rounded_jvp, order = 2)]
fn rounded<T: Real>(x: T) -> T {
    (x * x).round()
}

fn rounded_vjp<T: Real>(x: T) -> (T, impl FnOnce(T) -> T) {
    (rounded(x), move |d| d * T::lit(2.0) * x)
}

#[differentiable]
fn rounded_jvp<T: Real>(x: T, x_dot: T) -> (T, T) {
    (rounded(x), T::lit(2.0) * x * x_dot)
}

#[differentiable(order = 3)]
fn around<T: Real>(x: T) -> T {
    rounded(x) * x
}

#[differentiable(order = 3)]
fn of_the_rounded(x: f64) -> f64 {
    around::grad(x)
}

/// Dual numbers would give these a tangent, and a wrong one.
#[test]
fn what_is_no_arithmetic_is_refused() {
    let a = array![[2.0, 0.3], [0.3, 1.0]];
    let refused = [
        message(|| drop(of_the_lowest::hvp(&a, a.clone()))),
        message(|| _ = of_the_anchored::hvp(0.5, 1.0)),
        message(|| _ = of_the_rounded::hvp(0.5, 1.0)),
    ];
    for (message, what) in refused.iter().zip(["eigh", "`anchored`, which says `detach`,", "`rounded`, which has a rule,"]) {
        assert_eq!(*message, format!("{what} cannot be differentiated three times"));
    }
}

/// As long formulas of first order are computed in two stages.
#[differentiable(order = 3)]
fn long_formula<T: Real>(x: &Array1<T>) -> T {
    let y = x.sin().exp().tanh();
    (&y * &y + y.ln_1p().sqrt()).tanh().exp().sum()
}

#[differentiable(order = 3)]
fn of_the_long_formula(x: &Array1<f64>) -> f64 {
    let d_x = long_formula::grad(x);
    d_x.dot(&d_x)
}

#[test]
fn of_long_formulas() {
    let (x, u) = (array![0.3, 0.8, 0.5], along());
    let hvp = of_the_long_formula::hvp(&x, u.clone());
    agrees(hvp.as_slice().unwrap(), |step| of_the_long_formula::grad(&(&x + &(&u * step))).to_vec());
}
