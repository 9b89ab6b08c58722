//! The signature of a differentiated function: its arguments, and which of them are differentiated.

use proc_macro2::Span;
use syn::{FnArg, GenericParam, Generics, Ident, ItemFn, Pat, Receiver, ReturnType, Type};

use super::options::{Options, Rule};
use super::outcome::Outcome;
use super::passive::{is_passive, kind, ungroup};
use super::place::Place;
use crate::diagnostics::{not_yet, Diagnostics};
use crate::ir::Kind;

/// What a companion of the same name would hide.
const RESERVED: [&str; 9] = ["f32", "f64", "bool", "char", "str", "usize", "std", "core", "alloc"];

/// One argument.
#[derive(Clone)]
pub(crate) struct Argument {
    /// The user's name, or one made for a pattern.
    pub(crate) name: Ident,
    /// Of `self`: as it was written.
    pub(crate) receiver: Option<Receiver>,
    /// The pattern, if it is not just the name.
    pub(crate) pattern: Option<Pat>,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    pub(crate) differentiated: bool,
}

#[derive(Clone)]
pub(crate) struct Signature {
    pub(crate) arguments: Vec<Argument>,
    pub(crate) result: Type,
    pub(crate) result_kind: Kind,
    /// What the public companions make of it.
    pub(crate) outcome: Outcome,
}

impl Signature {
    /// Numbers and lines of numbers are differentiated, and the result is a line.
    pub(crate) fn has_jacobian(&self) -> bool {
        let is_argument = |kind: &Kind| kind.peel().is_scalar() || kind.is_line();
        !self.outcome.is_fallible()
            && self.outcome.aux.is_empty()
            && self.outcome.target_kind.is_line()
            && self.arguments.iter().all(|argument| !argument.kind.is_exclusive())
            && self.differentiated().all(|(_, argument)| is_argument(&argument.kind))
    }

    /// One line of numbers is differentiated, and the result may be a number.
    pub(crate) fn has_hessian(&self) -> bool {
        self.only_line().is_some()
            && !self.outcome.is_fallible()
            && self.outcome.may_be_scalar()
            && self.arguments.iter().all(|argument| !argument.kind.is_exclusive())
    }

    /// The position of the differentiated argument, if there is one and it is a line.
    pub(crate) fn only_line(&self) -> Option<usize> {
        let mut differentiated = self.differentiated();
        let (Some((position, argument)), None) = (differentiated.next(), differentiated.next()) else { return None };
        argument.kind.is_line().then_some(position)
    }

    /// The positions of the differentiated arguments.
    pub(crate) fn differentiated(&self) -> impl Iterator<Item = (usize, &Argument)> {
        self.arguments.iter().enumerate().filter(|(_, argument)| argument.differentiated)
    }
}

/// The type behind `->`.
pub(crate) fn result_type(output: &ReturnType) -> Type {
    match output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}

pub(super) fn read(item: &ItemFn, place: Place, scope: &Generics, options: &Options, diagnostics: &mut Diagnostics) -> Signature {
    check_qualifiers(item, diagnostics);
    check_name(item, place, diagnostics);
    if options.rule.is_none() {
        check_generics(scope, diagnostics);
    }
    if let (Some(aux), true) = (options.aux, options.rule.is_some() || options.jvp.is_some()) {
        let text = not_yet("`aux` beside a rule is", "remove it: the rule gives or takes the tangent of the whole result");
        diagnostics.error_at(aux, text);
    }
    let arguments: Vec<_> = item.sig.inputs.iter().enumerate().map(|(i, arg)| argument(i, arg, scope, diagnostics)).collect();
    let result = result_type(&item.sig.output);
    let outcome = Outcome::of(&result, options.aux, scope, diagnostics);
    let mut signature = Signature { result_kind: kind(&result, scope), result, outcome, arguments };
    apply_wrt(&mut signature, item, options, diagnostics);
    signature.differentiated().for_each(|(_, argument)| check_mutable_view(&argument.ty, diagnostics));
    check_count(&signature, diagnostics);
    check_result(&signature, item, scope, diagnostics);
    let changes = signature.arguments.iter().any(|argument| argument.kind.is_exclusive());
    if let (Some(Rule::Whole(rule)), true) = (&options.rule, changes) {
        diagnostics.error(rule, "a rule for a function with `&mut` arguments comes in halves: the first one changes them as the function does\nhelp: `vjp = (my_forward, my_backward)`");
    }
    if let (Some(third), true) = (options.third, options.rule.is_some()) {
        diagnostics.error_at(third, not_yet("third order of a function with a rule is", "remove `order`"));
    }
    if let (Some(third), true) = (options.third, place.is_of_trait()) {
        let way_out = "write it in an `impl` of the type itself, or as a function";
        diagnostics.error_at(third, not_yet("third order of a method of a trait is", way_out));
    }
    if let Some(order) = options.order {
        check_order(order, options, diagnostics);
    }
    if diagnostics.len() == 0 && signature.differentiated().next().is_none() {
        diagnostics.error(&item.sig.ident, nothing_to_differentiate(&signature, scope));
    }
    signature
}

