//! Where everything goes in the emitted text: which values are written in place, which share a variable, and where a
//! value is used for the last time and may be moved.

mod inline;
mod share;

use std::rc::Rc;

use super::release;
use crate::ir::{Block, Kind, Op, Stmt, Value, ValueMap, ValueSet, Values, Write};
use crate::optimise::Definitions;

/// A place in the text, numbered in the order of evaluation.
#[derive(Clone, Debug, PartialEq)]
struct Site {
    at: usize,
    block: usize,
    /// The branches around it, outermost first: which `if`, and which arm.
    arms: Rc<[(usize, usize)]>,
}

impl Site {
    /// Only one of the two is ever reached.
    fn excludes(&self, other: &Site) -> bool {
        self.arms.iter().any(|(branch, arm)| other.arms.iter().any(|(b, a)| b == branch && a != arm))
    }
}

/// What becomes of a named value that is read once, as the result of its block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Results {
    /// It keeps its name.
    Named,
    /// It is written where the block ends.
    InPlace,
}

/// The positions of a block's statements, and of its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) stmts: Vec<(usize, Vec<Places>)>,
    pub(super) end: usize,
}

#[derive(Default)]
pub(super) struct Layout {
    definitions: ValueMap<Op>,
    defined: ValueMap<Site>,
    /// Where a value is read, and by the statement of which first result, if it has one.
    reads: ValueMap<Vec<(Site, Option<Value>)>>,
    uses: ValueMap<Vec<Site>>,
    loops: Vec<(usize, usize)>,
    inline: ValueSet,
    /// Results that are written where their block ends.
    handed_on: ValueSet,
    /// Values whose names are bound again by the parameters of a pullback.
    given_again: ValueSet,
    /// Values that are read by more than what borrows them for a moment.
    kept: ValueSet,
    /// Values that are read in a way that may move them, or leave something alive that borrows from them.
    taken: ValueSet,
    /// Arrays that are nobody else's.
    arrays: ValueSet,
    /// The arrays that end with the statement at a place.
    ending: Vec<(usize, Value)>,
    /// Single floats that are read.
    numbers: ValueSet,
    /// Parameters that are `&mut`: changed through, whoever owns what is behind them.
    exclusive: ValueSet,
    variable: ValueMap<Value>,
    mutable: ValueSet,
    /// When a value is overwritten.
    overwritten: ValueMap<usize>,
    /// Results of branches that are in their variable already when an arm ends.
    settled: ValueSet,
    clock: usize,
    blocks: usize,
    arms: Rc<[(usize, usize)]>,
}

impl Layout {
    /// Lays out blocks that run one after the other; returns their places. Values that are given again to the second
    /// block are not variables there.
    pub(super) fn new(values: &Values, blocks: &[(&Block, Results)], given_again: &[Value]) -> (Layout, Vec<Places>) {
        let mut layout = Layout {
            definitions: Definitions::of(blocks.iter().map(|(block, _)| *block)).own().map(|(v, op)| (v, op.clone())).collect(),
            given_again: given_again.iter().copied().collect(),
            exclusive: blocks[0].0.params.iter().copied().filter(|v| values[*v].kind.is_exclusive()).collect(),
            ..Layout::default()
        };
        let places: Vec<_> = blocks.iter().map(|(block, results)| layout.number(values, block, *results)).collect();
        layout.numbers = layout.reads.keys().filter(|v| values[*v].kind.is_scalar()).collect();
        if let ([(forward, _), _], false) = (blocks, layout.exclusive.len() == 0) {
            // What is left in a `&mut` argument is the caller's before a second block runs.
            for left in forward.results.iter().filter(|left| values[**left].kind.is_exclusive()) {
                layout.overwritten.insert(*left, places[0].end);
            }
        }
        layout.choose_inline(values, blocks);
        layout.collect_uses();
        layout.spread_taken();
        for ((block, _), places) in blocks.iter().zip(&places) {
            layout.share_variables(block, places);
        }
        for (i, (block, _)) in blocks.iter().enumerate() {
            // The first block's are borrowed from the caller, or his to keep; a pullback owns its cotangents.
            let given = if i == 0 { &[][..] } else { &block.params };
            layout.find_ends(values, block, given);
        }
        (layout, places)
    }

