//! Composite tangents, put together from those of their parts.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::emit::names::at;
use crate::ir::{Parts, Value};

use crate::emit::writer::{member, Writer};

impl Writer<'_> {
    /// The statements that build a composite tangent from its parts.
    pub(super) fn assemble(&mut self, base: Value, parts: &Parts, name: &Ident, is_mutable: bool) -> TokenStream {
        let owner = self.reference(base);
        let place = self.expr(base).receiver();
        let mut stmts = Vec::new();
        self.set_parts(parts, &quote!(#name), &place, &mut stmts);
        let mutable = is_mutable.then(|| quote!(mut));
        let (partial, complete) = (self.rt("partial", self.values[base].span), self.rt("complete", self.values[base].span));
        quote!(let mut #name = #partial(#owner); #(#stmts)* let #mutable #name = #complete(#owner, #name);)
    }

    pub(super) fn set_parts(&mut self, parts: &Parts, target: &TokenStream, place: &TokenStream, stmts: &mut Vec<TokenStream>) {
        for (name, field) in &parts.fields {
            let member = member(name);
            let (target, place) = (quote!(#target.#member), quote!(#place.#member));
            match field.whole {
                Some(whole) if field.fields.is_empty() => {
                    let (arrived, whole) = (self.rt("arrived", self.values[whole].span), self.consume(whole).tokens);
                    stmts.push(quote!(#target = #arrived(&#place, #whole);));
                }
                Some(whole) => {
                    let (arrived, span) = (self.rt("arrived", self.values[whole].span), self.values[whole].span);
                    let sum = self.names.unique(&format_ident!("d_part", span = at(span)));
                    let whole = self.consume(whole).tokens;
                    stmts.push(quote!(let mut #sum = #whole;));
                    self.add_parts(field, &quote!(#sum), stmts);
                    stmts.push(quote!(#target = #arrived(&#place, #sum);));
                }
                None => self.set_parts(field, &target, &place, stmts),
            }
        }
    }

    pub(super) fn add_parts(&mut self, parts: &Parts, target: &TokenStream, stmts: &mut Vec<TokenStream>) {
        for (name, field) in &parts.fields {
            let member = member(name);
            let target = quote!(#target.#member);
            if let Some(whole) = field.whole {
                let (add, whole) = (self.rt("add", self.values[whole].span), self.consume(whole).tokens);
                stmts.push(quote!(#add(&mut #target, #whole);));
            }
            self.add_parts(field, &target, stmts);
        }
    }
}
