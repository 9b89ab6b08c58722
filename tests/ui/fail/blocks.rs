//! What the attribute says on a block, and what is wrong in it.

use std::ops::{Mul, Neg};

use odyssey_runtime::prelude::*;

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

#[differentiable(wrt(self))]
impl Point {
    fn scaled(&self, by: f64) -> f64 {
        self.x * by
    }
}

#[differentiable(inherent)]
impl Point {
    fn shifted(&self, by: f64) -> f64 {
        self.x + by
    }
}

#[differentiable(inherent)]
trait Distance {
    fn distance(&self, to: f64) -> f64;
}

#[differentiable(inherent)]
impl Neg for &Point {
    type Output = Point;

    fn neg(self) -> Point {
        Point { x: -self.x }
    }
}

trait Twice {
    fn twice(&self) -> f64;
}

#[differentiable(inherent)]
impl<T: Copy + Into<f64>> Twice for T {
    fn twice(&self) -> f64 {
        2.0 * (*self).into()
    }
}

/// The others have companions all the same.
#[differentiable]
impl Point {
    async fn later(&self) -> f64 {
        self.x
    }

    #[differentiable(wrt(y))]
    fn unknown(&self, by: f64) -> f64 {
        self.x * by
    }

    #[differentiable]
    fn count(&self) -> usize {
        1
    }

    #[differentiable(inherent)]
    fn inner(&self) -> f64 {
        self.x
    }

    #[differentiable(no_such_option)]
    fn strange(&self) -> f64 {
        self.x
    }

    fn fine(&self, by: f64) -> f64 {
        self.x * by
    }
}

#[differentiable(inherent)]
fn a_function(x: f64) -> f64 {
    x
}

#[differentiable(skip)]
fn skipped(x: f64) -> f64 {
    x
}

#[differentiable(unheard_of)]
impl Mul<f64> for Point {
    type Output = Point;

    #[differentiable(wrt(self))]
    fn mul(self, by: f64) -> Point {
        Point { x: self.x * by }
    }
}

fn main() {}
