//! Statistics: likelihoods and filters as people write them.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// The log-likelihood of a local level and trend, by Kalman's filter with two-by-two matrices written out.
#[differentiable(wrt(level_noise, trend_noise, noise))]
fn kalman(level_noise: f64, trend_noise: f64, noise: f64, series: &[f64]) -> f64 {
    let (mut level, mut trend) = (series[0], 0.0);
    let mut p = [[1.0, 0.0], [0.0, 1.0]];
    let mut log_likelihood = 0.0;
    for &y in &series[1..] {
        level += trend;
        let p00 = p[0][0] + p[0][1] + p[1][0] + p[1][1] + level_noise;
        let p01 = p[0][1] + p[1][1];
        let p10 = p[1][0] + p[1][1];
        let p11 = p[1][1] + trend_noise;
        let innovation = y - level;
        let s = p00 + noise;
        let (k0, k1) = (p00 / s, p10 / s);
        level += k0 * innovation;
        trend += k1 * innovation;
        p[0][0] = (1.0 - k0) * p00;
        p[0][1] = (1.0 - k0) * p01;
        p[1][0] = p10 - k1 * p00;
        p[1][1] = p11 - k1 * p01;
        log_likelihood -= 0.5 * (s.ln() + innovation * innovation / s + (2.0 * std::f64::consts::PI).ln());
    }
    log_likelihood
}

/// The forward algorithm of a hidden Markov model, scaled at each step.
#[differentiable(wrt(initial, transition, emission))]
fn hidden_markov(initial: &[f64], transition: &[Vec<f64>], emission: &[Vec<f64>], observed: &[usize]) -> f64 {
    let n = initial.len();
    let mut alpha = vec![0.0; n];
    let mut log_likelihood = 0.0;
    for (t, &symbol) in observed.iter().enumerate() {
        let mut next = vec![0.0; n];
        let mut scale = 0.0;
        for j in 0..n {
            let prior = if t == 0 {
                initial[j]
            } else {
                let mut sum = 0.0;
                for i in 0..n {
                    sum += alpha[i] * transition[i][j];
                }
                sum
            };
            next[j] = prior * emission[j][symbol];
            scale += next[j];
        }
        for value in next.iter_mut() {
            *value /= scale;
        }
        log_likelihood += scale.ln();
        alpha = next;
    }
    log_likelihood
}

#[differentiable]
fn log_sum_exp(x: &[f64]) -> f64 {
    let mut max = f64::NEG_INFINITY;
    for &v in x {
        if v > max {
            max = v;
        }
    }
    let mut sum = 0.0;
    for &v in x {
        sum += (v - max).exp();
    }
    max + sum.ln()
}

/// A Gaussian mixture: means, and triangular factors of the precisions with logarithmic diagonals, packed into one list
/// that a cursor walks through.
#[differentiable(wrt(weights, means, factors))]
fn gaussian_mixture(weights: &[f64], means: &[f64], factors: &[f64], points: &[Vec<f64>]) -> f64 {
    let components = weights.len();
    let d = points[0].len();
    let normaliser = log_sum_exp(weights);
    let mut total = 0.0;
    for point in points {
        let mut terms = vec![0.0; components];
        let mut cursor = 0;
        for k in 0..components {
            let mut log_det = 0.0;
            let mut quadratic = 0.0;
            for i in 0..d {
                let mut z = 0.0;
                for j in 0..=i {
                    let entry = factors[cursor];
                    cursor += 1;
                    let centred = point[j] - means[k * d + j];
                    if i == j {
                        log_det += entry;
                        z += entry.exp() * centred;
                    } else {
                        z += entry * centred;
                    }
                }
                quadratic += z * z;
            }
            terms[k] = weights[k] - normaliser + log_det - 0.5 * quadratic;
        }
        total += log_sum_exp(&terms);
    }
    total
}

/// Logistic regression with a ridge.
#[differentiable(wrt(beta, ridge))]
fn logistic(beta: &[f64], ridge: f64, features: &[Vec<f64>], labels: &[bool]) -> f64 {
    let mut loss = 0.0;
    for (row, label) in features.iter().zip(labels) {
        let score: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
        let margin = if *label { score } else { -score };
        loss += if margin > 0.0 { (-margin).exp().ln_1p() } else { margin.exp().ln_1p() - margin };
    }
    loss + ridge * beta.iter().map(|b| b * b).sum::<f64>()
}

/// A GARCH(1, 1) likelihood.
#[differentiable(wrt(omega, alpha, beta))]
fn garch(omega: f64, alpha: f64, beta: f64, returns: &[f64]) -> f64 {
    let mut variance = omega / (1.0 - alpha - beta);
    let mut sum = 0.0;
    for r in returns {
        sum += variance.ln() + r * r / variance;
        variance = omega + alpha * r * r + beta * variance;
    }
    0.5 * sum
}

