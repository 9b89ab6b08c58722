//! A gradient into what the caller has for it.

use std::mem::replace;

use super::Workspace;
use crate::tangent::Tangent;

/// A value with its gradient, or a failure.
pub trait WithGradient<G> {
    /// The same without the gradient.
    type Value;

    /// The value, and the gradient, if there is one.
    fn apart(self) -> (Self::Value, Option<G>);
}

impl<V, G> WithGradient<G> for (V, G) {
    type Value = V;

    fn apart(self) -> (V, Option<G>) {
        (self.0, Some(self.1))
    }
}

impl<V, G, E> WithGradient<G> for Result<(V, G), E> {
    type Value = Result<V, E>;

    fn apart(self) -> (Result<V, E>, Option<G>) {
        match self {
            Ok((value, gradient)) => (Ok(value), Some(gradient)),
            Err(error) => (Err(error), None),
        }
    }
}

impl<V, G> WithGradient<G> for Option<(V, G)> {
    type Value = Option<V>;

    fn apart(self) -> (Option<V>, Option<G>) {
        self.unzip()
    }
}

/// Runs `value_and_grad` with the workspace; the gradient takes the place of what is in `gradient`.
pub fn value_and_grad_into<G: Tangent, R: WithGradient<G>>(
    workspace: &mut Workspace,
    gradient: &mut G,
    value_and_grad: impl FnOnce() -> R,
) -> R::Value {
    let _loan = workspace.lend();
    let (value, new) = value_and_grad().apart();
    if let Some(new) = new {
        replace(gradient, new).recycle_tangent();
    }
    value
}

/// Runs `value_and_grad` with the workspace; the gradient is added to what is in `gradient`. Panics, at its caller's, if they are
/// of different shapes.
#[track_caller]
pub fn accumulate_grad_into<G: Tangent, R: WithGradient<G>>(
    workspace: &mut Workspace,
    gradient: &mut G,
    value_and_grad: impl FnOnce() -> R,
) -> R::Value {
    let _loan = workspace.lend();
    let (value, new) = value_and_grad().apart();
    if let Some(new) = new {
        gradient.accumulate(new);
    }
    value
}
