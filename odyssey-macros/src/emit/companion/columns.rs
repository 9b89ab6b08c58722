//! The tangents of a function along several directions, which `jacobian` takes for its columns: a hidden form of its own.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::hidden::{declared_in_few, given_in_few};
use super::Companion;
use crate::emit::control::count_of_directions;
use crate::emit::layout::{Layout, Results};
use crate::emit::types::{bare_or_tuple, tangent};
use crate::emit::wants::Guards;
use crate::emit::writer::tuple;
use crate::ir::Kind;
use crate::pushforward::Pushforward;

impl Companion<'_> {
    /// The forward pass along several directions, if there is one.
    fn along_several(&self) -> Option<&Pushforward> {
        self.program?.columns.as_ref()
    }

    /// The value and its tangents along several directions, from those of the differentiated arguments.
    pub(super) fn columns(&self) -> TokenStream {
        let Some(Pushforward { values, body, .. }) = self.along_several() else { return TokenStream::new() };
        let (here, vis, krate, arguments) = (self.here(), self.vis(), self.krate, self.arguments());
        let (layout, places) = Layout::new(values, &[(body, Results::Named)], &[]);
        let mut writer = self.writer(values, layout, Guards::default());
        self.name_arguments(&mut writer, &body.params);
        let count = count_of_directions();
        let differentiated = self.source.signature.differentiated().map(|(_, argument)| argument);
        let (given, types): (Vec<_>, Vec<_>) = differentiated
            .zip(&body.params[arguments.len()..])
            .map(|(argument, value)| {
                let (name, ty, form) = (writer.name(*value), tangent(&argument.ty, krate), form(&values[*value].kind));
                let pattern = match (writer.layout.is_used(*value), argument.kind.is_scalar()) {
                    (false, _) => quote!(_),
                    (true, true) => quote!(&#krate::rt::#form(#name)),
                    (true, false) => quote!(#krate::rt::#form(#name)),
                };
                (pattern, quote!(&#krate::rt::#form<#ty, #count>))
            })
            .unzip();
        let parameters = declared_in_few(self.parameters_read(&mut writer, &body.params, ""));
        let stmts = writer.block(body, &places[0]);
        let form = form(&values[body.results[1]].kind);
        let [value, tangents] = [0, 1].map(|k| writer.consume(body.results[k]).tokens);
        let (items, quotes) = (self.items(body), writer.quotes());
        let (hidden, attributes, bound) = (self.hidden("pushforwards"), self.hidden_attributes(), self.tangent_bound());
        let (generics, of_result) = (self.generics_and(&quote!(const #count: usize)), tangent(self.result(), krate));
        let (result, given, types) = (self.result(), tuple(&given), tuple(&types));
        quote_spanned! {here=>
            #attributes
            #vis fn #hidden #generics (#(#parameters,)* #given: #types) -> (#result, #krate::rt::#form<#of_result, #count>) #bound {
                #items #quotes #stmts (#value, #krate::rt::#form(#tangents))
            }
        }
    }

    /// The Jacobians for all arguments, several columns at a time, where there is a forward pass for that.
    pub(super) fn jacobian_by_several_columns(&self) -> Option<TokenStream> {
        let Pushforward { values, body, .. } = self.along_several()?;
        let (here, krate, names, lent) = (self.here(), self.krate, self.names(), given_in_few(self.lent()));
        let [rows, pass, tangents] = ["rows", "pass", "tangents"].map(|name| self.local(name));
        let columns: Vec<_> = self.gradient_names().iter().map(|name| self.local(&format!("columns_{name}"))).collect();
        let mut starts = TokenStream::new();
        let mut end = quote!(0);
        let dots = &body.params[self.arguments().len()..];
        for (((position, _), columns), dot) in self.source.signature.differentiated().zip(&columns).zip(dots) {
            let (name, form) = (&names[position], form(&values[*dot].kind));
            starts.extend(quote_spanned! {here=>
                let mut #columns = #krate::rt::Columns::<_, { #krate::rt::DIRECTIONS }>::new(#rows, #end, #krate::rt::#form::zeros(&#krate::rt::zero_tangent(&#name)));
            });
            end = quote_spanned!(here=> #columns.end());
        }
        let (owner, hidden) = (self.owner(), self.hidden("pushforwards"));
        let names = crate::parse::generic_names(&self.source.item);
        let generics = (!self.explicit_generics().is_empty()).then(|| quote!(::<#(#names,)* _>));
        let units = tuple(&columns.iter().map(|columns| quote!(#columns.units(#pass))).collect::<Vec<_>>());
        let jacobians = bare_or_tuple(&columns.iter().map(|columns| quote!(#columns.jacobian())).collect::<Vec<_>>());
        Some(quote_spanned! {here=>
            #starts
            for #pass in (0..#end).step_by(#krate::rt::DIRECTIONS) {
                let (_, #tangents) = #owner::#hidden #generics(#(#lent,)* #units);
                #(#columns.set(&#tangents);)*
            }
            #jacobians
        })
    }
}

/// The type of a tangent along several directions.
fn form(kind: &Kind) -> Ident {
    let form = if kind.is_list_of_directions() { "Interleaved" } else { "Separate" };
    Ident::new(form, Span::mixed_site())
}
