//! The test suite of Odyssey lives in `tests/`; here stands what is tested by being compiled as part of a library.

pub mod lints;
