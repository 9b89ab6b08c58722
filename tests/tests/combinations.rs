//! Programs that once failed, or that combine what the others keep apart: state that is an array, calls in loops and
//! branches, fan-out over different shapes, gradients that some caller does not want.

#![allow(clippy::needless_range_loop, clippy::assign_op_pattern, reason = "written as their users would")]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

fn arr2(r: usize, c: usize) -> Array2<f64> {
    Array2::from_shape_fn((r, c), |(i, j)| ((i * 7 + j * 3 + 1) as f64 * 0.37).sin())
}
fn arr1(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| ((i * 5 + 2) as f64 * 0.7).cos())
}
#[differentiable]
fn lstm_like(w: &Array2<f64>, u: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let mut h = b * 0.0;
    let mut total = 0.0;
    for t in 0..x.nrows() {
        let z = w.dot(&h) + b;
        h = (z * 0.5 + u.dot(&h) * x[[t, 0]]).tanh();
        total += (&h * &h).sum();
    }
    total + h.sum()
}
#[differentiable]
fn broadcast(a: &Array1<f64>, m: &Array2<f64>, c: f64) -> f64 {
    let t = a * c;
    let u = &t * m;
    let v = t.sum();
    let w = (&u + &t).exp();
    w.sum() * v + u.mean().unwrap()
}
#[differentiable]
fn soft(a: &Array2<f64>, b: &Array1<f64>) -> f64 {
    let p = (a + b).softmax(Axis(1));
    let q = (a * b).log_softmax(Axis(0));
    let l = a.logsumexp(Axis(1));
    (&p * &q).sum() + (&l * &l).sum() + a.sum_axis(Axis(0)).dot(b) + a.mean_axis(Axis(1)).unwrap().sum() * 2.0
}
#[differentiable]
fn fanout(a: &Array2<f64>) -> f64 {
    let t = a.t();
    let g = t.dot(a);
    let h = g.mapv(|v| v.sin() * v + 0.1);
    let s = h.sum();
    let r = h.dot(&g);
    (&r * s).sum() + a[[0, 1]] * a[[1, 0]]
}
#[differentiable]
fn tuples(x: f64, y: f64) -> (f64, f64) {
    let (a, b) = (x * y, x.sin());
    let t = (a + b, a * b);
    (t.0 * x, t.1 + y)
}
#[differentiable]
fn use_tuples(x: f64, y: f64) -> f64 {
    let (p, q) = tuples(x, y);
    let r = tuples(p, q);
    r.0 * r.1 + p
}
#[differentiable]
fn calls_in_loop(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        if i % 2 == 0 {
            y = helper(y, x);
        } else {
            y = y + helper(x, y);
        }
    }
    y
}
#[differentiable]
fn helper(a: f64, b: f64) -> f64 {
    (a * b).sin() + a
}
#[differentiable]
fn generic<T: Real>(x: &Array1<T>, k: T) -> T {
    let y = (x * k).tanh();
    let mut acc = T::lit(0.0);
    for i in 0..x.len() {
        acc += y[i] * x[i] * T::lit(0.5);
    }
    acc + (&y * &y).sum().sqrt()
}
#[differentiable]
fn powers(x: f64) -> f64 {
    x.powi(3) + x.powf(1.7) + 2.0f64.powf(x) + x.hypot(2.0) + x.max(0.3) + x.atan2(0.5) + x.clamp(0.0, 5.0) + (x * 2.0) % 1.7
}
#[differentiable]
fn nested(x: &[f64], k: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let mut p = 1.0;
        for j in 0..=i {
            p *= x[j] * k;
            s += p;
        }
        s = s * 0.5 + p;
    }
    s
}
#[differentiable]
fn arrays_in_if(a: &Array1<f64>, c: f64) -> f64 {
    let b = if c > 0.0 { a * c } else { a.exp() };
    let mut d = b.clone();
    if a.sum() > -100.0 {
        d = &d * &b + a;
    }
    (&d * &b).sum()
}
#[test]
fn all() {
    lstm_like::check_grad(&arr2(3, 3), &arr2(3, 3), &arr1(3), &arr2(4, 1)).unwrap();
    broadcast::check_grad(&arr1(3), &arr2(4, 3), 0.7).unwrap();
    soft::check_grad(&arr2(3, 4), &arr1(4)).unwrap();
    fanout::check_grad(&arr2(3, 3)).unwrap();
    use_tuples::check_grad(0.7, 1.2).unwrap();
    calls_in_loop::check_grad(0.7, 5).unwrap();
    generic::check_grad(&arr1(4), 0.8).unwrap();
    powers::check_grad(0.77).unwrap();
    nested::check_grad(&[0.3, 0.5, -0.7], 1.1).unwrap();
    arrays_in_if::check_grad(&arr1(3), 0.4).unwrap();
    arrays_in_if::check_grad(&arr1(3), -0.4).unwrap();
    macro_rules! same { ($($f:ident($($a:expr),*);)*) => {$( let (v, g) = match $f::vjp($($a),*) { (v, pb) => (v, pb(1.0)) }; assert!((v - $f($($a),*)).abs() < 1e-12 * v.abs().max(1.0)); let (v2, g2) = $f::value_and_grad($($a),*); assert!((v2 - v).abs() < 1e-12 * v.abs().max(1.0)); let d = format!("{:.6?} {:.6?}", g, g2); let (x, y) = (format!("{:.9?}", g), format!("{:.9?}", g2)); assert_eq!(x.replace("-0.000000000", "0.000000000"), y.replace("-0.000000000", "0.000000000"), "{d}"); )*} }
    same! { lstm_like(&arr2(3, 3), &arr2(3, 3), &arr1(3), &arr2(4, 1)); nested(&[0.3, 0.5, -0.7], 1.1); broadcast(&arr1(3), &arr2(4, 3), 0.7); soft(&arr2(3, 4), &arr1(4)); fanout(&arr2(3, 3)); calls_in_loop(0.7, 5); arrays_in_if(&arr1(3), 0.4); powers(0.77); }
}
#[differentiable]
fn inner(w: &Array2<f64>, x: &Array2<f64>) -> Array2<f64> {
    x.dot(w)
}
#[differentiable]
fn outer(w: &Array2<f64>, x: &Array2<f64>) -> Array2<f64> {
    inner(w, x).tanh()
}
#[differentiable(wrt(w))]
fn wloss(w: &Array2<f64>, x: &Array2<f64>) -> f64 {
    outer(w, x).sum()
}
#[differentiable(wrt(w))]
fn wloss2(w: &Array2<f64>, x: &Array2<f64>) -> f64 {
    let mut y = x.clone();
    for _ in 0..3 {
        y = outer(w, &y);
    }
    y.sum()
}
#[test]
fn unwanted_through_two_calls() {
    wloss::check_grad(&array![[0.3, -0.2], [0.1, 0.7]], &array![[1.0, 2.0], [0.5, -1.0]]).unwrap();
    wloss2::check_grad(&array![[0.3, -0.2], [0.1, 0.7]], &array![[1.0, 2.0], [0.5, -1.0]]).unwrap();
}
#[differentiable]
fn b1(w: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = w.dot(x);
    y.sum() * w[[0, 0]]
}
#[differentiable]
fn tr4(g: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = g.dot(x);
    (&y + &g.t()).sum()
}
#[differentiable]
fn carried(m: &Array2<f64>, start: &Array1<f64>) -> f64 {
    let mut v = start.clone();
    let mut norm = 1.0;
    for _ in 0..6 {
        let next = m * &v;
        norm = next.sum();
        v = start / norm;
    }
    norm + v.sum()
}
#[differentiable]
fn dense(w: &Array2<f64>, x: &Array1<f64>) -> Array1<f64> {
    w.dot(x).tanh()
}
#[differentiable]
fn deep(w: &Array2<f64>, x: &Array1<f64>, layers: usize) -> f64 {
    let mut h = dense(w, x);
    for _ in 0..layers {
        h = dense(w, &h);
    }
    h.sum()
}
#[differentiable]
fn power_iteration(m: &Array2<f64>, start: &Array1<f64>) -> f64 {
    let mut v = start.clone();
    for _ in 0..6 {
        v = m.dot(&v);
    }
    v.sum()
}
#[differentiable]
fn b5(w: ArrayView1<f64>, x: ArrayView1<f64>) -> f64 {
    w.dot(&x)
}
#[differentiable]
fn b6<'a>(x: &'a ArrayView1<'a, f64>) -> f64 {
    x.dot(x)
}
#[differentiable]
fn passive_state(x: f64, n: usize) -> f64 {
    let mut count = 0;
    let mut sum = 0.0;
    for i in 0..n {
        count += i;
        sum += x * count as f64;
    }
    sum
}
#[differentiable]
fn any_rank<D: Dimension>(x: &Array<f64, D>) -> f64 {
    x.sum()
}
#[differentiable]
fn lj<T: Real>(r: T, depth: T) -> T {
    r * depth
}
#[differentiable]
fn smooth<T: Real>(x: &[T], weight: T) -> T {
    let mut total = T::zero();
    for i in 1..x.len() {
        total += lj(T::one() + x[i], weight);
    }
    total
}
#[test]
fn bugs() {
    let m = array![[0.3, 0.4], [-0.5, 0.2]];
    let v = array![0.7, 1.3];
    b1::check_grad(&m, &v).unwrap();
    tr4::check_grad(&m, &v).unwrap();
    carried::check_grad(&m, &v).unwrap();
    deep::check_grad(&m, &v, 3).unwrap();
    power_iteration::check_grad(&m, &v).unwrap();
    passive_state::check_grad(0.4, 4).unwrap();
    b5::check_grad(v.view(), v.view()).unwrap();
    b6::grad(&v.view());
    assert_eq!(any_rank::grad(&m), Array2::<f64>::ones((2, 2)));
    smooth::check_grad(&[0.3, 0.2], 0.5).unwrap();
}
#[differentiable(wrt(income, rate))]
fn tax(income: f64, rate: f64, is_married: bool) -> f64 {
    let allowance = if is_married { 20.0 } else { 10.0 };
    let taxed = income - allowance;
    let mut tax = 0.0;
    if taxed > 0.0 {
        tax += rate * taxed;
        if taxed > 50.0 {
            let above = taxed - 50.0;
            tax += 0.2 * above * above / income;
        } else if taxed > 25.0 {
            tax += 0.1 * (taxed - 25.0);
        } else {
            tax *= 0.9;
        }
    }
    tax
}
#[test]
fn taxes() {
    for i in [5.0, 25.0, 40.0, 90.0] {
        tax::check_grad(i, 0.3, true).unwrap();
    }
}
#[differentiable]
fn b9(x: f64) -> f64 {
    let n = 3;
    x.powi(n)
}
#[differentiable]
fn w1(x: &Array1<f64>) -> f64 {
    x.mapv(|v| {
        if v > 0.0 && v < 10.0 {
            v * v
        } else if v > -0.5 {
            0.1 * v
        } else {
            v.exp()
        }
    })
    .sum()
}
#[differentiable]
fn leak(x: &Array1<f64>) -> f64 {
    x.mapv(|v| if v > 0.0 { v.ln() } else { 3.0 * v }).sum()
}
#[test]
fn closures() {
    b9::check_grad(0.7).unwrap();
    w1::check_grad(&array![0.3, -0.2, -0.7, 1.5]).unwrap();
    assert_eq!(leak::grad(&array![0.0, 2.0]), array![3.0, 0.5]);
    let x = array![0.0, 2.0];
    let (_, pb) = leak::vjp(&x);
    assert_eq!(pb(1.0), array![3.0, 0.5]);
}

