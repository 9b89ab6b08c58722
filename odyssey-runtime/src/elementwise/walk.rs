//! The walk over the iteration space: everything of a pass but the closure.
#![allow(unsafe_code, reason = "element types are erased here, so that this code is compiled once and not for each closure")]

use std::mem::MaybeUninit;

use super::level::Level;
use super::list::List;
use super::nest::Nest;
use super::operand::Layout;
use super::output::{Role, Sink};
use super::position::Position;
use super::space::Space;
use super::tile::{Element, Total, add_lanes, add_tile, fill_block, gather, scatter};
use super::tiles::{Line, Pending, SCRATCH, Scratch, Tiles};

/// Most operands of a pass.
pub(super) const SOURCES: usize = 12;
/// Most outputs of a pass.
pub(super) const SINKS: usize = 8;
/// Kernels are called for multiples of this many points: whole vectors, on any instruction set.
pub(super) const BLOCK: usize = 16;
/// Most points of a tile; what is gathered or added up stays in the first-level cache.
pub(super) const TILE: usize = 1024;
/// Most points that are added up in the lanes of a kernel: the error of a sum grows with it.
const RUN: usize = 2048;
/// Most tiles that are added up element by element before they go to their array, for speed and for accuracy.
pub(super) const PENDING: u32 = 64;

/// Where a kernel reads each operand and writes each output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointers {
    pub(super) sources: [*const u8; SOURCES],
    pub(super) sinks: [*mut u8; SINKS],
}

/// The loop over a number of points that is a multiple of [`BLOCK`].
pub(super) type Kernel<'a> = &'a mut dyn FnMut(&Pointers, usize);

/// The most bytes of an element.
pub(super) const ELEMENT: usize = Element::MOST_FLOATS * size_of::<f64>();

/// A block of elements for each operand and output.
type Blocks = [[Line; BLOCK * ELEMENT / size_of::<Line>()]; SOURCES + SINKS];

/// The sums of the outputs that have one.
#[derive(Debug)]
pub struct Totals {
    /// One for each float of an element of each of these outputs.
    all: List<Total, SINKS>,
    /// Where those of each output begin.
    starts: [usize; SINKS],
}

impl Totals {
    fn new(sinks: &[Sink]) -> Self {
        let (mut starts, mut len) = ([0; SINKS], 0);
        for (start, sink) in starts.iter_mut().zip(sinks) {
            *start = len;
            if let Role::Sum(element) = sink.role {
                len += element.floats;
            }
        }
        Self { all: List::filled(len, Total::default()), starts }
    }

    /// Those of output `k`, and of the ones behind.
    pub(super) fn of(&self, k: usize) -> &[Total] {
        &self.all[self.starts[k]..]
    }
}

/// Calls `kernel` for all points of the space, up to `most` at a time, and puts its values where the sinks say; returns the
/// sums.
///
/// # Safety
/// The layouts are those of live arrays that broadcast to the space. Each sink has the memory that its role needs,
/// apart from everything else. The kernel writes the values of the points it is called for, of the sinks' sizes and types.
pub(super) unsafe fn walk(
    level: Level,
    space: &Space,
    sources: &[Layout],
    sinks: &[Sink],
    most: usize,
    kernel: Kernel,
) -> Totals {
    debug_assert!(most >= TILE, "tiles are not cut further");
    let mut blocks = MaybeUninit::<Blocks>::uninit();
    let mut pass = Pass {
        level,
        sources,
        sinks,
        kernel,
        // SAFETY: elements that are `MaybeUninit` need no initialisation.
        blocks: unsafe { blocks.assume_init_mut() },
        pointers: Pointers { sources: [std::ptr::null(); SOURCES], sinks: [std::ptr::null_mut(); SINKS] },
        totals: Totals::new(sinks),
    };
    if space.len == 0 {
        return pass.totals;
    }
    // SAFETY: as the caller says.
    unsafe {
        if pass.is_flat(space) {
            pass.walk_flat(space.len, most);
        } else {
            pass.walk_nest(&Nest::new(space, sources, sinks));
        }
    }
    pass.totals
}

struct Pass<'a, 'l> {
    level: Level,
    sources: &'a [Layout<'l>],
    sinks: &'a [Sink<'l>],
    kernel: Kernel<'a>,
    pointers: Pointers,
    blocks: &'a mut Blocks,
    totals: Totals,
}

impl Pass<'_, '_> {
    /// Whether all arrays are dense and lie in the order of the walk.
    fn is_flat(&self, space: &Space) -> bool {
        space.len == 1
            || self.sources.iter().all(|source| source.data.is_none() || space.is_walk_of(source.shape, source.strides))
                && self.sinks.iter().all(|sink| match sink.role {
                    Role::Store | Role::Sum(_) => true,
                    Role::Add { strides, .. } => strides.is_some_and(|strides| space.is_walk_of(sink.shape, strides)),
                })
    }

