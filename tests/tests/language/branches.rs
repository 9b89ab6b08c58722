//! `if`, `else if`, `if let`, `let … else`, `match` on passive values.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// Huber's loss with three pieces.
#[differentiable]
fn hinge_or_square(x: f64, knee: f64) -> f64 {
    if x < 0.0 {
        0.1 * x
    } else if x < knee {
        x * x / (2.0 * knee)
    } else {
        x - knee / 2.0
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kernel {
    Gaussian,
    Matern { order: u32 },
    Linear,
}

/// A covariance function chosen by an enum without numbers.
#[differentiable(wrt(r, length))]
fn covariance(kernel: Kernel, r: f64, length: f64) -> f64 {
    let s = r / length;
    match kernel {
        Kernel::Gaussian => (-0.5 * s * s).exp(),
        Kernel::Matern { order: 1 } => (-s).exp(),
        Kernel::Matern { order } if order > 2 => {
            let z = (order as f64).sqrt() * s;
            (1.0 + z + z * z / 3.0) * (-z).exp()
        }
        Kernel::Matern { .. } => {
            let z = 3.0_f64.sqrt() * s;
            (1.0 + z) * (-z).exp()
        }
        Kernel::Linear => 1.0 + r * length,
    }
}

/// Alternatives, ranges, bindings and a guard over integers.
#[differentiable(wrt(income))]
fn tax(income: f64, children: u32, class: char) -> f64 {
    let rate = match class {
        'a' | 'b' => 0.2,
        'c'..='e' => 0.25,
        _ => 0.3,
    };
    let allowance = match children {
        0 => 0.0,
        n @ 1..=2 => 0.1 * n as f64,
        n if n % 2 == 1 => 0.35,
        n => 0.4 + 0.01 * f64::from(n),
    };
    let base = income - allowance * income.sqrt();
    rate * base + 0.01 * base.powi(2)
}

/// A `match` over a tuple, one of whose arms does nothing.
#[differentiable]
fn on_a_grid(x: f64, y: f64, cell: (usize, usize)) -> f64 {
    let mut u = x * y;
    match (cell.0 % 2, cell.1 % 2) {
        (0, 0) => {}
        (0, _) => u += x,
        (_, 0) => u *= y,
        (i, j) => u = u * (i + j) as f64 - x / y,
    }
    u + x
}

/// A passive option decides, and its payload takes part.
#[differentiable(wrt(x))]
fn clipped(x: f64, limit: Option<f64>) -> f64 {
    let y = x.exp();
    if let Some(limit) = limit { if y > limit { limit + (y - limit).ln_1p() } else { y } } else { y }
}

/// `let … else` over passive values.
#[differentiable(wrt(weights))]
fn chosen(weights: &[f64], names: &[&str], name: &str) -> f64 {
    let Some(index) = names.iter().position(|candidate| *candidate == name) else {
        return weights[0] * 0.5;
    };
    weights[index] * weights[index] + weights[0]
}

/// A comparison of differentiated values decides, twice nested.
#[differentiable]
fn median_of_three(a: f64, b: f64, c: f64) -> f64 {
    let m = if a < b {
        if b < c {
            b
        } else if a < c {
            c
        } else {
            a
        }
    } else if a < c {
        a
    } else if b < c {
        c
    } else {
        b
    };
    m.sin() * a
}

/// Values bound in the branches are tuples.
#[differentiable]
fn ordered(a: f64, b: f64) -> f64 {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let ratio = if high.abs() > 1e-3 && low != 0.0 { low / high } else { 0.0 };
    (high - low).sqrt() + ratio
}

/// Variables that only one branch changes.
#[differentiable(wrt(x))]
fn options(x: f64, square: bool, shift: bool) -> f64 {
    let mut y = x;
    let mut z = 1.0;
    if square {
        y *= y;
        z += y;
    }
    if shift {
        let old = y;
        y += 3.0 * z;
        z = old;
    }
    y * z
}

/// The seasons by their number, with a block as an arm and one that panics.
#[differentiable(wrt(angle))]
fn season(angle: f64, month: u8) -> f64 {
    let phase = match month {
        12 | 1 | 2 => angle.cos(),
        3..=5 => {
            let half = angle / 2.0;
            half.sin() * half.cos()
        }
        6..=8 => 2.0 * angle.sin(),
        9..=11 => -angle,
        other => panic!("there is no month {other}"),
    };
    phase + if matches!(month, 6..=8) { angle * angle } else { 0.0 }
}

/// A sign function by hand, and a condition that is a block.
#[differentiable]
fn signed_root(x: f64) -> f64 {
    let sign = if x.is_sign_negative() { -1.0 } else { 1.0 };
    let root = (x * sign).sqrt();
    let is_large = {
        let square = root * root;
        square > 1.0
    };
    if is_large { sign * (1.0 + root.ln()) } else { sign * root }
}

#[test]
fn pieces() {
    for x in [-1.3, 0.4, 2.5] {
        agrees!(hinge_or_square(x, 1.0), wrt 2);
    }
    for (a, b, c) in [(0.1, 0.5, 0.9), (0.9, 0.5, 0.1), (0.5, 0.9, 0.1), (0.5, 0.1, 0.9), (0.1, 0.9, 0.5), (0.9, 0.1, 0.5)] {
        agrees!(median_of_three(a, b, c), wrt 3);
    }
    agrees!(ordered(0.3, 0.8), wrt 2);
    agrees!(ordered(0.8, 0.3), wrt 2);
    for x in [-2.0, -0.3, 0.3, 2.0] {
        agrees!(signed_root(x));
    }
}

#[test]
fn matches_on_passive_values() {
    for kernel in
        [Kernel::Gaussian, Kernel::Matern { order: 1 }, Kernel::Matern { order: 2 }, Kernel::Matern { order: 5 }, Kernel::Linear]
    {
        agrees!(covariance(kernel, 0.7, 1.3), wrt 2 behind 1);
    }
    for (children, class) in [(0, 'a'), (2, 'd'), (3, 'x'), (4, 'b')] {
        agrees!(tax(2.5, children, class));
    }
    for cell in [(0, 0), (2, 1), (1, 2), (3, 5)] {
        agrees!(on_a_grid(0.6, 1.4, cell), wrt 2);
    }
    for month in [1, 4, 7, 10] {
        agrees!(season(0.6, month));
    }
}

#[test]
fn options_and_flags() {
    agrees!(clipped(0.4, None));
    agrees!(clipped(0.4, Some(1.2)));
    agrees!(clipped(0.4, Some(5.0)));
    agrees!(chosen(&[0.3, 0.7, 0.9], &["a", "b", "c"], "c"));
    agrees!(chosen(&[0.3, 0.7, 0.9], &["a", "b", "c"], "z"));
    for (square, shift) in [(false, false), (true, false), (false, true), (true, true)] {
        agrees!(options(0.7, square, shift));
    }
}
