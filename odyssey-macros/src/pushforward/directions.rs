//! Several directions at a time: a forward pass in which every primal is computed once, and every tangent for each direction.
//!
//! A tangent stands for one in each direction. What computes tangents is put off until control flow, or a primal that is
//! changed in place, asks for it, and becomes one block that runs once for each direction (`Op::Directions`); control flow
//! hands on the tangents in all directions as it hands on one. A part of a tangent is looked up in every block that reads it.
//!
//! Along several directions, a tangent is an array of those in each (`Kind::Directions`). A list that is read and written number
//! by number is a list of such arrays instead (`lists.rs`), so that what stands together in memory is computed together.

mod each;
mod lists;

use crate::ir::{Arm, Block, Call, Copying, For, Info, Kind, Op, Stmt, Value, ValueMap, ValueSet, Values};
use each::Each;

use super::Pushforward;
use crate::reverse::Derivative;

/// Turns a forward pass that gives a tangent along one direction into one along several; whether it can.
pub(crate) fn along_several(pushforward: &mut Pushforward, arguments: usize) -> bool {
    let Pushforward { values, body, .. } = pushforward;
    let mut lift = Lift::new(values, &[body], &body.params[arguments..]);
    let results = body.results.len();
    let block = std::mem::take(body);
    // The tangent of the result is the last one.
    lift.block(block, &|k| k + 1 == results).map(|block| *body = block).is_some()
}

/// Turns a sweep that gives a tangent along one direction, and its forward pass, into the same along several; whether it can. A sweep
/// reads tangents of the forward pass as it reads primals: whether something has taken their place does not matter, they will be kept.
pub(crate) fn gradient_along_several(derivative: &mut Derivative, arguments: usize) -> bool {
    let Derivative { values, forward, reverse } = derivative;
    let mut lift = Lift::new(values, &[forward, reverse], &forward.params[arguments..]);
    // What is put off at the end of the forward pass is done in the sweep.
    if lift.stmts(std::mem::take(&mut forward.stmts)).is_none() {
        return false;
    }
    forward.stmts = std::mem::take(&mut lift.stmts);
    lift.overwritten = ValueSet::default();
    let sweep = std::mem::take(reverse);
    lift.block(sweep, &|_| true).map(|sweep| *reverse = sweep).is_some()
}

struct Lift<'a> {
    values: &'a mut Values,
    /// Those that are lists of numbers.
    lists: ValueSet,
    /// The tangents along all directions.
    wide: ValueSet,
    /// Those that are parts of others: how they are looked up.
    parts: ValueMap<Stmt>,
    /// Primals that are parts of others, and those that are not: arguments, and what has been made anew.
    parts_of_primals: ValueSet,
    apart: ValueSet,
    /// Tangents that something else has taken the place of.
    overwritten: ValueSet,
    /// Those of which nothing is left outside of the block that has made them.
    gone: ValueSet,
    /// What computes tangents and is put off, as it would be for one direction.
    pending: Vec<Stmt>,
    stmts: Vec<Stmt>,
}

impl<'a> Lift<'a> {
    /// For a program of these blocks, and the tangents of its arguments.
    fn new(values: &'a mut Values, blocks: &[&Block], tangents: &[Value]) -> Lift<'a> {
        let lists = lists::find(values, blocks);
        let mut lift = Lift {
            values,
            lists,
            wide: ValueSet::default(),
            parts: ValueMap::default(),
            parts_of_primals: ValueSet::default(),
            apart: blocks[0].params.iter().copied().collect(),
            overwritten: ValueSet::default(),
            gone: ValueSet::default(),
            pending: Vec::new(),
            stmts: Vec::new(),
        };
        for tangent in tangents {
            let kind = lift.values[*tangent].kind.peel().clone();
            lift.values[*tangent].kind = kind;
            lift.widen(*tangent);
        }
        lift
    }
}

impl Lift<'_> {
    fn is_wide(&self, value: Value) -> bool {
        self.wide.contains(&value)
    }

    /// The value is a tangent along all directions from now on.
    fn widen(&mut self, value: Value) {
        if self.wide.insert(value) {
            let is_list = self.lists.contains(&value);
            let info = &mut self.values[value];
            info.kind = if is_list {
                Kind::Sequence(Box::new(Kind::Directions(Box::new(Kind::Scalar))))
            } else {
                Kind::Directions(Box::new(info.kind.clone()))
            };
            if let Some(name) = &mut info.name {
                *name = quote::format_ident!("{}s", name, span = name.span());
            }
        }
    }

