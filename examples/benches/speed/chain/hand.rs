//! One pass over memory: value and derivatives of an element while it is in registers.
#![allow(unsafe_code, reason = "functions for an instruction set are unsafe to call")]
#![allow(clippy::inline_always, reason = "what is not inlined does not get the instruction set")]

use odyssey_runtime::Real;

use crate::support::simd::{LANES, vectorised};

/// Numbers that are added up in their own type: more of them lose too much in single precision.
const RUN: usize = 2048;

/// The sum and its derivatives with respect to a and b; that with respect to x goes to `d_x`.
pub(super) fn step<T: Real>(x: &[T], a: T, b: T, d_x: &mut [T]) -> (T, T, T) {
    let mut sums = [0.0; 3];
    for (x, d_x) in x.chunks(RUN).zip(d_x.chunks_mut(RUN)) {
        add(&mut sums, pass(x, a, b, d_x));
    }
    let [value, d_a, d_b] = sums.map(T::lit);
    (value, d_a, d_b)
}

/// The same with a new array, as a function without a workspace has to do it.
pub(super) fn step_new<T: Real>(x: &[T], a: T, b: T) -> (T, Vec<T>, T, T) {
    let mut d_x = Vec::with_capacity(x.len());
    let mut sums = [0.0; 3];
    for x in x.chunks(RUN) {
        let start = d_x.len();
        d_x.resize(start + x.len(), T::zero());
        add(&mut sums, pass(x, a, b, &mut d_x[start..]));
    }
    let [value, d_a, d_b] = sums.map(T::lit);
    (value, d_x, d_a, d_b)
}

fn add<T: Real>(sums: &mut [f64; 3], part: [T; 3]) {
    for (sum, part) in sums.iter_mut().zip(part) {
        *sum += part.to_double();
    }
}

/// The summand and its derivatives with respect to x, a and b.
macro_rules! point {
    ($x:expr, $a:ident, $b:ident, $T:ident) => {{
        let (x, one, two) = ($x, $T::one(), $T::lit(2.0));
        let e = math::exp(-(x * x));
        let t = math::tanh(math::mul_add($a, x, $b * e));
        let r = one / math::mul_add(x, x, one);
        let d_t = math::mul_add(-t, t, one) * r;
        let tr = t * r;
        // d_t (a - 2 b e x) - 2 t r² x
        let d_u = math::mul_add(-two * $b * e, x, $a);
        [tr, math::mul_add(d_t, d_u, -(two * tr * r * x)), d_t * x, d_t * e]
    }};
}

vectorised! {
    fn pass<T: Real>(x: &[T], a: T, b: T, d_x: &mut [T]) -> [T; 3] {
        let mut sums = [[T::zero(); LANES]; 3];
        let (x_blocks, x_rest) = x.as_chunks::<LANES>();
        let (d_blocks, d_rest) = d_x.as_chunks_mut::<LANES>();
        for (x, d_x) in x_blocks.iter().zip(d_blocks) {
            for lane in 0..LANES {
                let [value, d, d_a, d_b] = point!(x[lane], a, b, T);
                d_x[lane] = d;
                sums[0][lane] += value;
                sums[1][lane] += d_a;
                sums[2][lane] += d_b;
            }
        }
        let mut totals = sums.map(|lanes| lanes.into_iter().sum());
        for (&x, d_x) in x_rest.iter().zip(d_rest) {
            let [value, d, d_a, d_b] = point!(x, a, b, T);
            *d_x = d;
            totals[0] += value;
            totals[1] += d_a;
            totals[2] += d_b;
        }
        totals
    }
}
