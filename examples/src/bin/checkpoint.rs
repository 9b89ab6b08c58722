//! The gradient of a recurrent network over 10 000 steps, with what each kind of checkpoints costs and saves.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use odyssey_examples::counting::{Counting, peak};
use odyssey_examples::lstm::{Lstm, LstmTangent, loss, loss_with_checkpoints, loss_with_slots, random};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

const STEPS: usize = 10_000;
const INPUTS: usize = 8;
const HIDDEN: usize = 64;
const CLASSES: usize = 10;

#[global_allocator]
static HEAP: Counting = Counting;

/// What computing a gradient took.
struct Cost {
    time: Duration,
    memory: usize,
    gradient: (f32, LstmTangent),
}

/// The shortest of three runs.
fn cost(run: impl Fn() -> (f32, LstmTangent)) -> Cost {
    let once = || {
        let start = Instant::now();
        let (memory, gradient) = peak(&run);
        Cost { time: start.elapsed(), memory, gradient }
    };
    (0..3).map(|_| once()).min_by_key(|cost| cost.time).expect("three runs")
}

fn row(name: &str, cost: &Cost) -> String {
    format!("{name:<28}{:>8.3} s{:>11.2} MB", cost.time.as_secs_f64(), cost.memory as f64 / 1e6)
}

fn main() -> ExitCode {
    let mut rng = Pcg64Mcg::seed_from_u64(0);
    let net = Lstm::random(INPUTS, HIDDEN, CLASSES, &mut rng);
    let xs: Vec<_> = (0..STEPS).map(|_| random((1, INPUTS), &mut rng)).collect();
    let labels = [3];
    let all = cost(|| loss::value_and_grad(&net, &xs, &labels));
    println!("{:<28}{:>10}{:>14}", "", "time", "memory");
    println!("{}", row("all kept", &all));
    let compared = |name: &str, cost: &Cost| {
        let slower = cost.time.as_secs_f64() / all.time.as_secs_f64();
        let smaller = all.memory as f64 / cost.memory as f64;
        println!("{}   {slower:.2} times the time, 1/{smaller:.0} of the memory", row(name, cost));
    };
    let checkpoints = cost(|| loss_with_checkpoints::value_and_grad(&net, &xs, &labels));
    compared("#[checkpoint]", &checkpoints);
    let slots = cost(|| loss_with_slots::value_and_grad(&net, &xs, &labels));
    compared("#[checkpoint(slots = 20)]", &slots);
    let is_same = |cost: &Cost| format!("{:?}", cost.gradient) == format!("{:?}", all.gradient);
    if is_same(&checkpoints) && is_same(&slots) && 10 * checkpoints.memory < all.memory {
        println!("\nthe same gradient to the last bit");
        ExitCode::SUCCESS
    } else {
        eprintln!("error: the gradients or the memory are not what they should be");
        ExitCode::FAILURE
    }
}
