//! Lifetimes without a name.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{Generics, Lifetime, PathSegment, TypeReference};

use super::Argument;

/// Gives names to the lifetimes `'_` of the user's types: a pullback is given such a value a second time, and hands it
/// to pullbacks that have seen it before, with that very lifetime.
pub(super) fn name(arguments: &mut [Argument], generics: &mut Generics) {
    let mut naming = Naming { generics, in_own_type: false };
    for argument in arguments.iter_mut().filter(|argument| argument.receiver.is_none()) {
        naming.visit_type_mut(&mut argument.ty);
    }
}

/// Views are given again with any lifetime.
pub(crate) fn is_given_with_any_lifetime(segment: &PathSegment) -> bool {
    const PREFIXES: [&str; 4] = ["Array", "CowArray", "Vec", "Option"];
    let name = segment.ident.to_string();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

struct Naming<'a> {
    generics: &'a mut Generics,
    /// Inside of the arguments of a type that is the user's.
    in_own_type: bool,
}

impl VisitMut for Naming<'_> {
    fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
        let outside = std::mem::replace(&mut self.in_own_type, !is_given_with_any_lifetime(segment));
        visit_mut::visit_path_segment_mut(self, segment);
        self.in_own_type = outside;
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        // The lifetime of the reference itself is any.
        let outside = std::mem::replace(&mut self.in_own_type, false);
        if let Some(lifetime) = &mut reference.lifetime {
            self.visit_lifetime_mut(lifetime);
        }
        self.in_own_type = outside;
        self.visit_type_mut(&mut reference.elem);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" && self.in_own_type {
            let number = self.generics.lifetimes().count();
            *lifetime = Lifetime::new(&format!("'__borrowed_{number}"), lifetime.span().resolved_at(Span::call_site()));
            // Lifetimes come first.
            self.generics.params.insert(0, syn::parse_quote!(#lifetime));
        }
    }
}
