//! The intermediate representation: values in single-assignment form, in blocks with structured control flow.
//!
//! One [`Program`] holds primal and derivative code over the same operations. A mutable variable of the user is a
//! sequence of values; branches and loops hand values on as results and parameters of their blocks, so that every
//! pass sees data flow and nothing else. What a macro cannot know, types, is not here either: a [`Kind`] is the
//! little that the text of the program says for sure, and `rustc` infers the rest from the emitted code.

pub(crate) mod dense;
pub(crate) mod kind;
pub(crate) mod print;
pub(crate) mod verify;
pub(crate) mod visit;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::{Expr, Ident, Member};

pub(crate) use dense::{DenseSet, ValueMap, ValueSet};
pub(crate) use kind::Kind;

use crate::table::elementwise::Elementwise;
use crate::table::operations::Operation;

/// A value: defined once, by a statement or as a parameter of a block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Value(pub(crate) u32);

/// What is known of a value beside its definition.
#[derive(Clone, Debug)]
pub(crate) struct Info {
    /// The user's name for it, or the name that it should get.
    pub(crate) name: Option<Ident>,
    pub(crate) kind: Kind,
    /// Varies with a differentiated argument.
    pub(crate) active: bool,
    /// Has the shape of that other value: an adjoint has the shape of its primal.
    pub(crate) shape_of: Option<Value>,
    /// In derivative code: the arguments whose gradients need this value; in primal code: those it varies with.
    pub(crate) wanted: Wanted,
    pub(crate) span: Span,
    /// Where an elementwise expression reads it: what rustc says of its type belongs there.
    pub(crate) read_at: Option<Span>,
}

/// The values of a function; blocks refer to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    infos: Vec<Info>,
}

impl Values {
    pub(crate) fn add(&mut self, info: Info) -> Value {
        self.infos.push(info);
        Value(u32::try_from(self.infos.len() - 1).expect("fewer than 2^32 values"))
    }

    /// A copy of a value under a new identity, for a statement that is emitted twice.
    pub(crate) fn copy_of(&mut self, value: Value) -> Value {
        let info = self[value].clone();
        self.add(info)
    }

    /// Lets shapes refer to the values that took the place of others.
    pub(crate) fn redirect_shapes(&mut self, same: &ValueMap<Value>) {
        for info in &mut self.infos {
            while let Some(next) = info.shape_of.and_then(|shape| same.get(&shape)) {
                info.shape_of = Some(*next);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.infos.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.infos.truncate(len);
    }
}

impl std::ops::Index<Value> for Values {
    type Output = Info;
    fn index(&self, value: Value) -> &Info {
        &self.infos[value.0 as usize]
    }
}

impl std::ops::IndexMut<Value> for Values {
    fn index_mut(&mut self, value: Value) -> &mut Info {
        &mut self.infos[value.0 as usize]
    }
}

/// Statements that run in order, with the values they take and hand on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// The same for the block of a branch or loop and for its mirror image in the reverse sweep; 0 for others.
    pub(crate) id: u32,
    pub(crate) params: Vec<Value>,
    pub(crate) stmts: Vec<Stmt>,
    pub(crate) results: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Stmt {
    pub(crate) outs: Vec<Value>,
    pub(crate) op: Op,
    pub(crate) span: Span,
}

/// A float literal: its value, and the user's token where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) token: Option<syn::LitFloat>,
}

/// Passive code of the user's, emitted as it was written; only the names of its inputs follow the program's.
#[derive(Clone, Debug)]
pub(crate) struct Verbatim {
    pub(crate) expr: Expr,
    /// The variables it mentions.
    pub(crate) inputs: Vec<(Ident, Value)>,
    /// Evaluating it a second time gives the same value, costs next to nothing and has no effect.
    pub(crate) is_pure: bool,
}

/// A passive parameter of an elementwise operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Parameter {
    Value(Value),
    Offset(Value, i32),
    Integer(i32),
}

/// How a copy was written; all of them pass tangents on as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Copying {
    View,
    Clone,
    ToOwned,
}

/// What is called.
#[derive(Clone, Debug)]
pub(crate) enum Callee {
    Path(syn::ExprPath),
    /// A method; the first argument is the receiver.
    Method(Ident, Option<syn::AngleBracketedGenericArguments>),
}

/// A call of a differentiable function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) callee: Callee,
    pub(crate) args: Vec<Value>,
}

