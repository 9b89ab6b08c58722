//! The table as Rust for other crates: rows whose rules are expressions.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::elementwise::{Elementwise, Row, Rule};
use super::rule::{Parameter, Term};

/// Methods that `std` has on floats or `ndarray` on arrays: the prelude has no function of these names.
const ELSEWHERE: &str =
    "exp exp2 exp_m1 ln ln_1p log log2 log10 sqrt cbrt recip pow2 powi powf sin cos tan asin acos atan atan2 \
    sinh cosh tanh asinh acosh atanh hypot abs abs_sub signum floor ceil round trunc fract min max clamp \
    mul_add copysign rem_euclid to_radians to_degrees";

impl Row {
    /// A function and a method of the prelude.
    pub(crate) fn is_of_prelude(&self) -> bool {
        self.is_method() && !ELSEWHERE.split(' ').any(|name| name == self.name)
    }
}

/// The functions of the prelude, one row each, with the result `y` and its cotangent `dy` in the rules:
///
/// ```text
/// #[doc = "…"]
/// name(operand, …) -> (y, dy) = {kernel}, {rule of the operand}, …;
/// ```
///
/// Kernels and rules are generic over a float type `T: Real` and call `math::…`.
pub(crate) fn functions() -> TokenStream {
    Elementwise::all().filter(|op| op.row().is_of_prelude()).map(function).collect()
}

