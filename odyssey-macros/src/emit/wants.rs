//! What is computed only if the caller wants a gradient that needs it.
//!
//! In the hidden form of a derivative every differentiated argument has a type parameter, `Yes` or `No`. A value of the
//! sweep that serves all of them is computed in any case; one that serves some is an `Option` behind a condition on
//! these constants, so that the code for what nobody wants is not even compiled.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path};

use crate::ir::{Block, Kind, Op, Stmt, Value, ValueSet, Values, Wanted};

/// The type parameters for wants, and the values that are there only if one of them is `Yes`.
#[derive(Default)]
pub(super) struct Guards {
    /// The parameter of each differentiated argument; empty where everything is wanted.
    parameters: BTreeMap<usize, Ident>,
    guarded: ValueSet,
    /// The pullbacks whose callers pass a partial want on, with the arguments they do that for.
    passed_on: HashSet<(Value, usize)>,
}

impl Guards {
    /// The guards of a sweep.
    pub(super) fn new(parameters: BTreeMap<usize, Ident>, values: &Values, sweep: &Block) -> Guards {
        let mut guards = Guards { parameters, guarded: ValueSet::default(), passed_on: HashSet::new() };
        let needed_plainly = read_by_control_flow(sweep);
        for stmt in &sweep.stmts {
            if let Op::Pullback { pullback, .. } = &stmt.op {
                guards.pass_on(*pullback, stmt, values, &needed_plainly);
                continue;
            }
            let continues_plainly = matches!(&stmt.op, Op::Accumulate(sum, _) | Op::AccumulatePart { tangent: sum, .. } if !guards.guarded.contains(sum));
            // What is made from something that may not be there may not be there either.
            let mut reads_guarded = false;
            stmt.reads(&mut |v| reads_guarded |= guards.guarded.contains(&v));
            let is_partial = guards.is_partial(&guards.wanted(values, stmt));
            if is_partial && (is_costly(values, stmt) || reads_guarded) && !continues_plainly {
                guards.guarded.extend(stmt.outs.iter().filter(|out| !needed_plainly.contains(out)));
            }
        }
        guards
    }

    /// Each cotangent of a call is there or not on its own.
    fn pass_on(&mut self, pullback: Value, stmt: &Stmt, values: &Values, needed_plainly: &ValueSet) {
        let Op::Pullback { call, .. } = &stmt.op else { unreachable!("the call of a pullback") };
        // A gradient and its tangent are there or not together.
        let arguments = call.args.len();
        for position in 0..arguments {
            let outs: Vec<_> = stmt.outs.iter().skip(position).step_by(arguments).collect();
            let is_free = |out: &&Value| self.is_partial(&values[**out].wanted) && !needed_plainly.contains(out);
            if outs.iter().all(is_free) {
                self.guarded.extend(outs.into_iter().copied());
                self.passed_on.insert((pullback, position));
            }
        }
    }

    /// Whether a call computes the cotangent of this argument only if it is wanted; if not, it does in any case.
    pub(super) fn passes_on(&self, pullback: Value, position: usize) -> bool {
        self.passed_on.contains(&(pullback, position))
    }

    pub(super) fn is_guarded(&self, value: Value) -> bool {
        self.guarded.contains(&value)
    }

    /// Serves some of the gradients, but not all.
    pub(super) fn is_partial(&self, wanted: &Wanted) -> bool {
        !self.parameters.is_empty() && !wanted.is_empty() && wanted.len() < self.parameters.len()
    }

    /// The gradients that a statement serves.
    #[expect(clippy::unused_self, reason = "belongs to the question above")]
    pub(super) fn wanted(&self, values: &Values, stmt: &Stmt) -> Wanted {
        stmt.outs.iter().flat_map(|out| values[*out].wanted.iter().copied()).collect()
    }

    /// `WantX::ON || WantY::ON`.
    pub(super) fn condition(&self, wanted: &Wanted) -> TokenStream {
        let parameters = wanted.iter().map(|position| &self.parameters[position]);
        quote!(#(#parameters::ON)||*)
    }

    /// Wanted if one of these gradients is: a type.
    pub(super) fn any_of(&self, wanted: &Wanted, krate: &Path) -> TokenStream {
        let mut parameters = wanted.iter().map(|position| &self.parameters[position]);
        let first = parameters.next().map(|first| quote!(#first)).expect("not empty");
        parameters.fold(first, |all, next| quote!(<#all as #krate::rt::Want>::Or<#next>))
    }
}

/// What loops, branches and the adjoints of writes read, and all that is computed for it: these are not guarded.
fn read_by_control_flow(sweep: &Block) -> ValueSet {
    let mut needed = ValueSet::default();
    for stmt in sweep.stmts.iter().rev() {
        let is_plain = matches!(
            stmt.op,
            Op::TakePart { .. } | Op::Part(..) | Op::Push { .. } | Op::Unpop { .. } | Op::Pop { .. } | Op::Swap { .. }
        );
        if !stmt.op.blocks().is_empty() || is_plain || stmt.outs.iter().any(|out| needed.contains(out)) {
            stmt.reads(&mut |v| {
                needed.insert(v);
            });
            needed.extend(stmt.outs.iter().copied());
        }
    }
    needed
}

/// Worth a condition: more than arithmetic on single floats.
fn is_costly(values: &Values, stmt: &Stmt) -> bool {
    match &stmt.op {
        Op::Rule(..)
        | Op::RuleAlong(..)
        | Op::Kernel(_)
        | Op::Accumulate(..)
        | Op::Zero(_)
        | Op::AccumulatePart { .. }
        | Op::Assemble(..) => stmt.outs.iter().any(|out| values[*out].kind != Kind::Scalar),
        _ => false,
    }
}
