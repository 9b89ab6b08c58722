//! Walking over operands and blocks, so that passes name only the operations they care about.

use std::rc::Rc;

use syn::Ident;

use super::{
    Arm, Block, Call, Checkpoints, Directions, For, Kernel, Op, Output, Parameter, Parts, Projection, Refailed, Replay, Stmt,
    Value, Verbatim,
};

/// Calls `f` with a reference to every value that an operation reads, those inside its blocks left out: `[&]` for shared
/// references, `[&mut]` for mutable ones. The functions do the same for what operands are nested in.
macro_rules! each_operand {
    ([$($and:tt)+] $op:expr, $f:expr, $inputs:ident, $parameter:ident, $path:ident, $parts:ident, $kernel:ident) => {
        match $op {
            Op::Literal(_) | Op::Absent | Op::Stack | Op::Scope(_) | Op::Replay(_) => {}
            Op::Verbatim(verbatim) => $inputs(verbatim).for_each(|v| $f(v)),
            Op::Effect(verbatim, targets) => {
                $inputs(verbatim).for_each(|v| $f(v));
                targets.into_iter().for_each(|v| $f(v));
            }
            Op::Elementwise(_, operands, parameters) => {
                operands.into_iter().for_each(|v| $f(v));
                parameters.into_iter().filter_map($parameter).for_each(|v| $f(v));
            }
            Op::Reference(v) | Op::Dereference(v) | Op::Boxed(v) | Op::Copy(_, v) | Op::Field(v, _) | Op::Cast(v, _) => $f(v),
            Op::Sum(v) | Op::Length(v) | Op::Extent(v) | Op::Zero(v) | Op::Snapshot(v) | Op::Outlive(v) | Op::Lend(v) => $f(v),
            Op::Common(v) | Op::Once(v) | Op::Taken(v) | Op::IntoParts(v, _) | Op::Present(v) | Op::Okay(v) | Op::Unwrap(v, _) | Op::Expect(v) | Op::If(v, ..) | Op::Match(v, _) => $f(v),
            Op::Try(v, failure) => {
                $f(v);
                if let Some(Refailed { operand: Some(verbatim), .. }) = failure {
                    $inputs(verbatim).for_each(|v| $f(v));
                }
            }
            Op::Index(a, b) | Op::Accumulate(a, b) | Op::OldShape(a, b) | Op::CastBack { cotangent: a, like: b } => {
                $f(a);
                $f(b);
            }
            Op::Slots(count, range) => {
                $f(count);
                range.into_iter().for_each(|v| $f(v));
            }
            Op::Offer(slots, state) => {
                $f(slots);
                state.into_iter().for_each(|v| $f(v));
            }
            Op::Restore(slots, range) => {
                $f(slots);
                $f(range);
            }
            Op::View(v, _, args) => {
                $f(v);
                args.into_iter().for_each(|v| $f(v));
            }
            Op::Tuple(values) | Op::List(_, values) | Op::Rule(_, _, values) | Op::Tangent(_, _, values) => values.into_iter().for_each(|v| $f(v)),
            Op::Construct(_, fields, rest) => {
                fields.into_iter().for_each(|(_, v)| $f(v));
                rest.into_iter().for_each(|v| $f(v));
            }
            Op::Apply(_, operands, parameters) => {
                operands.into_iter().for_each(|v| $f(v));
                parameters.into_iter().for_each(|v| $f(v));
            }
            Op::Call(Call { args, borrowed, .. }) | Op::Linearize(Call { args, borrowed, .. }) => {
                args.into_iter().for_each(|v| $f(v));
                borrowed.into_iter().for_each(|(_, path)| $path(path, $f));
            }
            Op::Pushforward(Call { args, borrowed, .. }, tangents) | Op::LinearizeAlong(Call { args, borrowed, .. }, tangents) => {
                args.into_iter().for_each(|v| $f(v));
                borrowed.into_iter().for_each(|(_, path)| $path(path, $f));
                tangents.into_iter().flatten().for_each(|v| $f(v));
            }
            Op::RuleAlong(_, _, reads, tangents) => {
                reads.into_iter().for_each(|v| $f(v));
                tangents.into_iter().flatten().for_each(|v| $f(v));
            }
            Op::Pullback { pullback, call: Call { args, borrowed, .. }, result, cotangents, along } => {
                $f(pullback);
                // What is lent to be changed is not given again.
                args.into_iter().enumerate().filter(|(i, _)| !borrowed.contains_key(i)).for_each(|(_, v)| $f(v));
                $f(result);
                cotangents.into_iter().for_each(|v| $f(v));
                along.into_iter().for_each(|v| $f(v));
            }
            Op::For(l) => {
                let For { range, times, inits, checkpoints, .. } = $($and)+ **l;
                range.into_iter().for_each(|v| $f(v));
                times.into_iter().for_each(|v| $f(v));
                inits.into_iter().for_each(|v| $f(v));
                if let Some(Checkpoints::Every(v) | Checkpoints::Slots(v)) = checkpoints {
                    $f(v);
                }
            }
            Op::Directions(each) => {
                let Directions { changed, .. } = $($and)+ **each;
                changed.into_iter().for_each(|v| $f(v));
            }
            Op::Fit { value, over, like } => {
                $f(value);
                $f(over);
                $f(like);
            }
            Op::Store { base, path, value, .. }
            | Op::Update { base, path, value, .. }
            | Op::Push { base, path, value }
            | Op::AccumulatePart { tangent: base, path, value, .. } => {
                $f(base);
                $path(path, $f);
                $f(value);
            }
            Op::Unpop { base, path, last, cotangent } => {
                $f(base);
                $path(path, $f);
                $f(last);
                $f(cotangent);
            }
            Op::Pop { base, path } | Op::Part(base, path) => {
                $f(base);
                $path(path, $f);
            }
            Op::TakePart { tangent, path, was } => {
                $f(tangent);
                $path(path, $f);
                was.into_iter().for_each(|v| $f(v));
            }
            Op::Swap { base, path, indices } => {
                $f(base);
                $path(path, $f);
                indices.into_iter().for_each(|v| $f(v));
            }
            Op::Assemble(base, parts) => {
                $f(base);
                $parts(parts, $f);
            }
            Op::Payload(d, like) => {
                $f(d);
                like.into_iter().for_each(|v| $f(v));
            }
            Op::JoinedPart { cotangent, axis, parts, .. } => {
                $f(cotangent);
                $f(axis);
                parts.into_iter().for_each(|v| $f(v));
            }
            Op::Unmatch { scrutinee, parts, .. } => {
                $f(scrutinee);
                parts.into_iter().for_each(|(_, both)| both.into_iter().for_each(|v| $f(v)));
            }
            Op::Kernel(kernel) => $kernel($($and)+ **kernel, $f),
        }
    };
}