    fn reads_wide(&self, stmt: &Stmt) -> bool {
        let mut reads = false;
        stmt.op.operands(&mut |v| reads |= self.is_wide(v));
        reads
    }

    /// A block whose results at some positions are tangents along all directions.
    fn block(&mut self, block: Block, is_wide: &dyn Fn(usize) -> bool) -> Option<Block> {
        let around = std::mem::take(&mut self.stmts);
        let Block { stmts, mut results, .. } = block;
        self.stmts(stmts)?;
        if !block.diverges {
            for (k, result) in results.iter_mut().enumerate() {
                *result = self.handed_on(*result, is_wide(k))?;
            }
        }
        self.settle()?;
        let stmts = std::mem::replace(&mut self.stmts, around);
        Some(Block { stmts, results, ..block })
    }

    fn stmts(&mut self, stmts: Vec<Stmt>) -> Option<()> {
        stmts.into_iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, mut stmt: Stmt) -> Option<()> {
        if !stmt.op.blocks().is_empty() {
            self.settle()?;
            return self.control(stmt);
        }
        let is_zero = matches!(stmt.op, Op::Zero(_) | Op::Absent) && self.values.tangents.contains(&stmt.outs[0]);
        if !self.reads_wide(&stmt) && !is_zero {
            if self.changes_what_is_read(&stmt) {
                self.settle()?;
            }
            if is_new(&stmt.op) {
                self.apart.extend(&stmt.outs);
            } else if stmt.op.part_of().is_some() {
                self.parts_of_primals.extend(&stmt.outs);
            }
            self.stmts.push(stmt);
            return Some(());
        }
        match stmt.op {
            Op::Pushforward(..) | Op::LinearizeAlong(..) => return self.call(stmt),
            Op::Pullback { .. } => return self.pullback(stmt),
            _ => {}
        }
        if self.is_of_lists(&stmt) {
            return self.list(stmt);
        }
        if self.is_part(&stmt) {
            let out = stmt.outs[0];
            self.widen(out);
            self.parts.insert(out, stmt);
            return Some(());
        }
        for (base, _) in stmt.overwrites() {
            if self.parts.contains_key(&base) {
                return None;
            }
            let whole = self.whole(base)?;
            stmt.op.map_operands(&mut |v| if v == base { whole } else { v });
        }
        self.put_off(stmt);
        Some(())
    }

    /// Puts off what computes tangents.
    fn put_off(&mut self, stmt: Stmt) {
        stmt.outs.iter().for_each(|out| self.widen(*out));
        self.pending.push(stmt);
    }

    /// The statement changes a primal that what is put off may look at. Of passive code nobody knows what it changes.
    fn changes_what_is_read(&self, stmt: &Stmt) -> bool {
        let changed = stmt.overwrites();
        let is_changed = |v: Value| {
            let Info { kind, active, wanted, .. } = &self.values[v];
            let varies = *active || !wanted.is_empty() || self.parts_of_primals.contains(&v);
            let is_apart = self.apart.contains(&v) && changed.iter().all(|(base, _)| *base != v);
            varies && !is_apart && !self.is_wide(v) && !kind.is_number()
        };
        let mut is_read = matches!(stmt.op, Op::Effect(..));
        self.pending.iter().for_each(|before| before.op.operands(&mut |v| is_read |= is_changed(v)));
        !changed.is_empty() && is_read
    }

    /// The statement reads what something that is put off makes or changes.
    fn waits_for_pending(&self, stmt: &Stmt) -> bool {
        let mut waits = false;
        let mut wait = |v: Value| waits |= self.pending.iter().any(|before| before.outs.contains(&v));
        stmt.op.operands(&mut wait);
        waits
    }

    /// Looks at a part of a tangent.
    fn is_part(&self, stmt: &Stmt) -> bool {
        match &stmt.op {
            Op::Reference(_) | Op::Dereference(_) | Op::View(..) | Op::Copy(Copying::View | Copying::Moved, _) => true,
            Op::Field(..) | Op::Index(..) => !self.values[stmt.outs[0]].kind.is_scalar(),
            Op::Apply(operation, ..) => operation.is_view,
            _ => false,
        }
    }

