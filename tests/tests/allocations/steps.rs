//! Training steps take nothing from the heap once the workspace has seen one.

use ndarray::Array2;
use odyssey_runtime::optim::{Adagrad, Adam, AdamW, Optimizer, RmsProp, Schedule, Sgd, clip_grad_norm, clip_grad_value};
use odyssey_runtime::prelude::*;

use crate::counting::allocations;
use crate::programs::{flat, labels, lstm_by_cells, lstm_inline, lstm_model, mlp, mlp_model, numbers, sequence};

/// Bit for bit what `value_and_grad` gives, and without an allocation from the second call on; accumulated, twice that.
macro_rules! takes_nothing {
    ($function:ident($($argument:expr),*), $zero:expr) => {{
        let (mut workspace, mut grads) = (Workspace::default(), $zero);
        let (expected, gradient) = $function::value_and_grad($($argument),*);
        let mut counts = [0; 4];
        for count in &mut counts {
            let (allocated, value) =
                allocations(|| $function::value_and_grad_into(&mut workspace, &mut grads, $($argument),*));
            assert_eq!((value, &grads), (expected, &gradient));
            *count = allocated;
        }
        assert!(counts[0] > 0);
        assert_eq!(counts[1..], [0; 3]);
        let add = || $function::accumulate_grad_into(&mut workspace, &mut grads, $($argument),*);
        assert_eq!(allocations(add), (0, expected));
        let mut twice = gradient.clone();
        odyssey_runtime::Tangent::accumulate_ref(&mut twice, &gradient);
        assert_eq!(grads, twice);
    }};
}

#[test]
fn of_a_perceptron() {
    let (x, y, labels) = (numbers((16, 8), 1), numbers((16, 3), 2), labels(16));
    let model = mlp_model();
    let (hidden, output) = (model.hidden.clone(), model.output.clone());
    let own = (&hidden.weight, &hidden.bias, &output.weight, &output.bias);
    let zero = (own.0 * 0.0, own.1 * 0.0, own.2 * 0.0, own.3 * 0.0);
    takes_nothing!(flat(own.0, own.1, own.2, own.3, &x, &y), zero);
    takes_nothing!(mlp(&model, &x, &labels), model.zero_tangent());
}

#[test]
fn of_an_lstm() {
    let (net, xs, y, labels) = (lstm_model(6), sequence(7), numbers((16, 3), 2), labels(16));
    takes_nothing!(lstm_by_cells(&net, &xs, &labels), net.zero_tangent());
    takes_nothing!(lstm_inline(&net, &xs, &y), net.zero_tangent());
}

/// Large enough for packed operands of the matrix product and for huge pages.
#[test]
fn of_large_layers() {
    let (x, y) = (numbers((300, 500), 1), numbers((300, 130), 2));
    let (w1, b1, w2, b2) = (numbers((500, 257), 1), numbers(257, 2), numbers((257, 130), 3), numbers(130, 4));
    let zero = (&w1 * 0.0, &b1 * 0.0, &w2 * 0.0, &b2 * 0.0);
    takes_nothing!(flat(&w1, &b1, &w2, &b2, &x, &y), zero);
}

/// Whole steps, with batches of two sizes; the optimizer has its state from the first one on.
#[test]
fn with_an_optimizer() {
    takes_nothing_from_the_second_step_on(Sgd::new(0.1).momentum(0.9));
    takes_nothing_from_the_second_step_on(Adam::new(0.01).amsgrad(true));
    takes_nothing_from_the_second_step_on(AdamW::new(0.01));
    takes_nothing_from_the_second_step_on(RmsProp::new(0.01).centered(true));
    takes_nothing_from_the_second_step_on(Adagrad::new(0.1));
}

fn takes_nothing_from_the_second_step_on(mut optimizer: impl Optimizer) {
    let mut model = mlp_model();
    let batches: [Array2<f64>; 2] = [numbers((16, 8), 1), numbers((5, 8), 2)];
    let (mut workspace, mut grads) = (Workspace::default(), model.zero_tangent());
    let schedule = Schedule::cosine(optimizer.learning_rate(), 0.0, 100);
    let mut values = Vec::with_capacity(20);
    let labels = [labels(16), labels(5)];
    let mut epoch = |values: &mut Vec<f64>| {
        for (x, labels) in batches.iter().zip(&labels) {
            optimizer.set_learning_rate(schedule.at(values.len()));
            values.push(mlp::value_and_grad_into(&mut workspace, &mut grads, &model, x, labels));
            clip_grad_norm(&mut grads, 1.0);
            clip_grad_value(&mut grads, 0.5);
            optimizer.step(&mut model, &grads);
        }
    };
    epoch(&mut values);
    let (allocated, ()) = allocations(|| (0..9).for_each(|_| epoch(&mut values)));
    assert_eq!(allocated, 0);
    assert!(values[19] < values[1]);
}
