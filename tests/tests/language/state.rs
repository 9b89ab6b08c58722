//! State that is carried along: optimizers, grids, parsers, robots.

use ndarray::{Array1, Array2, Array3, Axis, array};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Debug, Differentiable)]
struct Adam {
    m: Array1<f64>,
    v: Array1<f64>,
    #[differentiable(skip)]
    t: i32,
}
impl Adam {
    #[differentiable]
    fn new(n: usize, start: f64) -> Self {
        Adam { m: Array1::from_elem(n, 0.0), v: Array1::<f64>::zeros(n) + start, t: 0 }
    }
    #[differentiable]
    fn update(&mut self, w: &mut Array1<f64>, g: &Array1<f64>, lr: f64) {
        self.t += 1;
        self.m = &self.m * 0.9 + g * 0.1;
        self.v = &self.v * 0.99 + &(g * g) * 0.01;
        let mh = &self.m / (1.0 - 0.9f64.powi(self.t));
        let vh = &self.v / (1.0 - 0.99f64.powi(self.t));
        *w -= &(lr * mh / (vh.sqrt() + 1e-3));
    }
}
#[differentiable(wrt(w0, a, lr))]
fn unrolled(w0: &Array1<f64>, a: &Array2<f64>, lr: f64, steps: usize) -> f64 {
    let mut w = w0.clone();
    let mut opt = Adam::new(w.len(), 0.1);
    for _ in 0..steps {
        let g = a.dot(&w);
        opt.update(&mut w, &g, lr);
    }
    w.dot(&a.dot(&w))
}
struct Grid {
    n: usize,
}
#[differentiable(wrt(u, k))]
fn diffuse2(u: &Array2<f64>, k: f64, g: &Grid) -> f64 {
    let mut cur = u.clone();
    let mut next = Array2::zeros((g.n, g.n));
    for step in 0..3 {
        for i in 1..g.n - 1 {
            for j in 1..g.n - 1 {
                let lap = cur[[i - 1, j]] + cur[[i + 1, j]] + cur[[i, j - 1]] + cur[[i, j + 1]] - 4.0 * cur[[i, j]];
                next[[i, j]] = cur[[i, j]] + k * lap * (step + 1) as f64;
            }
        }
        std::mem::swap(&mut cur, &mut next);
    }
    cur.iter().map(|v| v * v * v).sum::<f64>() + next[[1, 1]]
}
#[differentiable]
fn viterbi_soft(scores: &Array2<f64>, trans: &Array2<f64>) -> f64 {
    let (t, n) = scores.dim();
    let mut alpha = scores.row(0).to_owned();
    for step in 1..t {
        let mut next = Array1::zeros(n);
        for j in 0..n {
            let terms: Vec<f64> = (0..n).map(|i| alpha[i] + trans[[i, j]]).collect();
            let m = terms.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
            let lse = m + terms.iter().map(|x| (x - m).exp()).sum::<f64>().ln();
            next[j] = lse + scores[[step, j]];
        }
        alpha = next;
    }
    alpha.logsumexp(Axis(0)).sum()
}
#[derive(Clone, Debug, Differentiable)]
enum Expr {
    Var(#[differentiable(skip)] usize),
    Const(f64),
    Add(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    Pow {
        base: Box<Expr>,
        #[differentiable(skip)]
        n: i32,
    },
}
#[differentiable]
fn eval(e: &Expr, env: &[f64]) -> f64 {
    match e {
        Expr::Var(i) => env[*i],
        Expr::Const(c) => *c,
        Expr::Add(a, b) => eval(a, env) + eval(b, env),
        Expr::Mul(a, b) => {
            let (x, y) = (eval(a, env), eval(b, env));
            x * y
        }
        Expr::Pow { base, n } => eval(base, env).powi(*n),
    }
}
#[differentiable]
fn quat_rotate(q: [f64; 4], v: [f64; 3]) -> [f64; 3] {
    let n = q.iter().map(|x| x * x).sum::<f64>().sqrt();
    let [w, x, y, z] = [q[0] / n, q[1] / n, q[2] / n, q[3] / n];
    let (vx, vy, vz) = (v[0], v[1], v[2]);
    let t = [2.0 * (y * vz - z * vy), 2.0 * (z * vx - x * vz), 2.0 * (x * vy - y * vx)];
    [vx + w * t[0] + y * t[2] - z * t[1], vy + w * t[1] + z * t[0] - x * t[2], vz + w * t[2] + x * t[1] - y * t[0]]
}
#[differentiable]
fn arm(qs: &[[f64; 4]], links: &[[f64; 3]]) -> f64 {
    let mut p = [0.0; 3];
    for (q, l) in qs.iter().zip(links).rev() {
        for (pi, li) in p.iter_mut().zip(l) {
            *pi += li;
        }
        p = quat_rotate(*q, p);
    }
    p[0] + 2.0 * p[1] * p[2]
}
#[differentiable(wrt(rates))]
fn survival(rates: &[f64], times: &[(f64, bool)]) -> f64 {
    let mut ll = 0.0;
    for &(t, event) in times {
        let mut left = t;
        let mut h = 0.0;
        let mut k = 0;
        while left > 1.0 && k + 1 < rates.len() {
            h += rates[k];
            left -= 1.0;
            k += 1;
        }
        h += rates[k] * left;
        ll -= h;
        if event {
            ll += rates[k].ln();
        }
    }
    ll
}
#[differentiable]
fn running(x: &Array1<f64>) -> f64 {
    let mut best = x[0];
    let mut worst = x[0];
    let mut draw: f64 = 0.0;
    for v in x.iter().skip(1) {
        if *v > best {
            best = *v;
        }
        worst = worst.min(*v);
        draw = draw.max(best - v);
    }
    draw * best - worst
}
#[differentiable]
fn nested_opt(x: f64, a: Option<(f64, f64)>) -> f64 {
    let y = match a {
        Some((p, q)) if p > q => p * x,
        Some((p, _)) => p + x,
        None => x,
    };
    let z = a.map(|(p, q)| p * q).unwrap_or(1.0);
    y * z
}
#[differentiable]
fn batch_norm(x: &Array2<f64>, gamma: &Array1<f64>, beta: &Array1<f64>) -> f64 {
    let mu = x.mean_axis(Axis(0)).unwrap();
    let c = x - &mu;
    let var = (&c * &c).mean_axis(Axis(0)).unwrap();
    let xh = &c / &(var + 1e-5).sqrt();
    let y = xh * gamma + beta;
    y.mapv(|v| v.max(0.1 * v)).sum_axis(Axis(1)).mapv(f64::tanh).sum()
}
#[differentiable]
fn copy_swap(v: &[f64]) -> f64 {
    let mut a = v.to_vec();
    let n = a.len();
    for i in 0..n / 2 {
        a.swap(i, n - 1 - i);
    }
    let (l, r) = a.split_at_mut(n / 2);
    l.copy_from_slice(&r[..n / 2]);
    r[0] *= l[0];
    let mut acc = 0.0;
    while let Some(x) = a.pop() {
        acc = acc * 0.5 + x * x;
    }
    acc
}
#[differentiable]
fn rank3(x: &Array3<f64>, w: &Array1<f64>) -> f64 {
    let mut t = 0.0;
    for m in x.outer_iter() {
        let v = m.dot(w);
        for (i, r) in m.axis_iter(Axis(0)).enumerate() {
            t += r.dot(w) * v[i];
        }
    }
    t + (x * w).sum()
}

#[test]
fn gradients_agree() {
    let g = |r: usize, c: usize, sd: f64| Array2::from_shape_fn((r, c), |(i, j)| ((i * c + j) as f64 * 0.7 + sd).sin());
    agrees!(unrolled(&array![0.5, -0.4], &array![[2.0, 0.3], [0.3, 1.0]], 0.1, 5), wrt 3);
    agrees!(diffuse2(&g(4, 4, 0.2), 0.1, &Grid { n: 4 }), wrt 2);
    agrees!(viterbi_soft(&g(4, 3, 0.2), &g(3, 3, 0.7)), wrt 2);
    let b = |e| Box::new(e);
    let e = Expr::Add(
        b(Expr::Mul(b(Expr::Var(0)), b(Expr::Const(1.5)))),
        b(Expr::Pow { base: b(Expr::Add(b(Expr::Var(1)), b(Expr::Var(0)))), n: 3 }),
    );
    agrees!(eval(&e, &[0.4, 0.9]), wrt 2);
    agrees!(arm(&[[1.0, 0.2, 0.3, 0.1], [0.5, 0.5, -0.2, 0.3]], &[[0.1, 1.0, 0.2], [0.3, 0.4, -0.5]]), wrt 2);
    agrees!(survival(&[0.3, 0.5, 0.2], &[(0.5, true), (2.7, false), (4.0, true)]));
    agrees!(running(&array![0.1, 0.9, -0.4, 1.3, 0.2]));
    agrees!(nested_opt(0.4, Some((0.3, 0.1))), wrt 2);
    agrees!(nested_opt(0.4, Some((0.1, 0.3))), wrt 2);
    agrees!(nested_opt(0.4, None::<(f64, f64)>), wrt 2);
    agrees!(batch_norm(&g(5, 3, 0.3), &array![1.0, 0.5, 2.0], &array![0.1, 0.2, -0.3]), wrt 3);
    agrees!(copy_swap(&[0.1, 0.5, 0.9, -0.3, 0.7]));
    agrees!(rank3(&Array3::from_shape_fn((2, 3, 2), |(a, b, c)| ((a * 6 + b * 2 + c) as f64).cos()), &array![0.3, 0.9]), wrt 2);
}

/// What passive code changes elsewhere, it changes once.
#[differentiable(wrt(s))]
fn counted(n: &std::cell::Cell<f64>, s: f64) -> f64 {
    let mut v = 1.0;
    v += {
        let before = n.get();
        n.set(before + 1.0);
        before
    };
    s * v
}

#[test]
fn effects_happen_once() {
    let n = std::cell::Cell::new(2.0);
    assert_eq!((counted::value_and_grad(&n, 0.5), n.get()), ((1.5, 3.0), 3.0));
    assert_eq!((counted::vjp(&n, 0.5).0, n.get()), (2.0, 4.0));
}
