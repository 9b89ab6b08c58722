//! A recurrent network over a long sequence: what its gradient keeps, with checkpoints and without.

use ndarray::{Array1, Array2, s};
use odyssey_runtime::prelude::*;

/// A cell with its gates one below the other: input, forget, output, candidate.
#[derive(Clone, Debug, Differentiable)]
pub struct Lstm {
    input: Array2<f64>,
    recurrent: Array2<f64>,
    bias: Array1<f64>,
}

/// What one step hands on to the next.
#[derive(Clone, Debug, Differentiable)]
pub struct State {
    hidden: Array1<f64>,
    cell: Array1<f64>,
}

impl Lstm {
    /// A cell with weights without a pattern, the same in every run.
    pub fn new(inputs: usize, hidden: usize) -> Lstm {
        let weight = |(i, j): (usize, usize)| ((i * 31 + j * 17) as f64).sin() / (hidden as f64).sqrt();
        Lstm {
            input: Array2::from_shape_fn((4 * hidden, inputs), weight),
            recurrent: Array2::from_shape_fn((4 * hidden, hidden), weight),
            bias: Array1::zeros(4 * hidden),
        }
    }

    /// The state before a sequence.
    pub fn start(&self) -> State {
        let hidden = self.bias.len() / 4;
        State { hidden: Array1::zeros(hidden), cell: Array1::zeros(hidden) }
    }
}

/// One step.
#[differentiable(wrt(lstm, state))]
pub fn step(lstm: &Lstm, state: &State, x: &Array1<f64>) -> State {
    let n = state.cell.len();
    let gates = lstm.input.dot(x) + lstm.recurrent.dot(&state.hidden) + &lstm.bias;
    let open = gates.slice(s![..3 * n]).sigmoid();
    let candidate = gates.slice(s![3 * n..]).tanh();
    let cell = &open.slice(s![n..2 * n]) * &state.cell + &open.slice(s![..n]) * &candidate;
    State { hidden: &open.slice(s![2 * n..]) * &cell.tanh(), cell }
}

/// The mean square of the prediction's error: a function of this name for each kind of checkpoints.
macro_rules! loss {
    ($name:ident, $(#[$checkpoint:meta])?) => {
        /// How well the hidden state predicts the first component of the next input.
        #[allow(clippy::missing_errors_doc, reason = "the derived functions have the section")]
        #[differentiable(wrt(lstm))]
        pub fn $name(lstm: &Lstm, start: &State, xs: &[Array1<f64>]) -> f64 {
            let mut state = start.clone();
            let mut loss = 0.0;
            $(#[$checkpoint])?
            for t in 1..xs.len() {
                state = step(lstm, &state, &xs[t - 1]);
                let error = state.hidden[0] - xs[t][0];
                loss += error * error;
            }
            loss / xs.len() as f64
        }
    };
}

loss!(loss,);
loss!(loss_with_checkpoints, #[checkpoint]);
loss!(loss_with_slots, #[checkpoint(slots = 20)]);
