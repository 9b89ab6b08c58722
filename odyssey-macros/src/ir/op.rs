//! The operations.

use std::rc::Rc;

use syn::Ident;

use super::{
    Arm, Block, Call, Copying, Directions, FieldName, For, Kernel, Listing, Number, Parameter, Parts, Path, Refailed, Replay,
    Value, Verbatim, Write,
};
use crate::table::elementwise::Elementwise;
use crate::table::operations::Operation;

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Literal(Number),
    Verbatim(Rc<Verbatim>),
    Elementwise(Elementwise, Vec<Value>, Vec<Parameter>),
    Reference(Value),
    Dereference(Value),
    /// `Box::new(x)`.
    Boxed(Value),
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
    /// A block that hands on nothing but its results. Its mirror image runs it again, so that the forward pass keeps nothing of
    /// it but what it reads from outside.
    Scope(Block),
    /// The mirror image of a scope.
    Replay(Box<Replay>),
    /// A block that runs once for each of several directions.
    Directions(Box<Directions>),
    /// What has the same value in all directions.
    Common(Value),
    /// A pullback that will be called once, from where it stands among those of all directions; and that pullback, when it is called.
    Once(Value),
    Taken(Value),
    /// `value?`: what is in an `Ok` or a `Some`; anything else is returned at once, as it is or as another failure.
    Try(Value, Option<Refailed>),
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
    /// The cotangent of a list that `last` was popped from: with that of `last`, if there was one; it is overwritten.
    Unpop {
        base: Value,
        path: Path,
        last: Value,
        cotangent: Value,
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
    /// What may have been borrowed, in a form that can be kept; and from that form, what it was.
    Outlive(Value),
    Lend(Value),

    /// A call with the tangents of its arguments, where they have one: its results, then their tangents.
    Pushforward(Call, Vec<Option<Value>>),
    /// A call with its pullback: two results.
    Linearize(Call),
    /// The same with the tangents of its arguments, given away. After the results of the call itself come the tangent of its result,
    /// those of what is left in the arguments that were lent, and the pullback with its tangent.
    LinearizeAlong(Call, Vec<Option<Value>>),
    /// The cotangents of a call's arguments.
    Pullback {
        pullback: Value,
        /// The call, whose arguments are given again.
        call: Call,
        result: Value,
        /// The cotangent of the result, then those of what the call has overwritten.
        cotangents: Vec<Value>,
        /// The tangents of the cotangents, where the pullback has one: then the results are followed by their tangents.
        along: Vec<Value>,
    },
    /// The rule of an operation for one operand; the values it reads, in the rule's order.
    Rule(&'static Operation, usize, Vec<Value>),
    /// What one operand's tangent contributes to that of the operation's result; the values the rule reads, in its order.
    Tangent(&'static Operation, usize, Vec<Value>),
    /// The tangent of what a rule computes, along those of the values that it reads, where they have one.
    RuleAlong(&'static Operation, usize, Vec<Value>, Vec<Option<Value>>),
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
    /// A tangent with `value` added to a part of it, or put in the place of one that was taken out; the tangent is overwritten.
    AccumulatePart {
        tangent: Value,
        path: Path,
        value: Value,
        is_taken: bool,
    },
    /// A part of a tangent, and the tangent with zero in its place, of the shape that the part of the value had before (see
    /// `OldShape`); the tangent is overwritten.
    TakePart {
        tangent: Value,
        path: Path,
        was: Option<Value>,
    },
    /// What there is to know of the shape of the first value, whose place the second one takes: its zero tangent, if that is of
    /// another shape.
    OldShape(Value, Value),
    /// A copy of a part of a tangent.
    Part(Value, Path),
    /// A stack for what blocks keep.
    Stack,
    /// So many slots for the states of a loop over that range, if it has one.
    Slots(Value, Option<Value>),
    /// At the start of an iteration: keeps the state in a slot, if it is due.
    Offer(Value, Vec<Value>),
    /// For the iteration of that loop that is reversed next: the iterations that lead to it from a state in a slot, and that state.
    Restore(Value, Value),
    /// The tangent of a composite value from those of its parts; absent parts are zero.
    Assemble(Value, Parts),
    /// The cotangent of a cast: back to the type of the value.
    CastBack {
        cotangent: Value,
        like: Value,
    },
    /// The cotangent of what is in an `Option`: nothing counts as zero, of the shape of that value if it is no number.
    Payload(Value, Option<Value>),
    /// What belongs to the last of these parts in the cotangent of the arrays put together along an axis; or, of arrays that
    /// were stacked, to the one of that number.
    JoinedPart {
        cotangent: Value,
        axis: Value,
        parts: Vec<Value>,
        stacked: Option<usize>,
    },
    /// The tangents of the fields of a variant, or of a struct: what a constructor of this path was given.
    IntoParts(Value, Rc<syn::Path>),
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

impl Op {
    /// Has no effect beyond its results.
    pub(crate) fn is_pure(&self) -> bool {
        match self {
            Op::Verbatim(verbatim) => verbatim.is_pure,
            Op::Call(_)
            | Op::Pushforward(..)
            | Op::Linearize(_)
            | Op::LinearizeAlong(..)
            | Op::Pullback { .. }
            | Op::Effect(..)
            | Op::Try(..) => false,
            Op::Slots(..) | Op::Offer(..) | Op::Restore(..) => false,
            _ => self.blocks().into_iter().all(|b| !b.diverges && b.pushes.is_empty() && b.stmts.iter().all(|s| s.op.is_pure())),
        }
    }

    /// What the operation takes a part of, or looks at.
    pub(crate) fn part_of(&self) -> Option<Value> {
        match self {
            Op::Field(base, _) | Op::Index(base, _) | Op::View(base, ..) | Op::Reference(base) | Op::Dereference(base) => {
                Some(*base)
            }
            _ => None,
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
            Op::Store { base, .. }
            | Op::Update { base, .. }
            | Op::Push { base, .. }
            | Op::Unpop { base, .. }
            | Op::Swap { base, .. } => {
                vec![(*base, outs[0])]
            }
            Op::Accumulate(tangent, _) | Op::AccumulatePart { tangent, .. } => vec![(*tangent, outs[0])],
            Op::Pop { base, .. } | Op::TakePart { tangent: base, .. } => vec![(*base, outs[1])],
            Op::Effect(_, targets) => targets.iter().copied().zip(outs[1..].iter().copied()).collect(),
            Op::Call(call) | Op::Linearize(call) | Op::LinearizeAlong(call, _) => {
                call.changed().into_iter().zip(outs[1..].iter().copied()).collect()
            }
            Op::Pushforward(call, tangents) => {
                let (values, derived) = outs.split_at(outs.len() / 2);
                let changed = call.changed();
                let tangents = changed.iter().map(|root| {
                    let position = call.args.iter().position(|arg| arg == root).expect("an argument");
                    tangents[position].expect("what is changed has a tangent")
                });
                let primal = changed.iter().copied().zip(values[1..].iter().copied());
                primal.chain(tangents.zip(derived[1..].iter().copied())).collect()
            }
            _ => Vec::new(),
        }
    }
}
