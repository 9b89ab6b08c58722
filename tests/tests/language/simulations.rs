//! Simulations and statistics, each in the idiom of its field.

use ndarray::{Array1, Array2, ArrayView1, Zip, array, azip, s};
use odyssey_runtime::losses::{cross_entropy_loss, mse_loss};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Debug, Differentiable)]
struct Kalman {
    f: Array2<f64>,
    q: Array2<f64>,
    h: Array1<f64>,
    r: f64,
}

#[differentiable(wrt(k))]
fn kalman_ll(k: &Kalman, x0: &Array1<f64>, p0: &Array2<f64>, zs: &[f64]) -> f64 {
    let mut x = x0.clone();
    let mut p = p0.clone();
    let mut ll = 0.0;
    for &z in zs {
        x = k.f.dot(&x);
        p = k.f.dot(&p).dot(&k.f.t()) + &k.q;
        let ph = p.dot(&k.h);
        let s = k.h.dot(&ph) + k.r;
        let nu = z - k.h.dot(&x);
        ll -= 0.5 * ((2.0 * std::f64::consts::PI * s).ln() + nu * nu / s);
        let gain = &ph / s;
        x = x + &gain * nu;
        let n = x.len();
        for i in 0..n {
            for j in 0..n {
                p[[i, j]] -= gain[i] * ph[j];
            }
        }
    }
    ll
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct V3 {
    x: f64,
    y: f64,
    z: f64,
}
impl V3 {
    #[differentiable]
    fn axpy(self, a: f64, o: V3) -> V3 {
        V3 { x: self.x + a * o.x, y: self.y + a * o.y, z: self.z + a * o.z }
    }
}
#[differentiable]
fn lorenz(u: V3, p: [f64; 3]) -> V3 {
    let [sigma, rho, beta] = p;
    V3 { x: sigma * (u.y - u.x), y: u.x * (rho - u.z) - u.y, z: u.x * u.y - beta * u.z }
}
#[differentiable(wrt(u0, p))]
fn rk4(u0: V3, p: [f64; 3], n: usize, h: f64) -> f64 {
    let mut u = u0;
    for _ in 0..n {
        let k1 = lorenz(u, p);
        let k2 = lorenz(u.axpy(h / 2.0, k1), p);
        let k3 = lorenz(u.axpy(h / 2.0, k2), p);
        let k4 = lorenz(u.axpy(h, k3), p);
        u = u.axpy(h / 6.0, k1).axpy(h / 3.0, k2).axpy(h / 3.0, k3).axpy(h / 6.0, k4);
    }
    u.x * u.x + u.y + 0.1 * u.z
}

#[derive(Clone, Debug, Differentiable)]
struct Lstm {
    wx: Array2<f64>,
    wh: Array2<f64>,
    b: Array1<f64>,
    #[differentiable(skip)]
    hidden: usize,
}
impl Lstm {
    #[differentiable]
    fn step(&self, x: ArrayView1<f64>, h: &Array1<f64>, c: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
        let n = self.hidden;
        let gates = x.dot(&self.wx) + h.dot(&self.wh) + &self.b;
        let i = gates.slice(s![0..n]).mapv(|v| 1.0 / (1.0 + (-v).exp()));
        let f = gates.slice(s![n..2 * n]).mapv(|v| 1.0 / (1.0 + (-v).exp()));
        let g = gates.slice(s![2 * n..3 * n]).mapv(f64::tanh);
        let o = gates.slice(s![3 * n..]).sigmoid();
        let c = f * c + i * g;
        let h = o * c.tanh();
        (h, c)
    }
}
#[differentiable(wrt(net))]
fn lstm_loss(net: &Lstm, xs: &Array2<f64>, target: &Array1<f64>) -> f64 {
    let mut h = Array1::zeros(net.hidden);
    let mut c = Array1::zeros(net.hidden);
    for x in xs.rows() {
        (h, c) = net.step(x, &h, &c);
    }
    let e = &h - target;
    e.mapv(|v| v.powi(2)).sum() + 0.1 * c.dot(&c)
}

#[differentiable(wrt(s, sigma, r))]
fn american_put(s: f64, k: f64, sigma: f64, r: f64, t: f64, n: usize) -> f64 {
    let dt = t / n as f64;
    let u = (sigma * dt.sqrt()).exp();
    let d = 1.0 / u;
    let p = ((r * dt).exp() - d) / (u - d);
    let disc = (-r * dt).exp();
    let mut v: Vec<f64> = (0..=n).map(|j| (k - s * u.powi(2 * j as i32 - n as i32)).max(0.0)).collect();
    for i in (0..n).rev() {
        for j in 0..=i {
            let cont = disc * (p * v[j + 1] + (1.0 - p) * v[j]);
            let ex = k - s * u.powi(2 * j as i32 - i as i32);
            v[j] = if ex > cont { ex } else { cont };
        }
    }
    v[0]
}

#[differentiable(wrt(a, b))]
fn hmm(a: &Array2<f64>, b: &Array2<f64>, pi: &Array1<f64>, obs: &[usize]) -> f64 {
    let n = pi.len();
    let mut alpha = pi * &b.column(obs[0]);
    let mut ll = 0.0;
    for &o in &obs[1..] {
        let scale = alpha.sum();
        ll += scale.ln();
        alpha /= scale;
        let mut next = Array1::<f64>::zeros(n);
        for j in 0..n {
            let mut acc = 0.0;
            for i in 0..n {
                acc += alpha[i] * a[[i, j]];
            }
            next[j] = acc * b[[j, o]];
        }
        alpha = next;
    }
    ll + alpha.sum().ln()
}

#[differentiable(wrt(angles, lengths))]
fn position(joint: usize, parents: &[Option<usize>], angles: &[f64], lengths: &[f64]) -> (f64, f64, f64) {
    match parents[joint] {
        None => (lengths[joint] * angles[joint].cos(), lengths[joint] * angles[joint].sin(), angles[joint]),
        Some(p) => {
            let (x, y, th) = position(p, parents, angles, lengths);
            let th = th + angles[joint];
            (x + lengths[joint] * th.cos(), y + lengths[joint] * th.sin(), th)
        }
    }
}
#[differentiable(wrt(angles, lengths))]
fn reach(parents: &[Option<usize>], angles: &[f64], lengths: &[f64], tx: f64, ty: f64) -> f64 {
    let mut total = 0.0;
    for j in 0..parents.len() {
        let (x, y, _) = position(j, parents, angles, lengths);
        total += (x - tx).powi(2) + (y - ty).powi(2);
    }
    total
}

#[differentiable]
fn rodrigues(w: &[f64], x: &[f64]) -> [f64; 3] {
    let theta2 = w[0] * w[0] + w[1] * w[1] + w[2] * w[2];
    let cross = |a: &[f64; 3], b: &[f64; 3]| [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    if theta2 > 1e-12 {
        let theta = theta2.sqrt();
        let k = [w[0] / theta, w[1] / theta, w[2] / theta];
        let (sn, cs) = theta.sin_cos();
        let kx = cross(&k, &[x[0], x[1], x[2]]);
        let d = k[0] * x[0] + k[1] * x[1] + k[2] * x[2];
        let mut out = [0.0; 3];
        for i in 0..3 {
            out[i] = x[i] * cs + kx[i] * sn + k[i] * d * (1.0 - cs);
        }
        out
    } else {
        let c = cross(&[w[0], w[1], w[2]], &[x[0], x[1], x[2]]);
        [x[0] + c[0], x[1] + c[1], x[2] + c[2]]
    }
}
#[differentiable(wrt(cam, pt))]
fn reproject(cam: &[f64], pt: &[f64], feat: &[f64; 2]) -> f64 {
    let p = rodrigues(&cam[..3], pt);
    let px = [p[0] + cam[3], p[1] + cam[4], p[2] + cam[5]];
    let (u, v) = (-px[0] / px[2], -px[1] / px[2]);
    let r2 = u * u + v * v;
    let dist = 1.0 + r2 * (cam[7] + cam[8] * r2);
    let e = [cam[6] * dist * u - feat[0], cam[6] * dist * v - feat[1]];
    e.iter().map(|e| e * e).sum::<f64>()
}

#[differentiable(wrt(alphas, means, icf))]
fn gmm(d: usize, k: usize, alphas: &[f64], means: &[f64], icf: &[f64], x: &[f64]) -> f64 {
    let n = x.len() / d;
    let icf_sz = d * (d + 1) / 2;
    let mut slse = 0.0;
    for i in 0..n {
        let mut terms = vec![0.0; k];
        for ik in 0..k {
            let l = &icf[ik * icf_sz..(ik + 1) * icf_sz];
            let mut q = 0.0;
            let mut sumlog = 0.0;
            let mut cursor = d;
            let mut y = vec![0.0; d];
            for a in 0..d {
                sumlog += l[a];
                y[a] += l[a].exp() * (x[i * d + a] - means[ik * d + a]);
            }
            for col in 0..d {
                for row in col + 1..d {
                    y[row] += l[cursor] * (x[i * d + col] - means[ik * d + col]);
                    cursor += 1;
                }
            }
            for v in &y {
                q += v * v;
            }
            terms[ik] = alphas[ik] + sumlog - 0.5 * q;
        }
        let m = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let se: f64 = terms.iter().map(|t| (t - m).exp()).sum();
        slse += m + se.ln();
    }
    let lse_a = alphas.iter().map(|a| a.exp()).sum::<f64>().ln();
    slse - n as f64 * lse_a
}

#[differentiable]
fn chol_logdet(a: &Array2<f64>) -> f64 {
    let n = a.nrows();
    let mut l = a.to_owned();
    for j in 0..n {
        for k in 0..j {
            let f = l[[j, k]];
            for i in j..n {
                let v = l[[i, k]];
                l[[i, j]] -= v * f;
            }
        }
        let p = l[[j, j]].sqrt();
        l.slice_mut(s![j.., j]).mapv_inplace(|v| v / p);
    }
    2.0 * l.diag().iter().map(|v| v.ln()).sum::<f64>()
}

#[derive(Clone, Debug)]
enum Ins {
    Push(usize),
    Const(f64),
    Add,
    Mul,
    Sin,
    Dup,
    Swap,
    JmpNeg(usize),
    Halt,
}
#[differentiable(wrt(inputs))]
fn run(prog: &[Ins], inputs: &[f64]) -> f64 {
    let mut stack: Vec<f64> = Vec::new();
    let mut pc = 0;
    let mut fuel = 100;
    while pc < prog.len() && fuel > 0 {
        fuel -= 1;
        match &prog[pc] {
            Ins::Push(i) => stack.push(inputs[*i]),
            Ins::Const(c) => stack.push(*c),
            Ins::Add => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(a + b);
            }
            Ins::Mul => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(a * b);
            }
            Ins::Sin => {
                let a = stack.pop().unwrap();
                stack.push(a.sin());
            }
            Ins::Dup => {
                let a = *stack.last().unwrap();
                stack.push(a);
            }
            Ins::Swap => {
                let n = stack.len();
                stack.swap(n - 1, n - 2);
            }
            Ins::JmpNeg(t) => {
                let a = stack.pop().unwrap();
                if a < 0.0 {
                    pc = *t;
                    continue;
                }
            }
            Ins::Halt => break,
        }
        pc += 1;
    }
    *stack.last().unwrap()
}

