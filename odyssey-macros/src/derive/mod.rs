//! `#[derive(Differentiable)]`: the tangent of a struct is a struct of the same shape.
//!
//! Beside `Mlp` it writes `MlpTangent` (the tangents of the fields, with the same names and visibilities) and the hidden
//! `MlpPartial` (the same while an adjoint is being assembled), and the traits that make the three work together.

mod attributes;
mod generics;
mod model;
mod partial;
mod primal;
mod tangent;

use proc_macro2::TokenStream;
use quote::quote;

use model::Model;

/// What the derive adds to the user's item, or the errors.
pub(crate) fn derive_differentiable(input: TokenStream) -> TokenStream {
    match syn::parse2(input).and_then(|input| Model::new(&input)) {
        Ok(model) => {
            let (tangent, partial, primal) = (tangent::emit(&model), partial::emit(&model), primal::emit(&model));
            quote!(#tangent #partial #primal)
        }
        Err(error) => error.into_compile_error(),
    }
}

#[cfg(test)]
mod tests;
