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
    /// The types that the user has written.
    pub(crate) annotations: BTreeMap<Value, Rc<syn::Type>>,
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

    /// All values, in the order in which they were made.
    pub(crate) fn all(&self) -> impl Iterator<Item = Value> {
        (0..u32::try_from(self.infos.len()).expect("fewer than 2^32 values")).map(Value)
    }

    pub(crate) fn len(&self) -> usize {
        self.infos.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.infos.truncate(len);
        self.annotations.retain(|value, _| (value.0 as usize) < len);
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
    /// What the block takes off stacks before it runs, where it mirrors one that pushed it.
    pub(crate) pops: Vec<Kept>,
    pub(crate) stmts: Vec<Stmt>,
    /// What the block pushes when it has run, for its mirror image.
    pub(crate) pushes: Vec<Kept>,
    pub(crate) results: Vec<Value>,
    /// Never reaches its end: it panics, or returns an error from the function.
    pub(crate) diverges: bool,
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

impl Verbatim {
    /// `a || b || c` over variables.
    pub(crate) fn is_disjunction(&self) -> bool {
        fn is(expr: &Expr) -> bool {
            match expr {
                Expr::Path(_) => true,
                Expr::Binary(e) => matches!(e.op, syn::BinOp::Or(_)) && is(&e.left) && is(&e.right),
                _ => false,
            }
        }
        is(&self.expr)
    }
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
    /// A function of a number, applied to every element of the argument.
    Each(syn::ExprPath),
    /// A method; the first argument is the receiver.
    Method(Ident, Option<syn::AngleBracketedGenericArguments>),
}

impl Callee {
    /// `Type::f`, `Self::f`, `<M as Module>::f`: its hidden form stands beside it.
    pub(crate) fn is_associated(&self) -> bool {
        let Callee::Path(path) = self else { return false };
        let owner = path.path.segments.iter().rev().nth(1);
        path.qself.is_some() || owner.is_some_and(|owner| owner.ident.to_string().starts_with(char::is_uppercase))
    }
}

/// A call of a differentiable function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) callee: Callee,
    pub(crate) args: Vec<Value>,
    /// The arguments that are `&mut` of a part of a value: that part; the argument itself is the whole, and overwritten.
    pub(crate) borrowed: BTreeMap<usize, Path>,
}

impl Call {
    /// The values that the call overwrites, each once.
    pub(crate) fn changed(&self) -> Vec<Value> {
        let mut changed: Vec<Value> = Vec::new();
        for position in self.borrowed.keys() {
            if !changed.contains(&self.args[*position]) {
                changed.push(self.args[*position]);
            }
        }
        changed
    }
}

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// `[a, b]`.
    Array,
    /// `vec![a, b]`.
    Vec,
    /// `array![a, b]`.
    Ndarray,
    /// `array![[a, b], [c, d]]`, with so many columns.
    Matrix(usize),
    /// `concatenate![axis, a, b]`; the axis comes first.
    Concatenation,
    /// `stack![axis, a, b]`; the axis comes first.
    Stack,
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

/// A value that a block inside of a loop keeps for its mirror image in the reverse sweep, on a stack of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// The value inside the block.
    pub(crate) value: Value,
    /// The stack outside of all loops.
    pub(crate) stack: Value,
}

/// A loop. Each of its iterations begins with the test of a condition, if there is one, and may be the last by its own
/// decision.
#[derive(Clone, Debug)]
pub(crate) struct For {
    /// The passive iterator expression; without one the loop ends by itself.
    pub(crate) range: Option<Value>,
    /// Runs through the range from its end.
    pub(crate) reversed: bool,
    /// For the mirror image of a loop that may end before its range does, or has none: how many iterations there were.
    pub(crate) times: Option<Value>,
    /// Computes, before each iteration and from what is carried, whether there is one: its one result.
    pub(crate) condition: Option<Block>,
    /// Initial values of the carried parameters.
    pub(crate) inits: Vec<Value>,
    /// The first parameter is the loop's index, the others are carried; the results are the next carried values.
    pub(crate) body: Block,
    /// The body has one more result: whether this iteration is the last.
    pub(crate) stops: bool,
    /// The loop has one more result: how many iterations there were.
    pub(crate) is_counted: bool,
}

/// One way through a `match`.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) pattern: syn::Pat,
    /// The names that the pattern binds, with their values: the parameters of the block.
    pub(crate) names: Vec<Ident>,
    pub(crate) guard: Option<Verbatim>,
    pub(crate) block: Block,
}

/// One step from a value to a part of it.
#[derive(Clone, Debug)]
pub(crate) enum Projection {
    Field(FieldName),
    /// An element, or, with a range, a slice.
    Index(Value),
    Dereference,
    View(Rc<Ident>, Vec<Value>),
}

/// A part of a value, from the whole inwards.
pub(crate) type Path = Vec<Projection>;

