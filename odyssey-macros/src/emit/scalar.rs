//! Elementwise operations on single floats: plain arithmetic, methods of the standard library, kernels of the table.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::Ident;

use super::fragment::{Binding, Fragment};
use super::kernel::Form;
use super::writer::Writer;
use crate::ir::{Op, Parameter, Value};
use crate::table::elementwise::Elementwise;

/// Rows whose kernel on a single float is the standard library's own method.
const STD_METHODS: [&str; 42] = [
    "exp",
    "exp2",
    "exp_m1",
    "ln",
    "ln_1p",
    "log",
    "log2",
    "log10",
    "sqrt",
    "cbrt",
    "recip",
    "powi",
    "powf",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "hypot",
    "abs",
    "signum",
    "floor",
    "ceil",
    "round",
    "trunc",
    "fract",
    "min",
    "max",
    "clamp",
    "mul_add",
    "copysign",
    "to_radians",
    "to_degrees",
    "rem_euclid",
];

/// How long a chain of operations on literals alone may be.
const LITERALS_DEEP: usize = 8;

impl Writer<'_> {
    pub(super) fn elementwise(&mut self, op: Elementwise, operands: &[Value], parameters: &[Parameter], span: Span) -> Fragment {
        let is_typed = self.is_typed(operands[0], LITERALS_DEEP);
        let args: Vec<_> = operands.iter().map(|v| self.expr(*v)).collect();
        let parameters: Vec<_> = parameters.iter().map(|p| self.parameter(*p)).collect();
        if STD_METHODS.contains(&op.row().name) && is_typed && self.kernel_form.is_none() {
            let (receiver, method) = (args[0].receiver(), Ident::new(op.row().name, span));
            let rest = args[1..].iter().chain(&parameters).map(|arg| &arg.tokens);
            return Fragment::tight(quote_spanned!(span=> #receiver.#method(#(#rest),*)));
        }
        self.table_kernel(op, &args, &parameters, span)
    }

    /// Rustc knows the float type without looking at what becomes of the value, as it must before it takes a method of it.
    /// What is made of unmarked literals alone has none yet.
    fn is_typed(&self, value: Value, depth: usize) -> bool {
        match self.layout.definition(value) {
            Some(Op::Literal(number)) => number.token.as_ref().is_some_and(|token| !token.suffix().is_empty()),
            Some(Op::Elementwise(_, operands, _)) => depth == 0 || operands.iter().any(|v| self.is_typed(*v, depth - 1)),
            _ => true,
        }
    }

    /// The kernel of a row, as the table has it, over these operands.
    pub(super) fn table_kernel(&mut self, op: Elementwise, args: &[Fragment], parameters: &[Fragment], span: Span) -> Fragment {
        match (op.row().name, args) {
            ("neg", [x]) => x.negative(span),
            ("add", [a, b]) => Fragment::binary(a, "+", b, span),
            ("sub", [a, b]) => Fragment::binary(a, "-", b, span),
            ("mul", [a, b]) => Fragment::binary(a, "*", b, span),
            ("div", [a, b]) => Fragment::binary(a, "/", b, span),
            ("rem", [a, b]) => Fragment::binary(a, "%", b, span),
            ("if_gt", [a, b, t, f]) => choice(&quote!(>), [a, b, t, f], span),
            ("if_ge", [a, b, t, f]) => choice(&quote!(>=), [a, b, t, f], span),
            // Equality of floats is what is meant; as an operator, lints would question it.
            ("if_eq", [a, b, t, f]) => {
                let (function, [a, b, t, f]) = (self.rt("if_eq", span), [a, b, t, f].map(|x| &x.tokens));
                Fragment::tight(quote_spanned!(span=> #function(#a, #b, #t, #f)))
            }
            _ => self.kernel_function(op, args, parameters, span),
        }
    }

    /// `math::name(…)`, with the arguments in the order that the row has them in.
    fn kernel_function(&mut self, op: Elementwise, args: &[Fragment], parameters: &[Fragment], span: Span) -> Fragment {
        let row = op.row();
        let given: Vec<_> = args.iter().chain(parameters).collect();
        let ordered = row.arguments().map(|argument| &given[argument].tokens);
        let function = match self.kernel_form {
            Some(Form::Macro) => Ident::new(row.name, span).into_token_stream(),
            _ => self.rt(row.name, span),
        };
        Fragment::tight(quote_spanned!(span=> #function(#(#ordered),*)))
    }

    fn parameter(&mut self, parameter: Parameter) -> Fragment {
        match parameter {
            Parameter::Value(v) => self.expr(v),
            Parameter::Offset(v, plus) => {
                let (v, plus) = (self.expr(v).at_least(Binding::Sum), proc_macro2::Literal::i32_unsuffixed(plus));
                Fragment::new(quote!(#v + #plus), Binding::Sum)
            }
            Parameter::Integer(n) => {
                let literal = proc_macro2::Literal::i32_unsuffixed(n.abs());
                let binding = if n < 0 { Binding::Prefix } else { Binding::Tight };
                Fragment::new(if n < 0 { quote!(-#literal) } else { quote!(#literal) }, binding)
            }
        }
    }
}

fn choice(comparison: &TokenStream, [a, b, t, f]: [&Fragment; 4], span: Span) -> Fragment {
    let (a, b, t, f) = (a.at_least(Binding::Sum), b.at_least(Binding::Sum), &t.tokens, &f.tokens);
    Fragment::new(quote_spanned!(span=> if #a #comparison #b { #t } else { #f }), Binding::Loose)
}
