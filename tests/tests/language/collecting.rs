//! Items collected into what the type beside them says: that of a variable, of the result, of what is returned early.

use ndarray::{Array1, array};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable]
fn scaled(xs: &[f64], k: f64) -> Array1<f64> {
    xs.iter().map(|x| x * k).collect()
}
#[differentiable]
fn of_two_results(xs: &[f64], k: f64) -> (Array1<f64>, f64) {
    if k > 1.0 {
        return (xs.iter().map(|x| x * k).collect(), k);
    }
    (xs.iter().map(|x| x * k * k).collect(), 2.0 * k)
}
#[differentiable]
fn one_way_or_another(xs: &[f64], k: f64) -> Result<Array1<f64>, String> {
    if k > 2.0 {
        return Err("too much".into());
    }
    let y: Array1<f64> = match xs.len() {
        2 => xs.iter().map(|x| x + k).collect(),
        _ => scaled(xs, k),
    };
    Ok(if k > 1.0 { xs.iter().zip(&y).map(|(x, y)| x * y).collect() } else { y })
}
#[differentiable]
fn rows(xs: &[f64], k: f64) -> Vec<Array1<f64>> {
    (0..3).map(|i| xs.iter().map(|x| x * k.powi(i)).collect()).collect()
}
#[differentiable]
fn again(xs: &[f64], k: f64) -> f64 {
    let mut y = Array1::zeros(xs.len());
    for x in xs {
        y = y.iter().map(|y| y * k + x).collect();
    }
    let doubled = |y: &Array1<f64>| -> Array1<f64> { y.iter().map(|y| y * k).collect() };
    y.dot(&doubled(&y))
}
#[differentiable]
fn all(xs: &[f64], k: f64) -> f64 {
    let y = scaled(xs, k);
    let (z, c) = of_two_results(xs, k);
    let u = one_way_or_another(xs, k).unwrap();
    let r = rows(xs, k);
    y.dot(&z) * c + u.dot(&y) + r[2].dot(&r[1]) + again(xs, k)
}

#[test]
fn gradients_agree() {
    assert_eq!(scaled(&[1.0, 2.0], 3.0), array![3.0, 6.0]);
    for k in [0.7, 1.3] {
        agrees!(all(&[0.3, 1.2], k), wrt 2);
        agrees!(all(&[0.3, 1.2, -0.4], k), wrt 2);
    }
}
