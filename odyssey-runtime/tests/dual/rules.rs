//! The rules of all operations over dual numbers, called as generated code calls them.

use ndarray::{Array1, Array2, Array3, Array4, Axis, array};
use odyssey_runtime::ops::linalg::Triangle;
use odyssey_runtime::ops::nn::{Conv1d, Conv2d};
use odyssey_runtime::rt;

use super::reading::{Given, Read, numbers};
use super::{STEP, agree};

/// Compares the tangent of a rule, an expression over the operands and the parameters behind `;`, with central differences of
/// the rule itself.
macro_rules! rule {
    ($name:literal: $($x:ident = $operand:expr),+ $(; $($p:ident = $parameter:expr),+)? => $rule:expr) => {{
        $(let $x = $operand;)+
        let at = |step: f64| {
            let mut _number = 0;
            $(
                _number += 1;
                let $x = $x.moved(_number, step);
            )+
            $($(let $p = $parameter;)+)?
            $rule.list()
        };
        let differences: Vec<_> = at(STEP).iter().zip(at(-STEP)).map(|(up, down)| (up - down) / (2.0 * STEP)).collect();
        let mut _number = 0;
        $(
            _number += 1;
            let $x = rt::dual(&$x, &$x.direction(_number));
        )+
        $($(let $p = rt::lifted(&$parameter);)+)?
        let (value, tangent) = rt::parts($rule);
        agree($name, &value.list(), &at(0.0));
        agree($name, &tangent.list(), &differences);
    }};
}

#[test]
fn of_contractions() {
    rule!("dot, d_lhs": b = numbers([4, 3], 1), dy = numbers([2, 3], 2) => rt::dot::d_lhs(&b, &dy));
    rule!("dot, d_rhs": a = numbers([9, 8], 1), dy = numbers([9, 7], 2) => rt::dot::d_rhs(&a, &dy));
    rule!("dot, vectors": b = numbers([4], 1), dy = 0.7 => rt::dot::d_lhs(&b, &dy));
    rule!("dot, added": a = numbers([9, 8], 1), dy = numbers([9, 7], 2), d = numbers([8, 7], 3) => {
        let mut d = d.clone();
        rt::dot::add_d_rhs(&mut d, &a, &dy);
        rt::dot::add_d_lhs(&mut d, &dy.t(), &a.t());
        d
    });
    rule!("matmul, d_a": b = numbers([2, 4, 5], 1), dy = numbers([2, 3, 5], 2); a = rt::extent(&numbers([2, 3, 4], 3))
        => rt::matmul::d_a(&a, &b, &dy));
    rule!("matmul, d_b": a = numbers([2, 3, 4], 1), dy = numbers([2, 3, 5], 2); b = rt::extent(&numbers([2, 4, 5], 3))
        => rt::matmul::d_b(&a, &b, &dy));
    rule!("outer, d_a": b = numbers([4], 1), dy = numbers([3, 4], 2) => rt::outer::d_a(&b, &dy));
    rule!("outer, d_b": a = numbers([3], 1), dy = numbers([3, 4], 2) => rt::outer::d_b(&a, &dy));
}

