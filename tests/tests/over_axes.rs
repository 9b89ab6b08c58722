//! Reductions over several axes: what the table of `docs/OPERATIONS.md` says, and the edges.

use ndarray::prelude::*;
use odyssey_runtime::check;
use odyssey_runtime::prelude::*;

const PAGE: &str = include_str!("../../docs/OPERATIONS.md");

fn cube() -> Array3<f64> {
    Array::from_shape_fn((2, 3, 4), |(i, j, k)| ((i * 12 + j * 4 + k) as f64 * 1.7).sin() + 0.1)
}

/// Without white space, in which formatters differ.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn same<D: Dimension>(a: &Array<f64, D>, b: &Array<f64, D>) -> bool {
    a.shape() == b.shape() && (a - b).iter().all(|difference| difference.abs() < 1e-13)
}

macro_rules! table {
    ($($name:ident: |$x:ident| $(all: $all:expr,)? along: $axis:expr, $axes:expr, $keep:expr;)*) => {$(
        #[test]
        fn $name() {
            let cells = [$(stringify!($all),)? stringify!($axis), stringify!($axes), stringify!($keep)].map(squeezed);
            let row = PAGE.lines().find(|line| line.contains(concat!("`", stringify!($name), "_axes("))).expect("a row");
            let row = squeezed(row);
            cells.iter().for_each(|cell| assert!(row.contains(&format!("`{cell}`")), "{cell} in {row}"));

            let $x = cube();
            let (axes, keep) = ($axes, $keep);
            // Each of the others alone: what is over all, or along the axes as one.
            for (j, of_axes) in axes.iter().enumerate() {
                let $x = cube().index_axis(Axis(1), j).flatten().into_owned();
                let along: Array0<f64> = $axis;
                assert!((along.into_scalar() - of_axes).abs() < 1e-13);
                $(assert!(($all - of_axes).abs() < 1e-13);)?
            }
            assert!(same(&keep, &axes.insert_axis(Axis(0)).insert_axis(Axis(2))));
        }
    )*};
}

table! {
    sum: |x| all: x.sum(), along: x.sum_axis(Axis(0)), sum_axes(&x, [Axis(0), Axis(2)]), sum_keep(&x, [Axis(0), Axis(2)]);
    mean: |x| all: x.mean().unwrap(), along: x.mean_axis(Axis(0)).unwrap(), mean_axes(&x, [Axis(0), Axis(2)]), mean_keep(&x, [Axis(0), Axis(2)]);
    product: |x| all: x.product(), along: x.product_axis(Axis(0)), product_axes(&x, [Axis(0), Axis(2)]), product_keep(&x, [Axis(0), Axis(2)]);
    var: |x| all: x.var(1.0), along: x.var_axis(Axis(0), 1.0), var_axes(&x, [Axis(0), Axis(2)], 1.0), var_keep(&x, [Axis(0), Axis(2)], 1.0);
    std: |x| all: x.std(1.0), along: x.std_axis(Axis(0), 1.0), std_axes(&x, [Axis(0), Axis(2)], 1.0), std_keep(&x, [Axis(0), Axis(2)], 1.0);
    max: |x| along: x.max_axis(Axis(0)), max_axes(&x, [Axis(0), Axis(2)]), max_keep(&x, [Axis(0), Axis(2)]);
    min: |x| along: x.min_axis(Axis(0)), min_axes(&x, [Axis(0), Axis(2)]), min_keep(&x, [Axis(0), Axis(2)]);
    logsumexp: |x| along: x.logsumexp(Axis(0)), logsumexp_axes(&x, [Axis(0), Axis(2)]), logsumexp_keep(&x, [Axis(0), Axis(2)]);
    norm_l1: |x| all: x.norm_l1(), along: x.norm_l1_axis(Axis(0)), norm_l1_axes(&x, [Axis(0), Axis(2)]), norm_l1_keep(&x, [Axis(0), Axis(2)]);
    norm_l2: |x| all: x.norm_l2(), along: x.norm_l2_axis(Axis(0)), norm_l2_axes(&x, [Axis(0), Axis(2)]), norm_l2_keep(&x, [Axis(0), Axis(2)]);
}

