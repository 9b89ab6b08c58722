//! Optimizers and schedules against those of `torch.optim` (`data/optim_reference.py`), and what all optimizers have in common.

use ndarray::{Array1, Array2};
use odyssey_runtime::Tangent;
use odyssey_runtime::optim::{Adagrad, Adam, AdamW, Optimizer, RmsProp, Schedule, Sgd};

/// The rows of a name: a step with its numbers.
fn reference(name: &str) -> Vec<(usize, Vec<f64>)> {
    let rows = include_str!("data/optim_reference.txt").lines().map(|row| row.split(' ').collect::<Vec<_>>());
    let rows = rows.filter(|row| row[0] == name);
    let rows: Vec<_> = rows.map(|row| (row[1].parse().unwrap(), row[2..].iter().map(|x| x.parse().unwrap()).collect())).collect();
    assert!(!rows.is_empty(), "{name}");
    rows
}

type Params = (Array2<f64>, Array1<f32>, f64);

fn start() -> Params {
    let start = |i: usize| (i + 1) as f64 / 4.0;
    (Array2::from_shape_fn((2, 3), |(i, j)| start(3 * i + j)), Array1::from_shape_fn(3, |i| start(i) as f32), start(0))
}

/// Of half the squared distance from a target that moves.
fn gradients(params: &Params, step: usize) -> Params {
    let target = |i: usize| (((7 * i + 3 * step) % 11) as f64 - 5.0) / 4.0;
    let (a, b, c) = params;
    let target_of_a = Array2::from_shape_fn((2, 3), |(i, j)| target(3 * i + j));
    let target_of_b = Array1::from_shape_fn(3, |i| target(i) as f32);
    (a - target_of_a, b - target_of_b, c - target(0))
}

fn follow(optimizer: &mut impl Optimizer, params: &mut Params, step: usize) {
    let gradients = gradients(params, step);
    optimizer.step(params, &gradients);
}

fn assert_close(what: &str, (a, b, c): &Params, expected: &[f64]) {
    let all = a.iter().copied().chain(b.iter().map(|&b| f64::from(b))).chain([*c]);
    for (i, (x, want)) in all.zip(expected).enumerate() {
        let tolerance = if (6..9).contains(&i) { 1e-5 } else { 1e-12 };
        assert!((x - want).abs() <= tolerance, "{what}: number {i} is {x}, PyTorch has {want}");
    }
}

/// Goes where that of `torch.optim` goes, with learning rates that are set before each step.
fn agrees_at(name: &str, mut optimizer: impl Optimizer, schedule: Schedule) {
    let (mut params, mut done) = (start(), 0);
    for (step, expected) in reference(name) {
        for step in done + 1..=step {
            optimizer.set_learning_rate(schedule.at(step - 1));
            follow(&mut optimizer, &mut params, step);
        }
        done = step;
        assert_close(&format!("{name} after {step} steps"), &params, &expected);
    }
}

fn agrees(name: &str, optimizer: impl Optimizer) {
    let rate = optimizer.learning_rate();
    agrees_at(name, optimizer, Schedule::constant(rate));
}

#[test]
fn sgd() {
    agrees("sgd", Sgd::new(0.1));
    agrees("sgd_decay", Sgd::new(0.1).weight_decay(0.2));
    agrees("sgd_momentum", Sgd::new(0.1).momentum(0.8));
    agrees("sgd_nesterov", Sgd::new(0.1).momentum(0.8).nesterov(true).weight_decay(0.2));
}

#[test]
fn adam() {
    agrees("adam", Adam::new(0.1));
    agrees("adam_settings", Adam::new(0.1).betas(0.5, 0.9).eps(0.1).weight_decay(0.2));
    agrees("adam_amsgrad", Adam::new(0.1).betas(0.9, 0.8).amsgrad(true));
    agrees_at("adam_scheduled", Adam::new(1.0), Schedule::exponential(0.1, 0.9));
}

