//! What the runtime has that is called like the user's own.

use super::find;

/// Methods of arrays that are called like those of the user's: they have several results, or a `Result`.
const CALLED: &[&str] =
    &["batch_norm_train", "qr", "eigh", "svd", "try_cholesky", "try_inv", "try_logdet", "try_solve", "try_triangular_solve"];

/// Functions of the runtime that are called like those of the user's.
const FUNCTIONS: &[&str] = &[
    "bce_loss",
    "bce_with_logits_loss",
    "cross_entropy_loss",
    "focal_loss",
    "hinge_loss",
    "huber_loss",
    "kl_div_loss",
    "mae_loss",
    "mse_loss",
    "multi_head_attention",
    "multi_head_attention_masked",
    "nll_loss",
    "weighted_cross_entropy_loss",
];

/// Reductions over several axes: functions with `_axes` and `_keep` behind these names.
const REDUCTIONS: &[&str] = &["logsumexp", "max", "mean", "min", "norm_l1", "norm_l2", "product", "std", "sum", "var"];

/// Whether the runtime has a function or a method of that name.
pub(crate) fn is_of_the_runtime(name: &str) -> bool {
    let without = |suffix| name.strip_suffix(suffix);
    FUNCTIONS.contains(&without("_with").unwrap_or(name))
        || without("_axes").or(without("_keep")).is_some_and(|reduction| REDUCTIONS.contains(&reduction))
        || is_called(name)
        || find(name).is_some()
}

/// Whether arrays have a method of that name that is called like one of the user's.
pub(crate) fn is_called(name: &str) -> bool {
    CALLED.contains(&name)
}