/// A batch that is normalised over its axes, as one writes it.
#[differentiable]
fn normalised(x: &Array3<f64>, w: &Array3<f64>) -> f64 {
    let centred = x - &mean_keep(x, [Axis(2), Axis(0)]);
    let y = &centred / &std_keep(&centred, [Axis(0), Axis(2)], 0.0);
    (&y * w).sum() + (max_axes(&y, [Axis(0), Axis(1), Axis(2)]).into_scalar()).powi(2)
}

#[test]
fn a_normalisation_of_a_batch() {
    let (x, w) = (cube(), cube().mapv(f64::cos));
    normalised::check_grad(&x, &w).unwrap();
    let (dx, dw) = normalised::grad(&x, &w);
    let along = normalised::jvp(&x, &w, w.clone(), x.clone()).1;
    assert!((along - (&dx * &w).sum() - (&dw * &x).sum()).abs() < 1e-12);
    let (d, _) = normalised::hvp(&x, &w, w.clone(), Array3::zeros(w.raw_dim()));
    let slope = |x: &Array3<f64>| (&normalised::grad(x, &w).0 * &w).sum();
    check::argument("x", &&x, slope, &d).unwrap();
}

/// Of any rank.
#[differentiable]
fn of_any_rank(x: &ArrayD<f64>) -> f64 {
    let y = norm_l2_axes(x, [Axis(1), Axis(0)]);
    (&y * &y * &y).sum()
}

#[test]
fn rank_at_run_time() {
    let x = cube().into_dyn();
    of_any_rank::check_grad(&x).unwrap();
    assert_eq!(sum_axes(&x, [Axis(2)]).shape(), [2, 3]);
    assert_eq!(sum_keep(&x, [Axis(2), Axis(1)]).shape(), [2, 1, 1]);
}

#[differentiable(wrt(x))]
fn ties(x: &Array2<f64>) -> f64 {
    max_axes(x, [Axis(0), Axis(1)]).into_scalar() + 8.0 * min_keep(x, [Axis(0), Axis(1)]).sum()
}

#[differentiable]
fn over_nothing(x: &Array2<f64>) -> f64 {
    (product_axes(x, []) * norm_l1_keep(x, [])).sum() + var_axes(x, [], 0.0).sum()
}

#[test]
fn at_the_edges() {
    assert_eq!(ties::grad(&array![[2.0, 1.0], [2.0, 1.0]]), array![[0.5, 4.0], [0.5, 4.0]]);
    let x = array![[2.0, -3.0]];
    assert_eq!((over_nothing(&x), over_nothing::grad(&x)), (-5.0, array![[4.0, 6.0]]));
    let empty = Array3::<f64>::zeros((2, 0, 3));
    assert_eq!(sum_axes(&empty, [Axis(0), Axis(1)]), array![0.0, 0.0, 0.0]);
    assert_eq!(product_axes(&empty, [Axis(1), Axis(2)]), array![1.0, 1.0]);
    assert_eq!(max_axes(&empty, [Axis(0), Axis(2)]), Array1::<f64>::zeros(0));
    assert_eq!(norm_l2_keep::vjp(&Array2::zeros((2, 2)), [Axis(0), Axis(1)]).1(array![[1.0]]), Array2::<f64>::zeros((2, 2)));
}

#[test]
#[should_panic(expected = "axis 1 is given twice")]
fn an_axis_is_given_once() {
    let _ = sum_axes(&cube(), [Axis(1), Axis(1)]);
}

#[test]
#[should_panic(expected = "an array of shape [2, 3, 4] has no axis 3")]
fn axes_exist() {
    let _ = max_keep(&cube(), [Axis(0), Axis(3)]);
}
