//! Losses that are sums over elements of predictions and targets of one shape.

use ndarray::{Array, ArrayView, Dimension};

use super::Reduction;
use crate::along::Along;
use crate::elementwise::{Sum, like, map_to};
use crate::ops::probe::{Probe, Probed};
use crate::ops::{Elements, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

/// The mathematics of one loss, at one element; itself it holds the loss's parameters.
pub trait TargetLoss<T: Real>: Copy + Sync {
    /// The loss.
    fn value(self, prediction: T, target: T) -> T;

    /// Its derivative with respect to the prediction.
    fn d_prediction(self, prediction: T, target: T) -> T;

    /// Its derivative with respect to the target.
    fn d_target(self, prediction: T, target: T) -> T;
}

/// Predictions for the loss with the companion `C`, against targets `Y`.
#[diagnostic::on_unimplemented(
    message = "a loss of `{Self}` against `{Y}` is not defined",
    label = "predictions and targets must be arrays or views of the same rank and the same float type"
)]
pub trait Predictions<C, Y: ?Sized>: Elements {
    /// The type of the loss.
    type Loss;

    /// The loss.
    fn loss(&self, targets: &Y, loss: impl TargetLoss<Self::Elem>, reduction: Reduction) -> Self::Loss;
}

impl<C, X, Y> Predictions<C, Y> for X
where
    X: Tensor + ?Sized,
    Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
{
    type Loss = X::Elem;

    #[track_caller]
    fn loss(&self, targets: &Y, loss: impl TargetLoss<X::Elem>, reduction: Reduction) -> X::Elem {
        Pass::new(self, targets, loss, reduction).value()
    }
}

impl<C> Predictions<C, Probe> for Probe {
    type Loss = Probed<C>;

    fn loss(&self, _targets: &Probe, _loss: impl TargetLoss<f64>, _reduction: Reduction) -> Probed<C> {
        self.absurd()
    }
}

/// The kernels of a loss: passes over memory, with both arrays read once.
pub(super) struct Pass<'v, T, D, L> {
    loss: L,
    predictions: ArrayView<'v, T, D>,
    targets: ArrayView<'v, T, D>,
    factor: T,
}

impl<'v, T: Real, D: Dimension, L: TargetLoss<T>> Pass<'v, T, D, L> {
    #[track_caller]
    pub(super) fn new<X, Y>(predictions: &'v X, targets: &'v Y, loss: L, reduction: Reduction) -> Self
    where
        X: Tensor<Elem = T, Dim = D> + ?Sized,
        Y: Tensor<Elem = T, Dim = D> + ?Sized,
    {
        let (predictions, targets) = (predictions.tensor_view(), targets.tensor_view());
        let (x, y) = (predictions.shape(), targets.shape());
        ensure!(x == y, "", "predictions of shape {x:?} and targets of shape {y:?}");
        let factor = reduction.factor(predictions.len());
        Self { loss, predictions, targets, factor }
    }

    pub(super) fn value(&self) -> T {
        let operands = (&self.predictions, &self.targets);
        let loss = self.loss;
        let (sum,) = map_to(operands, (Sum,), |(x, y)| (loss.value(x, y),));
        sum * self.factor
    }

    pub(super) fn d_predictions(&self, d: T) -> Array<T, D> {
        let operands = (&self.predictions, &self.targets);
        let loss = self.loss;
        let d = d * self.factor;
        map_to(operands, (like(&self.predictions),), |(x, y)| (d * loss.d_prediction(x, y),)).0
    }

    pub(super) fn d_targets(&self, d: T) -> Array<T, D> {
        let operands = (&self.predictions, &self.targets);
        let loss = self.loss;
        let d = d * self.factor;
        map_to(operands, (like(&self.targets),), |(x, y)| (d * loss.d_target(x, y),)).0
    }

    /// The tangent of the loss along those of predictions and targets, of those that vary.
    pub(super) fn tangent<G: Along<Array<T, D>>, H: Along<Array<T, D>>>(&self, predictions: G, targets: H) -> T {
        let (loss, mut sum) = (self.loss, T::zero());
        if G::VARIES {
            let dx = predictions.along(|| unreachable!("it varies"));
            let operands = (&self.predictions, &self.targets, &*dx);
            sum += map_to(operands, (Sum,), |(x, y, dx)| (loss.d_prediction(x, y) * dx,)).0;
        }
        if H::VARIES {
            let dy = targets.along(|| unreachable!("it varies"));
            let operands = (&self.predictions, &self.targets, &*dy);
            sum += map_to(operands, (Sum,), |(x, y, dy)| (loss.d_target(x, y) * dy,)).0;
        }
        sum * self.factor
    }

