//! `#[checkpoint]` on loops: a loop is divided into segments, and each segment is a scope, of which the sweep keeps nothing but
//! what the loop carries into it.
//!
//! ```text
//! for i in range { body }    becomes    for segment in segments(range) { scope { for i in segment { body } } }
//! ```

use proc_macro2::Span;
use std::rc::Rc;

use crate::ir::{Block, Checkpoints, For, Info, Kind, Op, Stmt, Value, ValueMap, Values, Verbatim, Wanted};
use crate::lower::Primal;

/// Divides the loops of a function that have checkpoints, but for some that need none.
pub(crate) fn divide(primal: &mut Primal, whole: &[u32], krate: &syn::Path) {
    let Primal { values, body, .. } = primal;
    let mut blocks = 0;
    last_id(body, &mut blocks);
    Divider { values, whole, krate, blocks }.block(body);
}

/// Some loop has checkpoints.
pub(crate) fn is_divided(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| {
        let is_divided_itself = matches!(&stmt.op, Op::For(l) if l.checkpoints.is_some());
        is_divided_itself || stmt.op.blocks().into_iter().any(is_divided)
    })
}

/// Makes the function one without checkpoints.
pub(crate) fn remove(primal: &mut Primal) {
    ignore(&mut primal.body);
    let mut same = ValueMap::default();
    open_scopes(&mut primal.body, &mut same);
    primal.body.map_reads(&mut |v| same.resolve(v));
}

/// Leaves all loops whole.
pub(crate) fn ignore(block: &mut Block) {
    for stmt in &mut block.stmts {
        if let Op::For(l) = &mut stmt.op {
            l.checkpoints = None;
        }
        stmt.op.blocks_mut().into_iter().for_each(ignore);
    }
}

fn open_scopes(block: &mut Block, same: &mut ValueMap<Value>) {
    for mut stmt in std::mem::take(&mut block.stmts) {
        stmt.op.blocks_mut().into_iter().for_each(|inner| open_scopes(inner, same));
        if let Op::Scope(scope) = stmt.op {
            block.diverges |= scope.diverges;
            block.stmts.extend(scope.stmts);
            let results = scope.results.iter().map(|result| same.resolve(*result));
            let results: Vec<_> = results.collect();
            same.extend(stmt.outs.into_iter().zip(results));
        } else {
            block.stmts.push(stmt);
        }
    }
}

fn last_id(block: &Block, last: &mut u32) {
    *last = block.id.max(*last);
    block.stmts.iter().flat_map(|stmt| stmt.op.blocks()).for_each(|inner| last_id(inner, last));
}

struct Divider<'a> {
    values: &'a mut Values,
    /// The loops that are left as they are.
    whole: &'a [u32],
    krate: &'a syn::Path,
    /// How many blocks there are.
    blocks: u32,
}