#[differentiable]
fn implied(price: f64, strike: f64) -> f64 {
    let mut x = 0.5;
    let mut it = 0;
    while (x * x * x + strike * x - price).abs() > 1e-13 && it < 50 {
        x -= (x * x * x + strike * x - price) / (3.0 * x * x + strike);
        it += 1;
    }
    x * strike
}

#[differentiable(wrt(u0, alpha))]
fn heat(u0: &Array1<f64>, alpha: f64, steps: usize) -> f64 {
    let mut u = u0.clone();
    let n = u.len();
    for _ in 0..steps {
        let old = u.clone();
        for i in 1..n - 1 {
            u[i] = old[i] + alpha * (old[i - 1] - 2.0 * old[i] + old[i + 1]);
        }
        u[0] = u[1];
        u[n - 1] = u[n - 2];
    }
    u.iter().enumerate().map(|(i, v)| v * v * (i + 1) as f64).sum()
}

#[derive(Debug, PartialEq)]
struct Bad(String);
#[differentiable]
fn safe_log(x: f64) -> Result<f64, Bad> {
    if x <= 0.0 {
        return Err(Bad(format!("log of {x}")));
    }
    Ok(x.ln())
}
#[differentiable]
fn geo_mean(xs: &[f64]) -> Result<f64, Bad> {
    if xs.is_empty() {
        return Err(Bad("empty".into()));
    }
    let mut t = 0.0;
    for x in xs {
        t += safe_log(*x)?;
    }
    Ok((t / xs.len() as f64).exp())
}

