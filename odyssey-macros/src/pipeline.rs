//! The compiler on one screen: parse → lower → activity → reverse → optimise → emit.

use proc_macro2::{Span, TokenStream};
use quote::{quote, ToTokens};

use crate::emit::{self, OverFloats, Program};
use crate::ir::verify::verify;
use crate::ir::{Block, Kind, Number, Op, Stmt, Value, ValueSet};
use crate::lower::Primal;
use crate::optimise::fuse::Foreign;
use crate::optimise::Definitions;
use crate::parse::{Annotated, Source};
use crate::pushforward::{self, Pushforward, Second};
use crate::reverse::{keep, together, Derivative};
use crate::{activity, blocks, checkpoint, expansion, kinds, lower, optimise, parse, replay, reverse, third};

/// What the attribute stands on as it was written, and its companions or the errors.
pub(crate) fn differentiable(attribute: TokenStream, item: TokenStream) -> TokenStream {
    match parse::annotated(item.clone()) {
        Ok(Annotated::Function(function)) => {
            let written = parse::visible(function.clone());
            let companions = parse::parse(attribute, function).and_then(|source| compile(&source));
            let companions = companions.unwrap_or_else(|error| error.to_compile_error());
            quote!(#written #companions)
        }
        Ok(Annotated::Impl(block)) => blocks::of_impl(attribute, block),
        Ok(Annotated::Trait(block)) => blocks::of_trait(attribute, block),
        Err(error) => {
            let error = error.to_compile_error();
            quote!(#item #error)
        }
    }
}

pub(crate) fn compile(source: &Source) -> syn::Result<TokenStream> {
    // The body of a function with a rule may be anything, and a trait's method may have none.
    let has_none = source.options.rule.is_some() || source.is_declared;
    let program = if has_none { None } else { Some(program(source)?) };
    let companions = emit::emit(source, program.as_ref());
    let (method, surroundings) = (&source.item.sig.ident, &source.surroundings);
    if surroundings.name.is_empty() {
        expansion::write(&method.to_string(), &companions);
    } else {
        let header = &surroundings.header;
        expansion::write(&format!("{}_{method}", surroundings.name), &quote!(#header { #companions }));
    }
    Ok(companions)
}

const NO_THIRD: &str = "third order is for functions and methods of numbers, arrays, lists and generic structs of one float type\nhelp: make a struct generic over its numbers, `struct Mlp<T: Real>`, or give the function the parts of what it takes, `fn f(x: &Array1<f64>, k: f64) -> f64`, or remove `order`";

/// The function in IR, with what is known of its values.
fn analysed(source: &Source) -> syn::Result<Primal> {
    let mut primal = lower::lower(source)?;
    verify("lower", &primal.values, &primal.body);
    kinds::infer(&mut primal);
    activity::analyse(&mut primal);
    Ok(primal)
}

fn program(source: &Source) -> syn::Result<Program> {
    let mut primal = analysed(source)?;
    let pushforward = source.options.jvp.is_none().then(|| pushed(&primal));
    let has_columns = source.options.jvp.is_none() && source.signature.has_jacobian() && !source.place.is_of_trait();
    let columns = if has_columns { pushed_along_several(&primal) } else { None };
    let fused = differentiated(source, &primal).map(|target| {
        if !checkpoint::is_divided(&primal.body) {
            return fused(&primal, target).0;
        }
        let (mut whole, mut divided) = (primal.clone(), primal.clone());
        checkpoint::ignore(&mut whole.body);
        let (_, together) = fused(&whole, target);
        checkpoint::divide(&mut divided, &together, &source.options.krate);
        fused(&divided, target).0
    });
    let takes_gradients = !pushforward::gradients_taken(&primal.body).is_empty();
    let curvatures = if takes_gradients { None } else { curvatures(source, &primal) };
    let is_of_third_order = source.options.is_twice && third::is_compiled(source, &primal);
    let over_floats = if is_of_third_order && !takes_gradients { over_floats(source)? } else { None };
    let is_twice = source.options.is_twice && over_floats.is_none();
    let second = is_twice.then(|| second(&primal));
    checkpoint::divide(&mut primal, &[], &source.options.krate);
    let residual = residual(reverse::differentiate(&primal));
    Ok(Program { primal, residual, fused, pushforward, columns, second, is_of_third_order, curvatures, over_floats })
}

/// Second order of the function over other floats, of which that over its own is a case; of one that is generic over them, nothing.
fn over_floats(source: &Source) -> syn::Result<Option<OverFloats>> {
    let refused = || syn::Error::new(source.options.third.unwrap_or_else(Span::call_site), NO_THIRD);
    if !source.is_of_numbers() {
        return Err(refused());
    }
    if source.float().is_some() {
        return Ok(None);
    }
    let source = source.over_floats().ok_or_else(refused)?;
    let primal = analysed(&source)?;
    let second = Some(second(&primal));
    // Nothing but second order is asked of it.
    let residual = reverse::differentiate(&primal);
    let program = Program {
        residual,
        fused: None,
        pushforward: None,
        columns: None,
        second,
        is_of_third_order: true,
        curvatures: None,
        over_floats: None,
        primal,
    };
    Ok(Some(OverFloats { source, program: Box::new(program) }))
}

/// The value whose gradient `value_and_grad` computes in one program: the result, or a part of it. A function that changes
/// its arguments leaves them changed when it is over, and the sweep, which may ask what they were, has a scope of its own.
fn differentiated(source: &Source, primal: &Primal) -> Option<Value> {
    let outcome = &source.signature.outcome;
    if source.signature.arguments.iter().any(|argument| argument.kind.is_exclusive()) {
        return None;
    }
    match (outcome.target_kind.is_scalar() && !outcome.is_fallible(), outcome.aux.is_empty()) {
        (false, _) => None,
        (true, true) => Some(primal.body.results[0]),
        (true, false) => primal.parts().map(|parts| parts[0]),
    }
}

/// The same with tangents, for callers that are differentiated twice. Nothing runs again for that: it keeps what it needs.
fn second(primal: &Primal) -> Second {
    let mut primal = primal.clone();
    checkpoint::remove(&mut primal);
    match pushforward::differentiate_twice(reverse::differentiate(&primal)) {
        Second::Compiled(derivative) => Second::Compiled(Box::new(residual(*derivative))),
        unsupported @ Second::Unsupported(_) => unsupported,
    }
}

/// The derivative for callers: two passes, with what the second one reads in its closure.
fn residual(mut derivative: Derivative) -> Derivative {
    verify("reverse", &derivative.values, &derivative.forward);
    optimise::clean(&mut derivative.values, &mut derivative.forward, &mut derivative.reverse);
    let Derivative { values, forward, reverse, .. } = &mut derivative;
    optimise::fuse::drop_identities_of_both(values, forward, reverse);
    let foreign = Foreign::of(values, forward);
    replay::settle(values, reverse, &foreign);
    optimise::fuse::fuse(values, reverse, &foreign, &ValueSet::default());
    keep::restore(values, forward, reverse);
    keep::restore_in_pullback(values, forward, reverse);
    let captured = reads_in_blocks(reverse);
    optimise::fuse::fuse(values, forward, &Foreign::default(), &captured);
    let mut live = ValueSet::default();
    optimise::remove_dead(reverse, &mut live);
    optimise::remove_dead(forward, &mut live);
    let mut kept = ValueSet::default();
    reverse.reads(&mut |v| {
        kept.insert(v);
    });
    optimise::let_go(values, forward, &[], &kept);
    let cotangents = reverse.params.clone();
    optimise::let_go(values, reverse, &cotangents, &ValueSet::default());
    verify("residual", values, &joined(forward, reverse));
    derivative
}

/// The gradient itself, with respect to `target`, whose cotangent is 1.
fn gradient(primal: &Primal, target: Value) -> Derivative {
    let mut scalar = primal.clone();
    scalar.values[target].kind = Kind::Scalar;
    scalar.body.results = vec![target];
    let mut derivative = reverse::differentiate(&scalar);
    let Derivative { values, reverse, .. } = &mut derivative;
    let seed = reverse.params.pop().expect("the cotangent");
    let one = Op::Literal(Number { value: 1.0, token: None });
    reverse.stmts.insert(0, Stmt { outs: vec![seed], op: one, span: values[seed].span });
    derivative
}

/// The gradient in one program with the function, and the loops whose passes run together: they keep nothing.
fn fused(primal: &Primal, target: Value) -> (Derivative, Vec<u32>) {
    let mut derivative = gradient(primal, target);
    derivative.forward.results.clone_from(&primal.body.results);
    optimise::clean(&mut derivative.values, &mut derivative.forward, &mut derivative.reverse);
    let together = run_together(&mut derivative);
    verify("fused", &derivative.values, &joined(&derivative.forward, &derivative.reverse));
    (derivative, together)
}

/// Makes one program of a forward pass and its sweep: the results of the sweep are computed in the forward pass. Returns the loops
/// whose passes run together.
fn run_together(derivative: &mut Derivative) -> Vec<u32> {
    let Derivative { values, forward, reverse } = derivative;
    let literals = literals(reverse);
    let mut foreign = Foreign::of(values, forward);
    literals.iter().for_each(|(value, op)| foreign.definitions.insert(*value, op));
    replay::settle(values, reverse, &foreign);
    optimise::fuse::fuse_inside(values, reverse, &foreign, &ValueSet::default());
    keep::restore(values, forward, reverse);
    keep::restore_overwritten(values, forward, reverse);
    let captured = reads_in_blocks(reverse);
    let (value, own) = (forward.results[0], forward.results.len());
    forward.stmts.append(&mut reverse.stmts);
    forward.results.append(&mut reverse.results);
    let together = together::merge(forward);
    optimise::clean(values, forward, &mut Block::default());
    optimise::fuse::fuse(values, forward, &Foreign::default(), &captured);
    reverse.results = forward.results.split_off(own);
    debug_assert_eq!(forward.results[0], value, "the function's result comes first");
    let mut all = joined(forward, reverse);
    optimise::remove_dead(&mut all, &mut ValueSet::default());
    optimise::let_go(values, &mut all, &[], &ValueSet::default());
    forward.stmts = all.stmts;
    together
}

/// The tangent of the gradient along several directions, in one program with the function, where there is a Hessian and such a
/// program.
fn curvatures(source: &Source, primal: &Primal) -> Option<Pushforward> {
    if !source.options.is_twice || !source.signature.has_hessian() || source.place.is_of_trait() {
        return None;
    }
    let target = differentiated(source, primal)?;
    let mut primal = primal.clone();
    checkpoint::remove(&mut primal);
    let Second::Compiled(mut derivative) = pushforward::differentiate_twice(gradient(&primal, target)) else { return None };
    derivative.forward.results.truncate(1);
    derivative.reverse.results.remove(0);
    optimise::clean(&mut derivative.values, &mut derivative.forward, &mut derivative.reverse);
    if !pushforward::gradient_along_several(&mut derivative, primal.body.params.len()) {
        return None;
    }
    optimise::clean(&mut derivative.values, &mut derivative.forward, &mut derivative.reverse);
    run_together(&mut derivative);
    let Derivative { values, forward, reverse } = *derivative;
    let body = Block { results: [forward.results, reverse.results].concat(), ..forward };
    verify("gradient along several directions", &values, &body);
    Some(Pushforward { values, body, unsupported: None })
}

/// The function with its tangent, in one pass.
fn pushed(primal: &Primal) -> Pushforward {
    let mut pushforward = derived(primal);
    let Pushforward { values, body, .. } = &mut pushforward;
    optimise::fuse::fuse(values, body, &Foreign::default(), &ValueSet::default());
    optimise::remove_dead(body, &mut ValueSet::default());
    optimise::let_go(values, body, &[], &ValueSet::default());
    verify("optimised pushforward", values, body);
    pushforward
}

/// The tangent of its result along several directions in one pass, if there is such a pass.
fn pushed_along_several(primal: &Primal) -> Option<Pushforward> {
    let mut pushforward = derived(primal);
    if pushforward.unsupported.is_some() || !pushforward::along_several(&mut pushforward, primal.body.params.len()) {
        return None;
    }
    let Pushforward { values, body, .. } = &mut pushforward;
    verify("several directions", values, body);
    optimise::clean(values, body, &mut Block::default());
    optimise::fuse::fuse(values, body, &Foreign::default(), &ValueSet::default());
    optimise::remove_dead(body, &mut ValueSet::default());
    verify("optimised directions", values, body);
    Some(pushforward)
}

/// The function with its tangent, as simple as it can be.
fn derived(primal: &Primal) -> Pushforward {
    let mut pushforward = pushforward::differentiate(primal);
    verify("pushforward", &pushforward.values, &pushforward.body);
    optimise::clean(&mut pushforward.values, &mut pushforward.body, &mut Block::default());
    pushforward
}

/// The definitions of the literals in a block and its nested blocks.
fn literals(block: &Block) -> Vec<(Value, Op)> {
    let definitions = Definitions::of([block]);
    let literals = definitions.own().filter(|(_, op)| matches!(op, Op::Literal(_)));
    literals.map(|(value, op)| (value, op.clone())).collect()
}

/// The values that are read outside of the block that defines them: by the sweep, or after a loop has kept them.
pub(crate) fn reads_in_blocks(reverse: &Block) -> ValueSet {
    let mut reads = ValueSet::default();
    reverse
        .stmts
        .iter()
        .filter(|stmt| !matches!(stmt.op, Op::Elementwise(..) | Op::Fit { .. } | Op::Sum(_) | Op::Accumulate(..)))
        .for_each(|stmt| {
            stmt.reads(&mut |v| {
                reads.insert(v);
            });
        });
    reads
}

fn joined(forward: &Block, reverse: &Block) -> Block {
    let mut all = forward.clone();
    all.params.extend(&reverse.params);
    all.stmts.extend(reverse.stmts.iter().cloned());
    all.results.extend(&reverse.results);
    all
}

/// `callback! { rows of the table }`.
pub(crate) fn for_each_elementwise(callback: TokenStream) -> TokenStream {
    let rows: TokenStream = crate::table::elementwise::TOKENS.parse().expect("the table is Rust tokens");
    let callback = callback.to_token_stream();
    quote!(#callback! { #rows })
}

/// `callback! { names of the operations that are not elementwise }`.
pub(crate) fn for_each_operation(callback: TokenStream) -> TokenStream {
    let names = crate::table::operations::all().map(|op| quote::format_ident!("{}", op.name));
    let callback = callback.to_token_stream();
    quote!(#callback! { #(#names)* })
}

/// `callback! { rows of the prelude's functions, with their rules }`.
pub(crate) fn for_each_elementwise_function(callback: TokenStream) -> TokenStream {
    let (callback, rows) = (callback.to_token_stream(), crate::table::emit::functions());
    quote!(#callback! { #rows })
}

/// `callback! { the functions of the table, with their rules }`.
pub(crate) fn for_each_elementwise_rule(callback: TokenStream) -> TokenStream {
    let (callback, rows) = (callback.to_token_stream(), crate::table::emit::rules());
    quote!(#callback! { #rows })
}