#[test]
fn of_shapes() {
    let cube = || numbers([2, 3, 4], 1);
    rule!("t": dy = numbers([2, 3], 1) => rt::t::d_x(dy.clone()));
    rule!("reversed_axes": dy = cube() => rt::reversed_axes::d_x(dy.clone()));
    rule!("permuted_axes": dy = cube(); axes = [2_usize, 0, 1] => rt::permuted_axes::d_x(axes, dy.clone()));
    rule!("swap_axes": dy = cube(); a = 0_usize, b = 2_usize => rt::swap_axes::d_x(a, b, dy.clone()));
    rule!("invert_axis": dy = cube(); axis = Axis(1) => rt::invert_axis::d_x(axis, dy.clone()));
    rule!("insert_axis": dy = numbers([2, 1, 3], 1); x = rt::extent(&numbers([2, 3], 2)) => rt::insert_axis::d_x(&x, dy.clone()));
    rule!("insert_axes": dy = numbers([1, 3, 1, 4], 1); x = rt::extent(&numbers([3, 4], 2))
        => rt::insert_axes::d_x(&x, [Axis(2), Axis(0)], dy.clone()));
    rule!("merged_axes": dy = numbers([8, 3], 1); x = rt::extent(&cube())
        => rt::merged_axes::d_x(&x, [Axis(2), Axis(0)], dy.clone()));
    rule!("merged_axes, of none": dy = numbers([1, 2, 3, 4], 1); x = rt::extent(&cube())
        => rt::merged_axes::d_x(&x, [], dy.clone()));
    rule!("into_dyn": dy = cube().into_dyn(); x = rt::extent(&cube()) => rt::into_dyn::d_x(&x, dy.clone()));
    rule!("into_dimensionality": dy = cube(); x = rt::extent(&cube().into_dyn()) => rt::into_dimensionality::d_x(&x, dy.clone()));
    rule!("into_flat": dy = numbers([24], 1); x = rt::extent(&cube()) => rt::into_flat::d_x(&x, dy.clone()));
    rule!("flatten": dy = numbers([24], 1); x = rt::extent(&cube()) => rt::flatten::d_x(&x, dy.clone()));
    rule!("into_shape_with_order": dy = numbers([6, 4], 1); x = rt::extent(&cube()), shape = (6_usize, 4_usize)
        => rt::into_shape_with_order::d_x(&x, shape, dy.clone()));
    rule!("into_shape_clone": dy = numbers([6, 4], 1); x = rt::extent(&cube()), shape = ([6_usize, 4], ndarray::Order::RowMajor)
        => rt::into_shape_clone::d_x(&x, shape, dy.clone()));
    rule!("to_shape": dy = numbers([24], 1); x = rt::extent(&cube()), shape = 24_usize
        => rt::to_shape::d_x(&x, shape, dy.clone()));
    rule!("broadcast": dy = cube(); x = rt::extent(&numbers([3, 1], 2)) => rt::broadcast::d_x(&x, dy.clone()));
    rule!("broadcast, a number": dy = cube(); x = rt::extent(&2.0_f64) => rt::broadcast::d_x(&x, dy.clone()));
    rule!("select": dy = numbers([2, 3], 1); x = rt::extent(&numbers([2, 5], 1)), axis = Axis(1), indices = &[4_usize, 0, 4][..]
        => rt::select::d_x(&x, axis, indices, &dy));
    rule!("select, added": dy = numbers([2, 3], 1), d = numbers([2, 5], 3); axis = Axis(1), indices = &[4_usize, 0, 4][..] => {
        let mut d = d.clone();
        rt::select::add_d_x(&mut d.clone(), &d.clone(), axis, indices, &dy);
        rt::select::add_d_x(&mut d, &dy, axis, indices, &dy);
        d
    });
    rule!("scatter_add, d_base": dy = cube() => rt::scatter_add::d_base(dy.clone()));
    rule!("scatter_add, d_values": dy = cube(); axis = Axis(1), indices = &[2_usize, 0, 2][..]
        => rt::scatter_add::d_values(axis, indices, &dy));
    rule!("scatter_add, tangent_base": dot = cube() => rt::scatter_add::tangent_base(&dot));
    rule!("scatter_add, tangent_values": dot = numbers([2, 2, 4], 1);
        base = rt::extent(&cube()), axis = Axis(1), indices = &[2_usize, 2][..]
        => rt::scatter_add::tangent_values(&base, axis, indices, &dot));
    rule!("diff": dy = cube(); n = 2_usize, axis = Axis(1) => rt::diff::d_x(n, axis, &dy));
    rule!("tril": dy = cube(); k = 1_isize => rt::tril::d_x(k, &dy));
    rule!("triu": dy = cube(); k = -1_isize => rt::triu::d_x(k, &dy));
    rule!("pad": dy = numbers([4, 6], 1); widths = &[(1_usize, 2_usize), (0, 3)][..] => rt::pad::d_x(widths, &dy));
    rule!("pad, tangent": dot = numbers([4, 6], 1); widths = &[(1_usize, 2_usize), (0, 3)][..] => rt::pad::tangent(widths, &dot));
    rule!("embedding": dy = numbers([4, 3], 1); table = rt::extent(&numbers([5, 3], 1)), ids = &[4_usize, 0, 4, 1][..]
        => rt::embedding::d_table(&table, ids, &dy));
}

