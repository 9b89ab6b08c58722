//! Places: parts of variables that are assigned to, borrowed mutably, or known under another name.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Ident, UnOp};

use super::bindings::{Place, Variable};
use super::passive::only_looks;
use super::Lowerer;
use crate::ir::{Call, Callee, FieldName, Info, Kind, Op, Path, Projection, Stmt, Value, Wanted, Write};

/// Methods that borrow a part of an array mutably, with those that read the same part.
const VIEWS: [(&str, &str); 9] = [
    ("row_mut", "row"),
    ("column_mut", "column"),
    ("slice_mut", "slice"),
    ("index_axis_mut", "index_axis"),
    ("diag_mut", "diag"),
    ("view_mut", "view"),
    ("slice_axis_mut", "slice_axis"),
    ("slice_each_axis_mut", "slice_each_axis"),
    ("as_slice_mut", "as_slice"),
];

/// A method that borrows a part of an array mutably.
pub(super) fn is_mutable_view(method: &str) -> bool {
    VIEWS.iter().any(|(write, _)| *write == method)
}

/// Whether a call changes its receiver, and what it is given by a name that is `&mut` itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lending {
    /// A call without a value is there for what it changes.
    Certainly,
    /// They might be lent to be looked at: the type of the call's pullback says so.
    Perhaps,
}

impl Lowerer {
    /// The place that an expression names, if it names a part of a variable.
    pub(super) fn place(&mut self, expr: &Expr) -> Option<Place> {
        match expr {
            Expr::Path(path) => {
                let variable = self.bindings.variable(path.path.get_ident()?)?;
                let place = self.bindings.alias(variable).cloned();
                Some(place.unwrap_or(Place { root: variable, path: Path::new() }))
            }
            Expr::Paren(e) => self.place(&e.expr),
            Expr::Group(e) => self.place(&e.expr),
            Expr::Reference(e) => self.place(&e.expr),
            Expr::Unary(e) if matches!(e.op, UnOp::Deref(_)) => {
                let mut place = self.place(&e.expr)?;
                if !self.is_alias(&e.expr) && !matches!(without_parens(&e.expr), Expr::Reference(_)) {
                    place.path.push(Projection::Dereference);
                }
                Some(place)
            }
            Expr::Field(e) => {
                let mut place = self.place(&e.base)?;
                place.path.push(Projection::Field(FieldName::from(&e.member)));
                Some(place)
            }
            Expr::Index(e) => {
                let mut place = self.place(&e.expr)?;
                let index = self.index_value(&e.index);
                place.path.push(Projection::Index(index));
                Some(place)
            }
            Expr::MethodCall(e) => self.borrowed_part(e),
            _ => None,
        }
    }

    /// `x.row_mut(i)`, `x.last_mut().unwrap()`, `x.as_mut()`.
    fn borrowed_part(&mut self, e: &syn::ExprMethodCall) -> Option<Place> {
        let name = e.method.to_string();
        if let Some((_, read)) = VIEWS.iter().find(|(write, _)| *write == name) {
            let mut place = self.place(&e.receiver)?;
            let args = e.args.iter().map(|arg| self.index_value(arg)).collect();
            place.path.push(Projection::View(Rc::new(Ident::new(read, e.method.span())), args));
            return Some(place);
        }
        match (name.as_str(), e.args.len(), &*e.receiver) {
            ("as_mut_slice" | "as_mut" | "by_ref", 0, receiver) => self.place(receiver),
            ("unwrap", 0, Expr::MethodCall(inner)) | ("expect", 1, Expr::MethodCall(inner)) => {
                let receiver = &inner.receiver;
                let index: Expr = match inner.method.to_string().as_str() {
                    "last_mut" => syn::parse_quote!(#receiver.len() - 1),
                    "first_mut" => syn::parse_quote!(0),
                    "get_mut" => inner.args[0].clone(),
                    _ => return None,
                };
                let mut place = self.place(receiver)?;
                let index = self.index_value(&index);
                place.path.push(Projection::Index(index));
                Some(place)
            }
            _ => None,
        }
    }

    fn is_alias(&self, expr: &Expr) -> bool {
        match without_parens(expr) {
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.bindings.variable(ident))
                .is_some_and(|v| self.bindings.alias(v).is_some()),
            Expr::MethodCall(e) => {
                VIEWS.iter().any(|(write, _)| e.method == write) || e.method == "unwrap" || e.method == "expect"
            }
            _ => false,
        }
    }

