//! Mutation in small programs.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix};

/// Sorted by exchanges.
#[differentiable]
fn bubble(x: &[f64], w: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let n = y.len();
    loop {
        let mut swapped = false;
        for i in 1..n {
            if y[i - 1] > y[i] {
                y.swap(i - 1, i);
                swapped = true;
            }
        }
        if !swapped {
            break;
        }
    }
    y.iter().zip(w).map(|(a, b)| a * b).sum()
}
/// Elimination in place.
#[differentiable]
fn lu(a: &Array2<f64>) -> f64 {
    let mut m = a.to_owned();
    let n = m.nrows();
    let mut logdet = 0.0;
    for k in 0..n {
        let p = m[[k, k]];
        logdet += p.abs().ln();
        for i in k + 1..n {
            let f = m[[i, k]] / p;
            for j in k..n {
                let t = m[[k, j]];
                m[[i, j]] -= f * t;
            }
        }
    }
    logdet
}
/// A grid that steps.
#[differentiable]
fn life(grid: &[Vec<f64>], steps: usize) -> f64 {
    let mut g = grid.to_vec();
    for _ in 0..steps {
        let old = g.clone();
        for (i, row) in g.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                let up = if i > 0 { old[i - 1][j] } else { 0.0 };
                let left = if j > 0 { old[i][j - 1] } else { 0.0 };
                *cell = 0.5 * *cell + 0.3 * up * left + 0.1;
            }
        }
    }
    g.iter().map(|r| r.iter().sum::<f64>()).sum()
}
/// Two buffers in turn.
#[differentiable]
fn two_buffers(x: &[f64], n: usize) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![0.0; x.len()];
    for _ in 0..n {
        for i in 0..a.len() {
            b[i] = a[i] * a[(i + 1) % a.len()];
        }
        std::mem::swap(&mut a, &mut b);
    }
    a.iter().sum()
}
/// A heap by hand.
#[differentiable]
fn heap(x: &[f64]) -> f64 {
    let mut h: Vec<f64> = Vec::with_capacity(x.len());
    for &v in x {
        h.push(v);
        let mut i = h.len() - 1;
        while i > 0 {
            let p = (i - 1) / 2;
            if h[p] >= h[i] {
                break;
            }
            h.swap(p, i);
            i = p;
        }
    }
    h[0] * h[h.len() - 1]
}
/// Parts of parts.
#[differentiable]
fn fields(s: &[(f64, [f64; 2])]) -> f64 {
    let mut t = s.to_vec();
    for (a, [b, c]) in t.iter_mut() {
        *a *= *b;
        *c += *a;
    }
    t[0].1[0] = t[1].0;
    let last = &mut t[1];
    last.0 += 1.0;
    last.1[1] *= last.0;
    t.iter().map(|(a, b)| a * b[0] + b[1]).sum()
}
/// A mean that follows.
#[differentiable]
fn ema(x: &[f64], alpha: f64) -> f64 {
    let mut state: Option<f64> = None;
    let mut out = vec![];
    for v in x {
        let next = match state {
            None => *v,
            Some(s) => alpha * v + (1.0 - alpha) * s,
        };
        state = Some(next);
        out.push(next);
    }
    out.iter().rev().take(2).sum::<f64>() + state.unwrap()
}
/// What is known so far.
#[differentiable]
fn memo(n: usize, k: f64) -> f64 {
    let mut memo: Vec<Option<f64>> = vec![None; n + 1];
    memo[0] = Some(k);
    for i in 1..=n {
        let prev = memo[i - 1].unwrap();
        memo[i] = Some(prev * k + 1.0);
    }
    memo[n].unwrap()
}
/// Two halves of an argument.
#[differentiable]
fn slices(x: &mut [f64], k: f64) {
    let n = x.len();
    let (a, b) = x.split_at_mut(n / 2);
    for (p, q) in a.iter_mut().zip(b.iter()) {
        *p += k * q;
    }
    b[0] *= a[0];
    x[n - 1] = k;
}
/// Called with all and with a part.
#[differentiable]
fn use_slices(x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    slices(&mut y, k);
    slices(&mut y[1..], k * k);
    y.iter().product()
}

#[test]
fn steps() {
    let x = [0.3, 0.7, -0.4, 0.6];
    agrees!(bubble(&x, &[0.1, 0.2, 0.3, 0.4]), wrt 2);
    agrees!(lu(&(matrix(1, 3, 3) + 2.0 * Array2::<f64>::eye(3))));
    agrees!(life(&[vec![0.3, 0.4], vec![0.5, 0.6]], 3));
    agrees!(two_buffers(&x, 3));
    agrees!(heap(&x));
    agrees!(fields(&[(0.3, [0.4, 0.5]), (0.6, [0.7, 0.8])]));
    agrees!(ema(&x, 0.4), wrt 2);
    agrees!(memo(4, 0.7), wrt 1 behind 1);
    agrees!(use_slices(&x, 0.8), wrt 2);
}
