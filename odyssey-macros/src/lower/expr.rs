//! Expressions.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Lit, UnOp};

use super::jump::Jumps;
use super::passive::{arithmetic, is_float, Effects};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::expressions::token_of;
use crate::ir::{FieldName, Kind, Listing, Op, Value};
use crate::parse::{is_constant_path, CONSTANT};
use crate::table::elementwise::Elementwise;

impl Lowerer {
    /// The value of an expression. Where nothing differentiated takes part, it is verbatim.
    pub(super) fn expr(&mut self, expr: &Expr) -> Value {
        let span = token_of(expr);
        match expr {
            Expr::Paren(e) => return self.expr(&e.expr),
            Expr::Group(e) => return self.expr(&e.expr),
            Expr::Path(e) => {
                if let Some(value) = e.path.get_ident().and_then(|ident| self.bindings.lookup(ident)) {
                    return value;
                }
            }
            Expr::Lit(e) => {
                if let Lit::Float(token) = &e.lit {
                    let value = token.base10_parse().unwrap_or(f64::NAN);
                    return self.literal(value, Some(token.clone()), span);
                }
            }
            _ => {}
        }
        if self.is_passive(expr) {
            return self.passive(expr);
        }
        if !is_structured(expr) && !self.reads_active(expr) && Effects::of(expr).escapes.is_none() {
            return self.passive_effect(expr);
        }
        self.active(expr, span)
    }

    /// A passive expression whose value decides something.
    pub(super) fn passive_condition(&mut self, expr: &Expr) -> Value {
        self.verbatim(expr)
    }

    /// A passive expression; the negative of a literal is a literal still.
    fn passive(&mut self, expr: &Expr) -> Value {
        if let Expr::Reference(e) = expr {
            if e.mutability.is_none() {
                let inner = self.expr(&e.expr);
                let kind = Kind::Reference(Box::new(self.kind(inner).clone()));
                return self.emit(Op::Reference(inner), kind, false, expr.span());
            }
        }
        if let Expr::MethodCall(e) = expr {
            // A view borrows from its receiver, which must have a place to live in.
            let is_view = (e.method == "t" || e.method == "view") && e.args.is_empty();
            if is_view {
                return self.passive_view(e, expr.span());
            }
        }
        self.of_elements(expr).unwrap_or_else(|| self.verbatim(expr))
    }

    fn passive_view(&mut self, e: &syn::ExprMethodCall, span: Span) -> Value {
        let receiver = self.expr(&e.receiver);
        let owner = self.behind_reference(receiver);
        let op = if e.method == "t" {
            // Of an array of anything, not of floats alone.
            Op::View(owner, std::rc::Rc::new(e.method.clone()), Vec::new())
        } else {
            Op::Copy(crate::ir::Copying::View, owner)
        };
        self.emit(op, Kind::Array(None), false, span)
    }

    fn active(&mut self, expr: &Expr, span: Span) -> Value {
        match expr {
            Expr::Binary(e) => match arithmetic(&e.op) {
                Some(op) => self.arithmetic(op, e, span),
                None => self.comparison(expr),
            },
            Expr::Unary(e) => self.unary(e, expr, span),
            Expr::Reference(e) if e.mutability.is_none() => {
                let inner = self.expr(&e.expr);
                let kind = Kind::Reference(Box::new(self.kind(inner).clone()));
                let active = self.is_active(inner);
                self.emit(Op::Reference(inner), kind, active, span)
            }
            Expr::Field(e) => {
                let base = self.expr(&e.base);
                self.field(base, FieldName::from(&e.member), e.member.span())
            }
            Expr::Index(e) => self.index(e, span),
            Expr::Tuple(e) => {
                let parts: Vec<_> = e.elems.iter().map(|elem| self.expr(elem)).collect();
                let kind = Kind::Tuple(parts.iter().map(|v| self.kind(*v).clone()).collect());
                let active = parts.iter().any(|v| self.is_active(*v));
                self.emit(Op::Tuple(parts), kind, active, span)
            }
            Expr::Cast(e) => self.cast(e, expr, span),
            Expr::Call(e) => self.call(e, expr),
            Expr::MethodCall(e) => self.method_call(e, expr),
            Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Loop(_) => self.nested(expr, span),
            Expr::Try(e) => self.tried(&e.expr, span),
            Expr::Struct(e) => self.construct(e),
            Expr::Array(e) => self.list(Listing::Array, &e.elems, expr),
            Expr::Repeat(e) => self.repeated(e, expr),
            Expr::Macro(e) if super::passive::is_looking_macro(&e.mac.path) => self.verbatim(expr),
            Expr::Macro(e) => match self.listing_macro(&e.mac, expr) {
                Some(list) => list,
                None => self.unsupported(expr, span),
            },
            Expr::Assign(_) | Expr::ForLoop(_) | Expr::While(_) => {
                self.effect(expr);
                self.unit(span)
            }
            other => self.unsupported(other, span),
        }
    }