    /// Does with a list of numbers along all directions what is done along one.
    fn is_of_lists(&self, stmt: &Stmt) -> bool {
        match &stmt.op {
            Op::Index(base, _) => self.lists.contains(base),
            Op::Store { .. } | Op::Update { .. } | Op::AccumulatePart { .. } | Op::TakePart { .. } => false,
            _ => self.lists.contains(&stmt.outs[0]),
        }
    }

    /// The same statement, of numbers along all directions.
    fn list(&mut self, mut stmt: Stmt) -> Option<()> {
        let is_number = |lift: &Self, v: Value| lift.values[v].kind.is_number();
        match &mut stmt.op {
            Op::List(_, elements) => {
                for element in elements {
                    *element = self.whole(*element)?;
                }
            }
            Op::Push { base, value, .. } if self.is_wide(*base) && is_number(self, *value) => *value = self.whole(*value)?,
            Op::Push { .. } => return None,
            _ => {}
        }
        if !stmt.overwrites().is_empty() || matches!(stmt.op, Op::List(..)) || self.waits_for_pending(&stmt) {
            self.settle()?;
        }
        self.overwritten.extend(stmt.overwrites().into_iter().map(|(base, _)| base));
        stmt.outs.iter().for_each(|out| self.widen(*out));
        self.stmts.push(stmt);
        Some(())
    }

    /// A tangent along all directions that is nobody else's: of a part of one, or of what is the same in all of them, copies.
    fn whole(&mut self, value: Value) -> Option<Value> {
        if self.is_wide(value) && !self.parts.contains_key(&value) {
            return Some(value);
        }
        if self.lists.contains(&value) {
            return None;
        }
        let kind = match &self.values[value].kind {
            Kind::Directions(inner) => inner.peel().clone(),
            kind => kind.peel().clone(),
        };
        let span = self.values[value].span;
        let op = if kind.is_scalar() { Op::Common(value) } else { Op::Copy(Copying::Clone, value) };
        let out = self.values.add(Info { kind, shape_of: self.values[value].shape_of, ..Info::unnamed(Kind::Unknown, span) });
        self.values.tangents.insert(out);
        self.put_off(Stmt { outs: vec![out], op, span });
        Some(out)
    }

    /// What is handed on in a place for a tangent along all directions, or in one for something else.
    fn handed_on(&mut self, value: Value, is_wide: bool) -> Option<Value> {
        if is_wide {
            self.whole(value)
        } else {
            (!self.is_wide(value)).then_some(value)
        }
    }

    /// A call with the tangents of its arguments, once for each direction; its value is the same in all of them. If it has a pullback,
    /// that will be taken out of those of all directions.
    fn call(&mut self, mut stmt: Stmt) -> Option<()> {
        let (Op::Pushforward(call, _) | Op::LinearizeAlong(call, _)) = &stmt.op else { unreachable!("a call") };
        if !self.is_alike(call) {
            return None;
        }
        let pullback = match stmt.op {
            Op::LinearizeAlong(..) => stmt.outs.pop(),
            _ => None,
        };
        let kept = pullback.map(|pullback| {
            let own = self.values.copy_of(pullback);
            stmt.outs.push(own);
            Stmt { outs: vec![pullback], op: Op::Once(own), span: stmt.span }
        });
        self.alike(stmt, 1, kept)
    }

    /// What a call's pullback computes in each direction: the cotangents are the same in all of them, their tangents are not.
    fn pullback(&mut self, mut stmt: Stmt) -> Option<()> {
        let (cotangents, span) = (stmt.outs.len() / 2, stmt.span);
        let Op::Pullback { pullback, call, .. } = &mut stmt.op else { unreachable!("a pullback") };
        if !self.is_alike(call) || !self.wide.contains(pullback) {
            return None;
        }
        let taken = self.values.copy_of(*pullback);
        let kept = std::mem::replace(pullback, taken);
        self.put_off(Stmt { outs: vec![taken], op: Op::Taken(kept), span });
        self.alike(stmt, cotangents, None)
    }

