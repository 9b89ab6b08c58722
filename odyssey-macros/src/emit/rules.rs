//! Operations and their rules as calls of the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::fragment::Fragment;
use super::names::at;
use super::writer::Writer;
use crate::ir::{Op, Value};
use crate::lower::is_whole;
use crate::table::operations::{Operation, Push, Read};

impl Writer<'_> {
    pub(super) fn apply(&mut self, op: &'static Operation, operands: &[Value], parameters: &[Value], span: Span) -> Fragment {
        let operands: Vec<_> = operands.iter().map(|v| self.reference(*v)).collect();
        let parameters: Vec<_> = parameters.iter().map(|v| self.passive_argument(op, *v)).collect();
        let args = op.in_order(&operands, &parameters);
        let args = quote_spanned!(at(span)=> #(#args),*);
        Fragment::tight(if op.optional {
            self.rule_call(op.name, "unwrapped", args, span)
        } else {
            self.runtime_call(op.name, args, span)
        })
    }

    /// A passive parameter. Shapes may be no `Copy` types, and views are written as often as they are read.
    fn passive_argument(&mut self, op: &'static Operation, value: Value) -> TokenStream {
        let fragment = if op.is_view { self.consume(value) } else { self.expr(value) };
        fragment.tokens
    }

    pub(super) fn rule(&mut self, op: &'static Operation, operand: usize, reads: &[Value], span: Span) -> Fragment {
        let args = self.rule_arguments(op, operand, reads);
        Fragment::tight(self.rule_call(op.name, op.rules[operand].0, quote_spanned!(at(span)=> #(#args),*), span))
    }

    /// `rt::tangent_part(rt::softmax::d_x(&rt::dual(y, y_dot), rt::lifted(axis), &rt::dual(d, d_dot)))`
    pub(super) fn rule_along(
        &mut self,
        op: &'static Operation,
        operand: usize,
        reads: &[Value],
        tangents: &[Option<Value>],
        span: Span,
    ) -> Fragment {
        let (name, kinds) = op.rules[operand];
        let [part, dual, lifted] = ["tangent_part", "dual", "lifted"].map(|name| self.rt(name, span));
        let plain = self.arguments_of_a_rule(op, kinds, reads);
        let args = kinds.iter().zip(reads).zip(tangents).zip(plain).map(|(((read, value), tangent), plain)| {
            let borrow = (!matches!(read, Read::Parameter(_) | Read::OwnedCotangent)).then(|| quote!(&));
            match (tangent, read) {
                (Some(tangent), _) => {
                    let [value, tangent] = [*value, *tangent].map(|v| self.reference(v));
                    quote!(#borrow #dual(#value, #tangent))
                }
                (None, Read::Parameter(_)) if self.is_of_integers(*value) => plain,
                (None, Read::Parameter(_)) => match self.typed_literal(*value, reads) {
                    Some(literal) => quote!(#lifted(#literal)),
                    None => quote!(#lifted(&#plain)),
                },
                (None, _) => {
                    let value = self.typed_literal(*value, reads).unwrap_or_else(|| self.reference(*value));
                    quote!(#borrow #lifted(#value))
                }
            }
        });
        let args: Vec<_> = args.collect();
        let rule = self.rule_call(op.name, name, quote_spanned!(at(span)=> #(#args),*), span);
        Fragment::tight(quote_spanned!(at(span)=> #part(#rule)))
    }

    /// Whole numbers by their text, whose type is that of what they are given to.
    fn is_of_integers(&self, value: Value) -> bool {
        match self.layout.definition(value) {
            Some(Op::Reference(inner)) => self.is_of_integers(*inner),
            Some(Op::Verbatim(verbatim)) => is_of_integers(&verbatim.expr),
            _ => false,
        }
    }

    pub(super) fn tangent_rule(&mut self, op: &'static Operation, operand: usize, reads: &[Value], span: Span) -> Fragment {
        let Push::Rules(rules) = op.push else { unreachable!("it is linear") };
        let (rule, kinds) = rules[operand];
        let args = self.arguments_of_a_rule(op, kinds, reads);
        Fragment::tight(self.rule_call(op.name, rule, quote_spanned!(at(span)=> #(#args),*), span))
    }

    pub(super) fn rule_arguments(&mut self, op: &'static Operation, operand: usize, reads: &[Value]) -> Vec<TokenStream> {
        self.arguments_of_a_rule(op, op.rules[operand].1, reads)
    }

    fn arguments_of_a_rule(&mut self, op: &'static Operation, kinds: &[Read], reads: &[Value]) -> Vec<TokenStream> {
        kinds
            .iter()
            .zip(reads)
            .map(|(read, value)| match read {
                Read::Parameter(_) => self.passive_argument(op, *value),
                Read::OwnedCotangent => self.consume(*value).tokens,
                Read::Cotangent => self.typed_literal(*value, reads).unwrap_or_else(|| self.reference(*value)),
                Read::Operand(_) | Read::Extent(_) | Read::Result => self.reference(*value),
            })
            .collect()
    }

    /// `&rt::literal_of(&x, 1.0)`, of a literal among what a rule reads: in the type of the elements of the first one.
    fn typed_literal(&mut self, value: Value, reads: &[Value]) -> Option<TokenStream> {
        match self.layout.definition(value) {
            Some(Op::Literal(_)) => {}
            Some(Op::Verbatim(verbatim)) if is_float(&verbatim.expr) => {}
            _ => return None,
        }
        let (function, literal) = (self.rt("literal_of", self.values[value].span), self.expr(value).tokens);
        let like = self.reference(*reads.first()?);
        Some(quote!(&#function(#like, #literal)))
    }
}

/// `0.5`, `-0.5`.
fn is_float(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(e) => matches!(e.lit, syn::Lit::Float(_)),
        Expr::Unary(e) => is_float(&e.expr),
        _ => false,
    }
}

fn is_of_integers(expr: &Expr) -> bool {
    match expr {
        Expr::Array(e) => e.elems.iter().all(is_of_integers),
        Expr::Tuple(e) => e.elems.iter().all(is_of_integers),
        Expr::Reference(e) => is_of_integers(&e.expr),
        _ => is_whole(expr),
    }
}
