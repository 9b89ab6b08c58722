//! Linear algebra by hand: nested loops that write in place.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// Cholesky's factor in place, row by row, and the log-determinant.
#[differentiable]
fn cholesky_log_det(a: &[[f64; 4]; 4]) -> f64 {
    let mut l = *a;
    for i in 0..4 {
        for j in 0..=i {
            let mut sum = l[i][j];
            for k in 0..j {
                sum -= l[i][k] * l[j][k];
            }
            if i == j {
                l[i][i] = sum.sqrt();
            } else {
                l[i][j] = sum / l[j][j];
            }
        }
    }
    let mut log_det = 0.0;
    for i in 0..4 {
        log_det += 2.0 * l[i][i].ln();
    }
    log_det
}

/// Gaussian elimination with the largest pivot, on a matrix in one list.
#[differentiable(wrt(matrix, rhs))]
fn solve(matrix: &[f64], rhs: &[f64], n: usize) -> f64 {
    let mut a = matrix.to_vec();
    let mut b = rhs.to_vec();
    for column in 0..n {
        let mut pivot = column;
        for row in column + 1..n {
            if a[row * n + column].abs() > a[pivot * n + column].abs() {
                pivot = row;
            }
        }
        if pivot != column {
            for k in 0..n {
                a.swap(column * n + k, pivot * n + k);
            }
            b.swap(column, pivot);
        }
        for row in column + 1..n {
            let factor = a[row * n + column] / a[column * n + column];
            for k in column..n {
                a[row * n + k] -= factor * a[column * n + k];
            }
            b[row] -= factor * b[column];
        }
    }
    for row in (0..n).rev() {
        for k in row + 1..n {
            b[row] -= a[row * n + k] * b[k];
        }
        b[row] /= a[row * n + row];
    }
    let mut total = 0.0;
    for (i, x) in b.iter().enumerate() {
        total += (i + 1) as f64 * x;
    }
    total
}

/// Thomas' algorithm: one sweep down, one up.
#[differentiable]
fn tridiagonal(lower: &[f64], diagonal: &[f64], upper: &[f64], rhs: &[f64]) -> f64 {
    let n = diagonal.len();
    let mut c = vec![0.0; n];
    let mut d = vec![0.0; n];
    c[0] = upper[0] / diagonal[0];
    d[0] = rhs[0] / diagonal[0];
    for i in 1..n {
        let m = 1.0 / (diagonal[i] - lower[i] * c[i - 1]);
        c[i] = upper[i] * m;
        d[i] = (rhs[i] - lower[i] * d[i - 1]) * m;
    }
    for i in (0..n - 1).rev() {
        let next = d[i + 1];
        d[i] -= c[i] * next;
    }
    d.iter().map(|x| x * x).sum()
}

/// Modified Gram-Schmidt; the columns are lists.
#[differentiable]
fn gram_schmidt(columns: &[Vec<f64>]) -> f64 {
    let mut q = columns.to_vec();
    let mut volume = 1.0;
    for j in 0..q.len() {
        for k in 0..j {
            let mut projection = 0.0;
            for i in 0..q[j].len() {
                projection += q[k][i] * q[j][i];
            }
            for i in 0..q[j].len() {
                let part = projection * q[k][i];
                q[j][i] -= part;
            }
        }
        let mut norm = 0.0;
        for i in 0..q[j].len() {
            norm += q[j][i] * q[j][i];
        }
        let norm = norm.sqrt();
        volume *= norm;
        for value in q[j].iter_mut() {
            *value /= norm;
        }
    }
    volume + q[1][0]
}

/// A Givens rotation at a time.
#[differentiable]
fn givens(m: &[[f64; 3]; 3]) -> f64 {
    let mut r = *m;
    for j in 0..3 {
        for i in (j + 1..3).rev() {
            let (a, b) = (r[i - 1][j], r[i][j]);
            let h = a.hypot(b);
            let (c, s) = (a / h, b / h);
            for k in 0..3 {
                let (upper, lower) = (r[i - 1][k], r[i][k]);
                r[i - 1][k] = c * upper + s * lower;
                r[i][k] = c * lower - s * upper;
            }
        }
    }
    r[0][0].abs().ln() + r[1][1] * r[2][2] + r[0][2]
}

