//! The options of `#[differentiable(…)]`.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{token, ExprPath, Ident, LitInt, Path, Token};

/// What the attribute says.
#[derive(Clone)]
pub(crate) struct Options {
    /// The arguments to differentiate, if not all.
    pub(crate) wrt: Option<Vec<Ident>>,
    /// The name of the companion struct, if not the function's.
    pub(crate) name: Option<Ident>,
    /// Where the option `aux` stands: the first part of the result is differentiated, the others go along.
    pub(crate) aux: Option<Span>,
    /// A derivative that the user wrote.
    pub(crate) rule: Option<Rule>,
    /// The same for forward mode: what `f::jvp` would be.
    pub(crate) jvp: Option<ExprPath>,
    /// Where `order = 2` stands: the rule for forward mode is differentiable itself.
    pub(crate) order: Option<Span>,
    /// Where `order = 3` stands: derivatives of third order are compiled.
    pub(crate) third: Option<Span>,
    /// Calls itself, though its text does not show it.
    pub(crate) recursive: bool,
    /// Where `inherent` stands: the companions of a trait's methods are put into an inherent `impl`.
    pub(crate) inherent: Option<Span>,
    /// Where `skip` stands: a method of an annotated block that has no companions.
    pub(crate) skip: Option<Span>,
    /// The path of the runtime crate.
    pub(crate) krate: Path,
    /// With the companions of second order.
    pub(crate) is_twice: bool,
}

/// A hand-written derivative.
#[derive(Clone)]
pub(crate) enum Rule {
    /// Value and pullback: what `f::vjp` would be.
    Whole(ExprPath),
    /// The value with what is kept; then, from the arguments, the value, what was kept and a cotangent, the gradients.
    Halves(ExprPath, ExprPath),
}

enum Choice {
    Wrt(Span, Vec<Ident>),
    Name(Ident),
    Aux(Span),
    Vjp(Span, Rule),
    Jvp(Span, ExprPath),
    Order(Span),
    Third(Span),
    Recursive(Span),
    Inherent(Span),
    Skip(Span),
    Krate(Path),
}

impl Choice {
    /// The option's own name, and where to point at.
    fn name(&self) -> (&'static str, Span) {
        match self {
            Choice::Wrt(span, _) => ("wrt", *span),
            Choice::Name(name) => ("name", name.span()),
            Choice::Aux(span) => ("aux", *span),
            Choice::Vjp(span, _) => ("vjp", *span),
            Choice::Jvp(span, _) => ("jvp", *span),
            Choice::Order(span) | Choice::Third(span) => ("order", *span),
            Choice::Recursive(span) => ("recursive", *span),
            Choice::Inherent(span) => ("inherent", *span),
            Choice::Skip(span) => ("skip", *span),
            Choice::Krate(path) => ("crate", path.span()),
        }
    }
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
                if !input.peek(token::Paren) {
                    return Err(syn::Error::new(option.span(), "`wrt` takes the names of arguments: `wrt(x, y)`"));
                }
                let names;
                syn::parenthesized!(names in input);
                // `self` is an argument like others.
                let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&names, Ident::parse_any)?;
                Ok(Choice::Wrt(option.span(), names.into_iter().collect()))
            }
            "name" => {
                if !input.peek(Token![=]) {
                    return Err(syn::Error::new(option.span(), "`name` takes the name of the companion: `name = f_ad`"));
                }
                input.parse::<Token![=]>()?;
                input.parse().map(Choice::Name)
            }
            "aux" => Ok(Choice::Aux(option.span())),
            "recursive" => Ok(Choice::Recursive(option.span())),
            "vjp" => {
                if !input.peek(Token![=]) {
                    return Err(syn::Error::new(
                        option.span(),
                        "`vjp` takes a function: `vjp = my_vjp`, or two: `vjp = (my_forward, my_backward)`",
                    ));
                }
                input.parse::<Token![=]>()?;
                Rule::parse(input).map(|rule| Choice::Vjp(option.span(), rule))
            }
            "inherent" => Ok(Choice::Inherent(option.span())),
            "skip" => Ok(Choice::Skip(option.span())),
            "jvp" => {
                if !input.peek(Token![=]) {
                    return Err(syn::Error::new(option.span(), "`jvp` takes a function: `jvp = my_jvp`"));
                }
                input.parse::<Token![=]>()?;
                input.parse().map(|rule| Choice::Jvp(option.span(), rule))
            }
            "order" => {
                let order = input.parse::<Option<Token![=]>>()?.map(|_| input.parse::<LitInt>()).transpose()?;
                match order.map(|order| order.base10_parse::<u8>()) {
                    Some(Ok(2)) => Ok(Choice::Order(option.span())),
                    Some(Ok(3)) => Ok(Choice::Third(option.span())),
                    _ => Err(syn::Error::new(option.span(), "`order` is 2 or 3: `order = 2`")),
                }
            }
            _ => Err(syn::Error::new(
                option.span(),
                format!(
                    "unknown option `{option}`: there are `wrt(…)`, `aux`, `vjp = …`, `jvp = …`, `order = …`, `recursive`, `name = …` and `crate = …`"
                ),
            )),
        }
    }
}