/// How a place gets a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// `place = value`.
    Set,
    /// `place.assign(&value)`, which broadcasts.
    Assign,
    /// `place.fill(value)`.
    Fill,
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
    /// A borrowed part of an array: `x.row(i)`, `x.slice(s![..])`.
    View(Value, Rc<Ident>, Vec<Value>),
    Tuple(Vec<Value>),
    /// An array or a list of these elements.
    List(Listing, Vec<Value>),
    /// A struct, or a variant of an enum, of these fields; the rest from another value of the type.
    Construct(Rc<syn::Path>, Vec<(FieldName, Value)>, Option<Value>),
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
    Match(Value, Vec<Arm>),
    /// `value?`: what is in an `Ok` or a `Some`; anything else is returned at once.
    Try(Value),
    /// `value.unwrap()`, `value.expect("…")`, as it was written.
    Unwrap(Value, Rc<syn::ExprMethodCall>),
    /// `Ok(value)`.
    Okay(Value),
    /// A value with a part of it replaced; it is overwritten.
    Store {
        base: Value,
        path: Path,
        value: Value,
        how: Write,
    },
    /// A value with something added to, or subtracted from, a part of it; it is overwritten.
    Update {
        base: Value,
        path: Path,
        subtracts: bool,
        value: Value,
    },
    /// A list with an element more; it is overwritten.
    Push {
        base: Value,
        path: Path,
        value: Value,
    },
    /// A list without its last element, and that element; it is overwritten.
    Pop {
        base: Value,
        path: Path,
    },
    /// A list with two elements exchanged; it is overwritten.
    Swap {
        base: Value,
        path: Path,
        indices: [Value; 2],
    },
    /// Passive code that changes the values of passive variables: its own value first, then theirs.
    Effect(Rc<Verbatim>, Vec<Value>),
    /// A value as it is at this point, for readers that come after it has been overwritten.
    Snapshot(Value),

    /// A call with its pullback: two results.
    Linearize(Call),
    /// The cotangents of a call's arguments.
    Pullback {
        pullback: Value,
        /// The call, whose arguments are given again.
        call: Call,
        result: Value,
        /// The cotangent of the result, then those of what the call has overwritten.
        cotangents: Vec<Value>,
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
    /// A tangent with `value` added to a part of it; the tangent is overwritten.
    AccumulatePart {
        tangent: Value,
        path: Path,
        value: Value,
    },
    /// A part of a tangent, and the tangent with zero in its place; the tangent is overwritten.
    TakePart {
        tangent: Value,
        path: Path,
    },
    /// A copy of a part of a tangent.
    Part(Value, Path),
    /// A stack for what blocks keep.
    Stack,
    /// The tangent of a composite value from those of its parts; absent parts are zero.
    Assemble(Value, Parts),
    /// The cotangent of a cast: back to the type of the value.
    CastBack {
        cotangent: Value,
        like: Value,
    },
    /// The cotangent of what is in an `Option`: nothing counts as zero, of the shape of that value if it is no number.
    Payload(Value, Option<Value>),
    /// What belongs to the last of these parts in the cotangent of the arrays put together along an axis.
    JoinedPart {
        cotangent: Value,
        axis: Value,
        parts: Vec<Value>,
        stacked: bool,
    },
    /// The tangents of the fields of a variant.
    IntoParts(Value, Ident),
    /// The tangent of what was matched, from those of what a pattern has bound: names, primals and tangents.
    Unmatch {
        scrutinee: Value,
        pattern: syn::Pat,
        parts: Vec<(Ident, [Value; 2])>,
    },
    /// `Some`, `None`, and a value that is there: what a branch keeps for its reverse.
    Present(Value),
    Absent,
    Expect(Value),
    Kernel(Box<Kernel>),
}

impl For {
    /// What an iteration hands on, with the parameters that get it.
    pub(crate) fn carried(&self) -> impl Iterator<Item = (Value, Value)> + '_ {
        self.body.params[1..].iter().copied().zip(self.body.results.iter().copied())
    }

    /// The value that says whether an iteration was the last.
    pub(crate) fn stop(&self) -> Option<Value> {
        self.stops.then(|| *self.body.results.last().expect("a result"))
    }
}

impl Op {
    /// Has no effect beyond its results.
    pub(crate) fn is_pure(&self) -> bool {
        match self {
            Op::Verbatim(verbatim) => verbatim.is_pure,
            Op::Call(_) | Op::Linearize(_) | Op::Pullback { .. } | Op::Effect(..) | Op::Try(_) => false,
            _ => self.blocks().into_iter().all(|b| !b.diverges && b.pushes.is_empty() && b.stmts.iter().all(|s| s.op.is_pure())),
        }
    }

    /// Has an effect, or takes what another statement has left on a stack: such statements stay in order.
    pub(crate) fn keeps_its_turn(&self) -> bool {
        fn pops(block: &Block) -> bool {
            !block.pops.is_empty() || block.stmts.iter().any(|stmt| stmt.op.blocks().into_iter().any(pops))
        }
        !self.is_pure() || self.blocks().into_iter().any(pops)
    }

    /// The values that the statement overwrites, each with the result that takes its place.
    pub(crate) fn overwrites(&self, outs: &[Value]) -> Vec<(Value, Value)> {
        match self {
            Op::Store { base, .. } | Op::Update { base, .. } | Op::Push { base, .. } | Op::Swap { base, .. } => {
                vec![(*base, outs[0])]
            }
            Op::Accumulate(tangent, _) | Op::AccumulatePart { tangent, .. } => vec![(*tangent, outs[0])],
            Op::Pop { base, .. } | Op::TakePart { tangent: base, .. } => vec![(*base, outs[1])],
            Op::Effect(_, targets) => targets.iter().copied().zip(outs[1..].iter().copied()).collect(),
            Op::Call(call) | Op::Linearize(call) => call.changed().into_iter().zip(outs[1..].iter().copied()).collect(),
            _ => Vec::new(),
        }
    }
}
