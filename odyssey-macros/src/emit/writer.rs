//! Values as expressions.

use std::rc::Rc;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Expr, Ident, Path};

use super::control::count_of_directions;
use super::fragment::{Binding, Fragment};
use super::kernel::Form;
use super::layout::Layout;
use super::names::{at, at_index, given, locate, Names};
use super::place::is_positioned;
use super::quoted::Quotes;
use super::wants::Guards;
use crate::expressions::Expressions;
use crate::ir::{Copying, FieldName, Kind, Listing, Op, Value, ValueSet, Values};

/// Writes the body of one function.
pub(super) struct Writer<'a> {
    pub(super) values: &'a Values,
    pub(super) layout: Layout,
    pub(super) names: Names,
    /// The runtime's path.
    pub(super) krate: &'a Path,
    /// `krate::rt::`, and what its names are resolved like.
    pub(super) prefix: Vec<TokenTree>,
    pub(super) krate_at: Span,
    /// In a function over a float parameter: the path of that parameter, in whose type literals are written.
    pub(super) float: Option<TokenStream>,
    /// All floats of the signature are `f32`.
    pub(super) is_single: bool,
    /// Which gradients the caller may leave out.
    pub(super) guards: Guards,
    /// How the code leaves the function early with a failure, where that is not `return`.
    pub(super) failure: Option<Failure>,
    /// The function's result, where it is given again: by reference.
    pub(super) lent: Option<Value>,
    /// The code makes a pullback that outlives what it borrows.
    pub(super) is_for_callers: bool,
    /// The place of the statement at hand.
    pub(super) at: usize,
    /// The variables that have been moved, or have given their memory back.
    pub(super) moved: ValueSet,
    /// The user's expressions, and those that the body may panic at.
    pub(super) expressions: Rc<Expressions>,
    pub(super) quotes: Quotes,
    /// Writes the element of a kernel, in that form.
    pub(super) kernel_form: Option<Form>,
}

/// A failure leaves a block with this label, with the failed result and nothing kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Err,
    None,
}

impl Failure {
    /// The label of the block.
    pub(super) fn label() -> syn::Lifetime {
        syn::Lifetime::new("'body", Span::mixed_site())
    }
}

