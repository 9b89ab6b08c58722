//! Walking over operands and blocks, so that passes name only the operations they care about.

use super::{Block, Op, Parameter, Parts, Stmt, Value};

impl Op {
    /// Calls `f` with every value that the operation reads, those inside its blocks left out.
    pub(crate) fn operands(&self, f: &mut impl FnMut(Value)) {
        match self {
            Op::Literal(_) | Op::Absent => {}
            Op::Verbatim(verbatim) => verbatim.inputs.iter().for_each(|(_, v)| f(*v)),
            Op::Elementwise(_, operands, parameters) => {
                operands.iter().for_each(|v| f(*v));
                for parameter in parameters {
                    if let Parameter::Value(v) | Parameter::Offset(v, _) = parameter {
                        f(*v);
                    }
                }
            }
            Op::Reference(v) | Op::Dereference(v) | Op::Copy(_, v) | Op::Field(v, _) | Op::Cast(v, _) => f(*v),
            Op::Sum(v) | Op::Length(v) | Op::Extent(v) | Op::Zero(v) | Op::Present(v) | Op::Expect(v) => f(*v),
            Op::Index(a, b) | Op::Accumulate(a, b) => [a, b].into_iter().for_each(|v| f(*v)),
            Op::CastBack { cotangent, like } => [cotangent, like].into_iter().for_each(|v| f(*v)),
            Op::Tuple(values) | Op::Rule(_, _, values) => values.iter().for_each(|v| f(*v)),
            Op::Apply(_, operands, parameters) => operands.iter().chain(parameters).for_each(|v| f(*v)),
            Op::Call(call) | Op::Linearize(call) => call.args.iter().for_each(|v| f(*v)),
            Op::If(condition, ..) => f(*condition),
            Op::For(l) => {
                f(l.range);
                l.inits.iter().for_each(|v| f(*v));
                l.pops.iter().for_each(|kept| f(kept.stack));
            }
            Op::Pullback { pullback, call, result, cotangent } => {
                f(*pullback);
                call.args.iter().for_each(|v| f(*v));
                f(*result);
                f(*cotangent);
            }
            Op::Fit { value, over, like } => [value, over, like].into_iter().for_each(|v| f(*v)),
            Op::IndexAccumulate { tangent, index, value } => [tangent, index, value].into_iter().for_each(|v| f(*v)),
            Op::Assemble(base, parts) => {
                f(*base);
                parts.values(f);
            }
            Op::Kernel(kernel) => {
                kernel.inputs.iter().chain(&kernel.extents).for_each(|v| f(*v));
                kernel.like().for_each(&mut *f);
                kernel.captures().for_each(f);
            }
        }
    }

    /// Replaces every value that the operation reads, those inside its blocks left out.
    pub(crate) fn map_operands(&mut self, f: &mut impl FnMut(Value) -> Value) {
        match self {
            Op::Literal(_) | Op::Absent => {}
            Op::Verbatim(verbatim) => {
                let verbatim = std::rc::Rc::make_mut(verbatim);
                verbatim.inputs.iter_mut().for_each(|(_, v)| *v = f(*v));
            }
            Op::Elementwise(_, operands, parameters) => {
                operands.iter_mut().for_each(|v| *v = f(*v));
                for parameter in parameters {
                    if let Parameter::Value(v) | Parameter::Offset(v, _) = parameter {
                        *v = f(*v);
                    }
                }
            }
            Op::Reference(v) | Op::Dereference(v) | Op::Copy(_, v) | Op::Field(v, _) | Op::Cast(v, _) => *v = f(*v),
            Op::Sum(v) | Op::Length(v) | Op::Extent(v) | Op::Zero(v) | Op::Present(v) | Op::Expect(v) => *v = f(*v),
            Op::Index(a, b) | Op::Accumulate(a, b) => [a, b].into_iter().for_each(|v| *v = f(*v)),
            Op::CastBack { cotangent, like } => [cotangent, like].into_iter().for_each(|v| *v = f(*v)),
            Op::Tuple(values) | Op::Rule(_, _, values) => values.iter_mut().for_each(|v| *v = f(*v)),
            Op::Apply(_, operands, parameters) => operands.iter_mut().chain(parameters).for_each(|v| *v = f(*v)),
            Op::Call(call) | Op::Linearize(call) => call.args.iter_mut().for_each(|v| *v = f(*v)),
            Op::If(condition, ..) => *condition = f(*condition),
            Op::For(l) => {
                l.range = f(l.range);
                l.inits.iter_mut().for_each(|v| *v = f(*v));
                l.pops.iter_mut().for_each(|kept| kept.stack = f(kept.stack));
            }
            Op::Pullback { pullback, call, result, cotangent } => {
                *pullback = f(*pullback);
                call.args.iter_mut().for_each(|v| *v = f(*v));
                *result = f(*result);
                *cotangent = f(*cotangent);
            }
            Op::Fit { value, over, like } => [value, over, like].into_iter().for_each(|v| *v = f(*v)),
            Op::IndexAccumulate { tangent, index, value } => {
                [tangent, index, value].into_iter().for_each(|v| *v = f(*v));
            }
            Op::Assemble(base, parts) => {
                *base = f(*base);
                parts.map_values(f);
            }
            Op::Kernel(kernel) => {
                kernel.inputs.iter_mut().chain(&mut kernel.extents).for_each(|v| *v = f(*v));
                for output in &mut kernel.outputs {
                    if let super::Output::Like(v) = output {
                        *v = f(*v);
                    }
                }
                kernel.captures_mut().for_each(|v| *v = f(*v));
            }
        }
    }

