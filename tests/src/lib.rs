//! The test suite of Odyssey lives in `tests/`.
