//! Convolutions as matrix products: the patches of an image that the kernel is laid upon are the columns of a matrix.

use ndarray::{Array4, ArrayView2, ArrayView4, ArrayViewMut2, Ix4};

use super::channelwise;
use crate::memory::zeros;
use crate::ops::gemm::{add_product, assign_product};
use crate::quoted::ensure;
use crate::real::Real;
use crate::tangent::Tangent;

/// How a kernel is moved over an image, and which channels it connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// How far the kernel moves at a step, in rows and columns.
    pub stride: (usize, usize),
    /// How many rows and columns of zeros are added on each side.
    pub padding: (usize, usize),
    /// How far apart neighbours in the kernel are laid upon the image.
    pub dilation: (usize, usize),
    /// Channels are divided into so many groups, which are convolved by themselves.
    pub groups: usize,
}

impl Default for Conv2d {
    fn default() -> Self {
        Self { stride: (1, 1), padding: (0, 0), dilation: (1, 1), groups: 1 }
    }
}

/// The patches that are a matrix at a time have about so many elements: they stay in the second-level cache.
const PATCHES: usize = 32 << 10;

/// A kernel laid upon images.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    pub(super) examples: usize,
    pub(super) groups: usize,
    /// Channels of a group.
    pub(super) inputs: usize,
    /// Channels of a group of the result.
    pub(super) outputs: usize,
    pub(super) image: [usize; 2],
    pub(super) kernel: [usize; 2],
    pub(super) result: [usize; 2],
    pub(super) stride: [usize; 2],
    pub(super) padding: [usize; 2],
    pub(super) dilation: [usize; 2],
}

impl Convolution {
    /// Of images `x [N, C, H, W]` with a kernel `k [O, C / groups, KH, KW]`.
    #[track_caller]
    pub(super) fn new(x: Ix4, k: Ix4, options: Conv2d, operation: &str) -> Self {
        let ([n, c, h, w], [o, inputs, kh, kw]) = ([x[0], x[1], x[2], x[3]], [k[0], k[1], k[2], k[3]]);
        let Conv2d { stride, padding, dilation, groups } = options;
        ensure!(
            groups > 0 && o % groups == 0 && c == inputs * groups,
            "",
            "{operation} of images of shape {:?} with a kernel of shape {:?} in {groups} groups",
            [n, c, h, w],
            [o, inputs, kh, kw],
        );
        ensure!(stride.0 * stride.1 * dilation.0 * dilation.1 > 0, "", "{operation} with a stride or a dilation of 0");
        let extent = |size: usize, dilation: usize| (size.max(1) - 1) * dilation + 1;
        let steps = |length: usize, padding: usize, size: usize, dilation: usize, stride: usize| {
            let padded = length + 2 * padding;
            let fits = size > 0 && padded >= extent(size, dilation);
            assert!(
                fits,
                "{operation} of images of shape {:?} with a kernel of shape {:?}, which does not fit on them",
                [n, c, h, w],
                [o, inputs, kh, kw],
            );
            (padded - extent(size, dilation)) / stride + 1
        };
        let rows = steps(h, padding.0, kh, dilation.0, stride.0);
        Self {
            examples: n,
            groups,
            inputs,
            outputs: o / groups,
            image: [h, w],
            kernel: [kh, kw],
            result: [rows, steps(w, padding.1, kw, dilation.1, stride.1)],
            stride: stride.into(),
            padding: padding.into(),
            dilation: dilation.into(),
        }
    }

    pub(super) fn image_shape(&self) -> [usize; 4] {
        [self.examples, self.groups * self.inputs, self.image[0], self.image[1]]
    }

    pub(super) fn kernel_shape(&self) -> [usize; 4] {
        [self.groups * self.outputs, self.inputs, self.kernel[0], self.kernel[1]]
    }

    pub(super) fn result_shape(&self) -> [usize; 4] {
        [self.examples, self.groups * self.outputs, self.result[0], self.result[1]]
    }

    /// `y[n, o, i, j] = Σ k[o, c, p, q] x[n, c, i sh + p dh - ph, j sw + q dw - pw]`.
    pub(super) fn value<T: Real>(&self, x: &ArrayView4<'_, T>, k: &ArrayView4<'_, T>) -> Array4<T> {
        let (x, k) = (x.as_standard_layout(), k.as_standard_layout());
        let (x, k) = (x.as_slice().expect("standard layout"), k.as_slice().expect("standard layout"));
        let mut y = zeros(ndarray::Dim(self.result_shape()));
        let values = y.as_slice_mut().expect("standard layout");
        if self.is_channelwise() {
            channelwise::value(self, x, k, values);
            return y;
        }
        self.each_block(|block| {
            let patches = block.patches(x);
            let mut y = block.result_mut(values);
            assign_product(&mut y, &block.kernel(k), &patches.view());
            patches.recycle_tangent();
        });
        y
    }

