//! Macros, and passive code between differentiated statements.

use ndarray::prelude::*;
use ndarray::{concatenate, stack};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// `array!` of differentiated values, in one and two dimensions.
#[differentiable]
fn rotation(angle: f64, x: &Array1<f64>) -> f64 {
    let (s, c) = (angle.sin(), angle.cos());
    let r = array![[c, -s], [s, c]];
    let shift = array![angle, 1.0];
    (r.dot(x) + shift).sum() + r.dot(&r)[[0, 1]]
}

/// `concatenate!` and `stack!`.
#[differentiable]
fn joined(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let wide = concatenate![Axis(1), *a, *b];
    let high = concatenate![Axis(0), a.view(), b.view()];
    let deep = stack![Axis(0), *a, *b];
    wide.t().dot(a).sum() + high.dot(&b.t()).sum() * deep.sum()
}

/// Assertions, also of differentiated values.
#[differentiable]
fn asserted(x: &[f64], y: &[f64]) -> f64 {
    assert_eq!(x.len(), y.len(), "lists of different lengths");
    assert!(x.iter().all(|v| v.is_finite()));
    let mut sum = 0.0;
    for i in 0..x.len() {
        debug_assert!(y[i] != 0.0, "{} is zero", y[i]);
        sum += x[i] / y[i];
    }
    assert!(sum > -1e9, "the sum is {sum}");
    assert_ne!(x.len(), 0);
    sum * sum
}

/// What is printed is printed once, and changes nothing.
#[differentiable]
fn printed(x: f64, y: f64) -> f64 {
    let z = x * y;
    println!("z = {z:.3}, x = {}", x);
    let label = format!("{:?}", z);
    eprintln!("{label}");
    let w = dbg!(z + 1.0) * x;
    if label.is_empty() { w } else { w * z }
}

/// Arms that cannot be.
#[differentiable(wrt(x))]
fn impossible(x: f64, mode: u8) -> f64 {
    match mode {
        0 => x.sin(),
        1 => x.cos(),
        2 => todo!("mode 2"),
        3 => unreachable!("mode {mode}"),
        _ => unimplemented!(),
    }
}

/// A sum over the weights of samples that a passive generator draws.
#[differentiable(wrt(mean, deviation))]
fn expected_payoff(mean: f64, deviation: f64, samples: usize) -> f64 {
    let mut seed: u64 = 42;
    let mut total = 0.0;
    for _ in 0..samples {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let uniform = (seed >> 11) as f64 / (1u64 << 53) as f64;
        let draw = mean + deviation * (2.0 * uniform - 1.0);
        total += (draw - 0.1).max(0.0);
    }
    total / samples as f64
}

/// A value that is only looked at: comparisons, casts to integers, lengths.
#[differentiable]
fn looked_at(x: &Array1<f64>, k: f64) -> f64 {
    let bucket = (k * 10.0) as usize % x.len();
    let large = x.iter().filter(|v| **v > k).count();
    let is_sorted = x.as_slice().is_some_and(|s| s.windows(2).all(|w| w[0] <= w[1]));
    let bits = k.to_bits() & 1;
    x[bucket] * k + large as f64 * x.sum() + if is_sorted { 1.0 } else { k } + bits as f64
}

macro_rules! table {
    ($($x:expr),*) => { [$($x as f64 * 0.5),*] };
}

/// A user's macro over passive values.
#[differentiable]
fn tabulated(x: f64) -> f64 {
    let coefficients = table!(1, 2, 3);
    let mut p = 0.0;
    for c in coefficients.iter().rev() {
        p = p * x + c;
    }
    p
}

/// Texts that name variables, among code that names them as well.
#[differentiable]
fn named_in_texts(x: &[f64], r: &f64) -> f64 {
    let mut sum = 0.0;
    for (i, a) in x.iter().enumerate() {
        assert!(*a < 10.0 * *r, "{i} {a:.2} {r} {}", a + 1.0,);
        sum += a * r;
        debug_assert!(sum.is_finite() && sum < 50.0, "{sum:?} {sum} {other}", other = sum * 2.0);
    }
    let text = format!("{sum} {}", format!("{r:.1}"));
    assert_eq!(text, format!("{} {r:.1}", sum), "{text} {sum}");
    sum * sum
}

#[test]
fn arrays() {
    agrees!(rotation(0.4, &numbers(1, 2)), wrt 2);
    agrees!(joined(&matrix(1, 2, 2), &matrix(2, 2, 2)), wrt 2);
}

#[test]
fn checks_and_prints() {
    agrees!(asserted(&[0.3, 0.9], &[0.7, 0.4]), wrt 2);
    agrees!(printed(0.3, 0.9), wrt 2);
    agrees!(impossible(0.3, 0));
    agrees!(impossible(0.3, 1));
    assert!(std::panic::catch_unwind(|| impossible::grad(0.3, 3)).is_err());
}

#[test]
fn passive_parts() {
    agrees!(expected_payoff(0.2, 0.9, 40), wrt 2);
    agrees!(looked_at(&numbers(1, 5), 0.37), wrt 2);
    agrees!(tabulated(0.7));
}

#[test]
fn texts() {
    agrees!(named_in_texts(&[0.3, 0.9], &0.7), wrt 2);
}
