//! Code that depends on no differentiated value: which variables it reads, whether it may be evaluated twice, and
//! what kind of value it has.

mod answers;
mod effects;
mod elements;
mod inputs;
mod kind;

use syn::{BinOp, Expr, Ident, Type};

use super::iterate::is_simple_range;
use super::place::{is_part, without_parens};
use crate::parse::{CONSTANT, WHOLE};
use crate::table::elementwise::Elementwise;

pub(in crate::lower) use answers::asked;
pub(in crate::lower) use effects::Effects;
pub(super) use elements::Element;
pub(crate) use inputs::captured;

/// Methods that ask about a value without depending on its reals.
const QUESTIONS: [&str; 32] = [
    "len",
    "len_of",
    "nrows",
    "ncols",
    "shape",
    "strides",
    "dim",
    "raw_dim",
    "ndim",
    "is_empty",
    "is_square",
    "is_nan",
    "is_finite",
    "is_infinite",
    "is_sign_positive",
    "is_sign_negative",
    "to_bits",
    "total_cmp",
    "partial_cmp",
    "is_some",
    "is_none",
    "is_some_and",
    "is_none_or",
    "is_ok",
    "is_err",
    "contains",
    "starts_with",
    "ends_with",
    "as_str",
    "argmax",
    "argmax_axis",
    "detach",
];
/// Further methods that are pure and cheap on passive values.
const CHEAP_METHODS: [&str; 6] = ["min", "max", "abs", "pow", "saturating_sub", "abs_diff"];
/// Methods that lend a part of a passive value, or look at it in another way, beside those that lend parts of arrays (`is_part`): what
/// they give borrows, and is found again.
const LOOKUPS: [&str; 32] = [
    "get",
    "first",
    "last",
    "as_ref",
    "as_str",
    "as_slice",
    "as_deref",
    "as_bytes",
    "split_at",
    "split_first",
    "split_last",
    "iter",
    "keys",
    "values",
    "windows",
    "chunks",
    "chunks_exact",
    "chars",
    "bytes",
    "lines",
    "trim",
    "split_whitespace",
    "view",
    "t",
    "rows",
    "columns",
    "lanes",
    "outer_iter",
    "axis_iter",
    "axis_chunks_iter",
    "exact_chunks",
    "broadcast",
];
/// Methods that hand on what a lookup has found. They take their receiver by value, which must not be a variable.
const HANDING_ON: [&str; 9] = ["unwrap", "expect", "copied", "enumerate", "zip", "rev", "skip", "take", "step_by"];
/// Methods of lists, strings and arrays whose result owns what it has.
const OWNING_METHODS: [&str; 19] = [
    "clone",
    "cloned",
    "copied",
    "to_owned",
    "into_owned",
    "to_vec",
    "to_string",
    "concat",
    "mapv",
    "mean",
    "fold",
    "count",
    "any",
    "all",
    "starts_with",
    "ends_with",
    "sum",
    "product",
    "wrapping_mul",
];
/// Macros whose arguments are only looked at.
const LOOKING_MACROS: [&str; 13] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "println",
    "print",
    "eprintln",
    "eprint",
    "format",
    "write",
    "writeln",
];

/// Methods of the standard library and of ndarray that change nothing and that passive code is full of.
const READING_METHODS: [&str; 62] = [
    "iter",
    "into_iter",
    "as_slice",
    "as_ref",
    "to_vec",
    "to_owned",
    "into_owned",
    "clone",
    "cloned",
    "copied",
    "unwrap",
    "expect",
    "get",
    "first",
    "last",
    "contains",
    "starts_with",
    "ends_with",
    "row",
    "column",
    "rows",
    "columns",
    "view",
    "slice",
    "t",
    "dot",
    "sum",
    "sum_axis",
    "mean",
    "mean_axis",
    "product",
    "outer_iter",
    "axis_iter",
    "index_axis",
    "diag",
    "windows",
    "chunks",
    "chunks_exact",
    "zip",
    "enumerate",
    "rev",
    "map",
    "filter",
    "fold",
    "skip",
    "take",
    "step_by",
    "count",
    "any",
    "all",
    "min_by",
    "max_by",
    "unwrap_or",
    "to_string",
    "as_str",
    "is_some_and",
    "mapv",
    "map_or",
    "split_at",
    "collect",
    "concat",
    "softmax",
];

