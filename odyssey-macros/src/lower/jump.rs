//! Ways out of loops, blocks and the function. A jump sets a flag, which is a variable like any other: branches and loops
//! hand it on, and what a jump skips stands behind a test of it.

use syn::visit::Visit;
use syn::{Expr, Lifetime, Stmt};

use super::bindings::Variable;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Kind, Op, Value};

/// What a jump may lead out of.
pub(super) struct Target {
    label: Option<Lifetime>,
    /// A loop, to which `break` and `continue` without a label belong.
    is_loop: bool,
    broke: Option<Variable>,
    skipped: Option<Variable>,
    /// What a `break` with a value leaves behind.
    value: Option<Variable>,
}

/// The jumps in some code that lead out of it.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a kind of jump")]
pub(super) struct Jumps {
    pub(super) breaks: bool,
    pub(super) breaks_with_value: bool,
    pub(super) continues: bool,
    pub(super) returns: bool,
    labels: Vec<(Lifetime, bool, bool)>,
    loops: usize,
    own: Vec<Option<Lifetime>>,
}

impl Jumps {
    /// The jumps out of a statement.
    pub(super) fn of_stmt(stmt: &Stmt) -> Jumps {
        let mut jumps = Jumps::default();
        jumps.visit_stmt(stmt);
        jumps
    }

    pub(super) fn of(expr: &Expr) -> Jumps {
        let mut jumps = Jumps::default();
        jumps.visit_expr(expr);
        jumps
    }

    /// The jumps out of the body of a loop or of a labelled block.
    pub(super) fn of_body(body: &syn::Block, label: Option<&Lifetime>) -> Jumps {
        let mut jumps = Jumps::default();
        jumps.visit_block(body);
        let own = |l: &Lifetime| label.is_some_and(|label| label.ident == l.ident);
        for (l, is_break, has_value) in &jumps.labels {
            if own(l) {
                jumps.breaks |= is_break;
                jumps.continues |= !is_break;
                jumps.breaks_with_value |= is_break & has_value;
            }
        }
        jumps.labels.retain(|(l, ..)| !own(l));
        jumps
    }

    /// The jumps to the end of a labelled block.
    pub(super) fn of_labelled(body: &syn::Block, label: Option<&Lifetime>) -> Jumps {
        let mut all = Jumps::default();
        all.visit_block(body);
        let mut own = Jumps::default();
        for (l, is_break, has_value) in &all.labels {
            if label.is_some_and(|label| label.ident == l.ident) {
                own.breaks |= is_break;
                own.breaks_with_value |= is_break & has_value;
            }
        }
        own
    }

    pub(super) fn is_none(&self) -> bool {
        !self.breaks && !self.continues && !self.returns && self.labels.is_empty()
    }
}

impl<'ast> Visit<'ast> for Jumps {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Closure(_) | Expr::Async(_) => return,
            Expr::Return(e) => self.returns |= !e.expr.as_deref().is_some_and(is_failure),
            Expr::Break(e) => match &e.label {
                Some(label) => self.label(label, true, e.expr.is_some()),
                None if self.loops == 0 => {
                    self.breaks = true;
                    self.breaks_with_value |= e.expr.is_some();
                }
                None => {}
            },
            Expr::Continue(e) => match &e.label {
                Some(label) => self.label(label, false, false),
                None => self.continues |= self.loops == 0,
            },
            _ => {}
        }
        let (is_loop, label) = match expr {
            Expr::ForLoop(e) => (true, e.label.as_ref()),
            Expr::While(e) => (true, e.label.as_ref()),
            Expr::Loop(e) => (true, e.label.as_ref()),
            Expr::Block(e) => (false, e.label.as_ref()),
            _ => (false, None),
        };
        self.own.push(label.map(|label| label.name.clone()));
        self.loops += usize::from(is_loop);
        syn::visit::visit_expr(self, expr);
        self.loops -= usize::from(is_loop);
        self.own.pop();
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Jumps {
    fn label(&mut self, label: &Lifetime, is_break: bool, has_value: bool) {
        if !self.own.iter().flatten().any(|own| own.ident == label.ident) {
            self.labels.push((label.clone(), is_break, has_value));
        }
    }
}

/// `Err(…)`, `None`: a result without a derivative.
pub(super) fn is_failure(expr: &Expr) -> bool {
    match expr {
        Expr::Call(e) => matches!(&*e.func, Expr::Path(path) if path.path.segments.last().is_some_and(|s| s.ident == "Err")),
        Expr::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == "None"),
        Expr::Paren(e) => is_failure(&e.expr),
        Expr::Group(e) => is_failure(&e.expr),
        Expr::MethodCall(e) => e.method == "into" && is_failure(&e.receiver),
        _ => false,
    }
}

