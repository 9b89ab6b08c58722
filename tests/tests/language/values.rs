//! Enums and structs in small programs.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Differentiable)]
enum Kernel {
    Rbf { length: f64, scale: f64 },
    Linear(f64),
    Sum(Box<Kernel>, Box<Kernel>),
    Product(Vec<Kernel>),
    White,
}
#[differentiable]
impl Kernel {
    fn eval(&self, a: f64, b: f64) -> f64 {
        match self {
            Kernel::Rbf { length, scale } => scale * scale * (-0.5 * ((a - b) / length).powi(2)).exp(),
            Self::Linear(s) => s * a * b,
            Self::Sum(l, r) => l.eval(a, b) + r.eval(a, b),
            Kernel::Product(ks) => {
                let mut p = 1.0;
                for k in ks {
                    p *= k.eval(a, b);
                }
                p
            }
            Self::White => {
                if a == b {
                    0.1
                } else {
                    0.0
                }
            }
        }
    }
    fn scaled(self, k: f64) -> Self {
        match self {
            Kernel::Rbf { length, scale } => Kernel::Rbf { length, scale: scale * k },
            Kernel::Linear(s) => Kernel::Linear(s * k),
            other => other,
        }
    }
}
#[differentiable(wrt(kernel))]
fn gram(kernel: &Kernel, xs: &[f64]) -> f64 {
    let mut t = 0.0;
    for a in xs {
        for b in xs {
            t += kernel.eval(*a, *b) * (a - b).cos();
        }
    }
    t
}
/// A method that takes its receiver.
#[differentiable]
fn scaled(kernel: &Kernel, k: f64) -> f64 {
    let s = Kernel::scaled(kernel.clone(), k);
    s.eval(0.3, 0.5) + kernel.eval(0.1, 0.2)
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct V2 {
    x: f64,
    y: f64,
}
#[differentiable]
impl V2 {
    fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
    fn dot(&self, o: &V2) -> f64 {
        self.x * o.x + self.y * o.y
    }
    fn norm(self) -> f64 {
        self.dot(&self).sqrt()
    }
    fn scale(&mut self, k: f64) -> &mut Self {
        self.x *= k;
        self.y *= k;
        self
    }
}
/// Vectors by value.
#[differentiable]
fn polygon(ps: &[V2]) -> f64 {
    let n = ps.len();
    let mut area = 0.0;
    let mut per = 0.0;
    for i in 0..n {
        let (p, q) = (ps[i], ps[(i + 1) % n]);
        area += p.x * q.y - q.x * p.y;
        per += V2::new(q.x - p.x, q.y - p.y).norm();
    }
    0.5 * area / per
}
#[derive(Clone, Differentiable)]
struct Rnn {
    w: f64,
    u: f64,
    cells: [f64; 2],
}
/// A pattern with `mut` names.
#[differentiable]
fn rnn(r: &Rnn, xs: &[f64]) -> f64 {
    let Rnn { w, u, cells: [mut a, mut b] } = r.clone();
    for x in xs {
        let na = (w * x + u * b).tanh();
        b = (a * u).tanh();
        a = na;
    }
    a - b
}
#[derive(Clone, Differentiable)]
struct Wrapper<T> {
    inner: T,
    scale: f64,
}
/// Generic structs.
#[differentiable]
fn wrapped(w: &Wrapper<V2>, o: &Wrapper<Vec<f64>>) -> f64 {
    w.inner.x * w.scale + o.inner.iter().map(|v| v * o.scale).sum::<f64>() + w.inner.y
}
/// Pairs exchanged.
#[differentiable]
fn swapping(p: (f64, f64), k: f64) -> f64 {
    let (mut a, mut b) = p;
    for _ in 0..3 {
        (a, b) = (b * k, a + b);
    }
    std::mem::swap(&mut a, &mut b);
    a - b * k
}
/// Options in options.
#[differentiable]
fn nested(o: Option<Option<f64>>, r: &Option<V2>) -> f64 {
    let a = match o {
        Some(Some(v)) => v * v,
        Some(None) => 1.0,
        None => 0.0,
    };
    let b = r.as_ref().map(|v| v.x * v.y).unwrap_or(2.0);
    let c = if let Some(V2 { x, .. }) = r { x * a } else { a };
    a + b * c
}

/// A number that is lent, as the result and in others.
#[differentiable]
fn lent(x: &f64) -> f64 {
    *x
}

#[differentiable]
fn of_lent(x: &f64, y: &f64) -> f64 {
    let z = x * y + *x;
    let (p, q) = if *x > *y { (*x, z) } else { (z, *y) };
    lent(&z) * p.sin() * q + lent(y)
}

#[test]
fn values() {
    for (x, y) in [(0.3, 0.7), (0.7, 0.3)] {
        agrees!(of_lent(&x, &y), wrt 2);
    }
    let k = Kernel::Sum(
        Box::new(Kernel::Rbf { length: 0.7, scale: 1.2 }),
        Box::new(Kernel::Product(vec![Kernel::Linear(0.4), Kernel::Rbf { length: 0.9, scale: 0.8 }])),
    );
    agrees!(gram(&k, &[0.3, 0.9]));
    agrees!(scaled(&k, 0.4), wrt 2);
    agrees!(scaled(&Kernel::Linear(0.3), 0.4), wrt 2);
    agrees!(scaled(&Kernel::White, 0.4), wrt 2);
    agrees!(polygon(&[V2 { x: 0.1, y: 0.2 }, V2 { x: 1.1, y: 0.3 }, V2 { x: 0.6, y: 0.9 }]));
    agrees!(rnn(&Rnn { w: 0.3, u: 0.7, cells: [0.1, 0.2] }, &[0.3, 0.5]), wrt 2);
    agrees!(wrapped(&Wrapper { inner: V2 { x: 0.3, y: 0.4 }, scale: 0.7 }, &Wrapper { inner: vec![0.3, 0.2], scale: 1.2 }), wrt 2);
    agrees!(swapping((0.3, 0.4), 0.8), wrt 2);
    for o in [None, Some(None), Some(Some(0.3))] {
        for r in [None, Some(V2 { x: 0.2, y: 0.5 })] {
            agrees!(nested(o, &r), wrt 2);
        }
    }
}
