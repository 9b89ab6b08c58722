//! What an optimizer remembers: one number for each scalar of the parameters, in the order in which they are visited.

use std::any::Any;

use crate::real::Real;

/// One number a scalar, in the scalar's own precision.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    single: Vec<f32>,
    double: Vec<f64>,
    made: bool,
}

/// A walk over the slots beside the parameters.
pub(super) struct Cursor<'s> {
    slots: &'s mut Slots,
    next_single: usize,
    next_double: usize,
}

impl Slots {
    pub(super) fn cursor(&mut self) -> Cursor<'_> {
        Cursor { slots: self, next_single: 0, next_double: 0 }
    }
}

impl Cursor<'_> {
    /// The slots of the next `n` scalars.
    pub(super) fn next<T: Real>(&mut self, n: usize) -> &mut [T] {
        let Slots { single, double, made } = &mut *self.slots;
        if let Some(all) = (single as &mut dyn Any).downcast_mut() {
            take(all, &mut self.next_single, n, *made)
        } else if let Some(all) = (double as &mut dyn Any).downcast_mut() {
            take(all, &mut self.next_double, n, *made)
        } else {
            unreachable!("parameters are f32 or f64")
        }
    }

    /// Ends the walk.
    pub(super) fn finish(self) {
        let ends = (self.next_single, self.next_double);
        assert!(ends == (self.slots.single.len(), self.slots.double.len()), "{OTHER_PARAMETERS}");
        self.slots.made = true;
    }
}

const OTHER_PARAMETERS: &str = "an optimizer belongs to one set of parameters, these are not those of its first step";

fn take<'s, T: Real>(all: &'s mut Vec<T>, next: &mut usize, n: usize, made: bool) -> &'s mut [T] {
    let start = *next;
    *next += n;
    if !made {
        all.resize(*next, T::zero());
    }
    assert!(*next <= all.len(), "{OTHER_PARAMETERS}");
    &mut all[start..*next]
}
