//! Values as expressions.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, Ident, Path};

use super::fragment::{binding_of, Binding, Fragment};
use super::kernel::Form;
use super::layout::Layout;
use super::names::{at, locate, Names};
use super::place::Access;
use super::wants::Guards;
use crate::ir::{Copying, FieldName, Kind, Listing, Number, Op, Parts, Value, Values, Verbatim};
use crate::table::operations::{Operation, Read};

/// Writes the body of one function.
pub(super) struct Writer<'a> {
    pub(super) values: &'a Values,
    pub(super) layout: Layout,
    pub(super) names: Names,
    /// The runtime's path.
    pub(super) krate: &'a Path,
    /// In a function over a float parameter: that parameter, in whose type literals are written.
    pub(super) float: Option<Ident>,
    /// All floats of the signature are `f32`.
    pub(super) is_single: bool,
    /// Which gradients the caller may leave out.
    pub(super) guards: Guards,
    /// How the code leaves the function early with a failure, where that is not `return`.
    pub(super) failure: Option<Failure>,
    /// The place of the statement at hand.
    pub(super) at: usize,
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
    /// `x?`, where a failure leaves the block instead of the function.
    fn tried(&mut self, x: Value, span: Span) -> Fragment {
        let is_kept = self.is_kept(x);
        let Some(failure) = self.failure else {
            let x = self.consume(x).receiver();
            return Fragment::tight(quote_spanned!(span=> #x?));
        };
        // The result is read again: a success is copied, and a failure, which may have no copy, is not.
        let (x, borrow, value) = if is_kept {
            (self.expr(x).tokens, quote!(ref), quote!(::core::clone::Clone::clone(value)))
        } else {
            (self.consume(x).tokens, quote!(), quote!(value))
        };
        let (none, label) = (quote!(::core::option::Option::None), Failure::label());
        Fragment::new(
            match failure {
                Failure::Err => quote_spanned! {span=> match #x {
                    ::core::result::Result::Ok(#borrow value) => #value,
                    ::core::result::Result::Err(error) => break #label (::core::result::Result::Err(::core::convert::From::from(error)), #none),
                }},
                Failure::None => quote_spanned! {span=> match #x {
                    ::core::option::Option::Some(#borrow value) => #value,
                    #none => break #label (#none, #none),
                }},
            },
            Binding::Loose,
        )
    }

    /// `rt::name`.
    pub(super) fn rt(&self, name: &str, span: Span) -> TokenStream {
        let (krate, name) = (self.krate, Ident::new(name, at(span)));
        locate(quote!(#krate::rt::#name), span)
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
            _ => match self.layout.definition(value) {
                Some(Op::Reference(_)) if self.layout.is_inline(value) => self.expr(value).tokens,
                Some(Op::Dereference(inner)) if self.layout.is_inline(value) => {
                    let inner = *inner;
                    self.expr(inner).tokens
                }
                _ => self.expr(value).reference(),
            },
        }
    }

    /// To give it away, the value would have to be copied.
    fn is_kept(&self, value: Value) -> bool {
        let is_copy = matches!(self.values[value].kind, Kind::Scalar | Kind::Reference(_));
        !is_copy && !self.layout.is_inline(value) && !self.layout.is_last_use(value, self.at) && !self.is_guarded(value)
    }

    /// The value itself, given away: moved where it is read for the last time, copied where it is not.
    pub(super) fn consume(&mut self, value: Value) -> Fragment {
        let is_copy = matches!(self.values[value].kind, Kind::Scalar | Kind::Reference(_));
        if self.layout.is_inline(value) {
            let is_part = matches!(self.layout.definition(value), Some(Op::Field(..) | Op::Index(..) | Op::Dereference(_)));
            let fragment = self.expr(value);
            return if is_part && !is_copy { clone_of(&fragment) } else { fragment };
        }
        let is_last = self.layout.is_last_use(value, self.at);
        if self.is_guarded(value) {
            let (given, name) = (self.rt("given", self.values[value].span), self.name(value));
            return if is_last {
                Fragment::tight(quote!(#given(#name)))
            } else {
                Fragment::tight(quote!(#given(&#name).clone()))
            };
        }
        let fragment = self.expr(value);
        if is_copy || is_last {
            fragment
        } else {
            clone_of(&fragment)
        }
    }

    /// An operation as an expression.
    pub(super) fn render(&mut self, op: &Op, out: Value) -> Fragment {
        let span = self.span(out);
        match op {
            Op::Literal(number) => self.literal(number, span),
            Op::Verbatim(verbatim) => self.verbatim(verbatim),
            Op::Elementwise(op, operands, parameters) => self.elementwise(*op, operands, parameters, span),
            Op::Reference(x) => Fragment::new(self.expr(*x).reference(), Binding::Prefix),
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
                Fragment::tight(quote_spanned!(span=> #base[#index]))
            }
            Op::View(base, method, args) => {
                let base = self.expr(*base).receiver();
                let args: Vec<_> = args.iter().map(|v| self.expr(*v).tokens).collect();
                Fragment::tight(quote_spanned!(span=> #base.#method(#(#args),*)))
            }
            Op::List(how @ (Listing::Concatenation | Listing::Stack), elements) => {
                let (krate, axis) = (self.krate, self.expr(elements[0]).tokens);
                let parts: Vec<_> = elements[1..].iter().map(|v| self.expr(*v).receiver()).collect();
                Fragment::tight(if *how == Listing::Stack {
                    quote!(#krate::rt::ndarray::stack![#axis, #(#parts),*])
                } else {
                    quote!(#krate::rt::ndarray::concatenate![#axis, #(#parts),*])
                })
            }
            Op::JoinedPart { cotangent, axis, parts, stacked } => {
                let (d, axis) = (self.reference(*cotangent), self.expr(*axis).tokens);
                let lengths: Vec<_> = parts.iter().map(|v| self.expr(*v).receiver()).collect();
                let (own, before) = lengths.split_last().expect("a part");
                Fragment::tight(if *stacked {
                    let (function, number) = (self.rt("stacked_part", span), Literal::usize_unsuffixed(before.len()));
                    quote!(#function(#d, #axis, #number))
                } else {
                    let function = self.rt("joined_part", span);
                    let before = if before.is_empty() { quote!(0) } else { quote!(#(#before.len_of(#axis))+*) };
                    quote!(#function(#d, #axis, #before, #own.len_of(#axis)))
                })
            }
            Op::List(how, elements) => {
                // In parentheses: a lint suspects a forgotten comma where the places of the operands are apart.
                let elements: Vec<_> = elements.iter().map(|v| self.consume(*v).at_least(Binding::Prefix)).collect();
                Fragment::tight(match how {
                    Listing::Array => quote!([#(#elements),*]),
                    Listing::Vec => quote!(::std::vec![#(#elements),*]),
                    Listing::Ndarray => {
                        let krate = self.krate;
                        quote!(#krate::rt::ndarray::array![#(#elements),*])
                    }
                    Listing::Matrix(columns) => {
                        let (krate, rows) = (self.krate, elements.chunks(*columns));
                        quote!(#krate::rt::ndarray::array![#([#(#rows),*]),*])
                    }
                    Listing::Concatenation | Listing::Stack => unreachable!("written above"),
                })
            }
            Op::Construct(path, fields, rest) => self.construct(path, fields, *rest),
            Op::Unwrap(x, call) if self.is_kept(*x) && (call.method == "unwrap" || call.method == "expect") => {
                let (x, method, args) = (self.expr(*x).receiver(), &call.method, &call.args);
                Fragment::tight(quote_spanned!(span=> #x.as_ref().#method(#args).clone()))
            }
            Op::Unwrap(x, call) => {
                let (x, method, args) = (self.consume(*x).receiver(), &call.method, &call.args);
                Fragment::tight(quote_spanned!(span=> #x.#method(#args)))
            }
            Op::IntoParts(x, variant) => {
                let (x, method) = (self.consume(*x).receiver(), format_ident!("__into_{}", variant, span = at(variant.span())));
                Fragment::tight(quote!(#x.#method()))
            }
            Op::Okay(x) => {
                let x = self.consume(*x).tokens;
                Fragment::tight(quote!(::core::result::Result::Ok(#x)))
            }
            Op::Try(x) => self.tried(*x, span),
            Op::Payload(d, like) => {
                let d = self.consume(*d).tokens;
                match like {
                    None => {
                        let function = self.rt("number_or_zero", span);
                        Fragment::tight(quote!(#function(#d)))
                    }
                    Some(like) => {
                        let (function, like) = (self.rt("into_payload", span), self.reference(*like));
                        Fragment::tight(quote!(#function(#d, #like)))
                    }
                }
            }
            Op::Snapshot(x) => {
                let x = self.expr(*x);
                let is_scalar = self.values[out].kind.is_scalar();
                if is_scalar {
                    x
                } else {
                    Fragment::tight({
                        let x = x.receiver();
                        quote!(#x.to_owned())
                    })
                }
            }
            Op::Part(tangent, path) => {
                let (base, name) = (self.expr(*tangent).receiver(), self.rt("part", span));
                let place = self.part(base, path, Access::Shared);
                if self.values[out].kind.is_scalar() {
                    Fragment::tight(place)
                } else {
                    Fragment::tight(quote!(#name(&#place)))
                }
            }
            Op::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|v| self.consume(*v).tokens).collect();
                Fragment::tight(tuple(&parts))
            }
            Op::Cast(x, ty) => {
                let x = self.expr(*x).at_least(Binding::Cast);
                Fragment::new(quote_spanned!(span=> #x as #ty), Binding::Cast)
            }
            Op::Sum(x) => self.call_rt("sum", &[*x], span),
            Op::Length(x) => self.call_rt("length", &[*x], span),
            Op::Extent(x) => self.call_rt("extent", &[*x], span),
            Op::Zero(x) => self.call_rt("zero_tangent", &[*x], span),
            Op::Apply(op, operands, parameters) => self.apply(op, operands, parameters, span),
            Op::Call(call) => self.call(call, &[], span),
            Op::Rule(op, operand, reads) => self.rule(op, *operand, reads, span),
            Op::CastBack { cotangent, like } => {
                let (function, d, like) = (self.rt("cast_like", span), self.expr(*cotangent).tokens, self.expr(*like).tokens);
                Fragment::tight(quote!(#function(#d, #like)))
            }
            Op::Present(x) => {
                let x = self.consume(*x).tokens;
                Fragment::tight(quote!(::core::option::Option::Some(#x)))
            }
            Op::Absent => Fragment::tight(quote!(::core::option::Option::None)),
            Op::Expect(x) => {
                let (function, x) = (self.rt("expect", span), self.consume(*x).tokens);
                Fragment::tight(quote!(#function(#x)))
            }
            Op::Kernel(kernel) => self.kernel(kernel, &[out], span),
            other => unreachable!("{other:?} is a statement"),
        }
    }

    fn construct(&mut self, path: &syn::Path, fields: &[(FieldName, Value)], rest: Option<Value>) -> Fragment {
        let named = fields.iter().map(|(name, value)| {
            let (member, value) = (member(name), self.consume(*value).tokens);
            match name {
                FieldName::Named(ident) if *ident == value.to_string() => quote!(#ident),
                _ => quote!(#member: #value),
            }
        });
        let named: Vec<_> = named.collect();
        let rest = rest.map(|rest| {
            let rest = self.consume(rest).tokens;
            quote!(..#rest)
        });
        Fragment::new(quote!(#path { #(#named,)* #rest }), Binding::Loose)
    }

    fn call_rt(&mut self, name: &str, args: &[Value], span: Span) -> Fragment {
        let function = self.rt(name, span);
        let args: Vec<_> = args.iter().map(|v| self.reference(*v)).collect();
        Fragment::tight(quote_spanned!(span=> #function(#(#args),*)))
    }

    pub(super) fn literal(&self, number: &Number, span: Span) -> Fragment {
        if let Some(token) = &number.token {
            return Fragment::tight(quote!(#token));
        }
        if number.value.is_infinite() {
            return self.infinity(number.value.is_sign_negative());
        }
        if is_famous(number.value.abs()) {
            // A lint takes such digits for a misspelt constant, which would have to be of the right type. Sixteen times
            // the number is exact and nobody's constant.
            let sixteenth = self.literal(&Number { value: 0.0625, token: None }, span).tokens;
            let multiple = self.literal(&Number { value: 16.0 * number.value, token: None }, span).at_least(Binding::Product);
            return Fragment::new(quote!(#multiple * #sixteenth), Binding::Product);
        }
        let mut literal = digits(number.value.abs(), self.is_single);
        literal.set_span(span);
        let sign = (number.value.is_sign_negative()).then(|| quote!(-));
        match &self.float {
            Some(float) => {
                let krate = self.krate;
                Fragment::tight(quote!(<#float as #krate::Real>::lit(#sign #literal)))
            }
            None if sign.is_some() => Fragment::new(quote!(#sign #literal), Binding::Prefix),
            None => Fragment::tight(quote!(#literal)),
        }
    }

    fn infinity(&self, is_negative: bool) -> Fragment {
        let sign = is_negative.then(|| quote!(-));
        match &self.float {
            Some(float) => {
                let krate = self.krate;
                Fragment::tight(quote!(<#float as #krate::Real>::lit(#sign ::core::f64::INFINITY)))
            }
            None if self.is_single => Fragment::new(quote!(#sign ::core::f32::INFINITY), Binding::Prefix),
            None => Fragment::new(quote!(#sign ::core::f64::INFINITY), Binding::Prefix),
        }
    }

    /// The user's code, with its variables under the names that they have here.
    pub(super) fn verbatim(&mut self, verbatim: &Verbatim) -> Fragment {
        if let (Some(_), Expr::Return(syn::ExprReturn { expr: Some(failed), .. })) = (self.failure, &verbatim.expr) {
            let failed = Verbatim { expr: (**failed).clone(), ..verbatim.clone() };
            let (failed, label) = (self.verbatim(&failed).tokens, Failure::label());
            return Fragment::new(quote!(break #label (#failed, ::core::option::Option::None)), Binding::Loose);
        }
        let mut renamed: Vec<(Ident, TokenStream)> = Vec::new();
        for (ident, value) in &verbatim.inputs {
            let tokens = self.expr(*value).receiver();
            if *ident != tokens.to_string() {
                renamed.push((ident.clone(), tokens));
            }
        }
        let tokens = quote::ToTokens::to_token_stream(&verbatim.expr);
        if renamed.is_empty() {
            return Fragment::new(tokens, binding_of(&verbatim.expr));
        }
        if matches!(verbatim.expr, Expr::Macro(_)) {
            // A format string can name a variable where no token can be replaced.
            let (names, values): (Vec<_>, Vec<_>) = renamed.into_iter().unzip();
            return Fragment::tight(quote!({ #(let #names = &#values;)* #tokens }));
        }
        let (bound, renamed): (Vec<_>, Vec<_>) =
            renamed.into_iter().partition(|(name, new)| is_hidden_in(&verbatim.expr, name, new));
        let fragment = Fragment::new(rename(tokens, &renamed), binding_of(&verbatim.expr));
        if bound.is_empty() {
            return fragment;
        }
        let (tokens, (names, values)): (_, (Vec<_>, Vec<_>)) = (fragment.tokens, bound.into_iter().unzip());
        Fragment::tight(quote!({ #(let #names = #values;)* #tokens }))
    }

    fn copy(&mut self, how: Copying, x: Value, span: Span) -> Fragment {
        let x = self.expr(x).receiver();
        let method = match how {
            Copying::View => Ident::new("view", span),
            Copying::Clone => Ident::new("clone", span),
            Copying::ToOwned => Ident::new("to_owned", span),
        };
        Fragment::tight(quote!(#x.#method()))
    }

    fn apply(&mut self, op: &'static Operation, operands: &[Value], parameters: &[Value], span: Span) -> Fragment {
        let function = self.rt(op.name, span);
        let mut args: Vec<_> = operands.iter().map(|v| self.reference(*v)).collect();
        args.extend(parameters.iter().map(|v| self.expr(*v).tokens).collect::<Vec<_>>());
        let unwrap = op.optional.then(|| quote!(.unwrap()));
        Fragment::tight(quote_spanned!(span=> #function(#(#args),*)#unwrap))
    }

    pub(super) fn rule(&mut self, op: &'static Operation, operand: usize, reads: &[Value], span: Span) -> Fragment {
        let function = self.rt(op.name, span);
        let rule = Ident::new(op.rules[operand].0, span);
        let args = self.rule_arguments(op, operand, reads);
        Fragment::tight(quote_spanned!(span=> #function::#rule(#(#args),*)))
    }

    pub(super) fn rule_arguments(&mut self, op: &'static Operation, operand: usize, reads: &[Value]) -> Vec<TokenStream> {
        let first = reads.first().copied();
        let reads = op.rules[operand].1.iter().zip(reads);
        reads
            .map(|(read, value)| match read {
                Read::Parameter(_) => self.expr(*value).tokens,
                Read::OwnedCotangent => self.consume(*value).tokens,
                // A literal's type is that of the elements.
                Read::Cotangent if matches!(self.layout.definition(*value), Some(Op::Literal(_))) => {
                    let (function, literal) = (self.rt("literal_of", self.values[*value].span), self.expr(*value).tokens);
                    let like = first.map(|like| self.reference(like));
                    quote!(&#function(#like, #literal))
                }
                Read::Operand(_) | Read::Extent(_) | Read::Result | Read::Cotangent => self.reference(*value),
            })
            .collect()
    }

    /// The statements that build a composite tangent from its parts.
    pub(super) fn assemble(&mut self, base: Value, parts: &Parts, name: &Ident, is_mutable: bool) -> TokenStream {
        let owner = self.reference(base);
        let place = self.expr(base).receiver();
        let mut stmts = Vec::new();
        self.set_parts(parts, &quote!(#name), &place, &mut stmts);
        let mutable = is_mutable.then(|| quote!(mut));
        let (partial, complete) = (self.rt("partial", self.values[base].span), self.rt("complete", self.values[base].span));
        quote!(let mut #name = #partial(#owner); #(#stmts)* let #mutable #name = #complete(#owner, #name);)
    }

    fn set_parts(&mut self, parts: &Parts, target: &TokenStream, place: &TokenStream, stmts: &mut Vec<TokenStream>) {
        for (name, field) in &parts.fields {
            let member = member(name);
            let (target, place) = (quote!(#target.#member), quote!(#place.#member));
            match field.whole {
                Some(whole) if field.fields.is_empty() => {
                    let (arrived, whole) = (self.rt("arrived", self.values[whole].span), self.consume(whole).tokens);
                    stmts.push(quote!(#target = #arrived(&#place, #whole);));
                }
                Some(whole) => {
                    let (arrived, span) = (self.rt("arrived", self.values[whole].span), self.values[whole].span);
                    let sum = self.names.unique(&format_ident!("d_part", span = at(span)));
                    let whole = self.consume(whole).tokens;
                    stmts.push(quote!(let mut #sum = #whole;));
                    self.add_parts(field, &quote!(#sum), stmts);
                    stmts.push(quote!(#target = #arrived(&#place, #sum);));
                }
                None => self.set_parts(field, &target, &place, stmts),
            }
        }
    }

    fn add_parts(&mut self, parts: &Parts, target: &TokenStream, stmts: &mut Vec<TokenStream>) {
        for (name, field) in &parts.fields {
            let member = member(name);
            let target = quote!(#target.#member);
            if let Some(whole) = field.whole {
                let (add, whole) = (self.rt("add", self.values[whole].span), self.consume(whole).tokens);
                stmts.push(quote!(#add(&mut #target, #whole);));
            }
            self.add_parts(field, &target, stmts);
        }
    }
}

/// A constant of the standard library that a rule mentions.
fn is_famous(value: f64) -> bool {
    use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_10, LN_2};
    [FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, LN_10].contains(&value)
}

/// A positive number as a literal that no lint questions: of no more digits than the type holds, and, where it has many,
/// in a form that is not taken for a misspelt constant of the standard library.
fn digits(value: f64, is_single: bool) -> Literal {
    #[expect(clippy::cast_possible_truncation, reason = "the literal is read as that type")]
    let (plain, scientific) = if is_single {
        (format!("{:?}", value as f32), format!("{:e}", value as f32))
    } else {
        (format!("{value:?}"), format!("{value:e}"))
    };
    let text = if plain.len() > 8 { scientific } else { plain };
    let text = if text.contains(['.', 'e']) { text } else { text + ".0" };
    text.parse().unwrap_or_else(|_| Literal::f64_unsuffixed(value))
}

fn clone_of(fragment: &Fragment) -> Fragment {
    let receiver = fragment.receiver();
    Fragment::tight(quote!(#receiver.clone()))
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

/// The code declares a variable of that name as well, which an expression cannot stand for.
fn is_hidden_in(expr: &Expr, name: &Ident, new: &TokenStream) -> bool {
    struct Declares<'n>(&'n Ident, bool);
    impl<'ast> syn::visit::Visit<'ast> for Declares<'_> {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            self.1 |= pattern.ident == *self.0;
        }
    }
    let mut declares = Declares(name, false);
    syn::visit::Visit::visit_expr(&mut declares, expr);
    declares.1 && syn::parse2::<Ident>(new.clone()).is_err()
}

/// Replaces variables in the user's tokens; what follows a dot is a field or a method.
fn rename(tokens: TokenStream, renamed: &[(Ident, TokenStream)]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut after_dot = false;
    for token in tokens {
        let was_after_dot = after_dot;
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.' && !was_after_dot);
        match token {
            TokenTree::Ident(ident) if !was_after_dot => match renamed.iter().find(|(name, _)| *name == ident) {
                Some((_, replacement)) => out.extend(replacement.clone()),
                None => out.extend([TokenTree::Ident(ident)]),
            },
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), rename(group.stream(), renamed));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            other => out.extend([other]),
        }
    }
    out
}
