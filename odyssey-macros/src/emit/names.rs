//! Names for values: the user's where there is one, unique in a function.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Ident;

use super::fragment::{binding_of, Binding};
use crate::ir::{Op, Value, ValueMap, Values};
use crate::table::elementwise::Elementwise;

/// The names given out so far.
pub(super) struct Names {
    given: ValueMap<Ident>,
    taken: HashSet<String>,
    /// What is taken, in the order in which it was.
    log: Vec<String>,
    /// By text, the first number that may be free: all smaller ones are taken.
    numbers: HashMap<String, usize>,
    /// What the user's code means by a bare name that is not a variable: functions, modules, constants.
    foreign: Rc<HashSet<String>>,
    /// In the closure of a kernel, where the table's functions have their names.
    in_kernel: bool,
}

/// A point to come back to where a scope ends.
pub(super) struct Scope(usize);

/// The names around a kernel.
pub(super) struct Outer {
    given: usize,
    taken: HashSet<String>,
    log: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Names {
    /// Names that do not hide anything `foreign`.
    pub(super) fn new(foreign: Rc<HashSet<String>>) -> Names {
        Names {
            given: ValueMap::default(),
            taken: HashSet::new(),
            log: Vec::new(),
            numbers: HashMap::new(),
            foreign,
            in_kernel: false,
        }
    }

    /// The name of the variable of a value.
    pub(super) fn of(&mut self, value: Value, values: &Values, definition: Option<&Op>) -> Ident {
        if let Some(name) = self.given.get(&value) {
            return name.clone();
        }
        let name = self.unique(&Names::hint(value, values, definition));
        self.given.insert(value, name.clone());
        name
    }

    /// What a value would be called if all names were free.
    pub(super) fn hint(value: Value, values: &Values, definition: Option<&Op>) -> Ident {
        let info = &values[value];
        info.name.clone().unwrap_or_else(|| {
            let text = definition.map_or_else(|| "value".to_owned(), describe);
            Ident::new(&text, at(info.span))
        })
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
        self.take(name.to_string());
        self.given.insert(value, name.clone());
    }

    /// Gives a value another name than it had so far.
    pub(super) fn rename(&mut self, value: Value, name: &str) -> Ident {
        let span = self.given.get(&value).map_or_else(Span::call_site, Ident::span);
        let name = self.unique(&Ident::new(name, at(span)));
        self.given.insert(value, name.clone());
        name
    }

    /// Begins a closure, which may hide any name from around it but those it captures.
    pub(super) fn enter_kernel(&mut self, captured: &[Ident]) -> Outer {
        self.in_kernel = true;
        let outer = Outer {
            given: self.given.len(),
            taken: std::mem::take(&mut self.taken),
            log: std::mem::take(&mut self.log),
            numbers: std::mem::take(&mut self.numbers),
        };
        captured.iter().for_each(|name| {
            self.take(name.to_string());
        });
        outer
    }

    pub(super) fn leave_kernel(&mut self, outer: Outer) {
        self.in_kernel = false;
        self.given.truncate(outer.given);
        (self.taken, self.log, self.numbers) = (outer.taken, outer.log, outer.numbers);
    }

    /// The names in use, to come back to where a scope ends.
    pub(super) fn scope(&self) -> Scope {
        Scope(self.log.len())
    }

    /// Frees the names that a scope has taken.
    pub(super) fn leave(&mut self, scope: Scope) {
        for name in self.log.drain(scope.0..) {
            self.taken.remove(&name);
            let number = name.rsplit_once('_').and_then(|(text, number)| Some((text, number.parse::<usize>().ok()?)));
            if let Some((text, number)) = number {
                if let Some(first) = self.numbers.get_mut(text) {
                    *first = number.min(*first);
                }
            }
        }
    }

    /// The hint itself, or the hint with a number.
    pub(super) fn unique(&mut self, hint: &Ident) -> Ident {
        let text = hint.to_string();
        let text = text.strip_prefix("r#").unwrap_or(&text);
        if text == "self" {
            return self.unique(&Ident::new("this", at(hint.span())));
        }
        if !self.foreign.contains(text) && self.take(text.to_owned()) {
            return hint.clone();
        }
        let first = self.numbers.get(text).copied().unwrap_or(1);
        let mut numbers = first..=first + self.taken.len();
        let number = numbers.find(|number| self.take(format!("{text}_{number}"))).expect("one more than are taken");
        self.numbers.insert(text.to_owned(), number + 1);
        Ident::new(&format!("{text}_{number}"), at(hint.span()))
    }

    /// Takes a name; whether it was free.
    fn take(&mut self, name: String) -> bool {
        let is_function = self.in_kernel && Elementwise::find(&name).is_some();
        let is_free = !is_function && self.taken.insert(name.clone());
        if is_free {
            self.log.push(name);
        }
        is_free
    }
}

/// The user's place in the text, seen as written by the macro: rustc points there, lints look away.
pub(crate) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// Tokens of the user's that say the same wherever they are written.
pub(super) fn seen_as_ours(tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            token = proc_macro2::Group::new(group.delimiter(), seen_as_ours(group.stream())).into();
        }
        token.set_span(at(token.span()));
        token
    });
    moved.collect()
}

/// Arguments in their parentheses, as the user's own: what panics in the call then names the user's place as its own, as long as
/// the name that is called is the user's as well. What stands in the parentheses is not.
pub(super) fn given(arguments: TokenStream, span: Span) -> TokenTree {
    within(proc_macro2::Delimiter::Parenthesis, arguments, span)
}

/// The same of an index.
pub(super) fn at_index(index: TokenStream, span: Span) -> TokenTree {
    within(proc_macro2::Delimiter::Bracket, index, span)
}

fn within(delimiter: proc_macro2::Delimiter, tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = proc_macro2::Group::new(delimiter, tokens);
    group.set_span(span);
    TokenTree::Group(group)
}

/// The tokens, moved to a place of the user's; each name keeps its meaning.
pub(crate) fn locate(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved = proc_macro2::Group::new(group.delimiter(), locate(group.stream(), span));
            moved.set_span(span.resolved_at(group.span()));
            TokenTree::Group(moved)
        }
        mut other => {
            // A number means the same everywhere: lints that compare it with the text at that place look away.
            let is_literal = matches!(other, TokenTree::Literal(_));
            let resolved = if is_literal { at(span) } else { span.resolved_at(other.span()) };
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
        Op::OldShape(..) => "old_shape".to_owned(),
        Op::Field(_, crate::ir::FieldName::Named(name)) => name.to_string(),
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
        // A `let` with the name of a constant would be a pattern.
        syn::Expr::Path(e) => e.path.get_ident().map(ToString::to_string).filter(|name| !name.starts_with(char::is_uppercase)),
        syn::Expr::Call(e) => asked(&e.func),
        _ => None,
    }
}

/// Names before `(`, `::` or `!`, and those after nothing that binds them.
pub(super) fn called(tokens: TokenStream) -> HashSet<String> {
    let mut names = HashSet::new();
    collect_called(tokens, &mut names);
    names
}

fn collect_called(tokens: TokenStream, names: &mut HashSet<String>) {
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
            collect_called(group.stream(), names);
        }
    }
}