/// Jacobi's eigenvalue iteration for two by two blocks of a symmetric matrix.
#[differentiable]
fn largest_eigenvalue(p: f64, q: f64, r: f64) -> f64 {
    let mut a = [[p, q], [q, r]];
    for _ in 0..3 {
        let theta = 0.5 * (2.0 * a[0][1]).atan2(a[0][0] - a[1][1]);
        let (s, c) = (theta.sin(), theta.cos());
        let old = a;
        a[0][0] = c * c * old[0][0] + 2.0 * s * c * old[0][1] + s * s * old[1][1];
        a[1][1] = s * s * old[0][0] - 2.0 * s * c * old[0][1] + c * c * old[1][1];
        a[0][1] = (c * c - s * s) * old[0][1] + s * c * (old[1][1] - old[0][0]);
        a[1][0] = a[0][1];
    }
    a[0][0].max(a[1][1])
}

/// A fast Fourier transform by halves, over two lists.
#[differentiable]
fn power_spectrum(signal: &[f64]) -> f64 {
    let n = signal.len();
    let mut re = signal.to_vec();
    let mut im = vec![0.0; n];
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut length = 2;
    while length <= n {
        let angle = -2.0 * std::f64::consts::PI / length as f64;
        for start in (0..n).step_by(length) {
            for k in 0..length / 2 {
                let (c, s) = ((angle * k as f64).cos(), (angle * k as f64).sin());
                let (a, b) = (start + k, start + k + length / 2);
                let (x, y) = (re[b] * c - im[b] * s, re[b] * s + im[b] * c);
                re[b] = re[a] - x;
                im[b] = im[a] - y;
                re[a] += x;
                im[a] += y;
            }
        }
        length *= 2;
    }
    let mut weighted = 0.0;
    for k in 0..n {
        weighted += k as f64 * (re[k] * re[k] + im[k] * im[k]).sqrt();
    }
    weighted
}

/// A convolution whose kernel slides over the padded signal.
#[differentiable]
fn convolution(signal: &[f64], kernel: &[f64]) -> f64 {
    let mut out = vec![0.0; signal.len() + kernel.len() - 1];
    for (i, s) in signal.iter().enumerate() {
        for (j, k) in kernel.iter().enumerate() {
            out[i + j] += s * k;
        }
    }
    let mut best = out[0];
    for &value in &out[1..] {
        best = best.max(value);
    }
    best + out.iter().map(|v| v * v).sum::<f64>()
}

#[test]
fn factorisations() {
    let mut a = [[0.1; 4]; 4];
    for i in 0..4 {
        for j in 0..4 {
            a[i][j] += 0.3 * ((i + j) as f64).sin();
        }
        a[i][i] += 2.0 + i as f64;
    }
    agrees!(cholesky_log_det(&a));
    agrees!(gram_schmidt(&[vec![1.0, 0.2, 0.1], vec![0.3, 1.1, -0.2], vec![0.4, 0.1, 0.9]]));
    agrees!(givens(&[[1.0, 0.4, 0.2], [0.5, 1.2, 0.3], [0.7, -0.6, 0.9]]));
    agrees!(largest_eigenvalue(1.3, 0.4, 0.7), wrt 3);
}

#[test]
fn systems() {
    agrees!(solve(&[0.2, 1.1, 0.4, 1.5, 0.3, 0.6, 0.1, 0.7, 1.9], &[0.5, 0.8, 1.2], 3), wrt 2);
    agrees!(tridiagonal(&[0.0, 0.3, 0.4, 0.2], &[2.0, 2.5, 1.8, 2.2], &[0.5, 0.1, 0.6, 0.0], &[0.3, 0.9, 0.4, 0.7]), wrt 4);
}

#[test]
fn signals() {
    agrees!(power_spectrum(&[0.3, 0.9, -0.4, 0.7, 0.2, -0.8, 0.6, 0.1]));
    agrees!(convolution(&[0.3, 0.9, 0.4, 0.7], &[0.5, -0.2, 0.8]), wrt 2);
}
