//! Rosenbrock's function in 100 dimensions, minimised by Newton's method with conjugate gradients in a trust region (Steihaug 1983):
//! `newton_cg`.
//!
//! argmin asks for the value, the gradient and a Hessian, of which it takes products with vectors alone: what it is given is the
//! point, and the product is `hvp`.

use std::process::ExitCode;
use std::time::Instant;

use argmin::core::{CostFunction, Error, Executor, Gradient, Hessian, State};
use argmin::solver::trustregion::{Steihaug, TrustRegion};
use argmin_math::ArgminDot;
use odyssey_runtime::prelude::*;

const DIMENSIONS: usize = 100;
const ITERATIONS: u64 = 500;

/// `Σ 100 (x[i + 1] - x[i]²)² + (1 - x[i])²`, which is 0 at `(1, …, 1)`.
#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        sum += 100.0 * valley * valley + (1.0 - x[i]).powi(2);
    }
    sum
}

struct Rosenbrock;

impl CostFunction for Rosenbrock {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        Ok(rosenbrock(x))
    }
}

impl Gradient for Rosenbrock {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(rosenbrock::grad(x))
    }
}

/// The Hessian at a point, which nobody writes down.
#[derive(Clone)]
struct HessianAt(Vec<f64>);

impl ArgminDot<Vec<f64>, Vec<f64>> for HessianAt {
    fn dot(&self, v: &Vec<f64>) -> Vec<f64> {
        rosenbrock::hvp(&self.0, v.clone())
    }
}

impl Hessian for Rosenbrock {
    type Param = Vec<f64>;
    type Hessian = HessianAt;

    fn hessian(&self, x: &Vec<f64>) -> Result<HessianAt, Error> {
        Ok(HessianAt(x.clone()))
    }
}

fn main() -> ExitCode {
    match minimise() {
        Ok(distance) if distance < 1e-6 => ExitCode::SUCCESS,
        Ok(distance) => {
            eprintln!("error: {distance:e} away from the minimum");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How far from the minimum it ends.
fn minimise() -> Result<f64, Error> {
    // From (-1.2, 1, …) there is another minimum on the way.
    let start = vec![0.0; DIMENSIONS];
    let began = Instant::now();
    let solver = TrustRegion::new(Steihaug::new());
    let result = Executor::new(Rosenbrock, solver)
        .configure(|state| state.param(start.clone()).target_cost(1e-20).max_iters(ITERATIONS))
        .run()?;
    let state = result.state();
    let best = state.get_best_param().map_or(&start[..], |best| best);
    let distance = best.iter().map(|x| (x - 1.0).powi(2)).sum::<f64>().sqrt();
    println!(
        "{DIMENSIONS} dimensions, value {:.3e} after {} iterations in {:.1?}",
        state.get_best_cost(),
        state.get_iter(),
        began.elapsed()
    );
    println!("distance from the minimum: {distance:.1e}");
    Ok(distance)
}
