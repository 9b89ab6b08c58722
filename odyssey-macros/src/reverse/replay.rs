//! The reverse of a scope: the scope runs again, and its sweep follows while its values are there.

use proc_macro2::Span;

use super::Sweep;
use crate::ir::{Block, Checkpoints, Copying, For, Info, Kind, Op, Replay, Stmt, Value, ValueMap, Values, Verbatim, Wanted};

impl Sweep<'_> {
    /// What runs again has the values of the scope itself, whose definitions the sweep knows; the forward pass gets a copy
    /// of it (see [`run_apart`]).
    pub(super) fn scope(&mut self, stmt: &Stmt, block: &Block) {
        let cotangents: Vec<_> = stmt.outs.iter().map(|out| self.take(*out)).collect();
        if cotangents.iter().all(Option::is_none) {
            return;
        }
        let captured = self.captured(&[block]);
        let before: Vec<_> = captured.iter().map(|v| self.take(*v)).collect();
        let reverse = self.arm(block, &captured, &before, &cotangents, |_| ());
        let mut forward = Block { results: Vec::new(), ..block.clone() };
        run_apart(&mut forward, self.values);
        succeed(&mut forward, self.values);
        self.arms(Op::Replay(Box::new(Replay { forward, reverse })), captured, stmt.span);
    }
}

impl Sweep<'_> {
    /// If the states of a loop are in slots: gets hold of that before the iteration at hand, by running those that lead to it from
    /// one that is kept. Returns what takes the places of the loop's parameters.
    pub(super) fn advanced(&mut self, l: &For, span: Span) -> ValueMap<Value> {
        let (Some(Checkpoints::Slots(slots)), Some(range)) = (l.checkpoints, l.range) else { return ValueMap::default() };
        let mut body = l.body.fresh(self.values);
        body.results.truncate(l.inits.len());
        mark_repeated(&mut body);
        succeed(&mut body, self.values);
        let iterations = self.values.copy_of(l.body.params[0]);
        let name = syn::Ident::new("iterations", span.resolved_at(Span::call_site()));
        self.values[iterations].name = Some(name);
        let copies = |values: &mut Values| l.body.params[1..].iter().map(|param| values.copy_of(*param)).collect::<Vec<_>>();
        let (inits, states) = (copies(self.values), copies(self.values));
        let outs = std::iter::once(iterations).chain(inits.iter().copied()).collect();
        self.stmts.push(Stmt { outs, op: Op::Restore(slots, range), span });
        let advance = For {
            range: Some(iterations),
            reversed: false,
            times: None,
            condition: None,
            inits,
            body,
            stops: false,
            is_counted: false,
            checkpoints: None,
        };
        self.stmts.push(Stmt { outs: states.clone(), op: Op::For(Box::new(advance)), span });
        l.body.params[1..].iter().copied().zip(states).collect()
    }

    /// Lets the sweep of an iteration, whose values are those from `first` on, read these states in the place of the parameters.
    pub(super) fn take_places(&mut self, states: &ValueMap<Value>, first: usize) {
        self.stmts.iter_mut().for_each(|stmt| stmt.map_reads(&mut |v| states.resolve(v)));
        for value in self.values.all().skip(first).collect::<Vec<_>>() {
            let shape = &mut self.values[value].shape_of;
            *shape = shape.map(|shape| states.resolve(shape));
        }
    }
}

/// Gives the scopes in a block values of their own: what runs in their mirror images has the old ones.
pub(super) fn run_apart(block: &mut Block, values: &mut Values) {
    for inner in block.stmts.iter_mut().flat_map(|stmt| stmt.op.blocks_mut()) {
        run_apart(inner, values);
    }
    for stmt in &mut block.stmts {
        if let Op::Scope(scope) = &mut stmt.op {
            *scope = scope.fresh(values);
            mark_repeated(scope);
        }
    }
}

fn mark_repeated(block: &mut Block) {
    for stmt in &mut block.stmts {
        if let Op::Linearize(call) = &mut stmt.op {
            call.is_repeated = true;
        }
        stmt.op.blocks_mut().into_iter().for_each(mark_repeated);
    }
}

/// What did not fail, or leave the function, the first time does not do so when it runs again.
fn succeed(block: &mut Block, values: &mut Values) {
    let stmts = std::mem::take(&mut block.stmts);
    for mut stmt in stmts {
        stmt.op.blocks_mut().into_iter().for_each(|inner| succeed(inner, values));
        if let Op::Try(result, _) = stmt.op {
            let there = values.add(Info { wanted: Wanted::new(), name: None, kind: Kind::Unknown, ..values[result].clone() });
            block.stmts.push(Stmt { outs: vec![there], op: Op::Copy(Copying::Success, result), span: stmt.span });
            stmt.op = Op::Expect(there);
        }
        block.stmts.push(stmt);
    }
    if block.diverges {
        if let Some(Stmt { op: Op::Verbatim(verbatim), .. }) = block.stmts.last_mut() {
            if matches!(verbatim.expr, syn::Expr::Return(_)) {
                let expr = syn::parse_quote!(::core::unreachable!("it was not reached before"));
                *verbatim = std::rc::Rc::new(Verbatim { expr, inputs: Vec::new(), is_pure: false });
            }
        }
    }
}
