//! Assignment to variables, fields, tuple parts and elements; what it overwrites is still read by the derivative.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// Every compound assignment, over values that are read before and after.
#[differentiable]
fn compound(x: f64, y: f64) -> f64 {
    let mut a = x * y;
    a += x;
    let before = a * a;
    a *= before;
    a -= y.sin();
    a /= x + 2.0;
    let mut b = a;
    b = b * a + before;
    a %= 0.7;
    a + b
}

/// Elements of an array on the stack.
#[differentiable]
fn fibonacci_like(x: f64, y: f64) -> f64 {
    let mut table = [0.0; 12];
    table[0] = x;
    table[1] = y;
    for i in 2..12 {
        table[i] = table[i - 1] * 0.5 + table[i - 2] * table[i - 1];
    }
    table[11] + table[5]
}

/// Elements of a `Vec`, overwritten again and again.
#[differentiable(wrt(start))]
fn relaxation(start: &[f64], sweeps: usize) -> f64 {
    let mut u = start.to_vec();
    for _ in 0..sweeps {
        for i in 1..u.len() - 1 {
            u[i] = 0.25 * u[i - 1] + 0.5 * u[i] * u[i] + 0.25 * u[i + 1];
        }
    }
    u.iter().sum()
}

/// Parts of a tuple.
#[differentiable]
fn tuple_parts(x: f64, y: f64) -> f64 {
    let mut state = (x, (y, 1.0));
    for _ in 0..4 {
        state.0 += 0.1 * state.1.0;
        state.1.0 -= 0.1 * state.0 * state.1.1;
        state.1 = (state.1.0 * 1.01, state.1.1 * state.0);
    }
    state.0 * state.1.0 + state.1.1
}

#[derive(Clone, Differentiable)]
struct Particle {
    position: [f64; 2],
    momentum: [f64; 2],
    mass: f64,
}

/// Fields that are arrays.
#[differentiable]
fn drift_and_kick(start: &Particle, stiffness: f64) -> f64 {
    let mut p = start.clone();
    for _ in 0..5 {
        for axis in 0..2 {
            p.position[axis] += 0.1 * p.momentum[axis] / p.mass;
        }
        let r = (p.position[0] * p.position[0] + p.position[1] * p.position[1]).sqrt();
        for axis in 0..2 {
            p.momentum[axis] -= 0.1 * stiffness * (r - 1.0) * p.position[axis] / r;
        }
        p.mass *= 1.05;
    }
    let kinetic = p.momentum[0].powi(2) + p.momentum[1].powi(2);
    kinetic / (2.0 * p.mass) + p.position[0]
}

/// Rows of rows.
#[differentiable]
fn pascal(corner: f64, decay: f64) -> f64 {
    let mut table = vec![vec![0.0; 5]; 5];
    for i in 0..5 {
        table[i][0] = corner;
        table[0][i] = decay * corner;
    }
    for i in 1..5 {
        for j in 1..5 {
            table[i][j] = decay * (table[i - 1][j] + table[i][j - 1]) + 0.1 * table[i - 1][j - 1] * corner;
        }
    }
    table[4][4]
}

/// An element is taken out, changed and put back; the index is computed.
#[differentiable(wrt(x))]
fn histogram(x: &[f64], bins: usize) -> f64 {
    let mut counts = vec![0.0; bins];
    for i in 0..x.len() {
        let bin = (i * 7 + 3) % bins;
        let old = counts[bin];
        counts[bin] = old + x[i] * (1.0 + old);
    }
    let mut entropy = 0.0;
    for bin in 0..bins {
        let c = counts[bin];
        entropy -= c * (c + 1.0).ln();
    }
    entropy
}

/// A variable that is declared first and gets its value later, on every path.
#[differentiable]
fn later(x: f64, y: f64) -> f64 {
    let result;
    let scale;
    if x > y {
        result = x * y;
        scale = 2.0;
    } else {
        result = y - x;
        scale = x;
    }
    result * scale
}

/// Shadowing inside blocks does not reach out, assignment does.
#[differentiable]
fn shadows(x: f64) -> f64 {
    let y = x * 2.0;
    let z = {
        let y = y * y;
        let x = y + x;
        x * y
    };
    let mut w = z;
    {
        let w_here = w * y;
        w = w_here + x;
    }
    w
}

/// Elements behind a mutable reference to a local.
#[differentiable]
fn through_a_reference(x: f64, y: f64) -> f64 {
    let mut values = [x, y, x * y];
    let view = &mut values;
    view[0] *= view[2];
    view[1] += view[0].sin();
    let last = &mut values[2];
    *last = *last * *last;
    *last += 1.0;
    values[0] + values[1] * values[2]
}

/// A place is read in the very expression that changes it.
#[differentiable(wrt(x))]
fn in_its_own_update(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    let n = a.len();
    for i in 0..n {
        a[i] = a[i] * a[(i + 1) % n] + a[(i + n - 1) % n];
        a[(i + 1) % n] *= a[i] / (1.0 + a[i].abs());
    }
    a[0] + a[n - 1]
}

/// Elements of a matrix change places and meet.
#[differentiable]
fn transposed_in_place(m: &Array2<f64>) -> f64 {
    let mut t = m.clone();
    for i in 0..t.nrows() {
        for j in 0..i {
            let upper = t[[j, i]];
            t[[j, i]] = t[[i, j]] * upper;
            t[[i, j]] = upper + t[(j, j)];
        }
    }
    (&t * m).sum()
}

/// Parts of parts: a loop over a sub-slice, and elements of one.
#[differentiable]
fn sub_slices(x: &[f64]) -> f64 {
    let mut product = x[0];
    for &value in &x[1..] {
        product *= value;
    }
    let tail = &x[2..];
    for i in 0..tail.len() {
        product += tail[i] * tail[..=i].len() as f64;
    }
    product
}

#[test]
fn scalars_and_tuples() {
    agrees!(compound(0.8, 1.3), wrt 2);
    agrees!(tuple_parts(0.4, 0.9), wrt 2);
    agrees!(later(0.4, 0.9), wrt 2);
    agrees!(later(0.9, 0.4), wrt 2);
    agrees!(shadows(0.7));
}

#[test]
fn elements() {
    agrees!(fibonacci_like(0.7, 0.9), wrt 2);
    agrees!(relaxation(&[0.3, 0.9, 0.1, 0.7, 0.5], 3));
    agrees!(pascal(0.8, 0.6), wrt 2);
    let x: Vec<f64> = numbers(1, 9).mapv(f64::abs).to_vec();
    agrees!(histogram(&x, 4));
    agrees!(transposed_in_place(&matrix(1, 3, 3)));
    agrees!(sub_slices(&[0.5, 0.7, -0.3, 0.9]));
    agrees!(in_its_own_update(&[0.5, 0.7, -0.3, 0.9]));
}

#[test]
fn fields_and_references() {
    let start = Particle { position: [0.9, 0.4], momentum: [0.2, -0.3], mass: 1.5 };
    agrees!(drift_and_kick(&start, 2.0), wrt 2);
    agrees!(through_a_reference(0.6, 1.1), wrt 2);
}
