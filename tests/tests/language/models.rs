//! Models of several fields, as their people write them: helpers over slices, tables of trades, attention, particles.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, array};
use odyssey_runtime::prelude::*;
use std::collections::HashMap;

use crate::support::agrees;

#[differentiable(wrt(a))]
fn cholesky(a: &mut [f64], n: usize) {
    for j in 0..n {
        for i in j..n {
            let mut v = a[i * n + j];
            for k in 0..j {
                v -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = if i == j { v.sqrt() } else { v / a[j * n + j] };
        }
    }
}
#[differentiable(wrt(l, b))]
fn forward_sub(l: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut y = Vec::with_capacity(n);
    for i in 0..n {
        let mut v = b[i];
        for k in 0..i {
            v -= l[i * n + k] * y[k];
        }
        y.push(v / l[i * n + i]);
    }
    y
}
#[differentiable(wrt(ell, sf, sn))]
fn gp_nll(xs: &[f64], ys: &[f64], ell: f64, sf: f64, sn: f64) -> f64 {
    let n = xs.len();
    let mut k = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            let d = (xs[i] - xs[j]) / ell;
            k[i * n + j] = sf * sf * (-0.5 * d * d).exp();
            if i == j {
                k[i * n + j] += sn * sn;
            }
        }
    }
    cholesky(&mut k, n);
    let z = forward_sub(&k, ys, n);
    let mut nll = 0.5 * z.iter().map(|v| v * v).sum::<f64>();
    for i in 0..n {
        nll += k[i * n + i].ln();
    }
    nll + 0.5 * n as f64 * (2.0 * std::f64::consts::PI).ln()
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Call,
    Put,
}
const SQRT_2: f64 = std::f64::consts::SQRT_2;
#[differentiable]
fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}
#[differentiable(wrt(s, k, t, r, v))]
fn bs(kind: Kind, s: f64, k: f64, t: f64, r: f64, v: f64) -> f64 {
    let sq = v * t.sqrt();
    let d1 = ((s / k).ln() + (r + 0.5 * v * v) * t) / sq;
    let d2 = d1 - sq;
    match kind {
        Kind::Call => s * cdf(d1) - k * (-r * t).exp() * cdf(d2),
        Kind::Put => k * (-r * t).exp() * cdf(-d2) - s * cdf(-d1),
    }
}
#[differentiable(wrt(s, v))]
fn book(s: f64, v: f64, trades: &[(Kind, f64, f64)]) -> f64 {
    trades.iter().map(|(kind, k, q)| q * bs(*kind, s, *k, 1.0, 0.02, v)).sum()
}

#[derive(Clone, Debug, Differentiable)]
struct Attention {
    wq: Array2<f32>,
    wk: Array2<f32>,
    wv: Array2<f32>,
    scale: f32,
}
impl Attention {
    #[differentiable]
    fn forward(&self, x: &Array2<f32>, mask: Option<&Array2<f32>>) -> Array2<f32> {
        let q = x.dot(&self.wq);
        let k = x.dot(&self.wk);
        let v = x.dot(&self.wv);
        let mut scores = q.dot(&k.t()) * self.scale;
        if let Some(m) = mask {
            scores = scores + m;
        }
        scores.softmax(Axis(1)).dot(&v)
    }
}
#[differentiable(wrt(att))]
fn att_loss(att: &Attention, x: &Array2<f32>, mask: &Array2<f32>) -> f32 {
    let y = att.forward(x, Some(mask));
    let z = att.forward(&y, None);
    (&z * &z).mean().unwrap()
}

#[differentiable(wrt(emb))]
fn bag(emb: &Array2<f64>, words: &[&str], vocab: &HashMap<String, usize>) -> f64 {
    let mut sum = Array1::<f64>::zeros(emb.ncols());
    let mut n = 0;
    for w in words {
        let Some(&id) = vocab.get(*w) else { continue };
        sum += &emb.row(id);
        n += 1;
    }
    if n == 0 {
        return 0.0;
    }
    let mean = sum / n as f64;
    mean.dot(&mean)
}

#[differentiable(wrt(v))]
fn stats(v: ArrayView1<f64>) -> (f64, f64) {
    let m = v.mean().unwrap();
    let var = v.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (v.len() - 1) as f64;
    (m, var.sqrt())
}
#[differentiable]
fn sharpe(r: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let p = r.dot(w);
    let (m, s) = stats(p.view());
    let worst = r.columns().into_iter().map(|c| stats(c).1).fold(0.0, |a: f64, b| a.max(b));
    m / s - 0.1 * worst
}

