//! Expressions give way to what is in them, to variables and to constants.

use crate::ast::{Expr, Node, Op, Program, Type, Var};

pub(super) fn reductions(program: &Program) -> Vec<Program> {
    let mut reductions = Vec::new();
    for number in 0..program.functions.len() {
        let mut all = Vec::new();
        program.functions[number].body.clone().visit(&mut |e| all.push(e.clone()));
        for (place, e) in all.iter().enumerate() {
            for replacement in replacements(program, number, e) {
                let mut changed = program.clone();
                replace(&mut changed, number, place, replacement);
                reductions.push(changed);
            }
        }
    }
    reductions
}

/// Puts another expression at a place, counted outermost first.
fn replace(program: &mut Program, number: usize, place: usize, replacement: Expr) {
    let (mut seen, mut replacement) = (0, Some(replacement));
    program.functions[number].body.visit(&mut |e| {
        if let Some(replacement) = replacement.take_if(|_| seen == place) {
            *e = replacement;
        }
        seen += 1;
    });
}

/// What may stand in the place of an expression, by its type.
fn replacements(program: &Program, number: usize, e: &Expr) -> Vec<Expr> {
    let mut inside = Vec::new();
    e.clone().visit(&mut |inner| inside.push(inner.clone()));
    let mut replacements: Vec<Expr> = inside.into_iter().skip(1).filter(|inner| inner.ty == e.ty).collect();
    if !matches!(e.node, Node::Var(_)) {
        let variables = program.functions[number].variables.iter().enumerate();
        let same = variables.filter(|(_, variable)| variable.ty == e.ty);
        replacements.extend(same.map(|(var, _): (Var, _)| Expr::new(e.ty.clone(), Node::Var(var))));
    }
    match e.ty {
        Type::Scalar => replacements.push(Expr::literal(0.5)),
        Type::Int(bound) => replacements.extend((0..bound.min(3)).map(|i| Expr::new(e.ty.clone(), Node::Int(i)))),
        Type::Vector(_) | Type::Matrix(..) => replacements.push(Expr::apply(e.ty.clone(), Op::Ones, [])),
        _ => {}
    }
    replacements
}