/// Gradients are a tuple, and the standard library's tuples of more than twelve have neither `Debug` nor `==`.
fn check_count(signature: &Signature, diagnostics: &mut Diagnostics) {
    const MOST: usize = 12;
    if let Some((_, argument)) = signature.differentiated().nth(MOST) {
        let text = "the gradients of more than twelve arguments would be a tuple that cannot be printed or compared\nhelp: put some of the arguments into a struct with `#[derive(Differentiable)]`, or leave some out by `wrt(…)`";
        diagnostics.error(&argument.ty, text);
    }
}

/// What a rule that is differentiable itself may belong to.
fn check_order(order: Span, options: &Options, diagnostics: &mut Diagnostics) {
    if options.jvp.is_none() {
        let text = "`order = 2` says that the rule for `jvp` is differentiable itself, and there is none\nhelp: name one, `jvp = my_jvp`; without a rule, remove `order`: what is compiled is differentiated twice anyway";
        diagnostics.error_at(order, text.to_owned());
    }
}

/// Why no argument is differentiated.
fn nothing_to_differentiate(signature: &Signature, scope: &Generics) -> &'static str {
    let holds_floats = |argument: &Argument| !is_passive(&argument.ty, scope);
    if signature.arguments.iter().any(holds_floats) {
        "nothing to differentiate: every argument that holds a float is left out by `#[no_grad]`\nhelp: remove `#[differentiable]`, or one of the `#[no_grad]`"
    } else {
        "nothing to differentiate: no argument of this function holds a float by its type\nhelp: remove `#[differentiable]`, or give an argument a type that is `Differentiable`"
    }
}

/// A literal in a rule is written in the function's float type: there can be one.
fn check_generics(scope: &Generics, diagnostics: &mut Diagnostics) {
    let is_float = |ident: &Ident| kind(&syn::parse_quote!(#ident), scope) == Kind::Scalar;
    if let Some(second) = scope.type_params().filter(|param| is_float(&param.ident)).nth(1) {
        diagnostics.error(&second.ident, not_yet("a second float type parameter is", "use one for all floats"));
    }
}

fn check_qualifiers(item: &ItemFn, diagnostics: &mut Diagnostics) {
    let sig = &item.sig;
    if let Some(token) = &sig.asyncness {
        diagnostics.error(token, "an `async` function has no derivative: its body runs in pieces\nhelp: differentiate the computation in a plain function and call that one");
    }
    if let Some(token) = &sig.unsafety {
        diagnostics.error(
            token,
            "an `unsafe` function is not differentiated: generated code never is `unsafe`\nhelp: annotate a safe wrapper",
        );
    }
    if let Some(token) = &sig.variadic {
        diagnostics.error(token, "a variadic function has no derivative\nhelp: take the arguments as a slice");
    }
}

fn check_name(item: &ItemFn, place: Place, diagnostics: &mut Diagnostics) {
    let sig = &item.sig;
    let companion = sig.ident.to_string();
    if place == Place::Module && RESERVED.contains(&companion.as_str()) {
        diagnostics.error(&sig.ident, format!("a companion named `{companion}` would hide the `{companion}` of the language\nhelp: name it otherwise: `#[differentiable(name = {companion}_ad)]`"));
    }
}

fn argument(index: usize, arg: &FnArg, scope: &Generics, diagnostics: &mut Diagnostics) -> Argument {
    let (attributes, ty) = (
        attributes(arg),
        match arg {
            FnArg::Receiver(receiver) => &receiver.ty,
            FnArg::Typed(typed) => &typed.ty,
        },
    );
    let no_grad = attributes.iter().any(|attribute| attribute.path().is_ident("no_grad"));
    if let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        diagnostics.error(attribute, "`#[cfg]` on an argument cannot be evaluated by a macro\nhelp: put it on the function");
    }
    let ty = ungroup(ty).clone();
    let passive = is_passive(&ty, scope);
    if let Type::ImplTrait(_) = &ty {
        if !passive {
            diagnostics.error(&ty, not_yet("`impl Trait` arguments are", "name the type with a type parameter"));
        }
    }
    let pattern = pattern(arg);
    let name = match &pattern {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => pattern.ident.clone(),
        pattern => Ident::new(&format!("argument_{index}"), syn::spanned::Spanned::span(pattern)),
    };
    let is_plain = matches!(&pattern, Pat::Ident(p) if p.subpat.is_none() && p.mutability.is_none() && p.by_ref.is_none());
    Argument {
        name,
        receiver: match arg {
            FnArg::Receiver(receiver) => Some(receiver.clone()),
            FnArg::Typed(_) => None,
        },
        pattern: (!is_plain).then_some(pattern),
        kind: kind(&ty, scope),
        ty,
        differentiated: !passive && !no_grad,
    }
}

/// A view to be changed, by value or by `&mut`: neither can it be copied nor is its tangent such a view.
fn check_mutable_view(ty: &Type, diagnostics: &mut Diagnostics) {
    let viewed = match ty {
        Type::Reference(reference) if reference.mutability.is_some() => ungroup(&reference.elem),
        other => other,
    };
    let Type::Path(path) = viewed else { return };
    if path.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with("ArrayViewMut")) {
        let text = not_yet("an `ArrayViewMut` as a differentiated argument is", "take a `&mut Array…`, or a `&mut [f64]`");
        diagnostics.error(ty, text);
    }
}

