//! Losses of logits `[N, C]` against `N` class labels.

use ndarray::{Array2, ArrayView2, Ix2};

use super::Reduction;
use crate::elementwise::{Sum, map_to};
use crate::ops::probe::{Probe, Probed};
use crate::ops::{Elements, Tensor};
use crate::quoted::{ensure, refuse};
use crate::real::Real;

/// The mathematics of one loss; itself it holds the loss's parameters.
pub trait LabelLoss<T: Real>: Copy {
    /// The loss.
    fn value(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> T;

    /// The loss and its gradient, in one pass over the logits.
    fn value_and_grad(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> (T, Array2<T>);
}

/// Predictions for the loss with the companion `C`: a matrix of logits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a matrix of logits",
    label = "not an array or view of `f32` or `f64` of two dimensions, `[N, C]`"
)]
pub trait Logits<C>: Elements {
    /// The type of the loss.
    type Loss;

    /// The loss.
    fn loss(&self, labels: &[usize], loss: impl LabelLoss<Self::Elem>, reduction: Reduction) -> Self::Loss;
}

impl<C, X: Tensor<Dim = Ix2> + ?Sized> Logits<C> for X {
    type Loss = X::Elem;

    #[track_caller]
    fn loss(&self, labels: &[usize], loss: impl LabelLoss<X::Elem>, reduction: Reduction) -> X::Elem {
        checked_value(loss, &self.tensor_view(), labels, reduction)
    }
}

impl<C> Logits<C> for Probe {
    type Loss = Probed<C>;

    fn loss(&self, _labels: &[usize], _loss: impl LabelLoss<f64>, _reduction: Reduction) -> Probed<C> {
        self.absurd()
    }
}

/// Panics unless there is a class for each example.
#[track_caller]
pub(super) fn check_labels<T>(logits: &ArrayView2<'_, T>, labels: &[usize]) {
    let (n, classes) = logits.dim();
    ensure!(labels.len() == n, "", "{} labels for logits of shape [{n}, {classes}]", labels.len());
    if let Some((i, label)) = labels.iter().enumerate().find(|&(_, &label)| label >= classes) {
        refuse("", format_args!("label {label} of example {i} is out of range for logits of shape [{n}, {classes}]"));
    }
}

/// The loss, of labels that have been checked.
#[track_caller]
pub(super) fn checked_value<T: Real>(
    loss: impl LabelLoss<T>,
    logits: &ArrayView2<'_, T>,
    labels: &[usize],
    reduction: Reduction,
) -> T {
    check_labels(logits, labels);
    loss.value(logits, labels, reduction)
}

/// The loss and its gradient, of labels that have been checked.
#[track_caller]
pub(super) fn checked_value_and_grad<T: Real>(
    loss: impl LabelLoss<T>,
    logits: &ArrayView2<'_, T>,
    labels: &[usize],
    reduction: Reduction,
) -> (T, Array2<T>) {
    check_labels(logits, labels);
    loss.value_and_grad(logits, labels, reduction)
}

/// `Σ gradient · tangent`.
#[track_caller]
pub(super) fn directional<T: Real>(gradient: &Array2<T>, tangent: &Array2<T>) -> T {
    let (of, along) = (gradient.shape(), tangent.shape());
    ensure!(of == along, "", "a tangent of shape {along:?} for logits of shape {of:?}");
    let (sum,) = map_to((gradient, tangent), (Sum,), |(g, d)| (g * d,));
    sum
}

