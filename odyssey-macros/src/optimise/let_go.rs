//! Arrays that nobody needs any more, or not all of them: a cotangent that a kernel would copy is moved, and of an array
//! whose shape alone is read from some point on, the shape is kept, so that its memory may serve again.

use super::fuse::OPERANDS;
use crate::ir::{Block, Kind, Op, Output, Stmt, Value, ValueMap, ValueSet, Values};

/// Lets arrays go that a block has made, or was given in `owned`, and that nobody reads `outside` of it.
pub(crate) fn let_go(values: &mut Values, block: &mut Block, owned: &[Value], outside: &ValueSet) {
    let made = block.stmts.iter().filter(|stmt| makes_arrays(&stmt.op)).flat_map(|stmt| &stmt.outs).copied();
    let is_array = |v: &Value| matches!(values[*v].kind, Kind::Array(_)) && !outside.contains(v);
    let own: ValueSet = made.chain(owned.iter().copied()).filter(is_array).collect();
    move_copies(values, block, &own);
    keep_shapes(values, block, &own);
}

/// Returns arrays that are nobody else's.
fn makes_arrays(op: &Op) -> bool {
    match op {
        Op::Kernel(_) | Op::Rule(..) | Op::RuleAlong(..) | Op::Pullback { .. } => true,
        Op::Apply(operation, ..) => !operation.is_view,
        _ => false,
    }
}

/// Replaces what a kernel would write as it has read it, where nobody reads that again.
fn move_copies(values: &mut Values, block: &mut Block, own: &ValueSet) {
    let mut at = 0;
    while at < block.stmts.len() {
        if let Some((output, value)) = copy(block, own, at) {
            move_copy(values, block, at, output, value);
        }
        at += 1;
    }
}

/// An output of the kernel at that place that is an input of its own, read there for the last time; and the input.
fn copy(block: &Block, own: &ValueSet, at: usize) -> Option<(usize, Value)> {
    let Op::Kernel(kernel) = &block.stmts[at].op else { return None };
    if kernel.inputs.len() + kernel.extents.len() == OPERANDS {
        // Without the copy, it would read the shape as well.
        return None;
    }
    let input_of = |element: &Value| Some(kernel.inputs[kernel.body.params.iter().position(|param| param == element)?]);
    kernel.outputs.iter().zip(&kernel.body.results).enumerate().find_map(|(k, (output, element))| {
        let (Output::Like(like), value) = (output, input_of(element)?) else { return None };
        let is_own = own.contains(&value) && *like != value;
        (is_own && !is_read_from(block, at + 1, value)).then_some((k, value))
    })
}

fn move_copy(values: &mut Values, block: &mut Block, at: usize, output: usize, value: Value) {
    let stmt = &mut block.stmts[at];
    let Op::Kernel(kernel) = &mut stmt.op else { unreachable!("a kernel's output is moved") };
    let (out, Output::Like(like)) = (stmt.outs.remove(output), kernel.outputs.remove(output)) else {
        unreachable!("an output like an array is moved")
    };
    kernel.body.results.remove(output);
    // The other outputs are summed over its shape as well.
    kernel.extents.push(like);
    super::clean_kernel(values, kernel);
    let moved = Stmt { outs: vec![out], op: Op::Fit { value, over: like, like }, span: stmt.span };
    if stmt.outs.is_empty() {
        *stmt = moved;
    } else {
        block.stmts.insert(at + 1, moved);
    }
}

fn is_read_from(block: &Block, at: usize, value: Value) -> bool {
    let mut is_read = false;
    block.stmts[at..].iter().for_each(|stmt| stmt.reads(&mut |v| is_read |= v == value));
    block.end_reads(&mut |v| is_read |= v == value);
    is_read
}

/// The last statements that read an array.
#[derive(Clone, Copy, Default)]
struct LastReads {
    /// More than the shape.
    elements: usize,
    shape: usize,
}

/// Takes the shapes of arrays in front of the last statement that reads their elements, if later ones read the shape.
fn keep_shapes(values: &mut Values, block: &mut Block, own: &ValueSet) {
    let mut outlived: Vec<_> = last_reads(block, own)
        .into_iter()
        .filter(|(_, last)| last.shape > last.elements)
        .map(|(v, last)| (last.elements, v))
        .collect();
    outlived.sort_unstable();
    let mut extents = Vec::new();
    // All readers first: several arrays may have one last reader, and what is put before it moves it.
    for (at, value) in outlived {
        let Some(name) = values[value].name.clone() else { continue };
        let mut info = values[value].clone();
        info.name = Some(quote::format_ident!("{}_extent", name, span = name.span()));
        (info.kind, info.shape_of) = (Kind::Unknown, None);
        let (span, extent) = (info.span, values.add(info));
        block.stmts[at + 1..].iter_mut().for_each(|stmt| stmt.op.map_operands(&mut |v| if v == value { extent } else { v }));
        extents.push((at, Stmt { outs: vec![extent], op: Op::Extent(value), span }));
    }
    // From the end on: what is inserted moves no place that is still to come.
    for (at, extent) in extents.into_iter().rev() {
        block.stmts.insert(at, extent);
    }
}

/// The last reads of arrays of whose elements some statement is the last reader.
fn last_reads(block: &Block, own: &ValueSet) -> ValueMap<LastReads> {
    let mut reads: ValueMap<LastReads> = ValueMap::default();
    for (at, stmt) in block.stmts.iter().enumerate() {
        let shapes = shapes_read(&stmt.op);
        let mut all: Vec<Value> = Vec::new();
        stmt.reads(&mut |v| all.extend(own.contains(&v).then_some(v)));
        for value in &all {
            let count = |values: &[Value]| values.iter().filter(|v| *v == value).count();
            let last = reads.or_default(*value);
            last.shape = at;
            if count(&all) > count(&shapes) {
                last.elements = at;
            }
        }
    }
    block.end_reads(&mut |v| {
        reads.remove(&v);
    });
    // 0 is no reader: what it reads was made before.
    reads.into_iter().filter(|(_, last)| last.elements > 0).collect()
}

/// The values whose shapes an operation reads.
fn shapes_read(op: &Op) -> Vec<Value> {
    match op {
        Op::Kernel(kernel) => {
            let like = kernel.outputs.iter().filter_map(|output| if let Output::Like(v) = output { Some(*v) } else { None });
            like.chain(kernel.extents.iter().copied()).collect()
        }
        Op::Fit { over, like, .. } => vec![*over, *like],
        _ => Vec::new(),
    }
}
