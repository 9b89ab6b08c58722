//! The variants of an enum and their fields; a struct is one variant.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Member, Path, Type, Visibility};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Named,
    Tuple,
    Unit,
}

pub(super) struct Variant {
    pub(super) name: Ident,
    pub(super) is_struct: bool,
    pub(super) style: Style,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    pub(super) vis: Visibility,
    pub(super) member: Member,
    /// As written, without `Self` and invisible groups.
    pub(super) ty: Type,
    /// The same type with lifetimes that do not tie the tangent to a borrow; `None` if it is skipped, or passive by
    /// spelling.
    pub(super) differentiable: Option<Type>,
    /// Whether the tangent leaves it out.
    pub(super) is_absent: bool,
    pub(super) span: Span,
}

impl Variant {
    /// The name in the companions: located at the user's, but not the user's word.
    pub(super) fn own_name(&self) -> Ident {
        let mut name = self.name.clone();
        name.set_span(name.span().resolved_at(Span::call_site()));
        name
    }

    /// What constructs it: `Head::Circle`, or `Head` for a struct.
    fn path(&self, head: &Ident) -> TokenStream {
        let name = self.own_name();
        if self.is_struct {
            quote!(#head)
        } else {
            quote!(#head::#name)
        }
    }

    /// The fields of the companions.
    pub(super) fn present(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.is_absent)
    }

    /// The fields that have a derivative.
    pub(super) fn active(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.differentiable.is_some())
    }

    /// `Head::Circle { 0: own_0, .. }`: a pattern that gives these fields names; it serves all styles.
    pub(super) fn pattern<'f>(&self, head: &Ident, prefix: &str, fields: impl Iterator<Item = &'f Field>) -> TokenStream {
        let path = self.path(head);
        let fields = fields.map(|field| {
            let (member, name) = (&field.member, field.bound(prefix));
            quote!(#member: #name)
        });
        quote!(#path { #(#fields,)* .. })
    }

    /// `Head::Circle { 0: value, … }`, which serves all styles; `()` for passive fields.
    pub(super) fn build(&self, head: &Ident, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        let path = self.path(head);
        let fields = self.present().map(|field| {
            let member = &field.member;
            let value = if field.differentiable.is_some() { value(field) } else { quote!(()) };
            quote!(#member: #value)
        });
        quote!(#path { #(#fields,)* })
    }

    /// `Head::Circle { 0: value, … }` with all fields.
    pub(super) fn build_whole(&self, head: &Ident, value: impl Fn(&Field) -> TokenStream) -> TokenStream {
        let path = self.path(head);
        let fields = self.fields.iter().map(|field| {
            let (member, value) = (&field.member, value(field));
            quote!(#member: #value)
        });
        quote!(#path { #(#fields,)* })
    }

    /// `pub name: <T as Differentiable>::Item`, documented; the fields of a variant have no visibility of their own.
    pub(super) fn declarations(&self, krate: &Path, projected: &str, in_enum: bool) -> Vec<TokenStream> {
        let declare = |field: &Field| {
            let (doc, ty) = (format!("{} of `{}`.", article(projected), field.written()), field.projection(krate, projected));
            let vis = (!in_enum).then_some(&field.vis);
            match &field.member {
                Member::Named(name) => quote!(#[doc = #doc] #vis #name: #ty),
                Member::Unnamed(_) => quote!(#[doc = #doc] #vis #ty),
            }
        };
        self.present().map(declare).collect()
    }
}

/// How the documentation calls a companion.
pub(super) fn article(projected: &str) -> &'static str {
    if projected == "Tangent" {
        "The tangent"
    } else {
        "What has arrived"
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

    /// `w`, `0`, as it is written.
    pub(super) fn written(&self) -> String {
        match &self.member {
            Member::Named(name) => name.to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// The same without `r#`.
    pub(super) fn name(&self) -> String {
        match &self.member {
            Member::Named(name) => name.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// The name that a pattern binds it to.
    pub(super) fn bound(&self, prefix: &str) -> Ident {
        format_ident!("{prefix}_{}", self.name(), span = self.span.resolved_at(Span::mixed_site()))
    }
}
