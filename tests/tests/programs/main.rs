//! Ordinary programs: for each, the value is that of the plain function, the gradient that of central differences, and
//! the two ways to it (`value_and_grad`, `vjp`) agree.

mod arguments;
mod arrays;
mod branches;
mod functions;
mod generic;
mod loops;
mod scalars;
mod structs;
mod support;
