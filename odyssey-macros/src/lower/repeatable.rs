//! Passive code that runs again in the reverse pass must give what it gave the first time: it may call what is known to depend
//! on its arguments alone. What it changes is carried into it anew.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Ident, Macro, Path};

use super::passive::{arguments_of, is_looking_macro, only_reads};
use super::Lowerer;
use crate::parse::{CONSTANT, INTEGERS, WHOLE};

/// Types of the standard library and of ndarray, beside integers, whose functions depend on their arguments alone.
const TYPES: [&str; 24] = [
    "f32",
    "f64",
    "bool",
    "char",
    "str",
    "Vec",
    "VecDeque",
    "String",
    "Box",
    "Option",
    "Result",
    "Default",
    "BTreeMap",
    "BTreeSet",
    "Axis",
    "Array",
    "Array0",
    "Array1",
    "Array2",
    "Array3",
    "Array4",
    "ArrayD",
    "ArrayView1",
    "ArrayView2",
];
/// Functions of `std` of which that is true as well, and those that make a number.
const FUNCTIONS: [&str; 14] =
    ["min", "max", "swap", "replace", "take", "drop", "zip", "once", "lit", CONSTANT, WHOLE, "from", "detach", "size_of"];
/// Methods of numbers, lists, strings and maps beside those that passive code is known to read with.
const METHODS: [&str; 58] = [
    "pow",
    "isqrt",
    "rem_euclid",
    "div_euclid",
    "div_ceil",
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "checked_add",
    "checked_sub",
    "saturating_add",
    "saturating_mul",
    "count_ones",
    "leading_zeros",
    "trailing_zeros",
    "is_power_of_two",
    "into",
    "ok",
    "err",
    "and_then",
    "or",
    "ok_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "flat_map",
    "filter_map",
    "flatten",
    "position",
    "find",
    "nth",
    "max_by_key",
    "min_by_key",
    "keys",
    "values",
    "contains_key",
    "binary_search",
    "as_bytes",
    "chars",
    "bytes",
    "lines",
    "trim",
    "split",
    "parse",
    "push",
    "pop",
    "insert",
    "remove",
    "swap_remove",
    "clear",
    "truncate",
    "extend",
    "swap",
    "reverse",
    "fill",
    "sort",
    "sort_unstable",
    "dedup",
    "assign",
];
/// Macros that make values of what they are given, or do not come back.
const MACROS: [&str; 14] = [
    "vec",
    "array",
    "s",
    "matches",
    "stack",
    "concatenate",
    "dbg",
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
    "concat",
    "stringify",
    "cfg",
];

impl Lowerer {
    /// Reports what may give another value when checkpointed code runs again.
    pub(super) fn refuse_unrepeatable(&mut self, expr: &Expr) {
        if let Some((span, name)) = self.unrepeatable(expr) {
            let text = format!(
                "checkpointed code runs again in the reverse pass, where `{name}` might give another value\nhelp: call it before the checkpointed code, and keep what it gives"
            );
            self.diagnostics.error_at(span, text);
        }
    }

    /// The first call that is not known.
    fn unrepeatable(&self, expr: &Expr) -> Option<(Span, String)> {
        let mut found = Unrepeatable { lowerer: self, first: None };
        found.visit_expr(expr);
        found.first
    }

    fn is_repeatable(&self, path: &Path) -> bool {
        let mut segments = path.segments.iter().rev().map(|segment| &segment.ident);
        let Some(name) = segments.next() else { return false };
        let is_type =
            |owner: &Ident| TYPES.iter().chain(&INTEGERS).any(|known| owner == known) || self.real_parameters.contains(owner);
        name.to_string().starts_with(char::is_uppercase)
            || FUNCTIONS.iter().any(|known| name == known) && self.bindings.variable(name).is_none()
            || segments.next().is_some_and(is_type)
    }
}

/// The first call that is not known.
struct Unrepeatable<'l> {
    lowerer: &'l Lowerer,
    first: Option<(Span, String)>,
}

impl Unrepeatable<'_> {
    fn found(&mut self, span: Span, name: impl ToString) {
        self.first.get_or_insert_with(|| (span, name.to_string()));
    }

    /// A closure of the user's does what its body does.
    fn call(&mut self, path: &Path) {
        let variable = path.get_ident().and_then(|name| self.lowerer.bindings.variable(name));
        match variable.and_then(|variable| self.lowerer.bindings.closure(variable)) {
            Some(local) => {
                let inside = self.lowerer.unrepeatable(&local.closure.body);
                self.first = self.first.take().or(inside);
            }
            None if self.lowerer.is_repeatable(path) => {}
            None => self.found(path.span(), path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()),
        }
    }
}

impl<'ast> Visit<'ast> for Unrepeatable<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Call(e) => match &*e.func {
                Expr::Path(path) => self.call(&path.path),
                other => self.found(other.span(), "this function"),
            },
            Expr::MethodCall(e) if !only_reads(&e.method) && !METHODS.iter().any(|known| e.method == known) => {
                self.found(e.method.span(), &e.method);
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let Some(last) = mac.path.segments.last() else { return };
        if !is_looking_macro(&mac.path) && !MACROS.iter().any(|known| last.ident == known) {
            self.found(last.ident.span(), format!("{}!", last.ident));
        }
        // What is printed is looked at once more.
        let arguments = arguments_of(mac).unwrap_or_default();
        let inside = arguments.iter().find_map(|argument| self.lowerer.unrepeatable(argument));
        self.first = self.first.take().or(inside);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