/// A method of that name changes nothing, whatever it is called on.
pub(in crate::lower) fn only_looks(method: &Ident) -> bool {
    is_question(method) || crate::table::operations::only_looks(&method.to_string())
}

/// A method of that name changes nothing.
pub(in crate::lower) fn only_reads(method: &Ident) -> bool {
    let name = method.to_string();
    is_question(method)
        || READING_METHODS.contains(&name.as_str())
        || CHEAP_METHODS.contains(&name.as_str())
        || Elementwise::find(&name).is_some_and(|op| op.row().is_method())
        || crate::table::operations::only_looks(&name)
}

/// Arithmetic, questions and parts: the value is a number or of another type of the standard library's or ndarray's.
pub(crate) fn is_plain(expr: &Expr) -> bool {
    match asked(expr) {
        Expr::Paren(e) => is_plain(&e.expr),
        Expr::MethodCall(e) => only_reads(&e.method),
        Expr::Lit(_) | Expr::Binary(_) | Expr::Unary(_) | Expr::Cast(_) | Expr::Range(_) | Expr::Index(_) => true,
        _ => false,
    }
}

/// What passive code makes may borrow from what it reads: functions and methods that nothing is known of.
pub(crate) fn may_lend(expr: &Expr) -> bool {
    match asked(expr) {
        Expr::Paren(e) => may_lend(&e.expr),
        Expr::Try(e) => may_lend(&e.expr),
        range if is_simple_range(range) => false,
        Expr::MethodCall(e) => {
            let name = e.method.to_string();
            let owns = OWNING_METHODS.contains(&name.as_str()) || CHEAP_METHODS.contains(&name.as_str());
            !owns && !only_looks(&e.method) && Elementwise::find(&name).is_none()
        }
        Expr::Call(e) => !is_constructor(&e.func) && !is_of_a_type(&e.func),
        _ => false,
    }
}

/// `Vec::new`, `Array2::zeros`, `f64::hypot`.
fn is_of_a_type(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let owner = path.path.segments.iter().rev().nth(1).map(|owner| owner.ident.to_string());
    owner.is_some_and(|owner| {
        let is_list = ["Vec", "VecDeque", "String", "Box", "f32", "f64"].contains(&owner.as_str());
        is_list || owner.starts_with("Array") || crate::parse::INTEGERS.contains(&owner.as_str())
    })
}

/// The result of this method is passive whatever its receiver is.
pub(in crate::lower) fn is_question(method: &Ident) -> bool {
    // An identifier is compared as text, and rustc is asked for it each time.
    QUESTIONS.contains(&method.to_string().as_str())
}

/// The macro only looks at its arguments: comparing and formatting leave the reals.
pub(in crate::lower) fn is_looking_macro(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| LOOKING_MACROS.iter().any(|name| last.ident == name))
}

