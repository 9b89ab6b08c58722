//! The companions: `value_and_grad`, `grad`, `vjp`, `check_grad`, and the hidden form that callers use; functions of a
//! struct, or siblings of a method.

mod bounds;
mod check;
mod columns;
mod gradient;
mod hidden;
mod jacobian;
mod nested;
mod orders;
mod pushforward;
mod residual;
mod rule;
mod rule_along;
mod second;
mod signature;
mod sparse;
mod third;
mod vjp;

use std::collections::HashSet;
use std::rc::Rc;

use proc_macro2::{Span, TokenStream};
use quote::{quote, ToTokens};
use syn::{Generics, Ident, Path};

use super::layout::Layout;
use super::names::{self, at, locate, Names};
use super::quoted::Quotes;
use super::types::tangent;
use super::wants::Guards;
use super::writer::Writer;
use super::{OverFloats, Program};
use crate::expressions::Expressions;
use crate::ir::{Op, Value, ValueSet, Values};
use crate::parse::{Argument, Place, Source};
pub(super) use hidden::given_in_few;

/// What every companion's text is made from.
struct Companion<'a> {
    source: &'a Source,
    /// The function that the user wrote: the same, or that over its own floats.
    written: &'a Source,
    /// The same function over other floats, which has its second order.
    over_floats: Option<&'a Companion<'a>>,
    /// Of a function without a rule of the user's.
    program: Option<&'a Program>,
    krate: &'a Path,
    generics: &'a Generics,
    /// The tangents of the differentiated arguments.
    tangents: Vec<TokenStream>,
    /// The arguments' names in companions that have nothing of the user's in them.
    names: Vec<Ident>,
    /// What the body means by bare names that are no variables.
    foreign: Rc<HashSet<String>>,
    /// The user's expressions, for what panics.
    expressions: Rc<Expressions>,
    /// All floats of the signature are `f32`.
    is_single: bool,
}

pub(super) fn companions(source: &Source, program: Option<&Program>) -> TokenStream {
    match program.and_then(|program| program.over_floats.as_ref()) {
        None => with_companion(source, source, program, |companion| companion.write()),
        Some(OverFloats { source: over, program: of_floats }) => with_companion(over, source, Some(of_floats), |over| {
            with_companion(source, source, program, |companion| Companion { over_floats: Some(&over), ..companion }.write())
        }),
    }
}