    /// Walks one axis along which every array is dense.
    unsafe fn walk_flat(&mut self, len: usize, most: usize) {
        let added = self.sinks.iter().any(|sink| matches!(sink.role, Role::Add { .. }));
        let summed = self.sinks.iter().any(|sink| matches!(sink.role, Role::Sum(_)));
        let mut scratch: Scratch = [MaybeUninit::uninit(); SCRATCH];
        let tiles = added.then(|| Tiles::new(len.min(TILE), &[true; SOURCES], (self.sources, self.sinks), &mut scratch));
        let sink_tiles = tiles.as_ref().map_or([std::ptr::null_mut(); SINKS], |tiles| tiles.sinks);
        let step = match (added, summed) {
            (true, _) => TILE,
            (false, true) => RUN.min(most),
            (false, false) => len.min(most),
        };
        for at in (0..len).step_by(step) {
            let count = step.min(len - at);
            for (pointer, source) in self.pointers.sources.iter_mut().zip(self.sources) {
                *pointer = source.data.unwrap_or(std::ptr::null()).wrapping_add(at * source.element.size());
            }
            // SAFETY: `at + count <= len`, the number of elements of each array.
            unsafe {
                for (sink, tile) in self.sinks.iter().zip(sink_tiles) {
                    if let Role::Add { in_kernel: true, .. } = sink.role {
                        clear(tile, sink.size, count);
                    }
                }
                self.call(&sink_tiles, at, count);
                for (sink, tile) in self.sinks.iter().zip(sink_tiles) {
                    if let Role::Add { from, to, .. } = sink.role {
                        let target = sink.data.wrapping_add(at * to.size());
                        scatter(self.level, (from, to), target, &[count], &[1], tile);
                    }
                }
            }
        }
    }

    unsafe fn walk_nest(&mut self, nest: &Nest) {
        let mut block: List<usize> = List::of(&nest.lens[nest.split..]);
        let row = block[1..].iter().product::<usize>();
        let mut scratch: Scratch = [MaybeUninit::uninit(); SCRATCH];
        let mut tiles = Tiles::new(nest.step * row, &nest.in_place, (self.sources, self.sinks), &mut scratch);
        let mut position = Position::new(nest, self.sources, self.sinks);
        let mut index: List<usize> = List::filled(nest.split, 0);
        let mut at = 0;
        loop {
            position.start(nest, self.sources, self.sinks, &index);
            for start in (0..nest.lens[nest.split]).step_by(nest.step) {
                block[0] = nest.step.min(nest.lens[nest.split] - start);
                let count = block[0] * row;
                // SAFETY: the position and the block are within the nest, and `at` points came before.
                unsafe {
                    self.read_block(nest, &mut tiles, &position, &block);
                    self.target_block(nest, &mut tiles, &position, &block, count);
                    self.call(&tiles.sinks, at, count);
                    self.add_block(nest, &mut tiles, &position, &block, count);
                }
                at += count;
                position.advance();
            }
            if !advance(&mut index, &nest.lens) {
                break;
            }
        }
        for k in 0..self.sinks.len() {
            // SAFETY: pending tiles are of this nest.
            unsafe { self.flush(k, nest, &mut tiles) };
        }
    }

    /// Points to the operands of a block, and gathers those that are not dense within it.
    unsafe fn read_block(&mut self, nest: &Nest, tiles: &mut Tiles, position: &Position, block: &[usize]) {
        for (k, source) in self.sources.iter().enumerate() {
            let data = position.sources[k];
            if nest.in_place[k] {
                self.pointers.sources[k] = data;
            } else if tiles.gathered[k] != (data, block[0]) {
                let tile = tiles.sources[k];
                // SAFETY: the block lies within the array, and the tile has room for its elements.
                unsafe { gather(source.element, data, block, &nest.source(k)[nest.split..], tile) };
                tiles.gathered[k] = (data, block[0]);
                self.pointers.sources[k] = tile;
            }
        }
    }

    /// Provides the sums that the kernel adds a block to: those of the blocks before for the same part of an array, or zeros.
    unsafe fn target_block(&mut self, nest: &Nest, tiles: &mut Tiles, position: &Position, block: &[usize], count: usize) {
        for (k, sink) in self.sinks.iter().enumerate() {
            let Role::Add { in_kernel: true, .. } = sink.role else { continue };
            let target = position.sinks[k];
            if !tiles.pending[k].is_for(target, block[0]) {
                // SAFETY: the pending tile is of this nest, and has room for `count` elements.
                unsafe {
                    self.flush(k, nest, tiles);
                    clear(tiles.sinks[k], sink.size, count);
                }
                tiles.pending[k].target = target;
                tiles.pending[k].first = block[0];
            }
            tiles.pending[k].tiles += 1;
        }
    }

