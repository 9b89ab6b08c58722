//! Dual numbers as numbers.

use ndarray::{Array1, Array2, Axis, array};
use num_traits::{Float, ToPrimitive};
use odyssey_runtime::rt::{self, Dual};
use odyssey_runtime::{Real, Tangent};

fn of(value: f64, tangent: f64) -> Dual<f64> {
    Dual { value, tangent }
}

#[test]
fn edges_are_those_of_the_table() {
    let tangent = |y: Dual<f64>| y.tangent;
    assert_eq!(tangent(of(0.0, 1.0).abs()), 0.0);
    assert_eq!(tangent(of(2.0, 1.0).max(of(2.0, 4.0))), 2.5);
    assert_eq!(tangent(of(1.0, 3.0).clamp(of(1.0, 0.0), of(2.0, 0.0))), 3.0);
    assert_eq!(tangent(of(2.5, 3.0).floor()), 0.0);
    assert_eq!(tangent(of(0.0, 1.0).sqrt()), f64::INFINITY);
    assert_eq!(tangent(of(0.0, 1.0).powi(0)), 0.0);
    assert_eq!(tangent(of(0.0, 1.0).powi(1)), 1.0);
    // The exponent does not vary: that the logarithm of a negative number is none does not matter.
    assert_eq!(tangent(of(-2.0, 1.0).powf(of(3.0, 0.0))), 12.0);
    // What does not vary contributes nothing.
    assert_eq!(tangent(of(0.0, 0.0).sqrt()), 0.0);
    assert_eq!(tangent(of(f64::INFINITY, 0.0) * of(2.0, 0.0)), 0.0);
    assert_eq!(tangent(of(1.0, 2.0) / of(0.0, 0.0)), f64::INFINITY);
}

#[test]
fn comparisons_are_of_values() {
    assert!(of(1.0, 2.0) == of(1.0, 3.0) && of(1.0, 2.0) < of(2.0, 0.0));
    assert!(of(f64::NAN, 0.0).is_nan() && of(1.0, f64::NAN).is_finite());
    assert!(!of(0.0, 1.0).vanishes() && of(0.0, 0.0).vanishes());
}

#[test]
fn tangents_are_not_lost_in_conversions() {
    assert_eq!(of(2.0, 1.0).to_f64(), None);
    assert_eq!(of(2.0, 0.0).to_f64(), Some(2.0));
    assert_eq!(of(2.0, 1.0).to_usize(), Some(2));
    assert_eq!(<f32 as num_traits::NumCast>::from(of(2.0, 1.0)), None);
    let single = Dual { value: 1.5_f32, tangent: 0.25 };
    let double: Dual<f64> = rt::cast_like(single, of(0.0, 0.0));
    assert_eq!((double.value, double.tangent), (1.5, 0.25));
}

/// Kernels add up the parts of duals of both precisions, in memory of any layout.
#[test]
fn kernels_take_them() {
    fn check<T: Real>() {
        let at = |k: usize| Array2::from_shape_fn((67, 35), |(i, j)| T::lit(((i * 31 + j * 17 + k * 7) as f64 * 0.1).sin()));
        let x = rt::dual(&at(1), &at(2));
        let b = rt::dual(&at(3).row(0), &at(4).row(0));
        let near = |a: T, b: T| assert!((a - b).abs() < T::lit(1e-4), "{a} is not {b}");
        let transposed = x.t().as_standard_layout().into_owned();
        for x in [x.view(), transposed.t()] {
            let total: Dual<T> = rt::map_sum((&x, &b), |(x, b)| x * b);
            near(total.value, (at(1) * at(3).row(0)).sum());
            near(total.tangent, (at(2) * at(3).row(0) + at(1) * at(4).row(0)).sum());
            let (y, d_b) = rt::map_to((&x, &b), (rt::Full, rt::like(&b)), |(x, b)| (x + b, x * x));
            let (value, tangent) = rt::parts(y);
            near((value - at(1) - at(3).row(0)).sum(), T::zero());
            near((tangent - at(2) - at(4).row(0)).sum(), T::zero());
            let (value, tangent) = rt::parts(d_b);
            near(value[34], (&at(1) * &at(1)).sum_axis(Axis(0))[34]);
            near(tangent[34], (&at(1) * &at(2)).sum_axis(Axis(0))[34] * T::lit(2.0));
            let mut sum: Array1<Dual<T>> = Array1::zeros(67);
            let mut column = sum.view_mut().insert_axis(Axis(1));
            rt::map_to((&x,), (rt::into(&mut column),), |(x,)| (x,));
            near(rt::tangent_part(sum)[66], at(2).row(66).sum());
        }
    }
    check::<f64>();
    check::<f32>();
    check::<Dual<f64>>();
}

#[test]
fn products_of_matrices() {
    let at = |k: usize| Array2::from_shape_fn((9, 9), |(i, j)| ((i * 31 + j * 17 + k * 7) as f64).sin());
    let (a, b) = (rt::dual(&at(1), &at(2)), rt::dual(&at(3), &at(4)));
    let (value, tangent) = rt::parts(rt::dot(&a, &b.t()));
    assert!((value - at(1).dot(&at(3).t())).norm() < 1e-13);
    assert!((tangent - at(2).dot(&at(3).t()) - at(1).dot(&at(4).t())).norm() < 1e-13);
    let (value, tangent) = rt::parts(rt::dot(&a, &rt::lifted(&at(3))));
    assert!((value - at(1).dot(&at(3))).norm() < 1e-13 && (tangent - at(2).dot(&at(3))).norm() < 1e-13);
}

#[test]
fn what_stands_beside_them() {
    let mask = array![true, false];
    let kept: ndarray::ArrayView1<'_, bool> = rt::lifted(&&mask);
    assert_eq!(kept, mask);
    assert_eq!(rt::lifted(&(Axis(1), 2_usize, [3_usize, 4], vec![5_usize])), (Axis(1), 2, [3, 4], vec![5]));
    let list = vec![1_usize, 2];
    let indices: &[usize] = rt::lifted(&&list);
    assert_eq!(indices, [1, 2]);
    assert_eq!(rt::lifted(&Some(0.5_f64)).map(|x| (x.value, x.tangent)), Some((0.5, 0.0)));
    let array: Array1<Dual<f32>> = rt::lifted(&&array![1.0_f32]);
    assert_eq!(rt::parts(array), (array![1.0], array![0.0]));
    assert_eq!(*rt::lifted(&rt::extent(&array![[1.0, 2.0]])).dim(), ndarray::Ix2(1, 2));
}

#[test]
fn parts_of_results() {
    let x = of(1.0, 2.0);
    assert_eq!(rt::parts((x, Some(x), ())), ((1.0, Some(1.0), ()), (2.0, Some(2.0), ())));
    assert_eq!(rt::parts(Ok::<_, ()>(x)), (Ok(1.0), Some(2.0)));
    assert_eq!(rt::parts(Err::<Dual<f64>, _>("none")), (Err("none"), None));
}

#[test]
#[should_panic(expected = "a tangent of shape [1, 2] for an array of shape [2]")]
fn shapes_agree() {
    rt::dual(&array![1.0, 2.0], &array![[1.0, 2.0]]);
}
