//! Assignment, compound assignment.

use syn::spanned::Spanned;
use syn::{BinOp, Expr};

use crate::ir::{Kind, Projection, Value, Write};
use crate::lower::followed::{guard, shared};
use crate::lower::passive::{compound, is_pure};
use crate::lower::place::without_parens;
use crate::lower::typed::typed;
use crate::lower::Lowerer;
use crate::table::elementwise::Elementwise;

impl Lowerer {
    pub(in crate::lower) fn assignment(&mut self, e: &syn::ExprAssign) {
        if let (Expr::Tuple(places), Expr::Tuple(values)) = (&*e.left, &*e.right) {
            if places.elems.len() == values.elems.len() {
                let values: Vec<_> = values.elems.iter().map(|value| self.expr(value)).collect();
                for (place, value) in places.elems.iter().zip(values) {
                    self.assign(place, value);
                }
                return;
            }
        }
        let whole = Expr::Assign(e.clone());
        if self.is_plain_effect(&e.left, &e.right) || is_integer_write(&e.left, &e.right) {
            self.passive_effect(&whole);
            return;
        }
        let value = match self.type_of_variable(&e.left) {
            Some(ty) => self.expr(&typed(&e.right, &ty)),
            None => self.expr(&e.right),
        };
        self.assign(&e.left, value);
    }

    /// What is assigned to a variable is of its type: what it was before, which says so, may be gone from the derivative.
    fn type_of_variable(&self, place: &Expr) -> Option<syn::Type> {
        let Expr::Path(path) = without_parens(place) else { return self.float.clone() };
        let value = path.path.get_ident().and_then(|name| self.bindings.lookup(name));
        match value.map(|value| self.kind(value)) {
            Some(Kind::Array(_)) => {
                let krate = &self.krate;
                Some(syn::parse_quote!(#krate::rt::ndarray::Array1<_>))
            }
            _ => self.float.clone(),
        }
    }

    /// A passive write to a part of a passive variable.
    pub(in crate::lower) fn is_plain_effect(&mut self, place: &Expr, value: &Expr) -> bool {
        if matches!(without_parens(place), Expr::Path(_) | Expr::Infer(_) | Expr::Tuple(_)) || !self.is_passive(value) {
            return false;
        }
        let root = crate::lower::place::root_of(place).and_then(|ident| self.bindings.variable(ident));
        let root = root.map(|variable| self.bindings.alias(variable).map_or(variable, |alias| alias.root));
        root.is_some_and(|root| !self.is_active(self.bindings.value(root)))
    }

    pub(in crate::lower) fn assign(&mut self, place: &Expr, value: Value) {
        match place {
            Expr::Infer(_) => {}
            Expr::Tuple(places) => {
                for (number, part) in places.elems.iter().enumerate() {
                    let number = u32::try_from(number).expect("a short tuple");
                    let field = self.field(value, crate::ir::FieldName::Unnamed(number), part.span());
                    self.assign(part, field);
                }
            }
            _ => match self.place(place) {
                Some(to) => self.store(&to, value, Write::Set, place.span()),
                None => self.refuse_place(place, "assigned to"),
            },
        }
    }

    fn refuse_place(&mut self, place: &Expr, what: &str) {
        let text = match guard(place) {
            Some(method) => shared(&format!("behind `{method}`")),
            None => format!("only a part of a variable can be {what} here\nhelp: borrow it with `let part = &mut …;` first"),
        };
        self.diagnostics.error(place, text);
    }

    pub(in crate::lower) fn compound_assign(&mut self, e: &syn::ExprBinary) {
        let op = compound(&e.op).expect("a compound assignment");
        let span = e.op.span();
        if self.is_plain_effect(&e.left, &e.right) || is_integer_write(&e.left, &e.right) {
            self.passive_effect(&Expr::Binary(e.clone()));
            return;
        }
        // `left + right`.
        let sum = syn::ExprBinary { op: plain(&e.op), right: Box::new(operand(&e.right)), ..e.clone() };
        if matches!(&*e.left, Expr::Path(_)) && self.is_integer(&e.left) && self.reads_active(&e.right) {
            let value = self.integer_arithmetic(&sum, span);
            self.assign(&e.left, value);
            return;
        }
        let before = (!self.reads_active(&e.right) && !is_pure(&e.right)).then(|| self.savepoint());
        // For floats, Rust evaluates the right-hand side first.
        let right = self.expr(&e.right);
        let Some(mut place) = self.place(&e.left) else { return self.refuse_place(&e.left, "changed") };
        let left = self.load(&place, e.left.span());
        // `f64: AddAssign<T>` holds for floats alone.
        if self.kind(left).is_scalar() && matches!(self.kind(right), crate::ir::Kind::Tensor | crate::ir::Kind::Unknown) {
            self.values[right].kind = crate::ir::Kind::Scalar;
        }
        let is_active = self.is_active(left) || self.is_active(right);
        if !is_active {
            let is_array = self.kind(left).is_numeric() && !self.kind(left).is_scalar();
            // What has an effect is written once, in the passive code as a whole.
            if let Some(before) = before {
                self.restore(before);
                place = self.place(&e.left).expect("a place as before");
            }
            if is_array || matches!(&*e.right, Expr::Reference(_)) {
                self.passive_effect(&Expr::Binary(e.clone()));
                return;
            }
            let value = self.verbatim(&Expr::Binary(sum));
            let how = if ends_with_view(&place) { Write::Assign } else { Write::Set };
            self.store(&place, value, how, span);
            return;
        }
        let is_sum = op.is("add") || op.is("sub");
        if place.path.is_empty() || !is_sum {
            let value = self.combined(op, left, right, &e.left, &e.right, span);
            let how = if ends_with_view(&place) { Write::Assign } else { Write::Set };
            self.store(&place, value, how, span);
            return;
        }
        let value = self.element_of(right);
        let value = self.apart_from(place.root, value);
        let subtracts = op.is("sub");
        self.change(&place, &[value], span, |base, path| crate::ir::Op::Update { base, path, subtracts, value });
    }

    pub(in crate::lower) fn combined(
        &mut self,
        op: Elementwise,
        left: Value,
        right: Value,
        left_at: &Expr,
        right_at: &Expr,
        span: proc_macro2::Span,
    ) -> Value {
        self.read_at(left, left_at.span());
        self.read_at(right, right_at.span());
        self.elementwise(op, vec![left, right], Vec::new(), span)
    }
}

/// An integer goes into a part of a variable, of which the derivative knows nothing.
fn is_integer_write(place: &Expr, value: &Expr) -> bool {
    crate::lower::integers::is_whole(value) && !matches!(without_parens(place), Expr::Path(_) | Expr::Infer(_) | Expr::Tuple(_))
}

/// The right side of an assignment as that of an operator, which binds tighter.
fn operand(expr: &Expr) -> Expr {
    match expr {
        Expr::Binary(_) | Expr::Cast(_) | Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Range(_) => {
            syn::parse_quote!((#expr))
        }
        _ => expr.clone(),
    }
}

/// `+` for `+=`.
pub(in crate::lower) fn plain(op: &BinOp) -> BinOp {
    match op {
        BinOp::AddAssign(_) => syn::parse_quote!(+),
        BinOp::SubAssign(_) => syn::parse_quote!(-),
        BinOp::MulAssign(_) => syn::parse_quote!(*),
        BinOp::DivAssign(_) => syn::parse_quote!(/),
        _ => syn::parse_quote!(%),
    }
}

fn ends_with_view(place: &crate::lower::bindings::Place) -> bool {
    matches!(place.path.last(), Some(Projection::View(..)))
}
