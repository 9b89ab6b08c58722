//! Memory given back: which arrays end with which statement, so that it can serve what follows, and what else has ended where
//! a block does.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::Ident;

use super::layout::Layout;
use super::writer::Writer;
use crate::ir::{Block, Call, Callee, Copying, Kind, Op, Stmt, Value, ValueSet, Values};
use crate::lower::is_count;
use crate::table::operations::Read;

/// Its results borrow nothing of its operands, and it takes none of them.
pub(super) fn borrows_for_a_moment(op: &Op) -> bool {
    match op {
        Op::Kernel(_) | Op::Extent(_) | Op::OldShape(..) | Op::Length(_) | Op::Sum(_) | Op::RuleAlong(..) => true,
        Op::Rule(operation, operand, _) => !operation.rules[*operand].1.contains(&Read::OwnedCotangent),
        Op::Apply(operation, ..) => !operation.is_view || borrowed(op).is_some(),
        op => borrowed(op).is_some(),
    }
}

/// What the result stands for: it lives no longer than that.
fn borrowed(op: &Op) -> Option<Value> {
    match op {
        Op::Reference(x) | Op::Copy(Copying::View | Copying::Moved, x) => Some(*x),
        Op::Apply(operation, operands, _) if operation.is_view => Some(operands[0]),
        _ => None,
    }
}

/// Returns arrays that are nobody else's.
pub(super) fn makes_arrays(op: &Op) -> bool {
    match op {
        Op::Kernel(_) | Op::Rule(..) | Op::RuleAlong(..) | Op::Tangent(..) | Op::Pullback { .. } | Op::Fit { .. } => true,
        Op::Apply(operation, ..) => !operation.is_view,
        _ => false,
    }
}

/// What it returns as an array is nobody else's.
pub(super) fn owns_arrays(op: &Op) -> bool {
    makes_arrays(op) || matches!(op, Op::Accumulate(..))
}

/// Needs memory for arrays.
fn takes_memory(op: &Op) -> bool {
    makes_arrays(op) || matches!(op, Op::Linearize(_) | Op::LinearizeAlong(..) | Op::Call(_)) || !op.blocks().is_empty()
}

/// Calls `f` with what a statement may move other than by consuming it, or leave borrowed by something that has a destructor.
pub(super) fn takes(values: &Values, stmt: &Stmt, f: &mut impl FnMut(Value)) {
    match &stmt.op {
        Op::Verbatim(_) if stmt.outs.iter().all(|out| values[*out].kind.is_scalar()) => {}
        Op::Verbatim(verbatim) if is_count(&verbatim.expr) => {}
        Op::Verbatim(_) | Op::Effect(..) | Op::Match(..) | Op::Copy(Copying::Moved, _) | Op::Snapshot(_) | Op::Lend(_) => {
            stmt.op.operands(f);
        }
        Op::Apply(_, _, parameters) => parameters.iter().copied().for_each(f),
        Op::Rule(operation, operand, reads) => parameters(operation.rules[*operand].1, reads).for_each(f),
        Op::Call(call) | Op::Linearize(call) | Op::Pushforward(call, _) => receiver(call).into_iter().for_each(f),
        Op::Tangent(..) | Op::RuleAlong(..) | Op::LinearizeAlong(..) => stmt.op.operands(f),
        _ => {}
    }
}

/// What a rule is given as it is.
fn parameters<'r>(kinds: &'r [Read], reads: &'r [Value]) -> impl Iterator<Item = Value> + 'r {
    kinds.iter().zip(reads).filter(|(kind, _)| matches!(kind, Read::Parameter(_))).map(|(_, value)| *value)
}

/// A method may take what it is called on.
fn receiver(call: &Call) -> Option<Value> {
    matches!(call.callee, Callee::Method(..)).then(|| call.args[0])
}

/// Makes something new that may own memory.
fn makes_memory(op: &Op) -> bool {
    match op {
        Op::Linearize(_) | Op::Call(_) | Op::Zero(_) | Op::Assemble(..) | Op::TakePart { .. } | Op::Part(..) => true,
        Op::Accumulate(..) | Op::AccumulatePart { .. } | Op::Store { .. } | Op::Update { .. } | Op::Push { .. } => true,
        Op::Copy(Copying::Clone | Copying::ToOwned, _) | Op::List(..) | Op::JoinedPart { .. } => true,
        Op::If(..) | Op::Match(..) | Op::Scope(_) => true,
        Op::Verbatim(verbatim) => super::verbatim::is_constructor(&verbatim.expr),
        op => makes_arrays(op),
    }
}

impl Layout {
    /// Finds the arrays that a block has made, or was given, and that are borrowed for the last time by one of its
    /// statements.
    pub(super) fn find_ends(&mut self, values: &Values, block: &Block, given: &[Value]) {
        self.keep_bases(block);
        let makers = block.stmts.iter().filter(|stmt| makes_arrays(&stmt.op));
        let own = makers.flat_map(|stmt| &stmt.outs).chain(given);
        for value in own.filter(|v| matches!(values[**v].kind, Kind::Array(_))) {
            if let Some(at) = self.last_borrow(*value) {
                self.end(*value, at);
            }
        }
    }

    /// What a kept value stands for is kept.
    fn keep_bases(&mut self, block: &Block) {
        for stmt in block.stmts.iter().rev() {
            stmt.op.blocks().into_iter().for_each(|inner| self.keep_bases(inner));
            if let (Some(base), true) = (borrowed(&stmt.op), stmt.outs.iter().any(|out| self.is_kept(*out))) {
                self.keep(base);
            }
        }
    }
}

