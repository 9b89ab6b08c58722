use proc_macro2::TokenStream;
use syn::{Item, ItemStruct};

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
fn errors_say_what_is_wrong() {
    for (input, message) in [
        ("enum E { A(f64) }", "`#[derive(Differentiable)]` on an enum is not supported yet"),
        ("union U { a: f64 }", "`#[derive(Differentiable)]` on a union is not possible"),
        ("struct S { #[differentiable(skop)] x: f64 }", "unknown option: on a field there is `skip`"),
        ("#[differentiable(skip)] struct S { x: f64 }", "unknown option: on a struct there is `crate = …`"),
    ] {
        let output = derive_differentiable(input.parse().unwrap()).to_string();
        assert!(output.contains("compile_error") && output.contains(message), "{output}");
    }
}