#[test]
fn of_reductions() {
    let x = || numbers([3, 4, 5], 1);
    let row = || numbers([3, 5], 2);
    rule!("sum_axis": dy = row(); x = rt::extent(&x()), axis = Axis(1) => rt::sum_axis::d_x(&x, axis, &dy));
    rule!("mean_axis": dy = row(); x = rt::extent(&x()), axis = Axis(1) => rt::mean_axis::d_x(&x, axis, &dy));
    rule!("product": x = numbers([5], 1), dy = 0.7 => rt::product::d_x(&x, &dy));
    rule!("product of zeros": x = array![0.0, 2.0, 0.0], dy = 0.7 => rt::product::d_x(&x, &dy));
    rule!("product, tangent": x = numbers([5], 1), dx = numbers([5], 2) => rt::product::tangent(&x, &dx));
    rule!("product_axis": x = x(), dy = row(); axis = Axis(1) => rt::product_axis::d_x(&x, axis, &dy));
    rule!("product_axis, tangent": x = x(), dx = numbers([3, 4, 5], 2); axis = Axis(1) => rt::product_axis::tangent(&x, axis, &dx));
    rule!("var": x = x(), dy = 0.7; ddof = 1.0 => rt::var::d_x(&x, ddof, &dy));
    rule!("var, tangent": x = x(), dx = numbers([3, 4, 5], 2); ddof = 1.0 => rt::var::tangent(&x, ddof, &dx));
    rule!("var_axis": x = x(), dy = row(); axis = Axis(1), ddof = 0.0 => rt::var_axis::d_x(&x, axis, ddof, &dy));
    rule!("var_axis, tangent": x = x(), dx = numbers([3, 4, 5], 2); axis = Axis(1), ddof = 0.0
        => rt::var_axis::tangent(&x, axis, ddof, &dx));
    rule!("std": x = x(), y = 0.9, dy = 0.7; ddof = 1.0 => rt::std::d_x(&x, &y, ddof, &dy));
    rule!("std, tangent": x = x(), y = 0.9, dx = numbers([3, 4, 5], 2); ddof = 1.0 => rt::std::tangent(&x, &y, ddof, &dx));
    let y = || numbers([3, 5], 3) + 2.0;
    rule!("std_axis": x = x(), y = y(), dy = row(); axis = Axis(1), ddof = 0.0 => rt::std_axis::d_x(&x, &y, axis, ddof, &dy));
    rule!("std_axis, tangent": x = x(), y = y(), dx = numbers([3, 4, 5], 2); axis = Axis(1), ddof = 0.0
        => rt::std_axis::tangent(&x, &y, axis, ddof, &dx));
    rule!("max_axis": x = x(), dy = row(); axis = Axis(1) => rt::max_axis::d_x(&x, &rt::max_axis(&x, axis), axis, &dy));
    rule!("max_axis, tangent": x = x(), dx = numbers([3, 4, 5], 2); axis = Axis(1)
        => rt::max_axis::tangent(&x, &rt::max_axis(&x, axis), axis, &dx));
    rule!("min_axis": x = x(), dy = row(); axis = Axis(1) => rt::min_axis::d_x(&x, &rt::min_axis(&x, axis), axis, &dy));
    rule!("min_axis, tangent": x = x(), dx = numbers([3, 4, 5], 2); axis = Axis(1)
        => rt::min_axis::tangent(&x, &rt::min_axis(&x, axis), axis, &dx));
    rule!("norm_l1": x = x(), dy = 0.7 => rt::norm_l1::d_x(&x, &dy));
    rule!("norm_l1, tangent": x = x(), dx = numbers([3, 4, 5], 2) => rt::norm_l1::tangent(&x, &dx));
    rule!("norm_l2": x = x(), y = 0.9, dy = 0.7 => rt::norm_l2::d_x(&x, &y, &dy));
    rule!("norm_l2, tangent": x = x(), y = 0.9, dx = numbers([3, 4, 5], 2) => rt::norm_l2::tangent(&x, &y, &dx));
    rule!("norm_l1_axis": x = x(), dy = numbers([3, 5], 3) => rt::norm_l1_axis::d_x(&x, Axis(1), &dy));
    rule!("norm_l1_axis, tangent": x = x(), dx = numbers([3, 4, 5], 2) => rt::norm_l1_axis::tangent(&x, Axis(1), &dx));
    let lengths = || numbers([3, 5], 4).mapv(|y| y.abs() + 0.4);
    rule!("norm_l2_axis": x = x(), y = lengths(), dy = numbers([3, 5], 3) => rt::norm_l2_axis::d_x(&x, &y, Axis(1), &dy));
    rule!("norm_l2_axis, tangent": x = x(), y = lengths(), dx = numbers([3, 4, 5], 2)
        => rt::norm_l2_axis::tangent(&x, &y, Axis(1), &dx));
    rule!("cumsum": dy = x(); axis = Axis(1) => rt::cumsum::d_x(axis, &dy));
    rule!("cumprod": x = x(), dy = numbers([3, 4, 5], 2); axis = Axis(1) => rt::cumprod::d_x(&x, axis, &dy));
    rule!("cumprod, tangent": x = x(), dx = numbers([3, 4, 5], 2); axis = Axis(1) => rt::cumprod::tangent(&x, axis, &dx));
}

