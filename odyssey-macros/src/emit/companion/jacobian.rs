//! `jacobian`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::Ident;

use super::hidden::given_in_few;
use super::signature::is_consumed_receiver;
use super::Companion;
use crate::emit::types::bare_or_tuple;
use crate::emit::writer::tuple;
use crate::pushforward::Pushforward;

impl Companion<'_> {
    /// The derivatives of each number of the result with respect to each number of an argument, `[result, argument]`: forwards, a
    /// column at a time, or backwards, a row at a time from one run of the function, whichever has fewer.
    pub(super) fn jacobian(&self) -> TokenStream {
        if !self.source.signature.has_jacobian() {
            return TokenStream::new();
        }
        let (here, vis, krate, bound) = (self.here(), self.vis(), self.krate, self.vjp_bound());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let (parameters, name) = (self.parameters(), self.companion("jacobian"));
        let matrices: Vec<_> =
            self.tangents.iter().map(|ty| quote!(#krate::rt::ndarray::Array2<<#ty as #krate::rt::Entries>::Number>)).collect();
        let result = bare_or_tuple(&matrices);
        let [value, rows, columns] = ["value", "rows", "columns"].map(|name| self.local(name));
        let (function, lent) = (self.function(), self.lent());
        let names = self.names();
        let counts = self.source.signature.differentiated().map(|(position, _)| {
            let name = &names[position];
            quote_spanned!(here=> #krate::rt::entries(&#krate::rt::zero_tangent(&#name)))
        });
        let counts: Vec<_> = counts.collect();
        let start = quote_spanned! {here=>
            let #value = #function(#(#lent),*);
            let #rows = #krate::rt::entries(&#krate::rt::zero_tangent(&#value));
        };
        let backwards = self.jacobian_by_rows();
        let body = if self.has_forward_mode() {
            let several = self.columns_of_jacobian().map(|columns| columns.matrices(&rows.to_token_stream()));
            let forwards = several.unwrap_or_else(|| self.jacobian_by_columns());
            quote_spanned! {here=>
                let #columns = #(#counts)+*;
                if #columns <= #rows { #forwards } else { #backwards }
            }
        } else {
            backwards
        };
        quote_spanned! {here=>
            /// The derivatives of the numbers of the result with respect to those of each differentiated argument,
            /// `[result, argument]`.
            #[inline]
            #vis fn #name #impl_generics (#(#parameters),*) -> #result #bound { #start #body }
        }
    }

    pub(super) fn has_forward_mode(&self) -> bool {
        let compiled = self.program.and_then(|program| program.pushforward.as_ref());
        self.source.options.jvp.is_some() || compiled.is_some_and(|Pushforward { unsupported, .. }| unsupported.is_none())
    }

    /// The arguments for one of several times.
    pub(super) fn lent(&self) -> Vec<TokenStream> {
        self.arguments().iter().zip(&self.names()).map(|(argument, name)| Self::lend(argument, name)).collect()
    }

    fn jacobian_by_columns(&self) -> TokenStream {
        let (here, krate, names, rows) = (self.here(), self.krate, self.names(), self.local("rows"));
        let unit = self.local("unit");
        let matrices = self.source.signature.differentiated().map(|(position, _)| {
            let (name, tangent) = (&names[position], self.tangent_along(position, &unit));
            quote_spanned!(here=> #krate::rt::by_columns(#rows, #krate::rt::zero_tangent(&#name), |#unit| { #tangent }))
        });
        bare_or_tuple(&matrices.collect::<Vec<_>>())
    }

    /// The tangent of the result along that of one argument, which is lent.
    pub(super) fn tangent_along(&self, position: usize, direction: &Ident) -> TokenStream {
        let (here, krate, function, lent) = (self.here(), self.krate, self.given_function(), given_in_few(self.lent()));
        let (owner, hidden, generics) = (self.owner(), self.hidden("pushforward"), self.explicit_hidden_generics(1));
        let along =
            (0..self.arguments().len())
                .map(|other| if other == position { direction.to_token_stream() } else { quote!(#krate::rt::No) });
        let along = tuple(&along.collect::<Vec<_>>());
        quote_spanned!(here=> #owner::#hidden #generics(#function #(#lent,)* #along).1)
    }

    fn jacobian_by_rows(&self) -> TokenStream {
        let (here, krate, names, lent) = (self.here(), self.krate, self.names(), given_in_few(self.lent()));
        let [value, rows, row, run, pullback] = ["value", "rows", "row", "run", "pullback"].map(|name| self.local(name));
        let (owner, hidden, generics) = (self.owner(), self.hidden("residual_vjp"), self.explicit_hidden_generics(1));
        let (function, wants, gradients) = (self.given_function(), self.all_wanted(), self.gradient_names());
        let again = self.arguments().iter().zip(&names).map(|(argument, name)| {
            if is_consumed_receiver(argument) {
                quote!(&#name)
            } else {
                Self::lend(argument, name)
            }
        });
        let pattern = self.gradient_pattern();
        let jacobians: Vec<_> = gradients.iter().map(|gradient| self.local(&format!("jacobian_{gradient}"))).collect();
        let starts = self.source.signature.differentiated().zip(&jacobians).map(|((position, _), jacobian)| {
            let name = &names[position];
            quote_spanned!(here=> let mut #jacobian = #krate::rt::without_rows(&#krate::rt::zero_tangent(&#name), #rows);)
        });
        let writes = jacobians
            .iter()
            .zip(&gradients)
            .map(|(jacobian, gradient)| quote_spanned!(here=> #krate::rt::set_row(&mut #jacobian, #row, &#gradient);));
        let (starts, writes): (TokenStream, TokenStream) = (starts.collect(), writes.collect());
        let result = bare_or_tuple(&jacobians.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        quote_spanned! {here=>
            #starts
            let #run = || #owner::#hidden #generics(#function #(#lent,)* #wants);
            let (#value, #pullback) = #run();
            #krate::rt::for_each_row(#rows, #pullback, || #run().1, |#pullback, #row| {
                let #pattern = #pullback(#(#again,)* &#value, #krate::rt::unit(#krate::rt::zero_tangent(&#value), #row));
                #writes
            });
            #result
        }
    }
}
