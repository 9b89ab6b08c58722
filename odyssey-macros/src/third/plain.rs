//! Whether a function over `f64` is seen to be one over any floats: passive code in it is arithmetic on numbers and positions, and
//! nothing is called.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprCall, ExprMacro, ExprMethodCall, ExprPath, Member, Pat, UnOp};

use crate::ir::{Block, Kind, Op, Value, Values, Verbatim};
use crate::lower::{arguments_of, Primal};
use crate::parse::{is_constant, is_constant_path, Source};
use crate::table::elementwise::Elementwise;

pub(super) fn is_plain(source: &Source, primal: &Primal) -> bool {
    let mut constants = Constants { are_numbers: true };
    constants.visit_block(&source.item.block);
    constants.are_numbers && is_plain_block(&primal.values, &primal.body)
}

fn is_plain_block(values: &Values, block: &Block) -> bool {
    block.stmts.iter().all(|stmt| {
        let is_plain = match &stmt.op {
            Op::Call(_) | Op::Construct(..) | Op::Try(..) | Op::Cast(..) => false,
            Op::Verbatim(code) | Op::Effect(code, _) => is_arithmetic(values, code),
            Op::Elementwise(_, operands, _) => {
                let is_of =
                    |operand: &Value| values[*operand].kind == Kind::Unknown || is_reference_to_number(&values[*operand].kind);
                !operands.iter().any(is_of)
            }
            Op::Match(_, arms) => {
                arms.iter().all(|arm| is_of_numbers(&arm.pattern) && arm.guard.iter().all(|guard| is_arithmetic(values, guard)))
            }
            _ => true,
        };
        is_plain && stmt.op.blocks().into_iter().all(|block| is_plain_block(values, block))
    })
}

/// An array or a list.
fn is_list(kind: &Kind) -> bool {
    matches!(kind.peel(), Kind::Array(_) | Kind::Sequence(_))
}

/// These are operands of arithmetic for `f64` alone.
fn is_reference_to_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Reference(inner) if inner.is_scalar())
}

/// A pattern of numbers and options: what is in a type of the user's may be an `f64`.
fn is_of_numbers(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(p) => p.path.is_ident("Some") && p.elems.iter().all(is_of_numbers),
        Pat::Tuple(p) => p.elems.iter().all(is_of_numbers),
        Pat::Slice(p) => p.elems.iter().all(is_of_numbers),
        Pat::Or(p) => p.cases.iter().all(is_of_numbers),
        Pat::Paren(p) => is_of_numbers(&p.pat),
        Pat::Reference(p) => is_of_numbers(&p.pat),
        Pat::Ident(_) | Pat::Lit(_) | Pat::Range(_) | Pat::Wild(_) | Pat::Rest(_) => true,
        _ => false,
    }
}

fn is_arithmetic(values: &Values, code: &Verbatim) -> bool {
    let mut arithmetic = Arithmetic { values, inputs: &code.inputs, holds: true };
    arithmetic.visit_expr(&code.expr);
    arithmetic.holds
}

/// Passive code over numbers; arrays and lists are only read at a position, or asked how long they are.
struct Arithmetic<'a> {
    values: &'a Values,
    inputs: &'a [(syn::Ident, Value)],
    holds: bool,
}

