use ndarray::prelude::*;
use odyssey_runtime::prelude::*;
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