#[derive(Clone, Debug, Differentiable)]
struct Body {
    q: [f64; 2],
    p: [f64; 2],
    m: f64,
}
#[differentiable(wrt(b))]
fn kick(b: &mut Body, dt: f64) {
    let r2 = b.q[0] * b.q[0] + b.q[1] * b.q[1];
    let f = -b.m / (r2 * r2.sqrt());
    for i in 0..2 {
        b.p[i] += dt * f * b.q[i];
    }
}
#[differentiable(wrt(b))]
fn drift(b: &mut Body, dt: f64) {
    for (q, p) in b.q.iter_mut().zip(b.p.iter()) {
        *q += dt * p / b.m;
    }
}
#[differentiable(wrt(b))]
fn energy_after(b: &Body, n: usize, dt: f64) -> f64 {
    let mut b = b.clone();
    for _ in 0..n {
        kick(&mut b, dt / 2.0);
        drift(&mut b, dt);
        kick(&mut b, dt / 2.0);
    }
    (b.p[0].powi(2) + b.p[1].powi(2)) / (2.0 * b.m) - b.m / b.q[0].hypot(b.q[1])
}

#[derive(Clone, Debug, Differentiable)]
enum Act {
    Tanh,
    Leaky(f64),
    Swish { beta: f64 },
}
#[derive(Clone, Debug, Differentiable)]
struct Dense {
    w: Array2<f64>,
    b: Array1<f64>,
    act: Act,
}
#[differentiable(wrt(layers))]
fn net(layers: &[Dense], x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let mut h = x.to_owned();
    for l in layers {
        let z = h.dot(&l.w) + &l.b;
        h = match &l.act {
            Act::Tanh => z.tanh(),
            Act::Leaky(a) => z.mapv(|v| if v > 0.0 { v } else { a * v }),
            Act::Swish { beta } => {
                let sg = (&z * *beta).sigmoid();
                z * sg
            }
        };
    }
    mse_loss(&h, y)
}

