//! The options of `#[differentiable(…)]`.

use proc_macro2::{Span, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token};

/// What the attribute says.
pub(crate) struct Options {
    /// The arguments to differentiate, if not all.
    pub(crate) wrt: Option<Vec<Ident>>,
    /// The name of the companion struct, if not the function's.
    pub(crate) name: Option<Ident>,
    /// The path of the runtime crate.
    pub(crate) krate: Path,
}

enum Choice {
    Wrt(Vec<Ident>),
    Name(Ident),
    Krate(Path),
}

impl Parse for Choice {
    fn parse(input: ParseStream) -> syn::Result<Choice> {
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            return Path::parse_mod_style(input).map(Choice::Krate);
        }
        let option: Ident = input.parse()?;
        match option.to_string().as_str() {
            "wrt" => {
                let names;
                syn::parenthesized!(names in input);
                let names: Punctuated<Ident, Token![,]> = Punctuated::parse_terminated(&names)?;
                Ok(Choice::Wrt(names.into_iter().collect()))
            }
            "name" => {
                input.parse::<Token![=]>()?;
                input.parse().map(Choice::Name)
            }
            "aux" | "vjp" | "jvp" | "inherent" | "recursive" => {
                Err(syn::Error::new(option.span(), crate::diagnostics::not_yet(&format!("the option `{option}` is"), "leave it out")))
            }
            _ => Err(syn::Error::new(option.span(), format!("unknown option `{option}`: there are `wrt(…)`, `name = …` and `crate = …`"))),
        }
    }
}

impl Options {
    pub(crate) fn parse(attribute: TokenStream) -> syn::Result<Options> {
        let choices = Punctuated::<Choice, Token![,]>::parse_terminated.parse2(attribute)?;
        let mut options = Options { wrt: None, name: None, krate: syn::parse_quote!(::odyssey_runtime) };
        for choice in choices {
            match choice {
                Choice::Wrt(names) => options.wrt = Some(names),
                Choice::Name(name) => options.name = Some(name),
                Choice::Krate(path) => options.krate = absolute(path),
            }
        }
        Ok(options)
    }
}

/// `my_ad` as `::my_ad`, so that no local name can come between; `crate` and `self` stay as they are.
fn absolute(mut path: Path) -> Path {
    let first = &path.segments[0].ident;
    if first != "crate" && first != "self" && first != "super" && path.leading_colon.is_none() {
        path.leading_colon = Some(Token![::](Span::call_site()));
    }
    path
}
