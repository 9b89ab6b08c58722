//! What panics say of the user's code: which expression it was.
//!
//! Generated code runs at the user's places (see `emit/writer.rs` of the compiler), so that a panic knows file, line and column. The
//! text of the expression is looked up by these when there is a panic, and only then.

use std::fmt::Arguments;
use std::panic::Location;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The expressions of a function, one a line, as text, which takes rustc nothing to check: read when there is a panic.
///
/// `6:16 x.dot(w)` is the expression whose call in generated code stands at line 6, column 16. `7:15/3 0,1|2 8:9 &h + x` stands for
/// an operator in a pass over three operands at 7:15: what is broadcast of operands 0 and 1 meets operand 2 in the expression at 8:9.
#[derive(Debug)]
pub struct Quoted {
    lines: &'static [&'static str],
    /// The file, and what has been called before: all of them are a list.
    known: OnceLock<(&'static str, Option<&'static Quoted>)>,
}

/// The last one that was called for the first time.
static LAST: Mutex<Option<&'static Quoted>> = Mutex::new(None);

impl Quoted {
    /// These expressions.
    #[must_use]
    pub const fn new(lines: &'static [&'static str]) -> Self {
        Self { lines, known: OnceLock::new() }
    }

    /// From now on, panics of this file look here as well.
    #[inline]
    #[track_caller]
    pub fn know(&'static self) {
        if self.known.get().is_none() {
            self.enter(Location::caller().file());
        }
    }

    #[cold]
    fn enter(&'static self, file: &'static str) {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if self.known.set((file, *last)).is_ok() {
            *last = Some(self);
        }
    }
}

/// What follows `place` and `separator` in the lines about this file.
fn lines_at(place: &Location<'static>, separator: char) -> impl Iterator<Item = &'static str> {
    let last = *LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let file = place.file();
    let known = move |quoted: &&'static Quoted| quoted.known.get().is_some_and(|(of, _)| *of == file);
    let all = std::iter::successors(last, |quoted| quoted.known.get().and_then(|(_, next)| *next)).filter(known);
    let start = format!("{}:{}{separator}", place.line(), place.column());
    all.flat_map(|quoted| quoted.lines).filter_map(move |line| line.strip_prefix(&start))
}

/// Panics with this message, and with the user's expression or, where there is none, the name of the operation, which may be empty
/// where the message has it.
#[cold]
#[track_caller]
pub(crate) fn refuse(operation: &str, message: Arguments<'_>) -> ! {
    let place = Location::caller();
    match lines_at(place, ' ').next() {
        Some(text) => panic!("{message} in {text} at {}:{}", place.file(), place.line()),
        None if operation.is_empty() => panic!("{message}"),
        None => panic!("{message} in {operation}"),
    }
}

/// Panics, with the operation's name and the message, unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $operation:expr, $($message:tt)*) => {
        if !($condition) {
            $crate::quoted::refuse($operation, format_args!($($message)*));
        }
    };
}
pub(crate) use ensure;

/// Panics where the first two of these shapes meet that do not broadcast, if generated code has said where that is.
#[cold]
#[track_caller]
pub(crate) fn refuse_join(shapes: &[&[usize]]) {
    let place = Location::caller();
    let joins = lines_at(place, '/').filter_map(Join::of).filter(|join| join.operands == shapes.len());
    for Join { sides, line, text, .. } in joins {
        let [left, right] = sides.map(|side| side.iter().fold(Vec::new(), |all, operand| broadcast(&all, shapes[*operand])));
        assert!(fit(&left, &right), "shapes {left:?} and {right:?} do not broadcast in {text} at {}:{line}", place.file());
    }
}

/// An operator in a pass.
struct Join {
    /// Of the pass.
    operands: usize,
    /// What is on its left and on its right: the operands of the pass by number.
    sides: [Vec<usize>; 2],
    line: &'static str,
    text: &'static str,
}

impl Join {
    /// What stands behind `/` in a line.
    fn of(rest: &'static str) -> Option<Join> {
        let (operands, rest) = rest.split_once(' ')?;
        let (sides, rest) = rest.split_once(' ')?;
        let (left, right) = sides.split_once('|')?;
        let (place, text) = rest.split_once(' ')?;
        let (line, _) = place.split_once(':')?;
        let side = |side: &str| side.split(',').map(|operand| operand.parse().ok()).collect::<Option<Vec<usize>>>();
        Some(Join { operands: operands.parse().ok()?, sides: [side(left)?, side(right)?], line, text })
    }
}

fn fit(a: &[usize], b: &[usize]) -> bool {
    a.iter().rev().zip(b.iter().rev()).all(|(a, b)| a == b || *a == 1 || *b == 1)
}

/// The shape of both together, if they fit.
fn broadcast(a: &[usize], b: &[usize]) -> Vec<usize> {
    let (mut long, short) = if a.len() < b.len() { (b.to_vec(), a) } else { (a.to_vec(), b) };
    let skipped = long.len() - short.len();
    for (length, other) in long[skipped..].iter_mut().zip(short) {
        if *length == 1 {
            *length = *other;
        }
    }
    long
}
