//! What an elementwise pass produces: whole arrays, sums, and sums over broadcast axes.

use ndarray::{ArrayViewMut, Dimension};
use num_traits::zero;

use super::join::{Rank, Scalar};
use super::kernel::{Lanes, Slot, Store, StoreOrAdd, adds};
use super::operand::{Operand, Place, extent};
use super::space::Space;
use super::tile::{Element, Total};
use super::tuples::Joined;
use super::walk::ELEMENT;
use crate::memory::{filled, recycle, uninitialised};
use crate::real::Real;

/// Where a pass puts the values of one output.
#[derive(Debug)]
pub struct Sink<'a> {
    pub(super) role: Role<'a>,
    pub(super) data: *mut u8,
    /// Bytes an element of what the closure returns.
    pub(super) size: usize,
    /// Of the array that values are added to.
    pub(super) shape: &'a [usize],
}

/// How it puts them there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'a> {
    /// One after the other, in the order of the walk, over memory that need not be initialised.
    Store,
    /// Added to a total.
    Sum(Element),
    /// Added to the elements of an array of type `to`, dense in C order if it has no strides.
    Add {
        from: Element,
        to: Element,
        strides: Option<&'a [isize]>,
        /// Whether the kernel adds values to those of its tile, which begins with zeros.
        in_kernel: bool,
    },
}

impl<'a> Sink<'a> {
    fn store<T>(values: &mut Vec<T>) -> Self {
        const {
            assert!(size_of::<T>() <= ELEMENT && align_of::<T>() <= 16, "elements of this size are not supported");
        };
        Self { role: Role::Store, data: values.as_mut_ptr().cast(), size: size_of::<T>(), shape: &[] }
    }

    fn sum<T: Real>() -> Self {
        Self { role: Role::Sum(Element::of::<T>()), data: std::ptr::null_mut(), size: size_of::<T>(), shape: &[] }
    }

    fn add<T: Real, To: Real>(data: *mut To, shape: &'a [usize], strides: Option<&'a [isize]>, in_kernel: bool) -> Self {
        let role = Role::Add { from: Element::of::<T>(), to: Element::of::<To>(), strides, in_kernel };
        Self { role, data: data.cast(), size: size_of::<T>(), shape }
    }
}

/// One output of [`map_to`](super::map_to) over the operands `O`, whose values the closure returns as `V`.
pub trait Output<O, V: Copy>: Sized {
    /// Whether it is a number when all operands are.
    const SCALAR: bool;
    /// What the caller gets.
    type Result;
    /// What the kernel does with its values.
    type Slot: Slot<V>;
    /// What the pass writes to.
    type Buffer;

    /// The shape that takes part in broadcasting.
    fn shape(&self) -> &[usize];

    /// The result when there is one point only, of rank 0.
    fn single(self, value: V) -> Self::Result;

    /// The result when the value is the same at all points, because the operands are scalars.
    fn spread(self, value: V, space: &Opened<'_>) -> Self::Result;

    /// Allocates.
    fn open(&mut self, space: &Opened<'_>) -> (Self::Buffer, Sink<'_>);

    /// The result, once every value has been written, or added to `total`.
    fn close(self, buffer: Self::Buffer, total: &[Total], space: &Opened<'_>) -> Self::Result;
}

/// An output that is not one of a tuple: the closure returns its value, and the pass its result.
#[derive(Clone, Copy, Debug)]
pub struct One<S>(pub S);

/// The iteration space, for outputs.
#[derive(Debug)]
pub struct Opened<'a> {
    pub(super) space: &'a Space,
    /// The most axes of any operand, if their types have it.
    pub(super) operands: Option<usize>,
}

impl Opened<'_> {
    /// Whether the kernel adds values to those of its tile, for an array of rank `D`.
    fn adds<D: Rank>(&self) -> bool {
        adds(D::NDIM, self.operands)
    }
}

/// The output that is the value at each point: a scalar, or an array of the operands' joined rank.
#[derive(Clone, Copy, Debug)]
pub struct Full;

