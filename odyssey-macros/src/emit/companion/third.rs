//! Third order: the second derivative of a gradient.
//!
//! The pullback of a gradient is the Hessian times what comes back for it, `residual_hvp`. Its tangent is the same over dual numbers,
//! in a function that is generic over its numbers: no derivative of third order is compiled but where it is called.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::Type;

use super::hidden::{given_in_few, Body};
use super::nested::Of;
use super::signature::is_consumed_receiver;
use super::Companion;
use crate::emit::types::{bare_or_tuple, replaced};
use crate::emit::writer::tuple;
use crate::ir::Kind;
use crate::parse::{Argument, Place};

impl Companion<'_> {
    /// Its gradient can be differentiated twice.
    pub(super) fn is_of_third_order(&self) -> bool {
        self.program.is_some_and(|program| program.is_of_third_order) && self.source.has_third()
    }

    /// What the form of second order is called. Over other floats than the user's it is the one that callers know if `order = 3` says
    /// so. Of functions that are not asked, callers know the one that was written: there, rustc looks for no types.
    pub(super) fn form_of_second_order(&self) -> Ident {
        let is_written = std::ptr::eq(self.source, self.written);
        self.hidden(if is_written || self.source.options.third.is_some() { "residual_hvp" } else { "residual_over_floats" })
    }

    /// The form of second order over the floats that were written, beside that over any.
    pub(super) fn of_written_floats(&self) -> TokenStream {
        let is_known = self.source.options.third.is_some();
        if self.over_floats.is_none() || is_known {
            TokenStream::new()
        } else {
            self.residual_hvp()
        }
    }

    /// What it is given along, and its call of that over any.
    pub(super) fn handed_over(&self, over: &Companion) -> (TokenStream, TokenStream) {
        let (here, names, form, primal) = (self.here(), self.names(), over.form_of_second_order(), self.local("primal"));
        let along = self.arguments().iter().map(|argument| self.local(&format!("along_{}", argument.name.unraw())));
        let along = tuple(&along.map(ToTokens::into_token_stream).collect::<Vec<_>>());
        let given = given_in_few(names.iter().map(ToTokens::to_token_stream).collect());
        let wants = self.as_wanted();
        let call = quote_spanned!(here=> Self::#form(#primal, #(#given,)* #along, #wants));
        (along, call)
    }

    /// `value_and_grad` with its tangent, and its pullback with its tangent: the `residual_hvp` of `value_and_grad`.
    pub(super) fn third(&self, of: Of) -> Body {
        let (here, krate) = (self.here(), self.krate);
        let (check, names, again_names) = (self.check_of_the_function(), self.names(), self.again_names());
        let dots: Vec<_> = self.source.signature.differentiated().map(|(_, argument)| self.dot(argument)).collect();
        let differentiated = || self.source.signature.differentiated().map(|(position, _)| &names[position]);
        let held: TokenStream = differentiated()
            .zip(&dots)
            .map(|(name, dot)| quote_spanned!(here=> let #dot = ::core::clone::Clone::clone(&*#krate::rt::along(#dot, &#name));))
            .collect();
        let handed = dots.iter().map(|dot| quote_spanned!(here=> #krate::rt::Handed(::core::clone::Clone::clone(&#dot))));
        let handed = self.by_argument(handed, &quote!(#krate::rt::No));
        let call = self.call_of_second_order(&names, &handed, &self.all_wanted());
        let [value, value_dot, pullback] = ["value", "value_along", "pullback"].map(|name| self.local(name));
        // Those of an argument may be called `d_value` and `value_dot`.
        let [d_value, d_value_dot] = ["seed", "seed_along"].map(|name| self.local(name));
        let gradients = self.gradient_names();
        let tangents: Vec<_> = gradients.iter().map(|gradient| self.local(&format!("{gradient}_dot"))).collect();
        let pairs = gradients.iter().zip(&tangents).map(|(d, dot)| quote_spanned!(here=> (#d, #dot)));
        let pattern = tuple(&self.by_argument(pairs, &quote!(())));
        let several = |names: &[Ident]| bare_or_tuple(&names.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let result = of.result(value.to_token_stream(), several(&gradients));
        let result_dot = of.result(value_dot.to_token_stream(), several(&tangents));
        // In the pullback these are what comes back for the gradients.
        let cotangent = of.result(d_value.to_token_stream(), several(&gradients));
        let cotangent_dot = of.result(d_value_dot.to_token_stream(), several(&tangents));
        let (again, target) = (self.given_again(&names), &self.outcome().target);
        let seeded = self.over_dual_numbers(of, &dots, [&gradients, &tangents], [&d_value, &d_value_dot]);
        let stmts = quote_spanned! {here=>
            #check
            #held
            let ((#value, #value_dot), #pullback) = #call;
            let #pattern = #pullback(#(#again,)* &#value, #krate::rt::constant_seed::<#target>());
        };
        Body {
            parameters: self.parameters(),
            along: self.by_argument(dots.iter().map(ToTokens::to_token_stream), &quote!(_)),
            stmts,
            value: quote!((#result, #result_dot)),
            pullback: quote_spanned!(here=> move |#(#again_names,)* _, (#cotangent, #cotangent_dot)| { #seeded }),
        }
    }

    /// The Hessian times what has come back for the gradients, with its tangent along `dots`.
    fn over_dual_numbers(
        &self,
        of: Of,
        dots: &[Ident],
        [gradients, tangents]: [&[Ident]; 2],
        seeds_of_value: [&Ident; 2],
    ) -> TokenStream {
        let (here, krate, names) = (self.here(), self.krate, self.again_names());
        let [value, pullback] = ["value", "pullback"].map(|name| self.local(name));
        let (mut start, mut given, mut again, mut along) = (TokenStream::new(), Vec::new(), Vec::new(), dots.iter());
        for (argument, name) in self.arguments().iter().zip(&names) {
            let dual = self.local(&format!("dual_{}", argument.name.unraw()));
            let is_of_floats = argument.receiver.is_some()
                || self.with_dual(argument.ty.to_token_stream()).to_string() != argument.ty.to_token_stream().to_string();
            let made = if argument.differentiated {
                let dot = along.next().expect("one for each");
                self.dual(argument, name, dot)
            } else if is_of_floats {
                quote_spanned!(here=> #krate::rt::lifted(&#name))
            } else {
                given.push(Self::lend(argument, name));
                again.push(Self::lend(argument, name));
                continue;
            };
            start.extend(quote_spanned!(here=> let #dual = #made;));
            given.push(as_argument(argument, &dual));
            again.push(if is_consumed_receiver(argument) { quote!(&#dual) } else { as_argument(argument, &dual) });
        }
        let directions = gradients
            .iter()
            .zip(tangents)
            .map(|(d, dot)| quote_spanned!(here=> #krate::rt::Handed(#krate::rt::dualise(&#d, &#dot))));
        let directions = tuple(&self.by_argument(directions, &quote!(#krate::rt::No)));
        let wants = self.want_parameters();
        let differentiated = || self.arguments().iter().zip(&wants).filter(|(argument, _)| argument.differentiated);
        let chosen = self.as_wanted();
        let (hidden, function) = (self.form_of_second_order(), self.given_function());
        let (generics, target) = (self.explicit_hidden_generics(2), &self.outcome().target);
        let first = given_in_few(given);
        let owner = self.owner_over_dual_numbers();
        let call = self.with_dual(quote_spanned!(here=> #owner::#hidden #generics(#function #(#first,)* #directions, #chosen)));
        let seeds = self.with_dual(quote_spanned!(here=> #krate::rt::constant_seed::<#target>()));
        // What has come back for the value.
        let d_value = match of {
            Of::ValueAndGrad => {
                let [d_value, d_value_dot] = seeds_of_value;
                quote_spanned!(here=> #krate::rt::Dual { value: #d_value, tangent: #d_value_dot })
            }
            Of::Grad => quote!(#seeds.1),
        };
        let results = differentiated().zip(gradients);
        let results = results.map(|((_, want), d)| quote_spanned!(here=> #want::map(#d, |(_, dot)| #krate::rt::parts(dot))));
        let results = tuple(&self.by_argument(results, &quote!(())));
        let pattern = self.gradient_pattern();
        quote_spanned! {here=>
            #start
            let ((#value, _), #pullback) = #call;
            let #pattern = #pullback(#(#again,)* &#value, (#seeds.0, #d_value));
            #results
        }
    }

    /// Says what would be wrong over dual numbers: they carry their tangents past `detach`, and through the body of a function that has
    /// a rule instead.
    pub(super) fn no_third(&self) -> TokenStream {
        let detaches = || {
            crate::parse::mentions(
                self.source.item.block.to_token_stream(),
                &Ident::new("detach", proc_macro2::Span::call_site()),
            )
        };
        let Some(float) = self.source.float().filter(|_| self.source.options.jvp.is_some() || detaches()) else {
            return TokenStream::new();
        };
        let (here, krate, reason) =
            (self.here(), self.krate, if self.source.options.jvp.is_some() { "has a rule" } else { "says `detach`" });
        let text = format!("`{}`, which {reason},", self.source.item.sig.ident);
        quote_spanned!(here=> #krate::rt::assert_no_third::<#float>(#text);)
    }

    /// The same with dual numbers in the place of floats.
    fn with_dual(&self, tokens: TokenStream) -> TokenStream {
        let krate = self.krate;
        let float = self.source.float().expect("a function of third order is generic over its floats");
        replaced(tokens, float, &quote!(#krate::rt::Dual<#float>))
    }

    /// What the function is a companion of, or a method of, over dual numbers.
    fn owner_over_dual_numbers(&self) -> TokenStream {
        let (here, krate) = (self.here(), self.krate);
        if self.source.place == Place::Module {
            quote_spanned!(here=> Self)
        } else {
            quote_spanned!(here=> <<Self as #krate::rt::Dualise>::Dual>)
        }
    }

    /// An argument with its tangent.
    fn dual(&self, argument: &Argument, name: &Ident, dot: &Ident) -> TokenStream {
        let (here, krate) = (self.here(), self.krate);
        let is_reference = matches!(argument.kind, Kind::Reference(_)) || is_consumed_receiver(argument);
        let x = if is_reference { quote!(#name) } else { quote!(&#name) };
        quote_spanned!(here=> #krate::rt::dualise(#x, &#dot))
    }
}

/// What was made for an argument, as the function takes it.
fn as_argument(argument: &Argument, dual: &Ident) -> TokenStream {
    let is_view = matches!(peeled(&argument.ty), Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident.to_string().contains("View")));
    match (&argument.ty, is_view) {
        (Type::Reference(_), true) => quote!(&#dual.view()),
        (Type::Reference(_), false) => quote!(&#dual),
        (_, true) => quote!(#dual.view()),
        (_, false) => quote!(::core::clone::Clone::clone(&#dual)),
    }
}

/// The type without references.
fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => peeled(&reference.elem),
        Type::Paren(inner) => peeled(&inner.elem),
        other => other,
    }
}
