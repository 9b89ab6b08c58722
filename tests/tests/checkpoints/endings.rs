//! Loops that end by themselves, skip, and leave the function.

use odyssey_runtime::prelude::*;

use crate::support::{agrees, numbers};

/// `while`, with what the condition reads.
macro_rules! descent {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn descent(start: f64, rate: f64) -> f64 {
            let mut x = start;
            let mut steps = 0;
            $($checkpoint)*
            while x.abs() > 0.05 && steps < 40 {
                x -= rate * (x * x * x + x).sin();
                steps += 1;
            }
            x * steps as f64
        }
    };
}

/// `loop` with a value, and `break` in the middle of an iteration.
macro_rules! newton {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn newton(a: f64, limit: usize) -> f64 {
            let (mut x, mut count) = (1.0, 0);
            $($checkpoint)*
            let root = loop {
                let slope = 3.0 * x * x;
                let change: f64 = (x * x * x - a) / slope;
                count += 1;
                if change.abs() < 1e-12 || count >= limit {
                    break x * 1.5;
                }
                x -= change;
            };
            root * a
        }
    };
}

/// `continue`, `break` and a label.
macro_rules! filtered {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn filtered(x: &[f64], bound: f64) -> f64 {
            let mut sum = 0.0;
            $($checkpoint)*
            'items: for (i, v) in x.iter().enumerate() {
                if *v < 0.0 {
                    continue;
                }
                for k in 0..3 {
                    if sum > bound && k == 1 {
                        break 'items;
                    }
                    if i == 4 {
                        continue 'items;
                    }
                    sum += (v * bound).sin() * (k + 1) as f64 + 0.1 * sum * v;
                }
            }
            sum * sum
        }
    };
}

/// An early `return`.
macro_rules! first_passage {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn first_passage(drift: f64, x: &[f64]) -> f64 {
            let mut level = 0.0;
            $($checkpoint)*
            for v in x {
                level = 0.9 * level + v * drift + drift.sin();
                if level > 1.0 {
                    return level * level;
                }
            }
            level
        }
    };
}

checkpointed!(descent, newton, filtered, first_passage);

#[test]
fn the_same_gradients() {
    for start in [0.01, 0.3, 1.1, -2.0] {
        same_bits!(descent(start, 0.2));
    }
    for limit in [1, 2, 3, 4, 5, 100] {
        same_bits!(newton(1.7, limit));
    }
    for n in [0, 1, 3, 9] {
        let x = numbers(n, n).to_vec();
        for bound in [0.4, 2.0] {
            same_bits!(filtered(&x, bound));
            same_bits!(first_passage(bound, &x));
        }
    }
}

#[test]
fn the_right_gradients() {
    use {descent::root::descent, filtered::root::filtered, first_passage::root::first_passage, newton::root::newton};
    agrees!(descent(1.1, 0.2), wrt 2);
    agrees!(newton(1.7, 4));
    let x = numbers(9, 9).to_vec();
    agrees!(filtered(&x, 0.4), wrt 2);
    let x = numbers(9, 9).to_vec();
    agrees!(first_passage(0.4, &x), wrt 2);
    let x = numbers(9, 9).to_vec();
    agrees!(first_passage(2.0, &x), wrt 2);
}

/// Failures in checkpointed code leave the function.
macro_rules! fallible {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn fallible(x: &[f64], scale: f64) -> Result<f64, String> {
            let mut sum = 1.0;
            $($checkpoint)*
            for v in x {
                if *v > 5.0 {
                    return Err("too large".to_owned());
                }
                let part = positive(v * scale + 2.0)?;
                sum = sum * 0.5 + part * v;
            }
            Ok(sum)
        }
    };
}

#[differentiable]
fn positive(x: f64) -> Result<f64, String> {
    if x > 0.0 { Ok(x.ln()) } else { Err("negative".to_owned()) }
}

checkpointed!(fallible);

#[test]
fn failures() {
    for x in [vec![], vec![0.3, 0.7, -0.2, 1.3], vec![0.1, 6.0], vec![0.1, -9.0, 0.4]] {
        let plain = fallible::plain::fallible::value_and_grad(&x, 0.4);
        for same in [
            fallible::root::fallible::value_and_grad(&x, 0.4),
            fallible::every_one::fallible::value_and_grad(&x, 0.4),
            fallible::every_three::fallible::value_and_grad(&x, 0.4),
            fallible::one_slot::fallible::value_and_grad(&x, 0.4),
            fallible::three_slots::fallible::value_and_grad(&x, 0.4),
        ] {
            assert_eq!(format!("{same:?}"), format!("{plain:?}"));
        }
    }
}
