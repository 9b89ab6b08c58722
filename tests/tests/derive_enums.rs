//! `#[derive(Differentiable)]` on enums: what it makes, and that it is silent under what a strict crate forbids.
#![forbid(dead_code, missing_docs, unreachable_pub, unused, non_camel_case_types, unsafe_code)]
#![deny(non_snake_case)]
#![deny(warnings, clippy::all, clippy::pedantic)]
#![allow(clippy::cast_precision_loss, clippy::float_cmp, clippy::must_use_candidate)]

use std::collections::HashMap;

use ndarray::{Array1, Array2, array};
use odyssey_runtime::optim::{Optimizer, Sgd};
use odyssey_runtime::{Differentiable, Parameters, Real, Tangent, check, rt};

/// Every style.
#[derive(Clone, Debug, Differentiable)]
pub enum Shape {
    /// Tuple, with a part that is skipped and a passive one.
    Circle(f64, #[differentiable(skip)] &'static str, usize, Array1<f64>),
    /// Struct.
    Rect {
        /// w
        w: f64,
        /// Not in the tangent.
        #[differentiable(skip)]
        tags: HashMap<String, u8>,
        /// h
        h: f64,
        /// A word of the language.
        r#type: Option<f64>,
    },
    /// Unit.
    Point,
}

/// Generic and recursive.
#[derive(Clone, Debug, Differentiable)]
pub(crate) enum Expr<T: Real, N = usize>
where
    N: Copy,
{
    Number(T),
    Add(Box<Expr<T, N>>, Box<Self>),
    Sum(Vec<Self>),
    Scaled { by: T, of: Box<Expr<T, N>> },
    Variable(N),
}

/// One variant, private, borrowing.
#[derive(Clone, Copy, Debug, Differentiable)]
enum Only<'a, const N: usize> {
    One(&'a [f64; N], &'a str),
}

/// Without a derivative.
#[derive(Clone, Copy, Debug, Differentiable, PartialEq)]
pub enum Op {
    /// +
    Add,
    /// ×
    Mul,
}

/// Enums in a struct.
#[derive(Clone, Debug, Differentiable)]
pub struct Scene {
    shapes: Vec<Shape>,
    best: Option<Box<Shape>>,
    last: Result<f64, String>,
    op: Op,
}

fn circle() -> Shape {
    Shape::Circle(2.0, "c", 3, array![1.0, -1.0])
}

