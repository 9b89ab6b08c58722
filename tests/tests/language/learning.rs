//! Machine learning: recurrent cells, attention, losses by hand.

use ndarray::prelude::*;
use odyssey_runtime::losses::{Reduction, cross_entropy_loss, huber_loss_with, mse_loss};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Differentiable)]
struct Lstm {
    input: Array2<f64>,
    hidden: Array2<f64>,
    bias: Array1<f64>,
}

/// One step: the four gates are slices of one product.
#[differentiable]
fn lstm_step(cell: &Lstm, x: &Array1<f64>, h: &Array1<f64>, c: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let n = h.len();
    let gates = cell.input.dot(x) + cell.hidden.dot(h) + &cell.bias;
    let i = gates.slice(s![..n]).sigmoid();
    let f = gates.slice(s![n..2 * n]).sigmoid();
    let o = gates.slice(s![2 * n..3 * n]).sigmoid();
    let g = gates.slice(s![3 * n..]).tanh();
    let c = &f * c + &i * &g;
    let h = &o * &c.tanh();
    (h, c)
}

/// A sequence through it, with a readout at every step.
#[differentiable(wrt(cell, readout))]
fn lstm(cell: &Lstm, readout: &Array1<f64>, inputs: &Array2<f64>, targets: &[f64]) -> f64 {
    let n = readout.len();
    let mut h = Array1::zeros(n);
    let mut c = Array1::zeros(n);
    let mut loss = 0.0;
    for (x, target) in inputs.outer_iter().zip(targets) {
        let (new_h, new_c) = lstm_step(cell, &x.to_owned(), &h, &c);
        h = new_h;
        c = new_c;
        let error = readout.dot(&h) - target;
        loss += error * error;
    }
    loss / targets.len() as f64
}

/// The same cell by hand over flat lists.
#[differentiable(wrt(weights))]
fn lstm_by_hand(weights: &[f64], inputs: &[f64], hidden: usize) -> f64 {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut state = vec![0.0; 2 * hidden];
    for &x in inputs {
        let mut next = state.clone();
        for k in 0..hidden {
            let mut gates = [0.0; 4];
            for (g, gate) in gates.iter_mut().enumerate() {
                let base = (g * hidden + k) * 3;
                *gate = weights[base] * x + weights[base + 1] * state[k] + weights[base + 2];
            }
            let cell = sigmoid(gates[0]) * state[hidden + k] + sigmoid(gates[1]) * gates[2].tanh();
            next[hidden + k] = cell;
            next[k] = sigmoid(gates[3]) * cell.tanh();
        }
        state = next;
    }
    state[..hidden].iter().sum()
}

/// Attention by loops, masked by position.
#[differentiable]
fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> f64 {
    let (n, d) = q.dim();
    let mut out = Array2::<f64>::zeros((n, v.ncols()));
    for i in 0..n {
        let mut scores = vec![0.0; i + 1];
        let mut total = 0.0;
        for j in 0..=i {
            let mut score = 0.0;
            for l in 0..d {
                score += q[[i, l]] * k[[j, l]];
            }
            scores[j] = (score / (d as f64).sqrt()).exp();
            total += scores[j];
        }
        for j in 0..=i {
            for l in 0..v.ncols() {
                out[[i, l]] += scores[j] / total * v[[j, l]];
            }
        }
    }
    (&out * &out).sum()
}

/// Batch normalisation from its definition.
#[differentiable(wrt(x, gamma, beta))]
fn batch_norm(x: &Array2<f64>, gamma: &Array1<f64>, beta: &Array1<f64>, weights: &Array2<f64>) -> f64 {
    let n = x.nrows() as f64;
    let mean = x.sum_axis(Axis(0)) / n;
    let centred = x - &mean;
    let variance = (&centred * &centred).sum_axis(Axis(0)) / n;
    let normalised = &centred / &(variance + 1e-5).sqrt();
    let out = normalised * gamma + beta;
    (out * weights).sum()
}

