//! What the public companions make of a function's result. Callers that are differentiated themselves get it whole.

use proc_macro2::{Span, TokenStream};
use quote::{quote, ToTokens};
use syn::{GenericArgument, Generics, Ident, PathArguments, Type, TypePath};

use super::passive::{kind, ungroup};
use crate::diagnostics::Diagnostics;
use crate::emit::Failure;
use crate::ir::Kind;

/// A result, taken apart.
#[derive(Clone)]
pub(crate) struct Outcome {
    /// `Result<R, E>` or `Option<R>`, where the result is one by its spelling.
    fallible: Option<TypePath>,
    /// What the companions hand out as the value: `R`.
    pub(crate) value: Type,
    /// What they differentiate: the value; with `aux`, its first part.
    pub(crate) target: Type,
    pub(crate) target_kind: Kind,
    /// The other parts.
    pub(crate) aux: Vec<Type>,
}

impl Outcome {
    /// What is differentiated may be a number, as far as the text says.
    pub(crate) fn may_be_scalar(&self) -> bool {
        !matches!(self.target_kind, Kind::Array(_) | Kind::Sequence(_) | Kind::Tuple(_) | Kind::Reference(_))
    }

    /// Takes the type of a result apart; `aux` is where the option stands, if it does.
    pub(super) fn of(result: &Type, aux: Option<Span>, scope: &Generics, diagnostics: &mut Diagnostics) -> Outcome {
        let (fallible, value) = match fallible(result) {
            Some((path, value)) => (Some(path), value),
            None => (None, ungroup(result).clone()),
        };
        let (target, aux) = match (&value, aux) {
            (_, None) => (value.clone(), Vec::new()),
            (Type::Tuple(tuple), Some(_)) if tuple.elems.len() > 1 => {
                (tuple.elems[0].clone(), tuple.elems.iter().skip(1).cloned().collect())
            }
            (_, Some(option)) => {
                diagnostics.error_at(
                    option,
                    "`aux` is for a result of several parts: `(value, further…)`\nhelp: return a tuple, or remove `aux`",
                );
                (value.clone(), Vec::new())
            }
        };
        Outcome { fallible, target_kind: kind(&target, scope), value, target, aux }
    }

    pub(crate) fn is_fallible(&self) -> bool {
        self.fallible.is_some()
    }

    /// The type of a companion's result that stands where the function's value does.
    pub(crate) fn wrapped_type(&self, inner: TokenStream) -> TokenStream {
        let Some(path) = &self.fallible else { return inner };
        let mut path = path.clone();
        let last = path.path.segments.last_mut().expect("a path has a segment");
        if let PathArguments::AngleBracketed(arguments) = &mut last.arguments {
            let first = arguments.args.iter_mut().find(|argument| matches!(argument, GenericArgument::Type(_)));
            *first.expect("it has a type argument") = GenericArgument::Type(Type::Verbatim(inner));
            let made_here = |span: Span| span.resolved_at(Span::call_site());
            arguments.lt_token.span = made_here(arguments.lt_token.span);
            arguments.gt_token.span = made_here(arguments.gt_token.span);
            // Lints on complex types look at the path as a whole. `$crate` means what its place says.
            for segment in path.path.segments.iter_mut().filter(|segment| segment.ident != "$crate") {
                segment.ident.set_span(made_here(segment.ident.span()));
            }
        }
        path.into_token_stream()
    }

    /// `Ok(value)`, `Some(value)`, or the value itself.
    pub(crate) fn success(&self, value: TokenStream) -> TokenStream {
        match self.constructor() {
            Some((success, _)) => quote!(#success(#value)),
            None => value,
        }
    }

    /// What a failure is, if the function can fail.
    pub(crate) fn failing(&self) -> Option<Failure> {
        self.constructor().map(|(_, is_result)| if is_result { Failure::Err } else { Failure::None })
    }

    /// The `?` after a companion's result.
    pub(crate) fn question_mark(&self) -> TokenStream {
        if self.is_fallible() {
            quote!(?)
        } else {
            TokenStream::new()
        }
    }

    /// `success` where there is a value, which takes the name of the whole; a failure is passed on.
    pub(crate) fn on_success(&self, value: &Ident, success: &TokenStream) -> TokenStream {
        if !self.is_fallible() {
            return success.clone();
        }
        let (pattern, failure) = (self.success(quote!(#value)), self.failure());
        quote!(match #value { #pattern => { #success } #failure => #failure })
    }

    /// The pattern of a failure, and the failure that it stands for.
    pub(crate) fn failure(&self) -> TokenStream {
        match self.constructor() {
            Some((_, true)) => quote!(::core::result::Result::Err(error)),
            _ => quote!(::core::option::Option::None),
        }
    }

    /// The constructor of a success, and whether failures carry something.
    fn constructor(&self) -> Option<(TokenStream, bool)> {
        let name = &self.fallible.as_ref()?.path.segments.last()?.ident;
        Some(if name == "Option" {
            (quote!(::core::option::Option::Some), false)
        } else {
            (quote!(::core::result::Result::Ok), true)
        })
    }
}

/// `Result<R, E>` and `R`, by the last segment of the written type.
fn fallible(result: &Type) -> Option<(TypePath, Type)> {
    let Type::Path(path) = ungroup(result) else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Result" && last.ident != "Option" {
        return None;
    }
    let value = super::passive::type_arguments(&last.arguments).next()?;
    Some((path.clone(), ungroup(value).clone()))
}
