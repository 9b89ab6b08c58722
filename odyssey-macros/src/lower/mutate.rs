//! Methods and functions that change what they are called on.

use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMethodCall, Ident};

use super::arrays::is_change_of_axes;
use super::iterate::{is_pipeline, Item};
use super::lists::{is_of_lists, moving_method};
use super::passive::Effects;
use super::place::{root_of, without_parens, Lending};
use super::reads::{names_read, Asked};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::emit::at;
use crate::ir::{Callee, Info, Kind, Op, Stmt, Value, Write};
use crate::table::elementwise::Elementwise;

/// Methods of lists and arrays that change what they are called on and have no value.
const CHANGES: [&str; 10] = [
    "assign",
    "clone_from_slice",
    "copy_from_slice",
    "fill",
    "map_inplace",
    "mapv_inplace",
    "push",
    "scaled_add",
    "swap",
    "zip_mut_with",
];

/// A call of this method is a statement, also where it is the last expression of a block.
pub(super) fn is_change(method: &Ident) -> bool {
    CHANGES.iter().any(|name| method == name) || is_change_of_axes(method)
}

impl Lowerer {
    /// A method call as a statement, if it changes its receiver or one of its arguments.
    pub(super) fn changing_method(&mut self, e: &ExprMethodCall, expr: &Expr) -> bool {
        let span = e.span();
        let name = e.method.to_string();
        if name == "for_each" && is_pipeline(&e.receiver) && !self.is_passive(expr) {
            self.for_each(e);
            return true;
        }
        if self.is_passive_change(e, expr) {
            self.passive_effect(expr);
            return true;
        }
        match (name.as_str(), e.args.len()) {
            ("assign", 1) => self.write(e, Write::Assign),
            ("fill", 1) => self.write(e, Write::Fill),
            ("copy_from_slice" | "clone_from_slice", 1) => self.copy_slice(e),
            ("push", 1) => {
                let value = self.expr(&e.args[0]);
                let Some(place) = self.place(&e.receiver) else { return false };
                let kind = self.kind(self.bindings.value(place.root)).clone();
                let element = self.kind(value).clone();
                self.change(&place, &[value], span, |base, path| Op::Push { base, path, value });
                if let (Kind::Sequence(before), true) = (&kind, place.path.is_empty()) {
                    let next = self.bindings.value(place.root);
                    self.values[next].kind = Kind::Sequence(Box::new(before.meet(&element)));
                }
            }
            ("pop", 0) => {
                self.pop(e);
            }
            _ if (is_of_lists(&e.method) || self.is_list(&e.receiver)) && moving_method(e).is_some() => {
                let moved = moving_method(e).expect("one of them");
                self.effect(&moved);
            }
            ("take", 0) => return self.taken(&e.receiver, span).is_some(),
            ("swap", 2) => {
                let Some(place) = self.place(&e.receiver) else { return false };
                let indices = [self.index_value(&e.args[0]), self.index_value(&e.args[1])];
                self.change(&place, &[], span, |base, path| Op::Swap { base, path, indices });
            }
            ("scaled_add", 2) => {
                let (factor, other) = (&e.args[0], &e.args[1]);
                self.scaled_add(e, factor, other);
            }
            _ if is_change_of_axes(&e.method) => self.change_axes(e),
            ("mapv_inplace" | "map_inplace", 1) => self.map_in_place(e, expr),
            ("zip_mut_with", 2) => self.zip_in_place(e),
            _ => {
                if let Some(text) = self.unknown_method(e) {
                    self.diagnostics.error(expr, text);
                    return true;
                }
                let args: Vec<&Expr> = std::iter::once(&*e.receiver).chain(&e.args).collect();
                let is_receiver_changed = self.lent(&e.receiver, true).is_some();
                if !is_receiver_changed && !self.lends(&args[1..]) {
                    return false;
                }
                let callee = Callee::Method(e.method.clone(), e.turbofish.clone());
                self.changing_call(callee, &args, span, Lending::Certainly);
            }
        }
        true
    }

    /// A list by its kind, or by what is done to it.
    pub(super) fn is_list(&mut self, list: &Expr) -> bool {
        let Some(place) = self.place(list) else { return false };
        let base = self.load_base(&place, list.span());
        matches!(self.kind(base).behind_pointers(), Kind::Sequence(_))
    }

    /// Only passive values take part, and the variable that changes is passive; sorting looks at values without taking
    /// them.
    fn is_passive_change(&mut self, e: &ExprMethodCall, expr: &Expr) -> bool {
        let name = e.method.to_string();
        let only_looks =
            ["sort", "retain", "dedup", "binary_search", "partition_point"].iter().any(|verb| name.starts_with(verb));
        if self.reads_active(expr) && !only_looks {
            return false;
        }
        let Some(root) = root_of(&e.receiver).and_then(|ident| self.bindings.variable(ident)) else { return false };
        let root = self.bindings.alias(root).map_or(root, |place| place.root);
        !self.is_active(self.bindings.value(root)) && !self.changed_by(&Effects::of(expr)).is_empty()
    }

