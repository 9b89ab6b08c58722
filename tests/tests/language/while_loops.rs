//! `while`, `loop`, `break` with and without a value, `continue`, labels.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// Newton's iteration until it stands still.
#[differentiable]
fn cube_root(a: f64) -> f64 {
    let mut x = 1.0;
    let mut change = 1.0;
    while change > 1e-14 {
        let next = x - (x * x * x - a) / (3.0 * x * x);
        change = (next - x).abs() / next.abs();
        x = next;
    }
    x
}

/// Kepler's equation, solved in a `loop` with a limit on the number of iterations.
#[differentiable]
fn eccentric_anomaly(mean: f64, eccentricity: f64) -> f64 {
    let mut e = mean;
    let mut iterations = 0;
    loop {
        let f = e - eccentricity * e.sin() - mean;
        let slope = 1.0 - eccentricity * e.cos();
        e -= f / slope;
        iterations += 1;
        if f.abs() < 1e-13 || iterations == 50 {
            break;
        }
    }
    e
}

/// The arithmetic-geometric mean: `loop` gives the value.
#[differentiable]
fn agm(x: f64, y: f64) -> f64 {
    let (mut a, mut g) = (x, y);
    loop {
        if (a - g).abs() < 1e-15 * a.abs() {
            break 0.5 * (a + g);
        }
        let mean = (a + g) / 2.0;
        g = (a * g).sqrt();
        a = mean;
    }
}

/// A series that is cut off where its terms no longer count.
#[differentiable]
fn bessel_j0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term: f64 = 1.0;
    let mut sum = 1.0;
    let mut k = 1;
    while term.abs() > 1e-18 {
        term *= -quarter / (k * k) as f64;
        sum += term;
        k += 1;
    }
    sum
}

/// Lentz's algorithm for a continued fraction.
#[differentiable]
fn incomplete_gamma_fraction(a: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..200 {
        let an = -(i as f64) * (i as f64 - a);
        b += 2.0;
        d = an * d + b;
        if d.abs() < tiny {
            d = tiny;
        }
        c = b + an / c;
        if c.abs() < tiny {
            c = tiny;
        }
        d = 1.0 / d;
        let factor = d * c;
        h *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h * (a * x.ln() - x).exp()
}

/// `continue` skips what is missing.
#[differentiable(wrt(x))]
fn mean_of_present(x: &[f64], present: &[bool]) -> f64 {
    let mut sum = 0.0;
    let mut count = 0;
    for i in 0..x.len() {
        if !present[i] {
            continue;
        }
        count += 1;
        sum += x[i] * x[i];
        if count == 4 {
            break;
        }
    }
    sum / count as f64
}

/// Two labelled loops: the inner one ends both, or goes on with the outer one.
#[differentiable]
fn first_large_row(m: &[Vec<f64>], limit: f64) -> f64 {
    let mut result = 0.0;
    'rows: for row in 0..m.len() {
        let mut sum = 0.0;
        for column in 0..m[row].len() {
            let entry = m[row][column];
            if entry < 0.0 {
                continue 'rows;
            }
            sum += entry * entry;
            if sum > limit {
                result = sum.sqrt() * limit;
                break 'rows;
            }
        }
        result += 0.1 * sum;
    }
    result
}

/// A value that leaves a labelled block.
#[differentiable(wrt(x))]
fn labelled_block(x: f64, steps: usize) -> f64 {
    let y = 'found: {
        let mut z = x;
        for i in 0..steps {
            z = z * z + 0.3;
            if i == 2 {
                break 'found z * x;
            }
        }
        z.sin()
    };
    y + x
}

/// Steps of a size that the solution decides.
#[differentiable]
fn adaptive_euler(rate: f64, start: f64) -> f64 {
    let mut t = 0.0;
    let mut y = start;
    while t < 1.0 {
        let slope = rate * y * (1.0 - y);
        let mut h = 0.02 / (0.1 + slope.abs());
        if t + h > 1.0 {
            h = 1.0 - t;
        }
        y += h * slope;
        t += h;
    }
    y
}

/// Collatz' sequence steers what happens to the number.
#[differentiable(wrt(x))]
fn steered(x: f64, start: u64) -> f64 {
    let mut n = start;
    let mut y = x;
    while n != 1 {
        if n % 2 == 0 {
            n /= 2;
            y = 0.5 * y + 0.1;
        } else {
            n = 3 * n + 1;
            y = y * 1.5 - 0.2 * y * y;
        }
    }
    y
}

/// A stack of passive work in a `while let`.
#[differentiable(wrt(x))]
fn tree_sum(x: &[f64], children: &[Vec<usize>]) -> f64 {
    let mut stack = vec![(0, 0)];
    let mut total = 0.0;
    while let Some((node, depth)) = stack.pop() {
        total += x[node] * x[node] * 0.5_f64.powi(depth);
        for &child in &children[node] {
            stack.push((child, depth + 1));
        }
    }
    total
}

/// A loop that does not run at all, and one whose condition has two parts.
#[differentiable(wrt(x))]
fn guarded(x: f64, n: usize) -> f64 {
    let mut y = x;
    let mut i = 0;
    while i < n && y < 2.0 {
        y *= 1.3;
        i += 1;
    }
    while y < -100.0 {
        y += x;
    }
    y * x + i as f64
}

#[test]
fn iterations_that_converge() {
    agrees!(cube_root(7.3));
    agrees!(eccentric_anomaly(1.2, 0.4), wrt 2);
    agrees!(agm(1.7, 0.6), wrt 2);
    agrees!(bessel_j0(2.1));
    agrees!(incomplete_gamma_fraction(1.4, 3.1), wrt 2);
}

#[test]
fn ways_out_of_a_loop() {
    agrees!(mean_of_present(&[0.5, 0.6, 0.7, 0.8, 0.9, 1.0], &[true, false, true, true, false, true]));
    agrees!(mean_of_present(&[0.5, 0.6, 0.7, 0.8, 0.9, 1.0], &[true; 6]));
    let rows = [vec![0.1, -0.2, 0.3], vec![0.5, 0.6], vec![0.9, 0.8, 0.7]];
    agrees!(first_large_row(&rows, 1.2), wrt 2);
    agrees!(first_large_row(&rows, 9.0), wrt 2);
    agrees!(labelled_block(0.4, 5));
    agrees!(labelled_block(0.4, 2));
}

#[test]
fn lengths_that_only_the_run_decides() {
    agrees!(adaptive_euler(1.7, 0.2), wrt 2);
    agrees!(steered(0.6, 7));
    agrees!(tree_sum(&[0.3, 0.5, 0.7, 0.9, 1.1], &[vec![1, 2], vec![3], vec![4], vec![], vec![]]));
    agrees!(guarded(0.7, 10));
    agrees!(guarded(0.7, 2));
    agrees!(guarded(0.7, 0));
}
