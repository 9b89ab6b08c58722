//! A linear model of how diabetes progresses, fitted in two ways.

use std::error::Error;
use std::path::Path;

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, s};
use odyssey_runtime::Tangent;
use odyssey_runtime::losses::mse_loss;
use odyssey_runtime::optim::{Optimizer, Sgd};
use odyssey_runtime::prelude::*;

use crate::table::{self, Column};

/// What is known of each patient.
pub const FEATURES: [&str; 10] = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"];

/// Patients, one a row, and how their disease progressed in a year.
#[derive(Clone, Debug)]
pub struct Patients {
    /// `[patients, FEATURES]`, each column with mean 0 and standard deviation 1.
    pub features: Array2<f64>,
    /// `[patients]`.
    pub progression: Array1<f64>,
}

impl Patients {
    /// Reads a table with the columns [`FEATURES`] and `progression`, and standardises the features.
    ///
    /// # Errors
    /// The file cannot be read, is not such a table, or has a column of equal numbers.
    pub fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let names = FEATURES.into_iter().chain(["progression"]);
        let columns: Vec<_> = names.map(Column::real).collect();
        let table = table::read(path, &columns)?;
        let mut features = table.slice(s![.., ..FEATURES.len()]).to_owned();
        for (name, mut column) in FEATURES.iter().zip(features.columns_mut()) {
            let (mean, deviation) = (column.mean().ok_or("no patients")?, column.std(0.0));
            if deviation == 0.0 {
                return Err(format!("{}: every patient has the same `{name}`", path.display()))?;
            }
            column.mapv_inplace(|x| (x - mean) / deviation);
        }
        Ok(Self { features, progression: table.column(FEATURES.len()).to_owned() })
    }
}

/// `progression ≈ intercept + features · slopes`.
#[derive(Clone, Debug, Differentiable)]
pub struct Line {
    /// The progression of a patient who is average in everything.
    pub intercept: f64,
    /// What one standard deviation of each feature adds.
    pub slopes: Array1<f64>,
}

/// The mean squared error of the model.
#[differentiable(wrt(line))]
pub fn loss(line: &Line, features: &Array2<f64>, progression: &Array1<f64>) -> f64 {
    mse_loss(&(features.dot(&line.slopes) + line.intercept), progression)
}

/// A fit by gradient descent, and the steps that it took.
///
/// # Errors
/// The gradient does not vanish.
pub fn descend(patients: &Patients) -> Result<(Line, usize), String> {
    let mut line = Line { intercept: 0.0, slopes: Array1::zeros(FEATURES.len()) };
    let mut optimizer = Sgd::new(0.3).momentum(0.85);
    for step in 0..MOST_STEPS {
        let gradient = loss::grad(&line, &patients.features, &patients.progression);
        if gradient.norm() < 1e-9 {
            return Ok((line, step));
        }
        optimizer.step(&mut line, &gradient);
    }
    Err(format!("the gradient does not vanish in {MOST_STEPS} steps"))
}

const MOST_STEPS: usize = 10_000;

/// The least squares solution, by a QR decomposition.
///
/// # Errors
/// The features are linearly dependent.
pub fn solve(patients: &Patients) -> Result<Line, String> {
    let Patients { features, progression } = patients;
    let with_ones =
        DMatrix::from_fn(
            features.nrows(),
            features.ncols() + 1,
            |row, column| {
                if column == 0 { 1.0 } else { features[[row, column - 1]] }
            },
        );
    let (q, r) = with_ones.qr().unpack();
    let right_side = q.transpose() * DVector::from_iterator(progression.len(), progression.iter().copied());
    let solution = r.solve_upper_triangular(&right_side).ok_or("the features are linearly dependent")?;
    Ok(Line { intercept: solution[0], slopes: solution.iter().skip(1).copied().collect() })
}

impl Line {
    /// The intercept and the slopes, with their names.
    pub fn coefficients(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let names = ["intercept"].into_iter().chain(FEATURES);
        names.zip([self.intercept].into_iter().chain(self.slopes.iter().copied()))
    }
}
