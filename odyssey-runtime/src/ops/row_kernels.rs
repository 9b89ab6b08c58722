//! The loops over rows, compiled for each instruction set.
//!
//! Rows are taken together, up to some hundred elements: their exponentials are one loop, since a loop over a row of ten
//! classes is all remainder.
#![allow(unsafe_code, reason = "functions with target features are unsafe to call")]
#![allow(clippy::inline_always, reason = "what is not inlined does not get the target features")]

use crate::elementwise::for_each_level;
use crate::real::Real;

/// Independent accumulators: enough for two registers of the widest set.
const LANES: usize = 16;

/// Most rows that are taken together.
const ROWS: usize = 64;

/// Most elements of rows that are taken together, unless one row has more.
const TOGETHER: usize = 512;

/// How many rows of this length are taken together.
fn together(length: usize) -> usize {
    (TOGETHER / length.max(1)).clamp(1, ROWS)
}

/// The largest element that is not NaN; `-inf` if there is none.
#[inline(always)]
fn largest<T: Real>(row: &[T]) -> T {
    let larger = |a: T, b: T| if b > a { b } else { a };
    let (blocks, rest) = row.as_chunks::<LANES>();
    let mut most = T::neg_infinity();
    if !blocks.is_empty() {
        let mut lanes = [T::neg_infinity(); LANES];
        for block in blocks {
            for (lane, &x) in lanes.iter_mut().zip(block) {
                *lane = larger(*lane, x);
            }
        }
        most = lanes.into_iter().fold(most, larger);
    }
    rest.iter().fold(most, |most, &x| larger(most, x))
}

/// Pairwise, which is what the lanes are for.
#[inline(always)]
fn total<T: Real>(mut lanes: [T; LANES]) -> T {
    for half in [8, 4, 2, 1] {
        for lane in 0..half {
            let other = lanes[lane + half];
            lanes[lane] += other;
        }
    }
    lanes[0]
}

/// `Σ f(x)` over a row.
#[inline(always)]
pub(super) fn sum_of<T: Real>(row: &[T], f: impl Fn(T) -> T) -> T {
    let (blocks, rest) = row.as_chunks::<LANES>();
    let sum = rest.iter().map(|&x| f(x)).sum();
    if blocks.is_empty() {
        return sum;
    }
    let mut lanes = [T::zero(); LANES];
    for block in blocks {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane += f(x);
        }
    }
    total(lanes) + sum
}

/// `Σ a b` over two rows.
#[inline(always)]
pub(super) fn sum_of_products<T: Real>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::zero(); LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    total(lanes) + a_rest.iter().zip(b_rest).map(|(&a, &b)| a * b).sum()
}

/// Subtracts from each row the largest of its elements.
#[inline(always)]
fn shift<T: Real>(rows: &mut [T], length: usize) {
    for row in rows.chunks_exact_mut(length) {
        let largest = largest(row);
        for x in row {
            *x -= largest;
        }
    }
}

/// `Σ exp(x - shift)` of each row, for rows that are taken together.
#[inline(always)]
fn sums_of_exponentials<T: Real>(rows: &[T], length: usize, shifts: &[T], sums: &mut [T], exp: impl Fn(T) -> T) {
    let mut copy = [T::zero(); TOGETHER];
    let Some(copy) = copy.get_mut(..rows.len()) else {
        sums[0] = sum_of(rows, |x| exp(x - shifts[0]));
        return;
    };
    for ((copy, row), &shift) in copy.chunks_exact_mut(length).zip(rows.chunks_exact(length)).zip(shifts) {
        for (y, &x) in copy.iter_mut().zip(row) {
            *y = x - shift;
        }
    }
    for y in &mut *copy {
        *y = exp(*y);
    }
    for (sum, row) in sums.iter_mut().zip(copy.chunks_exact(length)) {
        *sum = sum_of(row, |y| y);
    }
}

