//! The invariants that hold between passes; checked in debug builds of the compiler.

use std::collections::HashSet;

use super::{Block, Op, Value, Values};

/// Panics with the offending value unless every value is defined once, before it is read, where it can be seen, and
/// blocks take and hand on as many values as the statement around them says.
pub(crate) fn verify(pass: &str, values: &Values, block: &Block) {
    if cfg!(debug_assertions) {
        let mut defined = HashSet::new();
        verify_block(pass, values, block, &mut HashSet::new(), &mut defined);
    }
}

fn verify_block(pass: &str, values: &Values, block: &Block, visible: &mut HashSet<Value>, defined: &mut HashSet<Value>) {
    let mut here = Vec::new();
    let mut define = |value: Value, visible: &mut HashSet<Value>, defined: &mut HashSet<Value>| {
        assert!((value.0 as usize) < values.len(), "after {pass}: {value:?} does not exist");
        assert!(defined.insert(value), "after {pass}: {value:?} is defined twice");
        visible.insert(value);
        here.push(value);
    };
    block.params.iter().for_each(|v| define(*v, visible, defined));
    for stmt in &block.stmts {
        let check = |v: Value| assert!(visible.contains(&v), "after {pass}: {v:?} is read before its definition by {:?}", stmt.op);
        stmt.op.operands(&mut { check });
        if let Op::For(l) = &stmt.op {
            assert_eq!(l.body.params.len(), l.inits.len() + 1, "after {pass}: parameters of a loop");
            assert_eq!(l.body.results.len(), l.inits.len(), "after {pass}: results of a loop");
            assert_eq!(stmt.outs.len(), l.inits.len() + l.pushes.len(), "after {pass}: values of a loop");
            l.pops.iter().for_each(|kept| define(kept.value, visible, defined));
        }
        if let Op::If(_, then, otherwise) = &stmt.op {
            assert_eq!(then.results.len(), stmt.outs.len(), "after {pass}: results of a branch");
            assert_eq!(otherwise.results.len(), stmt.outs.len(), "after {pass}: results of a branch");
        }
        for inner in stmt.op.blocks() {
            verify_block(pass, values, inner, visible, defined);
        }
        stmt.outs.iter().for_each(|v| define(*v, visible, defined));
    }
    for result in &block.results {
        assert!(visible.contains(result), "after {pass}: result {result:?} is not defined");
    }
    for value in here {
        visible.remove(&value);
    }
}