/// Evaluating it twice gives the same value, costs next to nothing and has no effect.
pub(in crate::lower) fn is_pure(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) | Expr::Closure(_) => true,
        Expr::Paren(e) => is_pure(&e.expr),
        Expr::Group(e) => is_pure(&e.expr),
        Expr::Unary(e) => is_pure(&e.expr),
        Expr::Cast(e) => is_pure(&e.expr),
        Expr::Reference(e) => e.mutability.is_none() && is_pure(&e.expr),
        Expr::Field(e) => is_pure(&e.base),
        Expr::Index(e) => is_pure(&e.expr) && is_pure(&e.index),
        Expr::Binary(e) => !is_assignment(&e.op) && is_pure(&e.left) && is_pure(&e.right),
        Expr::Tuple(e) => e.elems.iter().all(is_pure),
        Expr::Array(e) => e.elems.iter().all(is_pure),
        Expr::Range(e) => e.start.iter().chain(&e.end).all(|bound| is_pure(bound)),
        Expr::MethodCall(e) => is_cheap(e) && is_pure(&e.receiver) && e.args.iter().all(is_pure),
        Expr::Call(e) => is_constructor(&e.func) && e.args.iter().all(is_pure),
        Expr::Macro(e) if e.mac.path.is_ident("s") => arguments_of(&e.mac).is_some_and(|indices| indices.iter().all(is_pure)),
        _ => false,
    }
}

fn is_cheap(call: &syn::ExprMethodCall) -> bool {
    let name = call.method.to_string();
    let is_one_of = |names: &[&str]| names.contains(&name.as_str());
    let is_found = matches!(without_parens(&call.receiver), Expr::MethodCall(_));
    is_question(&call.method)
        || is_one_of(&CHEAP_METHODS)
        || is_one_of(&LOOKUPS)
        || is_part(&name)
        || is_found && is_one_of(&HANDING_ON)
}

/// `Axis(0)`, `T::lit(2.0)`, `f64::from(n)`: calls that only make a value.
fn is_constructor(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    name.starts_with(char::is_uppercase) || ["lit", "zero", "one", "from", "detach", CONSTANT, WHOLE].contains(&name.as_str())
}

pub(crate) fn is_assignment(op: &BinOp) -> bool {
    arithmetic(op).is_none() && compound(op).is_some() || is_other_assignment(op)
}

pub(in crate::lower) fn is_other_assignment(op: &BinOp) -> bool {
    use BinOp::{BitAndAssign, BitOrAssign, BitXorAssign, ShlAssign, ShrAssign};
    matches!(op, BitAndAssign(_) | BitOrAssign(_) | BitXorAssign(_) | ShlAssign(_) | ShrAssign(_))
}

/// The elementwise operation of an arithmetic operator.
pub(crate) fn arithmetic(op: &BinOp) -> Option<Elementwise> {
    Some(Elementwise::named(match op {
        BinOp::Add(_) => "add",
        BinOp::Sub(_) => "sub",
        BinOp::Mul(_) => "mul",
        BinOp::Div(_) => "div",
        BinOp::Rem(_) => "rem",
        _ => return None,
    }))
}

/// The elementwise operation of a compound assignment.
pub(in crate::lower) fn compound(op: &BinOp) -> Option<Elementwise> {
    Some(Elementwise::named(match op {
        BinOp::AddAssign(_) => "add",
        BinOp::SubAssign(_) => "sub",
        BinOp::MulAssign(_) => "mul",
        BinOp::DivAssign(_) => "div",
        BinOp::RemAssign(_) => "rem",
        _ => return None,
    }))
}

/// The arguments of a macro that takes expressions: separated by commas, or `value; count`.
pub(crate) fn arguments_of(mac: &syn::Macro) -> Option<Vec<Expr>> {
    let name = mac.path.segments.last()?.ident.to_string();
    if !["vec", "array", "s", "matches", "stack", "concatenate"].contains(&name.as_str()) {
        return None;
    }
    let parser = |input: syn::parse::ParseStream| {
        let mut arguments = Vec::new();
        while !input.is_empty() {
            arguments.push(input.parse::<Expr>()?);
            if input.peek(syn::Token![;]) {
                input.parse::<syn::Token![;]>()?;
            } else if !input.is_empty() {
                input.parse::<syn::Token![,]>()?;
            }
        }
        Ok(arguments)
    };
    syn::parse::Parser::parse2(parser, mac.tokens.clone()).ok()
}

/// `as f64`, `as f32`.
pub(in crate::lower) fn is_float(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("f64") || path.path.is_ident("f32"))
}
