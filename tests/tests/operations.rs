//! Programs of the operations that are not elementwise, as methods and as functions, fused and through calls.

#[path = "programs/support.rs"]
mod support;

#[path = "operations/linalg.rs"]
mod linalg;

#[path = "operations/networks.rs"]
mod networks;

#[path = "operations/losses.rs"]
mod losses;
