//! What is done in each of several directions.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use crate::emit::layout::Places;
use crate::emit::names::at;
use crate::emit::writer::{tuple, Writer};
use crate::ir::{Directions, Stmt, Value};

/// How many results the runtime tells apart at a time.
const RESULTS: usize = 12;

/// The constant parameter of a function that says how many directions there are.
pub(in crate::emit) fn count_of_directions() -> Ident {
    Ident::new("__DIRECTIONS", Span::mixed_site())
}

impl Writer<'_> {
    /// `let (a_dots, b_dots) = rt::unzip(rt::each_direction(|direction| { …; (a_dot, b_dot) }));`
    pub(in crate::emit) fn each_direction(&mut self, stmt: &Stmt, each: &Directions, places: &Places) -> TokenStream {
        let Directions { changed, block } = each;
        let own = stmt.outs.len() - changed.len();
        let start = self.loop_variables(changed, &block.params[1..]);
        let scope = self.names.scope();
        let direction = self.pattern(block.params[0]);
        let stmts = self.block(block, places);
        self.at = places.end;
        let results: Vec<_> = block.results[..own].iter().map(|v| self.consume(*v).tokens).collect();
        let left = self.left_at_the_end(&block.params[1..], &block.results[own..]);
        self.names.leave(scope);
        let count = count_of_directions();
        if results.is_empty() {
            return quote!(#start for #direction in 0..#count { #stmts #left });
        }
        let are_numbers = stmt.outs[..own].iter().all(|out| self.values[*out].kind.is_number());
        let each_direction = self.rt(if are_numbers { "numbers" } else { "each_direction" }, stmt.span);
        // The results may read what is replaced at the end.
        let tangents = self.names.unique(&Ident::new("tangents", at(stmt.span)));
        let run = |result: &TokenStream| {
            let body = match (stmts.is_empty(), left.is_empty()) {
                (true, true) => result.clone(),
                (false, true) => quote!({ #stmts #result }),
                (_, false) => quote!({ #stmts let #tangents = #result; #left #tangents }),
            };
            quote!(#each_direction::<_, #count>(|#direction| #body))
        };
        let bound = if let ([result], [out]) = (&results[..], &stmt.outs[..own]) {
            let (value, pattern) = (run(result), self.pattern(*out));
            quote!(let #pattern = #value;)
        } else {
            let chunks: Vec<_> = results.chunks(RESULTS).map(tuple).collect();
            let value = run(&if let [all] = &chunks[..] { all.clone() } else { tuple(&chunks) });
            let unzip = self.rt(if are_numbers { "unzip_numbers" } else { "unzip" }, stmt.span);
            self.told_apart(&stmt.outs[..own], &value, &unzip, stmt.span)
        };
        quote!(#start #bound)
    }

    /// What is changed is in its variable.
    fn left_at_the_end(&mut self, params: &[Value], results: &[Value]) -> TokenStream {
        let mut end = TokenStream::new();
        for (param, result) in params.iter().zip(results) {
            if self.changes_at_end(*param, *result) {
                let (name, next) = (self.name(*param), self.consume(*result).tokens);
                end.extend(quote!(#name = #next;));
            }
        }
        end
    }

    /// `let (a, b) = rt::unzip(value);`, of so many results at a time.
    fn told_apart(&mut self, outs: &[Value], value: &TokenStream, unzip: &TokenStream, span: Span) -> TokenStream {
        let patterns: Vec<TokenStream> =
            outs.chunks(RESULTS).map(|chunk| tuple(&chunk.iter().map(|out| self.pattern(*out)).collect::<Vec<_>>())).collect();
        if let [pattern] = &patterns[..] {
            return quote!(let #pattern = #unzip(#value););
        }
        let names: Vec<_> = patterns.iter().map(|_| self.names.unique(&Ident::new("tangents", at(span)))).collect();
        let all = tuple(&names.iter().map(|name| quote!(#name)).collect::<Vec<_>>());
        quote!(let #all = #unzip(#value); #(let #patterns = #unzip(#names);)*)
    }
}
