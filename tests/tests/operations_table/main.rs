//! The gradient of every operation that is not elementwise, written as users write it: against central differences, on
//! operands of all layouts, used twice, in single precision. An operation without a row here does not compile.

#[macro_use]
mod checks;
#[macro_use]
mod rows;
mod support;

macro_rules! names {
    ($($name:ident)*) => {$(row! { $name })*};
}

odyssey_macros::for_each_operation!(names);

// Functions that are made of operations: reductions over several axes, which are removed or kept.
operation! { sum_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {sum_axes(&x, [Axis(0), Axis(2)])} }
operation! { sum_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {sum_keep(&x, [Axis(1), Axis(0)])} }
operation! { mean_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {mean_axes(&x, [Axis(2), Axis(1)])} }
operation! { mean_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {mean_keep(&x, [Axis(1), Axis(2)])} }
operation! { product_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {product_axes(&x, [Axis(0), Axis(2)])} }
operation! { product_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {product_keep(&x, [Axis(1), Axis(0)])} }
operation! { var_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {var_axes(&x, [Axis(2), Axis(1)], T::lit(0.5))} }
operation! { var_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {var_keep(&x, [Axis(1), Axis(2)], T::lit(0.5))} }
operation! { std_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {std_axes(&x, [Axis(2), Axis(1)], T::lit(0.5))} }
operation! { std_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {std_keep(&x, [Axis(1), Axis(2)], T::lit(0.5))} }
operation! { max_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {max_axes(&x, [Axis(0), Axis(2)])} }
operation! { max_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {max_keep(&x, [Axis(1), Axis(0)])} }
operation! { min_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {min_axes(&x, [Axis(0), Axis(2)])} }
operation! { min_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {min_keep(&x, [Axis(1), Axis(0)])} }
operation! { logsumexp_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {logsumexp_axes(&x, [Axis(0), Axis(2)])} }
operation! { logsumexp_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {logsumexp_keep(&x, [Axis(1), Axis(0)])} }
operation! { norm_l1_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {norm_l1_axes(&x, [Axis(0), Axis(2)])} }
operation! { norm_l1_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {norm_l1_keep(&x, [Axis(1), Axis(0)])} }
operation! { norm_l2_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix1), {norm_l2_axes(&x, [Axis(0), Axis(2)])} }
operation! { norm_l2_keep, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {norm_l2_keep(&x, [Axis(1), Axis(0)])} }

// Operands of rank 0.
operation! { product_of_one, fixed, [x: Ix0 = ()] -> number, {x.product()} }
operation! { var_of_one, fixed, [x: Ix0 = ()] -> number, {x.var(T::lit(0.0))} }
operation! { norm_l1_of_one, fixed, [x: Ix0 = ()] -> number, {x.norm_l1()} }
operation! { norm_l2_of_one, fixed, [x: Ix0 = ()] -> number, {x.norm_l2()} }
operation! { t_of_one, fixed, [x: Ix0 = ()] -> array(Ix0), {x.t().to_owned()} }
operation! { flatten_of_one, fixed, [x: Ix0 = ()] -> array(Ix1), {x.flatten().to_owned()} }
operation! { insert_axis_of_one, fixed, [x: Ix0 = ()] -> array(Ix1), {x.to_owned().insert_axis(Axis(0))} }
operation! { into_dyn_of_one, fixed, [x: Ix0 = ()] -> array(IxDyn), {x.to_owned().into_dyn()} }
operation! { broadcast_of_one, fixed, [x: Ix0 = ()] -> array(Ix2), {x.broadcast((2, 3)).unwrap().to_owned()} }
