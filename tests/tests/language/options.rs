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
