//! Statements go; loops and branches give way to their bodies, variables to their values or to other variables.

use crate::ast::{Block, Expr, Function, Node, Order, Program, Stmt, Var};
use crate::visit::visit_bodies;

pub(super) fn reductions(program: &Program) -> Vec<Program> {
    let mut reductions = Vec::new();
    for number in 0..program.functions.len() {
        let function = &program.functions[number];
        let bodies = bodies(&function.body).into_iter().enumerate();
        let bodies = bodies.flat_map(|(place, body)| shorter(&body).into_iter().map(move |shorter| (place, shorter)));
        for (place, shorter) in bodies {
            let mut changed = program.clone();
            replace(&mut changed.functions[number].body, place, shorter);
            reductions.push(changed);
        }
        for without in without_variables(function) {
            let mut changed = program.clone();
            changed.functions[number] = without;
            reductions.push(changed);
        }
    }
    reductions
}

/// Every list of statements of a block, outermost first.
fn bodies(block: &Block) -> Vec<Vec<Stmt>> {
    let mut bodies = Vec::new();
    visit_bodies(&mut block.clone(), &mut |body| bodies.push(body.clone()));
    bodies
}

fn replace(block: &mut Block, place: usize, shorter: Vec<Stmt>) {
    let (mut seen, mut shorter) = (0, Some(shorter));
    visit_bodies(block, &mut |body| {
        if let Some(shorter) = shorter.take_if(|_| seen == place) {
            *body = shorter;
        }
        seen += 1;
    });
}

/// A list without half of it, without one of its statements, or with one that is simpler.
fn shorter(body: &[Stmt]) -> Vec<Vec<Stmt>> {
    let half = body.len() / 2;
    let mut shorter = if half > 1 { vec![body[..half].to_vec(), body[half..].to_vec()] } else { Vec::new() };
    for (i, stmt) in body.iter().enumerate() {
        for instead in instead_of(stmt) {
            let mut changed = body.to_vec();
            changed.splice(i..=i, instead);
            shorter.push(changed);
        }
    }
    shorter
}

/// Statements that may stand in the place of one.
fn instead_of(stmt: &Stmt) -> Vec<Vec<Stmt>> {
    let mut instead = vec![Vec::new()];
    match stmt {
        Stmt::Let(..) => {}
        Stmt::Assign(place, _, value) => instead.push(vec![Stmt::Assign(place.clone(), None, value.clone())]),
        Stmt::If(condition, then, otherwise) => {
            instead.extend([then.clone(), otherwise.clone()]);
            instead.push(vec![Stmt::If(condition.clone(), then.clone(), Vec::new())]);
        }
        Stmt::For(l) => {
            let mut once = vec![Stmt::Let(vec![l.variable], Expr::int(0))];
            once.extend(l.body.clone());
            instead.extend([once, l.body.clone()]);
            let mut forward = l.clone();
            (forward.order, forward.start) = (Order::Forward, 0);
            instead.push(vec![Stmt::For(forward)]);
        }
    }
    instead
}

/// The function without one of its declarations: the variable's value is written where it is read, or another variable.
fn without_variables(function: &Function) -> Vec<Function> {
    let mut without = Vec::new();
    for stmt in bodies(&function.body).iter().flatten() {
        let Stmt::Let(vars, value) = stmt else { continue };
        let [var] = vars[..] else { continue };
        without.push(substituted(function, var, value));
        let variables = function.variables.iter().enumerate();
        let same = variables.filter(|(other, variable)| *other != var && variable.ty == function.variables[var].ty);
        let instead = same.map(|(other, _)| Expr::new(value.ty.clone(), Node::Var(other)));
        without.extend(instead.map(|instead| substituted(function, var, &instead)));
    }
    without
}

/// The function with an expression for a variable, and without its declaration.
fn substituted(function: &Function, var: Var, instead: &Expr) -> Function {
    let mut changed = function.clone();
    visit_bodies(&mut changed.body, &mut |body| {
        body.retain(|stmt| !matches!(stmt, Stmt::Let(vars, _) if vars.contains(&var)));
    });
    changed.body.visit(&mut |e| {
        if matches!(e.node, Node::Var(v) if v == var) {
            *e = instead.clone();
        }
    });
    changed
}
