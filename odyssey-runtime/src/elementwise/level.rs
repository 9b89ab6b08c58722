//! The instruction sets that loops are compiled for: several with `cfg(odyssey_levels)`, which `build.rs` sets, and one
//! without.

/// An instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What the crate is compiled for.
    Baseline,
    /// AVX2 with FMA.
    #[cfg(odyssey_levels)]
    Avx2,
    /// AVX-512 F, BW, DQ, VL.
    #[cfg(odyssey_levels)]
    Avx512,
}

impl Level {
    /// The best one that this processor has.
    #[inline]
    pub(crate) fn detect() -> Self {
        #[cfg(odyssey_levels)]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            return if wide { Self::Avx512 } else { Self::Avx2 };
        }
        Self::Baseline
    }
}

/// A function whose body is compiled for every level, and picked by what the processor has. In it, `math` is
/// [`fused`](crate::math::fused) where there are fused multiply-adds and [`plain`](crate::math::plain) elsewhere; what it
/// calls besides has to be inlined.
macro_rules! for_each_level {
    ($(#[$doc:meta])* $vis:vis fn $name:ident<$T:ident: Real $(, const $N:ident: usize)?>($($arg:ident: $ty:ty),* $(,)?)
        $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name<$T: Real $(, const $N: usize)?>($($arg: $ty),*) $(-> $result)? {
            #[cfg(odyssey_levels)]
            {
                #[inline(always)]
                fn fused<$T: Real $(, const $N: usize)?>($($arg: $ty),*) $(-> $result)? {
                    #[allow(unused_imports, reason = "not every body has functions in it")]
                    use $crate::math::fused as math;
                    $body
                }

                #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512<$T: Real $(, const $N: usize)?>($($arg: $ty),*) $(-> $result)? {
                    fused($($arg),*)
                }

                #[target_feature(enable = "avx2,fma")]
                fn avx2<$T: Real $(, const $N: usize)?>($($arg: $ty),*) $(-> $result)? {
                    fused($($arg),*)
                }

                match $crate::elementwise::level::Level::detect() {
                    $crate::elementwise::level::Level::Baseline => {}
                    // SAFETY: the processor has what the level says.
                    $crate::elementwise::level::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    // SAFETY: likewise.
                    $crate::elementwise::level::Level::Avx512 => return unsafe { avx512($($arg),*) },
                }
            }
            {
                #[allow(unused_imports, reason = "likewise")]
                use $crate::math::plain as math;
                $body
            }
        }
    };
}
pub(crate) use for_each_level;