impl Op {
    /// Calls `f` with every value that the operation reads, those inside its blocks left out.
    pub(crate) fn operands(&self, f: &mut impl FnMut(Value)) {
        let f: &mut dyn FnMut(&Value) = &mut |v| f(*v);
        each_operand!([&] self, f, inputs, parameter, path, parts, kernel);
    }

    /// Replaces every value that the operation reads, in the guards of its arms as well; those inside its blocks are left
    /// out.
    pub(crate) fn map_operands(&mut self, f: &mut impl FnMut(Value) -> Value) {
        self.guards_mut().flat_map(|guard| &mut guard.inputs).for_each(|(_, v)| *v = f(*v));
        let f: &mut dyn FnMut(&mut Value) = &mut |v| *v = f(*v);
        each_operand!([&mut] self, f, inputs_mut, parameter_mut, path_mut, parts_mut, kernel_mut);
    }

    /// The blocks of a statement with control flow. A kernel's body is not one: it has no effect and no other
    /// values than elements.
    pub(crate) fn blocks(&self) -> Vec<&Block> {
        match self {
            Op::If(_, then, otherwise) => vec![then, otherwise],
            Op::For(l) => l.condition.iter().chain([&l.body]).collect(),
            Op::Match(_, arms) => arms.iter().map(|arm| &arm.block).collect(),
            Op::Scope(block) => vec![block],
            Op::Directions(each) => vec![&each.block],
            Op::Replay(replay) => vec![&replay.forward, &replay.reverse],
            _ => Vec::new(),
        }
    }