/// Hands over what the companions of `source` are made from.
fn with_companion(
    source: &Source,
    written: &Source,
    program: Option<&Program>,
    write: impl FnOnce(Companion<'_>) -> TokenStream,
) -> TokenStream {
    let krate = &source.options.krate;
    let krate = &syn::parse2::<Path>(locate(quote!(#krate), source.item.sig.ident.span())).expect("the same path elsewhere");
    let float = source.real();
    let tangents = source.signature.differentiated().map(|(_, argument)| tangent(&argument.ty, krate, float)).collect();
    let mut generics = crate::parse::with_cloned_functions(&source.item.sig.generics);
    if source.is_recursive() {
        // A box may outlive whatever made it.
        crate::parse::bound_every_type(&mut generics, &syn::parse_quote!('static));
    }
    let foreign = Rc::new(names::called(source.item.block.to_token_stream()));
    let expressions = Rc::new(Expressions::of(&written.item.block));
    let (names, is_single) =
        (signature::names(&source.signature.arguments), crate::parse::only_float(&source.item.sig) == Some("f32"));
    let over_floats = None;
    let generics = &generics;
    let companion =
        Companion { source, written, over_floats, program, krate, generics, tangents, names, foreign, expressions, is_single };
    let generics = companion.with_tangents(generics, &syn::parse_quote!(#krate::Differentiable));
    write(Companion { generics: &generics, ..companion })
}

impl Companion<'_> {
    fn write(&self) -> TokenStream {
        let functions = if self.source.place == Place::TraitImpl {
            // The others are the trait's, for all of its types.
            let gradient = self.fused().map_or_else(TokenStream::new, |_| self.value_and_grad());
            vec![gradient, self.residual_vjp(), self.pushforward()]
        } else {
            vec![
                self.value_and_grad(),
                self.grad(),
                self.gradients_in_place(),
                self.vjp(),
                self.jvp(),
                self.jacobian(),
                self.sparse_jacobian(),
                self.columns_of_jacobian().map_or_else(TokenStream::new, |columns| columns.form()),
                self.check_grad(),
                self.residual_vjp(),
                self.pushforward(),
                self.primal(),
            ]
        };
        let functions = [functions, self.second_order()].concat();
        if self.source.place != Place::Module {
            let attributes = self.attributes();
            let functions = functions.iter().filter(|function| !function.is_empty());
            return quote!(#(#attributes #functions)*);
        }
        let function = &self.source.item.sig.ident;
        let name = self.source.options.name.as_ref().unwrap_or(function);
        let name = Ident::new(&name.to_string(), at(name.span()));
        let vis = self.vis();
        let (cfg, allowed) = (self.cfg(), self.allowed());
        let orders = self.orders(&name);
        let orders = (!orders.is_empty()).then(|| quote!(#(#cfg)* #orders));
        let doc = format!(" The derivatives of [`{function}()`]({function}()).");
        quote! {
            #(#cfg)*
            #[doc = #doc]
            #vis struct #name {}
            #(#cfg)*
            #(#allowed)*
            impl #name { #(#functions)* }
            #orders
        }
    }

    /// The tangent of an argument or a result of this type.
    fn tangent(&self, ty: &syn::Type) -> TokenStream {
        tangent(ty, self.krate, self.source.real())
    }

    /// Where rustc finds what no expression of the user's stands for: at the name of the function.
    fn here(&self) -> Span {
        at(self.source.item.sig.ident.span())
    }

    fn writer<'w>(&'w self, values: &'w Values, layout: Layout, guards: Guards) -> Writer<'w> {
        let krate = self.krate;
        Writer {
            values,
            layout,
            names: Names::new(self.foreign.clone()),
            krate: self.krate,
            prefix: quote!(#krate::rt::).into_iter().collect(),
            krate_at: syn::spanned::Spanned::span(&krate.segments),
            is_single: self.is_single,
            float: self.float_path(),
            guards,
            failure: None,
            lent: None,
            is_for_callers: false,
            at: 0,
            moved: ValueSet::default(),
            expressions: self.expressions.clone(),
            quotes: Quotes::default(),
            kernel_form: None,
        }
    }

    /// The type parameter that stands for floats, as a path that has `lit`: by its only bound, or by name of the trait.
    fn float_path(&self) -> Option<TokenStream> {
        let (float, krate) = (self.source.float()?, self.krate);
        let is_plain = crate::parse::is_only_real(float, &self.source.scope);
        Some(if is_plain { quote!(#float) } else { quote!(<#float as #krate::Real>) })
    }

    /// The gradient of an argument.
    fn gradient(&self, writer: &mut Writer, value: Value, argument: &Argument) -> TokenStream {
        if self.is_zero_of_its_type(writer, value, argument) {
            let (krate, name) = (self.krate, &argument.name);
            return quote!(#krate::rt::zero_tangent(&#name));
        }
        writer.consume(value).tokens
    }

    /// A zero that nothing has been added to has the argument's type, whatever that is.
    fn is_zero_of_its_type(&self, writer: &Writer, gradient: Value, argument: &Argument) -> bool {
        let is_zero = matches!(writer.layout.definition(gradient), Some(Op::Literal(_)));
        let is_known = |float| matches!(&argument.ty, syn::Type::Path(ty) if ty.path.is_ident(float));
        is_zero && self.source.float().is_some_and(|float| !is_known(float))
    }
}
