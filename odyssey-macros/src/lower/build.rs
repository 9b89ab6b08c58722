//! Composite values built from parts: structs, variants, lists.

use std::rc::Rc;

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprStruct, Token};

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{FieldName, Kind, Listing, Op, Value};

impl Lowerer {
    /// `Point { x: a, ..base }`.
    pub(super) fn construct(&mut self, e: &ExprStruct) -> Value {
        let fields: Vec<_> = e.fields.iter().map(|field| (FieldName::from(&field.member), self.expr(&field.expr))).collect();
        let rest = e.rest.as_ref().map(|rest| self.expr(rest));
        let active = fields.iter().map(|(_, v)| *v).chain(rest).any(|v| self.is_active(v));
        self.emit(Op::Construct(Rc::new(e.path.clone()), fields, rest), Kind::Unknown, active, e.span())
    }

    /// `Point(a, b)`, `Some(a)`, `Shape::Circle(r)`.
    pub(super) fn construct_tuple(&mut self, path: &syn::Path, args: &Punctuated<Expr, Token![,]>, expr: &Expr) -> Value {
        let values: Vec<_> = args.iter().map(|arg| self.expr(arg)).collect();
        let active = values.iter().any(|v| self.is_active(*v));
        let last = path.segments.last().expect("a path has a segment").ident.to_string();
        match (last.as_str(), &values[..]) {
            ("Some" | "Ok", [value]) => {
                let kind = Kind::Optional(Box::new(self.kind(*value).peel().clone()));
                let op = if last == "Some" { Op::Present(*value) } else { Op::Okay(*value) };
                self.emit(op, kind, active, expr.span())
            }
            ("Box" | "Rc" | "Arc", _) => {
                let text = not_yet("this call with differentiated values is", "use the value itself");
                self.refuse(expr, expr.span(), &text)
            }
            _ => {
                let fields = values.into_iter().enumerate().map(|(i, v)| {
                    let number = u32::try_from(i).expect("a short tuple");
                    (FieldName::Unnamed(number), v)
                });
                let fields = fields.collect();
                self.emit(Op::Construct(Rc::new(path.clone()), fields, None), Kind::Unknown, active, expr.span())
            }
        }
    }

    /// `[a, b]`, `vec![a, b]`, `array![a, b]`.
    pub(super) fn list<'e>(&mut self, how: Listing, elements: impl IntoIterator<Item = &'e Expr>, expr: &Expr) -> Value {
        let values: Vec<_> = elements.into_iter().map(|element| self.expr(element)).collect();
        let active = values.iter().any(|v| self.is_active(*v));
        let element = values.first().map_or(Kind::Unknown, |v| self.kind(*v).clone());
        let kind = match how {
            Listing::Ndarray => Kind::Array(Some(1)),
            Listing::Array | Listing::Vec => Kind::Sequence(Box::new(element)),
        };
        self.emit(Op::List(how, values), kind, active, expr.span())
    }

    /// The macros that build lists.
    pub(super) fn listing_macro(&mut self, mac: &syn::Macro, expr: &Expr) -> Option<Value> {
        let name = mac.path.segments.last()?.ident.to_string();
        if name == "dbg" {
            self.verbatim(expr);
            let value: Expr = mac.parse_body().ok()?;
            return Some(self.expr(&value));
        }
        let how = match name.as_str() {
            "vec" => Listing::Vec,
            "array" => Listing::Ndarray,
            _ => return None,
        };
        let elements = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        match elements {
            Ok(elements) if !(how == Listing::Ndarray && elements.iter().any(|e| matches!(e, Expr::Array(_)))) => {
                Some(self.list(how, &elements, expr))
            }
            _ => None,
        }
    }

    /// `[x; n]`, `vec![x; n]` with a differentiated `x`: refused, the elements are copies.
    pub(super) fn repeated(&mut self, expr: &Expr) -> Value {
        let text = not_yet("repeating a differentiated value is", "write a list of zeros and assign to its elements in a loop");
        self.refuse(expr, expr.span(), &text)
    }
}
