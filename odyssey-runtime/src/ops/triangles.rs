//! The parts of matrices on one side of a diagonal, with zeros on the other.

use ndarray::Array;

use super::tensor::Tensor;
use super::tensor_function::tensor_method;
use crate::along::Along;
use crate::want::Want;

macro_rules! triangle {
    ($(#[$doc:meta])* $name:ident, $residual:ident, $second:ident, $pushed:ident of $Residual:ident) => {
        $(#[$doc])*
        pub fn $name<X: Tensor + ?Sized>(x: &X, k: isize) -> Array<X::Elem, X::Dim> {
            x.tensor_view().$name(k)
        }

        #[doc = concat!("The rule of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}

        impl $name {
            /// The same part of `dy`.
            #[doc(hidden)]
            pub fn d_x<G: Tensor + ?Sized>(k: isize, dy: &G) -> Array<G::Elem, G::Dim> {
                $name(dy, k)
            }
        }

        tensor_method! {
            $residual, $second, $pushed(k: isize as P) of $Residual;
            where [];
            result Array<X::Elem, X::Dim>;
            forward |x| $name(x, k);
            rule |_, _, dy| $name(&dy, k);
            tangent |_, _, dx| $name(dx, k);
        }
    };
}

triangle! {
    /// Of each matrix (the last two axes) what stands on and above its `k`-th diagonal.
    triu, triu_residual_vjp, triu_residual_hvp, triu_pushforward of TriuResidual
}
triangle! {
    /// Of each matrix (the last two axes) what stands on and below its `k`-th diagonal.
    tril, tril_residual_vjp, tril_residual_hvp, tril_pushforward of TrilResidual
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{tril, triu};
    use crate::ops::testing::check_linear;

    #[test]
    fn the_rules_agree_with_differences() {
        for k in [-1, 0, 1] {
            check_linear(|x| triu(x, k), |_, dy| triu::d_x(k, &dy));
            check_linear(|x| tril(x, k), |_, dy| tril::d_x(k, &dy));
        }
        let x = array![[1.0, 2.0], [3.0, 4.0]];
        assert_eq!((triu(&x, 1), tril(&x, 0)), (array![[0.0, 2.0], [0.0, 0.0]], array![[1.0, 0.0], [3.0, 4.0]]));
    }
}
