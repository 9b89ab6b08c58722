//! The reverse of a pattern: the tangent of what was matched, from those of the names that it binds.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Ident, Pat, PatStruct, PatTupleStruct, Token};

use crate::emit::names::at;
use crate::emit::writer::Writer;
use crate::ir::{Stmt, Value};
use crate::lower::is_of_variant;

impl Writer<'_> {
    /// The tangent of what was matched, with those of the pattern's names in their places.
    pub(in crate::emit) fn unmatch(
        &mut self,
        stmt: &Stmt,
        scrutinee: Value,
        pattern: &Pat,
        parts: &[(Ident, [Value; 2])],
        bound: &TokenStream,
    ) -> TokenStream {
        let [partial, complete] = ["partial", "complete"].map(|name| self.rt(name, stmt.span));
        let (owner, name) = (self.reference(scrutinee), self.name(stmt.outs[0]));
        let mut text = quote!(let mut #name = #partial(#owner););
        for (part, [primal, d]) in parts {
            let place = self.place_of_name(pattern, part, quote!(#name)).expect("a name of the pattern");
            let arrived = self.rt(if self.values[*d].kind.is_scalar() { "arrived" } else { "arrived_as" }, stmt.span);
            let (primal, d) = (self.reference(*primal), self.consume(*d).tokens);
            text.extend(quote!(#place = #arrived(#primal, #d);));
        }
        let fallbacks = Fallbacks::of(pattern).0;
        if fallbacks.is_empty() {
            quote!(#text let #bound = #complete(#owner, #name);)
        } else {
            quote!(let #bound = { #(#fallbacks)* #text #complete(#owner, #name) };)
        }
    }

    /// Where the part that a name of the pattern stands for is in a tangent under construction.
    fn place_of_name(&self, pattern: &Pat, name: &Ident, place: TokenStream) -> Option<TokenStream> {
        match pattern {
            Pat::Ident(p) => (p.ident == *name).then_some(place),
            Pat::Reference(p) => self.place_of_name(&p.pat, name, place),
            Pat::Paren(p) => self.place_of_name(&p.pat, name, place),
            Pat::Tuple(p) => self.place_in_tuple(&p.elems, name, &place, &quote!(&mut #place)),
            Pat::TupleStruct(p) => {
                let variant = &p.path.segments.last()?.ident;
                if variant == "Some" || variant == "Ok" {
                    let payload = self.rt("payload", variant.span());
                    return self.place_of_name(p.elems.first()?, name, quote!((*#payload(&mut #place))));
                }
                let parts = parts_of(&p.path, &place);
                self.place_in_tuple(&p.elems, name, &parts, &parts)
            }
            Pat::Struct(p) => {
                let parts = parts_of(&p.path, &place);
                p.fields.iter().find_map(|field| {
                    let member = &field.member;
                    self.place_of_name(&field.pat, name, quote!(#parts.#member))
                })
            }
            _ => None,
        }
    }

    /// Behind a `..`, parts are counted from the end, by a pattern of the same shape.
    fn place_in_tuple(
        &self,
        elems: &Punctuated<Pat, Token![,]>,
        name: &Ident,
        tuple: &TokenStream,
        exclusive: &TokenStream,
    ) -> Option<TokenStream> {
        let rest = elems.iter().position(|part| matches!(part, Pat::Rest(_))).unwrap_or(elems.len());
        elems.iter().enumerate().find_map(|(i, part)| {
            let place = if i < rest {
                let number = syn::Index::from(i);
                quote!(#tuple.#number)
            } else {
                let others = (i + 1..elems.len()).map(|_| quote!(_));
                quote!((*{ let (.., part #(, #others)*) = #exclusive; part }))
            };
            self.place_of_name(part, name, place)
        })
    }
}

/// What a pattern of this path takes apart: the parts of a variant, or the fields of a struct.
fn parts_of(path: &syn::Path, place: &TokenStream) -> TokenStream {
    let method = parts_method(&path.segments.last().expect("a path has a segment").ident);
    if path.is_ident("Self") {
        place.clone()
    } else {
        quote!(#place.#method())
    }
}

/// The hidden method that gives access to the parts of a variant.
fn parts_method(variant: &Ident) -> Ident {
    quote::format_ident!("__{}", variant, span = at(variant.span()))
}

/// The path may be that of a struct as well as that of an imported variant.
fn is_ambiguous(path: &syn::Path) -> bool {
    let names = ["Self", "Some", "Ok", "Err", "None"];
    !is_of_variant(path) && !path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// The tangents of what a constructor was given, by value.
pub(in crate::emit) fn into_parts(path: &syn::Path, tangent: &TokenStream, of_any: &TokenStream) -> TokenStream {
    let last = &path.segments.last().expect("a path has a segment").ident;
    let method = quote::format_ident!("__into_{}", last, span = at(last.span()));
    if is_ambiguous(path) {
        quote!(#of_any!(#tangent, #method))
    } else {
        quote!(#tangent.#method())
    }
}

/// A trait whose method gives the whole, for the tangents of structs: a method of the tangent's own comes first.
fn fallback(method: &Ident) -> TokenStream {
    quote! {
        trait #method {
            fn #method(&mut self) -> &mut Self {
                self
            }
        }
        impl<T> #method for T {}
    }
}

/// The fallbacks that the paths in a pattern need.
#[derive(Default)]
struct Fallbacks(Vec<TokenStream>);

impl Fallbacks {
    fn of(pattern: &Pat) -> Fallbacks {
        let mut fallbacks = Fallbacks::default();
        fallbacks.visit_pat(pattern);
        fallbacks
    }

    fn add(&mut self, path: &syn::Path) {
        if is_ambiguous(path) {
            let method = parts_method(&path.segments.last().expect("a path has a segment").ident);
            self.0.push(fallback(&method));
        }
    }
}

impl<'ast> Visit<'ast> for Fallbacks {
    fn visit_pat_tuple_struct(&mut self, pattern: &'ast PatTupleStruct) {
        self.add(&pattern.path);
        visit::visit_pat_tuple_struct(self, pattern);
    }

    fn visit_pat_struct(&mut self, pattern: &'ast PatStruct) {
        self.add(&pattern.path);
        visit::visit_pat_struct(self, pattern);
    }
}
