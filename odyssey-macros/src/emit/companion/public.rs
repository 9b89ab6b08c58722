//! The companions that users call.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::{Ident, Type};

use super::signature::is_consumed_receiver;
use super::Companion;
use crate::emit::layout::{Layout, Results};
use crate::emit::names::locate;
use crate::emit::types::{bare_or_tuple, tangent};
use crate::emit::wants::Guards;
use crate::emit::writer::tuple;
use crate::ir::Kind;
use crate::parse::{Argument, Place};
use crate::reverse::Derivative;

impl Companion<'_> {
    pub(super) fn value_and_grad(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (here, vis, result, bound) = (self.here(), self.vis(), self.result(), self.scalar_bound());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let gradients = bare_or_tuple(&self.tangents);
        let (parameters, body) = match &self.program.fused {
            Some(fused) => self.fused_body(fused),
            None => {
                let (names, krate) = (self.names(), self.krate);
                let [value, pullback] = ["value", "pullback"].map(|name| self.local(name));
                let (vjp, generics) = (self.companion("vjp"), self.explicit_generics());
                let body = quote_spanned! {here=>
                    let (#value, #pullback) = Self::#vjp #generics(#(#names),*);
                    (#value, #pullback(<#result as #krate::rt::ScalarResult>::seed()))
                };
                (self.parameters(), body)
            }
        };
        let name = self.companion("value_and_grad");
        quote_spanned! {here=>
            /// The value, and the gradient with respect to the differentiated arguments.
            #[inline]
            #vis fn #name #impl_generics (#(#parameters),*) -> (#result, #gradients) #bound { #body }
        }
    }

    pub(super) fn grad(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (here, vis, bound) = (self.here(), self.vis(), self.scalar_bound());
        let (parameters, names) = (self.parameters(), self.names());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let gradients = bare_or_tuple(&self.tangents);
        let [name, value_and_grad] = ["grad", "value_and_grad"].map(|name| self.companion(name));
        let generics = self.explicit_generics();
        quote_spanned! {here=>
            /// The gradient with respect to the differentiated arguments.
            #[inline]
            #vis fn #name #impl_generics (#(#parameters),*) -> #gradients #bound { Self::#value_and_grad #generics(#(#names),*).1 }
        }
    }

    pub(super) fn vjp(&self) -> TokenStream {
        let (here, vis, krate, result) = (self.here(), self.vis(), self.krate, self.result());
        let (impl_generics, _, bound) = self.generics.split_for_impl();
        let (parameters, names) = (self.parameters(), self.names());
        let cotangent = tangent(result, krate);
        let gradients = bare_or_tuple(&self.tangents);
        let wants =
            self.arguments()
                .iter()
                .map(|argument| if argument.differentiated { quote!(#krate::rt::Yes) } else { quote!(#krate::rt::No) });
        let wants = tuple(&wants.collect::<Vec<_>>());
        let first: Vec<_> = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name)).collect();
        let again =
            self.arguments().iter().zip(&names).map(
                |(argument, name)| {
                    if is_consumed_receiver(argument) {
                        quote!(&#name)
                    } else {
                        quote!(#name)
                    }
                },
            );
        let (companion, hidden, hidden_generics) =
            (self.companion("vjp"), self.hidden_companion(), self.explicit_hidden_generics());
        let function = (self.source.place == Place::Module).then(|| {
            let function = self.function();
            quote!(#function,)
        });
        let [value, pullback, cotangent_name, kept_name] =
            ["value", "pullback", "cotangent", "kept"].map(|name| self.local(name));
        let locals: Vec<_> = self
            .source
            .signature
            .differentiated()
            .map(|(_, argument)| self.local(&format!("d_{}", argument.name.unraw())))
            .collect();
        let results: Vec<_> = self
            .arguments()
            .iter()
            .map(|argument| {
                if argument.differentiated {
                    self.local(&format!("d_{}", argument.name.unraw())).into_token_stream()
                } else {
                    quote!(())
                }
            })
            .collect();
        let (results, locals) =
            (tuple(&results), bare_or_tuple(&locals.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        // The value goes to the caller; the pullback needs it a second time.
        let is_scalar = self.source.signature.result_kind.is_scalar();
        let (keep, kept) = if is_scalar {
            (TokenStream::new(), quote!(#value))
        } else {
            (quote!(let #kept_name = ::core::clone::Clone::clone(&#value);), quote!(#kept_name))
        };
        quote_spanned! {here=>
            /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
            #[inline]
            #vis fn #companion #impl_generics (#(#parameters),*) -> (#result, #krate::borrowing!(::core::ops::FnOnce(#cotangent) -> #gradients)) #bound {
                let (#value, #pullback) = Self::#hidden #hidden_generics(#function #(#first,)* #wants);
                #keep
                (#value, move |#cotangent_name| {
                    let #results = #pullback(#(#again,)* &#kept, #cotangent_name);
                    #locals
                })
            }
        }
    }

    /// The argument for the first of two times.
    pub(super) fn lend(argument: &Argument, name: &Ident) -> TokenStream {
        match argument.kind {
            Kind::Scalar | Kind::Reference(_) => quote!(#name),
            _ => quote!(::core::clone::Clone::clone(&#name)),
        }
    }

    pub(super) fn check_grad(&self) -> TokenStream {
        let can_be_changed = self.source.signature.differentiated().all(|(_, argument)| can_be_changed(&argument.ty));
        if !self.has_gradient() || !can_be_changed {
            return TokenStream::new();
        }
        let (here, vis, krate, function) = (self.here(), self.vis(), self.krate, self.function());
        let parameters = self.parameters();
        let living = self.living_generics();
        let bound = self.float_bound(&living);
        let (impl_generics, ..) = living.split_for_impl();
        let gradients: Vec<_> = self
            .source
            .signature
            .differentiated()
            .map(|(_, argument)| self.local(&format!("d_{}", argument.name.unraw())))
            .collect();
        let pattern = bare_or_tuple(&gradients.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let names = self.names();
        let clones: Vec<_> = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name)).collect();
        let checks = self.source.signature.differentiated().zip(&gradients).map(|((position, argument), gradient)| {
            let (name, label) = (&names[position], argument.name.unraw().to_string());
            let varied = if argument.receiver.is_some() { self.local("this") } else { name.clone() };
            // A copy is lent as a view: what is called takes a reference to that.
            let (copied, changed) = if is_view_reference(&argument.ty) {
                (quote!(&#name.view()), quote!(&#varied))
            } else {
                (quote!(&#name), quote!(#varied))
            };
            let arguments =
                clones.iter().enumerate().map(|(i, clone)| if i == position { changed.clone() } else { clone.clone() });
            let check = quote!(#krate::check::argument(#label, #copied, |#varied| #function(#(#arguments),*), &#gradient)?;);
            locate(check, syn::spanned::Spanned::span(&argument.ty))
        });
        let [name, grad] = ["check_grad", "grad"].map(|name| self.companion(name));
        let generics = self.explicit_generics();
        quote_spanned! {here=>
            /// Compares the gradient with central differences.
            ///
            /// # Errors
            ///
            /// The first entry that differs by more than the element type and the scale of the values justify.
            #[inline]
            #vis fn #name #impl_generics (#(#parameters),*) -> ::core::result::Result<(), #krate::check::GradientMismatch> #bound {
                let #pattern = Self::#grad #generics(#(#clones),*);
                #(#checks)*
                ::core::result::Result::Ok(())
            }
        }
    }

    /// The body of `value_and_grad`: both passes in one scope.
    pub(super) fn fused_body(&self, fused: &Derivative) -> (Vec<TokenStream>, TokenStream) {
        let mut program = fused.forward.clone();
        program.results.extend(&fused.reverse.results);
        program.stmts.extend(fused.reverse.stmts.iter().cloned());
        let (layout, places) = Layout::new(&fused.values, &[(&program, Results::Named)], &[]);
        let mut writer = self.writer(&fused.values, layout, Guards::default());
        let parameters = self.signature(&mut writer, &program.params);
        let items = self.items(fused);
        let stmts = writer.block(&program, &places[0]);
        let value = writer.consume(program.results[0]).tokens;
        let differentiated = self.source.signature.differentiated();
        let gradients =
            program.results[1..].iter().zip(differentiated).map(|(v, (_, argument))| self.gradient(&mut writer, *v, argument));
        let gradients: Vec<_> = gradients.collect();
        let gradients = bare_or_tuple(&gradients);
        // Whoever calls the gradient uses the function, as far as rustc's dead-code lint is concerned.
        let function = self.instance();
        (parameters, quote!(#items let _ = #function; #stmts (#value, #gradients)))
    }
}

/// A copy of such an argument can be changed and lent: not a reference to an array that shares its numbers.
fn can_be_changed(ty: &Type) -> bool {
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