/// Control never comes out of the end of these statements.
pub(super) fn exits_block(block: &syn::Block) -> bool {
    block.stmts.iter().any(|stmt| match stmt {
        Stmt::Expr(expr, _) => exits(expr),
        Stmt::Macro(mac) => is_panic(&mac.mac.path),
        _ => false,
    })
}

/// Control never comes out of the end of this expression.
pub(super) fn exits(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(e) => is_panic(&e.mac.path),
        Expr::Block(e) if e.label.is_none() => exits_block(&e.block),
        Expr::Unsafe(e) => exits_block(&e.block),
        Expr::Paren(e) => exits(&e.expr),
        Expr::If(e) => exits_block(&e.then_branch) && e.else_branch.as_ref().is_some_and(|(_, otherwise)| exits(otherwise)),
        Expr::Match(e) => !e.arms.is_empty() && e.arms.iter().all(|arm| exits(&arm.body)),
        _ => false,
    }
}

pub(super) fn is_panic(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| ["panic", "unreachable", "todo", "unimplemented"].iter().any(|name| last.ident == name))
}

impl Lowerer {
    /// `false`, as a passive value.
    pub(super) fn flag(&mut self, value: bool, span: proc_macro2::Span) -> Value {
        let expr: Expr = if value { syn::parse_quote!(true) } else { syn::parse_quote!(false) };
        let verbatim = crate::ir::Verbatim { expr, inputs: Vec::new(), is_pure: true };
        self.emit(Op::Verbatim(std::rc::Rc::new(verbatim)), Kind::Unknown, false, span)
    }

    fn hidden_flag(&mut self, name: &str, span: proc_macro2::Span) -> Variable {
        let value = self.flag(false, span);
        self.bindings.hidden(&syn::Ident::new(name, span.resolved_at(proc_macro2::Span::call_site())), value)
    }

    /// Opens a loop or a labelled block whose body has these jumps; the flags are declared around it.
    pub(super) fn open_target(&mut self, label: Option<&syn::Label>, jumps: &Jumps, is_loop: bool, span: proc_macro2::Span) {
        let broke = jumps.breaks.then(|| self.hidden_flag("broke", span));
        let value = jumps.breaks_with_value.then(|| self.absent("broken_with", span));
        self.targets.push(Target { label: label.map(|label| label.name.clone()), is_loop, broke, skipped: None, value });
    }

    /// A hidden variable for a value that is there only after a jump.
    fn absent(&mut self, name: &str, span: proc_macro2::Span) -> Variable {
        let value = self.emit(Op::Absent, Kind::Optional(Box::new(Kind::Unknown)), false, span);
        self.bindings.hidden(&syn::Ident::new(name, span.resolved_at(proc_macro2::Span::call_site())), value)
    }

    /// At the start of a loop's body: `continue` skips the rest of this iteration alone.
    pub(super) fn open_iteration(&mut self, jumps: &Jumps, span: proc_macro2::Span) {
        let skipped = jumps.continues.then(|| self.hidden_flag("skipped", span));
        self.targets.last_mut().expect("a loop").skipped = skipped;
    }

    /// Closes the innermost target; the value that a `break` left, as an `Option`.
    pub(super) fn close_target(&mut self) -> Option<Variable> {
        self.targets.pop().expect("a target").value
    }

    /// The flags outside of the innermost target that its body may set, and its own `broke`.
    pub(super) fn flags_that_stop(&self, jumps: &Jumps) -> Vec<Variable> {
        let own = self.targets.last().and_then(|target| target.broke);
        own.into_iter().chain(self.flags_around(jumps, self.targets.len() - 1)).collect()
    }

