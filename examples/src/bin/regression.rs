//! Fits a linear model by gradient descent and in closed form: `regression [diabetes.csv]`.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use odyssey_examples::regression::{Line, Patients, descend, solve};

const TOLERANCE: f64 = 1e-6;

fn main() -> ExitCode {
    match run() {
        Ok(difference) if difference <= TOLERANCE => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("error: the two fits differ by more than {TOLERANCE:e}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The largest relative difference of the two fits.
fn run() -> Result<f64, Box<dyn Error>> {
    let path = odyssey_examples::data_argument(std::env::args(), "diabetes.csv")?;
    let patients = Patients::read(&path)?;
    let start = Instant::now();
    let (descended, steps) = descend(&patients)?;
    println!("{} patients, {steps} steps in {:.1?}\n", patients.progression.len(), start.elapsed());
    let difference = compare(&descended, &solve(&patients)?);
    println!("\nlargest relative difference: {difference:.1e}");
    Ok(difference)
}

fn compare(descended: &Line, solved: &Line) -> f64 {
    println!("{:<10}{:>18}{:>18}", "", "gradient descent", "least squares");
    let pairs = descended.coefficients().zip(solved.coefficients());
    let differences = pairs.map(|((name, by_descent), (_, exact))| {
        println!("{name:<10}{by_descent:>18.9}{exact:>18.9}");
        (by_descent - exact).abs() / exact.abs()
    });
    // Also of NaN, the largest in this order.
    differences.max_by(f64::total_cmp).expect("a line has coefficients")
}