#[differentiable]
fn product<T: Real>(a: T, b: T) -> T {
    a * b
}

#[differentiable]
fn twice<T: Real>(x: T, k: T) -> T {
    product(x, k) + product(k, x)
}

#[differentiable]
fn repeated(x: &Array2<f64>, row: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    for _ in 0..3 {
        y = squash(&y) * row;
    }
    y.sum()
}

#[differentiable]
fn squash(x: &Array2<f64>) -> Array2<f64> {
    x.tanh()
}

#[differentiable]
fn names(value: f64, pullback: f64, kept: f64, d_value: f64) -> f64 {
    (value * pullback + kept) * kept * d_value
}

#[test]
fn carried_through_pullbacks() {
    repeated::check_grad(&array![[0.35, 0.7], [0.6, 0.15]], &array![0.5, 0.9]).unwrap();
    twice::check_grad(0.3, 0.8).unwrap();
    names::check_grad(0.3, 0.8, 1.2, -0.4).unwrap();
    assert_eq!(names::vjp(0.3, 0.8, 1.2, -0.4).1(1.0), names::grad(0.3, 0.8, 1.2, -0.4));
}

#[differentiable]
fn filled(q: f64, a: f64) -> f64 {
    let v = Array1::<f64>::ones(3) * a;
    v[2] * v[2] + q
}

