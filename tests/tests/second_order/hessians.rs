//! Hessians: in closed form, against central differences of gradients, and column by column what `hvp` gives.

#![allow(clippy::needless_range_loop, clippy::explicit_iter_loop, reason = "programs as people write them")]

use ndarray::prelude::*;
use odyssey_runtime::losses;
use odyssey_runtime::prelude::*;

#[differentiable]
fn rosenbrock(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let a = x[i + 1] - x[i] * x[i];
        sum += 100.0 * a * a + (1.0 - x[i]).powi(2);
    }
    sum
}

#[test]
fn hessian_of_rosenbrock_in_closed_form() {
    let x = array![0.3, -0.5, 0.7];
    let d = |i: usize| 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
    let want = array![[d(0), -400.0 * x[0], 0.0], [-400.0 * x[0], d(1) + 200.0, -400.0 * x[1]], [0.0, -400.0 * x[1], 200.0]];
    let hessian = rosenbrock::hessian(&x);
    assert!((&hessian - &want).iter().all(|difference| difference.abs() < 1e-11), "{hessian}");
    let v = array![1.0, -2.0, 0.5];
    assert!((rosenbrock::hvp(&x, v.clone()) - want.dot(&v)).iter().all(|difference| difference.abs() < 1e-11));
}

/// Every line type that has a Hessian, and single precision.
#[differentiable(wrt(x))]
fn of_list(x: &[f64], k: usize) -> f64 {
    let mut product = 1.0;
    for (i, v) in x.iter().enumerate() {
        product *= v.sin() + (i + k) as f64;
    }
    product
}

#[differentiable]
fn of_array<T: Real>(x: [T; 3]) -> T {
    x[0] * x[1] * x[2].exp() + x[0].powi(3)
}

#[differentiable]
fn of_view(x: ArrayView1<f32>) -> f32 {
    (&x * &x * x).sum()
}

#[test]
fn hessians_of_lists_arrays_and_views() {
    let x = [0.3_f64, 1.2, -0.7];
    let [a, b, c] = x;
    let e = c.exp();
    let want = array![[6.0 * a, e, b * e], [e, 0.0, a * e], [b * e, a * e, a * b * e]];
    assert!((of_array::hessian(x) - &want).iter().all(|difference| difference.abs() < 1e-14));
    let h = of_list::hessian(&x, 1);
    assert_eq!((&h - &h.t()).iter().filter(|difference| difference.abs() > 1e-14).count(), 0);
    let column = |j: usize, step: f64| {
        let mut moved = x;
        moved[j] += step;
        Array1::from(of_list::grad(&moved, 1))
    };
    for j in 0..3 {
        let difference = (column(j, 1e-5) - column(j, -1e-5)) / 2e-5;
        assert!((&h.column(j) - &difference).iter().all(|difference| difference.abs() < 1e-8));
    }
    let single = array![1.0f32, 2.0, -0.5];
    assert_eq!(of_view::hessian(single.view()), Array2::from_diag(&(&single * 6.0)));
}

/// Each column is what `hvp` gives along a unit vector, and what central differences of gradients give.
fn assert_hessian(
    x: &[f64],
    hessian: &Array2<f64>,
    grad: impl Fn(&[f64]) -> Vec<f64>,
    hvp: impl Fn(&[f64], Vec<f64>) -> Vec<f64>,
) {
    assert_eq!(hessian.dim(), (x.len(), x.len()));
    let size = hessian.iter().fold(1.0_f64, |size, entry| size.max(entry.abs()));
    for (j, column) in hessian.columns().into_iter().enumerate() {
        let mut unit = vec![0.0; x.len()];
        unit[j] = 1.0;
        let at = |step: f64| {
            let mut moved = x.to_vec();
            moved[j] += step;
            grad(&moved)
        };
        let [far, near, back, far_back] = [4e-5, 2e-5, -2e-5, -4e-5].map(at);
        for (i, second) in hvp(x, unit).into_iter().enumerate() {
            let difference = (8.0 * (near[i] - back[i]) - (far[i] - far_back[i])) / 24e-5;
            assert!((column[i] - second).abs() <= 1e-13 * size, "({i}, {j}) of {hessian}: {second} along a unit vector");
            assert!((column[i] - difference).abs() <= 1e-8 * size, "({i}, {j}) of {hessian}: {difference} by differences");
        }
    }
    let asymmetry = (hessian - &hessian.t()).iter().fold(0.0_f64, |most, entry| most.max(entry.abs()));
    assert!(asymmetry <= 1e-13 * size, "{hessian}");
}