    /// Passive code that changes passive variables, as it stands; its value.
    pub(super) fn passive_effect(&mut self, expr: &Expr) -> Value {
        let span = expr.span();
        let roots = self.changed_by(&Effects::of(expr));
        if roots.is_empty() {
            return self.verbatim(expr);
        }
        let plain = self.as_it_runs(expr);
        let expr = plain.as_ref().unwrap_or(expr);
        let targets: Vec<_> = roots.iter().map(|root| self.bindings.value(*root)).collect();
        let mut inputs = self.inputs(quote::ToTokens::to_token_stream(expr));
        let read = names_read(expr, Asked::Counts);
        inputs.retain(|(name, _)| read.contains(name));
        self.close_over(&mut inputs);
        let verbatim = crate::ir::Verbatim { expr: expr.clone(), inputs, is_pure: false };
        let info = Info::unnamed(Kind::Unknown, span);
        let result = self.values.add(info);
        // What passive code changes of an active value are its integers.
        let next: Vec<_> =
            roots.iter().map(|root| self.next_version(*root, self.is_active(self.bindings.value(*root)))).collect();
        let outs = std::iter::once(result).chain(next.iter().copied()).collect();
        self.push_statement(Stmt { outs, op: Op::Effect(std::rc::Rc::new(verbatim), targets), span });
        for (root, next) in roots.into_iter().zip(next) {
            self.bindings.assign(root, next);
            self.refresh(root);
        }
        result
    }

    /// A call as a statement, if it changes one of its arguments.
    pub(super) fn changing_function(&mut self, e: &ExprCall) -> bool {
        let Expr::Path(path) = without_parens(&e.func) else { return false };
        let last = path.path.segments.last().expect("a path has a segment").ident.to_string();
        let args: Vec<&Expr> = e.args.iter().collect();
        if self.bindings.variable(path.path.get_ident().unwrap_or(&Ident::new("_none", e.span()))).is_some() {
            return false;
        }
        if let ("swap", [a, b]) = (last.as_str(), &args[..]) {
            return self.swap_places(a, b);
        }
        if ["replace", "take"].contains(&last.as_str()) && self.lends(&args) {
            self.replaced(&last, &args, e);
            return true;
        }
        let expr = Expr::Call(e.clone());
        if !self.lends(&args) {
            return false;
        }
        if !self.reads_active(&expr) {
            self.passive_effect(&expr);
            return true;
        }
        self.changing_call(Callee::Path(path.clone()), &args, e.span(), Lending::Certainly);
        true
    }

    /// `std::mem::swap(&mut a, &mut b)`: two variables exchange their values.
    fn swap_places(&mut self, a: &Expr, b: &Expr) -> bool {
        let (Some(a), Some(b)) = (self.lent(a, false), self.lent(b, false)) else { return false };
        let span = self.bindings.name(a.root).span();
        let values = [&a, &b].map(|place| {
            let value = self.load(place, span);
            if place.path.is_empty() {
                value
            } else {
                self.snapshot(value, span)
            }
        });
        self.store(&a, values[1], Write::Set, span);
        self.store(&b, values[0], Write::Set, span);
        true
    }

    /// `std::mem::replace(&mut place, value)`, `std::mem::take(&mut place)`: what was there.
    pub(super) fn replaced(&mut self, name: &str, args: &[&Expr], e: &ExprCall) -> Value {
        let span = e.span();
        let value = match (name, args) {
            ("replace", [_, value]) => self.expr(value),
            _ => self.nothing(span),
        };
        let Some(place) = self.lent(args[0], false) else {
            return self.refuse(
                args[0],
                span,
                "only a part of a variable can be replaced here\nhelp: borrow it with `let part = &mut …;` first",
            );
        };
        let before = self.load(&place, span);
        let before = if place.path.is_empty() { before } else { self.snapshot(before, span) };
        let value = if name == "take" { self.default_like(before, span) } else { value };
        self.store(&place, value, Write::Set, span);
        before
    }

    /// `option.take()`: what was there, and nothing in its place.
    pub(super) fn taken(&mut self, option: &Expr, span: proc_macro2::Span) -> Option<Value> {
        let place = self.place(option)?;
        let before = self.load(&place, span);
        let before = if place.path.is_empty() { before } else { self.snapshot(before, span) };
        let kind = Kind::Optional(Box::new(self.payload_of(before)));
        let nothing = self.emit(Op::Absent, kind, false, span);
        self.store(&place, nothing, Write::Set, span);
        Some(before)
    }

