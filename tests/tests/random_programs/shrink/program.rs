//! Functions, arguments, parts of results and structures go.

use crate::ast::{Expr, Node, Op, Program, Type, Var};

pub(super) fn reductions(program: &Program) -> Vec<Program> {
    let mut reductions: Vec<Program> =
        (0..program.functions.len()).filter_map(|number| without_function(program, number)).collect();
    // A helper may fail by itself.
    reductions.extend((1..program.functions.len()).map(|count| {
        let mut changed = program.clone();
        changed.functions.truncate(count);
        changed
    }));
    for (number, function) in program.functions.iter().enumerate() {
        let arguments = if function.arguments.len() > 1 { function.arguments.len() } else { 0 };
        reductions.extend((0..arguments).map(|place| without_argument(program, number, place)));
    }
    reductions.extend(parts_of_the_result(program));
    reductions.extend(program.entry().wrt.is_some().then(|| {
        let mut changed = program.clone();
        changed.functions.last_mut().expect("the entry").wrt = None;
        changed
    }));
    if !program.structs.is_empty() {
        let mut changed = program.clone();
        changed.structs.clear();
        reductions.push(changed);
    }
    reductions.retain(has_its_structs);
    reductions
}

/// Without a helper that nobody calls.
fn without_function(program: &Program, number: usize) -> Option<Program> {
    let mut changed = program.clone();
    changed.functions.remove(number);
    let mut is_called = changed.functions.is_empty() || number == changed.functions.len();
    for function in &mut changed.functions {
        function.body.visit(&mut |e| {
            if let Node::Apply(Op::Call(callee), _) = &mut e.node {
                is_called |= *callee == number;
                *callee -= usize::from(*callee > number);
            }
        });
    }
    (!is_called).then_some(changed)
}

/// Without an argument, here and where the function is called.
fn without_argument(program: &Program, number: usize, place: usize) -> Program {
    let mut changed = program.clone();
    let argument: Var = changed.functions[number].arguments.remove(place);
    if let Some(wrt) = &mut changed.functions[number].wrt {
        wrt.retain(|v| *v != argument);
    }
    for function in &mut changed.functions {
        function.body.visit(&mut |e| {
            if let Node::Apply(Op::Call(callee), operands) = &mut e.node
                && *callee == number
            {
                operands.remove(place);
            }
        });
    }
    changed
}

/// The entry returns something in its result: a part of a tuple, or what a scalar is made of.
fn parts_of_the_result(program: &Program) -> Vec<Program> {
    let with = |result: &Expr| {
        let mut changed = program.clone();
        changed.functions.last_mut().expect("the entry").body.result = result.clone();
        changed
    };
    match &program.entry().body.result.node {
        Node::Apply(_, operands) => operands.iter().filter(|e| is_a_result(e)).map(with).collect(),
        _ => Vec::new(),
    }
}

fn is_a_result(e: &Expr) -> bool {
    matches!(e.ty, Type::Scalar | Type::Vector(_) | Type::Matrix(..) | Type::Tuple(_))
}

/// Every structure that is mentioned exists.
fn has_its_structs(program: &Program) -> bool {
    let is_there = |ty: &Type| !matches!(ty, Type::Struct(number) if *number >= program.structs.len());
    program.functions.iter().all(|function| function.arguments.iter().all(|v| is_there(&function.variables[*v].ty)))
}
