//! Method calls: operations of the tables, copies, questions, and methods of the user's.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ExprMethodCall, Ident, Pat};

use super::arrays::{is_moving_part, is_optional};
use super::closure::Local;
use super::lists::moving_method;
use super::parted::is_parted;
use super::passive::Element;
use super::passive::{is_question, only_looks};
use super::place::{is_mutable_view, is_part, view_kind, Lending};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::emit::at;
use crate::expressions::token_of;
use crate::ir::{Call, Callee, Copying, Kind, Op, Value};
use crate::table::elementwise::Elementwise;
use crate::table::operations::{self, Operation, Receiver, Shape, Takes};

impl Lowerer {
    /// A method call with a differentiated receiver or argument.
    pub(super) fn method_call(&mut self, e: &ExprMethodCall, expr: &Expr) -> Value {
        let span = e.method.span();
        let name = e.method.to_string();
        if is_question(&e.method) || super::integers::is_of_integers(&e.method) {
            return self.verbatim(expr);
        }
        if let Some(text) = self.unknown_method(e) {
            return self.refuse(expr, span, &text);
        }
        if let Some(value) = self.consumed(e, expr) {
            return value;
        }
        if let Some(value) = self.part_method(e, expr) {
            return value;
        }
        if let Some(op) = Elementwise::find(&name).filter(|op| op.row().is_method()) {
            if op.row().is_of_prelude() && self.prelude_methods.iter().all(|(_, known)| *known != op) {
                self.prelude_methods.push((e.method.clone(), op));
            }
            let args: Vec<_> = std::iter::once(&*e.receiver).chain(&e.args).collect();
            return self.table_operation(op, &args, expr);
        }
        match (name.as_str(), e.args.len()) {
            ("sin_cos", 0) => return self.sin_cos(&e.receiver, expr),
            ("view" | "as_standard_layout" | "clone" | "to_owned" | "into_owned" | "cloned" | "copied", 0) => {
                return self.copy(&name, &e.receiver, expr)
            }
            ("mapv" | "mapv_into", 1) => return self.mapv(e, expr),
            ("map_collect", 1) => {
                if let Some(value) = self.zip_map(e, expr) {
                    return value;
                }
            }
            ("map", 1) if self.is_numeric(&e.receiver) => return self.mapv(e, expr),
            ("map", 1) if self.is_list_of_numbers(&e.receiver) => {
                return self.expr(&super::elements::mapped(&e.receiver, &e.args[0]))
            }
            ("unwrap", 0) | ("expect", 1) => {
                if let Some(value) = self.certain(&e.receiver) {
                    return value;
                }
                return self.unwrapped(e);
            }
            _ if is_optional(&e.method) && self.is_numeric(&e.receiver) => {
                return self.refuse(
                    expr,
                    span,
                    &not_yet(&format!("`{name}` as an `Option` is"), &format!("write `.{name}(…).unwrap()`")),
                );
            }
            _ => {}
        }
        if super::options::refails(e) && e.method != "ok" && !self.is_numeric(&e.receiver) {
            let text =
                not_yet(&format!("`{name}` without a `?` behind it is"), "write `?`, and `Ok(…)` or `Some(…)` around the value");
            return self.refuse(expr, span, &text);
        }
        if super::iterate::is_pipeline(expr) && e.method != "map" {
            let text =
                not_yet("an iterator as a value is", "use it where it is made: in a `for`, or with `sum`, `fold`, `collect`, …");
            return self.refuse(expr, span, &text);
        }
        let receiver = self.expr(&e.receiver);
        let receiver = self.unboxed(receiver);
        let is_numeric = self.kind(receiver).is_numeric();
        if name == "sum" && e.args.is_empty() && is_numeric {
            return self.sum(receiver, span);
        }
        // The runtime's pullback of a method that is found by its receiver's type cannot keep a view: it needs none.
        let is_known = is_numeric || is_view(&e.receiver) || e.args.iter().any(is_view);
        match operations::find(&name).filter(|op| (is_known || op.is_view) && !op.optional) {
            Some(op) if e.args.len() == op.operands - 1 + op.parameters => self.operation(op, receiver, e),
            _ if is_numeric && !operations::is_called(&name) => self.unknown_operation(e, expr),
            _ => self.user_method(receiver, e),
        }
    }