#[test]
fn of_exponentials() {
    for along in [0, 1, 2].map(Axis) {
        let (x, y, d) = (|| numbers([3, 4, 5], 1), || numbers([3, 4, 5], 2), || numbers([3, 4, 5], 3));
        let row = |seed| move || numbers([3, 4, 5], seed).sum_axis(along);
        rule!("softmax": y = y(), dy = d(); axis = along => rt::softmax::d_x(&y, axis, &dy));
        rule!("log_softmax": y = y(), dy = d(); axis = along => rt::log_softmax::d_x(&y, axis, &dy));
        rule!("log_softmax, tangent": y = y(), dx = d(); axis = along => rt::log_softmax::tangent(&y, axis, &dx));
        rule!("logsumexp": x = x(), y = row(4)(), dy = row(5)(); axis = along => rt::logsumexp::d_x(&x, &y, axis, &dy));
        rule!("logsumexp, tangent": x = x(), y = row(4)(), dx = d(); axis = along => rt::logsumexp::tangent(&x, &y, axis, &dx));
    }
}

/// Matrices that are far from singular.
pub(super) fn regular(n: usize, seed: usize) -> Array2<f64> {
    numbers([n, n], seed) + Array2::<f64>::eye(n) * 3.0
}

pub(super) fn stack(n: usize, seed: usize) -> Array3<f64> {
    ndarray::stack![Axis(0), regular(n, seed), regular(n, seed + 1)]
}

fn lower(n: usize, seed: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, n), |(i, j)| if i >= j { regular(n, seed)[[i, j]] } else { 0.0 })
}

#[test]
fn of_linear_algebra() {
    rule!("trace": dy = 0.7; a = rt::extent(&regular(3, 1)) => rt::trace::d_a::<_, _, ndarray::Ix2>(&a, &dy));
    for n in [1, 2, 3, 5, 12] {
        rule!("det": a = regular(n, 1), dy = 0.7 => rt::det::d_a(&a, &dy));
        rule!("det, tangent": a = regular(n, 1), dot = numbers([n, n], 2) => rt::det::tangent(&a, &dot));
        rule!("logdet": a = regular(n, 1), dy = 0.7 => rt::logdet::d_a(&a, &dy));
        rule!("logdet, tangent": a = regular(n, 1), dot = numbers([n, n], 2) => rt::logdet::tangent(&a, &dot));
        rule!("inv": y = regular(n, 1), dy = numbers([n, n], 2) => rt::inv::d_a(&y, &dy));
        rule!("inv, tangent": y = regular(n, 1), dot = numbers([n, n], 2) => rt::inv::tangent(&y, &dot));
        rule!("cholesky": l = lower(n, 1), dl = numbers([n, n], 2) => rt::cholesky::d_a(&l, &dl));
        rule!("cholesky, tangent": l = lower(n, 1), dot = numbers([n, n], 2) => rt::cholesky::tangent(&l, &dot));
        rule!("solve, d_a": a = regular(n, 1), x = numbers([n], 2), dx = numbers([n], 3) => rt::solve::d_a(&a, &x, &dx));
        rule!("solve, d_b": a = regular(n, 1), dx = numbers([n, 2], 3) => rt::solve::d_b(&a, &dx));
        rule!("solve, tangent_a": a = regular(n, 1), x = numbers([n], 2), dot = regular(n, 3) => rt::solve::tangent_a(&a, &x, &dot));
        rule!("solve, tangent_b": a = regular(n, 1), dot = numbers([n], 3) => rt::solve::tangent_b(&a, &dot));
    }
    rule!("det of a stack": a = stack(3, 1), dy = numbers([2], 2) => rt::det::d_a(&a, &dy));
    rule!("inv of a stack": y = stack(3, 1), dy = numbers([2, 3, 3], 2) => rt::inv::d_a(&y, &dy));
    for half in [Triangle::Lower, Triangle::Upper] {
        let n = 20;
        rule!("triangular_solve, d_a": a = regular(n, 1), x = numbers([n, 2], 2), dx = numbers([n, 2], 3); triangle = half
            => rt::triangular_solve::d_a(&a, triangle, &x, &dx));
        rule!("triangular_solve, d_b": a = regular(n, 1), dx = numbers([n], 3); triangle = half
            => rt::triangular_solve::d_b(&a, triangle, &dx));
        rule!("triangular_solve, tangent_a": a = regular(n, 1), x = numbers([n], 2), dot = regular(n, 3); triangle = half
            => rt::triangular_solve::tangent_a(&a, triangle, &x, &dot));
        rule!("triangular_solve, tangent_b": a = regular(n, 1), dot = numbers([n], 3); triangle = half
            => rt::triangular_solve::tangent_b(&a, triangle, &dot));
    }
}

