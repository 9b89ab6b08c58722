//! Derivatives where a function has none, has one of several, or is about to overflow; arrays without elements, without
//! axes and of unusual strides.

#![allow(clippy::float_cmp, reason = "what stands at an edge is exact")]
#![allow(clippy::cast_possible_truncation, reason = "points in single precision")]

#[path = "edges"]
mod edges {
    pub(crate) mod layouts;
    pub(crate) mod pairs;
    pub(crate) mod slopes;
    pub(crate) mod stability;
}
