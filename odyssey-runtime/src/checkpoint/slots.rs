//! Binomial checkpoints (A. Griewank and A. Walther, 2000, "Algorithm 799: revolve"): with a given number of places for states,
//! as few iterations as possible run again.
//!
//! A run of `l` iterations whose first state is kept, with `free` places left, is cut in two where a state is kept next. The
//! second part is reversed first, and gives its places back to the first.

use super::segments::Segment;

/// The states that a loop with `#[checkpoint(slots = s)]` keeps, with the iterations that they stand before.
#[derive(Clone, Debug)]
pub struct Slots<S> {
    kept: Vec<(usize, S)>,
    /// The state before the last iteration, where it is known which that is: reversed at once, it needs no slot.
    last: Option<S>,
    count: usize,
    /// The iteration that asks next.
    next: usize,
    /// The iteration before which a state is kept next.
    due: usize,
    /// The end of what is to be reversed, where it is known.
    end: Option<usize>,
    /// Where it is not: the distance of the states.
    stride: usize,
    /// How many iterations are still to be reversed, once all have run.
    left: Option<usize>,
}

/// So many slots for a loop of so many iterations, or of an unknown number.
///
/// # Panics
///
/// If there are none.
pub fn slots<S>(count: usize, iterations: Option<usize>) -> Slots<S> {
    assert!(count > 0, "`#[checkpoint(slots = 0)]`: a loop needs at least 1 slot");
    Slots { kept: Vec::new(), last: None, count, next: 0, due: 0, end: iterations, stride: 1, left: None }
}

impl<S> Slots<S> {
    /// Whether the state before the iteration at hand is to be kept; asked once an iteration.
    #[inline]
    pub fn is_due(&mut self) -> bool {
        self.next += 1;
        self.next - 1 == self.due || Some(self.next) == self.end
    }

    /// Keeps the state that is due.
    pub fn keep(&mut self, state: S) {
        if self.next - 1 != self.due {
            self.last = Some(state);
            return;
        }
        self.kept.push((self.due, state));
        match self.end {
            Some(end) => self.plan(self.due, end),
            None => self.spread(),
        }
    }

    /// Decides where a state is kept between the last one and the end, if there is a slot for it.
    fn plan(&mut self, last: usize, end: usize) {
        let free = self.count - self.kept.len();
        self.due = if free == 0 { usize::MAX } else { last + cut(end - last, free) };
    }

    /// Every so many iterations; when all slots are taken, every second state makes room.
    fn spread(&mut self) {
        if self.kept.len() == self.count {
            self.stride *= 2;
            let stride = self.stride;
            self.kept.retain(|(at, _)| at % stride == 0);
        }
        let is_full = self.kept.len() == self.count;
        self.due = if is_full { usize::MAX } else { (self.next - 1) / self.stride * self.stride + self.stride };
    }
}

impl<S: Clone> Slots<S> {
    /// For the last iteration that is not reversed yet: a state before it, and the iterations from there to it. They run again, and
    /// ask whether their states are due.
    pub fn restore<I: Iterator + Clone>(&mut self, range: &I) -> (Segment<I>, S) {
        let end = self.left.unwrap_or(self.next);
        let target = end - 1;
        (self.left, self.end) = (Some(target), Some(end));
        if let Some(state) = self.last.take() {
            return (Segment::of(range, target, 0), state);
        }
        let (at, state) = self.kept.pop().expect("the first state is kept until its iteration is reversed");
        let segment = Segment::of(range, at, target - at);
        self.next = at;
        if at == target {
            return (segment, state);
        }
        self.kept.push((at, state.clone()));
        self.plan(at, end);
        (segment, state)
    }
}

/// Of `len` iterations whose first state is kept: before which one a state is kept next, with so many slots `free`.
fn cut(len: usize, free: usize) -> usize {
    let slots = free + 1;
    // The least number of times that some iteration has to run again.
    let mut times = 1;
    while reach(slots, times) < len {
        times += 1;
    }
    let first = if times > 1 { reach(slots, times - 2) } else { 1 };
    first.max(len.saturating_sub(reach(free, times))).max(1)
}

/// How many iterations can be reversed if none runs again more than so many times: a binomial coefficient.
fn reach(slots: usize, times: usize) -> usize {
    let mut reach: u128 = 1;
    for k in 1..=slots.min(times) {
        reach = reach * (slots + times + 1 - k) as u128 / k as u128;
        if reach > usize::MAX as u128 {
            return usize::MAX;
        }
    }
    usize::try_from(reach).expect("just compared")
}

#[cfg(test)]
mod tests {
    use super::{Slots, reach, slots};

    /// Runs a loop and its reverse; how many iterations ran again only to get to a state.
    fn advanced(count: usize, n: usize, known: Option<usize>) -> usize {
        let mut slots: Slots<usize> = slots(count, known);
        let advance = |i: usize, slots: &mut Slots<usize>| {
            if slots.is_due() {
                slots.keep(i);
            }
            assert!(slots.kept.len() <= count);
        };
        (0..n).for_each(|i| advance(i, &mut slots));
        let mut again = 0;
        for i in (0..n).rev() {
            let (segment, mut state) = slots.restore(&(0..n));
            for k in segment {
                assert_eq!(state, k);
                advance(k, &mut slots);
                again += 1;
                state += 1;
            }
            assert_eq!(state, i);
        }
        assert!(slots.kept.is_empty());
        again
    }

    /// The least number of advances with so many slots, the first state's included, over all ways to cut.
    fn least(most: usize, n: usize) -> Vec<Vec<usize>> {
        let mut table = vec![vec![0; n + 1]; most + 1];
        for s in 1..=most {
            for len in 2..=n {
                table[s][len] = match s {
                    1 => len * (len - 1) / 2,
                    _ => (1..len).map(|m| m + table[s - 1][len - m] + table[s][m]).min().expect("a cut"),
                };
            }
        }
        table
    }

    #[test]
    fn no_iteration_too_many() {
        let table = least(7, 90);
        for (s, row) in table.iter().enumerate().skip(1) {
            for (n, least) in row.iter().enumerate().skip(1) {
                // The loop itself ran all iterations, of which the last one is no advance.
                assert_eq!(advanced(s, n, Some(n)) + n - 1, *least, "{n} iterations with {s} slots");
            }
        }
    }

    #[test]
    fn the_formula_of_griewank_and_walther() {
        for (s, n) in [(3, 100), (5, 1000), (10, 10_000), (2, 500)] {
            let times = (1..n).find(|r| reach(s, *r) >= n).expect("some number of times");
            assert_eq!(advanced(s, n, Some(n)) + n - 1, times * n - reach(s + 1, times - 1));
        }
    }

    #[test]
    fn a_loop_that_ends_by_itself() {
        for s in 1..=8 {
            for n in 1..=70 {
                let (known, unknown) = (advanced(s, n, Some(n)), advanced(s, n, None));
                assert!(unknown <= known + 2 * n, "{n} iterations with {s} slots: {unknown} instead of {known}");
                // It may end before its range does.
                assert!(advanced(s, n, Some(2 * n)) <= known + 2 * n);
            }
        }
    }

    #[test]
    fn empty_loops() {
        assert_eq!(advanced(1, 0, Some(0)) + advanced(4, 0, None), 0);
    }
}
