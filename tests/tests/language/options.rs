//! What is in an `Option` without taking it out, and what is lent in one.

use ndarray::{Array1, Array2, ArrayView2, Axis, array};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Debug, Differentiable)]
struct Linear {
    weight: Array2<f64>,
    bias: Option<Array1<f64>>,
    scale: Option<f64>,
    list: Option<Vec<f64>>,
}

#[differentiable]
fn looked_at(layer: &Linear, x: &Array2<f64>) -> f64 {
    let Some(bias) = layer.bias.as_ref() else { return x.sum() };
    let mut y = match layer.bias.as_ref() {
        Some(bias) => x.dot(&layer.weight) + bias,
        None => x.dot(&layer.weight),
    };
    if let Some(list) = layer.list.as_deref() {
        y *= list.iter().sum::<f64>();
    }
    let sum = layer.bias.as_ref().map_or(1.0, |bias| bias.sum());
    y.tanh().sum() * sum * *layer.scale.as_ref().unwrap() + layer.bias.as_ref().unwrap().dot(bias)
}

/// Views and references are lent, also where nobody writes their lifetimes.
#[differentiable]
fn lent(x: &Array2<f64>, bias: Option<&Array1<f64>>, mask: Option<ArrayView2<f64>>, k: Option<&f64>) -> f64 {
    let y = match bias {
        Some(bias) => x + bias,
        None => x.clone(),
    };
    let y = if let Some(mask) = mask { y * mask } else { y };
    y.mapv(|v| v * v).sum() * k.map_or(1.0, |k| k * k)
}

/// Of nothing there is no mean.
#[differentiable]
fn averaged(x: &Array2<f64>, k: f64) -> f64 {
    let rows = x.mean_axis(Axis(1)).unwrap_or_else(|| Array1::from_elem(2, k * k));
    let filled = Array2::from_elem((2, 3), k.sin());
    rows.mapv(f64::exp).sum() + (&filled * &filled).sum() + (x * k).mean().unwrap_or(k.sin()) + x.mean().unwrap_or_default()
}

#[differentiable]
fn root(x: f64) -> Option<Linear> {
    if x < 0.0 {
        return None;
    }
    Some(Linear { weight: Array2::from_elem((2, 2), x), bias: None, scale: Some(x.sqrt()), list: None })
}

#[differentiable]
fn mapped(x: f64, k: f64) -> f64 {
    let sum = root(x).map(|layer| layer.weight.sum() * k).unwrap_or(k.sin());
    sum * root(-x).map(|layer| layer.weight.sum()).unwrap_or(k)
}

#[differentiable]
fn positive(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.ln()) } else { None }
}
/// One instead of another, and one that passes a test.
#[differentiable]
fn alternatives(a: Option<f64>, b: Option<f64>, x: f64) -> f64 {
    let both = a.zip(b).map(|(a, b)| a * b).unwrap_or(0.0);
    let first = a.or(b).unwrap_or(1.0) * a.or_else(|| Some(x * x)).unwrap();
    let tested = a.filter(|v| *v > 0.25).unwrap_or(x) + Some(x * 2.0).filter(|&v| v > 0.5).map_or(1.0, |v| v * v);
    let asked = (x > 0.1).then_some(x * 3.0).unwrap_or(0.0) + (x > 0.1).then(|| x * x).unwrap_or(0.0);
    let of_calls = positive(x).and_then(|v| positive(v * v)).unwrap_or(0.0)
        + positive(x).filter(|v| *v > -1.0).unwrap_or(1.0) * positive(x - 0.1).or(positive(x)).unwrap_or(1.0);
    let nested = Some(a).flatten().map_or_else(|| x, |v| v * x);
    both + first + tested + asked + of_calls + nested
}
/// The least and the greatest, which are not there at first.
#[differentiable]
fn extremes(x: &[f64], k: f64) -> f64 {
    let mut greatest: Option<f64> = None;
    let mut least: Option<(usize, f64)> = None;
    for (i, v) in x.iter().enumerate() {
        if greatest.is_none_or(|g| *v > g) {
            greatest = Some(*v);
        }
        if least.map_or(true, |(_, l)| *v < l) {
            least = Some((i, v * k));
        }
    }
    greatest.unwrap() * k + least.unwrap().1
}

#[test]
fn options() {
    let (x, bias, mask) = (array![[0.3, -0.7], [0.9, 0.4]], array![0.2, 0.6], array![[1.0, 0.5], [0.0, 2.0]]);
    let layer = Linear {
        weight: array![[0.1, 0.4], [-0.3, 0.8]],
        bias: Some(bias.clone()),
        scale: Some(1.7),
        list: Some(vec![0.3, 0.8]),
    };
    agrees!(looked_at(&layer, &x), wrt 2);
    agrees!(looked_at(&Linear { bias: None, ..layer.clone() }, &x), wrt 2);
    agrees!(averaged(&x, 0.7), wrt 2);
    agrees!(mapped(0.7, 0.4), wrt 2);
    agrees!(mapped(-0.7, 0.4), wrt 2);
    agrees!(averaged(&Array2::zeros((2, 0)), 0.7), wrt 2);
    let (plain, (_, d_bias, d_mask, d_k)) = lent::value_and_grad(&x, Some(&bias), Some(mask.view()), Some(&0.7));
    let of_mask = |mask: &mut Array2<f64>| lent(&x, Some(&bias), Some(mask.view()), Some(&0.7));
    odyssey_runtime::check::copied_argument("mask", &mask, of_mask, &d_mask.unwrap()).unwrap();
    let of_bias = |bias: &mut Array1<f64>| lent(&x, Some(bias), Some(mask.view()), Some(&0.7));
    odyssey_runtime::check::copied_argument("bias", &bias, of_bias, &d_bias.unwrap()).unwrap();
    assert!((d_k.unwrap() - plain * 2.0 / 0.7).abs() < 1e-12);
}

#[test]
fn methods_with_another() {
    agrees!(alternatives(Some(0.3), Some(0.7), 0.2), wrt 3);
    agrees!(alternatives(Some(0.1), None::<f64>, 0.3), wrt 3);
    agrees!(alternatives(None::<f64>, Some(0.7), 0.05), wrt 3);
    agrees!(extremes(&[0.7, 0.1, 0.9], 0.3), wrt 2);
}
