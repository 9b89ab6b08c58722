//! What the companions' signatures are made of.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::{Ident, Item, Receiver, Type};

use super::Companion;
use crate::emit::names::{at, seen_as_ours};
use crate::emit::writer::{tuple, Writer};
use crate::ir::{Block, Callee, Op, Value};
use crate::parse::{Argument, Outcome, Place};
use crate::reverse::Derivative;

impl Companion<'_> {
    /// What is configured out together with the function.
    pub(super) fn cfg(&self) -> Vec<&syn::Attribute> {
        self.source.item.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect()
    }

    /// The attributes of each of the functions that stand beside a method.
    pub(super) fn attributes(&self) -> TokenStream {
        let (cfg, allowed) = (self.cfg(), self.allowed());
        quote!(#(#cfg)* #(#allowed)*)
    }

    /// The name of a companion that users call.
    pub(super) fn companion(&self, name: &str) -> Ident {
        let base = self.source.options.name.as_ref().unwrap_or(&self.source.item.sig.ident);
        let companion = self.source.place.companion(base, name);
        Ident::new(&companion.to_string(), at(companion.span()))
    }

    /// The name of the hidden form. Callers know a method's own name alone.
    pub(super) fn hidden(&self, name: &str) -> Ident {
        let companion = self.source.place.companion(&self.source.item.sig.ident, name);
        Ident::new(&companion.to_string(), at(companion.span()))
    }

    /// What the user allows in the function, its derivative may do as well.
    pub(super) fn allowed(&self) -> Vec<TokenStream> {
        let lists = self
            .source
            .item
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("allow") || attribute.path().is_ident("expect"));
        lists
            .filter_map(|attribute| {
                attribute.meta.require_list().ok().map(|list| {
                    let lints = &list.tokens;
                    quote!(#[allow(#lints)])
                })
            })
            .collect()
    }

    /// What the companions are items of.
    pub(super) fn owner(&self) -> TokenStream {
        if self.source.place.is_of_trait() {
            self.owner_of_the_function()
        } else {
            quote_spanned!(self.here()=> Self)
        }
    }

    fn owner_of_the_function(&self) -> TokenStream {
        match &self.source.surroundings.of_trait {
            Some(of_trait) => quote_spanned!(self.here()=> <Self as #of_trait>),
            None => quote_spanned!(self.here()=> Self),
        }
    }

    /// The methods of the prelude that the function calls are those, and no others of these names.
    pub(super) fn check_of_prelude_methods(&self) -> TokenStream {
        let methods = self.program.map_or(&[][..], |program| &program.primal.prelude_methods);
        let (here, krate) = (self.here(), self.krate);
        let calls = methods.iter().map(|(name, op)| {
            // As lints see it, this is the macro's.
            let name = Ident::new(&name.to_string(), at(name.span()));
            let numbers = op.row().operands[1..].iter().map(|number| own(number));
            quote_spanned!(here=> #name(#(#numbers)*))
        });
        let calls: Vec<_> = calls.collect();
        if calls.is_empty() {
            return TokenStream::new();
        }
        quote_spanned!(here=> #krate::rt::assert_methods!(#(#calls),*);)
    }

    /// Of a trait's method: a type's own method of that name, which method calls find first, has a derivative as well.
    pub(super) fn check_of_method_calls(&self) -> TokenStream {
        let Some(of_trait) = self.source.surroundings.of_trait.as_ref().filter(|_| self.source.place != Place::Trait) else {
            return TokenStream::new();
        };
        if self.has_anonymous() {
            return TokenStream::new();
        }
        let (here, krate, turbofish) = (self.here(), self.krate, self.turbofish());
        let owner = self.owner_of_the_function();
        let both = |name: &Ident| quote_spanned!(here=> [Self::#name #turbofish, #owner::#name #turbofish]);
        let method = both(&self.source.item.sig.ident);
        let companion = self.source.place.is_of_trait().then(|| {
            let vjp = both(&self.companion("vjp"));
            quote_spanned!(here=> , #vjp)
        });
        let mut of_trait = of_trait.clone();
        for segment in &mut of_trait.segments {
            segment.arguments = syn::PathArguments::None;
            // Lints on imports look away; `$crate` has its meaning from where it stands.
            if segment.ident != "$crate" {
                segment.ident.set_span(at(segment.ident.span()));
            }
        }
        quote_spanned!(here=> #krate::rt::assert_found!(#of_trait, #method #companion);)
    }

    /// The user's function as a value, where the arguments are in scope.
    pub(super) fn function(&self) -> TokenStream {
        let function = &self.source.item.sig.ident;
        let generics = self.explicit_generics();
        match self.source.place {
            Place::Module if self.needs_primal() => quote!(Self::primal()),
            Place::Module => quote!(#function #generics),
            _ => {
                let owner = self.owner_of_the_function();
                quote_spanned!(self.here()=> #owner::#function #generics)
            }
        }
    }

    /// `f,`: the same as the first argument of a hidden form. A method is found by its companion's name.
    pub(super) fn given_function(&self) -> Option<TokenStream> {
        (self.source.place == Place::Module).then(|| {
            let function = self.function();
            quote!(#function,)
        })
    }

    /// The same with the generic arguments of this companion.
    pub(super) fn instance(&self) -> TokenStream {
        let (function, turbofish) = (&self.source.item.sig.ident, self.turbofish());
        match self.source.place {
            Place::Module if self.needs_primal() => quote!(Self::primal #turbofish ()),
            Place::Module => quote!(#function #turbofish),
            _ => {
                let owner = self.owner_of_the_function();
                quote_spanned!(self.here()=> #owner::#function #turbofish)
            }
        }
    }

    /// Whoever calls the gradient uses the function, as far as rustc's dead-code lint is concerned.
    pub(super) fn mention(&self) -> TokenStream {
        if self.source.place != Place::Module && self.has_anonymous() {
            // A type without a name is decided by a call alone.
            let (owner, function) = (self.owner_of_the_function(), &self.source.item.sig.ident);
            let names: Vec<_> = (0..self.arguments().len()).map(|i| own(&format!("argument_{i}"))).collect();
            let types = self.arguments().iter().map(|argument| &argument.ty);
            return quote!(let _ = |#(#names: #types),*| #owner::#function(#(#names),*););
        }
        let function = self.instance();
        quote!(let _ = #function;)
    }

    fn has_anonymous(&self) -> bool {
        crate::parse::generic_names(&self.source.item).iter().any(crate::parse::is_anonymous)
    }

    /// An argument has the function's own name.
    pub(super) fn is_hidden_by_argument(&self) -> bool {
        self.source.place == Place::Module && self.arguments().iter().any(|argument| argument.name == self.source.item.sig.ident)
    }

    /// The function cannot be named as a value where its arguments are in scope: one of them has its name, or it has a
    /// type parameter without a name.
    fn needs_primal(&self) -> bool {
        self.is_hidden_by_argument() || self.source.place == Place::Module && self.has_anonymous()
    }

    /// The user's function, from where no argument hides it, and with all its types decided.
    pub(super) fn primal(&self) -> TokenStream {
        if !self.needs_primal() {
            return TokenStream::new();
        }
        let names = crate::parse::generic_names(&self.source.item);
        let turbofish = super::bounds::arguments(names.iter().filter(|name| !crate::parse::is_anonymous(name)));
        let (function, result) = (&self.source.item.sig.ident, self.result());
        let (impl_generics, _, bound) = self.generics.split_for_impl();
        let types = self.arguments().iter().map(|argument| &argument.ty);
        quote! {
            #[inline]
            fn primal #impl_generics () -> impl ::core::ops::Fn(#(#types),*) -> #result + ::core::marker::Copy #bound { #function #turbofish }
        }
    }

    pub(super) fn vis(&self) -> TokenStream {
        seen_as_ours(self.source.item.vis.to_token_stream())
    }

    pub(super) fn outcome(&self) -> &Outcome {
        &self.source.signature.outcome
    }

    /// The gradient in one pass over the program, where there is such a thing.
    pub(super) fn fused(&self) -> Option<&Derivative> {
        self.program.and_then(|program| program.fused.as_ref())
    }

    /// What the documentation of a fallible companion says.
    pub(super) fn errors_section(&self) -> TokenStream {
        if !self.outcome().is_fallible() {
            return TokenStream::new();
        }
        quote! {
            ///
            /// # Errors
            ///
            /// Those of the function itself.
        }
    }

    /// `d_x`: the names of the gradients in a companion of the macro's own.
    pub(super) fn gradient_names(&self) -> Vec<Ident> {
        let differentiated = self.source.signature.differentiated();
        differentiated.map(|(_, argument)| self.local(&format!("d_{}", argument.name.unraw()))).collect()
    }

    /// What the hidden form's pullback returns: nothing for an argument that is not differentiated.
    pub(super) fn gradient_pattern(&self) -> TokenStream {
        tuple(&self.by_argument(self.gradient_names().iter().map(ToTokens::to_token_stream), &quote!(())))
    }

    /// One for each argument: these for the differentiated ones, in their order, and the same for all others.
    pub(super) fn by_argument(
        &self,
        differentiated: impl IntoIterator<Item = TokenStream>,
        others: &TokenStream,
    ) -> Vec<TokenStream> {
        let mut differentiated = differentiated.into_iter();
        let one = |argument: &Argument| {
            if argument.differentiated {
                differentiated.next().expect("one for each")
            } else {
                others.clone()
            }
        };
        self.arguments().iter().map(one).collect()
    }

    /// The wants of who wants all gradients.
    pub(super) fn all_wanted(&self) -> TokenStream {
        let krate = self.krate;
        tuple(&self.by_argument(std::iter::repeat(quote!(#krate::rt::Yes)), &quote!(#krate::rt::No)))
    }

    /// The wants of who wants what the callers of this form want.
    pub(super) fn as_wanted(&self) -> TokenStream {
        let (krate, wants) = (self.krate, self.want_parameters());
        let differentiated = self.arguments().iter().zip(&wants).filter(|(argument, _)| argument.differentiated);
        let wanted = differentiated.map(|(_, want)| quote!(<#want as ::core::default::Default>::default()));
        tuple(&self.by_argument(wanted, &quote!(#krate::rt::No)))
    }

    pub(super) fn has_gradient(&self) -> bool {
        self.outcome().may_be_scalar()
    }

    pub(super) fn arguments(&self) -> &[Argument] {
        &self.source.signature.arguments
    }

    pub(super) fn result(&self) -> &Type {
        &self.source.signature.result
    }

    /// `name: Type`, for a companion whose body has nothing of the user's in it.
    pub(super) fn parameters(&self) -> Vec<TokenStream> {
        self.names().iter().zip(self.arguments()).map(|(name, argument)| parameter(name, argument)).collect()
    }

    /// The arguments' names there: read, though the user may not, and the macro's own.
    pub(super) fn names(&self) -> Vec<Ident> {
        self.names.clone()
    }

    /// A local of a companion's own, which none of its arguments is called.
    pub(super) fn local(&self, name: &str) -> Ident {
        let mut name = name.to_owned();
        while self.names.iter().any(|argument| *argument == name) {
            name.push('_');
        }
        own(&name)
    }

    /// The items of the body: the user's own, and the runtime's methods where a receiver's type decides whose is called.
    pub(super) fn items(&self, body: &Block) -> TokenStream {
        let (items, krate) = (self.own_items(), self.krate);
        let import = calls_method(body).then(|| quote!(use #krate::rt::residuals::*;));
        quote!(#import #(#items)*)
    }

    pub(super) fn own_items(&self) -> &[Item] {
        self.program.map_or(&[], |program| &program.primal.items)
    }

    /// Gives the arguments their names; those that are not read are called `_`.
    pub(super) fn signature(&self, writer: &mut Writer, params: &[Value]) -> Vec<TokenStream> {
        self.name_arguments(writer, params);
        self.parameters_read(writer, params, "")
    }

    /// Gives the arguments their names.
    pub(super) fn name_arguments(&self, writer: &mut Writer, params: &[Value]) {
        self.arguments().iter().zip(params).for_each(|(argument, value)| writer.names.give(*value, &argument.name));
    }

    /// The parameters; those that neither the body reads nor the text in front of it are called `_`.
    pub(super) fn parameters_read(&self, writer: &mut Writer, params: &[Value], further: &str) -> Vec<TokenStream> {
        let items = self.own_items();
        let text = quote!(#(#items)*).to_string() + further;
        self.arguments()
            .iter()
            .zip(params)
            .map(|(argument, value)| {
                let (name, ty) = (&argument.name, &argument.ty);
                let is_mentioned = writer.layout.is_used(*value) || text.contains(&name.to_string());
                if is_mentioned || argument.receiver.is_some() {
                    parameter(name, argument)
                } else {
                    quote!(_: #ty)
                }
            })
            .collect()
    }
}

/// The arguments' names in a companion of the macro's own.
pub(super) fn names(arguments: &[Argument]) -> Vec<Ident> {
    let mut names: Vec<Ident> = Vec::new();
    for (position, argument) in arguments.iter().enumerate() {
        let mut name = own_name(argument, position);
        while names.contains(&name) {
            name = quote::format_ident!("{name}_", span = name.span());
        }
        names.push(name);
    }
    names
}

/// `d_x`: what a gradient may be called where the user's variables have their names.
pub(super) fn gradient_name(argument: &Argument) -> Ident {
    format_ident!("d_{}", argument.name.unraw(), span = at(argument.name.span()))
}

/// A name of the macro's own, which no name of the user's can be.
pub(super) fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// `name: Type`, or `&self` as the user wrote it.
fn parameter(name: &Ident, argument: &Argument) -> TokenStream {
    let ty = &argument.ty;
    match &argument.receiver {
        Some(Receiver { colon_token: None, reference: Some((and, lifetime)), mutability, .. }) => {
            quote!(#and #lifetime #mutability #name)
        }
        Some(Receiver { colon_token: None, .. }) => quote!(#name),
        _ => quote!(#name: #ty),
    }
}

/// A receiver by value. Callers cannot see that it is one, and give any receiver a second time by reference.
pub(super) fn is_consumed_receiver(argument: &Argument) -> bool {
    argument.receiver.is_some() && !matches!(argument.ty, Type::Reference(_))
}

/// The name of an argument in a companion of the macro's own.
fn own_name(argument: &Argument, position: usize) -> Ident {
    if argument.receiver.is_some() {
        return Ident::new("self", argument.name.span().resolved_at(Span::mixed_site()));
    }
    let name = argument.name.unraw().to_string();
    let name = match name.trim_start_matches('_') {
        "" => format!("argument_{position}"),
        digits if digits.starts_with(|c: char| c.is_ascii_digit()) => format!("argument_{digits}"),
        name => name.to_owned(),
    };
    let span = argument.name.span().resolved_at(Span::mixed_site());
    syn::parse_str::<Ident>(&name).map_or_else(|_| Ident::new_raw(&name, span), |_| Ident::new(&name, span))
}

pub(super) fn calls_method(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| {
        let is_method =
            matches!(&stmt.op, Op::Linearize(call) | Op::LinearizeAlong(call, _) | Op::Pushforward(call, _) if matches!(call.callee, Callee::Method(..)));
        is_method || stmt.op.blocks().into_iter().any(calls_method)
    })
}

/// For a companion that has more arguments than a lint agrees to, where the function does not: they are the function's own, and what the
/// companion adds.
pub(super) fn allowing_so_many(arguments: usize) -> Option<TokenStream> {
    (arguments > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]))
}