    /// The cotangent of `x`.
    pub(super) fn d_image<T: Real>(&self, k: &ArrayView4<'_, T>, dy: &ArrayView4<'_, T>) -> Array4<T> {
        let (k, dy) = (k.as_standard_layout(), dy.as_standard_layout());
        let (k, dy) = (k.as_slice().expect("standard layout"), dy.as_slice().expect("standard layout"));
        let mut d_x = zeros(ndarray::Dim(self.image_shape()));
        let values = d_x.as_slice_mut().expect("standard layout");
        if self.is_channelwise() {
            channelwise::d_image(self, k, dy, values);
            return d_x;
        }
        self.each_block(|block| {
            let mut d_patches = zeros(ndarray::Dim([block.patch(), block.positions()]));
            assign_product(&mut d_patches.view_mut(), &block.kernel(k).reversed_axes(), &block.result(dy));
            block.add_patches(d_patches.as_slice().expect("standard layout"), values);
            d_patches.recycle_tangent();
        });
        d_x
    }

    /// The cotangent of `k`.
    pub(super) fn d_kernel<T: Real>(&self, x: &ArrayView4<'_, T>, dy: &ArrayView4<'_, T>) -> Array4<T> {
        let (x, dy) = (x.as_standard_layout(), dy.as_standard_layout());
        let (x, dy) = (x.as_slice().expect("standard layout"), dy.as_slice().expect("standard layout"));
        let mut d_k = zeros(ndarray::Dim(self.kernel_shape()));
        let values = d_k.as_slice_mut().expect("standard layout");
        if self.is_channelwise() {
            channelwise::d_kernel(self, x, dy, values);
            return d_k;
        }
        self.each_block(|block| {
            let patches = block.patches(x);
            add_product(&mut block.kernel_mut(values), &block.result(dy), &patches.view().reversed_axes());
            patches.recycle_tangent();
        });
        d_k
    }

    /// Every channel by itself: there is nothing to multiply as matrices.
    fn is_channelwise(&self) -> bool {
        self.inputs == 1 && self.outputs == 1
    }

    /// Every group of every example, in blocks of rows of the result.
    fn each_block(&self, mut f: impl FnMut(Block<'_>)) {
        let [rows, columns] = self.result;
        let patch = self.inputs * self.kernel[0] * self.kernel[1];
        if patch * columns * self.outputs == 0 {
            return;
        }
        let together = (PATCHES / (patch * columns)).clamp(1, rows);
        for example in 0..self.examples {
            for group in 0..self.groups {
                for first in (0..rows).step_by(together) {
                    f(Block { of: self, example, group, rows: [first, rows.min(first + together)] });
                }
            }
        }
    }
}

/// Some rows of the result of one group of one example.
struct Block<'c> {
    of: &'c Convolution,
    example: usize,
    group: usize,
    rows: [usize; 2],
}