impl Layout {
    /// The variables that a block has made, and that end with it: they are there, and nothing has taken them.
    fn own_variables(&self, values: &Values, block: &Block) -> Vec<Value> {
        let made = block.stmts.iter().filter(|stmt| makes_memory(&stmt.op)).flat_map(|stmt| match &stmt.op {
            Op::Linearize(_) => &stmt.outs[..1],
            _ => &stmt.outs[..],
        });
        let popped = block.pops.iter().map(|kept| &kept.value).filter(|v| values[**v].active && self.is_made(**v));
        let carried = block.stmts.iter().filter_map(|stmt| match &stmt.op {
            Op::For(l) => Some(&l.body.params[1..]),
            _ => None,
        });
        let all = popped.chain(made).chain(carried.flatten()).copied();
        all.filter(|v| self.variable(*v) == *v && self.may_own_memory(values, *v)).collect()
    }

    /// What defines it, if anything does, makes something that may own memory.
    fn is_made(&self, value: Value) -> bool {
        self.definition(value).is_none_or(makes_memory)
    }

    /// A variable of its own, of a kind that may own memory, and nothing takes it or what has its place later.
    fn may_own_memory(&self, values: &Values, value: Value) -> bool {
        let is_plain = |v: Value| !values[v].kind.is_copy();
        let is_one = !self.is_inline(value) && !self.is_behind_argument(value) && is_plain(value);
        is_one && self.sharing(value).all(|v| !self.is_taken(v)) && self.sharing(value).any(|v| self.is_used(v))
    }
}

/// A variable that ends.
pub(super) struct Ended {
    name: Ident,
    /// An array for sure, so that method lookup need not find out what it is, which takes rustc four times as long.
    is_array: bool,
}

impl Writer<'_> {
    /// What ends with a block; of `given` as well, which it was given to keep.
    pub(super) fn ended(&mut self, block: &Block, given: &[Value]) -> Vec<Ended> {
        let is_own =
            |v: &Value| self.layout.variable(*v) == *v && self.layout.is_made(*v) && self.layout.may_own_memory(self.values, *v);
        let mut ended: Vec<_> = given.iter().copied().filter(is_own).collect();
        ended.extend(self.layout.own_variables(self.values, block));
        ended.retain(|v| !self.moved.contains(v));
        let mut seen = ValueSet::default();
        ended.retain(|v| seen.insert(*v));
        self.moved.extend(ended.iter().copied());
        ended.into_iter().map(|v| self.end_of(v)).collect()
    }

    fn end_of(&mut self, value: Value) -> Ended {
        let is_array = self.layout.sharing(self.layout.variable(value)).all(|v| self.layout.is_own_array(v));
        Ended { name: self.name(value), is_array }
    }

    /// Results, when what has ended with the block has given its memory back: those that still read it get names like `hints`
    /// first.
    pub(super) fn recycling(
        &mut self,
        results: Vec<TokenStream>,
        hints: &[Ident],
        ended: &[Ended],
        span: Span,
    ) -> (TokenStream, Vec<TokenStream>) {
        let mut bound = TokenStream::new();
        let mut results = results;
        for (result, hint) in results.iter_mut().zip(hints).filter(|(result, _)| mentions(result, ended)) {
            let name = self.names.unique(hint);
            bound.extend(quote!(let #name = #result;));
            *result = quote!(#name);
        }
        let recycle = self.recycle(ended, span);
        (quote!(#bound #recycle), results)
    }

    /// `rt::recycle(x); rt::recycle!(y, z);`
    pub(super) fn recycle(&self, ended: &[Ended], span: Span) -> TokenStream {
        if ended.is_empty() {
            return TokenStream::new();
        }
        let recycle = self.rt("recycle", span);
        let (arrays, others): (Vec<_>, Vec<_>) = ended.iter().partition(|ended| ended.is_array);
        let [arrays, others] = [arrays, others].map(|ended| ended.into_iter().map(|ended| &ended.name).collect::<Vec<_>>());
        let others = (!others.is_empty()).then(|| quote!(#recycle!(#(#others),*);));
        quote!(#(#recycle(#arrays);)* #others)
    }

    /// `x = next;`, and what was in `x` gives its memory back.
    pub(super) fn overwrite(&self, value: Value, place: &TokenStream, next: &TokenStream) -> TokenStream {
        let root = self.layout.variable(value);
        let is_number = self.values[value].kind.is_copy();
        let varies = self.values[value].active || !self.values[value].wanted.is_empty();
        if is_number || !varies || self.moved.contains(&root) || self.layout.is_behind_argument(value) {
            return quote!(#place = #next;);
        }
        let set = self.rt("set", self.values[value].span);
        quote!(#set!(#place => #next);)
    }

    /// `rt::recycle(x);` for the arrays that end with a statement, if something that needs memory follows.
    pub(super) fn releases(&mut self, stmt: &Stmt, rest: &[Stmt]) -> TokenStream {
        let ending: Vec<_> = self.layout.ending(self.at).filter(|v| !self.is_guarded(*v)).collect();
        if ending.is_empty() || !rest.iter().any(|stmt| takes_memory(&stmt.op)) {
            return TokenStream::new();
        }
        self.moved.extend(ending.iter().copied());
        let ended: Vec<_> = ending.into_iter().map(|v| self.end_of(v)).collect();
        self.recycle(&ended, stmt.span)
    }
}

/// One of the variables occurs in it.
fn mentions(tokens: &TokenStream, ended: &[Ended]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ended.iter().any(|ended| ended.name == ident),
        TokenTree::Group(group) => mentions(&group.stream(), ended),
        _ => false,
    })
}
