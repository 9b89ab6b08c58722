//! Loops: what changes in the body is carried from one iteration to the next.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprForLoop, ExprLoop, ExprWhile, Label, Pat};

use super::bindings::Variable;
use super::handed::Lent;
use super::iterate::{Item, Walk};
use super::jump::Jumps;
use super::passive::Effects;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Block, Checkpoints, For, Info, Kind, Op, Stmt, Value, Wanted};
use crate::parse::is_checkpoint;

/// A loop as it is written.
struct Written<'a> {
    label: Option<&'a Label>,
    /// What it runs through.
    range: Option<Value>,
    condition: Option<&'a Expr>,
    checkpoints: Option<Checkpoints>,
    jumps: Jumps,
    span: Span,
}

/// What the variables of a loop have when it begins, and how they lend it.
struct Carried {
    inits: Vec<Value>,
    lendings: Vec<Lent>,
}

/// What an iteration does, given its index.
type Iteration<'i> = &'i mut dyn FnMut(&mut Lowerer, Value);

impl Lowerer {
    pub(super) fn for_loop(&mut self, e: &ExprForLoop) {
        self.refuse_attributes(&e.attrs);
        if self.passive_loop(&Expr::ForLoop(e.clone())).is_some() {
            return;
        }
        let checkpoints = self.checkpoints(&e.attrs);
        let Some(walk) = self.walk(&e.expr) else { return };
        let jumps = Jumps::of_body(&e.body, e.label.as_ref().map(|label| &label.name));
        let range = self.walked_range(&walk, e.expr.span());
        let mut effects = Effects::of_block(&e.body);
        walk.effects(&mut effects);
        let written =
            Written { label: e.label.as_ref(), range: Some(range), condition: None, checkpoints, jumps, span: e.span() };
        let mut changed = Vec::new();
        walk.roots(&mut changed);
        self.loop_with(&written, &effects, changed, &mut |lowerer, index| {
            lowerer.iteration(&walk, index, &e.pat, &e.body);
        });
    }

    fn iteration(&mut self, walk: &Walk, index: Value, pattern: &Pat, body: &syn::Block) {
        self.item_then(walk, index, pattern.span(), &mut |lowerer, item| {
            lowerer.bindings.open();
            lowerer.bind_item(pattern, item);
            lowerer.loop_block(body);
            lowerer.bindings.close();
        });
    }

    /// A loop over a pipeline of the compiler's own: `body` gets each item.
    pub(super) fn each_item(
        &mut self,
        walk: &Walk,
        effects: &Effects,
        changed: Vec<Variable>,
        span: Span,
        body: &mut dyn FnMut(&mut Lowerer, &Item),
    ) {
        let range = self.walked_range(walk, span);
        let mut changed = changed;
        walk.roots(&mut changed);
        let (range, jumps) = (Some(range), Jumps::default());
        let written = Written { label: None, range, condition: None, checkpoints: None, jumps, span };
        self.loop_with(&written, effects, changed, &mut |lowerer, index| {
            lowerer.item_then(walk, index, span, body);
        });
    }