    pub(crate) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Op::If(_, then, otherwise) => vec![then, otherwise],
            Op::For(l) => {
                let For { condition, body, .. } = &mut **l;
                condition.iter_mut().chain([body]).collect()
            }
            Op::Match(_, arms) => arms.iter_mut().map(|arm| &mut arm.block).collect(),
            Op::Scope(block) => vec![block],
            Op::Directions(each) => vec![&mut each.block],
            Op::Replay(replay) => {
                let Replay { forward, reverse } = &mut **replay;
                vec![forward, reverse]
            }
            _ => Vec::new(),
        }
    }

    /// The guards of the arms of a `match`: they read what the patterns bind.
    fn guards(&self) -> impl Iterator<Item = &Verbatim> {
        let arms = match self {
            Op::Match(_, arms) => &arms[..],
            _ => &[],
        };
        arms.iter().filter_map(|arm| arm.guard.as_ref())
    }

    fn guards_mut(&mut self) -> impl Iterator<Item = &mut Verbatim> {
        let arms = match self {
            Op::Match(_, arms) => &mut arms[..],
            _ => &mut [],
        };
        arms.iter_mut().filter_map(|arm| arm.guard.as_mut())
    }
}

fn inputs(verbatim: &Rc<Verbatim>) -> impl Iterator<Item = &Value> {
    verbatim.inputs.iter().map(|(_, v)| v)
}

fn inputs_mut(verbatim: &mut Rc<Verbatim>) -> impl Iterator<Item = &mut Value> {
    Rc::make_mut(verbatim).inputs.iter_mut().map(|(_, v)| v)
}

fn parameter(parameter: &Parameter) -> Option<&Value> {
    match parameter {
        Parameter::Value(v) | Parameter::Offset(v, _) => Some(v),
        Parameter::Integer(_) => None,
    }
}

fn parameter_mut(parameter: &mut Parameter) -> Option<&mut Value> {
    match parameter {
        Parameter::Value(v) | Parameter::Offset(v, _) => Some(v),
        Parameter::Integer(_) => None,
    }
}

fn path(path: &[Projection], f: &mut dyn FnMut(&Value)) {
    path.iter().for_each(|step| step.operands(f));
}

fn path_mut(path: &mut [Projection], f: &mut dyn FnMut(&mut Value)) {
    for step in path {
        match step {
            Projection::Field(_) | Projection::Dereference => {}
            Projection::Index(v) => f(v),
            Projection::View(_, args) => args.iter_mut().for_each(&mut *f),
        }
    }
}

impl Projection {
    fn operands(&self, f: &mut dyn FnMut(&Value)) {
        match self {
            Projection::Field(_) | Projection::Dereference => {}
            Projection::Index(v) => f(v),
            Projection::View(_, args) => args.iter().for_each(f),
        }
    }
}

fn parts(tree: &Parts, f: &mut dyn FnMut(&Value)) {
    tree.whole.iter().for_each(&mut *f);
    tree.fields.values().for_each(|inner| parts(inner, f));
}

fn parts_mut(tree: &mut Parts, f: &mut dyn FnMut(&mut Value)) {
    tree.whole.iter_mut().for_each(&mut *f);
    tree.fields.values_mut().for_each(|inner| parts_mut(inner, f));
}

fn kernel(kernel: &Kernel, f: &mut dyn FnMut(&Value)) {
    kernel.inputs.iter().chain(&kernel.extents).for_each(&mut *f);
    for output in &kernel.outputs {
        if let Output::Like(v) = output {
            f(v);
        }
    }
    body_parameters(&kernel.body).for_each(f);
}