    /// Adds the tiles of a block to those that are pending for the same part of their arrays.
    unsafe fn add_block(&mut self, nest: &Nest, tiles: &mut Tiles, position: &Position, block: &[usize], count: usize) {
        for k in 0..self.sinks.len() {
            let Role::Add { from, in_kernel: false, .. } = self.sinks[k].role else {
                continue;
            };
            let (target, pending) = (position.sinks[k], tiles.pending[k]);
            if pending.is_for(target, block[0]) {
                // SAFETY: both tiles have `count` elements.
                unsafe { add_tile(self.level, from, pending.sums, tiles.sinks[k], count) };
                tiles.pending[k].tiles += 1;
            } else {
                // SAFETY: the pending tile is of this nest.
                unsafe { self.flush(k, nest, tiles) };
                // The tile just written waits in its turn, the flushed one is written next.
                let sums = std::mem::replace(&mut tiles.sinks[k], pending.sums);
                tiles.pending[k] = Pending { target, first: block[0], tiles: 1, sums };
            }
        }
    }

    /// Adds the pending tile of an output to its array.
    unsafe fn flush(&self, k: usize, nest: &Nest, tiles: &mut Tiles) {
        let pending = &mut tiles.pending[k];
        if let Role::Add { from, to, .. } = self.sinks[k].role
            && pending.tiles > 0
        {
            let mut lens: List<usize> = List::of(&nest.lens[nest.split..]);
            lens[0] = pending.first;
            pending.tiles = 0;
            let strides = &nest.sink(k)[nest.split..];
            // SAFETY: the tile is one block of the nest, and its target the part of the array that it walks.
            unsafe {
                scatter(self.level, (from, to), pending.target, &lens, strides, pending.sums);
            };
        }
    }

    /// Evaluates the `count` points from number `at` of the walk on, whose operands `self.pointers` has.
    unsafe fn call(&mut self, tiles: &[*mut u8; SINKS], at: usize, count: usize) {
        for (k, sink) in self.sinks.iter().enumerate() {
            self.pointers.sinks[k] = match sink.role {
                Role::Store => sink.data.wrapping_add(at * sink.size),
                Role::Sum(_) => self.blocks[SOURCES + k].as_mut_ptr().cast(),
                Role::Add { .. } => tiles[k],
            };
        }
        let whole = count - count % BLOCK;
        if whole > 0 {
            (self.kernel)(&self.pointers, whole);
            // SAFETY: the kernel has filled the lanes.
            unsafe { self.add_lanes(BLOCK) };
        }
        if whole < count {
            // SAFETY: `count - whole` points are left, fewer than a block.
            unsafe {
                self.call_rest(whole, count - whole);
                self.add_lanes(count - whole);
            }
        }
    }

    /// Adds the first lanes of each sum to its total.
    unsafe fn add_lanes(&mut self, lanes: usize) {
        for (k, sink) in self.sinks.iter().enumerate() {
            if let Role::Sum(element) = sink.role {
                let totals = &mut self.totals.all[self.totals.starts[k]..];
                // SAFETY: as the caller says.
                unsafe { add_lanes(element, totals, self.blocks[SOURCES + k].as_ptr().cast(), lanes) };
            }
        }
    }

    /// Evaluates the last `rest` points after `whole` ones, fewer than a block, on copies that fill one.
    unsafe fn call_rest(&mut self, whole: usize, rest: usize) {
        let mut pointers = self.pointers;
        for (k, source) in self.sources.iter().enumerate() {
            if source.data.is_some() {
                let block = self.blocks[k].as_mut_ptr().cast();
                let tail = pointers.sources[k].wrapping_add(whole * source.element.size());
                // SAFETY: the operand has `rest` more elements, one at least.
                unsafe { fill_block(source.element, tail, rest, block) };
                pointers.sources[k] = block;
            }
        }
        for (k, sink) in self.sinks.iter().enumerate() {
            pointers.sinks[k] = self.blocks[SOURCES + k].as_mut_ptr().cast();
            if matches!(sink.role, Role::Add { .. }) {
                // A tile has room for whole blocks.
                pointers.sinks[k] = self.pointers.sinks[k].wrapping_add(whole * sink.size);
            }
        }
        (self.kernel)(&pointers, BLOCK);
        for (k, sink) in self.sinks.iter().enumerate() {
            if matches!(sink.role, Role::Store) {
                let target = self.pointers.sinks[k].wrapping_add(whole * sink.size);
                // SAFETY: the array has room for `rest` more elements, which the kernel has written to the block.
                unsafe { pointers.sinks[k].copy_to_nonoverlapping(target, rest * sink.size) };
            }
        }
    }
}

/// Makes zeros of the first `count` elements of a tile and of what their last block has more.
///
/// # Safety
/// The tile has room for whole blocks of so many elements of `size` bytes.
unsafe fn clear(tile: *mut u8, size: usize, count: usize) {
    // SAFETY: as the caller says.
    unsafe { tile.write_bytes(0, count.next_multiple_of(BLOCK) * size) };
}

/// Advances an index over the outer axes; false after the last.
fn advance(index: &mut [usize], lens: &[usize]) -> bool {
    for (i, &len) in index.iter_mut().zip(lens).rev() {
        *i += 1;
        if *i < len {
            return true;
        }
        *i = 0;
    }
    false
}
