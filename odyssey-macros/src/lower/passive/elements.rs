//! Passive code in a closure over elements that is inlined: it runs for each element, as it was written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Ident};

use crate::ir::Value;
use crate::lower::reads::{names_read, Asked};
use crate::lower::Lowerer;

/// How a closure is given the element that an array stands for.
#[derive(Clone, Default)]
pub(in crate::lower) struct Element {
    /// As a reference.
    pub(in crate::lower) is_lent: bool,
    /// The type that is written for it.
    pub(in crate::lower) ty: Option<syn::Type>,
}

impl Lowerer {
    /// The array of what passive code gives for each element, if it looks at elements.
    pub(in crate::lower) fn of_elements(&mut self, expr: &Expr) -> Option<Value> {
        let mut names: Vec<Ident> = Vec::new();
        let mut patterns: Vec<TokenStream> = Vec::new();
        for name in names_read(expr, Asked::Counts) {
            let value = self.bindings.lookup(&name);
            let Some(Element { is_lent, ty }) = value.and_then(|value| self.elements.get(&value)) else { continue };
            if names.contains(&name) {
                continue;
            }
            let lent = (!is_lent).then(|| quote!(&));
            let ty = ty.iter();
            patterns.push(quote!(#lent #name #(: #lent #ty)*));
            names.push(name);
        }
        let first = self.bindings.lookup(names.first()?)?;
        let krate = &self.krate;
        let mapped: Expr = match (&names[..], &patterns[..]) {
            ([name], [pattern]) => syn::parse_quote!(#name.map(|#pattern| #expr)),
            ([name, others @ ..], _) => syn::parse_quote! {
                #krate::rt::ndarray::Zip::from(#name.view()) #(.and(#others.view()))* .map_collect(|#(#patterns),*| #expr)
            },
            ([], _) => return None,
        };
        let (value, kind) = (self.verbatim(&mapped), self.kind(first).peel().clone());
        self.values[value].kind = kind;
        self.elements.insert(value, Element::default());
        Some(value)
    }
}