/// A table of embeddings, read by token, with a bigram loss.
#[differentiable(wrt(table, output))]
fn bigrams(table: &Array2<f64>, output: &Array2<f64>, tokens: &[usize]) -> f64 {
    let mut loss = 0.0;
    for pair in tokens.windows(2) {
        let logits = output.dot(&table.row(pair[0]));
        let max = logits.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let total = logits.mapv(|l| (l - max).exp()).sum();
        loss += max + total.ln() - logits[pair[1]];
    }
    loss / (tokens.len() - 1) as f64
}

/// A convolution of images by six loops.
#[differentiable]
fn convolved(image: &Array3<f64>, kernels: &Array4<f64>) -> f64 {
    let (channels, height, width) = image.dim();
    let (filters, _, size, _) = kernels.dim();
    let mut energy = 0.0;
    for f in 0..filters {
        for y in 0..=height - size {
            for x in 0..=width - size {
                let mut sum = 0.0;
                for c in 0..channels {
                    for dy in 0..size {
                        for dx in 0..size {
                            sum += image[[c, y + dy, x + dx]] * kernels[[f, c, dy, dx]];
                        }
                    }
                }
                energy += sum.max(0.0) * (f + 1) as f64;
            }
        }
    }
    energy
}

/// Soft assignments to centres, and the loss of the clustering.
#[differentiable(wrt(centres))]
fn soft_k_means(centres: &[Vec<f64>], points: &[Vec<f64>], sharpness: f64) -> f64 {
    let mut loss = 0.0;
    for point in points {
        let distances: Vec<f64> =
            centres.iter().map(|centre| centre.iter().zip(point).map(|(c, p)| (c - p).powi(2)).sum::<f64>()).collect();
        let total: f64 = distances.iter().map(|d| (-sharpness * d).exp()).sum();
        for d in &distances {
            loss += d * (-sharpness * d).exp() / total;
        }
    }
    loss
}

/// Dropout with a mask that is given, residual blocks, weight decay.
#[differentiable(wrt(blocks))]
fn residual_network(blocks: &[(Array2<f64>, Array1<f64>)], x: &Array2<f64>, masks: &[Array2<f64>]) -> f64 {
    let mut h = x.clone();
    let mut decay = 0.0;
    for ((weights, bias), mask) in blocks.iter().zip(masks) {
        let branch = (h.dot(weights) + bias).relu() * mask;
        h += &branch;
        decay += (weights * weights).sum();
    }
    (&h * &h).mean().unwrap() + 0.01 * decay
}

/// Connectionist temporal classification by its forward recursion, in probabilities.
#[differentiable(wrt(probabilities))]
fn ctc(probabilities: &Array2<f64>, labels: &[usize]) -> f64 {
    let states = 2 * labels.len() + 1;
    let symbol = |s: usize| if s % 2 == 0 { 0 } else { labels[s / 2] };
    let mut alpha = vec![0.0; states];
    alpha[0] = probabilities[[0, 0]];
    alpha[1] = probabilities[[0, symbol(1)]];
    for t in 1..probabilities.nrows() {
        for s in (0..states).rev() {
            let mut sum = alpha[s];
            if s > 0 {
                sum += alpha[s - 1];
            }
            if s > 1 && s % 2 == 1 && symbol(s) != symbol(s - 2) {
                sum += alpha[s - 2];
            }
            alpha[s] = sum * probabilities[[t, symbol(s)]];
        }
    }
    -(alpha[states - 1] + alpha[states - 2]).ln()
}

/// A smooth edit distance over a table that is filled once.
#[differentiable(wrt(a, gap))]
fn soft_alignment(a: &[f64], b: &[f64], gap: f64) -> f64 {
    let mut table = Array2::zeros((a.len() + 1, b.len() + 1));
    for i in 1..=a.len() {
        table[[i, 0]] = gap * i as f64;
    }
    for j in 1..=b.len() {
        table[[0, j]] = gap * j as f64;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = (a[i - 1] - b[j - 1]).powi(2);
            let choices = [table[[i - 1, j]] + gap, table[[i, j - 1]] + gap, table[[i - 1, j - 1]] + cost];
            let sum: f64 = choices.iter().map(|c| (-c).exp()).sum();
            table[[i, j]] = -sum.ln();
        }
    }
    table[[a.len(), b.len()]]
}