#[differentiable(wrt(q))]
fn one_of_two_wanted(q: f64, a: f64) -> f64 {
    filled(q, a)
}

#[differentiable]
fn written_twice(x: &Array2<f64>) -> f64 {
    x.t().dot(&x.sum_axis(Axis(0))).sum() + x.sum_axis(Axis(0)).sin().sum()
}

#[differentiable]
fn scalar_state(b: f64) -> f64 {
    let v = Array1::<f64>::ones(3) * b;
    let mut s = 1.0;
    for _ in 0..3 {
        let k = v.dot(&v);
        s = (s + k).tanh();
    }
    s
}

#[test]
fn found_by_random_programs() {
    assert_eq!(one_of_two_wanted::grad(0.3, 0.4), 1.0);
    filled::check_grad(0.3, 0.4).unwrap();
    written_twice::check_grad(&array![[0.3, 0.4], [0.5, -0.2]]).unwrap();
    scalar_state::check_grad(0.3).unwrap();
}

#[derive(Clone, Differentiable)]
struct P {
    b: Array1<f64>,
    k: f64,
}
#[differentiable]
fn h4(x: &Array1<f64>) -> Array1<f64> {
    x.sin()
}
#[differentiable]
fn f4(x: &Array1<f64>) -> f64 {
    let v = h4(x);
    v.mean().unwrap()
}
#[differentiable]
fn f5(p: &P, c: f64) -> f64 {
    let v = p.b.clone();
    v[1] + v.sum() + c + p.k
}
#[differentiable]
fn f7(x: &Array2<f64>, k: f64) -> f64 {
    let mut y = x.sum_axis(Axis(0)).sin() * 1.3;
    y = (y.to_owned() * k) * 0.1;
    y[0] + y.dot(&y)
}
#[differentiable]
fn f8(v: &Array2<f64>) -> f64 {
    let mut v7 = v.sum_axis(Axis(0)) + &v.sum_axis(Axis(0));
    let mut k = v7[2] + v.sum();
    for _ in 0..3 {
        k -= v7[0].sin();
        v7 = (&v7 * &v7).tanh();
    }
    v7.dot(&v7) + k
}
#[differentiable]
fn many(
    a: &Array1<f64>,
    b: &Array1<f64>,
    c: &Array1<f64>,
    d: &Array1<f64>,
    e: &Array1<f64>,
    f: &Array1<f64>,
    g: &Array1<f64>,
) -> f64 {
    let (h, i, j, k) = (a.dot(b), b.dot(c), c.dot(d), d.dot(e));
    let (l, m, n) = (e.dot(f), f.dot(g), g.dot(a));
    ((a * b + c * d * h + i * e.sin()) * (f * j + g * k).tanh() + (a * l + b * m - c * n) * (d + e * f)).sum()
}
#[test]
fn found_by_more_random_programs() {
    let v = array![0.3, 0.5, -0.2];
    let p = P { b: v.clone(), k: 0.4 };
    let m = array![[0.3, 0.1, 0.4], [0.2, -0.5, 0.6]];
    f4::check_grad(&v).unwrap();
    f5::check_grad(&p, 0.4).unwrap();
    f7::check_grad(&m, 0.4).unwrap();
    f8::check_grad(&m).unwrap();
    let w = |s: f64| v.mapv(|x| (x * s).cos());
    many::check_grad(&w(1.), &w(2.), &w(3.), &w(4.), &w(5.), &w(6.), &w(7.)).unwrap();
}