    /// The blocks of a statement with control flow. A kernel's body is not one: it has no effect and no other
    /// values than elements.
    pub(crate) fn blocks(&self) -> Vec<&Block> {
        match self {
            Op::If(_, then, otherwise) => vec![then, otherwise],
            Op::For(l) => vec![&l.body],
            _ => Vec::new(),
        }
    }

    pub(crate) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Op::If(_, then, otherwise) => vec![then, otherwise],
            Op::For(l) => vec![&mut l.body],
            _ => Vec::new(),
        }
    }
}

impl super::Kernel {
    fn like(&self) -> impl Iterator<Item = Value> + '_ {
        self.outputs.iter().filter_map(|output| match output {
            super::Output::Like(v) => Some(*v),
            super::Output::Full | super::Output::Sum => None,
        })
    }
}

impl super::Kernel {
    /// The passive parameters that the body reads from around the kernel.
    pub(crate) fn captures(&self) -> impl Iterator<Item = Value> + '_ {
        self.body
            .stmts
            .iter()
            .flat_map(|stmt| match &stmt.op {
                Op::Elementwise(_, _, parameters) => &parameters[..],
                _ => &[],
            })
            .filter_map(|parameter| match parameter {
                Parameter::Value(v) | Parameter::Offset(v, _) => Some(*v),
                Parameter::Integer(_) => None,
            })
    }

    fn captures_mut(&mut self) -> impl Iterator<Item = &mut Value> + '_ {
        self.body
            .stmts
            .iter_mut()
            .flat_map(|stmt| match &mut stmt.op {
                Op::Elementwise(_, _, parameters) => &mut parameters[..],
                _ => &mut [],
            })
            .filter_map(|parameter| match parameter {
                Parameter::Value(v) | Parameter::Offset(v, _) => Some(v),
                Parameter::Integer(_) => None,
            })
    }
}

impl Parts {
    /// Calls `f` with every value in it.
    pub(crate) fn values(&self, f: &mut impl FnMut(Value)) {
        self.whole.iter().for_each(|v| f(*v));
        self.fields.values().for_each(|parts| parts.values(f));
    }

    fn map_values(&mut self, f: &mut impl FnMut(Value) -> Value) {
        self.whole.iter_mut().for_each(|v| *v = f(*v));
        self.fields.values_mut().for_each(|parts| parts.map_values(f));
    }
}

impl Block {
    /// Calls `f` with every value that the block reads: operands of its statements and of those in nested blocks,
    /// results included.
    pub(crate) fn reads(&self, f: &mut impl FnMut(Value)) {
        self.stmts.iter().for_each(|stmt| stmt.reads(f));
        self.results.iter().for_each(|v| f(*v));
    }

    /// Replaces every value that the block reads.
    pub(crate) fn map_reads(&mut self, f: &mut impl FnMut(Value) -> Value) {
        for stmt in &mut self.stmts {
            stmt.op.map_operands(f);
            if let Op::For(l) = &mut stmt.op {
                l.pushes.iter_mut().for_each(|kept| kept.value = f(kept.value));
            }
            stmt.op.blocks_mut().into_iter().for_each(|block| block.map_reads(f));
        }
        self.results.iter_mut().for_each(|v| *v = f(*v));
    }

    /// Calls `f` with every value that the block or a nested one defines.
    pub(crate) fn definitions(&self, f: &mut impl FnMut(Value)) {
        self.params.iter().for_each(|v| f(*v));
        for stmt in &self.stmts {
            stmt.outs.iter().for_each(|v| f(*v));
            if let Op::For(l) = &stmt.op {
                l.pops.iter().for_each(|kept| f(kept.value));
            }
            stmt.op.blocks().into_iter().for_each(|block| block.definitions(f));
        }
    }
}

impl Stmt {
    /// Calls `f` with every value that the statement reads, those in its blocks included.
    pub(crate) fn reads(&self, f: &mut impl FnMut(Value)) {
        self.op.operands(f);
        if let Op::For(l) = &self.op {
            l.pushes.iter().for_each(|kept| f(kept.value));
        }
        self.op.blocks().into_iter().for_each(|block| block.reads(f));
    }
}
