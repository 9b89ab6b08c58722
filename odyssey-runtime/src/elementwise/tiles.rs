//! Memory for tiles.

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use super::operand::Layout;
use super::output::{Role, Sink};
use super::walk::{BLOCK, PENDING, SINKS, SOURCES};

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Line {
    _bytes: [MaybeUninit<u64>; 8],
}

/// Lines of `Scratch`.
pub(super) const SCRATCH: usize = 256;

/// Memory for a few tiles that is not allocated.
pub(super) type Scratch = [MaybeUninit<Line>; SCRATCH];

/// Dense copies of the operands that are not dense, and the values of the outputs that are added to arrays.
pub(super) struct Tiles {
    pub(super) sources: [*mut u8; SOURCES],
    /// Which part of its array each operand's tile has: its first element, and the length of the block's first axis.
    pub(super) gathered: [(*const u8, usize); SOURCES],
    pub(super) sinks: [*mut u8; SINKS],
    pub(super) pending: [Pending; SINKS],
    /// What the pointers point to, unless that is the scratch memory.
    _memory: Vec<Line>,
}

/// Tiles added up, to be added to a part of an array.
#[derive(Clone, Copy)]
pub(super) struct Pending {
    pub(super) target: *mut u8,
    /// The length of the block's first axis.
    pub(super) first: usize,
    pub(super) tiles: u32,
    pub(super) sums: *mut u8,
}

impl Pending {
    /// Whether another tile for this part of the array may be added to it.
    pub(super) fn is_for(&self, target: *mut u8, first: usize) -> bool {
        (self.target, self.first) == (target, first) && (1..PENDING).contains(&self.tiles)
    }
}

impl Tiles {
    /// Tiles of this many points, for the operands that are not read in place and for the outputs that are added: in
    /// `scratch`, which has to live as long, if they fit.
    pub(super) fn new(
        points: usize,
        in_place: &[bool; SOURCES],
        (sources, sinks): (&[Layout], &[Sink]),
        scratch: &mut Scratch,
    ) -> Self {
        let sizes = sources.iter().map(|source| source.element.size()).chain(sinks.iter().map(|sink| sink.size));
        let lines = (points.next_multiple_of(BLOCK) * sizes.max().unwrap_or(0)).div_ceil(size_of::<Line>());
        let gathered = in_place.iter().filter(|&&in_place| !in_place).count();
        let added = sinks.iter().map(|sink| match sink.role {
            Role::Add { in_kernel, .. } => 2 - usize::from(in_kernel),
            Role::Store | Role::Sum(_) => 0,
        });
        let needed = lines * (gathered + added.sum::<usize>());
        let mut memory = Vec::new();
        let start = if needed <= scratch.len() {
            scratch.as_mut_ptr().cast::<Line>()
        } else {
            memory.reserve_exact(needed);
            memory.as_mut_ptr()
        };
        let mut used = 0;
        let mut take = || {
            used += lines;
            start.wrapping_add(used - lines).cast::<u8>()
        };
        let pending = Pending { target: null_mut(), first: 0, tiles: 0, sums: null_mut() };
        let mut tiles = Self {
            sources: [null_mut(); SOURCES],
            gathered: [(null(), 0); SOURCES],
            sinks: [null_mut(); SINKS],
            pending: [pending; SINKS],
            _memory: memory,
        };
        for (tile, _) in tiles.sources.iter_mut().zip(in_place).filter(|(_, in_place)| !**in_place) {
            *tile = take();
        }
        for (k, sink) in sinks.iter().enumerate() {
            if let Role::Add { in_kernel, .. } = sink.role {
                tiles.sinks[k] = take();
                tiles.pending[k].sums = if in_kernel { tiles.sinks[k] } else { take() };
            }
        }
        tiles
    }
}
