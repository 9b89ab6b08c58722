//! What settings may be.

/// `value`, if it is finite and not negative.
#[track_caller]
pub(super) fn not_negative(name: &str, value: f64) -> f64 {
    assert!(value.is_finite() && value >= 0.0, "{name} of {value}: it must be finite and not negative");
    value
}

/// `value`, if it is finite and positive.
#[track_caller]
pub(super) fn positive(name: &str, value: f64) -> f64 {
    assert!(value.is_finite() && value > 0.0, "{name} of {value}: it must be finite and positive");
    value
}

/// `value`, if it is the share of the past in a running mean.
#[track_caller]
pub(super) fn share(name: &str, value: f64) -> f64 {
    assert!((0.0..1.0).contains(&value), "{name} of {value}: it must be at least 0 and less than 1");
    value
}

#[track_caller]
pub(super) fn learning_rate(lr: f64) -> f64 {
    not_negative("a learning rate", lr)
}

#[track_caller]
pub(super) fn weight_decay(decay: f64) -> f64 {
    not_negative("a weight decay", decay)
}
