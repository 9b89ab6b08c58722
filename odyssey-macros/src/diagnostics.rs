//! Errors are collected a stage at a time and reported together, each at the user's tokens.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one stage.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<(Span, TokenStream, String)>,
}

impl Diagnostics {
    /// Reports `what` at `tokens`, with the reason and the way out in the same text.
    pub(crate) fn error(&mut self, tokens: &impl ToTokens, what: impl Into<String>) {
        let tokens = tokens.to_token_stream();
        let span = tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
        self.errors.push((span, tokens, what.into()));
    }

    /// Reports at a span, for what has no tokens of its own.
    pub(crate) fn error_at(&mut self, span: Span, what: impl Into<String>) {
        self.errors.push((span, TokenStream::new(), what.into()));
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.errors.truncate(len);
    }

    /// The gate between two stages: all errors so far, or none.
    pub(crate) fn propagate(self) -> syn::Result<()> {
        let errors = self.errors.into_iter().map(|(span, tokens, what)| {
            if tokens.is_empty() {
                syn::Error::new(span, what)
            } else {
                syn::Error::new_spanned(tokens, what)
            }
        });
        match errors.reduce(|mut all, error| {
            all.combine(error);
            all
        }) {
            Some(all) => Err(all),
            None => Ok(()),
        }
    }
}

/// The text of an error about a construct that a later version will differentiate.
pub(crate) fn not_yet(construct: &str, way_out: &str) -> String {
    format!("{construct} not supported yet\nhelp: {way_out}")
}
