//! What panics say of the user's code: which expression it was.
//!
//! Generated code runs at the user's places (see `emit/writer.rs` of the compiler), so that a panic knows file, line and column. The
//! text of the expression is looked up by these when there is a panic, and only then.

use std::fmt::Arguments;
use std::panic::Location;
use std::sync::{Mutex, OnceLock, PoisonError};

/// An expression of the user's: line and column of a call in generated code, and the text.
pub(crate) type Quote = (u32, u32, &'static str);

/// The shapes that are broadcast together in a pass that stands at that line and column, over so many operands: panics where the
/// first two that do not fit meet.
pub(crate) type Joins = (u32, u32, usize, fn(&[&[usize]]));

/// The expressions of a function.
#[derive(Debug)]
pub struct Quoted {
    texts: &'static [Quote],
    joins: &'static [Joins],
    /// The file, and what has been called before: all of them are a list.
    known: OnceLock<(&'static str, Option<&'static Quoted>)>,
}

/// The last one that was called for the first time.
static LAST: Mutex<Option<&'static Quoted>> = Mutex::new(None);

impl Quoted {
    /// These expressions.
    #[must_use]
    pub const fn new(texts: &'static [Quote], joins: &'static [Joins]) -> Self {
        Self { texts, joins, known: OnceLock::new() }
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

/// The user's expression at that place, if generated code stands there.
fn expression_at(place: &Location<'_>) -> Option<&'static str> {
    let here = |(line, column, _): &&Quote| (*line, *column) == (place.line(), place.column());
    all_of(place.file()).find_map(|quoted| quoted.texts.iter().find(here)).map(|(.., text)| *text)
}

/// Panics with this message, and with the user's expression or, where there is none, the name of the operation, which may be empty
/// where the message has it.
#[cold]
#[track_caller]
pub(crate) fn refuse(operation: &str, message: Arguments<'_>) -> ! {
    let place = Location::caller();
    match expression_at(place) {
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
    let here = |(line, column, operands, _): &&Joins| (*line, *column, *operands) == (place.line(), place.column(), shapes.len());
    let joins = all_of(place.file()).flat_map(|quoted| quoted.joins.iter().filter(here));
    joins.for_each(|(.., panic)| panic(shapes));
}

/// Panics unless what is on the left of an operator, and what is on its right, fit together: the operands of a pass by number.
#[track_caller]
pub fn join(shapes: &[&[usize]], left: &[usize], right: &[usize], text: &'static str) {
    let [left, right] = [left, right].map(|side| side.iter().fold(Vec::new(), |all, operand| broadcast(&all, shapes[*operand])));
    let place = Location::caller();
    assert!(fit(&left, &right), "shapes {left:?} and {right:?} do not broadcast in {text} at {}:{}", place.file(), place.line());
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
