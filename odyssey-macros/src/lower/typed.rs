//! What a type that the user wrote says of the expression it stands beside. Values have no types, so that the expression must say
//! it: `0.5` is `0.5f64`, `items.collect()` is `items.collect::<Array1<f64>>()`.

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprMethodCall, GenericArgument, Lit, PathArguments, Stmt, Type};

use super::passive::is_float;
use super::place::without_parens;
use crate::emit::at;
use crate::parse::ungroup;

/// The expression of `let x: f64 = …;`.
pub(super) fn typed(expr: &Expr, ty: &Type) -> Expr {
    let mut typed = expr.clone();
    write(&mut typed, ty);
    typed
}

/// The body of a function with this result.
pub(super) fn with_result(block: &mut Block, result: &Type) {
    write_last(block, result);
    Returns { result: Some(result) }.visit_block_mut(block);
}

/// What is returned has the type of the result.
struct Returns<'t> {
    result: Option<&'t Type>,
}

impl VisitMut for Returns<'_> {
    fn visit_expr_return_mut(&mut self, e: &mut syn::ExprReturn) {
        if let (Some(value), Some(result)) = (&mut e.expr, self.result) {
            write(value, result);
        }
        visit_mut::visit_expr_return_mut(self, e);
    }

    fn visit_expr_closure_mut(&mut self, e: &mut syn::ExprClosure) {
        let result = match &e.output {
            syn::ReturnType::Type(_, ty) => Some(&**ty),
            syn::ReturnType::Default => None,
        };
        if let Some(result) = result {
            write(&mut e.body, result);
        }
        Returns { result }.visit_expr_mut(&mut e.body);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn write(expr: &mut Expr, ty: &Type) {
    let ty = ungroup(ty);
    match (&mut *expr, ty) {
        (Expr::Lit(e), Type::Path(path)) if is_float(ty) => {
            let suffix = path.path.get_ident().expect("the name of a float").to_string();
            if let Lit::Float(token) = &e.lit {
                if token.suffix().is_empty() {
                    e.lit = Lit::Float(syn::LitFloat::new(&format!("{token}{suffix}"), token.span()));
                }
            }
        }
        (Expr::Paren(e), _) => write(&mut e.expr, ty),
        (Expr::Group(e), _) => write(&mut e.expr, ty),
        (Expr::Unary(e), _) if matches!(e.op, syn::UnOp::Neg(_)) => write(&mut e.expr, ty),
        (Expr::Tuple(e), Type::Tuple(types)) => e.elems.iter_mut().zip(&types.elems).for_each(|(e, ty)| write(e, ty)),
        (Expr::Reference(e), Type::Reference(ty)) => write(&mut e.expr, &ty.elem),
        (Expr::Array(list), Type::Slice(_)) => *expr = syn::parse_quote_spanned!(at(list.bracket_token.span.open())=> #list[..]),
        (Expr::Block(e), _) => write_last(&mut e.block, ty),
        (Expr::If(e), _) => {
            write_last(&mut e.then_branch, ty);
            if let Some((_, otherwise)) = &mut e.else_branch {
                write(otherwise, ty);
            }
        }
        (Expr::Match(e), _) => e.arms.iter_mut().for_each(|arm| write(&mut arm.body, ty)),
        // An operand's type need not be the result's, but a literal beside a literal has it.
        (Expr::Binary(e), _) if is_literal(&e.left) && is_literal(&e.right) => write(&mut e.left, ty),
        (Expr::Path(e), Type::Path(_)) if e.path.is_ident("None") => {
            if let Some(payload) = argument(ty, &["Option"]) {
                *expr = syn::parse_quote_spanned!(at(e.path.segments[0].ident.span())=> None::<#payload>);
            }
        }
        (Expr::Call(e), Type::Path(_)) => {
            let payload = argument(ty, &["Option", "Result"]).filter(|_| is_success(&e.func));
            if let (Some(payload), Some(value)) = (payload, e.args.first_mut()) {
                write(value, payload);
            }
        }
        (Expr::MethodCall(e), Type::Path(_)) if e.method == "collect" && e.turbofish.is_none() && !is_float(ty) => {
            write_collected(e, ty);
        }
        _ => {}
    }
}

/// The items of a list are of the type that the list says.
fn write_collected(e: &mut ExprMethodCall, ty: &Type) {
    e.turbofish = Some(syn::parse_quote_spanned!(at(e.method.span())=> ::<#ty>));
    let Some(item) = argument(ty, &["Vec"]) else { return };
    if let Expr::MethodCall(map) = &mut *e.receiver {
        if let ("map", Some(Expr::Closure(f))) = (map.method.to_string().as_str(), map.args.first_mut()) {
            write(&mut f.body, item);
        }
    }
}

/// The first argument of one of these types: the `T` of `Vec<T>`.
fn argument<'t>(ty: &'t Type, names: &[&str]) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| names.iter().any(|name| last.ident == name))?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

/// `Some`, `Ok`.
fn is_success(constructor: &Expr) -> bool {
    let Expr::Path(path) = without_parens(constructor) else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Some" || last.ident == "Ok")
}

fn write_last(block: &mut Block, ty: &Type) {
    if let Some(Stmt::Expr(last, None)) = block.stmts.last_mut() {
        write(last, ty);
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(e) => matches!(e.lit, Lit::Float(_)),
        Expr::Paren(e) => is_literal(&e.expr),
        Expr::Group(e) => is_literal(&e.expr),
        Expr::Unary(e) => matches!(e.op, syn::UnOp::Neg(_)) && is_literal(&e.expr),
        Expr::Binary(e) => super::passive::arithmetic(&e.op).is_some() && is_literal(&e.left) && is_literal(&e.right),
        _ => false,
    }
}
