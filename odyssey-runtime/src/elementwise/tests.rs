//! The engine against loops over indices, for all layouts, ranks and instruction sets.
#![allow(clippy::float_cmp, reason = "what is compared exactly is exact")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use ndarray::{
    Array, Array0, Array1, Array2, ArrayD, ArrayRef, ArrayView1, ArrayViewD, Axis, CowArray, Dimension, Ix1, IxDyn, Slice, arr1,
    s,
};

use super::level::Level;
use super::pass::pass;
use super::{Full, One, Sum, extent, fit, into, like, map, map_sum, map_to, map_to_stages, sc, stages};
use crate::math::{exp, tanh};
use crate::real::Real;

/// The instruction sets that this machine can test.
fn levels() -> Vec<Level> {
    #[cfg(odyssey_levels)]
    if Level::detect() == Level::Avx512 {
        return vec![Level::Baseline, Level::Avx2, Level::Avx512];
    }
    vec![Level::Baseline, Level::detect()]
}

/// An array whose view by [`seen`] has this shape and values that depend on the seed.
fn base<T: Real>(shape: &[usize], layout: usize, seed: usize) -> ArrayD<T> {
    let mut shape = shape.to_vec();
    match layout {
        1 => shape.reverse(),
        3 => shape.iter_mut().for_each(|length| *length = 2 * *length + 1),
        4 if !shape.is_empty() => shape[0] = 1,
        _ => {}
    }
    let mut state = seed * 2 + 1;
    ArrayD::from_shape_simple_fn(shape, || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) % (1 << 48);
        T::lit((state >> 20) as f64 / f64::from(1 << 28) - 0.5)
    })
}

/// The array as C order, transposed, reversed, strided, or broadcast along its first axis.
fn seen<'a, T: Real>(base: &'a ArrayD<T>, shape: &[usize], layout: usize) -> ArrayViewD<'a, T> {
    let mut view = base.view();
    match layout {
        1 => view = view.reversed_axes(),
        2 => (0..shape.len()).for_each(|axis| view.invert_axis(Axis(axis))),
        3 => (0..shape.len()).for_each(|axis| view.slice_axis_inplace(Axis(axis), Slice::new(1, None, 2))),
        4 => {
            return base.broadcast(IxDyn(shape)).expect("the first axis has length 1");
        }
        _ => {}
    }
    view
}

/// The element that a point of the space reads, or adds to.
fn at(point: &IxDyn, shape: &[usize]) -> IxDyn {
    let skipped = point.ndim() - shape.len();
    let index: Vec<_> = (0..shape.len()).map(|axis| if shape[axis] == 1 { 0 } else { point[skipped + axis] }).collect();
    IxDyn(&index)
}

fn close<T: Real>(a: T, b: f64) -> bool {
    (a.to_double() - b).abs() <= 64.0 * T::epsilon().to_double() * (1.0 + b.abs())
}

/// All outputs over operands of two shapes and layouts, in one stage or in two.
fn check<T: Real>(level: Level, space: &[usize], shapes: [&[usize]; 2], layouts: [usize; 2], stages: usize) {
    let bases = [base::<T>(shapes[0], layouts[0], 1), base::<T>(shapes[1], layouts[1], 2)];
    let a = seen(&bases[0], shapes[0], layouts[0]);
    let b = seen(&bases[1], shapes[1], layouts[1]);
    let k = T::lit(1.5);
    let start = base::<T>(shapes[1], layouts[0] % 4, 3);
    let mut d_b = start.clone();
    let mut place = d_b.view_mut();
    match layouts[0] {
        1 => place = place.reversed_axes(),
        2 => (0..shapes[1].len()).for_each(|axis| place.invert_axis(Axis(axis))),
        3 => (0..shapes[1].len()).for_each(|axis| place.slice_axis_inplace(Axis(axis), Slice::new(1, None, 2))),
        _ => {}
    }
    let mut d_k = k;
    let operands = (&a, &k, &b);
    let outputs = (Full, Sum, like(&a), like(&extent(&b)), like(&k), into(&mut place), into(&mut d_k));
    let (full, sum, like_a, like_b, like_k, (), ()) = if stages == 1 {
        pass(level, operands, outputs, &|(a, k, b)| (a * k + b, a * b, a - b, a, b, a + k, k * a), &|(a, k, b)| {
            (a * k + b, a * b, a - b, a, b, a + k, k * a)
        })
    } else {
        stages::pass(
            level,
            operands,
            outputs,
            |(a, k, b)| (a * k, a - b),
            |(a, k, b)| (a * k, a - b),
            |((a, k, b), (ak, difference))| (ak + b, a * b, difference, a, b, a + k, ak),
            |((a, k, b), (ak, difference))| (ak + b, a * b, difference, a, b, a + k, ak),
        )
    };

    let mut expected = (0.0, ArrayD::<f64>::zeros(shapes[0]), ArrayD::<f64>::zeros(shapes[1]), 0.0, 1.5);
    let mut expected_place = seen(&start, shapes[1], layouts[0] % 4).mapv(T::to_double);
    assert_eq!(full.shape(), space);
    for (point, &value) in full.indexed_iter() {
        let (x, y) = (a[at(&point, shapes[0])], b[at(&point, shapes[1])]);
        let (u, v) = (x.to_double(), y.to_double());
        assert!(close(value, u * 1.5 + v), "{point:?} of {space:?}");
        expected.0 += u * v;
        expected.1[at(&point, shapes[0])] += u - v;
        expected.2[at(&point, shapes[1])] += u;
        expected.3 += v;
        expected.4 += 1.5 * u;
        expected_place[at(&point, shapes[1])] += u + 1.5;
    }
    let same = |a: &ArrayD<T>, b: &ArrayD<f64>| a.shape() == b.shape() && a.iter().zip(b).all(|(&a, &b)| close(a, b));
    let case = format!("{space:?} from {shapes:?} in {layouts:?} at {level:?} in {stages} stages");
    assert!(close(sum, expected.0) && close(like_k, expected.3) && close(d_k, expected.4), "{case}");
    assert!(same(&like_a, &expected.1) && same(&like_b, &expected.2), "{case}");
    let place = seen(&d_b, shapes[1], layouts[0] % 4).to_owned();
    assert!(same(&place, &expected_place), "{case}");
}

