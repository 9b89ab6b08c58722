//! Programs as Rust, twice: once annotated, as their users would write them, and once plain, with every test and every
//! bend written down while it runs, so that central differences know when they reach over one.

mod case;
mod expr;
mod stmt;

pub(crate) use case::case;

use crate::ast::{Function, Held, Program, Type, Var, Variable};

/// Which of the two copies is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Copy {
    Annotated,
    Plain,
}

/// A wrong derivative that is smuggled into the annotated copy, to test the test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// `sin` has its value, and no derivative.
    FlatSine,
}

/// All functions of a program.
pub(crate) fn functions(program: &Program, copy: Copy, fault: Option<Fault>) -> String {
    let fault = fault.filter(|_| copy == Copy::Annotated);
    let mut text = "use super::*;\n".to_owned();
    for (number, function) in program.functions.iter().enumerate() {
        let printer = Printer { function, copy, fault, suffix: false };
        text.push('\n');
        text += &printer.function(program, number);
    }
    text
}

/// The structures of a program.
pub(crate) fn structs(program: &Program) -> String {
    let one = |(number, fields): (usize, &Vec<Type>)| {
        let fields = join(fields.iter().enumerate(), "", |(i, ty)| format!("    pub f{i}: {},\n", type_name(ty)));
        format!("#[derive(Clone, Differentiable)]\npub struct S{number} {{\n{fields}}}\n")
    };
    join(program.structs.iter().enumerate(), "\n", one)
}

/// Prints the functions of one copy.
#[derive(Clone, Copy)]
struct Printer<'p> {
    function: &'p Function,
    copy: Copy,
    fault: Option<Fault>,
    /// Literals say that they are `f64`, where nothing else does.
    suffix: bool,
}

impl Printer<'_> {
    fn function(&self, program: &Program, number: usize) -> String {
        let function = self.function;
        let attribute = match (self.copy, &function.wrt) {
            (Copy::Plain, _) => String::new(),
            (Copy::Annotated, None) => "#[differentiable]\n".to_owned(),
            (Copy::Annotated, Some(wrt)) => {
                format!("#[differentiable(wrt({}))]\n", join(wrt, ", ", |v| function.variables[*v].name.clone()))
            }
        };
        let arguments = join(&function.arguments, ", ", |v| argument(&function.variables[*v]));
        let result = type_name(&function.body.result.ty);
        let body = Body { printer: *self, program, depth: 0 }.block(&function.body);
        format!("{attribute}pub fn f{number}({arguments}) -> {result} {body}\n")
    }
}

/// Prints the body of a function.
#[derive(Clone, Copy)]
struct Body<'p> {
    printer: Printer<'p>,
    program: &'p Program,
    depth: usize,
}

impl Body<'_> {
    fn variable(&self, var: Var) -> &Variable {
        &self.printer.function.variables[var]
    }
}

fn argument(variable: &Variable) -> String {
    let Variable { name, ty, held, is_mutable } = variable;
    let ty = match (ty, held) {
        (Type::List(_), _) => "&[f64]".to_owned(),
        (ty, Held::Reference) => format!("&{}", type_name(ty)),
        (ty, _) => type_name(ty),
    };
    format!("{}{name}: {ty}", if *is_mutable { "mut " } else { "" })
}

/// The owned type.
fn type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int(_) => "usize".to_owned(),
        Type::Scalar => "f64".to_owned(),
        Type::Vector(_) => "Array1<f64>".to_owned(),
        Type::Matrix(..) => "Array2<f64>".to_owned(),
        Type::List(_) => "Vec<f64>".to_owned(),
        Type::Tuple(parts) => format!("({})", join(parts, ", ", type_name)),
        Type::Struct(number) => format!("S{number}"),
    }
}

fn join<T>(items: impl IntoIterator<Item = T>, separator: &str, print: impl Fn(T) -> String) -> String {
    items.into_iter().map(print).collect::<Vec<_>>().join(separator)
}