fn attributes(arg: &FnArg) -> &[syn::Attribute] {
    match arg {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}

/// The pattern of an argument; `self` is a name like others.
fn pattern(arg: &FnArg) -> Pat {
    match arg {
        FnArg::Receiver(receiver) => Pat::Ident(syn::PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: receiver.mutability.filter(|_| receiver.reference.is_none()),
            ident: Ident::new("self", receiver.self_token.span),
            subpat: None,
        }),
        FnArg::Typed(typed) => (*typed.pat).clone(),
    }
}

fn apply_wrt(signature: &mut Signature, item: &ItemFn, options: &Options, diagnostics: &mut Diagnostics) {
    let Some(wrt) = &options.wrt else { return };
    for attributes in item.sig.inputs.iter().map(attributes) {
        if let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("no_grad")) {
            diagnostics
                .error(attribute, "`#[no_grad]` beside `wrt(…)`: one of them says what is differentiated\nhelp: remove one");
        }
    }
    for name in wrt {
        match signature.arguments.iter().find(|argument| argument.name == *name && is_binding(argument)) {
            None => {
                diagnostics.error(name, unknown_argument(name, signature));
            }
            Some(argument) if !argument.differentiated => {
                diagnostics.error(
                    name,
                    format!("`{name}` holds no float by its type: it has no derivative\nhelp: remove it from `wrt(…)`"),
                );
            }
            Some(_) => {}
        }
    }
    if wrt.is_empty() {
        diagnostics.error_at(
            item.sig.ident.span(),
            "`wrt()` names no argument\nhelp: name the arguments to differentiate, or remove it to differentiate all",
        );
    }
    for argument in &mut signature.arguments {
        argument.differentiated &= wrt.contains(&argument.name);
    }
}

/// What there is instead of an argument of that name.
fn unknown_argument(name: &Ident, signature: &Signature) -> String {
    let (plain, patterns): (Vec<_>, Vec<_>) = signature.arguments.iter().partition(|argument| is_binding(argument));
    let names: Vec<_> = plain.iter().map(|argument| format!("`{}`", argument.name)).collect();
    let mut text = format!("`{name}` is not an argument of this function");
    if !names.is_empty() {
        text.extend(["; there are ", &names.join(", ")]);
    }
    if !patterns.is_empty() {
        text.push_str("\nhelp: `wrt(…)` names plain arguments; leave others out with `#[no_grad]`");
    }
    text
}

/// A name, not a pattern that takes the argument apart.
fn is_binding(argument: &Argument) -> bool {
    matches!(argument.pattern, None | Some(Pat::Ident(_)))
}

fn check_result(signature: &Signature, item: &ItemFn, scope: &Generics, diagnostics: &mut Diagnostics) {
    let outcome = &signature.outcome;
    let changes = signature.differentiated().any(|(_, argument)| argument.kind.is_exclusive());
    if is_passive(&outcome.target, scope) && !changes {
        diagnostics.error(&item.sig, "nothing to differentiate: the result of this function holds no float by its type\nhelp: remove `#[differentiable]`, or return what depends on the arguments");
        return;
    }
    match &outcome.value {
        Type::ImplTrait(_) => {
            diagnostics.error(&outcome.value, "an `impl Trait` result has no tangent that could be named\nhelp: write the type");
        }
        Type::Reference(_) => diagnostics.error(&outcome.value, not_yet("borrowed results are", "return an owned value")),
        _ => {}
    }
}

/// The names of the type and const parameters, in order, as a caller would write them.
pub(crate) fn generic_names(item: &ItemFn) -> Vec<Ident> {
    names_of(&item.sig.generics)
}

/// The same of any generics.
pub(crate) fn names_of(generics: &Generics) -> Vec<Ident> {
    generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.clone()),
            GenericParam::Const(param) => Some(param.ident.clone()),
            GenericParam::Lifetime(_) => None,
        })
        .collect()
}
