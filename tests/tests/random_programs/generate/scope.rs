//! What a name stands for at a point of the program.

use fastrand::Rng;

use crate::ast::{Expr, Held, Node, Type, Var, Variable};

#[derive(Default)]
pub(super) struct Scope {
    pub(super) variables: Vec<Variable>,
    /// The variables that are alive, innermost last; later ones hide earlier ones of the same name.
    alive: Vec<Var>,
    /// The variables that are borrowed at this point.
    pub(super) frozen: Vec<Var>,
}

const NAMES: [&str; 24] = [
    "x", "y", "z", "a", "b", "c", "u", "v", "w", "p", "q", "r", "s", "t", "h", "g", "k", "m", "rate", "scale", "state", "total",
    "error", "weight",
];

impl Scope {
    /// A new variable, under a new name or, now and then, one that hides another.
    pub(super) fn declare(&mut self, rng: &mut Rng, ty: Type, held: Held, is_mutable: bool) -> Var {
        let name = if self.alive.is_empty() || rng.u8(0..8) > 0 {
            self.unused_name(rng)
        } else {
            self.variables[self.alive[rng.usize(0..self.alive.len())]].name.clone()
        };
        self.add(Variable { name, ty, held, is_mutable })
    }

    /// A new variable under a new name.
    pub(super) fn declare_new(&mut self, rng: &mut Rng, ty: Type, held: Held, is_mutable: bool) -> Var {
        let name = self.unused_name(rng);
        self.add(Variable { name, ty, held, is_mutable })
    }

    fn add(&mut self, variable: Variable) -> Var {
        self.variables.push(variable);
        self.alive.push(self.variables.len() - 1);
        self.variables.len() - 1
    }

    fn unused_name(&self, rng: &mut Rng) -> String {
        let is_used = |name: &str| self.variables.iter().any(|variable| variable.name == name);
        let start = rng.usize(0..NAMES.len());
        let free = (0..NAMES.len()).map(|i| NAMES[(start + i) % NAMES.len()]).find(|name| !is_used(name));
        free.map_or_else(|| format!("{}{}", NAMES[start], self.variables.len()), str::to_owned)
    }

    /// The variables that can be named, in the order of their declarations.
    pub(super) fn visible(&self) -> impl Iterator<Item = Var> + '_ {
        let is_hidden = |place: usize, var: Var| {
            self.alive[place + 1..].iter().any(|later| self.variables[*later].name == self.variables[var].name)
        };
        self.alive.iter().enumerate().filter(move |(place, var)| !is_hidden(*place, **var)).map(|(_, var)| *var)
    }

    /// The mutable variables that can be named, among the oldest `alive` ones.
    pub(super) fn mutable(&self, alive: usize) -> Vec<Var> {
        let old = &self.alive[..alive];
        self.visible().filter(|v| self.variables[*v].is_mutable && old.contains(v) && !self.frozen.contains(v)).collect()
    }

    /// How many variables are alive, to go back to at the end of a block.
    pub(super) fn open(&self) -> usize {
        self.alive.len()
    }

    pub(super) fn close(&mut self, alive: usize) {
        self.alive.truncate(alive);
    }

    pub(super) fn read(&self, var: Var) -> Expr {
        Expr::new(self.variables[var].ty.clone(), Node::Var(var))
    }

    pub(super) fn has_float(&self, var: Var) -> bool {
        !matches!(self.variables[var].ty, Type::Int(_))
    }

    /// Every place of that type: variables, fields of structures, parts of tuples.
    pub(super) fn places(&self, ty: &Type, structs: &[Vec<Type>]) -> Vec<Expr> {
        let mut places = Vec::new();
        for var in self.visible() {
            collect(self.read(var), ty, structs, &mut places);
        }
        places
    }
}

fn collect(place: Expr, ty: &Type, structs: &[Vec<Type>], places: &mut Vec<Expr>) {
    let parts = match &place.ty {
        Type::Tuple(parts) => parts.clone(),
        Type::Struct(number) => structs[*number].clone(),
        _ => Vec::new(),
    };
    for (i, part) in parts.into_iter().enumerate() {
        collect(Expr::new(part, Node::Field(Box::new(place.clone()), i)), ty, structs, places);
    }
    if place.ty == *ty {
        places.push(place);
    }
}
