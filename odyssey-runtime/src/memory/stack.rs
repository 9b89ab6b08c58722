//! What loops keep.

use super::{recycle, uninitialised};

/// A stack for what a loop keeps.
#[derive(Clone, Debug)]
pub struct Stack<T>(Vec<T>);

/// An empty one.
#[inline]
pub fn stack<T>() -> Stack<T> {
    Stack(Vec::new())
}

/// What the iteration at hand pushed.
#[inline]
pub fn pop<T>(stack: &mut Stack<T>) -> T {
    stack.0.pop().expect("every iteration pushed one value")
}

impl<T> Stack<T> {
    /// Keeps a value.
    #[inline]
    pub fn push(&mut self, value: T) {
        if self.0.len() == self.0.capacity() {
            self.grow();
        }
        self.0.push(value);
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = uninitialised((2 * self.0.capacity()).max(4));
        larger.append(&mut self.0);
        recycle(std::mem::replace(&mut self.0, larger));
    }
}

impl<T> Drop for Stack<T> {
    #[inline]
    fn drop(&mut self) {
        recycle(std::mem::take(&mut self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::{pop, stack};

    #[test]
    fn last_in_first_out() {
        let mut kept = stack();
        (0..1000).for_each(|i| kept.push(vec![i]));
        (0..1000).rev().for_each(|i| assert_eq!(pop(&mut kept), [i]));
    }
}
