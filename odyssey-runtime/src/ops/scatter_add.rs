//! Slices added to an array at positions along an axis: the transpose of [`select()`](super::select::select()).

use ndarray::{Array, ArrayView, Axis, RemoveAxis};

use super::operation::operation;
use super::rows::axis_exists;
use super::select::select;
use super::slices::{add_slices, slices_exist};
use super::{Like, Shaped, Tensor};
use crate::memory::{in_standard_layout, zeros};
use crate::quoted::ensure;
use crate::real::Real;

operation! {
    /// `y = base`, with `y[…, indices[k], …] += values[…, k, …]` for each `k` in turn: the slices of `values` along `axis`, added
    /// to those of `base` at `indices`. A position that is there several times gets all of its slices.
    ///
    /// `values` has the shape of `base`, but for as many slices along `axis` as there are indices. The cotangent of `base` is
    /// that of the result, the cotangent of `values` is what stands there at `indices`. Sums over segments begin with zeros:
    /// `Array1::zeros(n).scatter_add(Axis(0), &segments, &values)`.
    ///
    /// Panics if there is no such axis or slice, or if the shapes do not fit.
    fn scatter_add(
        base: X if S | axis: [Axis] if P | indices: [&[usize]] if Q, values: Y if W
    ), method of ScatterAdd, hidden forms scatter_add_residual_vjp, scatter_add_residual_hvp, scatter_add_pushforward of ScatterAddHidden;
    where [X: Tensor<Dim: RemoveAxis>, Y: Tensor<Elem = X::Elem, Dim = X::Dim>];
    result Like<X>;
    forward forward;
    rules |_, dy| (scatter_add::d_base(dy.clone()), scatter_add::d_values(axis, indices, dy));
    tangents |_, dot| (scatter_add::tangent_base(dot), scatter_add::tangent_values(base, axis, indices, dot));
}

#[track_caller]
fn forward<T: Real, D: RemoveAxis>(
    base: ArrayView<'_, T, D>,
    axis: Axis,
    indices: &[usize],
    values: ArrayView<'_, T, D>,
) -> Array<T, D> {
    slices_exist("scatter_add", base.shape(), axis, indices);
    let mut fitting = base.raw_dim();
    fitting[axis.index()] = indices.len();
    ensure!(
        fitting == values.raw_dim(),
        "scatter_add",
        "values of shape {:?} do not fit {} slices along axis {} of an array of shape {:?}",
        values.shape(),
        indices.len(),
        axis.index(),
        base.shape()
    );
    let mut sum = in_standard_layout(&base);
    add_slices(&mut sum, axis, indices, &values);
    sum
}

impl scatter_add {
    /// `dy`.
    #[doc(hidden)]
    pub fn d_base<G>(dy: G) -> G {
        dy
    }

    /// `dy` at the indices.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_values<G>(axis: Axis, indices: &[usize], dy: &G) -> Like<G>
    where
        G: Tensor<Dim: RemoveAxis> + ?Sized,
    {
        select(dy, axis, indices)
    }

    /// The tangent itself.
    #[doc(hidden)]
    pub fn tangent_base<G>(base_dot: &G) -> Like<G>
    where
        G: Tensor + ?Sized,
    {
        in_standard_layout(&base_dot.tensor_view())
    }

    /// The slices of the tangent, added to zeros.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_values<X, G>(base: &X, axis: Axis, indices: &[usize], values_dot: &G) -> Like<G>
    where
        X: Shaped<Dim = G::Dim> + ?Sized,
        G: Tensor<Dim: RemoveAxis> + ?Sized,
    {
        let mut sum = zeros(base.dim_of());
        axis_exists(sum.shape(), axis);
        add_slices(&mut sum, axis, indices, &values_dot.tensor_view());
        sum
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array3, ArrayView1, Axis, array, s};

    use super::{ScatterAdd, scatter_add};
    use crate::ops::testing::{check_dot, check_rule, cube, layouts, numbers};

    #[test]
    fn adds_up_what_comes_several_times() {
        let base = array![[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let values = array![[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]];
        assert_eq!(base.scatter_add(Axis(0), &[2, 0, 2], &values), array![[31.0, 42.0], [3.0, 4.0], [65.0, 86.0]]);
        assert_eq!(base.scatter_add(Axis(1), &[1], &array![[7.0], [8.0], [9.0]]), array![[1.0, 9.0], [3.0, 12.0], [5.0, 15.0]]);
        let one = ArrayView1::from(&[1.5]);
        assert_eq!(Array1::zeros(3).scatter_add(Axis(0), &[1, 1, 1], &one.broadcast(3).unwrap()), array![0.0, 4.5, 0.0]);
    }

    #[test]
    fn of_nothing() {
        let base = numbers([2, 3], 1);
        assert_eq!(scatter_add(&base, Axis(1), &[], &base.slice(s![.., ..0])), base);
        let empty = base.slice(s![..0, ..]);
        assert_eq!(scatter_add(&empty, Axis(1), &[2, 2], &numbers([0, 2], 1)), empty);
        assert_eq!(scatter_add(&empty, Axis(0), &[], &empty), empty);
    }

    #[test]
    fn any_layout() {
        let indices = [1, 0, 1, 1];
        for axis in (0..3).map(Axis) {
            let mut shape = [3, 4, 5];
            shape[axis.index()] = indices.len();
            let values = numbers(shape, 2);
            let mut expected = cube();
            for (index, slice) in indices.iter().zip(values.axis_iter(axis)) {
                let mut sum = expected.index_axis_mut(axis, *index);
                sum += &slice;
            }
            let far = values.view().reversed_axes().as_standard_layout().into_owned();
            for base in layouts(&cube()) {
                assert_eq!(base.scatter_add(axis, &indices, &values), expected);
                assert_eq!(base.scatter_add(axis, &indices, &far.t()), expected);
            }
        }
    }

    #[test]
    fn rules_agree_with_differences() {
        let (base, indices) = (cube(), [3, 0, 3]);
        let (values, dy) = (numbers([3, 3, 5], 2), numbers([3, 4, 5], 3));
        let (y, pullback) = scatter_add::vjp(&base, Axis(1), &indices, &values);
        let (d_base, d_values) = pullback(dy.clone());
        check_rule(&base, |base| base.scatter_add(Axis(1), &indices, &values), &dy, &d_base);
        check_rule(&values, |values| base.scatter_add(Axis(1), &indices, values), &dy, &d_values);
        let tangents: (Array3<f64>, Array3<f64>) = (numbers([3, 4, 5], 4), numbers([3, 3, 5], 5));
        let (again, y_dot) = scatter_add::jvp(&base, Axis(1), &indices, &values, tangents.0.clone(), tangents.1.clone());
        assert_eq!(again, y);
        check_dot(&y_dot, &dy, &tangents, &(d_base, d_values));
    }

    #[test]
    #[should_panic(expected = "index 3 is out of bounds along axis 0 of an array of shape [3] in scatter_add")]
    fn slices_must_exist() {
        scatter_add(&numbers([3], 1), Axis(0), &[0, 3], &numbers([2], 1));
    }

    #[test]
    #[should_panic(
        expected = "values of shape [2, 4] do not fit 2 slices along axis 0 of an array of shape [3, 5] in scatter_add"
    )]
    fn shapes_must_fit() {
        scatter_add(&numbers([3, 5], 1), Axis(0), &[0, 2], &numbers([2, 4], 1));
    }
}
