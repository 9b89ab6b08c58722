//! Memory that is used again from one call to the next.

use std::alloc::{Layout, dealloc};
use std::cell::RefCell;
use std::fmt;
use std::mem::{ManuallyDrop, take};
use std::ptr::NonNull;

/// Memory that `value_and_grad_into` takes from and gives back to: after the first call of a training loop it asks for none.
///
/// It grows to what one call needs at its peak, and belongs to whoever made it; dropped, it gives all of it back.
///
/// ```
/// # use ndarray::{Array1, array};
/// # use odyssey_runtime::prelude::*;
/// #[differentiable(wrt(w))]
/// fn loss(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
///     (w - x).mapv(|e| e * e).sum()
/// }
///
/// let (mut w, x) = (array![0.0, 0.0], array![1.0, 2.0]);
/// let mut workspace = Workspace::default();
/// let mut grad = Array1::zeros(2);
/// for _ in 0..100 {
///     let value = loss::value_and_grad_into(&mut workspace, &mut grad, &w, &x);
///     w.scaled_add(-0.1, &grad);
/// }
/// assert!((w - x).iter().all(|e| e.abs() < 1e-9));
/// ```
#[derive(Default)]
pub struct Workspace(Blocks);

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace").field("bytes", &self.0.bytes()).finish()
    }
}

impl Workspace {
    /// Lends the workspace to this thread: as long as the loan lives, what the runtime asks for comes from it. A workspace that
    /// was lent before is lent again afterwards.
    pub(super) fn lend(&mut self) -> Loan<'_> {
        Loan::new(&mut self.0)
    }
}

thread_local! {
    /// The blocks of the workspace that is lent to the thread.
    static LENT: RefCell<Option<Blocks>> = const { RefCell::new(None) };
}

/// Takes the blocks to the thread, and back when it ends, also in a panic.
pub(super) struct Loan<'w> {
    blocks: &'w mut Blocks,
    before: Option<Blocks>,
}

impl<'w> Loan<'w> {
    fn new(blocks: &'w mut Blocks) -> Self {
        let before = LENT.replace(Some(take(blocks)));
        Loan { blocks, before }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        *self.blocks = LENT.replace(self.before.take()).expect("lent until here");
    }
}

/// Room for at least so many elements from the workspace that is lent, if one is.
pub(super) fn room<T>(len: usize) -> Option<Vec<T>> {
    if len == 0 || size_of::<T>() == 0 {
        return None;
    }
    LENT.with_borrow_mut(|lent| Some(lent.as_mut()?.take(len)))
}

/// Gives the memory of a list to the workspace that is lent, or back to the allocator if none is.
pub(crate) fn recycle<T>(mut list: Vec<T>) {
    list.clear();
    if list.capacity() > 0 && size_of::<T>() > 0 {
        // What is not kept is dropped when the workspace is not borrowed any more.
        let _rest = LENT.with_borrow_mut(|lent| match lent {
            Some(blocks) => blocks.give(list),
            None => Some(list),
        });
    }
}

/// Rounded up, so that lists of about the same length use the same memory: the length itself up to 16, then eight steps
/// from one power of two to the next.
fn capacity_for(len: usize) -> usize {
    let step = (len.next_power_of_two() / 16).max(1);
    len.next_multiple_of(step)
}

/// Free blocks, by the sizes that are asked for.
#[derive(Default)]
struct Blocks(Vec<Size>);

/// Blocks for lists of about the same length, of elements with the same layout.
struct Size {
    element: Layout,
    capacity: usize,
    free: Vec<Block>,
    /// How many have been handed out and have not come back.
    lent: usize,
}

/// Memory that belonged to a list of so many elements.
struct Block {
    start: NonNull<u8>,
    capacity: usize,
}

// SAFETY: a free block is memory that nobody else points to; whoever owns it may move it to another thread, and with a
// shared reference there is nothing that can be done to it.
#[allow(unsafe_code, reason = "see above")]
unsafe impl Send for Block {}
// SAFETY: see above.
#[allow(unsafe_code, reason = "see above")]
unsafe impl Sync for Block {}

impl Blocks {
    fn bytes(&self) -> usize {
        let of = |size: &Size| size.free.iter().map(|block| size.element.size() * block.capacity).sum::<usize>();
        self.0.iter().map(of).sum()
    }

    /// The size for lists of so many elements.
    fn of<T>(&mut self, len: usize) -> &mut Size {
        let (element, capacity) = (Layout::new::<T>(), capacity_for(len));
        let key = (element.size(), element.align(), capacity);
        let position = self.0.binary_search_by_key(&key, |size| (size.element.size(), size.element.align(), size.capacity));
        let position = position.unwrap_or_else(|position| {
            self.0.insert(position, Size { element, capacity, free: Vec::new(), lent: 0 });
            position
        });
        &mut self.0[position]
    }

    /// An empty list with room for so many elements.
    #[allow(unsafe_code, reason = "a block becomes a list")]
    fn take<T>(&mut self, len: usize) -> Vec<T> {
        let size = self.of::<T>(len);
        size.lent += 1;
        if let Some(fits) = size.free.iter().rposition(|block| block.capacity >= len) {
            let Block { start, capacity } = size.free.swap_remove(fits);
            // SAFETY: the block belonged to a list with this capacity, of elements with the size and alignment of `T`: it was
            // allocated by the global allocator with the layout that a list of `T` frees it with. Nobody else has it,
            // and none of its elements is said to be initialised.
            return unsafe { Vec::from_raw_parts(start.as_ptr().cast(), 0, capacity) };
        }
        // What is too small makes room for what is not.
        size.free_one();
        super::fresh(size.capacity)
    }

