//! Calls of functions by path.

use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprPath};

use super::elements::array_of_elements;
use super::place::Lending;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::emit::at;
use crate::expressions::token_of;
use crate::ir::{Call, Callee, FieldName, Kind, Op, Parameter, Value};
use crate::table::elementwise::Elementwise;

/// Last segments of a path that mean a companion.
const COMPANIONS: [&str; 7] = ["grad", "value_and_grad", "vjp", "jvp", "hvp", "jacobian", "hessian"];

impl Lowerer {
    /// A call with a differentiated argument.
    pub(super) fn call(&mut self, e: &ExprCall, expr: &Expr) -> Value {
        let span = e.span();
        let Expr::Path(path) = without_parens(&e.func) else {
            return self.refuse(
                expr,
                span,
                &not_yet("calling a value with differentiated arguments is", "call an annotated function by its name"),
            );
        };
        if let Some(local) =
            path.path.get_ident().and_then(|ident| self.bindings.variable(ident)).and_then(|v| self.bindings.closure(v))
        {
            let args: Vec<&Expr> = e.args.iter().collect();
            return self.call_local(&local, &args, expr).unwrap_or_else(|| self.unit(span));
        }
        let segments = &path.path.segments;
        let last = segments.last().expect("a path has a segment").ident.clone();
        let name = last.to_string();
        if self.is_float_type(path) {
            return self.float_function(&name, e, expr);
        }
        if let Some(owner) = segments.len().checked_sub(2).map(|i| segments[i].ident.to_string()) {
            if name == "clone" && owner == "Clone" || name == "to_owned" && owner == "ToOwned" {
                let method = &last;
                let (receiver, rest) = (&e.args[0], e.args.iter().skip(1));
                return self.expr(&syn::parse_quote_spanned!(at(span)=> (#receiver).#method(#(#rest),*)));
            }
        }
        if name == "new" && segments.len() > 1 {
            let owner = segments[segments.len() - 2].ident.to_string();
            if let ("Box", 1) = (owner.as_str(), e.args.len()) {
                let value = self.expr(&e.args[0]);
                let (kind, active) = (Kind::Boxed(Box::new(self.kind(value).clone())), self.is_active(value));
                return self.emit(Op::Boxed(value), kind, active, span);
            }
            if let Some(text) = wrapped(&owner) {
                return self.refuse(expr, span, &text);
            }
        }
        if let Some(block) = array_of_elements(path, e) {
            return self.expr(&block);
        }
        if name == "select_where" && e.args.len() == 3 {
            return self.select_where(path, e);
        }
        if name == "detach" || self.takes_a_shape(path, e) {
            return self.verbatim(expr);
        }
        if path.path.get_ident().is_some_and(|ident| self.bindings.lookup(ident).is_some()) {
            return self.refuse(expr, span, "a function that is an argument or a local closure has no derivative\nhelp: call an annotated function by its name, or `detach` what it is given");
        }
        if COMPANIONS.contains(&name.as_str()) && segments.len() > 1 {
            return self.companion(&name, path, e, expr);
        }
        if name == "Err" {
            return self.verbatim(expr);
        }
        if name.starts_with(char::is_uppercase) {
            return self.construct_tuple(&path.path, &e.args, expr);
        }
        if ["replace", "take"].contains(&name.as_str()) && self.lends(&e.args.iter().collect::<Vec<_>>()) {
            return self.replaced(&name, &e.args.iter().collect::<Vec<_>>(), e);
        }
        let first = segments[0].ident.to_string();
        if ["std", "core", "alloc"].contains(&first.as_str()) {
            let text = format!(
                "`{}` has no derivative\nhelp: `detach` its arguments, or write it with arithmetic",
                quote::ToTokens::to_token_stream(path).to_string().replace(' ', "")
            );
            return self.refuse(expr, span, &text);
        }
        self.user_function(path, e)
    }

    /// `Array2::zeros((n, self.width))`, `Vec::with_capacity(self.len)`: a shape is made of integers, wherever they come from.
    fn takes_a_shape(&self, path: &ExprPath, e: &ExprCall) -> bool {
        let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
        let (name, owner) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        match name.as_str() {
            "zeros" | "ones" | "eye" => owner.starts_with("Array"),
            "with_capacity" => true,
            "from_elem" => owner.starts_with("Array") && e.args.iter().skip(1).all(|value| !self.reads_active(value)),
            _ => false,
        }
    }

    /// `f::value_and_grad(x)`, `f::grad(x)` as the second part of that.
    fn companion(&mut self, name: &str, path: &ExprPath, e: &ExprCall, expr: &Expr) -> Value {
        if !cfg!(feature = "second-order") {
            let text =
                "the derivative of a derivative needs the feature `second-order` of `odyssey-runtime`\nhelp: switch it on in Cargo.toml";
            return self.refuse(expr, e.span(), text);
        }
        if name != "grad" && name != "value_and_grad" || self.lends(&e.args.iter().collect::<Vec<_>>()) {
            let text = not_yet(
                &format!("the derivative of `{name}` is"),
                "use `grad` or `value_and_grad`, or call it from a function that is not annotated",
            );
            return self.refuse(expr, e.span(), &text);
        }
        let mut function = path.clone();
        function.path.segments.pop();
        function.path.segments.pop_punct();
        let args = e.args.iter().map(|arg| self.argument(arg)).collect();
        let kind = Kind::Tuple(vec![Kind::Scalar, Kind::Unknown]);
        let both = self.emit(Op::Call(Call::of(Callee::ValueAndGrad(function), args)), kind, true, e.span());
        match name {
            "grad" => self.emit(Op::Field(both, FieldName::Unnamed(1)), Kind::Unknown, true, e.span()),
            _ => both,
        }
    }

    fn user_function(&mut self, path: &ExprPath, e: &ExprCall) -> Value {
        let given: Vec<&Expr> = e.args.iter().collect();
        if self.lends(&given) {
            return self.changing_call(Callee::Path(path.clone()), &given, e.span(), Lending::Perhaps);
        }
        let args = e.args.iter().map(|arg| self.argument(arg)).collect();
        self.emit(Op::Call(Call::of(Callee::Path(path.clone()), args)), Kind::Unknown, true, e.span())
    }

    /// `f64::tanh(x)`, `f64::max(a, b)`.
    fn float_function(&mut self, name: &str, e: &ExprCall, expr: &Expr) -> Value {
        let Some(op) = Elementwise::find(name).filter(|op| !op.row().is_internal()) else {
            let receiver = &e.args[0];
            let rest = e.args.iter().skip(1);
            let method = syn::Ident::new(name, e.func.span());
            return match name {
                "lit" if self.is_decided(receiver) => self.verbatim(expr),
                "from" => {
                    let ty = &segments_of(&e.func);
                    self.expr(&syn::parse_quote_spanned!(at(e.span())=> (#receiver) as #ty))
                }
                _ => self.expr(&syn::parse_quote_spanned!(at(e.span())=> (#receiver).#method(#(#rest),*))),
            };
        };
        let args: Vec<&Expr> = e.args.iter().collect();
        self.table_operation(op, &args, expr)
    }

    /// A number that no differentiated value varies with, though it may be read from one: a count.
    fn is_decided(&mut self, expr: &Expr) -> bool {
        let (point, errors) = (self.savepoint(), self.diagnostics.len());
        let value = self.expr(expr);
        let is_decided = !self.is_active(value) && self.diagnostics.len() == errors;
        self.restore(point);
        is_decided
    }

    /// An elementwise operation applied to expressions: its operands, then its passive parameters.
    pub(super) fn table_operation(&mut self, op: Elementwise, args: &[&Expr], expr: &Expr) -> Value {
        let row = op.row();
        let (operands, parameters) = (row.operands.len(), row.parameters.len());
        if args.len() != operands + parameters {
            let text =
                format!("`{}` takes {} arguments, receiver included; {} are given", row.name, operands + parameters, args.len());
            return self.refuse(expr, expr.span(), &text);
        }
        let values: Vec<_> = args[..operands].iter().map(|arg| self.expr(arg)).collect();
        values.iter().zip(args).for_each(|(value, arg)| self.read_at(*value, arg.span()));
        let mut passive = Vec::new();
        for arg in &args[operands..] {
            let value = match self.passive_parameter(arg, false) {
                Ok(value) => value,
                Err(refused) => return refused,
            };
            passive.push(Self::parameter_of(arg, value));
        }
        self.elementwise(op, values, passive, token_of(expr))
    }

    /// A parameter of an operation, which has no derivative for it. If it is no float, it is an integer, a shape or an
    /// option, whatever it is a part of; the value in the place of one that is refused is the error.
    pub(super) fn passive_parameter(&mut self, arg: &Expr, may_be_float: bool) -> Result<Value, Value> {
        let point = self.savepoint();
        let value = self.expr(arg);
        if !self.is_active(value) {
            return Ok(value);
        }
        if may_be_float || self.kind(value).is_numeric() {
            let text = "this parameter must not depend on a differentiated value\nhelp: `detach` it";
            return Err(self.refuse(arg, arg.span(), text));
        }
        self.restore(point);
        Ok(self.verbatim(arg))
    }

    /// A passive parameter; an integer literal is known to the compiler.
    fn parameter_of(arg: &Expr, value: Value) -> Parameter {
        integer(arg).map_or(Parameter::Value(value), Parameter::Integer)
    }
}

/// `f64` of `f64::from`.
fn segments_of(function: &Expr) -> syn::Ident {
    match without_parens(function) {
        Expr::Path(path) => path.path.segments[path.path.segments.len().saturating_sub(2)].ident.clone(),
        _ => syn::Ident::new("f64", function.span()),
    }
}

fn integer(arg: &Expr) -> Option<i32> {
    match arg {
        Expr::Lit(lit) => match &lit.lit {
            syn::Lit::Int(n) => n.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(e) if matches!(e.op, syn::UnOp::Neg(_)) => integer(&e.expr).map(|n| -n),
        Expr::Paren(e) => integer(&e.expr),
        Expr::Group(e) => integer(&e.expr),
        _ => None,
    }
}

fn without_parens(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(e) => without_parens(&e.expr),
        Expr::Group(e) => without_parens(&e.expr),
        other => other,
    }
}

/// Why a differentiated value cannot be put into one of these.
fn wrapped(owner: &str) -> Option<String> {
    match owner {
        "Rc" | "Arc" => Some(not_yet(&format!("a differentiated value in `{owner}` is"), "use the value itself")),
        "RefCell" | "Mutex" | "RwLock" => Some(super::followed::shared(&format!("in `{owner}`"))),
        _ => None,
    }
}
