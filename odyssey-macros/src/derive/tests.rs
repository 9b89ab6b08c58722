use proc_macro2::TokenStream;
use syn::{Item, ItemEnum, ItemStruct};

use super::derive_differentiable;

fn items(input: &str) -> Vec<Item> {
    let output = derive_differentiable(input.parse().unwrap());
    syn::parse2::<syn::File>(output).unwrap().items
}

fn structure(input: &str, name: &str) -> ItemStruct {
    let found = items(input).into_iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no struct {name}"))
}

fn enumeration(input: &str, name: &str) -> ItemEnum {
    let found = items(input).into_iter().find_map(|item| match item {
        Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no enum {name}"))
}

fn text(tokens: impl quote::ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

fn same(tokens: impl quote::ToTokens, want: &str) {
    let squeeze = |text: String| text.replace(' ', "");
    assert_eq!(squeeze(text(tokens)), squeeze(text(want.parse::<TokenStream>().unwrap())));
}

#[test]
fn the_tangent_has_the_fields_and_visibilities_of_the_struct() {
    let tangent =
        structure("pub(crate) struct Mlp { pub w: Array2<f64>, n: usize, #[differentiable(skip)] act: Act }", "MlpTangent");
    same(&tangent.vis, "pub(crate)");
    let fields: Vec<_> = tangent.fields.iter().collect();
    assert_eq!(fields.len(), 2);
    same(&fields[0].vis, "pub");
    same(&fields[0].ty, "<Array2<f64> as ::odyssey_runtime::rt::Differentiable>::Tangent");
    same(&fields[1].ty, "()");
}

#[test]
fn parameters_that_no_tangent_mentions_are_dropped() {
    let tangent = structure(
        "struct S<'a, T, A: Into<T>, const N: usize> where A: Clone { x: [T; N], #[differentiable(skip)] a: &'a A }",
        "STangent",
    );
    same(&tangent.generics.params, "T, const N: usize");
    same(&tangent.generics.where_clause, "where [T; N]: ::odyssey_runtime::rt::Differentiable");
}

#[test]
fn a_tangent_owns_what_the_struct_borrows() {
    let tangent = structure("struct V<'a> { x: &'a Array1<f64>, y: ArrayView1<'a, f64> }", "VTangent");
    assert!(tangent.generics.params.is_empty());
    let types: Vec<_> = tangent.fields.iter().map(|field| text(&field.ty)).collect();
    assert!(!types[0].contains('&') && types[1].contains("'static"), "{types:?}");
}

#[test]
fn recursion_needs_no_bound_of_its_own() {
    let tangent = structure("struct L<T> { w: Array2<T>, next: Option<Box<Self>> }", "LTangent");
    same(&tangent.generics.where_clause, "where Array2<T>: ::odyssey_runtime::rt::Differentiable");
    same(&tangent.fields.iter().nth(1).unwrap().ty, "<Option<Box<L<T> > > as ::odyssey_runtime::rt::Differentiable>::Tangent");
}

#[test]
fn the_runtime_may_have_another_name() {
    let output = derive_differentiable("#[differentiable(crate = my_ad)] struct S(f64);".parse().unwrap());
    let output = output.to_string();
    assert!(output.contains(":: my_ad :: rt :: Differentiable") && !output.contains("odyssey_runtime"));
}

#[test]
fn the_tangent_of_an_enum_has_its_variants() {
    let input =
        "pub enum S<T> { A(T, u8, #[differentiable(skip)] Act), B { w: Array1<T>, #[differentiable(skip)] n: usize }, C }";
    let tangent = enumeration(input, "STangent");
    same(&tangent.vis, "pub");
    same(&tangent.generics.params, "T");
    let projection = |ty: &str| format!("<{ty} as ::odyssey_runtime::rt::Differentiable>::Tangent");
    let [a, b, c] = [0, 1, 2].map(|i| &tangent.variants[i]);
    let types: Vec<_> = a.fields.iter().map(|field| text(&field.ty).replace(' ', "")).collect();
    assert_eq!(types, [projection("T").replace(' ', ""), "()".to_owned(), "()".to_owned()]);
    assert_eq!(b.fields.iter().map(|field| field.ident.as_ref().unwrap().to_string()).collect::<Vec<_>>(), ["w"]);
    assert!(c.fields.is_empty());
    let partial = enumeration(input, "SPartial");
    assert_eq!(partial.variants.len(), 4);
}

#[test]
fn errors_say_what_is_wrong() {
    for (input, message) in [
        ("enum E {}", "`#[derive(Differentiable)]` on an enum without variants is not possible"),
        ("enum E { #[differentiable(skip)] A(f64) }", "unknown option: on a variant there is none"),
        ("union U { a: f64 }", "`#[derive(Differentiable)]` on a union is not possible"),
        ("struct S { #[differentiable(skop)] x: f64 }", "unknown option: on a field there is `skip`"),
        ("#[differentiable(skip)] struct S { x: f64 }", "unknown option: on a struct or an enum there is `crate = …`"),
    ] {
        let output = derive_differentiable(input.parse().unwrap()).to_string();
        assert!(output.contains("compile_error") && output.contains(message), "{output}");
    }
}
