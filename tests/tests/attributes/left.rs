//! What is left in `&mut` arguments is what the function leaves there, whatever is differentiated on the way.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Copy, PartialEq, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Clone, PartialEq, Debug, Differentiable)]
struct Body {
    point: Point,
    weight: f64,
    trail: Vec<f64>,
    #[differentiable(skip)]
    steps: usize,
}

#[differentiable]
impl Body {
    /// Parts that are copied out before they are changed, passive fields, lists.
    fn turn(&mut self, by: f64) -> f64 {
        let old = self.point;
        self.point = Point { x: old.y * by, y: old.x };
        self.weight += self.point.x;
        let point = self.point;
        self.point.x = self.point.x * by + self.trail[0];
        self.steps += 2;
        self.trail[0] = self.trail[1];
        self.steps += self.trail.len();
        self.trail.push(by);
        old.x * point.x * self.point.x + self.weight
    }

    fn add(&mut self, by: f64) -> f64 {
        self.weight += by;
        self.point.x * by
    }

    /// Arguments out of what is changed.
    fn add_own(&mut self) -> f64 {
        let first = self.add(self.weight);
        let second = self.add(self.point.y);
        first * second + self.add(self.trail[0])
    }

    fn pulled(&mut self, to: &Point) {
        let before = self.clone();
        self.point.x = to.x * self.point.y;
        self.weight = before.point.x * before.weight;
        self.steps = before.steps + 1;
    }

    fn by_another_name(&mut self, by: f64) -> f64 {
        let point = &mut self.point;
        point.x *= by;
        let copy = *point;
        point.y += point.x;
        *point = Point { x: copy.y, y: point.y * copy.x };
        copy.x * self.point.x
    }

    /// Changes a number and a count.
    fn step(&mut self, by: f64) {
        self.weight += by;
        self.steps += 1;
    }
}

#[differentiable]
fn replaced(point: &mut Point, by: f64) -> f64 {
    let copy = *point;
    point.x = copy.y * by;
    point.y = copy.x;
    *point = Point { x: point.y * copy.y, y: point.x };
    copy.x * point.x
}

#[differentiable]
fn exchanged(points: &mut Vec<Point>, by: f64) -> f64 {
    let first = points[0];
    points[0].x = by;
    points[1] = first;
    points.swap(0, 1);
    let copy = points[0];
    points[0].x += copy.x;
    points.pop();
    first.x * points[0].x
}

#[differentiable]
fn all(body: &Body, by: f64) -> f64 {
    let mut body = body.clone();
    let (turned, added) = (body.turn(by), body.add_own());
    let point = body.point;
    body.pulled(&point);
    let named = body.by_another_name(by);
    let mut points = vec![body.point, Point { x: turned, y: added }];
    let last = exchanged(&mut points, named);
    let mut left = points[0];
    let value = replaced(&mut left, last);
    let count = (body.steps + body.trail.len()) as f64;
    turned + added * named + last * value + left.x * left.y + body.point.x + body.weight * body.trail[0] * count
}

/// A count decides that only the method changes.
#[differentiable]
fn counted(by: f64, times: usize) -> f64 {
    let mut body = Body { point: Point { x: 0.0, y: 0.0 }, weight: 0.0, trail: Vec::new(), steps: 0 };
    let mut total = 0.0;
    for _ in 0..times {
        body.step(by);
        if body.steps > 1 {
            total += body.weight * body.weight * body.steps as f64;
        }
    }
    total
}

/// A passive variable that a method with a common name changes.
struct Counter {
    total: f64,
}

impl Counter {
    fn add(&mut self, by: f64) {
        self.total += by;
    }
}

#[differentiable]
fn scaled(x: f64) -> f64 {
    let mut counter = Counter { total: 1.0 };
    let first = x * x * counter.total;
    counter.add(2.0);
    let second = x * x * counter.total;
    counter.add(4.0);
    first + second
}

/// The value and the argument, as the function and its derivative leave them.
macro_rules! leaves_the_same {
    ($argument:expr, |$x:ident| $plain:expr, $vjp:expr) => {{
        let (mut plain, mut differentiated) = ($argument, $argument);
        let $x = &mut plain;
        let expected = $plain;
        let $x = &mut differentiated;
        let value = $vjp.0;
        assert_eq!((value, differentiated), (expected, plain));
    }};
}

fn body() -> Body {
    Body { point: Point { x: 0.3, y: 0.7 }, weight: 0.4, trail: vec![0.1, 0.2], steps: 0 }
}

#[test]
fn arguments() {
    let point = Point { x: 0.4, y: 0.9 };
    leaves_the_same!(body(), |b| b.turn(0.6), b.turn_vjp(0.6));
    leaves_the_same!(body(), |b| b.add_own(), b.add_own_vjp());
    leaves_the_same!(body(), |b| b.pulled(&point), b.pulled_vjp(&point));
    leaves_the_same!(body(), |b| b.by_another_name(0.6), b.by_another_name_vjp(0.6));
    leaves_the_same!(body(), |b| b.step(0.6), b.step_vjp(0.6));
    leaves_the_same!(point, |p| replaced(p, 0.6), replaced::vjp(p, 0.6));
    leaves_the_same!(vec![point; 2], |p| exchanged(p, 0.6), exchanged::vjp(p, 0.6));
}

#[test]
fn gradients() {
    agrees!(all(&body(), 0.4), wrt 2);
    agrees!(counted(0.3, 4));
    agrees!(scaled(0.3));
    body().turn_check_grad(0.4).unwrap();
    body().add_own_check_grad().unwrap();
    body().by_another_name_check_grad(0.4).unwrap();
    replaced::check_grad(&mut Point { x: 0.4, y: 0.9 }, 0.3).unwrap();
    exchanged::check_grad(&mut vec![Point { x: 0.4, y: 0.9 }; 2], 0.3).unwrap();
}