fn function(op: Elementwise) -> TokenStream {
    let row = op.row();
    assert!(row.parameters.is_empty(), "`{}`: a function of the prelude has operands alone", row.name);
    let rule = op.rule();
    let name = format_ident!("{}", row.name);
    let docs = row.docs.iter().map(|doc| quote!(#[doc = #doc]));
    let operands: Vec<_> = row.operands.iter().map(|operand| format_ident!("{operand}")).collect();
    let kernel = substitute(kernel(row), &|_| None);
    let rules = rule.cotangents.iter().map(|cotangent| match cotangent {
        Some(term) => expression(&rule, *term, row),
        None => quote!(T::zero()),
    });
    quote!(#(#docs)* #name(#(#operands),*) -> (y, dy) = {#kernel} #(, {#rules})*;)
}

/// All functions of the table, one row each, with what each operand contributes along its tangent, `dy`:
///
/// ```text
/// name(operand: number, parameter: integer, …) -> (y, dy) = {kernel}, operand along operand_dot {rule}, …;
/// ```
///
/// Arguments stand in the order of the function's, and operands without a derivative have no rule.
pub(crate) fn rules() -> TokenStream {
    Elementwise::all().filter(|op| op.row().is_function()).map(rules_of).collect()
}

fn rules_of(op: Elementwise) -> TokenStream {
    let row = op.row();
    let rule = op.rule();
    let name = format_ident!("{}", row.name);
    let kernel = kernel(row);
    let arguments = row.arguments().map(|place| {
        let name = row.operands.iter().chain(row.parameters).nth(place).expect("an operand or a parameter");
        let (name, kind) = (format_ident!("{name}"), if place < row.operands.len() { quote!(number) } else { quote!(integer) });
        quote!(#name: #kind)
    });
    let rules = row.operands.iter().zip(&rule.cotangents).filter_map(|(operand, cotangent)| {
        let (name, dot) = (format_ident!("{operand}"), format_ident!("{operand}_dot"));
        let contribution = expression(&rule, (*cotangent)?, row);
        Some(quote!(, #name along #dot {#contribution}))
    });
    quote!(#name(#(#arguments),*) -> (y, dy) = {#kernel} #(#rules)*;)
}

/// A term and those that it needs, each bound to a name.
fn expression(rule: &Rule, result: usize, row: &Row) -> TokenStream {
    let mut needed = vec![false; rule.terms.len()];
    needed[result] = true;
    for (i, term) in rule.terms.iter().enumerate().rev() {
        if let (true, Term::Apply(_, operands, _)) = (needed[i], term) {
            operands.iter().for_each(|operand| needed[*operand] = true);
        }
    }
    let bindings = rule.terms.iter().enumerate().filter(|(i, _)| needed[*i] && *i != result).filter_map(|(i, term)| match term {
        Term::Apply(op, operands, parameters) => {
            let (name, value) = (local(i), apply(rule, *op, operands, parameters, row));
            Some(quote!(let #name = #value;))
        }
        _ => None,
    });
    let value = match &rule.terms[result] {
        Term::Apply(op, operands, parameters) => apply(rule, *op, operands, parameters, row),
        _ => atom(rule, result, row),
    };
    quote!(#(#bindings)* #value)
}

/// The kernel of `op` over terms.
fn apply(rule: &Rule, op: Elementwise, operands: &[usize], parameters: &[Parameter], row: &Row) -> TokenStream {
    let applied = op.row();
    substitute(kernel(applied), &|name| {
        let position = |names: &[&str]| names.iter().position(|known| name == known);
        match (position(applied.operands), position(applied.parameters)) {
            (Some(i), _) => Some(atom(rule, operands[i], row)),
            (None, Some(i)) => Some(parameter(parameters[i], row)),
            (None, None) => None,
        }
    })
}

fn atom(rule: &Rule, term: usize, row: &Row) -> TokenStream {
    match &rule.terms[term] {
        Term::Operand(i) => {
            let name = format_ident!("{}", row.operands[*i]);
            quote!(#name)
        }
        Term::Result => quote!(y),
        Term::Cotangent => quote!(dy),
        Term::Constant(value) => {
            let (sign, literal) = (value.is_sign_negative().then(|| quote!(-)), Literal::f64_unsuffixed(value.abs()));
            quote!(T::lit(#sign #literal))
        }
        Term::Apply(..) => {
            let name = local(term);
            quote!(#name)
        }
    }
}

fn parameter(parameter: Parameter, row: &Row) -> TokenStream {
    let integer = |n: i32| {
        let (sign, literal) = ((n < 0).then(|| quote!(-)), Literal::i32_unsuffixed(n.abs()));
        quote!(#sign #literal)
    };
    match parameter {
        Parameter::Integer(n) => integer(n),
        Parameter::Same { index, plus } => {
            let (name, plus) = (format_ident!("{}", row.parameters[index]), (plus != 0).then(|| integer(plus)));
            let plus = plus.map(|plus| quote!(+ #plus));
            quote!(#name #plus)
        }
    }
}

fn local(term: usize) -> Ident {
    format_ident!("t{term}", span = Span::call_site())
}

fn kernel(row: &Row) -> TokenStream {
    row.kernel.parse().expect("the table is Rust tokens")
}

fn substitute(tokens: TokenStream, replacement: &dyn Fn(&Ident) -> Option<TokenStream>) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) => replacement(&ident).unwrap_or_else(|| TokenTree::Ident(ident).into()),
        TokenTree::Group(group) => {
            let inner = substitute(group.stream(), replacement);
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner)).into()
        }
        other => other.into(),
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_an_expression_over_the_row() {
        let row = function(Elementwise::named("softplus")).to_string();
        let wanted = quote! {
            #[doc = " `ln(1 + e^x)`."]
            softplus(x) -> (y, dy) = {math::softplus(x)}, {let t3 = math::sigmoid(x); dy * t3};
        };
        assert_eq!(row, wanted.to_string());
    }

    #[test]
    fn a_rule_for_each_operand_that_has_one() {
        let row = rules_of(Elementwise::named("polygamma")).to_string();
        let wanted = quote! {
            polygamma(n: integer, x: number) -> (y, dy) = {math::polygamma(n, x)},
                x along x_dot {let t3 = math::polygamma(n + 1, x); dy * t3};
        };
        assert_eq!(row, wanted.to_string());
        assert!(!rules_of(Elementwise::named("copysign")).to_string().contains("b along"));
    }

    #[test]
    fn a_constant_may_be_negative_and_an_operand_its_own_rule() {
        let row = function(Elementwise::named("gelu")).to_string();
        assert!(row.contains("T :: lit (- 0.70710678118654"), "{row}");
        let row = function(Elementwise::named("leaky_relu")).to_string();
        assert!(row.contains("if x > T :: lit (0.0)"), "{row}");
    }

    #[test]
    fn names_that_exist_elsewhere_are_rows() {
        assert!(ELSEWHERE.split(' ').all(|name| Elementwise::find(name).is_some()));
    }
}
