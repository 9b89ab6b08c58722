//! Lists, windows, stacks and matrices as people write them.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// Bodies that attract each other.
#[derive(Clone, Copy, Differentiable)]
struct Particle {
    pos: [f64; 2],
    vel: [f64; 2],
    mass: f64,
}
#[differentiable]
fn energy(ps: &[Particle], g: f64) -> f64 {
    let kinetic: f64 = ps.iter().map(|p| 0.5 * p.mass * (p.vel[0] * p.vel[0] + p.vel[1] * p.vel[1])).sum();
    let mut potential = 0.0;
    for (i, a) in ps.iter().enumerate() {
        for b in &ps[i + 1..] {
            let d = ((a.pos[0] - b.pos[0]).powi(2) + (a.pos[1] - b.pos[1]).powi(2)).sqrt();
            potential -= g * a.mass * b.mass / d;
        }
    }
    kinetic + potential
}
#[differentiable]
fn simulate(ps: &[Particle], g: f64, dt: f64, steps: usize) -> f64 {
    let mut ps = ps.to_vec();
    let n = ps.len();
    for _ in 0..steps {
        let mut forces = vec![[0.0; 2]; n];
        for i in 0..n {
            for j in 0..n {
                if i == j {
                    continue;
                }
                let dx = ps[j].pos[0] - ps[i].pos[0];
                let dy = ps[j].pos[1] - ps[i].pos[1];
                let r2 = dx * dx + dy * dy + 0.01;
                let f = g * ps[i].mass * ps[j].mass / (r2 * r2.sqrt());
                forces[i][0] += f * dx;
                forces[i][1] += f * dy;
            }
        }
        for (p, f) in ps.iter_mut().zip(&forces) {
            for k in 0..2 {
                p.vel[k] += dt * f[k] / p.mass;
                p.pos[k] += dt * p.vel[k];
            }
        }
    }
    energy(&ps, g)
}
/// A calculator in reverse Polish notation.
#[differentiable(wrt(vars))]
fn rpn(text: &str, vars: &[f64]) -> f64 {
    let mut stack: Vec<f64> = vec![];
    for token in text.split_whitespace() {
        let value = match token {
            "+" => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                a + b
            }
            "*" => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                a * b
            }
            "neg" => -stack.pop().expect("one"),
            t if t.starts_with('x') => vars[t[1..].parse::<usize>().unwrap()],
            t => t.parse::<f64>().unwrap(),
        };
        stack.push(value);
    }
    stack.pop().unwrap_or(0.0)
}
/// A smoothed series, and how rough it is.
#[differentiable]
fn smoother(x: &[f64], k: &[f64]) -> f64 {
    let half = k.len() / 2;
    let smooth: Vec<f64> = (0..x.len())
        .map(|i| {
            let lo = i.saturating_sub(half);
            let hi = (i + half + 1).min(x.len());
            let mut s = 0.0;
            for j in lo..hi {
                s += x[j] * k[j + half - i];
            }
            s
        })
        .collect();
    let tv: f64 = smooth.windows(2).map(|w| (w[1] - w[0]).abs()).sum();
    let alt: f64 = smooth.iter().rev().step_by(2).zip(x.iter().skip(1)).map(|(a, b)| a * b).sum();
    tv + alt + smooth.iter().cloned().fold(f64::NEG_INFINITY, f64::max)
}
/// Products of polynomials.
#[differentiable]
fn multiply(polys: &[Vec<f64>], at: f64) -> f64 {
    let mut acc = vec![1.0];
    for p in polys {
        let mut next = vec![0.0; acc.len() + p.len() - 1];
        for (i, a) in acc.iter().enumerate() {
            for (j, b) in p.iter().enumerate() {
                next[i + j] += a * b;
            }
        }
        acc = next;
    }
    acc.iter().rev().fold(0.0, |s, c| s * at + c)
}

#[test]
fn lists() {
    let p = |a, b, c, d, m| Particle { pos: [a, b], vel: [c, d], mass: m };
    let ps = [p(0.0, 0.1, 0.2, -0.1, 1.0), p(1.0, 0.3, -0.2, 0.4, 2.0), p(-0.5, 0.9, 0.0, 0.1, 0.7)];
    agrees!(energy(&ps, 0.8), wrt 2);
    agrees!(simulate(&ps, 0.8, 0.05, 4), wrt 3);
    agrees!(rpn("x0 x1 * 2 + x0 neg * x2 +", &[0.3, 0.7, 1.1]), wrt 1 behind 1);
    agrees!(rpn("", &[0.3]), wrt 1 behind 1);
    agrees!(smoother(&[0.3, 0.7, -0.2, 0.5, 0.9], &[0.2, 0.5, 0.3]), wrt 2);
    agrees!(multiply(&[vec![0.3, 0.7], vec![0.2, -0.4, 0.5]], 0.6), wrt 2);
}

