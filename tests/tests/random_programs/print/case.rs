//! What calls a program's entry with numbers, for the harness.

use crate::ast::{Held, Program, Type, Variable};

use super::{join, type_name};

/// The module that declares the two copies and says how they are called.
pub(crate) fn case(program: &Program) -> String {
    let entry = program.entry();
    let arguments: Vec<&Variable> = entry.arguments.iter().map(|v| &entry.variables[*v]).collect();
    let name = format!("f{}", program.functions.len() - 1);
    let types = join(&arguments, "", |argument| format!("{}, ", type_name(&argument.ty)));
    let values = join(&arguments, "", |argument| format!("{}, ", built(&argument.ty, "x", program)));
    let call = join(arguments.iter().enumerate(), ", ", |(i, argument)| passed(i, argument));
    let wanted = entry.arguments.iter().map(|v| (entry.differentiates(*v), &entry.variables[*v].ty));
    let wanted = join(wanted, "", |(is_wanted, ty)| format!("{is_wanted}, ").repeat(count(ty, program)));
    let differentiated = entry.arguments.iter().filter(|v| entry.differentiates(**v));
    let tangents = join(differentiated, ", ", |v| tangent(&entry.variables[*v].ty, "t", program));
    let result = &entry.body.result.ty;
    let (cotangent, results) = (built(result, "c", program), count(result, program));
    let fused = if *result == Type::Scalar {
        format!(
            "Some(|x| {{
        let a = arguments(x);
        let (value, gradient) = annotated::{name}::value_and_grad({call});
        (flat(&value), flat(&gradient))
    }})"
        )
    } else {
        "None".to_owned()
    };
    let mut lines = entry.arguments.iter().filter(|v| entry.differentiates(**v)).map(|v| &entry.variables[*v].ty).chain([result]);
    let jacobian = if *result != Type::Scalar && lines.all(|ty| ty.entries().is_some()) {
        format!(
            "Some(|x| {{
        let a = arguments(x);
        rows(annotated::{name}::jacobian({call}))
    }})"
        )
    } else {
        "None".to_owned()
    };
    let mut differentiated = entry.arguments.iter().filter(|v| entry.differentiates(**v)).map(|v| &entry.variables[*v].ty);
    let hessian = match (differentiated.next(), differentiated.next()) {
        (Some(Type::Vector(_) | Type::List(_)), None) if *result == Type::Scalar => format!(
            "Some(|x, t| {{
        let mut t = Numbers::of(t);
        let a = arguments(x);
        let hvp = flat(&annotated::{name}::hvp({call}, {tangents}));
        let a = arguments(x);
        (rows(annotated::{name}::hessian({call})), hvp)
    }})"
        ),
        _ => "None".to_owned(),
    };
    format!(
        "use crate::harness::*;
use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

mod annotated;
mod plain;

{structs}
{flats}
fn arguments(x: &[f64]) -> ({types}) {{
    let mut x = Numbers::of(x);
    ({values})
}}

pub const CASE: Case = Case {{
    wanted: &[{wanted}],
    results: {results},
    plain: |x| {{
        let a = arguments(x);
        flat(&plain::{name}({call}))
    }},
    annotated: |x| {{
        let a = arguments(x);
        flat(&annotated::{name}({call}))
    }},
    fused: {fused},
    vjp: |x, c| {{
        let mut c = Numbers::of(c);
        let a = arguments(x);
        let (value, pullback) = annotated::{name}::vjp({call});
        (flat(&value), flat(&pullback({cotangent})))
    }},
    jvp: |x, t| {{
        let mut t = Numbers::of(t);
        let a = arguments(x);
        let (value, tangent) = annotated::{name}::jvp({call}, {tangents});
        (flat(&value), flat(&tangent))
    }},
    jacobian: {jacobian},
    hessian: {hessian},
}};
",
        structs = super::structs(program),
        flats = join(program.structs.iter().enumerate(), "", |(number, fields)| flat_struct(number, fields.len())),
    )
}

/// How an argument is handed over from the tuple `a`.
fn passed(i: usize, argument: &Variable) -> String {
    match (&argument.ty, argument.held) {
        // The largest number there may be.
        (Type::Int(bound), _) => (bound - 1).to_string(),
        (Type::Scalar, _) => format!("a.{i}"),
        (_, Held::Owned) => format!("a.{i}.clone()"),
        _ => format!("&a.{i}"),
    }
}

/// A value of numbers that are taken from `source`.
fn built(ty: &Type, source: &str, program: &Program) -> String {
    match ty {
        Type::Int(_) | Type::Bool => "0".to_owned(),
        Type::Scalar => format!("{source}.scalar()"),
        Type::Vector(n) => format!("{source}.vector({n})"),
        Type::Matrix(rows, columns) => format!("{source}.matrix({rows}, {columns})"),
        Type::List(n) => format!("{source}.list({n})"),
        Type::Tuple(parts) => format!("({})", join(parts, ", ", |part| built(part, source, program))),
        Type::Struct(number) => {
            let fields = program.structs[*number].iter().enumerate();
            format!("S{number} {{ {} }}", join(fields, ", ", |(i, ty)| format!("f{i}: {}", built(ty, source, program))))
        }
    }
}

/// The same of the type's tangent.
fn tangent(ty: &Type, source: &str, program: &Program) -> String {
    match ty {
        Type::Tuple(parts) => format!("({})", join(parts, ", ", |part| tangent(part, source, program))),
        Type::Struct(number) => {
            let fields = program.structs[*number].iter().enumerate();
            format!("S{number}Tangent {{ {} }}", join(fields, ", ", |(i, ty)| format!("f{i}: {}", tangent(ty, source, program))))
        }
        _ => built(ty, source, program),
    }
}

/// How many floats a value has.
fn count(ty: &Type, program: &Program) -> usize {
    match ty {
        Type::Int(_) | Type::Bool => 0,
        Type::Scalar => 1,
        Type::Vector(n) | Type::List(n) => *n,
        Type::Matrix(rows, columns) => rows * columns,
        Type::Tuple(parts) => parts.iter().map(|part| count(part, program)).sum(),
        Type::Struct(number) => program.structs[*number].iter().map(|field| count(field, program)).sum(),
    }
}

fn flat_struct(number: usize, fields: usize) -> String {
    let fields = join(0..fields, " ", |i| format!("self.f{i}.append(out);"));
    format!("impl Flat for S{number}Tangent {{\n    fn append(&self, out: &mut Vec<f64>) {{ {fields} }}\n}}\n")
}
