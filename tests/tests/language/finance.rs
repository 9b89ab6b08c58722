//! Finance: options, bonds, curves, portfolios.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Call,
    Put,
}

/// Black and Scholes: the greeks are the gradient.
#[differentiable(wrt(spot, strike, rate, volatility, time))]
fn black_scholes(spot: f64, strike: f64, rate: f64, volatility: f64, time: f64, kind: Kind) -> f64 {
    let deviation = volatility * time.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * time) / deviation;
    let d2 = d1 - deviation;
    let discount = (-rate * time).exp();
    match kind {
        Kind::Call => spot * normal_cdf(d1) - strike * discount * normal_cdf(d2),
        Kind::Put => strike * discount * normal_cdf(-d2) - spot * normal_cdf(-d1),
    }
}

/// A binomial tree that overwrites one buffer, with early exercise.
#[differentiable(wrt(spot, strike, rate, volatility))]
fn american_put(spot: f64, strike: f64, rate: f64, volatility: f64, steps: usize) -> f64 {
    let dt = 1.0 / steps as f64;
    let up = (volatility * dt.sqrt()).exp();
    let down = 1.0 / up;
    let growth = (rate * dt).exp();
    let p = (growth - down) / (up - down);
    let mut values = vec![0.0; steps + 1];
    for i in 0..=steps {
        let price = spot * up.powi(2 * i as i32 - steps as i32);
        values[i] = (strike - price).max(0.0);
    }
    for step in (0..steps).rev() {
        for i in 0..=step {
            let hold = (p * values[i + 1] + (1.0 - p) * values[i]) / growth;
            let price = spot * up.powi(2 * i as i32 - step as i32);
            let exercise = strike - price;
            values[i] = if exercise > hold { exercise } else { hold };
        }
    }
    values[0]
}

/// Implied volatility: Newton's method around a function that is itself differentiated.
#[differentiable(wrt(price, spot))]
fn implied_volatility(price: f64, spot: f64, strike: f64) -> f64 {
    let mut sigma = 0.3;
    for _ in 0..30 {
        let d1 = (spot / strike).ln() / sigma + 0.5 * sigma;
        let value = spot * normal_cdf(d1) - strike * normal_cdf(d1 - sigma);
        let vega = spot * (-0.5 * d1 * d1).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = (value - price) / vega;
        sigma -= step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    sigma
}

/// The yield of a bond, by Newton's method in a `while`.
#[differentiable(wrt(price, coupons))]
fn bond_yield(price: f64, coupons: &[f64]) -> f64 {
    let mut y: f64 = 0.05;
    let mut error = 1.0;
    while error > 1e-13 {
        let mut value = 0.0;
        let mut slope = 0.0;
        for (i, c) in coupons.iter().enumerate() {
            let t = (i + 1) as f64;
            let discount = (1.0 + y).powf(-t);
            value += c * discount;
            slope -= t * c * discount / (1.0 + y);
        }
        let step = (value - price) / slope;
        y -= step;
        error = step.abs();
    }
    y
}

/// Discount factors from swap rates, one after the other, then a cash flow between the nodes.
#[differentiable(wrt(swaps))]
fn bootstrap(swaps: &[f64], flow_time: f64) -> f64 {
    let mut discounts: Vec<f64> = Vec::new();
    let mut annuity = 0.0;
    for rate in swaps {
        let discount = (1.0 - rate * annuity) / (1.0 + rate);
        annuity += discount;
        discounts.push(discount);
    }
    let node = (flow_time.floor() as usize).min(discounts.len() - 1).max(1);
    let share = flow_time - node as f64;
    let (low, high) = (discounts[node - 1].ln(), discounts[node].ln());
    (low + share * (high - low)).exp()
}

#[derive(Clone, Copy, Differentiable)]
struct Heston {
    kappa: f64,
    theta: f64,
    xi: f64,
    rho: f64,
    v0: f64,
}

/// A path of Heston's model, variance kept positive.
#[differentiable(wrt(model, spot))]
fn asian_call(model: &Heston, spot: f64, strike: f64, shocks: &[(f64, f64)]) -> f64 {
    let dt = 1.0 / shocks.len() as f64;
    let (mut s, mut v) = (spot, model.v0);
    let mut sum = 0.0;
    for &(z1, z2) in shocks {
        let root = v.max(1e-4).sqrt();
        let correlated = model.rho * z1 + (1.0 - model.rho * model.rho).sqrt() * z2;
        s *= ((-0.5 * v) * dt + root * dt.sqrt() * z1).exp();
        v += model.kappa * (model.theta - v) * dt + model.xi * root * dt.sqrt() * correlated;
        sum += s;
    }
    let mean = sum / shocks.len() as f64;
    if mean > strike { mean - strike } else { 0.0 }
}

/// A barrier option along given paths; knocked-out paths end early.
#[differentiable(wrt(spot, volatility))]
fn down_and_out(spot: f64, volatility: f64, barrier: f64, paths: &[Vec<f64>]) -> f64 {
    let mut payoff = 0.0;
    'paths: for path in paths {
        let mut s = spot;
        for z in path {
            s *= (volatility * 0.1 * z).exp();
            if s < barrier {
                continue 'paths;
            }
        }
        payoff += (s - 1.0).max(0.0);
    }
    payoff / paths.len() as f64
}

