//! Second order of a function with a rule for `jvp` that is differentiable itself.
//!
//! The rule makes `(y, y_dot)`, and what is left in arguments that are `&mut` with its tangent. Its pullback, given the tangents of the
//! cotangents for what the function makes, and the cotangents for the tangents of that, gives the tangents of the gradients
//! for the arguments, and the gradients for their tangents.

use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::spanned::Spanned;
use syn::{ExprPath, Ident};

use super::hidden::{Body, Order};
use super::vjp::is_unit;
use super::Companion;
use crate::emit::call::path::hidden_call;
use crate::emit::fragment::Fragment;
use crate::emit::writer::tuple;
use crate::ir::Callee;

impl Companion<'_> {
    pub(super) fn body_of_a_differentiable_rule(&self, rule: &ExprPath) -> Body {
        let names = self.names();
        let Directions { dots, start, copies, left, back } = self.directions_of_a_rule();
        let given = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name));
        let given = given.chain(copies.iter().cloned()).map(Fragment::tight).collect();
        let krate = self.krate;
        let yes = quote!(#krate::rt::Yes);
        let mut wants = self.by_argument(std::iter::repeat(yes.clone()), &quote!(#krate::rt::No));
        wants.extend(dots.iter().map(|_| yes.clone()));
        let call = hidden_call(&Callee::Path(rule.clone()), "residual_vjp", given, &tuple(&wants), rule.span());
        let [value, value_dot, kept, pullback] = ["value", "value_along", "kept", "pullback"].map(|name| self.local(name));
        let outcome = self.outcome();
        let is_unit = is_unit(&outcome.target);
        let of_result = (!is_unit).then_some(&value_dot);
        let made = of_result.into_iter().chain(&left).map(ToTokens::to_token_stream).collect::<Vec<_>>();
        let tangent = if is_unit { quote!(()) } else { quote!(::core::clone::Clone::clone(&#value_dot)) };
        let (stmts, of_tangent) = if outcome.is_fallible() {
            let (success, whole, failure) =
                (outcome.success(quote!((#value, #(#made),*))), outcome.success(value.to_token_stream()), outcome.failure());
            let [some, none] = [quote!(::core::option::Option::Some), quote!(::core::option::Option::None)];
            let unchanged = self.given_back(&dots, &copies);
            let stmts = quote! {
                let (#value, #pullback) = #call;
                let (#value, #value_dot, #kept) = match #value {
                    #success => { #back (#whole, #some(#tangent), #some((#(#made,)*))) }
                    #failure => { #unchanged (#failure, #none, #none) }
                };
            };
            (stmts, value_dot.to_token_stream())
        } else {
            let of_value = self.local("tangent");
            let stmts = quote! {
                let ((#value, #(#made),*), #pullback) = #call;
                #back
                let #of_value = #tangent;
                let #kept = (#(#made,)*);
            };
            (stmts, of_value.to_token_stream())
        };
        let (again, swept) = self.swept_by_a_rule(&copies, &made);
        Body {
            parameters: self.parameters(),
            along: self.by_argument(dots.iter().map(ToTokens::to_token_stream), &quote!(_)),
            stmts: quote!(#start #stmts),
            value: quote!((#value, #of_tangent)),
            pullback: quote!(move |#again| { #swept }),
        }
    }

    /// The parameters of the pullback, and what it does.
    fn swept_by_a_rule(&self, copies: &[TokenStream], made: &[TokenStream]) -> (TokenStream, TokenStream) {
        let (krate, outcome) = (self.krate, self.outcome());
        let [value, kept, pullback] = ["value", "kept", "pullback"].map(|name| self.local(name));
        let [d, d_dot] = ["cotangent", "cotangent_dot"].map(|name| self.local(name));
        let again = self.again_names();
        let left = self.left_cotangents();
        let (mut slots, mut given, mut slot) = (Vec::new(), Vec::new(), left.iter());
        for (argument, name) in self.arguments().iter().zip(&again) {
            if !argument.kind.is_exclusive() {
                slots.push(name.to_token_stream());
                given.push(name.to_token_stream());
                continue;
            }
            match slot.next().expect("one for each") {
                Some(left) => {
                    let dot = self.local(&format!("{left}_dot"));
                    slots.push(quote!(#krate::rt::Left((#left, #dot))));
                    given.push(quote!(#krate::rt::Left(#dot)));
                }
                None => {
                    slots.push(quote!(_));
                    given.push(quote!(#krate::rt::Left(())));
                }
            }
        }
        // The tangent of a cotangent belongs to what the function makes, the cotangent to the tangent of that.
        let of_tangent = (!is_unit(&outcome.target)).then_some(&d);
        let cotangents = of_tangent.into_iter().chain(left.iter().flatten());
        let cotangents = quote!((#d_dot, #(#cotangents),*));
        let whole = quote!((::core::clone::Clone::clone(#value), #(#made),*));
        let gradients = self.gradient_names();
        let tangents: Vec<_> = gradients.iter().map(|gradient| self.local(&format!("{gradient}_dot"))).collect();
        let mut pattern = self.by_argument(tangents.iter().map(ToTokens::to_token_stream), &quote!(_));
        pattern.extend(gradients.iter().map(ToTokens::to_token_stream));
        let pattern = tuple(&pattern);
        let mut both = gradients.iter().zip(&tangents).map(|(gradient, tangent)| quote!((#gradient, #tangent)));
        let wanted = self.wanted(|| both.next().expect("one for each"));
        let sweep = |whole: TokenStream, cotangents: TokenStream| {
            quote! {
                let #pattern = #pullback(#(#given,)* #(#copies,)* &#whole, #cotangents);
                #wanted
            }
        };
        let swept = if outcome.is_fallible() {
            let (success, whole) = (outcome.success(value.to_token_stream()), outcome.success(whole));
            let sweep = sweep(whole, quote!(::core::option::Option::Some(#cotangents)));
            let names: Vec<_> = again.iter().map(ToTokens::to_token_stream).collect();
            let zeros = self.gradients_of_a_failure(&names, Order::Second);
            quote! {
                match (#value, #kept) {
                    (#success, ::core::option::Option::Some((#(#made,)*))) => {
                        let [#d, #d_dot] = [#d, #d_dot].map(|#d| #krate::rt::into_payload(#d, #value));
                        #sweep
                    }
                    _ => #zeros,
                }
            }
        } else {
            let sweep = sweep(whole, cotangents);
            quote!(let (#(#made,)*) = #kept; #sweep)
        };
        (quote!(#(#slots,)* #value, (#d, #d_dot)), swept)
    }

    fn directions_of_a_rule(&self) -> Directions {
        let (krate, names) = (self.krate, self.names());
        let (mut start, mut back) = (TokenStream::new(), TokenStream::new());
        let (mut dots, mut copies, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (position, argument) in self.source.signature.differentiated() {
            let (name, dot) = (&names[position], self.dot(argument));
            let held = self.local(&format!("held_{dot}"));
            if argument.kind.is_exclusive() {
                let after = self.local(&format!("{dot}_left"));
                start.extend(quote!(let #held = #krate::rt::AlongPassed::take(&#dot);));
                back.extend(quote!(#krate::rt::AlongPassed::give_back(&#dot, ::core::clone::Clone::clone(&#after));));
                copies.push(quote!(::core::clone::Clone::clone(&#held)));
                left.push(after);
            } else {
                start.extend(quote!(let #held = #krate::rt::along(#dot, &#name);));
                copies.push(quote!(::core::clone::Clone::clone(&*#held)));
            }
            dots.push(dot);
        }
        Directions { dots, start, copies, left, back }
    }

    /// Gives back tangents as they were.
    fn given_back(&self, dots: &[Ident], copies: &[TokenStream]) -> TokenStream {
        let krate = self.krate;
        let differentiated = self.source.signature.differentiated().zip(dots.iter().zip(copies));
        let exclusive = differentiated.filter(|((_, argument), _)| argument.kind.is_exclusive());
        exclusive.map(|(_, (dot, copy))| quote!(#krate::rt::AlongPassed::give_back(&#dot, #copy);)).collect()
    }
}

/// The tangents of the differentiated arguments.
struct Directions {
    dots: Vec<Ident>,
    /// Binds them.
    start: TokenStream,
    /// One for each call.
    copies: Vec<TokenStream>,
    /// The names of those that are left in arguments that are `&mut`.
    left: Vec<Ident>,
    /// Gives these back.
    back: TokenStream,
}