    /// Whatever the direction, the call does the same but for tangents.
    fn is_alike(&self, call: &Call) -> bool {
        call.borrowed.is_empty() && !call.args.iter().any(|arg| self.is_wide(*arg))
    }

    /// Does something in each direction of which the first results are the same in all of them.
    fn alike(&mut self, mut stmt: Stmt, count: usize, then: Option<Stmt>) -> Option<()> {
        let (same, span) = (stmt.outs[..count].to_vec(), stmt.span);
        let own: Vec<_> = same.iter().map(|value| self.values.copy_of(*value)).collect();
        stmt.outs[..count].copy_from_slice(&own);
        self.put_off(stmt);
        then.into_iter().for_each(|then| self.put_off(then));
        self.settle()?;
        let each = same.into_iter().zip(own);
        self.stmts.extend(each.map(|(value, own)| Stmt { outs: vec![value], op: Op::Common(own), span }));
        Some(())
    }

    /// Computes what was put off.
    fn settle(&mut self) -> Option<()> {
        if self.pending.is_empty() {
            return Some(());
        }
        let pending = std::mem::take(&mut self.pending);
        let stmt = Each::of(self, pending)?;
        self.stmts.push(stmt);
        Some(())
    }

    /// Control flow hands on the tangents along all directions.
    fn control(&mut self, stmt: Stmt) -> Option<()> {
        if let Op::For(l) = stmt.op {
            return self.for_loop(*l, stmt.outs, stmt.span);
        }
        if self.reads_wide(&stmt) {
            return None;
        }
        let wide: Vec<_> = stmt.outs.iter().map(|out| self.values.tangents.contains(out)).collect();
        let is_wide = |k: usize| wide[k];
        let before = self.overwritten.clone();
        let mut after = ValueSet::default();
        let mut arm = |lift: &mut Self, block: Block| {
            lift.overwritten = before.clone();
            let block = lift.block(block, &is_wide);
            after.extend(lift.overwritten.iter());
            block
        };
        let op = match stmt.op {
            Op::If(condition, then, otherwise) => Op::If(condition, arm(self, then)?, arm(self, otherwise)?),
            Op::Scope(block) => Op::Scope(arm(self, block)?),
            Op::Match(scrutinee, arms) => {
                let each = |each: Arm| Some(Arm { block: arm(self, each.block)?, ..each });
                Op::Match(scrutinee, arms.into_iter().map(each).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        self.overwritten.extend(after.iter());
        stmt.outs.iter().zip(&wide).filter(|(_, is_wide)| **is_wide).for_each(|(out, _)| self.widen(*out));
        self.stmts.push(Stmt { op, ..stmt });
        Some(())
    }

    fn for_loop(&mut self, mut l: For, outs: Vec<Value>, span: proc_macro2::Span) -> Option<()> {
        let is_tangent = |value: &Value| self.values.tangents.contains(value);
        let wide: Vec<_> = l.body.params[1..].iter().map(is_tangent).collect();
        if l.range.into_iter().chain(l.times).any(|v| self.is_wide(v)) {
            return None;
        }
        for (k, init) in l.inits.iter_mut().enumerate() {
            *init = self.handed_on(*init, wide[k])?;
        }
        self.settle()?;
        let tested = l.condition.iter().flat_map(|condition| condition.params.iter());
        let carried = l.body.params[1..].iter().zip(&wide).chain(tested.zip(&wide)).chain(outs.iter().zip(&wide));
        carried.filter(|(_, is_wide)| **is_wide).for_each(|(value, _)| self.widen(*value));
        if let Some(condition) = l.condition {
            l.condition = Some(self.block(condition, &|_| false)?);
        }
        l.body = self.block(l.body, &|k| wide.get(k) == Some(&true))?;
        self.stmts.push(Stmt { outs, op: Op::For(Box::new(l)), span });
        Some(())
    }
}

/// Makes something that is no part of anything else.
fn is_new(op: &Op) -> bool {
    match op {
        Op::Apply(operation, ..) => !operation.is_view,
        Op::Elementwise(..) | Op::Fit { .. } | Op::Rule(..) | Op::Zero(_) | Op::Accumulate(..) => true,
        Op::Copy(Copying::Clone | Copying::ToOwned, _) | Op::Snapshot(_) => true,
        _ => false,
    }
}
