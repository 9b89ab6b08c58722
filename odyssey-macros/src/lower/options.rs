//! Methods of `Option` and `Result`: matches.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall};

use super::parted::is_parted;
use super::place::without_parens;
use super::Lowerer;
use crate::emit::at;
use crate::ir::{Copying, Kind, Op, Refailed, Value};

/// Makes another failure of a failure, and leaves a success as it is.
pub(super) fn refails(e: &ExprMethodCall) -> bool {
    match e.args.len() {
        0 => e.method == "ok",
        1 => ["map_err", "ok_or", "ok_or_else"].iter().any(|name| e.method == name),
        _ => false,
    }
}

/// `x` and `|y| …` of `x.map(|y| …)`, which is no iterator.
fn mapped(receiver: &Expr) -> Option<(&Expr, &Expr)> {
    let Expr::MethodCall(e) = without_parens(receiver) else { return None };
    let f = e.args.first().filter(|f| matches!(f, Expr::Closure(_)))?;
    (e.method == "map" && e.args.len() == 1 && !super::iterate::is_pipeline(receiver)).then_some((&*e.receiver, f))
}

/// `x.mean().unwrap_or(y)`, and along an axis: there is none of nothing.
fn mean_or(e: &ExprMethodCall) -> Option<(&Expr, Expr)> {
    let Expr::MethodCall(mean) = without_parens(&e.receiver) else { return None };
    let (array, method, here) = (&mean.receiver, &mean.method, at(e.span()));
    let (axis, is_empty) = match (method.to_string().as_str(), mean.args.first()) {
        ("mean", None) => (None, quote::quote!(averaged.is_empty())),
        ("mean_axis", Some(axis)) => (Some(axis), quote::quote!(averaged.len_of(#axis) == 0)),
        _ => return None,
    };
    let otherwise = match (e.method.to_string().as_str(), e.args.first()) {
        ("unwrap_or", Some(otherwise)) => otherwise.clone(),
        ("unwrap_or_default", None) => syn::parse_quote_spanned!(here=> ::core::default::Default::default()),
        ("unwrap_or_else", Some(Expr::Closure(closure))) => (*closure.body).clone(),
        _ => return None,
    };
    let chosen = syn::parse_quote_spanned!(here=> {
        let averaged = &#array;
        if #is_empty { #otherwise } else { averaged.#method(#axis).unwrap() }
    });
    Some((array, chosen))
}

impl Lowerer {
    pub(super) fn option_method(&mut self, e: &ExprMethodCall) -> Option<Value> {
        let mut receiver = (*e.receiver).clone();
        super::sugar::by_reference(&mut receiver);
        let (name, receiver, here) = (e.method.to_string(), &receiver, at(e.span()));
        if let Some((array, chosen)) = mean_or(e) {
            if self.is_numeric(array) {
                return Some(self.expr(&chosen));
            }
        }
        match (name.as_str(), e.args.len()) {
            ("unwrap_or", 1) if mapped(receiver).is_some_and(|(option, _)| self.is_option(option).is_none()) => {
                // Only an `Option` or a `Result` has both methods.
                let ((option, f), otherwise) = (mapped(receiver)?, &e.args[0]);
                Some(self.expr(&syn::parse_quote_spanned!(here=> #option.map_or(#otherwise, #f))))
            }
            ("unwrap_or", 1) => {
                let otherwise = e.args[0].clone();
                self.with_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option { Some(inside) => inside, None => #otherwise }))
            }
            ("ok", 0) => self.with_option(receiver, Expr::clone),
            ("unwrap_or_default", 0) => self.with_option(receiver, |option| {
                syn::parse_quote_spanned!(here=> match #option { Some(inside) => inside, None => ::core::default::Default::default() })
            }),
            ("unwrap_or_else", 1) => {
                let otherwise = match &e.args[0] {
                    Expr::Closure(closure) if closure.inputs.is_empty() => (*closure.body).clone(),
                    Expr::Path(function) => syn::parse_quote_spanned!(here=> #function()),
                    _ => return None,
                };
                self.with_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option { Some(inside) => inside, None => #otherwise }))
            }
            ("map", 1) => {
                self.is_option(receiver)?;
                let Expr::Closure(closure) = &e.args[0] else { return None };
                let (pattern, body) = (closure.inputs.first()?, &closure.body);
                Some(self.expr(&syn::parse_quote_spanned!(here=> match #receiver { Some(#pattern) => Some(#body), None => None })))
            }
            ("and_then", 1) => {
                let Expr::Closure(closure) = &e.args[0] else { return None };
                let (pattern, body) = (closure.inputs.first()?.clone(), closure.body.clone());
                self.with_likely_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option { Some(#pattern) => #body, None => None }))
            }
            ("map_or", 2) => {
                let (otherwise, Expr::Closure(closure)) = (e.args[0].clone(), &e.args[1]) else { return None };
                let (pattern, body) = (closure.inputs.first()?.clone(), closure.body.clone());
                self.with_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option { Some(#pattern) => #body, None => #otherwise }))
            }
            ("map_or_else", 2) => {
                let (Expr::Closure(otherwise), Expr::Closure(closure)) = (&e.args[0], &e.args[1]) else { return None };
                let (otherwise, pattern, body) = (&otherwise.body, closure.inputs.first()?, &closure.body);
                self.with_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option { Some(#pattern) => #body, None => #otherwise }))
            }
            ("or" | "or_else", 1) => {
                let otherwise = match &e.args[0] {
                    Expr::Closure(closure) if name == "or_else" && closure.inputs.is_empty() => (*closure.body).clone(),
                    other if name == "or" => other.clone(),
                    _ => return None,
                };
                self.with_likely_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option { Some(inside) => Some(inside), None => #otherwise }))
            }
            ("filter", 1) => {
                let Expr::Closure(closure) = &e.args[0] else { return None };
                let (pattern, test) = (closure.inputs.first()?.clone(), closure.body.clone());
                self.with_likely_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option {
                    Some(inside) => if { let #pattern = &inside; #test } { Some(inside) } else { None },
                    None => None,
                }))
            }
            ("zip", 1) => {
                let other = e.args[0].clone();
                self.with_likely_option(receiver, |option| syn::parse_quote_spanned!(here=> match #option {
                    Some(first) => match #other { Some(second) => Some((first, second)), None => None },
                    None => None,
                }))
            }
            ("flatten", 0) => {
                self.is_option(receiver)?;
                Some(self.expr(&syn::parse_quote_spanned!(here=> match #receiver { Some(inside) => inside, None => None })))
            }
            ("then_some", 1) => {
                let (receiver, value) = (without_parens(receiver), &e.args[0]);
                Some(self.expr(&syn::parse_quote_spanned!(here=> if #receiver { Some(#value) } else { None })))
            }
            ("then", 1) => {
                let Expr::Closure(closure) = &e.args[0] else { return None };
                let value = Some(&closure.body).filter(|_| closure.inputs.is_empty())?;
                let receiver = without_parens(receiver);
                Some(self.expr(&syn::parse_quote_spanned!(here=> if #receiver { Some(#value) } else { None })))
            }
            ("as_ref", 0) => {
                self.is_option(receiver)?;
                Some(self.expr(&syn::parse_quote!(&#receiver)))
            }
            _ => None,
        }
    }

    /// `x?`, `x.map_err(f)?`
    pub(super) fn tried(&mut self, expr: &Expr, span: Span) -> Value {
        let refailing = match without_parens(expr) {
            Expr::MethodCall(e) if refails(e) => Some(e),
            _ => None,
        };
        let option = refailing.map_or(expr, |e| &e.receiver);
        let part = self.uncertain_part(option);
        let outcome = match &part {
            // Whether a part is there decides; then it is looked at.
            Some((is_there, _)) => self.computed(syn::parse_quote!(walked.then_some(walked)), &[*is_there], span),
            None => self.expr(option),
        };
        let refailed = refailing.map(|e| {
            let operand = e.args.first().map(|arg| std::rc::Rc::new(self.verbatim_code(arg)));
            Refailed { method: e.method.clone(), operand }
        });
        let (kind, active) = (self.payload_of(outcome), self.is_active(outcome));
        let value = self.emit(Op::Try(outcome, refailed), kind, active, span);
        match part {
            Some((_, source)) => self.part_from(&source, option),
            None => value,
        }
    }

    /// The value of an expression over the `Option` that a method is called on, which may be a `Result`.
    fn with_option(&mut self, receiver: &Expr, then: impl FnOnce(&Expr) -> Expr) -> Option<Value> {
        if is_parted(receiver) || self.is_passive(receiver) {
            return Some(self.expr(&then(receiver)));
        }
        let value = self.expr(receiver);
        if self.kind(value).is_numeric() {
            return None;
        }
        let (kind, active) = (Kind::Optional(Box::new(self.payload_of(value))), self.is_active(value));
        let option = self.emit(Op::Copy(Copying::Success, value), kind, active, receiver.span());
        let name = syn::Ident::new("option", proc_macro2::Span::mixed_site());
        self.bindings.open();
        self.bindings.declare(&name, option);
        let value = self.expr(&then(&syn::parse_quote!(#name)));
        self.bindings.close();
        Some(value)
    }

    /// The same of a method of `Option` that few other types have; nothing where it is known to be of another.
    fn with_likely_option(&mut self, receiver: &Expr, then: impl FnOnce(&Expr) -> Expr) -> Option<Value> {
        if super::iterate::is_pipeline(receiver) {
            return None;
        }
        if self.is_option(receiver).is_some() {
            return Some(self.expr(&then(receiver)));
        }
        self.may_be_option(receiver).then(|| self.with_option(receiver, then)).flatten()
    }

    /// Of what a call gives, and of a field, nothing is known. An argument that is an `Option` says so.
    fn may_be_option(&mut self, expr: &Expr) -> bool {
        let point = self.savepoint();
        let value = self.expr(expr);
        let is_given = matches!(self.definitions.get(&value), Some(Op::Call(_) | Op::Field(..) | Op::Index(..)));
        let is_unknown = matches!(self.kind(value), Kind::Unknown);
        self.restore(point);
        is_given && is_unknown
    }

    /// Whether an expression is known to be an `Option`.
    fn is_option(&mut self, expr: &Expr) -> Option<()> {
        if is_parted(expr) {
            return Some(());
        }
        let point = self.savepoint();
        let value = self.expr(expr);
        let is_optional = matches!(self.kind(value).peel(), Kind::Optional(_));
        self.restore(point);
        is_optional.then_some(())
    }
}
