//! How the reverse sweep gets hold of the primal values it reads.
//!
//! A value of the forward pass is *at hand* if it is given again (arguments, the result) or still there; it is
//! *computed again* if that is cheap, or if it borrows and must not be kept; otherwise it is *saved*: a loop pushes it
//! once an iteration and the reversed loop pops it, a branch hands it on as an `Option`, and the body of the function
//! keeps it in its pullback. What a loop carries is saved before it is overwritten; what an iteration leaves behind is
//! what the next one found, so that it is never saved twice.
//!
//! Post-condition: the sweep reads nothing that is not visible where it stands.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ir::{Block, For, Kept, Kind, Number, Op, Output, Stmt, Value, Values};

/// Restores what the sweep reads from inside of loops and branches.
pub(crate) fn restore(values: &mut Values, primal: &mut Block, sweep: &mut Block) {
    for stmt in &mut sweep.stmts {
        let Some(id) = stmt.op.blocks().first().map(|block| block.id) else { continue };
        let source = primal.stmts.iter_mut().find(|source| source.op.blocks().first().is_some_and(|block| block.id == id));
        let Some(source) = source else { continue };
        match (&mut source.op, &mut stmt.op) {
            (Op::For(primal), Op::For(sweep)) => {
                restore(values, &mut primal.body, &mut sweep.body);
                restore_loop(values, primal, &mut source.outs, sweep, &mut stmt.outs);
            }
            (Op::If(_, then, otherwise), Op::If(_, d_then, d_otherwise)) => {
                restore(values, then, d_then);
                restore(values, otherwise, d_otherwise);
                restore_branch(values, then, otherwise, d_then, &mut source.outs);
                restore_branch(values, otherwise, then, d_otherwise, &mut source.outs);
            }
            _ => unreachable!("blocks of one number mirror each other"),
        }
    }
}

/// Restores what a sweep that runs later, after the forward pass has returned, cannot keep: what borrows. The rest is
/// captured by the pullback as it is.
pub(crate) fn restore_in_pullback(values: &mut Values, forward: &mut Block, sweep: &mut Block) {
    let mut plan = Plan::new(values, forward, |op, _| is_borrowing(op));
    let at_hand: BTreeSet<_> = forward.params.iter().chain(&forward.results).copied().collect();
    for value in reads_of(sweep).into_iter().filter(|v| !at_hand.contains(v)) {
        plan.restore(value);
    }
    let (again, saved) = (plan.again, plan.saved);
    let mut map = compute_again(values, forward, &again, sweep, HashMap::new());
    for value in saved.into_iter().filter(|v| !at_hand.contains(v)) {
        if only_shape_is_read(value, sweep) {
            let extent = extent_of(values, value, forward);
            map.insert(value, extent);
        }
    }
    sweep.map_reads(&mut |v| map.get(&v).copied().unwrap_or(v));
}

fn restore_loop(values: &mut Values, primal: &mut For, outs: &mut Vec<Value>, sweep: &mut For, d_outs: &mut Vec<Value>) {
    let mut map = HashMap::from([(primal.body.params[0], sweep.body.params[0])]);
    let mut plan = Plan::new(values, &primal.body, is_cheap);
    plan.at_hand.insert(primal.body.params[0]);
    for value in reads_of(&sweep.body) {
        plan.restore(value);
    }
    // The value that an iteration hands on was the next one's parameter: restore the parameter, and step back.
    let handed_on: Vec<_> =
        primal.body.results.iter().enumerate().filter(|(_, v)| plan.saved.contains(v)).map(|(k, v)| (k, *v)).collect();
    for (k, value) in &handed_on {
        plan.saved.remove(value);
        plan.saved.insert(primal.body.params[k + 1]);
    }
    let read_again = plan.read_again();
    let (again, saved) = (plan.again, plan.saved);
    for value in saved {
        let is_state = handed_on.iter().any(|(k, _)| primal.body.params[k + 1] == value);
        let kept = if !is_state && !read_again.contains(&value) && only_shape_is_read(value, &sweep.body) {
            extent_of(values, value, &mut primal.body)
        } else {
            value
        };
        let (stack, popped) = (values.copy_of(kept), values.copy_of(kept));
        if let Some(name) = &values[kept].name {
            values[stack].name = Some(quote::format_ident!("{}_was", name, span = name.span()));
        }
        values[stack].kind = Kind::Unknown;
        primal.pushes.push(Kept { value: kept, stack });
        outs.push(stack);
        sweep.pops.push(Kept { value: popped, stack });
        map.insert(value, popped);
    }
    for (k, value) in handed_on {
        let (param, out) = (values.copy_of(value), values.copy_of(value));
        if map.insert(value, param).is_none() {
            sweep.inits.push(outs[k]);
            sweep.body.params.push(param);
            sweep.body.results.push(map[&primal.body.params[k + 1]]);
            d_outs.push(out);
        }
    }
    let map = compute_again(values, &primal.body, &again, &mut sweep.body, map);
    sweep.body.map_reads(&mut |v| map.get(&v).copied().unwrap_or(v));
}