    /// Control flow inside of an expression: its value, which no jump may leave out.
    fn nested(&mut self, expr: &Expr, span: Span) -> Value {
        let value = self.tail(expr, super::stmt::Tail::Value);
        if !Jumps::of(expr).is_none() {
            let text = not_yet("a jump inside of an expression is", "make it a statement of its own, or the value of a `let`");
            self.diagnostics.error(expr, text);
        }
        value.unwrap_or_else(|| self.unit(span))
    }

    /// The kind of what is in an `Option`.
    pub(super) fn payload_of(&self, value: Value) -> Kind {
        match self.kind(value) {
            Kind::Optional(inner) => (**inner).clone(),
            _ => Kind::Unknown,
        }
    }

    fn arithmetic(&mut self, op: Elementwise, e: &syn::ExprBinary, span: Span) -> Value {
        if self.is_integer(&e.left) || self.is_integer(&e.right) {
            return self.integer_arithmetic(e, span);
        }
        let (left, right) = (self.expr(&e.left), self.expr(&e.right));
        for (value, expr) in [(left, &e.left), (right, &e.right)] {
            // A constant in arithmetic with floats is a float: arrays cannot be constants.
            if *self.kind(value) == Kind::Unknown && is_constant(expr) {
                self.values[value].kind = Kind::Scalar;
            }
        }
        self.read_at(left, e.left.span());
        self.read_at(right, e.right.span());
        self.elementwise(op, vec![left, right], Vec::new(), span)
    }

    /// Remembers where a value is an operand.
    pub(super) fn read_at(&mut self, value: Value, span: Span) {
        let inner = self.behind_reference(value);
        self.values[inner].read_at.get_or_insert(span);
    }

    /// Comparisons and logic leave the reals: verbatim, even over differentiated values.
    fn comparison(&mut self, expr: &Expr) -> Value {
        let effects = Effects::of(expr);
        if effects.escapes.is_some() || effects.assigned.iter().any(|name| self.bindings.lookup(name).is_some()) {
            return self.unsupported(expr, expr.span());
        }
        self.verbatim(expr)
    }

    fn unary(&mut self, e: &syn::ExprUnary, expr: &Expr, span: Span) -> Value {
        match e.op {
            UnOp::Neg(_) => {
                let operand = self.expr(&e.expr);
                self.elementwise(Elementwise::named("neg"), vec![operand], Vec::new(), span)
            }
            UnOp::Deref(_) => {
                let operand = self.expr(&e.expr);
                let inner = self.behind_reference(operand);
                if inner != operand {
                    return inner;
                }
                let target = self.kind(operand).target();
                let active = self.is_active(operand);
                self.emit(Op::Dereference(operand), target, active, span)
            }
            _ => self.comparison(expr),
        }
    }

    fn index(&mut self, e: &syn::ExprIndex, span: Span) -> Value {
        let base = self.expr(&e.expr);
        let base = self.behind_reference(base);
        let index = self.index_value(&e.index);
        let is_slice = matches!(super::place::without_parens(&e.index), Expr::Range(_));
        let (kind, active) =
            (if is_slice { self.kind(base).peel().clone() } else { self.kind(base).element() }, self.is_active(base));
        self.emit(Op::Index(base, index), kind, active, span)
    }

