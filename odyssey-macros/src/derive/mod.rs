//! `#[derive(Differentiable)]`: the tangent of a struct or an enum is one of the same shape.
//!
//! Beside `Mlp` it writes `MlpTangent` (the tangents of the fields, with the same names and visibilities) and the hidden
//! `MlpPartial` (the same while an adjoint is being assembled), and the traits that make the three work together. For
//! an enum, both have hidden methods that give access to the parts of one variant, for a struct the tangent has one for each
//! field that sets it to zero (`parts.rs`).

mod attributes;
mod dual;
mod generics;
mod model;
mod partial;
mod parts;
mod primal;
mod tangent;
mod variant;

use proc_macro2::TokenStream;
use quote::quote;

use model::Model;

/// What the derive adds to the user's item, or the errors.
pub(crate) fn derive_differentiable(input: TokenStream) -> TokenStream {
    match syn::parse2(input).and_then(|input| Model::new(&input)) {
        Ok(model) => {
            let (tangent, partial, primal) = (tangent::emit(&model), partial::emit(&model), primal::emit(&model));
            let parts = if model.is_enum { parts::emit(&model) } else { parts::fields(&model) };
            let dual = dual::emit(&model);
            quote!(#tangent #partial #primal #parts #dual)
        }
        Err(error) => error.into_compile_error(),
    }
}

#[cfg(test)]
mod tests;