    pub(super) fn is_numeric(&mut self, receiver: &Expr) -> bool {
        self.kind_of(receiver).is_numeric()
    }

    /// `[f64; N]`: of lists, arrays alone have a `map`.
    fn is_list_of_numbers(&mut self, receiver: &Expr) -> bool {
        matches!(self.kind_of(receiver), Kind::Sequence(element) if element.is_scalar())
    }

    /// The kind of an expression, which is not kept, behind references and boxes.
    pub(super) fn kind_of(&mut self, expr: &Expr) -> Kind {
        let point = self.savepoint();
        let value = self.expr(expr);
        let kind = self.kind(value).behind_pointers().clone();
        self.restore(point);
        kind
    }

    fn unknown_operation(&mut self, e: &ExprMethodCall, expr: &Expr) -> Value {
        let text = not_yet(
            &format!("the method `{}` on an array or a scalar is", e.method),
            "write it with operations that are, `detach` the receiver, or call a trait's method of your own by its path: `Trait::method(x)`",
        );
        self.refuse(expr, e.method.span(), &text)
    }

    /// What is in an `Option` or a `Result`.
    fn unwrapped(&mut self, e: &ExprMethodCall) -> Value {
        let mut option = (*e.receiver).clone();
        let is_looked_at = super::sugar::by_reference(&mut option);
        let value = self.expr(&option);
        let value = if is_looked_at { self.behind_reference(value) } else { value };
        let (kind, active) = (self.payload_of(value), self.is_active(value));
        let content = self.emit(Op::Unwrap(value, std::rc::Rc::new(e.clone())), kind, active, e.method.span());
        if is_looked_at {
            self.referred(content, e.method.span())
        } else {
            content
        }
    }

