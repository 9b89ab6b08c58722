//! Writing the kernels: from grouped roots to statements.

use super::group::Step;
use super::operands::cover;
use super::Kernel;
use crate::ir::{self, Block, Info, Kind, Op, Output, Stmt, Value, ValueMap, ValueSet, Values, Wanted};
use crate::optimise::shapes::{Memo, Shape, Shapes};
use crate::optimise::Definitions;
use crate::table::elementwise::Elementwise;

/// What the fusion decided.
pub(super) struct Plan<'a> {
    pub(super) definitions: Definitions<'a>,
    /// Values that exist inside of kernels, unless they are roots.
    pub(super) virtuals: ValueSet,
    pub(super) shapes: Memo,
    pub(super) kernels: Vec<Kernel>,
    pub(super) steps: Vec<Step>,
}

/// The block with its kernels, in the order of the plan.
pub(super) fn rebuild(values: &mut Values, block: &Block, plan: &Plan) -> Block {
    let roots: ValueSet = plan.kernels.iter().flat_map(|kernel| kernel.roots.iter().map(|root| root.value)).collect();
    let step = |step: &Step| match step {
        Step::Stmt(i) => block.stmts[*i].clone(),
        Step::Kernel(k) => {
            let (inputs, body, known) = (Vec::new(), Block::default(), ValueMap::default());
            Builder { values, plan, roots: &roots, kernel: &plan.kernels[*k], inputs, body, known }.build(block)
        }
    };
    let stmts = plan.steps.iter().map(step).collect();
    Block { stmts, ..block.clone() }
}

struct Builder<'a> {
    values: &'a mut Values,
    plan: &'a Plan<'a>,
    /// The results of all kernels.
    roots: &'a ValueSet,
    kernel: &'a Kernel,
    inputs: Vec<Value>,
    body: Block,
    /// The element that stands for a value.
    known: ValueMap<Value>,
}

