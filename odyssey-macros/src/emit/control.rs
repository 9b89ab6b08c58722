//! Branches and loops as statements.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::layout::Places;
use super::writer::{tuple, Writer};
use crate::ir::{Block, For, Stmt, Value};

impl Writer<'_> {
    /// `let (a, b) = if condition { …; (a, b) } else { …; (a, b) };`
    pub(super) fn branch(&mut self, stmt: &Stmt, condition: Value, arms: [&Block; 2], places: &[Places]) -> TokenStream {
        let condition = self.expr(condition).tokens;
        let arms: Vec<_> = arms
            .into_iter()
            .zip(places)
            .map(|(block, places)| {
                let scope = self.names.scope();
                let stmts = self.block(block, places);
                self.at = places.end;
                let results: Vec<_> = block.results.iter().map(|v| self.consume(*v).tokens).collect();
                self.names.leave(scope);
                (stmts, results)
            })
            .collect();
        if stmt.outs.is_empty() {
            let (then, otherwise) = (&arms[0].0, &arms[1].0);
            return if otherwise.is_empty() {
                quote!(if #condition { #then })
            } else {
                quote!(if #condition { #then } else { #otherwise })
            };
        }
        let mut bodies = arms.iter().map(|(stmts, results)| {
            let result = match &results[..] {
                [one] => one.clone(),
                _ => tuple(results),
            };
            quote!(#stmts #result)
        });
        let (then, otherwise) = (bodies.next(), bodies.next());
        let value = quote!(if #condition { #then } else { #otherwise });
        if let ([out], true) = (&stmt.outs[..], stmt.outs.iter().all(|out| self.layout.is_reassigned(*out))) {
            let name = self.name(*out);
            return quote!(#name = #value;);
        }
        let patterns: Vec<_> = stmt.outs.iter().map(|out| self.pattern(*out)).collect();
        match &patterns[..] {
            [one] => quote!(let #one = #value;),
            _ => {
                let pattern = tuple(&patterns);
                quote!(let #pattern = #value;)
            }
        }
    }

    pub(super) fn for_loop(&mut self, stmt: &Stmt, l: &For, places: &Places) -> TokenStream {
        let mut out = self.loop_variables(stmt, l);
        let range = self.range(l);
        let scope = self.names.scope();
        let index = self.pattern(l.body.params[0]);
        let pops: Vec<_> = l
            .pops
            .iter()
            .map(|kept| {
                let (name, stack, pop) =
                    (self.pattern(kept.value), self.name(kept.stack), self.rt("pop", self.values[kept.value].span));
                quote!(let #name = #pop(&mut #stack);)
            })
            .collect();
        let body = self.block(&l.body, places);
        self.at = places.end;
        let end = self.hand_on(l);
        self.names.leave(scope);
        out.extend(quote!(for #index in #range { #(#pops)* #body #end }));
        out
    }

    /// The variables that the loop changes, before it.
    fn loop_variables(&mut self, stmt: &Stmt, l: &For) -> TokenStream {
        let mut out = TokenStream::new();
        for (init, param) in l.inits.iter().zip(&l.body.params[1..]) {
            if self.layout.variable(*init) != self.layout.variable(*param) || self.layout.is_inline(*init) {
                let init = self.consume(*init).tokens;
                let name = self.name(*param);
                out.extend(quote!(let mut #name = #init;));
            }
        }
        for stack in &stmt.outs[l.inits.len()..] {
            let (name, new) = (self.name(*stack), self.rt("stack", self.values[*stack].span));
            out.extend(quote!(let mut #name = #new();));
        }
        out
    }

    fn range(&mut self, l: &For) -> TokenStream {
        let range = self.consume(l.range);
        if l.reversed {
            let (reversed, range) = (self.rt("reversed", self.values[l.range].span), range.tokens);
            quote!(#reversed(#range))
        } else {
            range.tokens
        }
    }

    /// The end of an iteration: values are saved, and the carried variables get their next ones.
    fn hand_on(&mut self, l: &For) -> TokenStream {
        let mut out = TokenStream::new();
        let carried: Vec<_> = l.body.params[1..].iter().copied().zip(l.body.results.iter().copied()).collect();
        let is_saved = |param: Value| l.pushes.iter().find(|kept| kept.value == param).map(|kept| kept.stack);
        for kept in l.pushes.iter().filter(|kept| !carried.iter().any(|(param, _)| *param == kept.value)) {
            let (stack, value) = (self.name(kept.stack), self.consume(kept.value).tokens);
            out.extend(quote!(#stack.push(#value);));
        }
        let pending: Vec<_> = carried.into_iter().filter(|(param, result)| self.changes_at_end(*param, *result)).collect();
        let is_hazard = pending.len() > 1
            && pending.iter().enumerate().any(|(i, (_, result))| {
                let mut reads = Vec::new();
                self.reads_of(*result, &mut reads);
                pending[..i].iter().any(|(param, _)| reads.contains(&self.layout.variable(*param)))
            });
        if is_hazard {
            let next: Vec<_> = pending.iter().map(|(_, result)| self.consume(*result).tokens).collect();
            for (param, _) in &pending {
                if let Some(stack) = is_saved(*param) {
                    let (stack, name) = (self.name(stack), self.name(*param));
                    out.extend(quote!(#stack.push(#name.clone());));
                }
            }
            let names: Vec<_> = pending.iter().map(|(param, _)| self.name(*param)).collect();
            out.extend(quote!((#(#names),*) = (#(#next),*);));
            return out;
        }
        for (param, result) in pending {
            let (name, next) = (self.name(param), self.consume(result).tokens);
            out.extend(match is_saved(param) {
                Some(stack) if self.values[param].kind.is_scalar() => {
                    let stack = self.name(stack);
                    let assignment = self.plain_assignment(param, result, next);
                    quote!(#stack.push(#name); #assignment)
                }
                Some(stack) => {
                    let stack = self.name(stack);
                    if self.layout.is_inline(result) {
                        let fresh = self.names.unique(&format_ident!("{}_next", name, span = name.span()));
                        quote!(let #fresh = #next; #stack.push(::core::mem::replace(&mut #name, #fresh));)
                    } else {
                        quote!(#stack.push(::core::mem::replace(&mut #name, #next));)
                    }
                }
                None => self.plain_assignment(param, result, next),
            });
        }
        out
    }

    /// `h = next;`, or `h += …;`.
    fn plain_assignment(&mut self, param: Value, result: Value, next: TokenStream) -> TokenStream {
        let name = self.name(param);
        let definition = self.layout.definition(result).filter(|_| self.layout.is_inline(result)).cloned();
        definition.and_then(|op| self.update(&name, param, &op)).unwrap_or_else(|| quote!(#name = #next;))
    }

    fn changes_at_end(&self, param: Value, result: Value) -> bool {
        self.layout.is_inline(result) || self.layout.variable(param) != self.layout.variable(result)
    }

    /// The variables that evaluating a value reads.
    fn reads_of(&self, value: Value, reads: &mut Vec<Value>) {
        if self.layout.is_inline(value) {
            if let Some(op) = self.layout.definition(value) {
                op.operands(&mut |v| self.reads_of(v, reads));
            }
        } else {
            reads.push(self.layout.variable(value));
        }
    }
}