    pub(super) fn while_loop(&mut self, e: &ExprWhile) {
        self.refuse_attributes(&e.attrs);
        if self.passive_loop(&Expr::While(e.clone())).is_some() {
            return;
        }
        let (attributes, label, condition, body) = (&e.attrs, &e.label, &e.cond, &e.body);
        let effects = Effects::of(condition);
        if let Expr::Let(test) = &**condition {
            let (pattern, value) = (&test.pat, &test.expr);
            let endless: ExprLoop =
                syn::parse_quote!(#(#attributes)* #label loop { match #value { #pattern => #body, _ => break } });
            self.endless_loop(&endless);
        } else if !self.changed_by(&effects).is_empty() {
            let endless: ExprLoop = syn::parse_quote!(#(#attributes)* #label loop { if !(#condition) { break; } #body });
            self.endless_loop(&endless);
        } else {
            let jumps = Jumps::of_body(body, label.as_ref().map(|label| &label.name));
            let (label, checkpoints) = (label.as_ref(), self.checkpoints(attributes));
            let written = Written { label, range: None, condition: Some(condition), checkpoints, jumps, span: e.span() };
            self.loop_with(&written, &Effects::of_block(body), Vec::new(), &mut |lowerer, _| lowerer.loop_block(body));
        }
    }

    /// `loop { … }`; its value is what a `break` leaves.
    pub(super) fn endless_loop(&mut self, e: &ExprLoop) -> Option<Value> {
        self.refuse_attributes(&e.attrs);
        let expr = Expr::Loop(e.clone());
        if let Some(value) = self.passive_loop(&expr) {
            return Some(value);
        }
        let jumps = Jumps::of_body(&e.body, e.label.as_ref().map(|label| &label.name));
        let (label, checkpoints) = (e.label.as_ref(), self.checkpoints(&e.attrs));
        let written = Written { label, range: None, condition: None, checkpoints, jumps, span: e.span() };
        let value =
            self.loop_with(&written, &Effects::of_block(&e.body), Vec::new(), &mut |lowerer, _| lowerer.loop_block(&e.body))?;
        let value = self.bindings.value(value);
        if self.flags_of(&Jumps::of(&expr)).is_empty() {
            Some(self.present(value, e.span()))
        } else {
            self.partial.insert(value);
            Some(value)
        }
    }

    /// What is in a value that may not be there, where it is.
    pub(super) fn present(&mut self, value: Value, span: Span) -> Value {
        let kind = match self.kind(value) {
            Kind::Optional(inner) => (**inner).clone(),
            _ => Kind::Unknown,
        };
        let active = self.is_active(value);
        self.emit(Op::Expect(value), kind, active, span)
    }

    /// A loop in which nothing differentiated takes part, as it stands.
    fn passive_loop(&mut self, expr: &Expr) -> Option<Value> {
        (!self.reads_active(expr) && Effects::of(expr).escapes.is_none()).then(|| self.passive_effect(expr))
    }

    fn loop_block(&mut self, body: &syn::Block) {
        if let Some(value) = self.block(body) {
            self.values[value].name = None;
        }
    }

    fn refuse_attributes(&mut self, attributes: &[syn::Attribute]) {
        if let Some(attribute) = attributes.iter().find(|attribute| !is_checkpoint(attribute)) {
            self.diagnostics.error(attribute, not_yet("this attribute on a loop is", "remove it"));
        }
    }

    /// Lowers a loop; returns the variable of the value that a `break` leaves, if there is one.
    fn loop_with(&mut self, written: &Written, effects: &Effects, more: Vec<Variable>, body: Iteration) -> Option<Variable> {
        self.open_target(written.label, &written.jumps, true, written.span);
        let flags = self.flags_that_stop(&written.jumps);
        let mut carried = self.changed_by(effects);
        carried.extend(more);
        carried.extend(&flags);
        carried.extend(self.values_of(&written.jumps));
        carried.sort_unstable();
        carried.dedup();
        let mut active: Vec<_> = carried.iter().map(|variable| self.is_active(self.bindings.value(*variable))).collect();
        // What a variable carries may become active, or turn out not to change, in the body itself: lower it again
        // until the assumption about its parameters holds.
        loop {
            let point = self.savepoint();
            let (block, values) = self.loop_body(written, &carried, &active, &flags, body);
            let results = block.results[..carried.len()].iter();
            let unchanged = results.clone().zip(&block.params[1..]).position(|(result, param)| result == param);
            let now: Vec<_> = results.zip(&active).map(|(v, was)| *was || self.is_active(*v)).collect();
            if let Some(unchanged) = unchanged {
                self.restore(point);
                carried.remove(unchanged);
                active.remove(unchanged);
            } else if now != active {
                self.restore(point);
                active = now;
            } else {
                self.finish_loop(written, block, values, &carried, !flags.is_empty());
                return self.close_target();
            }
        }
    }

    fn loop_body(
        &mut self,
        written: &Written,
        carried: &[Variable],
        active: &[bool],
        flags: &[Variable],
        body: Iteration,
    ) -> (Block, Carried) {
        let lending = |(variable, active): (&Variable, &bool)| self.lending(&[self.bindings.value(*variable)], *active);
        let lendings: Vec<_> = carried.iter().zip(active).map(lending).collect();
        let inits = self.carried_values(carried, &lendings, written.span);
        self.bindings.open();
        self.open_block();
        let index = self.parameter(Kind::Unknown, false, None, written.span);
        self.integers.insert(index);
        self.carry(carried, &inits, &lendings, active);
        let is_checkpointed = written.checkpoints.is_some();
        if is_checkpointed {
            self.refuse_changed_arguments(&inits);
        }
        self.checkpointed += usize::from(is_checkpointed);
        self.open_iteration(&written.jumps, written.span);
        body(self, index);
        let stop = (!flags.is_empty()).then(|| self.any_flag(flags, written.span));
        self.checkpointed -= usize::from(is_checkpointed);
        let results = self.carried_values(carried, &lendings, written.span);
        let mut block = self.blocks.pop().expect("the loop's block");
        block.results = results;
        block.results.extend(stop);
        self.bindings.close();
        (block, Carried { inits, lendings })
    }

    /// What the variables hand on.
    fn carried_values(&mut self, carried: &[Variable], lendings: &[Lent], span: Span) -> Vec<Value> {
        let carried = carried.iter().zip(lendings);
        carried.map(|(variable, lent)| self.handed_on(self.bindings.value(*variable), lent, span)).collect()
    }

    /// Parameters of the innermost block for what is carried.
    fn carry(&mut self, carried: &[Variable], inits: &[Value], lendings: &[Lent], active: &[bool]) {
        for (((variable, init), lent), active) in carried.iter().zip(inits).zip(lendings).zip(active) {
            let Info { kind, span, .. } = self.values[*init].clone();
            let name = self.bindings.name(*variable).clone();
            let kind = if kind.is_exclusive() { kind } else { kind.peel().clone() };
            let param = self.parameter(kind, *active, Some(name), span);
            if self.integers.contains(init) {
                self.integers.insert(param);
            }
            let param = self.lent_again(param, lent, span);
            self.bindings.assign(*variable, param);
        }
        carried.iter().for_each(|variable| self.refresh(*variable));
    }

    /// The test in front of each iteration.
    fn loop_condition(&mut self, written: &Written, variables: &[Variable], carried: &Carried, active: &[bool]) -> Option<Block> {
        let (condition, is_checkpointed) = (written.condition?, written.checkpoints.is_some());
        let before = self.bindings.snapshot();
        self.open_block();
        self.carry(variables, &carried.inits, &carried.lendings, active);
        self.checkpointed += usize::from(is_checkpointed);
        let value = self.condition(condition);
        self.checkpointed -= usize::from(is_checkpointed);
        let mut block = self.blocks.pop().expect("the condition's block");
        block.results = vec![value];
        self.bindings.rewind(&before);
        variables.iter().for_each(|variable| self.refresh(*variable));
        Some(block)
    }

    fn finish_loop(&mut self, written: &Written, body: Block, values: Carried, carried: &[Variable], stops: bool) {
        for (variable, init) in carried.iter().zip(&values.inits) {
            self.bindings.assign(*variable, *init);
        }
        let active: Vec<_> = body.params[1..].iter().map(|param| self.is_active(*param)).collect();
        let condition = self.loop_condition(written, carried, &values, &active);
        let Carried { inits, lendings } = values;
        let mut outs = Vec::new();
        for (param, result) in body.params[1..].iter().zip(&body.results).take(carried.len()) {
            let Info { name, kind, active, span, .. } = self.values[*param].clone();
            let kind = kind.meet(self.kind(*result));
            let out = self.values.add(Info { name, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None });
            if self.integers.contains(param) {
                self.integers.insert(out);
            }
            outs.push(out);
        }
        let arrived = outs.clone();
        let is_counted = stops || written.range.is_none();
        if is_counted {
            let name = Some(syn::Ident::new("turns", written.span.resolved_at(Span::call_site())));
            let info = Info {
                name,
                kind: Kind::Unknown,
                active: false,
                shape_of: None,
                wanted: Wanted::new(),
                span: written.span,
                read_at: None,
            };
            outs.push(self.values.add(info));
        }
        let (range, checkpoints) = (written.range, written.checkpoints);
        let op = For { range, reversed: false, times: None, condition, inits, body, stops, is_counted, checkpoints };
        self.push_statement(Stmt { outs, op: Op::For(Box::new(op)), span: written.span });
        for ((variable, out), lent) in carried.iter().zip(arrived).zip(lendings) {
            let out = self.lent_again(out, &lent, written.span);
            self.bindings.assign(*variable, out);
        }
        carried.iter().for_each(|variable| self.refresh(*variable));
    }
}
