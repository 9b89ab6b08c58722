//! The hidden form of a derivative, for callers: see ARCHITECTURE.md.

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::{Ident, Lifetime, Type};

use super::signature::{is_consumed_receiver, own};
use super::Companion;
use crate::emit::names::at;
use crate::emit::types::any_lifetime;
use crate::emit::writer::tuple;
use crate::parse::{Place, Rule};

/// The derivative, or with the tangents of all that it takes and gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    First,
    Second,
}

impl Order {
    /// What stands where the first order has something of that type.
    pub(super) fn of(self, ty: TokenStream) -> TokenStream {
        match self {
            Order::First => ty,
            Order::Second => quote!((#ty, #ty)),
        }
    }
}

/// What the hidden form computes.
pub(super) struct Body {
    pub(super) parameters: Vec<TokenStream>,
    /// The patterns of the tangents that the caller gives, of second order.
    pub(super) along: Vec<TokenStream>,
    pub(super) stmts: TokenStream,
    pub(super) value: TokenStream,
    pub(super) pullback: TokenStream,
}

impl Companion<'_> {
    /// The type parameters for wants, one an argument.
    pub(super) fn want_parameters(&self) -> Vec<Ident> {
        self.type_parameters("Want")
    }

    /// Type parameters of the macro's own, one an argument.
    pub(super) fn type_parameters(&self, prefix: &str) -> Vec<Ident> {
        let mut taken: Vec<_> = crate::parse::generic_names(&self.source.item).iter().map(ToString::to_string).collect();
        self.arguments()
            .iter()
            .map(|argument| {
                let mut camel = String::from(prefix);
                for word in argument.name.unraw().to_string().split('_') {
                    let mut chars = word.chars();
                    camel.extend(chars.next().into_iter().flat_map(char::to_uppercase));
                    camel.push_str(chars.as_str());
                }
                while taken.contains(&camel) {
                    camel.push('_');
                }
                taken.push(camel.clone());
                Ident::new(&camel, at(argument.name.span()))
            })
            .collect()
    }

    /// The value, and a pullback that borrows nothing, takes the arguments and the result a second time and computes
    /// what is wanted.
    pub(super) fn residual_vjp(&self) -> TokenStream {
        let (here, vis, result, wants) = (self.here(), self.vis(), self.result(), self.want_parameters());
        let (generics, bound) = (self.hidden_generics(&wants), self.tangent_bound());
        let primal = self.primal_parameter();
        let (hidden, wants) =
            (self.hidden("residual_vjp"), tuple(&wants.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        let attributes = self.hidden_attributes();
        let pullback_type = self.pullback_type(Order::First, &self.want_parameters());
        let head = |parameters: Vec<TokenStream>| {
            let parameters = declared_in_few(parameters);
            quote_spanned! {here=>
                #attributes
                #vis fn #hidden #generics (#primal #(#parameters,)* _: #wants) -> (#result, #pullback_type) #bound
            }
        };
        if self.source.is_declared && self.source.options.rule.is_none() {
            let head = head(self.parameters());
            return quote_spanned!(here=> #head;);
        }
        let Body { parameters, stmts, value, pullback, .. } = self.body();
        let (head, check, pullback) = (head(parameters), self.check_of_the_function(), self.boxed(Order::First, pullback));
        quote_spanned! {here=>
            #head {
                #check
                #stmts
                (#value, #pullback)
            }
        }
    }

    fn body(&self) -> Body {
        match (&self.source.options.rule, self.program) {
            (Some(Rule::Whole(_)), _) => self.body_of_a_rule(),
            (Some(Rule::Halves(forward, backward)), _) => self.body_of_halves(forward, backward),
            (None, Some(program)) => self.compiled_body(&program.residual, Order::First),
            (None, None) => unreachable!("a function without a rule is compiled"),
        }
    }

    pub(super) fn hidden_attributes(&self) -> TokenStream {
        let inline = (!self.source.is_declared).then(|| quote!(#[inline]));
        let tracked = self.tracked();
        quote!(#[doc(hidden)] #inline #tracked)
    }

    /// `#[track_caller]`, of a function that has it: what its callers do wrong panics where they call its derivative.
    pub(super) fn tracked(&self) -> Option<TokenStream> {
        let is_tracked = self.source.item.attrs.iter().any(|attribute| attribute.path().is_ident("track_caller"));
        is_tracked.then(|| quote!(#[track_caller]))
    }

    /// Which function is called: a plain one may hide an imported differentiable one, but not its companion. A method is
    /// found by the type of its receiver, as its companion is.
    pub(super) fn check_of_the_function(&self) -> TokenStream {
        let methods = self.check_of_prelude_methods();
        if self.source.place == Place::Module {
            let (krate, function, primal) = (self.krate, self.instance(), self.local("primal"));
            quote!(#krate::rt::assert_same(&#primal, &#function); #methods)
        } else {
            let (mention, check) = (self.mention(), self.check_of_method_calls());
            quote!(#mention #check #methods)
        }
    }

    /// The generic parameters: the user's, that of the function itself, and the wants.
    fn hidden_generics(&self, wants: &[Ident]) -> TokenStream {
        self.generics_with(&self.want_bounds(wants))
    }

    /// The type parameters of the wants. Nobody may want the gradient of an argument that is left out.
    pub(super) fn want_bounds(&self, wants: &[Ident]) -> Vec<TokenStream> {
        let krate = self.krate;
        let bounds = self.arguments().iter().zip(wants).map(|(argument, want)| {
            if argument.differentiated {
                quote!(#want: #krate::rt::Want)
            } else {
                quote!(#want: #krate::rt::Excluded)
            }
        });
        bounds.collect()
    }

    /// The same of what is called where that of first order is as well, which has said what is wrong.
    pub(super) fn want_bounds_again(&self, wants: &[Ident]) -> Vec<TokenStream> {
        let krate = self.krate;
        wants.iter().map(|want| quote!(#want: #krate::rt::Want)).collect()
    }

    /// The same with other type parameters of the macro's own.
    pub(super) fn generics_with(&self, bounds: &[TokenStream]) -> TokenStream {
        let primal = (self.source.place == Place::Module).then(|| self.primal_type());
        self.generics_and(&quote!(#primal #(#bounds),*))
    }

    /// `__Primal,`, and for a generic function what it takes and gives: a caller names it without its type arguments. rustc
    /// would look at such a bound wherever a closure is given to something: it takes a tenth of a body's time.
    fn primal_type(&self) -> TokenStream {
        let (ty, function) = (self.free_name("__Primal"), &self.written.signature);
        if crate::parse::generic_names(&self.written.item).is_empty() {
            return quote!(#ty,);
        }
        let (types, result) = (function.arguments.iter().map(|argument| &argument.ty), &function.result);
        quote!(#ty: ::core::ops::Fn(#(#types),*) -> #result,)
    }

    /// The user's generic parameters, and these.
    pub(super) fn generics_and(&self, own: &TokenStream) -> TokenStream {
        let (lifetimes, others): (Vec<_>, Vec<_>) =
            self.generics.params.iter().partition(|param| matches!(param, syn::GenericParam::Lifetime(_)));
        quote!(<#(#lifetimes,)* #(#others,)* #own>)
    }

    /// The types of the arguments, for any lifetime.
    fn again(&self) -> Again {
        let mut bound = Vec::new();
        let types = self.arguments().iter().map(|argument| any_lifetime(&argument.ty, self.generics, &mut bound)).collect();
        let for_any = if bound.is_empty() { TokenStream::new() } else { quote!(for<#(#bound),*>) };
        Again { types, bound, for_any }
    }

    /// `FnOnce(arguments, &result, cotangent) -> gradients`. In the place of an argument that is `&mut` stands the cotangent of
    /// what was left in it.
    fn pullback_trait(&self, order: Order) -> TokenStream {
        let result = self.result();
        self.pullback_trait_of(&result.to_token_stream(), &self.tangent(result), order)
    }

    /// The same for a function of another result with that cotangent.
    fn pullback_trait_of(&self, result: &TokenStream, cotangent: &TokenStream, order: Order) -> TokenStream {
        let (here, krate, Again { types, for_any, .. }) = (self.here(), self.krate, self.again());
        let types = self.arguments().iter().zip(&types).map(|(argument, ty)| {
            if argument.kind.is_exclusive() {
                let left = if argument.differentiated { self.tangent(&argument.ty) } else { quote!(()) };
                let left = order.of(left);
                quote!(#krate::rt::Left<#left>)
            } else if is_consumed_receiver(argument) {
                quote!(&#ty)
            } else {
                quote!(#ty)
            }
        });
        let cotangent = order.of(cotangent.clone());
        let gradients = self.arguments().iter().zip(self.want_parameters()).map(|(argument, want)| {
            let tangent = order.of(self.tangent(&argument.ty));
            if argument.differentiated {
                quote!(#want::Of<#tangent>)
            } else {
                quote!(())
            }
        });
        let gradients = gradients.collect::<Vec<_>>();
        let gradients = match &gradients[..] {
            [one] => quote_spanned!(here=> (#one,)),
            several => quote_spanned!(here=> (#(#several),*)),
        };
        quote_spanned!(here=> #for_any ::core::ops::FnOnce(#(#types,)* &#result, #cotangent) -> #gradients)
    }

    /// The type of the pullback. A function that calls itself would have one that contains itself: it has a box.
    pub(super) fn pullback_type(&self, order: Order, own: &[Ident]) -> TokenStream {
        let pullback = self.pullback_trait(order);
        if order == Order::Second && self.source.is_recursive() && !self.source.place.is_of_trait() {
            return quote_spanned!(self.here()=> ::std::boxed::Box<dyn #pullback>);
        }
        self.opaque(&pullback, order, own)
    }

    /// The type of the pullback of a function with another result, which has that cotangent.
    pub(super) fn pullback_type_of(
        &self,
        result: &TokenStream,
        cotangent: &TokenStream,
        order: Order,
        own: &[Ident],
    ) -> TokenStream {
        let pullback = self.pullback_trait_of(result, cotangent, order);
        self.opaque(&pullback, order, own)
    }

    /// `impl FnOnce(…) -> …`, which borrows nothing. For several cotangents, that of first order is cloned.
    fn opaque(&self, pullback: &TokenStream, order: Order, own: &[Ident]) -> TokenStream {
        let here = self.here();
        let pullback = match order {
            Order::First => quote_spanned!(here=> #pullback + ::core::clone::Clone),
            Order::Second => pullback.clone(),
        };
        if self.source.place.is_of_trait() {
            let captured = self.captured(own);
            quote_spanned!(here=> impl #pullback + use<#(#captured),*>)
        } else {
            quote_spanned!(here=> impl #pullback)
        }
    }

    /// `primal: __Primal,`: the function itself.
    pub(super) fn primal_parameter(&self) -> Option<TokenStream> {
        (self.source.place == Place::Module).then(|| {
            let (primal, ty) = (self.local("primal"), self.free_name("__Primal"));
            quote!(#primal: #ty,)
        })
    }

    pub(super) fn boxed(&self, order: Order, pullback: TokenStream) -> TokenStream {
        if !self.source.is_recursive() {
            return pullback;
        }
        let (here, ty, boxed) = (self.here(), self.pullback_trait(order), own("pullback"));
        let start = quote_spanned!(here=> let #boxed: ::std::boxed::Box<dyn #ty> = ::std::boxed::Box::new(#pullback););
        match order {
            Order::First => {
                let (krate, given) = (self.krate, self.again_names());
                let [value, cotangent] = ["value", "cotangent"].map(|name| self.local(name));
                quote_spanned!(here=> {
                    #start
                    let #boxed = #krate::rt::Once::new(#boxed);
                    move |#(#given,)* #value, #cotangent| #boxed.take()(#(#given,)* #value, #cotangent)
                })
            }
            Order::Second => quote_spanned!(here=> { #start #boxed }),
        }
    }

    /// What the pullback of a trait's item may mention: everything but the lifetimes of the arguments, which a trait's
    /// items would capture otherwise; with type parameters of the macro's own.
    pub(super) fn captured(&self, own: &[Ident]) -> Vec<TokenStream> {
        let outer = &self.source.surroundings.generics;
        let (again, types) = (self.again(), self.pullback_trait(Order::First).to_string());
        let is_kept = |lifetime: &&syn::LifetimeParam| {
            !again.bound.contains(&lifetime.lifetime) && types.contains(&lifetime.lifetime.to_string())
        };
        let lifetimes = outer.lifetimes().chain(self.generics.lifetimes().filter(is_kept));
        let lifetimes = lifetimes.map(|param| param.lifetime.to_token_stream());
        let this = (self.source.place == Place::Trait).then(|| quote!(Self));
        let names = crate::parse::names_of(outer).into_iter().chain(crate::parse::names_of(self.generics));
        let names = names.chain(own.iter().cloned()).map(|name| name.to_token_stream());
        lifetimes.chain(this).chain(names).collect()
    }
}

/// The arguments as a pullback takes them.
struct Again {
    types: Vec<Type>,
    /// Their lifetimes, and `for<…>` over these.
    bound: Vec<Lifetime>,
    for_any: TokenStream,
}

/// The arguments of a hidden form, declared or given. Together with what it takes besides, lints would find many of them too
/// many: then all but the first, which may be a receiver, are one tuple.
fn in_few(mut arguments: Vec<TokenStream>, tuple: impl FnOnce(Vec<TokenStream>) -> TokenStream) -> Vec<TokenStream> {
    if arguments.len() > 5 {
        let rest = arguments.split_off(1);
        arguments.push(tuple(rest));
    }
    arguments
}

/// The same where they are declared.
pub(super) fn declared_in_few(parameters: Vec<TokenStream>) -> Vec<TokenStream> {
    in_few(parameters, |rest| {
        let (patterns, types): (Vec<_>, Vec<_>) = rest.into_iter().map(pattern_and_type).unzip();
        quote!((#(#patterns),*): (#(#types),*))
    })
}

/// The same where they are given.
pub(in crate::emit) fn given_in_few(arguments: Vec<TokenStream>) -> Vec<TokenStream> {
    in_few(arguments, |rest| quote!((#(#rest),*)))
}

/// The two sides of `pattern: Type`.
fn pattern_and_type(parameter: TokenStream) -> (TokenStream, TokenStream) {
    let mut tokens = parameter.into_iter();
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    (tokens.by_ref().take_while(|token| !is_colon(token)).collect(), tokens.collect())
}