/// Cox's partial likelihood: the risk set shrinks.
#[differentiable(wrt(beta))]
fn cox(beta: &Array1<f64>, covariates: &Array2<f64>, event: &[bool]) -> f64 {
    let scores = covariates.dot(beta);
    let mut log_likelihood = 0.0;
    let mut risk = 0.0;
    for i in (0..event.len()).rev() {
        risk += scores[i].exp();
        if event[i] {
            log_likelihood += scores[i] - risk.ln();
        }
    }
    log_likelihood
}

/// The marginal likelihood of a Gaussian process, with the factor by hand.
#[differentiable(wrt(amplitude, length, noise))]
fn gaussian_process(amplitude: f64, length: f64, noise: f64, x: &[f64], y: &[f64]) -> f64 {
    let n = x.len();
    let mut l = vec![vec![0.0; n]; n];
    let mut z = vec![0.0; n];
    let mut result = 0.0;
    for i in 0..n {
        for j in 0..=i {
            let r = (x[i] - x[j]) / length;
            let mut k = amplitude * amplitude * (-0.5 * r * r).exp();
            if i == j {
                k += noise * noise;
            }
            for m in 0..j {
                k -= l[i][m] * l[j][m];
            }
            l[i][j] = if i == j { k.sqrt() } else { k / l[j][j] };
        }
        let mut v = y[i];
        for m in 0..i {
            v -= l[i][m] * z[m];
        }
        z[i] = v / l[i][i];
        result -= 0.5 * z[i] * z[i] + l[i][i].ln();
    }
    result
}

/// Negative binomial counts.
#[differentiable(wrt(mean, dispersion))]
fn negative_binomial(mean: f64, dispersion: f64, counts: &[u32]) -> f64 {
    let r = 1.0 / dispersion;
    let p = r / (r + mean);
    let mut sum = 0.0;
    for &count in counts {
        let k = count as f64;
        sum += lgamma(k + r) - lgamma(k + 1.0) - lgamma(r) + r * p.ln() + k * (1.0 - p).ln();
    }
    sum
}

/// Expectation and maximisation, unrolled, for two means.
#[differentiable(wrt(start))]
fn expectation_maximisation(start: [f64; 2], data: &[f64], rounds: usize) -> f64 {
    let [mut a, mut b] = start;
    for _ in 0..rounds {
        let (mut wa, mut wb, mut sa, mut sb) = (0.0, 0.0, 0.0, 0.0);
        for x in data {
            let (pa, pb) = ((-(x - a).powi(2)).exp(), (-(x - b).powi(2)).exp());
            let share = pa / (pa + pb);
            wa += share;
            wb += 1.0 - share;
            sa += share * x;
            sb += (1.0 - share) * x;
        }
        a = sa / wa;
        b = sb / wb;
    }
    a * b + a
}

#[test]
fn filters() {
    let series = [1.0, 1.4, 0.9, 1.3, 1.7, 1.1];
    agrees!(kalman(0.3, 0.1, 0.5, &series), wrt 3);
    let rows = |rows: &[[f64; 2]]| rows.iter().map(|r| r.to_vec()).collect::<Vec<_>>();
    let transition = rows(&[[0.7, 0.3], [0.4, 0.6]]);
    agrees!(hidden_markov(&[0.6, 0.4], &transition, &rows(&[[0.9, 0.1], [0.2, 0.8]]), &[0, 1, 1, 0, 1]), wrt 3);
    agrees!(garch(0.1, 0.2, 0.6, &series), wrt 3);
}

#[test]
fn mixtures() {
    let factors = [0.1, 0.3, -0.2, 0.2, -0.4, 0.3];
    let points = [vec![0.3, 0.9], vec![-0.4, 0.2], vec![0.8, -0.6]];
    agrees!(gaussian_mixture(&[0.3, -0.2], &[0.1, 0.2, -0.3, 0.5], &factors, &points), wrt 3);
    agrees!(expectation_maximisation([-0.5, 1.2], &[0.1, -0.9, 1.3, 0.7], 3));
}

#[test]
fn regressions() {
    let rows = [vec![0.3, 0.9], vec![-0.4, 0.2], vec![0.8, -0.6]];
    agrees!(logistic(&[0.7, -0.4], 0.1, &rows, &[true, false, true]), wrt 2);
    agrees!(cox(&numbers(1, 2), &matrix(2, 4, 2), &[true, false, true, true]));
    agrees!(gaussian_process(1.2, 0.7, 0.3, &[0.1, 0.5, 0.9, 1.4], &[0.3, -0.2, 0.4, 0.6]), wrt 3);
    agrees!(negative_binomial(2.3, 0.4, &[0, 3, 1, 5]), wrt 2);
}