#[differentiable]
fn zipped(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let mut out = Array1::zeros(a.len());
    Zip::from(&mut out).and(a).and(b).for_each(|o, &x, &y| *o = x * y.sin() + x * x);
    let mut c = out.clone();
    azip!((c in &mut c, &o in &out) *c += o * 0.5);
    c.fold(0.0, |acc, &v| acc + v * v)
}

#[differentiable]
fn normalise_rows(m: &Array2<f64>) -> f64 {
    let mut m = m.clone();
    for mut row in m.rows_mut() {
        let n = row.dot(&row).sqrt();
        row /= n;
    }
    let mut v = m.slice_mut(s![.., 0]);
    v *= 2.0;
    m.column(0).sum() + m[[1, 1]] * m[[0, 1]]
}

#[differentiable]
fn huber<T: Real>(x: T, delta: T) -> T {
    if x.abs() <= delta { x * x * T::lit(0.5) } else { delta * (x.abs() - delta * T::lit(0.5)) }
}
#[differentiable(wrt(w))]
fn robust<T: Real>(w: &Array1<T>, x: &Array2<T>, y: &Array1<T>) -> T {
    let r = x.dot(w) - y;
    let mut t = T::zero();
    for &e in r.iter() {
        t += huber(e, T::one());
    }
    t
}

#[differentiable(aux, wrt(w))]
fn clf(w: &Array2<f64>, x: &Array2<f64>, labels: &[usize]) -> (f64, usize) {
    let logits = x.dot(w);
    let loss = cross_entropy_loss(&logits, labels);
    let correct = logits
        .outer_iter()
        .zip(labels)
        .filter(|(row, l)| {
            let best = row.iter().enumerate().max_by(|a, b| a.1.partial_cmp(b.1).unwrap()).unwrap().0;
            best == **l
        })
        .count();
    (loss, correct)
}

#[derive(Clone, Debug, Differentiable)]
struct Model {
    w: f64,
    bias: Option<f64>,
}
#[differentiable(wrt(m))]
fn opt(m: &Model, xs: &[f64]) -> f64 {
    let mut best = f64::INFINITY;
    for x in xs {
        let mut y = m.w * x;
        if let Some(b) = m.bias {
            y += b;
        }
        let Some(b2) = &m.bias else { return y };
        if y.abs() < best {
            best = (y - b2 * 0.3).abs();
        }
    }
    best
}

