//! What the derive knows about a struct or an enum.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Data, DeriveInput, Fields, Generics, Ident, Lifetime, Path, Type, Visibility, WherePredicate};

use super::variant::{article, Field, Style, Variant};
use super::{attributes, generics};
use crate::parse::is_passive;

pub(super) struct Model {
    pub(super) krate: Path,
    pub(super) vis: Visibility,
    pub(super) name: Ident,
    /// As declared: for impls of the type itself.
    pub(super) generics: Generics,
    /// The parameters that tangents mention, with the bounds that their types need.
    pub(super) tangent_generics: Generics,
    /// The same with the bounds that hide a missing derivative: for all items but `impl Differentiable`.
    pub(super) assumed_generics: Generics,
    /// Further bounds of the impls of `Differentiable`.
    pub(super) of_borrowed: Vec<WherePredicate>,
    /// Where the first type is that may turn out to have no derivative.
    pub(super) assumed: Option<Span>,
    /// Whether the bounds name types that may be more private than the type itself.
    has_private_bounds: bool,
    pub(super) is_enum: bool,
    /// Those of an enum; of a struct, itself.
    pub(super) variants: Vec<Variant>,
}

impl Model {
    pub(super) fn new(input: &DeriveInput) -> syn::Result<Model> {
        let krate = attributes::runtime_crate(&input.attrs)?;
        let variants = variants(input)?;
        let fields: Vec<&Field> = variants.iter().flat_map(|variant| &variant.fields).collect();
        let (tangent_generics, has_private_bounds) = generics::of_tangent(input, &krate, &fields);
        let of_borrowed = if cfg!(feature = "second-order") { generics::of_borrowed(input, &krate, &fields) } else { Vec::new() };
        let assumed: Vec<&Type> = fields.iter().filter_map(|field| generics::assumed(input, field)).collect();
        let assumed_span = assumed.first().map(Spanned::span);
        let has_private_bounds = has_private_bounds || !assumed.is_empty();
        let mut assumed_generics = tangent_generics.clone();
        if !assumed.is_empty() {
            let clause = assumed_generics.make_where_clause();
            for ty in assumed {
                // Behind a lifetime: without parameters, it would be checked here and now.
                clause.predicates.push(syn::parse_quote!(for<'__assumed> #ty: #krate::rt::Differentiable));
            }
        }
        Ok(Model {
            assumed_generics,
            assumed: assumed_span,
            of_borrowed,
            krate,
            vis: input.vis.clone(),
            name: input.ident.clone(),
            generics: input.generics.clone(),
            tangent_generics,
            has_private_bounds,
            is_enum: matches!(input.data, Data::Enum(_)),
            variants,
        })
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.variants.iter().flat_map(|variant| &variant.fields)
    }

    /// The generics of an `impl Differentiable`.
    pub(super) fn differentiable_generics(&self, mut generics: Generics) -> Generics {
        if !self.of_borrowed.is_empty() {
            generics.make_where_clause().predicates.extend(self.of_borrowed.iter().cloned());
        }
        generics
    }

    /// `MlpTangent`, `MlpPartial`: located at the user's name, but not the user's word.
    pub(super) fn companion(&self, suffix: &str) -> Ident {
        let span = self.name.span().resolved_at(Span::call_site());
        format_ident!("{}{suffix}", self.name, span = span)
    }

    /// The name of an argument that is not used where no field has a derivative.
    pub(super) fn argument(&self, name: &str) -> Ident {
        let is_used = self.fields().any(|field| field.differentiable.is_some());
        if is_used {
            format_ident!("{name}")
        } else {
            format_ident!("_{name}")
        }
    }

    /// `struct Name<…> where … { fields }`, or the enum, with the projections of the fields' types.
    pub(super) fn define(&self, name: &Ident, projected: &str) -> TokenStream {
        let (vis, generics) = (&self.vis, &self.assumed_generics);
        let bounds = &generics.where_clause;
        let allow = self.has_private_bounds.then(|| quote!(#[allow(private_bounds)]));
        if self.is_enum && projected == "Partial" {
            let variants = super::parts::of_partials(self);
            return quote!(#allow #vis enum #name #generics #bounds { #variants });
        }
        if self.is_enum {
            let variants = self.variants.iter().map(|variant| {
                let (doc, name) = (format!("{} of [`{}::{}`].", article(projected), self.name, variant.name), variant.own_name());
                let fields = variant.declarations(&self.krate, projected, true);
                match variant.style {
                    Style::Named => quote!(#[doc = #doc] #name { #(#fields,)* }),
                    Style::Tuple => quote!(#[doc = #doc] #name(#(#fields,)*)),
                    Style::Unit => quote!(#[doc = #doc] #name),
                }
            });
            return quote!(#allow #vis enum #name #generics #bounds { #(#variants,)* });
        }
        let fields = self.variants[0].declarations(&self.krate, projected, false);
        match self.variants[0].style {
            Style::Named => quote!(#allow #vis struct #name #generics #bounds { #(#fields,)* }),
            Style::Tuple => quote!(#allow #vis struct #name #generics (#(#fields,)*) #bounds;),
            Style::Unit => quote!(#allow #vis struct #name #generics #bounds;),
        }
    }
}

fn refuse(span: Span, what: &str, why: &str) -> syn::Error {
    syn::Error::new(span, format!("`#[derive(Differentiable)]` on {what} is {why}\nhelp: derive it for structs and enums, and leave {what} out with `#[differentiable(skip)]` or `#[no_grad]`"))
}

fn variants(input: &DeriveInput) -> syn::Result<Vec<Variant>> {
    match &input.data {
        Data::Struct(data) => Ok(vec![variant(input, &input.ident, &data.fields)?]),
        Data::Enum(data) if data.variants.is_empty() => {
            Err(refuse(data.enum_token.span, "an enum without variants", "not possible"))
        }
        Data::Enum(data) => {
            let variant = |v: &syn::Variant| {
                attributes::none_on_variant(&v.attrs)?;
                variant(input, &v.ident, &v.fields)
            };
            data.variants.iter().map(variant).collect()
        }
        Data::Union(data) => Err(refuse(data.union_token.span, "a union", "not possible")),
    }
}

fn variant(input: &DeriveInput, name: &Ident, declared: &Fields) -> syn::Result<Variant> {
    let style = match declared {
        Fields::Named(_) => Style::Named,
        Fields::Unnamed(_) => Style::Tuple,
        Fields::Unit => Style::Unit,
    };
    let mut fields = Vec::new();
    for (field, member) in declared.iter().zip(declared.members()) {
        let is_skipped = attributes::is_skipped(&field.attrs)?;
        let mut ty = field.ty.clone();
        WithoutSelf(input).visit_type_mut(&mut ty);
        let differentiable = (!is_skipped && !is_passive(&ty, &input.generics)).then(|| {
            let mut ty = without_references(&ty).clone();
            Static.visit_type_mut(&mut ty);
            ty
        });
        // In a tuple, what comes after a skipped field keeps its number.
        let is_absent = is_skipped && style == Style::Named;
        fields.push(Field { vis: field.vis.clone(), member, span: field.ty.span(), ty, differentiable, is_absent });
    }
    Ok(Variant { name: name.clone(), is_struct: !matches!(input.data, Data::Enum(_)), style, fields })
}

/// The tangent of a reference is that of the value.
fn without_references(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => without_references(&reference.elem),
        Type::Group(group) => without_references(&group.elem),
        Type::Paren(paren) => without_references(&paren.elem),
        other => other,
    }
}

/// Writes out `Self`, which means another type in the tangent.
struct WithoutSelf<'i>(&'i DeriveInput);

impl VisitMut for WithoutSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::Path(path) if path.path.is_ident("Self")) {
            let name = &self.0.ident;
            let (_, arguments, _) = self.0.generics.split_for_impl();
            *ty = syn::parse_quote!(#name #arguments);
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// A tangent owns its numbers: which borrow they are of does not matter.
struct Static;

impl VisitMut for Static {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'static", lifetime.span());
    }
}
