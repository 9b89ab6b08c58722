//! Sparse Jacobians and Hessians: by the colours of a pattern, the entries that the whole matrices have.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;
use odyssey_runtime::sparse::Sparsity;

/// Each number depends on three.
#[differentiable]
fn tension(x: &[f64]) -> Vec<f64> {
    let mut forces = Vec::new();
    for i in 1..x.len() - 1 {
        forces.push((x[i - 1] - 2.0 * x[i] + x[i + 1]).sin());
    }
    forces
}

#[differentiable(wrt(x), name = scaled_ad)]
fn scaled(x: Array1<f64>, k: f64) -> Array1<f64> {
    (&x * k).sin() * &x
}

#[differentiable]
fn of_view(x: ArrayView1<'_, f32>) -> Array1<f32> {
    x.exp()
}

#[differentiable]
fn squares<T: Real, const N: usize>(mut x: [T; N]) -> [T; N] {
    for i in 0..N {
        x[i] = x[i] * x[i];
    }
    x
}

/// A call that changes what it is given: one colour a pass.
#[differentiable]
fn advance(x: &mut f64, y: f64) {
    *x += (*x * y).sin();
}

#[differentiable]
fn advanced(x: &[f64]) -> Vec<f64> {
    let mut out = x.to_vec();
    for i in 1..x.len() {
        let mut here = x[i];
        advance(&mut here, x[i - 1]);
        out[i] = here;
    }
    out
}

fn line(len: usize) -> Vec<f64> {
    (0..len).map(|i| 0.3 + (i as f64).sqrt().sin()).collect()
}

#[test]
fn jacobians_of_bands() {
    let x = line(40);
    let sparsity = Sparsity::banded(38, 40, 0, 2);
    let jacobian = tension::sparse_jacobian(&sparsity, &x);
    assert_eq!(jacobian.to_dense(), tension::jacobian(&x));
    assert_eq!(jacobian, sparsity.jacobian(&x, |direction| tension::jvp(&x, direction).1));
    // More colours than there are in a pass.
    let wide = Sparsity::banded(38, 40, 2, 4);
    assert_eq!((wide.passes(), tension::sparse_jacobian(&wide, &x).to_dense()), (7, jacobian.to_dense()));
    let below = Sparsity::banded(40, 40, 1, 0);
    assert_eq!(advanced::sparse_jacobian(&below, &x).to_dense(), advanced::jacobian(&x));
}

#[test]
fn jacobians_of_all_lines() {
    let diagonal = Sparsity::banded(3, 3, 0, 0);
    let x = array![1.0, -0.5, 3.0];
    assert_eq!(scaled_ad::sparse_jacobian(&diagonal, x.clone(), 2.0).to_dense(), scaled_ad::jacobian(x.clone(), 2.0));
    let single = x.mapv(|x| x as f32);
    assert_eq!(of_view::sparse_jacobian(&diagonal, single.view()).to_dense(), of_view::jacobian(single.view()));
    assert_eq!(squares::sparse_jacobian(&diagonal, [1.0, -0.5, 3.0]).values(), [2.0, -1.0, 6.0]);
    let none = Sparsity::new(0, 0, []);
    assert_eq!(squares::sparse_jacobian::<f64, 0>(&none, []).shape(), (0, 0));
}

#[differentiable]
fn valley(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let (a, b) = (1.0 - x[i], x[i + 1] - x[i] * x[i]);
        sum += a * a + 100.0 * b * b;
    }
    sum
}

struct Chain {
    stiffness: f64,
}

impl Chain {
    #[differentiable(wrt(x))]
    fn energy(&self, x: &[f64]) -> f64 {
        let mut energy = 0.0;
        for i in 1..x.len() {
            let mut stretch = x[i] - x[i - 1];
            advance(&mut stretch, self.stiffness);
            energy += stretch * stretch;
        }
        energy
    }
}

#[differentiable]
trait Elastic {
    #[differentiable(wrt(x))]
    fn stored(&self, x: &[f64]) -> f64;

    #[differentiable(wrt(x))]
    fn forces(&self, x: &[f64]) -> Vec<f64>;
}

#[differentiable]
impl Elastic for Chain {
    #[differentiable(wrt(x))]
    fn stored(&self, x: &[f64]) -> f64 {
        let mut energy = 0.0;
        for i in 1..x.len() {
            let d = x[i] - x[i - 1];
            energy += self.stiffness * d.sin() * d;
        }
        energy
    }

    #[differentiable(wrt(x))]
    fn forces(&self, x: &[f64]) -> Vec<f64> {
        let mut forces = x.to_vec();
        for i in 1..x.len() {
            forces[i] = self.stiffness * x[i - 1] * x[i];
        }
        forces
    }
}

#[test]
fn of_traits() {
    let (chain, x, sparsity) = (Chain { stiffness: 1.5 }, line(9), Sparsity::banded(9, 9, 1, 1));
    assert_eq!(chain.stored_sparse_hessian(&sparsity, &x).to_dense(), chain.stored_hessian(&x));
    assert_eq!(chain.forces_sparse_jacobian(&sparsity, &x).to_dense(), chain.forces_jacobian(&x));
}

#[test]
fn hessians_of_bands() {
    let x = line(30);
    let sparsity = Sparsity::banded(30, 30, 1, 1);
    let array = Array1::from(x.clone());
    assert_eq!(valley::sparse_hessian(&sparsity, &array).to_dense(), valley::hessian(&array));
    let chain = Chain { stiffness: 1.5 };
    let (hessian, dense) = (chain.energy_sparse_hessian(&sparsity, &x), chain.energy_hessian(&x));
    assert!((hessian.to_dense() - &dense).iter().all(|difference| difference.abs() < 1e-13), "{dense}");
}

#[test]
#[should_panic(expected = "the pattern has 5 columns, the argument 40 numbers")]
fn another_length() {
    let _ = tension::sparse_jacobian(&Sparsity::banded(3, 5, 0, 2), &line(40));
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "row 0 of the Jacobian has an entry other than zero that the pattern leaves out")]
fn left_out() {
    let _ = tension::sparse_jacobian(&Sparsity::banded(38, 40, 0, 1), &line(40));
}
