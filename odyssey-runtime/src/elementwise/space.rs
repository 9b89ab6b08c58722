//! The iteration space of an elementwise expression: its shape, and the order of the walk over it.

use super::join::write_c_strides;
use super::list::List;
use super::operand::Layout;
use crate::quoted::{refuse, refuse_join};

/// What all operands broadcast to.
#[derive(Debug)]
pub(super) struct Space {
    /// Lengths of the axes.
    pub(super) shape: List<usize>,
    /// Strides of a dense array whose memory order is that of the walk.
    pub(super) strides: List<isize>,
    /// Whether that is C order.
    pub(super) standard: bool,
    /// Number of points.
    pub(super) len: usize,
}

impl Space {
    /// The space of these operands and further shapes, walked in the memory order of the first operand that spans it.
    ///
    /// Panics if the shapes do not broadcast.
    #[track_caller]
    pub(super) fn new(sources: &[Layout], targets: &[&[usize]]) -> Self {
        let shapes = || sources.iter().map(|source| source.shape).chain(targets.iter().copied());
        let rank = shapes().map(<[usize]>::len).max().unwrap_or(0);
        // Built in place: a list that is moved right after it has been written stalls on its own stores.
        let mut space = Self { shape: List::filled(rank, 1), strides: List::filled(rank, 0), standard: true, len: 1 };
        if !shapes().all(|shape| widen(&mut space.shape, shape)) {
            mismatch(sources, targets);
        }
        space.len = space.shape.iter().product();
        write_c_strides(&space.shape, &mut space.strides);
        let lead = sources.iter().find(|source| source.data.is_some() && same(source.shape, &space.shape));
        if let Some(lead) = lead
            && !walks_as(&space.shape, &space.strides, lead.strides)
            && space.len > 1
        {
            space.standard = false;
            write_strides_in_order_of(lead.strides, &space.shape, &mut space.strides);
        }
        space
    }

    /// Whether an array of this shape and these strides is dense and lies in the order of the walk.
    pub(super) fn is_walk_of(&self, shape: &[usize], strides: &[isize]) -> bool {
        same(shape, &self.shape) && walks_as(shape, &self.strides, strides)
    }

    /// The strides of an array along the axes of the space, 0 where it is broadcast.
    pub(super) fn align(&self, shape: &[usize], strides: &[isize], aligned: &mut [isize]) {
        aligned.fill(0);
        let skipped = self.shape.len() - shape.len();
        for (aligned, (&length, &stride)) in aligned[skipped..].iter_mut().zip(shape.iter().zip(strides)) {
            if length > 1 {
                *aligned = stride;
            }
        }
    }

    /// The strides of the walk from this axis on, unless it is in C order.
    pub(super) fn steps(&self, axis: usize) -> Option<&[isize]> {
        (!self.standard).then(|| &self.strides[axis..])
    }

    /// The axes longer than 1, outermost of the walk first.
    pub(super) fn order(&self) -> List<usize> {
        let mut axes = List::filled(self.shape.len(), 0);
        let mut rank = 0;
        for axis in 0..self.shape.len() {
            if self.shape[axis] > 1 {
                axes[rank] = axis;
                rank += 1;
            }
        }
        axes.truncate(rank);
        if !self.standard {
            axes.sort_unstable_by_key(|&axis| -self.strides[axis]);
        }
        axes
    }
}

/// Equality of shapes, without a call for the short ones that they are.
#[inline(always)]
fn same(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
}

/// Whether strides agree wherever they matter.
#[inline(always)]
fn walks_as(shape: &[usize], a: &[isize], b: &[isize]) -> bool {
    shape.iter().zip(a.iter().zip(b)).all(|(&length, (a, b))| length <= 1 || a == b)
}

/// Broadcasts `shape` with `next`, in place; false if they do not.
#[inline(always)]
fn widen(shape: &mut [usize], next: &[usize]) -> bool {
    let skipped = shape.len() - next.len();
    shape[skipped..].iter_mut().zip(next).all(|(length, &other)| {
        if *length == 1 {
            *length = other;
        }
        other == 1 || other == *length
    })
}

/// Panics with the first two shapes that do not broadcast.
#[cold]
#[track_caller]
fn mismatch(sources: &[Layout], targets: &[&[usize]]) -> ! {
    refuse_join(&sources.iter().map(|source| source.shape).collect::<Vec<_>>());
    let broadcast = |a: &[usize], b: &[usize]| a.iter().rev().zip(b.iter().rev()).all(|(&a, &b)| a == b || a == 1 || b == 1);
    let shapes: Vec<_> = sources.iter().map(|source| source.shape).chain(targets.iter().copied()).collect();
    for (i, b) in shapes.iter().enumerate() {
        if let Some(a) = shapes[..i].iter().find(|a| !broadcast(a, b)) {
            refuse("", format_args!("shapes {a:?} and {b:?} do not broadcast"));
        }
    }
    unreachable!("shapes that broadcast in pairs do so together")
}

/// Writes the strides of a dense array of `shape` whose axes are nested as those of an array with strides `lead`.
fn write_strides_in_order_of(lead: &[isize], shape: &[usize], strides: &mut [isize]) {
    let mut axes = List::<usize>::filled(shape.len(), 0);
    axes.iter_mut().enumerate().for_each(|(i, axis)| *axis = shape.len() - 1 - i);
    axes.sort_by_key(|&axis| lead[axis].unsigned_abs());
    let mut step = 1;
    for &axis in axes.iter() {
        strides[axis] = step;
        step *= shape[axis].cast_signed();
    }
}
