//! Losses that are sums over elements of predictions and targets of one shape.

use ndarray::{Array, ArrayView, Dimension};

use super::Reduction;
use crate::along::Along;
use crate::elementwise::{Sum, like, map_to, operand};
use crate::ops::Tensor;
use crate::ops::probe::{Probe, Probed};
use crate::real::Real;

/// The mathematics of one loss, at one element.
pub trait TargetLoss {
    /// The loss.
    fn value<T: Real>(prediction: T, target: T) -> T;

    /// Its derivative with respect to the prediction.
    fn d_prediction<T: Real>(prediction: T, target: T) -> T;

    /// Its derivative with respect to the target.
    fn d_target<T: Real>(prediction: T, target: T) -> T;
}

/// Predictions for the loss `L` with the companion `C`, against targets `Y`.
#[diagnostic::on_unimplemented(
    message = "a loss of `{Self}` against `{Y}` is not defined",
    label = "predictions and targets must be arrays or views of the same rank and the same float type"
)]
pub trait Predictions<C, L, Y: ?Sized> {
    /// The type of the loss.
    type Loss;

    /// The loss.
    fn loss(&self, targets: &Y, reduction: Reduction) -> Self::Loss;
}

impl<C, L, X, Y> Predictions<C, L, Y> for X
where
    L: TargetLoss,
    X: Tensor + ?Sized,
    Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
{
    type Loss = X::Elem;

    #[track_caller]
    fn loss(&self, targets: &Y, reduction: Reduction) -> X::Elem {
        Pass::new(self, targets, reduction).value::<L>()
    }
}

impl<C, L> Predictions<C, L, Probe> for Probe {
    type Loss = Probed<C>;

    fn loss(&self, _targets: &Probe, _reduction: Reduction) -> Probed<C> {
        self.absurd()
    }
}

/// The kernels of a loss: passes over memory, with both arrays read once.
pub(super) struct Pass<'v, T, D> {
    predictions: ArrayView<'v, T, D>,
    targets: ArrayView<'v, T, D>,
    factor: T,
}

impl<'v, T: Real, D: Dimension> Pass<'v, T, D> {
    #[track_caller]
    pub(super) fn new<X, Y>(predictions: &'v X, targets: &'v Y, reduction: Reduction) -> Self
    where
        X: Tensor<Elem = T, Dim = D> + ?Sized,
        Y: Tensor<Elem = T, Dim = D> + ?Sized,
    {
        let (predictions, targets) = (predictions.tensor_view(), targets.tensor_view());
        let (x, y) = (predictions.shape(), targets.shape());
        assert!(x == y, "predictions of shape {x:?} and targets of shape {y:?}");
        let factor = reduction.factor(predictions.len());
        Self { predictions, targets, factor }
    }

    pub(super) fn value<L: TargetLoss>(&self) -> T {
        let operands = (operand(&self.predictions), operand(&self.targets));
        let (sum,) = map_to(operands, (Sum,), |(x, y)| (L::value(x, y),));
        sum * self.factor
    }

    pub(super) fn d_predictions<L: TargetLoss>(&self, d: T) -> Array<T, D> {
        let operands = (operand(&self.predictions), operand(&self.targets));
        let d = d * self.factor;
        map_to(operands, (like(&self.predictions),), |(x, y)| (d * L::d_prediction(x, y),)).0
    }

    pub(super) fn d_targets<L: TargetLoss>(&self, d: T) -> Array<T, D> {
        let operands = (operand(&self.predictions), operand(&self.targets));
        let d = d * self.factor;
        map_to(operands, (like(&self.targets),), |(x, y)| (d * L::d_target(x, y),)).0
    }

    /// The tangent of the loss along those of predictions and targets, of those that vary.
    pub(super) fn tangent<L: TargetLoss, G: Along<Array<T, D>>, H: Along<Array<T, D>>>(&self, predictions: G, targets: H) -> T {
        let mut sum = T::zero();
        if G::VARIES {
            let dx = predictions.along(|| unreachable!("it varies"));
            let operands = (operand(&self.predictions), operand(&self.targets), operand(&*dx));
            sum += map_to(operands, (Sum,), |(x, y, dx)| (L::d_prediction(x, y) * dx,)).0;
        }
        if H::VARIES {
            let dy = targets.along(|| unreachable!("it varies"));
            let operands = (operand(&self.predictions), operand(&self.targets), operand(&*dy));
            sum += map_to(operands, (Sum,), |(x, y, dy)| (L::d_target(x, y) * dy,)).0;
        }
        sum * self.factor
    }

    pub(super) fn value_and_grads<L: TargetLoss>(&self) -> (T, Grads<T, D>) {
        let operands = (operand(&self.predictions), operand(&self.targets));
        let outputs = (Sum, like(&self.predictions), like(&self.targets));
        let d = self.factor;
        let (sum, d_x, d_y) =
            map_to(operands, outputs, |(x, y)| (L::value(x, y), d * L::d_prediction(x, y), d * L::d_target(x, y)));
        (sum * d, (d_x, d_y))
    }
}