#[test]
fn gradients_agree() {
    let k = Kalman { f: array![[1.0, 0.1], [0.0, 0.95]], q: array![[0.01, 0.0], [0.0, 0.02]], h: array![1.0, 0.2], r: 0.3 };
    agrees!(kalman_ll(&k, &array![0.0, 1.0], &Array2::eye(2), &[0.3, 0.1, 0.5]));
    agrees!(rk4(V3 { x: 1.0, y: 0.5, z: 2.0 }, [10.0, 28.0, 2.6], 10, 0.01), wrt 2);
    let g = |r: usize, c: usize, sd: f64| Array2::from_shape_fn((r, c), |(i, j)| ((i * c + j) as f64 * 0.7 + sd).sin());
    let l = Lstm { wx: g(3, 8, 0.1), wh: g(2, 8, 0.2), b: g(1, 8, 0.5).row(0).to_owned(), hidden: 2 };
    agrees!(lstm_loss(&l, &g(5, 3, 0.9), &array![0.2, -0.3]));
    agrees!(american_put(100.0, 101.0, 0.2, 0.03, 1.0, 20), wrt 3, once);
    agrees!(hmm(&array![[0.7, 0.3], [0.4, 0.6]], &array![[0.5, 0.5], [0.1, 0.9]], &array![0.6, 0.4], &[0, 1, 1, 0]), wrt 2);
    let parents = [None, Some(0), Some(1), Some(1)];
    agrees!(reach(&parents, &[0.1, 0.2, -0.4, 0.8], &[1.0, 0.8, 0.6, 0.3], 1.0, 1.5), wrt 2 behind 1);
    let cam = [0.1, 0.2, -0.1, 0.3, 0.2, -5.0, 500.0, 0.01, -0.02];
    agrees!(reproject(&cam, &[0.3, -0.2, 1.0], &[10.0, 20.0]), wrt 2);
    let mut cam0 = cam;
    cam0[0] = 0.0;
    cam0[1] = 0.0;
    cam0[2] = 0.0;
    let (v, _) = reproject::value_and_grad(&cam0, &[0.3, -0.2, 1.0], &[10.0, 20.0]);
    assert_eq!(v, reproject(&cam0, &[0.3, -0.2, 1.0], &[10.0, 20.0]));
    agrees!(gmm(2, 2, &[0.1, -0.2], &[0.0, 0.1, 0.5, -0.4], &[0.1, -0.1, 0.2, 0.0, 0.3, -0.5], &[0.3, 0.2, -0.5, 1.0, 0.6, 0.1]), wrt 3 behind 2);
    agrees!(chol_logdet(&array![[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]]));
    use Ins::*;
    agrees!(run(&[Push(0), Push(1), Mul, Dup, Sin, Add, Const(2.0), Swap, JmpNeg(10), Halt, Push(1), Mul], &[0.7, -0.3]), wrt 1 behind 1);
    agrees!(implied(2.0, 1.3), wrt 2);
    agrees!(heat(&array![0.0, 1.0, 3.0, 2.0, 0.5], 0.2, 5), wrt 2);
    geo_mean::check_grad(&[1.0, 2.0, 4.5]).unwrap().unwrap();
    assert_eq!(geo_mean::grad(&[1.0, -2.0]), Err(Bad("log of -2".into())));
    agrees!(energy_after(&Body { q: [1.0, 0.2], p: [0.1, 0.9], m: 1.1 }, 7, 0.05));
    let layers = vec![
        Dense { w: g(3, 4, 0.3), b: Array1::zeros(4), act: Act::Leaky(0.1) },
        Dense { w: g(4, 4, 0.4), b: Array1::ones(4), act: Act::Swish { beta: 1.2 } },
        Dense { w: g(4, 2, 0.8), b: Array1::zeros(2), act: Act::Tanh },
    ];
    agrees!(net(&layers, &g(5, 3, 1.0), &g(5, 2, 2.0)));
    agrees!(zipped(&array![1.0, 2.0, -0.5], &array![0.3, 0.1, 0.9]), wrt 2);
    agrees!(normalise_rows(&g(3, 2, 0.4)));
    agrees!(robust(&array![0.1, 0.2, 3.0], &g(4, 3, 0.1), &array![0.0, 1.0, -1.0, 0.3]));
    agrees!(robust(&array![0.1f32, 0.2, 3.0], &g(4, 3, 0.1).mapv(|x| x as f32), &array![0.0f32, 1.0, -1.0, 0.3]) as f32);
    clf::check_grad(&g(3, 4, 0.2), &g(6, 3, 0.6), &[0, 1, 2, 3, 0, 1]).unwrap();
    agrees!(opt(&Model { w: 0.7, bias: Some(0.2) }, &[1.0, -0.4, 3.0]));
    agrees!(opt(&Model { w: 0.7, bias: None }, &[1.0, -0.4, 3.0]));
}
