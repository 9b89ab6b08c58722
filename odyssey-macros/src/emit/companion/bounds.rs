//! The companions' generic parameters, and what their types must be able to do.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::visit::{self, Visit};
use syn::{Generics, Ident, PathSegment, Type, TypeParamBound};

use super::Companion;
use crate::ir::{Block, Kind, Op, ValueSet};
use crate::parse::Place;

impl Companion<'_> {
    /// The generic arguments of the function, which no argument of a value decides.
    pub(super) fn turbofish(&self) -> TokenStream {
        let is_given = |name: &Ident| self.source.place == Place::Module || !crate::parse::is_anonymous(name);
        arguments(crate::parse::generic_names(&self.written.item).iter().filter(|name| is_given(name)))
    }

    /// The same where a companion is called, if no argument decides them.
    pub(super) fn explicit_generics(&self) -> TokenStream {
        let types: TokenStream = self.arguments().iter().map(|argument| argument.ty.to_token_stream()).collect();
        let is_given = |name: &Ident| crate::parse::mentions(types.clone(), name);
        if crate::parse::generic_names(&self.written.item).iter().all(is_given) {
            TokenStream::new()
        } else {
            self.turbofish()
        }
    }

    /// The same where a hidden form is called that has so many type parameters of its own for each argument.
    pub(super) fn explicit_hidden_generics(&self, own: usize) -> TokenStream {
        if self.explicit_generics().is_empty() {
            return TokenStream::new();
        }
        let names = crate::parse::generic_names(&self.source.item);
        // Those over other floats are the first one.
        let is_over = own == 2 && self.source.options.third.is_some();
        let float = is_over.then_some(self.over_floats).flatten().map(|_| quote!(_,));
        let primal = (self.source.place == Place::Module).then(|| quote!(_,));
        let own = (0..own * self.arguments().len()).map(|_| quote!(_));
        quote!(::<#float #(#names,)* #primal #(#own),*>)
    }

    /// A name that no generic parameter has.
    pub(super) fn free_name(&self, name: &str) -> Ident {
        let taken = crate::parse::generic_names(&self.source.item);
        let mut name = Ident::new(name, Span::call_site());
        while taken.contains(&name) {
            name = quote::format_ident!("{name}_");
        }
        name
    }

    /// The bound that lets rustc decide at the call whether there is a gradient.
    pub(super) fn scalar_bound(&self) -> TokenStream {
        if self.fused().is_none() {
            return self.whole_scalar_bound();
        }
        self.bounds(&self.is_scalar())
    }

    /// The same where the whole result is computed with its cotangent.
    pub(super) fn whole_scalar_bound(&self) -> TokenStream {
        let (is_scalar, aux, copied) = (self.is_scalar(), self.aux_bounds(), self.copied_result());
        self.bounds(&quote!(#is_scalar #aux #copied))
    }

    /// With this bound where the gradient is differentiated, in a function that takes gradients itself: whoever asks is told by rustc
    /// which of them cannot be differentiated twice. What a trait provides is for other bodies as well.
    pub(super) fn with_second(&self, bound: &TokenStream) -> TokenStream {
        if !self.depends_on_third_order() || self.source.place.is_of_trait() {
            return bound.clone();
        }
        let (here, krate) = (self.here(), self.krate);
        let start = if bound.is_empty() { quote!(where) } else { bound.clone() };
        if self.source.place == Place::Module {
            return quote_spanned!(here=> #start for<'__a> Self: #krate::rt::OfSecondOrder<'__a>,);
        }
        // There is no companion of a method for rustc to ask.
        let function = self.some_function();
        quote_spanned!(here=> #start for<'__a> #function: #krate::rt::OfThirdOrder<'__a>,)
    }

    fn is_scalar(&self) -> TokenStream {
        let (krate, target) = (self.krate, &self.outcome().target);
        if self.outcome().target_kind.is_scalar() {
            TokenStream::new()
        } else {
            quote!(for<'__a> #target: #krate::rt::ScalarResult,)
        }
    }

    /// The same for the whole result, whose cotangent a caller gives.
    pub(super) fn tangent_bound(&self) -> TokenStream {
        self.bounds(&self.aux_bounds())
    }

    /// The same for a pullback over the arguments themselves.
    pub(super) fn vjp_bound(&self) -> TokenStream {
        let (aux, copied) = (self.aux_bounds(), self.copied_result());
        self.bounds(&quote!(#aux #copied))
    }

    fn bounds(&self, further: &TokenStream) -> TokenStream {
        let predicates = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let assumed = self.assumed(&quote!());
        let predicates = quote!(#(#predicates,)* #assumed #further);
        if predicates.is_empty() {
            TokenStream::new()
        } else {
            quote!(where #predicates)
        }
    }

    /// Further results through which no derivative passes: whether their types have one is the caller's business.
    fn aux_bounds(&self) -> TokenStream {
        let krate = self.krate;
        // Of a function without a body, nothing is known.
        let unknown = || vec![!self.source.is_declared; self.outcome().aux.len() + 1];
        let parts = self.program.and_then(|program| program.primal.tuple()).unwrap_or_else(unknown);
        let passive = self.outcome().aux.iter().zip(parts.iter().skip(1)).filter(|(ty, is_active)| {
            let is_known =
                crate::parse::is_passive(ty, &self.source.scope) || crate::parse::kind(ty, &self.source.scope) != Kind::Unknown;
            !**is_active && !is_known
        });
        passive.map(|(ty, _)| quote!(for<'__a> #ty: #krate::Differentiable + ::core::clone::Clone,)).collect()
    }

    /// What a bound of the user's like `M: Module` does not say: the type parameters that hold numbers have tangents.
    fn assumed(&self, further: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let is_trait = self.source.place == Place::Trait;
        let sized = is_trait.then(|| quote!(Self: ::core::marker::Sized,));
        let own = (is_trait && self.holds_numbers("Self")).then(|| quote!(Self: #krate::Differentiable #further,));
        let parameters = self.parameters_with_tangents();
        let outer = parameters.iter().filter(|name| !self.generics.type_params().any(|param| param.ident == ***name));
        quote!(#sized #own #(#outer: #krate::Differentiable #further,)*)
    }

    /// The function's own generics with a bound on each parameter that holds numbers.
    pub(super) fn with_tangents(&self, generics: &Generics, bound: &TypeParamBound) -> Generics {
        let mut generics = generics.clone();
        self.parameters_with_tangents().into_iter().for_each(|name| crate::parse::add_bound(&mut generics, name, bound));
        generics
    }

    /// The type parameters other than floats in the types of what is differentiated. The methods of a trait's `impl`
    /// can demand nothing that the trait does not.
    fn parameters_with_tangents(&self) -> Vec<&Ident> {
        if self.source.place == Place::TraitImpl {
            return Vec::new();
        }
        let scope = &self.source.scope;
        let is_float = |name: &Ident| crate::parse::kind(&syn::parse_quote!(#name), scope).is_scalar();
        let is_passive = |name: &Ident| crate::parse::is_passive(&syn::parse_quote!(#name), scope);
        let names = scope.type_params().map(|param| &param.ident);
        names.filter(|name| !is_float(name) && !is_passive(name) && self.holds_numbers(&name.to_string())).collect()
    }

    /// A type of which only its bounds are known.
    pub(super) fn is_unknown(&self, name: &Ident) -> bool {
        let is_self = self.source.place == Place::Trait && name == "Self";
        is_self || self.parameters_with_tangents().contains(&name)
    }

    /// The name is in the type of the result or of an argument that is differentiated, here or by a function that is
    /// called; not as the rank of an array.
    fn holds_numbers(&self, name: &str) -> bool {
        let is_mentioned = |ty: &Type| mentions(ty, name);
        let differentiated = self.source.signature.differentiated().map(|(_, argument)| &argument.ty);
        let given = self.arguments().iter().enumerate().filter(|(_, argument)| !argument.differentiated);
        differentiated.chain([self.result()]).any(is_mentioned)
            || given.filter(|(_, argument)| is_mentioned(&argument.ty)).any(|(position, _)| self.is_given_to_calls(position))
    }

    /// An argument, or something made of it, is passed on to a differentiable function.
    fn is_given_to_calls(&self, position: usize) -> bool {
        let Some(forward) = self.program.map(|program| &program.residual.forward) else { return false };
        let mut depending = ValueSet::default();
        depending.insert(forward.params[position]);
        is_given_to_calls(forward, &mut depending)
    }

    /// A pullback over owned arguments copies the result.
    fn copied_result(&self) -> TokenStream {
        let result = self.result();
        let mut names: Vec<_> = self.parameters_with_tangents().iter().map(ToString::to_string).collect();
        names.extend((self.source.place == Place::Trait).then(|| "Self".to_owned()));
        if names.iter().any(|name| mentions(result, name)) {
            quote!(for<'__a> #result: ::core::clone::Clone,)
        } else {
            TokenStream::new()
        }
    }

    /// The same for what calls the function itself and compares its values.
    pub(super) fn float_bound(&self, generics: &Generics) -> TokenStream {
        let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let (krate, target) = (self.krate, &self.outcome().target);
        let varied = self.assumed(&quote!(+ ::core::clone::Clone + #krate::Parameters));
        let copied = self.copied_result();
        let is_float = (!self.outcome().target_kind.is_scalar())
            .then(|| quote!(for<'__a> #target: #krate::Real + #krate::rt::ScalarResult,));
        quote!(where #(#predicates,)* #varied #copied #is_float)
    }

    /// The generics of what copies arguments.
    pub(super) fn copied_generics(&self) -> Generics {
        let krate = self.krate;
        let generics = self.with_tangents(self.generics, &syn::parse_quote!(::core::clone::Clone));
        self.with_tangents(&generics, &syn::parse_quote!(#krate::Parameters))
    }
}

/// One of these values, or of those that are made of them, is an argument of a call.
fn is_given_to_calls(block: &Block, depending: &mut ValueSet) -> bool {
    block.stmts.iter().any(|stmt| {
        let mut depends = false;
        stmt.reads(&mut |value| depends |= depending.contains(&value));
        if depends {
            depending.extend(stmt.op.blocks().into_iter().flat_map(|inner| inner.params.clone()));
            depending.extend(stmt.outs.iter().copied());
        }
        depends && matches!(stmt.op, Op::Linearize(_) | Op::LinearizeAlong(..))
            || stmt.op.blocks().into_iter().any(|inner| is_given_to_calls(inner, depending))
    })
}

fn mentions(ty: &Type, name: &str) -> bool {
    let mut mentions = Mentions { name, found: false };
    mentions.visit_type(ty);
    mentions.found
}

/// Looks for a name outside of array types, whose parameters other than the element hold no numbers.
struct Mentions<'a> {
    name: &'a str,
    found: bool,
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
        self.found |= segment.ident == self.name;
        let is_array = ["Array", "CowArray", "ArcArray"].iter().any(|array| segment.ident.to_string().starts_with(array));
        if !is_array {
            visit::visit_path_segment(self, segment);
        }
    }
}

/// `::<T, N>`, or nothing.
pub(super) fn arguments<'n>(names: impl Iterator<Item = &'n Ident>) -> TokenStream {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        TokenStream::new()
    } else {
        quote!(::<#(#names),*>)
    }
}
