//! Handwritten digits, 8 by 8 pixels each, and a network that reads them.

pub mod data;
pub mod model;
pub mod picture;
pub mod train;

pub use data::Digits;
pub use model::Mlp;
