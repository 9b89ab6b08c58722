//! What consumes a pipeline of iterators: sums, products, folds, extremes, lists.

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Ident};

use super::iterate::{is_pipeline, Item, Walk};
use super::passive::Effects;
use super::place::without_parens;
use super::typed::typed;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Kind, Op, Value, Verbatim};
use crate::table::elementwise::Elementwise;

impl Lowerer {
    /// The value of a method that consumes an iterator, if it is one.
    pub(super) fn consumed(&mut self, e: &ExprMethodCall, expr: &Expr) -> Option<Value> {
        let span = e.span();
        let name = e.method.to_string();
        if !is_pipeline(&e.receiver) {
            // The method of arrays, over their elements.
            return (name == "fold" && e.args.len() == 2).then(|| {
                let receiver = &e.receiver;
                let e = ExprMethodCall { receiver: syn::parse_quote!(#receiver.iter()), ..e.clone() };
                self.folded(&e, &e.args[0], &e.args[1])
            });
        }
        Some(match (name.as_str(), e.args.len()) {
            ("sum", 0) => self.accumulated(e, "sum", 0.0, "add"),
            ("product", 0) => self.accumulated(e, "product", 1.0, "mul"),
            ("fold", 2) => self.folded(e, &e.args[0], &e.args[1]),
            ("min_by", 1) => self.extreme(e, &e.args[0], true, expr),
            ("max_by", 1) => self.extreme(e, &e.args[0], false, expr),
            ("collect", 0) => self.collected(e, expr),
            ("any" | "all" | "count" | "position", _) => self.verbatim(expr),
            _ => {
                let text = not_yet(&format!("the iterator method `{name}` over differentiated values is"), "write a loop");
                self.refuse(expr, span, &text)
            }
        })
    }

    /// A fold into a hidden variable: `step` gives its next value from its own and an item's.
    fn fold_into(
        &mut self,
        name: &Ident,
        walk: &Walk,
        init: Value,
        effects: &Effects,
        span: Span,
        step: &mut dyn FnMut(&mut Lowerer, Value, &Item) -> Value,
    ) -> Value {
        let accumulator = self.bindings.hidden(name, init);
        self.each_item(walk, effects, vec![accumulator], span, &mut |lowerer, item| {
            let before = lowerer.bindings.value(accumulator);
            let next = step(lowerer, before, item);
            lowerer.update_variable(accumulator, next);
        });
        self.bindings.value(accumulator)
    }

    fn accumulated(&mut self, e: &ExprMethodCall, name: &str, start: f64, op: &str) -> Value {
        let span = e.span();
        let Some(walk) = self.walk(&e.receiver) else { return self.nothing(span) };
        let mut effects = Effects::default();
        walk.effects(&mut effects);
        let init = self.literal(start, None, span);
        let name = Ident::new(name, span.resolved_at(Span::call_site()));
        self.fold_into(&name, &walk, init, &effects, span, &mut |lowerer, before, item| {
            let value = lowerer.item_value(item, span);
            let value = lowerer.element_of(value);
            if matches!(lowerer.kind(value), Kind::Unknown | Kind::Tensor) {
                lowerer.values[value].kind = Kind::Scalar;
            }
            lowerer.elementwise(Elementwise::named(op), vec![before, value], Vec::new(), span)
        })
    }

    fn folded(&mut self, e: &ExprMethodCall, init: &Expr, f: &Expr) -> Value {
        let span = e.span();
        let Some(walk) = self.walk(&e.receiver) else { return self.nothing(span) };
        let mut effects = Effects::of(f);
        walk.effects(&mut effects);
        let ty = first_type(f).or_else(|| self.float.clone());
        let init = ty.map_or_else(|| init.clone(), |ty| typed(init, &ty));
        let init = self.expr(&init);
        let name = match without_parens(f) {
            Expr::Closure(closure) => closure.inputs.first().and_then(super::closure::plain_name).map(|(name, _)| name.clone()),
            _ => None,
        };
        let name = name.unwrap_or_else(|| format_ident!("folded", span = span.resolved_at(Span::call_site())));
        self.fold_into(&name, &walk, init, &effects, span, &mut |lowerer, before, item| {
            let value = lowerer.apply_function(f, &[Item::Value(before), item.clone()], span);
            value.unwrap_or_else(|| lowerer.nothing(span))
        })
    }

    /// `min_by(|a, b| a.partial_cmp(b).unwrap())`, `max_by(f64::total_cmp)`: of equal items the first, or the last.
    fn extreme(&mut self, e: &ExprMethodCall, order: &Expr, is_min: bool, expr: &Expr) -> Value {
        let span = e.span();
        if !self.reads_active(&e.receiver) {
            // An index, by what it stands for.
            return self.verbatim(expr);
        }
        if !is_plain_order(order) {
            let way_out = "compare the items themselves, `a.partial_cmp(b).unwrap()` or `a.total_cmp(b)`, or find the index: \
                `(0..x.len()).max_by(|&i, &j| x[i].total_cmp(&x[j]))`";
            return self.refuse(expr, span, &not_yet("an order of one's own is", way_out));
        }
        let Some(walk) = self.walk(&e.receiver) else { return self.nothing(span) };
        let mut effects = Effects::default();
        walk.effects(&mut effects);
        let init = self.literal(if is_min { f64::INFINITY } else { f64::NEG_INFINITY }, None, span);
        let name = Ident::new(if is_min { "least" } else { "greatest" }, span.resolved_at(Span::call_site()));
        let best = self.fold_into(&name, &walk, init, &effects, span, &mut |lowerer, before, item| {
            let value = lowerer.item_value(item, span);
            let value = lowerer.element_of(value);
            let comparison = if is_min { syn::parse_quote!(candidate < best) } else { syn::parse_quote!(candidate >= best) };
            let inputs = vec![(format_ident!("candidate"), value), (format_ident!("best"), before)];
            let verbatim = Verbatim { expr: comparison, inputs, is_pure: true };
            let condition = lowerer.emit(Op::Verbatim(std::rc::Rc::new(verbatim)), Kind::Unknown, false, span);
            lowerer.either(condition, value, before, span)
        });
        let (kind, active) = (Kind::Optional(Box::new(Kind::Scalar)), self.is_active(best));
        self.emit(Op::Present(best), kind, active, span)
    }

    /// A `Vec` of the items.
    fn collected(&mut self, e: &ExprMethodCall, expr: &Expr) -> Value {
        let span = e.span();
        if let Some(syn::GenericArgument::Type(ty)) = e.turbofish.as_ref().and_then(|generics| generics.args.first()) {
            if let Some(array) = super::elements::collected_as(ty, expr) {
                return self.expr(&array);
            }
            if !is_list(ty) {
                let text = not_yet("collecting into anything but a `Vec` or an `Array1` is", "collect into a `Vec` first");
                return self.refuse(expr, span, &text);
            }
        }
        let Some(walk) = self.walk(&e.receiver) else { return self.nothing(span) };
        let mut effects = Effects::default();
        walk.effects(&mut effects);
        let init = self.verbatim(&syn::parse_quote!(::std::vec::Vec::new()));
        self.values[init].kind = Kind::Sequence(Box::new(Kind::Unknown));
        let name = Ident::new("items", span.resolved_at(Span::call_site()));
        let list = self.bindings.hidden(&name, init);
        self.each_item(&walk, &effects, vec![list], span, &mut |lowerer, item| {
            let value = lowerer.item_value(item, span);
            let place = super::bindings::Place { root: list, path: Vec::new() };
            let element = lowerer.kind(value).clone();
            lowerer.change(&place, &[value], span, |base, path| Op::Push { base, path, value });
            let next = lowerer.bindings.value(list);
            lowerer.values[next].kind = Kind::Sequence(Box::new(element));
        });
        self.bindings.value(list)
    }
}

/// `Vec<T>`, or a name without arguments, which may be an alias of one.
fn is_list(ty: &syn::Type) -> bool {
    let syn::Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Vec" || last.arguments.is_none())
}

/// The type that a closure's first parameter is written with.
fn first_type(f: &Expr) -> Option<syn::Type> {
    let Expr::Closure(closure) = without_parens(f) else { return None };
    match closure.inputs.first()? {
        syn::Pat::Type(parameter) => Some((*parameter.ty).clone()),
        _ => None,
    }
}

/// `|a, b| a.partial_cmp(b).unwrap()`, `|a, b| a.total_cmp(b)`, `f64::total_cmp`.
fn is_plain_order(order: &Expr) -> bool {
    match without_parens(order) {
        Expr::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == "total_cmp"),
        Expr::Closure(closure) => {
            let names: Vec<_> =
                closure.inputs.iter().filter_map(super::closure::plain_name).map(|(name, _)| name.to_string()).collect();
            let [a, b] = &names[..] else { return false };
            let body = quote::ToTokens::to_token_stream(&closure.body).to_string().replace(' ', "");
            [format!("{a}.partial_cmp({b}).unwrap()"), format!("{a}.total_cmp({b})"), format!("{a}.partial_cmp(&{b}).unwrap()")]
                .contains(&body)
                || body == format!("{a}.total_cmp(&{b})")
        }
        _ => false,
    }
}
