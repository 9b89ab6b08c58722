//! Code that depends on no differentiated value: which variables it reads, whether it may be evaluated twice, and
//! what kind of value it has.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{BinOp, Expr, ExprPath, Ident, Lit, Type, UnOp};

use super::reads::{names_read, Asked};
use super::Lowerer;
use crate::ir::{Kind, Value};
use crate::table::elementwise::Elementwise;

/// Methods that ask about a value without depending on its reals.
const QUESTIONS: [&str; 26] = [
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
    "is_ok",
    "is_err",
    "contains",
    "detach",
];
/// Further methods that are pure and cheap on passive values.
const CHEAP_METHODS: [&str; 6] = ["min", "max", "abs", "pow", "saturating_sub", "abs_diff"];
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

/// A method of that name changes nothing.
fn only_reads(method: &Ident) -> bool {
    let name = method.to_string();
    is_question(method)
        || READING_METHODS.contains(&name.as_str())
        || CHEAP_METHODS.contains(&name.as_str())
        || Elementwise::find(&name).is_some()
        || crate::table::operations::find(&name).is_some()
}

/// The result of this method is passive whatever its receiver is.
pub(super) fn is_question(method: &Ident) -> bool {
    QUESTIONS.iter().any(|name| method == name)
}

/// The macro only looks at its arguments: comparing and formatting leave the reals.
pub(super) fn is_looking_macro(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| LOOKING_MACROS.iter().any(|name| last.ident == name))
}

/// Evaluating it twice gives the same value, costs next to nothing and has no effect.
pub(super) fn is_pure(expr: &Expr) -> bool {
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
        Expr::MethodCall(e) => {
            let is_cheap = is_question(&e.method) || CHEAP_METHODS.iter().any(|name| e.method == name);
            is_cheap && is_pure(&e.receiver) && e.args.iter().all(is_pure)
        }
        Expr::Call(e) => is_constructor(&e.func) && e.args.iter().all(is_pure),
        _ => false,
    }
}

/// `Axis(0)`, `T::lit(2.0)`, `f64::from(n)`: calls that only make a value.
fn is_constructor(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    name.starts_with(char::is_uppercase) || ["lit", "zero", "one", "from", "detach"].contains(&name.as_str())
}

pub(super) fn is_assignment(op: &BinOp) -> bool {
    arithmetic(op).is_none() && compound(op).is_some() || is_other_assignment(op)
}

pub(super) fn is_other_assignment(op: &BinOp) -> bool {
    use BinOp::{BitAndAssign, BitOrAssign, BitXorAssign, ShlAssign, ShrAssign};
    matches!(op, BitAndAssign(_) | BitOrAssign(_) | BitXorAssign(_) | ShlAssign(_) | ShrAssign(_))
}

/// The elementwise operation of an arithmetic operator.
pub(super) fn arithmetic(op: &BinOp) -> Option<Elementwise> {
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
pub(super) fn compound(op: &BinOp) -> Option<Elementwise> {
    Some(Elementwise::named(match op {
        BinOp::AddAssign(_) => "add",
        BinOp::SubAssign(_) => "sub",
        BinOp::MulAssign(_) => "mul",
        BinOp::DivAssign(_) => "div",
        BinOp::RemAssign(_) => "rem",
        _ => return None,
    }))
}

/// What a passive expression must not do: change variables around it, or leave it.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) assigned: Vec<Ident>,
    /// Variables of which a method is called that may change them.
    pub(super) receivers: Vec<Ident>,
    /// Variables that are given away as they are: a `&mut` may be changed.
    pub(super) lent: Vec<Ident>,
    /// What is called by a bare name: closures may change variables.
    pub(super) called: Vec<Ident>,
    pub(super) escapes: Option<proc_macro2::Span>,
    loops: usize,
    closures: usize,
}

impl Effects {
    pub(super) fn of(expr: &Expr) -> Effects {
        let mut effects = Effects::default();
        effects.visit_expr(expr);
        effects
    }

    pub(super) fn of_block(block: &syn::Block) -> Effects {
        let mut effects = Effects::default();
        effects.visit_block(block);
        effects
    }

    pub(super) fn extend(&mut self, other: Effects) {
        self.assigned.extend(other.assigned);
        self.receivers.extend(other.receivers);
        self.lent.extend(other.lent);
        self.called.extend(other.called);
    }

