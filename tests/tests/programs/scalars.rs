//! Formulas over single numbers.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable]
fn quadratic(x: f64) -> f64 {
    let a = 2.0 * x;
    let b = a * a - 3.0 * x + 1.0;
    b / 2.0
}

#[differentiable]
fn shadowing(x: f64, y: f64) -> f64 {
    let x = x * y;
    let x = x + x.sin();
    let y = y - x;
    let x = {
        let x = x * 2.0;
        let y = x + y;
        y * y
    };
    x + y
}

/// Kepler's equation by Newton steps that a person wrote out.
#[differentiable]
fn kepler(mean_anomaly: f64, eccentricity: f64) -> f64 {
    let mut e = mean_anomaly;
    e -= (e - eccentricity * e.sin() - mean_anomaly) / (1.0 - eccentricity * e.cos());
    e -= (e - eccentricity * e.sin() - mean_anomaly) / (1.0 - eccentricity * e.cos());
    e
}

#[differentiable]
fn compound(x: f64, y: f64) -> f64 {
    let mut total = 1.0;
    total += x;
    total *= y;
    total -= x * y;
    total /= 2.0 + y * y;
    total += total;
    -total
}

/// The distance on a sphere.
#[differentiable]
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    const RADIUS: f64 = 6.371;
    let (p1, p2) = (lat1.to_radians(), lat2.to_radians());
    let half_lat = ((p2 - p1) / 2.0).sin().powi(2);
    let half_lon = ((lon2 - lon1).to_radians() / 2.0).sin().powi(2);
    let h = half_lat + p1.cos() * p2.cos() * half_lon;
    2.0 * RADIUS * h.sqrt().asin()
}

/// Black and Scholes' price of a call.
#[differentiable(wrt(spot, volatility, rate))]
fn call_price(spot: f64, strike: f64, volatility: f64, rate: f64, years: f64) -> f64 {
    let root = volatility * years.sqrt();
    let d1 = ((spot / strike).ln() + (rate + volatility.powi(2) / 2.0) * years) / root;
    let d2 = d1 - root;
    let discount = (-rate * years).exp();
    let phi = |d: f64| d;
    let _ = phi(1.0);
    let n1 = 1.0 / (1.0 + (-1.702 * d1).exp());
    let n2 = 1.0 / (1.0 + (-1.702 * d2).exp());
    spot * n1 - strike * discount * n2
}

#[differentiable]
fn powers(x: f64, p: f64) -> f64 {
    let n = 3;
    x.powf(p) + x.powi(n) - x.powi(-2) + p.powf(2.5) + x.hypot(p) + x.atan2(p) + (x / p).mul_add(2.0, 1.0)
}

#[differentiable]
fn unused(x: f64, _y: f64, scale: usize) -> f64 {
    let _z = x * 2.0;
    let n = scale + 1;
    x * n as f64
}

#[differentiable]
#[allow(clippy::needless_return)]
fn returns(x: f64) -> f64 {
    let y = x.exp();
    return y * x;
}

/// The value of the argument is overwritten.
#[differentiable]
fn overwritten(mut x: f64, y: f64) -> f64 {
    x = x * x + y;
    x = x.cos();
    x * y
}

#[differentiable]
fn minimum_and_clamp(x: f64, y: f64) -> f64 {
    let low = x.min(y);
    let high = x.max(y).clamp(-1.0, 0.8);
    low.abs() + 3.0 * high + f64::tanh(x) + f64::max(x, 0.1 * y) + x.recip()
}

#[differentiable]
fn conversions(x: f64, small: f32) -> f64 {
    let wide = small as f64;
    let narrow = x as f32;
    wide * x + (narrow * small) as f64
}

#[test]
fn formulas() {
    agrees!(quadratic(0.7));
    agrees!(shadowing(0.3, -1.2), wrt 2);
    agrees!(kepler(0.9, 0.4), wrt 2);
    agrees!(compound(1.4, 0.3), wrt 2);
    agrees!(haversine(48.1, 11.6, 52.5, 13.4), wrt 4);
    agrees!(call_price(100.0, 95.0, 0.2, 0.03, 1.5), wrt 3, once);
    agrees!(powers(1.3, 0.7), wrt 2);
    agrees!(unused(0.4, 1.0, 2), wrt 2);
    agrees!(returns(0.6));
    agrees!(overwritten(0.6, 0.9), wrt 2);
    agrees!(minimum_and_clamp(0.4, 0.6), wrt 2);
    agrees!(minimum_and_clamp(0.4, 1.6), wrt 2);
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn known_derivatives() {
    assert!((quadratic::grad(0.7) - (4.0 * 0.7 - 1.5)).abs() < 1e-14);
    assert_eq!(unused::grad(0.4, 1.0, 2), (3.0, 0.0));
    assert!((returns::grad(0.6) - 0.6_f64.exp() * 1.6).abs() < 1e-14);
}

#[test]
fn a_cast_has_the_derivative_one() {
    let (value, (dx, dsmall)) = conversions::value_and_grad(0.5, 0.25);
    assert!((value - 0.25).abs() < 1e-12);
    assert!((dx - 0.5).abs() < 1e-12 && (dsmall - 1.0).abs() < 1e-6);
}