fn restore_branch(values: &mut Values, arm: &mut Block, other: &mut Block, sweep: &mut Block, outs: &mut Vec<Value>) {
    let mut plan = Plan::new(values, arm, is_cheap);
    for value in reads_of(sweep) {
        plan.restore(value);
    }
    let (again, saved) = (plan.again, plan.saved);
    let mut map = HashMap::new();
    let mut front = Vec::new();
    for value in saved {
        if let Some(k) = arm.results.iter().position(|result| *result == value) {
            // The branch hands it on as it is.
            map.insert(value, outs[k]);
            continue;
        }
        let kept = values.copy_of(value);
        let span = values[value].span;
        let one = |values: &mut Values, block: &mut Block, op: Op| {
            let out = values.copy_of(value);
            block.stmts.push(Stmt { outs: vec![out], op, span });
            out
        };
        if values[value].kind.is_scalar() {
            arm.results.push(value);
            let nothing = one(values, other, Op::Literal(Number { value: 0.0, token: None }));
            other.results.push(nothing);
            map.insert(value, kept);
        } else {
            let present = one(values, arm, Op::Present(value));
            arm.results.push(present);
            let absent = one(values, other, Op::Absent);
            other.results.push(absent);
            values[kept].kind = Kind::Unknown;
            let expected = values.copy_of(value);
            front.push(Stmt { outs: vec![expected], op: Op::Expect(kept), span });
            map.insert(value, expected);
        }
        outs.push(kept);
    }
    let map = compute_again(values, arm, &again, sweep, map);
    front.append(&mut sweep.stmts);
    sweep.stmts = front;
    sweep.map_reads(&mut |v| map.get(&v).copied().unwrap_or(v));
}

/// Puts copies of the statements that define these values in front of the sweep; returns the map, completed.
fn compute_again(
    values: &mut Values,
    primal: &Block,
    again: &BTreeSet<Value>,
    sweep: &mut Block,
    mut map: HashMap<Value, Value>,
) -> HashMap<Value, Value> {
    let mut front = Vec::new();
    for stmt in &primal.stmts {
        let [out] = stmt.outs[..] else { continue };
        if again.contains(&out) {
            let copy = values.copy_of(out);
            let mut op = stmt.op.clone();
            op.map_operands(&mut |v| map.get(&v).copied().unwrap_or(v));
            front.push(Stmt { outs: vec![copy], op, span: stmt.span });
            map.insert(out, copy);
        }
    }
    front.append(&mut sweep.stmts);
    sweep.stmts = front;
    map
}

/// All values that a sweep reads.
fn reads_of(sweep: &Block) -> BTreeSet<Value> {
    let mut reads = BTreeSet::new();
    sweep.reads(&mut |v| {
        reads.insert(v);
    });
    reads
}

/// Which values of a block are computed again and which are saved.
struct Plan<'a> {
    values: &'a Values,
    definitions: BTreeMap<Value, Option<Op>>,
    may_compute: fn(&Op, &Values) -> bool,
    at_hand: BTreeSet<Value>,
    again: BTreeSet<Value>,
    saved: BTreeSet<Value>,
}