#[test]
fn adamw() {
    agrees("adamw", AdamW::new(0.1));
    agrees("adamw_settings", AdamW::new(0.1).betas(0.5, 0.8).eps(0.1).weight_decay(0.3).amsgrad(true));
}

#[test]
fn rmsprop() {
    agrees("rmsprop", RmsProp::new(0.1));
    agrees("rmsprop_momentum", RmsProp::new(0.01).alpha(0.9).momentum(0.8).eps(0.1).weight_decay(0.2));
    agrees("rmsprop_centered", RmsProp::new(0.01).alpha(0.9).centered(true));
    agrees("rmsprop_all", RmsProp::new(0.01).alpha(0.9).momentum(0.8).centered(true));
}

#[test]
fn adagrad() {
    agrees("adagrad", Adagrad::new(0.1));
    agrees("adagrad_settings", Adagrad::new(0.1).lr_decay(0.3).eps(0.1).initial_accumulator(0.4).weight_decay(0.2));
}

#[test]
fn schedules() {
    for (name, schedule) in [
        ("step", Schedule::step_decay(0.5, 3, 0.1)),
        ("exponential", Schedule::exponential(0.5, 0.9)),
        ("linear", Schedule::linear(0.5, 0.1, 5)),
        ("cosine", Schedule::cosine(0.5, 0.1, 6)),
        ("warmup_constant", Schedule::constant(0.5).warmup(3)),
        ("warmup_step", Schedule::step_decay(0.5, 3, 0.1).warmup(3)),
        ("warmup_cosine", Schedule::cosine(0.5, 0.1, 9).warmup(3)),
        ("warmup_linear", Schedule::linear(0.5, 0.1, 8).warmup(3)),
    ] {
        for (step, expected) in reference(&format!("schedule_{name}")) {
            let rate = schedule.at(step);
            assert!((rate - expected[0]).abs() < 1e-11, "{name} at {step} is {rate}, PyTorch has {}", expected[0]);
        }
    }
    for (from, to) in [(0.1, 0.3), (0.7, 1e-9), (1.0, 0.0), (0.0, 1.0)] {
        for schedule in [Schedule::linear(from, to, 90), Schedule::cosine(from, to, 90)] {
            assert_eq!([0, 90, 91, usize::MAX].map(|step| schedule.at(step)), [from, to, to, to]);
            assert_eq!([7, 90, 91].map(|step| schedule.warmup(7).at(step)), [from, to, to]);
        }
    }
}

/// Every optimizer, with everything that it has.
macro_rules! for_each_optimizer {
    ($check:ident) => {
        $check(Sgd::new(0.1));
        for_each_with_memory!($check);
    };
}

macro_rules! for_each_with_memory {
    ($check:ident) => {
        $check(Sgd::new(0.1).momentum(0.9).nesterov(true).weight_decay(0.01));
        $check(Adam::new(0.1));
        $check(Adam::new(0.1).amsgrad(true).weight_decay(0.01));
        $check(AdamW::new(0.1).amsgrad(true));
        $check(RmsProp::new(0.01));
        $check(RmsProp::new(0.01).momentum(0.5));
        $check(RmsProp::new(0.01).alpha(0.9).centered(true));
        $check(RmsProp::new(0.01).alpha(0.9).momentum(0.5).centered(true).weight_decay(0.01));
        $check(Adagrad::new(0.1).initial_accumulator(0.1).lr_decay(0.01).weight_decay(0.01));
    };
}

