//! What does not fit panics at the user's expression, and says which one that is and the shapes, in every mode.

#[macro_use]
mod support;
mod positions;
mod shapes;
