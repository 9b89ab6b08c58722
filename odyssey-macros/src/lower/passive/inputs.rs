//! The variables that verbatim code mentions.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Ident};

use crate::ir::Value;
use crate::lower::Lowerer;

use crate::lower::reads::{names_read, Asked};

impl Lowerer {
    /// The variables that these tokens mention, with their values; names inside of macro calls and format strings
    /// count as well.
    pub(in crate::lower) fn inputs(&self, tokens: TokenStream) -> Vec<(Ident, Value)> {
        let mut inputs: Vec<(Ident, Value)> = Vec::new();
        self.collect_inputs(tokens, &mut inputs);
        inputs
    }

    /// Something differentiated takes part.
    pub(in crate::lower) fn reads_active(&self, expr: &Expr) -> bool {
        names_read(expr, Asked::Skipped).iter().any(|name| self.is_name_active(name))
    }

    pub(in crate::lower) fn is_name_active(&self, name: &Ident) -> bool {
        self.bindings.variable(name).is_some_and(|variable| {
            let captures_active = self.bindings.closure(variable).is_some_and(|closure| closure.captures_active);
            captures_active || self.is_active(self.bindings.value(variable))
        })
    }

    pub(in crate::lower) fn collect_inputs(&self, tokens: TokenStream, inputs: &mut Vec<(Ident, Value)>) {
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

    pub(in crate::lower) fn collect_input(&self, ident: &Ident, inputs: &mut Vec<(Ident, Value)>) {
        if let Some(value) = self.bindings.lookup(ident) {
            if !inputs.iter().any(|(known, v)| known == ident && *v == value) {
                inputs.push((ident.clone(), value));
            }
        }
    }
}

/// The names captured by a format string: `"{x:?}"`.
pub(crate) fn captured(literal: &proc_macro2::Literal) -> Vec<Ident> {
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
