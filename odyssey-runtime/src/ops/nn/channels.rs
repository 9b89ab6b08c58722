//! Arrays as rows: examples, in each of them channels, in each of these the elements of the other axes.

use ndarray::{Array, Array1, ArrayView, ArrayView1, CowArray, Dimension};

use crate::quoted::{ensure, refuse};
use crate::real::Real;

/// How `[N, C, …]` is divided.
#[derive(Clone, Copy)]
pub(super) struct Channels {
    pub(super) number: usize,
    /// Elements of a channel of an example.
    pub(super) length: usize,
}

impl Channels {
    /// Of an array with a number for each channel in each of `parameters`.
    #[track_caller]
    pub(super) fn of(shape: &[usize], parameters: &[usize], operation: &str) -> Self {
        let &[_, number, ref rest @ ..] = shape else {
            refuse("", format_args!("{operation} of an array of shape {shape:?}, without channels"))
        };
        let wrong = parameters.iter().find(|length| **length != number);
        ensure!(wrong.is_none(), "", "{operation} of an array of shape {shape:?} with parameters of lengths {parameters:?}");
        Self { number, length: rest.iter().product() }
    }

    /// `(x - mean) factor + summand` with a number for each channel.
    pub(super) fn affine<T: Real, D: Dimension>(
        self,
        x: &ArrayView<'_, T, D>,
        [mean, factor, summand]: [&dyn Fn(usize) -> T; 3],
    ) -> Array<T, D> {
        let mut y = x.as_standard_layout().into_owned();
        for (row, y) in y.as_slice_mut().expect("standard layout").chunks_exact_mut(self.length.max(1)).enumerate() {
            let channel = row % self.number;
            let (mean, factor, summand) = (mean(channel), factor(channel), summand(channel));
            y.iter_mut().for_each(|y| *y = (*y - mean) * factor + summand);
        }
        y
    }

    /// `Σ f` over the elements of each channel.
    pub(super) fn sums<T: Real, D: Dimension>(
        self,
        arrays: [&ArrayView<'_, T, D>; 2],
        f: impl Fn(usize, T, T) -> T,
    ) -> Array1<T> {
        let [x, dy] = arrays.map(contiguous);
        let (x, dy) = (x.as_slice().expect("standard layout"), dy.as_slice().expect("standard layout"));
        let mut sums = Array1::zeros(self.number);
        let size = self.length.max(1);
        for (row, (x, dy)) in x.chunks_exact(size).zip(dy.chunks_exact(size)).enumerate() {
            let channel = row % self.number;
            sums[channel] += x.iter().zip(dy).map(|(&x, &dy)| f(channel, x, dy)).sum::<T>();
        }
        sums
    }

    /// A number for each element of an example, from one for each channel.
    pub(super) fn expand<T: Real>(self, parameters: &ArrayView1<'_, T>) -> Vec<T> {
        parameters.iter().flat_map(|x| std::iter::repeat_n(*x, self.length)).collect()
    }

    /// The sums over channels of numbers for each element of an example.
    pub(super) fn collapse<T: Real>(self, expanded: &[T]) -> Array1<T> {
        if self.length == 0 {
            return Array1::zeros(self.number);
        }
        expanded.chunks_exact(self.length).map(|channel| channel.iter().sum::<T>()).collect()
    }
}

/// In standard layout.
pub(super) fn contiguous<'v, T: Real, D: Dimension>(x: &'v ArrayView<'_, T, D>) -> CowArray<'v, T, D> {
    x.as_standard_layout()
}