#[test]
fn of_factorisations() {
    let (w, v, dv) = (|| array![-1.0, 0.5, 2.0], || numbers([3, 3], 1), || numbers([3, 3], 3));
    rule!("eigh": w = w(), v = v(), dw = numbers([3], 2), dv = dv()
        => rt::eigh::d_a(&v, &(w.clone(), v.clone()), &(dw.clone(), dv.clone())));
    rule!("eigh, tangent": w = w(), v = v(), dot = dv() => {
        let (w_dot, v_dot) = rt::eigh::tangent(&(w.clone(), v.clone()), &dot);
        (w_dot.clone(), v_dot, w_dot)
    });
    // What is zero beside the diagonal may vary.
    let identity = || Array2::<f64>::eye(3);
    rule!("eigh of zeros": w = w(), v = identity(), dw = numbers([3], 2), dv = Array2::zeros((3, 3))
        => rt::eigh::d_a(&v, &(w.clone(), v.clone()), &(dw.clone(), dv.clone())));
    rule!("qr": q = v(), r = regular(3, 2), dq = dv(), dr = numbers([3, 3], 4)
        => rt::qr::d_a(&q, &(q.clone(), r.clone()), &(dq.clone(), dr.clone())));
    rule!("qr, tangent": q = v(), r = regular(3, 2), dot = dv() => {
        let (q_dot, r_dot) = rt::qr::tangent(&(q.clone(), r.clone()), &dot);
        (q_dot.clone(), r_dot, q_dot)
    });
    let s = || array![3.0, 2.0, 0.5];
    rule!("svd": u = numbers([4, 3], 1), s = s(), vt = v(), du = numbers([4, 3], 5), ds = numbers([3], 6), dvt = dv()
        => rt::svd::d_a(&u, &(u.clone(), s.clone(), vt.clone()), &(du.clone(), ds.clone(), dvt.clone())));
    rule!("svd of zeros": u = identity(), s = s(), vt = identity(), du = Array2::zeros((3, 3)), ds = numbers([3], 6), dvt = identity()
        => rt::svd::d_a(&u, &(u.clone(), s.clone(), vt.clone()), &(du.clone(), ds.clone(), dvt.clone())));
    rule!("svd, tangent": u = numbers([4, 3], 1), s = s(), vt = v(), dot = numbers([4, 3], 5)
        => rt::svd::tangent(&(u.clone(), s.clone(), vt.clone()), &dot));
}

/// Determinants of matrices that have no inverse, whose derivatives do not divide.
#[test]
fn of_singular_determinants() {
    let singular: Array2<f64> = array![[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, -1.0, 2.0]];
    rule!("det": a = singular.clone(), dy = 0.7 => rt::det::d_a(&a, &dy));
    let of_rank_one: Array2<f64> = array![[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]];
    rule!("det of rank 1": a = of_rank_one.clone(), dy = 0.7 => rt::det::d_a(&a, &dy));
    rule!("det of rank 0": a = Array2::zeros((3, 3)), dy = 0.7 => rt::det::d_a(&a, &dy));
    // No element of the first column is a pivot, in all minors but its own.
    let with_zeros: Array2<f64> = array![[0.0, 1.0, 2.0, 0.5], [0.0, 3.0, 4.0, 1.5], [0.0, 5.0, 7.0, -1.0], [0.0, 2.0, 1.0, 0.3]];
    rule!("det of zeros": a = with_zeros.clone(), dy = 0.7 => rt::det::d_a(&a, &dy));
    rule!("det of zeros, tangent": a = with_zeros.clone(), dot = numbers([4, 4], 2) => rt::det::tangent(&a, &dot));
    rule!("det of rank 1, tangent": a = of_rank_one.clone(), dot = numbers([3, 3], 2) => rt::det::tangent(&a, &dot));
    rule!("det, tangent": a = singular.clone(), dot = numbers([3, 3], 2) => rt::det::tangent(&a, &dot));
}

