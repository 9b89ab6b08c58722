//! Data that is not differentiated, of which the function borrows parts: rows, views, slices, entries of maps.

use std::collections::HashMap;

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

struct Samples {
    inputs: Array2<f64>,
    groups: Vec<Vec<usize>>,
}

impl Samples {
    fn group(&self, number: usize) -> &[usize] {
        &self.groups[number]
    }

    fn input(&self, number: usize) -> ArrayView1<'_, f64> {
        self.inputs.row(number)
    }

    fn largest(&self) -> Option<&Vec<usize>> {
        self.groups.iter().max_by_key(|group| group.len())
    }
}

/// What methods lend of which the compiler knows nothing: a slice, a view, an option; and a list of references.
#[differentiable(wrt(w))]
fn of_methods(w: &Array1<f64>, samples: &Samples, weights: &[f64]) -> f64 {
    let first = samples.input(0);
    let mut sum = (w * &first).sum().exp();
    for number in 0..samples.groups.len() {
        let group = samples.group(number);
        let Some(&last) = group.last() else { continue };
        let input = samples.input(last);
        sum = (sum * w[group[0]]).sin() + (&input - w).powi(2).sum() * group.len() as f64;
        for &i in group {
            sum *= 1.0 + w[i] * input[i];
        }
        let ordered: Vec<&f64> = weights.iter().collect();
        sum += (w[0] * ordered[number]).sin();
        if let Some(largest) = samples.largest() {
            sum *= w[largest[0]].cos();
        }
    }
    let rest = samples.group(0);
    sum * w[rest[1]]
}

#[differentiable(wrt(w))]
fn rows(w: &Array1<f64>, data: &Array2<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..data.nrows() {
        let row = data.row(i);
        sum += (w - &row).powi(2).sum() + (&data.row(i) - w).exp().sum();
        sum += data.row(i).dot(w).sin() * w.dot(&data.slice(s![i, ..])) * data.index_axis(Axis(0), i).dot(w);
    }
    sum
}

#[differentiable(wrt(w))]
fn views(w: &Array1<f64>, data: &Array2<f64>) -> f64 {
    let (view, turned, diagonal) = (data.view(), data.t(), data.diag());
    let (left, right) = data.view().split_at(Axis(1), 1);
    view.dot(w).exp().sum() + turned.dot(w).sin().sum() + (&diagonal * w).tanh().sum() + left.sum() * w[0].exp()
        - (&right * &w.slice(s![1..])).exp().sum()
}

#[differentiable(wrt(centers))]
fn distances(centers: &Array2<f64>, data: &Array2<f64>) -> f64 {
    let squares =
        Array2::from_shape_fn((data.nrows(), centers.nrows()), |(i, k)| (&data.row(i) - &centers.row(k)).mapv(|v| v * v).sum());
    (-squares).exp().sum()
}

#[differentiable(wrt(w))]
fn of_a_struct(w: &Array1<f64>, samples: &Samples) -> f64 {
    let mut sum = 0.0;
    for group in &samples.groups {
        for &i in group {
            sum += samples.inputs.row(i).dot(w).exp() * w.dot(&samples.inputs.row(i));
        }
    }
    sum
}

#[differentiable(wrt(x))]
fn markov(x: &Array1<f64>, observed: &[usize], names: &str) -> f64 {
    let Some((&first, rest)) = observed.split_first() else { return x.sum() };
    let (before, after) = observed.split_at(1);
    let name = names.trim();
    let mut alpha = x[first].exp() * x[before.len()];
    for &o in rest {
        alpha = (alpha * x[o]).sin() + x[after.len() - 1] * x[name.len()].cos();
    }
    alpha
}

#[allow(clippy::manual_let_else, reason = "both ways to say it")]
#[differentiable(wrt(w))]
fn entries(w: &Array1<f64>, table: &HashMap<String, Vec<f64>>, names: &[String]) -> f64 {
    let mut sum = 0.0;
    for name in names {
        let known = table.get(name).unwrap();
        let Some(again) = table.get(name) else { continue };
        let chosen = match table.get(name) {
            Some(values) => values,
            None => continue,
        };
        let latest = known.iter().enumerate().skip(1);
        sum += (w[0] * known[0]).exp() * again[1] + (w[1] * chosen[2]).sin();
        for (k, v) in latest {
            sum *= (w[k] * v).cos();
        }
    }
    sum
}

#[test]
fn arrays() {
    let (w, data) = (numbers(1, 3), matrix(2, 3, 3));
    agrees!(rows(&w, &data));
    agrees!(views(&w, &data));
    agrees!(distances(&matrix(3, 2, 3), &data));
    let samples = Samples { inputs: data.clone(), groups: vec![vec![0, 2], vec![], vec![1]] };
    agrees!(of_a_struct(&w, &samples));
    agrees!(of_methods(&w, &samples, &[0.3, 0.8, 0.4]));
}

#[test]
fn lists() {
    let w = numbers(1, 3);
    agrees!(markov(&w, &[1, 0, 2], " n "));
    agrees!(markov(&w, &[], ""));
    let table = HashMap::from([("a".to_string(), vec![0.3, 0.9, 0.5]), ("b".to_string(), vec![0.8, 0.2, 0.4])]);
    agrees!(entries(&w, &table, &["a".to_string(), "c".to_string(), "b".to_string()][..1]));
    agrees!(entries(&w, &table, &["a".to_string(), "b".to_string()]));
}
