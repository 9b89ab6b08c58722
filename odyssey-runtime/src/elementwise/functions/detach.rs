//! Values without a derivative.

/// The value of `x`, with a zero derivative: a differentiated function treats it as a constant.
///
/// ```
/// use odyssey_runtime::prelude::*;
///
/// #[differentiable]
/// fn scaled(x: f64) -> f64 {
///     x * detach(x)
/// }
///
/// assert_eq!(scaled::value_and_grad(3.0), (9.0, 3.0));
/// ```
#[inline]
pub fn detach<T>(x: T) -> T {
    x
}

/// [`detach()`] as a method.
pub trait Detach: Clone {
    /// A copy with a zero derivative: a differentiated function treats it as a constant.
    #[must_use]
    fn detach(&self) -> Self;
}

impl<T: Clone> Detach for T {
    #[inline]
    fn detach(&self) -> T {
        self.clone()
    }
}
