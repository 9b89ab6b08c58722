//! What was put off, as a block that runs once for each direction.

use super::Lift;
use crate::ir::{Block, Directions, Info, Kind, Op, Path, Projection, Stmt, Value, ValueMap};

/// The block, under way.
pub(super) struct Each<'l, 'a> {
    lift: &'l mut Lift<'a>,
    /// The number of the direction.
    direction: Value,
    /// What a tangent is in this direction.
    one: ValueMap<Value>,
    /// Tangents along all directions that are changed in the block: what has their place in it.
    all: ValueMap<Value>,
    stmts: Vec<Stmt>,
}

impl<'l, 'a> Each<'l, 'a> {
    /// The statement that does what was put off; `None` if a tangent is read that something has taken the place of.
    pub(super) fn of(lift: &'l mut Lift<'a>, pending: Vec<Stmt>) -> Option<Stmt> {
        let span = pending[0].span;
        let made: Vec<_> = pending.iter().flat_map(|stmt| &stmt.outs).copied().collect();
        let overwritten: Vec<_> = pending.iter().flat_map(Stmt::overwrites).collect();
        let changed: Vec<_> = overwritten.iter().map(|(base, _)| *base).filter(|base| !made.contains(base)).collect();
        // What is in the place of a tangent that is changed, in the end.
        let left: Vec<_> = changed.iter().map(|base| last(*base, &overwritten)).collect();
        let is_gone = |out: &Value| overwritten.iter().any(|(base, _)| base == out) || left.contains(out);
        let (gone, own): (Vec<_>, Vec<_>) = made.into_iter().partition(is_gone);

        let name = Some(syn::Ident::new("direction", span));
        let direction = lift.values.add(Info { name, ..Info::unnamed(Kind::Unknown, span) });
        let mut each = Each { lift, direction, one: ValueMap::default(), all: ValueMap::default(), stmts: Vec::new() };
        let places = changed.iter().map(|base| each.place(*base)).collect::<Option<Vec<_>>>()?;
        for stmt in pending {
            each.stmt(stmt)?;
        }
        let results = own.iter().map(|out| each.one.get(out)).chain(left.iter().map(|out| each.all.get(out)));
        let results = results.map(|result| *result.expect("what is made has been met")).collect();
        let Each { lift, stmts, .. } = each;
        lift.overwritten.extend(overwritten.iter().map(|(base, _)| *base));
        lift.gone.extend(gone.iter().filter(|out| !left.contains(out)));
        let params = std::iter::once(direction).chain(places).collect();
        let block = Block { params, stmts, results, ..Block::default() };
        let outs = own.into_iter().chain(left).collect();
        Some(Stmt { outs, op: Op::Directions(Box::new(Directions { changed, block })), span })
    }

    /// The place of a tangent that is changed. Numbers are not changed but replaced.
    fn place(&mut self, base: Value) -> Option<Value> {
        let is_number = matches!(&self.lift.values[base].kind, Kind::Directions(kind) if kind.is_copy());
        if is_number || self.lift.overwritten.contains(&base) {
            return None;
        }
        let place = self.lift.values.copy_of(base);
        self.all.insert(base, place);
        Some(place)
    }

    fn stmt(&mut self, mut stmt: Stmt) -> Option<()> {
        if let Op::Common(number) = stmt.op {
            let one = self.read(number)?;
            self.one.insert(stmt.outs[0], one);
            return Some(());
        }
        let changed = stmt.overwrites().into_iter().find_map(|(base, out)| Some((base, out, *self.all.get(&base)?)));
        let mut is_read = true;
        stmt.op.map_operands(&mut |v| {
            let one = if changed.is_some_and(|(base, ..)| base == v) { Some(v) } else { self.read(v) };
            is_read &= one.is_some();
            one.unwrap_or(v)
        });
        if !is_read {
            return None;
        }
        if let Some((base, _, place)) = changed {
            if let Op::Accumulate(tangent, value) = stmt.op {
                stmt.op = Op::AccumulatePart { tangent, path: Path::new(), value, is_taken: false };
            }
            let (whole, path) = target(&mut stmt.op)?;
            *whole = place;
            let step = Projection::Index(self.direction);
            let at = if self.lift.lists.contains(&base) { path.len() } else { 0 };
            path.insert(at, step);
        }
        for out in &mut stmt.outs {
            if changed.is_some_and(|(_, changed, _)| changed == *out) {
                let copy = self.lift.values.copy_of(*out);
                self.all.insert(std::mem::replace(out, copy), copy);
            } else {
                let one = self.one_of(*out);
                self.one.insert(std::mem::replace(out, one), one);
            }
        }
        self.stmts.push(stmt);
        Some(())
    }

    /// The value in this direction.
    fn read(&mut self, value: Value) -> Option<Value> {
        if !self.lift.is_wide(value) {
            return Some(value);
        }
        if let Some(one) = self.one.get(&value) {
            return Some(*one);
        }
        if let Some(part) = self.lift.parts.get(&value).cloned() {
            self.stmt(part)?;
            return self.one.get(&value).copied();
        }
        if self.lift.lists.contains(&value) || self.lift.gone.contains(&value) {
            return None;
        }
        let all = match self.all.get(&value) {
            Some(all) => *all,
            None if self.lift.overwritten.contains(&value) => return None,
            None => value,
        };
        let (one, span) = (self.one_of(value), self.lift.values[value].span);
        self.stmts.push(Stmt { outs: vec![one], op: Op::Index(all, self.direction), span });
        self.one.insert(value, one);
        Some(one)
    }

    /// A value for what a tangent along all directions is in one of them.
    fn one_of(&mut self, value: Value) -> Value {
        let values = &mut *self.lift.values;
        let one = values.copy_of(value);
        let info = &mut values[one];
        if let Kind::Directions(inner) = &info.kind {
            info.kind = (**inner).clone();
        }
        if let Some(name) = &mut info.name {
            let text = name.to_string();
            let text = text.strip_suffix('s').expect("the name of several");
            *name = quote::format_ident!("{}", text, span = name.span());
        }
        one
    }
}

/// What has taken the place of a value, in the end.
fn last(base: Value, overwritten: &[(Value, Value)]) -> Value {
    overwritten.iter().fold(base, |last, (from, to)| if *from == last { *to } else { last })
}

/// What an operation changes a part of, and which.
fn target(op: &mut Op) -> Option<(&mut Value, &mut Path)> {
    match op {
        Op::Store { base, path, .. }
        | Op::Update { base, path, .. }
        | Op::Push { base, path, .. }
        | Op::Pop { base, path }
        | Op::Swap { base, path, .. }
        | Op::AccumulatePart { tangent: base, path, .. }
        | Op::TakePart { tangent: base, path, .. } => Some((base, path)),
        _ => None,
    }
}