    /// The value in a place.
    pub(super) fn load(&mut self, place: &Place, span: Span) -> Value {
        let mut value = self.bindings.value(place.root);
        for step in &place.path {
            value = self.project(value, step, span);
        }
        value
    }

    fn project(&mut self, value: Value, step: &Projection, span: Span) -> Value {
        let base = self.behind_reference(value);
        let active = self.is_active(base);
        match step {
            Projection::Field(name) => self.field(base, name.clone(), span),
            Projection::Index(index) => {
                let range = |op: &Op| matches!(op, Op::Verbatim(verbatim) if matches!(verbatim.expr, Expr::Range(_)));
                let is_slice = self.definitions.get(index).is_some_and(range);
                let kind = if is_slice { self.kind(base).peel().clone() } else { self.kind(base).element() };
                self.emit(Op::Index(base, *index), kind, active, span)
            }
            Projection::Dereference if base != value => base,
            Projection::Dereference => {
                let kind = self.kind(base).target();
                self.emit(Op::Dereference(base), kind, active, span)
            }
            Projection::View(method, args) => {
                let kind = view_kind(&method.to_string(), self.kind(base));
                self.emit(Op::View(base, Rc::clone(method), args.clone()), kind, active, span)
            }
        }
    }

    /// Binds a name to a part of a variable that is borrowed mutably.
    pub(super) fn declare_alias(&mut self, name: &Ident, place: Place) {
        let value = self.loaded_reference(&place, name.span());
        let variable = self.bindings.declare(name, value);
        self.bindings.make_alias(variable, place);
    }

    fn loaded_reference(&mut self, place: &Place, span: Span) -> Value {
        let part = self.load(place, span);
        let (kind, active) = (Kind::Reference(Box::new(self.kind(part).clone())), self.is_active(part));
        self.emit(Op::Reference(part), kind, active, span)
    }

    /// A variable has a new value: other names for parts of it mean parts of that.
    pub(super) fn refresh(&mut self, root: Variable) {
        for variable in self.bindings.aliases_of(root) {
            let place = self.bindings.alias(variable).expect("an alias").clone();
            let span = self.bindings.name(variable).span();
            let value = self.loaded_reference(&place, span);
            self.bindings.assign(variable, value);
        }
    }

    /// Gives a variable its next value.
    pub(super) fn update_variable(&mut self, variable: Variable, value: Value) {
        if self.values[value].name.is_none() || self.temporary.remove(&value) {
            self.values[value].name = Some(self.bindings.name(variable).clone());
        }
        self.bindings.assign(variable, value);
        self.refresh(variable);
    }

    /// The next value of the variable that a place is a part of.
    pub(super) fn next_version(&mut self, root: Variable, active: bool) -> Value {
        if matches!(self.kind(self.bindings.value(root)), Kind::Reference(_)) {
            let text = "this changes a part of something that the compiler does not know under this name\nhelp: borrow it where it is changed: `let part = &mut …;`, or assign to the whole";
            self.diagnostics.error_at(self.bindings.name(root).span(), text);
        }
        if active && !self.is_active(self.bindings.value(root)) {
            self.check_followed(root);
        }
        let Info { kind, span, .. } = self.values[self.bindings.value(root)].clone();
        let name = Some(self.bindings.name(root).clone());
        let value = self.values.add(Info { name, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None });
        let depth = self.blocks.len() - 1;
        self.home.insert(value, depth);
        value
    }

    /// A statement that changes one place; `op` gets the whole before.
    pub(super) fn change(&mut self, place: &Place, others: &[Value], span: Span, op: impl FnOnce(Value, Path) -> Op) {
        let base = self.bindings.value(place.root);
        let active = self.is_active(base) || others.iter().any(|v| self.is_active(*v));
        let next = self.next_version(place.root, active);
        self.push_statement(Stmt { outs: vec![next], op: op(base, place.path.clone()), span });
        self.bindings.assign(place.root, next);
        self.refresh(place.root);
    }

