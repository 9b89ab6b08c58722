//! Which values are written where they are read.

use super::{Layout, Results};
use crate::emit::release;
use crate::ir::{Block, Copying, Op, Stmt, Value, ValueSet, Values};

impl Layout {
    pub(super) fn choose_inline(&mut self, values: &Values, blocks: &[(&Block, Results)]) {
        let mut inline = ValueSet::default();
        let mut visit = |stmt: &Stmt| {
            if let [out] = stmt.outs[..] {
                if is_place(values, out, &stmt.op) || self.is_read_once_nearby(values, out, &stmt.op) {
                    inline.insert(out);
                }
            }
        };
        blocks.iter().for_each(|(block, _)| walk(block, &mut visit));
        self.inline = inline;
        while self.bind_outlived(values) {}
    }

    /// A value that is read after something it is made from has been overwritten must be bound before; whether there was
    /// one. Parts that are no numbers stay places: for them the whole is copied, unless it is behind a `&mut`, out of which
    /// the user has copied them. Numbers come first: with them bound, what they are parts of may be read early enough.
    fn bind_outlived(&mut self, values: &Values) -> bool {
        let is_number = |out: &Value| match &self.definitions[out] {
            Op::Verbatim(verbatim) => !is_place_expression(&verbatim.expr),
            Op::Elementwise(..) => true,
            _ => values[*out].kind.is_number(),
        };
        let mut outlived: Vec<_> = self.inline.iter().filter(|out| is_number(out) && self.is_outlived(*out)).collect();
        if outlived.is_empty() {
            let is_copied = |out: &Value| self.is_behind_exclusive(values, *out) && self.is_read_late(*out);
            outlived = self.inline.iter().filter(is_copied).collect();
        }
        outlived.iter().for_each(|out| {
            self.inline.remove(out);
        });
        !outlived.is_empty()
    }

    /// Read, other than for a part of it that is read in its turn, after it has been overwritten.
    fn is_read_late(&self, value: Value) -> bool {
        let Some(ends) = self.first_overwrite(value) else { return false };
        let is_part = |owner: &Value| {
            let op = self.definitions.get(owner);
            matches!(op, Some(Op::Field(..) | Op::Index(..) | Op::Dereference(_) | Op::Reference(_) | Op::View(..)))
        };
        self.reads.get(&value).into_iter().flatten().any(|(site, owner)| {
            match owner.filter(|owner| self.inline.contains(owner)) {
                Some(part) if is_part(&part) => false,
                Some(reader) => {
                    let mut sites = Vec::new();
                    self.final_sites(reader, &mut sites);
                    sites.iter().any(|site| site.at > ends)
                }
                None => site.at > ends,
            }
        })
    }

    /// A part of what an argument that is `&mut` refers to.
    fn is_behind_exclusive(&self, values: &Values, part: Value) -> bool {
        match self.definitions.get(&part) {
            Some(Op::Field(base, _) | Op::Index(base, _) | Op::Dereference(base)) if self.inline.contains(&part) => {
                values[*base].kind.is_exclusive() || self.is_behind_exclusive(values, *base)
            }
            _ => false,
        }
    }

    fn is_outlived(&self, value: Value) -> bool {
        let Some(ends) = self.first_overwrite(value) else { return false };
        let mut sites = Vec::new();
        self.final_sites(value, &mut sites);
        sites.iter().any(|site| site.at > ends)
    }

    /// When something that is read in place for this value is overwritten.
    fn first_overwrite(&self, value: Value) -> Option<usize> {
        let mut first = None;
        self.definitions[&value].operands(&mut |v| {
            let inner = if self.inline.contains(&v) { self.first_overwrite(v) } else { self.overwritten.get(&v).copied() };
            first = [first, inner].into_iter().flatten().min();
        });
        first
    }

    /// An unnamed expression that is read once, in the block where it stands.
    fn is_read_once_nearby(&self, values: &Values, out: Value, op: &Op) -> bool {
        let [(site, owner)] = &self.reads.get(&out).map_or(&[][..], |reads| reads) else { return false };
        let is_expression = match op {
            Op::Verbatim(verbatim) => verbatim.is_pure,
            Op::Elementwise(..)
            | Op::Rule(..)
            | Op::Tangent(..)
            | Op::RuleAlong(..)
            | Op::Zero(_)
            | Op::Length(_)
            | Op::Extent(_)
            | Op::Cast(..)
            | Op::Part(..)
            | Op::CastBack { .. } => true,
            Op::List(..)
            | Op::Construct(..)
            | Op::Tuple(_)
            | Op::Sum(_)
            | Op::Present(_)
            | Op::Absent
            | Op::Apply(..)
            | Op::Index(..)
            | Op::Copy(..) => true,
            _ => false,
        };
        // A new array that is only borrowed would end where it has no name.
        if release::makes_arrays(op) && !values[out].kind.is_scalar() && !self.kept.contains(&out) {
            return false;
        }
        let is_handed_on = owner.is_none() && self.handed_on.contains(&out);
        let is_named = values[out].name.is_some() && !is_handed_on && !matches!(op, Op::Zero(_) | Op::Present(_));
        is_expression && !is_named && site.block == self.defined[&out].block
    }
}

/// Stands for a place or costs nothing to write again: never bound to a variable of its own.
fn is_place(values: &Values, out: Value, op: &Op) -> bool {
    match op {
        Op::Literal(_)
        | Op::Reference(_)
        | Op::Dereference(_)
        | Op::Field(..)
        | Op::View(..)
        | Op::Copy(Copying::View | Copying::Moved, _) => true,
        Op::Apply(op, ..) => op.is_view,
        Op::Index(..) => !values[out].kind.is_number(),
        Op::Verbatim(verbatim) => {
            let is_memory = names_memory(&verbatim.expr) && values[out].name.is_none() && !values[out].kind.is_scalar();
            verbatim.is_pure
                && (is_memory
                    || matches!(verbatim.expr, syn::Expr::Range(_) | syn::Expr::Path(_) | syn::Expr::Lit(_))
                    || is_range_call(&verbatim.expr)
                    || matches!(verbatim.expr, syn::Expr::Call(_)) && verbatim.inputs.is_empty())
        }
        _ => false,
    }
}

/// Memory of the user's, which may have no copy.
fn names_memory(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Field(_) | syn::Expr::Index(_) => true,
        syn::Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)),
        syn::Expr::Paren(paren) => names_memory(&paren.expr),
        _ => false,
    }
}

/// Names memory: bound to a variable, it would be moved there.
fn is_place_expression(expr: &syn::Expr) -> bool {
    matches!(expr, syn::Expr::Path(_) | syn::Expr::Field(_) | syn::Expr::Index(_) | syn::Expr::Reference(_))
}

fn is_range_call(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::MethodCall(call) => is_range_call(&call.receiver),
        syn::Expr::Paren(paren) => is_range_call(&paren.expr),
        syn::Expr::Range(_) => true,
        _ => false,
    }
}

fn walk(block: &Block, f: &mut impl FnMut(&Stmt)) {
    for stmt in &block.stmts {
        f(stmt);
        stmt.op.blocks().into_iter().for_each(|inner| walk(inner, f));
    }
}
