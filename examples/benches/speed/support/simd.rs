//! Functions compiled for AVX-512, AVX2 and the baseline, and picked by what the processor has.

/// Wraps a function of slices; everything that it calls must be inlined into it. `math` is the vectorised functions,
/// with fused multiply-adds where they are instructions.
macro_rules! vectorised {
    ($(#[$doc:meta])* $vis:vis fn $name:ident<$T:ident: Real>($($arg:ident: $ty:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        $vis fn $name<$T: odyssey_runtime::Real>($($arg: $ty),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[inline(always)]
                fn fused<$T: odyssey_runtime::Real>($($arg: $ty),*) $(-> $result)? {
                    #[allow(unused_imports, reason = "not every body has functions in it")]
                    use odyssey_runtime::rt::fused as math;
                    $body
                }

                #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512<$T: odyssey_runtime::Real>($($arg: $ty),*) $(-> $result)? {
                    fused($($arg),*)
                }

                #[target_feature(enable = "avx2,fma")]
                fn avx2<$T: odyssey_runtime::Real>($($arg: $ty),*) $(-> $result)? {
                    fused($($arg),*)
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
            {
                #[allow(unused_imports, reason = "not every body has functions in it")]
                use odyssey_runtime::rt::plain as math;
                $body
            }
        }
    };
}
pub(crate) use vectorised;

/// Independent sums: enough for two registers of the widest instruction set.
pub(crate) const LANES: usize = 16;