for_each_level! {
    pub(super) fn softmax_rows<T: Real>(rows: &mut [T], length: usize) {
        for rows in rows.chunks_mut(together(length) * length) {
            shift(rows, length);
            for x in &mut *rows {
                *x = math::exp(*x);
            }
            for row in rows.chunks_exact_mut(length) {
                let factor = sum_of(row, |y| y).recip();
                for y in row {
                    *y *= factor;
                }
            }
        }
    }
}

for_each_level! {
    /// `rows` hold the cotangent and become `y (dy - Σ dy y)`.
    pub(super) fn softmax_backward<T: Real>(rows: &mut [T], y: &[T], length: usize) {
        for (d, y) in rows.chunks_exact_mut(length).zip(y.chunks_exact(length)) {
            let total = sum_of_products(d, y);
            for (d, &y) in d.iter_mut().zip(y) {
                *d = y * (*d - total);
            }
        }
    }
}

for_each_level! {
    pub(super) fn log_softmax_rows<T: Real>(rows: &mut [T], length: usize) {
        for rows in rows.chunks_mut(together(length) * length) {
            let mut logs = [T::zero(); ROWS];
            shift(rows, length);
            let logs = &mut logs[..rows.len() / length];
            sums_of_exponentials(rows, length, &[T::zero(); ROWS], logs, |x| math::exp(x));
            for log in &mut *logs {
                *log = math::ln(*log);
            }
            for (row, &log) in rows.chunks_exact_mut(length).zip(&*logs) {
                for y in row {
                    *y -= log;
                }
            }
        }
    }
}

for_each_level! {
    /// `rows` hold the cotangent and become `dy - exp(y) Σ dy`.
    pub(super) fn log_softmax_backward<T: Real>(rows: &mut [T], y: &[T], length: usize) {
        for (d, y) in rows.chunks_exact_mut(length).zip(y.chunks_exact(length)) {
            let total = sum_of(d, |d| d);
            for (d, &y) in d.iter_mut().zip(y) {
                *d -= math::exp(y) * total;
            }
        }
    }
}

for_each_level! {
    pub(super) fn logsumexp_rows<T: Real>(rows: &[T], length: usize, y: &mut [T]) {
        if length == 0 {
            return y.fill(T::neg_infinity());
        }
        let together = together(length);
        for (rows, y) in rows.chunks(together * length).zip(y.chunks_mut(together)) {
            let mut shifts = [T::zero(); ROWS];
            for (shift, row) in shifts.iter_mut().zip(rows.chunks_exact(length)) {
                let most = largest(row);
                // An infinite shift would make `inf - inf` of the very elements that decide the result.
                *shift = if most.is_finite() { most } else { T::zero() };
            }
            sums_of_exponentials(rows, length, &shifts, y, |x| math::exp(x));
            for (y, &shift) in y.iter_mut().zip(&shifts) {
                *y = shift + math::ln(*y);
            }
        }
    }
}

for_each_level! {
    /// `rows` hold the operand and become `exp(x - y) dy`, with `y` and `dy` one a row.
    pub(super) fn logsumexp_backward<T: Real>(rows: &mut [T], length: usize, y: &[T], dy: &[T]) {
        for ((row, &y), &dy) in rows.chunks_exact_mut(length).zip(y).zip(dy) {
            for x in row {
                *x = math::exp(*x - y) * dy;
            }
        }
    }
}

for_each_level! {
    /// The sum over rows of `ln Σ exp(x) - x[label]`.
    pub(crate) fn cross_entropy<T: Real>(rows: &[T], length: usize, labels: &[usize]) -> T {
        let mut total = <T::Wide as num_traits::Zero>::zero();
        let together = together(length);
        for (rows, labels) in rows.chunks(together * length.max(1)).zip(labels.chunks(together)) {
            let (mut shifts, mut sums) = ([T::zero(); ROWS], [T::zero(); ROWS]);
            for ((shift, row), &label) in shifts.iter_mut().zip(rows.chunks_exact(length)).zip(labels) {
                *shift = largest(row);
                total += (*shift - row[label]).widen();
            }
            let sums = &mut sums[..labels.len()];
            sums_of_exponentials(rows, length, &shifts, sums, |x| math::exp(x));
            for sum in &mut *sums {
                *sum = math::ln(*sum);
            }
            total += sums.iter().map(|log| log.widen()).sum();
        }
        T::narrow(total)
    }
}

