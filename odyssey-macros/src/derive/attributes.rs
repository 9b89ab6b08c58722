//! `#[differentiable(…)]` on a struct or an enum and on its fields.

use syn::{Attribute, Path};

/// What the attributes of the type say: the path of the runtime crate.
pub(super) fn runtime_crate(attributes: &[Attribute]) -> syn::Result<Path> {
    let mut krate = syn::parse_quote!(::odyssey_runtime);
    for attribute in ours(attributes) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("unknown option: on a struct or an enum there is `crate = …`"));
            }
            krate = absolute(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        })?;
    }
    Ok(krate)
}

/// Whether a field is left out.
pub(super) fn is_skipped(attributes: &[Attribute]) -> syn::Result<bool> {
    let mut skip = false;
    for attribute in ours(attributes) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("skip") {
                return Err(meta.error("unknown option: on a field there is `skip`"));
            }
            skip = true;
            Ok(())
        })?;
    }
    Ok(skip)
}

/// A variant has no options of its own.
pub(super) fn none_on_variant(attributes: &[Attribute]) -> syn::Result<()> {
    match ours(attributes).next() {
        Some(attribute) => Err(syn::Error::new_spanned(&attribute.meta, "unknown option: on a variant there is none")),
        None => Ok(()),
    }
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("differentiable"))
}

/// `my_ad` names a crate, whatever else has that name where the type stands.
fn absolute(mut path: Path) -> Path {
    let relative = path.segments.first().is_some_and(|first| ["crate", "self", "super"].iter().any(|word| first.ident == word));
    if !relative && path.leading_colon.is_none() {
        path.leading_colon = Some(<syn::Token![::]>::default());
    }
    path
}
