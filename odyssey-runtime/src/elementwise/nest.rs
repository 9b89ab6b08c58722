//! The loops of a walk: which axes, in which order, and how tiles cut them.

use super::join::c_strides;
use super::list::List;
use super::operand::Layout;
use super::output::{Role, Sink};
use super::space::Space;
use super::walk::{BLOCK, SOURCES, TILE};

/// The axes of a walk, outermost first, as few as possible, with the strides of every array along them.
#[derive(Debug)]
pub(super) struct Nest {
    pub(super) lens: List<usize>,
    /// One row for each operand, then one for each output.
    strides: List<isize, 32>,
    row: usize,
    sources: usize,
    /// The axis that tiles cut into steps; those after it lie in a tile whole.
    pub(super) split: usize,
    pub(super) step: usize,
    /// Which operands are read where they are: those dense within a tile, and those without memory.
    pub(super) in_place: [bool; SOURCES],
}

impl Nest {
    pub(super) fn new(space: &Space, sources: &[Layout], sinks: &[Sink]) -> Self {
        let order = space.order();
        let row = order.len();
        let mut nest = Self {
            lens: List::filled(row, 0),
            strides: List::filled(row * (sources.len() + sinks.len()), 0),
            row,
            sources: sources.len(),
            split: 0,
            step: 0,
            in_place: [true; SOURCES],
        };
        for (len, &axis) in nest.lens.iter_mut().zip(order.iter()) {
            *len = space.shape[axis];
        }
        let mut aligned = List::<isize>::filled(space.shape.len(), 0);
        let mut enter = |k: usize, shape: &[usize], strides: &[isize]| {
            space.align(shape, strides, &mut aligned);
            for (stride, &axis) in nest.strides[k * row..].iter_mut().zip(order.iter()) {
                *stride = aligned[axis];
            }
        };
        for (k, source) in sources.iter().enumerate().filter(|(_, source)| source.data.is_some()) {
            enter(k, source.shape, source.strides);
        }
        for (k, sink) in sinks.iter().enumerate() {
            match sink.role {
                Role::Add { strides: Some(strides), .. } => enter(sources.len() + k, sink.shape, strides),
                Role::Add { strides: None, .. } => {
                    enter(sources.len() + k, sink.shape, &c_strides(sink.shape));
                }
                Role::Store | Role::Sum(_) => {}
            }
        }
        nest.collapse();
        nest.cut(sources);
        nest
    }

    /// The strides of operand `k`.
    pub(super) fn source(&self, k: usize) -> &[isize] {
        &self.strides[k * self.row..][..self.lens.len()]
    }

    /// The strides of the array of output `k`.
    pub(super) fn sink(&self, k: usize) -> &[isize] {
        self.source(self.sources + k)
    }

    /// Joins neighbouring axes that every array walks as one.
    fn collapse(&mut self) {
        let mut last = 0;
        for axis in 1..self.row {
            let len = self.lens[axis];
            let mut rows = self.strides.chunks(self.row);
            if rows.all(|strides| strides[last] == strides[axis] * len.cast_signed()) {
                self.lens[last] *= len;
            } else {
                last += 1;
                self.lens[last] = len;
            }
            for strides in self.strides.chunks_mut(self.row) {
                strides[last] = strides[axis];
            }
        }
        self.lens.truncate(last + 1);
    }

    /// Decides on the shape of tiles.
    fn cut(&mut self, sources: &[Layout]) {
        let rank = self.lens.len();
        let (mut split, mut inner) = (rank - 1, 1);
        while split > 0 && inner * self.lens[split] <= TILE {
            inner *= self.lens[split];
            split -= 1;
        }
        self.split = split;
        self.step = (TILE / inner).min(self.lens[split]);
        if self.step < self.lens[split] {
            // Whole blocks, if some number of steps makes them.
            self.step = (1..=self.step).rev().find(|step| (step * inner) % BLOCK == 0).unwrap_or(self.step);
        }
        for k in (0..sources.len()).filter(|&k| sources[k].data.is_some()) {
            let strides = self.source(k);
            let mut dense = 1;
            let in_place = (split..rank).rev().all(|axis| {
                let fits = strides[axis] == dense || (axis == split && self.step == 1);
                dense *= self.lens[axis].cast_signed();
                fits
            });
            self.in_place[k] = in_place;
        }
    }
}
