//! `check_grad`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::{Ident, Lifetime, Type};

use super::Companion;
use crate::emit::names::locate;
use crate::emit::types::bare_or_tuple;
use crate::ir::Kind;
use crate::parse::Argument;

impl Companion<'_> {
    pub(super) fn check_grad(&self) -> TokenStream {
        let can_be_changed = self.source.signature.differentiated().all(|(_, argument)| self.can_be_changed(&argument.ty));
        if !self.has_gradient() || !can_be_changed {
            return TokenStream::new();
        }
        let (here, vis, krate, function) = (self.here(), self.vis(), self.krate, self.function());
        let parameters = self.parameters();
        let copied = self.copied_generics();
        let bound = self.float_bound(&copied);
        let (impl_generics, ..) = copied.split_for_impl();
        let gradients = self.gradient_names();
        let pattern = bare_or_tuple(&gradients.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let names = self.names();
        // A function that changes its arguments gets new ones each time.
        let initial = |argument: &Argument, name: &Ident| {
            if argument.receiver.is_some() {
                self.local("initial")
            } else {
                name.clone()
            }
        };
        let exclusive = self.arguments().iter().zip(&names).filter(|(argument, _)| argument.kind.is_exclusive());
        let before: TokenStream = exclusive
            .map(|(argument, name)| {
                let initial = initial(argument, name);
                quote_spanned!(here=> let #initial = (*#name).to_owned();)
            })
            .collect();
        let clones: Vec<_> = self
            .arguments()
            .iter()
            .zip(&names)
            .map(|(argument, name)| {
                if argument.kind.is_exclusive() {
                    let initial = initial(argument, name);
                    quote_spanned!(here=> &mut #initial.clone())
                } else {
                    Self::lend(argument, name)
                }
            })
            .collect();
        let checks = self.source.signature.differentiated().zip(&gradients).map(|((position, argument), gradient)| {
            let (name, label) = (&names[position], argument.name.unraw().to_string());
            // What borrows from outside is lent in place, for as long as it lives; numbers and arrays are for any time.
            let is_lent = self.is_plain(argument);
            let varied = if is_lent { name.clone() } else { self.local("copy") };
            let (copied, lent) = if is_view_reference(&argument.ty) {
                // A copy is lent as a view: what is called takes a reference to that.
                (quote!(&#name.view()), quote!(&))
            } else if argument.kind.is_exclusive() {
                let initial = initial(argument, name);
                (quote!(&&#initial), quote!(&mut))
            } else {
                (quote!(&#name), quote!())
            };
            let changed = match (is_lent, argument.kind.is_exclusive()) {
                (true, _) => quote!(#lent #varied),
                (false, false) => quote!(#lent #krate::check::lend(#copied, #varied)),
                (false, true) => quote!(#lent #krate::check::lend(#copied, #varied).to_owned()),
            };
            let arguments =
                clones.iter().enumerate().map(|(i, clone)| if i == position { changed.clone() } else { clone.clone() });
            let value = self.differentiated_value(&quote!(#function(#(#arguments),*)));
            let check = if is_lent { quote!(argument) } else { quote!(copied_argument) };
            let check = quote!(#krate::check::#check(#label, #copied, |#varied| #value, &#gradient)?;);
            locate(check, syn::spanned::Spanned::span(&argument.ty))
        });
        let checks = quote!(#(#checks)* ::core::result::Result::Ok(()));
        let (verdict, errors) = (quote!(::core::result::Result<(), #krate::check::GradientMismatch>), self.errors_section());
        let (result, checks) = if self.outcome().is_fallible() {
            (self.outcome().wrapped_type(verdict.clone()), self.outcome().success(quote!((|| -> #verdict { #checks })())))
        } else {
            (verdict, checks)
        };
        let [name, grad] = ["check_grad", "grad"].map(|name| self.companion(name));
        let (owner, generics, question_mark) = (self.owner(), self.explicit_generics(), self.outcome().question_mark());
        let errors = if errors.is_empty() {
            quote! {
                ///
                /// # Errors
                ///
                /// The first entry that differs by more than the element type and the scale of the values justify.
            }
        } else {
            errors
        };
        quote_spanned! {here=>
            /// Compares the gradient with central differences.
            #errors
            #[inline]
            #vis fn #name #impl_generics (#(#parameters),*) -> #result #bound {
                #before
                let #pattern = #owner::#grad #generics(#(#clones),*)#question_mark;
                #checks
            }
        }
    }

    /// The number that the differences are taken of; where there is none, one that agrees with nothing.
    fn differentiated_value(&self, call: &TokenStream) -> TokenStream {
        let outcome = self.outcome();
        let part = (!outcome.aux.is_empty()).then(|| quote!(.0));
        if !outcome.is_fallible() {
            return quote!(#call #part);
        }
        let (krate, target, pattern) = (self.krate, &outcome.target, outcome.success(quote!(value)));
        quote!(match #call { #pattern => value #part, _ => <#target as #krate::Real>::lit(::core::primitive::f64::NAN) })
    }
}

impl Companion<'_> {
    /// A copy of such an argument can be changed and lent: not a reference to an array that shares its numbers, nor a
    /// value of a type that nothing is known of.
    fn can_be_changed(&self, ty: &Type) -> bool {
        let is_unknown = matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| self.is_unknown(name)));
        !is_unknown && !self.borrows_from_outside(ty) && can_be_lent(ty)
    }

    /// Numbers, arrays or slices of a type that holds nothing else.
    fn is_plain(&self, argument: &Argument) -> bool {
        let is_plain = match argument.kind.peel() {
            Kind::Sequence(element) => element.is_numeric(),
            kind => kind.is_numeric(),
        };
        let is_float = |name: &Ident| crate::parse::kind(&syn::parse_quote!(#name), &self.source.scope).is_scalar();
        let mut names = self.source.scope.type_params().map(|param| &param.ident).filter(|name| !is_float(name));
        let tokens = argument.ty.to_token_stream();
        is_plain && !argument.kind.is_exclusive() && !names.any(|name| crate::parse::mentions(tokens.clone(), name))
    }

    /// Its lifetime is that of the block around the function: a copy would have to live as long.
    fn borrows_from_outside(&self, ty: &Type) -> bool {
        struct Lifetimes(Vec<Lifetime>);
        impl<'ast> Visit<'ast> for Lifetimes {
            fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
                self.0.push(lifetime.clone());
            }
        }
        let mut lifetimes = Lifetimes(Vec::new());
        lifetimes.visit_type(ty);
        let is_own = |lifetime: &Lifetime| self.generics.lifetimes().any(|param| param.lifetime == *lifetime);
        lifetimes.0.iter().any(|lifetime| !is_own(lifetime) && lifetime.ident != "static" && lifetime.ident != "_")
    }
}

fn can_be_lent(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Reference(_) => false,
            elem => !["CowArray", "ArcArray"].iter().any(|shared| starts_with(elem, shared)),
        },
        _ => true,
    }
}

/// `&ArrayView2<f64>`.
fn is_view_reference(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if starts_with(&reference.elem, "ArrayView"))
}

fn starts_with(ty: &Type, prefix: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with(prefix)))
}
