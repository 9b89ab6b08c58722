//! What is in memory at the same time.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::counting::{Counting, peak};
use crate::support::numbers;

#[global_allocator]
static HEAP: Counting = Counting;

/// The most that a run has in use beside what there was, in arrays of that length.
fn arrays<R>(len: usize, run: impl FnOnce() -> R) -> isize {
    let (bytes, _) = peak(run);
    (bytes / (len * size_of::<f64>())).cast_signed()
}

/// Two arrays a step.
macro_rules! chain {
    ($($checkpoint:tt)*) => {
        #[differentiable(wrt(x))]
        pub(crate) fn chain(x: &Array1<f64>, steps: usize) -> f64 {
            let mut y = x.clone();
            $($checkpoint)*
            for k in 0..steps {
                let z = (&y * (k as f64 * 0.01)).sin();
                y = &z * z.sum().cos() + x;
            }
            y.sum()
        }
    };
}

/// The same, ended by a condition.
macro_rules! until {
    ($($checkpoint:tt)*) => {
        #[differentiable(wrt(x))]
        pub(crate) fn until(x: &Array1<f64>, steps: usize) -> f64 {
            let mut y = x.clone();
            let mut k = 0;
            $($checkpoint)*
            while k < steps {
                let z = (&y * (k as f64 * 0.01)).sin();
                y = &z * z.sum().cos() + x;
                k += 1;
            }
            y.sum()
        }
    };
}

/// Loops in loops: the inner loop is a part of an iteration that runs again.
macro_rules! epochs {
    ($($checkpoint:tt)*) => {
        #[differentiable(wrt(x))]
        pub(crate) fn epochs(x: &Array1<f64>, steps: usize) -> f64 {
            let mut y = x.clone();
            $($checkpoint)*
            for _ in 0..steps {
                $($checkpoint)*
                for k in 0..steps {
                    y = (&y * (k as f64 * 0.01)).sin() + x;
                }
            }
            y.sum()
        }
    };
}

/// Blocks that have many arrays and hand on one.
macro_rules! layers {
    ($($checkpoint:tt)*) => {
        #[differentiable(wrt(x))]
        pub(crate) fn layers(x: &Array1<f64>, depth: usize) -> f64 {
            let mut y = x.clone();
            for _ in 0..depth {
                $($checkpoint)*
                {
                    let a = (&y * y.sum()).sin();
                    let b = (&a * a.sum()).cos();
                    let c = (&b * b.sum()).sin();
                    y = &c * c.sum().cos() + x;
                }
            }
            y.sum()
        }
    };
}

checkpointed!(chain, until, epochs);

mod whole {
    use super::*;
    layers! {}
}
mod again {
    use super::*;
    layers! { #[checkpoint] }
}

#[test]
fn a_loop() {
    let x = numbers(1, 200);
    let n = 400;
    same_bits!(chain(&x, 30));
    let all = arrays(200, || chain::plain::chain::value_and_grad(&x, n));
    assert!(all >= n.cast_signed(), "{all}");
    // 20 states, 20 iterations in full, and what is at hand.
    let root = arrays(200, || chain::root::chain::value_and_grad(&x, n));
    assert!(root <= 3 * 20 + 10, "{root}");
    let pulled = arrays(200, || chain::root::chain::vjp(&x, n).1(1.0));
    assert!(pulled <= 3 * 20 + 10, "{pulled}");
    let slots = arrays(200, || chain::three_slots::chain::value_and_grad(&x, 60));
    assert!(slots <= 3 + 12, "{slots}");
    let slots = arrays(200, || chain::three_slots::chain::vjp(&x, 60).1(1.0));
    assert!(slots <= 3 + 12, "{slots}");
}

#[test]
fn a_loop_that_ends_by_itself() {
    let x = numbers(1, 200);
    let n = 400;
    same_bits!(until(&x, 30));
    let all = arrays(200, || until::plain::until::value_and_grad(&x, n));
    assert!(all >= n.cast_signed(), "{all}");
    // Segments of 1 to 28 iterations.
    let root = arrays(200, || until::root::until::value_and_grad(&x, n));
    assert!(root <= 3 * 28 + 10, "{root}");
    let slots = arrays(200, || until::three_slots::until::value_and_grad(&x, 60));
    assert!(slots <= 3 + 12, "{slots}");
}

#[test]
fn a_loop_in_a_loop() {
    let x = numbers(1, 200);
    let n = 36;
    same_bits!(epochs(&x, 7));
    let all = arrays(200, || epochs::plain::epochs::value_and_grad(&x, n));
    assert!(all >= (n * n).cast_signed(), "{all}");
    // 6 states of the outer loop, those of 6 inner ones in a segment, and one segment of an inner one.
    let root = arrays(200, || epochs::root::epochs::value_and_grad(&x, n));
    assert!(root <= 6 + 6 * 6 + 3 * 6 + 10, "{root}");
}

#[test]
fn blocks() {
    let x = numbers(1, 200);
    let n = 50;
    let all = arrays(200, || whole::layers::vjp(&x, n).1(1.0));
    let again = arrays(200, || again::layers::vjp(&x, n).1(1.0));
    assert!(all >= 3 * n.cast_signed() && again <= n.cast_signed() + 12, "{all} and {again}");
}
