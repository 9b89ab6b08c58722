//! Parts of parts that get a value of another shape: in lists of structs, behind `&mut`, in loops, in methods and traits.

use ndarray::prelude::*;
use odyssey_runtime::Tangent;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_close};

#[derive(Clone, Differentiable)]
struct Inner {
    list: Vec<f64>,
    last: Option<Vec<f64>>,
    pair: (f64, Vec<f64>),
    both: [Vec<f64>; 2],
}

#[derive(Clone, Differentiable)]
struct Outer {
    inner: Vec<Inner>,
    weights: Array2<f64>,
}

fn outer() -> Outer {
    let inner = |k: f64| Inner {
        list: vec![k, k * 0.5, 1.0],
        last: Some(vec![k]),
        pair: (k, vec![0.3, k]),
        both: [vec![k], vec![0.1, k]],
    };
    Outer { inner: vec![inner(0.7), inner(1.1)], weights: array![[0.3, -0.7, 0.2], [1.1, 0.2, 0.4]] }
}

#[differentiable]
fn parts_of_parts(o: &Outer, k: f64) -> f64 {
    let mut o = o.clone();
    let mut total = 0.0;
    for i in 0..2 {
        total += o.inner[i].list[1] * o.inner[i].pair.1[0] * o.inner[i].both[1][1];
        o.inner[i].list = vec![total * k];
        o.inner[i].pair = (total, vec![k; 4]);
        o.inner[i].pair.1 = vec![k * total];
        o.inner[i].both[1] = vec![o.inner[i].pair.0, k, k * k];
        if let Some(last) = &mut o.inner[i].last {
            *last = vec![total, last[0]];
        }
        total *= o.inner[i].both[1][1] + o.inner[i].pair.1[0];
        let part = &mut o.inner[i].list;
        *part = part.iter().map(|v| v * 2.0).chain([total]).collect();
        let both = &mut o.inner[i].both;
        *both = [vec![], vec![total, k]];
    }
    o.inner[0].last = None;
    o.inner[0] = o.inner[1].clone();
    let last = o.inner[0].last.as_ref().map_or(0.0, |last| last[1]);
    total + o.inner[0].list.iter().sum::<f64>() * o.inner[1].list[1] + last + o.inner[0].both[1][1]
}

impl Outer {
    #[differentiable]
    fn step(&mut self, k: f64) -> f64 {
        let sum = self.weights.sum();
        self.weights = self.weights.t().dot(&self.weights) * k;
        if sum > 100.0 {
            return sum;
        }
        self.weights = self.weights.slice(ndarray::s![1.., ..]).to_owned();
        self.inner[0] = Inner { list: vec![sum], ..self.inner[1].clone() };
        sum * k
    }
}

#[differentiable]
fn steps(o: &Outer, k: f64) -> f64 {
    let mut o = o.clone();
    let (mut total, mut count) = (0.0, 0);
    while count < 3 {
        total += o.step(k);
        if total > 1e5 {
            break;
        }
        count += 1;
    }
    total + o.weights.sum() * o.inner[0].list[0]
}

/// Empty lists that are filled one after the other.
#[differentiable]
fn table(x: &[f64], n: usize) -> f64 {
    let mut rows = vec![vec![]; n];
    rows[0] = x.to_vec();
    for i in 1..n {
        rows[i] = rows[i - 1].iter().map(|v| v * x[0]).chain([x[1]]).collect();
        if i % 2 == 0 {
            rows[i - 1] = vec![rows[i][0]];
        }
    }
    let mut total = 0.0;
    for row in &rows {
        for v in row {
            total += v * v;
        }
    }
    total
}

#[differentiable]
fn items(x: &[f64]) -> f64 {
    let mut rows = vec![x.to_vec(), x[1..].to_vec()];
    for row in rows.iter_mut() {
        let sum = row.iter().sum::<f64>();
        *row = row.iter().skip(1).map(|v| v * sum).collect();
    }
    for row in &mut rows {
        let first = row[0];
        row.clear();
        row.push(first);
        row.push(first * first);
        row.truncate(2);
    }
    rows[0][1] * rows[1][0] * x[0]
}

/// What is behind references.
#[differentiable]
fn behind(x: &mut Array1<f64>, last: &mut Option<f64>, lists: &mut [Vec<f64>], k: f64) -> f64 {
    let product = x.sum() * (*last).unwrap_or(k) * lists[0][0];
    *x = x.slice(ndarray::s![1..]).to_owned() * product;
    *last = match *last {
        None => Some(product),
        Some(_) => None,
    };
    lists[0] = vec![product, k];
    x.sum() * k + product
}

#[differentiable]
fn calls(x: &Array1<f64>, lists: &[Vec<f64>], k: f64) -> f64 {
    let mut state = (x.clone(), lists.to_vec(), Some(k));
    let mut total = 0.0;
    for _ in 0..2 {
        total += behind(&mut state.0, &mut state.2, &mut state.1, k);
    }
    let rest = &mut state.1[1..];
    total += behind(&mut state.0, &mut state.2, rest, k * total);
    total + state.1[0][1] * state.1[1][0] + state.2.unwrap_or(0.0)
}