/// The function and its companion, of a [`LabelLoss`]: once with the mean, once with options.
macro_rules! label_loss {
    ($(#[$doc:meta])* $name:ident, $with:ident($($option:ident: $Option:tt if $O:ident),*): $loss:expr) => {
        label_loss! { @function $(#[$doc])* $name($($option: $Option if $O),*) $loss, Reduction::Mean }
        label_loss! {
            @function
            #[doc = concat!("[`", stringify!($name), "()`] with a choice of the reduction.")]
            $with($($option: $Option if $O,)* reduction: [Reduction] if R) $loss, reduction
        }
    };
    (@function $(#[$doc:meta])* $name:ident($($option:ident: $Option:tt if $O:ident),*) $loss:expr, $reduction:expr) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<X: Logits<$name> + ?Sized>(logits: &X, labels: &[usize] $(, $option: operation!(@type $Option X))*) -> X::Loss {
            logits.loss(labels, $loss, $reduction)
        }

        #[doc = concat!("The derivatives of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}

        impl $name {
            /// The loss and its gradient with respect to the logits.
            #[track_caller]
            pub fn value_and_grad<X: Tensor<Dim = Ix2> + ?Sized>(
                logits: &X,
                labels: &[usize]
                $(, $option: operation!(@type $Option X))*
            ) -> (X::Elem, Array2<X::Elem>) {
                checked_value_and_grad($loss, &logits.tensor_view(), labels, $reduction)
            }

            /// The gradient with respect to the logits.
            #[track_caller]
            pub fn grad<X: Tensor<Dim = Ix2> + ?Sized>(
                logits: &X,
                labels: &[usize]
                $(, $option: operation!(@type $Option X))*
            ) -> Array2<X::Elem> {
                Self::value_and_grad(logits, labels $(, $option)*).1
            }

            /// The loss, and the function from its cotangent to that of the logits.
            #[track_caller]
            pub fn vjp<X: Tensor<Dim = Ix2> + ?Sized>(
                logits: &X,
                labels: &[usize]
                $(, $option: operation!(@type $Option X))*
            ) -> (X::Elem, impl FnOnce(X::Elem) -> Array2<X::Elem>) {
                let (value, grad) = Self::value_and_grad(logits, labels $(, $option)*);
                (value, move |d| grad * d)
            }

            /// The loss, and its tangent along that of the logits.
            #[track_caller]
            pub fn jvp<X: Tensor<Dim = Ix2> + ?Sized>(
                logits: &X,
                labels: &[usize],
                $($option: operation!(@type $Option X),)*
                logits_dot: Array2<X::Elem>,
            ) -> (X::Elem, X::Elem) {
                let (value, grad) = Self::value_and_grad(logits, labels $(, $option)*);
                (value, directional(&grad, &logits_dot))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn pushforward<F, X, G, L $(, $O)*>(
                _primal: F,
                logits: &X,
                labels: &[usize],
                $($option: operation!(@type $Option X),)*
                tangents: (G, L $(, $O)*),
            ) -> (X::Elem, X::Elem)
            where
                F: IsOperation<Self, (&'static Probe, &'static [usize], $(operation!(@fixed $Option)),*)>,
                X: Tensor<Dim = Ix2> + ?Sized,
                G: Along<Array2<X::Elem>>,
            {
                let (value, grad) = Self::value_and_grad(logits, labels $(, $option)*);
                let dx = tangents.0.along(|| Array2::zeros(grad.raw_dim()));
                (value, directional(&grad, &dx))
            }

            /// The tangent of the gradient along that of the logits.
            #[track_caller]
            pub fn hvp<X: Tensor<Dim = Ix2> + ?Sized>(
                logits: &X,
                labels: &[usize],
                $($option: operation!(@type $Option X),)*
                logits_dot: Array2<X::Elem>,
            ) -> Array2<X::Elem> {
                let x = $crate::dual::dual(&logits.tensor_view(), &logits_dot);
                operation!(@lift $($option $Option)*);
                $crate::dual::tangent_part(checked_value_and_grad($loss, &x.view(), labels, $reduction).1)
            }

            /// Compares the gradient with central differences.
            ///
            /// # Errors
            /// The first logit whose derivative does not agree.
            #[track_caller]
            pub fn check_grad<X: Tensor<Dim = Ix2> + ?Sized>(
                logits: &X,
                labels: &[usize]
                $(, $option: operation!(@type $Option X))*
            ) -> Result<(), GradientMismatch> {
                let gradient = Self::grad(logits, labels $(, $option)*);
                let loss = |x: ArrayView2<'_, X::Elem>| checked_value($loss, &x, labels, $reduction);
                check::argument("logits", &logits.tensor_view(), loss, &gradient)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(unused_variables, reason = "the gradient was kept: what it was made of is not read again")]
            pub fn residual_vjp<F, T, S, L $(, $O)*>(
                _primal: F,
                logits: &ndarray::ArrayRef<T, Ix2>,
                labels: &[usize],
                $($option: operation!(@over $Option T),)*
                _wants: (S, L $(, $O)*),
            ) -> (
                T,
                impl FnOnce(
                    &ndarray::ArrayRef<T, Ix2>,
                    &[usize],
                    $(operation!(@over $Option T),)*
                    &T,
                    T,
                ) -> (S::Of<Array2<T>>, () $(, operation!(@unit $O))*) + Clone + use<F, T, S, L $(, $O)*>,
            )
            where
                F: IsOperation<Self, (&'static Probe, &'static [usize], $(operation!(@fixed $Option)),*)>,
                T: Real,
                S: Want,
                L: Excluded,
                $($O: Excluded,)*
            {
                let logits = logits.tensor_view();
                // The gradient of the forward pass is kept: its exponentials are not computed again.
                let (value, grad) = if S::ON {
                    let (value, grad) = checked_value_and_grad($loss, &logits, labels, $reduction);
                    (value, Some(grad))
                } else {
                    (checked_value($loss, &logits, labels, $reduction), None)
                };
                (value, move |_, _, $($option,)* _, d| {
                    let d_logits = S::when(|| grad.expect("kept by the forward pass") * d);
                    (d_logits, () $(, operation!(@unit $O))*)
                })
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::type_complexity, clippy::too_many_arguments, reason = "a value and a pullback, each with its tangent")]
            pub fn residual_hvp<F, T, G, S, L $(, $O)*>(
                _primal: F,
                logits: &ndarray::ArrayRef<T, Ix2>,
                labels: &[usize],
                $($option: operation!(@over $Option T),)*
                tangents: (G, L $(, $O)*),
                _wants: (S, L $(, $O)*),
            ) -> (
                (T, T),
                impl FnOnce(
                    &ndarray::ArrayRef<T, Ix2>,
                    &[usize],
                    $(operation!(@over $Option T),)*
                    &T,
                    (T, T),
                ) -> (S::Of<(Array2<T>, Array2<T>)>, () $(, operation!(@unit $O))*)
                + use<F, T, G, S, L $(, $O)*>,
            )
            where
                F: IsOperation<Self, (&'static Probe, &'static [usize], $(operation!(@fixed $Option)),*)>,
                T: Real,
                G: Along<Array2<T>>,
                S: Want,
                L: Excluded,
                $($O: Excluded,)*
            {
                let along = tangents.0.along(|| Array2::zeros(logits.tensor_view().raw_dim()));
                let logits = $crate::dual::dual(&logits.tensor_view(), &*along);
                $(let $option = $crate::dual::lifted(&$option);)*
                $(let $option = $crate::second::Lent::lent(&$option);)*
                let (value, grad) = checked_value_and_grad($loss, &logits.view(), labels, $reduction);
                let pullback = move |_: &ndarray::ArrayRef<T, Ix2>, _: &[usize], $(_: operation!(@over $Option T),)* _: &T, d: (T, T)| {
                    let d_logits = S::when(|| $crate::dual::parts(grad * $crate::dual::Dual { value: d.0, tangent: d.1 }));
                    (d_logits, () $(, operation!(@unit $O))*)
                };
                ($crate::dual::parts(value), pullback)
            }
        }
    };
}
pub(super) use label_loss;