/// The function and its companion, of a [`TargetLoss`]: once with the mean, once with options.
macro_rules! target_loss {
    ($(#[$doc:meta])* $name:ident, $with:ident: $Loss:ty) => {
        target_loss! { @function $(#[$doc])* $name() $Loss, Reduction::Mean }
        target_loss! {
            @function
            #[doc = concat!("[`", stringify!($name), "()`] with a choice of the reduction.")]
            $with(reduction: Reduction, O) $Loss, reduction
        }
    };
    (@passive $O:ident) => { () };
    (@ignore $O:ident) => { _ };
    (@function $(#[$doc:meta])* $name:ident($($option:ident: $Option:ty, $O:ident)?) $Loss:ty, $reduction:expr) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<X: Predictions<$name, $Loss, Y> + ?Sized, Y: ?Sized>(
            predictions: &X,
            targets: &Y
            $(, $option: $Option)?
        ) -> X::Loss {
            predictions.loss(targets, $reduction)
        }

        #[doc = concat!("The derivatives of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}

        impl $name {
            /// The loss, and its gradients with respect to predictions and targets.
            #[track_caller]
            pub fn value_and_grad<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y
                $(, $option: $Option)?
            ) -> (X::Elem, (Like<X>, Like<X>)) {
                Pass::new(predictions, targets, $reduction).value_and_grads::<$Loss>()
            }

            /// The gradients with respect to predictions and targets.
            #[track_caller]
            pub fn grad<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y
                $(, $option: $Option)?
            ) -> (Like<X>, Like<X>) {
                Self::value_and_grad(predictions, targets $(, $option)?).1
            }

            /// The loss, and the function from its cotangent to those of predictions and targets.
            #[track_caller]
            pub fn vjp<'v, X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &'v X,
                targets: &'v Y
                $(, $option: $Option)?
            ) -> (X::Elem, impl FnOnce(X::Elem) -> (Like<X>, Like<X>)) {
                let pass = Pass::new(predictions, targets, $reduction);
                (pass.value::<$Loss>(), move |d| (pass.d_predictions::<$Loss>(d), pass.d_targets::<$Loss>(d)))
            }

            /// The loss, and its tangent along those of predictions and targets.
            #[track_caller]
            pub fn jvp<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y,
                $($option: $Option,)?
                predictions_dot: Like<X>,
                targets_dot: Like<X>,
            ) -> (X::Elem, X::Elem) {
                let pass = Pass::new(predictions, targets, $reduction);
                (pass.value::<$Loss>(), pass.tangent::<$Loss, _, _>(&predictions_dot, &targets_dot))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn pushforward<F, X, Y, G, H $(, $O)?>(
                _primal: F,
                predictions: &X,
                targets: &Y,
                $($option: $Option,)?
                tangents: (G, H $(, $O)?),
            ) -> (X::Elem, X::Elem)
            where
                F: IsLoss<Self, (&'static Probe, $($Option)?)>,
                X: Tensor + ?Sized,
                Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
                G: Along<Like<X>>,
                H: Along<Like<X>>,
            {
                let pass = Pass::new(predictions, targets, $reduction);
                (pass.value::<$Loss>(), pass.tangent::<$Loss, _, _>(tangents.0, tangents.1))
            }

            /// Compares the gradients with central differences.
            ///
            /// # Errors
            /// The first element whose derivative does not agree.
            #[track_caller]
            pub fn check_grad<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y
                $(, $option: $Option)?
            ) -> Result<(), GradientMismatch> {
                let (d_x, d_y) = Self::grad(predictions, targets $(, $option)?);
                let (x, y) = (predictions.tensor_view(), targets.tensor_view());
                check::argument("predictions", &x, |x: LikeView<'_, X>| Pass::new(&x, &y, $reduction).value::<$Loss>(), &d_x)?;
                check::argument("targets", &y, |y: LikeView<'_, X>| Pass::new(&x, &y, $reduction).value::<$Loss>(), &d_y)
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_vjp<F, X, Y, S, W $(, $O)?>(
                _primal: F,
                predictions: &X,
                targets: &Y,
                $($option: $Option,)?
                _wants: (S, W $(, $O)?),
            ) -> (
                X::Elem,
                impl FnOnce(
                    &X,
                    &Y,
                    $($Option,)?
                    &X::Elem,
                    X::Elem,
                ) -> (S::Of<Like<X>>, W::Of<Like<X>> $(, target_loss!(@passive $O))?) + use<F, X, Y, S, W $(, $O)?>,
            )
            where
                F: IsLoss<Self, (&'static Probe, $($Option)?)>,
                X: Tensor + ?Sized,
                Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
                S: Want,
                W: Want,
                $($O: Want,)?
            {
                let value = Pass::new(predictions, targets, $reduction).value::<$Loss>();
                (value, move |predictions, targets, $(target_loss!(@ignore $O),)? _, d| {
                    let pass = Pass::new(predictions, targets, $reduction);
                    let d_predictions = S::when(|| pass.d_predictions::<$Loss>(d));
                    (d_predictions, W::when(|| pass.d_targets::<$Loss>(d)) $(, target_loss!(@passive $O))?)
                })
            }
        }
    };
}
pub(super) use target_loss;

/// An array like `X`.
pub type Like<X> = Array<<X as Tensor>::Elem, <X as Tensor>::Dim>;

/// A view like `X`.
pub(super) type LikeView<'v, X> = ArrayView<'v, <X as Tensor>::Elem, <X as Tensor>::Dim>;

/// Gradients with respect to predictions and targets.
type Grads<T, D> = (Array<T, D>, Array<T, D>);