impl Block<'_> {
    /// The length of a patch: channels times the size of the kernel.
    fn patch(&self) -> usize {
        self.of.inputs * self.of.kernel[0] * self.of.kernel[1]
    }

    /// How many patches there are.
    fn positions(&self) -> usize {
        (self.rows[1] - self.rows[0]) * self.of.result[1]
    }

    /// The kernel of the group, `[outputs, patch]`.
    fn kernel<'v, T>(&self, k: &'v [T]) -> ArrayView2<'v, T> {
        let size = self.of.outputs * self.patch();
        ArrayView2::from_shape((self.of.outputs, self.patch()), &k[self.group * size..][..size]).expect("one group")
    }

    fn kernel_mut<'v, T>(&self, k: &'v mut [T]) -> ArrayViewMut2<'v, T> {
        let size = self.of.outputs * self.patch();
        ArrayViewMut2::from_shape((self.of.outputs, self.patch()), &mut k[self.group * size..][..size]).expect("one group")
    }

    /// Where the block begins in the result, and how far apart its channels are.
    fn place(&self) -> (usize, usize) {
        let plane = self.of.result[0] * self.of.result[1];
        let channel = (self.example * self.of.groups + self.group) * self.of.outputs;
        (channel * plane + self.rows[0] * self.of.result[1], plane)
    }

    /// The block of the result, `[outputs, positions]`.
    fn result<'v, T>(&self, y: &'v [T]) -> ArrayView2<'v, T> {
        let (start, plane) = self.place();
        let end = start + (self.of.outputs - 1) * plane + self.positions();
        let strided = ndarray::ShapeBuilder::strides((self.of.outputs, self.positions()), (plane, 1));
        ArrayView2::from_shape(strided, &y[start..end]).expect("rows of one group")
    }

    fn result_mut<'v, T>(&self, y: &'v mut [T]) -> ArrayViewMut2<'v, T> {
        let (start, plane) = self.place();
        let end = start + (self.of.outputs - 1) * plane + self.positions();
        let strided = ndarray::ShapeBuilder::strides((self.of.outputs, self.positions()), (plane, 1));
        ArrayViewMut2::from_shape(strided, &mut y[start..end]).expect("rows of one group")
    }

    /// The channels of the group of the image.
    fn channels(&self) -> std::ops::Range<usize> {
        let size = self.of.inputs * self.of.image[0] * self.of.image[1];
        let start = (self.example * self.of.groups + self.group) * size;
        start..start + size
    }

    /// The patches, `[patch, positions]`.
    fn patches<T: Real>(&self, x: &[T]) -> ndarray::Array2<T> {
        let mut patches = crate::memory::uninitialised(self.patch() * self.positions());
        let x = &x[self.channels()];
        self.each_row(|row| {
            let width = self.of.result[1];
            let Some(from) = row.from else { return patches.resize(patches.len() + width, T::zero()) };
            let within = row.within.clone();
            let end = patches.len() + width;
            patches.resize(patches.len() + within.start, T::zero());
            let source = x[from..].iter().step_by(self.of.stride[1]).take(within.len());
            if self.of.stride[1] == 1 {
                patches.extend_from_slice(&x[from..from + within.len()]);
            } else {
                patches.extend(source.copied());
            }
            patches.resize(end, T::zero());
        });
        ndarray::Array2::from_shape_vec((self.patch(), self.positions()), patches).expect("a row for each")
    }

    /// Adds patches to the places of the image from which they were taken.
    fn add_patches<T: Real>(&self, patches: &[T], x: &mut [T]) {
        let x = &mut x[self.channels()];
        let mut rows = patches.chunks_exact(self.of.result[1]);
        self.each_row(|row| {
            let patches = rows.next().expect("a row for each");
            let Some(from) = row.from else { return };
            let patches = &patches[row.within.clone()];
            if self.of.stride[1] == 1 {
                x[from..][..patches.len()].iter_mut().zip(patches).for_each(|(x, &d)| *x += d);
            } else {
                x[from..].iter_mut().step_by(self.of.stride[1]).zip(patches).for_each(|(x, &d)| *x += d);
            }
        });
    }

    /// Every row of the patches: of each element of the kernel, by each row of the block.
    fn each_row(&self, mut f: impl FnMut(Row)) {
        let [height, width] = self.of.image;
        for channel in 0..self.of.inputs {
            for p in 0..self.of.kernel[0] {
                for q in 0..self.of.kernel[1] {
                    let within = self.of.within(1, q);
                    let column = (within.start * self.of.stride[1] + q * self.of.dilation[1]).wrapping_sub(self.of.padding[1]);
                    for i in self.rows[0]..self.rows[1] {
                        let row = (i * self.of.stride[0] + p * self.of.dilation[0]).checked_sub(self.of.padding[0]);
                        let row = row.filter(|row| *row < height && !within.is_empty());
                        let from = row.map(|row| (channel * height + row) * width + column);
                        f(Row { from, within: within.clone() });
                    }
                }
            }
        }
    }
}

/// One row of the result under one element of the kernel.
struct Row {
    /// Where in the image its first position within it is; nowhere if it lies in the padding.
    from: Option<usize>,
    /// The positions that lie within the image.
    within: std::ops::Range<usize>,
}

impl Convolution {
    /// The positions along an axis at which this element of the kernel lies on the image, not on its padding.
    pub(super) fn within(&self, axis: usize, offset: usize) -> std::ops::Range<usize> {
        let (stride, padding) = (self.stride[axis], self.padding[axis]);
        let offset = offset * self.dilation[axis];
        let first = padding.saturating_sub(offset).div_ceil(stride);
        let beyond = (self.image[axis] + padding).saturating_sub(offset).div_ceil(stride);
        let end = beyond.min(self.result[axis]);
        first.min(end)..end
    }
}
