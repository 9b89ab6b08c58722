//! Real programs, each the shortest honest path to something useful.
