//! What panics say of the user's code: which expression it was.
//!
//! Generated code runs at the user's places (see `emit/writer.rs` of the compiler), so that a panic knows file, line and column. The
//! text of the expression is looked up by these when there is a panic, and only then.

use std::fmt::Arguments;
use std::panic::Location;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Panics with a message, from the place with that line and column if it is one of an operator that its pass does not stand at:
/// only code that stands there can.
type Elsewhere = fn((u32, u32), &str);

/// The expressions of a function, one a line, as text, which takes rustc nothing to check: read when there is a panic.
///
/// `6:16 x.dot(w)` is the expression whose call in generated code stands at line 6, column 16. `7:15/3 0,1|2 8:9 &h + x` stands for
/// an operator in a pass over three operands at 7:15: what is broadcast of operands 0 and 1 meets operand 2 in the expression at 8:9.
#[derive(Debug)]
pub struct Quoted {
    lines: &'static [&'static str],
    elsewhere: Elsewhere,
    /// The file, and what has been called before: all of them are a list.
    known: OnceLock<(&'static str, Option<&'static Quoted>)>,
}

/// The last one that was called for the first time.
static LAST: Mutex<Option<&'static Quoted>> = Mutex::new(None);

impl Quoted {
    /// These expressions, all of whose passes stand at their only operators.
    #[must_use]
    pub const fn new(lines: &'static [&'static str]) -> Self {
        Self::with_places(lines, |_, _| ())
    }

    /// These expressions.
    #[must_use]
    pub const fn with_places(lines: &'static [&'static str], elsewhere: Elsewhere) -> Self {
        Self { lines, elsewhere, known: OnceLock::new() }
    }

    /// What follows `place` and `separator` in the lines.
    fn lines_at(&self, place: &Location<'_>, separator: char) -> impl Iterator<Item = &'static str> {
        let start = format!("{}:{}{separator}", place.line(), place.column());
        self.lines.iter().filter_map(move |line| line.strip_prefix(&start))
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

/// All of them that have expressions of this file.
fn all_of(file: &str) -> impl Iterator<Item = &'static Quoted> {
    let last = *LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let known = move |quoted: &&'static Quoted| quoted.known.get().is_some_and(|(of, _)| *of == file);
    std::iter::successors(last, |quoted| quoted.known.get().and_then(|(_, next)| *next)).filter(known)
}

/// Panics with this message, and with the user's expression or, where there is none, the name of the operation, which may be empty
/// where the message has it.
#[cold]
#[track_caller]
pub(crate) fn refuse(operation: &str, message: Arguments<'_>) -> ! {
    let place = Location::caller();
    match all_of(place.file()).find_map(|quoted| quoted.lines_at(place, ' ').next()) {
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
    for quoted in all_of(place.file()) {
        let joins = quoted.lines_at(place, '/').filter_map(Join::of).filter(|join| join.operands == shapes.len());
        for Join { sides, at, text, .. } in joins {
            let [left, right] = sides.map(|side| side.iter().fold(Vec::new(), |all, operand| broadcast(&all, shapes[*operand])));
            if !fit(&left, &right) {
                let message = format!("shapes {left:?} and {right:?} do not broadcast in {text} at {}:{}", place.file(), at.0);
                (quoted.elsewhere)(at, &message);
                panic!("{message}");
            }
        }
    }
}

/// Panics with this message: generated code, from the place of an operator.
#[cold]
#[track_caller]
pub fn refused(message: &str) {
    panic!("{message}");
}

/// An operator in a pass.
struct Join {
    /// Of the pass.
    operands: usize,
    /// What is on its left and on its right: the operands of the pass by number.
    sides: [Vec<usize>; 2],
    /// Its line and column.
    at: (u32, u32),
    text: &'static str,
}

impl Join {
    /// What stands behind `/` in a line.
    fn of(rest: &'static str) -> Option<Join> {
        let (operands, rest) = rest.split_once(' ')?;
        let (sides, rest) = rest.split_once(' ')?;
        let (left, right) = sides.split_once('|')?;
        let (place, text) = rest.split_once(' ')?;
        let (line, column) = place.split_once(':')?;
        let at = (line.parse().ok()?, column.parse().ok()?);
        let side = |side: &str| side.split(',').map(|operand| operand.parse().ok()).collect::<Option<Vec<usize>>>();
        Some(Join { operands: operands.parse().ok()?, sides: [side(left)?, side(right)?], at, text })
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
