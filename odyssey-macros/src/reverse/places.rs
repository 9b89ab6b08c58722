//! The reverse of reading, writing and building composite values: the adjoint of a place is the same place of the whole's
//! adjoint.

use std::rc::Rc;

use proc_macro2::Span;

use super::overwritten::kind_of_part;
use super::Sweep;
use crate::ir::{of_tangent, FieldName, Kind, Listing, Op, Path, Projection, Stmt, Value, Write};

impl Sweep<'_> {
    /// `y` is a part of `base`: its adjoint is added there, in the outermost value that has an adjoint as a whole.
    pub(super) fn part(&mut self, y: Value, base: Value, dy: Value, span: Span) {
        let (root, path) = self.place_of(y);
        if !self.varies(base) {
            return;
        }
        let tangent = self.take_or_zero(root);
        let kind = self.tangent_kind(root);
        let sum = self.emit(Op::AccumulatePart { tangent, path, value: dy, is_taken: false }, kind, root, span);
        self.set_adjoint(root, sum);
    }

    /// The value that `y` is a part of, and which. Leading fields are values of their own: their adjoints are put together
    /// when all have arrived.
    pub(super) fn place_of(&self, y: Value) -> (Value, Path) {
        let (mut value, mut path) = (y, Path::new());
        // The value at which the path begins with an element or a view, and the length of the path from there.
        let mut root = (y, 0);
        while let Some(op) = self.definitions.get(&value) {
            let (base, step) = match op {
                Op::Index(base, index) => (*base, Some(Projection::Index(*index))),
                Op::View(base, method, args) => (*base, Some(Projection::View(Rc::clone(method), args.clone()))),
                Op::Field(base, name) => (*base, Some(Projection::Field(name.clone()))),
                Op::Reference(base) | Op::Dereference(base) => (*base, None),
                _ => break,
            };
            let is_field = matches!(step, Some(Projection::Field(_)));
            path.extend(step);
            value = base;
            if !is_field {
                root = (value, path.len());
            }
        }
        // What is changed in place has an adjoint as a whole, which is changed in place as well.
        if self.values[value].kind.is_exclusive() || self.changed.contains(&value) {
            root = (value, path.len());
        }
        path.truncate(root.1);
        path.reverse();
        (root.0, path)
    }

    pub(super) fn set_adjoint(&mut self, of: Value, whole: Value) {
        self.mark_adjoint(whole, of);
        self.adjoints.or_default(of).whole = Some(whole);
    }

    /// A part of a tangent, taken out, and the rest, if there is any, with zero of the old shape in its place.
    pub(super) fn take_part(
        &mut self,
        tangent: Value,
        path: &Path,
        of: Value,
        was: Option<Value>,
        span: Span,
    ) -> (Value, Option<Value>) {
        let path = of_tangent(path, &self.values[of].kind);
        if path.is_empty() {
            return (tangent, None);
        }
        let kind = kind_of_part(&self.values[of].kind, &path);
        let (part, rest) = (self.derived(kind, of, span), self.derived(self.tangent_kind(of), of, span));
        self.mark_adjoint(rest, of);
        self.stmts.push(Stmt { outs: vec![part, rest], op: Op::TakePart { tangent, path, was }, span });
        (part, Some(rest))
    }

    /// The tangent with a part, which was taken out, put back.
    pub(super) fn put_part(&mut self, tangent: Option<Value>, path: &Path, part: Value, of: Value, span: Span) -> Value {
        let path = of_tangent(path, &self.values[of].kind);
        let Some(tangent) = tangent else { return part };
        let kind = self.tangent_kind(of);
        let whole = self.emit(Op::AccumulatePart { tangent, path, value: part, is_taken: true }, kind, of, span);
        self.mark_adjoint(whole, of);
        whole
    }

    /// What was there before has no influence behind the write: the part goes to the value, the rest to the whole before.
    pub(super) fn store(&mut self, stmt: &Stmt, dy: Value) {
        let Op::Store { base, path, value, how } = &stmt.op else { unreachable!("a store") };
        let (base, value, span) = (*base, *value, stmt.span);
        let was = self.old_shape(stmt.outs[0], 0);
        let (part, rest) = self.take_part(dy, path, base, was, span);
        if *how == Write::Set {
            self.contribute(value, part);
        } else {
            self.contribute_fit(value, part, part, span);
        }
        if let Some(rest) = rest {
            self.contribute(base, rest);
        }
    }

    /// What there is to know of the shape that a part had, one of those that the statement with that result has put others into.
    fn old_shape(&self, out: Value, number: usize) -> Option<Value> {
        self.old_shapes.get(&out).and_then(|shapes| shapes[number])
    }

    pub(super) fn update(&mut self, base: Value, path: &Path, subtracts: bool, value: Value, dy: Value, span: Span) {
        if self.varies(value) {
            let path = of_tangent(path, &self.values[base].kind);
            let kind = kind_of_part(&self.values[base].kind, &path);
            let is_number = self.values[value].kind.peel().is_scalar() && !matches!(path.last(), Some(Projection::View(..)));
            let kind = if is_number { Kind::Scalar } else { kind };
            let part = self.emit(Op::Part(dy, path), kind.clone(), value, span);
            let part = if subtracts {
                let neg = crate::table::elementwise::Elementwise::named("neg");
                self.emit(Op::Elementwise(neg, vec![part], Vec::new()), kind, value, span)
            } else {
                part
            };
            self.contribute_fit(value, part, part, span);
        }
        self.contribute(base, dy);
    }

    pub(super) fn push(&mut self, base: Value, path: &Path, value: Value, dy: Value, span: Span) {
        let (last, rest) = (self.derived(Kind::Unknown, base, span), self.derived(self.tangent_kind(base), base, span));
        let op = Op::Pop { base: dy, path: of_tangent(path, &self.values[base].kind) };
        self.stmts.push(Stmt { outs: vec![last, rest], op, span });
        if self.varies(value) {
            let kind = self.tangent_kind(value);
            let d = self.emit(Op::Expect(last), kind, value, span);
            self.contribute(value, d);
        }
        self.mark_adjoint(rest, base);
        self.contribute(base, rest);
    }

    /// The list gets its last element's adjoint back.
    pub(super) fn pop(&mut self, stmt: &Stmt, base: Value, path: &Path) {
        let (last, rest) = (stmt.outs[0], stmt.outs[1]);
        if !self.adjoints.contains_key(&last) && !self.adjoints.contains_key(&rest) || !self.varies(base) {
            return;
        }
        let tangent = self.take_or_zero(rest);
        let cotangent = self.take(last).unwrap_or_else(|| self.zero(last));
        let (kind, span, path) = (self.tangent_kind(base), stmt.span, of_tangent(path, &self.values[base].kind));
        let is_certain = self.stmts.iter().any(|stmt| stmt.outs[..] == [cotangent] && matches!(stmt.op, Op::Present(_)));
        let whole = if is_certain {
            let value = self.emit(Op::Expect(cotangent), kind.element(), base, span);
            self.emit(Op::Push { base: tangent, path, value }, kind, base, span)
        } else {
            self.emit(Op::Unpop { base: tangent, path, last, cotangent }, kind, base, span)
        };
        self.contribute(base, whole);
    }

    pub(super) fn swap(&mut self, base: Value, path: &Path, indices: [Value; 2], dy: Value, span: Span) {
        let kind = self.tangent_kind(base);
        let swapped =
            self.emit(Op::Swap { base: dy, path: of_tangent(path, &self.values[base].kind), indices }, kind, base, span);
        self.mark_adjoint(swapped, base);
        self.contribute(base, swapped);
    }

    pub(super) fn list(&mut self, how: Listing, elements: &[Value], dy: Value, span: Span) {
        if matches!(how, Listing::Concatenation | Listing::Stack) {
            return self.joined(how, elements, dy, span);
        }
        for (number, element) in elements.iter().enumerate() {
            if self.varies(*element) {
                let index = match how {
                    Listing::Matrix(columns) => self.passive(
                        syn::parse_str(&format!("[{}, {}]", number / columns, number % columns)).expect("an index"),
                        *element,
                        span,
                    ),
                    _ => self.position(number, *element, span),
                };
                let kind = self.tangent_kind(*element);
                let d = self.emit(Op::Part(dy, vec![Projection::Index(index)]), kind, *element, span);
                self.contribute(*element, d);
            }
        }
    }

    /// A literal index.
    fn position(&mut self, number: usize, of: Value, span: Span) -> Value {
        let number = proc_macro2::Literal::usize_suffixed(number);
        self.passive(syn::parse_quote!(#number), of, span)
    }

    fn passive(&mut self, expr: syn::Expr, of: Value, span: Span) -> Value {
        let verbatim = crate::ir::Verbatim { expr, inputs: Vec::new(), is_pure: true };
        self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Unknown, of, span)
    }

    /// Each part gets its own of what was put together.
    fn joined(&mut self, how: Listing, elements: &[Value], dy: Value, span: Span) {
        let (axis, parts) = elements.split_first().expect("the axis comes first");
        for (number, part) in parts.iter().enumerate() {
            if self.varies(*part) {
                let kind = self.tangent_kind(*part);
                let op = Op::JoinedPart {
                    cotangent: dy,
                    axis: *axis,
                    // Of parts that are stacked, not even the lengths matter.
                    parts: if how == Listing::Stack { Vec::new() } else { parts[..=number].to_vec() },
                    stacked: (how == Listing::Stack).then_some(number),
                };
                let d = self.emit(op, kind, *part, span);
                self.contribute(*part, d);
            }
        }
    }

    pub(super) fn construct(&mut self, stmt: &Stmt, dy: Value) {
        let Op::Construct(path, fields, rest) = &stmt.op else { unreachable!("a struct or a variant") };
        // It may be an imported variant that is constructed, but for two ways of writing.
        if rest.is_none() && !path.is_ident("Self") {
            return self.construct_variant(path, fields, dy, stmt.span);
        }
        let mut whole = dy;
        for (number, (name, value)) in fields.iter().enumerate() {
            let step = vec![Projection::Field(name.clone())];
            if let Some(rest) = rest.filter(|rest| self.varies(*rest)) {
                let was = self.old_shape(stmt.outs[0], number);
                let (part, others) = self.take_part(whole, &step, rest, was, stmt.span);
                self.contribute(*value, part);
                whole = others.expect("a struct is more than one of its fields");
            } else if self.varies(*value) {
                let kind = self.tangent_kind(*value);
                let d = self.emit(Op::Part(dy, step), kind, *value, stmt.span);
                self.contribute(*value, d);
            }
        }
        if let Some(rest) = rest {
            self.contribute(*rest, whole);
        }
    }
}

impl Sweep<'_> {
    /// The cotangent of a variant, or of a struct, taken apart.
    fn construct_variant(&mut self, path: &syn::Path, fields: &[(FieldName, Value)], dy: Value, span: Span) {
        let varying: Vec<_> = fields.iter().filter(|(_, v)| self.varies(*v)).collect();
        let Some((_, first)) = varying.first() else { return };
        let parts = self.emit(Op::IntoParts(dy, Rc::new(path.clone())), Kind::Unknown, *first, span);
        for (name, value) in varying {
            let kind = self.tangent_kind(*value);
            let d = self.emit(Op::Field(parts, name.clone()), kind, *value, span);
            self.contribute(*value, d);
        }
    }
}