fn kernel_mut(kernel: &mut Kernel, f: &mut dyn FnMut(&mut Value)) {
    kernel.inputs.iter_mut().chain(&mut kernel.extents).for_each(&mut *f);
    for output in &mut kernel.outputs {
        if let Output::Like(v) = output {
            f(v);
        }
    }
    for stmt in &mut kernel.body.stmts {
        if let Op::Elementwise(_, _, parameters) = &mut stmt.op {
            parameters.iter_mut().filter_map(parameter_mut).for_each(&mut *f);
        }
    }
}

fn body_parameters(body: &Block) -> impl Iterator<Item = &Value> {
    body.stmts
        .iter()
        .flat_map(|stmt| match &stmt.op {
            Op::Elementwise(_, _, parameters) => &parameters[..],
            _ => &[],
        })
        .filter_map(parameter)
}

impl Kernel {
    /// The passive parameters that the body reads from around the kernel.
    pub(crate) fn captures(&self) -> impl Iterator<Item = Value> + '_ {
        body_parameters(&self.body).copied()
    }
}

impl Block {
    /// Calls `f` with every value that the block reads: operands of its statements and of those in nested blocks,
    /// results included.
    pub(crate) fn reads(&self, f: &mut impl FnMut(Value)) {
        self.pops.iter().for_each(|kept| f(kept.stack));
        self.stmts.iter().for_each(|stmt| stmt.reads(f));
        self.end_reads(f);
    }

    /// What the end of the block reads: its results, and what it pushes, on which stacks.
    pub(crate) fn end_reads(&self, f: &mut impl FnMut(Value)) {
        for kept in &self.pushes {
            f(kept.stack);
            f(kept.value);
        }
        self.results.iter().for_each(|v| f(*v));
    }

    /// Replaces every value that the block reads.
    pub(crate) fn map_reads(&mut self, f: &mut impl FnMut(Value) -> Value) {
        self.pops.iter_mut().for_each(|kept| kept.stack = f(kept.stack));
        for stmt in &mut self.stmts {
            stmt.map_reads(f);
        }
        self.map_end_reads(f);
    }

    /// Replaces what the end of the block reads.
    pub(crate) fn map_end_reads(&mut self, f: &mut impl FnMut(Value) -> Value) {
        for kept in &mut self.pushes {
            *kept = super::Kept { stack: f(kept.stack), value: f(kept.value) };
        }
        self.results.iter_mut().for_each(|v| *v = f(*v));
    }

    /// Calls `f` with every value that the block or a nested one defines.
    pub(crate) fn definitions(&self, f: &mut impl FnMut(Value)) {
        self.entry(f);
        for stmt in &self.stmts {
            stmt.outs.iter().for_each(|v| f(*v));
            stmt.op.blocks().into_iter().for_each(|block| block.definitions(f));
        }
    }

    /// Calls `f` with the values that are there when the block begins.
    pub(crate) fn entry(&self, f: &mut impl FnMut(Value)) {
        self.params.iter().for_each(|v| f(*v));
        self.pops.iter().for_each(|kept| f(kept.value));
    }
}

impl Stmt {
    /// Calls `f` with every value that the statement reads, those in its blocks included.
    pub(crate) fn reads(&self, f: &mut impl FnMut(Value)) {
        self.op.operands(f);
        self.op.guards().flat_map(|guard| &guard.inputs).for_each(|(_, v)| f(*v));
        self.op.blocks().into_iter().for_each(|block| block.reads(f));
    }

    /// Replaces every value that the statement reads, those in its blocks included.
    pub(crate) fn map_reads(&mut self, f: &mut impl FnMut(Value) -> Value) {
        self.op.map_operands(f);
        self.op.blocks_mut().into_iter().for_each(|block| block.map_reads(f));
    }

    /// The values that the statement overwrites, each with the result that takes its place.
    pub(crate) fn overwrites(&self) -> Vec<(Value, Value)> {
        self.op.overwrites(&self.outs)
    }
}

impl Arm {
    /// The names that the pattern binds, with the values that they stand for.
    pub(crate) fn bindings(&self) -> impl Iterator<Item = (&Ident, Value)> {
        self.names.iter().zip(self.block.params.iter().copied())
    }
}
