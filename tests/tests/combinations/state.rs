//! What loops carry: scalars, arrays, both.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn recurrent(w: &Array2<f64>, u: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let mut h = b * 0.0;
    let mut total = 0.0;
    for t in 0..x.nrows() {
        let z = w.dot(&h) + b;
        h = (z * 0.5 + u.dot(&h) * x[[t, 0]]).tanh();
        total += (&h * &h).sum();
    }
    total + h.sum()
}

#[differentiable]
fn nested(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let mut p = 1.0;
        for j in 0..=i {
            p *= x[j] * k;
            s += p;
        }
        s = s * 0.5 + p;
    }
    s
}

#[differentiable]
fn norm_outlives_the_loop(m: &Array2<f64>, start: &Array1<f64>) -> f64 {
    let mut v = start.clone();
    let mut norm = 1.0;
    for _ in 0..6 {
        let next = m * &v;
        norm = next.sum();
        v = start / norm;
    }
    norm + v.sum()
}

#[differentiable]
fn power_iteration(m: &Array2<f64>, start: &Array1<f64>) -> f64 {
    let mut v = start.clone();
    for _ in 0..6 {
        v = m.dot(&v);
    }
    v.sum()
}

#[differentiable]
fn passive_state(x: f64, n: usize) -> f64 {
    let mut count = 0;
    let mut sum = 0.0;
    for i in 0..n {
        count += i;
        sum += x * count as f64;
    }
    sum
}

#[differentiable]
fn scalar_state(b: f64) -> f64 {
    let v = Array1::<f64>::ones(3) * b;
    let mut s = 1.0;
    for _ in 0..3 {
        let k = v.dot(&v);
        s = (s + k).tanh();
    }
    s
}

#[differentiable]
fn consumed_and_assigned(x: &Array2<f64>, k: f64) -> f64 {
    let mut y = x.sum_axis(Axis(0)).sin() * 1.3;
    y = (y.to_owned() * k) * 0.1;
    y[0] + y.dot(&y)
}

#[differentiable]
fn element_of_the_state(v: &Array2<f64>) -> f64 {
    let mut row = v.sum_axis(Axis(0)) + &v.sum_axis(Axis(0));
    let mut k = row[2] + v.sum();
    for _ in 0..3 {
        k -= row[0].sin();
        row = (&row * &row).tanh();
    }
    row.dot(&row) + k
}

/// Nobody reads what the inner loop leaves behind.
#[differentiable]
fn unread_in_the_end(z: f64, n: usize) -> f64 {
    let mut p = z;
    let mut a = Array1::<f64>::ones(2) * z;
    for _ in 0..n {
        a = &a + &a;
        for _ in 0..2 {
            p = p.softplus();
        }
    }
    a[1]
}

/// The last thing that the sweep needs stands before the loop, in a pass with what the loop starts from.
#[differentiable]
fn sum_before_the_loop(b: f64, n: usize) -> f64 {
    let mut t = (Array1::<f64>::ones(2) * b).sum();
    for _ in 0..n {
        t = t * b;
        t += b.tanh().powf(b);
    }
    t
}

#[test]
fn scalars() {
    agrees!(nested(&[0.3, 0.5, -0.7], 1.1), wrt 2);
    agrees!(passive_state(0.4, 4));
    agrees!(scalar_state(0.3));
    agrees!(unread_in_the_end(0.3, 2));
    agrees!(sum_before_the_loop(0.7, 3));
    agrees!(sum_before_the_loop(0.7, 0));
}

#[test]
fn arrays() {
    agrees!(recurrent(&matrix(1, 3, 3), &matrix(2, 3, 3), &numbers(3, 3), &matrix(4, 4, 1)), wrt 4);
    agrees!(norm_outlives_the_loop(&array![[0.3, 0.4], [-0.5, 0.2]], &array![0.7, 1.3]), wrt 2);
    agrees!(power_iteration(&matrix(1, 2, 2), &numbers(2, 2)), wrt 2);
    agrees!(consumed_and_assigned(&matrix(1, 2, 3), 0.4), wrt 2);
    agrees!(element_of_the_state(&matrix(1, 2, 3)));
}

/// The sweep of the first loop waits for that of the second one, which pops what only the second one pushes.
#[differentiable]
fn one_loop_adds_and_one_iterates(b: &Array1<f64>, k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..b.len() {
        let d = b[i] - k;
        sum += 0.5 * d * d * k;
    }
    let mut power = k;
    for i in 0..4 {
        power = power * k + f64::from(i);
    }
    sum + power + (b * b).sum()
}

#[test]
fn loops_side_by_side() {
    agrees!(one_loop_adds_and_one_iterates(&numbers(1, 3), 0.7), wrt 2);
}
