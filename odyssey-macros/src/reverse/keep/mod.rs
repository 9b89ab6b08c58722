//! How the reverse sweep gets hold of the primal values it reads.
//!
//! A value of the forward pass is *at hand* if it is given again (arguments, the result) or still there; it is
//! *computed again* if that is cheap, or if it borrows and must not be kept; otherwise it is *saved*: a block inside of a
//! loop pushes it on a stack whenever it runs, and its mirror image pops it; a branch outside of loops hands it on as an
//! `Option`; the body of the function keeps it in its pullback. What a loop carries is saved before it is overwritten;
//! what an iteration leaves behind is what the next one found, so that it is never saved twice.
//!
//! Post-condition: the sweep reads nothing that is not visible where it stands.

mod forms;
mod plan;
mod scope;
mod unstable;

use crate::ir::{Block, For, Kept, Kind, Number, Op, Output, Stmt, Value, ValueMap, ValueSet, Values, Verbatim};
pub(crate) use scope::{restore_in_pullback, restore_overwritten};
use unstable::unstable;

use plan::{is_cheap, Plan};

/// Restores what the sweep reads from inside of loops and branches.
pub(crate) fn restore(values: &mut Values, primal: &mut Block, sweep: &mut Block) {
    let unstable = unstable(values, primal);
    let mut keep = Keep { values, unstable, stacks: Vec::new(), front: Vec::new() };
    for stmt in &mut sweep.stmts {
        if let Some(position) = mirrored(stmt, primal) {
            keep.statement(&mut primal.stmts[position], stmt, false);
            // The stacks are outside of all blocks, where the sweep finds them.
            primal.stmts.splice(position..position, keep.stacks.drain(..));
        }
    }
}

/// The statement with control flow that a statement of the sweep mirrors.
fn mirrored(stmt: &Stmt, primal: &Block) -> Option<usize> {
    let id = mirror_id(&stmt.op)?;
    primal.stmts.iter().position(|source| mirror_id(&source.op) == Some(id))
}

fn mirror_id(op: &Op) -> Option<u32> {
    match op {
        Op::For(l) => Some(l.body.id),
        // What a scope keeps, its mirror image computes itself.
        Op::Scope(_) => None,
        // Nothing is kept by direction.
        Op::Directions(_) => None,
        _ => op.blocks().first().map(|block| block.id),
    }
}

struct Keep<'a> {
    values: &'a mut Values,
    unstable: ValueSet,
    /// The stacks that the statement at hand needs.
    stacks: Vec<Stmt>,
    /// What restores the values that the sweep at hand reads, as they were.
    front: Vec<Stmt>,
}

