//! What the text of passive code says about the kind of its value.

use syn::{Expr, ExprMethodCall, ExprPath, Lit, UnOp};

use crate::ir::Kind;
use crate::lower::method::result_kind;
use crate::lower::place::{is_part, view_kind};
use crate::lower::Lowerer;
use crate::table::elementwise::Elementwise;
use crate::table::operations;

use super::{arguments_of, arithmetic, is_float};

impl Lowerer {
    /// The kind of a passive expression.
    pub(in crate::lower) fn passive_kind(&self, expr: &Expr) -> Kind {
        match expr {
            Expr::Lit(lit) if matches!(lit.lit, Lit::Float(_)) => Kind::Scalar,
            Expr::Paren(e) => self.passive_kind(&e.expr),
            Expr::Group(e) => self.passive_kind(&e.expr),
            Expr::Unary(e) => match (&e.op, self.passive_kind(&e.expr)) {
                (UnOp::Neg(_), kind) => kind.peel().clone(),
                (UnOp::Deref(_), Kind::Reference(inner)) => *inner,
                _ => Kind::Unknown,
            },
            Expr::Cast(e) if is_float(&e.ty) => Kind::Scalar,
            Expr::Reference(e) => Kind::Reference(Box::new(self.passive_kind(&e.expr))),
            Expr::Index(e) => self.passive_kind(&e.expr).element(),
            Expr::Field(e) => match &e.member {
                syn::Member::Unnamed(index) => self.passive_kind(&e.base).field(index.index),
                syn::Member::Named(_) => Kind::Unknown,
            },
            Expr::Binary(e) if arithmetic(&e.op).is_some() => {
                let (left, right) = (self.passive_kind(&e.left), self.passive_kind(&e.right));
                if left.is_numeric() && right.is_numeric() {
                    Kind::join([&left, &right])
                } else {
                    Kind::Unknown
                }
            }
            Expr::MethodCall(e) => self.passive_method_kind(e),
            Expr::Call(e) => match &*e.func {
                Expr::Path(path) if self.is_float_type(path) => Kind::Scalar,
                Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "detach") => {
                    e.args.first().map_or(Kind::Unknown, |arg| self.passive_kind(arg))
                }
                Expr::Path(path) => match (constructed_kind(path), e.args.first()) {
                    (Kind::Boxed(_), Some(content)) => Kind::Boxed(Box::new(self.passive_kind(content))),
                    (kind, _) => kind,
                },
                _ => Kind::Unknown,
            },
            Expr::Repeat(e) => Kind::Sequence(Box::new(self.passive_kind(&e.expr))),
            Expr::Array(e) => Kind::Sequence(Box::new(e.elems.first().map_or(Kind::Unknown, |first| self.passive_kind(first)))),
            Expr::Macro(e) if e.mac.path.is_ident("vec") => {
                let first = arguments_of(&e.mac).and_then(|arguments| arguments.first().cloned());
                Kind::Sequence(Box::new(first.map_or(Kind::Unknown, |first| self.passive_kind(&first))))
            }
            Expr::Path(path) => self.path_kind(path),
            Expr::Tuple(e) => Kind::Tuple(e.elems.iter().map(|elem| self.passive_kind(elem)).collect()),
            Expr::If(e) => self.tail_kind(&e.then_branch),
            Expr::Block(e) => self.tail_kind(&e.block),
            _ => Kind::Unknown,
        }
    }

    /// The kind of what a method makes of an array or a number.
    fn passive_method_kind(&self, e: &ExprMethodCall) -> Kind {
        let receiver = self.passive_kind(&e.receiver);
        if !receiver.is_numeric() {
            return Kind::Unknown;
        }
        let name = e.method.to_string();
        if Elementwise::find(&name).is_some() || ["view", "to_owned", "clone"].contains(&name.as_str()) {
            return receiver.peel().clone();
        }
        if is_part(&name) {
            return view_kind(&name, &receiver);
        }
        let Some(op) = operations::find(&name).filter(|op| !op.optional) else { return Kind::Unknown };
        let args: Vec<_> = e.args.iter().collect();
        if args.len() != op.operands - 1 + op.parameters {
            return Kind::Unknown;
        }
        let further: Vec<_> = op.taken_apart(&args).0.into_iter().map(|operand| self.passive_kind(operand)).collect();
        result_kind(op, std::iter::once(&receiver).chain(&further).map(Kind::peel))
    }

    pub(in crate::lower) fn tail_kind(&self, block: &syn::Block) -> Kind {
        match block.stmts.last() {
            Some(syn::Stmt::Expr(expr, None)) if block.stmts.len() == 1 => self.passive_kind(expr),
            _ => Kind::Unknown,
        }
    }

    pub(in crate::lower) fn path_kind(&self, path: &ExprPath) -> Kind {
        match path.path.get_ident().and_then(|ident| self.bindings.lookup(ident)) {
            Some(value) => self.kind(value).clone(),
            None if self.is_float_type(path) || path.path.segments.iter().any(|s| s.ident == "consts") => Kind::Scalar,
            None => Kind::Unknown,
        }
    }

    /// `f64::…`, `std::f64::…`, `T::…` for a float parameter.
    pub(in crate::lower) fn is_float_type(&self, path: &ExprPath) -> bool {
        let segments = &path.path.segments;
        let Some(owner) = segments.len().checked_sub(2).map(|i| &segments[i].ident) else { return false };
        owner == "f64" || owner == "f32" || self.real_parameters.contains(owner)
    }
}

/// `Vec::new()`, `Array2::zeros(…)`: what the name of a type says.
pub(in crate::lower) fn constructed_kind(path: &ExprPath) -> Kind {
    let segments = &path.path.segments;
    let Some(owner) = segments.len().checked_sub(2).map(|i| &segments[i]) else { return Kind::Unknown };
    let (name, function) = (owner.ident.to_string(), segments[segments.len() - 1].ident.to_string());
    if name == "Vec" && ["new", "with_capacity"].contains(&function.as_str()) {
        return Kind::Sequence(Box::new(Kind::Unknown));
    }
    if name == "Box" && function == "new" {
        return Kind::Boxed(Box::new(Kind::Unknown));
    }
    let makes_floats = ["zeros", "ones", "from_elem"].contains(&function.as_str());
    let is_plain = match &owner.arguments {
        syn::PathArguments::AngleBracketed(generics) => {
            matches!(generics.args.first(), Some(syn::GenericArgument::Type(ty)) if is_float(ty))
        }
        _ => true,
    };
    match name.strip_prefix("Array").map(str::parse) {
        Some(Ok(rank)) if makes_floats && is_plain => Kind::Array(Some(rank)),
        _ => Kind::Unknown,
    }
}