const POINT: [f64; 6] = [0.3, -0.7, 1.2, 0.9, -0.4, 0.6];

/// The Hessian of a function of a list that is lent, or of an array.
macro_rules! assert_hessian {
    ($function:ident(&list $(, $other:expr)*)) => {
        assert_hessian(
            &POINT,
            &$function::hessian(&POINT $(, $other)*),
            |x| $function::grad(x $(, $other)*),
            |x, x_dot| $function::hvp(x $(, $other)*, x_dot),
        );
    };
    ($function:ident(&array $(, $other:expr)*)) => {
        let array = |x: &[f64]| Array1::from(x.to_vec());
        assert_hessian(
            &POINT,
            &$function::hessian(&array(&POINT) $(, $other)*),
            |x| $function::grad(&array(x) $(, $other)*).to_vec(),
            |x, x_dot| $function::hvp(&array(x) $(, $other)*, x_dot.into()).to_vec(),
        );
    };
}

/// A list that is changed while it is read, in two loops.
#[differentiable]
fn relaxed(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    for k in 0..3 {
        for i in 1..v.len() - 1 {
            v[i] = 0.3 * v[i] * v[i - 1] + v[i + 1].sin() + 0.1 * f64::from(k);
        }
    }
    let mut sum = 0.0;
    for a in &v {
        sum += a * a.cos();
    }
    sum
}

/// What is carried goes through branches.
#[differentiable]
fn branching(x: &[f64]) -> f64 {
    let mut h = x[0];
    for i in 0..x.len() {
        if x[i] > 0.5 {
            h = h * x[i] + (x[i] * h).exp();
        } else {
            let t = h.sin() * x[i];
            h += t * t;
        }
        if h > 10.0 {
            h = h.sqrt();
        }
    }
    h * x[3]
}

/// As many iterations as it takes, and an early end.
#[differentiable]
fn growing(x: &[f64]) -> f64 {
    let mut h = x[0] + 2.0;
    let mut i = 0;
    while h < 50.0 {
        h = h * 1.3 + x[i % 4] * h.cos() + x[1] * x[2];
        i += 1;
        if i == 20 {
            break;
        }
    }
    h.ln()
}

/// An option that is carried, and matched.
#[differentiable]
fn matched(x: &[f64]) -> f64 {
    let mut best: Option<f64> = None;
    for v in x {
        best = match best {
            Some(b) if b * b > *v => Some(b * v.cos()),
            Some(b) => Some(b + v * v * b),
            None => Some(*v * *v),
        };
    }
    best.unwrap_or(0.0)
}

/// A list that grows and shrinks.
#[differentiable]
fn stacked(x: &[f64]) -> f64 {
    let mut v = Vec::new();
    for (i, a) in x.iter().enumerate() {
        v.push(a * x[(i + 1) % x.len()]);
        if i > 0 {
            let b = v[i - 1];
            v[i] += b * b;
        }
    }
    let mut sum = 0.0;
    while let Some(a) = v.pop() {
        sum = sum * a + a.sin();
    }
    sum
}

#[differentiable]
fn bump(a: f64, b: f64) -> f64 {
    (a * b).sin() * (0.5 * a).exp()
}