impl Keep<'_> {
    /// Restores what one statement of the sweep reads from inside of the statement that it mirrors.
    fn statement(&mut self, source: &mut Stmt, stmt: &mut Stmt, in_loop: bool) {
        match (&mut source.op, &mut stmt.op) {
            (Op::For(primal), Op::For(sweep)) => {
                self.inside(&mut primal.body, &mut sweep.body, true);
                self.iteration(primal, &source.outs, sweep, &mut stmt.outs);
            }
            (primal, sweep) => {
                let (mut arms, mut mirrors) = (primal.blocks_mut(), sweep.blocks_mut());
                for (arm, mirror) in arms.iter_mut().zip(&mut mirrors) {
                    self.inside(arm, mirror, in_loop);
                    if in_loop {
                        self.arm_in_loop(arm, mirror);
                    }
                }
                if !in_loop {
                    for (k, mirror) in mirrors.iter_mut().enumerate() {
                        self.arm(&mut arms, k, mirror, &mut source.outs);
                    }
                }
            }
        }
    }

    fn inside(&mut self, primal: &mut Block, sweep: &mut Block, in_loop: bool) {
        for stmt in &mut sweep.stmts {
            if let Some(position) = mirrored(stmt, primal) {
                self.statement(&mut primal.stmts[position], stmt, in_loop);
            }
        }
    }

    /// An iteration of a loop.
    fn iteration(&mut self, primal: &mut For, outs: &[Value], sweep: &mut For, d_outs: &mut Vec<Value>) {
        let mut map = ValueMap::from_iter([(primal.body.params[0], sweep.body.params[0])]);
        let mut plan = Plan::new(self.values, &self.unstable, &primal.body, is_cheap);
        plan.at_hand.insert(primal.body.params[0]);
        for value in reads_of(&sweep.body).iter() {
            plan.restore(value);
        }
        // The value that an iteration hands on was the next one's parameter: restore the parameter, and step back.
        let handed_on: Vec<_> = primal
            .carried()
            .enumerate()
            .filter(|(_, (_, v))| plan.saved.contains(v))
            .map(|(k, (param, v))| (k, param, v))
            .collect();
        let flags = stop_flags(primal);
        let plan_saved = &mut plan.saved;
        for (_, param, value) in &handed_on {
            plan_saved.remove(value);
            if !flags.contains(value) {
                plan_saved.insert(*param);
            }
        }
        let read_again = plan.read_again();
        let (again, saved) = (plan.again, plan.saved);
        let shapes = read_for_their_shapes(&sweep.body);
        for value in saved.iter() {
            let is_state = handed_on.iter().any(|(_, param, _)| *param == value);
            let popped = if !is_state && !read_again.contains(&value) && shapes.contains(&value) {
                let extent = extent_of(self.values, value, &mut primal.body);
                self.save(extent, &mut primal.body, &mut sweep.body)
            } else if is_state {
                self.save(value, &mut primal.body, &mut sweep.body)
            } else {
                self.save_stable(value, &mut primal.body, &mut sweep.body)
            };
            map.insert(value, popped);
        }
        for (k, param, value) in handed_on {
            if map.contains_key(&value) {
                continue;
            }
            let next = if flags.contains(&value) { self.not_the_last(value, &mut sweep.body) } else { map[&param] };
            let (d_param, out) = (self.values.copy_of(value), self.values.copy_of(value));
            map.insert(value, d_param);
            sweep.inits.push(outs[k]);
            sweep.body.params.push(d_param);
            sweep.body.results.push(next);
            d_outs.push(out);
        }
        let map = compute_again(self.values, &primal.body, &again, &mut sweep.body, map);
        self.put_in_front(&mut sweep.body);
        sweep.body.map_reads(&mut |v| map.resolve(v));
    }

    /// `false`, for the iterations before the last one.
    fn not_the_last(&mut self, flag: Value, body: &mut Block) -> Value {
        let (out, span) = (self.values.copy_of(flag), self.values[flag].span);
        self.values[out].name = None;
        let verbatim = Verbatim { expr: syn::parse_quote!(false), inputs: Vec::new(), is_pure: true };
        body.stmts.push(Stmt { outs: vec![out], op: Op::Verbatim(std::rc::Rc::new(verbatim)), span });
        out
    }

    /// A branch inside of a loop.
    fn arm_in_loop(&mut self, primal: &mut Block, sweep: &mut Block) {
        let mut map: ValueMap<_> = primal.params.iter().copied().zip(sweep.params.iter().copied()).collect();
        let mut plan = Plan::new(self.values, &self.unstable, primal, is_cheap);
        plan.at_hand.extend(&primal.params);
        for value in reads_of(sweep).iter() {
            plan.restore(value);
        }
        let (again, saved) = (plan.again, plan.saved);
        for value in saved.iter() {
            let popped = self.save_stable(value, primal, sweep);
            map.insert(value, popped);
        }
        let map = compute_again(self.values, primal, &again, sweep, map);
        self.put_in_front(sweep);
        sweep.map_reads(&mut |v| map.resolve(v));
    }

    /// A branch outside of loops: it hands on what its mirror image reads.
    fn arm(&mut self, arms: &mut [&mut Block], number: usize, sweep: &mut Block, outs: &mut Vec<Value>) {
        let arm = &*arms[number];
        let mut map: ValueMap<_> = arm.params.iter().copied().zip(sweep.params.iter().copied()).collect();
        let mut plan = Plan::new(self.values, &self.unstable, arm, is_cheap);
        plan.at_hand.extend(&arm.params);
        for value in reads_of(sweep).iter() {
            plan.restore(value);
        }
        let (again, saved) = (plan.again, plan.saved);
        let mut front = Vec::new();
        for value in saved.iter() {
            if let Some(k) = arms[number].results.iter().position(|result| *result == value) {
                // The branch hands it on as it is.
                map.insert(value, outs[k]);
                continue;
            }
            let stable = self.stable(value, arms[number]);
            let kept = self.hand_on(stable, arms, number, outs);
            let restored = if self.values[value].kind.is_scalar() {
                kept
            } else {
                let (expected, span) = (self.values.copy_of(value), self.values[value].span);
                front.push(Stmt { outs: vec![expected], op: Op::Expect(kept), span });
                expected
            };
            let restored = self.as_it_was(value, restored, arms[number], &mut front);
            map.insert(value, restored);
        }
        let map = compute_again(self.values, arms[number], &again, sweep, map);
        front.append(&mut sweep.stmts);
        sweep.stmts = front;
        sweep.map_reads(&mut |v| map.resolve(v));
    }

    /// One more result of a branch: the value from one arm, and nothing from the others.
    fn hand_on(&mut self, value: Value, arms: &mut [&mut Block], number: usize, outs: &mut Vec<Value>) -> Value {
        let (is_scalar, span) = (self.values[value].kind.is_scalar(), self.values[value].span);
        let kept = self.values.copy_of(value);
        for (k, arm) in arms.iter_mut().enumerate() {
            let op = match (is_scalar, k == number) {
                (true, true) => {
                    arm.results.push(value);
                    continue;
                }
                (true, false) => Op::Literal(Number { value: 0.0, token: None }),
                (false, true) => Op::Present(value),
                (false, false) => Op::Absent,
            };
            let out = self.values.copy_of(value);
            arm.stmts.push(Stmt { outs: vec![out], op, span });
            arm.results.push(out);
        }
        if !is_scalar {
            self.values[kept].kind = Kind::Unknown;
        }
        outs.push(kept);
        kept
    }

    /// Pushes a value whenever its block has run, in a form that can be kept; returns what its mirror image makes of it.
    fn save_stable(&mut self, value: Value, primal: &mut Block, sweep: &mut Block) -> Value {
        let stable = self.stable(value, primal);
        let popped = self.save(stable, primal, sweep);
        self.restored(value, popped, primal)
    }

    /// Pushes a value whenever its block has run; returns what its mirror image pops.
    fn save(&mut self, value: Value, primal: &mut Block, sweep: &mut Block) -> Value {
        let (stack, popped, span) = (self.values.copy_of(value), self.values.copy_of(value), self.values[value].span);
        if let Some(name) = &self.values[value].name {
            self.values[stack].name =
                Some(quote::format_ident!("{}_was", name, span = name.span().resolved_at(proc_macro2::Span::call_site())));
        }
        self.values[stack].kind = Kind::Sequence(Box::new(self.values[value].kind.peel().clone()));
        self.stacks.push(Stmt { outs: vec![stack], op: Op::Stack, span });
        primal.pushes.push(Kept { value, stack });
        sweep.pops.push(Kept { value: popped, stack });
        popped
    }
}