/// A network of layers of all kinds.
#[derive(Clone, Differentiable)]
enum Layer {
    Linear { w: Array2<f64>, b: Array1<f64> },
    Relu,
    Scale(f64),
    Dropout { keep: f64 },
}
#[derive(Clone, Differentiable)]
struct Net {
    layers: Vec<Layer>,
    temperature: f64,
}
#[differentiable]
impl Net {
    fn forward(&self, x: &Array1<f64>) -> Array1<f64> {
        let mut h = x.to_owned();
        for layer in &self.layers {
            h = match layer {
                Layer::Linear { w, b } => w.dot(&h) + b,
                Layer::Relu => h.mapv(|v| if v > 0.0 { v } else { 0.01 * v }),
                Layer::Scale(k) => h * *k,
                Layer::Dropout { .. } => h,
            };
        }
        h / self.temperature
    }
}
#[differentiable(wrt(net))]
fn loss(net: &Net, xs: &[Array1<f64>], ys: &[f64]) -> f64 {
    xs.iter()
        .zip(ys)
        .map(|(x, y)| {
            let p = net.forward(x);
            (p[0] - y).powi(2)
        })
        .sum::<f64>()
        / xs.len() as f64
}
/// Its parameters, shrunk in place.
#[differentiable]
fn decayed(net: &Net, k: f64) -> f64 {
    let mut net = net.clone();
    for layer in net.layers.iter_mut() {
        match layer {
            Layer::Linear { w, b } => {
                *w *= k;
                b.fill(k);
            }
            Layer::Scale(s) => *s -= k * *s,
            Layer::Relu | Layer::Dropout { .. } => {}
        }
    }
    let mut total = net.temperature;
    for layer in &net.layers {
        if let Layer::Linear { w, b } = layer {
            total += (w * w).sum() + b.sum();
        } else if let Layer::Scale(s) = layer {
            total += s * s;
        }
    }
    total
}
/// Welch's statistic.
#[differentiable]
fn moments(x: &[f64]) -> (f64, f64, usize) {
    let n = x.len() as f64;
    let m = x.iter().sum::<f64>() / n;
    let v = x.iter().map(|a| (a - m).powi(2)).sum::<f64>() / (n - 1.0);
    (m, v, x.len())
}
#[differentiable]
fn t_statistic(a: &[f64], b: &[f64]) -> f64 {
    let (ma, va, na) = moments(a);
    let (mb, vb, nb) = moments(b);
    (ma - mb) / (va / na as f64 + vb / nb as f64).sqrt()
}
/// Closures that add to what they capture.
#[differentiable]
fn closures(x: &[f64], k: f64) -> f64 {
    let mut total = 0.0;
    let mut add = |v: f64| {
        total += v * k;
    };
    for v in x {
        add(*v);
        add(v * v);
    }
    let f = |a: f64, b: f64| (a * k).sin() + b;
    x.iter().fold(total, |acc, v| f(acc, *v))
}
/// A matrix of its own kind, eliminated with pivots.
#[derive(Clone, Differentiable)]
struct Matrix {
    data: Vec<f64>,
    #[differentiable(skip)]
    cols: usize,
}
#[differentiable]
impl Matrix {
    fn at(&self, i: usize, j: usize) -> f64 {
        self.data[i * self.cols + j]
    }
    fn set(&mut self, i: usize, j: usize, v: f64) {
        let c = self.cols;
        self.data[i * c + j] = v;
    }
    fn determinant(&self) -> f64 {
        let n = self.cols;
        let mut m = self.clone();
        let mut det = 1.0;
        for k in 0..n {
            let mut pivot = k;
            for i in k + 1..n {
                if m.at(i, k).abs() > m.at(pivot, k).abs() {
                    pivot = i;
                }
            }
            if pivot != k {
                for j in 0..n {
                    m.data.swap(pivot * n + j, k * n + j);
                }
                det = -det;
            }
            det *= m.at(k, k);
            for i in k + 1..n {
                let f = m.at(i, k) / m.at(k, k);
                for j in k..n {
                    let v = m.at(i, j) - f * m.at(k, j);
                    m.set(i, j, v);
                }
            }
        }
        det
    }
}
#[differentiable]
fn det(m: &Matrix) -> f64 {
    m.determinant()
}
/// A list in two parts, and by twos.
#[differentiable]
fn prefix(x: &[f64], k: f64) -> f64 {
    let n = x.iter().position(|v| *v < 0.0).unwrap_or(x.len());
    let (head, tail) = x.split_at(n);
    let a: f64 = head.iter().product();
    let b: f64 = tail.iter().map(|v| v * k).sum();
    let c = x
        .chunks(2)
        .map(|c| match c {
            [a, b] => a * b,
            [a] => *a,
            _ => 0.0,
        })
        .sum::<f64>();
    a + b + c
}

#[test]
fn networks_and_matrices() {
    let net = Net {
        layers: vec![
            Layer::Linear { w: matrix(1, 3, 2), b: numbers(2, 3) },
            Layer::Relu,
            Layer::Scale(1.3),
            Layer::Dropout { keep: 0.5 },
            Layer::Linear { w: matrix(3, 1, 3), b: numbers(4, 1) },
        ],
        temperature: 1.7,
    };
    agrees!(loss(&net, &[numbers(1, 2), numbers(5, 2)], &[0.3, 0.1]));
    agrees!(decayed(&net, 0.3), wrt 2);
    agrees!(t_statistic(&[0.3, 0.5, 0.9], &[1.2, 1.4, 0.8, 1.1]), wrt 2);
    agrees!(closures(&[0.3, 0.5], 0.7), wrt 2);
    agrees!(det(&Matrix { data: vec![0.1, 0.7, 0.3, 0.9, -0.2, 0.4, 0.5, 0.6, 1.1], cols: 3 }));
    agrees!(prefix(&[0.3, 0.5, -0.2, 0.7, 0.9], 0.4), wrt 2);
}