/// Weights by softmax, risk by a quadratic form, a penalty on turnover.
#[differentiable(wrt(scores, aversion))]
fn portfolio(scores: &Array1<f64>, aversion: f64, covariance: &Array2<f64>, returns: &Array1<f64>, held: &Array1<f64>) -> f64 {
    let weights = scores.softmax(Axis(0));
    let risk = weights.dot(&covariance.dot(&weights));
    let mut turnover = 0.0;
    for (new, old) in weights.iter().zip(held) {
        turnover += ((new - old).powi(2) + 1e-4).sqrt();
    }
    returns.dot(&weights) - 0.5 * aversion * risk - 0.01 * turnover
}

/// Monthly payments: the last one is what is left.
#[differentiable(wrt(principal, rate, payment))]
fn mortgage(principal: f64, rate: f64, payment: f64, months: usize) -> f64 {
    let mut balance = principal;
    let mut interest_paid = 0.0;
    let mut month = 0;
    while balance > 0.0 && month < months {
        let interest = balance * rate / 12.0;
        interest_paid += interest;
        let paid = if balance + interest < payment { balance + interest } else { payment };
        balance += interest - paid;
        month += 1;
    }
    interest_paid + 0.1 * balance
}

/// Hull and White's trinomial idea: two lattices read each other.
#[differentiable(wrt(rates, spread))]
fn callable_bond(rates: &[f64], spread: f64, call_price: f64) -> f64 {
    let n = rates.len();
    let mut lattice = vec![vec![1.0; n + 1]; n + 1];
    for t in (0..n).rev() {
        for i in 0..=t {
            let rate = rates[t] * (spread * (2.0 * i as f64 - t as f64)).exp();
            let mean = 0.5 * (lattice[t + 1][i] + lattice[t + 1][i + 1]);
            let value = 0.04 + mean / (1.0 + rate);
            lattice[t][i] = value.min(call_price);
        }
    }
    lattice[0][0]
}

#[test]
fn options() {
    for kind in [Kind::Call, Kind::Put] {
        agrees!(black_scholes(1.1, 1.0, 0.03, 0.25, 0.8, kind), wrt 5);
    }
    agrees!(american_put(1.0, 1.07, 0.05, 0.3, 9), wrt 4);
    agrees!(implied_volatility(0.17, 1.1, 1.0), wrt 2);
    let heston = Heston { kappa: 1.5, theta: 0.04, xi: 0.3, rho: -0.6, v0: 0.05 };
    agrees!(asian_call(&heston, 1.0, 0.8, &[(0.3, -0.4), (-0.9, 0.2), (0.7, 0.5)]), wrt 2);
    agrees!(down_and_out(1.1, 0.9, 0.95, &[vec![0.3, 0.9], vec![-0.8, -2.0], vec![1.2, 0.4]]), wrt 2);
}

#[test]
fn bonds() {
    agrees!(bond_yield(1.02, &[0.05, 0.05, 0.05, 1.05]), wrt 2);
    agrees!(bootstrap(&[0.02, 0.025, 0.03, 0.032], 2.4));
    agrees!(mortgage(1.0, 0.06, 0.11, 20), wrt 3);
    agrees!(mortgage(1.0, 0.06, 0.03, 20), wrt 3);
    agrees!(callable_bond(&[0.03, 0.035, 0.04], 0.1, 1.03), wrt 2);
}

#[test]
fn portfolios() {
    let root: Array2<f64> = matrix(1, 3, 3);
    agrees!(portfolio(&numbers(2, 3), 2.0, &root.dot(&root.t()), &numbers(3, 3), &array![0.2, 0.3, 0.5]), wrt 2);
}
