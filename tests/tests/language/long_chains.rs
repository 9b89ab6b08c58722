//! Long elementwise chains: each value read several times, more operands than a pass takes, sums on the way.

use ndarray::{Array1, Array2};
use odyssey_runtime::prelude::*;

#[differentiable]
fn doubled(x: &Array2<f64>, k: &Array1<f64>) -> f64 {
    let y = x + k;
    let y = &y * &y * 0.3 + &y * 0.5;
    let y = &y * 0.9 - &y * &y * 0.2;
    let y = &y * &y * 0.3 + &y * 0.5;
    let y = &y * 0.9 - &y * &y * 0.2;
    let y = &y * &y * 0.3 + &y * 0.5;
    let y = &y * 0.9 - &y * &y * 0.2;
    let y = &y * &y * 0.3 + &y * 0.5;
    let y = &y * 0.9 - &y * &y * 0.2;
    let y = &y * &y * 0.3 + &y * 0.5;
    let y = &y * 0.9 - &y * &y * 0.2;
    y.sum()
}

#[differentiable]
fn broadcast(x: &Array2<f64>, k: &Array1<f64>) -> f64 {
    let y = x + k;
    let y = &y * k + &y / (1.0 + k * k);
    let y = y.sin() * k - &y / (2.0 + k * k);
    let y = &y * k + &y / (1.0 + k * k);
    let y = y.sin() * k - &y / (2.0 + k * k);
    let y = &y * k + &y / (1.0 + k * k);
    let y = y.sin() * k - &y / (2.0 + k * k);
    (&y * &y).sum()
}

#[differentiable]
fn summed(x: &Array2<f64>, k: &Array1<f64>) -> f64 {
    let y = x + k;
    let y = &y * k + (&y * &y).sum() * &y * 0.1;
    let y = &y - k * (&y * k).sum() * 0.1;
    let y = &y * k + (&y * &y).sum() * &y * 0.1;
    let y = &y - k * (&y * k).sum() * 0.1;
    let y = &y * k + (&y * &y).sum() * &y * 0.1;
    let y = &y - k * (&y * k).sum() * 0.1;
    (&y * &y).sum()
}

/// More than a dozen numbers and arrays in one expression.
#[differentiable]
fn wide(x: &Array2<f64>, k: &Array1<f64>) -> f64 {
    let (a, b, c, d, e, f) = (k.dot(k), k[0] * 2.0, k[1].sin(), k.sum(), x.sum(), (x * x).sum());
    let (p, q, r, s) = (x.dot(&x.t()), x.t().dot(x), x.dot(k), x.t().dot(&x.column(0)));
    let n = x.nrows() as f64;
    let inner = &q * a + &s * b + c * k - d * &q * e;
    let outer = &p * f + &r / n + (&p * a - &r * b) * c - (&p * d).sin() * e;
    let both = (x * a + k * b).sin() * c + (x * d - e * k) * f * (&s * a - k * c) + x * k * &s;
    inner.sum() + outer.sum() * 0.1 + both.mean().unwrap()
}

/// Any of them may be the one that says how far the sum goes.
#[rustfmt::skip]
#[differentiable(wrt(a, f, n))]
fn many(
    a: &Array2<f64>, b: &Array1<f64>, c: &Array1<f64>, d: &Array1<f64>, e: &Array1<f64>, f: &Array1<f64>, g: &Array1<f64>,
    h: &Array1<f64>, i: &Array1<f64>, j: &Array1<f64>, k: &Array1<f64>, l: &Array1<f64>, m: &Array1<f64>, n: &Array2<f64>,
) -> f64 {
    let pairs = a * b + b * c + c * d + d * e + e * f + f * g + g * h + h * i + i * j + j * k + k * l + l * m + m * n + n * a;
    (&pairs * &pairs).sum()
}

/// The gradient against central differences, its tangent against those of the gradient.
macro_rules! agrees {
    ($($f:ident)*) => {$(
        #[test]
        fn $f() {
            let (x, k) = (array![[0.3, -0.2, 0.5], [0.1, 0.4, -0.6], [-0.7, 0.2, 0.15]], array![0.4, -0.3, 0.8]);
            super::$f::check_grad(&x, &k).unwrap();
            let (dx, dk) = (x.mapv(|v| (3.0 * v).cos()), k.mapv(|v| (2.0 * v).sin()));
            let h = 1e-5;
            let ahead = super::$f::grad(&(&x + &dx * h), &(&k + &dk * h));
            let behind = super::$f::grad(&(&x - &dx * h), &(&k - &dk * h));
            let (hx, hk) = super::$f::hvp(&x, &k, dx, dk);
            let want = ((ahead.0 - behind.0) / (2.0 * h), (ahead.1 - behind.1) / (2.0 * h));
            let scale = want.0.iter().chain(&want.1).fold(1.0, |scale: f64, v| scale.max(v.abs()));
            assert!((hx - want.0).iter().chain(&(hk - want.1)).all(|e: &f64| e.abs() < 1e-6 * scale));
        }
    )*};
}

mod agree {
    use ndarray::array;

    agrees!(doubled broadcast summed wide);

    #[test]
    fn many() {
        let list: Vec<_> = (0..14).map(|i| array![0.3, -0.4, 0.1 * f64::from(i)]).collect();
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, _] = &list[..] else { unreachable!("fourteen") };
        let (a, n) = (a.clone().insert_axis(ndarray::Axis(0)), array![[0.2], [0.7]]);
        super::many::check_grad(&a, b, c, d, e, f, g, h, i, j, k, l, m, &n).unwrap();
        let (da, df, dn) = (&a * 0.5, f * 0.25, &n * -0.5);
        let step = |t: f64| super::many::grad(&(&a + &da * t), b, c, d, e, &(f + &df * t), g, h, i, j, k, l, m, &(&n + &dn * t));
        let (ahead, behind) = (step(1e-5), step(-1e-5));
        let second = super::many::hvp(&a, b, c, d, e, f, g, h, i, j, k, l, m, &n, da.clone(), df.clone(), dn.clone());
        let close = |second: f64, ahead: f64, behind: f64| (second - (ahead - behind) / 2e-5).abs() < 1e-6;
        assert!(second.0.iter().zip(&ahead.0).zip(&behind.0).all(|((s, a), b)| close(*s, *a, *b)));
        assert!(second.1.iter().zip(&ahead.1).zip(&behind.1).all(|((s, a), b)| close(*s, *a, *b)));
        assert!(second.2.iter().zip(&ahead.2).zip(&behind.2).all(|((s, a), b)| close(*s, *a, *b)));
    }
}
