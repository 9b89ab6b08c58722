//! Where everything goes in the emitted text: which values are written in place, which share a variable, and where a
//! value is used for the last time and may be moved.

use std::rc::Rc;

use super::release;
use crate::ir::{Block, Copying, For, Op, Stmt, Value, ValueMap, ValueSet, Values, Write};
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
    /// The arrays that end with the statement at a place.
    ending: Vec<(usize, Value)>,
    /// Single floats.
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
            numbers: values.all().filter(|v| values[*v].kind.is_scalar()).collect(),
            exclusive: blocks[0].0.params.iter().copied().filter(|v| values[*v].kind.is_exclusive()).collect(),
            ..Layout::default()
        };
        let places: Vec<_> = blocks.iter().map(|(block, results)| layout.number(block, *results)).collect();
        if let [(forward, _), _] = blocks {
            // What is left in a `&mut` argument is the caller's before a second block runs.
            for left in &forward.results[1..] {
                layout.overwritten.insert(*left, places[0].end);
            }
        }
        layout.choose_inline(values, blocks);
        layout.collect_uses();
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

    fn number(&mut self, block: &Block, results: Results) -> Places {
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
            let inner = self.nested(stmt);
            let after = if inner.is_empty() { site } else { self.site(id) };
            self.overwritten.extend(stmt.overwrites().into_iter().map(|(base, _)| (base, at)));
            stmt.outs.iter().for_each(|out| {
                self.defined.insert(*out, after.clone());
            });
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

    fn nested(&mut self, stmt: &Stmt) -> Vec<Places> {
        match &stmt.op {
            Op::If(..) | Op::Match(..) => {
                let branch = self.clock;
                let arms = stmt.op.blocks().into_iter().enumerate();
                arms.map(|(arm, block)| {
                    let around = self.arms.clone();
                    self.arms = [&around[..], &[(branch, arm)]].concat().into();
                    let places = self.number(block, Results::InPlace);
                    self.arms = around;
                    places
                })
                .collect()
            }
            Op::For(_) => {
                let start = self.clock;
                let places: Vec<_> = stmt.op.blocks().into_iter().map(|block| self.number(block, Results::InPlace)).collect();
                self.loops.push((start, self.clock));
                self.clock += 1;
                places
            }
            _ => Vec::new(),
        }
    }

    fn site(&self, block: usize) -> Site {
        Site { at: self.clock, block, arms: self.arms.clone() }
    }

    fn choose_inline(&mut self, values: &Values, blocks: &[(&Block, Results)]) {
        let mut inline = ValueSet::default();
        let mut visit = |stmt: &Stmt| {
            if let [out] = stmt.outs[..] {
                if is_place(values, out, &stmt.op) || self.is_read_once_nearby(values, out, &stmt.op) {
                    inline.insert(out);
                }
            }
        };
        blocks.iter().for_each(|(block, _)| walk(block, &mut visit));
        self.inline = inline;
        while self.bind_outlived(values) {}
    }

    /// A value that is read after something it is made from has been overwritten must be bound before; whether there was
    /// one. Parts that are no numbers stay places: for them the whole is copied, unless it is behind a `&mut`, out of which
    /// the user has copied them.
    fn bind_outlived(&mut self, values: &Values) -> bool {
        let is_number = |out: &Value| match &self.definitions[out] {
            Op::Verbatim(verbatim) => !is_place_expression(&verbatim.expr),
            Op::Elementwise(..) => true,
            Op::Field(..) | Op::Index(..) | Op::Dereference(_) => {
                values[*out].kind.is_scalar() || self.is_behind_exclusive(values, *out) && self.is_read_whole(*out)
            }
            _ => values[*out].kind.is_scalar(),
        };
        let outlived: Vec<_> = self.inline.iter().filter(|out| is_number(out) && self.is_outlived(*out)).collect();
        outlived.iter().for_each(|out| {
            self.inline.remove(out);
        });
        !outlived.is_empty()
    }

    /// Read by more than what takes a part of it.
    fn is_read_whole(&self, value: Value) -> bool {
        let is_part = |owner: &Value| {
            let op = self.definitions.get(owner);
            matches!(op, Some(Op::Field(..) | Op::Index(..) | Op::Dereference(_) | Op::Reference(_) | Op::View(..)))
        };
        self.reads.get(&value).into_iter().flatten().any(|(_, owner)| !owner.as_ref().is_some_and(is_part))
    }

    /// A part of what an argument that is `&mut` refers to.
    fn is_behind_exclusive(&self, values: &Values, part: Value) -> bool {
        match self.definitions.get(&part) {
            Some(Op::Field(base, _) | Op::Index(base, _) | Op::Dereference(base)) if self.inline.contains(&part) => {
                values[*base].kind.is_exclusive() || self.is_behind_exclusive(values, *base)
            }
            _ => false,
        }
    }

    fn is_outlived(&self, value: Value) -> bool {
        let Some(ends) = self.first_overwrite(value) else { return false };
        let mut sites = Vec::new();
        self.final_sites(value, &mut sites);
        sites.iter().any(|site| site.at > ends)
    }

    /// When something that is read in place for this value is overwritten.
    fn first_overwrite(&self, value: Value) -> Option<usize> {
        let mut first = None;
        self.definitions[&value].operands(&mut |v| {
            let inner = if self.inline.contains(&v) { self.first_overwrite(v) } else { self.overwritten.get(&v).copied() };
            first = [first, inner].into_iter().flatten().min();
        });
        first
    }

    /// An unnamed expression that is read once, in the block where it stands.
    fn is_read_once_nearby(&self, values: &Values, out: Value, op: &Op) -> bool {
        let [(site, owner)] = &self.reads.get(&out).map_or(&[][..], |reads| reads) else { return false };
        let is_expression = match op {
            Op::Verbatim(verbatim) => verbatim.is_pure,
            Op::Elementwise(..)
            | Op::Rule(..)
            | Op::Zero(_)
            | Op::Length(_)
            | Op::Extent(_)
            | Op::Cast(..)
            | Op::Part(..)
            | Op::CastBack { .. } => true,
            Op::List(..)
            | Op::Construct(..)
            | Op::Tuple(_)
            | Op::Sum(_)
            | Op::Present(_)
            | Op::Absent
            | Op::Apply(..)
            | Op::Index(..)
            | Op::Copy(..) => true,
            _ => false,
        };
        let is_handed_on = owner.is_none() && self.handed_on.contains(&out);
        let is_named = values[out].name.is_some() && !is_handed_on && !matches!(op, Op::Zero(_) | Op::Present(_));
        is_expression && !is_named && site.block == self.defined[&out].block
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

    fn share_variables(&mut self, block: &Block, places: &Places) {
        for (stmt, (at, inner)) in block.stmts.iter().zip(&places.stmts) {
            for (base, out) in stmt.overwrites() {
                let is_last =
                    self.is_last_use(base, *at) || self.reads_before_it_writes(&stmt.op) && self.is_last_read(base, *at);
                let is_last = is_last || self.is_behind_argument(base);
                if !self.inline.contains(&base) && self.is_local(base) && is_last {
                    self.share(out, base);
                }
                self.mutable.insert(self.variable(out));
            }
            match &stmt.op {
                Op::If(..) | Op::Match(..) => {
                    let arms = stmt.op.blocks();
                    arms.iter().zip(inner).for_each(|(arm, places)| self.share_variables(arm, places));
                    self.settle(stmt, &arms, *at);
                }
                Op::For(l) => self.share_in_loop(l, stmt, *at, inner),
                _ => {}
            }
        }
    }

    /// A variable that every arm leaves its result in needs no assignment.
    fn settle(&mut self, stmt: &Stmt, arms: &[&Block], at: usize) {
        for (k, out) in stmt.outs.iter().enumerate() {
            let results: Vec<_> = arms.iter().filter(|arm| !arm.diverges).map(|arm| arm.results[k]).collect();
            let Some(first) = results.first() else { continue };
            let root = self.variable(*first);
            let is_common = results.iter().all(|v| !self.inline.contains(v) && self.variable(*v) == root);
            let is_around = self.defined.get(&root).is_some_and(|site| site.at <= at) && self.mutable.contains(&root);
            let is_changed = results.len() < arms.len() || results.iter().any(|v| v != first);
            if is_common && is_around && is_changed {
                self.share(*out, root);
                self.settled.insert(*out);
            }
        }
    }

    fn share_in_loop(&mut self, l: &For, stmt: &Stmt, at: usize, places: &[Places]) {
        for (k, init) in l.inits.iter().enumerate() {
            let param = l.body.params[k + 1];
            if !self.inline.contains(init)
                && self.is_local(*init)
                // The range may read it as well: it is made before the first iteration.
                && l.inits.iter().filter(|other| *other == init).count() == 1
                && self.is_last_read(*init, at)
                && self.variable(*init) != self.variable(param)
            {
                self.share(param, *init);
            }
            self.mutable.insert(self.variable(param));
            self.share(stmt.outs[k], param);
        }
        if let Some(condition) = &l.condition {
            for (tested, param) in condition.params.iter().zip(&l.body.params[1..]) {
                self.variable.insert(*tested, self.variable(*param));
            }
            self.share_variables(condition, &places[0]);
        }
        self.share_variables(&l.body, places.last().expect("the body's places"));
        for (k, result) in l.body.results[..l.inits.len()].iter().enumerate() {
            let param = l.body.params[k + 1];
            let is_own = l.body.stmts.iter().any(|s| {
                s.outs.first() == Some(result)
                    && s.outs.len() == 1
                    && s.op.blocks().is_empty()
                    && s.overwrites().is_empty()
                    && !matches!(s.op, Op::Kernel(_) | Op::Pullback { .. } | Op::Linearize(_) | Op::Assemble(..) | Op::Effect(..))
            });
            let is_free = !self.inline.contains(result) && !self.variable.contains_key(result) && !self.mutable.contains(result);
            let defined = self.defined[result].at;
            let param_is_done = self.uses.get(&param).into_iter().flatten().all(|site| site.at <= defined);
            let is_handed_on_once = l.body.results.iter().filter(|other| *other == result).count() == 1;
            if is_own && is_free && param_is_done && is_handed_on_once {
                self.share(*result, param);
            }
        }
    }

    fn share(&mut self, value: Value, with: Value) {
        let root = self.variable(with);
        self.mutable.insert(root);
        self.variable.insert(value, root);
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

/// Stands for a place or costs nothing to write again: never bound to a variable of its own.
fn is_place(values: &Values, out: Value, op: &Op) -> bool {
    match op {
        Op::Literal(_) | Op::Reference(_) | Op::Dereference(_) | Op::Field(..) | Op::View(..) | Op::Copy(Copying::View, _) => {
            true
        }
        Op::Apply(op, ..) => op.is_view,
        Op::Index(..) => !values[out].kind.is_scalar(),
        Op::Verbatim(verbatim) => {
            verbatim.is_pure
                && (matches!(verbatim.expr, syn::Expr::Range(_) | syn::Expr::Path(_) | syn::Expr::Lit(_))
                    || is_range_call(&verbatim.expr)
                    || matches!(verbatim.expr, syn::Expr::Call(_)) && verbatim.inputs.is_empty())
        }
        _ => false,
    }
}

/// Names memory: bound to a variable, it would be moved there.
fn is_place_expression(expr: &syn::Expr) -> bool {
    matches!(expr, syn::Expr::Path(_) | syn::Expr::Field(_) | syn::Expr::Index(_) | syn::Expr::Reference(_))
}

fn is_range_call(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::MethodCall(call) => is_range_call(&call.receiver),
        syn::Expr::Paren(paren) => is_range_call(&paren.expr),
        syn::Expr::Range(_) => true,
        _ => false,
    }
}

fn walk(block: &Block, f: &mut impl FnMut(&Stmt)) {
    for stmt in &block.stmts {
        f(stmt);
        stmt.op.blocks().into_iter().for_each(|inner| walk(inner, f));
    }
}
