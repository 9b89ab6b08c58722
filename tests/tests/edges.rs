//! Derivatives where a function has none, has one of several, or is about to overflow; arrays without elements, without
//! axes and of unusual strides.

#[path = "edges"]
mod edges {
    pub(crate) mod layouts;
    pub(crate) mod pairs;
    pub(crate) mod slopes;
    pub(crate) mod stability;
}
