//! Dual numbers: functions and the rules of operations over them, against central differences.

mod functions;
mod numbers;
mod reading;
mod rules;
mod second;

/// The step of central differences.
const STEP: f64 = 1e-5;

/// Panics unless two lists of numbers agree.
#[track_caller]
fn agree(name: &str, dual: &[f64], differences: &[f64]) {
    assert_eq!(dual.len(), differences.len(), "{name}");
    for (i, (dual, difference)) in dual.iter().zip(differences).enumerate() {
        let scale = 1.0 + dual.abs().max(difference.abs());
        assert!((dual - difference).abs() <= 1e-6 * scale, "{name}: number {i} is {dual}, by differences {difference}");
    }
}