impl<O: Joined, V: Copy> Output<O, V> for Full {
    const SCALAR: bool = O::Dim::SCALAR;
    type Result = <O::Dim as Rank>::Of<V>;
    type Slot = Store;
    type Buffer = Vec<V>;

    fn shape(&self) -> &[usize] {
        &[]
    }

    #[inline(always)]
    fn single(self, value: V) -> Self::Result {
        O::Dim::scalar(value)
    }

    fn spread(self, value: V, _: &Opened<'_>) -> Self::Result {
        O::Dim::scalar(value)
    }

    fn open(&mut self, &Opened { space, .. }: &Opened<'_>) -> (Vec<V>, Sink<'_>) {
        let mut values = uninitialised(space.len);
        let sink = Sink::store(&mut values);
        (values, sink)
    }

    fn close(self, values: Vec<V>, _: &[Total], &Opened { space, .. }: &Opened<'_>) -> Self::Result {
        O::Dim::dense(&space.shape, space.steps(0), all_of(values, space.len))
    }
}

/// The output that is the sum of the values over all points.
#[derive(Clone, Copy, Debug)]
pub struct Sum;

impl<O, V: Real> Output<O, V> for Sum {
    const SCALAR: bool = true;
    type Result = V;
    type Slot = Lanes;
    type Buffer = ();

    fn shape(&self) -> &[usize] {
        &[]
    }

    #[inline(always)]
    fn single(self, value: V) -> V {
        value
    }

    fn spread(self, value: V, &Opened { space, .. }: &Opened<'_>) -> V {
        times(value, space.len)
    }

    fn open(&mut self, _: &Opened<'_>) -> ((), Sink<'_>) {
        ((), Sink::sum::<V>())
    }

    fn close(self, (): (), total: &[Total], _: &Opened<'_>) -> V {
        sum(total)
    }
}

/// The output that has the shape of an operand: summed over the axes along which that one is broadcast.
#[derive(Clone, Copy, Debug)]
pub struct Like<T, D> {
    dim: D,
    float: std::marker::PhantomData<fn() -> T>,
}

/// The output that is a cotangent of `x`: `x` may be any operand, or the [`Extent`](super::Extent) of one.
#[inline(always)]
pub fn like<X: Operand + ?Sized>(x: &X) -> Like<X::Float, X::Dim> {
    Like { dim: extent(x).into_dim(), float: std::marker::PhantomData }
}

/// The memory of a [`Like`] output.
#[derive(Debug)]
pub enum LikeBuffer<T: Real> {
    /// A number.
    Total,
    /// One value a point.
    Dense(Vec<T>),
    /// Sums over several points, in double precision.
    Reduced(Vec<T::Wide>),
}

impl<O, T: Real, D: Rank> Output<O, T> for Like<T, D> {
    const SCALAR: bool = D::SCALAR;
    type Result = D::Of<T>;
    type Slot = D::Slot<T>;
    type Buffer = LikeBuffer<T>;

    fn shape(&self) -> &[usize] {
        self.dim.lengths()
    }

    #[inline(always)]
    fn single(self, value: T) -> Self::Result {
        D::scalar(value)
    }

    fn spread(self, value: T, &Opened { space, .. }: &Opened<'_>) -> Self::Result {
        let shape = self.dim.lengths();
        let len: usize = shape.iter().product();
        let sum = times(value, space.len / len.max(1));
        if D::SCALAR { D::scalar(sum) } else { D::dense(shape, None, filled(len, sum)) }
    }

    fn open(&mut self, opened: &Opened<'_>) -> (LikeBuffer<T>, Sink<'_>) {
        let shape = self.dim.lengths();
        let len: usize = shape.iter().product();
        if D::SCALAR {
            (LikeBuffer::Total, Sink::sum::<T>())
        } else if len == opened.space.len && !opened.adds::<D>() {
            let mut values = uninitialised(len);
            let sink = Sink::store(&mut values);
            (LikeBuffer::Dense(values), sink)
        } else {
            let mut sums = filled(len, zero::<T::Wide>());
            let sink = Sink::add::<T, T::Wide>(sums.as_mut_ptr(), shape, None, opened.adds::<D>());
            (LikeBuffer::Reduced(sums), sink)
        }
    }

