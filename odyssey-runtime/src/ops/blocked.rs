//! The blocked matrix product, around the kernels of the `gemm` crates.
//!
//! The loops of Goto and van de Geijn (2008). Their packed operands are in memory of the workspace that is lent, where the driver of the crates asks
//! the allocator at each call. Products of other forms (inner and outer ones, products with a vector) need no packing and are left to the crates.
#![allow(unsafe_code, reason = "kernels take pointers and strides")]

#[cfg(target_arch = "x86_64")]
use gemm_common::Ptr;
#[cfg(target_arch = "x86_64")]
use gemm_common::cache::{CACHE_INFO, KernelParams, kernel_params};
#[cfg(target_arch = "x86_64")]
use gemm_common::gemm::{get_lhs_packing_threshold_single_thread, get_rhs_packing_threshold};
#[cfg(target_arch = "x86_64")]
use gemm_common::microkernel::MicroKernelFn;
#[cfg(target_arch = "x86_64")]
use gemm_common::pack_operands::{pack_lhs, pack_rhs};
#[cfg(target_arch = "x86_64")]
use gemm_common::simd::{MixedSimd, V3, V4};

#[cfg(target_arch = "x86_64")]
use crate::memory::{recycle, uninitialised};

/// `c = [c +] factor a b`, for `a [m, k]`, `b [k, n]`; strides of rows and columns.
#[derive(Clone, Copy)]
pub(super) struct Problem<T> {
    pub(super) size: [usize; 3],
    pub(super) c: *mut T,
    pub(super) c_strides: [isize; 2],
    /// Whether what `c` holds is read.
    pub(super) adds: bool,
    pub(super) a: *const T,
    pub(super) a_strides: [isize; 2],
    pub(super) b: *const T,
    pub(super) b_strides: [isize; 2],
    pub(super) factor: T,
}

/// A float whose products are computed here, where the processor has one of the instruction sets.
pub(super) trait Blocked: Sized {
    /// Whether it has been done.
    ///
    /// # Safety
    /// The operands and `c` are there, `c` overlaps with neither, and its elements are initialised if they are read.
    unsafe fn multiply(problem: &Problem<Self>) -> bool;
}

macro_rules! blocked {
    ($float:ident, $module:ident, $lanes:literal, $wide:literal) => {
        impl Blocked for $float {
            #[cfg(target_arch = "x86_64")]
            unsafe fn multiply(problem: &Problem<Self>) -> bool {
                use $module::microkernel::{avx512f::$float as avx512, fma::$float as fma};

                if !problem.is_large() {
                    return false;
                }
                // SAFETY: as the caller says; the instructions are there, as the token of the level shows.
                unsafe {
                    if let Some(simd) = <V4 as MixedSimd<Self, Self, Self, Self>>::try_new() {
                        const ROWS: usize = $wide * avx512::MR_DIV_N;
                        drive::<_, _, $wide, ROWS, { avx512::NR }, { avx512::MR_DIV_N }>(simd, problem, &avx512::UKR);
                    } else if let Some(simd) = <V3 as MixedSimd<Self, Self, Self, Self>>::try_new() {
                        const ROWS: usize = $lanes * fma::MR_DIV_N;
                        drive::<_, _, $lanes, ROWS, { fma::NR }, { fma::MR_DIV_N }>(simd, problem, &fma::UKR);
                    } else {
                        return false;
                    }
                }
                true
            }

            #[cfg(not(target_arch = "x86_64"))]
            unsafe fn multiply(_: &Problem<Self>) -> bool {
                false
            }
        }
    };
}
blocked!(f64, gemm_f64, 4, 8);
blocked!(f32, gemm_f32, 8, 16);

#[cfg(target_arch = "x86_64")]
impl<T> Problem<T> {
    /// None of the forms that the crates have other code for.
    fn is_large(&self) -> bool {
        let [m, n, k] = self.size;
        let ([a_rows, a_cols], [b_rows, b_cols]) = (self.a_strides, self.b_strides);
        let is_inner = a_cols == 1 && b_rows == 1 && m * n <= 16 * 16;
        let with_vector = n <= 1 && (a_rows == 1 || a_cols == 1) || m <= 1 && (b_rows == 1 || b_cols == 1);
        !is_inner && k > 2 && !with_vector
    }
}

#[cfg(target_arch = "x86_64")]
fn at<T>(start: *const T, [rows, cols]: [isize; 2], [row, col]: [usize; 2]) -> *mut T {
    start.wrapping_offset(row.cast_signed() * rows + col.cast_signed() * cols).cast_mut()
}

/// Packed operands in memory of so many elements, aligned to the lines of the cache.
#[cfg(target_arch = "x86_64")]
fn packed<T: Copy>(len: usize) -> (Vec<T>, *mut T) {
    const LINE: usize = 64;
    let mut memory = uninitialised(len + LINE / size_of::<T>());
    let start: *mut T = memory.as_mut_ptr();
    let skipped = start.align_offset(LINE);
    (memory, start.wrapping_add(skipped))
}

