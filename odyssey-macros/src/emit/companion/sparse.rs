//! `sparse_jacobian` and `sparse_hessian`: by the colours of a pattern.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Generics, Lifetime};

use super::columns::Columns;
use super::signature::allowing_so_many;
use super::Companion;

impl Companion<'_> {
    /// The Jacobian for one argument of one dimension.
    pub(super) fn sparse_jacobian(&self) -> TokenStream {
        let signature = &self.source.signature;
        let is_forward = self.has_forward_mode() || self.source.is_declared;
        let Some(position) = signature.only_line().filter(|_| signature.has_jacobian() && is_forward) else {
            return TokenStream::new();
        };
        let matrix = match self.columns_of_jacobian() {
            Some(columns) => self.by_several_colours(position, &columns),
            None => self.by_colours(position, &self.tangent_along(position, &self.local("direction"))),
        };
        let doc = "The derivatives of each number of the result, all of them zero that the pattern leaves out.";
        self.sparse("sparse_jacobian", doc, &matrix, &self.vjp_bound())
    }

    /// The Hessian.
    pub(super) fn sparse_hessian(&self) -> TokenStream {
        let signature = &self.source.signature;
        let Some(position) = signature.only_line().filter(|_| signature.has_hessian()) else { return TokenStream::new() };
        let matrix = match self.columns_of_hessian() {
            Some(columns) => self.by_several_colours(position, &columns),
            None => self.by_colours(position, &self.curvature_along(&self.local("direction"))),
        };
        let doc = "The matrix of second derivatives, all of them zero that the pattern leaves out.";
        self.sparse("sparse_hessian", doc, &matrix, &self.with_second(&self.whole_scalar_bound()))
    }

    fn sparse(&self, name: &str, doc: &str, matrix: &TokenStream, bound: &TokenStream) -> TokenStream {
        let (here, vis, krate, ty) = (self.here(), self.vis(), self.krate, &self.tangents[0]);
        let (mut parameters, name, doc, sparsity) =
            (self.parameters(), self.companion(name), format!(" {doc}"), self.local("sparsity"));
        let lifetime = Lifetime::new("'__sparsity", Span::mixed_site());
        let mut generics: Generics = self.generics.clone();
        generics.params.insert(0, syn::parse_quote!(#lifetime));
        let (impl_generics, ..) = generics.split_for_impl();
        let first = usize::from(self.arguments().first().is_some_and(|argument| argument.receiver.is_some()));
        parameters.insert(first, quote!(#sparsity: &#lifetime #krate::sparse::Sparsity));
        let many = allowing_so_many(parameters.len());
        let number = quote_spanned!(here=> <#ty as #krate::rt::Entries>::Number);
        quote_spanned! {here=>
            #[doc = #doc]
            #[inline]
            #[track_caller]
            #many
            #vis fn #name #impl_generics (#(#parameters),*) -> #krate::sparse::SparseJacobian<#lifetime, #number> #bound {
                #matrix
            }
        }
    }

    fn by_several_colours(&self, position: usize, columns: &Columns<'_>) -> TokenStream {
        let (here, krate, x) = (self.here(), self.krate, &self.names()[position]);
        let [sparsity, directions] = ["sparsity", "directions"].map(|name| self.local(name));
        let (form, call) = (columns.form_of_the_last(), columns.call(&quote!((#directions,))));
        quote_spanned! {here=>
            #krate::rt::by_colours::<_, _, { #krate::rt::DIRECTIONS }>(
                #sparsity,
                #krate::rt::#form::zeros(&#krate::rt::zero_tangent(&#x)),
                |#directions| #call.1,
            )
        }
    }

    fn by_colours(&self, position: usize, tangent: &TokenStream) -> TokenStream {
        let (here, krate, x) = (self.here(), self.krate, &self.names()[position]);
        let [sparsity, direction] = ["sparsity", "direction"].map(|name| self.local(name));
        quote_spanned! {here=>
            #krate::rt::by_colours(
                #sparsity,
                #krate::rt::Separate::zeros(&#krate::rt::zero_tangent(&#x)),
                |#krate::rt::Separate([#direction])| #krate::rt::Separate([#tangent]),
            )
        }
    }
}
