#![allow(
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args,
    clippy::unnecessary_mut_passed,
    reason = "that references are accepted is what is tested"
)]

use ndarray::{Array1, Array2, ArrayD, ArrayView1, Axis, array, s};

use super::{Differentiable, Parameters, ScalarResult, Step, Visitor, arrived, complete, partial};
use crate::real::Real;

#[test]
fn tangents_have_the_types_of_the_table() {
    let a: Array2<f32> = array![[1.0, 2.0]];
    let _: Array2<f32> = a.zero_tangent();
    let _: Array2<f32> = a.view().zero_tangent();
    let _: Array1<f32> = (&a.row(0)).zero_tangent();
    let _: Array2<f32> = a.slice(s![.., ..1]).zero_tangent();
    let _: ArrayD<f32> = a.clone().into_dyn().zero_tangent();
    let _: Vec<f64> = [1.0, 2.0][..].zero_tangent();
    let _: [f64; 2] = [1.0, 2.0].zero_tangent();
    let _: (f64, (), Option<Vec<f32>>) = (1.0, 3usize, Some(vec![1.0f32])).zero_tangent();
    let _: Box<f64> = Box::new(1.0).zero_tangent();
    let _: ((), (), (), (), ()) = (true, "a", String::new(), Axis(0), 0..3).zero_tangent();
    let _: f64 = (&mut 1.0f64).zero_tangent();
}

#[test]
fn zero_has_the_shape_of_the_value() {
    let x = (array![[1.0, 2.0, 3.0]], vec![Some(array![1.0f32]), None], [1.5f64; 2]);
    assert_eq!(x.zero_tangent(), (array![[0.0, 0.0, 0.0]], vec![Some(array![0.0]), None], [0.0, 0.0]));
}

#[test]
fn partial_tangents_are_completed_with_zeros() {
    let x = (array![1.0, 2.0], 3.0, 4usize);
    let mut d_x = partial(&x);
    d_x.1 = Some(5.0);
    assert_eq!(complete(&x, d_x), (array![0.0, 0.0], 5.0, ()));
    let mut d_x = partial(&x);
    d_x.0 = arrived(&x.0, array![0.0, 7.0]);
    assert_eq!(complete(&x, d_x), (array![0.0, 7.0], 0.0, ()));
}

/// Generic code sees that a float is its own tangent, and an array's is an array.
fn generic<T: Real>(x: &Array1<T>, view: ArrayView1<'_, T>, k: T) -> (Array1<T>, Array1<T>, T) {
    let mut d_k = k.zero_tangent();
    d_k += <T as ScalarResult>::seed();
    (x.zero_tangent(), view.zero_tangent(), d_k)
}

#[test]
fn generic_code_knows_its_tangents() {
    let x = array![1.0f32];
    assert_eq!(generic(&x, x.view(), 2.0), (array![0.0], array![0.0], 1.0));
}

#[derive(Default)]
struct Paths {
    path: Vec<Step>,
    seen: Vec<(Vec<Step>, Vec<f64>, Vec<f64>)>,
}

impl Visitor for Paths {
    fn leaf<T: Real>(&mut self, values: &mut [T], tangents: &[T], _shape: &[usize]) {
        let double = |x: &[T]| x.iter().map(|x| x.to_double()).collect();
        self.seen.push((self.path.clone(), double(values), double(tangents)));
        values[0] += T::one();
    }

    fn enter(&mut self, step: Step) {
        self.path.push(step);
    }

    fn leave(&mut self) {
        self.path.pop();
    }
}

#[test]
fn visits_every_leaf_in_logical_order() {
    let mut x = (array![[1.0, 2.0], [3.0, 4.0]].reversed_axes(), vec![5.0f32, 6.0], Some(7.0), 8usize, vec![(9.0,), (10.0,)]);
    let d_x = (array![[10.0, 20.0], [30.0, 40.0]], vec![50.0, 60.0], None, (), vec![(90.0,), (100.0,)]);
    let mut paths = Paths::default();
    x.visit(&d_x, &mut paths);
    let (field, index) = (Step::Field, Step::Index);
    assert_eq!(
        paths.seen,
        [
            (vec![field("0")], vec![1.0, 3.0, 2.0, 4.0], vec![10.0, 20.0, 30.0, 40.0]),
            (vec![field("1")], vec![5.0, 6.0], vec![50.0, 60.0]),
            (vec![field("2")], vec![7.0], vec![0.0]),
            (vec![field("4"), index(0), field("0")], vec![9.0], vec![90.0]),
            (vec![field("4"), index(1), field("0")], vec![10.0], vec![100.0]),
        ]
    );
    assert_eq!(x, (array![[2.0, 3.0], [2.0, 4.0]], vec![6.0, 6.0], Some(8.0), 8, vec![(10.0,), (11.0,)]));
}

#[test]
#[should_panic(expected = "a value of shape [2] has a tangent of shape [3]")]
fn a_tangent_of_another_shape_is_refused() {
    array![1.0, 2.0].visit(&array![1.0, 2.0, 3.0], &mut Paths::default());
}
