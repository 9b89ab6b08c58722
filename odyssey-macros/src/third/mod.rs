//! Which functions have derivatives of third order: those that can be computed over any floats, dual numbers among them.
//!
//! A function says so with `order = 3`, and rustc tells it where that is wrong. Of one that does not, it has to be seen, for it was
//! not asked: code that rustc knows over `f64` alone stays as it is.

mod plain;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{GenericParam, Generics};

use crate::ir::Kind;
use crate::lower::Primal;
use crate::parse::{self, Source};
use crate::pushforward;

/// The gradient can be differentiated twice.
pub(crate) fn is_compiled(source: &Source, primal: &Primal) -> bool {
    source.options.is_twice && (source.options.third.is_some() || goes_without_saying(source, primal))
}

fn goes_without_saying(source: &Source, primal: &Primal) -> bool {
    let generics = &source.item.sig.generics;
    source.options.jvp.is_none()
        && source.has_gradient_of_numbers()
        && pushforward::gradients_taken(&primal.body).is_empty()
        && (is_generic_over_one_float(generics, source) || is_written_over_one_float(generics, source, primal))
}

/// `fn f<T: Real>(…)` that knows no other floats: rustc has seen that any will do.
fn is_generic_over_one_float(generics: &Generics, source: &Source) -> bool {
    let mut types = generics.type_params();
    let (Some(float), None) = (types.next(), types.next()) else { return false };
    source.float() == Some(&float.ident)
        && parse::is_only_real(&float.ident, generics)
        && !["f32", "f64"].iter().any(|name| parse::mentions(source.item.sig.to_token_stream(), &at_call(name)))
        && is_given_numbers(source, &float.ident, true)
}

/// `fn f(x: f64, …)` that nothing but `f64` is computed in, and nothing but arithmetic. Not of arrays: to check these over any floats
/// takes rustc a third longer, for what hardly anybody asks for.
fn is_written_over_one_float(generics: &Generics, source: &Source, primal: &Primal) -> bool {
    // A call with generic arguments would have to give one more.
    let is_concrete = generics.params.iter().all(|param| matches!(param, GenericParam::Lifetime(_)));
    is_concrete
        && parse::only_float(&source.item.sig) == Some("f64")
        && !parse::mentions(source.item.block.to_token_stream(), &at_call("f32"))
        && is_given_numbers(source, &at_call("f64"), false)
        && plain::is_plain(source, primal)
}

/// What the arguments have of this float type are numbers, lists of them, and perhaps arrays: what is made of dual numbers is none that is
/// shared. A reference to one number would be no type that rustc makes of whatever is lent.
fn is_given_numbers(source: &Source, float: &Ident, may_be_arrays: bool) -> bool {
    source.signature.arguments.iter().all(|argument| {
        let ty = argument.ty.to_token_stream();
        let is_shared =
            || ["CowArray", "ArcArray", "ArcArray1", "ArcArray2"].iter().any(|name| parse::mentions(ty.clone(), &at_call(name)));
        let is_given = match (&argument.kind, argument.kind.peel()) {
            (Kind::Reference(_), Kind::Scalar) => false,
            (_, Kind::Scalar) => true,
            (_, Kind::Sequence(element)) => element.is_scalar(),
            (_, Kind::Array(_)) => may_be_arrays && !is_shared(),
            _ => false,
        };
        is_given || !parse::mentions(ty.clone(), float)
    })
}

fn at_call(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