/// # Safety
/// As for [`Blocked::multiply`]; `N` is the number of lanes of the kernels, `MR` by `NR` that of the elements of `c` that one computes.
#[cfg(target_arch = "x86_64")]
unsafe fn drive<T, S, const N: usize, const MR: usize, const NR: usize, const MR_DIV_N: usize>(
    simd: S,
    problem: &Problem<T>,
    kernels: &[[MicroKernelFn<T>; NR]; MR_DIV_N],
) where
    T: crate::real::Real,
    S: MixedSimd<T, T, T, T>,
{
    let Problem { size: [m, n, k], c, c_strides, adds, a, a_strides, b, b_strides, factor } = *problem;
    let KernelParams { kc, mc, nc } = parameters::<T, MR, NR>([m, n, k]);
    let (a_panel, b_panel) = (kc * MR, kc * NR);
    let packs_b = m > if b_strides[0].unsigned_abs() == 1 { get_rhs_packing_threshold() * MR } else { 2 * MR };
    let packs_all_of_a = m <= 2 * mc && (!m.is_multiple_of(N) || a_strides[0] != 1);
    let a_panels = if packs_all_of_a { m } else { mc.min(m) }.div_ceil(MR);
    let (memory_of_a, packed_a) = packed::<T>(a_panel * a_panels);
    let (memory_of_b, packed_b) = packed::<T>(if packs_b { b_panel * nc.min(n).div_ceil(NR) } else { 0 });
    for col in (0..n).step_by(nc) {
        let cols = nc.min(n - col);
        for depth in (0..k).step_by(kc) {
            let length = kc.min(k - depth);
            let reads = adds || depth > 0;
            // SAFETY: there is room for all panels of `b` from `col` on and, if all of `a` is packed, for all of its panels.
            unsafe {
                if packs_b {
                    let from = Ptr(at(b, b_strides, [depth, col]));
                    pack_rhs::<T, 1, NR, S>(simd, cols, length, Ptr(packed_b), from, b_strides[1], b_strides[0], b_panel);
                }
                if packs_all_of_a {
                    let from = Ptr(at(a, a_strides, [0, depth]));
                    pack_lhs::<T, N, MR, S>(simd, m, length, Ptr(packed_a), from, a_strides[1], a_strides[0], a_panel);
                }
            }
            let mut row = 0;
            while row < m {
                let mut rows = mc.min(m - row);
                if rows > N && !packs_all_of_a {
                    rows = rows / N * N;
                }
                let packs_a = !packs_all_of_a
                    && (!rows.is_multiple_of(N) || a_strides[0] != 1 || cols > get_lhs_packing_threshold_single_thread() * NR);
                for (j, inner_col) in (0..cols).step_by(NR).enumerate() {
                    let inner_cols = NR.min(cols - inner_col);
                    for (i, inner_row) in (0..rows).step_by(MR).enumerate() {
                        let inner_rows = MR.min(rows - inner_row);
                        let from_a = at(a, a_strides, [row + inner_row, depth]);
                        let a_is_packed = packs_a || packs_all_of_a;
                        let own_a = match (packs_all_of_a, packs_a) {
                            (true, _) => packed_a.wrapping_add((i + row / MR) * a_panel),
                            (false, true) => packed_a.wrapping_add(i * a_panel),
                            (false, false) => from_a,
                        };
                        let own_b =
                            if packs_b { packed_b.wrapping_add(j * b_panel) } else { at(b, b_strides, [depth, col + inner_col]) };
                        let kernel = kernels[inner_rows.div_ceil(N) - 1][inner_cols - 1];
                        // SAFETY: there is room for the panels of `a` that belong to `rows` of them, at most `mc`; the kernel reads `inner_rows` rows of
                        // `a` and `inner_cols` columns of `b`, of `length` elements, packed or where they are, and writes as
                        // many elements of `c`.
                        unsafe {
                            if packs_a && j == 0 {
                                let (to, from) = (Ptr(own_a), Ptr(from_a));
                                pack_lhs::<T, N, MR, S>(simd, inner_rows, length, to, from, a_strides[1], a_strides[0], a_panel);
                            }
                            kernel(
                                inner_rows,
                                inner_cols,
                                length,
                                at(c, c_strides, [row + inner_row, col + inner_col]),
                                own_a,
                                own_b,
                                c_strides[1],
                                c_strides[0],
                                if a_is_packed { MR.cast_signed() } else { a_strides[1] },
                                if packs_b { NR.cast_signed() } else { b_strides[0] },
                                if packs_b { 1 } else { b_strides[1] },
                                if reads { T::one() } else { T::zero() },
                                factor,
                                u8::from(reads),
                                false,
                                false,
                                false,
                                std::ptr::null(),
                            );
                        }
                    }
                }
                row += rows;
            }
        }
    }
    recycle(memory_of_a);
    recycle(memory_of_b);
}

/// How much of the operands is worked on at a time, by the sizes of the caches.
#[cfg(target_arch = "x86_64")]
fn parameters<T, const MR: usize, const NR: usize>([m, n, k]: [usize; 3]) -> KernelParams {
    let mut parameters = if m <= 64 && n <= 64 {
        let kc = k.min(512);
        let mc = CACHE_INFO[1].cache_bytes / size_of::<T>() / kc / MR * MR;
        KernelParams { kc, mc, nc: n.next_multiple_of(NR) }
    } else {
        kernel_params(m, n, k, MR, NR, size_of::<T>())
    };
    if parameters.nc == 0 {
        parameters.nc = 128 * NR;
    }
    // Room for a panel each, whatever the caches are said to be.
    parameters.mc = parameters.mc.max(MR);
    parameters
}