    /// Methods that give a part of a value, or take one out.
    fn part_method(&mut self, e: &ExprMethodCall, expr: &Expr) -> Option<Value> {
        let (name, span, receiver) = (e.method.to_string(), e.method.span(), &e.receiver);
        let here = at(span);
        match (name.as_str(), e.args.len()) {
            ("unwrap", 0) | ("expect", 1) => is_parted(receiver).then(|| self.certain_part(receiver)).flatten(),
            ("pop", 0) => self.pop(e),
            ("split_at", 1) => {
                let at = &e.args[0];
                Some(self.expr(&syn::parse_quote_spanned!(here=> (&(#receiver)[..#at], &(#receiver)[#at..]))))
            }
            ("split_at", 2) => {
                let (krate, axis, at) = (&self.krate, &e.args[0], &e.args[1]);
                let slice = quote::quote_spanned!(here=> #krate::rt::ndarray::Slice::from);
                Some(self.expr(&syn::parse_quote_spanned!(here=> ((#receiver).slice_axis(#axis, #slice(..#at)), (#receiver).slice_axis(#axis, #slice(#at..))))))
            }
            _ if is_parted(expr) => {
                let text = not_yet("the `Option` of a part of a list is", "match on it where it is made, or `unwrap` it");
                Some(self.refuse(expr, span, &text))
            }
            _ if is_mutable_view(&name) => {
                let place = self.place(expr)?;
                Some(self.load(&place, span))
            }
            _ if is_part(&name) => {
                let base = self.expr(receiver);
                let base = self.behind_reference(base);
                let args: Vec<_> = e.args.iter().map(|arg| self.index_value(arg)).collect();
                let (kind, active) = (view_kind(&name, self.kind(base)), self.is_active(base));
                Some(self.emit(Op::View(base, std::rc::Rc::new(e.method.clone()), args), kind, active, span))
            }
            _ if is_moving_part(&name) => Some(self.moved_part(e)),
            ("into_scalar", 0) => {
                let array = self.expr(receiver);
                Some(self.sum(array, span))
            }
            ("to_vec", 0) => {
                let base = self.expr(receiver);
                let base = self.behind_reference(base);
                if matches!(self.kind(base).peel(), Kind::Array(_)) {
                    let items = quote::quote_spanned!(here=> (#receiver).iter().copied());
                    return Some(self.expr(&syn::parse_quote_spanned!(here=> #items.collect::<::std::vec::Vec<_>>())));
                }
                let (kind, active) = (self.kind(base).peel().clone(), self.is_active(base));
                Some(self.emit(Op::Copy(Copying::ToOwned, base), kind, active, span))
            }
            ("as_slice", 0) => {
                let base = self.expr(receiver);
                let is_list = matches!(self.kind(base).peel(), Kind::Sequence(_));
                is_list.then(|| self.referred(base, span))
            }
            ("take", 0) => self.taken(receiver, span),
            ("remove" | "swap_remove", 1) if self.is_list(receiver) => {
                let moved = moving_method(e)?;
                Some(self.expr(&moved))
            }
            _ => self.option_method(e),
        }
    }

    fn user_method(&mut self, receiver: Value, e: &ExprMethodCall) -> Value {
        let given: Vec<&Expr> = std::iter::once(&*e.receiver).chain(&e.args).collect();
        let is_receiver_lent = !only_looks(&e.method) && self.lent(&e.receiver, true).is_some();
        if is_receiver_lent || self.lends(&given[1..]) {
            let callee = Callee::Method(e.method.clone(), e.turbofish.clone());
            return self.changing_call(callee, &given, e.method.span(), Lending::Perhaps);
        }
        let args = std::iter::once(receiver).chain(e.args.iter().map(|arg| self.argument(arg)).collect::<Vec<_>>()).collect();
        let callee = Callee::Method(e.method.clone(), e.turbofish.clone());
        self.emit(Op::Call(Call::of(callee, args)), Kind::Unknown, true, e.method.span())
    }

    fn sin_cos(&mut self, receiver: &Expr, expr: &Expr) -> Value {
        let x = self.expr(receiver);
        let parts: Vec<_> = ["sin", "cos"]
            .iter()
            .map(|name| self.elementwise(Elementwise::named(name), vec![x], Vec::new(), token_of(expr)))
            .collect();
        let kind = Kind::Tuple(parts.iter().map(|v| self.kind(*v).clone()).collect());
        self.emit(Op::Tuple(parts), kind, true, expr.span())
    }

    fn copy(&mut self, name: &str, receiver: &Expr, expr: &Expr) -> Value {
        let copying = match name {
            "view" | "as_standard_layout" => Copying::View,
            "clone" | "cloned" | "copied" => Copying::Clone,
            _ => Copying::ToOwned,
        };
        let value = self.expr(receiver);
        let value = self.behind_reference(value);
        let (kind, active) = (self.kind(value).peel().clone(), self.is_active(value));
        if kind.is_scalar() {
            return self.element_of(value);
        }
        self.emit(Op::Copy(copying, value), kind, active, token_of(expr))
    }

    /// The sum of all elements.
    pub(super) fn sum(&mut self, receiver: Value, span: proc_macro2::Span) -> Value {
        let array = self.behind_reference(receiver);
        let active = self.is_active(array);
        self.emit(Op::Sum(array), Kind::Scalar, active, span)
    }

    pub(super) fn operation(&mut self, op: &'static Operation, receiver: Value, e: &ExprMethodCall) -> Value {
        let args: Vec<_> = e.args.iter().collect();
        let (operands, parameters) = op.taken_apart(&args);
        let operands: Vec<_> = operands.into_iter().map(|arg| self.expr(arg)).collect();
        let mut passive = Vec::new();
        for arg in parameters {
            match self.passive_parameter(arg, op.takes == Takes::Floats) {
                Ok(value) => passive.push(value),
                Err(refused) => return refused,
            }
        }
        let operands: Vec<_> = std::iter::once(receiver).chain(operands).map(|v| self.behind_reference(v)).collect();
        let active = operands.iter().any(|v| self.is_active(*v));
        let kind = result_kind(op, operands.iter().map(|v| self.kind(*v).peel()));
        let (first, span) = (operands[0], e.method.span());
        let value = self.emit(Op::Apply(op, operands, passive), kind, active, span);
        if op.receiver == Receiver::Borrowed {
            value
        } else {
            self.moved(value, first, span)
        }
    }

    /// `x.mapv(|v| …)`: the closure is inlined; `x.mapv(f64::tanh)`: the operation itself.
    fn mapv(&mut self, e: &ExprMethodCall, expr: &Expr) -> Value {
        match &e.args[0] {
            Expr::Closure(closure) => self.inlined(closure, &[&e.receiver], expr, e.method == "map"),
            Expr::Path(path) => {
                if let Some(local) = self.local_closure(path) {
                    return self.mapv_local(&local, e, expr);
                }
                let last = path.path.segments.last().filter(|_| self.is_float_type(path));
                match last.and_then(|last| Elementwise::find(&last.ident.to_string())).filter(|op| op.row().is_method()) {
                    Some(op) => self.table_operation(op, &[&e.receiver], expr),
                    None => self.each(path, &e.receiver, e.method.span()),
                }
            }
            _ => self.refuse(expr, e.method.span(), &not_yet("`mapv` with this argument is", "write a closure: `mapv(|v| …)`")),
        }
    }

    /// `x.mapv(f)` with a closure that a variable holds.
    fn mapv_local(&mut self, local: &Local, e: &ExprMethodCall, expr: &Expr) -> Value {
        let array = self.expr(&e.receiver);
        self.with_names_of(local, |lowerer| {
            lowerer.bindings.open();
            let name = Ident::new("elements", Span::mixed_site());
            lowerer.bindings.declare(&name, array);
            let value = lowerer.inlined(&local.closure, &[&syn::parse_quote!(#name)], expr, e.method == "map");
            lowerer.bindings.close();
            value
        })
    }

    /// A function of the user's, for every element.
    fn each(&mut self, path: &syn::ExprPath, receiver: &Expr, span: proc_macro2::Span) -> Value {
        let array = self.expr(receiver);
        let array = self.behind_reference(array);
        let (kind, active) = (self.kind(array).peel().clone(), self.is_active(array));
        let kind = if matches!(kind, Kind::Array(_)) { kind } else { Kind::Array(None) };
        let call = Call::of(Callee::Each(path.clone()), vec![array]);
        self.emit(Op::Call(call), kind, active, span)
    }

    pub(super) fn inlined(&mut self, closure: &ExprClosure, arrays: &[&Expr], expr: &Expr, by_reference: bool) -> Value {
        if closure.inputs.len() != arrays.len() {
            let text = format!("this closure takes {} arguments, {} are given", closure.inputs.len(), arrays.len());
            return self.refuse(expr, expr.span(), &text);
        }
        let (point, errors) = (self.savepoint(), self.diagnostics.len());
        let arrays: Vec<_> = arrays.iter().map(|array| self.expr(array)).collect();
        self.bindings.open();
        let around = std::mem::take(&mut self.elements);
        for (parameter, array) in closure.inputs.iter().zip(arrays) {
            let (parameter, ty) = match parameter {
                Pat::Type(typed) => (&*typed.pat, Some(&typed.ty)),
                other => (other, None),
            };
            // The array itself stands for its element: what is done to the element is done to all of them.
            let array = self.behind_reference(array);
            let is_passive = !self.is_active(array);
            // A passive array may be read in the closure as well, as what it is.
            let element = if by_reference || is_passive { self.referred(array, expr.span()) } else { array };
            let is_lent = by_reference && matches!(parameter, Pat::Ident(_));
            let parameter = match parameter {
                Pat::Reference(reference) if is_passive => &reference.pat,
                other => other,
            };
            if is_passive {
                self.elements.insert(element, Element { is_lent, ty: ty.map(|ty| (**ty).clone()) });
            }
            let name = self.values[array].name.clone();
            self.bind(parameter, element);
            self.values[array].name = name;
        }
        let before = self.blocks.last().map_or(0, |block| block.stmts.len());
        let was_in_closure = std::mem::replace(&mut self.in_closure, true);
        let result = self.expr(&closure.body);
        self.in_closure = was_in_closure;
        self.elements = around;
        self.check_elementwise(before, closure);
        self.bindings.close();
        if self.diagnostics.len() > errors || self.is_active(result) && *self.kind(result) != Kind::Scalar {
            return result;
        }
        if !self.is_active(result) {
            // A mask, or steps: passive code of the shape of its receiver.
            self.restore(point);
            return self.verbatim(expr);
        }
        self.refuse(
            expr,
            expr.span(),
            "the closure's result does not depend on the element\nhelp: use `Array::from_elem` with the shape of the array",
        )
    }

    /// In an inlined closure only elementwise operations mean the same for the array as for its element.
    fn check_elementwise(&mut self, from: usize, closure: &ExprClosure) {
        let block = self.blocks.last().expect("an open block");
        let is_fine = |op: &Op| {
            matches!(
                op,
                Op::Elementwise(..)
                    | Op::Literal(_)
                    | Op::Verbatim(_)
                    | Op::Reference(_)
                    | Op::Dereference(_)
                    | Op::Field(..)
                    | Op::Index(..)
            )
        };
        if !block.stmts[from..].iter().all(|stmt| is_fine(&stmt.op)) {
            self.diagnostics.error(
                &closure.body,
                not_yet(
                    "a closure with anything but arithmetic and elementwise functions is",
                    "use operators and elementwise methods alone, or write array expressions outside of the closure",
                ),
            );
        }
    }
}

/// `x.t()`, `&x.view()`, `x.row(i)`: by their names, views of arrays.
fn is_view(arg: &Expr) -> bool {
    match arg {
        Expr::Reference(e) => is_view(&e.expr),
        Expr::Paren(e) => is_view(&e.expr),
        Expr::MethodCall(e) if e.args.is_empty() => ["t", "view", "diag"].iter().any(|name| e.method == name),
        Expr::MethodCall(e) => is_part(&e.method.to_string()),
        _ => false,
    }
}

pub(super) fn result_kind<'k>(op: &Operation, mut operands: impl Iterator<Item = &'k Kind>) -> Kind {
    let rank = |kind: Option<&Kind>| match kind {
        Some(Kind::Array(rank)) => *rank,
        _ => None,
    };
    let first = rank(operands.next());
    match op.shape {
        Shape::Contraction => match (first, rank(operands.next())) {
            (Some(1), Some(1)) => Kind::Scalar,
            (Some(a), Some(b)) => Kind::Array(Some(a + b - 2)),
            (Some(2), None) | (None, Some(2)) => Kind::Array(None),
            _ => Kind::Tensor,
        },
        Shape::Same | Shape::SameRank => Kind::Array(first),
        Shape::OneAxisMore => Kind::Array(first.map(|rank| rank + 1)),
        Shape::OneAxisLess => Kind::Array(first.map(|rank| rank.saturating_sub(1))),
        Shape::Flat => Kind::Array(Some(1)),
        Shape::Any => Kind::Array(None),
        Shape::Number => Kind::Scalar,
        Shape::OfSecond => Kind::Array(rank(operands.next())),
        Shape::TwoAxesLess => match first {
            Some(2) => Kind::Scalar,
            Some(rank) => Kind::Array(Some(rank.saturating_sub(2))),
            None => Kind::Tensor,
        },
        Shape::Rank(rank) => Kind::Array(Some(rank)),
    }
}
