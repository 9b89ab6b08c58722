//! Names for results that the user gave none, so that they and their adjoints read well.

use proc_macro2::Span;
use syn::Ident;

use super::Lowerer;
use crate::ir::{Op, Value};

impl Lowerer {
    /// `xw` for `x.dot(w)`, `sum` for a sum, the function's name for a call.
    pub(super) fn temporary_name(&self, op: &Op, span: Span) -> Option<Ident> {
        let text = match op {
            Op::Sum(_) => "sum".to_owned(),
            Op::Apply(op, operands, _) if !op.is_view => self.product_name(operands).unwrap_or_else(|| op.name.to_owned()),
            Op::Call(call) => format!("{}_value", call.name()),
            _ => return None,
        };
        Some(Ident::new(&text, span.resolved_at(Span::call_site())))
    }

    fn product_name(&self, operands: &[Value]) -> Option<String> {
        match operands {
            [a, b] => {
                let (a, b) = (self.short_name(*a)?, self.short_name(*b)?);
                (a.len() + b.len() <= 4).then(|| format!("{a}{b}"))
            }
            _ => None,
        }
    }

    /// The name of a value, through fields and views.
    fn short_name(&self, value: Value) -> Option<String> {
        match (&self.values[value].name, self.definitions.get(&value)) {
            (Some(name), _) => Some(name.to_string()),
            (None, Some(Op::Field(_, crate::ir::FieldName::Named(name)))) => Some(name.to_string()),
            (None, Some(Op::Reference(inner) | Op::Dereference(inner) | Op::Copy(_, inner))) => self.short_name(*inner),
            (None, Some(Op::Apply(op, operands, _))) if op.name == "t" => {
                self.short_name(operands[0]).map(|name| format!("{name}t"))
            }
            (None, Some(Op::Apply(op, operands, _))) if op.is_view => self.short_name(operands[0]),
            _ => None,
        }
    }
}
