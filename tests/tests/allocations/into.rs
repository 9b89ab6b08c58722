//! Gradients that take the place of what there was.

use std::cell::RefCell;

use ndarray::{Array1, Array2, arr1, array};
use odyssey_runtime::Tangent;
use odyssey_runtime::prelude::*;

use crate::programs::{labels, mlp, mlp_model, numbers};

#[differentiable(wrt(w))]
fn quadratic(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let y = x.dot(w).tanh();
    (&y * &y).sum()
}

fn arguments() -> (Array1<f64>, Array2<f64>) {
    (numbers(5, 1), numbers((9, 5), 2))
}

#[test]
fn what_was_there_is_overwritten() {
    let (w, x) = arguments();
    let (value, expected) = quadratic::value_and_grad(&w, &x);
    let mut workspace = Workspace::default();
    for was in
        [Array1::zeros(5), arr1(&[f64::NAN; 5]), Array1::zeros(0), Array1::zeros(700), w.slice(ndarray::s![..;-1]).to_owned()]
    {
        let mut grad = was;
        assert_eq!(quadratic::value_and_grad_into(&mut workspace, &mut grad, &w, &x), value);
        assert_eq!(grad, expected);
    }
}

#[test]
fn minibatches_add_up() {
    let (model, (x, labels)) = (mlp_model(), (numbers((16, 8), 1), labels(16)));
    let halves =
        [(x.slice(ndarray::s![..8, ..]).to_owned(), &labels[..8]), (x.slice(ndarray::s![8.., ..]).to_owned(), &labels[8..])];
    let (mut workspace, mut sum) = (Workspace::default(), model.zero_tangent());
    let mut expected = model.zero_tangent();
    for (x, labels) in &halves {
        let value = mlp::accumulate_grad_into(&mut workspace, &mut sum, &model, x, labels);
        let (own, gradient) = mlp::value_and_grad(&model, x, labels);
        assert_eq!(value, own);
        expected.accumulate(gradient);
    }
    assert_eq!(sum, expected);
}

#[test]
#[should_panic(expected = "tangents of shapes [3] and [5] belong to different values")]
fn a_sum_has_its_shape() {
    let (w, x) = arguments();
    quadratic::accumulate_grad_into(&mut Workspace::default(), &mut Array1::zeros(3), &w, &x);
}

#[test]
fn a_panic_leaves_the_workspace() {
    let (w, x) = arguments();
    let (mut workspace, mut grad) = (Workspace::default(), array![7.0]);
    let short = w.slice(ndarray::s![..3]).to_owned();
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        quadratic::value_and_grad_into(&mut workspace, &mut grad, &short, &x)
    }));
    assert!(failed.is_err());
    assert_eq!(grad, array![7.0]);
    quadratic::value_and_grad_into(&mut workspace, &mut grad, &w, &x);
    assert_eq!(grad, quadratic::grad(&w, &x));
}

thread_local! {
    static INNER: RefCell<(Workspace, Array1<f64>)> = RefCell::default();
}

/// A step of another program, in a workspace of its own.
fn inner_step() -> f64 {
    let (w, x) = arguments();
    INNER.with_borrow_mut(|(workspace, grad)| {
        quadratic::value_and_grad_into(workspace, grad, &w, &x);
        grad.sum()
    })
}

#[differentiable(wrt(w))]
fn outer(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let scale = inner_step();
    let y = x.dot(w) * scale;
    (&y * &y).sum()
}

#[test]
fn workspaces_nest() {
    let (w, x) = arguments();
    let (mut workspace, mut grad) = Default::default();
    for _ in 0..3 {
        let value = outer::value_and_grad_into(&mut workspace, &mut grad, &w, &x);
        let (expected, of_expected) = outer::value_and_grad(&w, &x);
        assert_eq!((value, &grad), (expected, &of_expected));
    }
}

#[test]
fn threads_have_their_own() {
    let model = mlp_model();
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let model = &model;
            scope.spawn(move || {
                let (x, labels) = (numbers((10 + seed, 8), seed), labels(10 + seed));
                let (mut workspace, mut grad) = (Workspace::default(), model.zero_tangent());
                let expected = mlp::value_and_grad(model, &x, &labels);
                for _ in 0..20 {
                    let value = mlp::value_and_grad_into(&mut workspace, &mut grad, model, &x, &labels);
                    assert_eq!((value, &grad), (expected.0, &expected.1));
                }
            });
        }
    });
}

/// Three calls of a companion, each of which gives what `value_and_grad` does.
macro_rules! agrees {
    (@ $into:path, $value_and_grad:path, ($($own:expr)?), ($($argument:expr),*), $zero:expr) => {{
        let (mut workspace, mut grad) = (Workspace::default(), $zero);
        let (value, expected) = $value_and_grad($($own,)? $($argument),*);
        for _ in 0..3 {
            let own = $into($($own,)? &mut workspace, &mut grad, $($argument),*);
            assert_eq!((own, &grad), (value, &expected));
        }
    }};
    ($function:ident($($argument:expr),*), $zero:expr) => {
        agrees!(@ $function::value_and_grad_into, $function::value_and_grad, (), ($($argument),*), $zero)
    };
}

