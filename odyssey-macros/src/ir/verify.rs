//! The invariants that hold between passes; checked in debug builds of the compiler.

use super::print::print;
use super::{Block, Op, Stmt, Value, ValueSet, Values};

/// Panics with the offending value unless every value is defined once, before it is read, where it can be seen, and
/// blocks take and hand on as many values as the statement around them says.
pub(crate) fn verify(pass: &str, values: &Values, block: &Block) {
    if cfg!(debug_assertions) {
        let mut verifier = Verifier { values, visible: ValueSet::default(), defined: ValueSet::default() };
        if let Err(broken) = verifier.block(block) {
            panic!("after {pass}: {broken} in\n{}", print(values, block));
        }
    }
}

struct Verifier<'a> {
    values: &'a Values,
    visible: ValueSet,
    defined: ValueSet,
}

impl Verifier<'_> {
    fn block(&mut self, block: &Block) -> Result<(), String> {
        let mut here = Vec::new();
        block.entry(&mut |v| here.push(v));
        here.iter().try_for_each(|v| self.define(*v))?;
        for stmt in &block.stmts {
            let mut hidden = None;
            stmt.op.operands(&mut |v| {
                if !self.visible.contains(&v) {
                    hidden = Some(v);
                }
            });
            if let Some(v) = hidden {
                return Err(format!("{v:?} is read before its definition, by {:?}", stmt.op));
            }
            agree(stmt)?;
            stmt.op.blocks().into_iter().try_for_each(|inner| self.block(inner))?;
            stmt.outs.iter().try_for_each(|v| self.define(*v))?;
            here.extend(&stmt.outs);
        }
        let mut hidden = None;
        block.end_reads(&mut |v| {
            if !self.visible.contains(&v) {
                hidden = Some(v);
            }
        });
        if let Some(v) = hidden {
            return Err(format!("{v:?} is handed on or pushed, but not defined"));
        }
        here.iter().for_each(|v| {
            self.visible.remove(v);
        });
        Ok(())
    }

    fn define(&mut self, value: Value) -> Result<(), String> {
        if value.0 as usize >= self.values.len() {
            return Err(format!("{value:?} does not exist"));
        }
        self.visible.insert(value);
        if self.defined.insert(value) {
            Ok(())
        } else {
            Err(format!("{value:?} is defined twice"))
        }
    }
}

/// Blocks take and hand on as many values as the statement around them says.
fn agree(stmt: &Stmt) -> Result<(), String> {
    let agrees = match &stmt.op {
        Op::For(l) => {
            let carried = l.inits.len();
            l.body.params.len() == carried + 1
                && l.body.results.len() == carried + usize::from(l.stops)
                && stmt.outs.len() == carried + usize::from(l.is_counted)
                && l.condition.iter().all(|c| c.params.len() == carried && c.results.len() == 1)
        }
        Op::Match(_, arms) => arms.iter().all(|arm| arm.block.results.len() == stmt.outs.len()),
        Op::If(_, then, otherwise) => then.results.len() == stmt.outs.len() && otherwise.results.len() == stmt.outs.len(),
        Op::Scope(block) => block.results.len() == stmt.outs.len(),
        Op::Directions(each) => each.block.results.len() == stmt.outs.len() && each.block.params.len() == each.changed.len() + 1,
        Op::Kernel(kernel) => kernel.outputs.len() == stmt.outs.len() && kernel.body.params.len() == kernel.inputs.len(),
        _ => true,
    };
    if agrees {
        Ok(())
    } else {
        Err(format!("a statement and its blocks disagree: {:?}", stmt.outs))
    }
}
