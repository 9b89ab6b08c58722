//! Programs as trees. Every expression knows its type, shapes included, so that what is put together agrees.

/// A type with its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    /// A `usize` below this bound.
    Int(usize),
    Scalar,
    /// `Array1` of that length.
    Vector(usize),
    /// `Array2` of those numbers of rows and columns.
    Matrix(usize, usize),
    /// `&[f64]` of that length.
    List(usize),
    Tuple(Vec<Type>),
    /// The structure of that number in the program.
    Struct(usize),
}

impl Type {
    pub(crate) fn is_array(&self) -> bool {
        matches!(self, Type::Vector(_) | Type::Matrix(..))
    }

    /// How many numbers a scalar, or something of one dimension, has.
    pub(crate) fn entries(&self) -> Option<usize> {
        match self {
            Type::Scalar => Some(1),
            Type::Vector(n) | Type::List(n) => Some(*n),
            _ => None,
        }
    }

    /// Arrays that broadcast to one another, padded with ones on the left.
    pub(crate) fn shape(&self) -> Vec<usize> {
        match self {
            Type::Vector(n) => vec![*n],
            Type::Matrix(rows, columns) => vec![*rows, *columns],
            _ => Vec::new(),
        }
    }
}

/// A variable of a function, by its place in [`Function::variables`]. Two may have one name: the later one hides the
/// earlier one.
pub(crate) type Var = usize;

#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) held: Held,
    pub(crate) is_mutable: bool,
}

/// How a variable has its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    Owned,
    /// An argument `&T`.
    Reference,
    /// `let v = w.t();`
    View,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) ty: Type,
    pub(crate) node: Node,
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A float.
    Literal(f64),
    Int(usize),
    Var(Var),
    /// A field of a structure or a part of a tuple.
    Field(Box<Expr>, usize),
    /// An element of a list, a vector or a matrix.
    Index(Box<Expr>, Vec<Expr>),
    Apply(Op, Vec<Expr>),
    If(Box<Expr>, Box<Block>, Box<Block>),
    Block(Box<Block>),
    /// `array.mapv(|element| body)`.
    Map(Box<Expr>, Var, Box<Expr>),
}

/// What is applied to operands; how it is written follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Neg,
    /// `+`, `-`, `*`, `/`, and `%` of integers.
    Binary(&'static str),
    /// `<`, `>`, `==` of integers; `&&`, `||`.
    Compare(&'static str),
    Not,
    /// An elementwise method whose operands are all of one type.
    Elementwise(&'static str),
    Powi(i32),
    /// Elementwise with a kink: `max`, `min`, `abs`.
    Kinked(&'static str),
    Sum,
    Mean,
    Dot,
    Transpose,
    /// A method with an axis.
    Along(&'static str, usize),
    /// An array of ones.
    Ones,
    /// `i as f64`.
    Cast,
    /// `x.len()`.
    Len,
    /// A tuple of the operands.
    Tuple,
    /// The program's function of that number.
    Call(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) stmts: Vec<Stmt>,
    pub(crate) result: Expr,
}

#[derive(Clone, Debug)]
pub(crate) enum Stmt {
    /// `let x = …;`, `let (x, y) = …;`.
    Let(Vec<Var>, Expr),
    /// `place = …;`, and `place += …;` with an operator.
    Assign(Expr, Option<&'static str>, Expr),
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    For(For),
}

#[derive(Clone, Debug)]
pub(crate) struct For {
    pub(crate) variable: Var,
    pub(crate) start: usize,
    /// The end, excluded.
    pub(crate) end: Expr,
    pub(crate) order: Order,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Forward,
    Backward,
    EverySecond,
}

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) variables: Vec<Variable>,
    pub(crate) arguments: Vec<Var>,
    /// The arguments named in `wrt(…)`, if it is written.
    pub(crate) wrt: Option<Vec<Var>>,
    pub(crate) body: Block,
}

impl Function {
    /// Arguments of one dimension with no more numbers than there are rows: their Jacobian is computed forwards.
    pub(crate) fn few_numbers(&self, rows: usize) -> Option<Vec<Var>> {
        let mut left = rows;
        let is_one_of_few = |v: &Var| {
            let count = self.variables[*v].ty.entries().filter(|count| *count <= left);
            left -= count.unwrap_or(0);
            count.is_some()
        };
        let few: Vec<_> = self.arguments.iter().copied().filter(is_one_of_few).collect();
        (!few.is_empty()).then_some(few)
    }

    /// An argument of one dimension: with respect to it alone there is a Hessian.
    pub(crate) fn one_line(&self) -> Option<Vec<Var>> {
        let is_line = |v: &&Var| matches!(self.variables[**v].ty, Type::Vector(_) | Type::List(_));
        self.arguments.iter().find(is_line).map(|v| vec![*v])
    }

    /// Whether the argument is differentiated.
    pub(crate) fn differentiates(&self, argument: Var) -> bool {
        let by_type = !matches!(self.variables[argument].ty, Type::Int(_));
        by_type && self.wrt.as_ref().is_none_or(|wrt| wrt.contains(&argument))
    }
}

/// A program: structures and functions. Functions call earlier ones; the last one is what is differentiated.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The types of each structure's fields.
    pub(crate) structs: Vec<Vec<Type>>,
    pub(crate) functions: Vec<Function>,
}

impl Program {
    pub(crate) fn entry(&self) -> &Function {
        self.functions.last().expect("a program has a function")
    }
}

impl Expr {
    pub(crate) fn new(ty: Type, node: Node) -> Expr {
        Expr { ty, node }
    }

    pub(crate) fn literal(value: f64) -> Expr {
        Expr::new(Type::Scalar, Node::Literal(value))
    }

    pub(crate) fn int(value: usize) -> Expr {
        Expr::new(Type::Int(value + 1), Node::Int(value))
    }

    pub(crate) fn apply(ty: Type, op: Op, operands: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::new(ty, Node::Apply(op, operands.into_iter().collect()))
    }

    /// A binary operator on values of one type.
    pub(crate) fn binary(op: &'static str, left: Expr, right: Expr) -> Expr {
        Expr::apply(left.ty.clone(), Op::Binary(op), [left, right])
    }

    /// Something that has a place in memory: a variable or a part of one.
    pub(crate) fn is_place(&self) -> bool {
        match &self.node {
            Node::Var(_) => true,
            Node::Field(base, _) | Node::Index(base, _) => base.is_place(),
            _ => false,
        }
    }
}