/// A long array, the same in another memory order, and one number at a time: no number knows of others.
#[test]
fn every_number_goes_its_own_way() {
    fn check(mut optimizer: impl Optimizer + Clone) {
        let mut long = Array2::from_shape_fn((51, 50), |(i, j)| f64::sin((50 * i + j) as f64));
        let start = long.clone();
        let mut turned = long.t().as_standard_layout().into_owned().reversed_axes();
        let mut turning = optimizer.clone();
        let mut alone: Vec<_> = [(0, 0), (20, 24), (50, 49)].map(|at| (at, start[at], optimizer.clone())).into();
        for _ in 0..3 {
            let gradient = &long * 2.0;
            optimizer.step(&mut long, &gradient);
            turning.step(&mut turned, &gradient);
            for (_, x, optimizer) in &mut alone {
                let gradient = 2.0 * *x;
                optimizer.step(x, &gradient);
            }
        }
        assert_eq!(long, turned);
        assert!(alone.iter().all(|&(at, x, _)| x == long[at]));
    }
    for_each_optimizer!(check);
}

/// Nothing is divided by zero where nothing ever changes, nor where a gradient is the same at every step.
#[test]
fn constant_gradients_are_no_nan() {
    fn check(mut optimizer: impl Optimizer) {
        let mut params = (0.0, Array1::from_elem(3, 0.0f32), 1.0f32);
        for _ in 0..300 {
            optimizer.step(&mut params, &(0.0, Array1::zeros(3), 0.3));
        }
        assert_eq!((params.0, params.1), (0.0, Array1::zeros(3)));
        assert!(params.2.is_finite() && params.2 < 1.0);
    }
    for_each_optimizer!(check);
}

#[test]
fn a_clone_goes_on_alike() {
    fn check(mut optimizer: impl Optimizer + Clone) {
        let mut params = start();
        (1..4).for_each(|step| follow(&mut optimizer, &mut params, step));
        let (mut copy, mut copied) = (optimizer.clone(), params.clone());
        (4..8).for_each(|step| follow(&mut optimizer, &mut params, step));
        (4..8).for_each(|step| follow(&mut copy, &mut copied, step));
        assert_eq!(params, copied);
    }
    for_each_optimizer!(check);
}

#[test]
fn gradients_are_followed_to_the_minimum() {
    fn check(mut optimizer: impl Optimizer) {
        let target = start();
        let (rate, steps) = (optimizer.learning_rate(), 3000);
        let schedule = Schedule::linear(rate, 0.0, steps).warmup(10);
        let mut params: Params = (Array2::zeros((2, 3)), Array1::zeros(3), 0.0);
        let (first, mut distance) = (target.norm(), f64::INFINITY);
        for step in 0..steps {
            optimizer.set_learning_rate(schedule.at(step));
            let mut gradient = params.clone();
            gradient.add_scaled(-1.0, &target);
            distance = gradient.norm();
            optimizer.step(&mut params, &gradient);
        }
        // Weight decay moves it a little, and Adagrad with a learning rate that falls as well is slow.
        assert!(distance < first / 10.0, "{distance} of {first} is left");
    }
    for_each_optimizer!(check);
}

/// What is remembered belongs to settings that are in use: they may change on the way.
#[test]
fn settings_may_change_between_steps() {
    let (mut x, mut sgd) = (Array1::from_elem(2000, 1.0), Sgd::new(0.5));
    let ones = Array1::from_elem(2000, 1.0);
    let mut step = |sgd: &mut Sgd| {
        let before = x[0];
        sgd.step(&mut x, &ones);
        assert!(x.iter().all(|y| *y == x[0]));
        before - x[0]
    };
    assert_eq!([step(&mut sgd), step(&mut sgd)], [0.5; 2]);
    let mut sgd = sgd.momentum(0.5);
    assert_eq!([step(&mut sgd), step(&mut sgd)], [0.5, 0.75]);
    let mut sgd = sgd.momentum(0.0);
    assert_eq!([step(&mut sgd), step(&mut sgd)], [0.5; 2]);
    let mut sgd = sgd.momentum(0.5);
    assert_eq!([step(&mut sgd), step(&mut sgd)], [0.5, 0.75]);
}

