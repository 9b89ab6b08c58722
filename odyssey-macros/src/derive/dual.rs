//! The type and its tangent over dual numbers, for derivatives of third order: of types that are generic over their numbers, `struct
//! Mlp<T: Real>`, and over nothing else that has a derivative.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::punctuated::Punctuated;
use syn::{Generics, Ident, Token, Type, TypeParam, TypeParamBound, TypePath, WherePredicate};

use super::generics::{borrows, in_type};
use super::model::Model;
use super::variant::{Field, Variant};
use crate::parse::type_arguments;

pub(super) fn emit(model: &Model) -> TokenStream {
    let Some(over) = OverDuals::new(model) else { return TokenStream::new() };
    let (dualise, lift, of_tangents, parts) = (over.dualise(), over.lift(), over.of_tangents(), over.parts());
    quote!(#dualise #lift #of_tangents #parts)
}

struct OverDuals<'m> {
    model: &'m Model,
    /// The type parameter of the numbers.
    float: &'m Ident,
    /// The generics, with a bound for it.
    generics: Generics,
}

impl<'m> OverDuals<'m> {
    fn new(model: &'m Model) -> Option<Self> {
        let mut types = model.generics.type_params();
        let (Some(float), None) = (types.next(), types.next()) else { return None };
        let may_be = cfg!(feature = "second-order") && may_be_dual(float, &model.generics);
        if !may_be || model.generics.lifetimes().next().is_some() {
            return None;
        }
        let (float, krate, mut generics) = (&float.ident, &model.krate, model.generics.clone());
        for param in generics.type_params_mut() {
            param.bounds = syn::parse_quote!(#krate::Real);
        }
        generics.where_clause = None;
        let over = OverDuals { model, float, generics };
        let varies = model.fields().any(|field| field.differentiable.is_some());
        (varies && model.fields().all(|field| over.is_known_over_duals(field))).then_some(over)
    }

    fn mentions_float(&self, field: &Field) -> bool {
        in_type(&field.ty).contains(self.float)
    }

    /// What varies consists of these numbers, and of what does not vary it is clear what it is beside dual ones.
    fn is_known_over_duals(&self, field: &Field) -> bool {
        if field.differentiable.is_some() {
            return self.mentions_float(field) && !borrows(&field.ty);
        }
        let is_marker = |ty: &Type| matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "PhantomData"));
        !self.mentions_float(field) || is_marker(&field.ty) || self.is_of_numbers(&field.ty)
    }

    /// A number, an array or a list of numbers.
    fn is_of_numbers(&self, ty: &Type) -> bool {
        crate::parse::kind(ty, &self.generics).is_of_numbers()
    }

    /// Dual numbers in the place of the numbers.
    fn over_duals(&self, tokens: impl ToTokens) -> TokenStream {
        let (krate, float) = (&self.model.krate, self.float);
        crate::emit::replaced(tokens.into_token_stream(), float, &quote!(#krate::rt::Dual<#float>))
    }

    /// The user's types in those of fields: only rustc knows what they are over dual numbers. A bound for what contains one would
    /// hide from rustc what it knows of the container.
    fn unknown(&self) -> Vec<&Type> {
        let mut unknown = Vec::new();
        for ty in self.model.fields().filter_map(|field| field.differentiable.as_ref()) {
            self.collect_unknown(ty, &mut unknown);
        }
        unknown
    }

    fn collect_unknown<'t>(&self, ty: &'t Type, unknown: &mut Vec<&'t Type>) {
        match ty {
            Type::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.collect_unknown(element, unknown)),
            Type::Array(array) => self.collect_unknown(&array.elem, unknown),
            Type::Paren(inner) => self.collect_unknown(&inner.elem, unknown),
            Type::Group(inner) => self.collect_unknown(&inner.elem, unknown),
            Type::Path(path) if is_container(path) => {
                let last = path.path.segments.last().expect("a path has a segment");
                type_arguments(&last.arguments).for_each(|argument| self.collect_unknown(argument, unknown));
            }
            ty => {
                let is_itself = in_type(ty).contains(&self.model.name);
                if !self.is_of_numbers(ty) && !is_itself && !unknown.contains(&ty) {
                    unknown.push(ty);
                }
            }
        }
    }

    /// `impl Trait for Type { body }`, where rustc knows as much of the fields as the body asks for.
    fn implement(&self, path: &TokenStream, ty: &TokenStream, bounds: Vec<WherePredicate>, body: &TokenStream) -> TokenStream {
        let mut generics = self.generics.clone();
        if !bounds.is_empty() {
            generics.make_where_clause().predicates.extend(bounds);
        }
        let (parameters, _, bounds) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #parameters #path for #ty #bounds {
                #body
            }
        }
    }

    /// `Mlp<T>` and `Mlp<Dual<T>>`.
    fn primal_types(&self) -> [TokenStream; 2] {
        let (name, (_, arguments, _)) = (&self.model.name, self.model.generics.split_for_impl());
        let dual = self.over_duals(&arguments);
        [quote!(#name #arguments), quote!(#name #dual)]
    }

    /// `MlpTangent<T>` and `MlpTangent<Dual<T>>`.
    fn tangent_types(&self) -> [TokenStream; 2] {
        let (name, (_, arguments, _)) = (self.model.companion("Tangent"), self.model.tangent_generics.split_for_impl());
        let dual = self.over_duals(&arguments);
        [quote!(#name #arguments), quote!(#name #dual)]
    }

    /// What must be true of the type's own fields.
    fn bounds_of_fields(&self) -> Vec<WherePredicate> {
        let krate = &self.model.krate;
        let unknown = self.unknown().into_iter().map(|ty| {
            let dual = self.over_duals(ty);
            syn::parse_quote!(#ty: #krate::rt::Dualise<Dual = #dual>)
        });
        // Behind a lifetime: without parameters, it would be checked here and now.
        let passive = self.model.fields().filter(|field| field.differentiable.is_none() && !self.mentions_float(field));
        let cloned = passive.map(|field| {
            let ty = &field.ty;
            syn::parse_quote!(for<'__used> #ty: ::core::clone::Clone)
        });
        unknown.chain(cloned).collect()
    }

    /// The value of a field that does not vary.
    fn beside_duals(&self, field: &Field) -> TokenStream {
        let (krate, own) = (&self.model.krate, field.bound("own"));
        if self.mentions_float(field) {
            quote_spanned!(field.span=> #krate::rt::lifted(#own))
        } else {
            quote_spanned!(field.span=> ::core::clone::Clone::clone(#own))
        }
    }

    /// `impl Dualise for Mlp<T>`.
    fn dualise(&self) -> TokenStream {
        let (model, krate, [ty, dual]) = (self.model, &self.model.krate, self.primal_types());
        let tangent = model.companion("Tangent");
        let arms = model.variants.iter().map(|variant| {
            let own = variant.pattern(&model.name, "own", variant.fields.iter());
            let along = variant.pattern(&tangent, "along", variant.active());
            let whole = variant.build_whole(&model.name, |field| {
                if field.differentiable.is_none() {
                    return self.beside_duals(field);
                }
                let (own, along) = (field.bound("own"), field.bound("along"));
                quote_spanned!(field.span=> #krate::rt::dualise(#own, #along))
            });
            quote!((#own, #along) => #whole,)
        });
        let differ = (model.variants.len() > 1).then(|| {
            quote!((own, along) => #krate::rt::different_variants(#krate::rt::zero_tangent(own).__variant(), along.__variant()),)
        });
        let along = model.argument("along");
        let body = quote! {
            type Dual = #dual;

            #[track_caller]
            fn dualise(&self, #along: &Self::Tangent) -> Self::Dual {
                match (self, #along) { #(#arms)* #differ }
            }
        };
        self.implement(&quote!(#krate::rt::Dualise), &ty, self.bounds_of_fields(), &body)
    }

    /// `impl Lift for Mlp<T>`: as an argument that does not vary.
    fn lift(&self) -> TokenStream {
        let (krate, [ty, dual]) = (&self.model.krate, self.primal_types());
        let body = quote! {
            type Lifted = #dual;
            type Borrowed<'a> = #dual where Self: 'a;

            fn lifted(&self) -> Self::Lifted {
                #krate::rt::dualise(self, &#krate::rt::zero_tangent(self))
            }

            fn borrowed(&self) -> Self::Lifted {
                #krate::rt::lifted(self)
            }
        };
        self.implement(&quote!(#krate::rt::Lift), &ty, self.bounds_of_fields(), &body)
    }

    /// The tangents of the fields that only rustc knows, of numbers and of dual ones.
    fn tangents_of_unknown(&self) -> Vec<[TokenStream; 2]> {
        let krate = &self.model.krate;
        let tangent = |ty: &TokenStream| quote!(<#ty as #krate::rt::Differentiable>::Tangent);
        self.unknown().into_iter().map(|ty| [tangent(&quote!(#ty)), tangent(&self.over_duals(ty))]).collect()
    }

    /// What `MlpTangent` of both needs to exist.
    fn bounds_of_tangents(&self) -> Vec<WherePredicate> {
        let krate = &self.model.krate;
        let exists = self.unknown().into_iter().flat_map(|ty| [quote!(#ty), self.over_duals(ty)]);
        exists.map(|ty| syn::parse_quote!(#ty: #krate::rt::Differentiable)).collect()
    }

    /// The fields of two tangents, one by one.
    fn both(&self, each: impl Fn(&Field, Ident, Ident) -> TokenStream, own: &str, along: &str) -> TokenStream {
        let (model, krate, tangent) = (self.model, &self.model.krate, self.model.companion("Tangent"));
        let arms = model.variants.iter().map(|variant| {
            let patterns = [own, along].map(|prefix| variant.pattern(&tangent, prefix, variant.active()));
            let whole = variant.build(&tangent, |field| each(field, field.bound(own), field.bound(along)));
            quote!((#(#patterns),*) => #whole,)
        });
        let differ = (model.variants.len() > 1)
            .then(|| quote!((own, along) => #krate::rt::different_variants(own.__variant(), along.__variant()),));
        quote!(#(#arms)* #differ)
    }

    /// `impl Dualise for MlpTangent<T>`: a direction, with its own tangent.
    fn of_tangents(&self) -> TokenStream {
        let (krate, [ty, dual]) = (&self.model.krate, self.tangent_types());
        let arms = self.both(|field, own, along| quote_spanned!(field.span=> #krate::rt::dualise(#own, #along)), "own", "along");
        let along = self.model.argument("along");
        let body = quote! {
            type Dual = #dual;

            #[track_caller]
            fn dualise(&self, #along: &Self::Tangent) -> Self::Dual {
                match (self, #along) { #arms }
            }
        };
        let own = self
            .tangents_of_unknown()
            .into_iter()
            .map(|[own, dual]| syn::parse_quote!(#own: #krate::rt::Dualise<Tangent = #own, Dual = #dual>));
        let bounds = self.bounds_of_tangents().into_iter().chain(own).collect();
        self.implement(&quote!(#krate::rt::Dualise), &ty, bounds, &body)
    }

    /// `impl Parts for MlpTangent<Dual<T>>`: a gradient, and its tangent.
    fn parts(&self) -> TokenStream {
        let (model, krate, [ty, dual]) = (self.model, &self.model.krate, self.tangent_types());
        let tangent = model.companion("Tangent");
        let one = |function: &str| {
            let function = Ident::new(function, proc_macro2::Span::call_site());
            let each = |field: &Field, own, along| {
                let ty = self.over_duals(&field.differentiable);
                let tangent = quote_spanned!(field.span=> <#ty as #krate::rt::Differentiable>::Tangent);
                quote_spanned!(field.span=> <#tangent as #krate::rt::Parts>::#function(#own, #along))
            };
            self.both(each, "value", "tangent")
        };
        let (of_parts, join) = (one("of_parts"), one("join"));
        let arms = model.variants.iter().map(|variant: &Variant| {
            let pattern = variant.pattern(&tangent, "own", variant.active());
            let split = variant.active().map(|field| {
                let own = field.bound("own");
                quote_spanned!(field.span=> let #own = #krate::rt::Parts::parts(#own);)
            });
            let [value, along] = [quote!(0), quote!(1)].map(|part| {
                variant.build(&tangent, |field| {
                    let own = field.bound("own");
                    quote_spanned!(field.span=> #own.#part)
                })
            });
            quote!(#pattern => { #(#split)* (#value, #along) })
        });
        let body = quote! {
            type Value = #ty;
            type Tangent = #ty;
            type Cotangent = Self;

            #[track_caller]
            fn of_parts(value: Self::Value, tangent: Self::Tangent) -> Self {
                match (value, tangent) { #of_parts }
            }

            fn parts(self) -> (Self::Value, Self::Tangent) {
                match self { #(#arms)* }
            }

            #[track_caller]
            fn join(d: Self::Tangent, d_dot: Self::Tangent) -> Self {
                match (d, d_dot) { #join }
            }
        };
        let own = self
            .tangents_of_unknown()
            .into_iter()
            .map(|[own, dual]| syn::parse_quote!(#dual: #krate::rt::Parts<Value = #own, Tangent = #own, Cotangent = #dual>));
        let bounds = self.bounds_of_tangents().into_iter().chain(own).collect();
        self.implement(&quote!(#krate::rt::Parts), &dual, bounds, &body)
    }
}

fn is_container(path: &TypePath) -> bool {
    path.path.segments.last().is_some_and(|last| ["Vec", "Option", "Box"].iter().any(|name| last.ident == name))
}

/// Nothing is said of the parameter but what is true of dual numbers as well.
fn may_be_dual(float: &TypeParam, generics: &Generics) -> bool {
    let mut predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let of_float = |bounds: &Punctuated<TypeParamBound, Token![+]>| bounds.iter().all(is_of_any_real);
    of_float(&float.bounds)
        && predicates.all(|predicate| {
            matches!(predicate, WherePredicate::Type(of) if of.lifetimes.is_none() && of_float(&of.bounds)
                && matches!(&of.bounded_ty, Type::Path(path) if path.path.is_ident(&float.ident)))
        })
}

fn is_of_any_real(bound: &TypeParamBound) -> bool {
    let known = ["Real", "Copy", "Clone", "Debug", "Display", "PartialEq", "PartialOrd", "Send", "Sync"];
    match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|last| known.iter().any(|name| last.ident == name))
        }
        TypeParamBound::Lifetime(lifetime) => lifetime.ident == "static",
        _ => false,
    }
}
