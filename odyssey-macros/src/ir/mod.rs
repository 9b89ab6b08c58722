//! The intermediate representation: values in single-assignment form, in blocks with structured control flow.
//!
//! One [`Program`] holds primal and derivative code over the same operations. A mutable variable of the user is a
//! sequence of values; branches and loops hand values on as results and parameters of their blocks, so that every
//! pass sees data flow and nothing else. What a macro cannot know, types, is not here either: a [`Kind`] is the
//! little that the text of the program says for sure, and `rustc` infers the rest from the emitted code.

pub(crate) mod dense;
mod fresh;
pub(crate) mod kind;
mod op;
mod place;
pub(crate) mod print;
pub(crate) mod verify;
pub(crate) mod visit;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::{Expr, Ident, Member};

pub(crate) use dense::{DenseSet, ValueMap, ValueSet};
pub(crate) use kind::Kind;
pub(crate) use op::Op;
pub(crate) use place::{of_lent_tangent, of_tangent};

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

impl Info {
    /// Of a value of the compiler's own, of which no more is known.
    pub(crate) fn unnamed(kind: Kind, span: Span) -> Info {
        Info { name: None, kind, active: false, shape_of: None, wanted: Wanted::new(), span, read_at: None }
    }
}

/// The values of a function; blocks refer to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    infos: Vec<Info>,
    /// The types that the user has written.
    pub(crate) annotations: BTreeMap<Value, Rc<syn::Type>>,
    /// The tangents in a forward pass: the compiler's own, though they stand among the user's.
    pub(crate) tangents: ValueSet,
    /// Those that may be a `Result`, with an error of any type.
    pub(crate) outcomes: ValueSet,
}

impl Values {
    pub(crate) fn add(&mut self, info: Info) -> Value {
        self.infos.push(info);
        Value(u32::try_from(self.infos.len() - 1).expect("fewer than 2^32 values"))
    }

    /// A copy of a value under a new identity, for a statement that is emitted twice.
    pub(crate) fn copy_of(&mut self, value: Value) -> Value {
        let info = self[value].clone();
        let copy = self.add(info);
        for of_a_sort in [&mut self.tangents, &mut self.outcomes] {
            if of_a_sort.contains(&value) {
                of_a_sort.insert(copy);
            }
        }
        copy
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
    /// An array that was moved out of another one in a new shape, seen where it is: copied only where it is given away.
    Moved,
    /// What is in an `Option` or a `Result`, as an `Option`.
    Success,
}

/// What becomes of a failure on its way out: `x.map_err(f)?`, `x.ok_or(error)?`, `x.ok_or_else(f)?`, `x.ok()?`.
#[derive(Clone, Debug)]
pub(crate) struct Refailed {
    pub(crate) method: Ident,
    pub(crate) operand: Option<Rc<Verbatim>>,
}

/// What is called.
#[derive(Clone, Debug)]
pub(crate) enum Callee {
    Path(syn::ExprPath),
    /// `value_and_grad` of a function.
    ValueAndGrad(syn::ExprPath),
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
    /// Those of them that the function may only look at, as far as the text says.
    pub(crate) perhaps: BTreeSet<usize>,
    /// Is made again with its pullback: the function's own value may be rounded in another way than that with a pullback.
    pub(crate) is_repeated: bool,
}

impl Call {
    /// A call that changes none of its arguments.
    pub(crate) fn of(callee: Callee, args: Vec<Value>) -> Call {
        Call { callee, args, borrowed: BTreeMap::new(), perhaps: BTreeSet::new(), is_repeated: false }
    }

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
    /// What its sweep keeps of it, where that is not everything it reads.
    pub(crate) checkpoints: Option<Checkpoints>,
}

/// How a loop that is run again in its sweep is divided.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Checkpoints {
    /// As many checkpoints as there are iterations between two of them, about.
    Root,
    /// One before every so many iterations.
    Every(Value),
    /// So many at a time, placed where they save most.
    Slots(Value),
}

/// The mirror image of a scope: the scope runs again, and its sweep follows at once. A derivative inside of a sweep.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    pub(crate) forward: Block,
    /// Its results are those of the statement.
    pub(crate) reverse: Block,
}

/// What is done in each of several directions: tangents, from primals that are the same in all of them.
#[derive(Clone, Debug)]
pub(crate) struct Directions {
    /// The tangents, along all directions, that are changed where they are.
    pub(crate) changed: Vec<Value>,
    /// The first parameter is the number of the direction, the others are what is changed. The results are tangents along one
    /// direction, and then what is left in those that are changed.
    pub(crate) block: Block,
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
#[derive(Clone, Debug, PartialEq)]
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
