//! Operations with their gradients, and the value alone, beside ndarray expressions; for linear algebra beside `nalgebra`.

use nalgebra::DMatrix;
use ndarray::{Array1, Array2, Array3, Array4, s};
use odyssey_runtime::Tangent;
use odyssey_runtime::prelude::*;

use crate::support::{Bench, candidate, noise};

/// A row: the operation as a function, its arguments with their shapes, a cotangent of its result, and its value with the gradients
/// of all arguments by hand.
macro_rules! operation {
    ($rows:ident, $label:literal: ($($x:ident: $X:ty = $value:expr),+) -> $Y:ty $body:block by |$dy:ident| $hand:block) => {
        fn $rows(bench: &mut Bench) {
            #[differentiable]
            fn operation($($x: &$X),+) -> $Y $body

            let row = concat!("operation ", $label);
            if !bench.wants(row) {
                return;
            }
            $(let $x: $X = $value;)+
            let $dy = noise(operation($(&$x),+).raw_dim(), 9);
            let ours = || {
                let (y, pullback) = operation::vjp($(&$x),+);
                (y, pullback($dy.clone()))
            };
            let hand = || $hand;
            assert_same(&ours(), &hand());
            let value = || operation($(&$x),+);
            bench.row(row, vec![candidate("ours", ours), candidate("value", value), candidate("hand", hand)]);
        }
    };
}

/// Panics unless values and gradients agree.
fn assert_same<Y: Tangent>(a: &Y, b: &Y) {
    let mut difference = a.clone();
    difference.add_scaled(-1.0, b);
    assert!(difference.norm() <= 1e-10 * b.norm(), "the candidates do not agree");
}

