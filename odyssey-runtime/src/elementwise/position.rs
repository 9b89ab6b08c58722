//! How far a walk has come: where in each array its next block begins.

use super::nest::Nest;
use super::operand::Layout;
use super::output::{Role, Sink};
use super::walk::{SINKS, SOURCES};

/// Pointers to the first element of a block, for each operand and for each array that an output is added to, with the bytes
/// to the next block along the axis that is cut.
pub(super) struct Position {
    pub(super) sources: [*const u8; SOURCES],
    pub(super) sinks: [*mut u8; SINKS],
    source_steps: [isize; SOURCES],
    sink_steps: [isize; SINKS],
    /// How many of them there are.
    counts: (usize, usize),
}

impl Position {
    /// Before the first block.
    pub(super) fn new(nest: &Nest, sources: &[Layout], sinks: &[Sink]) -> Self {
        let mut position = Self {
            sources: [std::ptr::null(); SOURCES],
            sinks: [std::ptr::null_mut(); SINKS],
            source_steps: [0; SOURCES],
            sink_steps: [0; SINKS],
            counts: (sources.len(), sinks.len()),
        };
        let cut = |strides: &[isize], size: usize| strides[nest.split] * (nest.step * size).cast_signed();
        for (k, source) in sources.iter().enumerate() {
            position.source_steps[k] = cut(nest.source(k), source.element.size());
        }
        for (k, sink) in sinks.iter().enumerate() {
            position.sink_steps[k] = cut(nest.sink(k), element_size(sink));
        }
        position
    }

    /// At the first block for an index of the outer axes.
    pub(super) fn start(&mut self, nest: &Nest, sources: &[Layout], sinks: &[Sink], index: &[usize]) {
        for (k, source) in sources.iter().enumerate() {
            let data = source.data.unwrap_or(std::ptr::null());
            self.sources[k] = data.wrapping_offset(offset(index, nest.source(k)) * source.element.size().cast_signed());
        }
        for (k, sink) in sinks.iter().enumerate() {
            self.sinks[k] = sink.data.wrapping_offset(offset(index, nest.sink(k)) * element_size(sink).cast_signed());
        }
    }

    /// At the next block.
    pub(super) fn advance(&mut self) {
        let (sources, sinks) = self.counts;
        for (data, step) in self.sources[..sources].iter_mut().zip(self.source_steps) {
            *data = data.wrapping_offset(step);
        }
        for (data, step) in self.sinks[..sinks].iter_mut().zip(self.sink_steps) {
            *data = data.wrapping_offset(step);
        }
    }
}

/// Bytes an element of the array that values are added to.
fn element_size(sink: &Sink) -> usize {
    match sink.role {
        Role::Add { to, .. } => to.size(),
        Role::Store | Role::Sum(_) => 0,
    }
}

/// The offset of an element, in elements.
fn offset(index: &[usize], strides: &[isize]) -> isize {
    index.iter().zip(strides).map(|(&i, &stride)| i.cast_signed() * stride).sum()
}