    /// `place = value`.
    pub(super) fn store(&mut self, place: &Place, value: Value, how: Write, span: Span) {
        if place.path.is_empty() && how == Write::Set {
            let known = self.kind(self.bindings.value(place.root)).clone();
            let met = self.kind(value).meet(&known);
            self.values[value].kind = met;
            self.update_variable(place.root, value);
            return;
        }
        let root_kind = self.kind(self.bindings.value(place.root)).clone();
        let learned = learn(&root_kind, &place.path, self.kind(value));
        let value = if how == Write::Assign { self.behind_reference(value) } else { value };
        let value = if how == Write::Assign { self.apart_from(place.root, value) } else { value };
        self.change(place, &[value], span, |base, path| Op::Store { base, path, value, how });
        let next = self.bindings.value(place.root);
        self.values[next].kind = learned;
    }

    /// A value that does not borrow from the variable that it is written to: disjoint parts of one variable are one borrow.
    pub(super) fn apart_from(&mut self, root: Variable, value: Value) -> Value {
        let mut owner = value;
        while let Some(base) = self.definitions.get(&owner).and_then(Op::part_of) {
            owner = base;
        }
        if owner == value || owner != self.bindings.value(root) || self.kind(value).is_scalar() {
            return value;
        }
        self.snapshot(value, self.values[value].span)
    }

    /// A call of which some arguments are borrowed mutably.
    pub(super) fn changing_call(&mut self, callee: Callee, args: &[&Expr], span: Span, lending: Lending) -> Value {
        let lent = self.lent_to(&callee, args, lending);
        let (mut borrowed, mut perhaps) = (BTreeMap::new(), BTreeSet::new());
        let mut roots: Vec<Variable> = Vec::new();
        // The other arguments first: a call among them may change another part of what is lent.
        let given: Vec<_> = args.iter().zip(&lent).map(|(arg, lent)| lent.is_none().then(|| self.argument(arg))).collect();
        let mut values = Vec::new();
        for (position, (given, lent)) in given.into_iter().zip(lent).enumerate() {
            let Some((place, how)) = lent else {
                values.extend(given);
                continue;
            };
            values.push(self.bindings.value(place.root));
            borrowed.insert(position, place.path);
            perhaps.extend((how == Lending::Perhaps).then_some(position));
            if !roots.contains(&place.root) {
                roots.push(place.root);
            }
        }
        let active = values.iter().any(|v| self.is_active(*v));
        let call = Call { callee, args: values, borrowed, perhaps, is_repeated: false };
        let name = self.temporary_name(&Op::Call(call.clone()), span).filter(|_| active);
        let info = Info { name, kind: Kind::Unknown, active, shape_of: None, wanted: Wanted::new(), span, read_at: None };
        let result = self.values.add(info);
        self.temporary.insert(result);
        let next: Vec<_> = roots.iter().map(|root| self.next_version(*root, active)).collect();
        let outs = std::iter::once(result).chain(next.iter().copied()).collect();
        self.push_statement(Stmt { outs, op: Op::Call(call), span });
        for (root, next) in roots.into_iter().zip(next) {
            self.bindings.assign(root, next);
            self.refresh(root);
        }
        result
    }

    /// The places that the arguments of a call lend.
    fn lent_to(&mut self, callee: &Callee, args: &[&Expr], lending: Lending) -> Vec<Option<(Place, Lending)>> {
        let is_method = matches!(callee, Callee::Method(..));
        let is_named = |position, arg: &Expr| is_method && position == 0 || matches!(without_parens(arg), Expr::Path(_));
        let mut lent = Vec::new();
        for (position, arg) in args.iter().enumerate() {
            let how = if is_named(position, arg) { lending } else { Lending::Certainly };
            let is_read =
                position == 0 && how == Lending::Perhaps && matches!(callee, Callee::Method(name, _) if only_looks(name));
            let place = if is_read { None } else { self.lent(arg, is_method && position == 0) };
            lent.push(place.map(|place| (place, how)));
        }
        // What is lent twice is lent to be looked at.
        let places: Vec<_> = lent.iter().map(|lent| lent.as_ref().map(|(place, _)| place.clone())).collect();
        for (position, entry) in lent.iter_mut().enumerate() {
            let others =
                places.iter().enumerate().filter(|(other, _)| *other != position).filter_map(|(_, place)| place.as_ref());
            let is_shared = |(place, how): &(Place, Lending)| {
                let is_view = matches!(place.path.last(), Some(Projection::View(..)));
                *how == Lending::Perhaps && (is_view || others.clone().any(|other| place.overlaps(other)))
            };
            if entry.as_ref().is_some_and(is_shared) {
                *entry = None;
            }
        }
        lent
    }