#[test]
fn of_convolutions() {
    let how = Conv2d { stride: (2, 1), padding: (1, 0), dilation: (1, 2), groups: 2 };
    let (image, kernel) = (|| numbers([2, 4, 5, 6], 1), || numbers([6, 2, 3, 2], 2));
    let y = rt::conv2d(&image(), &kernel(), how);
    rule!("conv2d, d_x": k = kernel(), dy = numbers(y.raw_dim(), 3); x = rt::extent(&image()), options = how
        => rt::conv2d::d_x(&x, &k, options, &dy));
    rule!("conv2d, d_k": x = image(), dy = numbers(y.raw_dim(), 3); k = rt::extent(&kernel()), options = how
        => rt::conv2d::d_k(&x, &k, options, &dy));
    let how = Conv1d { padding: 1, ..Conv1d::default() };
    let (signal, kernel) = (|| numbers([2, 3, 7], 1), || numbers([4, 3, 3], 2));
    rule!("conv1d, d_x": k = kernel(), dy = numbers([2, 4, 7], 3); x = rt::extent(&signal()), options = how
        => rt::conv1d::d_x(&x, &k, options, &dy));
    rule!("conv1d, d_k": x = signal(), dy = numbers([2, 4, 7], 3); k = rt::extent(&kernel()), options = how
        => rt::conv1d::d_k(&x, &k, options, &dy));
    let how = Conv2d::default();
    let kernel = || numbers([4, 1, 3, 2], 2);
    let y = rt::depthwise_conv2d(&image(), &kernel(), how);
    rule!("depthwise_conv2d, d_x": k = kernel(), dy = numbers(y.raw_dim(), 3); x = rt::extent(&image()), options = how
        => rt::depthwise_conv2d::d_x(&x, &k, options, &dy));
    rule!("depthwise_conv2d, d_k": x = image(), dy = numbers(y.raw_dim(), 3); k = rt::extent(&kernel()), options = how
        => rt::depthwise_conv2d::d_k(&x, &k, options, &dy));
    let kernel = || numbers([4, 3, 3, 2], 2);
    let y = rt::conv_transpose2d(&image(), &kernel(), how);
    rule!("conv_transpose2d, d_x": k = kernel(), dy = numbers(y.raw_dim(), 3); options = how
        => rt::conv_transpose2d::d_x(&k, options, &dy));
    rule!("conv_transpose2d, d_k": x = image(), dy = numbers(y.raw_dim(), 3); k = rt::extent(&kernel()), options = how
        => rt::conv_transpose2d::d_k(&x, &k, options, &dy));
    let more = Conv2d { stride: (2, 2), ..how };
    let y = rt::conv_transpose2d_with(&image(), &kernel(), more, (1, 0));
    rule!("conv_transpose2d_with, d_x": k = kernel(), dy = numbers(y.raw_dim(), 3); options = more
        => rt::conv_transpose2d_with::d_x(&k, options, &dy));
    rule!("conv_transpose2d_with, d_k": x = image(), dy = numbers(y.raw_dim(), 3); k = rt::extent(&kernel()), options = more
        => rt::conv_transpose2d_with::d_k(&x, &k, options, &dy));
}

#[test]
fn of_pools() {
    let image = || numbers([2, 3, 6, 5], 1);
    let (window, step) = ((3_usize, 2_usize), (2_usize, 1_usize));
    let y = rt::max_pool2d(&image(), window, step);
    rule!("max_pool2d": x = image(), dy = numbers(y.raw_dim(), 2); size = window, stride = step
        => rt::max_pool2d::d_x(&x, size, stride, &dy));
    rule!("max_pool2d, tangent": x = image(), dot = numbers([2, 3, 6, 5], 2); size = window, stride = step
        => rt::max_pool2d::tangent(&x, size, stride, &dot));
    rule!("avg_pool2d": dy = numbers(y.raw_dim(), 2); x = rt::extent(&image()), size = window, stride = step
        => rt::avg_pool2d::d_x(&x, size, stride, &dy));
    rule!("adaptive_avg_pool2d": dy = numbers([2, 3, 2, 2], 2); x = rt::extent(&image()), number = (2_usize, 2_usize)
        => rt::adaptive_avg_pool2d::d_x(&x, number, &dy));
    rule!("global_avg_pool2d": dy = numbers([2, 3], 2); x = rt::extent(&image()) => rt::global_avg_pool2d::d_x(&x, &dy));
    let mask = numbers([2, 3, 6, 5], 9).mapv(|x| x > 0.0);
    rule!("dropout": dy = image(); mask = &mask, keep = 0.5 => rt::dropout::d_x(mask, keep, &dy));
    let mask = mask.mapv(|stays| if stays { 1.0 } else { 0.0 });
    rule!("dropout by numbers": dy = image(); mask = &mask, keep = 0.5 => rt::dropout::d_x(mask, keep, &dy));
}