/// Losses and functions of parts of arrays.
#[differentiable(wrt(x, y))]
fn losses_of_parts(x: &Array2<f64>, y: &Array1<f64>, labels: &[usize]) -> f64 {
    let first = x.row(0).insert_axis(Axis(0));
    mse_loss(&x.row(1), &y.view())
        + huber_loss_with(&x.column(0), &y.slice(s![..2]), 0.3, Reduction::Sum)
        + cross_entropy_loss(&first, &labels[..1])
        + cross_entropy_loss(&x.slice(s![.., 1..]), &labels)
        + cross_entropy_loss(&y.view().insert_axis(Axis(0)), &[2])
        + softmax(&x.row(0), Axis(0))[1]
}
/// What an attention by hand gives, element by element.
#[differentiable]
fn attended(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut out = Array2::zeros((q.nrows(), k.ncols()));
    for (i, query) in q.outer_iter().enumerate() {
        let scores: Array1<f64> = k.outer_iter().map(|key| query.dot(&key) / (k.ncols() as f64).sqrt()).collect();
        let e = scores.mapv(|s| (s - 1.0).exp());
        out.row_mut(i).assign(&(&e / e.sum()).dot(k));
    }
    out
}
#[differentiable]
fn energy_of_attention(q: &Array2<f64>, k: &Array2<f64>) -> f64 {
    attended(q, k).iter().map(|x| x * x).sum()
}

#[test]
fn recurrent() {
    let cell = Lstm { input: matrix(1, 8, 3), hidden: matrix(2, 8, 2), bias: numbers(3, 8) };
    agrees!(lstm(&cell, &numbers(4, 2), &matrix(5, 4, 3), &[0.3, -0.2, 0.5, 0.1]), wrt 2);
    agrees!(lstm_by_hand(&numbers(6, 24).to_vec(), &[0.3, 0.9, -0.4], 2));
}

#[test]
fn layers() {
    agrees!(causal_attention(&matrix(1, 3, 2), &matrix(2, 3, 2), &matrix(3, 3, 4)), wrt 3);
    agrees!(batch_norm(&matrix(1, 4, 3), &numbers(2, 3), &numbers(3, 3), &matrix(4, 4, 3)), wrt 3);
    let image = matrix(1, 2, 16).into_shape_with_order((2, 4, 4)).unwrap();
    agrees!(convolved(&image, &matrix(2, 4, 9).into_shape_with_order((2, 2, 3, 3)).unwrap()), wrt 2);
    let blocks = [(matrix(1, 3, 3), numbers(2, 3)), (matrix(3, 3, 3), numbers(4, 3))];
    let masks = [0.0, 1.0].map(|keep| Array2::from_shape_fn((2, 3), |(i, j)| if i == j { keep } else { 2.0 }));
    agrees!(residual_network(&blocks, &matrix(5, 2, 3), &masks));
}

#[test]
fn sequences() {
    agrees!(bigrams(&matrix(1, 4, 3), &matrix(2, 4, 3), &[0, 2, 1, 3, 2]), wrt 2);
    agrees!(soft_k_means(&[vec![0.3, 0.9], vec![-0.4, 0.2]], &[vec![0.1, 0.8], vec![-0.2, 0.5], vec![0.6, 0.6]], 1.3));
    let probabilities = matrix::<f64>(1, 5, 3).mapv(|v| 0.4 + 0.3 * v);
    agrees!(ctc(&probabilities, &[1, 2]));
    agrees!(ctc(&probabilities, &[1, 1]));
    agrees!(soft_alignment(&[0.3, 0.9, 0.4], &[0.2, 0.7], 0.5), wrt 2, once);
}

#[test]
fn of_parts() {
    agrees!(losses_of_parts(&matrix(1, 2, 3), &numbers(2, 3), &[1, 0]), wrt 2);
    agrees!(energy_of_attention(&matrix(1, 2, 3), &matrix(2, 4, 3)), wrt 2);
}
