//! Convolutions of each channel by itself: sums of shifted rows.
#![allow(unsafe_code, reason = "instruction sets are chosen at run time")]
#![allow(clippy::inline_always, reason = "what is not inlined does not get the target features")]

use super::convolution::Convolution;
use crate::elementwise::for_each_level;
use crate::real::Real;

/// `f(from, to, kernel)` for each element of the kernel, with the ranges of the rows of image and result that it connects.
#[inline(always)]
fn each_shift(of: &Convolution, mut f: impl FnMut(usize, usize, usize, usize)) {
    let ([height, width], [rows, columns]) = (of.image, of.result);
    for plane in 0..of.examples * of.groups {
        let channel = plane % of.groups;
        for p in 0..of.kernel[0] {
            for q in 0..of.kernel[1] {
                let within = of.within(1, q);
                if within.is_empty() {
                    continue;
                }
                let element = (channel * of.kernel[0] + p) * of.kernel[1] + q;
                for i in of.within(0, p) {
                    let row = i * of.stride[0] + p * of.dilation[0] - of.padding[0];
                    let column = within.start * of.stride[1] + q * of.dilation[1] - of.padding[1];
                    let from = (plane * height + row) * width + column;
                    let to = (plane * rows + i) * columns + within.start;
                    f(from, to, within.len(), element);
                }
            }
        }
    }
}

for_each_level! {
    pub(super) fn value<T: Real>(of: &Convolution, x: &[T], k: &[T], y: &mut [T]) {
        each_shift(of, |from, to, length, element| {
            let factor = k[element];
            let y = &mut y[to..to + length];
            if of.stride[1] == 1 {
                for (y, &x) in y.iter_mut().zip(&x[from..from + length]) {
                    *y += factor * x;
                }
            } else {
                for (y, &x) in y.iter_mut().zip(x[from..].iter().step_by(of.stride[1])) {
                    *y += factor * x;
                }
            }
        });
    }
}

for_each_level! {
    pub(super) fn d_image<T: Real>(of: &Convolution, k: &[T], dy: &[T], d_x: &mut [T]) {
        each_shift(of, |from, to, length, element| {
            let factor = k[element];
            let dy = &dy[to..to + length];
            if of.stride[1] == 1 {
                for (d_x, &dy) in d_x[from..from + length].iter_mut().zip(dy) {
                    *d_x += factor * dy;
                }
            } else {
                for (d_x, &dy) in d_x[from..].iter_mut().step_by(of.stride[1]).zip(dy) {
                    *d_x += factor * dy;
                }
            }
        });
    }
}

for_each_level! {
    pub(super) fn d_kernel<T: Real>(of: &Convolution, x: &[T], dy: &[T], d_k: &mut [T]) {
        each_shift(of, |from, to, length, element| {
            let pairs = x[from..].iter().step_by(of.stride[1]).zip(&dy[to..to + length]);
            let sum: T = pairs.map(|(&x, &dy)| x * dy).sum();
            d_k[element] += sum;
        });
    }
}
