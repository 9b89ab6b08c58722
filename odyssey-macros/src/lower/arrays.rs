//! Methods of ndarray that take an array whole and see it, or a part of it, in another shape.

use std::rc::Rc;

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, Ident};

use super::place::{view_kind, without_parens};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::emit::at;
use crate::ir::{Copying, Kind, Listing, Op, Value, Verbatim, Write};
use crate::table::elementwise::Elementwise;
use crate::table::operations;

/// Methods that make an array its own part, with those that borrow the same part.
const MOVING_PARTS: [(&str, &str); 4] =
    [("slice_move", "slice"), ("slice_axis_move", "slice_axis"), ("index_axis_move", "index_axis"), ("into_diag", "diag")];

/// Methods that change the axes of their receiver, with the operations that give the same.
const CHANGES_OF_AXES: [(&str, &str); 4] = [
    ("swap_axes", "swap_axes"),
    ("invert_axis", "invert_axis"),
    ("reverse_axes", "reversed_axes"),
    ("permute_axes", "permuted_axes"),
];

/// `slice_move`, `index_axis_move`, `remove_axis`, …
pub(super) fn is_moving_part(method: &str) -> bool {
    method == "remove_axis" || MOVING_PARTS.iter().any(|(moving, _)| *moving == method)
}

/// A method of arrays that changes the order or the direction of axes.
pub(super) fn is_change_of_axes(method: &Ident) -> bool {
    CHANGES_OF_AXES.iter().any(|(change, _)| method == change)
}

/// A method of ndarray whose `Option` or `Result` the compiler takes apart itself.
pub(super) fn is_optional(method: &Ident) -> bool {
    method == "mean" || operations::find(&method.to_string()).is_some_and(|op| op.optional)
}

impl Lowerer {
    /// `view` has been made of `of`, which ndarray has moved: of an array it has made an array.
    pub(super) fn moved(&mut self, view: Value, of: Value, span: Span) -> Value {
        if self.is_view(of) {
            return view;
        }
        let (kind, active) = (self.kind(view).clone(), self.is_active(view));
        self.emit(Op::Copy(Copying::Moved, view), kind, active, span)
    }

    /// A view of an array.
    pub(super) fn is_view(&self, value: Value) -> bool {
        match self.definitions.get(&value) {
            Some(Op::View(..) | Op::Copy(Copying::View, _)) => true,
            Some(Op::Apply(op, ..)) => op.is_view,
            _ => false,
        }
    }

    /// `x.slice_move(s![..])`, `x.remove_axis(axis)`: an array, or a view, that has become a part of itself.
    pub(super) fn moved_part(&mut self, e: &ExprMethodCall) -> Value {
        let span = e.method.span();
        let base = self.expr(&e.receiver);
        let base = self.behind_reference(base);
        let mut args: Vec<_> = e.args.iter().map(|arg| self.index_value(arg)).collect();
        let name = MOVING_PARTS.iter().find(|(moving, _)| e.method == moving).map_or("index_axis", |(_, borrowing)| borrowing);
        if e.method == "remove_axis" {
            args.push(self.index_value(&syn::parse_quote!(0)));
        }
        let (kind, active) = (view_kind(name, self.kind(base)), self.is_active(base));
        let view = self.emit(Op::View(base, Rc::new(Ident::new(name, e.method.span())), args), kind, active, span);
        self.moved(view, base, span)
    }

    /// `x.swap_axes(0, 1);`: the next value of `x`.
    pub(super) fn change_axes(&mut self, e: &ExprMethodCall) {
        let name = CHANGES_OF_AXES.iter().find(|(change, _)| e.method == change).expect("one of them").1;
        let op = operations::named(name);
        let Some(place) = self.place(&e.receiver).filter(|place| place.path.is_empty()) else {
            let text = format!("`{}` on a part of a variable is", e.method);
            self.diagnostics.error(e, not_yet(&text, "change the axes of a variable of its own"));
            return;
        };
        let x = self.load(&place, e.span());
        let value = self.operation(op, x, e);
        self.store(&place, value, Write::Set, e.span());
    }

    /// What is in an `Option` or a `Result` of ndarray's, which the compiler need not make.
    pub(super) fn certain(&mut self, optional: &Expr) -> Option<Value> {
        // A type of the user's would have to have both methods.
        match without_parens(optional) {
            Expr::MethodCall(e) => self.certain_method(e),
            Expr::Call(e) => self.of_shape(e).or_else(|| self.joined_views(e)),
            _ => None,
        }
    }