fn softmax_rows(mut x: Array2<f64>) -> Array2<f64> {
    for mut row in x.rows_mut() {
        let largest = row.iter().fold(f64::NEG_INFINITY, |largest, x| largest.max(*x));
        row.mapv_inplace(|x| (x - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    x
}

/// `y (dy - Σ dy y)` along rows.
fn through_softmax(y: &Array2<f64>, dy: &Array2<f64>) -> Array2<f64> {
    let along = (y * dy).sum_axis(Axis(1)).insert_axis(Axis(1));
    y * &(dy - &along)
}

fn regular(n: usize) -> Array2<f64> {
    noise::<f64, _>((n, n), 1) + Array2::<f64>::eye(n) * n as f64
}

operation! { sum_columns, "sum_axis(0) 512x768":
    (x: Array2<f64> = noise((512, 768), 1)) -> Array1<f64> { x.sum_axis(Axis(0)) }
    by |dy| { (x.sum_axis(Axis(0)), dy.broadcast(x.dim()).expect("rows").to_owned()) }
}
operation! { sum_rows, "sum_axis(1) 512x768":
    (x: Array2<f64> = noise((512, 768), 1)) -> Array1<f64> { x.sum_axis(Axis(1)) }
    by |dy| { (x.sum_axis(Axis(1)), dy.view().insert_axis(Axis(1)).broadcast(x.dim()).expect("columns").to_owned()) }
}
operation! { max_rows, "max_axis(1) 512x768":
    (x: Array2<f64> = noise((512, 768), 1)) -> Array1<f64> { x.max_axis(Axis(1)) }
    by |dy| {
        let y = x.map_axis(Axis(1), |row| row.iter().fold(f64::NEG_INFINITY, |largest, x| largest.max(*x)));
        let d_x = Array2::from_shape_fn(x.dim(), |(i, j)| if x[[i, j]] == y[i] { dy[i] } else { 0.0 });
        (y, d_x)
    }
}
operation! { softmax, "softmax 512x768":
    (x: Array2<f64> = noise((512, 768), 1)) -> Array2<f64> { x.softmax(Axis(1)) }
    by |dy| {
        let y = softmax_rows(x.clone());
        let d_x = through_softmax(&y, &dy);
        (y, d_x)
    }
}
operation! { layer_norm, "layer_norm 512x768":
    (x: Array2<f64> = noise((512, 768), 1), gamma: Array1<f64> = noise(768, 2), beta: Array1<f64> = noise(768, 3))
        -> Array2<f64> { x.layer_norm(gamma, beta, 1e-5) }
    by |dy| {
        let mean = x.mean_axis(Axis(1)).expect("columns").insert_axis(Axis(1));
        let scale = x.var_axis(Axis(1), 0.0).mapv(|var| (var + 1e-5).sqrt().recip()).insert_axis(Axis(1));
        let normal = (&x - &mean) * &scale;
        let d = &dy * &gamma;
        let (of_mean, of_scale) = (d.mean_axis(Axis(1)), (&d * &normal).mean_axis(Axis(1)));
        let [of_mean, of_scale] = [of_mean, of_scale].map(|means| means.expect("columns").insert_axis(Axis(1)));
        let d_x = (&d - &of_mean - &normal * &of_scale) * &scale;
        (&normal * &gamma + &beta, (d_x, (&dy * &normal).sum_axis(Axis(0)), dy.sum_axis(Axis(0))))
    }
}
operation! { conv_first, "conv2d 3x3 32x1->16x28x28":
    (x: Array4<f64> = noise((32, 1, 28, 28), 1), k: Array4<f64> = noise((16, 1, 3, 3), 2))
        -> Array4<f64> { x.conv2d(k, Conv2d { padding: (1, 1), ..Conv2d::default() }) }
    by |dy| { convolution(&x, &k, &dy) }
}
operation! { conv_second, "conv2d 3x3 32x16->32x28x28":
    (x: Array4<f64> = noise((32, 16, 28, 28), 1), k: Array4<f64> = noise((32, 16, 3, 3), 2))
        -> Array4<f64> { x.conv2d(k, Conv2d { padding: (1, 1), ..Conv2d::default() }) }
    by |dy| { convolution(&x, &k, &dy) }
}
operation! { attention, "attention 256x64":
    (q: Array2<f64> = noise((256, 64), 1), k: Array2<f64> = noise((256, 64), 2), v: Array2<f64> = noise((256, 64), 3))
        -> Array2<f64> { q.scaled_dot_product_attention(k, v) }
    by |dy| {
        let p = softmax_rows(q.dot(&k.t()) / 8.0);
        let d = through_softmax(&p, &dy.dot(&v.t())) / 8.0;
        (p.dot(&v), (d.dot(&k), d.t().dot(&q), p.t().dot(&dy)))
    }
}
operation! { batched, "matmul 16x64x64x64":
    (a: Array3<f64> = noise((16, 64, 64), 1), b: Array3<f64> = noise((16, 64, 64), 2)) -> Array3<f64> { a.matmul(b) }
    by |dy| {
        let (mut y, mut d_a, mut d_b) = (Array3::zeros(a.dim()), Array3::zeros(a.dim()), Array3::zeros(b.dim()));
        for i in 0..a.dim().0 {
            let [a, b, dy] = [&a, &b, &dy].map(|x| x.index_axis(Axis(0), i));
            y.index_axis_mut(Axis(0), i).assign(&a.dot(&b));
            d_a.index_axis_mut(Axis(0), i).assign(&dy.dot(&b.t()));
            d_b.index_axis_mut(Axis(0), i).assign(&a.t().dot(&dy));
        }
        (y, (d_a, d_b))
    }
}
operation! { solve, "solve 200x200, 20 sides":
    (a: Array2<f64> = regular(200), b: Array2<f64> = noise((200, 20), 2)) -> Array2<f64> { a.solve(b) }
    by |dy| {
        let (lu, b, dy) = (of_nalgebra(&a).lu(), of_nalgebra(&b), of_nalgebra(&dy));
        let x = lu.solve(&b).expect("it has an inverse");
        let d_b = of_nalgebra(&a.t().to_owned()).lu().solve(&dy).expect("it has an inverse");
        let d_a = -&d_b * x.transpose();
        (of_ndarray(&x), (of_ndarray(&d_a), of_ndarray(&d_b)))
    }
}
operation! { cholesky, "cholesky 200x200":
    (a: Array2<f64> = regular(200).dot(&regular(200).t())) -> Array2<f64> { a.cholesky() }
    by |dy| {
        let l = of_nalgebra(&a).cholesky().expect("it is positive definite").l();
        // Φ(lᵀ dl), and from both sides the inverse of the factor.
        let mut middle = (l.transpose() * of_nalgebra(&dy).lower_triangle()).lower_triangle();
        (0..middle.nrows()).for_each(|i| middle[(i, i)] *= 0.5);
        let upper = l.transpose();
        let left = upper.solve_upper_triangular(&middle).expect("it has an inverse");
        let both = upper.solve_upper_triangular(&left.transpose()).expect("it has an inverse");
        let d_a = (&both + both.transpose()) * 0.5;
        (of_ndarray(&l), of_ndarray(&d_a))
    }
}
fn of_nalgebra(x: &Array2<f64>) -> DMatrix<f64> {
    DMatrix::from_row_iterator(x.nrows(), x.ncols(), x.iter().copied())
}

fn of_ndarray(x: &DMatrix<f64>) -> Array2<f64> {
    Array2::from_shape_fn((x.nrows(), x.ncols()), |(i, j)| x[(i, j)])
}

/// A 3 by 3 kernel on images with a frame of zeros, and both gradients: for each element of the kernel, a product of matrices over
/// channels.
fn convolution(x: &Array4<f64>, k: &Array4<f64>, dy: &Array4<f64>) -> (Array4<f64>, (Array4<f64>, Array4<f64>)) {
    let ((n, c, h, w), outputs) = (x.dim(), k.dim().0);
    let mut framed = Array4::zeros((n, c, h + 2, w + 2));
    framed.slice_mut(s![.., .., 1..=h, 1..=w]).assign(x);
    let (mut y, mut d_framed, mut d_k) = (Array4::zeros((n, outputs, h, w)), Array4::zeros(framed.dim()), Array4::zeros(k.dim()));
    for (p, q) in (0..3).flat_map(|p| (0..3).map(move |q| (p, q))) {
        let kernel = k.slice(s![.., .., p, q]);
        for i in 0..n {
            let patch = framed.slice(s![i, .., p..p + h, q..q + w]).to_owned().into_shape_with_order((c, h * w)).expect("rows");
            let dy = dy.slice(s![i, .., .., ..]).into_shape_with_order((outputs, h * w)).expect("rows");
            let part = kernel.dot(&patch).into_shape_with_order((outputs, h, w)).expect("rows");
            y.slice_mut(s![i, .., .., ..]).zip_mut_with(&part, |y, part| *y += part);
            d_k.slice_mut(s![.., .., p, q]).zip_mut_with(&dy.dot(&patch.t()), |d_k, part| *d_k += part);
            let part = kernel.t().dot(&dy).into_shape_with_order((c, h, w)).expect("rows");
            d_framed.slice_mut(s![i, .., p..p + h, q..q + w]).zip_mut_with(&part, |d_x, part| *d_x += part);
        }
    }
    (y, (d_framed.slice(s![.., .., 1..=h, 1..=w]).to_owned(), d_k))
}

pub(crate) fn rows(bench: &mut Bench) {
    sum_columns(bench);
    sum_rows(bench);
    max_rows(bench);
    softmax(bench);
    layer_norm(bench);
    conv_first(bench);
    conv_second(bench);
    attention(bench);
    batched(bench);
    solve(bench);
    cholesky(bench);
}