impl Writer<'_> {
    /// `rt::name`.
    pub(super) fn rt(&self, name: &str, span: Span) -> TokenStream {
        let (krate, here) = (span.resolved_at(self.krate_at), at(span));
        let mut tokens = self.prefix.clone();
        tokens.iter_mut().for_each(|token| token.set_span(krate));
        tokens.push(Ident::new(name, here).into());
        tokens.into_iter().collect()
    }

    /// `rt::name(arguments)`, as the user's own call: rustc says of what panics in there that it panics at the user's expression.
    pub(super) fn runtime_call(&mut self, name: &str, arguments: TokenStream, span: Span) -> TokenStream {
        let span = self.quoted_place(span);
        let (function, arguments) = (self.users(name, span), given(arguments, span));
        quote!(#function #arguments)
    }

    /// `rt::name::rule(arguments)`, likewise.
    pub(super) fn rule_call(&mut self, name: &str, rule: &str, arguments: TokenStream, span: Span) -> TokenStream {
        let span = self.quoted_place(span);
        let (function, rule, arguments) = (self.users(name, span), Ident::new(rule, span), given(arguments, span));
        let colons = quote_spanned!(span=> ::);
        quote!(#function #colons #rule #arguments)
    }

    /// `rt::name`, as if the user had written it.
    pub(super) fn users(&self, name: &str, span: Span) -> TokenStream {
        let mut tokens = self.prefix.clone();
        tokens.iter_mut().for_each(|token| token.set_span(span));
        tokens.push(Ident::new(name, span).into());
        tokens.into_iter().collect()
    }

    pub(super) fn name(&mut self, value: Value) -> Ident {
        let root = self.layout.variable(value);
        self.names.of(root, self.values, self.layout.definition(root))
    }

    /// Is there only if it is wanted. What is written in place stands behind the guard of what reads it.
    pub(super) fn is_guarded(&self, value: Value) -> bool {
        self.guards.is_guarded(value) && !self.layout.is_inline(value)
    }

    fn span(&self, value: Value) -> Span {
        at(self.values[value].span)
    }

    /// The value, where it is read.
    pub(super) fn expr(&mut self, value: Value) -> Fragment {
        if self.layout.is_inline(value) {
            let op = self.layout.definition(value).expect("defined by an operation").clone();
            return self.render(&op, value);
        }
        let name = self.name(value);
        if self.is_guarded(value) {
            let given = self.rt("given", self.values[value].span);
            // A generic float has no operators on references.
            return if self.values[value].kind.is_scalar() {
                Fragment::new(quote!(*#given(&#name)), Binding::Prefix)
            } else {
                Fragment::tight(quote!(#given(&#name)))
            };
        }
        Fragment::tight(quote!(#name))
    }

    /// A reference to the value.
    pub(super) fn reference(&mut self, value: Value) -> TokenStream {
        if self.is_guarded(value) && !self.values[value].kind.is_scalar() {
            return self.expr(value).tokens;
        }
        match (&self.values[value].kind, self.layout.is_inline(value)) {
            (Kind::Reference(_), false) => self.expr(value).tokens,
            (Kind::Reference(_), true) if matches!(self.layout.definition(value), Some(Op::Verbatim(_))) => {
                self.expr(value).tokens
            }
            _ => match self.layout.definition(value) {
                Some(Op::Reference(_)) if self.layout.is_inline(value) => self.expr(value).tokens,
                Some(Op::Dereference(inner))
                    if self.layout.is_inline(value) && !matches!(self.values[*inner].kind, Kind::Boxed(_)) =>
                {
                    let inner = *inner;
                    self.expr(inner).tokens
                }
                _ => self.expr(value).reference(),
            },
        }
    }

    /// A shared reference, where no parameter's type makes one of a `&mut`.
    pub(super) fn shared_reference(&mut self, value: Value) -> TokenStream {
        let exclusive = match self.layout.definition(value) {
            Some(Op::Dereference(inner)) if self.layout.is_inline(value) => self.values[*inner].kind.is_exclusive(),
            _ => false,
        };
        let reference = self.reference(value);
        if exclusive {
            quote!(&*#reference)
        } else {
            reference
        }
    }

    /// To give it away, the value would have to be copied.
    pub(super) fn is_kept(&self, value: Value) -> bool {
        let is_copy = self.values[value].kind.is_copy();
        !is_copy && !self.layout.is_inline(value) && !self.layout.is_last_use(value, self.at) && !self.is_guarded(value)
    }

    /// The value itself, given away: moved where it is read for the last time, copied where it is not.
    pub(super) fn consume(&mut self, value: Value) -> Fragment {
        let is_copy = self.values[value].kind.is_copy();
        if self.layout.is_inline(value) {
            let is_part = matches!(self.layout.definition(value), Some(Op::Field(..) | Op::Index(..) | Op::Dereference(_)));
            if self.is_moved(value) {
                return self.owned(value);
            }
            let fragment = self.expr(value);
            return if is_part && !is_copy { self.clone_of(&fragment, value) } else { fragment };
        }
        let is_last = self.layout.is_last_use(value, self.at);
        if self.is_guarded(value) {
            let (given, name) = (self.rt("given", self.values[value].span), self.name(value));
            return if is_last {
                self.moved.insert(self.layout.variable(value));
                Fragment::tight(quote!(#given(#name)))
            } else {
                self.clone_of(&Fragment::tight(quote!(#given(&#name))), value)
            };
        }
        let fragment = self.expr(value);
        if self.lent == Some(value) && !is_copy {
            let place = fragment.at_least(Binding::Prefix);
            return self.clone_of(&Fragment::new(quote!(*#place), Binding::Prefix), value);
        }
        if is_last && !is_copy {
            self.moved.insert(self.layout.variable(value));
        }
        if is_copy || is_last {
            fragment
        } else {
            self.clone_of(&fragment, value)
        }
    }

    /// `rt::copied!(x)`, or `x.clone()` of what owns no memory that the runtime gives.
    pub(super) fn clone_of(&self, place: &Fragment, value: Value) -> Fragment {
        let varies = self.values[value].active || !self.values[value].wanted.is_empty() || self.values.tangents.contains(&value);
        if !varies && !matches!(self.values[value].kind, Kind::Array(_) | Kind::Sequence(_)) {
            // What passive code gives may be of a type that only the call says that it is given to: no method of it is known yet.
            if matches!(self.layout.definition(value), Some(Op::Verbatim(code)) if matches!(code.expr, Expr::MethodCall(_))) {
                let (span, reference) = (self.values[value].span, place.reference());
                return Fragment::tight(quote_spanned!(at(span)=> ::core::clone::Clone::clone(#reference)));
            }
            let receiver = place.receiver();
            return Fragment::tight(quote!(#receiver.clone()));
        }
        let (copied, place) = (self.rt("copied", self.values[value].span), &place.tokens);
        Fragment::tight(quote!(#copied!(#place)))
    }

    /// An array where it was moved out of, with another type than in the user's code.
    fn is_moved(&self, value: Value) -> bool {
        self.layout.is_inline(value) && matches!(self.layout.definition(value), Some(Op::Copy(Copying::Moved, _)))
    }

    /// The value with the type that it has in the user's code, to be looked at by it.
    pub(super) fn owned(&mut self, value: Value) -> Fragment {
        let fragment = self.expr(value);
        if !self.is_moved(value) {
            return fragment;
        }
        let array = fragment.receiver();
        Fragment::tight(quote!(#array.to_owned()))
    }

    /// An operation as an expression.
    pub(super) fn render(&mut self, op: &Op, out: Value) -> Fragment {
        let (span, place) = (self.span(out), self.values[out].span);
        match op {
            Op::Literal(number) => self.literal(number, span),
            Op::Verbatim(verbatim) => self.verbatim(verbatim),
            Op::Elementwise(op, operands, parameters) => self.elementwise(*op, operands, parameters, span),
            Op::Reference(x) => Fragment::new(self.owned(*x).reference(), Binding::Prefix),
            Op::Boxed(x) => {
                let x = self.consume(*x).tokens;
                Fragment::tight(quote_spanned!(span=> ::std::boxed::Box::new(#x)))
            }
            Op::Dereference(x) => {
                let inner = self.expr(*x).at_least(Binding::Prefix);
                Fragment::new(quote_spanned!(span=> *#inner), Binding::Prefix)
            }
            Op::Copy(how, x) => self.copy(*how, *x, span),
            Op::Field(base, name) => {
                let base = self.expr(*base).receiver();
                let member = member(name);
                Fragment::tight(locate(quote!(#base.#member), self.values[out].span))
            }
            Op::Index(base, index) => {
                let (base, index) = (self.expr(*base).receiver(), self.expr(*index).tokens);
                let index = at_index(index, place);
                Fragment::tight(quote!(#base #index))
            }
            Op::View(base, method, args) if is_positioned(method) => {
                let base = self.reference(*base);
                let args: Vec<_> = args.iter().map(|v| self.expr(*v).tokens).collect();
                Fragment::tight(self.runtime_call(&method.to_string(), quote_spanned!(span=> #base, #(#args),*), place))
            }
            Op::View(base, method, args) => {
                let base = self.expr(*base).receiver();
                let args: Vec<_> = args.iter().map(|v| self.expr(*v).tokens).collect();
                let args = given(quote_spanned!(span=> #(#args),*), method.span());
                Fragment::tight(quote_spanned!(span=> #base.#method #args))
            }
            Op::List(Listing::Concatenation, elements) => self.joined("concatenate", elements, place),
            Op::List(Listing::Stack, elements) => self.joined("stack", elements, place),
            Op::List(how, elements) => self.list(*how, elements),
            Op::JoinedPart { cotangent, axis, parts, stacked } => self.joined_part(*cotangent, *axis, parts, *stacked, span),
            Op::Construct(path, fields, rest) => self.construct(path, fields, *rest),
            Op::Unwrap(..) | Op::IntoParts(..) | Op::Okay(_) | Op::Try(..) | Op::Payload(..) => self.optional(op, span),
            Op::Snapshot(x) => self.snapshot(*x, out),
            Op::Common(x) => {
                let (common, x) = (self.rt("common", span), self.consume(*x).tokens);
                Fragment::tight(quote!(#common(#x)))
            }
            Op::Once(x) => {
                let (for_one_call, x) = (self.rt("for_one_call", span), self.consume(*x).tokens);
                Fragment::tight(quote!(#for_one_call(#x)))
            }
            Op::Taken(x) => {
                let x = self.expr(*x).receiver();
                Fragment::tight(quote_spanned!(span=> #x.take()))
            }
            Op::Outlive(x) => self.outliving(*x, span),
            Op::Lend(x) => {
                let x = self.expr(*x).receiver();
                Fragment::tight(quote_spanned!(span=> #x.lend()))
            }
            Op::OldShape(was, next) => {
                let (old_shape, was, next) = (self.rt("old_shape", span), self.reference(*was), self.reference(*next));
                Fragment::tight(quote!(#old_shape!(#was, #next)))
            }
            Op::Part(tangent, path) => self.copied_part(*tangent, path, out, span),
            Op::Tuple(parts) if parts.is_empty() => Fragment::tight(quote_spanned!(span=> ())),
            Op::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|v| self.consume(*v).tokens).collect();
                Fragment::tight(tuple(&parts))
            }
            Op::Cast(x, ty) => {
                let x = self.expr(*x).at_least(Binding::Cast);
                Fragment::new(quote_spanned!(span=> #x as #ty), Binding::Cast)
            }
            Op::Sum(x) => self.call_rt("sum", &[*x], place),
            Op::Length(x) => self.call_rt("length", &[*x], place),
            Op::Extent(x) => self.call_rt("extent", &[*x], place),
            Op::Zero(x) if self.values[out].kind.is_list_of_directions() => {
                let (zeros, count, x) = (self.rt("zeros", span), count_of_directions(), self.reference(*x));
                Fragment::tight(quote!(#zeros::<_, #count>(#x)))
            }
            Op::Zero(x) => self.call_rt("zero_tangent", &[*x], place),
            Op::Apply(op, operands, parameters) => self.apply(op, operands, parameters, place),
            Op::Call(call) => self.call(call, &[], place),
            Op::Rule(op, operand, reads) => self.rule(op, *operand, reads, place),
            Op::Tangent(op, operand, reads) => self.tangent_rule(op, *operand, reads, place),
            Op::RuleAlong(op, operand, reads, tangents) => self.rule_along(op, *operand, reads, tangents, place),
            Op::Fit { value, like, .. } => {
                let (value, like) = (self.consume(*value).tokens, self.reference(*like));
                Fragment::tight(self.runtime_call("fit", quote!(#value, #like), place))
            }
            Op::CastBack { cotangent, like } => {
                let (function, d, like) = (self.rt("cast_like", span), self.expr(*cotangent).tokens, self.expr(*like).tokens);
                Fragment::tight(quote!(#function(#d, #like)))
            }
            Op::Present(_) | Op::Absent | Op::Expect(_) => self.optional(op, span),
            Op::Kernel(kernel) => self.kernel(kernel, &[out], place),
            other => unreachable!("{other:?} is a statement"),
        }
    }

    fn call_rt(&mut self, name: &str, args: &[Value], span: Span) -> Fragment {
        let args: Vec<_> = args.iter().map(|v| self.reference(*v)).collect();
        Fragment::tight(self.runtime_call(name, quote_spanned!(at(span)=> #(#args),*), span))
    }

    fn copy(&mut self, how: Copying, x: Value, span: Span) -> Fragment {
        if how == Copying::Success {
            // A failure may have no copy.
            let kept = self.is_kept(x);
            let (function, x) = (self.rt("success", span), if kept { self.reference(x) } else { self.consume(x).tokens });
            return Fragment::tight(quote_spanned!(span=> #function(#x)));
        }
        if how == Copying::Moved {
            return self.expr(x);
        }
        if how == Copying::ToOwned && matches!(self.values[x].kind.peel(), Kind::Array(_)) {
            let (function, x) = (self.rt("to_owned", span), self.reference(x));
            return Fragment::tight(quote_spanned!(span=> #function(#x)));
        }
        let x = self.expr(x).receiver();
        let method = match how {
            Copying::View => Ident::new("view", span),
            Copying::Clone => Ident::new("clone", span),
            Copying::ToOwned | Copying::Moved | Copying::Success => Ident::new("to_owned", span),
        };
        Fragment::tight(quote!(#x.#method()))
    }
}

/// `(a, b)`, `(a,)`, `()`.
pub(super) fn tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => quote!((#one,)),
        _ => quote!((#(#parts),*)),
    }
}

pub(super) fn member(name: &FieldName) -> syn::Member {
    match name {
        FieldName::Named(ident) => syn::Member::Named(ident.clone()),
        FieldName::Unnamed(number) => syn::Member::Unnamed((*number as usize).into()),
    }
}