    /// The flags that jumps of some code set, in the targets outside of `depth`.
    fn flags_around(&self, jumps: &Jumps, depth: usize) -> Vec<Variable> {
        let mut flags = Vec::new();
        for (label, is_break, _) in &jumps.labels {
            if let Some(target) =
                self.targets[..depth].iter().rev().find(|t| t.label.as_ref().is_some_and(|l| l.ident == label.ident))
            {
                flags.extend(if *is_break { target.broke } else { target.skipped });
            }
        }
        flags.extend(self.returned.filter(|_| jumps.returns).map(|(flag, _)| flag));
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// The flags that jumps out of a statement set.
    pub(super) fn flags_of(&self, jumps: &Jumps) -> Vec<Variable> {
        let mut flags = self.flags_around(jumps, self.targets.len());
        if let Some(target) = self.targets.iter().rev().find(|target| target.is_loop) {
            flags.extend(target.broke.filter(|_| jumps.breaks));
            flags.extend(target.skipped.filter(|_| jumps.continues));
        }
        flags
    }

    /// The variables that hold the values of jumps out of some code.
    pub(super) fn values_of(&self, jumps: &Jumps) -> Vec<Variable> {
        let mut values: Vec<_> = self.returned.filter(|_| jumps.returns).map(|(_, value)| value).into_iter().collect();
        for (label, is_break, has_value) in &jumps.labels {
            let target = self.targets.iter().rev().find(|t| t.label.as_ref().is_some_and(|l| l.ident == label.ident));
            values.extend(target.and_then(|target| target.value).filter(|_| *is_break && *has_value));
        }
        let innermost = self.targets.iter().rev().find(|target| target.is_loop);
        values.extend(innermost.and_then(|target| target.value).filter(|_| jumps.breaks_with_value));
        values
    }

    /// Whether one of these flags is set: a passive value.
    pub(super) fn any_flag(&mut self, flags: &[Variable], span: proc_macro2::Span) -> Value {
        if let [one] = flags {
            return self.bindings.value(*one);
        }
        let mut inputs = Vec::new();
        let mut expr: Option<Expr> = None;
        for (number, flag) in flags.iter().enumerate() {
            let name = quote::format_ident!("flag_{number}", span = proc_macro2::Span::mixed_site());
            inputs.push((name.clone(), self.bindings.value(*flag)));
            expr = Some(match expr {
                None => syn::parse_quote!(#name),
                Some(before) => syn::parse_quote!(#before || #name),
            });
        }
        let verbatim = crate::ir::Verbatim { expr: expr.expect("a flag"), inputs, is_pure: true };
        self.emit(Op::Verbatim(std::rc::Rc::new(verbatim)), Kind::Unknown, false, span)
    }

    /// Declares what early returns from inside of loops leave behind.
    pub(super) fn declare_return(&mut self, span: proc_macro2::Span) {
        let flag = self.hidden_flag("returned", span);
        let value = self.absent("returned_with", span);
        self.returned = Some((flag, value));
    }

    fn leave_with(&mut self, variable: Variable, value: Value, span: proc_macro2::Span) {
        let (kind, active) = (self.kind(value).peel().clone(), self.is_active(value));
        let present = self.emit(Op::Present(value), Kind::Optional(Box::new(kind)), active, span);
        self.bindings.assign(variable, present);
    }

    /// `return`, `break`, `continue` as the last thing that a block does.
    pub(super) fn jump(&mut self, expr: &Expr) {
        let span = super::place::span_of(expr);
        match expr {
            Expr::Return(e) => {
                let value = match &e.expr {
                    Some(value) => self.expr(value),
                    None => self.unit(span),
                };
                // A closure over elements is no function of its own here.
                let Some((flag, result)) = self.returned else {
                    let text = not_yet("`return` in a closure over elements is", "let it end with an `if` that has an `else`");
                    self.diagnostics.error(expr, text);
                    return;
                };
                self.leave_with(result, value, span);
                let set = self.flag(true, span);
                self.bindings.assign(flag, set);
            }
            Expr::Break(e) => {
                let target = self.target(e.label.as_ref());
                let (broke, variable) = target.map_or((None, None), |target| (target.broke, target.value));
                if let (Some(value), Some(variable)) = (&e.expr, variable) {
                    let value = self.expr(value);
                    self.leave_with(variable, value, span);
                }
                self.set(broke, expr, span);
            }
            Expr::Continue(e) => {
                let skipped = self.target(e.label.as_ref()).and_then(|target| target.skipped);
                self.set(skipped, expr, span);
            }
            _ => unreachable!("a jump"),
        }
    }

    fn set(&mut self, flag: Option<Variable>, expr: &Expr, span: proc_macro2::Span) {
        match flag {
            Some(flag) => {
                let set = self.flag(true, span);
                self.bindings.assign(flag, set);
            }
            None => {
                self.diagnostics
                    .error(expr, "this jump leads nowhere that the compiler sees\nhelp: label the loop that it belongs to");
            }
        }
    }

    fn target(&self, label: Option<&Lifetime>) -> Option<&Target> {
        match label {
            Some(label) => self.targets.iter().rev().find(|t| t.label.as_ref().is_some_and(|l| l.ident == label.ident)),
            None => self.targets.iter().rev().find(|target| target.is_loop),
        }
    }

    /// `()`.
    pub(super) fn unit(&mut self, span: proc_macro2::Span) -> Value {
        self.emit(Op::Tuple(Vec::new()), Kind::Tuple(Vec::new()), false, span)
    }
}