    /// Takes the memory of an empty list, or returns it: more than was ever asked for here would pile up.
    #[allow(unsafe_code, reason = "a list becomes a block")]
    fn give<T>(&mut self, list: Vec<T>) -> Option<Vec<T>> {
        let size = self.of::<T>(list.capacity());
        if size.lent == 0 {
            return Some(list);
        }
        size.lent -= 1;
        let mut list = ManuallyDrop::new(list);
        // SAFETY: a list that has a capacity has a pointer.
        let start = unsafe { NonNull::new_unchecked(list.as_mut_ptr()) }.cast();
        size.free.push(Block { start, capacity: list.capacity() });
        None
    }
}

impl Size {
    /// Gives a block back to the allocator, if there is one.
    #[allow(unsafe_code, reason = "blocks go back to the allocator")]
    fn free_one(&mut self) {
        let Some(Block { start, capacity }) = self.free.pop() else { return };
        let bytes = self.element.size() * capacity;
        // SAFETY: with this layout the list that it belonged to was allocated, and it is nobody else's.
        unsafe { dealloc(start.as_ptr(), Layout::from_size_align_unchecked(bytes, self.element.align())) };
    }
}

impl Drop for Size {
    fn drop(&mut self) {
        while !self.free.is_empty() {
            self.free_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Blocks, Workspace, capacity_for, recycle};
    use crate::memory::uninitialised;

    fn while_lent<R>(workspace: &mut Workspace, f: impl FnOnce() -> R) -> R {
        let _loan = workspace.lend();
        f()
    }

    #[test]
    fn capacities_are_their_own() {
        for len in 1..5000 {
            let capacity = capacity_for(len);
            assert!(capacity >= len && capacity <= len + len / 8, "{len} {capacity}");
            assert_eq!(capacity_for(capacity), capacity);
        }
    }

    #[test]
    fn a_block_comes_back() {
        let mut workspace = Workspace::default();
        let first = while_lent(&mut workspace, || {
            let list = uninitialised::<f64>(1000);
            let start = list.as_ptr();
            recycle(list);
            start
        });
        assert_eq!(format!("{workspace:?}"), "Workspace { bytes: 8192 }");
        while_lent(&mut workspace, || {
            let mut again = uninitialised::<f64>(1001);
            assert_eq!(again.as_ptr(), first);
            again.extend([1.0; 1001]);
            let other = uninitialised::<f32>(1001);
            assert_ne!(other.as_ptr().cast(), first);
            recycle(again);
            recycle(other);
        });
        assert_eq!(format!("{workspace:?}"), "Workspace { bytes: 12288 }");
    }

    #[test]
    fn what_was_not_taken_here_does_not_pile_up() {
        let mut workspace = Workspace::default();
        while_lent(&mut workspace, || (0..10).for_each(|_| recycle(vec![1.0; 1024])));
        assert_eq!(workspace.0.bytes(), 0);
        recycle(vec![1.0; 1024]);
    }

    #[test]
    fn what_comes_from_elsewhere_is_used_where_it_fits() {
        let mut workspace = Workspace::default();
        let (exact, short) = (vec![1.0; 1001], vec![1.0; 1000]);
        let start = exact.as_ptr();
        while_lent(&mut workspace, || {
            let kept = [uninitialised::<f64>(1001), uninitialised::<f64>(1001)];
            recycle(exact);
            recycle(short);
            let again = uninitialised::<f64>(1001);
            assert_eq!(again.as_ptr(), start);
            assert_eq!(again.capacity(), 1001);
            recycle(again);
            drop(kept);
        });
        assert_eq!(workspace.0.bytes(), 2001 * 8);
        // Of two that are needed, one is long enough; the other makes room.
        while_lent(&mut workspace, || [0, 1].map(|_| uninitialised::<f64>(1001)).map(recycle));
        assert_eq!(workspace.0.bytes(), (1001 + 1024) * 8);
    }

    #[test]
    fn loans_nest_and_end_in_panics() {
        let (mut outer, mut inner) = (Workspace::default(), Workspace::default());
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            while_lent(&mut outer, || {
                recycle(uninitialised::<f64>(8));
                while_lent(&mut inner, || {
                    recycle(uninitialised::<f64>(16));
                    panic!("inside");
                });
            });
        }));
        assert!(result.is_err());
        assert_eq!((outer.0.bytes(), inner.0.bytes()), (64, 128));
        assert!(super::LENT.with_borrow(Option::is_none));
    }

    #[test]
    fn elements_are_dropped() {
        let counted = std::rc::Rc::new(());
        let mut workspace = Workspace::default();
        while_lent(&mut workspace, || {
            let mut list = uninitialised(3);
            list.resize(3, counted.clone());
            recycle(list);
        });
        assert_eq!(std::rc::Rc::strong_count(&counted), 1);
        recycle(Vec::<()>::with_capacity(3));
        assert_eq!(Blocks::default().bytes(), 0);
    }

    #[test]
    fn moves_between_threads() {
        let mut workspace = Workspace::default();
        while_lent(&mut workspace, || recycle(uninitialised::<f64>(100)));
        let workspace = std::thread::spawn(move || {
            while_lent(&mut workspace, || recycle(uninitialised::<f64>(100)));
            workspace
        });
        assert_eq!(workspace.join().unwrap().0.bytes(), 832);
    }
}
