//! Of structs and enums that are generic over their numbers.

use std::marker::PhantomData;

use ndarray::prelude::*;
use odyssey_runtime::Tangent;
use odyssey_runtime::optim::{Optimizer, Sgd};
use odyssey_runtime::prelude::*;

use super::agrees;

/// All numbers of a tangent.
pub(super) fn numbers(mut tangent: impl Tangent) -> Vec<f64> {
    let mut numbers = Vec::new();
    tangent.map_scalars(&mut |number| {
        numbers.push(number);
        number
    });
    numbers
}

/// The `hvp` of a function of parameters and a number, and the difference of gradients. Directions are what comes of one call of the
/// gradient, with other numbers in it.
macro_rules! agrees_with_differences {
    ($function:ident, $parameters:expr, $x:expr) => {
        let (parameters, x) = ($parameters, $x);
        let (mut u, mut k) = ($function::grad(&parameters, x).0, 0.0);
        u.map_scalars(&mut |_| {
            k += 1.0;
            f64::sin(1.3 * k)
        });
        let (d_parameters, d_x) = $function::hvp(&parameters, x, u.clone(), 0.4);
        let hvp = [numbers(d_parameters), vec![d_x]].concat();
        assert!(hvp.iter().any(|entry| *entry != 0.0));
        agrees(&hvp, |step| {
            let (mut moved, mut back) = (parameters.clone(), u.clone());
            back.scale(-step);
            Sgd::new(1.0).step(&mut moved, &back);
            let (d_parameters, d_x) = $function::grad(&moved, x + step * 0.4);
            [numbers(d_parameters), vec![d_x]].concat()
        });
    };
}

#[derive(Clone, Differentiable)]
struct Layer<T: Real> {
    weights: Array2<T>,
    bias: Array1<T>,
}

#[derive(Clone, Differentiable)]
struct Network<T: Real> {
    first: Array1<T>,
    layers: Vec<Layer<T>>,
    last: (Array1<T>, T),
    gain: Option<T>,
    scale: T,
    bounds: [T; 2],
    width: usize,
    #[differentiable(skip)]
    name: String,
    marker: PhantomData<T>,
}

fn network() -> Network<f64> {
    let layer = |seed: f64| Layer {
        weights: Array2::from_shape_fn((3, 3), |(i, j)| (seed + (3 * i + j) as f64).sin()),
        bias: array![0.1, -0.2, 0.3] * seed,
    };
    Network {
        first: array![0.4, -0.7, 0.9],
        layers: vec![layer(0.3), layer(1.7)],
        last: (array![0.8, -0.5, 0.6], 0.2),
        gain: Some(1.4),
        scale: 0.7,
        bounds: [-0.9, 1.1],
        width: 3,
        name: String::from("network"),
        marker: PhantomData,
    }
}

#[differentiable(order = 3)]
fn output<T: Real>(network: &Network<T>, x: T) -> T {
    let mut h = (&network.first * x).tanh();
    for layer in &network.layers {
        h = (layer.weights.dot(&h) + &layer.bias).tanh();
    }
    let y = h.dot(&network.last.0) + network.last.1;
    let gained = match &network.gain {
        Some(gain) => y * *gain * *gain,
        None => y,
    };
    gained * network.scale.sin() + (network.bounds[0] * network.bounds[1] * x).cos() * T::lit(network.width as f64)
}

#[differentiable]
fn slope<T: Real>(network: &Network<T>, x: T) -> T {
    output::grad(network, x).1
}

#[test]
fn of_everything_that_a_struct_may_have() {
    agrees_with_differences!(slope, network(), 0.3);
    assert_eq!(network().name, "network");
}

#[test]
fn nothing_counts_as_zero() {
    agrees_with_differences!(slope, Network { gain: None, ..network() }, -0.6);
}

/// A physics-informed network: its second derivative is in the loss, whose gradient is of third order.
#[differentiable]
fn curvature<T: Real>(network: &Network<T>, x: T) -> T {
    slope::grad(network, x).1
}