/// Calls, whose pullbacks are kept for each direction: in loops, in branches, one of the result of another.
#[differentiable]
fn calling(x: &[f64]) -> f64 {
    let mut sum = bump(x[0], x[1]);
    for i in 1..x.len() {
        let t = bump(x[i], sum) + x[i - 1];
        if t > 0.0 {
            sum += bump(t, x[0]);
        } else {
            sum -= t * bump(t, t);
        }
    }
    sum
}

#[differentiable]
fn recursive(x: &[f64]) -> f64 {
    if x.len() == 1 {
        return x[0].sin();
    }
    let (a, b) = x.split_at(x.len() / 2);
    recursive(a) * recursive(b) + x[0]
}

#[differentiable]
fn closures(x: &[f64]) -> f64 {
    let f = |a: f64, b: f64| a * b.sin() + b;
    x.iter().zip(x.iter().skip(1)).map(|(a, b)| f(*a, *b) * x[0]).sum()
}

#[differentiable]
fn checkpointed(x: &[f64]) -> f64 {
    let mut h = x[0];
    #[checkpoint]
    for i in 0..12 {
        h = (h * x[i % x.len()]).sin() + x[1];
    }
    h * h
}

#[differentiable]
fn over_floats<T: Real>(x: &[T], #[no_grad] k: T) -> T {
    let mut product = T::lit(1.0);
    for v in x.iter() {
        product = product * (*v + k) + v.sin();
    }
    product
}

#[differentiable]
fn as_array(x: &[f64]) -> Array1<f64> {
    Array1::from(x.to_vec())
}

/// A copy that was made before the list was changed, read behind a call.
#[differentiable]
fn copied(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let y = as_array(x);
    let (z, pair) = (v.clone(), (x[0], v.clone()));
    v[0] *= x[0].cos();
    let e = bump(v[0], x[0]);
    x[0] * z[0] + e * pair.0 * pair.1[0] + y[1] * v[1]
}

/// What is there for a moment only, read by the sweep.
#[differentiable]
fn changed_at_once(x: &[f64]) -> f64 {
    let mut y = as_array(x) * 0.5;
    y[0] *= x[0].cos();
    y.dot(&y)
}

#[test]
fn of_scalar_code() {
    assert_hessian!(copied(&list));
    assert_hessian!(changed_at_once(&list));
    assert_hessian!(relaxed(&list));
    assert_hessian!(branching(&list));
    assert_hessian!(growing(&list));
    assert_hessian!(matched(&list));
    assert_hessian!(stacked(&list));
    assert_hessian!(calling(&list));
    assert_hessian!(recursive(&list));
    assert_hessian!(closures(&list));
    assert_hessian!(checkpointed(&list));
    assert_hessian!(over_floats(&list, 2.0));
}

#[differentiable]
fn elementwise(x: &Array1<f64>) -> f64 {
    ((x * x).sin() * x.exp()).sum()
}

#[differentiable(wrt(y))]
fn layers(w: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let mut h = y.clone();
    for _ in 0..3 {
        h = w.dot(&h).tanh();
    }
    h.dot(&h)
}

/// A matrix that is written number by number, and read as a whole.
#[differentiable]
fn filled(x: &Array1<f64>) -> f64 {
    let n = x.len();
    let mut m = Array2::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            m[[i, j]] = x[i] * x[j].sin() + if i == j { 4.0 } else { 0.0 };
        }
    }
    let s = m.softmax(Axis(1));
    m.dot(x).dot(&s.dot(x)) + m.logdet()
}

#[differentiable]
fn layer(w: &Array1<f64>, k: f64) -> Array1<f64> {
    (w * k).tanh()
}

#[differentiable]
fn calling_with_arrays(x: &Array1<f64>) -> f64 {
    let z = layer(&layer(x, 0.7), x[0]);
    losses::mse_loss(&z, x) + z.logsumexp(Axis(0)).into_scalar()
}

#[differentiable(aux)]
fn with_another_part(x: &Array1<f64>) -> (f64, Array1<f64>) {
    let y = x.exp();
    ((&y * x * x).sum(), y)
}