#[derive(Clone, Differentiable)]
struct Pair {
    w: Array2<f64>,
    b: Array1<f64>,
}

#[differentiable]
fn view_of_a_field(q: &Pair) -> f64 {
    let v = q.w.dot(&q.w.t());
    v[[1, 1]].sin() + q.b.sum()
}

#[differentiable]
fn view_of_a_temporary(q: &Array1<f64>) -> f64 {
    Array2::<f64>::ones((2, 2)).t().dot(q).sum()
}

#[differentiable]
fn field_twice(c: f64, a: &Pair) -> f64 {
    let w = a.w.logsumexp(Axis(1));
    a.w.t().dot(&w).sum() - a.w.sum() * c
}

#[differentiable(wrt(a))]
fn view_in_a_branch(a: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let mut v = a.clone();
    if a[0] > 0.01 {
        let k = m.tanh();
        v = k.t().dot(a);
    }
    v.sum()
}

#[test]
fn views() {
    let q = Pair { w: array![[0.3, 0.1], [0.2, -0.5]], b: array![0.4, 0.6] };
    view_of_a_field::check_grad(&q).unwrap();
    view_of_a_temporary::check_grad(&q.b).unwrap();
    field_twice::check_grad(0.3, &q).unwrap();
    view_in_a_branch::check_grad(&q.b, &q.w).unwrap();
}