    /// The place that an argument lends to be changed: `&mut place`, or a name for one.
    pub(super) fn lent(&mut self, arg: &Expr, is_receiver: bool) -> Option<Place> {
        match without_parens(arg) {
            Expr::Reference(e) => e.mutability.and_then(|_| self.place(&e.expr)),
            Expr::Path(path) => {
                let variable = self.bindings.variable(path.path.get_ident()?)?;
                let is_exclusive = self.kind(self.bindings.value(variable)).is_exclusive();
                if let Some(alias) = self.bindings.alias(variable) {
                    return Some(alias.clone());
                }
                let path = if is_exclusive { vec![Projection::Dereference] } else { Path::new() };
                (is_exclusive || is_receiver && self.is_own_and_mutable(variable)).then_some(Place { root: variable, path })
            }
            Expr::MethodCall(e) if VIEWS.iter().any(|(write, _)| e.method == write) => self.place(arg),
            other if is_receiver => {
                let place = self.place(other)?;
                let root = self.bindings.value(place.root);
                (self.is_own_and_mutable(place.root) || self.kind(root).is_exclusive()).then_some(place)
            }
            _ => None,
        }
    }

    /// A `mut` name, and not of a reference, behind which nothing changes.
    fn is_own_and_mutable(&self, variable: Variable) -> bool {
        self.bindings.is_mutable(variable) && !matches!(self.kind(self.bindings.value(variable)), Kind::Reference(_))
    }

    /// The value of an argument; what is `&mut` is lent to be looked at.
    pub(super) fn argument(&mut self, arg: &Expr) -> Value {
        if let Some(closure) = self.given_closure(arg) {
            return closure;
        }
        let value = self.expr(arg);
        if !self.kind(value).is_exclusive() {
            return value;
        }
        let (kind, active, span) = (self.kind(value).target(), self.is_active(value), arg.span());
        let target = self.emit(Op::Dereference(value), kind, active, span);
        self.referred(target, span)
    }

    /// Some argument is lent to be changed, perhaps.
    pub(super) fn lends(&self, args: &[&Expr]) -> bool {
        args.iter().any(|arg| match without_parens(arg) {
            Expr::Reference(e) => e.mutability.is_some(),
            Expr::Path(path) => path.path.get_ident().and_then(|ident| self.bindings.variable(ident)).is_some_and(|variable| {
                self.bindings.alias(variable).is_some() || self.kind(self.bindings.value(variable)).is_exclusive()
            }),
            Expr::MethodCall(e) => VIEWS.iter().any(|(write, _)| e.method == write),
            _ => false,
        })
    }
}

/// What a write says about the kind of the whole.
fn learn(root: &Kind, path: &Path, value: &Kind) -> Kind {
    match (root, &path[..]) {
        (Kind::Exclusive(inner), _) => Kind::Exclusive(Box::new(learn(inner, path, value))),
        (Kind::Sequence(element), [Projection::Index(_)]) if **element == Kind::Unknown => {
            Kind::Sequence(Box::new(value.peel().clone()))
        }
        _ => root.clone(),
    }
}

/// A method that borrows a part of an array.
pub(super) fn is_part(method: &str) -> bool {
    ["row", "column", "slice", "index_axis", "diag", "slice_axis"].contains(&method)
}

/// The kind of a view.
pub(super) fn view_kind(method: &str, base: &Kind) -> Kind {
    let rank = match base.peel() {
        Kind::Array(rank) => *rank,
        _ => None,
    };
    Kind::Array(match method {
        "row" | "column" | "diag" => Some(1),
        "index_axis" => rank.map(|rank| rank.saturating_sub(1)),
        "view" | "slice_axis" | "slice_each_axis" => rank,
        _ => None,
    })
}

pub(super) fn without_parens(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(e) => without_parens(&e.expr),
        Expr::Group(e) => without_parens(&e.expr),
        other => other,
    }
}

/// The variable that a place expression is a part of.
pub(crate) fn root_of(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Field(e) => root_of(&e.base),
        Expr::Index(e) => root_of(&e.expr),
        Expr::Unary(e) if matches!(e.op, UnOp::Deref(_)) => root_of(&e.expr),
        Expr::Paren(e) => root_of(&e.expr),
        Expr::Group(e) => root_of(&e.expr),
        Expr::Reference(e) => root_of(&e.expr),
        Expr::MethodCall(e) => root_of(&e.receiver),
        _ => None,
    }
}

/// The span of an expression.
pub(super) fn span_of(expr: &Expr) -> Span {
    expr.span()
}