impl Arithmetic<'_> {
    /// A variable of such a kind.
    fn is_variable(&self, expr: &Expr, is: impl Fn(&Kind) -> bool) -> bool {
        let is_of = |name| self.inputs.iter().find(|(input, _)| input == name);
        let value = match expr {
            Expr::Path(path) => path.path.get_ident().and_then(is_of),
            _ => None,
        };
        value.is_some_and(|(_, value)| is(&self.values[*value].kind))
    }

    /// An array or a list of which numbers are read.
    fn is_whole(&self, expr: &Expr) -> bool {
        self.is_variable(expr, is_list)
    }

    fn base(&mut self, expr: &Expr) {
        if !self.is_whole(expr) && !self.is_variable(expr, is_reference_to_number) {
            self.visit_expr(expr);
        }
    }

    fn method(&mut self, call: &ExprMethodCall) {
        let name = call.method.to_string();
        let asks = matches!(name.as_str(), "len" | "nrows" | "ncols" | "is_empty" | "dim");
        let is_of_positions = matches!(name.as_str(), "rev" | "step_by" | "pow" | "cast_signed" | "cast_unsigned");
        self.holds &= call.turbofish.is_none() && (asks || is_of_positions || is_function(&name));
        if asks {
            self.base(&call.receiver);
        } else {
            self.visit_expr(&call.receiver);
        }
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn call(&mut self, call: &ExprCall) {
        self.holds &= matches!(&*call.func, Expr::Path(path) if is_constructor(path));
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    /// `vec![0.0; n]`, `array![1.0, 2.0]`, `s![1.., 0]`.
    fn list(&mut self, mac: &ExprMacro) {
        let is_list = mac.mac.path.get_ident().is_some_and(|name| name == "vec" || name == "array" || name == "s");
        match arguments_of(&mac.mac).filter(|_| is_list) {
            Some(entries) => entries.iter().for_each(|entry| self.visit_expr(entry)),
            None => self.holds = false,
        }
    }
}

impl<'ast> Visit<'ast> for Arithmetic<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Path(_) => self.holds &= !self.is_whole(expr) && !self.is_variable(expr, is_reference_to_number),
            Expr::Unary(e) if matches!(e.op, UnOp::Deref(_)) => self.base(&e.expr),
            Expr::Index(e) => {
                self.base(&e.expr);
                self.visit_expr(&e.index);
            }
            Expr::MethodCall(e) => self.method(e),
            Expr::Call(e) => self.call(e),
            Expr::Macro(e) => self.list(e),
            Expr::Field(e) => {
                self.holds &= matches!(e.member, Member::Unnamed(_));
                self.visit_expr(&e.base);
            }
            Expr::Binary(e) => {
                self.holds &= !makes_list(&e.left) && !makes_list(&e.right);
                visit::visit_expr(self, expr);
            }
            Expr::Lit(_) | Expr::Paren(_) | Expr::Group(_) | Expr::Unary(_) | Expr::Cast(_) => visit::visit_expr(self, expr),
            Expr::Range(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Assign(_) => visit::visit_expr(self, expr),
            _ => self.holds = false,
        }
    }
}

/// `Array1::ones(n)`, `array![1.0, 2.0]`: ndarray knows `f64` on the left of an operator with an array, and no type parameter.
fn makes_list(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(e) => makes_list(&e.expr),
        Expr::Group(e) => makes_list(&e.expr),
        Expr::Unary(e) => makes_list(&e.expr),
        Expr::Reference(e) => makes_list(&e.expr),
        Expr::Macro(_) => true,
        Expr::Call(e) => matches!(&*e.func, Expr::Path(path) if path.path.segments.len() > 1
            && path.path.segments.iter().rev().nth(1).is_none_or(|owner| owner.ident != "f64")),
        _ => false,
    }
}

/// A function of numbers that all floats have.
fn is_function(name: &str) -> bool {
    Elementwise::find(name).is_some_and(|op| op.row().is_method() && !op.row().is_internal())
}

/// `Axis`, `Vec::new`, `Array1::zeros`, `f64::from`, `f64::max`.
fn is_constructor(path: &ExprPath) -> bool {
    if path.path.is_ident("Axis") {
        return true;
    }
    let mut segments = path.path.segments.iter().rev();
    let (Some(last), Some(owner)) = (segments.next(), segments.next()) else { return false };
    let (last, owner) = (last.ident.to_string(), owner.ident.to_string());
    match owner.as_str() {
        "f64" => last == "from" || is_function(&last),
        "Vec" => last == "new" || last == "with_capacity",
        _ => owner.starts_with("Array") && matches!(last.as_str(), "zeros" | "ones" | "from_elem"),
    }
}

/// What is called like a constant stands where only numbers and their lists can: of any other type, there is none over other floats.
struct Constants {
    are_numbers: bool,
}

impl Constants {
    /// An operand of arithmetic.
    fn number(&mut self, expr: &Expr) {
        if !matches!(expr, Expr::Path(path) if is_constant_path(path)) {
            self.visit_expr(expr);
        }
    }
}

impl<'ast> Visit<'ast> for Constants {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Path(path) => self.are_numbers &= !is_constant_path(path) || path.path.segments.len() > 1,
            Expr::Binary(e) if !matches!(e.op, BinOp::Eq(_) | BinOp::Ne(_)) => {
                self.number(&e.left);
                self.number(&e.right);
            }
            Expr::Unary(e) => self.number(&e.expr),
            Expr::Paren(e) => self.number(&e.expr),
            Expr::Cast(e) => self.number(&e.expr),
            Expr::Range(e) => e.start.iter().chain(&e.end).for_each(|end| self.number(end)),
            Expr::Index(e) => {
                self.number(&e.expr);
                self.number(&e.index);
            }
            Expr::MethodCall(e) if is_function(&e.method.to_string()) => {
                self.number(&e.receiver);
                e.args.iter().for_each(|arg| self.number(arg));
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.are_numbers &= !mentions_constant(mac.tokens.clone());
    }
}

fn mentions_constant(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => is_constant(&name),
        TokenTree::Group(group) => mentions_constant(group.stream()),
        _ => false,
    })
}