    fn number(&mut self, values: &Values, block: &Block, results: Results) -> Places {
        self.blocks += 1;
        let id = self.blocks;
        if results == Results::InPlace {
            self.handed_on.extend(&block.results);
        }
        let start = self.site(id);
        block.entry(&mut |v| {
            self.defined.insert(v, start.clone());
        });
        let mut places = Places::default();
        for stmt in &block.stmts {
            self.clock += 1;
            let (at, site) = (self.clock, self.site(id));
            let owner = stmt.outs.first().copied();
            stmt.op.operands(&mut |v| self.reads.or_default(v).push((site.clone(), owner)));
            if !release::borrows_for_a_moment(&stmt.op) {
                stmt.op.operands(&mut |v| {
                    self.kept.insert(v);
                });
            }
            release::takes(values, stmt, &mut |v| {
                self.taken.insert(v);
            });
            let inner = self.nested(values, stmt);
            let after = if inner.is_empty() { site } else { self.site(id) };
            self.overwritten.extend(stmt.overwrites().into_iter().map(|(base, _)| (base, at)));
            stmt.outs.iter().for_each(|out| {
                self.defined.insert(*out, after.clone());
            });
            if release::owns_arrays(&stmt.op) {
                self.arrays.extend(stmt.outs.iter().filter(|out| matches!(values[**out].kind, Kind::Array(_))));
            }
            places.stmts.push((at, inner));
        }
        self.clock += 1;
        places.end = self.clock;
        let site = self.site(id);
        block.end_reads(&mut |v| {
            self.reads.or_default(v).push((site.clone(), None));
            self.kept.insert(v);
        });
        places
    }

    fn nested(&mut self, values: &Values, stmt: &Stmt) -> Vec<Places> {
        match &stmt.op {
            Op::If(..) | Op::Match(..) => {
                let branch = self.clock;
                let arms = stmt.op.blocks().into_iter().enumerate();
                arms.map(|(arm, block)| {
                    let around = self.arms.clone();
                    self.arms = [&around[..], &[(branch, arm)]].concat().into();
                    let places = self.number(values, block, Results::InPlace);
                    self.arms = around;
                    places
                })
                .collect()
            }
            Op::Scope(block) => vec![self.number(values, block, Results::InPlace)],
            Op::For(_) | Op::Directions(_) => self.repeated(values, stmt),
            _ => Vec::new(),
        }
    }

    /// The blocks of a statement that may run several times.
    fn repeated(&mut self, values: &Values, stmt: &Stmt) -> Vec<Places> {
        let start = self.clock;
        let places = stmt.op.blocks().into_iter().map(|block| self.number(values, block, Results::InPlace)).collect();
        self.loops.push((start, self.clock));
        self.clock += 1;
        places
    }

    fn site(&self, block: usize) -> Site {
        Site { at: self.clock, block, arms: self.arms.clone() }
    }

    fn collect_uses(&mut self) {
        let all: Vec<_> = self.reads.keys().collect();
        for value in all {
            let mut sites = Vec::new();
            self.final_sites(value, &mut sites);
            self.uses.insert(value, sites);
        }
    }

    /// Where a value is evaluated: what reads it in place is itself evaluated where it is read.
    fn final_sites(&self, value: Value, sites: &mut Vec<Site>) {
        for (site, owner) in self.reads.get(&value).into_iter().flatten() {
            match owner.filter(|owner| self.inline.contains(owner)) {
                Some(owner) => self.final_sites(owner, sites),
                None => sites.push(site.clone()),
            }
        }
    }

    /// Bound by `let` in the emitted code, not by a signature.
    fn is_local(&self, value: Value) -> bool {
        self.exclusive.contains(&value)
            || !self.given_again.contains(&value)
                && (self.definitions.contains_key(&value) || self.variable.contains_key(&value) || self.mutable.contains(&value))
    }

    /// The value whose variable this one lives in.
    pub(super) fn variable(&self, value: Value) -> Value {
        self.variable.get(&value).copied().unwrap_or(value)
    }

