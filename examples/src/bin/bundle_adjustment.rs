//! Cameras and points from where the points were seen, by Levenberg–Marquardt with a sparse Jacobian: `bundle_adjustment [problem.txt]`.
//!
//! Without a file, a scene is made up: cameras around a cloud of points, observations with noise, and a start beside the truth. A file is in
//! the format of "Bundle Adjustment in the Large" (Agarwal et al. 2010).

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use nalgebra::DVector;
use nalgebra_sparse::factorization::CscCholesky;
use nalgebra_sparse::{CooMatrix, CscMatrix};
use ndarray::Array1;
use odyssey_examples::bundle::{Scene, residuals, sparsity};
use odyssey_runtime::sparse::SparseJacobian;

const ITERATIONS: usize = 50;

/// `JᵀJ`.
fn normal_matrix(jacobian: &SparseJacobian<'_, f64>) -> CscMatrix<f64> {
    let (rows, columns) = jacobian.shape();
    let mut triplets = CooMatrix::new(rows, columns);
    jacobian.triplets().for_each(|(row, column, value)| triplets.push(row, column, value));
    let jacobian = CscMatrix::from(&triplets);
    jacobian.transpose() * jacobian
}

/// The solution of `(JᵀJ + damping diag JᵀJ) step = -gradient` (Marquardt 1963).
fn step(normal: &CscMatrix<f64>, damping: f64, gradient: &Array1<f64>) -> Option<Vec<f64>> {
    let mut damped = normal.clone();
    for (column, mut entries) in damped.col_iter_mut().enumerate() {
        let (rows, values) = entries.rows_and_values_mut();
        let diagonal = rows.binary_search(&column).ok()?;
        values[diagonal] += damping * values[diagonal].max(1e-6);
    }
    let factor = CscCholesky::factor(&damped).ok()?;
    let solution = factor.solve(&-DVector::from_column_slice(gradient.as_slice()?));
    Some(solution.iter().copied().collect())
}

fn half_of_squares(residuals: &[f64]) -> f64 {
    0.5 * residuals.iter().map(|r| r * r).sum::<f64>()
}

/// The root of the mean square distance, in pixels.
fn distance(cost: f64, scene: &Scene) -> f64 {
    (2.0 * cost / scene.observations.len() as f64).sqrt()
}

/// Levenberg–Marquardt; returns the cost at the end.
fn adjust(scene: &Scene, x: &mut Vec<f64>) -> f64 {
    let sparsity = sparsity(scene);
    let (rows, columns) = sparsity.shape();
    println!("Jacobian of {rows} by {columns} with {} entries in {} passes", sparsity.len(), sparsity.passes());
    let (mut damping, mut growth) = (1e-3, 2.0);
    let mut cost = half_of_squares(&residuals(x, scene));
    println!("start         distance {:10.4} px", distance(cost, scene));
    for iteration in 1..=ITERATIONS {
        let errors = Array1::from(residuals(x, scene));
        let jacobian = residuals::sparse_jacobian(&sparsity, x, scene);
        let (gradient, normal) = (jacobian.transposed_dot(&errors), normal_matrix(&jacobian));
        // Nielsen's choice of the damping (Madsen, Nielsen and Tingleff 2004).
        let gained = loop {
            let moved =
                step(&normal, damping, &gradient).map(|step| x.iter().zip(&step).map(|(x, step)| x + step).collect::<Vec<_>>());
            let there = moved.as_ref().map_or(f64::INFINITY, |moved| half_of_squares(&residuals(moved, scene)));
            if let (Some(moved), true) = (moved, there < cost) {
                *x = moved;
                (damping, growth) = (damping / 3.0, 2.0);
                let before = std::mem::replace(&mut cost, there);
                break before - there;
            }
            if damping > 1e12 {
                return cost;
            }
            (damping, growth) = (damping * growth, 2.0 * growth);
        };
        println!("iteration {iteration:3} distance {:10.4} px, damping {damping:.0e}", distance(cost, scene));
        if gained < 1e-9 * cost {
            break;
        }
    }
    cost
}

fn run() -> Result<bool, Box<dyn Error>> {
    let (scene, mut x) = match std::env::args_os().nth(1) {
        Some(path) => Scene::read(path.as_ref())?,
        None => Scene::made_up(),
    };
    let began = Instant::now();
    let cost = adjust(&scene, &mut x);
    println!("{} cameras, {} points in {:.1?}", scene.cameras, scene.points, began.elapsed());
    Ok(scene.noise.is_none_or(|noise| distance(cost, &scene) < 1.5 * noise))
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: it ended far from what was seen");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