#[test]
fn agrees_with_loops_over_indices() {
    let cases: &[(&[usize], [&[usize]; 2])] = &[
        (&[], [&[], &[]]),
        (&[1], [&[1], &[]]),
        (&[5], [&[5], &[1]]),
        (&[16], [&[16], &[16]]),
        (&[1, 37], [&[37], &[1, 1]]),
        (&[3, 7], [&[3, 7], &[7]]),
        (&[3, 7], [&[3, 1], &[1, 7]]),
        (&[70, 10], [&[70, 10], &[10]]),
        (&[70, 10], [&[10], &[70, 1]]),
        (&[200, 3], [&[200, 3], &[1, 3]]),
        (&[9, 130], [&[9, 130], &[130]]),
        (&[3, 1100], [&[1100], &[3, 1100]]),
        (&[2, 1100], [&[2, 1], &[2, 1100]]),
        (&[4, 3, 5], [&[3, 1], &[4, 1, 5]]),
        (&[2, 3, 4, 5], [&[2, 3, 4, 5], &[3, 1, 1]]),
        (&[2, 1, 3, 1, 2, 2, 3], [&[2, 1, 3, 1, 2, 2, 3], &[2, 1, 3]]),
        (&[0], [&[0], &[1]]),
        (&[0, 3], [&[0, 3], &[3]]),
        (&[3, 0], [&[3, 1], &[0]]),
    ];
    for level in levels() {
        for &(space, shapes) in cases {
            for (a, b) in (0..5).flat_map(|a| (0..5).map(move |b| (a, b))) {
                for stages in [1, 2] {
                    check::<f64>(level, space, shapes, [a, b], stages);
                    check::<f32>(level, space, shapes, [a, b], stages);
                }
            }
        }
    }
}

#[test]
fn results_keep_the_memory_order_of_the_first_array_that_spans_them() {
    let x = Array2::<f64>::from_shape_fn((40, 30), |(i, j)| (i * 100 + j) as f64);
    let y = map((&x.t(), sc(2.0)), |(x, k)| k * x);
    assert_eq!(y, 2.0 * &x.t());
    assert_eq!(y.strides(), x.t().strides());
}

#[test]
fn stages_are_one_function() {
    let lengths = [0, 1, 15, 16, 17, 511, 512, 1023, 1024, 1025, 5000];
    for x in lengths.map(|length| Array1::from_shape_fn(length, |i| (i as f32 * 0.37).sin())) {
        let one: Array1<f32> = map((&x, sc(0.5)), |(x, k)| tanh(exp(x) * k));
        let two = map_to_stages(
            (&x, sc(0.5)),
            One(Full),
            |(x, _)| exp(x),
            |(x, _)| exp(x),
            |((_, k), e)| tanh(e * k),
            |((_, k), e)| tanh(e * k),
        );
        assert_eq!(one, two);
        let (sum, ones, d_x) = map_to_stages(
            (&x,),
            (Sum, Sum, like(&x)),
            |(x,)| (exp(x), 1.0_f64),
            |(x,)| (exp(x), 1.0_f64),
            |((x,), (e, one))| (e, one, x + x),
            |((x,), (e, one))| (e, one, x + x),
        );
        assert!((sum - map_sum((&x,), |(x,)| exp(x))).abs() <= 1e-6 * sum);
        assert_eq!((ones, d_x), (x.len() as f64, &x * 2.0));
    }
    let scalar = map_to_stages((sc(0.5), sc(2.0)), One(Full), |(x, _)| x, |_| 0.0, |((_, k), x)| k * x, |_| 0.0);
    assert_eq!(scalar, 1.0);
}

