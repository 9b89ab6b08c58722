//! Elements that are left out.

use ndarray::{Array, ArrayBase, ArrayD, ArrayView, CowArray, Data, Dimension, IxDyn, Zip};

use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

/// Which elements stay: `true`, or a number that is not zero.
pub trait Mask {
    /// An array of the shape of what it is laid upon.
    fn stays(&self) -> CowArray<'_, bool, IxDyn>;
}

/// What a mask is made of.
pub trait Stays: Copy {
    /// Whether the element stays.
    fn stays(self) -> bool;
}

impl Stays for bool {
    fn stays(self) -> bool {
        self
    }
}

impl<T: Real> Stays for T {
    fn stays(self) -> bool {
        self != T::zero()
    }
}

impl<A: Stays, S: Data<Elem = A>, D: Dimension> Mask for ArrayBase<S, D> {
    fn stays(&self) -> CowArray<'_, bool, IxDyn> {
        let stays: ArrayD<bool> = self.view().into_dyn().mapv(A::stays);
        stays.into()
    }
}

impl<M: Mask + ?Sized> Mask for &M {
    fn stays(&self) -> CowArray<'_, bool, IxDyn> {
        (**self).stays()
    }
}

operation! {
    /// `y = x / keep` where the mask says that an element stays, and 0 elsewhere; `keep` is the share of what stays, so that the
    /// expectation is `x` (Srivastava et al., *Dropout*, 2014).
    ///
    /// The mask is of bools or of numbers, which stand for themselves being other than 0, and comes from a generator of yours:
    /// the operation itself is the same at each call. Panics if the mask has another shape than `x`.
    fn dropout(
        x: X if S; mask: [&dyn Mask] if M, keep: [Elem] if V
    ), method of Dropout, hidden forms dropout_residual_vjp, dropout_residual_hvp, dropout_pushforward of DropoutHidden;
    where [X: Tensor];
    result Like<X>;
    forward forward;
    rules |_, dy| (dropout::d_x(mask, keep, dy));
    tangents |_, dot| (dropout(dot, mask, keep));
}

#[track_caller]
fn forward<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, mask: &dyn Mask, keep: T) -> Array<T, D> {
    let mask = mask.stays();
    ensure!(
        mask.shape() == x.shape(),
        "",
        "dropout of an array of shape {:?} with a mask of shape {:?}",
        x.shape(),
        mask.shape()
    );
    let mask = mask.view().into_dimensionality::<D>().expect("the same shape");
    Zip::from(&x).and(&mask).map_collect(|&x, &stays| if stays { x / keep } else { T::zero() })
}

impl dropout {
    /// `dy / keep` where elements stay.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<G: Tensor + ?Sized>(mask: impl Mask, keep: G::Elem, dy: &G) -> Like<G> {
        forward(dy.tensor_view(), &mask, keep)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::{Dropout, dropout};
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn leaves_out_and_has_its_rule() {
        let (x, mask, dy) = (numbers([4, 5], 1), numbers([4, 5], 2).mapv(|x| x > 0.0), numbers([4, 5], 3));
        let (y, pullback) = dropout::vjp(&x, &mask, 0.5);
        assert!(y.indexed_iter().all(|(i, y)| *y == if mask[i] { 2.0 * x[i] } else { 0.0 }));
        check_rule(&x, |x| dropout(x, &mask, 0.5), &dy, &pullback(dy.clone()));
        let numbers = mask.mapv(|stays| if stays { 1.0 } else { 0.0 });
        assert_eq!(x.dropout(&numbers, 0.5), y);
        assert_eq!(x.t().dropout(&mask.t(), 0.5), y.t());
        assert_eq!(x.slice(s![..;-1, ..]).dropout(&mask.slice(s![..;-1, ..]), 0.5), y.slice(s![..;-1, ..]));
        assert_eq!(array![1.0f32, 2.0].dropout(&array![false, true], 0.25), array![0.0, 8.0]);
        // What is left out may be anything.
        assert_eq!(array![f64::NAN].dropout(&array![false], 1.0), array![0.0]);
    }

    #[test]
    #[should_panic(expected = "dropout of an array of shape [2, 2] with a mask of shape [2]")]
    fn the_mask_has_the_same_shape() {
        dropout(&Array2::<f64>::zeros((2, 2)), &array![true, false], 0.5);
    }
}
