//! Blocks as statements.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, Ident};

use super::layout::Places;
use super::names::at;
use super::writer::{tuple, Writer};
use crate::ir::{Block, Op, Stmt, Value, Verbatim};
use crate::lower::{arithmetic, is_assignment};
use crate::table::elementwise::Elementwise;

impl Writer<'_> {
    /// The statements of a block, without its results.
    pub(super) fn block(&mut self, block: &Block, places: &Places) -> TokenStream {
        let mut out = TokenStream::new();
        for (i, (stmt, (at, inner))) in block.stmts.iter().zip(&places.stmts).enumerate() {
            self.at = *at;
            out.extend(self.stmt(stmt, inner));
            out.extend(self.releases(stmt, &block.stmts[i + 1..]));
        }
        self.at = places.end;
        out
    }

    fn stmt(&mut self, stmt: &Stmt, inner: &[Places]) -> TokenStream {
        if let [out] = stmt.outs[..] {
            if self.layout.is_inline(out) {
                return TokenStream::new();
            }
        }
        match &stmt.op {
            Op::If(condition, then, otherwise) => self.branch(stmt, *condition, [then, otherwise], inner),
            Op::Match(scrutinee, arms) => self.match_arms(stmt, *scrutinee, arms, inner),
            Op::Scope(block) => self.scope(stmt, block, &inner[0]),
            Op::For(l) => self.for_loop(stmt, l, inner),
            Op::Directions(each) => self.each_direction(stmt, each, &inner[0]),
            Op::Linearize(call) => self.linearize(stmt, call),
            Op::Pushforward(call, tangents) => self.push_forward(stmt, call, tangents),
            Op::Call(call) if !call.borrowed.is_empty() => self.changing_call(stmt, call),
            Op::LinearizeAlong(call, tangents) => self.linearize_along(stmt, call, tangents),
            Op::Pullback { pullback, call, result, cotangents, along } if along.is_empty() => {
                self.pullback(stmt, *pullback, call, *result, cotangents)
            }
            Op::Pullback { pullback, call, result, cotangents, along } => {
                self.pullback_along(stmt, *pullback, call, *result, [cotangents, along])
            }
            Op::Store { base, path, value, how } => self.store(stmt, *base, path, *value, *how),
            Op::Update { base, path, subtracts, value } => self.update_part(stmt, *base, path, *subtracts, *value),
            Op::Push { base, path, value } => self.push_on(stmt, *base, path, *value),
            Op::Unpop { base, path, last, cotangent } => self.unpop(stmt, *base, path, [*last, *cotangent]),
            Op::Pop { base, path } => self.pop_from(stmt, *base, path),
            Op::Swap { base, path, indices } => self.swap_in(stmt, *base, path, *indices),
            Op::Effect(verbatim, targets) => self.effect(stmt, verbatim, targets),
            Op::Stack => {
                let (name, new) = (self.name(stmt.outs[0]), self.rt("stack", stmt.span));
                quote!(let mut #name = #new();)
            }
            Op::Slots(count, range) => self.slots(stmt, *count, *range),
            Op::Offer(slots, state) => self.offer(*slots, state),
            Op::Restore(slots, range) => self.restore(stmt, *slots, *range),
            Op::Accumulate(sum, value) => {
                let (start, name) = self.sum_in_place(stmt.outs[0], *sum);
                let update = self.accumulate(&name, *value, stmt);
                self.guard_update(stmt, start, &name, update)
            }
            Op::AccumulatePart { tangent, path, value, is_taken } => {
                self.accumulate_part(stmt, *tangent, path, *value, *is_taken)
            }
            Op::TakePart { tangent, path, was } => self.take_part(stmt, *tangent, path, *was),
            Op::Unmatch { scrutinee, pattern, parts } => {
                let bound = self.pattern(stmt.outs[0]);
                self.unmatch(stmt, *scrutinee, pattern, parts, &bound)
            }
            Op::Assemble(base, parts) => {
                let name = self.name(stmt.outs[0]);
                // Behind a guard, what is bound outside of it is what changes.
                let is_mutable = self.layout.is_mutable(stmt.outs[0]) && !self.is_guarded(stmt.outs[0]);
                let stmts = self.assemble(*base, parts, &name, is_mutable);
                self.guard_block(stmt, stmts)
            }
            Op::Kernel(kernel) if stmt.outs.len() > 1 => {
                let patterns: Vec<_> = stmt.outs.iter().map(|out| self.pattern(*out)).collect();
                let (pattern, value) = (tuple(&patterns), self.kernel(kernel, &stmt.outs, stmt.span).tokens);
                self.guard_block(stmt, quote!(let #pattern = #value;))
            }
            op => self.single(stmt, op),
        }
    }

    /// A statement with at most one result, as an expression.
    fn single(&mut self, stmt: &Stmt, op: &Op) -> TokenStream {
        let Some(&out) = stmt.outs.first() else { return TokenStream::new() };
        if !self.layout.is_used(out) {
            let value = self.render(op, out).tokens;
            let annotation = self.annotation(out);
            return if is_statement(op) { quote!(#value;) } else { quote!(let _ #annotation = #value;) };
        }
        if self.layout.is_reassigned(out) {
            return self.assignment(out, op);
        }
        let mut value = self.render(op, out);
        if self.is_tangent_part(op, out) {
            value = self.clone_of(&value, out);
        }
        let (value, pattern) = (self.if_wanted(out, &value.tokens), self.pattern(out));
        quote!(let #pattern = #value;)
    }

    /// A part of a tangent that is bound. The user has copied that of the value: its tangent may be no `Copy`.
    fn is_tangent_part(&self, op: &Op, out: Value) -> bool {
        let is_part = matches!(op, Op::Field(..) | Op::Index(..) | Op::Dereference(_));
        is_part && self.values.tangents.contains(&out) && !self.values[out].kind.peel().is_number()
    }

    /// `x = …;`, or `x += …;` where that says the same.
    fn assignment(&mut self, out: Value, op: &Op) -> TokenStream {
        let name = self.name(out);
        if let Some(update) = self.update(&name, out, op) {
            return update;
        }
        let value = self.render(op, out).tokens;
        self.overwrite(out, &quote!(#name), &value)
    }

    /// The same for passive code.
    fn passive_update(&mut self, name: &Ident, variable: Value, verbatim: &Verbatim) -> Option<TokenStream> {
        let Expr::Binary(binary) = &verbatim.expr else { return None };
        let operator = arithmetic(&binary.op)?.assigning()?;
        let Expr::Path(left) = &*binary.left else { return None };
        let (_, own) = verbatim.inputs.iter().find(|(input, _)| left.path.is_ident(input))?;
        if self.layout.is_inline(*own) || self.layout.variable(*own) != self.layout.variable(variable) {
            return None;
        }
        let other = Verbatim { expr: (*binary.right).clone(), ..verbatim.clone() };
        let other = self.render(&Op::Verbatim(Rc::new(other)), variable).tokens;
        Some(quote!(#name #operator #other;))
    }

    /// `x += …;` for `x + …` where the sum goes into the variable of `x`.
    pub(super) fn update(&mut self, name: &Ident, variable: Value, op: &Op) -> Option<TokenStream> {
        if let Op::Verbatim(verbatim) = op {
            return self.passive_update(name, variable, verbatim);
        }
        let Op::Elementwise(op, operands, _) = op else { return None };
        let operator = op.assigning()?;
        let own = |v: Value| self.layout.variable(v) == self.layout.variable(variable) && !self.layout.is_inline(v);
        let commutes = op.is("add") || op.is("mul");
        let other = match (own(operands[0]), own(operands[1])) {
            (true, false) => operands[1],
            (false, true) if commutes => operands[0],
            _ => return None,
        };
        let other = self.expr(other).tokens;
        Some(quote!(#name #operator #other;))
    }

    /// `place += value;`, or `-=` for a negative.
    pub(super) fn compound(&mut self, place: &TokenStream, value: Value, stmt: &Stmt) -> TokenStream {
        let span = at(stmt.span);
        if let (true, Some(Op::Elementwise(op, operands, _))) =
            (self.layout.is_inline(value), self.layout.definition(value).cloned())
        {
            if op == Elementwise::named("neg") {
                let value = self.expr(operands[0]).tokens;
                return quote_spanned!(span=> #place -= #value;);
            }
        }
        let value = self.expr(value).tokens;
        quote_spanned!(span=> #place += #value;)
    }

    /// Makes sure that the variable of an in-place sum holds what it starts from.
    pub(super) fn sum_in_place(&mut self, out: Value, from: Value) -> (TokenStream, Ident) {
        let shares = self.layout.variable(out) == self.layout.variable(from) && !self.layout.is_inline(from);
        if shares {
            return (TokenStream::new(), self.name(out));
        }
        let start = self.consume(from).tokens;
        let name = self.name(out);
        (quote!(let mut #name = #start;), name)
    }

    /// `rt::add(&mut sum, value)`, or the rule that adds its result itself.
    fn accumulate(&mut self, name: &Ident, value: Value, stmt: &Stmt) -> TokenStream {
        let target = if self.is_guarded(stmt.outs[0]) {
            let given = self.rt("given_mut", stmt.span);
            // The reborrow keeps what the callee expects from deciding the type of the option.
            quote!(&mut *#given(&mut #name))
        } else {
            quote!(&mut #name)
        };
        if let (true, Some(Op::Rule(op, operand, reads))) = (self.layout.is_inline(value), self.layout.definition(value).cloned())
        {
            if op.accumulates {
                let args = self.rule_arguments(op, operand, &reads);
                let rule = format!("add_{}", op.rules[operand].0);
                let call = self.rule_call(op.name, &rule, quote!(#target, #(#args),*), stmt.span);
                return quote!(#call;);
            }
        }
        let value = self.consume(value).tokens;
        let call = self.runtime_call("add", quote!(#target, #value), stmt.span);
        quote!(#call;)
    }

    /// `mut x` or `x`, for a `let`.
    pub(super) fn pattern(&mut self, out: Value) -> TokenStream {
        if !self.layout.is_used(out) {
            return quote!(_);
        }
        // A `let` would hide the variable that this value belongs in: a wrong gradient, were it to happen.
        assert!(!self.layout.is_reassigned(out), "`{out:?}` overwrites a variable and cannot be bound to a new one");
        let name = self.name(out);
        let annotation = self.annotation(out);
        if self.layout.is_mutable(out) {
            quote!(mut #name #annotation)
        } else {
            quote!(#name #annotation)
        }
    }

    /// `: f64`, where only the user knows the type.
    fn annotation(&self, out: Value) -> Option<TokenStream> {
        self.values.annotations.get(&out).map(|ty| quote!(: #ty))
    }
}

/// The user's code that stands alone as it is: without a value, or with one that may be left.
fn is_statement(op: &Op) -> bool {
    let Op::Verbatim(code) = op else { return false };
    match &code.expr {
        Expr::Binary(e) => is_assignment(&e.op),
        Expr::Macro(e) => e.mac.path.segments.last().is_none_or(|name| name.ident != "format" && name.ident != "vec"),
        Expr::Call(_) | Expr::MethodCall(_) | Expr::Unary(_) | Expr::Paren(_) | Expr::Lit(_) => false,
        _ => true,
    }
}

impl Elementwise {
    /// `+=` for `+`, and so on.
    pub(super) fn assigning(self) -> Option<TokenStream> {
        match self.row().name {
            "add" => Some(quote!(+=)),
            "sub" => Some(quote!(-=)),
            "mul" => Some(quote!(*=)),
            "div" => Some(quote!(/=)),
            _ => None,
        }
    }
}
