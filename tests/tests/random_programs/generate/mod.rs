//! Random programs that are well-typed, whose shapes agree, whose numbers stay small, and that are smooth but for the
//! conditions they test.

mod choices;
mod expr;
mod scope;
mod stmt;

use fastrand::Rng;

use crate::ast::{Block, Expr, Function, Held, Node, Op, Program, Type, Var};
use scope::Scope;

/// The program of a seed, always the same one.
pub(crate) fn program(seed: u64) -> Program {
    let mut rng = Rng::with_seed(seed);
    let dimensions = [rng.usize(2..=3), rng.usize(2..=4), 1];
    let program = Program { structs: Vec::new(), functions: Vec::new() };
    let mut generator = Generator { rng, dimensions, program, scope: Scope::default(), in_closure: false, is_pure: false };
    for _ in 0..generator.rng.usize(0..=1) {
        let fields = generator.many(2..=3, Generator::field_type);
        generator.program.structs.push(fields);
    }
    for _ in 0..generator.weighted(&[4, 4, 1]) {
        let helper = generator.function(0..=2, 1, None);
        generator.program.functions.push(helper);
    }
    let rows = *generator.dimensions.iter().max().expect("a dimension");
    let sort = generator.rng.u8(0..4);
    let (is_tall, is_bent) = (sort == 0, sort == 1);
    let mut entry = generator.function(
        2..=5,
        2,
        match (is_tall, is_bent) {
            (true, _) => Some(Type::Vector(rows)),
            (_, true) => Some(Type::Scalar),
            _ => None,
        },
    );
    let some = if is_bent { entry.one_line() } else { entry.few_numbers(rows).filter(|_| is_tall) };
    entry.wrt = some.or_else(|| generator.some_arguments(&entry));
    generator.program.functions.push(entry);
    generator.program
}

struct Generator {
    rng: Rng,
    /// Few different lengths, so that arrays often agree; the last one is 1, for broadcasting.
    dimensions: [usize; 3],
    /// The functions that are finished.
    program: Program,
    scope: Scope,
    /// Inside a closure over elements: scalar expressions without calls.
    in_closure: bool,
    /// Where an expression must not change variables: in conditions, in closures.
    is_pure: bool,
}

impl Generator {
    fn many<T>(&mut self, count: std::ops::RangeInclusive<usize>, mut make: impl FnMut(&mut Generator) -> T) -> Vec<T> {
        (0..self.rng.usize(count)).map(|_| make(self)).collect()
    }

    fn function(&mut self, stmts: std::ops::RangeInclusive<usize>, depth: usize, result: Option<Type>) -> Function {
        self.scope = Scope::default();
        let mut arguments = self.many(1..=4, |g| {
            let ty = g.argument_type();
            g.argument(ty)
        });
        if arguments.iter().all(|argument| matches!(self.scope.variables[*argument].ty, Type::Int(_))) {
            arguments.push(self.argument(Type::Scalar));
        }
        let result_type = result.unwrap_or_else(|| self.result_type());
        let count = self.rng.usize(stmts);
        let stmts = self.stmts(count, depth);
        let result = self.result(&result_type);
        let variables = std::mem::take(&mut self.scope).variables;
        Function { variables, arguments, wrt: None, body: Block { stmts, result } }
    }

    fn argument(&mut self, ty: Type) -> Var {
        let held = match &ty {
            Type::List(_) => Held::Reference,
            Type::Vector(_) | Type::Matrix(..) | Type::Struct(_) if self.rng.u8(0..5) > 0 => Held::Reference,
            _ => Held::Owned,
        };
        let is_mutable = held == Held::Owned && matches!(ty, Type::Scalar | Type::Vector(_)) && self.rng.u8(0..4) == 0;
        self.scope.declare_new(&mut self.rng, ty, held, is_mutable)
    }

    /// The entry of a few programs leaves an argument out. Helpers do not: what they are given may be active.
    fn some_arguments(&mut self, entry: &Function) -> Option<Vec<Var>> {
        let mut differentiated: Vec<_> = entry.arguments.iter().copied().filter(|v| entry.differentiates(*v)).collect();
        if differentiated.len() < 2 || self.rng.u8(0..5) > 0 {
            return None;
        }
        differentiated.remove(self.rng.usize(0..differentiated.len()));
        Some(differentiated)
    }

    /// The value of a function: most of what is in scope takes part.
    fn result(&mut self, ty: &Type) -> Expr {
        match ty {
            Type::Scalar => {
                let first = self.expr(ty, 2);
                let more = self.many(1..=3, Generator::reduced);
                more.into_iter().fold(first, |sum, e| Expr::binary(if self.rng.bool() { "+" } else { "-" }, sum, e))
            }
            Type::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.result(part)).collect();
                Expr::apply(ty.clone(), Op::Tuple, parts)
            }
            _ => {
                let value = self.expr(ty, 2);
                let scale = self.reduced();
                Expr::apply(ty.clone(), Op::Binary("*"), [value, scale])
            }
        }
    }

    /// A scalar made of a recent variable.
    fn reduced(&mut self) -> Expr {
        let candidates: Vec<Var> = self.scope.visible().filter(|v| self.scope.has_float(*v)).collect();
        if candidates.is_empty() {
            return self.leaf(&Type::Scalar);
        }
        let recent = candidates.len() - 1 - self.rng.usize(0..candidates.len().min(6));
        let value = self.scope.read(candidates[recent]);
        self.scalar_of(value)
    }

    /// A scalar made of a value.
    fn scalar_of(&mut self, value: Expr) -> Expr {
        match value.ty.clone() {
            Type::Scalar => value,
            Type::Vector(_) | Type::Matrix(..) => match self.rng.u8(0..6) {
                0 | 1 => self.element(value),
                2 => Expr::apply(Type::Scalar, Op::Mean, [value]),
                3 if matches!(value.ty, Type::Vector(_)) => Expr::apply(Type::Scalar, Op::Dot, [value.clone(), value]),
                _ => Expr::apply(Type::Scalar, Op::Sum, [value]),
            },
            Type::List(_) => self.element(value),
            Type::Tuple(types) => {
                let i = self.rng.usize(0..types.len());
                self.scalar_of(Expr::new(types[i].clone(), Node::Field(Box::new(value), i)))
            }
            Type::Struct(number) => {
                let types = self.program.structs[number].clone();
                let i = self.rng.usize(0..types.len());
                self.scalar_of(Expr::new(types[i].clone(), Node::Field(Box::new(value), i)))
            }
            Type::Int(_) => {
                let float = Expr::apply(Type::Scalar, Op::Cast, [value]);
                Expr::binary("*", float, Expr::literal(0.25))
            }
            Type::Bool => self.leaf(&Type::Scalar),
        }
    }

    fn element(&mut self, array: Expr) -> Expr {
        let lengths = match &array.ty {
            Type::List(n) => vec![*n],
            ty => ty.shape(),
        };
        let indices = lengths.into_iter().map(|n| self.index(n)).collect();
        Expr::new(Type::Scalar, Node::Index(Box::new(array), indices))
    }
}