#[differentiable(wrt(network))]
fn residual(network: &Network<f64>, points: &[f64]) -> f64 {
    let mut sum = 0.0;
    for &x in points {
        let error = curvature(network, x) + x.sin();
        sum += error * error;
    }
    sum / points.len() as f64
}

#[test]
fn a_second_derivative_in_a_loss() {
    let network = network();
    let difference = (slope(&network, 0.2 + 1e-5) - slope(&network, 0.2 - 1e-5)) / 2e-5;
    assert!((curvature(&network, 0.2) - difference).abs() < 1e-8);
    residual::check_grad(&network, &[0.1, 0.5, -0.3]).unwrap();
}

/// Written over `f64`: only the struct is generic.
#[differentiable(order = 3)]
fn layered(layer: &Layer<f64>, x: f64) -> f64 {
    let h = (layer.weights.dot(&layer.bias) * x).sin();
    h.dot(&layer.bias) * 0.5
}

#[differentiable]
fn slope_of_layered(layer: &Layer<f64>, x: f64) -> f64 {
    layered::grad(layer, x).1
}

#[test]
fn written_over_one_type() {
    agrees_with_differences!(slope_of_layered, network().layers.remove(1), 0.8);
}

#[derive(Clone, Differentiable)]
enum Potential<T: Real> {
    Harmonic(T),
    Morse { depth: T, width: T },
    Sampled(Vec<T>, usize),
    Free,
}

#[differentiable(order = 3)]
fn energy<T: Real>(potential: &Potential<T>, x: T) -> T {
    match potential {
        Potential::Harmonic(k) => *k * x * x * x,
        Potential::Morse { depth, width } => {
            let e = T::lit(1.0) - (-*width * x).exp();
            *depth * e * e
        }
        Potential::Sampled(values, at) => values[*at] * values[0] * (values[*at] * x).sin(),
        Potential::Free => x * x * x,
    }
}

#[differentiable]
fn force<T: Real>(potential: &Potential<T>, x: T) -> T {
    -energy::grad(potential, x).1
}

#[test]
fn of_enums() {
    agrees_with_differences!(force, Potential::Harmonic(0.7), 0.4);
    agrees_with_differences!(force, Potential::Morse { depth: 1.3, width: 0.6 }, 0.4);
    agrees_with_differences!(force, Potential::Sampled(vec![0.3, 0.8, -0.4], 2), 0.4);
    agrees_with_differences!(force, Potential::<f64>::Free, 0.4);
}

/// A type that contains itself.
#[derive(Clone, Differentiable)]
enum Chain<T: Real> {
    End(T),
    Link(T, Box<Chain<T>>),
}

#[differentiable(order = 3)]
fn length<T: Real>(chain: &Chain<T>, x: T) -> T {
    match chain {
        Chain::End(k) => (*k * x).sin(),
        Chain::Link(k, rest) => *k * *k * x * length(rest, x),
    }
}

#[differentiable]
fn slope_of_length<T: Real>(chain: &Chain<T>, x: T) -> T {
    length::grad(chain, x).1
}

#[test]
fn of_what_contains_itself() {
    let chain = Chain::Link(0.7, Box::new(Chain::Link(-0.4, Box::new(Chain::End(1.2)))));
    agrees_with_differences!(slope_of_length, chain, 0.6);
}

/// The parameters do not vary, and are computed with all the same.
#[differentiable(wrt(x), order = 3)]
fn at<T: Real>(potential: &Potential<T>, network: &Network<T>, x: T) -> T {
    energy(potential, x) + output(network, x) * network.bounds[1]
}

#[differentiable(wrt(x))]
fn slope_at<T: Real>(potential: &Potential<T>, network: &Network<T>, x: T) -> T {
    at::grad(potential, network, x)
}

#[test]
fn left_out() {
    let (potential, network) = (Potential::Morse { depth: 1.3, width: 0.6 }, network());
    let hvp = slope_at::hvp(&potential, &network, 0.4, 1.0);
    agrees(&[hvp], |step| vec![slope_at::grad(&potential, &network, 0.4 + step)]);
}