    /// `Array2::from_shape_vec(shape, list)`.
    fn of_shape(&mut self, e: &ExprCall) -> Option<Value> {
        let Expr::Path(path) = without_parens(&e.func) else { return None };
        let mut names = path.path.segments.iter().rev().map(|segment| &segment.ident);
        let is_one = *names.next()? == "from_shape_vec" && names.next()?.to_string().starts_with("Array");
        let (true, [shape, list]) = (is_one, &e.args.iter().collect::<Vec<_>>()[..]) else { return None };
        let krate = &self.krate;
        let array = quote::quote_spanned!(at(e.span())=> #krate::rt::ndarray::Array1::from(#list).into_shape_with_order(#shape));
        Some(self.expr(&syn::parse_quote_spanned!(at(e.span())=> #array.unwrap())))
    }

    fn certain_method(&mut self, e: &ExprMethodCall) -> Option<Value> {
        if e.method == "mean" && e.args.is_empty() {
            return Some(self.mean(e));
        }
        let op = operations::find(&e.method.to_string()).filter(|op| op.optional)?;
        if op.name == "into_dimensionality" {
            return Some(self.of_static_rank(e));
        }
        if e.args.len() != op.parameters {
            return None;
        }
        let receiver = self.expr(&e.receiver);
        Some(self.operation(op, receiver, e))
    }

    fn mean(&mut self, e: &ExprMethodCall) -> Value {
        let span = e.method.span();
        let receiver = self.expr(&e.receiver);
        let array = self.behind_reference(receiver);
        let (sum, active) = (self.sum(array, span), self.is_active(array));
        let length = self.emit(Op::Length(array), Kind::Scalar, false, span);
        let mean = Op::Elementwise(Elementwise::named("div"), vec![sum, length], Vec::new());
        self.emit(mean, Kind::Scalar, active, span)
    }

    /// `x.into_dimensionality::<Ix2>()`: the rank becomes an argument.
    fn of_static_rank(&mut self, e: &ExprMethodCall) -> Value {
        let Some(generics) = &e.turbofish else {
            let text = not_yet("`into_dimensionality` without the rank is", "say it: `into_dimensionality::<Ix2>()`");
            return self.refuse(&Expr::MethodCall(e.clone()), e.span(), &text);
        };
        let krate = &self.krate;
        let rank: Expr = syn::parse_quote_spanned!(at(e.span())=> #krate::rt::rank #generics());
        let with_rank = ExprMethodCall { args: std::iter::once(rank).collect(), ..e.clone() };
        let receiver = self.expr(&e.receiver);
        self.operation(operations::named("into_dimensionality"), receiver, &with_rank)
    }

    /// `concatenate(axis, &[a.view(), b.view()])`, `stack(axis, &[…])`.
    fn joined_views(&mut self, e: &ExprCall) -> Option<Value> {
        let Expr::Path(path) = without_parens(&e.func) else { return None };
        let how = match path.path.segments.last()?.ident.to_string().as_str() {
            "concatenate" => Listing::Concatenation,
            "stack" => Listing::Stack,
            _ => return None,
        };
        let [axis, views] = e.args.iter().collect::<Vec<_>>()[..] else { return None };
        let expr = Expr::Call(e.clone());
        if let Expr::Reference(list) = without_parens(views) {
            if let Expr::Array(list) = without_parens(&list.expr) {
                return Some(self.list(how, std::iter::once(axis).chain(&list.elems), &expr));
            }
        }
        // A function of the user's of this name takes no axis of ndarray's.
        let is_axis =
            matches!(without_parens(axis), Expr::Call(e) if matches!(&*e.func, Expr::Path(p) if p.path.is_ident("Axis")));
        is_axis.then(|| {
            let text = not_yet(
                "putting a list of views together is",
                "write the views where they are put together: `&[a.view(), b.view()]`",
            );
            self.refuse(&expr, e.span(), &text)
        })
    }

    /// `select_where(&mask, &a, &b)`: a choice for each element, so that what is not chosen contributes nothing, whatever
    /// its derivative is.
    pub(super) fn select_where(&mut self, path: &ExprPath, e: &ExprCall) -> Value {
        let span = e.span();
        let [mask, a, mut b] = [0, 1, 2].map(|i| {
            let value = self.expr(&e.args[i]);
            self.behind_reference(value)
        });
        if self.is_active(mask) {
            let text = "a mask is an array of `bool`\nhelp: compare: `x.mapv(|v| v > 0.0)`";
            return self.refuse(&e.args[0], e.args[0].span(), text);
        }
        let is_array = |lowerer: &Lowerer, v: Value| matches!(lowerer.kind(v).peel(), Kind::Array(_));
        let like = self.of_the_same_elements(if self.is_active(a) { a } else { b });
        let mask = self.flags(path, mask, like, span);
        let half = self.literal(0.5, None, span);
        let shape = [a, b].into_iter().find(|v| is_array(self, *v));
        self.values[mask].shape_of = shape;
        if is_array(self, a) && is_array(self, b) {
            // The same mask in the symbolic shape of `b`, so that nothing stands between what is chosen and the choice.
            let own = self.emit(Op::Copy(Copying::View, mask), Kind::Array(None), false, span);
            self.values[own].shape_of = Some(b);
            let zero = self.literal(0.0, None, span);
            b = self.elementwise(Elementwise::named("if_gt"), vec![own, half, zero, b], Vec::new(), span);
        }
        let chosen = self.elementwise(Elementwise::named("if_gt"), vec![mask, half, a, b], Vec::new(), span);
        self.values[chosen].shape_of = shape;
        chosen
    }

    /// The mask as numbers of the type of the elements of `like`.
    fn flags(&mut self, path: &ExprPath, mask: Value, like: Value, span: Span) -> Value {
        let (flags, number) = (format_ident!("mask"), format_ident!("like"));
        let krate = &self.krate;
        let verbatim = Verbatim {
            expr: syn::parse_quote_spanned!(at(span)=> #krate::rt::mask_like(#path, &#flags, &#number)),
            inputs: vec![(flags, mask), (number, like)],
            is_pure: false,
        };
        self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Array(None), false, span)
    }

    /// A value in memory with elements of the same type.
    fn of_the_same_elements(&self, value: Value) -> Value {
        match self.definitions.get(&value) {
            Some(Op::Elementwise(_, operands, _)) => {
                operands.iter().find(|v| self.is_active(**v)).map_or(value, |v| self.of_the_same_elements(*v))
            }
            Some(Op::Reference(x)) => self.of_the_same_elements(*x),
            _ => value,
        }
    }
}
