//! What the derive knows about a struct.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Data, DeriveInput, Fields, Generics, Ident, Index, Lifetime, Member, Path, Type, Visibility};

use super::{attributes, generics};
use crate::parse::is_passive;

pub(super) struct Model {
    pub(super) krate: Path,
    pub(super) vis: Visibility,
    pub(super) name: Ident,
    /// As declared: for impls of the struct itself.
    pub(super) generics: Generics,
    /// The parameters that tangents mention, with the bounds that their types need.
    pub(super) tangent_generics: Generics,
    /// The same with the bounds that hide a missing derivative: for all items but `impl Differentiable`.
    pub(super) assumed_generics: Generics,
    /// Where the first type is that may turn out to have no derivative.
    pub(super) assumed: Option<Span>,
    /// Whether the bounds name types that may be more private than the struct.
    pub(super) has_private_bounds: bool,
    pub(super) style: Style,
    pub(super) fields: Vec<Field>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Named,
    Tuple,
    Unit,
}

/// A field that is not skipped.
pub(super) struct Field {
    pub(super) vis: Visibility,
    /// In the struct.
    pub(super) member: Member,
    /// In the tangent, where skipped fields are left out.
    pub(super) tangent_member: Member,
    /// As written, without `Self` and invisible groups.
    pub(super) ty: Type,
    /// The same type with lifetimes that do not tie the tangent to a borrow; `None` if it is passive by spelling.
    pub(super) differentiable: Option<Type>,
    pub(super) span: Span,
}

impl Model {
    pub(super) fn new(input: &DeriveInput) -> syn::Result<Model> {
        let krate = attributes::runtime_crate(&input.attrs)?;
        let (style, declared) = match &input.data {
            Data::Struct(data) => (style(&data.fields), &data.fields),
            Data::Enum(data) => return Err(refuse(data.enum_token.span, "an enum", "not supported yet")),
            Data::Union(data) => return Err(refuse(data.union_token.span, "a union", "not possible")),
        };
        let fields = fields(input, declared, style)?;
        let (tangent_generics, has_private_bounds) = generics::of_tangent(input, &krate, &fields);
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
            krate,
            vis: input.vis.clone(),
            name: input.ident.clone(),
            generics: input.generics.clone(),
            tangent_generics,
            has_private_bounds,
            style,
            fields,
        })
    }

    /// `MlpTangent`, `MlpPartial`: located at the user's name, but not the user's word.
    pub(super) fn companion(&self, suffix: &str) -> Ident {
        let span = self.name.span().resolved_at(Span::call_site());
        format_ident!("{}{suffix}", self.name, span = span)
    }

    /// The name of an argument that is not used where no field has a derivative.
    pub(super) fn argument(&self, name: &str) -> Ident {
        let is_used = self.fields.iter().any(|field| field.differentiable.is_some());
        if is_used {
            format_ident!("{name}")
        } else {
            format_ident!("_{name}")
        }
    }

    /// `struct Name<…> where … { fields }`.
    pub(super) fn define(&self, name: &Ident, fields: &[TokenStream]) -> TokenStream {
        let (vis, generics) = (&self.vis, &self.assumed_generics);
        let bounds = &generics.where_clause;
        let allow = self.has_private_bounds.then(|| quote!(#[allow(private_bounds)]));
        match self.style {
            Style::Named => quote!(#allow #vis struct #name #generics #bounds { #(#fields,)* }),
            Style::Tuple => quote!(#allow #vis struct #name #generics (#(#fields,)*) #bounds;),
            Style::Unit => quote!(#allow #vis struct #name #generics #bounds;),
        }
    }

    /// `{ member: value, … }`, which serves all styles; `()` for passive fields.
    pub(super) fn build(&self, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        let fields = self.fields.iter().map(|field| {
            let member = &field.tangent_member;
            let value = if field.differentiable.is_some() { value(field) } else { quote!(()) };
            quote!(#member: #value)
        });
        quote!({ #(#fields,)* })
    }
}

impl Field {
    /// `<T as Differentiable>::Item`, at the place of T.
    pub(super) fn projection(&self, krate: &Path, item: &str) -> TokenStream {
        let Some(ty) = &self.differentiable else {
            return quote!(());
        };
        let item = Ident::new(item, Span::call_site());
        quote_spanned!(self.span=> <#ty as #krate::rt::Differentiable>::#item)
    }

    /// `name: ` of a declaration, nothing in tuples.
    pub(super) fn declaration(&self) -> Option<TokenStream> {
        match &self.member {
            Member::Named(name) => Some(quote!(#name:)),
            Member::Unnamed(_) => None,
        }
    }

    /// `w`, `0`, as it is written.
    pub(super) fn written(&self) -> String {
        match &self.member {
            Member::Named(name) => name.to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }
}

fn refuse(span: Span, what: &str, why: &str) -> syn::Error {
    syn::Error::new(span, format!("`#[derive(Differentiable)]` on {what} is {why}\nhelp: derive it for structs, and leave {what} out with `#[differentiable(skip)]` or `#[no_grad]`"))
}

fn style(fields: &Fields) -> Style {
    match fields {
        Fields::Named(_) => Style::Named,
        Fields::Unnamed(_) => Style::Tuple,
        Fields::Unit => Style::Unit,
    }
}

fn fields(input: &DeriveInput, declared: &Fields, style: Style) -> syn::Result<Vec<Field>> {
    let mut fields = Vec::new();
    for (field, member) in declared.iter().zip(declared.members()) {
        if attributes::is_skipped(&field.attrs)? {
            continue;
        }
        let mut ty = field.ty.clone();
        WithoutSelf(input).visit_type_mut(&mut ty);
        let differentiable = (!is_passive(&ty, &input.generics)).then(|| {
            let mut ty = without_references(&ty).clone();
            Static.visit_type_mut(&mut ty);
            ty
        });
        let tangent_member = match style {
            Style::Tuple => Member::Unnamed(Index::from(fields.len())),
            _ => member.clone(),
        };
        fields.push(Field { vis: field.vis.clone(), member, tangent_member, span: field.ty.span(), ty, differentiable });
    }
    Ok(fields)
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
