//! Passes whose closures are compiled for both kinds of arithmetic, and in two stages where the first one is given, in
//! brackets. Where kernels have one version, closures are written once.

/// [`map_to`](super::map_to) of a closure that calls the functions of `math` by their bare names.
#[cfg(odyssey_levels)]
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_to {
    ($operands:expr, $outputs:expr, [$($first:tt)*], $($closure:tt)*) => {
        $crate::rt::map_to_stages(
            $operands,
            $outputs,
            $crate::__odyssey_with!(plain, $($first)*),
            $crate::__odyssey_with!(fused, $($first)*),
            $crate::__odyssey_with!(plain, $($closure)*),
            $crate::__odyssey_with!(fused, $($closure)*)
        )
    };
    ($operands:expr, $outputs:expr, $($closure:tt)*) => {
        $crate::rt::map_to_modes(
            $operands,
            $outputs,
            $crate::__odyssey_with!(plain, $($closure)*),
            $crate::__odyssey_with!(fused, $($closure)*)
        )
    };
}

/// [`map_to`](super::map_to) of a closure that calls the functions of `math` by their bare names.
#[cfg(not(odyssey_levels))]
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_to {
    ($operands:expr, $outputs:expr, [$($first:tt)*], $($closure:tt)*) => {
        $crate::rt::map_to_composed(
            $operands,
            $outputs,
            $crate::__odyssey_with!(plain, $($first)*),
            $crate::__odyssey_with!(plain, $($closure)*)
        )
    };
    ($operands:expr, $outputs:expr, $($closure:tt)*) => {
        $crate::rt::map_to($operands, $outputs, $crate::__odyssey_with!(plain, $($closure)*))
    };
}

/// [`map`](super::map) of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map {
    ($operands:expr, $($closure:tt)*) => {
        $crate::__odyssey_map_one!(map($operands); $operands, $crate::rt::Full, $($closure)*)
    };
}

/// [`map_sum`](super::map_sum) of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_sum {
    ($operands:expr, $($closure:tt)*) => {
        $crate::__odyssey_map_one!(map_sum($operands); $operands, $crate::rt::Sum, $($closure)*)
    };
}

/// [`map_like`](super::map_like) of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_like {
    ($x:expr, $operands:expr, $($closure:tt)*) => {
        $crate::__odyssey_map_one!(map_like($x, $operands); $operands, $crate::rt::like($x), $($closure)*)
    };
}

/// A pass with one output: where kernels have one version and there is one stage, by a function of its own, which is quicker to
/// check.
#[cfg(odyssey_levels)]
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_one {
    ($function:ident ($($given:tt)*); $operands:expr, $output:expr, $($closure:tt)*) => {
        $crate::__odyssey_map_to!($operands, $crate::rt::One($output), $($closure)*)
    };
}

/// A pass with one output: where kernels have one version and there is one stage, by a function of its own, which is quicker to
/// check.
#[cfg(not(odyssey_levels))]
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_one {
    ($function:ident ($($given:tt)*); $operands:expr, $output:expr, [$($first:tt)*], $($closure:tt)*) => {
        $crate::__odyssey_map_to!($operands, $crate::rt::One($output), [$($first)*], $($closure)*)
    };
    ($function:ident ($($given:tt)*); $operands:expr, $output:expr, $($closure:tt)*) => {
        $crate::rt::$function($($given)*, $crate::__odyssey_with!(plain, $($closure)*))
    };
}

/// The closure with the functions of one kind of arithmetic in scope. Being in the innermost block, they win over all
/// variables and items around it.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_with {
    ($mode:ident, $(#[$attribute:meta])* $($closure:tt)*) => {{
        use $crate::rt::$mode::*;
        #[inline(always)]
        $($closure)*
    }};
}