    fn assign(&mut self, place: &Expr) {
        match place {
            Expr::Tuple(e) => e.elems.iter().for_each(|elem| self.assign(elem)),
            _ => self.assigned.extend(super::place::root_of(place).cloned()),
        }
    }
}

impl Effects {
    fn lend(&mut self, arg: &Expr) {
        if let Expr::Path(path) = super::place::without_parens(arg) {
            self.lent.extend(path.path.get_ident().cloned());
        }
    }
}

impl<'ast> Visit<'ast> for Effects {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let span = || Some(syn::spanned::Spanned::span(expr));
        match expr {
            Expr::Assign(e) => self.assign(&e.left),
            Expr::Binary(e) if is_assignment(&e.op) => self.assign(&e.left),
            Expr::Reference(e) if e.mutability.is_some() => self.assign(&e.expr),
            Expr::MethodCall(e) => {
                if !only_reads(&e.method) {
                    self.receivers.extend(super::place::root_of(&e.receiver).cloned());
                }
                e.args.iter().for_each(|arg| self.lend(arg));
            }
            Expr::Call(e) => {
                if let Expr::Path(path) = &*e.func {
                    self.called.extend(path.path.get_ident().cloned());
                }
                e.args.iter().for_each(|arg| self.lend(arg));
            }
            Expr::ForLoop(e) => self.lend(&e.expr),
            Expr::Return(_) | Expr::Try(_) if self.closures == 0 => self.escapes = span(),
            Expr::Break(_) | Expr::Continue(_) if self.loops == 0 && self.closures == 0 => self.escapes = span(),
            _ => {}
        }
        let is_loop = matches!(expr, Expr::While(_) | Expr::Loop(_) | Expr::ForLoop(_));
        let is_closure = matches!(expr, Expr::Closure(_));
        self.loops += usize::from(is_loop);
        self.closures += usize::from(is_closure);
        syn::visit::visit_expr(self, expr);
        self.loops -= usize::from(is_loop);
        self.closures -= usize::from(is_closure);
    }
}

/// Lets methods see their receivers as shared references: one that would change a variable behind the compiler's back does
/// not compile.
struct Share<'l> {
    lowerer: &'l Lowerer,
}

