//! Branches as statements; loops are next door.

mod arms;
mod directions;
mod loops;
mod slots;
pub(super) mod unmatch;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::layout::Places;
use super::names::at;
use super::writer::{tuple, Writer};
use crate::ir::{Block, Stmt, Value};
pub(super) use directions::count_of_directions;

impl Writer<'_> {
    /// `let (a, b) = if condition { …; (a, b) } else { …; (a, b) };`
    pub(super) fn branch(&mut self, stmt: &Stmt, condition: Value, arms: [&Block; 2], places: &[Places]) -> TokenStream {
        let condition = self.expr(condition).tokens;
        let [then, otherwise] = [0, 1].map(|i| self.arm(stmt, arms[i], &places[i]));
        if self.bound(stmt).next().is_none() && otherwise.is_empty() {
            return quote!(if #condition { #then });
        }
        self.bind(stmt, &quote!(if #condition { #then } else { #otherwise }))
    }

    /// `let (a, b) = { …; (a, b) };`
    pub(super) fn scope(&mut self, stmt: &Stmt, block: &Block, places: &Places) -> TokenStream {
        let block = self.arm(stmt, block, places);
        self.bind(stmt, &quote!({ #block }))
    }

    /// The results of a branch that are not in their variables when an arm ends, by their positions.
    fn bound<'s>(&'s self, stmt: &'s Stmt) -> impl Iterator<Item = (usize, Value)> + 's {
        stmt.outs.iter().copied().enumerate().filter(|(_, out)| !self.layout.is_settled(*out))
    }

    /// The statements of an arm, what it pushes, and its results.
    fn arm(&mut self, stmt: &Stmt, block: &Block, places: &Places) -> TokenStream {
        let scope = self.names.scope();
        let pops = self.pops(block);
        let stmts = self.block(block, places);
        self.at = places.end;
        let pushes: Vec<_> = block.pushes.iter().map(|kept| self.push(*kept)).collect();
        let results: Vec<_> = if block.diverges {
            Vec::new()
        } else {
            let bound: Vec<_> = self.bound(stmt).map(|(k, _)| block.results[k]).collect();
            bound.into_iter().map(|v| self.consume(v).tokens).collect()
        };
        let ended = if block.diverges { Vec::new() } else { self.ended(block, &[]) };
        if results.is_empty() {
            self.names.leave(scope);
            let recycle = self.recycle(&ended, stmt.span);
            return quote!(#pops #stmts #(#pushes)* #recycle);
        }
        let hints = vec![Ident::new("result", at(stmt.span)); results.len()];
        let (recycle, results) = self.recycling(results, &hints, &ended, stmt.span);
        let result = if let [one] = &results[..] { one.clone() } else { tuple(&results) };
        self.names.leave(scope);
        quote!(#pops #stmts #(#pushes)* #recycle #result)
    }

    /// `value` as the results of a statement with control flow.
    fn bind(&mut self, stmt: &Stmt, value: &TokenStream) -> TokenStream {
        let outs: Vec<_> = self.bound(stmt).map(|(_, out)| out).collect();
        match &outs[..] {
            [] => value.clone(),
            [out] if self.layout.is_reassigned(*out) => {
                let name = self.name(*out);
                quote!(#name = #value;)
            }
            [out] => {
                let pattern = self.pattern(*out);
                quote!(let #pattern = #value;)
            }
            _ => {
                let patterns: Vec<_> = outs.iter().map(|out| self.pattern(*out)).collect();
                let pattern = tuple(&patterns);
                quote!(let #pattern = #value;)
            }
        }
    }
}
