//! A cast of a part whose type the macro does not see, and arithmetic with an integer: of counts, or of what has a derivative, which
//! would be lost.

use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Sample {
    weight: f32,
    #[differentiable(skip)]
    count: usize,
}

#[differentiable]
fn of_a_field(sample: &Sample, x: f64) -> f64 {
    x * sample.weight as f64 * sample.count as f64
}

#[differentiable]
fn to_an_integer(x: f64) -> f64 {
    x * x.floor() as usize as f64
}

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

impl std::ops::Mul<Point> for i32 {
    type Output = Point;
    fn mul(self, point: Point) -> Point {
        Point { x: f64::from(self) * point.x }
    }
}

#[differentiable]
fn by_an_operator_of_ones_own(point: Point) -> f64 {
    let twice = 2 * point;
    twice.x
}

fn main() {}
