//! What a branch or an iteration hands on: nothing that borrows, since the reverse pass may read it when what it borrows from has
//! ended, or changed. A reference, or a view, is handed on as a copy of what it lends, which is lent again where it arrives.

use proc_macro2::Span;
use syn::Expr;

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Copying, FieldName, Kind, Op, Value};

/// How a value lends what it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Lent {
    /// It is a value of its own.
    Not,
    Referred,
    Viewed,
    /// A tuple, some parts of which lend.
    Parts(Vec<Lent>),
}

impl Lowerer {
    /// How some values lend, one of which is handed on; passive code is written as it stands.
    pub(super) fn lending(&self, values: &[Value], is_active: bool) -> Lent {
        let lending = values.iter().map(|value| self.lending_of(*value)).find(|lent| *lent != Lent::Not);
        lending.filter(|_| is_active).unwrap_or(Lent::Not)
    }

    fn lending_of(&self, value: Value) -> Lent {
        match (self.kind(value), self.definitions.get(&value)) {
            (Kind::Reference(target), _) if matches!(**target, Kind::Reference(_) | Kind::Exclusive(_)) => Lent::Not,
            (Kind::Reference(_), _) => Lent::Referred,
            (Kind::Array(_), _) if self.is_view(value) => Lent::Viewed,
            (_, Some(Op::Tuple(parts))) => {
                let parts: Vec<_> = parts.iter().map(|part| self.lending_of(*part)).collect();
                if parts.iter().all(|part| *part == Lent::Not) {
                    Lent::Not
                } else {
                    Lent::Parts(parts)
                }
            }
            _ => Lent::Not,
        }
    }

    /// What is handed on of a value that lends like this.
    pub(super) fn handed_on(&mut self, value: Value, lent: &Lent, span: Span) -> Value {
        self.refuse_lent_option(value);
        match (lent, self.definitions.get(&value)) {
            (Lent::Not, _) => value,
            // It was lent here.
            (Lent::Viewed, Some(Op::Copy(Copying::View, array))) if !self.is_lent_itself(*array) => *array,
            (Lent::Viewed, _) => self.owned_copy(value, span),
            (Lent::Referred, _) => {
                let inner = self.behind_reference(value);
                if self.kind(value).target().is_scalar() {
                    return self.dereferenced(value, span);
                }
                if self.is_lent_itself(inner) {
                    return self.owned_copy(inner, span);
                }
                inner
            }
            (Lent::Parts(lendings), _) => self.each_part(value, lendings, span, Lowerer::handed_on),
        }
    }

    /// What has arrived, as it was lent.
    pub(super) fn lent_again(&mut self, value: Value, lent: &Lent, span: Span) -> Value {
        let (kind, active) = (self.kind(value).clone(), self.is_active(value));
        let name = self.values[value].name.clone();
        let again = match lent {
            Lent::Not => return value,
            Lent::Referred => self.referred(value, span),
            Lent::Viewed => self.emit(Op::Copy(Copying::View, value), kind, active, span),
            Lent::Parts(lendings) => self.each_part(value, lendings, span, Lowerer::lent_again),
        };
        self.values[again].name = name;
        again
    }

    fn each_part(
        &mut self,
        tuple: Value,
        lendings: &[Lent],
        span: Span,
        handed: fn(&mut Lowerer, Value, &Lent, Span) -> Value,
    ) -> Value {
        let parts = (0..).zip(lendings).map(|(number, lent)| {
            let part = self.field(tuple, FieldName::Unnamed(number), span);
            handed(self, part, lent, span)
        });
        let parts: Vec<_> = parts.collect();
        let kind = Kind::Tuple(parts.iter().map(|part| self.kind(*part).clone()).collect());
        let active = parts.iter().any(|part| self.is_active(*part));
        self.emit(Op::Tuple(parts), kind, active, span)
    }

    /// What an `Option` lends cannot be handed on.
    fn refuse_lent_option(&mut self, value: Value) {
        let Some(Op::Present(payload)) = self.definitions.get(&value) else { return };
        if self.is_active(value) && matches!(self.kind(*payload), Kind::Reference(_)) {
            let what = "an `Option` of a reference that a branch or an iteration hands on is";
            self.diagnostics.error_at(self.values[value].span, not_yet(what, "put a copy into it: `Some(x.clone())`"));
        }
    }

    /// Behind a reference, a part of another value, or a view.
    fn is_lent_itself(&self, value: Value) -> bool {
        let is_part = self.definitions.get(&value).is_some_and(|op| match op {
            Op::Verbatim(code) => matches!(code.expr, Expr::Index(_) | Expr::Field(_)),
            op => op.part_of().is_some(),
        });
        is_part || self.is_view(value) || matches!(self.kind(value), Kind::Reference(_))
    }

    fn owned_copy(&mut self, value: Value, span: Span) -> Value {
        let (kind, active) = (self.kind(value).peel().clone(), self.is_active(value));
        self.emit(Op::Copy(Copying::ToOwned, value), kind, active, span)
    }
}
