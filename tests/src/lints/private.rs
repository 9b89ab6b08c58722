//! Functions that nobody calls but through their companions.

use odyssey_runtime::prelude::*;

/// Its value is not used, its gradient is.
#[differentiable]
fn by_gradient(point: f64) -> f64 {
    let squared = point * point;
    squared * 2.0
}

/// Its pullback is.
#[differentiable]
fn by_pullback(point: f64, factor: f64) -> f64 {
    let mut product = point * factor;
    product += 1.0;
    product
}

/// It is called from another one.
#[differentiable]
fn called(point: f64) -> f64 {
    point.exp()
}

/// And that one is checked.
#[differentiable(wrt(point))]
fn caller(point: f64, times: u32) -> f64 {
    let mut sum = 0.0;
    for turn in 0..times {
        if sum < 100.0 {
            sum += called(point) * f64::from(turn);
        } else {
            sum -= called(-point);
        }
    }
    sum
}

/// Its argument is only asked for.
#[differentiable]
fn unread(point: f64, _ignored: f64) -> f64 {
    let (first, second) = (point * 2.0, point + 1.0);
    let tuple = (first, (second, 3.0));
    tuple.0 * (tuple.1).0 * (tuple.1).1
}

macro_rules! powers {
    ($($name:ident $power:literal),*) => {$(
        /// Written by a macro, with the visibility and all.
        #[differentiable]
        pub(super) fn $name(point: f64) -> f64 {
            point.powi($power)
        }
    )*};
}
powers!(square 2, cube 3);

const RATE: f64 = 0.5;

/// Compiled over other floats as well.
#[differentiable(order = 3)]
fn over_floats(point: f64, steps: usize) -> f64 {
    let mut sum: f64 = 0.0;
    for i in 0..steps {
        sum += f64::max(point, 0.25).powi(3) * (RATE + 0.5) * f64::from(u8::from(i > 0));
    }
    sum
}

/// Its gradient.
#[differentiable(order = 3)]
fn slope(point: f64) -> f64 {
    over_floats::grad(point, 2)
}

/// All of them.
pub(super) fn all(point: f64) -> f64 {
    let (value, pullback) = by_pullback::vjp(point, 2.0);
    let (slope, _) = pullback(value);
    let (left, right) = unread::grad(point, 1.0);
    let is_right = caller::check_grad(point, 3).is_ok();
    by_gradient::grad(point)
        + slope
        + left
        + right
        + f64::from(is_right)
        + square(point)
        + cube::grad(point)
        + slope::hvp(point, 1.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn derivatives() {
        // 4 x, (2 x + 1) * 2, (2 x (x + 1) 3)' = 12 x + 6, a passed check, x², 3 x² and (x³)'''.
        assert!((super::all(0.5) - (2.0 + 4.0 + 12.0 + 1.0 + 0.25 + 0.75 + 6.0)).abs() < 1e-12);
    }
}
