//! `Vec::push`, `pop`, `swap`, `std::mem`, `split_at_mut`, `copy_from_slice`, `iter_mut`, helpers that write into slices.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// A list grows as the loop runs.
#[differentiable(wrt(x))]
fn pushed(x: f64, n: usize) -> f64 {
    let mut powers = Vec::with_capacity(n);
    powers.push(x);
    for i in 1..n {
        let next = powers[i - 1] * x + 0.1;
        powers.push(next);
    }
    let mut sum = 0.0;
    for p in &powers {
        sum += p * p;
    }
    sum / powers.len() as f64
}

/// A stack of numbers: what is popped was pushed before.
#[differentiable]
fn folded_by_a_stack(x: &[f64]) -> f64 {
    let mut stack = Vec::new();
    for &value in x {
        stack.push(value);
        if stack.len() >= 2 {
            let b = stack.pop().unwrap();
            let a = stack.pop().unwrap();
            stack.push(a * b + 0.5 * a);
        }
    }
    stack.pop().unwrap_or(0.0)
}

/// Elements and variables change places.
#[differentiable]
fn swapped(x: &[f64], y: f64) -> f64 {
    let mut a = x.to_vec();
    a[0] *= y;
    let last = a.len() - 1;
    a.swap(0, last);
    let (mut u, mut v) = (a[0] * a[1], y);
    std::mem::swap(&mut u, &mut v);
    u * 3.0 - v + a[last]
}

/// `replace` and `take` give the old value.
#[differentiable]
fn replaced(x: f64, y: f64) -> f64 {
    let mut current = x * y;
    let old = std::mem::replace(&mut current, y.cos());
    let mut list = vec![old, current];
    let taken = std::mem::take(&mut list);
    current += taken[0] * taken[1];
    current + std::mem::take(&mut current) * x
}

/// Two buffers that take turns.
#[differentiable(wrt(start, rate))]
fn double_buffer(start: &[f64], rate: f64, steps: usize) -> f64 {
    let n = start.len();
    let mut now = start.to_vec();
    let mut next = vec![0.0; n];
    for _ in 0..steps {
        for i in 0..n {
            let left = now[(i + n - 1) % n];
            let right = now[(i + 1) % n];
            next[i] = now[i] + rate * (left - 2.0 * now[i] + right);
        }
        std::mem::swap(&mut now, &mut next);
    }
    let mut energy = 0.0;
    for u in &now {
        energy += u.powi(4);
    }
    energy
}

/// Halves that are borrowed at once.
#[differentiable]
fn butterfly(x: &[f64]) -> f64 {
    let mut data = x.to_vec();
    let half = data.len() / 2;
    let (low, high) = data.split_at_mut(half);
    for i in 0..half {
        let (a, b) = (low[i], high[i]);
        low[i] = a + b;
        high[i] = (a - b) * a;
    }
    data[0] * data[half] + data[half - 1]
}

/// Parts are copied over others.
#[differentiable]
fn shifted_copies(x: &[f64]) -> f64 {
    let n = x.len();
    let mut buffer = vec![0.0; 2 * n];
    buffer[..n].copy_from_slice(x);
    buffer[n..].copy_from_slice(x);
    let mut sum = 0.0;
    for i in 0..n {
        buffer[n + i] *= buffer[i + 1];
        sum += buffer[n + i];
    }
    sum
}

/// In place through `iter_mut`, with and without a partner.
#[differentiable(wrt(x, scale))]
fn normalised(x: &[f64], scale: f64, weights: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for value in y.iter_mut() {
        *value = (*value * scale).exp();
    }
    let total: f64 = y.iter().sum();
    for (value, weight) in y.iter_mut().zip(weights) {
        *value *= *weight / total;
    }
    for (i, value) in y.iter_mut().enumerate() {
        *value += i as f64 * 0.1 * *value * *value;
    }
    y.iter().sum()
}

/// A helper that writes its result into a slice.
#[differentiable]
fn cross(a: &[f64; 3], b: &[f64; 3], out: &mut [f64; 3]) {
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

#[differentiable]
fn triple_product(a: &[f64; 3], b: &[f64; 3], c: &[f64; 3]) -> f64 {
    let mut bc = [0.0; 3];
    cross(b, c, &mut bc);
    let mut abc = [0.0; 3];
    cross(a, &bc, &mut abc);
    a[0] * bc[0] + a[1] * bc[1] + a[2] * bc[2] + abc[0] * abc[2]
}

/// A helper that changes its slice, called on parts of a longer one.
#[differentiable]
fn softmax_in_place(x: &mut [f64]) {
    let mut max = f64::NEG_INFINITY;
    for &v in x.iter() {
        if v > max {
            max = v;
        }
    }
    let mut sum = 0.0;
    for v in x.iter_mut() {
        *v = (*v - max).exp();
        sum += *v;
    }
    for v in x.iter_mut() {
        *v /= sum;
    }
}

#[differentiable(wrt(logits))]
fn by_groups(logits: &[f64], group: usize, targets: &[usize]) -> f64 {
    let mut p = logits.to_vec();
    let mut loss = 0.0;
    for (g, &target) in targets.iter().enumerate() {
        softmax_in_place(&mut p[g * group..(g + 1) * group]);
        loss -= p[g * group + target].ln();
    }
    loss
}

#[differentiable]
fn bump(x: &mut f64, by: f64) -> f64 {
    let old = *x;
    *x += by * old;
    old
}

/// A counter that a function moves on.
#[differentiable]
fn bumped(start: f64, by: f64) -> f64 {
    let mut x = start;
    let first = bump(&mut x, by);
    let second = bump(&mut x, first);
    first * second + x
}

#[test]
fn lists() {
    agrees!(pushed(0.8, 6));
    agrees!(folded_by_a_stack(&[0.3, 0.7, 1.2, 0.9]));
    agrees!(swapped(&[0.3, 0.7, 1.2], 0.4), wrt 2);
    agrees!(replaced(0.3, 1.2), wrt 2);
}

#[test]
fn slices() {
    agrees!(double_buffer(&[0.3, 0.9, 0.1, 0.5], 0.2, 5), wrt 2);
    agrees!(butterfly(&[0.3, 0.9, 0.1, 0.5, 0.2, 0.8]));
    agrees!(shifted_copies(&[0.3, 0.9, 0.7]));
    agrees!(normalised(&[0.3, -0.9, 0.7], 0.8, &[1.0, 2.0, 3.0]), wrt 2);
}

#[test]
fn helpers_that_write() {
    agrees!(triple_product(&[0.3, 0.9, 0.7], &[0.2, -0.4, 0.6], &[-0.5, 0.8, 0.1]), wrt 3);
    agrees!(by_groups(&[0.3, -0.9, 0.7, 0.2, 0.4, -0.1], 3, &[2, 0]));
    agrees!(bumped(0.7, 0.4), wrt 2);
}