fn rect() -> Shape {
    Shape::Rect { w: 2.0, tags: HashMap::new(), h: 3.0, r#type: Some(4.0) }
}

fn scene() -> Scene {
    Scene { shapes: vec![circle(), rect(), Shape::Point], best: Some(Box::new(rect())), last: Ok(5.0), op: Op::Mul }
}

fn size(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(r, name, n, weights) => r * r * weights[0] + f64::from(u8::try_from(n + name.len()).unwrap()),
        Shape::Rect { w, h, tags, r#type } => w * h * r#type.unwrap_or(1.0) + f64::from(u8::try_from(tags.len()).unwrap()),
        Shape::Point => 0.0,
    }
}

fn eval<T: Real>(expr: &Expr<T>) -> T {
    match expr {
        Expr::Number(x) => *x,
        Expr::Add(a, b) => eval(a) + eval(b),
        Expr::Sum(all) => all.iter().map(eval).sum(),
        Expr::Scaled { by, of } => *by * eval(of),
        Expr::Variable(n) => T::lit(*n as f64),
    }
}

#[test]
fn the_zero_tangent_has_the_variant_of_the_value() {
    assert_eq!(circle().zero_tangent(), ShapeTangent::Circle(0.0, (), (), array![0.0, 0.0]));
    assert_eq!(rect().zero_tangent(), ShapeTangent::Rect { w: 0.0, h: 0.0, r#type: Some(0.0) });
    assert_eq!(Shape::Point.zero_tangent(), ShapeTangent::Point);
    assert_eq!(Op::Add.zero_tangent(), OpTangent::Add);
    assert_ne!(Op::Add.zero_tangent(), OpTangent::Mul);
    let x = [1.0, 2.0];
    let only = Only::One(&x, "x");
    let Only::One(y, name) = only;
    assert_eq!((y[1], name), (2.0, "x"));
    assert_eq!(only.zero_tangent(), OnlyTangent::One([0.0, 0.0], ()));
    assert_eq!(format!("{:?}", rect().zero_tangent()), "Rect { w: 0.0, h: 0.0, type: Some(0.0) }");
}

#[test]
fn tangents_of_one_variant_are_vectors() {
    let tangent = |k: f64| ShapeTangent::Rect { w: k, h: 2.0 * k, r#type: Some(2.0 * k) };
    let mut sum = tangent(1.0);
    sum.accumulate(tangent(1.0));
    sum.accumulate_ref(&tangent(1.0));
    sum.add_scaled(2.0, &tangent(1.0));
    assert_eq!(sum, tangent(5.0));
    sum.scale(0.2);
    assert_eq!(sum.norm(), 3.0);
    assert_eq!(sum.inner_product(&tangent(2.0)), 18.0);
    let mut point = ShapeTangent::Point;
    point.accumulate(ShapeTangent::Point);
    assert_eq!((point.norm(), point), (0.0, ShapeTangent::Point));
}

#[test]
#[should_panic(expected = "tangents of `Shape::Circle` and `Shape::Point` belong to different values")]
fn different_variants_have_no_sum() {
    circle().zero_tangent().accumulate(ShapeTangent::Point);
}

#[test]
#[should_panic(expected = "tangents of `Shape::Circle` and `Shape::Rect` belong to different values")]
fn different_variants_have_no_inner_product() {
    let _ = circle().zero_tangent().inner_product(&rect().zero_tangent());
}

#[test]
#[should_panic(expected = "tangents of `Shape::Point` and `Shape::Rect` belong to different values")]
fn parameters_have_the_variant_of_their_gradient() {
    Sgd::new(0.1).step(&mut Shape::Point, &rect().zero_tangent());
}

#[test]
fn tangents_are_assembled_part_by_part() {
    let shape = circle();
    assert_eq!(rt::complete(&shape, rt::partial(&shape)), shape.zero_tangent());
    let mut d = rt::partial(&shape);
    d.__Circle().3 = Some(array![1.0, 2.0]);
    d.__Circle().0 = Some(3.0);
    assert_eq!(d.__variant(), "Shape::Circle");
    let mut d = rt::complete(&shape, d);
    assert_eq!(d, ShapeTangent::Circle(3.0, (), (), array![1.0, 2.0]));
    rt::add(d.__Circle().0, 4.0);
    let (r, (), (), weights) = d.__into_Circle();
    assert_eq!((r, weights), (7.0, array![1.0, 2.0]));

    let shape = rect();
    let mut d = rt::partial(&shape);
    d.__Rect().h = rt::arrived(&3.0, 5.0);
    *rt::payload(&mut d.__Rect().r#type) = Some(6.0);
    let d = rt::complete(&shape, d);
    assert_eq!(d, ShapeTangent::Rect { w: 0.0, h: 5.0, r#type: Some(6.0) });
    let parts = d.__into_Rect();
    assert_eq!((parts.w, parts.h, parts.r#type), (0.0, 5.0, Some(6.0)));
    let mut d = rt::partial(&Shape::Point);
    d.__Point();
    rt::complete(&Shape::Point, d).__into_Point();
    assert_eq!(rt::complete(&shape, rt::arrived(&shape, shape.zero_tangent())), shape.zero_tangent());
}

#[test]
#[should_panic(expected = "tangents of `Shape::Rect` and `Shape::Circle` belong to different values")]
fn parts_belong_to_their_variant() {
    rect().zero_tangent().__Circle();
}

#[test]
fn payloads_of_options_and_results() {
    let (some, ok, err): (_, Result<f64, u8>, Result<f64, u8>) = (Some(2.0), Ok(3.0), Err(1));
    assert_eq!((some.zero_tangent(), ok.zero_tangent(), err.zero_tangent()), (Some(0.0), Some(0.0), None));
    let mut d = rt::partial(&ok);
    *rt::payload(&mut d) = Some(4.0);
    let mut d = rt::complete(&ok, d);
    *rt::payload_mut(&mut d, &3.0) += 1.0;
    assert_eq!(rt::into_payload(d, &3.0), 5.0);
    assert_eq!(rt::into_payload(None, &array![1.0, 2.0]), array![0.0, 0.0]);
    let mut d = None;
    *rt::payload_mut(&mut d, &2.0) += 1.0;
    assert_eq!(d, Some(1.0));
    assert_eq!(rt::complete(&err, rt::partial(&err)), None);
}

/// What generated code has for names that may be those of a struct or of a variant: the whole, unless the tangent has
/// a method of that name.
macro_rules! whole {
    ($trait:ident $name:ident) => {
        #[expect(non_snake_case, reason = "named after the variant")]
        trait $trait {
            fn $name(&mut self) -> &mut Self {
                self
            }
        }
        impl<T> $trait for T {}
    };
}

#[test]
fn names_of_variants_come_before_those_of_structs() {
    whole!(Circle __Circle);
    whole!(Scene __Scene);
    let mut d = circle().zero_tangent();
    rt::add(d.__Circle().0, 2.0);
    let behind = &mut d;
    rt::add(behind.__Circle().0, 2.0);
    assert_eq!(d.__into_Circle().0, 4.0);
    let mut d = scene().zero_tangent();
    *d.__Scene().shapes[0].__Circle().0 += 1.0;
    assert_eq!(d.norm(), 1.0);
    assert_eq!(*scene().zero_tangent().__Circle(), scene().zero_tangent());
}

#[test]
fn gradients_are_checked_in_every_variant() {
    let scene = scene();
    let loss = |scene: &Scene| {
        let sizes: f64 = scene.shapes.iter().map(size).sum();
        sizes * scene.last.clone().unwrap_or(1.0) + scene.best.as_deref().map_or(0.0, size)
    };
    let mut gradient = scene.zero_tangent();
    let weights = array![5.0 * 4.0, 0.0];
    gradient.shapes[0] = ShapeTangent::Circle(5.0 * 4.0, (), (), weights);
    gradient.shapes[1] = ShapeTangent::Rect { w: 5.0 * 12.0, h: 5.0 * 8.0, r#type: Some(5.0 * 6.0) };
    gradient.best = Some(Box::new(ShapeTangent::Rect { w: 12.0, h: 8.0, r#type: Some(6.0) }));
    gradient.last = Some(8.0 + 24.0);
    assert_eq!(scene.op, Op::Mul);
    check::argument("scene", &&scene, loss, &gradient).unwrap();
    check::argument("scene", &scene, |scene: Scene| loss(&scene), &gradient).unwrap();
    check::argument("result", &Ok::<_, String>(2.0), |x: Result<f64, String>| x.unwrap_or(0.0).sin(), &Some(2.0f64.cos()))
        .unwrap();
    let wrong = gradient.shapes[1].__Rect();
    *wrong.h += 1.0;
    let wrong = check::argument("scene", &&scene, loss, &gradient).unwrap_err();
    assert_eq!(wrong.path(), "scene.shapes[1].h");
}

#[test]
fn gradients_of_recursive_enums() {
    let number = |x: f32| Box::new(Expr::Number(x));
    let sum = Expr::Sum(vec![Expr::Add(number(1.0), number(2.0)), Expr::Variable(3)]);
    let mut expr = Expr::Scaled { by: 0.5, of: Box::new(sum) };
    assert_eq!(eval(&expr), 3.0);
    let mut gradient = expr.zero_tangent();
    let scaled = gradient.__Scaled();
    *scaled.by = 6.0;
    let first = scaled.of.__Sum().0[0].__Add();
    **first.0 = ExprTangent::Number(0.5);
    **first.1 = ExprTangent::Number(0.5);
    check::argument("e", &&expr, eval::<f32>, &gradient).unwrap();
    Sgd::new(1.0).momentum(0.5).step(&mut expr, &gradient);
    let values = |expr: &Expr<f32>| format!("{expr:?}");
    assert_eq!(values(&expr), "Scaled { by: -5.5, of: Sum([Add(Number(0.5), Number(1.5)), Variable(3)]) }");
    assert_eq!(gradient.norm_squared(), 36.5);
}

/// An optimizer goes through the variant that is there.
#[test]
fn optimizers_change_every_variant() {
    let mut model = (circle(), Some(rect()), Matrix::Dense { w: array![[1.0f32, 2.0]] }, Err::<f64, u8>(1));
    let mut gradient = model.zero_tangent();
    *gradient.0.__Circle().0 = 1.0;
    *rt::payload_mut(&mut gradient.1, &rect()).__Rect().w = 1.0;
    gradient.2.__Dense().w.fill(1.0);
    Sgd::new(0.5).step(&mut model, &gradient);
    assert!(matches!(model.0, Shape::Circle(1.5, ..)));
    assert!(matches!(model.1, Some(Shape::Rect { w: 1.5, h: 3.0, .. })));
    assert!(matches!(model.2, Matrix::Dense { w } if w == array![[0.5, 1.5]]));
    let mut zero = Matrix::<f32>::Zero;
    let tangent = zero.zero_tangent();
    Sgd::new(0.5).step(&mut zero, &tangent);
    assert!(matches!(zero, Matrix::Zero));
}

#[derive(Clone, Debug, Differentiable)]
enum Matrix<T: Real> {
    Dense { w: Array2<T> },
    Zero,
}

/// The tangents are in signatures.
pub fn norms(shape: &ShapeTangent, op: &OpTangent, scene: &SceneTangent) -> f64 {
    shape.norm() + op.norm() + scene.norm()
}

/// Generic code sees through the derive.
pub fn visit<P: Parameters, V: rt::Visitor>(p: &mut P, visitor: &mut V) {
    let tangent = p.zero_tangent();
    p.visit(&tangent, visitor);
}
