//! Composite values built from parts: structs, variants, lists.

use std::rc::Rc;

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprStruct, Token};

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::emit::at;
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
            Listing::Matrix(_) => Kind::Array(Some(2)),
            Listing::Concatenation | Listing::Stack => Kind::Array(None),
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
            "concatenate" => Listing::Concatenation,
            "stack" => Listing::Stack,
            _ => return None,
        };
        let elements = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        match elements {
            Ok(rows) if how == Listing::Ndarray && rows.iter().any(|row| matches!(row, Expr::Array(_))) => {
                self.matrix(&rows, expr)
            }
            Ok(elements) => Some(self.list(how, &elements, expr)),
            Err(_) if how == Listing::Vec => self.repeated_list(mac, expr),
            Err(_) => None,
        }
    }

    /// `array![[a, b], [c, d]]`.
    fn matrix(&mut self, rows: &Punctuated<Expr, Token![,]>, expr: &Expr) -> Option<Value> {
        let mut elements = Vec::new();
        for row in rows {
            let Expr::Array(row) = row else { return None };
            elements.extend(&row.elems);
        }
        let columns = elements.len() / rows.len();
        let is_matrix = elements.iter().all(|element| !matches!(element, Expr::Array(_))) && columns > 0;
        is_matrix.then(|| self.list(Listing::Matrix(columns), elements, expr))
    }

    /// `vec![x; n]`: a list of copies, made in a loop.
    fn repeated_list(&mut self, mac: &syn::Macro, expr: &Expr) -> Option<Value> {
        let [element, count] = &super::passive::arguments_of(mac)?[..] else { return None };
        let value = self.expr(element);
        let name = syn::Ident::new("repeated", proc_macro2::Span::mixed_site());
        self.bindings.open();
        self.bindings.declare(&name, value);
        let list =
            self.expr(&syn::parse_quote_spanned!(at(expr.span())=> (0..#count).map(|_| #name.clone()).collect::<Vec<_>>()));
        self.bindings.close();
        Some(list)
    }

    /// `[x; 3]`.
    pub(super) fn repeated(&mut self, e: &syn::ExprRepeat, expr: &Expr) -> Value {
        const MANY: usize = 16;
        let count = match &*e.len {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(count), .. }) => count.base10_parse().ok().filter(|n| *n <= MANY),
            _ => None,
        };
        let Some(count) = count else {
            let text = not_yet(
                "repeating a differentiated value so often is",
                "start with `[0.0; N]` and assign to the elements in a loop",
            );
            return self.refuse(expr, expr.span(), &text);
        };
        let value = self.expr(&e.expr);
        let (active, kind) = (self.is_active(value), Kind::Sequence(Box::new(self.kind(value).clone())));
        self.emit(Op::List(Listing::Array, vec![value; count]), kind, active, expr.span())
    }
}
