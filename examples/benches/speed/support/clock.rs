//! Timing of candidates against each other.
//!
//! The usual libraries time one candidate after the other. On a machine that also does other things its speed drifts by
//! more than the differences that matter here, so this loop takes turns: a round times each candidate once, a few
//! milliseconds of processor time long, and what is reported is the median over rounds of the ratio within a round.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// Time of one turn of one candidate.
const TURN: Duration = Duration::from_millis(4);
const MOST_ROUNDS: usize = 41;
/// Rounds stop after this time, if there are enough of them for a median.
const ROW: Duration = Duration::from_millis(2500);
const FEWEST_ROUNDS: usize = 7;

/// One way to compute the result of a row.
pub(crate) struct Candidate<'a> {
    name: &'static str,
    run: Box<dyn FnMut() + 'a>,
}

/// What `run` returns is dropped on its time.
pub(crate) fn candidate<'a, R>(name: &'static str, mut run: impl FnMut() -> R + 'a) -> Candidate<'a> {
    let run = Box::new(move || drop(black_box(run())));
    Candidate { name, run }
}

/// The rows that were asked for.
pub(crate) struct Bench {
    words: Vec<String>,
    headings: String,
}

impl Bench {
    pub(crate) fn from_arguments() -> Self {
        // `cargo bench` passes `--bench`.
        let words = std::env::args().skip(1).filter(|word| !word.starts_with('-'));
        let (words, headings) = (words.collect(), String::new());
        Self { words, headings }
    }

    /// Whether a row is to be run.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.words.iter().all(|word| row.contains(word.as_str()))
    }

    /// Times the candidates of a row, and prints their medians, their ratios to the one called `hand`, or else to the first, those of `ours` to
    /// `hand, new` and to `value`, and that of `plain` to `ours`.
    pub(crate) fn row(&mut self, row: &str, mut candidates: Vec<Candidate<'_>>) {
        let turns: Vec<u32> = candidates.iter_mut().map(repetitions).collect();
        let mut rounds: Vec<Vec<f64>> = Vec::new();
        let start = Instant::now();
        while rounds.len() < FEWEST_ROUNDS || (rounds.len() < MOST_ROUNDS && start.elapsed() < ROW) {
            let mut times = vec![0.0; candidates.len()];
            for turn in 0..candidates.len() {
                // Another one begins in each round: nobody always runs in the cache that the same neighbour left.
                let k = (turn + rounds.len()) % candidates.len();
                times[k] = time(&mut candidates[k], turns[k]);
            }
            rounds.push(times);
        }
        self.print(row, &candidates, &rounds);
    }

    fn print(&mut self, row: &str, candidates: &[Candidate<'_>], rounds: &[Vec<f64>]) {
        let hand = candidates.iter().position(|candidate| candidate.name == "hand");
        let base = hand.unwrap_or(0);
        let (mut headings, mut line) = (format!("{:40}", ""), format!("{row:40}"));
        let mut column = |heading: String, value: String| {
            let _ = write!(headings, "{heading:>16}");
            let _ = write!(line, "{value:>16}");
        };
        for (k, candidate) in candidates.iter().enumerate() {
            column(candidate.name.to_string(), microseconds(median(rounds, |times| times[k])));
        }
        for (k, candidate) in candidates.iter().enumerate() {
            if k != base && candidate.name != "value" {
                let ratio = median(rounds, |times| times[k] / times[base]);
                column(format!("{}/{}", candidate.name, candidates[base].name), format!("{ratio:.2}"));
            }
        }
        for (above, below) in [("ours", "hand, new"), ("ours", "value"), ("plain", "ours")] {
            let named = |name| candidates.iter().position(|candidate| candidate.name == name);
            if let (Some(a), Some(b)) = (named(above), named(below)) {
                let ratio = median(rounds, |times| times[a] / times[b]);
                column(format!("{above}/{below}"), format!("{ratio:.2}"));
            }
        }
        if headings != self.headings {
            println!("\n{headings}");
            self.headings = headings;
        }
        println!("{line}");
    }
}

/// How often a candidate runs in a turn, after a warm-up.
fn repetitions(candidate: &mut Candidate<'_>) -> u32 {
    time(candidate, 2);
    let mut repeat = 1;
    loop {
        let seconds = time(candidate, repeat) * f64::from(repeat);
        if seconds >= TURN.as_secs_f64() / 2.0 {
            return repeat;
        }
        repeat *= 2;
    }
}

/// Seconds for one run.
fn time(candidate: &mut Candidate<'_>, repeat: u32) -> f64 {
    let start = ThreadTime::now();
    for _ in 0..repeat {
        (candidate.run)();
    }
    start.elapsed().as_secs_f64() / f64::from(repeat)
}

fn median(rounds: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(|times| of(times)).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn microseconds(seconds: f64) -> String {
    let digits = match seconds {
        s if s < 1e-5 => 3,
        s if s < 1e-3 => 1,
        _ => 0,
    };
    format!("{:.digits$} µs", seconds * 1e6)
}
