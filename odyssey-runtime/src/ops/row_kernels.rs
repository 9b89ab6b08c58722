//! The loops over rows, compiled for each instruction set.
#![allow(unsafe_code, reason = "functions with target features are unsafe to call")]
#![allow(clippy::inline_always, reason = "what is not inlined does not get the target features")]

use crate::math;
use crate::real::Real;

/// Independent accumulators: enough for two registers of the widest set.
const LANES: usize = 16;

/// A function whose body is compiled for AVX-512, AVX2 and the baseline, and picked by what the processor has.
macro_rules! for_each_level {
    ($(#[$doc:meta])* $vis:vis fn $name:ident<$T:ident: Real>($($arg:ident: $ty:ty),*) $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name<$T: Real>($($arg: $ty),*) $(-> $result)? {
            #[inline(always)]
            fn body<$T: Real>($($arg: $ty),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512<$T: Real>($($arg: $ty),*) $(-> $result)? {
                    body($($arg),*)
                }

                #[target_feature(enable = "avx2,fma")]
                fn avx2<$T: Real>($($arg: $ty),*) $(-> $result)? {
                    body($($arg),*)
                }

                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    if is_x86_feature_detected!("avx512f")
                        && is_x86_feature_detected!("avx512bw")
                        && is_x86_feature_detected!("avx512dq")
                        && is_x86_feature_detected!("avx512vl")
                    {
                        // SAFETY: the processor has the features.
                        return unsafe { avx512($($arg),*) };
                    }
                    // SAFETY: likewise.
                    return unsafe { avx2($($arg),*) };
                }
            }
            body($($arg),*)
        }
    };
}

/// The largest element that is not NaN; `-inf` if there is none.
#[inline(always)]
fn largest<T: Real>(row: &[T]) -> T {
    let larger = |a: T, b: T| if b > a { b } else { a };
    let mut lanes = [T::neg_infinity(); LANES];
    let (blocks, rest) = row.as_chunks::<LANES>();
    for block in blocks {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane = larger(*lane, x);
        }
    }
    let most = lanes.into_iter().fold(T::neg_infinity(), larger);
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
fn sum_of<T: Real>(row: &[T], f: impl Fn(T) -> T) -> T {
    let mut lanes = [T::zero(); LANES];
    let (blocks, rest) = row.as_chunks::<LANES>();
    for block in blocks {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane += f(x);
        }
    }
    total(lanes) + rest.iter().map(|&x| f(x)).sum()
}

/// `Σ a b` over two rows.
#[inline(always)]
fn sum_of_products<T: Real>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::zero(); LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    total(lanes) + a_rest.iter().zip(b_rest).map(|(&a, &b)| a * b).sum()
}

/// Replaces a row by `exp(x - shift)` and returns the sum.
#[inline(always)]
fn exponentials<T: Real>(row: &mut [T], shift: T) -> T {
    for x in &mut *row {
        *x = math::exp(*x - shift);
    }
    sum_of(row, |y| y)
}

/// `Σ exp(x - shift)`.
#[inline(always)]
fn sum_of_exponentials<T: Real>(row: &[T], shift: T) -> T {
    sum_of(row, |x| math::exp(x - shift))
}

for_each_level! {
    pub(super) fn softmax_rows<T: Real>(rows: &mut [T], length: usize) {
        for row in rows.chunks_exact_mut(length) {
            let shift = largest(row);
            let factor = exponentials(row, shift).recip();
            for y in row {
                *y *= factor;
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
        for row in rows.chunks_exact_mut(length) {
            let shift = largest(row);
            let log = math::ln(sum_of_exponentials(row, shift));
            for y in row {
                *y = (*y - shift) - log;
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
        for (i, y) in y.iter_mut().enumerate() {
            let row = &rows[i * length..][..length];
            let most = largest(row);
            // An infinite shift would make `inf - inf` of the very elements that decide the result.
            let shift = if most.is_finite() { most } else { T::zero() };
            *y = shift + math::ln(sum_of_exponentials(row, shift));
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
        let mut total = 0.0;
        for (i, &label) in labels.iter().enumerate() {
            let row = &rows[i * length..][..length];
            let shift = largest(row);
            total += (math::ln(sum_of_exponentials(row, shift)) + (shift - row[label])).to_double();
        }
        T::lit(total)
    }
}

for_each_level! {
    /// As [`cross_entropy`]; `rows` become `factor` times the gradient.
    pub(crate) fn cross_entropy_with_grad<T: Real>(rows: &mut [T], length: usize, labels: &[usize], factor: T) -> T {
        let mut total = 0.0;
        for (i, &label) in labels.iter().enumerate() {
            let row = &mut rows[i * length..][..length];
            let shift = largest(row);
            let distance = shift - row[label];
            let sum = exponentials(row, shift);
            total += (math::ln(sum) + distance).to_double();
            let share = factor / sum;
            for d in &mut *row {
                *d *= share;
            }
            row[label] -= factor;
        }
        T::lit(total)
    }
}
