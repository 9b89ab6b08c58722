//! What people write without thinking about derivatives.

use ndarray::{Array, Array1, Array2, Array3, ArrayView2, Axis, Dimension, array, concatenate, s, stack};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable(wrt(a, x, y))]
fn saxpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}
#[differentiable(wrt(a, x))]
fn uses_saxpy(a: f64, x: &[f64]) -> f64 {
    let mut buf = vec![1.0; x.len()];
    saxpy(a, x, &mut buf);
    saxpy(2.0, x, &mut buf);
    let (lo, hi) = buf.split_at_mut(2);
    lo[0] *= hi[0];
    saxpy(a * a, &x[..2], lo);
    buf.iter().map(|v| v * v).sum()
}

#[derive(Clone, Debug, Differentiable)]
struct Poly<T, const N: usize> {
    c: [T; N],
}
impl<T: Real, const N: usize> Poly<T, N> {
    #[differentiable]
    fn eval(&self, x: T) -> T {
        let mut acc = T::zero();
        for c in self.c.iter().rev() {
            acc = acc * x + *c;
        }
        acc
    }
}
#[differentiable]
fn poly_sum(p: &Poly<f64, 4>, xs: &[f64; 3]) -> f64 {
    xs.iter().map(|x| p.eval(*x)).sum()
}

#[differentiable]
trait Layer {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64>;
    fn penalty(&self) -> f64 {
        0.0
    }
}
#[derive(Clone, Debug, Differentiable)]
struct Lin {
    w: Array2<f64>,
}
#[derive(Clone, Debug, Differentiable)]
struct Scale<L> {
    inner: L,
    k: f64,
}
#[differentiable]
impl Layer for Lin {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        x.dot(&self.w)
    }
    fn penalty(&self) -> f64 {
        (&self.w * &self.w).sum()
    }
}
#[differentiable]
impl<L: Layer + Differentiable> Layer for Scale<L> {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        self.inner.forward(x) * self.k
    }
}
#[differentiable(wrt(m))]
fn train<M: Layer>(m: &M, x: &Array2<f64>) -> f64 {
    m.forward(x).tanh().sum() + m.penalty()
}

#[differentiable]
fn labelled(x: f64, y: f64) -> f64 {
    let mut t = 0.0;
    'o: for i in 0..5 {
        for j in 0..5 {
            if i * j > 6 {
                break 'o;
            }
            if (i + j) % 3 == 0 {
                continue;
            }
            t += x.powi(i) * y.powi(j);
            if t > 50.0 {
                continue 'o;
            }
        }
        t *= 1.1;
    }
    t
}
#[differentiable]
fn collatz(x: f64) -> f64 {
    let mut v = x;
    let mut n = 0;
    let r = loop {
        if v > 10.0 {
            break v * 2.0;
        }
        v = v * 1.5 + 1.0;
        n += 1;
        if n > 20 {
            break 0.0;
        }
    };
    r + n as f64 * x
}
#[differentiable]
fn mems(a: f64, b: f64) -> f64 {
    let mut p = (a, b);
    std::mem::swap(&mut p.0, &mut p.1);
    let old = std::mem::replace(&mut p.0, a * b);
    let mut v = vec![old, p.0, p.1];
    let t = std::mem::take(&mut v);
    v.push(3.0 * a);
    t[0] * t[1] + t[2] + v[0]
}
#[differentiable]
fn conv3(x: &Array3<f64>, k: &Array2<f64>) -> f64 {
    let (c, h, w) = x.dim();
    let mut out = Array3::<f64>::zeros((c, h - 1, w - 1));
    for ch in 0..c {
        for i in 0..h - 1 {
            for j in 0..w - 1 {
                let patch = x.slice(s![ch, i..i + 2, j..j + 2]);
                out[[ch, i, j]] = (&patch * k).sum();
            }
        }
    }
    out.iter().map(|v| v.sin()).sum()
}
#[differentiable]
fn cats(a: &Array2<f64>, b: &Array2<f64>, v: &Array1<f64>) -> f64 {
    let c = concatenate![Axis(0), a.view(), b.view()];
    let st = stack![Axis(0), v.view(), (v * 2.0).view()];
    let d = c.dot(&st.t());
    d.mapv(f64::cos).sum_axis(Axis(0)).iter().product::<f64>()
}
#[differentiable]
fn my_act(x: f64) -> f64 {
    if x > 0.0 { x } else { x.exp() - 1.0 }
}
#[differentiable]
fn mapped(x: &Array1<f64>) -> f64 {
    x.mapv(my_act).dot(&x.mapv(f64::sinh)) + x.map(|v| v * v).sum()
}

