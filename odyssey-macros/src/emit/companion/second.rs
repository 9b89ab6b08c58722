//! Second order: `hvp`, `hessian`, and the hidden form that callers use.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned, ToTokens};

use super::hidden::{declared_in_few, given_in_few, Body, Order};
use super::signature::{allowing_so_many, is_consumed_receiver};
use super::Companion;
use crate::emit::types::bare_or_tuple;
use crate::emit::writer::tuple;
use crate::parse::{Argument, Place};
use crate::pushforward::Second;

impl Companion<'_> {
    /// All that belongs to second order.
    pub(super) fn second_order(&self) -> Vec<TokenStream> {
        if !self.source.options.is_twice {
            return Vec::new();
        }
        match self.source.place {
            Place::TraitImpl => vec![self.residual_hvp()],
            _ => {
                let curvatures = self.columns_of_hessian().map_or_else(TokenStream::new, |columns| columns.form());
                vec![
                    self.hvp(),
                    self.hessian(),
                    self.sparse_hessian(),
                    curvatures,
                    self.of_written_floats(),
                    self.over_floats.unwrap_or(self).residual_hvp(),
                    self.nested(),
                ]
            }
        }
    }

    /// The value with its tangent, and a pullback with its tangent: it takes the cotangent of the result and the tangent of that
    /// cotangent, and computes what is wanted of the gradients, each with its tangent.
    pub(super) fn residual_hvp(&self) -> TokenStream {
        let (here, vis, result) = (self.here(), self.vis(), self.result());
        let (types, wants) = (self.type_parameters("Along"), self.want_parameters());
        let bounds: Vec<_> = self.handed_bounds(&types).into_iter().chain(self.want_bounds_again(&wants)).collect();
        let (generics, bound) = (self.generics_with(&bounds), self.tangent_bound());
        let primal = self.primal_parameter();
        let (hidden, attributes, of_result) = (self.form_of_second_order(), self.hidden_attributes(), self.tangent(result));
        let pullback_type = self.pullback_type(Order::Second, &[&types[..], &wants[..]].concat());
        let [types, wants] = [types, wants].map(|own| tuple(&own.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        let many = self.allowing_one_more();
        let head = |parameters: Vec<TokenStream>, along: &TokenStream| {
            let parameters = declared_in_few(parameters);
            quote_spanned! {here=>
                #attributes
                #many
                #vis fn #hidden #generics (#primal #(#parameters,)* #along: #types, _: #wants)
                    -> ((#result, #of_result), #pullback_type) #bound
            }
        };
        if self.source.is_declared && self.source.options.rule.is_none() {
            let head = head(self.parameters(), &quote!(_));
            return quote_spanned!(here=> #head;);
        }
        if let Some(over) = self.over_floats {
            let (along, call) = self.handed_over(over);
            let head = head(self.parameters(), &along);
            return quote_spanned!(here=> #head { #call });
        }
        let Body { parameters, along, stmts, value, pullback } = self.second_body();
        let (head, check) = (head(parameters, &tuple(&along)), self.check_of_the_function());
        let pullback = self.boxed(Order::Second, pullback);
        let (no_third, gradients) = (self.no_third(), self.check_of_gradients());
        quote_spanned! {here=>
            #head {
                #check
                #no_third
                #gradients
                #stmts
                (#value, #pullback)
            }
        }
    }

    /// One argument more than lints let pass, and than `vjp` has.
    pub(super) fn allowing_one_more(&self) -> Option<TokenStream> {
        (self.arguments().len() == 5).then(|| quote!(#[allow(clippy::too_many_arguments)]))
    }

    fn second_body(&self) -> Body {
        match self.program.and_then(|program| program.second.as_ref()) {
            Some(Second::Compiled(derivative)) => self.compiled_body(derivative, Order::Second),
            Some(Second::Unsupported(reason)) => self.no_second(reason),
            None => match (&self.source.options.jvp, self.source.options.order) {
                (Some(rule), Some(_)) => self.body_of_a_differentiable_rule(rule),
                _ => {
                    self.no_second("it has a rule; if there is one for `jvp` that is `#[differentiable]` itself, say `order = 2`")
                }
            },
        }
    }

    /// Whoever asks is told why there is no second derivative. Callers have this form that nobody may ever use, and that a release
    /// build looks into all the same: it cannot be an error of the compiler.
    fn no_second(&self, reason: &str) -> Body {
        self.unsupported(&format!("twice: {reason}"))
    }

    /// The same for any order.
    pub(super) fn unsupported(&self, times_and_reason: &str) -> Body {
        let text = format!("`{}` cannot be differentiated {times_and_reason}", self.source.item.sig.ident);
        let (krate, names) = (self.krate, self.names());
        let blanks: Vec<_> = self.arguments().iter().map(|_| quote!(_)).collect();
        Body {
            parameters: self.parameters(),
            stmts: quote!(let _ = (#(#names,)*);),
            value: quote!(#krate::rt::unsupported(#text)),
            pullback: quote!(move |#(#blanks,)* _, _| #krate::rt::unsupported(#text)),
            along: blanks,
        }
    }

    /// `value_and_grad` of the function can be called in the body of another.
    pub(super) fn has_second(&self) -> bool {
        self.has_gradient() && !self.changes_arguments()
    }

    /// The arguments for the pullback, which takes any receiver by reference.
    pub(super) fn given_again(&self, names: &[Ident]) -> Vec<TokenStream> {
        let (here, krate) = (self.here(), self.krate);
        let arguments = self.arguments().iter().zip(names);
        let given = |(argument, name): (&Argument, &Ident)| {
            if argument.kind.is_exclusive() {
                // What is left in it has no part in the result.
                let zero = argument.differentiated.then(|| quote_spanned!(here=> #krate::rt::zero_tangent(&*#name)));
                let zero = zero.unwrap_or_else(|| quote!(()));
                quote_spanned!(here=> #krate::rt::Left((#zero, #zero)))
            } else if is_consumed_receiver(argument) {
                quote!(&#name)
            } else {
                name.to_token_stream()
            }
        };
        arguments.map(given).collect()
    }

    /// The tangent of the gradient along a direction.
    pub(super) fn hvp(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (here, vis, krate, outcome, names) = (self.here(), self.vis(), self.krate, self.outcome(), self.names());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let dots: Vec<Option<Ident>> =
            self.arguments().iter().map(|argument| argument.differentiated.then(|| self.dot(argument))).collect();
        let mut types = self.tangents.iter();
        let directions = dots.iter().flatten().map(|dot| {
            let ty = types.next().expect("a type for each tangent");
            quote!(#dot: #ty)
        });
        let (parameters, directions) = (self.parameters(), directions.collect::<Vec<_>>());
        let along = self.arguments().iter().zip(&names).zip(&dots).map(|((argument, name), dot)| match dot {
            None => quote!(#krate::rt::No),
            Some(dot) if argument.kind.is_scalar() => quote!(#krate::rt::Handed(#dot)),
            Some(dot) if argument.kind.is_exclusive() => {
                quote_spanned!(here=> #krate::rt::Passed::new(#krate::rt::checked_tangent(&*#name, #dot)))
            }
            Some(dot) => quote_spanned!(here=> #krate::rt::Handed(#krate::rt::checked_tangent(&#name, #dot))),
        });
        let along = tuple(&along.collect::<Vec<_>>());
        let wants = self.all_wanted();
        let first = given_in_few(self.arguments().iter().zip(&names).map(|(a, name)| Self::lend(a, name)).collect());
        let again = self.given_again(&names);
        let (owner, hidden) = (self.owner(), self.hidden("residual_hvp"));
        let generics = self.explicit_hidden_generics(2);
        let function = self.given_function();
        let [value, pullback, seed, zero] = ["value", "pullback", "seed", "zero"].map(|name| self.local(name));
        let gradients = self.gradient_names();
        let results = bare_or_tuple(&gradients.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let pattern =
            tuple(&self.by_argument(gradients.iter().map(|gradient| quote_spanned!(here=> (_, #gradient))), &quote!(())));
        let (seeds, whole, results) = (self.seeds(&seed, &zero, &value), self.local("whole"), outcome.success(results));
        let (whole_type, whole_value) = (self.result(), outcome.success(value.to_token_stream()));
        let body = quote_spanned! {here=>
            #seeds
            let #whole: #whole_type = #whole_value;
            let #pattern = #pullback(#(#again,)* &#whole, (#seed, #zero));
            #results
        };
        let body = outcome.on_success(&value, &body);
        let (name, errors, bound) = (self.companion("hvp"), self.errors_section(), self.with_second(&self.whole_scalar_bound()));
        let tracked = self.tracked();
        let result = outcome.wrapped_type(bare_or_tuple(&self.tangents));
        let many = allowing_so_many(parameters.len() + directions.len());
        quote_spanned! {here=>
            /// The Hessian times a vector: the tangent of the gradient along those of the differentiated arguments.
            #errors
            #[inline]
            #tracked
            #many
            #vis fn #name #impl_generics (#(#parameters,)* #(#directions),*) -> #result #bound {
                let ((#value, _), #pullback) = #owner::#hidden #generics(#function #(#first,)* #along, #wants);
                #body
            }
        }
    }

    /// The cotangent 1 of the result, and its tangent, which is zero.
    fn seeds(&self, seed: &Ident, zero: &Ident, value: &Ident) -> TokenStream {
        let (here, krate, outcome) = (self.here(), self.krate, self.outcome());
        let target = &outcome.target;
        let whole = [seed, zero].map(|cotangent| self.cotangent_of_the_whole(cotangent, value));
        quote_spanned!(here=> let (#seed, #zero) = #krate::rt::constant_seed::<#target>(); #(#whole)*)
    }

    /// All second derivatives with respect to one argument of one dimension, several columns at a time or one.
    pub(super) fn hessian(&self) -> TokenStream {
        if !self.source.signature.has_hessian() {
            return TokenStream::new();
        }
        let (here, vis, krate, bound) = (self.here(), self.vis(), self.krate, self.with_second(&self.whole_scalar_bound()));
        let (impl_generics, ..) = self.generics.split_for_impl();
        let (parameters, name, ty) = (self.parameters(), self.companion("hessian"), &self.tangents[0]);
        let (position, _) = self.source.signature.differentiated().next().expect("the argument");
        let x = &self.names()[position];
        let rows = quote_spanned!(here=> #krate::rt::entries(&#krate::rt::zero_tangent(&#x)));
        let several = self.columns_of_hessian().map(|columns| columns.matrices(&rows));
        let body = several.unwrap_or_else(|| self.hessian_by_columns(&rows, x));
        quote_spanned! {here=>
            /// The matrix of second derivatives.
            #[inline]
            #vis fn #name #impl_generics (#(#parameters),*) -> #krate::rt::ndarray::Array2<<#ty as #krate::rt::Entries>::Number> #bound {
                #body
            }
        }
    }

    fn hessian_by_columns(&self, rows: &TokenStream, x: &Ident) -> TokenStream {
        let (here, krate, unit) = (self.here(), self.krate, self.local("unit"));
        let tangent = self.curvature_along(&unit);
        quote_spanned!(here=> #krate::rt::by_columns(#rows, #krate::rt::zero_tangent(&#x), |#unit| #tangent))
    }

    /// The tangent of the gradient along that of the one argument, which is lent.
    pub(super) fn curvature_along(&self, direction: &Ident) -> TokenStream {
        let (here, owner, hvp, lent) = (self.here(), self.owner(), self.companion("hvp"), self.lent());
        let generics = self.explicit_generics();
        quote_spanned!(here=> #owner::#hvp #generics(#(#lent,)* ::core::clone::Clone::clone(#direction)))
    }
}