#[test]
fn scalars_give_scalars() {
    let (a, b, mut d) = (2.0_f64, 3.0_f64, 1.0_f64);
    let product: f64 = map((&a, &&b), |(a, b)| a * b);
    let (full, sum, d_a, ()) = map_to((&a, sc(b)), (Full, Sum, like(&a), into(&mut d)), |(a, b)| (a, b, b, a));
    assert_eq!((product, full, sum, d_a, d), (6.0, 2.0, 3.0, 3.0, 3.0));
}

#[test]
fn a_cotangent_may_be_larger_than_the_operands() {
    let x = Array2::<f64>::zeros((3, 20));
    let row = arr1(&[1.0; 20]);
    let mut d_row = row.clone();
    let (d_x, total, twice, ()) =
        map_to((sc(2.0), &row), (like(&x), Sum, like(&row), into(&mut d_row)), |(d, one)| (d * one, d, d, one));
    assert_eq!(d_x, Array2::from_elem((3, 20), 2.0));
    assert_eq!((total, twice, d_row), (120.0, arr1(&[6.0; 20]), arr1(&[4.0; 20])));
}

#[test]
fn a_cotangent_that_fits_is_moved() {
    let x = Array2::<f64>::from_shape_fn((3, 4), |(i, j)| (i * 10 + j) as f64).reversed_axes();
    let (data, sums) = (x.as_ptr(), x.sum_axis(Axis(0)));
    let moved = fit(x.clone().reversed_axes(), &Array2::<f64>::zeros((3, 4)));
    assert_eq!(moved, x.t());
    assert_eq!(fit(x.clone(), &extent(&Array1::<f64>::zeros(3))), sums);
    assert_eq!(fit(x.clone(), &Array2::<f64>::zeros((1, 3))), sums.clone().insert_axis(Axis(0)));
    assert_eq!(fit(x.clone(), &2.0), x.sum());
    assert_eq!(fit(sums.clone(), &x), Array2::zeros(x.dim()) + &sums);
    assert_eq!(fit(x.clone(), &x.clone().into_dyn()).strides(), x.strides());
    assert_eq!(fit(x.into_dyn(), &Array2::<f64>::zeros((4, 3))).as_ptr(), data);
}

#[test]
fn scalars_spread_to_all_points() {
    let (x, row, none) = (Array2::<f32>::zeros((3, 20)), arr1(&[1.0_f32; 20]), Array2::<f32>::zeros((0, 20)));
    let (mut d_row, mut d_k) = (row.clone(), 1.0_f32);
    let (full, sum, d_x, twice, (), ()) =
        map_to((sc(2.0), sc(3.0)), (Full, Sum, like(&x), like(&row), into(&mut d_row), into(&mut d_k)), |(a, b)| {
            (a, b, a, a, b, b)
        });
    assert_eq!((full, sum, d_x), (2.0, 180.0, Array2::from_elem((3, 20), 2.0)));
    assert_eq!((twice, d_row, d_k), (arr1(&[6.0; 20]), arr1(&[10.0; 20]), 181.0));

    let (full, sum, d_none, d_row) = map_to((sc(f32::INFINITY),), (Full, Sum, like(&none), like(&row)), |(a,)| (a, a, a, a));
    assert_eq!((full, sum, d_none, d_row), (f32::INFINITY, 0.0, none, arr1(&[0.0; 20])));
}

#[test]
fn sums_are_accurate() {
    let x = Array1::from_shape_fn(10_000_000, |i| ((i % 1009) as f32).mul_add(0.001, 0.1));
    let exact: f64 = x.iter().map(|&x| f64::from(x)).sum();
    let (sum,) = map_to((&x,), (Sum,), |(x,)| (x,));
    assert!((f64::from(sum) - exact).abs() <= 1e-7 * exact, "{sum} for {exact}");

    let rows = x.view().into_shape_with_order((1_250_000, 8)).expect("the length is divisible");
    let columns = extent(&Array1::<f32>::zeros(8));
    let (sums,) = map_to((&rows,), (like(&columns),), |(x,)| (x,));
    for (column, &sum) in rows.columns().into_iter().zip(&sums) {
        let exact: f64 = column.iter().map(|&x| f64::from(x)).sum();
        assert!((f64::from(sum) - exact).abs() <= 1e-6 * exact, "{sum} for {exact}");
    }
}