fn sphere_vjp(x: &Array1<f64>) -> (f64, impl FnOnce(f64) -> Array1<f64>) {
    let y = x.dot(x).sqrt();
    (y, move |d| x * (d / y))
}
#[differentiable]
fn sphere_jvp(x: &Array1<f64>, x_dot: Array1<f64>) -> (f64, f64) {
    let y = x.dot(x).sqrt();
    (y, x.dot(&x_dot) / y)
}
#[differentiable(vjp = sphere_vjp, jvp = sphere_jvp, order = 2)]
fn sphere(x: &Array1<f64>) -> f64 {
    unsafe_norm(x)
}
fn unsafe_norm(x: &Array1<f64>) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}
#[differentiable]
fn with_rule(x: &Array1<f64>, k: f64) -> f64 {
    let y = x * k;
    sphere(&y) * k
}

#[derive(Clone, Debug, Differentiable)]
enum Tree {
    Leaf(f64),
    Node { left: Box<Tree>, right: Box<Tree>, w: f64 },
}
#[differentiable]
fn tree_sum(t: &Tree) -> f64 {
    match t {
        Tree::Leaf(v) => v * v,
        Tree::Node { left, right, w } => w * tree_sum(left) + tree_sum(right).sin(),
    }
}
#[differentiable(name = det_grad)]
fn det(m: &[[f64; 2]; 2]) -> f64 {
    m[0][0] * m[1][1] - m[0][1] * m[1][0]
}

#[differentiable]
fn pipeline(xs: &[f64], ys: &[f64]) -> f64 {
    let a: f64 = xs.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
    let b: f64 = xs.iter().zip(ys).skip(1).filter(|(x, _)| **x > 0.0).map(|(x, y)| x * y).sum();
    let c = ys.chunks(2).map(|c| c.iter().product::<f64>()).fold(0.0, |m, v| m + v * v);
    let d = xs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e = xs.iter().min_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let f: Vec<f64> = xs.iter().enumerate().map(|(i, x)| x * i as f64).collect();
    let g: Array1<f64> = ys.iter().map(|y| y.exp()).collect();
    a + b + c + d * e + f.iter().rev().take(2).sum::<f64>() + g.sum()
}
#[differentiable(aux)]
fn with_aux(x: &Array1<f64>) -> (f64, Array1<f64>, String) {
    let y = x.mapv(|v| v * v);
    let text = format!("{:.2}", y.sum());
    (y.sum().ln(), y, text)
}
#[differentiable]
fn shadow(x: f64) -> f64 {
    let x = x * 2.0;
    let x = {
        let x = x.sin();
        x * x
    };
    if let Some(y) = Some(x) { y + x } else { 0.0 }
}
#[differentiable]
fn options(x: f64, o: Option<f64>) -> Option<f64> {
    let y = o?;
    if x > 100.0 {
        return None;
    }
    Some(x * y)
}
#[differentiable]
fn sum_axes<D: Dimension>(x: &Array<f64, D>) -> f64 {
    (x * x).sum() / x.len() as f64
}
#[differentiable]
fn cond_arr(x: &Array2<f64>, flag: bool) -> f64 {
    let y = if flag { x.t().dot(x) } else { x.dot(&x.t()) };
    let z = match y.nrows() {
        2 => y.sum(),
        n if n > 2 => y.diag().sum(),
        _ => 0.0,
    };
    z * 0.5 + y.mean().unwrap()
}
#[differentiable]
fn elem_assign(m: &Array2<f64>, v: &Array1<f64>) -> f64 {
    let mut m = m.clone();
    m.row_mut(0).assign(v);
    m.column_mut(1).fill(v[0] * v[1]);
    m[[1, 0]] = m[[0, 0]] * 3.0;
    let mut r = m.row_mut(1);
    r += v;
    r.scaled_add(0.5, v);
    m.slice_mut(s![.., 1..]).mapv_inplace(|x| x * x);
    let mc = m.clone();
    m.zip_mut_with(&mc, |a, b| *a += 0.1 * b);
    m.iter_mut().for_each(|x| *x = x.sin());
    m.sum()
}
#[differentiable]
fn quad_form(x: ArrayView2<f64>, w: f32) -> f64 {
    x.sum() * f64::from(w)
}
#[differentiable]
fn early(xs: &[f64]) -> f64 {
    let mut acc = 1.0;
    for (i, x) in xs.iter().enumerate() {
        if *x < 0.0 {
            return acc * i as f64;
        }
        acc *= x + 1.0;
    }
    acc
}
#[derive(Clone, Copy, Debug, Differentiable)]
struct P(f64, f64);
impl P {
    #[differentiable]
    fn dist(self, o: P) -> f64 {
        (self.0 - o.0).hypot(self.1 - o.1)
    }
    #[differentiable]
    fn mid(a: P, b: P) -> Self {
        Self((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
    }
}
#[differentiable]
fn path(ps: &[P]) -> f64 {
    let mut t = 0.0;
    for w in ps.windows(2) {
        t += w[0].dist(w[1]) + P::mid(w[0], w[1]).0;
    }
    t
}
#[derive(Clone, Debug, Differentiable)]
struct Rng {
    #[differentiable(skip)]
    seed: u64,
    scale: f64,
}
impl Rng {
    #[differentiable]
    fn next(&mut self) -> f64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.seed >> 40) as f64 / 1e7 * self.scale
    }
}
#[differentiable(wrt(scale))]
fn monte(scale: f64, n: usize) -> f64 {
    let mut rng = Rng { seed: 42, scale };
    let mut t = 0.0;
    for _ in 0..n {
        t += rng.next().sin();
    }
    t / n as f64
}
#[differentiable]
fn made(w: &Array1<f64>, v: &[f64]) -> f64 {
    let k = Array2::from_shape_fn((w.len(), w.len()), |(i, j)| (-(w[i] - w[j]).powi(2)).exp());
    let a = Array1::from_shape_fn(w.len(), |i| if i == 0 { 0.0 } else { w[i] * w[i - 1] });
    let b = Array1::from_iter(v.iter().map(|x| x.sin()));
    let c = Array1::from_vec(v.iter().map(|x| x * 2.0).collect());
    let d = v.iter().map(|x| x * x).collect::<Array1<f64>>();
    let e: Array2<f64> = Array2::from_shape_fn(k.dim(), |(i, _)| k[[i, 0]] * w[i]);
    k.dot(&a).sum() + b.dot(&c) + d.sum() + e.sum()
}