impl Parse for Rule {
    fn parse(input: ParseStream) -> syn::Result<Rule> {
        if !input.peek(token::Paren) {
            return input.parse().map(Rule::Whole);
        }
        let halves;
        let parenthesis = syn::parenthesized!(halves in input);
        let halves: Vec<_> = Punctuated::<ExprPath, Token![,]>::parse_terminated(&halves)?.into_iter().collect();
        match <[ExprPath; 2]>::try_from(halves) {
            Ok([forward, backward]) => Ok(Rule::Halves(forward, backward)),
            Err(_) => Err(syn::Error::new(
                parenthesis.span.join(),
                "a rule in halves is two functions: `vjp = (my_forward, my_backward)`",
            )),
        }
    }
}

impl Options {
    /// What only a block, or a method in an annotated block, can say.
    pub(super) fn refuse_those_of_blocks(&self) -> syn::Result<()> {
        match (self.inherent, self.skip) {
            (Some(span), _) => Err(syn::Error::new(
                span,
                "`inherent` is for `impl Trait for Type` blocks, of traits that are not annotated\nhelp: remove it",
            )),
            (None, Some(span)) => Err(syn::Error::new(
                span,
                "`skip` is for a method in a block that is annotated as a whole\nhelp: remove `#[differentiable(skip)]`",
            )),
            (None, None) => Ok(()),
        }
    }

    /// What the attribute of a block says: all but the crate and `inherent` is its methods' own.
    pub(super) fn parse_of_block(attribute: TokenStream) -> syn::Result<Options> {
        let choices = Punctuated::<Choice, Token![,]>::parse_terminated.parse2(attribute.clone())?;
        for choice in &choices {
            if !matches!(choice, Choice::Krate(_) | Choice::Inherent(_)) {
                let (option, span) = choice.name();
                let text =
                    format!("`{option}` stands on a method of the block\nhelp: write `#[differentiable({option} …)]` there");
                return Err(syn::Error::new(span, text));
            }
        }
        Options::parse(attribute)
    }

    pub(crate) fn parse(attribute: TokenStream) -> syn::Result<Options> {
        Options::parse_in(attribute, syn::parse_quote!(::odyssey_runtime))
    }

    /// The same where the runtime has that path unless the attribute names another one.
    pub(super) fn parse_in(attribute: TokenStream, krate: Path) -> syn::Result<Options> {
        let choices = Punctuated::<Choice, Token![,]>::parse_terminated.parse2(attribute)?;
        refuse_twice(&choices)?;
        let mut options = Options {
            wrt: None,
            name: None,
            aux: None,
            rule: None,
            jvp: None,
            order: None,
            third: None,
            recursive: false,
            is_twice: cfg!(feature = "second-order"),
            inherent: None,
            skip: None,
            krate,
        };
        for choice in choices {
            match choice {
                Choice::Wrt(_, names) => options.wrt = Some(names),
                Choice::Name(name) => options.name = Some(name),
                Choice::Aux(span) => options.aux = Some(span),
                Choice::Vjp(_, rule) => options.rule = Some(rule),
                Choice::Jvp(_, rule) => options.jvp = Some(rule),
                Choice::Order(span) => options.order = Some(span),
                Choice::Third(span) => options.third = Some(span),
                Choice::Recursive(_) => options.recursive = true,
                Choice::Inherent(span) => options.inherent = Some(span),
                Choice::Skip(span) => options.skip = Some(span),
                Choice::Krate(path) => options.krate = absolute(path),
            }
        }
        Ok(options)
    }
}

/// The second of two equal options would hide the first.
fn refuse_twice(choices: &Punctuated<Choice, Token![,]>) -> syn::Result<()> {
    let mut seen = Vec::new();
    for choice in choices {
        let (option, span) = choice.name();
        if seen.contains(&option) {
            return Err(syn::Error::new(span, format!("the option `{option}` is given twice\nhelp: remove one")));
        }
        seen.push(option);
    }
    Ok(())
}

/// `my_ad` as `::my_ad`, so that no local name can come between; `crate` and `self` stay as they are.
fn absolute(mut path: Path) -> Path {
    let first = &path.segments[0].ident;
    if first != "crate" && first != "self" && first != "super" && path.leading_colon.is_none() {
        path.leading_colon = Some(Token![::](Span::call_site()));
    }
    path
}
