//! Makes a failing program small: it is changed in every way that leaves less of it, and the smallest one that still
//! fails in the same way is changed again, until nothing can be removed.

mod expr;
mod program;
mod scope;
mod stmt;

use crate::ast::Program;
use crate::run::{Runner, Verdict};

/// How many changed programs are compiled at once.
const BATCH: usize = 60;

/// The smallest program found that fails like this one.
pub(crate) fn minimise(runner: &Runner, program: &Program, verdict: &Verdict) -> Program {
    let mut smallest = program.clone();
    while let Some(smaller) = smaller(runner, &smallest, verdict) {
        smallest = smaller;
    }
    smallest
}

/// A smaller program that fails in the same way.
fn smaller(runner: &Runner, program: &Program, verdict: &Verdict) -> Option<Program> {
    let size = size(program);
    let mut candidates: Vec<_> = candidates(program).into_iter().filter(|p| scope::is_sound(p) && self::size(p) < size).collect();
    candidates.sort_by_key(self::size);
    candidates.chunks(BATCH).find_map(|batch| {
        let mut verdicts = match verdict {
            Verdict::Refused(_) => runner.check(batch),
            _ => runner.run(batch).into_iter().enumerate().collect(),
        };
        verdicts.retain(|_, found| found.kind() == verdict.kind());
        verdicts.keys().next().map(|place| batch[*place].clone())
    })
}

/// Every program that is one step smaller.
fn candidates(program: &Program) -> Vec<Program> {
    let mut candidates = program::reductions(program);
    candidates.extend(stmt::reductions(program));
    candidates.extend(expr::reductions(program));
    candidates
}

/// How much there is to read: the length of the text, where constants count for less than variables.
fn size(program: &Program) -> usize {
    let text = crate::print::functions(program, crate::print::Copy::Annotated, None) + &crate::print::structs(program);
    text.chars().filter(|c| !c.is_whitespace()).count()
}
