//! What each operand's cotangent and tangent is.

use super::heads::Heads;
use super::{scaled_dot_product_attention, scaled_dot_product_attention_masked};
use crate::ops::linalg::stacks::{Stack, matrices};
use crate::ops::{Like, Tensor};

/// The rules that the two have in common, of which one has a mask.
macro_rules! rules {
    ($($operation:ident $mask:tt)*) => {$(
        impl $operation {
            rule! { $mask d_q(dy) -> Q = "`ds k / √d`." }
            rule! { $mask d_k(dy) -> K = "`dsᵀ q / √d`." }
            rule! { $mask d_v(dy) -> V = "`pᵀ dy`." }
            rule! { $mask tangent_q(q_dot) -> Q = "The change of the weights with `q̇ kᵀ / √d`, times `v`." }
            rule! { $mask tangent_k(k_dot) -> Q = "The change of the weights with `q k̇ᵀ / √d`, times `v`." }
            rule! { $mask tangent_v(v_dot) -> Q = "`p v̇`." }
        }
    )*};
}

/// The rule that the heads have under the same name.
macro_rules! rule {
    ([$($mask:ident: $M:ident)?] $name:ident($given:ident) -> $Of:ident = $doc:literal) => {
        #[doc = $doc]
        #[doc(hidden)]
        #[track_caller]
        pub fn $name<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? $given: &G) -> Like<$Of>
        where
            Q: Tensor<Dim: Stack> + ?Sized,
            K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
            V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
            G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
            $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
        {
            Heads::new(q, k, v)$(.with_mask($mask))?.$name(&matrices($given.tensor_view()))
        }
    };
}

rules! {
    scaled_dot_product_attention []
    scaled_dot_product_attention_masked [mask: M]
}

impl scaled_dot_product_attention_masked {
    /// `ds`, summed to the shape of the mask.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_mask<Q, K, V, M, G>(q: &Q, k: &K, v: &V, mask: &M, dy: &G) -> Like<M>
    where
        Q: Tensor<Dim: Stack> + ?Sized,
        K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,
        G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
    {
        let d_mask = Heads::new(q, k, v).with_mask(mask).d_mask(&matrices(dy.tensor_view()));
        d_mask.into_dimensionality().expect("of the rank of the mask")
    }

    /// The change of the weights with the mask, times `v`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_mask<Q, K, V, M, G>(q: &Q, k: &K, v: &V, mask: &M, mask_dot: &G) -> Like<Q>
    where
        Q: Tensor<Dim: Stack> + ?Sized,
        K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,
        G: Tensor<Elem = Q::Elem, Dim = M::Dim> + ?Sized,
    {
        Heads::new(q, k, v).with_mask(mask).tangent_mask(&mask_dot.tensor_view().into_dyn())
    }
}