/// Puts copies of the statements that define these values in front of the sweep; returns the map, completed.
fn compute_again(
    values: &mut Values,
    primal: &Block,
    again: &ValueSet,
    sweep: &mut Block,
    mut map: ValueMap<Value>,
) -> ValueMap<Value> {
    let mut front = Vec::new();
    for stmt in &primal.stmts {
        if !stmt.outs.iter().any(|out| again.contains(out)) {
            continue;
        }
        let mut copy = Stmt { op: stmt.op.fresh(values), ..stmt.clone() };
        copy.map_reads(&mut |v| map.resolve(v));
        for out in &mut copy.outs {
            let own = values.copy_of(*out);
            map.insert(std::mem::replace(out, own), own);
        }
        front.push(copy);
    }
    front.append(&mut sweep.stmts);
    sweep.stmts = front;
    map
}

/// All values that a sweep reads.
fn reads_of(sweep: &Block) -> ValueSet {
    let mut reads = ValueSet::default();
    sweep.reads(&mut |v| {
        reads.insert(v);
    });
    reads
}

/// The values that a sweep asks for their shapes and for nothing else.
fn read_for_their_shapes(sweep: &Block) -> ValueSet {
    let (mut shapes, mut whole): (_, ValueSet) = (ValueSet::default(), sweep.results.iter().copied().collect());
    for stmt in &sweep.stmts {
        let mut asked = asked_for_their_shapes(&stmt.op);
        shapes.extend(&asked);
        stmt.reads(&mut |v| match asked.iter().position(|shape| *shape == v) {
            Some(at) => drop(asked.swap_remove(at)),
            None => drop(whole.insert(v)),
        });
    }
    shapes.iter().filter(|v| !whole.contains(v)).collect()
}

/// What an operation asks for its shape, as often as it does.
fn asked_for_their_shapes(op: &Op) -> Vec<Value> {
    let Op::Kernel(kernel) = op else { return Vec::new() };
    let like = kernel.outputs.iter().filter_map(|output| match output {
        Output::Like(value) => Some(*value),
        _ => None,
    });
    like.chain(kernel.extents.iter().copied()).collect()
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

/// Carried values that are true at the end of the last iteration alone.
fn stop_flags(l: &For) -> ValueSet {
    let Some(stop) = l.stop() else { return ValueSet::default() };
    let mut flags = ValueSet::from_iter([stop]);
    let definition = l.body.stmts.iter().find(|stmt| stmt.outs[..] == [stop]);
    if let Some(Op::Verbatim(verbatim)) = definition.map(|stmt| &stmt.op) {
        if verbatim.is_disjunction() {
            flags.extend(verbatim.inputs.iter().map(|(_, v)| *v));
        }
    }
    flags
}
