//! The paths of hidden forms and companions beside what is called.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use crate::emit::companion::given_in_few;
use crate::emit::fragment::Fragment;
use crate::emit::names::{at, given};
use crate::ir::Callee;

/// The hidden form of that name of what is called, with what comes behind the arguments.
pub(in crate::emit) fn hidden_call(
    callee: &Callee,
    form: &str,
    args: Vec<Fragment>,
    further: &TokenStream,
    span: Span,
) -> TokenStream {
    let receiver = args[0].receiver();
    // Its own type parameters: one an argument for each of tangents and wants.
    let own = args.len() * if form == "residual_hvp" { 2 } else { 1 };
    let mut args = given_in_few(args.into_iter().map(|arg| arg.tokens).collect());
    let here = at(span);
    match callee {
        Callee::Path(path) if callee.is_associated() => {
            let companion = sibling_path(path, form, own);
            let args = given(quote_spanned!(here=> #(#args,)* #further), span);
            quote_spanned!(here=> #companion #args)
        }
        Callee::Path(path) | Callee::Each(path) | Callee::ValueAndGrad(path) => {
            let (companion, generics) = companion_path(path, own);
            let function = match (callee, form) {
                (Callee::ValueAndGrad(_), _) => format_ident!("value_and_grad_{form}", span = span),
                _ => Ident::new(form, span),
            };
            let args = given(quote_spanned!(here=> #path, #(#args,)* #further), span);
            quote_spanned!(span=> #companion::#function #generics #args)
        }
        Callee::Method(name, turbofish) => {
            let function = format_ident!("{name}_{form}", span = name.span());
            let turbofish = turbofish.as_ref().map(|generics| with_inferred(generics, own));
            args.remove(0);
            let args = given(quote_spanned!(here=> #(#args,)* #further), span);
            quote_spanned!(here=> #receiver.#function #turbofish #args)
        }
    }
}

/// `Type::f::<T>` as the path of the hidden form beside it.
fn sibling_path(path: &syn::ExprPath, form: &str, arguments: usize) -> syn::ExprPath {
    let mut sibling = path.clone();
    let last = sibling.path.segments.last_mut().expect("a path has a segment");
    last.ident = format_ident!("{}_{form}", last.ident, span = last.ident.span());
    if let syn::PathArguments::AngleBracketed(generics) = &last.arguments {
        last.arguments = syn::PathArguments::AngleBracketed(with_inferred(generics, arguments));
    }
    sibling
}

/// The generic arguments that the user wrote, and the wants, which are inferred.
fn with_inferred(generics: &syn::AngleBracketedGenericArguments, arguments: usize) -> syn::AngleBracketedGenericArguments {
    let mut generics = generics.clone();
    generics.args.extend((0..arguments).map(|_| -> syn::GenericArgument { syn::parse_quote!(_) }));
    generics
}

/// `nn::f::<T>` as the companion's path and the generic arguments of its function.
pub(in crate::emit) fn companion_path(path: &syn::ExprPath, arguments: usize) -> (syn::ExprPath, TokenStream) {
    let mut companion = path.clone();
    let last = companion.path.segments.last_mut().expect("a path has a segment");
    let generics = match std::mem::take(&mut last.arguments) {
        syn::PathArguments::AngleBracketed(generics) => {
            let given = generics.args.iter();
            let inferred = (0..=arguments).map(|_| quote!(_));
            quote!(::<#(#given,)* #(#inferred),*>)
        }
        _ => TokenStream::new(),
    };
    (companion, generics)
}
