//! The examples learn, from gradients that are right.

use ndarray::Array2;
use odyssey_examples::data;
use odyssey_examples::digits::data::shuffled;
use odyssey_examples::digits::train::{Memory, Network, epoch, score};
use odyssey_examples::digits::{Cnn, Digits, Mlp, cnn, model};
use odyssey_examples::regression::{self, Line, Patients};
use odyssey_runtime::optim::Sgd;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

fn digits() -> Digits {
    Digits::read(&data("digits.csv")).unwrap()
}

#[test]
fn the_gradient_of_the_digits_loss_is_right() {
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    let batch = digits().select(&[5, 17, 1000]);
    let images: Array2<f64> = batch.images.mapv(f64::from);
    let mlp = Mlp::random(4, &mut rng);
    model::loss::check_grad(&mlp, &images, &batch.labels).unwrap();
}

#[test]
fn the_gradient_of_the_convolutional_network_is_right() {
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    let batch = digits().select(&[5, 1000]);
    let images: Array2<f64> = batch.images.mapv(f64::from);
    let mut cnn = Cnn::random([2, 3], &mut rng);
    // Where there is nothing but paper, not at the corner of `relu`.
    cnn.first.bias.fill(0.1);
    cnn.second.bias.fill(0.1);
    cnn::loss::check_grad(&cnn, &images, &batch.labels).unwrap();
}

#[test]
fn the_gradients_of_both_precisions_agree() {
    let batch = digits().select(&[5, 17, 1000]);
    let single: Mlp<f32> = Mlp::random(4, &mut Pcg64Mcg::seed_from_u64(3));
    let double: Mlp<f64> = Mlp::random(4, &mut Pcg64Mcg::seed_from_u64(3));
    let images = batch.images.mapv(f64::from);
    let single = model::loss::grad(&single, &batch.images, &batch.labels);
    let double = model::loss::grad(&double, &images, &batch.labels);
    let difference = single.hidden.weight.mapv(f64::from) - double.hidden.weight;
    assert!(difference.iter().all(|d| d.abs() < 1e-5), "{difference}");
}

#[test]
fn the_gradient_of_the_regression_loss_is_right() {
    let patients = Patients::read(&data("diabetes.csv")).unwrap();
    let line = Line { intercept: 120.0, slopes: (0..10).map(|n| f64::from(n) - 3.0).collect() };
    regression::loss::check_grad(&line, &patients.features, &patients.progression).unwrap();
}

#[test]
fn epochs_lower_the_loss() {
    let mut rng = Pcg64Mcg::seed_from_u64(0);
    let digits = digits().select(&shuffled(1797, &mut rng)[..640]);
    epochs_are_learned_from(Mlp::random(32, &mut rng), 1, &digits, &mut rng);
    epochs_are_learned_from(Cnn::random([8, 16], &mut rng), 3, &digits, &mut rng);
}

fn epochs_are_learned_from(mut network: impl Network, epochs: usize, digits: &Digits, rng: &mut Pcg64Mcg) {
    let before = score(&network, digits);
    let mut optimizer = Sgd::new(0.1).momentum(0.9);
    let mut memory = Memory::of(&network);
    for _ in 0..epochs {
        epoch(&mut network, &mut optimizer, &mut memory, digits, 32, rng);
    }
    let after = score(&network, digits);
    assert!(after.loss < 0.5 * before.loss, "{before:?} → {after:?}");
    assert!(after.accuracy > 0.7, "{before:?} → {after:?}");
}

#[test]
fn the_split_is_a_partition_that_the_seed_decides() {
    let digits = digits();
    let split = |seed| digits.split(450, &mut Pcg64Mcg::seed_from_u64(seed)).unwrap();
    let (train, test) = split(0);
    assert_eq!((train.len(), test.len()), (1347, 450));
    assert_eq!(split(0).1.images, test.images);
    assert_ne!(split(1).1.images, test.images);
    let mut rows: Vec<_> = [&train, &test].iter().flat_map(|part| images(part)).collect();
    let mut all = images(&digits);
    rows.sort();
    all.sort();
    assert_eq!(rows, all);
}

/// Each image with its label, in whole numbers.
fn images(digits: &Digits) -> Vec<(Vec<u32>, usize)> {
    let rows = digits.images.rows().into_iter();
    let rows = rows.map(|row| row.iter().map(|ink| ink.to_bits()).collect());
    rows.zip(digits.labels.iter().copied()).collect()
}

#[test]
fn descent_arrives_at_the_least_squares_solution() {
    let patients = Patients::read(&data("diabetes.csv")).unwrap();
    let (descended, _) = regression::descend(&patients).unwrap();
    let solved = regression::solve(&patients).unwrap();
    for ((name, by_descent), (_, exact)) in descended.coefficients().zip(solved.coefficients()) {
        assert!((by_descent - exact).abs() < 1e-6 * exact.abs(), "{name}: {by_descent} {exact}");
    }
}