#[derive(Clone, Debug, Differentiable)]
struct Particle {
    pos: [f64; 3],
    vel: [f64; 3],
    #[differentiable(skip)]
    id: usize,
    mass: f64,
}
#[derive(Clone, Debug, Differentiable)]
struct World {
    ps: Vec<Particle>,
    g: f64,
    time: f64,
}
impl World {
    #[differentiable(wrt(self))]
    fn step(&mut self, dt: f64) -> f64 {
        let n = self.ps.len();
        let mut e = 0.0;
        for i in 0..n {
            let mut acc = [0.0; 3];
            for j in 0..n {
                if i == j {
                    continue;
                }
                let mut d = [0.0; 3];
                let mut r2 = 1e-3;
                for k in 0..3 {
                    d[k] = self.ps[j].pos[k] - self.ps[i].pos[k];
                    r2 += d[k] * d[k];
                }
                let inv = self.g * self.ps[j].mass / (r2 * r2.sqrt());
                for k in 0..3 {
                    acc[k] += inv * d[k];
                }
            }
            let p = &mut self.ps[i];
            for (v, a) in p.vel.iter_mut().zip(acc) {
                *v += dt * a;
            }
            e += 0.5 * p.mass * p.vel.iter().map(|v| v * v).sum::<f64>();
        }
        for p in self.ps.iter_mut() {
            for k in 0..3 {
                p.pos[k] += dt * p.vel[k];
            }
        }
        self.time += dt;
        e
    }
}
#[differentiable(wrt(w))]
fn simulate(w: &World, n: usize) -> f64 {
    let mut w = w.clone();
    let mut total = 0.0;
    for _ in 0..n {
        total += w.step(0.01);
    }
    total + w.ps.iter().map(|p| p.pos[0] * p.id as f64).sum::<f64>() * w.time
}

#[differentiable]
fn meta(lr: f64, w0: f64, xs: &[f64; 4]) -> f64 {
    let grad = |w: f64, x: f64| 2.0 * (w * x - 1.0) * x;
    let mut w = w0;
    let mut m = 0.0;
    for (t, &x) in xs.iter().enumerate() {
        m = 0.9 * m + grad(w, x);
        w -= lr * m / (1.0 + t as f64);
    }
    xs.iter().map(|x| (w * x - 1.0).powi(2)).sum::<f64>() / 4.0
}
#[differentiable]
fn tax(income: f64, kids: usize) -> f64 {
    let base = match income {
        x if x <= 10.0 => 0.0,
        x if x <= 50.0 => (x - 10.0) * 0.2,
        x => 8.0 + (x - 50.0) * 0.4,
    };
    let credit = match (kids, income > 40.0) {
        (0, _) => 0.0,
        (1..=2, true) => 0.5 * income.sqrt(),
        (n, false) => n as f64,
        _ => 1.0,
    };
    (base - credit).max(0.0) + 0.01 * income
}
#[derive(Debug, PartialEq, Clone)]
enum SolveError {
    Singular,
    Diverged(usize),
}
#[differentiable(wrt(a, b))]
fn solve2(a: &[[f64; 2]; 2], b: &[f64; 2]) -> Result<[f64; 2], SolveError> {
    let det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
    if det.abs() < 1e-12 {
        return Err(SolveError::Singular);
    }
    Ok([(b[0] * a[1][1] - a[0][1] * b[1]) / det, (a[0][0] * b[1] - b[0] * a[1][0]) / det])
}
#[differentiable]
fn circle_hit(c: &[f64; 2], r: f64) -> Result<f64, SolveError> {
    let mut x = [1.0, 0.5];
    for it in 0.. {
        if it > 30 {
            return Err(SolveError::Diverged(it));
        }
        let f = [(x[0] - c[0]).powi(2) + (x[1] - c[1]).powi(2) - r * r, x[1] - x[0] * 0.5];
        if f[0].abs() + f[1].abs() < 1e-13 {
            break;
        }
        let j = [[2.0 * (x[0] - c[0]), 2.0 * (x[1] - c[1])], [-0.5, 1.0]];
        let d = solve2(&j, &f)?;
        x[0] -= d[0];
        x[1] -= d[1];
    }
    Ok(x[0] + 3.0 * x[1])
}
#[differentiable]
fn view_arg(mut out: Array1<f64>, x: ArrayView2<f64>) -> f64 {
    for (o, row) in out.iter_mut().zip(x.outer_iter()) {
        *o += row.sum();
    }
    out.dot(&out)
}
#[differentiable]
fn relu_net(ws: Vec<Array2<f64>>, x: Array1<f64>) -> f64 {
    let n = ws.len();
    let mut h = x;
    for (i, w) in ws.iter().enumerate() {
        h = w.dot(&h);
        if i + 1 < n {
            h.mapv_inplace(|v| v.max(0.0));
        }
    }
    h.iter().map(|v| v.abs()).sum::<f64>() + h.logsumexp(Axis(0)).sum()
}
#[differentiable]
fn open(xs: &[f64]) -> f64 {
    let a: f64 = xs.iter().zip(1..).map(|(x, k)| x * k as f64).sum();
    let b: f64 = (0..).zip(xs).map(|(k, x)| x.powi(k)).sum();
    let mut c = 1.0;
    for k in 1.. {
        c += xs[0] * c / (k * k) as f64;
        if c > 3.0 || k > 9 {
            break;
        }
    }
    a * b + c
}