#[differentiable]
fn single(x: &[f32], k: f32) -> f32 {
    let mut lists = [vec![x[0]], x.to_vec()];
    let product = lists[1][2] * k;
    lists[1] = vec![product * product];
    product * lists[1][0] + lists[0][0]
}

#[derive(Clone, Differentiable)]
struct Generic<T: Real> {
    weights: Array2<T>,
    list: Vec<T>,
    count: usize,
}

#[differentiable]
fn generic<T: Real>(g: &Generic<T>, k: T) -> T {
    let mut g = g.clone();
    let product = g.weights.sum() * g.list[1];
    g = Generic { weights: Array2::zeros((1, 1)), ..g };
    g.list = vec![product * k];
    g.count = 3;
    g.weights = Array2::from_elem((3, 2), T::one());
    product * g.list[0] * g.weights.sum()
}

#[differentiable(order = 3)]
fn thrice<T: Real>(x: &Array1<T>) -> T {
    let mut parts = (x.clone(), vec![x[0]]);
    let dot = parts.0.dot(x);
    parts.0 = x.slice(ndarray::s![1..]).mapv(|v| v * dot);
    parts.1 = vec![dot, parts.1[0]];
    parts.0.sum() * parts.1[0] * parts.1[1]
}

/// What takes a gradient of it on the way.
#[differentiable(order = 3)]
fn nested<T: Real>(x: &Array1<T>) -> T {
    let d = thrice::grad(x);
    d.dot(&d)
}

#[differentiable]
trait Module {
    fn run(&mut self, x: &Array1<f64>) -> f64;
}

#[differentiable]
impl Module for Outer {
    fn run(&mut self, x: &Array1<f64>) -> f64 {
        let y = self.weights.dot(x).sum();
        self.weights = array![[y]];
        self.inner = vec![];
        y * y
    }
}

#[differentiable(wrt(module))]
fn through_a_trait<M: Module + Clone>(module: &M, x: &Array1<f64>) -> f64 {
    let mut module = module.clone();
    module.run(x) + module.run(&array![x[0]])
}

#[test]
fn parts_of_another_shape() {
    agrees!(parts_of_parts(&outer(), 0.7), wrt 2);
    agrees!(steps(&outer(), 0.7), wrt 2);
    agrees!(table(&[0.7, 0.3], 1));
    agrees!(table(&[0.7, 0.3], 5));
    agrees!(items(&[0.7, 0.3, 0.9, 1.2]));
    agrees!(calls(&array![0.7, 0.3, 0.9, 0.2], &[vec![0.4, 0.2, 0.1], vec![0.7]], 0.8), wrt 3);
    agrees!(single(&[0.3, 0.4, 0.6], 0.9) as f32, wrt 2);
    agrees!(generic(&Generic { weights: array![[0.3, 0.2]], list: vec![0.3, 0.6], count: 2 }, 0.8), wrt 2);
    agrees!(thrice(&array![0.3, 0.8, -0.4]));
    agrees!(nested(&array![0.3, 0.8, -0.4]));
    agrees!(through_a_trait(&outer(), &array![0.3, 0.2, 0.6]));
}

/// What is left has one shape, what was there another.
#[test]
fn pullbacks_of_what_is_lent() {
    let k = 0.8;
    let start = || (array![0.7, 0.3, 0.9], Some(0.4), vec![vec![0.4, 0.2, 0.1], vec![0.7]]);
    let along = (array![1.0, -2.0, 0.5], Some(-0.3), vec![vec![0.2, 0.3, -0.6], vec![0.9]], 0.4);
    let (mut x, mut last, mut lists) = start();
    let (dx, d_last, d_lists, dk) = along.clone();
    let (_, y_dot, x_dot, last_dot, lists_dot) = behind::jvp(&mut x, &mut last, &mut lists, k, dx, d_last, d_lists, dk);
    let (mut x, mut last, mut lists) = start();
    let (_, pullback) = behind::vjp(&mut x, &mut last, &mut lists, k);
    let left = (0.7, array![0.3, -0.8], None, vec![vec![1.1, 0.6], vec![-0.2]]);
    let gradient = pullback(left.0, left.1.clone(), left.2, left.3.clone());
    let forwards = left.inner_product(&(y_dot, x_dot, last_dot, lists_dot));
    assert_close(forwards, gradient.inner_product(&along));
    assert_eq!(gradient.2[0].len(), 3);
}

#[test]
fn in_a_workspace() {
    let (mut workspace, mut gradient) = (Workspace::default(), Vec::new());
    for _ in 0..2 {
        let value = table::value_and_grad_into(&mut workspace, &mut gradient, &[0.7, 0.3], 5);
        assert_eq!((value, gradient.clone()), table::value_and_grad(&[0.7, 0.3], 5));
    }
}