    /// The values that live in this variable.
    pub(super) fn sharing(&self, root: Value) -> impl Iterator<Item = Value> + '_ {
        self.variable.iter().filter(move |(_, own)| **own == root).map(|(value, _)| value).chain([root])
    }

    /// What is taken from a value that is written in place is taken from what that is made from.
    fn spread_taken(&mut self) {
        let mut pending: Vec<_> = self.taken.iter().collect();
        while let Some(value) = pending.pop() {
            if let Some(op) = self.definition(value).filter(|_| self.is_inline(value)) {
                op.operands(&mut |v| pending.push(v));
            }
            self.taken.insert(value);
        }
    }

    pub(super) fn is_taken(&self, value: Value) -> bool {
        self.taken.contains(&value)
    }

    pub(super) fn is_mutable(&self, value: Value) -> bool {
        self.mutable.contains(&self.variable(value))
    }

    /// Lives in an argument that is `&mut`: the caller finds what is left in it, and not in a copy.
    pub(super) fn is_behind_argument(&self, value: Value) -> bool {
        self.exclusive.contains(&self.variable(value))
    }

    /// Overwrites the variable of an earlier value.
    pub(super) fn is_reassigned(&self, value: Value) -> bool {
        self.variable.contains_key(&value)
    }

    /// Is in its variable already when the arms of its branch end.
    pub(super) fn is_settled(&self, value: Value) -> bool {
        self.settled.contains(&value)
    }

    /// Written where it is read.
    pub(super) fn is_inline(&self, value: Value) -> bool {
        self.inline.contains(&value)
    }

    pub(super) fn definition(&self, value: Value) -> Option<&Op> {
        self.definitions.get(&value)
    }

    /// It is an array, and nobody else's.
    pub(super) fn is_own_array(&self, value: Value) -> bool {
        self.arrays.contains(&value)
    }

    pub(super) fn is_used(&self, value: Value) -> bool {
        self.uses.get(&value).is_some_and(|uses| !uses.is_empty())
    }

    /// Nobody reads the value after this statement, which may read it several times.
    fn is_last_read(&self, value: Value, at: usize) -> bool {
        let uses = self.uses.get(&value).map_or(&[][..], |uses| uses);
        let Some(here) = uses.iter().find(|site| site.at == at) else { return false };
        uses.iter().filter(|site| !site.excludes(here)).all(|site| site.at <= at) && !self.is_read_again(value, at)
    }

    /// What is written is computed before the place is touched, so that it may read what is there.
    fn reads_before_it_writes(&self, op: &Op) -> bool {
        match op {
            // Code that changes a variable reads it under the name that it has afterwards.
            Op::Store { how: Write::Set, .. } | Op::Effect(..) => true,
            Op::Update { value, .. } | Op::AccumulatePart { value, .. } => self.numbers.contains(value),
            _ => false,
        }
    }

    /// The point is in a loop that comes after the definition.
    fn is_read_again(&self, value: Value, at: usize) -> bool {
        let defined = self.defined.get(&value).map_or(0, |site| site.at);
        self.loops.iter().any(|(start, end)| *start < at && at <= *end && defined < *start)
    }

    /// Read by more than what borrows it for a moment; what is bound to a variable may live on.
    pub(super) fn is_kept(&self, value: Value) -> bool {
        self.kept.contains(&value) || !self.inline.contains(&value)
    }

    pub(super) fn keep(&mut self, value: Value) {
        self.kept.insert(value);
    }

    /// The statement of a value's own block that borrows it for the last time, if nothing ever does more than that.
    pub(super) fn last_borrow(&self, value: Value) -> Option<usize> {
        let is_own = !self.kept.contains(&value) && !self.inline.contains(&value);
        let is_variable = self.variable.contains_key(&value) || self.mutable.contains(&value);
        let last = self.uses.get(&value)?.iter().max_by_key(|site| site.at)?;
        (is_own && !is_variable && last.block == self.defined[&value].block).then_some(last.at)
    }

    pub(super) fn end(&mut self, value: Value, at: usize) {
        self.ending.push((at, value));
    }

    /// The arrays that end with the statement at this place.
    pub(super) fn ending(&self, at: usize) -> impl Iterator<Item = Value> + '_ {
        self.ending.iter().filter(move |(end, _)| *end == at).map(|(_, value)| *value)
    }

    /// Nobody reads the value after this point.
    pub(super) fn is_last_use(&self, value: Value, at: usize) -> bool {
        let uses = self.uses.get(&value).map_or(&[][..], |uses| uses);
        let Some(here) = uses.iter().find(|site| site.at == at) else { return false };
        let others = uses.iter().filter(|site| !site.excludes(here));
        let is_last = others.clone().all(|site| site.at <= at) && others.filter(|site| site.at == at).count() == 1;
        is_last && !self.is_read_again(value, at)
    }
}
