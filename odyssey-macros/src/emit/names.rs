//! Names for values: the user's where there is one, unique in a function.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Ident;

use super::fragment::{binding_of, Binding};
use crate::ir::{Op, Value, ValueMap, Values};

/// The names given out so far.
#[derive(Clone)]
pub(super) struct Names {
    given: ValueMap<Ident>,
    taken: HashSet<String>,
    /// What the user's code means by a bare name that is not a variable: functions, modules, constants.
    foreign: HashSet<String>,
}

impl Names {
    /// Names that do not hide anything which `body` mentions.
    pub(super) fn new(body: TokenStream) -> Names {
        let mut foreign = HashSet::new();
        called(body, &mut foreign);
        Names { given: ValueMap::default(), taken: HashSet::new(), foreign }
    }

    /// The name of the variable of a value.
    pub(super) fn of(&mut self, value: Value, values: &Values, definition: Option<&Op>) -> Ident {
        if let Some(name) = self.given.get(&value) {
            return name.clone();
        }
        let info = &values[value];
        let name = match &info.name {
            Some(hint) => self.unique(hint),
            None => {
                let text = definition.map_or_else(|| "value".to_owned(), describe);
                self.unique(&Ident::new(&text, at(info.span)))
            }
        };
        self.given.insert(value, name.clone());
        name
    }

    /// Gives a value this name, or one made from it, unless it has one.
    pub(super) fn name_once(&mut self, value: Value, hint: &Ident) {
        if !self.given.contains_key(&value) {
            let name = self.unique(hint);
            self.given.insert(value, name);
        }
    }

    /// Gives a value a name from outside.
    pub(super) fn give(&mut self, value: Value, name: &Ident) {
        self.taken.insert(name.to_string());
        self.given.insert(value, name.clone());
    }

    /// The names of a closure, which may hide any name from around it but those it captures.
    pub(super) fn inner(&self, captured: &[Ident]) -> Names {
        let functions = crate::table::elementwise::names().map(str::to_owned);
        let taken = captured.iter().map(ToString::to_string).chain(functions).collect();
        Names { given: self.given.clone(), taken, foreign: self.foreign.clone() }
    }

    /// The names in use, to come back to where a scope ends.
    pub(super) fn scope(&self) -> HashSet<String> {
        self.taken.clone()
    }

    /// Frees the names that a scope has taken.
    pub(super) fn leave(&mut self, scope: HashSet<String>) {
        self.taken = scope;
    }

    /// The hint itself, or the hint with a number.
    pub(super) fn unique(&mut self, hint: &Ident) -> Ident {
        let text = hint.to_string();
        let text = text.strip_prefix("r#").unwrap_or(&text).to_owned();
        if !self.foreign.contains(&text) && self.taken.insert(text.clone()) {
            return hint.clone();
        }
        let number =
            (1..=self.taken.len() + 1).find(|n| !self.taken.contains(&format!("{text}_{n}"))).expect("one more than are taken");
        self.taken.insert(format!("{text}_{number}"));
        Ident::new(&format!("{text}_{number}"), at(hint.span()))
    }
}

/// The user's place in the text, seen as written by the macro: rustc points there, lints look away.
pub(super) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// The tokens, moved to a place of the user's; each name keeps its meaning.
pub(super) fn locate(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved = proc_macro2::Group::new(group.delimiter(), locate(group.stream(), span));
            moved.set_span(span.resolved_at(group.span()));
            TokenTree::Group(moved)
        }
        mut other => {
            let resolved = span.resolved_at(other.span());
            other.set_span(resolved);
            other
        }
    });
    moved.collect()
}

/// A name for a value that the user gave none.
fn describe(op: &Op) -> String {
    match op {
        Op::Length(_) => "len".to_owned(),
        Op::Elementwise(op, ..) => match op.row().name {
            "add" => "total".to_owned(),
            "sub" => "difference".to_owned(),
            "mul" => "product".to_owned(),
            "div" => "ratio".to_owned(),
            "neg" => "negative".to_owned(),
            // The bare name is the function's.
            name => format!("{name}_value"),
        },
        Op::Verbatim(verbatim) => match &verbatim.expr {
            expr @ syn::Expr::Binary(_) => (if binding_of(expr) == Binding::Loose { "condition" } else { "index" }).to_owned(),
            expr => asked(expr).unwrap_or_else(|| "value".to_owned()),
        },
        Op::Extent(_) => "extent".to_owned(),
        _ => "value".to_owned(),
    }
}

/// What a passive expression asks for: `x.nrows() as f64` is called `nrows`.
fn asked(expr: &syn::Expr) -> Option<String> {
    match expr {
        syn::Expr::MethodCall(e) => Some(e.method.to_string()),
        syn::Expr::Field(e) => match &e.member {
            syn::Member::Named(name) => Some(name.to_string()),
            syn::Member::Unnamed(_) => None,
        },
        syn::Expr::Cast(e) => asked(&e.expr),
        syn::Expr::Paren(e) => asked(&e.expr),
        syn::Expr::Path(e) => e.path.get_ident().map(ToString::to_string),
        syn::Expr::Call(e) => asked(&e.func),
        _ => None,
    }
}

/// Names before `(`, `::` or `!`, and those after nothing that binds them.
fn called(tokens: TokenStream, names: &mut HashSet<String>) {
    let mut previous: Option<Ident> = None;
    let mut after_dot = false;
    for token in tokens {
        let follows = match &token {
            TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Parenthesis,
            TokenTree::Punct(punct) => {
                punct.as_char() == ':' && punct.spacing() == proc_macro2::Spacing::Joint || punct.as_char() == '!'
            }
            _ => false,
        };
        if let (Some(name), true) = (&previous, follows) {
            names.insert(name.to_string());
        }
        previous = match &token {
            TokenTree::Ident(ident) if !after_dot => Some(ident.clone()),
            _ => None,
        };
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
        if let TokenTree::Group(group) = token {
            called(group.stream(), names);
        }
    }
}