impl VisitMut for Share<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if !only_reads(&call.method) {
            self.share(&mut call.receiver);
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

impl Share<'_> {
    fn share(&self, place: &mut Expr) {
        match place {
            Expr::Field(e) => self.share(&mut e.base),
            Expr::Index(e) => self.share(&mut e.expr),
            Expr::Paren(e) => self.share(&mut e.expr),
            Expr::Path(path) => {
                let variable = path.path.get_ident().and_then(|ident| self.lowerer.bindings.variable(ident));
                if variable.is_some_and(|variable| self.lowerer.is_changeable(variable)) {
                    *place = syn::parse_quote!((&#path));
                }
            }
            _ => {}
        }
    }
}

impl Lowerer {
    /// Code that stays as it is must change no variable: the compiler would not know. `None` if it clearly does not.
    pub(super) fn without_changes(&mut self, expr: &Expr) -> Option<Expr> {
        let effects = Effects::of(expr);
        let assigned = effects.assigned.iter().find(|name| self.bindings.variable(name).is_some());
        if let Some(name) = assigned {
            let what = format!("changing `{name}` inside of this expression is");
            self.diagnostics.error(expr, crate::diagnostics::not_yet(&what, "make it a statement of its own"));
        }
        let is_changeable = |name: &Ident| self.bindings.variable(name).is_some_and(|variable| self.is_changeable(variable));
        if !effects.receivers.iter().any(is_changeable) {
            return None;
        }
        let mut shared = expr.clone();
        Share { lowerer: self }.visit_expr_mut(&mut shared);
        Some(shared)
    }

    /// The variables that these tokens mention, with their values; names inside of macro calls and format strings
    /// count as well.
    pub(super) fn inputs(&self, tokens: TokenStream) -> Vec<(Ident, Value)> {
        let mut inputs: Vec<(Ident, Value)> = Vec::new();
        self.collect_inputs(tokens, &mut inputs);
        inputs
    }

    /// Something differentiated takes part.
    pub(super) fn reads_active(&self, expr: &Expr) -> bool {
        names_read(expr, Asked::Skipped).iter().any(|name| self.is_name_active(name))
    }

    fn is_name_active(&self, name: &Ident) -> bool {
        self.bindings.variable(name).is_some_and(|variable| {
            let captures_active = self.bindings.closure(variable).is_some_and(|closure| closure.captures_active);
            captures_active || self.is_active(self.bindings.value(variable))
        })
    }

    fn collect_inputs(&self, tokens: TokenStream, inputs: &mut Vec<(Ident, Value)>) {
        let mut after_dot = false;
        for token in tokens {
            let was_after_dot = after_dot;
            after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.' && !was_after_dot);
            match token {
                TokenTree::Ident(ident) if !was_after_dot => self.collect_input(&ident, inputs),
                TokenTree::Group(group) => self.collect_inputs(group.stream(), inputs),
                TokenTree::Literal(literal) => {
                    for name in captured(&literal) {
                        self.collect_input(&name, inputs);
                    }
                }
                _ => {}
            }
        }
    }

    fn collect_input(&self, ident: &Ident, inputs: &mut Vec<(Ident, Value)>) {
        if let Some(value) = self.bindings.lookup(ident) {
            if !inputs.iter().any(|(known, v)| known == ident && *v == value) {
                inputs.push((ident.clone(), value));
            }
        }
    }

    /// The kind of a passive expression.
    pub(super) fn passive_kind(&self, expr: &Expr) -> Kind {
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
            Expr::MethodCall(e) => {
                let receiver = self.passive_kind(&e.receiver);
                let is_elementwise = Elementwise::find(&e.method.to_string()).is_some();
                if is_elementwise && receiver.is_numeric() {
                    receiver.peel().clone()
                } else {
                    Kind::Unknown
                }
            }
            Expr::Call(e) => match &*e.func {
                Expr::Path(path) if self.is_float_type(path) => Kind::Scalar,
                Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "detach") => {
                    e.args.first().map_or(Kind::Unknown, |arg| self.passive_kind(arg))
                }
                Expr::Path(path) => constructed_kind(path),
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

    fn tail_kind(&self, block: &syn::Block) -> Kind {
        match block.stmts.last() {
            Some(syn::Stmt::Expr(expr, None)) if block.stmts.len() == 1 => self.passive_kind(expr),
            _ => Kind::Unknown,
        }
    }

    fn path_kind(&self, path: &ExprPath) -> Kind {
        match path.path.get_ident().and_then(|ident| self.bindings.lookup(ident)) {
            Some(value) => self.kind(value).clone(),
            None if self.is_float_type(path) || path.path.segments.iter().any(|s| s.ident == "consts") => Kind::Scalar,
            None => Kind::Unknown,
        }
    }

    /// `f64::…`, `std::f64::…`, `T::…` for a float parameter.
    fn is_float_type(&self, path: &ExprPath) -> bool {
        let segments = &path.path.segments;
        let Some(owner) = segments.len().checked_sub(2).map(|i| &segments[i].ident) else { return false };
        owner == "f64" || owner == "f32" || self.real_parameters.contains(owner)
    }
}

/// `Vec::new()`, `Array2::zeros(…)`: what the name of a type says.
fn constructed_kind(path: &ExprPath) -> Kind {
    let segments = &path.path.segments;
    let Some(owner) = segments.len().checked_sub(2).map(|i| &segments[i]) else { return Kind::Unknown };
    let (name, function) = (owner.ident.to_string(), segments[segments.len() - 1].ident.to_string());
    if name == "Vec" && ["new", "with_capacity"].contains(&function.as_str()) {
        return Kind::Sequence(Box::new(Kind::Unknown));
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

/// The arguments of a macro that takes expressions: separated by commas, or `value; count`.
pub(super) fn arguments_of(mac: &syn::Macro) -> Option<Vec<Expr>> {
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
pub(super) fn is_float(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("f64") || path.path.is_ident("f32"))
}

/// The names captured by a format string: `"{x:?}"`.
pub(super) fn captured(literal: &proc_macro2::Literal) -> Vec<Ident> {
    let text = literal.to_string();
    if !text.starts_with('"') && !text.starts_with('r') {
        return Vec::new();
    }
    text.replace("{{", "")
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split(['}', ':']).next())
        .filter(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .filter_map(|name| syn::parse_str::<Ident>(name).ok())
        .map(|name| Ident::new(&name.to_string(), literal.span()))
        .collect()
}
