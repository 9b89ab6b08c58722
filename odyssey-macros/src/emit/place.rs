//! Places: parts of values, read, written and added to where they are.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Ident;

use super::names::{at, at_index, given};
use super::writer::{member, Writer};
use crate::ir::{FieldName, Op, Path, Projection, Stmt, Value, Verbatim, Write};

/// How a place is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Shared,
    Exclusive,
}

/// Views with positions, which may not be there: the runtime has functions of these names, and of the same with `_mut`.
const POSITIONED: [&str; 5] = ["row", "column", "slice", "index_axis", "slice_axis"];

pub(super) fn is_positioned(view: &Ident) -> bool {
    POSITIONED.iter().any(|name| view == name)
}

impl Writer<'_> {
    /// The part of `base`, which is a variable or an expression, as a place expression.
    pub(super) fn part(&mut self, base: TokenStream, path: &Path, access: Access) -> TokenStream {
        path.iter().fold(base, |place, step| match step {
            Projection::Field(name) => {
                let member = member(name);
                quote!(#place.#member)
            }
            Projection::Index(index) => {
                let (index, at) = (self.expr(*index).tokens, self.values[*index].span);
                let index = at_index(index, at);
                quote!(#place #index)
            }
            Projection::Dereference => quote!((*#place)),
            Projection::View(method, args) => {
                let args: Vec<_> = args.iter().map(|v| self.expr(*v).tokens).collect();
                let (span, is_positioned) = (method.span(), is_positioned(method));
                let (borrow, method) = match access {
                    Access::Shared => (quote!(&), (**method).clone()),
                    Access::Exclusive => (quote!(&mut), format_ident!("{}_mut", **method, span = span)),
                };
                if is_positioned {
                    return self.runtime_call(&method.to_string(), quote!(#borrow #place, #(#args),*), span);
                }
                let args = given(quote!(#(#args),*), span);
                quote!(#place.#method #args)
            }
        })
    }

    /// `name`, or what is in it where it may not be there.
    fn target(&self, out: Value, name: &Ident) -> TokenStream {
        if self.is_guarded(out) {
            let given = self.rt("given_mut", self.values[out].span);
            quote!((*#given(&mut #name)))
        } else {
            quote!(#name)
        }
    }

    /// `place = value;`, in the variable of the statement's first result.
    pub(super) fn store(&mut self, stmt: &Stmt, base: Value, path: &Path, value: Value, how: Write) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[0], base);
        let place = self.part(quote!(#name), path, Access::Exclusive);
        let assigned = without_parens(place.clone());
        if let Some(update) = self.compound_store(&assigned, value, how) {
            return quote!(#start #update);
        }
        let value = match how {
            Write::Assign => self.reference(value),
            Write::Set | Write::Fill => self.consume(value).tokens,
        };
        let write = match how {
            Write::Set => quote!(#assigned = #value;),
            Write::Assign => {
                let call = self.runtime_call("assign", quote!(&mut #place, #value), stmt.span);
                quote!(#call;)
            }
            Write::Fill => quote!(#place.fill(#value);),
        };
        quote!(#start #write)
    }

    /// `place *= x;` for a number that is the place times `x`, or `x` times the place; nothing for one that is there already.
    fn compound_store(&mut self, place: &TokenStream, value: Value, how: Write) -> Option<TokenStream> {
        if how != Write::Set || !self.layout.is_inline(value) || !self.values[value].kind.is_scalar() {
            return None;
        }
        let Some(Op::Elementwise(op, operands, _)) = self.layout.definition(value).cloned() else {
            return (self.expr(value).tokens.to_string() == place.to_string()).then(TokenStream::new);
        };
        let operator = op.assigning()?;
        let commutes = op.is("add") || op.is("mul");
        let [own, other] = [operands[0], operands[1]].map(|operand| self.expr(operand).tokens);
        let is_place = |operand: &TokenStream| operand.to_string() == place.to_string();
        let other = if is_place(&own) {
            other
        } else if commutes && is_place(&other) {
            own
        } else {
            return None;
        };
        Some(quote!(#place #operator #other;))
    }

    /// `place += value;`, in the variable of the statement's first result.
    pub(super) fn update_part(&mut self, stmt: &Stmt, base: Value, path: &Path, subtracts: bool, value: Value) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[0], base);
        let is_scalar = self.values[value].kind.peel().is_scalar();
        let place = self.part(quote!(#name), path, Access::Exclusive);
        let is_view = matches!(path.last(), Some(Projection::View(..)));
        if is_scalar && !is_view {
            let (place, value) = (without_parens(place), self.expr(value).tokens);
            return if subtracts { quote!(#start #place -= #value;) } else { quote!(#start #place += #value;) };
        }
        let value = self.reference(value);
        let function = if subtracts { "subtract_from" } else { "add_to" };
        let call = self.runtime_call(function, quote!(&mut #place, #value), stmt.span);
        quote!(#start #call;)
    }

    /// Adds to a part of a tangent, or puts it back.
    pub(super) fn accumulate_part(
        &mut self,
        stmt: &Stmt,
        tangent: Value,
        path: &Path,
        value: Value,
        is_taken: bool,
    ) -> TokenStream {
        let out = stmt.outs[0];
        let (start, name) = self.sum_in_place(out, tangent);
        let target = self.target(out, &name);
        let place = self.part(target, path, Access::Exclusive);
        let update = if self.values[value].kind.is_scalar() && !matches!(path.last(), Some(Projection::View(..))) {
            self.compound(&place, value, stmt)
        } else {
            let function = if is_taken { "put_part" } else { "add_part" };
            let (function, value) = (self.rt(function, stmt.span), self.consume(value).tokens);
            quote!(#function(&mut #place, #value);)
        };
        self.guard_update(stmt, start, &name, update)
    }

    /// `let d = rt::take_part(&mut d_x[i]);`, `let d = rt::take_part_as(&mut d_x[i], &was);`
    pub(super) fn take_part(&mut self, stmt: &Stmt, tangent: Value, path: &Path, was: Option<Value>) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[1], tangent);
        let place = self.part(quote!(#name), path, Access::Exclusive);
        let was = was.map(|was| self.reference(was));
        let function = |name: &str| if was.is_some() { format!("{name}_as") } else { name.to_owned() };
        if self.layout.is_used(stmt.outs[0]) {
            let (take, pattern) = (self.rt(&function("take_part"), stmt.span), self.pattern(stmt.outs[0]));
            let was = was.iter();
            quote!(#start let #pattern = #take(&mut #place #(, #was)*);)
        } else if let Some((Projection::Field(FieldName::Named(field)), owner)) = path.split_last() {
            // The tangent may have no such field.
            let owner = self.part(quote!(#name), &owner.to_vec(), Access::Exclusive);
            let field = quote::format_ident!("__field_{}", syn::ext::IdentExt::unraw(field), span = at(field.span()));
            let (clear, was) = (self.rt("clear_field", stmt.span), was.unwrap_or_else(|| quote!(&())));
            quote!(#start #clear(#owner.#field(), #was);)
        } else {
            let clear = self.rt(&function("clear_part"), stmt.span);
            let was = was.iter();
            quote!(#start #clear(&mut #place #(, #was)*);)
        }
    }

    /// `place.push(value);`
    pub(super) fn push_on(&mut self, stmt: &Stmt, base: Value, path: &Path, value: Value) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[0], base);
        let value = self.consume(value).tokens;
        let place = self.part(quote!(#name), path, Access::Exclusive);
        quote!(#start #place.push(#value);)
    }

    /// `rt::unpop(&mut place, &last, d_last);`
    pub(super) fn unpop(&mut self, stmt: &Stmt, base: Value, path: &Path, [last, cotangent]: [Value; 2]) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[0], base);
        let (last, d, unpop) = (self.reference(last), self.consume(cotangent).tokens, self.rt("unpop", stmt.span));
        let place = self.part(quote!(#name), path, Access::Exclusive);
        quote!(#start #unpop(&mut #place, #last, #d);)
    }

    /// `let last = place.pop();`
    pub(super) fn pop_from(&mut self, stmt: &Stmt, base: Value, path: &Path) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[1], base);
        let place = self.part(quote!(#name), path, Access::Exclusive);
        let pattern = self.pattern(stmt.outs[0]);
        if self.layout.is_used(stmt.outs[0]) {
            quote!(#start let #pattern = #place.pop();)
        } else {
            quote!(#start #place.pop();)
        }
    }

    /// `place.swap(i, j);`
    pub(super) fn swap_in(&mut self, stmt: &Stmt, base: Value, path: &Path, indices: [Value; 2]) -> TokenStream {
        let (start, name) = self.sum_in_place(stmt.outs[0], base);
        let [i, j] = indices.map(|index| self.expr(index).tokens);
        let place = self.part(quote!(#name), path, Access::Exclusive);
        let (swap, indices) = (Ident::new("swap", stmt.span), given(quote!(#i, #j), stmt.span));
        quote!(#start #place.#swap #indices;)
    }

    /// The user's code, with the variables that it changes.
    pub(super) fn effect(&mut self, stmt: &Stmt, verbatim: &Verbatim, targets: &[Value]) -> TokenStream {
        let start: TokenStream =
            targets.iter().zip(&stmt.outs[1..]).map(|(target, out)| self.sum_in_place(*out, *target).0).collect();
        let mut verbatim = verbatim.clone();
        for (_, value) in &mut verbatim.inputs {
            if let Some(k) = targets.iter().position(|target| target == value) {
                *value = stmt.outs[k + 1];
            }
        }
        let value = self.verbatim(&verbatim).tokens;
        if self.layout.is_used(stmt.outs[0]) {
            let pattern = self.pattern(stmt.outs[0]);
            quote!(#start let #pattern = #value;)
        } else {
            quote!(#start #value;)
        }
    }
}

/// What is assigned to needs no parentheses.
fn without_parens(place: TokenStream) -> TokenStream {
    let mut tokens = place.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => group.stream(),
        _ => place,
    }
}