#[test]
fn of_arrays() {
    let w = Array2::from_shape_fn((6, 6), |(i, j)| ((3 * i + 7 * j) as f64).sin());
    assert_hessian!(elementwise(&array));
    assert_hessian!(filled(&array));
    assert_hessian!(calling_with_arrays(&array));
    assert_hessian!(with_another_part(&array));
    let array = |x: &[f64]| Array1::from(x.to_vec());
    assert_hessian(
        &POINT,
        &layers::hessian(&w, &array(&POINT)),
        |x| layers::grad(&w, &array(x)).to_vec(),
        |x, x_dot| layers::hvp(&w, &array(x), x_dot.into()).to_vec(),
    );
}

struct Springs {
    stiffness: Vec<f64>,
}

#[differentiable]
impl Springs {
    #[differentiable(wrt(x))]
    fn energy(&self, x: &[f64]) -> f64 {
        let mut energy = 0.0;
        for i in 1..x.len() {
            let d = x[i] - x[i - 1];
            energy += self.stiffness[i] * d * d * d.cos();
        }
        energy
    }
}

#[test]
fn of_a_method() {
    let springs = Springs { stiffness: vec![0.5, 1.0, 1.5, 2.0, 2.5, 3.0] };
    assert_hessian(&POINT, &springs.energy_hessian(&POINT), |x| springs.energy_grad(x), |x, x_dot| springs.energy_hvp(x, x_dot));
}

/// Fewer numbers than directions of a pass, and none.
#[test]
fn of_few_numbers() {
    assert_eq!(rosenbrock::hessian(&array![1.0]), array![[0.0]]);
    assert_eq!(elementwise::hessian(&Array1::zeros(0)).dim(), (0, 0));
    assert_eq!(of_list::hessian(&[0.5], 0), array![[-0.5_f64.sin()]]);
    let nan = elementwise::hessian(&array![f64::NAN, 1.0]);
    assert!(nan[[0, 0]].is_nan() && nan[[1, 1]].is_finite(), "{nan}");
}

/// A function over `f32`, and the same over `f64`.
macro_rules! in_both_precisions {
    ($($name:ident($x:ident) $body:block)*) => {
        $(mod $name {
            use super::*;

            #[differentiable]
            pub(super) fn single($x: &Array1<f32>) -> f32 $body

            #[differentiable]
            pub(super) fn double($x: &Array1<f64>) -> f64 $body
        })*

        #[test]
        fn of_single_precision() {
            let x = array![0.3, -0.7, 1.2, 0.9];
            $(
                let (single, double) = ($name::single::hessian(&x.mapv(|x| x as f32)), $name::double::hessian(&x));
                let size = double.iter().fold(1.0_f64, |size, entry| size.max(entry.abs()));
                let difference = (single.mapv(f64::from) - &double).iter().fold(0.0_f64, |most, entry| most.max(entry.abs()));
                assert!(difference <= 1e-5 * size, "{}: {single} and {double}", stringify!($name));
            )*
        }
    };
}

in_both_precisions! {
    products(x) {
        (x * x).product() + x[0].powf(2.5) * x[1]
    }
    norms(x) {
        x.tanh().norm_l2() + x.exp().norm_l1()
    }
    moments(x) {
        x.dot(x) + x.var(0.0) * x.std(1.0) + (x * x).mean().unwrap()
    }
    matrices(x) {
        let m = x.view().into_shape_with_order((2, 2)).unwrap().to_owned();
        m.dot(&m).trace() + (m.dot(&m.t()) + 2.0).logdet() + m.dot(&m).det()
    }
    losses_of_lists(x) {
        losses::huber_loss(x, &(x * 2.0), 1.0) * losses::mse_loss(x, &x.sin())
    }
    along_axes(x) {
        x.logsumexp(Axis(0)).into_scalar() + (x.softmax(Axis(0)) * x).sum() + x.cumsum(Axis(0)).sum() * x.outer(x).sum()
    }
}
