//! Blocks and calls.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn layer(w: &Array2<f64>, x: &Array1<f64>) -> Array1<f64> {
    let z = w.dot(x).tanh();
    &z * &z.exp() - x
}

/// A `let` of a call, a block as a statement, a block with a value, a method, in a loop.
macro_rules! deep {
    ($(#[$checkpoint:meta])?) => {
        #[differentiable]
        pub(crate) fn deep(w: &Array2<f64>, x: &Array1<f64>, depth: usize) -> f64 {
            $(#[$checkpoint])?
            let mut y = layer(w, x);
            let mut total = 0.0;
            for k in 0..depth {
                $(#[$checkpoint])?
                {
                    let z = layer(w, &y) * 0.5;
                    total += z.sum() * (k + 1) as f64;
                    y = z + x;
                }
                y[0] += total * 0.1;
            }
            $(#[$checkpoint])?
            let (a, b) = {
                let squares = &y * &y;
                (squares.sum(), squares.exp().sum() * total)
            };
            $(#[$checkpoint])?
            y.swap(0, 1);
            a * b + y[1] + $(#[$checkpoint])? { y.exp().sum() }
        }
    };
}

/// With a failure.
macro_rules! checked {
    ($(#[$checkpoint:meta])?) => {
        #[differentiable]
        pub(crate) fn checked(x: f64, y: f64) -> Option<f64> {
            $(#[$checkpoint])?
            let z = {
                let root = root_of(x * y)?;
                root * x.exp()
            };
            Some(z * z)
        }
    };
}

#[differentiable]
fn root_of(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.sqrt()) } else { None }
}

mod plain {
    use super::*;
    deep! {}
    checked! {}
}
mod again {
    use super::*;
    deep! { #[checkpoint] }
    checked! { #[checkpoint] }
}

#[test]
fn the_same_gradients() {
    for depth in [0, 1, 4] {
        let (w, x) = (matrix(1, 3, 3), numbers(2, 3));
        let plain = plain::deep::value_and_grad(&w, &x, depth);
        let same = again::deep::value_and_grad(&w, &x, depth);
        assert_eq!(format!("{plain:?}"), format!("{same:?}"));
        let (plain, same) = (plain::deep::vjp(&w, &x, depth), again::deep::vjp(&w, &x, depth));
        assert_eq!(format!("{:?}", plain.1(0.7)), format!("{:?}", same.1(0.7)));
    }
    for (x, y) in [(0.4, 1.3), (-0.4, 1.0)] {
        let (plain, same) = (plain::checked::value_and_grad(x, y), again::checked::value_and_grad(x, y));
        assert_eq!(format!("{plain:?}"), format!("{same:?}"));
    }
}

#[test]
fn the_right_gradients() {
    use again::deep;
    let (w, x) = (matrix(1, 3, 3), numbers(2, 3));
    agrees!(deep(&w, &x, 3), wrt 2);
}

mod bent {
    use super::*;
    /// A choice, a loop and a change in place inside of a block; a block in a block.
    macro_rules! bent {
        ($(#[$checkpoint:meta])?) => {
            #[differentiable]
            pub(crate) fn bent(x: &[f64], k: f64) -> f64 {
                let mut u = x.to_vec();
                let mut energy = k;
                $(#[$checkpoint])?
                {
                    for i in 0..u.len() {
                        u[i] = (u[i] * k).sin() + energy;
                        energy = energy * 0.5 + u[i];
                    }
                    if energy > 0.0 {
                        energy = energy.exp();
                    } else {
                        $(#[$checkpoint])?
                        {
                            let square = energy * energy;
                            energy = square * u[0];
                        }
                    }
                }
                let mut sum = 0.0;
                for v in &u {
                    sum += v * energy;
                }
                $(#[$checkpoint])?
                {
                    match x.len() {
                        2 => sum.sin(),
                        _ => sum,
                    }
                }
            }
        };
    }
    mod plain {
        use super::*;
        bent! {}
    }
    mod again {
        use super::*;
        bent! { #[checkpoint] }
    }

    #[test]
    fn the_same_gradients() {
        for (x, k) in [(vec![0.3, -0.4], 0.8), (vec![-0.9, -0.4, 0.1], -1.9), (vec![0.1, 0.4, 0.9], 1.3)] {
            let (plain, same) = (plain::bent::value_and_grad(&x, k), again::bent::value_and_grad(&x, k));
            assert_eq!(format!("{plain:?}"), format!("{same:?}"));
            let (plain, same) = (plain::bent::vjp(&x, k), again::bent::vjp(&x, k));
            assert_eq!(format!("{:?}", plain.1(0.7)), format!("{:?}", same.1(0.7)));
            use again::bent;
            agrees!(bent(&x, k), wrt 2);
        }
    }
}
