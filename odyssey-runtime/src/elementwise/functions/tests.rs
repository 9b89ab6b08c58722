use ndarray::{Array, ArrayView, Dimension, array};

use super::prelude::*;
use crate::real::Real;

/// Every function: its companion agrees with differences, and its forms with each other.
macro_rules! forms {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident $(, $number:ident)?) -> $names:tt = $value:tt $(, $rule:tt)*;
    )*) => {$(
        #[test]
        fn $name() {
            use super::super::prelude::$name as function;
            $(let $number = 0.3;)?
            let points: Array2<f64> = array![[-2.3, 0.7, 1.9], [-0.4, -1.2, 3.3]];
            for &x in &points {
                function::check_grad(x $(, $number)?).unwrap();
                assert_eq!(function(x $(, $number)?), RealFunctions::$name(x $(, $number)?));
            }
            let values = function(&points $(, $number)?);
            assert!(values.is_close(&points.mapv(|x| function(x $(, $number)?))));
            assert_eq!(points.$name($($number)?), values);
            assert_eq!(points.slice(s![..;-1, ..]).$name($($number)?), values.slice(s![..;-1, ..]));
            assert_eq!(function(&points.t() $(, $number)?), values.t());
            assert!(arr0(0.7).$name($($number)?).is_close(&arr0(values[[0, 1]])));
            assert_eq!(ArrayD::<f64>::zeros(IxDyn(&[2, 0, 3])).$name($($number)?).shape(), [2, 0, 3]);

            let (_, pullback) = function::vjp(&points $(, $number)?);
            let forms!(@first d_x $($number)?) = pullback(values.clone());
            let wanted = points.mapv(|x| {
                let forms!(@first d_x $($number)?) = function::grad(x $(, $number)?);
                d_x * function(x $(, $number)?)
            });
            assert!(d_x.is_close(&wanted));
        }
    )*};
    (@first $d_x:ident) => { $d_x };
    (@first $d_x:ident $number:ident) => { ($d_x, _) };
}

trait Close {
    fn is_close(&self, other: &Self) -> bool;
}

impl<D: Dimension> Close for Array<f64, D> {
    fn is_close(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-14)
    }
}

mod each {
    use super::super::prelude::*;
    use super::Close;
    use ndarray::{Array2, ArrayD, IxDyn, arr0, array, s};

    odyssey_macros::for_each_elementwise_function!(forms);
}

#[test]
fn generic_code_needs_no_further_bound() {
    fn of_a_number<T: Real>(x: T) -> T {
        x.sigmoid() + leaky_relu(x, T::lit(0.1)) + sigmoid(x) + softplus::grad(x)
    }
    fn of_an_array<T: Real, D: Dimension>(x: &Array<T, D>, view: ArrayView<'_, T, D>) -> T {
        (x.relu() - relu(x) + view.elu(T::one()) - elu(&view, T::one())).sum()
    }
    assert!((of_a_number(0.0f32) - 1.5).abs() < 1e-7);
    let x = array![[1.0f32, -2.0]];
    assert!(of_an_array(&x, x.view()).abs() < 1e-7);
}

#[test]
fn paths_of_float_types() {
    assert_eq!([-1.0, 2.0].map(f64::relu), [0.0, 2.0]);
    assert_eq!(array![-1.0f32, 2.0].mapv(f32::relu), array![0.0, 2.0]);
}

#[test]
fn the_number_collects_from_all_elements() {
    let x = array![[-1.0, 2.0], [-3.0, -4.0]];
    let (y, pullback) = leaky_relu::vjp(&x, 0.5);
    assert_eq!(y, array![[-0.5, 2.0], [-1.5, -2.0]]);
    let dy = array![[1.0, 10.0], [100.0, 1000.0]];
    assert_eq!(pullback(dy), (array![[0.5, 10.0], [50.0, 500.0]], -4301.0));
}

#[test]
fn detached_values_are_values() {
    let x = array![1.0, 2.0];
    let view = &x.view();
    assert_eq!((detach(&x), x.detach(), view.detach(), 2.0.detach()), (&x, x.clone(), x.view(), 2.0));
}

#[test]
fn literals_are_f64() {
    let y = sigmoid(0.5);
    assert_eq!(std::any::type_name_of_val(&y), "f64");
    let y = leaky_relu(-0.5, 0.1);
    assert_eq!(std::any::type_name_of_val(&y), "f64");
    let x = array![[0.5]];
    let y = leaky_relu(&x, 0.1);
    assert_eq!(std::any::type_name_of_val(&y[[0, 0]]), "f64");
    let y = x.leaky_relu(0.1);
    assert_eq!(std::any::type_name_of_val(&y[[0, 0]]), "f64");
    let y = x.mapv(|x| sigmoid(x));
    assert_eq!(std::any::type_name_of_val(&y[[0, 0]]), "f64");
    let y = sigmoid::grad(0.5);
    assert_eq!(std::any::type_name_of_val(&y), "f64");
    let y = array![0.5].sigmoid();
    assert_eq!(std::any::type_name_of_val(&y[0]), "f64");
}
