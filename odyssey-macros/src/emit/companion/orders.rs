//! What rustc is told of the orders of derivatives that a function has, so that it tells who asks for more.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::visit::Visit;
use syn::ExprPath;

use super::Companion;
use crate::emit::call::path::companion_path;
use crate::emit::locate;
use crate::emit::names::at;
use crate::pushforward;

impl Companion<'_> {
    /// It takes gradients of others: its own can be differentiated if those can be twice. Who says `order = 3` says that they can.
    pub(super) fn depends_on_third_order(&self) -> bool {
        self.source.options.third.is_none() && !self.gradients_taken().is_empty()
    }

    /// The functions whose gradients it takes.
    fn gradients_taken(&self) -> Vec<ExprPath> {
        self.program.map(|program| pushforward::gradients_taken(&program.primal.body)).unwrap_or_default()
    }

    /// What rustc is told of second and third order.
    pub(super) fn orders(&self, name: &Ident) -> TokenStream {
        let krate = self.krate;
        let third = self.over_floats.unwrap_or(self).is_of_third_order();
        let third = third.then(|| quote!(impl<'__a> #krate::rt::OfThirdOrder<'__a> for #name {}));
        let second = self.depends_on_third_order().then(|| {
            let taken = self.gradients_taken();
            let taken = taken.iter().map(|function| self.outside(function).unwrap_or_else(|| self.some_function()));
            quote! {
                impl<'__a> #krate::rt::OfSecondOrder<'__a> for #name
                where
                    #(for<'__b> #taken: #krate::rt::OfThirdOrder<'__b>,)*
                {
                }
            }
        });
        quote!(#third #second)
    }

    /// A companion, outside of the body that names it, if it is the same one there.
    fn outside(&self, function: &ExprPath) -> Option<TokenStream> {
        let first = &function.path.segments.first()?.ident;
        let is_generic = crate::parse::generic_names(&self.source.item).contains(first);
        if is_generic || function.qself.is_some() || declares(&self.source.item.block, first) {
            return None;
        }
        let (companion, _) = companion_path(function, 0);
        Some(companion.to_token_stream())
    }

    /// In the place of one that cannot be named.
    pub(super) fn some_function(&self) -> TokenStream {
        let krate = self.krate;
        quote!(#krate::rt::SomeFunction)
    }

    /// What a function that says `order = 3` takes the gradients of, it says as well.
    pub(super) fn check_of_gradients(&self) -> TokenStream {
        if self.source.options.third.is_none() {
            return TokenStream::new();
        }
        let checks = self.gradients_taken().into_iter().map(|function| {
            let span = at(syn::spanned::Spanned::span(&function));
            let (krate, (companion, _)) = (locate(self.krate.to_token_stream(), span), companion_path(&function, 0));
            quote_spanned!(span=> #krate::rt::assert_of_third_order::<#companion>();)
        });
        checks.collect()
    }
}

/// An item inside of the block may give the name another meaning.
fn declares(block: &syn::Block, name: &Ident) -> bool {
    struct Items<'a>(&'a Ident, bool);
    impl Visit<'_> for Items<'_> {
        fn visit_item(&mut self, item: &syn::Item) {
            self.1 |= crate::parse::mentions(item.to_token_stream(), self.0);
            syn::visit::visit_item(self, item);
        }

        fn visit_use_glob(&mut self, _: &syn::UseGlob) {
            self.1 = true;
        }
    }
    let mut items = Items(name, false);
    items.visit_block(block);
    items.1
}
