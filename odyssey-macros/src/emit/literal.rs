//! Numbers as literals.

use proc_macro2::{Literal, Span};
use quote::quote;

use crate::emit::fragment::{Binding, Fragment};
use crate::ir::Number;

use crate::emit::writer::Writer;

impl Writer<'_> {
    pub(super) fn literal(&self, number: &Number, span: Span) -> Fragment {
        if let Some(token) = &number.token {
            return Fragment::tight(quote!(#token));
        }
        if number.value.is_infinite() {
            return self.infinity(number.value.is_sign_negative());
        }
        if is_famous(number.value.abs()) {
            // A lint takes such digits for a misspelt constant, which would have to be of the right type. Sixteen times
            // the number is exact and nobody's constant.
            let sixteenth = self.literal(&Number { value: 0.0625, token: None }, span).tokens;
            let multiple = self.literal(&Number { value: 16.0 * number.value, token: None }, span).at_least(Binding::Product);
            return Fragment::new(quote!(#multiple * #sixteenth), Binding::Product);
        }
        let mut literal = digits(number.value.abs(), self.is_single);
        literal.set_span(span);
        let sign = (number.value.is_sign_negative()).then(|| quote!(-));
        match &self.float {
            Some(path) => Fragment::tight(quote!(#path::lit(#sign #literal))),
            None if sign.is_some() => Fragment::new(quote!(#sign #literal), Binding::Prefix),
            None => Fragment::tight(quote!(#literal)),
        }
    }

    fn infinity(&self, is_negative: bool) -> Fragment {
        let sign = is_negative.then(|| quote!(-));
        match &self.float {
            Some(path) => Fragment::tight(quote!(#path::lit(#sign ::core::f64::INFINITY))),
            None if self.is_single => Fragment::new(quote!(#sign ::core::f32::INFINITY), Binding::Prefix),
            None => Fragment::new(quote!(#sign ::core::f64::INFINITY), Binding::Prefix),
        }
    }
}

/// A constant of the standard library that a rule mentions.
fn is_famous(value: f64) -> bool {
    use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_10, LN_2};
    [FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, LN_10].contains(&value)
}

/// A positive number as a literal that no lint questions: of no more digits than the type holds, and, where it has many,
/// in a form that is not taken for a misspelt constant of the standard library.
fn digits(value: f64, is_single: bool) -> Literal {
    #[expect(clippy::cast_possible_truncation, reason = "the literal is read as that type")]
    let (plain, scientific) = if is_single {
        (format!("{:?}", value as f32), format!("{:e}", value as f32))
    } else {
        (format!("{value:?}"), format!("{value:e}"))
    };
    let text = if plain.len() > 8 { scientific } else { plain };
    let text = if text.contains(['.', 'e']) { text } else { text + ".0" };
    text.parse().unwrap_or_else(|_| Literal::f64_unsuffixed(value))
}