/// Exponents that are fields of what is differentiated: integers.
#[derive(Clone, Debug, Differentiable)]
struct Decay {
    rate: f64,
    #[differentiable(skip)]
    order: i32,
}

impl Decay {
    #[differentiable]
    fn next(&mut self, x: f64) -> f64 {
        self.order += 1;
        x / (1.0 - self.rate.powi(self.order))
    }
}

#[differentiable]
fn corrected(decay: &Decay, x: f64, powers: &[(f64, i32)]) -> f64 {
    let mut decay = decay.clone();
    let mut sum = decay.next(x) + 2.0 * decay.next(x * x);
    for (base, n) in powers {
        sum += base.powi(*n) * x;
    }
    sum
}

#[test]
fn gradients_agree() {
    agrees!(corrected(&Decay { rate: 0.9, order: 1 }, 0.7, &[(0.4, 2), (1.3, -1)]), wrt 3);
    let g = |r: usize, c: usize, sd: f64| Array2::from_shape_fn((r, c), |(i, j)| ((i * c + j) as f64 * 0.7 + sd).sin());
    agrees!(gp_nll(&[0.0, 0.4, 1.1, 1.9], &[0.1, 0.5, -0.2, 0.3], 0.8, 1.1, 0.3), wrt 3 behind 2);
    agrees!(book(100.0, 0.25, &[(Kind::Call, 95.0, 2.0), (Kind::Put, 105.0, -1.0)]), wrt 2);
    let a = Attention {
        wq: g(3, 3, 0.1).mapv(|x| x as f32),
        wk: g(3, 3, 0.4).mapv(|x| x as f32),
        wv: g(3, 3, 0.9).mapv(|x| x as f32),
        scale: 0.5,
    };
    agrees!(att_loss(&a, &g(4, 3, 0.2).mapv(|x| x as f32), &g(4, 4, 0.3).mapv(|x| x as f32)) as f32);
    let vocab: HashMap<String, usize> = [("a".to_string(), 0), ("b".to_string(), 2)].into();
    agrees!(bag(&g(3, 2, 0.1), &["a", "x", "b", "a"], &vocab));
    agrees!(sharpe(&g(5, 3, 0.4), &array![0.3, 0.3, 0.4]), wrt 2);
    let p = |k: f64, id| Particle { pos: [k, k * k, -k], vel: [0.1 * k, 0.2, 0.3], id, mass: 1.0 + k };
    agrees!(simulate(&World { ps: vec![p(0.1, 0), p(0.9, 1), p(-0.7, 2)], g: 1.3, time: 0.0 }, 4));
    agrees!(meta(0.1, 0.3, &[0.5, 1.0, -0.4, 0.8]), wrt 3);
    for (i, k) in [(5.0, 0), (20.0, 2), (45.0, 1), (70.0, 4)] {
        agrees!(tax(i, k), once);
    }
    circle_hit::check_grad(&[0.2, 0.1], 1.5).unwrap().unwrap();
    assert_eq!(solve2::vjp(&[[1.0, 2.0], [2.0, 4.0]], &[1.0, 1.0]).err(), Some(SolveError::Singular));
    agrees!(view_arg(array![0.1, 0.2], g(2, 3, 0.3).view()), wrt 2);
    agrees!(relu_net(vec![g(4, 3, 0.2), g(2, 4, 0.6)], array![0.4, 0.3, 0.9]), wrt 2);
    agrees!(open(&[0.4, 0.3, 0.7]));
}