#[test]
fn sums_of_infinite_values_are_those_of_a_loop() {
    let sum = |values: &[f64]| map_to((&ArrayView1::from(values),), (Sum,), |(x,)| (x,)).0;
    let mut values = vec![1.0; 5000];
    values[4000] = f64::INFINITY;
    assert_eq!(sum(&values), f64::INFINITY);
    values[10] = f64::NEG_INFINITY;
    assert!(sum(&values).is_nan());
    assert!(sum(&[f64::MAX, f64::MAX]).is_infinite());
    assert_eq!(sum(&[]), 0.0);
}

#[test]
fn shapes_that_do_not_broadcast_are_named() {
    let (a, b, c) = (Array2::<f64>::zeros((2, 3)), Array1::<f64>::zeros(4), Array1::<f64>::zeros(1));
    let message = |panic: Box<dyn std::any::Any + Send>| *panic.downcast::<String>().expect("a message");
    let two = catch_unwind(|| map((&c, &a, &b), |(c, a, b)| a * b + c));
    assert_eq!(message(two.unwrap_err()), "shapes [2, 3] and [4] do not broadcast");
    let target = catch_unwind(|| map_to((&a,), (like(&b),), |(a,)| (a,)));
    assert_eq!(message(target.unwrap_err()), "shapes [2, 3] and [4] do not broadcast");
    let rank = catch_unwind(|| map_to((&c,), (Full, like(&a)), |(c,)| (c, c)));
    assert_eq!(message(rank.unwrap_err()), "a result of rank 1 cannot hold the shape [2, 3]");
}

#[test]
fn a_panic_of_the_closure_passes_through() {
    let x = Array1::from_shape_fn(5000, |i| i as f64);
    let mut d = Array1::<f64>::zeros(5000);
    let run = AssertUnwindSafe(|| {
        map_to((&x,), (Full, Sum, into(&mut d)), |(x,)| {
            assert!(x < 3000.0, "too large");
            (x, x, x)
        })
    });
    assert!(catch_unwind(run).is_err());
}

fn generic<T: Real, D: Dimension>(a: &Array<T, D>, b: &Array<T, D>, s: T) -> (Array<T, D>, T, Array<T, D>, T) {
    let m: Array<T, D> = map((&a, &s, &b), |(a, s, b)| a * s + b * T::lit(2.0));
    let shape = extent(&a);
    let (full, d_s, d_a, total) =
        map_to((&a, &s, &shape, &m), (Full, like(&s), like(&shape), Sum), |(a, s, (), m)| (a + m, s * a, m, a));
    (full, d_s, d_a, total)
}

#[test]
fn generic_code_needs_no_other_bounds() {
    let (a, b) = (arr1(&[1.0, 2.0]), arr1(&[3.0, 4.0]));
    let (full, d_s, d_a, total) = generic(&a, &b, 10.0_f32);
    assert_eq!((full, d_s, d_a, total), (arr1(&[17.0, 30.0]), 30.0, arr1(&[16.0, 28.0]), 3.0));
}

#[test]
fn types_of_operands_are_inferred() {
    let (a, b) = (arr1(&[0.5_f32, 1.0]), Array2::<f32>::ones((3, 2)));
    let (b, v, r): (&&Array2<f32>, ArrayView1<f32>, &ArrayRef<f32, Ix1>) = (&&b, a.view(), &a);
    let (c, z): (CowArray<f32, Ix1>, Array0<f32>) = (a.view().into(), ndarray::arr0(3.0));
    let (s, xs) = (2.0_f32, [1.0_f32, 4.0]);

    let m = map((&a, &b), |(a, b)| tanh(a + 0.5 * b));
    assert_eq!(m.dim(), (3, 2));
    assert_eq!(map((&v, &r, &c), |(v, r, c)| v * r - c / 2.0), arr1(&[0.0, 0.5]));
    assert_eq!(map((&s, &xs[1]), |(s, x)| exp(s - 0.5 * x)), 1.0);
    assert_eq!(map((&z, &s), |(z, s)| z * s), ndarray::arr0(6.0));
    assert_eq!(map((&a.view().t(), &a.sum()), |(a, s)| a / s), &a / 1.5);
    assert_eq!(map((&a.slice(s![..1]), &&&s), |(a, s)| a * s), arr1(&[1.0]));
    let (d_a, d_b) = map_to((&a, &b), (like(&a), like(&b)), |(a, b)| (b * 2.0, a));
    assert_eq!((d_a, d_b.row(2).to_owned()), (arr1(&[6.0, 6.0]), a.clone()));

    let half = 0.5;
    assert_eq!(map((&s, sc(half)), |(s, half)| s * half), 1.0_f32);
    let (d_half, ones) = map_to((sc(half), &a), (like(&half), like(&a)), |(half, a)| (half * a, 1.0));
    assert_eq!((d_half, ones), (0.75_f32, arr1(&[1.0, 1.0])));
}
