//! `#[derive(Differentiable)]`: what it makes, and that it is silent under what a strict crate forbids.
#![forbid(dead_code, missing_docs, unreachable_pub, unused, non_camel_case_types, non_snake_case, unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic)]
#![allow(clippy::float_cmp, clippy::must_use_candidate)]

use std::collections::HashMap;

use ndarray::{Array1, Array2, ArrayD, ArrayView1, array};
use odyssey_runtime::{Differentiable, Parameters, Real, Tangent, check, rt};

/// A model.
#[derive(Clone, Debug, Differentiable)]
pub struct Mlp {
    /// w
    pub w: Array2<f64>,
    /// b
    pub(crate) b: Array1<f64>,
    scale: f64,
    /// The tangent is in a signature.
    pub n: usize,
    labels: Array1<usize>,
    #[differentiable(skip)]
    names: HashMap<String, f64>,
    layers: Vec<Layer<f32>>,
    pair: (Point, Option<Box<Mlp>>),
}

/// Generic, recursive, with a private part.
#[derive(Clone, Debug, Differentiable)]
pub struct Layer<T> {
    /// w
    pub w: Array2<T>,
    inner: Hidden<T>,
    next: Option<Box<Self>>,
}

#[derive(Clone, Debug, Differentiable)]
struct Hidden<T>(Array1<T>, T);

#[derive(Clone, Copy, Debug, Differentiable, PartialEq)]
pub(crate) struct Point(f64, #[differentiable(skip)] u8, f64);

/// Without fields.
#[derive(Clone, Copy, Debug, Default, Differentiable)]
pub struct Unit;

/// Without a derivative.
#[derive(Clone, Debug, Differentiable)]
pub struct OnlyPassive {
    /// The tangent is in a signature.
    pub n: usize,
}

/// Borrowing.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct View<'a, T: Real, const N: usize> {
    /// x
    pub x: ArrayView1<'a, T>,
    /// y
    pub y: &'a Array1<T>,
    /// z
    pub z: [f64; N],
}

/// Under another name of the runtime, not `Clone`.
#[derive(Debug, Differentiable)]
#[differentiable(crate = odyssey_runtime)]
pub struct NotClone<M, A>
where
    M: Clone,
{
    /// m
    pub m: M,
    #[differentiable(skip)]
    act: A,
    /// d
    pub d: ArrayD<f64>,
}

/// Recursive through another struct.
#[derive(Clone, Debug, Differentiable)]
pub struct Left {
    /// r
    pub right: Vec<Right>,
}
/// Recursive through another struct.
#[derive(Clone, Debug, Differentiable)]
pub struct Right {
    /// Generic, recursive, with a private part.
    pub left: Vec<Left>,
    /// k
    pub k: f64,
}

/// Everything is read.
pub fn read(m: &Mlp, x: &NotClone<f64, u8>, l: &Layer<f32>) -> usize {
    let p = &m.pair.0;
    m.n + m.labels.len()
        + m.names.len()
        + usize::from(x.act)
        + m.b.len()
        + l.inner.0.len()
        + usize::from(p.1)
        + m.layers.len()
        + usize::from(m.scale > p.0 + p.2)
        + usize::from(m.pair.1.is_some())
        + usize::from(l.next.is_some())
        + usize::from(l.inner.1 > 0.0)
}

/// The tangent of a view owns its numbers.
pub fn tangent_of_a_view<T: Real>(v: &View<'_, T, 2>) -> (Array1<T>, Array1<T>, [f64; 2]) {
    let t: ViewTangent<T, 2> = v.zero_tangent();
    (t.x, t.y, t.z)
}

/// Generic code sees through the derive.
pub fn generic<T: Real>(l: &Layer<T>) -> Array2<T> {
    l.zero_tangent().w
}

/// The tangent is in a signature.
pub fn norm(t: &NotCloneTangent<f64>) -> f64 {
    t.norm() + t.m
}
/// The tangent is in a signature.
pub fn norm2(t: &LeftTangent) -> f64 {
    t.norm() + f64::from(u8::from(t.right[0].left.is_empty())) + t.right[0].k
}

fn layer(k: f32) -> Layer<f32> {
    Layer { w: array![[k]], inner: Hidden(array![k, k], k), next: None }
}

fn mlp() -> Mlp {
    Mlp {
        w: array![[1.0, 2.0]],
        b: array![3.0],
        scale: 4.0,
        n: 3,
        labels: array![1],
        names: HashMap::new(),
        layers: vec![layer(1.0), Layer { next: Some(Box::new(layer(3.0))), ..layer(2.0) }],
        pair: (Point(7.0, 1, 8.0), None),
    }
}

#[test]
fn tangents_are_vectors_of_the_same_fields() {
    let m = mlp();
    assert_eq!(m.zero_tangent().w, array![[0.0, 0.0]]);
    let mut d = rt::partial(&m);
    d.w = Some(array![[1.0, 2.0]]);
    d.pair.0.2 = Some(2.0);
    let mut d = rt::complete(&m, d);
    assert_eq!(d.norm(), 3.0);
    d.accumulate(d.clone());
    d.scale(0.5);
    assert_eq!(d.pair.0, PointTangent(0.0, (), 2.0));
    assert!(format!("{d:?}").starts_with("MlpTangent { w: [[1.0, 2.0]]"));
    let () = OnlyPassive { n: 1 }.zero_tangent().n;
    assert_eq!(Unit.zero_tangent(), UnitTangent {});
    assert_eq!(generic(&layer(2.0)), array![[0.0]]);
    let x = array![1.0];
    assert_eq!(tangent_of_a_view(&View { x: x.view(), y: &x, z: [1.0, 2.0] }).2, [0.0, 0.0]);
    let fixed = NotClone { m: 3.0, act: 1u8, d: ArrayD::zeros(vec![2]) };
    assert_eq!((norm(&fixed.zero_tangent()), read(&m, &fixed, &layer(1.0))), (0.0, 12));
}

#[test]
fn gradients_of_structs_are_checked_field_by_field() {
    let m = mlp();
    let loss = |m: &Mlp| m.w.sum() * m.scale;
    let mut gradient = m.zero_tangent();
    gradient.w.fill(4.0);
    gradient.scale = 3.0;
    check::argument("m", &m, |m: Mlp| loss(&m), &gradient).unwrap();
    check::argument("m", &&m, loss, &gradient).unwrap();
    gradient.layers[1].next.as_mut().unwrap().inner.0[1] = 0.5;
    let wrong = check::argument("m", &&m, loss, &gradient).unwrap_err();
    assert_eq!(wrong.path(), "m.layers[1].next.inner.0[1]");
}

#[test]
fn mutual_recursion_ends() {
    struct SetTo(f64);
    impl rt::Visitor for SetTo {
        fn leaf<T: Real>(&mut self, values: &mut [T], _: &[T], _: &[usize]) {
            values.fill(T::lit(self.0));
        }
    }
    let mut left = Left { right: vec![Right { left: vec![], k: 2.0 }] };
    let tangent = left.zero_tangent();
    left.visit(&tangent, &mut SetTo(5.0));
    assert_eq!((left.right[0].k, norm2(&tangent)), (5.0, 1.0));
}
