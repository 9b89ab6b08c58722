//! Loops as statements.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::emit::layout::Places;
use crate::emit::names::at;
use crate::emit::writer::Writer;
use crate::ir::{Block, For, Kept, Op, Stmt, Value};
use crate::lower::is_stepped;

impl Writer<'_> {
    pub(in crate::emit) fn for_loop(&mut self, stmt: &Stmt, l: &For, places: &[Places]) -> TokenStream {
        let mut out = self.loop_variables(&l.inits, &l.body.params[1..]);
        let count = self.count(stmt, l);
        if let Some(count) = &count {
            out.extend(quote!(let mut #count = 0_usize;));
        }
        let scope = self.names.scope();
        let (head, test) = self.header(l, places);
        let pops = self.pops(&l.body);
        let body = self.block(&l.body, places.last().expect("the body's places"));
        let (stop, leave) = self.stop(l);
        let end = self.hand_on(l);
        // Whatever an iteration has done to them, what it hands on is there.
        for (param, _) in l.carried() {
            self.moved.remove(&self.layout.variable(param));
        }
        let ended = self.ended(&l.body, &[]);
        let recycle = self.recycle(&ended, stmt.span);
        let count = count.map(|count| quote!(#count += 1;));
        self.names.leave(scope);
        out.extend(quote!(#head { #test #pops #body #stop #end #recycle #count #leave }));
        out
    }

    /// The variables that a block changes which runs several times, before it: where they are not those of their first values.
    pub(super) fn loop_variables(&mut self, inits: &[Value], params: &[Value]) -> TokenStream {
        let mut out = TokenStream::new();
        for (init, param) in inits.iter().zip(params) {
            if self.layout.variable(*init) != self.layout.variable(*param) || self.layout.is_inline(*init) {
                let init = self.consume(*init).tokens;
                let name = self.name(*param);
                out.extend(quote!(let mut #name = #init;));
            }
        }
        out
    }

    fn count(&mut self, stmt: &Stmt, l: &For) -> Option<syn::Ident> {
        let count = l.is_counted.then(|| *stmt.outs.last().expect("the count"))?;
        Some(self.name(count))
    }

    /// `for i in range`, `while condition`, `loop`; and the test of a condition that stands in the body.
    fn header(&mut self, l: &For, places: &[Places]) -> (TokenStream, TokenStream) {
        let head = if l.range.is_some() || l.times.is_some() {
            let range = self.range(l);
            let index = self.pattern(l.body.params[0]);
            quote!(for #index in #range)
        } else {
            quote!(loop)
        };
        let Some(condition) = &l.condition else { return (head, TokenStream::new()) };
        let stmts = self.block(condition, &places[0]);
        self.at = places[0].end;
        let value = self.expr(condition.results[0]);
        if stmts.is_empty() && l.range.is_none() {
            let value = value.tokens;
            return (quote!(while #value), TokenStream::new());
        }
        let value = value.receiver();
        (head, quote!(#stmts if !#value { break; }))
    }

    fn range(&mut self, l: &For) -> TokenStream {
        let times = l.times.map(|times| self.expr(times).tokens);
        let Some(range_value) = l.range else { return quote!(0..#times) };
        let (range, span) = (self.consume(range_value).tokens, self.values[range_value].span);
        match (l.reversed, times) {
            (false, _) => range,
            (true, None) => {
                let is_stepped =
                    matches!(self.layout.definition(range_value), Some(Op::Verbatim(code)) if is_stepped(&code.expr));
                let reversed = self.rt(if is_stepped { "reversed_steps" } else { "reversed" }, span);
                quote!(#reversed(#range))
            }
            (true, Some(times)) => {
                let reversed = self.rt("reversed_first", span);
                quote!(#reversed(#range, #times))
            }
        }
    }

    /// What an iteration takes off the stacks.
    pub(super) fn pops(&mut self, block: &Block) -> TokenStream {
        let pops = block.pops.iter().map(|kept| {
            let (name, stack, pop) =
                (self.pattern(kept.value), self.name(kept.stack), self.rt("pop", self.values[kept.value].span));
            quote!(let #name = #pop(&mut #stack);)
        });
        pops.collect()
    }

    pub(super) fn push(&mut self, kept: Kept) -> TokenStream {
        let (stack, value) = (self.name(kept.stack), self.consume(kept.value).tokens);
        quote!(#stack.push(#value);)
    }

    /// Whether the iteration is the last, decided before what it hands on overwrites anything.
    fn stop(&mut self, l: &For) -> (TokenStream, TokenStream) {
        let Some(stop) = l.stop() else { return Default::default() };
        if !self.layout.is_inline(stop) {
            let name = self.name(stop);
            return (TokenStream::new(), quote!(if #name { break; }));
        }
        let value = self.expr(stop).tokens;
        let name = self.names.unique(&format_ident!("is_last", span = at(self.values[stop].span)));
        (quote!(let #name = #value;), quote!(if #name { break; }))
    }

    /// The end of an iteration: values are saved, and the carried variables get their next ones.
    fn hand_on(&mut self, l: &For) -> TokenStream {
        let mut out = TokenStream::new();
        let carried: Vec<_> = l.carried().collect();
        let pushes = &l.body.pushes;
        let is_saved = |param: Value| pushes.iter().find(|kept| kept.value == param).map(|kept| kept.stack);
        for kept in pushes.iter().filter(|kept| !carried.iter().any(|(param, _)| *param == kept.value)) {
            out.extend(self.push(*kept));
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
            out.extend(self.exchange(&pending, &next));
            return out;
        }
        for (param, result) in pending {
            let (name, next) = (self.name(param), self.consume(result).tokens);
            let place = self.carried_place(param);
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
                        quote!(let #fresh = #next; #stack.push(::core::mem::replace(&mut #place, #fresh));)
                    } else {
                        quote!(#stack.push(::core::mem::replace(&mut #place, #next));)
                    }
                }
                None => self.plain_assignment(param, result, next),
            });
        }
        out
    }

    /// `(h, c) = (h_next, c_next);`
    fn exchange(&mut self, pending: &[(Value, Value)], next: &[TokenStream]) -> TokenStream {
        let places: Vec<_> = pending.iter().map(|(param, _)| self.carried_place(*param)).collect();
        let fresh: Vec<_> = pending
            .iter()
            .map(|(param, _)| {
                let name = self.name(*param);
                self.names.unique(&format_ident!("{}_next", name, span = name.span()))
            })
            .collect();
        let plain: Vec<_> = places.iter().zip(&fresh).map(|(place, fresh)| quote!(#place = #fresh;)).collect();
        let set: Vec<_> = pending
            .iter()
            .zip(places.iter().zip(&fresh))
            .map(|((param, _), (place, fresh))| self.overwrite(*param, place, &quote!(#fresh)))
            .collect();
        if plain.iter().zip(&set).all(|(plain, set)| plain.to_string() == set.to_string()) {
            return quote!((#(#places),*) = (#(#next),*););
        }
        quote!(let (#(#fresh),*) = (#(#next),*); #(#set)*)
    }

    /// `h = next;`, or `h += …;`.
    fn plain_assignment(&mut self, param: Value, result: Value, next: TokenStream) -> TokenStream {
        let (name, place) = (self.name(param), self.carried_place(param));
        let definition = self.layout.definition(result).filter(|_| self.layout.is_inline(result)).cloned();
        definition.and_then(|op| self.update(&name, param, &op)).unwrap_or_else(|| self.overwrite(param, &place, &next))
    }

    /// What is assigned to: a variable, or what is behind an argument that is `&mut`.
    fn carried_place(&mut self, param: Value) -> TokenStream {
        let name = self.name(param);
        if self.layout.is_behind_argument(param) {
            quote!(*#name)
        } else {
            quote!(#name)
        }
    }

    pub(super) fn changes_at_end(&self, param: Value, result: Value) -> bool {
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