    pub(super) fn value_and_grads(&self) -> (T, Grads<T, D>) {
        let operands = (&self.predictions, &self.targets);
        let loss = self.loss;
        let outputs = (Sum, like(&self.predictions), like(&self.targets));
        let d = self.factor;
        let (sum, d_x, d_y) =
            map_to(operands, outputs, |(x, y)| (loss.value(x, y), d * loss.d_prediction(x, y), d * loss.d_target(x, y)));
        (sum * d, (d_x, d_y))
    }
}

/// The function and its companion, of a [`TargetLoss`]: once with the mean, once with options.
macro_rules! target_loss {
    ($(#[$doc:meta])* $name:ident, $with:ident($($option:ident: $Option:tt if $O:ident),*): $loss:expr) => {
        target_loss! { @function $(#[$doc])* $name($($option: $Option if $O),*) $loss, Reduction::Mean }
        target_loss! {
            @function
            #[doc = concat!("[`", stringify!($name), "()`] with a choice of the reduction.")]
            $with($($option: $Option if $O,)* reduction: [Reduction] if R) $loss, reduction
        }
    };
    (@function $(#[$doc:meta])* $name:ident($($option:ident: $Option:tt if $O:ident),*) $loss:expr, $reduction:expr) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<X: Predictions<$name, Y> + ?Sized, Y: ?Sized>(
            predictions: &X,
            targets: &Y
            $(, $option: operation!(@type $Option X))*
        ) -> X::Loss {
            predictions.loss(targets, $loss, $reduction)
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
                $(, $option: operation!(@type $Option X))*
            ) -> (X::Elem, (Like<X>, Like<X>)) {
                Pass::new(predictions, targets, $loss, $reduction).value_and_grads()
            }

            /// The gradients with respect to predictions and targets.
            #[track_caller]
            pub fn grad<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y
                $(, $option: operation!(@type $Option X))*
            ) -> (Like<X>, Like<X>) {
                Self::value_and_grad(predictions, targets $(, $option)*).1
            }

            /// The loss, and the function from its cotangent to those of predictions and targets.
            #[track_caller]
            pub fn vjp<'v, X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &'v X,
                targets: &'v Y
                $(, $option: operation!(@type $Option X))*
            ) -> (X::Elem, impl FnOnce(X::Elem) -> (Like<X>, Like<X>)) {
                let pass = Pass::new(predictions, targets, $loss, $reduction);
                (pass.value(), move |d| (pass.d_predictions(d), pass.d_targets(d)))
            }

            /// The loss, and its tangent along those of predictions and targets.
            #[track_caller]
            pub fn jvp<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y,
                $($option: operation!(@type $Option X),)*
                predictions_dot: Like<X>,
                targets_dot: Like<X>,
            ) -> (X::Elem, X::Elem) {
                let pass = Pass::new(predictions, targets, $loss, $reduction);
                (pass.value(), pass.tangent(&predictions_dot, &targets_dot))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn pushforward<F, X, Y, G, H $(, $O)*>(
                _primal: F,
                predictions: &X,
                targets: &Y,
                $($option: operation!(@type $Option X),)*
                tangents: (G, H $(, $O)*),
            ) -> (X::Elem, X::Elem)
            where
                F: IsOperation<Self, (&'static Probe, &'static Probe, $(operation!(@fixed $Option)),*)>,
                X: Tensor + ?Sized,
                Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
                G: Along<Like<X>>,
                H: Along<Like<X>>,
            {
                let pass = Pass::new(predictions, targets, $loss, $reduction);
                (pass.value(), pass.tangent(tangents.0, tangents.1))
            }

            /// The tangents of the gradients along those of predictions and targets.
            #[track_caller]
            pub fn hvp<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y,
                $($option: operation!(@type $Option X),)*
                predictions_dot: Like<X>,
                targets_dot: Like<X>,
            ) -> (Like<X>, Like<X>) {
                let x = $crate::dual::dual(&predictions.tensor_view(), &predictions_dot);
                let y = $crate::dual::dual(&targets.tensor_view(), &targets_dot);
                operation!(@lift $($option $Option)*);
                $crate::dual::tangent_part(Pass::new(&x, &y, $loss, $reduction).value_and_grads().1)
            }

            /// Compares the gradients with central differences.
            ///
            /// # Errors
            /// The first element whose derivative does not agree.
            #[track_caller]
            pub fn check_grad<X: Tensor + ?Sized, Y: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized>(
                predictions: &X,
                targets: &Y
                $(, $option: operation!(@type $Option X))*
            ) -> Result<(), GradientMismatch> {
                let (d_x, d_y) = Self::grad(predictions, targets $(, $option)*);
                let (x, y) = (predictions.tensor_view(), targets.tensor_view());
                check::argument("predictions", &x, |x: LikeView<'_, X>| Pass::new(&x, &y, $loss, $reduction).value(), &d_x)?;
                check::argument("targets", &y, |y: LikeView<'_, X>| Pass::new(&x, &y, $loss, $reduction).value(), &d_y)
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_vjp<F, T, I, S, W $(, $O)*>(
                _primal: F,
                predictions: &ndarray::ArrayRef<T, I>,
                targets: &ndarray::ArrayRef<T, I>,
                $($option: operation!(@over $Option T),)*
                _wants: (S, W $(, $O)*),
            ) -> (
                T,
                impl FnOnce(
                    &ndarray::ArrayRef<T, I>,
                    &ndarray::ArrayRef<T, I>,
                    $(operation!(@over $Option T),)*
                    &T,
                    T,
                ) -> (S::Of<ndarray::Array<T, I>>, W::Of<ndarray::Array<T, I>> $(, operation!(@unit $O))*) + Clone + use<F, T, I, S, W $(, $O)*>,
            )
            where
                F: IsOperation<Self, (&'static Probe, &'static Probe, $(operation!(@fixed $Option)),*)>,
                T: Real,
                I: ndarray::Dimension,
                S: Want,
                W: Want,
                $($O: Excluded,)*
            {
                let value = Pass::new(predictions, targets, $loss, $reduction).value();
                (value, move |predictions, targets, $($option,)* _, d| {
                    let pass = Pass::new(predictions, targets, $loss, $reduction);
                    let d_predictions = S::when(|| pass.d_predictions(d));
                    (d_predictions, W::when(|| pass.d_targets(d)) $(, operation!(@unit $O))*)
                })
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::type_complexity, clippy::too_many_arguments, reason = "a value and a pullback, each with its tangent")]
            pub fn residual_hvp<F, T, I, G, H, S, W $(, $O)*>(
                _primal: F,
                predictions: &ndarray::ArrayRef<T, I>,
                targets: &ndarray::ArrayRef<T, I>,
                $($option: operation!(@over $Option T),)*
                tangents: (G, H $(, $O)*),
                _wants: (S, W $(, $O)*),
            ) -> (
                (T, T),
                impl FnOnce(
                    &ndarray::ArrayRef<T, I>,
                    &ndarray::ArrayRef<T, I>,
                    $(operation!(@over $Option T),)*
                    &T,
                    (T, T),
                ) -> (S::Of<(ndarray::Array<T, I>, ndarray::Array<T, I>)>, W::Of<(ndarray::Array<T, I>, ndarray::Array<T, I>)> $(, operation!(@unit $O))*)
                + use<F, T, I, G, H, S, W $(, $O)*>,
            )
            where
                F: IsOperation<Self, (&'static Probe, &'static Probe, $(operation!(@fixed $Option)),*)>,
                T: Real,
                I: ndarray::Dimension,
                G: Along<ndarray::Array<T, I>>,
                H: Along<ndarray::Array<T, I>>,
                S: Want,
                W: Want,
                $($O: Excluded,)*
            {
                let (x, y) = (predictions.tensor_view(), targets.tensor_view());
                let x = $crate::dual::dual(&x, &*tangents.0.along(|| ndarray::Array::zeros(x.raw_dim())));
                let y = $crate::dual::dual(&y, &*tangents.1.along(|| ndarray::Array::zeros(y.raw_dim())));
                $(let $option = $crate::dual::lifted(&$option);)*
                let value = Pass::new(&x, &y, $loss, $reduction).value();
                ($crate::dual::parts(value), move |_: &ndarray::ArrayRef<T, I>, _: &ndarray::ArrayRef<T, I>, $(_: operation!(@over $Option T),)* _: &T, d: (T, T)| {
                    let pass = Pass::new(&x, &y, $loss, $reduction);
                    let d = $crate::dual::Dual { value: d.0, tangent: d.1 };
                    let d_predictions = S::when(|| $crate::dual::parts(pass.d_predictions(d)));
                    (d_predictions, W::when(|| $crate::dual::parts(pass.d_targets(d))) $(, operation!(@unit $O))*)
                })
            }
        }
    };
}
pub(super) use target_loss;

/// A view like `X`.
pub(super) type LikeView<'v, X> = ArrayView<'v, <X as Tensor>::Elem, <X as Tensor>::Dim>;

/// Gradients with respect to predictions and targets.
type Grads<T, D> = (Array<T, D>, Array<T, D>);