#[differentiable]
fn single(x: &Array1<f32>, a: f32) -> f32 {
    (x * a).sin().sum()
}

#[differentiable]
fn generic<T: Real>(x: &Array1<T>, y: &Array1<T>) -> T {
    let mut total = x.dot(y);
    for i in 0..x.len() {
        total += x[i] * y[i].exp();
    }
    total
}

#[test]
fn of_both_floats() {
    let x = array![0.5f32, -1.5, 2.0];
    agrees!(single(&x, 0.7), (Array1::zeros(3), 0.0));
    agrees!(generic(&x, &x), Default::default());
    let x = x.mapv(f64::from);
    agrees!(generic(&x, &x), Default::default());
}

#[derive(Clone, Debug, Differentiable)]
enum Shape {
    Circle(Array1<f64>),
    Rect { sides: Array2<f64> },
}

#[differentiable]
fn area(shape: &Shape, scale: Option<f64>) -> f64 {
    let own = match shape {
        Shape::Circle(r) => (r * r).sum(),
        Shape::Rect { sides } => sides.row(0).dot(&sides.row(1)),
    };
    match scale {
        Some(scale) => own * scale,
        None => own,
    }
}

#[test]
fn of_enums_and_options() {
    for shape in [Shape::Circle(array![1.0, 2.0]), Shape::Rect { sides: array![[1.0, 2.0], [3.0, 4.0]] }] {
        for scale in [Some(2.0), None] {
            agrees!(area(&shape, scale), (Shape::Circle(array![0.0]).zero_tangent(), Some(3.0)));
        }
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    w: Array2<f64>,
}

impl Layer {
    #[differentiable]
    fn energy(&self, x: &Array1<f64>) -> f64 {
        let y = self.w.dot(x);
        y.dot(&y)
    }
}

#[differentiable]
trait Energy {
    fn total(&self, x: &Array1<f64>) -> f64;
}

#[differentiable]
impl Energy for Layer {
    fn total(&self, x: &Array1<f64>) -> f64 {
        self.w.dot(x).tanh().sum()
    }
}

#[differentiable]
fn of_any<M: Energy>(model: &M, x: &Array1<f64>) -> f64 {
    model.total(x) * model.total(x)
}

#[test]
fn of_methods() {
    let (layer, x) = (Layer { w: numbers((3, 4), 1) }, numbers(4, 2));
    let zero = || (layer.zero_tangent(), Array1::zeros(4));
    agrees!(@ Layer::energy_value_and_grad_into, Layer::energy_value_and_grad, (&layer), (&x), zero());
    agrees!(@ Layer::total_value_and_grad_into, Layer::total_value_and_grad, (&layer), (&x), zero());
    agrees!(of_any(&layer, &x), zero());
    let (mut workspace, mut sum) = (Workspace::default(), zero());
    layer.total_accumulate_grad_into(&mut workspace, &mut sum, &x);
    assert_eq!(sum, layer.total_grad(&x));
}

#[differentiable]
fn checked(x: &Array1<f64>) -> Result<f64, String> {
    if x.is_empty() {
        return Err("nothing".to_owned());
    }
    Ok((x * x).sum())
}

#[differentiable]
fn positive(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.sqrt()) } else { None }
}

#[differentiable(aux)]
fn with_count(x: &Array1<f64>) -> (f64, usize) {
    ((x * x).sum(), x.len())
}

#[differentiable]
fn halves(x: &mut Array1<f64>, a: f64) -> f64 {
    *x *= a;
    x.sum()
}

#[test]
fn of_other_results() {
    let (mut workspace, mut grad) = (Workspace::default(), array![9.0]);
    assert_eq!(checked::value_and_grad_into(&mut workspace, &mut grad, &Array1::zeros(0)), Err("nothing".to_owned()));
    assert_eq!(grad, array![9.0]);
    assert_eq!(checked::value_and_grad_into(&mut workspace, &mut grad, &array![1.0, 3.0]), Ok(10.0));
    assert_eq!(grad, array![2.0, 6.0]);
    let mut slope = 5.0;
    assert_eq!(positive::value_and_grad_into(&mut workspace, &mut slope, -1.0), None);
    assert_eq!((positive::accumulate_grad_into(&mut workspace, &mut slope, 4.0), slope), (Some(2.0), 5.25));
    assert_eq!(with_count::value_and_grad_into(&mut workspace, &mut grad, &array![1.0, 3.0]), (10.0, 2));
    let (mut x, mut grads) = (array![1.0, 2.0], (Array1::zeros(0), 0.0));
    assert_eq!(halves::value_and_grad_into(&mut workspace, &mut grads, &mut x, 0.5), 1.5);
    assert_eq!((x, grads), (array![0.5, 1.0], (array![0.5, 0.5], 3.0)));
}