#[test]
fn gradients_agree() {
    let g = |r: usize, c: usize, sd: f64| Array2::from_shape_fn((r, c), |(i, j)| ((i * c + j) as f64 * 0.7 + sd).sin());
    agrees!(uses_saxpy(0.7, &[1.0, 2.0, 0.5]), wrt 2);
    agrees!(poly_sum(&Poly { c: [1.0, 2.0, 0.3, 0.4] }, &[0.1, 0.5, 1.4]), wrt 2);
    agrees!(train(&Scale { inner: Lin { w: g(2, 3, 0.1) }, k: 0.7 }, &g(4, 2, 0.3)));
    agrees!(train(&Lin { w: g(2, 3, 0.1) }, &g(4, 2, 0.3)));
    agrees!(labelled(1.1, 0.9), wrt 2);
    agrees!(collatz(1.1));
    agrees!(mems(1.1, 0.4), wrt 2);
    agrees!(conv3(&Array3::from_shape_fn((2, 3, 3), |(a, b, c)| ((a * 9 + b * 3 + c) as f64).cos()), &g(2, 2, 0.2)), wrt 2);
    agrees!(cats(&g(1, 2, 0.1), &g(2, 2, 0.5), &array![0.3, 0.6]), wrt 3);
    agrees!(mapped(&array![0.3, -0.6, 1.2]));
    agrees!(with_rule(&array![0.3, -0.6, 1.2], 1.3), wrt 2);
    let t = Tree::Node {
        left: Box::new(Tree::Leaf(1.2)),
        right: Box::new(Tree::Node { left: Box::new(Tree::Leaf(0.2)), right: Box::new(Tree::Leaf(0.9)), w: 0.5 }),
        w: 2.0,
    };
    agrees!(tree_sum(&t));
    det_grad::check_grad(&[[1.0, 2.0], [3.0, 5.0]]).unwrap();
    agrees!(pipeline(&[0.5, -0.3, 1.2, 0.8], &[0.1, 0.2, 0.7, 0.4]), wrt 2);
    let ((value, squares, text), gradient) = with_aux::value_and_grad(&array![1.0, 2.0]);
    assert_eq!((value, squares, &text[..], gradient), (5.0f64.ln(), array![1.0, 4.0], "5.00", array![0.4, 0.8]));
    with_aux::check_grad(&array![1.0, 2.0]).unwrap();
    agrees!(shadow(0.6));
    assert_eq!(options::grad(2.0, Some(3.0)), Some((3.0, Some(2.0))));
    assert_eq!(options::grad(2.0, None), None);
    assert!(options::vjp(200.0, Some(1.0)).is_none());
    agrees!(sum_axes(&g(2, 2, 0.4).into_dyn()));
    agrees!(cond_arr(&g(3, 2, 0.4), true));
    agrees!(cond_arr(&g(3, 2, 0.4), false));
    agrees!(elem_assign(&g(2, 2, 0.4), &array![0.3, 0.8]), wrt 2);
    agrees!(quad_form(g(2, 2, 0.1).view(), 0.5f32), wrt 2 in f32);
    agrees!(early(&[0.5, 0.2, -1.0, 3.0]));
    agrees!(path(&[P(0.0, 1.0), P(1.0, 3.0), P(-1.0, 2.0)]));
    agrees!(monte(0.3, 10));
    agrees!(made(&array![0.1, 0.5, -0.4], &[1.0, 0.3]), wrt 2);
}
