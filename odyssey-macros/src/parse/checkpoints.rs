//! `#[checkpoint]` inside of a body: ours, and unknown to rustc.

use syn::visit_mut::VisitMut;
use syn::Attribute;

pub(crate) fn is_checkpoint(attribute: &Attribute) -> bool {
    attribute.path().is_ident("checkpoint")
}

/// Takes the attribute off everything in some code that it may stand on.
pub(crate) struct WithoutCheckpoints;

impl VisitMut for WithoutCheckpoints {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| !is_checkpoint(attribute));
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
