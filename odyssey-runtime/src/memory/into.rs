//! A gradient into what the caller has for it.

use std::mem::replace;

use super::Workspace;
use crate::tangent::Tangent;

/// A value with its gradient, or a failure.
pub trait WithGradient<G> {
    /// The same without the gradient.
    type Value;

    /// Hands the gradient on, if there is one.
    fn hand_on(self, to: impl FnOnce(G)) -> Self::Value;
}

impl<V, G> WithGradient<G> for (V, G) {
    type Value = V;

    fn hand_on(self, to: impl FnOnce(G)) -> V {
        to(self.1);
        self.0
    }
}

impl<V, G, E> WithGradient<G> for Result<(V, G), E> {
    type Value = Result<V, E>;

    fn hand_on(self, to: impl FnOnce(G)) -> Result<V, E> {
        self.map(|both| both.hand_on(to))
    }
}

impl<V, G> WithGradient<G> for Option<(V, G)> {
    type Value = Option<V>;

    fn hand_on(self, to: impl FnOnce(G)) -> Option<V> {
        self.map(|both| both.hand_on(to))
    }
}

/// Runs `value_and_grad` with the workspace; the gradient takes the place of what is in `gradient`.
pub fn value_and_grad_into<G: Tangent, R: WithGradient<G>>(
    workspace: &mut Workspace,
    gradient: &mut G,
    value_and_grad: impl FnOnce() -> R,
) -> R::Value {
    workspace.lend(|| value_and_grad().hand_on(|new| replace(gradient, new).recycle_tangent()))
}

/// Runs `value_and_grad` with the workspace; the gradient is added to what is in `gradient`.
#[track_caller]
pub fn accumulate_grad_into<G: Tangent, R: WithGradient<G>>(
    workspace: &mut Workspace,
    gradient: &mut G,
    value_and_grad: impl FnOnce() -> R,
) -> R::Value {
    workspace.lend(|| value_and_grad().hand_on(|new| gradient.accumulate(new)))
}