#[test]
fn of_normalisations() {
    let x = || numbers([3, 4, 5], 1);
    let d = || numbers([3, 4, 5], 2);
    let last = |seed| numbers([5], seed);
    rule!("layer_norm, d_x": x = x(), gamma = last(3), dy = d(); eps = 0.1 => rt::layer_norm::d_x(&x, &gamma, eps, &dy));
    rule!("layer_norm, d_gamma": x = x(), dy = d(); eps = 0.1 => rt::layer_norm::d_gamma(&x, eps, &dy));
    rule!("layer_norm, d_beta": dy = d(); beta = rt::extent(&last(4)) => rt::layer_norm::d_beta(&beta, &dy));
    rule!("layer_norm, tangent_x": x = x(), gamma = last(3), dot = d(); eps = 0.1 => rt::layer_norm::tangent_x(&x, &gamma, eps, &dot));
    rule!("layer_norm, tangent_gamma": x = x(), dot = last(3); eps = 0.1 => rt::layer_norm::tangent_gamma(&x, eps, &dot));
    rule!("layer_norm, tangent_beta": dot = last(3); x = rt::extent(&x()) => rt::layer_norm::tangent_beta(&x, &dot));
    rule!("rms_norm, d_x": x = x(), gamma = last(3), dy = d(); eps = 0.1 => rt::rms_norm::d_x(&x, &gamma, eps, &dy));
    rule!("rms_norm, d_gamma": x = x(), dy = d(); eps = 0.1 => rt::rms_norm::d_gamma(&x, eps, &dy));
    rule!("rms_norm, tangent_x": x = x(), gamma = last(3), dot = d(); eps = 0.1 => rt::rms_norm::tangent_x(&x, &gamma, eps, &dot));
    rule!("rms_norm, tangent_gamma": x = x(), dot = last(3); eps = 0.1 => rt::rms_norm::tangent_gamma(&x, eps, &dot));
    let channel = |seed| numbers([4], seed);
    rule!("instance_norm, d_x": x = x(), gamma = channel(3), dy = d(); eps = 0.1 => rt::instance_norm::d_x(&x, &gamma, eps, &dy));
    rule!("instance_norm, d_gamma": x = x(), dy = d(); eps = 0.1 => rt::instance_norm::d_gamma(&x, eps, &dy));
    rule!("instance_norm, d_beta": dy = d() => rt::instance_norm::d_beta(&dy));
    rule!("instance_norm, tangent_x": x = x(), gamma = channel(3), dot = d(); eps = 0.1
        => rt::instance_norm::tangent_x(&x, &gamma, eps, &dot));
    rule!("instance_norm, tangent_gamma": x = x(), dot = channel(3); eps = 0.1 => rt::instance_norm::tangent_gamma(&x, eps, &dot));
    rule!("instance_norm, tangent_beta": dot = channel(3); x = rt::extent(&x()) => rt::instance_norm::tangent_beta(&x, &dot));
    rule!("group_norm, d_x": x = x(), gamma = channel(3), dy = d(); groups = 2_usize, eps = 0.1
        => rt::group_norm::d_x(&x, &gamma, groups, eps, &dy));
    rule!("group_norm, d_gamma": x = x(), dy = d(); groups = 2_usize, eps = 0.1 => rt::group_norm::d_gamma(&x, groups, eps, &dy));
    rule!("group_norm, d_beta": dy = d() => rt::group_norm::d_beta(&dy));
    let var = || channel(6).mapv(|x| x * x);
    rule!("batch_norm, d_x": gamma = channel(3), var = var(), dy = d(); eps = 0.1 => rt::batch_norm::d_x(&gamma, &var, eps, &dy));
    rule!("batch_norm, d_gamma": x = x(), mean = channel(5), var = var(), dy = d(); eps = 0.1
        => rt::batch_norm::d_gamma(&x, &mean, &var, eps, &dy));
    rule!("batch_norm, d_beta": dy = d() => rt::batch_norm::d_beta(&dy));
    rule!("batch_norm, d_mean": gamma = channel(3), var = var(), dy = d(); eps = 0.1
        => rt::batch_norm::d_mean(&gamma, &var, eps, &dy));
    rule!("batch_norm, d_var": x = x(), gamma = channel(3), mean = channel(5), var = var(), dy = d(); eps = 0.1
        => rt::batch_norm::d_var(&x, &gamma, &mean, &var, eps, &dy));
    rule!("batch_norm, tangent_x": gamma = channel(3), var = var(), dot = d(); eps = 0.1
        => rt::batch_norm::tangent_x(&gamma, &var, eps, &dot));
    rule!("batch_norm, tangent_gamma": x = x(), mean = channel(5), var = var(), dot = channel(7); eps = 0.1
        => rt::batch_norm::tangent_gamma(&x, &mean, &var, eps, &dot));
    rule!("batch_norm, tangent_beta": dot = channel(7); x = rt::extent(&x()) => rt::batch_norm::tangent_beta(&x, &dot));
    rule!("batch_norm, tangent_mean": gamma = channel(3), var = var(), dot = channel(7); x = rt::extent(&x()), eps = 0.1
        => rt::batch_norm::tangent_mean(&x, &gamma, &var, eps, &dot));
    rule!("batch_norm, tangent_var": x = x(), gamma = channel(3), mean = channel(5), var = var(), dot = channel(7); eps = 0.1
        => rt::batch_norm::tangent_var(&x, &gamma, &mean, &var, eps, &dot));
    rule!("batch_norm_train, d_x": x = x(), gamma = channel(3), dy = d(), mean = channel(5), var = channel(6); eps = 0.1
        => rt::batch_norm_train::d_x(&x, &gamma, eps, &(dy.clone(), mean.clone(), var.clone())));
    rule!("batch_norm_train, tangent_x": x = x(), gamma = channel(3), dot = d(); eps = 0.1
        => rt::batch_norm_train::tangent_x(&x, &gamma, eps, &dot));
}