/// The arguments of the differentiated function whose gradients a computation serves.
pub(crate) type Wanted = BTreeSet<usize>;

/// One output of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Every point of the iteration space.
    Full,
    /// The sum over the iteration space.
    Sum,
    /// Summed over the axes along which that value is broadcast.
    Like(Value),
}

/// A fused elementwise loop: `body` computes one element from the elements of the inputs.
#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    /// Operands read element by element; the parameters of `body` stand for their elements.
    pub(crate) inputs: Vec<Value>,
    /// Operands that take part in the iteration space by their shape alone.
    pub(crate) extents: Vec<Value>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) body: Block,
}

/// A value that a loop keeps for its reverse sweep, one an iteration, in a stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// The value inside the loop.
    pub(crate) value: Value,
    /// The stack outside of it.
    pub(crate) stack: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct For {
    /// The passive iterator expression.
    pub(crate) range: Value,
    /// Runs through the range from its end.
    pub(crate) reversed: bool,
    /// Initial values of the carried parameters.
    pub(crate) inits: Vec<Value>,
    /// The first parameter is the loop's index, the others are carried; as many results as carried parameters.
    pub(crate) body: Block,
    /// What every iteration pushes.
    pub(crate) pushes: Vec<Kept>,
    /// What every iteration pops.
    pub(crate) pops: Vec<Kept>,
}

/// The parts of a composite adjoint, by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) whole: Option<Value>,
    pub(crate) fields: BTreeMap<FieldName, Parts>,
}

/// A field's name or number, ordered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FieldName {
    Named(Ident),
    Unnamed(u32),
}

impl From<&Member> for FieldName {
    fn from(member: &Member) -> FieldName {
        match member {
            Member::Named(ident) => FieldName::Named(ident.clone()),
            Member::Unnamed(index) => FieldName::Unnamed(index.index),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Literal(Number),
    Verbatim(Rc<Verbatim>),
    Elementwise(Elementwise, Vec<Value>, Vec<Parameter>),
    Reference(Value),
    Dereference(Value),
    Copy(Copying, Value),
    Field(Value, FieldName),
    Index(Value, Value),
    Tuple(Vec<Value>),
    /// A conversion between float types.
    Cast(Value, Rc<syn::Type>),
    /// The sum of all elements.
    Sum(Value),
    /// The number of elements, as a float of the value's own type.
    Length(Value),
    Apply(&'static Operation, Vec<Value>, Vec<Value>),
    Call(Call),
    If(Value, Block, Block),
    For(Box<For>),

    /// A call with its pullback: two results.
    Linearize(Call),
    /// The cotangents of a call's arguments.
    Pullback {
        pullback: Value,
        /// The call, whose arguments are given again.
        call: Call,
        result: Value,
        cotangent: Value,
    },
    /// The rule of an operation for one operand; the values it reads, in the rule's order.
    Rule(&'static Operation, usize, Vec<Value>),
    /// The shape of a value alone.
    Extent(Value),
    /// The zero tangent of a value.
    Zero(Value),
    /// An elementwise value over the shape of `over`, summed (or broadcast) to the shape of `like`.
    Fit {
        value: Value,
        over: Value,
        like: Value,
    },
    /// The sum of two tangents; the first one is overwritten.
    Accumulate(Value, Value),
    /// A tangent with `value` added at an index; the tangent is overwritten.
    IndexAccumulate {
        tangent: Value,
        index: Value,
        value: Value,
    },
    /// The tangent of a composite value from those of its parts; absent parts are zero.
    Assemble(Value, Parts),
    /// The cotangent of a cast: back to the type of the value.
    CastBack {
        cotangent: Value,
        like: Value,
    },
    /// `Some`, `None`, and a value that is there: what a branch keeps for its reverse.
    Present(Value),
    Absent,
    Expect(Value),
    Kernel(Box<Kernel>),
}

impl Op {
    /// Has no effect beyond its results.
    pub(crate) fn is_pure(&self) -> bool {
        match self {
            Op::Verbatim(verbatim) => verbatim.is_pure,
            Op::Call(_) | Op::Linearize(_) | Op::Pullback { .. } => false,
            Op::If(_, then, otherwise) => [then, otherwise].iter().all(|b| b.stmts.iter().all(|s| s.op.is_pure())),
            Op::For(f) => f.body.stmts.iter().all(|s| s.op.is_pure()),
            _ => true,
        }
    }
}