#[differentiable]
fn scaled_by_its_sum(p: &Array1<f64>) -> f64 {
    let s = p.sum();
    (p * s).sum()
}

#[differentiable]
fn softmax_by_hand(x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let e = x.exp();
    let total = e.sum();
    let p = &e / total;
    (p * y * x.sin()).sum() + (y * total.cos()).sum()
}

#[differentiable]
fn sums_of_sums(x: &Array2<f64>, row: &Array1<f64>) -> f64 {
    let a = x * row;
    let b = row * a.sum() + row.sin();
    let c = &b * x + &a;
    let d = &c * row.sum() + &b;
    (&d * &b).sum() + (&c * &d).sum() * b.sum()
}

#[differentiable]
fn right_side_first(x: f64) -> f64 {
    let mut a = x;
    a -= {
        a = a * 3.0;
        a * x
    };
    a
}

#[test]
fn sums_that_cannot_be_put_off() {
    let (x, row) = (array![[0.3, 0.1], [0.2, -0.5], [0.4, 0.6]], array![0.4, 0.6]);
    scaled_by_its_sum::check_grad(&row).unwrap();
    softmax_by_hand::check_grad(&x, &row).unwrap();
    sums_of_sums::check_grad(&x, &row).unwrap();
    let (_, pullback) = sums_of_sums::vjp(&x, &row);
    let (d_x, d_row) = pullback(1.0);
    let (again_x, again_row) = sums_of_sums::grad(&x, &row);
    assert!((d_x - again_x).iter().chain((d_row - again_row).iter()).all(|d| d.abs() < 1e-12));
    right_side_first::check_grad(0.7).unwrap();
    assert_eq!(right_side_first::value_and_grad(0.7).0, right_side_first(0.7));
}
