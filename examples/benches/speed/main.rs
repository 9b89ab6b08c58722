//! Value and gradient: Odyssey beside what an expert writes by hand and beside plain ndarray expressions.
//!
//! `cargo bench -p odyssey-examples` runs everything; `cargo bench -p odyssey-examples -- mlp f32` runs the rows whose
//! name contains all of these words. Every candidate of a row computes the same numbers, which is checked before it is
//! timed. `hand` has preallocated buffers, the same matrix product and the same vectorised functions as Odyssey; `ours, into` is `value_and_grad_into`. `hand, new`
//! returns a new array, as Odyssey does: from some 32 MB on, an allocator takes that from the system every time. `plain` is
//! ndarray's operators, `mapv` and the functions of the standard library. Rows of single operations have their `value` alone as well, for what
//! a gradient costs beside it, and `hand` is what their file says.

mod chain;
mod functions;
mod jacobians;
mod lstm;
mod mlp;
mod operations;
mod scalars;
mod support;

use support::Bench;

fn main() {
    let mut bench = Bench::from_arguments();
    mlp::rows(&mut bench);
    chain::rows(&mut bench);
    scalars::rows(&mut bench);
    functions::rows(&mut bench);
    operations::rows(&mut bench);
    lstm::rows(&mut bench);
    jacobians::rows(&mut bench);
    jacobians::hessians(&mut bench);
}
