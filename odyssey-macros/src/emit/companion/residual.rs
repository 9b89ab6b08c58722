//! The body of the hidden form, as the compiler made it.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};

use super::hidden::{Body, Order};
use super::signature::{gradient_name, is_consumed_receiver, own};
use super::Companion;
use crate::emit::layout::{Layout, Places, Results};
use crate::emit::types::bare_or_tuple;
use crate::emit::wants::Guards;
use crate::emit::writer::{tuple, Writer};
use crate::ir::{Block, Kind, Op, Value};
use crate::lower::is_plain;
use crate::reverse::Derivative;

/// The tangents of the arguments, of second order.
struct Directions {
    /// Their patterns as parameters.
    along: Vec<TokenStream>,
    /// Binds them, for the forward pass.
    start: TokenStream,
    /// The same for the sweep.
    again: TokenStream,
    /// Gives back those that were lent to be changed.
    back: TokenStream,
}

impl Companion<'_> {
    pub(super) fn compiled_body(&self, residual: &Derivative, order: Order) -> Body {
        let wants = self.want_parameters();
        let (layout, places) = Layout::new(
            &residual.values,
            &[(&residual.forward, Results::Named), (&residual.reverse, Results::InPlace)],
            &residual.forward.results[..1],
        );
        let differentiated: BTreeMap<_, _> = self.source.signature.differentiated().map(|(i, _)| (i, wants[i].clone())).collect();
        let guards = Guards::new(differentiated, &residual.values, &residual.reverse);
        let mut writer = self.writer(&residual.values, layout, guards);
        writer.is_for_callers = true;
        writer.failure = if leaves_early(&residual.forward) { self.outcome().failing() } else { None };
        self.name_arguments(&mut writer, &residual.forward.params);
        let Directions { along, start, again: along_again, back } = self.directions(&mut writer, residual);
        let parameters = self.parameters_read(&mut writer, &residual.forward.params, &start.to_string());
        let forward = writer.block(&residual.forward, &places[0]);
        let left = self.leave_behind(&mut writer, &residual.forward, order);
        let quotes = writer.quotes();
        let forward = quote!(#forward #left);
        // What the pullback reads of it is given again: no reason to keep a copy.
        let result_value = residual.forward.results[0];
        let value = if writer.layout.is_inline(result_value) {
            writer.consume(result_value).tokens
        } else {
            writer.moved.insert(writer.layout.variable(result_value));
            writer.expr(result_value).tokens
        };
        let (value_along, bound) = match order {
            Order::First => (None, TokenStream::new()),
            Order::Second => {
                let (along, bound) = self.tangent_of_the_result(&mut writer, &residual.forward.results, !back.is_empty());
                (Some(along), bound)
            }
        };
        let captured = captured(&mut writer, residual);
        let kept: Vec<_> = captured.iter().map(|(value, _)| *value).filter(|value| writer.moved.insert(*value)).collect();
        // The tangent of the result may be written where it is given away, behind everything else.
        let ended = if value_along.is_some() { Vec::new() } else { writer.ended(&residual.forward, &[]) };
        kept.iter().for_each(|value| {
            writer.moved.remove(value);
        });
        let (recycle, value) = writer.recycling(vec![value], &[syn::Ident::new("value", self.here())], &ended, self.here());
        let value = value.into_iter().next().expect("one value for the one given");
        let forward = quote!(#forward #bound #recycle);
        let (given, again, sweep) = self.pullback_body(&mut writer, residual, &captured, &places[1], order);
        let sweep = quote!(#along_again #sweep);
        let items = self.items(&residual.forward);
        let items = quote!(#items #quotes #start);
        let here = self.here();
        if writer.failure.is_none() {
            let (keep, take) = if order == Order::First { self.kept(&mut writer, &captured) } else { Default::default() };
            let pullback = quote_spanned!(here=> move |#again| { #take #sweep });
            let pullback = if keep.is_empty() { pullback } else { quote_spanned!(here=> { #keep #pullback }) };
            let value = match value_along {
                None => value,
                Some(along) => quote_spanned!(here=> (#value, #along)),
            };
            return Body { parameters, along, stmts: quote!(#items #forward #back), value, pullback };
        }
        // A failure keeps nothing: what the sweep reads is handed out of the block that a failure leaves.
        let names: Vec<_> = captured.iter().map(|(value, _)| writer.name(*value)).collect();
        let patterns = captured.iter().map(|(_, pattern)| pattern);
        let [outcome, kept] = [own("value"), own("kept")];
        let (keep, take) = if order == Order::First && !captured.iter().all(|(value, _)| is_clone(&writer, *value)) {
            let krate = self.krate;
            (quote_spanned!(here=> let #kept = #krate::rt::kept!(#kept);), quote!(.take()))
        } else {
            Default::default()
        };
        let label = crate::emit::writer::Failure::label();
        let zeros = self.gradients_of_a_failure(&given, order);
        let [some, none] = [quote!(::core::option::Option::Some), quote!(::core::option::Option::None)];
        // The tangent of a failure is `None`, as what it keeps is.
        let (kept_alike, apart, whole) = match value_along {
            None => (quote!((#(#names,)*)), TokenStream::new(), quote!(#outcome)),
            Some(value_along) => {
                let along = own("value_dot");
                let apart = quote_spanned!(here=> let (#along, #kept) = match #kept {
                    #some((#along, #kept)) => (#along, #some(#kept)),
                    #none => (#none, #none),
                };);
                (quote!((#value_along, (#(#names,)*))), apart, quote!((#outcome, #along)))
            }
        };
        Body {
            parameters,
            along,
            stmts: quote_spanned!(here=>
                #items
                let (#outcome, #kept) = #label: { #forward (#value, #some(#kept_alike)) };
                #apart
                #keep
                #back),
            value: whole,
            pullback: quote_spanned!(here=> move |#again| match #kept #take {
                #some((#(#patterns,)*)) => { #sweep }
                #none => #zeros,
            }),
        }
    }

    /// What a pullback keeps that may not be `Clone`: keeps it, and takes it out again.
    fn kept(&self, writer: &mut Writer, captured: &[(Value, TokenStream)]) -> (TokenStream, TokenStream) {
        let (here, krate, kept) = (self.here(), self.krate, own("kept"));
        let captured: Vec<_> = captured.iter().filter(|(value, _)| !is_clone(writer, *value)).collect();
        let (names, patterns): (Vec<_>, Vec<_>) =
            captured.iter().map(|(value, pattern)| (writer.name(*value).to_token_stream(), pattern.clone())).unzip();
        if names.is_empty() {
            return Default::default();
        }
        let (names, patterns) = (bare_or_tuple(&names), bare_or_tuple(&patterns));
        (quote_spanned!(here=> let #kept = #krate::rt::kept!(#names);), quote_spanned!(here=> let #patterns = #kept.take();))
    }

    /// The tangent of the result, and what comes before both are handed out, if it is made from the result or must be made before
    /// something is given back.
    fn tangent_of_the_result(&self, writer: &mut Writer, results: &[Value], gives_back: bool) -> (TokenStream, TokenStream) {
        let mut read = Vec::new();
        collect_variables(writer, results[1], &mut read);
        let tokens = writer.consume(results[1]).tokens;
        if !gives_back && !read.contains(&results[0]) {
            return (tokens, TokenStream::new());
        }
        let name = own("value_dot");
        (name.to_token_stream(), quote_spanned!(self.here()=> let #name = #tokens;))
    }

    /// The tangents that follow the arguments among the parameters.
    fn directions(&self, writer: &mut Writer, residual: &Derivative) -> Directions {
        let (here, krate) = (self.here(), self.krate);
        let (arguments, mut tangents) = (self.arguments(), residual.forward.params[self.arguments().len()..].iter());
        let mut lent =
            Directions { along: Vec::new(), start: TokenStream::new(), again: TokenStream::new(), back: TokenStream::new() };
        for argument in arguments {
            let tangent = if argument.differentiated { tangents.next().copied() } else { None };
            let Some(tangent) = tangent.filter(|tangent| writer.layout.is_used(*tangent)) else {
                lent.along.push(quote!(_));
                continue;
            };
            let (name, argument_name) = (writer.name(tangent), &argument.name);
            if argument.kind.is_exclusive() {
                let [passed, held] = ["passed", "held"].map(|word| own(&format!("{word}_{name}")));
                lent.along.push(passed.to_token_stream());
                lent.start.extend(quote_spanned!(here=>
                    let mut #held = #krate::rt::AlongPassed::take(&#passed);
                    let #name = &mut #held;
                ));
                lent.back.extend(quote_spanned!(here=> #krate::rt::AlongPassed::give_back(&#passed, #held);));
                continue;
            }
            lent.along.push(name.to_token_stream());
            let along = quote_spanned!(here=> #krate::rt::along(#name, &#argument_name));
            if writer.values[tangent].kind.is_scalar() {
                lent.start.extend(quote_spanned!(here=> let #name = *#along;));
                continue;
            }
            // The pullback owns what holds the tangent.
            let held = own(&format!("held_{name}"));
            lent.start.extend(quote_spanned!(here=> let #held = #along; let #name = &*#held;));
            if reads(&residual.reverse, tangent) {
                lent.again.extend(quote_spanned!(here=> let #name = &*#held;));
            }
        }
        lent
    }

    /// What is left in arguments that are `&mut`, and of second order its tangents, where that was made in a variable of its own:
    /// what was in the argument is read again after the change.
    fn leave_behind(&self, writer: &mut Writer, forward: &Block, order: Order) -> TokenStream {
        let own = match order {
            Order::First => 1,
            Order::Second => 2,
        };
        let exclusive = self.arguments().iter().zip(&forward.params).filter(|(argument, _)| argument.kind.is_exclusive());
        let exclusive: Vec<_> = exclusive.collect();
        let (left, tangents_left) = forward.results[own..].split_at(exclusive.len());
        let tangents = forward.params[self.arguments().len()..].iter().filter(|v| writer.values[**v].kind.is_exclusive());
        // Tangents first: what is in place may read the argument as it was.
        let tangents: Vec<_> = tangents.zip(tangents_left).map(|(param, left)| (writer.name(*param), *param, *left)).collect();
        let own = exclusive.into_iter().zip(left).map(|((argument, param), left)| (argument.name.clone(), *param, *left));
        tangents.into_iter().chain(own).map(|(name, param, left)| leave_in(writer, &name, param, left)).collect()
    }

    /// The gradients of a failure.
    pub(super) fn gradients_of_a_failure(&self, given: &[TokenStream], order: Order) -> TokenStream {
        let (here, krate) = (self.here(), self.krate);
        let zeros = self.arguments().iter().zip(given).zip(self.want_parameters()).map(|((argument, name), want)| {
            match (argument.differentiated, argument.kind.is_exclusive()) {
                (false, _) => quote!(()),
                (true, true) => quote_spanned!(here=> #want::when(|| #krate::rt::failed_change())),
                (true, false) => {
                    let zero = order.of(quote_spanned!(here=> #krate::rt::zero_tangent(&#name)));
                    quote_spanned!(here=> #want::when(|| #zero))
                }
            }
        });
        tuple(&zeros.collect::<Vec<_>>())
    }

    /// The pullback reads the function's result.
    fn reads_result(residual: &Derivative) -> bool {
        let mut reads = false;
        residual.reverse.reads(&mut |v| reads |= v == residual.forward.results[0]);
        reads
    }

    /// The names of the arguments that are given again, the parameters of the pullback, and its body.
    fn pullback_body(
        &self,
        writer: &mut Writer,
        residual: &Derivative,
        captured: &[(Value, TokenStream)],
        places: &Places,
        order: Order,
    ) -> (Vec<TokenStream>, TokenStream, TokenStream) {
        let (forward, reverse) = (&residual.forward, &residual.reverse);
        // A gradient that stayed zero is made from the argument itself, where its type is not known otherwise.
        let differentiated_count = self.source.signature.differentiated().count();
        let differentiated = self.source.signature.differentiated();
        let zeros: Vec<_> = differentiated
            .zip(&reverse.results)
            .filter(|((_, argument), gradient)| self.is_zero_of_its_type(writer, **gradient, argument))
            .map(|((position, _), _)| forward.params[position])
            .collect();
        let mut owned = TokenStream::new();
        let mut again = Vec::new();
        let krate = self.krate;
        let (cotangents, each) = match order {
            Order::First => (1, 1),
            Order::Second => (2, 2),
        };
        let mut left = reverse.params[cotangents..].chunks(each);
        for (argument, value) in self.arguments().iter().zip(&forward.params) {
            if argument.kind.is_exclusive() {
                again.push(if argument.differentiated {
                    let left = left.next().expect("the cotangent of what is left");
                    let patterns: Vec<_> = left.iter().map(|v| writer.pattern(*v)).collect();
                    let pattern = bare_or_tuple(&patterns);
                    quote!(#krate::rt::Left(#pattern))
                } else {
                    quote!(_)
                });
                continue;
            }
            let is_zeroed = writer.failure.is_some() && argument.differentiated;
            if !reads(reverse, *value) && !zeros.contains(value) && !is_zeroed {
                again.push(quote!(_));
                continue;
            }
            // `self` is no name for a parameter of a closure.
            let name = if argument.receiver.is_some() { writer.names.rename(*value, "this") } else { argument.name.clone() };
            if is_consumed_receiver(argument) {
                owned = quote!(let #name = ::core::clone::Clone::clone(#name););
            }
            again.push(name.to_token_stream());
        }
        let result = forward.results[0];
        let result = match (
            Self::reads_result(residual) && !forward.params.contains(&result),
            self.source.signature.result_kind.is_scalar(),
        ) {
            (false, _) => quote!(_),
            (true, is_scalar) => {
                let name = writer.name(result);
                writer.lent = Some(result);
                if is_scalar {
                    quote!(&#name)
                } else {
                    quote!(#name)
                }
            }
        };
        let cotangent = match order {
            Order::First => writer.pattern(reverse.params[0]),
            Order::Second => {
                let [d, along] = [0, 1].map(|k| writer.pattern(reverse.params[k]));
                quote_spanned!(self.here()=> (#d, #along))
            }
        };
        let sweep = writer.block(reverse, places);
        let (gradients, tangents) = reverse.results.split_at(differentiated_count);
        let (mut gradients, mut tangents) = (gradients.iter(), tangents.iter());
        let (here, wants) = (self.here(), self.want_parameters());
        let results = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            if !argument.differentiated {
                return quote!(());
            }
            let (value, along) = (*gradients.next().expect("one gradient an argument"), tangents.next());
            if let Some(option) = writer.option_at_its_end(value, along.copied()) {
                return quote_spanned!(here=> #want::given(#option));
            }
            let value = self.gradient(writer, value, argument);
            let value = match along {
                None => value,
                Some(along) => {
                    let along = self.gradient(writer, *along, argument);
                    quote_spanned!(here=> (#value, #along))
                }
            };
            quote_spanned!(here=> #want::when(|| #value))
        });
        let results: Vec<_> = results.collect();
        let mut given = reverse.params.clone();
        given.extend(captured.iter().map(|(value, _)| *value));
        let ended = writer.ended(reverse, &given);
        let hints: Vec<_> = self.arguments().iter().map(gradient_name).collect();
        let (recycle, results) = writer.recycling(results, &hints, &ended, self.here());
        let results = tuple(&results);
        let parameters = quote!(#(#again,)* #result, #cotangent);
        (again, parameters, quote!(#owned #sweep #recycle #results))
    }
}

/// The variables of the forward pass that the sweep reads, and the patterns that bind them again.
fn captured(writer: &mut Writer, residual: &Derivative) -> Vec<(Value, TokenStream)> {
    let mut defined = crate::ir::ValueSet::default();
    residual.forward.stmts.iter().flat_map(|stmt| &stmt.outs).for_each(|out| {
        defined.insert(*out);
    });
    let mut read = Vec::new();
    residual.reverse.reads(&mut |v| collect_variables(writer, v, &mut read));
    let mut captured: Vec<(Value, TokenStream)> = Vec::new();
    for value in read.into_iter().filter(|v| defined.contains(v)) {
        let is_stack = matches!(writer.layout.definition(value), Some(Op::Stack | Op::Slots(..)));
        let mutable = (is_stack || writer.layout.is_mutable(value)).then(|| quote!(mut));
        let (root, name) = (writer.layout.variable(value), writer.name(value));
        if !captured.iter().any(|(known, _)| *known == root) {
            captured.push((root, quote!(#mutable #name)));
        }
    }
    captured
}

/// A kept value can be cloned for sure: what is differentiated can be, errors and passive values of any type perhaps not.
fn is_clone(writer: &Writer, value: Value) -> bool {
    let is_passive = || !writer.values[value].active && writer.values[value].kind == Kind::Unknown;
    match writer.layout.definition(value) {
        Some(Op::Verbatim(verbatim)) if is_passive() => is_plain(&verbatim.expr),
        Some(Op::Effect(..)) => !is_passive(),
        Some(Op::Outlive(_)) => false,
        _ => !writer.values.outcomes.contains(&value) && !writer.values[value].kind.may_fail(),
    }
}

fn collect_variables(writer: &Writer, value: Value, read: &mut Vec<Value>) {
    match writer.layout.definition(value).filter(|_| writer.layout.is_inline(value)) {
        Some(op) => op.operands(&mut |v| collect_variables(writer, v, read)),
        None => read.push(value),
    }
}

/// `*x = x_1;` where what is left in an argument that is `&mut` is not in it yet.
pub(super) fn leave_in(writer: &mut Writer, name: &syn::Ident, param: Value, left: Value) -> TokenStream {
    if !writer.layout.is_inline(left) && writer.layout.variable(left) == writer.layout.variable(param) {
        return TokenStream::new();
    }
    let left = writer.consume(left).tokens;
    quote!(*#name = #left;)
}

/// Some statement may leave the function with a failure.
pub(super) fn leaves_early(block: &Block) -> bool {
    block.diverges
        || block.stmts.iter().any(|stmt| matches!(stmt.op, Op::Try(..)) || stmt.op.blocks().into_iter().any(leaves_early))
}

fn reads(block: &Block, value: Value) -> bool {
    let mut found = false;
    block.reads(&mut |v| found |= v == value);
    found
}
