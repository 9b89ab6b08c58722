//! Tangents along several directions, which `jacobian` and `hessian` take for their columns: hidden forms of their own.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Type};

use super::hidden::{declared_in_few, given_in_few};
use super::Companion;
use crate::emit::control::count_of_directions;
use crate::emit::layout::{Layout, Results};
use crate::emit::types::bare_or_tuple;
use crate::emit::wants::Guards;
use crate::emit::writer::tuple;
use crate::ir::{Kind, Value};
use crate::pushforward::Pushforward;

impl Companion<'_> {
    /// The tangents of the result along several directions, if there is a forward pass for that.
    pub(super) fn columns_of_jacobian(&self) -> Option<Columns<'_>> {
        let pass = self.program?.columns.as_ref()?;
        Some(Columns { companion: self, hidden: "pushforwards", pass, value: self.result(), ty: self.tangent(self.result()) })
    }

    /// The tangents of the gradient along several directions, if there is a pass for that.
    pub(super) fn columns_of_hessian(&self) -> Option<Columns<'_>> {
        let pass = self.program?.curvatures.as_ref()?;
        Some(Columns { companion: self, hidden: "curvatures", pass, value: &self.outcome().target, ty: self.tangents[0].clone() })
    }
}

/// A pass over the function that gives tangents along several directions.
pub(super) struct Columns<'a> {
    companion: &'a Companion<'a>,
    hidden: &'static str,
    /// Its results are a value and those tangents.
    pass: &'a Pushforward,
    /// The type of that value, and of such a tangent along one direction.
    value: &'a Type,
    ty: TokenStream,
}

impl Columns<'_> {
    /// The hidden form: from the tangents of the differentiated arguments, which it is lent.
    pub(super) fn form(&self) -> TokenStream {
        let Columns { companion, hidden, pass: Pushforward { values, body, .. }, ty, .. } = self;
        let (here, vis, krate, arguments) = (companion.here(), companion.vis(), companion.krate, companion.arguments());
        let (layout, places) = Layout::new(values, &[(body, Results::Named)], &[]);
        let mut writer = companion.writer(values, layout, Guards::default());
        companion.name_arguments(&mut writer, &body.params);
        let count = count_of_directions();
        let differentiated = companion.source.signature.differentiated().map(|(_, argument)| argument);
        let (given, types): (Vec<_>, Vec<_>) = differentiated
            .zip(&body.params[arguments.len()..])
            .map(|(argument, value)| {
                let (name, ty, form) = (writer.name(*value), self.companion.tangent(&argument.ty), form(&values[*value].kind));
                let pattern = match (writer.layout.is_used(*value), argument.kind.is_scalar()) {
                    (false, _) => quote!(_),
                    (true, true) => quote!(&#krate::rt::#form(#name)),
                    (true, false) => quote!(#krate::rt::#form(#name)),
                };
                (pattern, quote!(&#krate::rt::#form<#ty, #count>))
            })
            .unzip();
        let parameters = declared_in_few(companion.parameters_read(&mut writer, &body.params, ""));
        let stmts = writer.block(body, &places[0]);
        let form = self.form_of(body.results[1]);
        let [value, tangents] = [0, 1].map(|k| writer.consume(body.results[k]).tokens);
        let (items, mention, quotes) = (companion.items(body), companion.mention(), writer.quotes());
        let (hidden, attributes, bound) = (companion.hidden(hidden), companion.hidden_attributes(), companion.tangent_bound());
        let result = &self.value;
        let (generics, given, types) = (companion.generics_and(&quote!(const #count: usize)), tuple(&given), tuple(&types));
        quote_spanned! {here=>
            #attributes
            #vis fn #hidden #generics (#(#parameters,)* #given: #types) -> (#result, #krate::rt::#form<#ty, #count>) #bound {
                #items #mention #quotes #stmts (#value, #krate::rt::#form(#tangents))
            }
        }
    }

    /// The matrices for all differentiated arguments, several columns at a time; `rows` is the number of their rows.
    pub(super) fn matrices(&self, rows: &TokenStream) -> TokenStream {
        let Columns { companion, pass: Pushforward { body, .. }, .. } = self;
        let (here, krate, names) = (companion.here(), companion.krate, companion.names());
        let [pass, tangents] = ["pass", "tangents"].map(|name| companion.local(name));
        let columns: Vec<_> = companion.gradient_names().iter().map(|name| companion.local(&format!("columns_{name}"))).collect();
        let mut starts = TokenStream::new();
        let mut end = quote!(0);
        let dots = &body.params[companion.arguments().len()..];
        for (((position, _), columns), dot) in companion.source.signature.differentiated().zip(&columns).zip(dots) {
            let (name, form) = (&names[position], self.form_of(*dot));
            starts.extend(quote_spanned! {here=>
                let mut #columns = #krate::rt::Columns::<_, { #krate::rt::DIRECTIONS }>::new(#rows, #end, #krate::rt::#form::zeros(&#krate::rt::zero_tangent(&#name)));
            });
            end = quote_spanned!(here=> #columns.end());
        }
        let units = tuple(&columns.iter().map(|columns| quote!(#columns.units(#pass))).collect::<Vec<_>>());
        let call = self.call(&units);
        let matrices = bare_or_tuple(&columns.iter().map(|columns| quote!(#columns.matrix())).collect::<Vec<_>>());
        quote_spanned! {here=>
            #starts
            for #pass in (0..#end).step_by(#krate::rt::DIRECTIONS) {
                let (_, #tangents) = #call;
                #(#columns.set(&#tangents);)*
            }
            #matrices
        }
    }

    /// A call of the hidden form along these directions.
    pub(super) fn call(&self, directions: &TokenStream) -> TokenStream {
        let Columns { companion, hidden, .. } = self;
        let (here, owner, hidden, lent) =
            (companion.here(), companion.owner(), companion.hidden(hidden), given_in_few(companion.lent()));
        let names = crate::parse::generic_names(&companion.source.item);
        let generics = (!companion.explicit_generics().is_empty()).then(|| quote!(::<#(#names,)* _>));
        quote_spanned!(here=> #owner::#hidden #generics(#(#lent,)* #directions))
    }

    /// The type of the directions for the last argument.
    pub(super) fn form_of_the_last(&self) -> Ident {
        self.form_of(*self.pass.body.params.last().expect("the tangent of an argument"))
    }

    fn form_of(&self, tangent: Value) -> Ident {
        form(&self.pass.values[tangent].kind)
    }
}

/// The type of a tangent along several directions.
fn form(kind: &Kind) -> Ident {
    let form = if kind.is_list_of_directions() { "Interleaved" } else { "Separate" };
    Ident::new(form, Span::mixed_site())
}