    fn close(self, buffer: LikeBuffer<T>, total: &[Total], &Opened { space, .. }: &Opened<'_>) -> Self::Result {
        let shape = self.dim.lengths();
        match buffer {
            LikeBuffer::Total => D::scalar(sum(total)),
            LikeBuffer::Dense(values) => {
                let skipped = space.shape.len() - shape.len();
                D::dense(shape, space.steps(skipped), all_of(values, space.len))
            }
            LikeBuffer::Reduced(sums) => {
                let mut rounded = uninitialised(sums.len());
                rounded.extend(sums.iter().map(|sum| T::narrow(*sum)));
                recycle(sums);
                D::dense(shape, None, rounded)
            }
        }
    }
}

/// The output that is added to a place, summed over the axes along which the place is broadcast.
#[derive(Debug)]
pub struct Into<P>(P);

/// Adds to `d` in place what [`like`]`(d)` would return.
#[inline(always)]
pub fn into<X: Place + ?Sized>(d: &mut X) -> Into<<X::Dim as Rank>::Mut<'_, X::Float>> {
    Into(d.as_place())
}

impl<O, T: Real> Output<O, T> for Into<&mut T> {
    const SCALAR: bool = true;
    type Result = ();
    type Slot = Lanes;
    type Buffer = ();

    fn shape(&self) -> &[usize] {
        Scalar.lengths()
    }

    #[inline(always)]
    fn single(self, value: T) {
        *self.0 += value;
    }

    fn spread(self, value: T, &Opened { space, .. }: &Opened<'_>) {
        *self.0 += times(value, space.len);
    }

    fn open(&mut self, _: &Opened<'_>) -> ((), Sink<'_>) {
        ((), Sink::sum::<T>())
    }

    fn close(self, (): (), total: &[Total], _: &Opened<'_>) {
        *self.0 += sum(total);
    }
}

impl<O, T: Real, D: Dimension> Output<O, T> for Into<ArrayViewMut<'_, T, D>> {
    const SCALAR: bool = false;
    type Result = ();
    type Slot = StoreOrAdd<D>;
    type Buffer = Option<Vec<T::Wide>>;

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    fn single(self, _: T) {
        unreachable!("an array is not a single number")
    }

    fn spread(mut self, value: T, &Opened { space, .. }: &Opened<'_>) {
        self.0 += times(value, space.len / self.0.len().max(1));
    }

    fn open(&mut self, opened: &Opened<'_>) -> (Option<Vec<T::Wide>>, Sink<'_>) {
        let in_kernel = opened.adds::<D>();
        if self.0.len() == opened.space.len {
            let data = self.0.as_mut_ptr();
            (None, Sink::add::<T, T>(data, self.0.shape(), Some(self.0.strides()), in_kernel))
        } else {
            let mut sums = filled(self.0.len(), zero::<T::Wide>());
            let sink = Sink::add::<T, T::Wide>(sums.as_mut_ptr(), self.0.shape(), None, in_kernel);
            (Some(sums), sink)
        }
    }

    fn close(mut self, sums: Option<Vec<T::Wide>>, _: &[Total], _: &Opened<'_>) {
        if let Some(sums) = sums {
            self.0.iter_mut().zip(&sums).for_each(|(x, sum)| *x += T::narrow(*sum));
            recycle(sums);
        }
    }
}

/// The number whose floats have these totals.
fn sum<T: Real>(totals: &[Total]) -> T {
    let mut totals = totals.iter();
    T::zero().map_floats(&mut |_| totals.next().expect("a total for each float").value())
}

/// The sum of `count` terms equal to `value`.
fn times<T: Real>(value: T, count: usize) -> T {
    if count == 0 { T::zero() } else { value * T::lit(count as f64) }
}

#[allow(unsafe_code, reason = "the pass has written every element of a buffer that was allocated uninitialised")]
fn all_of<T>(mut values: Vec<T>, len: usize) -> Vec<T> {
    debug_assert!(values.capacity() >= len);
    // SAFETY: `close` is called after the walk, which stores one value for each of the `len` points.
    unsafe { values.set_len(len) };
    values
}
