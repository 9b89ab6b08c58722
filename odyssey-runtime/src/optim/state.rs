//! What an optimizer remembers, and how it goes over the parameters with that beside them.
#![allow(clippy::inline_always, reason = "what is not inlined into a loop is not compiled for its instruction set")]
#![allow(unsafe_code, reason = "functions with target features are unsafe to call")]

use std::any::Any;

use crate::differentiable::{Parameters, Visitor};
use crate::elementwise::for_each_level;
use crate::real::Real;

/// The formula of an optimizer, with the numbers of one step.
pub(super) trait Rule<const N: usize> {
    /// What each of the `N` numbers that are remembered for a scalar starts as; `None` if these settings remember none, and
    /// the formula finds a zero there at every step.
    fn memory(&self) -> [Option<f64>; N];

    /// How a scalar follows its gradient, and what is remembered for it with them, in the scalar's own precision.
    fn update<T: Real>(&self) -> impl Fn(&mut T, T, [&mut T; N]) + Copy;
}

/// What an optimizer remembers: up to `N` numbers for each scalar of one set of parameters.
#[derive(Clone, Debug)]
pub(super) struct State<const N: usize> {
    steps: u32,
    slots: [Slot; N],
}

impl<const N: usize> Default for State<N> {
    fn default() -> Self {
        Self { steps: 0, slots: [const { Slot::new() }; N] }
    }
}

impl<const N: usize> State<N> {
    /// How many steps there were.
    pub(super) fn steps(&self) -> f64 {
        f64::from(self.steps)
    }

    /// One step.
    pub(super) fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent, rule: &impl Rule<N>) {
        for (slot, start) in self.slots.iter_mut().zip(rule.memory()) {
            slot.begin(start);
        }
        params.visit(grads, &mut Walk { rule, slots: &mut self.slots });
        self.slots.iter_mut().for_each(Slot::end);
        self.steps = self.steps.saturating_add(1);
    }
}

struct Walk<'s, R, const N: usize> {
    rule: &'s R,
    slots: &'s mut [Slot; N],
}

/// So many scalars are changed at a time: what is not remembered stays in the first-level cache.
const TILE: usize = 1024;

impl<R: Rule<N>, const N: usize> Visitor for Walk<'_, R, N> {
    fn leaf<T: Real>(&mut self, values: &mut [T], gradients: &[T], _shape: &[usize]) {
        let update = self.rule.update::<T>();
        for (values, gradients) in values.chunks_mut(TILE).zip(gradients.chunks(TILE)) {
            let slots = self.slots.each_mut().map(|slot| slot.next(values.len()));
            update_all(values, gradients, slots, update);
        }
    }
}

for_each_level! {
    fn update_all<T: Real, const N: usize>(
        values: &mut [T],
        gradients: &[T],
        slots: [&mut [T]; N],
        update: impl Fn(&mut T, T, [&mut T; N]),
    ) {
        // All have one length from here on, so that no index is checked.
        let n = values.len();
        let gradients = &gradients[..n];
        let mut slots = slots.map(|slot| &mut slot[..n]);
        for i in 0..n {
            update(&mut values[i], gradients[i], slots.each_mut().map(|slot| &mut slot[i]));
        }
    }
}

/// One number for each scalar, in its own precision, in the order in which scalars are visited.
#[derive(Clone, Debug)]
struct Slot {
    /// What a number starts as, if they are kept from one step to the next. If not, there are as many as a tile has.
    start: Option<f64>,
    made: bool,
    single: List<f32>,
    double: List<f64>,
}

impl Slot {
    const fn new() -> Self {
        Self { start: None, made: false, single: List::new(), double: List::new() }
    }

    fn begin(&mut self, start: Option<f64>) {
        self.start = start;
        let starts_now = start.is_some() && !self.made;
        self.single.begin(starts_now);
        self.double.begin(starts_now);
    }

    /// The numbers of the next `n` scalars.
    #[inline]
    fn next<T: Real>(&mut self, n: usize) -> &mut [T] {
        let Self { start, made, single, double } = self;
        let list: &mut List<T> = if let Some(list) = (single as &mut dyn Any).downcast_mut() {
            list
        } else if let Some(list) = (double as &mut dyn Any).downcast_mut() {
            list
        } else {
            panic!("an optimizer changes parameters that are f32 or f64")
        };
        match *start {
            Some(start) => list.kept(n, T::lit(start), *made),
            None => list.zeros(n),
        }
    }

    fn end(&mut self) {
        self.made = self.start.is_some();
        assert!(!self.made || self.single.is_at_its_end() && self.double.is_at_its_end(), "{OTHER_PARAMETERS}");
    }
}

const OTHER_PARAMETERS: &str = "an optimizer belongs to one set of parameters, these are not those of its first step";

#[derive(Clone, Debug)]
struct List<T> {
    all: Vec<T>,
    next: usize,
}

impl<T> List<T> {
    const fn new() -> Self {
        Self { all: Vec::new(), next: 0 }
    }

    fn begin(&mut self, starts_now: bool) {
        self.next = 0;
        if starts_now {
            self.all.clear();
        }
    }

    fn is_at_its_end(&self) -> bool {
        self.next == self.all.len()
    }
}

impl<T: Real> List<T> {
    fn kept(&mut self, n: usize, start: T, made: bool) -> &mut [T] {
        let first = self.next;
        self.next += n;
        if !made {
            self.all.resize(self.next, start);
        }
        self.all.get_mut(first..self.next).expect(OTHER_PARAMETERS)
    }

    fn zeros(&mut self, n: usize) -> &mut [T] {
        if self.all.len() < n {
            self.all.resize(n, T::zero());
        }
        let zeros = &mut self.all[..n];
        zeros.fill(T::zero());
        zeros
    }
}