for_each_level! {
    /// As [`cross_entropy`]; `rows` become `factor` times the gradient.
    pub(crate) fn cross_entropy_with_grad<T: Real>(rows: &mut [T], length: usize, labels: &[usize], factor: T) -> T {
        let mut total = <T::Wide as num_traits::Zero>::zero();
        let together = together(length);
        for (rows, labels) in rows.chunks_mut(together * length.max(1)).zip(labels.chunks(together)) {
            let mut sums = [T::zero(); ROWS];
            shift(rows, length);
            for (row, &label) in rows.chunks_exact(length).zip(labels) {
                total -= row[label].widen();
            }
            for x in &mut *rows {
                *x = math::exp(*x);
            }
            for ((row, &label), sum) in rows.chunks_exact_mut(length).zip(labels).zip(&mut sums) {
                *sum = sum_of(row, |y| y);
                let share = factor / *sum;
                for d in &mut *row {
                    *d *= share;
                }
                row[label] -= factor;
            }
            let sums = &mut sums[..labels.len()];
            for sum in &mut *sums {
                *sum = math::ln(*sum);
            }
            total += sums.iter().map(|log| log.widen()).sum();
        }
        T::narrow(total)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array1, Array2, Axis};

    use super::super::functions::{log_softmax, logsumexp, softmax};
    use crate::losses::cross_entropy_loss;

    /// Rows that are taken together and rows that are taken by themselves, with vectors and without.
    #[test]
    fn of_any_length_and_number() {
        for (n, length) in [(1, 1), (200, 1), (64, 8), (131, 10), (65, 16), (40, 33), (3, 511), (3, 512), (3, 513), (2, 2000)] {
            let x = Array::from_shape_fn((n, length), |(i, j)| ((i * 31 + j * 17) as f64).sin() * 3.0);
            let labels: Vec<_> = (0..n).map(|i| i * 7 % length).collect();
            let exp = x.mapv(f64::exp);
            let sums: Array1<f64> = exp.sum_axis(Axis(1));
            let logs = sums.mapv(f64::ln);
            let close = |a: &Array2<f64>, b: &Array2<f64>| (a - b).iter().all(|e| e.abs() < 1e-13);
            let share = &exp / &sums.view().insert_axis(Axis(1));
            assert!(close(&softmax(&x, Axis(1)), &share), "{n} rows of {length}");
            assert!(close(&log_softmax(&x, Axis(1)), &(&x - &logs.view().insert_axis(Axis(1)))), "{n} rows of {length}");
            assert!((logsumexp(&x, Axis(1)) - &logs).iter().all(|e| e.abs() < 1e-13), "{n} rows of {length}");
            let loss = labels.iter().enumerate().map(|(i, &label)| logs[i] - x[[i, label]]).sum::<f64>() / n as f64;
            let (value, grad) = cross_entropy_loss::value_and_grad(&x, &labels);
            let mut d_x = share;
            labels.iter().enumerate().for_each(|(i, &label)| d_x[[i, label]] -= 1.0);
            assert!((value - loss).abs() < 1e-13 && close(&grad, &(d_x / n as f64)), "{n} rows of {length}");
            assert!((cross_entropy_loss(&x, &labels) - loss).abs() < 1e-13, "{n} rows of {length}");
            let single = x.mapv(|x| x as f32);
            assert!((f64::from(cross_entropy_loss(&single, &labels)) - loss).abs() < 1e-5, "{n} rows of {length}");
        }
    }
}
