//! Lists, structs and options: built, looked into, taken apart.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::fragment::{Binding, Fragment};
use super::names::at_index;
use super::place::Access;
use super::writer::{member, Failure, Writer};
use crate::ir::{FieldName, Listing, Op, Path, Refailed, Value};

impl Writer<'_> {
    pub(super) fn list(&mut self, how: Listing, elements: &[Value]) -> Fragment {
        // In parentheses: a lint suspects a forgotten comma where the places of the operands are apart.
        let elements: Vec<_> = elements.iter().map(|v| self.consume(*v).at_least(Binding::Prefix)).collect();
        let krate = self.krate;
        Fragment::tight(match how {
            Listing::Array => quote!([#(#elements),*]),
            Listing::Vec => quote!(::std::vec![#(#elements),*]),
            Listing::Ndarray => quote!(#krate::rt::ndarray::array![#(#elements),*]),
            Listing::Matrix(columns) => {
                let rows = elements.chunks(columns);
                quote!(#krate::rt::ndarray::array![#([#(#rows),*]),*])
            }
            Listing::Concatenation | Listing::Stack => unreachable!("joined, not listed"),
        })
    }

    /// `concatenate![axis, a, b]`, `stack![axis, a, b]`.
    pub(super) fn joined(&mut self, name: &str, elements: &[Value], token: Span) -> Fragment {
        let axis = self.expr(elements[0]).tokens;
        let parts: Vec<_> = elements[1..].iter().map(|v| self.expr(*v).receiver()).collect();
        let place = self.quoted_place(token);
        let (name, elements) = (self.users(name, place), at_index(quote!(#axis, #(#parts),*), place));
        Fragment::tight(quote_spanned!(place=> #name! #elements))
    }

    pub(super) fn joined_part(&mut self, d: Value, axis: Value, parts: &[Value], stacked: Option<usize>, span: Span) -> Fragment {
        let (d, axis) = (self.reference(d), self.expr(axis).tokens);
        if let Some(number) = stacked {
            let (function, number) = (self.rt("stacked_part", span), Literal::usize_unsuffixed(number));
            return Fragment::tight(quote!(#function(#d, #axis, #number)));
        }
        let parts: Vec<_> = parts.iter().map(|v| self.expr(*v).receiver()).collect();
        let (own, before) = parts.split_last().expect("a part");
        let function = self.rt("joined_part", span);
        let before = if before.is_empty() { quote!(0) } else { quote!(#(#before.len_of(#axis))+*) };
        Fragment::tight(quote!(#function(#d, #axis, #before, #own.len_of(#axis))))
    }

    /// A value as it is at this point.
    pub(super) fn snapshot(&mut self, x: Value, out: Value) -> Fragment {
        let value = self.expr(x);
        if self.values[out].kind.is_scalar() {
            return value;
        }
        let value = value.receiver();
        Fragment::tight(quote!(#value.to_owned()))
    }

    /// A value of whatever type in a form that borrows nothing.
    pub(super) fn outliving(&mut self, x: Value, span: Span) -> Fragment {
        let value = if self.is_kept(x) {
            let x = self.reference(x);
            quote!(::core::clone::Clone::clone(#x))
        } else {
            self.consume(x).tokens
        };
        let outliving = self.rt("outliving", span);
        Fragment::tight(quote!(#outliving!(#value)))
    }

    /// A copy of a part of a tangent.
    pub(super) fn copied_part(&mut self, tangent: Value, path: &Path, out: Value, span: Span) -> Fragment {
        let (base, copy) = (self.expr(tangent).receiver(), self.rt("part", span));
        let place = self.part(base, path, Access::Shared);
        Fragment::tight(if self.values[out].kind.is_scalar() { place } else { quote!(#copy(&#place)) })
    }

    /// Operations on options, results and variants.
    pub(super) fn optional(&mut self, op: &Op, span: Span) -> Fragment {
        let tokens: TokenStream = match op {
            Op::Present(x) => {
                let x = self.consume(*x).tokens;
                quote!(::core::option::Option::Some(#x))
            }
            Op::Absent => quote!(::core::option::Option::None),
            Op::Expect(x) => {
                let (function, x) = (self.rt("expect", span), self.consume(*x).tokens);
                quote!(#function(#x))
            }
            Op::Unwrap(x, call) if self.is_kept(*x) && (call.method == "unwrap" || call.method == "expect") => {
                let (x, method, args) = (self.expr(*x).receiver(), &call.method, &call.args);
                quote_spanned!(span=> #x.as_ref().#method(#args).clone())
            }
            Op::Unwrap(x, call) => {
                let (x, method, args) = (self.consume(*x).receiver(), &call.method, &call.args);
                quote_spanned!(span=> #x.#method(#args))
            }
            Op::IntoParts(x, path) => {
                let x = self.consume(*x).receiver();
                super::control::unmatch::into_parts(path, &x, &self.rt("into_parts", span))
            }
            Op::Okay(x) => {
                let x = self.consume(*x).tokens;
                quote!(::core::result::Result::Ok(#x))
            }
            Op::Payload(d, None) => {
                let (function, d) = (self.rt("number_or_zero", span), self.consume(*d).tokens);
                quote!(#function(#d))
            }
            Op::Payload(d, Some(like)) => {
                let (function, d, like) = (self.rt("into_payload", span), self.consume(*d).tokens, self.reference(*like));
                quote!(#function(#d, #like))
            }
            Op::Try(x, refailed) => return self.tried(*x, refailed.as_ref(), span),
            other => unreachable!("{other:?} is none of an option"),
        };
        Fragment::tight(tokens)
    }

    /// `x?`, where a failure leaves the block instead of the function.
    fn tried(&mut self, x: Value, refailed: Option<&Refailed>, span: Span) -> Fragment {
        let is_kept = self.is_kept(x);
        let Some(failure) = self.failure else {
            let x = self.consume(x).receiver();
            let refailed = refailed.map(|Refailed { method, operand }| {
                let operand = operand.as_ref().map(|operand| self.verbatim(operand).tokens);
                quote!(.#method(#operand))
            });
            return Fragment::tight(quote_spanned!(span=> #x #refailed?));
        };
        // The result is read again: a success is copied, and a failure, which may have no copy, is not.
        let (x, borrow, value) = if is_kept {
            (self.expr(x).tokens, quote!(ref), quote!(::core::clone::Clone::clone(value)))
        } else {
            (self.consume(x).tokens, quote!(), quote!(value))
        };
        let (none, label) = (quote!(::core::option::Option::None), Failure::label());
        let (is_result, error) = self.left_by(failure, refailed, span);
        let left = match failure {
            Failure::Err => quote_spanned!(span=> ::core::result::Result::Err(::core::convert::From::from(#error))),
            Failure::None => none.clone(),
        };
        let [success, failed] = if is_result {
            let error = if error.is_empty() || matches!(failure, Failure::None) { quote!(_) } else { quote!(error) };
            [quote!(::core::result::Result::Ok), quote!(::core::result::Result::Err(#error))]
        } else {
            [quote!(::core::option::Option::Some), none.clone()]
        };
        let tokens = quote_spanned! {span=> match #x {
            #success(#borrow value) => #value,
            #failed => break #label (#left, #none),
        }};
        Fragment::new(tokens, Binding::Loose)
    }

    /// Whether what is tried is a `Result`, and what a failure leaves the function with.
    fn left_by(&mut self, failure: Failure, refailed: Option<&Refailed>, span: Span) -> (bool, TokenStream) {
        let Some(Refailed { method, operand }) = refailed else {
            return (matches!(failure, Failure::Err), quote!(error));
        };
        let operand = operand.as_ref().map(|operand| self.verbatim(operand).tokens);
        match method.to_string().as_str() {
            "map_err" => {
                let function = self.rt("refail", span);
                (true, quote_spanned!(span=> #function(error, #operand)))
            }
            "ok" => (true, TokenStream::new()),
            "ok_or" => (false, quote!(#operand)),
            _ => (false, quote_spanned!(span=> (#operand)())),
        }
    }

    /// `Point { x, y: z, ..rest }`.
    pub(super) fn construct(&mut self, path: &syn::Path, fields: &[(FieldName, Value)], rest: Option<Value>) -> Fragment {
        let named = fields.iter().map(|(name, value)| {
            let (member, value) = (member(name), self.consume(*value).tokens);
            match name {
                FieldName::Named(ident) if *ident == value.to_string() => quote!(#ident),
                _ => quote!(#member: #value),
            }
        });
        let named: Vec<_> = named.collect();
        let rest = rest.map(|rest| {
            let rest = self.consume(rest).tokens;
            quote!(..#rest)
        });
        Fragment::new(quote!(#path { #(#named,)* #rest }), Binding::Loose)
    }
}
