//! Handwritten digits, 8 by 8 pixels each, and networks that read them.

pub mod cnn;
pub mod data;
pub mod model;
pub mod picture;
pub mod program;
pub mod train;

pub use cnn::Cnn;
pub use data::Digits;
pub use model::Mlp;
