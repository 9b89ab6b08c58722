//! What is checked of each operation.

/// Tests of an operation: what a row says of it.
macro_rules! operation {
    ($name:ident, $sizes:ident, $operands:tt -> number, $body:block) => {
        operation! { @all $name, $sizes, $operands -> T, $body, {
            let y = $body;
            y * y + y
        } }
    };
    ($name:ident, $sizes:ident, $operands:tt -> array($D:ty), $body:block) => {
        operation! { @all $name, $sizes, $operands -> Array<T, $D>, $body, {
            let y = $body;
            &y * &y + &y
        } }
    };
    (@all $name:ident, $sizes:ident, [$($x:ident: $D:ty = $shape:expr),+] -> $Y:ty, $body:block, $twice:block) => {
        mod $name {
            #[allow(unused_imports, reason = "rows have different types")]
            use ndarray::{Array, ArrayView, Axis, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, IxDyn};
            use odyssey_runtime::prelude::*;
            use odyssey_runtime::rt;
            use odyssey_runtime::{Tangent, check};

            use crate::support::{Outcome, assert_same, assert_single, for_each_layout, operand};

            #[differentiable]
            fn value<T: Real>($($x: ArrayView<T, $D>),+) -> $Y $body

            #[differentiable]
            fn twice<T: Real>($($x: ArrayView<T, $D>),+) -> $Y $twice

            operation! { @tests $sizes, [$($x: $D = $shape),+], [$($x),+] }
        }
    };
    (@tests $sizes:ident, [$($x:ident: $D:ty = $shape:expr),+], $all:tt) => {
        #[test]
        fn gradient() {
            let mut seed = 0..;
            $(let $x = operand::<f64, $D>($shape, seed.next().unwrap());)+
            operation! { @differences value, $all, $all }
            operation! { @differences twice, $all, $all }
        }

        #[test]
        fn layouts() {
            let mut seed = 0..;
            $(let $x = operand::<f64, $D>($shape, seed.next().unwrap());)+
            operation! { @layouts $all, $all }
        }

        #[test]
        fn single_precision() {
            let mut seed = 0..;
            $(let $x = operand::<f64, $D>($shape, seed.next().unwrap());)+
            let double = operation!(@gradient value, $all);
            $(let $x = $x.mapv(|x| x as f32);)+
            let single = operation!(@gradient value, $all);
            operation! { @single single, double, $all }
        }

        #[test]
        fn second_order() {
            let mut seed = 0..;
            $(let $x = operand::<f64, $D>($shape, seed.next().unwrap());)+
            let ((y, _), pullback) = twice::residual_hvp(
                twice::<f64>,
                $($x.view(),)+
                ($(rt::Handed($x.cotangent()),)+),
                ($(operation!(@yes $x),)+),
            );
            let (d, mut constant) = (y.cotangent(), y.cotangent());
            constant.clear();
            let each = pullback($($x.view(),)+ &y, (d, constant));
            let directions = operation!(@directions $all);
            operation! { @second_of_each each, directions, $all, [0 1 2 3 4], $all }
        }

        operation! { @small $sizes, [$($x: $D = $shape),+], $all }
    };
    (@yes $x:ident) => { rt::Yes };
    (@directions [$x:ident]) => { $x.cotangent() };
    (@directions [$($x:ident),+]) => { ($($x.cotangent()),+) };
    (@second_of_each $each:ident, $directions:ident, [], $numbers:tt, $all:tt) => {};
    (@second_of_each $each:ident, $directions:ident, [$x:ident $(, $rest:ident)*], [$n:tt $($numbers:tt)*], $all:tt) => {
        let along = |$x: &Array<f64, _>| operation!(@gradient twice, $all).inner_product(&$directions);
        check::argument(stringify!($x), &&$x, along, &$each.$n.1).unwrap();
        operation! { @second_of_each $each, $directions, [$($rest),*], [$($numbers)*], $all }
    };
    (@small fixed, $operands:tt, $all:tt) => {};
    (@small one, [$($x:ident: $D:ty = $shape:expr),+], $all:tt) => {
        #[test]
        fn one_element() {
            let mut seed = 0..;
            $(let $x = operand::<f64, $D>(operation!(@each_of 1, $D, $shape), seed.next().unwrap());)+
            operation! { @layouts $all, $all }
            assert!(operation!(@value $all).norm().is_finite());
        }
    };
    (@small small, [$x:ident: $D:ty = $shape:expr $(, $rest:ident: $E:ty = $other:expr)*], $all:tt) => {
        operation! { @small one, [$x: $D = $shape $(, $rest: $E = $other)*], $all }
        operation! { @small none, [$x: $D = $shape $(, $rest: $E = $other)*], $all }
    };
    (@small none, [$x:ident: $D:ty = $shape:expr $(, $rest:ident: $E:ty = $other:expr)*], $all:tt) => {
        #[test]
        fn no_element() {
            let mut seed = 0..;
            let mut shape = operand::<f64, $D>($shape, seed.next().unwrap()).raw_dim();
            shape[0] = 0;
            let $x = operand::<f64, $D>(shape, 0);
            $(let $rest = operand::<f64, $E>($other, seed.next().unwrap());)*
            operation! { @layouts $all, $all }
        }
    };
    (@small every, [$($x:ident: $D:ty = $shape:expr),+], $all:tt) => {
        operation! { @small one, [$($x: $D = $shape),+], $all }

        #[test]
        fn no_element() {
            $(let $x = operand::<f64, $D>(operation!(@each_of 0, $D, $shape), 0);)+
            operation! { @layouts $all, $all }
            assert!(operation!(@value $all).norm().is_finite());
        }
    };
    (@each_of $length:literal, $D:ty, $shape:expr) => {{
        let mut shape = operand::<f64, $D>($shape, 0).raw_dim();
        shape.slice_mut().fill($length);
        shape
    }};
    (@value [$($x:ident),+]) => { value($($x.view()),+) };
    (@gradient $f:ident, [$($x:ident),+]) => {{
        let (y, pullback) = $f::vjp($($x.view()),+);
        pullback(y.cotangent())
    }};
    // Of one operand, the tuple is the gradient itself.
    (@differences $f:ident, [$x:ident], $all:tt) => {{
        let d = operation!(@gradient $f, $all);
        operation! { @difference $f, $x, &d, $all }
    }};
    (@differences $f:ident, [$($x:ident),+], $all:tt) => {{
        let d = operation!(@gradient $f, $all);
        operation! { @difference_of_each $f, d, [$($x)+], [0 1 2 3 4], $all }
    }};
    (@difference_of_each $f:ident, $d:ident, [], $numbers:tt, $all:tt) => {};
    (@difference_of_each $f:ident, $d:ident, [$x:ident $($rest:ident)*], [$n:tt $($numbers:tt)*], $all:tt) => {
        operation! { @difference $f, $x, &$d.$n, $all }
        operation! { @difference_of_each $f, $d, [$($rest)*], [$($numbers)*], $all }
    };
    (@difference $f:ident, $x:ident, $d:expr, [$($all:ident),+]) => {
        let along = |$x: &Array<f64, _>| {
            let y = $f($($all.view()),+);
            y.inner_product(&y.cotangent())
        };
        check::argument(stringify!($x), &&$x, along, $d).unwrap();
    };
    // Each operand in each layout, the others as they are.
    (@layouts [$($x:ident),+], $all:tt) => {
        $(for_each_layout(&$x, |$x| {
            let (y, d) = (operation!(@value $all), operation!(@gradient value, $all));
            let $x = $x.to_owned().as_standard_layout().into_owned();
            assert_same(&y, &operation!(@value $all));
            assert_same(&d, &operation!(@gradient value, $all));
        });)+
    };
    (@single $single:ident, $double:ident, [$x:ident]) => { assert_single(&$single, &$double); };
    (@single $single:ident, $double:ident, [$($x:ident),+]) => {
        operation! { @single_of_each $single, $double, [$($x)+], [0 1 2 3 4] }
    };
    (@single_of_each $single:ident, $double:ident, [], $numbers:tt) => {};
    (@single_of_each $single:ident, $double:ident, [$x:ident $($rest:ident)*], [$n:tt $($numbers:tt)*]) => {
        assert_single(&$single.$n, &$double.$n);
        operation! { @single_of_each $single, $double, [$($rest)*], [$($numbers)*] }
    };
}
