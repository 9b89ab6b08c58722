//! Integers: what is computed with one is one, whatever struct the other comes from.

use proc_macro2::Span;
use syn::{BinOp, Expr, ExprBinary, Ident, Lit, Member, Type, UnOp};

use super::passive::{arithmetic, asked};
use super::Lowerer;
use crate::ir::{Kind, Op, Value, Verbatim};
use crate::parse::INTEGERS;

impl Lowerer {
    /// An integer, or several of them in a tuple or a list.
    pub(super) fn is_integer(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.bindings.lookup(name))
                .is_some_and(|value| self.integers.contains(&value)),
            Expr::MethodCall(e) if e.method == "dim" || e.method == "shape" => true,
            Expr::Binary(e) if arithmetic(&e.op).is_some() => self.is_integer(&e.left) || self.is_integer(&e.right),
            Expr::Unary(e) if matches!(e.op, UnOp::Deref(_) | UnOp::Neg(_)) => self.is_integer(&e.expr),
            Expr::Reference(e) => self.is_integer(&e.expr),
            Expr::Index(e) => self.is_integer(&e.expr),
            Expr::Field(e) => matches!(e.member, Member::Unnamed(_)) && self.is_integer(&e.base),
            Expr::Paren(e) => self.is_integer(&e.expr),
            Expr::Group(e) => self.is_integer(&e.expr),
            _ => is_whole(expr),
        }
    }

    /// Arithmetic with an integer, verbatim. If something differentiated takes part, rustc is asked whether the result is an
    /// integer too: operators of the user's own would lose a derivative.
    pub(super) fn integer_arithmetic(&mut self, e: &ExprBinary, span: Span) -> Value {
        let expr = Expr::Binary(e.clone());
        if !self.reads_active(&expr) {
            return self.verbatim(&expr);
        }
        let (krate, code) = (self.krate.clone(), self.verbatim_code(&expr));
        let (expr, whole) = (&code.expr, crate::emit::locate(quote::quote!(#krate::rt::integer), span));
        let expr = syn::parse_quote_spanned!(span=> #whole(#expr));
        let value = self.emit(Op::Verbatim(std::rc::Rc::new(Verbatim { expr, ..code })), Kind::Unknown, false, span);
        self.integers.insert(value);
        value
    }
}

/// `usize`, `&[u32]`, `(i32, i32)`.
pub(super) fn is_integer_type(ty: &Type) -> bool {
    match crate::parse::ungroup(ty) {
        Type::Reference(reference) => is_integer_type(&reference.elem),
        Type::Slice(slice) => is_integer_type(&slice.elem),
        Type::Array(array) => is_integer_type(&array.elem),
        Type::Tuple(tuple) => !tuple.elems.is_empty() && tuple.elems.iter().all(is_integer_type),
        Type::Path(path) => path.path.get_ident().is_some_and(|name| INTEGERS.iter().any(|integer| name == integer)),
        _ => false,
    }
}

/// An integer by its text.
pub(crate) fn is_whole(expr: &Expr) -> bool {
    match asked(expr) {
        Expr::Lit(lit) => matches!(&lit.lit, Lit::Int(token) if !token.suffix().starts_with('f')),
        Expr::Cast(e) => is_integer_type(&e.ty),
        Expr::MethodCall(e) => {
            ["len", "nrows", "ncols", "len_of", "ndim"].iter().any(|name| e.method == name) || is_of_integers(&e.method)
        }
        Expr::Binary(e) => match e.op {
            BinOp::Shl(_) | BinOp::Shr(_) | BinOp::BitXor(_) => true,
            // Both operands have one type.
            _ => arithmetic(&e.op).is_some() && (is_whole(&e.left) || is_whole(&e.right)),
        },
        Expr::Paren(e) => is_whole(&e.expr),
        Expr::Group(e) => is_whole(&e.expr),
        _ => false,
    }
}

/// A length, or what is computed of lengths and literals: it borrows nothing.
pub(crate) fn is_count(expr: &Expr) -> bool {
    match asked(expr) {
        Expr::MethodCall(_) => is_whole(expr),
        Expr::Binary(e) => is_whole(expr) && (is_count(&e.left) || is_count(&e.right)),
        Expr::Paren(e) => is_count(&e.expr),
        Expr::Group(e) => is_count(&e.expr),
        _ => false,
    }
}

/// A method that integers have and floats have not.
pub(super) fn is_of_integers(method: &Ident) -> bool {
    const METHODS: [&str; 11] = [
        "pow",
        "isqrt",
        "abs_diff",
        "div_ceil",
        "count_ones",
        "count_zeros",
        "leading_zeros",
        "trailing_zeros",
        "next_power_of_two",
        "is_power_of_two",
        "swap_bytes",
    ];
    let name = method.to_string();
    METHODS.contains(&name.as_str())
        || ["wrapping_", "checked_", "saturating_", "overflowing_", "rotate_"].iter().any(|prefix| name.starts_with(prefix))
}
