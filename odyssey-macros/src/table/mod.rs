//! What the compiler knows about operations: the elementwise ones carry their derivative rules here,
//! row by row; the others (`operations`) name the rule functions of the runtime and what those read.

pub(crate) mod elementwise;
pub(crate) mod emit;
pub(crate) mod operations;
pub(crate) mod rule;
