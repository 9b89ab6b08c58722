//! A recurrent network that reads sequences, for what memory costs: of a step in a loop, and of a long sequence with checkpoints.

use ndarray::{Array1, Array2, s};
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::prelude::*;
use rand::{Rng, RngExt};

/// The four gates side by side, and what is made of the last state.
#[derive(Clone, Debug, Differentiable)]
pub struct Lstm {
    /// `[inputs, 4 hidden]`.
    pub from_input: Array2<f32>,
    /// `[hidden, 4 hidden]`.
    pub from_state: Array2<f32>,
    /// `[4 hidden]`.
    pub bias: Array1<f32>,
    /// `[hidden, classes]`.
    pub readout: Array2<f32>,
}

/// One step: the next output and cell, from an input and those before.
#[differentiable]
fn step(net: &Lstm, x: &Array2<f32>, h: &Array2<f32>, c: &Array2<f32>) -> (Array2<f32>, Array2<f32>) {
    let n = h.ncols();
    let gates = x.dot(&net.from_input) + h.dot(&net.from_state) + &net.bias;
    let input = gates.slice(s![.., ..n]).sigmoid();
    let forget = gates.slice(s![.., n..2 * n]).sigmoid();
    let update = gates.slice(s![.., 2 * n..3 * n]).tanh();
    let output = gates.slice(s![.., 3 * n..]).sigmoid();
    let c = forget * c + input * update;
    let h = output * c.tanh();
    (h, c)
}

/// The loss: a function of this name for each kind of checkpoints.
macro_rules! loss {
    ($name:ident, $(#[$checkpoint:meta])?) => {
        /// The mean cross entropy of what is read from the last state.
        #[allow(clippy::missing_errors_doc, reason = "the derived functions have the section")]
        #[differentiable(wrt(net))]
        pub fn $name(net: &Lstm, xs: &[Array2<f32>], labels: &[usize]) -> f32 {
            let shape = (labels.len(), net.from_state.nrows());
            let mut h = Array2::<f32>::zeros(shape);
            let mut c = Array2::<f32>::zeros(shape);
            $(#[$checkpoint])?
            for x in xs {
                (h, c) = step(net, x, &h, &c);
            }
            cross_entropy_loss(&h.dot(&net.readout), labels)
        }
    };
}
loss!(loss,);
loss!(loss_with_checkpoints, #[checkpoint]);
loss!(loss_with_slots, #[checkpoint(slots = 20)]);

/// Random numbers between -0.3 and 0.3.
pub fn random(shape: (usize, usize), rng: &mut impl Rng) -> Array2<f32> {
    Array2::from_shape_simple_fn(shape, || rng.random_range(-0.3..0.3))
}

impl Lstm {
    /// A network with random weights.
    pub fn random(inputs: usize, hidden: usize, classes: usize, rng: &mut impl Rng) -> Self {
        Self {
            from_input: random((inputs, 4 * hidden), rng),
            from_state: random((hidden, 4 * hidden), rng),
            bias: Array1::zeros(4 * hidden),
            readout: random((hidden, classes), rng),
        }
    }
}