    /// The default of the type of a value.
    fn default_like(&mut self, value: Value, span: proc_macro2::Span) -> Value {
        let krate = &self.krate;
        let name = Ident::new("taken", span.resolved_at(proc_macro2::Span::call_site()));
        let expr = syn::parse_quote!(#krate::rt::default_like(&#name));
        let verbatim = crate::ir::Verbatim { expr, inputs: vec![(name, value)], is_pure: false };
        let kind = self.kind(value).peel().clone();
        self.emit(Op::Verbatim(std::rc::Rc::new(verbatim)), kind, false, span)
    }

    pub(super) fn snapshot(&mut self, value: Value, span: proc_macro2::Span) -> Value {
        let (kind, active) = (self.kind(value).peel().clone(), self.is_active(value));
        self.emit(Op::Snapshot(value), kind, active, span)
    }

    /// `place.assign(&value)`, `place.fill(value)`.
    fn write(&mut self, e: &ExprMethodCall, how: Write) {
        let value = self.expr(&e.args[0]);
        match self.place(&e.receiver) {
            Some(place) => self.store(&place, value, how, e.method.span()),
            None => {
                let text = "only a part of a variable can be assigned to here\nhelp: borrow it with `let part = …` first";
                self.diagnostics.error(&e.receiver, text);
            }
        }
    }

    /// `a[i..j].copy_from_slice(&b)`, element by element.
    fn copy_slice(&mut self, e: &ExprMethodCall) {
        let (to, from) = (&e.receiver, &e.args[0]);
        let copy: syn::ExprForLoop = syn::parse_quote!(for (to, from) in (#to).iter_mut().zip((#from).iter()) { *to = *from; });
        self.for_loop(&copy);
    }

    fn scaled_add(&mut self, e: &ExprMethodCall, factor: &Expr, other: &Expr) {
        let (factor, other) = (self.expr(factor), self.expr(other));
        let product = self.elementwise(Elementwise::named("mul"), vec![factor, other], Vec::new(), e.span());
        if let Some(place) = self.place(&e.receiver) {
            self.change(&place, &[product], e.span(), |base, path| Op::Update { base, path, subtracts: false, value: product });
        }
    }

    /// `x.mapv_inplace(f)`: `x.assign(&x.mapv(f))`.
    fn map_in_place(&mut self, e: &ExprMethodCall, expr: &Expr) {
        let (receiver, f) = (&e.receiver, &e.args[0]);
        if e.method != "mapv_inplace" {
            let text = not_yet("`map_inplace` is", "write `mapv_inplace`, whose closure returns the new element");
            self.refuse(expr, e.span(), &text);
            return;
        }
        let value = self.expr(&syn::parse_quote_spanned!(at(e.span())=> (#receiver).mapv(#f)));
        if let Some(place) = self.place(receiver) {
            let how = if place.path.is_empty() { Write::Set } else { Write::Assign };
            self.store(&place, value, how, e.span());
        }
    }

    /// `x.zip_mut_with(&y, |a, &b| *a += b)`, element by element.
    fn zip_in_place(&mut self, e: &ExprMethodCall) {
        let (receiver, other, f) = (&e.receiver, &e.args[0], &e.args[1]);
        let Expr::Closure(closure) = without_parens(f) else {
            self.diagnostics.error(f, not_yet("`zip_mut_with` with a function is", "write a closure"));
            return;
        };
        let (a, b) = (&closure.inputs[0], &closure.inputs[1]);
        let body = &closure.body;
        let walk: syn::ExprForLoop = syn::parse_quote!(for (#a, #b) in (#receiver).iter_mut().zip((#other).iter()) { #body; });
        self.for_loop(&walk);
    }

    fn for_each(&mut self, e: &ExprMethodCall) {
        let Some(walk) = self.walk(&e.receiver) else { return };
        let f = &e.args[0];
        let mut effects = Effects::of(f);
        walk.effects(&mut effects);
        let span = e.span();
        self.each_item(&walk, &effects, Vec::new(), span, &mut |lowerer, item: &Item| {
            lowerer.apply_function(f, std::slice::from_ref(item), span);
        });
    }

    /// `x.pop()`, an `Option`.
    pub(super) fn pop(&mut self, e: &ExprMethodCall) -> Option<Value> {
        let place = self.place(&e.receiver)?;
        let base = self.bindings.value(place.root);
        let (kind, active) = (Kind::Optional(Box::new(self.kind(base).element())), self.is_active(base));
        let info = Info { active, ..Info::unnamed(kind, e.span()) };
        let last = self.values.add(info);
        let next = self.next_version(place.root, active);
        self.push_statement(Stmt { outs: vec![last, next], op: Op::Pop { base, path: place.path }, span: e.span() });
        self.bindings.assign(place.root, next);
        self.refresh(place.root);
        Some(last)
    }
}