impl<'a> Plan<'a> {
    fn new(values: &'a Values, block: &Block, may_compute: fn(&Op, &Values) -> bool) -> Plan<'a> {
        let mut definitions: BTreeMap<_, _> = block.params.iter().map(|param| (*param, None)).collect();
        for stmt in &block.stmts {
            let is_simple = stmt.outs.len() == 1 && stmt.op.blocks().is_empty();
            definitions.extend(stmt.outs.iter().map(|out| (*out, is_simple.then(|| stmt.op.clone()))));
        }
        let (at_hand, again, saved) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Plan { values, definitions, may_compute, at_hand, again, saved }
    }

    fn is_settled(&self, value: Value) -> bool {
        !self.definitions.contains_key(&value)
            || self.at_hand.contains(&value)
            || self.again.contains(&value)
            || self.saved.contains(&value)
    }

    /// Decides about a value of the block, if it is one.
    fn restore(&mut self, value: Value) {
        if self.is_settled(value) {
            return;
        }
        // Saving one value in order to compute another is no loss; saving two is.
        match self.missing_for(value, 0) {
            Some(missing) if missing.len() <= 1 || self.must_compute(value) => {
                let op = self.definitions[&value].clone().expect("computed by one operation");
                self.again.insert(value);
                op.operands(&mut |v| self.restore(v));
            }
            _ => {
                self.saved.insert(value);
            }
        }
    }

    /// What computing values again reads.
    fn read_again(&self) -> BTreeSet<Value> {
        let mut reads = BTreeSet::new();
        for op in self.again.iter().filter_map(|value| self.definitions[value].as_ref()) {
            op.operands(&mut |v| {
                reads.insert(v);
            });
        }
        reads
    }

    fn must_compute(&self, value: Value) -> bool {
        self.definitions[&value].as_ref().is_some_and(is_borrowing)
    }

    /// What would have to be saved to compute a value again; `None` if it cannot or should not be computed again.
    fn missing_for(&self, value: Value, depth: usize) -> Option<BTreeSet<Value>> {
        const DEEP: usize = 12;
        let op = self.definitions[&value].as_ref().filter(|op| depth < DEEP && (self.may_compute)(op, self.values))?;
        let mut missing = BTreeSet::new();
        op.operands(&mut |v| {
            if !self.is_settled(v) {
                missing.extend(self.missing_for(v, depth + 1).unwrap_or_else(|| BTreeSet::from([v])));
            }
        });
        Some(missing)
    }
}

/// Refers to another value's memory, or may do so: must not outlive the forward pass.
fn is_borrowing(op: &Op) -> bool {
    match op {
        Op::Reference(_)
        | Op::Dereference(_)
        | Op::Field(..)
        | Op::Copy(crate::ir::Copying::View, _)
        | Op::Literal(_)
        | Op::Index(..) => true,
        Op::Apply(op, ..) => op.is_view,
        Op::Verbatim(verbatim) => verbatim.is_pure,
        _ => false,
    }
}

/// Computing it again costs less than saving it.
fn is_cheap(op: &Op, values: &Values) -> bool {
    let is_scalar = |v: &Value| values[*v].kind.peel().is_scalar();
    match op {
        Op::Elementwise(e, operands, _) => e.is_cheap() && operands.iter().all(is_scalar),
        op => is_borrowing(op),
    }
}

/// The sweep asks this value for its shape and for nothing else.
fn only_shape_is_read(value: Value, block: &Block) -> bool {
    let mut shape_reads = 0;
    let mut reads_whole = |stmt: &Stmt| {
        let mut reads = 0;
        stmt.reads(&mut |v| reads += usize::from(v == value));
        let shapes = match &stmt.op {
            Op::Kernel(kernel) => {
                let like = kernel.outputs.iter().filter(|output| **output == Output::Like(value)).count();
                like + kernel.extents.iter().filter(|v| **v == value).count()
            }
            _ => 0,
        };
        shape_reads += shapes;
        reads > shapes
    };
    !block.results.contains(&value) && !block.stmts.iter().any(&mut reads_whole) && shape_reads > 0
}

/// The shape of a value, taken at the end of the forward pass.
fn extent_of(values: &mut Values, value: Value, forward: &mut Block) -> Value {
    let mut info = values[value].clone();
    info.name = info.name.map(|name| quote::format_ident!("{}_extent", name, span = name.span()));
    info.kind = Kind::Unknown;
    let (span, extent) = (info.span, values.add(info));
    forward.stmts.push(Stmt { outs: vec![extent], op: Op::Extent(value), span });
    extent
}
