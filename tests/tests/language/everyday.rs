//! Everyday functions: routes, cells, integrals, tables, policies.

use ndarray::{Array1, Array2, Axis, Zip, array};
use odyssey_runtime::prelude::*;

use crate::support::agrees;
mod geo {
    use odyssey_runtime::prelude::*;
    #[differentiable]
    pub(super) fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
        let (dlat, dlon) = ((lat2 - lat1) / 2.0, (lon2 - lon1) / 2.0);
        let a = dlat.sin().powi(2) + lat1.cos() * lat2.cos() * dlon.sin().powi(2);
        2.0 * a.sqrt().atan2((1.0 - a).sqrt())
    }
}
use geo::haversine as dist;
#[differentiable(wrt(pts))]
fn tour(pts: &[(f64, f64)], order: &[usize]) -> f64 {
    let mut total = 0.0;
    let mut it = 0;
    while it + 1 < order.len() {
        let (a, b) = (pts[order[it]], pts[order[it + 1]]);
        total += dist(a.0, a.1, b.0, b.1);
        it += 1;
    }
    total
}
#[derive(Clone, Debug, Differentiable)]
struct Gru {
    wz: Array2<f64>,
    wr: Array2<f64>,
    wh: Array2<f64>,
}
#[differentiable]
impl Gru {
    fn gate(w: &Array2<f64>, xh: &Array1<f64>) -> Array1<f64> {
        w.dot(xh).sigmoid()
    }
    fn cell(&self, x: &Array1<f64>, h: Array1<f64>) -> Array1<f64> {
        let xh = ndarray::concatenate![Axis(0), x.view(), h.view()];
        let z = Self::gate(&self.wz, &xh);
        let r = Self::gate(&self.wr, &xh);
        let xrh = ndarray::concatenate![Axis(0), x.view(), (&r * &h).view()];
        let c = self.wh.dot(&xrh).tanh();
        (1.0 - &z) * h + z * c
    }
    fn run(&self, xs: &[Array1<f64>]) -> f64 {
        let mut h = Array1::zeros(self.wz.nrows());
        for x in xs {
            h = self.cell(x, h);
        }
        h.mapv(|v| v * v).sum()
    }
}
#[differentiable]
fn simpson(a: f64, b: f64, k: f64, n: usize) -> f64 {
    let f = |x: f64| (k * x).sin() * (-x * x).exp();
    let h = (b - a) / n as f64;
    let mut s = f(a) + f(b);
    for i in 1..n {
        s += if i % 2 == 0 { 2.0 } else { 4.0 } * f(a + i as f64 * h);
    }
    s * h / 3.0
}
#[differentiable]
fn bisect(c: f64) -> f64 {
    let (mut lo, mut hi) = (0.0_f64, 3.0_f64);
    for _ in 0..40 {
        let mid = 0.5 * (lo + hi);
        if mid * mid < detach(c) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    let x = detach(0.5 * (lo + hi));
    x - (x * x - c) / (2.0 * x)
}
struct Config {
    layers: usize,
    residual: bool,
    name: String,
}
#[differentiable(wrt(ws))]
fn resnet(ws: &[Array2<f64>], x: &Array1<f64>, cfg: &Config) -> f64 {
    assert!(cfg.layers <= ws.len(), "{} layers in {}", cfg.layers, cfg.name);
    let mut h = x.clone();
    for w in &ws[..cfg.layers] {
        let y = w.dot(&h).mapv(|v| if v > 0.0 { v } else { 0.01 * v });
        h = if cfg.residual { h + y } else { y };
    }
    h.sum()
}
#[differentiable]
fn trapz_cum(y: &[f64], x: &[f64]) -> f64 {
    let mut cum = vec![0.0; y.len()];
    for i in 1..y.len() {
        cum[i] = cum[i - 1] + 0.5 * (y[i] + y[i - 1]) * (x[i] - x[i - 1]);
    }
    cum.iter().rev().step_by(2).sum::<f64>() + cum.last().unwrap().sqrt()
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Dual {
    re: f64,
    im: f64,
}
impl Dual {
    #[differentiable]
    fn mul(self, o: Dual) -> Dual {
        Dual { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
    #[differentiable]
    fn norm2(&self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}
#[differentiable]
fn mandel(c: Dual, n: usize) -> f64 {
    let mut z = Dual { re: 0.0, im: 0.0 };
    for k in 0..n {
        let sq = z.mul(z);
        z = Dual { re: sq.re + c.re, im: sq.im + c.im };
        if z.norm2() > 4.0 {
            return z.norm2().ln() / (k + 1) as f64;
        }
    }
    z.norm2()
}
#[differentiable]
fn zipmap(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let c = Zip::from(a).and(b).map_collect(|&x, &y| x.max(y) * x);
    let mut rows = Array1::<f64>::zeros(a.nrows());
    for (r, row) in rows.iter_mut().zip(c.rows()) {
        *r = row.sum();
    }
    rows.iter().map(|r| r.cos()).sum()
}
#[differentiable]
fn tuple_fold(xs: &[f64]) -> f64 {
    let (s, q) = xs.iter().fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
    let n = xs.len() as f64;
    (q / n - (s / n).powi(2)).sqrt()
}
#[differentiable]
fn lookup(table: &[f64], x: f64) -> f64 {
    let pos = (x * (table.len() - 1) as f64).clamp(0.0, (table.len() - 2) as f64);
    let i = pos.floor() as usize;
    let f = pos - i as f64;
    table[i] * (1.0 - f) + table[i + 1] * f
}
#[differentiable(wrt(theta))]
fn reinforce(theta: &Array2<f64>, episodes: &[Vec<(usize, usize, f64)>]) -> f64 {
    episodes
        .iter()
        .map(|ep| {
            let mut ret = 0.0;
            let mut loss = 0.0;
            for &(s, a, r) in ep.iter().rev() {
                ret = r + 0.9 * ret;
                let row = theta.row(s);
                let lse = row.iter().map(|v| v.exp()).sum::<f64>().ln();
                loss -= (row[a] - lse) * ret;
            }
            loss
        })
        .sum::<f64>()
        / episodes.len() as f64
}
#[differentiable]
fn soft_sort(x: &Array1<f64>, tau: f64) -> f64 {
    let n = x.len();
    let mut p = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            p[[i, j]] = -(x[i] - x[j]).abs() / tau;
        }
    }
    let p = p.softmax(Axis(1));
    let y = p.dot(x);
    (0..n).map(|i| y[i] * (i + 1) as f64).sum()
}
#[differentiable]
fn pow_array(v: [f64; 3], k: f64) -> f64 {
    let w = v.map(|c| c.powf(k));
    let u = v.map(f64::sin);
    let w = [w[0] + u[1], w[1], w[2]];
    w.iter().sum::<f64>() + w[0]
}

#[test]
fn gradients_agree() {
    let g = |r: usize, c: usize, sd: f64| Array2::from_shape_fn((r, c), |(i, j)| ((i * c + j) as f64 * 0.7 + sd).sin());
    agrees!(tour(&[(0.1, 0.2), (0.5, -0.3), (0.9, 0.8)], &[0, 2, 1]));
    let gru = Gru { wz: g(2, 5, 0.1), wr: g(2, 5, 0.3), wh: g(2, 5, 0.8) };
    gru.run_check_grad(&[array![0.1, 0.2, 0.3], array![-0.4, 0.9, 0.3]]).unwrap();
    agrees!(simpson(0.0, 1.5, 2.0, 10), wrt 3);
    assert!((bisect::grad(2.0) - 0.5 / 2f64.sqrt()).abs() < 1e-9);
    agrees!(resnet(
        &[g(3, 3, 0.2), g(3, 3, 0.9)],
        &array![0.1, 0.4, 0.8],
        &Config { layers: 2, residual: true, name: "r".into() }
    ));
    agrees!(trapz_cum(&[1.0, 2.0, 0.5, 3.0], &[0.0, 0.5, 1.5, 2.0]), wrt 2);
    agrees!(mandel(Dual { re: 0.4, im: 0.5 }, 30));
    agrees!(mandel(Dual { re: 0.1, im: 0.2 }, 10));
    agrees!(zipmap(&g(2, 3, 0.2), &g(2, 3, 1.2)), wrt 2);
    agrees!(tuple_fold(&[0.3, 0.9, -0.4]));
    agrees!(lookup(&[0.1, 0.5, 0.2, 0.9], 0.53), wrt 2);
    agrees!(reinforce(&g(2, 3, 0.4), &[vec![(0, 1, 1.0), (1, 2, -0.5)], vec![(1, 0, 0.3)]]));
    agrees!(soft_sort(&array![0.3, 1.0, -0.2], 0.7), wrt 2);
    agrees!(pow_array([0.4, 1.2, 2.0], 1.7), wrt 2);
}