/// No bound on the struct itself, constants beside the type, and a list of structs as an argument.
#[derive(Clone, Differentiable)]
struct Row<T, const N: usize> {
    entries: [T; N],
}

#[differentiable(order = 3)]
fn product<T: Real>(rows: &[Row<T, 2>], x: T) -> T {
    let mut sum = T::lit(0.0);
    for row in rows {
        sum += (row.entries[0] * x).sin() * row.entries[1] * row.entries[1];
    }
    sum
}

#[differentiable]
#[allow(clippy::ptr_arg, reason = "what moves the list moves a `Vec`")]
fn slope_of_product<T: Real>(rows: &Vec<Row<T, 2>>, x: T) -> T {
    product::grad(rows, x).1
}

#[test]
fn lists_of_structs() {
    agrees_with_differences!(slope_of_product, vec![Row { entries: [0.3, 0.9] }, Row { entries: [-0.8, 0.4] }], 0.7);
}

type Numbers<T> = Vec<T>;

/// Bounds in a where clause, and more than one; a type by another name; fields by their numbers.
#[derive(Clone, Debug, Differentiable)]
struct Named<T>(T, Numbers<T>, Array1<T>)
where
    T: Real + std::fmt::Debug + 'static;

#[differentiable(order = 3)]
fn of_named<T: Real>(named: &Named<T>, x: T) -> T {
    (named.0 * x).sin() * named.1[0] * named.1[0] + (&named.2 * x).tanh().sum() * named.0
}

#[differentiable]
fn slope_of_named<T: Real>(named: &Named<T>, x: T) -> T {
    of_named::grad(named, x).1
}

#[test]
fn by_other_names() {
    agrees_with_differences!(slope_of_named, Named(0.7, vec![0.4, -0.2], array![0.3, 1.2]), 0.6);
}

/// What is derived for them must not be in the way of types that are not, or only partly, of one type of numbers.
mod of_other_types {
    #![deny(warnings, private_bounds, private_interfaces)]
    #![allow(dead_code)]

    use std::marker::PhantomData;

    use ndarray::{Array1, ArrayView1};
    use odyssey_runtime::prelude::*;

    #[derive(Clone, Differentiable)]
    struct Nothing<T> {
        marker: PhantomData<T>,
    }

    #[derive(Clone, Differentiable)]
    struct Mixed<T: Real> {
        own: T,
        other: f64,
    }

    #[derive(Clone, Differentiable)]
    struct Skipping<T: Real> {
        own: Array1<T>,
        #[differentiable(skip)]
        function: fn(T) -> T,
    }

    /// Not `Clone`.
    struct Handle;

    #[derive(Differentiable)]
    struct Holding<T: Real> {
        own: Array1<T>,
        #[differentiable(skip)]
        handle: Handle,
    }

    #[derive(Clone, Differentiable)]
    struct Borrowing<'a, T: Real> {
        own: ArrayView1<'a, T>,
    }

    pub(super) trait More: Real {}

    #[derive(Clone, Differentiable)]
    struct Further<T: More> {
        own: T,
    }

    #[derive(Clone, Differentiable)]
    pub(super) struct Outer<T: Real> {
        pub(super) inner: Vec<Inner<T>>,
        pair: (Inner<T>, Option<Box<Inner<T>>>),
    }

    #[derive(Clone, Differentiable)]
    pub(super) struct Inner<T: Real> {
        own: T,
    }

    #[derive(Clone, Differentiable)]
    enum Either<L, R> {
        Left(L),
        Right(R),
    }
}

#[test]
fn single_precision() {
    #[differentiable(order = 3)]
    fn spring<T: Real>(row: &Row<T, 1>, x: T) -> T {
        row.entries[0] * x * x * x
    }

    #[differentiable]
    fn pull<T: Real>(row: &Row<T, 1>, x: T) -> T {
        spring::grad(row, x).1
    }

    let (d_row, d_x) = pull::hvp(&Row { entries: [0.5_f32] }, 2.0, RowTangent { entries: [1.0] }, 0.0);
    // 3 k x²: nothing for `k` twice, and 6 x for both.
    assert_eq!((d_row.entries, d_x), ([0.0], 12.0));
}
