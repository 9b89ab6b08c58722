//! Calls of differentiable functions, and of their pullbacks.

mod along;
pub(in crate::emit) mod path;
mod pullback;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use self::path::hidden_call;
use super::fragment::Fragment;
use super::names::{at, given};
use super::place::Access;
use super::writer::{tuple, Writer};
use crate::ir::{of_lent_tangent, Call, Callee, Stmt, Value};

impl Writer<'_> {
    /// `let (y, y_pullback) = f::residual_vjp(f, x, (Yes, No));`
    pub(in crate::emit) fn linearize(&mut self, stmt: &Stmt, call: &Call) -> TokenStream {
        if let Callee::Each(_) = &call.callee {
            return self.linearize_each(stmt, call);
        }
        let (start, changed) = self.changed_variables(stmt, call);
        let args = self.arguments(call, &changed);
        let pullback = *stmt.outs.last().expect("the pullback");
        let wants = tuple(&self.wants(call, pullback));
        let pattern = tuple(&[self.pattern(stmt.outs[0]), self.pattern(pullback)]);
        let place = self.place_of_call(&call.callee, stmt.span);
        let value = hidden_call(&call.callee, "residual_vjp", args, &wants, place);
        let kept = self.kept_for_the_pullback(call, pullback, &changed);
        quote!(#start let #pattern = #value; #kept)
    }

    /// `let y_pullback = (y_pullback, rt::keep(&state));`: of what the call may have only looked at.
    pub(in crate::emit) fn kept_for_the_pullback(
        &mut self,
        call: &Call,
        pullback: Value,
        changed: &[(Value, Ident)],
    ) -> TokenStream {
        if call.perhaps.is_empty() || !self.layout.is_used(pullback) {
            return TokenStream::new();
        }
        let kept: Vec<_> = call
            .perhaps
            .iter()
            .map(|position| {
                let keep = self.rt("keep", self.values[call.args[*position]].span);
                let place = self.lent_place(call, *position, changed, Access::Shared);
                quote!(#keep(&#place))
            })
            .collect();
        let pullback = self.name(pullback);
        quote!(let #pullback = (#pullback, #(#kept),*);)
    }

    /// The part of a variable that a call is lent.
    pub(in crate::emit) fn lent_place(
        &mut self,
        call: &Call,
        position: usize,
        changed: &[(Value, Ident)],
        access: Access,
    ) -> TokenStream {
        let (_, name) = changed.iter().find(|(root, _)| *root == call.args[position]).expect("it is changed");
        self.part(quote!(#name), &call.borrowed[&position], access)
    }

    /// `let (y, y_dot) = f::pushforward(f, x, (&x_dot, No));`
    pub(in crate::emit) fn push_forward(&mut self, stmt: &Stmt, call: &Call, tangents: &[Option<Value>]) -> TokenStream {
        let (span, krate) = (at(stmt.span), self.krate);
        let (values, derived) = stmt.outs.split_at(stmt.outs.len() / 2);
        let pattern = tuple(&[self.pattern(values[0]), self.pattern(derived[0])]);
        if let (Callee::Each(_), Some(tangent)) = (&call.callee, tangents[0]) {
            let (x, x_dot, function) = (self.reference(call.args[0]), self.reference(tangent), self.rt("map_pushed", stmt.span));
            let hidden = hidden_call(&call.callee, "pushforward", vec![Fragment::tight(quote!(x))], &quote!((&x_dot,)), span);
            return quote_spanned!(span=> let #pattern = #function(#x, #x_dot, |x, x_dot| #hidden););
        }
        let (start, changed) = self.changed_variables(stmt, call);
        let mut starts = start;
        let mut changed_tangents = Vec::new();
        for (root, out) in call.changed().into_iter().zip(&derived[1..]) {
            let position = call.args.iter().position(|arg| *arg == root).expect("an argument");
            let (start, name) = self.sum_in_place(*out, tangents[position].expect("what is changed has a tangent"));
            starts.extend(start);
            changed_tangents.push((root, name));
        }
        let args = self.arguments(call, &changed);
        let given =
            call.args.iter().enumerate().map(|(position, arg)| match (call.borrowed.get(&position), tangents[position]) {
                (Some(path), tangent) => {
                    let (_, name) = changed_tangents.iter().find(|(root, _)| root == arg).expect("it is changed");
                    let tangent = tangent.expect("what is changed has a tangent");
                    let path = of_lent_tangent(path, &self.values[*arg].kind, &self.values[tangent].kind);
                    let place = self.part(quote!(#name), &path, Access::Exclusive);
                    quote!(&mut #place)
                }
                (None, Some(tangent)) => self.reference(tangent),
                (None, None) => quote!(#krate::rt::No),
            });
        let given = tuple(&given.collect::<Vec<_>>());
        let place = self.place_of_call(&call.callee, stmt.span);
        let value = hidden_call(&call.callee, "pushforward", args, &given, place);
        quote!(#starts let #pattern = #value;)
    }

    /// A call that changes some of its arguments, without a derivative.
    pub(in crate::emit) fn changing_call(&mut self, stmt: &Stmt, call: &Call) -> TokenStream {
        let (start, changed) = self.changed_variables(stmt, call);
        let value = self.call(call, &changed, stmt.span).tokens;
        let pattern = self.pattern(stmt.outs[0]);
        if self.layout.is_used(stmt.outs[0]) {
            quote!(#start let #pattern = #value;)
        } else {
            quote!(#start #value;)
        }
    }

    /// Makes sure that what a call changes is in the variables of the results; these.
    pub(in crate::emit) fn changed_variables(&mut self, stmt: &Stmt, call: &Call) -> (TokenStream, Vec<(Value, Ident)>) {
        let changed = call.changed().into_iter().zip(&stmt.outs[1..]);
        let (starts, changed): (Vec<_>, Vec<_>) = changed
            .map(|(root, out)| {
                let (start, name) = self.sum_in_place(*out, root);
                (start, (root, name))
            })
            .unzip();
        (starts.into_iter().collect(), changed)
    }

    /// The arguments of a call; a receiver is borrowed as it is.
    pub(in crate::emit) fn arguments(&mut self, call: &Call, changed: &[(Value, Ident)]) -> Vec<Fragment> {
        let is_method = matches!(call.callee, Callee::Method(..));
        let mut args = Vec::new();
        for (i, v) in call.args.iter().enumerate() {
            args.push(match call.borrowed.get(&i) {
                Some(_) => {
                    let place = self.lent_place(call, i, changed, Access::Exclusive);
                    if i == 0 && is_method {
                        Fragment::tight(place)
                    } else {
                        Fragment::new(quote!(&mut #place), super::fragment::Binding::Prefix)
                    }
                }
                // A method that changed its receiver without saying so would not be differentiated.
                None if i == 0 && is_method && self.layout.is_mutable(*v) && !self.layout.is_inline(*v) => {
                    let receiver = self.reference(*v);
                    Fragment::new(receiver, super::fragment::Binding::Prefix)
                }
                None if i == 0 && is_method => self.owned(*v),
                None => self.consume(*v),
            });
        }
        args
    }

    /// The call itself, with the variables in which it changes its arguments.
    pub(in crate::emit) fn call(&mut self, call: &Call, changed: &[(Value, Ident)], span: Span) -> Fragment {
        let args = self.arguments(call, changed);
        match &call.callee {
            Callee::Each(path) => {
                let array = args[0].receiver();
                Fragment::tight(quote_spanned!(at(span)=> #array.mapv(#path)))
            }
            Callee::Path(path) => {
                let args = args.iter().map(|arg| &arg.tokens);
                let args = given(quote_spanned!(at(span)=> #(#args),*), self.place_of_call(&call.callee, span));
                Fragment::tight(quote!(#path #args))
            }
            Callee::ValueAndGrad(path) => {
                let args = args.iter().map(|arg| &arg.tokens);
                Fragment::tight(quote_spanned!(at(span)=> #path::value_and_grad(#(#args),*)))
            }
            Callee::Method(name, turbofish) => {
                let place = self.place_of_call(&call.callee, span);
                let (receiver, args) = (args[0].receiver(), args[1..].iter().map(|arg| &arg.tokens));
                let args = given(quote_spanned!(at(span)=> #(#args),*), place);
                Fragment::tight(quote_spanned!(at(span)=> #receiver.#name #turbofish #args))
            }
        }
    }

    /// `let (y, y_pullbacks) = rt::map_linearized(&x, |element| f::residual_vjp(f, element, (Yes,)));`
    fn linearize_each(&mut self, stmt: &Stmt, call: &Call) -> TokenStream {
        let span = at(stmt.span);
        let array = self.reference(call.args[0]);
        let (function, krate) = (self.rt("map_linearized", stmt.span), self.krate);
        let wants = quote!((#krate::rt::Yes,));
        let hidden = hidden_call(&call.callee, "residual_vjp", vec![Fragment::tight(quote!(element))], &wants, span);
        let pattern = tuple(&[self.pattern(stmt.outs[0]), self.pattern(stmt.outs[1])]);
        quote_spanned!(span=> let #pattern = #function(#array, |element| #hidden);)
    }

    /// The wants of a call, one an argument, as values.
    pub(in crate::emit) fn wants(&self, call: &Call, pullback: Value) -> Vec<TokenStream> {
        let krate = self.krate;
        let want = |(position, arg): (usize, &Value)| {
            let wanted = &self.values[*arg].wanted;
            if wanted.is_empty() {
                quote!(#krate::rt::No)
            } else if self.guards.passes_on(pullback, position) {
                let ty = self.guards.any_of(wanted, krate);
                quote!(<#ty>::default())
            } else {
                quote!(#krate::rt::Yes)
            }
        };
        call.args.iter().enumerate().map(want).collect()
    }
}

/// A name that belongs to what is lent in this position.
pub(in crate::emit) fn own(name: &str, position: usize) -> Ident {
    Ident::new(&format!("{name}_{position}"), Span::mixed_site())
}
