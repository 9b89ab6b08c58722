//! What loops with `#[checkpoint]` keep: their states before segments of them, or in slots.

mod segments;
mod slots;

pub use segments::{endless_segments_of, growing_segments, segments, segments_of};
pub use slots::slots;
