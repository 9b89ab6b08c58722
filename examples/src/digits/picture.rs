//! The picture of a training: its curves, and the digits that were read wrong.