impl Divider<'_> {
    fn block(&mut self, block: &mut Block) {
        for mut stmt in std::mem::take(&mut block.stmts) {
            stmt.op.blocks_mut().into_iter().for_each(|inner| self.block(inner));
            if let Op::For(l) = &mut stmt.op {
                let checkpoints = l.checkpoints.take().filter(|_| !self.whole.contains(&l.body.id));
                if let Some(Checkpoints::Slots(count)) = checkpoints {
                    self.give_slots(l, count, stmt.span, &mut block.stmts);
                } else if let Some(checkpoints) = checkpoints {
                    let segments = self.segments(l.range, checkpoints, stmt.span, &mut block.stmts);
                    let divided = self.divided(l, &stmt.outs, segments, stmt.span);
                    **l = divided;
                }
            }
            block.stmts.push(stmt);
        }
    }

    /// What the loop over the segments runs through.
    fn segments(&mut self, range: Option<Value>, checkpoints: Checkpoints, span: Span, before: &mut Vec<Stmt>) -> Value {
        let krate = self.krate;
        let (expr, operands): (syn::Expr, Vec<Value>) = match (range, checkpoints) {
            (Some(range), Checkpoints::Root) => (syn::parse_quote!(#krate::rt::segments(&walked)), vec![range]),
            (None, Checkpoints::Root) => (syn::parse_quote!(#krate::rt::growing_segments()), Vec::new()),
            (Some(range), Checkpoints::Every(size)) => {
                (syn::parse_quote!(#krate::rt::segments_of(&walked, other)), vec![range, size])
            }
            (None, Checkpoints::Every(size)) => (syn::parse_quote!(#krate::rt::endless_segments_of(walked)), vec![size]),
            (_, Checkpoints::Slots(_)) => unreachable!("slots are no segments"),
        };
        let inputs = operands.iter().zip(["walked", "other"]);
        let inputs = inputs.map(|(v, name)| (syn::Ident::new(name, Span::call_site()), *v)).collect();
        let segments = self.passive("segments", span);
        let op = Op::Verbatim(Rc::new(Verbatim { expr, inputs, is_pure: true }));
        before.push(Stmt { outs: vec![segments], op, span });
        segments
    }

    /// The loop over the segments of a loop with these results.
    fn divided(&mut self, l: &mut For, outs: &[Value], segments: Value, span: Span) -> For {
        let carried = l.inits.len();
        let params: Vec<_> = l.body.params[1..].iter().map(|param| self.values.copy_of(*param)).collect();
        let condition = l.condition.as_ref().map(|condition| condition.fresh(self.values));
        let segment = self.passive("segment", span);
        let inits = std::mem::replace(&mut l.inits, params.clone());
        let (stops, is_counted) = (l.stops, l.is_counted);
        let mut body = Block { id: self.new_block(), ..Block::default() };
        let mut scope = Block { id: self.new_block(), ..Block::default() };
        let mut part = std::mem::replace(l, For { range: Some(segments), ..l.clone() });
        part.range = Some(segment);
        let mut part_outs: Vec<_> = outs[..carried].iter().map(|out| self.values.copy_of(*out)).collect();
        if stops {
            // Whether an iteration was the last of all is handed on out of the segment.
            let started = self.passive("stopped", span);
            let never = Verbatim { expr: syn::parse_quote!(false), inputs: Vec::new(), is_pure: true };
            scope.stmts.push(Stmt { outs: vec![started], op: Op::Verbatim(Rc::new(never)), span });
            let (param, out) = (self.passive("stopped", span), self.passive("stopped", span));
            let stop = part.body.results[carried];
            part.inits.push(started);
            part.body.params.push(param);
            part.body.results.insert(carried, stop);
            if let Some(condition) = &mut part.condition {
                condition.params.push(self.values.copy_of(param));
            }
            part_outs.push(out);
        }
        scope.results.clone_from(&part_outs);
        body.params = std::iter::once(segment).chain(params).collect();
        body.results = scope.results.iter().map(|result| self.values.copy_of(*result)).collect();
        if is_counted {
            part_outs.push(self.passive("turns", span));
        }
        scope.stmts.push(Stmt { outs: part_outs, op: Op::For(Box::new(part)), span });
        body.stmts.push(Stmt { outs: body.results.clone(), op: Op::Scope(scope), span });
        For { range: Some(segments), reversed: false, times: None, condition, inits, body, stops, is_counted, checkpoints: None }
    }

    /// Lets each iteration offer its state to slots, and be a scope.
    fn give_slots(&mut self, l: &mut For, count: Value, span: Span, before: &mut Vec<Stmt>) {
        let slots = self.passive("slots", span);
        before.push(Stmt { outs: vec![slots], op: Op::Slots(count, l.range), span });
        l.range.get_or_insert_with(|| {
            let range = self.values.copy_of(count);
            self.values[range].name = None;
            let endless = Verbatim { expr: syn::parse_quote!(0_usize..), inputs: Vec::new(), is_pure: true };
            before.push(Stmt { outs: vec![range], op: Op::Verbatim(Rc::new(endless)), span });
            range
        });
        l.checkpoints = Some(Checkpoints::Slots(slots));
        let results: Vec<_> = l.body.results.iter().map(|result| self.values.copy_of(*result)).collect();
        let (stmts, inner) = (std::mem::take(&mut l.body.stmts), std::mem::replace(&mut l.body.results, results.clone()));
        let scope = Block { id: self.new_block(), stmts, results: inner, ..Block::default() };
        let state = l.body.params[1..].to_vec();
        l.body.stmts.push(Stmt { outs: Vec::new(), op: Op::Offer(slots, state), span });
        l.body.stmts.push(Stmt { outs: results, op: Op::Scope(scope), span });
    }

    fn new_block(&mut self) -> u32 {
        self.blocks += 1;
        self.blocks
    }

    fn passive(&mut self, name: &str, span: Span) -> Value {
        let name = Some(syn::Ident::new(name, span.resolved_at(Span::call_site())));
        let (kind, wanted) = (Kind::Unknown, Wanted::new());
        self.values.add(Info { name, kind, active: false, shape_of: None, wanted, span, read_at: None })
    }
}
