//! What derivatives take from the heap, and gradients that are written into what there is.
#![allow(missing_docs, unreachable_pub, reason = "a test")]

mod counting;
mod into;
mod peak;
mod programs;
mod steps;

use counting::Counting;

#[global_allocator]
static HEAP: Counting = Counting;
