//! Derivatives of derivatives: the hidden forms of `value_and_grad` and `grad`, for bodies that call these.
//!
//! The pullback of a gradient is the Hessian times what comes back for it, and so is its tangent: both are `residual_hvp`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;

use super::hidden::{declared_in_few, given_in_few, Body, Order};
use super::signature::is_consumed_receiver;
use super::Companion;
use crate::emit::types::bare_or_tuple;
use crate::emit::writer::tuple;
use crate::parse::Place;

/// Which companion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    ValueAndGrad,
    Grad,
}

impl Of {
    pub(super) fn name(self) -> &'static str {
        match self {
            Of::ValueAndGrad => "value_and_grad",
            Of::Grad => "grad",
        }
    }

    /// Its result from the value, or what belongs to it, and the gradients, or what belongs to them.
    pub(super) fn result(self, value: TokenStream, gradients: TokenStream) -> TokenStream {
        match self {
            Of::ValueAndGrad => quote!((#value, #gradients)),
            Of::Grad => gradients,
        }
    }
}

impl Companion<'_> {
    pub(super) fn nested(&self) -> TokenStream {
        let is_plain = !self.outcome().is_fallible() && self.outcome().aux.is_empty();
        if !self.has_second() || !is_plain {
            return TokenStream::new();
        }
        let forms = |of| {
            let (residual, pushed) = (self.nested_residual_vjp(of), self.nested_pushforward(of));
            quote!(#residual #pushed)
        };
        // `f::grad` is a part of `f::value_and_grad`; of a method's name, nothing is known.
        let of_methods = (self.source.place != Place::Module).then(|| {
            let (forms, twice) = (forms(Of::Grad), [Of::ValueAndGrad, Of::Grad].map(|of| self.nested_residual_hvp(of)));
            quote!(#forms #(#twice)*)
        });
        let of_functions =
            (self.source.place == Place::Module).then(|| self.over_floats.unwrap_or(self).nested_residual_hvp(Of::ValueAndGrad));
        let forms = forms(Of::ValueAndGrad);
        quote!(#forms #of_functions #of_methods)
    }

    /// The type of the companion's result, or of its tangent.
    pub(super) fn nested_result(&self, of: Of, is_tangent: bool) -> TokenStream {
        let value = &self.outcome().target;
        let value = if is_tangent { self.tangent(value) } else { value.to_token_stream() };
        of.result(value, bare_or_tuple(&self.tangents))
    }

    /// The call of `residual_hvp`.
    pub(super) fn call_of_second_order(&self, names: &[Ident], along: &[TokenStream], wants: &TokenStream) -> TokenStream {
        // The function itself, for arguments that live as long as they may.
        let function = self.given_function();
        let given = self.arguments().iter().zip(names).map(|(argument, name)| {
            if is_consumed_receiver(argument) && *name != "self" {
                // A pullback has it by reference.
                quote!(::core::clone::Clone::clone(#name))
            } else {
                Self::lend(argument, name)
            }
        });
        let (given, along) = (given_in_few(given.collect()), tuple(along));
        let (owner, hidden, generics) = (self.owner(), self.form_of_second_order(), self.explicit_hidden_generics(2));
        quote_spanned!(self.here()=> #owner::#hidden #generics(#function #(#given,)* #along, #wants))
    }

    fn nested_pushforward(&self, of: Of) -> TokenStream {
        let (here, vis, krate) = (self.here(), self.vis(), self.krate);
        let types = self.type_parameters("Along");
        let check = self.check_of_the_function();
        let generics = self.generics_with(&self.along_bounds(&types));
        let bound = self.with_second(&self.scalar_bound());
        let primal = self.primal_parameter();
        let along: Vec<_> =
            self.arguments().iter().map(|argument| self.local(&format!("along_{}", argument.name.unraw()))).collect();
        let names = self.names();
        // What was lent is given away.
        let handed = self.arguments().iter().zip(&names).zip(&along).map(|((argument, name), along)| {
            if argument.differentiated {
                quote_spanned!(here=> #krate::rt::handed(#along, &#name))
            } else {
                along.to_token_stream()
            }
        });
        let handed: Vec<_> = handed.collect();
        let (call, again) = (self.call_of_second_order(&names, &handed, &self.all_wanted()), self.given_again(&names));
        let [value, value_dot, pullback] = ["value", "value_dot", "pullback"].map(|name| self.local(name));
        let gradients = self.gradient_names();
        let pattern = self.by_argument(
            gradients.iter().map(|d| {
                let dot = self.local(&format!("{d}_dot"));
                quote_spanned!(here=> (#d, #dot))
            }),
            &quote!(()),
        );
        let pattern = tuple(&pattern);
        let results = |suffix: &str| {
            let names = gradients.iter().map(|d| self.local(&format!("{d}{suffix}")).to_token_stream());
            bare_or_tuple(&names.collect::<Vec<_>>())
        };
        let result = of.result(value.to_token_stream(), results(""));
        let result_dot = of.result(value_dot.to_token_stream(), results("_dot"));
        let [ty, ty_dot] = [false, true].map(|is_tangent| self.nested_result(of, is_tangent));
        let (attributes, name, target) =
            (self.hidden_attributes(), self.hidden(&format!("{}_pushforward", of.name())), &self.outcome().target);
        let parameters = declared_in_few(self.parameters());
        let types = tuple(&types.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let along = tuple(&along.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        quote_spanned! {here=>
            #attributes
            #vis fn #name #generics (#primal #(#parameters,)* #along: #types) -> (#ty, #ty_dot) #bound {
                #check
                let ((#value, #value_dot), #pullback) = #call;
                let #pattern = #pullback(#(#again,)* &#value, #krate::rt::constant_seed::<#target>());
                (#result, #result_dot)
            }
        }
    }

    fn nested_residual_vjp(&self, of: Of) -> TokenStream {
        let (here, vis, krate) = (self.here(), self.vis(), self.krate);
        let wants = self.want_parameters();
        let check = self.check_of_the_function();
        let generics = self.generics_with(&self.want_bounds(&wants));
        let bound = self.with_second(&self.scalar_bound());
        let primal = self.primal_parameter();
        let (names, again) = (self.names(), self.again_names());
        let [value, pullback, result, d_value] = ["value", "pullback", "result", "d_value"].map(|name| self.local(name));
        let given = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name));
        let (owner, companion, explicit) = (self.owner(), self.companion(of.name()), self.explicit_generics());
        let dots: Vec<_> = self.source.signature.differentiated().map(|(_, argument)| self.dot(argument)).collect();
        let along =
            self.by_argument(dots.iter().map(|dot| quote_spanned!(here=> #krate::rt::Handed(#dot))), &quote!(#krate::rt::No));
        let differentiated = || self.arguments().iter().zip(&wants).filter(|(argument, _)| argument.differentiated);
        let call = self.call_of_second_order(&again, &along, &self.as_wanted());
        let target = &self.outcome().target;
        let (cotangent, seeds) = {
            let dots = bare_or_tuple(&dots.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
            let seeds = match of {
                Of::ValueAndGrad => quote_spanned!(here=> (#krate::rt::constant_seed::<#target>().0, #d_value)),
                Of::Grad => quote_spanned!(here=> #krate::rt::constant_seed::<#target>()),
            };
            (of.result(d_value.to_token_stream(), dots), seeds)
        };
        let pattern = self.gradient_pattern();
        let results = differentiated().zip(self.gradient_names());
        let results = results.map(|((_, want), gradient)| quote_spanned!(here=> #want::second(#gradient)));
        let results = tuple(&self.by_argument(results, &quote!(())));
        let [ty, ty_dot] = [false, true].map(|is_tangent| self.nested_result(of, is_tangent));
        let pullback_type = self.pullback_type_of(&ty, &ty_dot, Order::First, &wants);
        let (attributes, name) = (self.hidden_attributes(), self.hidden(&format!("{}_residual_vjp", of.name())));
        let parameters = declared_in_few(self.parameters());
        let types = tuple(&wants.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        quote_spanned! {here=>
            #attributes
            #vis fn #name #generics (#primal #(#parameters,)* _: #types) -> (#ty, #pullback_type) #bound {
                #check
                let #result = #owner::#companion #explicit(#(#given),*);
                (#result, move |#(#again,)* _, #cotangent| {
                    let ((#value, _), #pullback) = #call;
                    let #pattern = #pullback(#(#again,)* &#value, #seeds);
                    #results
                })
            }
        }
    }

    /// Third order: of functions that can be computed over any floats.
    pub(super) fn nested_residual_hvp(&self, of: Of) -> TokenStream {
        let (here, vis) = (self.here(), self.vis());
        let (types, wants) = (self.type_parameters("Along"), self.want_parameters());
        let bounds: Vec<_> = self.handed_bounds(&types).into_iter().chain(self.want_bounds_again(&wants)).collect();
        let (generics, bound, primal) = (self.generics_with(&bounds), self.scalar_bound(), self.primal_parameter());
        let [ty, ty_dot] = [false, true].map(|is_tangent| self.nested_result(of, is_tangent));
        let pullback_type = self.pullback_type_of(&ty, &ty_dot, Order::Second, &[&types[..], &wants[..]].concat());
        let Body { parameters, along, stmts, value, pullback } = self.third_body(of);
        let (attributes, name) = (self.hidden_attributes(), self.hidden(&format!("{}_residual_hvp", of.name())));
        let (parameters, along) = (declared_in_few(parameters), tuple(&along));
        let [types, wants] = [types, wants].map(|own| tuple(&own.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        let many = self.allowing_one_more();
        quote_spanned! {here=>
            #attributes
            #many
            #vis fn #name #generics (#primal #(#parameters,)* #along: #types, _: #wants) -> ((#ty, #ty_dot), #pullback_type) #bound {
                #stmts
                (#value, #pullback)
            }
        }
    }

    fn third_body(&self, of: Of) -> Body {
        if self.is_of_third_order() {
            self.third(of)
        } else if self.source.place.is_of_trait() {
            self.unsupported("three times: it belongs to a trait")
        } else {
            self.unsupported("three times: say `order = 3` for it")
        }
    }
}
