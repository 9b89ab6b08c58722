//! The hidden form of a derivative, for callers: see ARCHITECTURE.md.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::Ident;

use super::signature::{is_consumed_receiver, own};
use super::Companion;
use crate::emit::names::at;
use crate::emit::types::{any_lifetime, tangent};
use crate::emit::writer::tuple;
use crate::parse::{Place, Rule};

/// What the hidden form computes.
pub(super) struct Body {
    pub(super) parameters: Vec<TokenStream>,
    pub(super) stmts: TokenStream,
    pub(super) value: TokenStream,
    pub(super) pullback: TokenStream,
}

impl Companion<'_> {
    /// The type parameters for wants, one an argument.
    pub(super) fn want_parameters(&self) -> Vec<Ident> {
        let mut taken: Vec<_> = crate::parse::generic_names(&self.source.item).iter().map(ToString::to_string).collect();
        self.arguments()
            .iter()
            .map(|argument| {
                let mut camel = String::from("Want");
                for word in argument.name.unraw().to_string().split('_') {
                    let mut chars = word.chars();
                    camel.extend(chars.next().into_iter().flat_map(char::to_uppercase));
                    camel.push_str(chars.as_str());
                }
                while taken.contains(&camel) {
                    camel.push('_');
                }
                taken.push(camel.clone());
                Ident::new(&camel, at(argument.name.span()))
            })
            .collect()
    }

    /// The types of the cotangents that the hidden pullback takes: of the result, and of what is left in each argument that
    /// is `&mut`.
    fn all_cotangents(&self, of_result: TokenStream) -> Vec<TokenStream> {
        let exclusive = self.arguments().iter().filter(|argument| argument.kind.is_exclusive());
        let left = exclusive.map(|argument| if argument.differentiated { tangent(&argument.ty, self.krate) } else { quote!(()) });
        std::iter::once(of_result).chain(left).collect()
    }

    /// The value, and a pullback that borrows nothing, takes the arguments and the result a second time and computes
    /// what is wanted.
    pub(super) fn residual_vjp(&self) -> TokenStream {
        let (here, krate, vis, result, function) = (self.here(), self.krate, self.vis(), self.result(), self.instance());
        let wants = self.want_parameters();
        let Body { parameters, stmts, value, pullback } = match (&self.source.options.rule, self.program) {
            (Some(Rule::Whole(_)), _) => self.body_of_a_rule(),
            (Some(Rule::Halves(forward, backward)), _) => self.body_of_halves(forward, backward),
            (None, Some(program)) => self.compiled_body(program),
            (None, None) => unreachable!("a function without a rule is compiled"),
        };
        let mut bound = Vec::new();
        let types: Vec<_> =
            self.arguments().iter().map(|argument| any_lifetime(&argument.ty, self.generics, &mut bound)).collect();
        let again_types = self.arguments().iter().zip(&types).map(|(argument, ty)| {
            if argument.kind.is_exclusive() {
                quote!(())
            } else if is_consumed_receiver(argument) {
                quote!(&#ty)
            } else {
                quote!(#ty)
            }
        });
        let for_any = (!bound.is_empty()).then(|| quote!(for<#(#bound),*>));
        let cotangents = self.all_cotangents(tangent(result, krate));
        let gradients = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            let tangent = tangent(&argument.ty, krate);
            if argument.differentiated {
                quote!(#want::Of<#tangent>)
            } else {
                quote!(())
            }
        });
        let gradients = gradients.collect::<Vec<_>>();
        let gradients = match &gradients[..] {
            [one] => quote_spanned!(here=> (#one,)),
            several => quote_spanned!(here=> (#(#several),*)),
        };
        let bounds = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            let is_excluded = !argument.differentiated;
            if is_excluded {
                quote!(#want: #krate::rt::Excluded)
            } else {
                quote!(#want: #krate::rt::Want)
            }
        });
        let (lifetimes, others): (Vec<_>, Vec<_>) =
            self.generics.params.iter().partition(|param| matches!(param, syn::GenericParam::Lifetime(_)));
        let bound = self.tangent_bound();
        // The hidden form has more arguments than the user's function, which lints have agreed to.
        let further = if self.source.place == Place::Module { 2 } else { 1 };
        let too_many = (self.arguments().len() + further > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let (primal_type, primal, check) = match self.source.place {
            Place::Module => {
                let (primal, ty) = (own("primal"), self.free_name("__Primal"));
                let check = quote!(#krate::rt::assert_same(&#primal, &#function););
                (quote!(#ty: #for_any ::core::ops::Fn(#(#types),*) -> #result,), quote!(#primal: #ty,), check)
            }
            // A method is found by the type of its receiver, as its companion is.
            Place::Impl => (TokenStream::new(), TokenStream::new(), quote!(let _ = #function;)),
        };
        let (hidden, want_tuple) =
            (self.hidden_companion(), tuple(&wants.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        let pullback_type =
            quote_spanned!(here=> #for_any ::core::ops::FnOnce(#(#again_types,)* &#result, #(#cotangents),*) -> #gradients);
        // A function that calls itself would have a type that contains itself.
        let (pullback_type, pullback) = if self.source.is_recursive() {
            (quote!(::std::boxed::Box<dyn #pullback_type>), quote!(::std::boxed::Box::new(#pullback)))
        } else {
            (quote_spanned!(here=> impl #pullback_type), pullback)
        };
        quote_spanned! {here=>
            #[doc(hidden)]
            #[inline]
            #too_many
            #vis fn #hidden<#(#lifetimes,)* #(#others,)* #primal_type #(#bounds),*>(
                #primal #(#parameters,)* _: #want_tuple
            ) -> (#result, #pullback_type) #bound {
                #check
                #stmts
                (#value, #pullback)
            }
        }
    }
}