impl Builder<'_> {
    fn build(mut self, block: &Block) -> Stmt {
        let mut outputs = Vec::new();
        for root in &self.kernel.roots {
            let (element, output) = match &self.plan.definitions[&root.value] {
                Op::Sum(x) => (self.element(*x), Output::Sum),
                Op::Fit { value, like, .. } => (self.element(*value), self.output(*like)),
                _ => (self.compute(root.value), Output::Full),
            };
            self.body.results.push(element);
            outputs.push(output);
        }
        let extents = self.extents(&outputs);
        let whole = self.operand_of_the_space();
        let mut op = ir::Kernel { inputs: self.inputs, extents, outputs, body: self.body };
        crate::optimise::clean_kernel(self.values, &mut op);
        if let Some(whole) = whole {
            type_constants(&mut op, whole);
        }
        let outs = self.kernel.roots.iter().map(|root| root.value).collect();
        Stmt { outs, op: Op::Kernel(Box::new(op)), span: block.stmts[self.kernel.roots[0].stmt].span }
    }

    /// An operand that has the shape of the whole space.
    fn operand_of_the_space(&self) -> Option<Value> {
        let is_whole = |v: &Value| {
            let is_array = !self.values[*v].kind.peel().is_scalar();
            is_array && !self.is_virtual(*v) && !self.kernel.has(*v) && self.shape(*v) == self.kernel.space
        };
        self.kernel.leaves.all.iter().find(is_whole)
    }

    /// Over the whole space, or summed to the shape of an operand.
    fn output(&self, like: Value) -> Output {
        if self.shape(like) == self.kernel.space && self.is_virtual(like) {
            Output::Full
        } else {
            Output::Like(like)
        }
    }

    fn shape(&self, value: Value) -> Shape {
        Shapes { values: self.values, definitions: &self.plan.definitions, memo: &self.plan.shapes }.of(value)
    }

    /// The operands whose shapes the space needs and the inputs do not have.
    fn extents(&self, outputs: &[Output]) -> Vec<Value> {
        let mut covered = self.inputs.iter().fold(Shape::scalar(), |shape, input| shape.join(&self.shape(*input)));
        // A whole result has the rank of the inputs: there, what others are summed to does not help.
        let helps = !self.inputs.is_empty() && !outputs.contains(&Output::Full);
        for output in outputs.iter().filter(|_| helps) {
            if let Output::Like(v) = output {
                covered = covered.join(&self.shape(*v));
            }
        }
        let candidates = self.kernel.leaves.all.iter().filter(|v| !self.is_virtual(*v) && !self.kernel.has(*v));
        let candidates: Vec<_> = candidates.map(|v| (v, self.shape(v))).collect();
        let mut extents = cover(&self.kernel.space, &covered, &candidates);
        if let (true, true, Some(Output::Like(v))) = (self.inputs.is_empty(), extents.is_empty(), outputs.first()) {
            extents.push(*v);
        }
        extents
    }

    fn is_virtual(&self, value: Value) -> bool {
        self.plan.virtuals.contains(&value) && !self.roots.contains(&value)
    }

    /// The element of a value: computed here, or read.
    fn element(&mut self, value: Value) -> Value {
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        let element = match self.plan.definitions.get(&value) {
            Some(Op::Literal(_)) => self.copy_constant(value),
            Some(Op::Verbatim(verbatim))
                if verbatim.is_pure && verbatim.inputs.is_empty() && self.values[value].kind.is_scalar() =>
            {
                self.copy_constant(value)
            }
            _ if self.kernel.has(value) || self.is_virtual(value) => return self.compute(value),
            _ => {
                self.inputs.push(value);
                let element = self.scalar(value);
                self.body.params.push(element);
                element
            }
        };
        self.known.insert(value, element);
        element
    }

    fn copy_constant(&mut self, value: Value) -> Value {
        let op = self.plan.definitions[&value].clone();
        self.append(op, value)
    }

    fn compute(&mut self, value: Value) -> Value {
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        let element = match self.plan.definitions[&value].clone() {
            Op::Elementwise(op, operands, parameters) => {
                let operands = operands.into_iter().map(|v| self.element(v)).collect();
                self.append(Op::Elementwise(op, operands, parameters), value)
            }
            Op::Accumulate(a, b) => {
                let operands = vec![self.element(a), self.element(b)];
                self.append(Op::Elementwise(Elementwise::named("add"), operands, Vec::new()), value)
            }
            Op::Fit { value, .. } => self.element(value),
            other => unreachable!("{other:?} is not elementwise"),
        };
        self.known.insert(value, element);
        element
    }

    fn append(&mut self, op: Op, of: Value) -> Value {
        let out = self.scalar(of);
        self.body.stmts.push(Stmt { outs: vec![out], op, span: self.values[of].span });
        out
    }

    fn scalar(&mut self, of: Value) -> Value {
        let Info { name, span, .. } = self.values[of].clone();
        self.values.add(Info {
            name,
            kind: Kind::Scalar,
            active: false,
            shape_of: None,
            wanted: Wanted::new(),
            span,
            read_at: None,
        })
    }
}

/// A result that is made of literals has no type of its own: it gets that of the operand whose shape it has.
fn type_constants(kernel: &mut ir::Kernel, like: Value) {
    let definitions = Definitions::of([&kernel.body]);
    let is_constant = |result: Value| {
        let (mut below, mut seen) = (vec![result], ValueSet::default());
        while let Some(value) = below.pop() {
            if !seen.insert(value) {
                continue;
            }
            match definitions.get(&value) {
                Some(Op::Literal(_)) => {}
                Some(Op::Elementwise(_, operands, _)) => below.extend(operands),
                _ => return false,
            }
        }
        true
    };
    for (output, result) in kernel.outputs.iter_mut().zip(&kernel.body.results) {
        if *output == Output::Full && is_constant(*result) {
            *output = Output::Like(like);
        }
    }
}