    pub(super) fn index_value(&mut self, index: &Expr) -> Value {
        if let Some(index) = super::literal::typed_slice(index) {
            return self.verbatim(&index);
        }
        if self.is_passive(index) {
            self.expr(index)
        } else {
            // `x[x.len() - 1]`, `x[best(&x)]`: an index is an integer, however it was found.
            self.verbatim(index)
        }
    }

    fn cast(&mut self, e: &syn::ExprCast, expr: &Expr, span: Span) -> Value {
        if !is_float(&e.ty) {
            return self.verbatim(expr);
        }
        let operand = self.expr(&e.expr);
        if !self.is_active(operand) {
            return self.verbatim(expr);
        }
        let operand = self.element_of(operand);
        if matches!(self.kind(operand), Kind::Unknown) {
            return self.cast_of_integer(e, operand, span);
        }
        self.emit(Op::Cast(operand, std::rc::Rc::new((*e.ty).clone())), Kind::Scalar, true, span)
    }

    /// The cast of a part of unknown type: most are counts. The emitted code does not compile if it is a float after all,
    /// whose derivative would be lost.
    fn cast_of_integer(&mut self, e: &syn::ExprCast, operand: Value, span: Span) -> Value {
        let (krate, ty) = (&self.krate, &e.ty);
        let name = syn::Ident::new("count", span.resolved_at(Span::call_site()));
        let whole = crate::emit::locate(quote::quote!(#krate::rt::whole), span);
        let expr = syn::parse_quote_spanned!(span=> #whole(#name) as #ty);
        let verbatim = crate::ir::Verbatim { expr, inputs: vec![(name, operand)], is_pure: true };
        self.emit(Op::Verbatim(std::rc::Rc::new(verbatim)), Kind::Scalar, false, span)
    }

    /// Reports a construct that differentiated values cannot pass through, by its name.
    pub(super) fn unsupported(&mut self, expr: &Expr, span: Span) -> Value {
        let (construct, way_out) = match expr {
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => ("a jump inside of an expression is", "make it a statement of its own"),
            Expr::Closure(_) => ("a closure over differentiated values that is not called by its name is", "bind it with `let` and call it, or annotate a function"),
            Expr::Unsafe(_) => return self.refuse(expr, span, "an `unsafe` block over differentiated values has no derivative: the compiler cannot know what it does\nhelp: put it into a function with a rule of its own, or `detach` the values"),
            Expr::Async(_) | Expr::Await(_) => return self.refuse(expr, span, "`async` code over differentiated values has no derivative: it runs in pieces\nhelp: differentiate a plain function and call that one"),
            Expr::Macro(e) => {
                let name = e.mac.path.to_token_stream().to_string();
                let what = format!("the macro `{name}!` over differentiated values is");
                let text = not_yet(&what, "write what it expands to, or `detach` the values");
                return self.refuse(expr, span, &text);
            }
            Expr::Let(_) => ("`let` in a condition is", "test with a comparison"),
            Expr::Reference(_) => ("`&mut` of a differentiated value here is", "bind it with `let part = &mut …;`, or give it to a function"),
            Expr::Binary(_) => ("an assignment inside an expression is", "put it on a line of its own"),
            _ => ("this expression over differentiated values is", "compute it step by step, or `detach` the values"),
        };
        self.refuse(expr, span, &not_yet(construct, way_out))
    }

    pub(super) fn refuse(&mut self, expr: &Expr, span: Span, text: &str) -> Value {
        self.diagnostics.error(expr, text);
        self.nothing(span)
    }
}

/// Control flow, which is taken apart even where it is passive and changes variables.
fn is_structured(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Loop(_) | Expr::ForLoop(_) | Expr::While(_) | Expr::Assign(_)
    )
}

/// By convention a constant, or one over other floats.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => is_constant_path(path),
        Expr::Paren(e) => is_constant(&e.expr),
        Expr::Call(e) => {
            matches!(&*e.func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == CONSTANT))
        }
        _ => false,
    }
}