#[test]
fn of_attention() {
    let (q, k, v, d) = (|| numbers([2, 3, 4], 1), || numbers([2, 5, 4], 2), || numbers([2, 5, 3], 3), || numbers([2, 3, 3], 4));
    rule!("attention, d_q": q = q(), k = k(), v = v(), d = d() => rt::scaled_dot_product_attention::d_q(&q, &k, &v, &d));
    rule!("attention, d_k": q = q(), k = k(), v = v(), d = d() => rt::scaled_dot_product_attention::d_k(&q, &k, &v, &d));
    rule!("attention, d_v": q = q(), k = k(), v = v(), d = d() => rt::scaled_dot_product_attention::d_v(&q, &k, &v, &d));
    rule!("attention, tangent_q": q = q(), k = k(), v = v() => rt::scaled_dot_product_attention::tangent_q(&q, &k, &v, &q));
    rule!("attention, tangent_k": q = q(), k = k(), v = v() => rt::scaled_dot_product_attention::tangent_k(&q, &k, &v, &k));
    rule!("attention, tangent_v": q = q(), k = k(), v = v() => rt::scaled_dot_product_attention::tangent_v(&q, &k, &v, &v));
    let mask = || numbers([3, 5], 5);
    rule!("masked, d_q": q = q(), k = k(), v = v(), m = mask(), d = d()
        => rt::scaled_dot_product_attention_masked::d_q(&q, &k, &v, &m, &d));
    rule!("masked, d_mask": q = q(), k = k(), v = v(), m = mask(), d = d()
        => rt::scaled_dot_product_attention_masked::d_mask(&q, &k, &v, &m, &d));
    rule!("masked, tangent_mask": q = q(), k = k(), v = v(), m = mask()
        => rt::scaled_dot_product_attention_masked::tangent_mask(&q, &k, &v, &m, &m));
    let mut hidden = mask();
    hidden[[1, 2]] = f64::NEG_INFINITY;
    rule!("masked, with what is hidden": q = q(), k = k(), v = v(), d = d(); m = hidden.clone()
        => rt::scaled_dot_product_attention_masked::d_q(&q, &k, &v, &m, &d));
}

#[test]
fn of_single_precision() {
    let y: Array2<f32> = array![[0.2, 0.3, 0.5]];
    let (d_x, dot) = rt::parts(rt::softmax::d_x(&rt::dual(&y, &y), rt::lifted(&Axis(1)), &rt::dual(&y, &(&y * 2.0))));
    assert_eq!(d_x, rt::softmax::d_x(&y, Axis(1), &y));
    assert!((dot - rt::softmax::d_x(&y, Axis(1), &(&y * 3.0)) + (&y * (&y * &y).sum())).iter().all(|e: &f32| e.abs() < 1e-6));
    let image: Array4<f32> = Array4::from_shape_fn((1, 2, 4, 4), |(_, c, i, j)| ((c * 7 + i * 3 + j) as f32).sin());
    let kernel: Array4<f32> = Array4::from_shape_fn((2, 2, 3, 3), |(o, c, i, j)| ((o + c * 7 + i * 3 + j) as f32).cos());
    let y = rt::conv2d(&rt::dual(&image, &image), &rt::lifted(&kernel), rt::lifted(&Conv2d::default()));
    let (value, dot) = rt::parts(y);
    assert!((value - dot).iter().all(|e| e.abs() < 1e-5));
    let ids: Array1<usize> = array![1];
    assert_eq!(rt::lifted(&ids), ids);
}

macro_rules! names {
    ($($name:ident)*) => {
        const OPERATIONS: &[&str] = &[$(stringify!($name)),*];
    };
}
odyssey_macros::for_each_operation!(names);

#[test]
fn of_all_operations() {
    let this = include_str!("rules.rs");
    let missing: Vec<_> = OPERATIONS.iter().filter(|name| !this.contains(&format!("=> rt::{name}::"))).collect();
    assert!(missing.is_empty(), "no rule of {missing:?} is checked");
}