fn complaint<T>(of: impl FnOnce() -> T) -> String {
    let Err(panic) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(of)) else { return String::new() };
    panic.downcast_ref::<String>().cloned().unwrap_or_else(|| panic.downcast_ref::<&str>().unwrap().to_string())
}

#[test]
fn state_belongs_to_one_set_of_parameters() {
    fn check(mut optimizer: impl Optimizer + Clone) {
        optimizer.step(&mut vec![1.0; 3], &vec![1.0; 3]);
        for (other, belongs) in [(2, false), (3, true), (4, false)] {
            let mut optimizer = optimizer.clone();
            let complaint = complaint(|| optimizer.step(&mut vec![1.0; other], &vec![1.0; other]));
            assert_eq!(complaint.is_empty(), belongs);
            assert!(belongs || complaint.contains("an optimizer belongs to one set of parameters"), "{complaint}");
        }
        assert!(!complaint(|| optimizer.step(&mut vec![1.0f32; 3], &vec![1.0; 3])).is_empty());
    }
    for_each_with_memory!(check);
}

#[test]
fn settings_out_of_range_panic() {
    for (complaint, expected) in [
        (complaint(|| Sgd::new(-0.1)), "a learning rate of -0.1: it must be finite and not negative"),
        (complaint(|| Adam::new(f64::NAN)), "a learning rate of NaN"),
        (complaint(|| AdamW::new(f64::INFINITY)), "a learning rate of inf"),
        (complaint(|| RmsProp::new(-1.0)), "a learning rate of -1"),
        (complaint(|| Adagrad::new(-1.0)), "a learning rate of -1"),
        (complaint(|| Adam::new(0.1).set_learning_rate(-1.0)), "a learning rate of -1"),
        (complaint(|| AdamW::new(0.1).set_learning_rate(f64::NAN)), "a learning rate of NaN"),
        (complaint(|| Sgd::new(0.1).momentum(-0.5)), "a momentum of -0.5"),
        (complaint(|| Sgd::new(0.1).weight_decay(-0.5)), "a weight decay of -0.5"),
        (complaint(|| Adam::new(0.1).betas(1.0, 0.9)), "a first beta of 1: it must be at least 0 and less than 1"),
        (complaint(|| Adam::new(0.1).betas(0.9, -0.1)), "a second beta of -0.1"),
        (complaint(|| AdamW::new(0.1).betas(f64::NAN, 0.9)), "a first beta of NaN"),
        (complaint(|| Adam::new(0.1).eps(0.0)), "an eps of 0: it must be finite and positive"),
        (complaint(|| AdamW::new(0.1).weight_decay(f64::NAN)), "a weight decay of NaN"),
        (complaint(|| RmsProp::new(0.1).alpha(1.0)), "an alpha of 1"),
        (complaint(|| RmsProp::new(0.1).momentum(f64::NAN)), "a momentum of NaN"),
        (complaint(|| Adagrad::new(0.1).lr_decay(-1.0)), "a decay of the learning rate of -1"),
        (complaint(|| Adagrad::new(0.1).initial_accumulator(-1.0)), "an initial accumulator of -1"),
        (complaint(|| Schedule::constant(-1.0)), "a learning rate of -1"),
        (complaint(|| Schedule::linear(1.0, -1.0, 10)), "a learning rate of -1"),
        (complaint(|| Schedule::exponential(1.0, -0.5)), "a factor of learning rates of -0.5"),
        (complaint(|| Schedule::step_decay(1.0, 0, 0.5)), "a step decay every 0 steps"),
        (complaint(|| Schedule::cosine(1.0, 0.0, 0)), "a schedule of 0 steps"),
        (complaint(|| Schedule::cosine(1.0, 0.0, 10).warmup(10)), "a warm-up of 10 steps in a schedule of 10 steps"),
    ] {
        assert!(complaint.contains(expected), "{complaint:?} instead of {expected:?}");
    }
}
