//! Expressions.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Lit, UnOp};

use super::passive::{arithmetic, is_float, Effects};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{FieldName, Kind, Op, Value};
use crate::table::elementwise::Elementwise;

impl Lowerer {
    /// The value of an expression. Where nothing differentiated takes part, it is verbatim.
    pub(super) fn expr(&mut self, expr: &Expr) -> Value {
        let span = expr.span();
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
        self.active(expr, span)
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
        self.verbatim(expr)
    }

    fn passive_view(&mut self, e: &syn::ExprMethodCall, span: Span) -> Value {
        let receiver = self.expr(&e.receiver);
        let owner = self.behind_reference(receiver);
        let op = if e.method == "t" {
            Op::Apply(crate::table::operations::find("t").expect("in the table"), vec![owner], Vec::new())
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
            Expr::If(e) => self.branch(e).unwrap_or_else(|| self.nothing(span)),
            Expr::Block(e) if e.label.is_none() => self.block(&e.block).unwrap_or_else(|| self.nothing(span)),
            Expr::Macro(e) if super::passive::is_looking_macro(&e.mac.path) => self.verbatim(expr),
            other => self.unsupported(other, span),
        }
    }

    fn arithmetic(&mut self, op: Elementwise, e: &syn::ExprBinary, span: Span) -> Value {
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
                let target = match self.kind(operand) {
                    Kind::Reference(target) => (**target).clone(),
                    _ => Kind::Unknown,
                };
                let active = self.is_active(operand);
                self.emit(Op::Dereference(operand), target, active, span)
            }
            _ => self.comparison(expr),
        }
    }

    fn index(&mut self, e: &syn::ExprIndex, span: Span) -> Value {
        if matches!(*e.index, Expr::Range(_)) {
            self.diagnostics.error(e, not_yet("slices are", "index element by element"));
            return self.nothing(span);
        }
        let base = self.expr(&e.expr);
        let base = self.behind_reference(base);
        let index = self.index_value(&e.index);
        let (kind, active) = (self.kind(base).element(), self.is_active(base));
        self.emit(Op::Index(base, index), kind, active, span)
    }

    fn index_value(&mut self, index: &Expr) -> Value {
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
        self.emit(Op::Cast(operand, std::rc::Rc::new((*e.ty).clone())), Kind::Scalar, true, span)
    }

    /// Reports a construct that differentiated values cannot pass through, by its name.
    pub(super) fn unsupported(&mut self, expr: &Expr, span: Span) -> Value {
        let (construct, way_out) = match expr {
            Expr::While(_) | Expr::Loop(_) => ("`while` and `loop` over differentiated values are", "use `for` over a range where the number of iterations can be bounded"),
            Expr::Match(_) => ("`match` over differentiated values is", "use `if`/`else`"),
            Expr::Return(_) => ("an early `return` is", "use `if`/`else` expressions, and `return` only as the last statement"),
            Expr::Break(_) | Expr::Continue(_) => ("`break` and `continue` are", "put the rest of the loop's body into an `if`"),
            Expr::Try(_) => ("`?` is", "handle the error before the call"),
            Expr::Closure(_) => ("closures over differentiated values are", "write the expression in place, or annotate a function"),
            Expr::Struct(_) => ("struct literals with differentiated values are", "return a tuple"),
            Expr::Array(_) | Expr::Repeat(_) => ("arrays of differentiated values are", "use single variables or a tuple"),
            Expr::Unsafe(_) => return self.refuse(expr, span, "an `unsafe` block over differentiated values has no derivative: the compiler cannot know what it does\nhelp: put it into a function with a rule of its own, or `detach` the values"),
            Expr::Async(_) | Expr::Await(_) => return self.refuse(expr, span, "`async` code over differentiated values has no derivative: it runs in pieces\nhelp: differentiate a plain function and call that one"),
            Expr::Macro(e) => {
                let name = e.mac.path.to_token_stream().to_string();
                let what = format!("the macro `{name}!` over differentiated values is");
                let text = not_yet(&what, "write what it expands to, or `detach` the values");
                return self.refuse(expr, span, &text);
            }
            Expr::Let(_) => ("`let` in a condition is", "test with a comparison"),
            Expr::Reference(_) => ("`&mut` of a differentiated value is", "compute the new value and assign it"),
            Expr::Assign(_) | Expr::ForLoop(_) => ("this statement as an expression is", "put it on a line of its own"),
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

/// `SCALE`, `f64::EPSILON`, `std::f64::consts::PI`: by convention a constant.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_') && name.len() > 1
        }),
        Expr::Paren(e) => is_constant(&e.expr),
        _ => false,
    }
}
