//! Random programs against central differences: each is annotated, compiled and run, and its gradients are compared
//! with differences of the same program without annotations.
//!
//! `ODYSSEY_PROGRAMS` says how many programs there are and `ODYSSEY_PROGRAMS_SEED` which ones. A failure is printed with its
//! seed; the first few (`ODYSSEY_PROGRAMS_MINIMISE`) are made as small as they get.

mod ast;
mod generate;
mod print;
mod run;
mod shrink;
mod visit;

use ast::Program;
use print::{Copy, Fault};
use run::{Runner, Verdict};

#[test]
fn gradients_are_those_of_differences() {
    let seed = setting("ODYSSEY_PROGRAMS_SEED", 1);
    // Optimising them takes longer than all the rest.
    let count = setting("ODYSSEY_PROGRAMS", if cfg!(debug_assertions) { 48 } else { 24 });
    let minimised = setting("ODYSSEY_PROGRAMS_MINIMISE", 3);
    let programs: Vec<_> = (seed..seed + count).map(generate::program).collect();
    let runner = Runner::new("random_programs", None);
    let verdicts = runner.run(&programs);
    let outcomes = (seed..).zip(programs.iter().zip(&verdicts));
    let failures: Vec<_> = outcomes.filter(|(_, (_, verdict))| verdict.is_failure()).collect();
    for (i, (seed, (program, verdict))) in (0..).zip(&failures) {
        println!("seed {seed}: {verdict:?}\n{}", written(program));
        if i < minimised {
            println!("made small:\n{}", written(&shrink::minimise(&runner, program, verdict)));
        }
    }
    let unsuitable = verdicts.iter().filter(|verdict| **verdict == Verdict::Unsuitable).count();
    println!("{count} programs, {unsuitable} of them without numbers to differentiate at");
    assert!(failures.is_empty(), "{} of {count} programs fail", failures.len());
    assert!(unsuitable * 20 <= verdicts.len(), "differences say nothing about {unsuitable} programs");
}

/// The annotated copy has a function without its derivative: that is found, and little else is left of the program.
#[test]
fn a_wrong_derivative_is_caught_and_made_small() {
    let programs: Vec<_> = (1..=24).map(generate::program).collect();
    let runner = Runner::new("random_programs_with_a_fault", Some(Fault::FlatSine));
    let outcomes = programs.iter().zip(runner.run(&programs));
    let wrong: Vec<_> = outcomes.filter(|(_, verdict)| verdict.kind() == "wrong gradient").collect();
    let (program, verdict) = wrong.iter().min_by_key(|(program, _)| written(program).len()).expect("one that uses it");
    let small = shrink::minimise(&runner, program, verdict);
    let body = &small.entry().body;
    assert!(body.stmts.is_empty() && small.functions.len() == 1, "not small:\n{}", written(&small));
    assert!(written(&small).contains(".sin()"), "not the cause:\n{}", written(&small));
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text}")))
}

fn written(program: &Program) -> String {
    print::structs(program) + &print::functions(program, Copy::Annotated, None)
}
