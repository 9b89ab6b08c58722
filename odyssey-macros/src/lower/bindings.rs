//! Which value a name stands for at a point of the program.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::Ident;

use super::closure::Local;
use crate::ir::{Path, Projection, Value};

/// A name with its hygiene: inside `macro_rules!`, equal names of different origin are different variables.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    text: String,
    hygiene: String,
}

impl From<&Ident> for Name {
    fn from(ident: &Ident) -> Name {
        // The context of a span shows in its debug form alone; with the location taken out, it is an opaque key.
        Name { text: ident.to_string(), hygiene: format!("{:?}", ident.span().located_at(Span::call_site())) }
    }
}

/// A variable of the user's: one identity, a sequence of values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Variable(usize);

/// A part of a variable.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) root: Variable,
    pub(super) path: Path,
}

impl Place {
    /// Both are, or contain, the same part of a variable, as far as the text says.
    pub(super) fn overlaps(&self, other: &Place) -> bool {
        let first_difference = self.path.iter().zip(&other.path).find(|(a, b)| a != b);
        self.root == other.root && !matches!(first_difference, Some((Projection::Field(_), Projection::Field(_))))
    }
}

#[derive(Clone, Default)]
pub(super) struct Bindings {
    scopes: Vec<HashMap<Name, Variable>>,
    current: Vec<Value>,
    /// The value that each was declared with.
    declared: Vec<Value>,
    names: Vec<Ident>,
    /// How many variables there were when each scope was opened.
    starts: Vec<usize>,
    /// Declared `mut`.
    mutable: HashSet<Variable>,
    /// Variables that are `&mut` of a part of another: they have no value of their own.
    aliases: BTreeMap<Variable, Place>,
    /// Closures that are written in place where they are called.
    closures: HashMap<Variable, Rc<Local>>,
}

/// The names in sight at some point of the program.
pub(super) type Scopes = Vec<HashMap<Name, Variable>>;

impl Bindings {
    pub(super) fn open(&mut self) {
        self.scopes.push(HashMap::new());
        self.starts.push(self.current.len());
    }

    pub(super) fn close(&mut self) {
        self.scopes.pop();
        // A borrow ends with the scope of its name.
        let start = self.starts.pop().unwrap_or(0);
        self.aliases.retain(|variable, _| variable.0 < start);
    }

    pub(super) fn declare(&mut self, name: &Ident, value: Value) -> Variable {
        if self.scopes.is_empty() {
            self.open();
        }
        self.current.push(value);
        self.declared.push(value);
        self.names.push(name.clone());
        let variable = Variable(self.current.len() - 1);
        self.scopes.last_mut().expect("a scope").insert(name.into(), variable);
        variable
    }

    /// A variable of the compiler's own, which no name of the user's can mean.
    pub(super) fn hidden(&mut self, name: &Ident, value: Value) -> Variable {
        self.current.push(value);
        self.declared.push(value);
        self.names.push(name.clone());
        Variable(self.current.len() - 1)
    }

    pub(super) fn make_mutable(&mut self, variable: Variable) {
        self.mutable.insert(variable);
    }

    pub(super) fn is_mutable(&self, variable: Variable) -> bool {
        self.mutable.contains(&variable)
    }

    pub(super) fn make_alias(&mut self, variable: Variable, place: Place) {
        self.aliases.insert(variable, place);
    }

    pub(super) fn alias(&self, variable: Variable) -> Option<&Place> {
        self.aliases.get(&variable)
    }

    /// The variables that stand for parts of `root`.
    pub(super) fn aliases_of(&self, root: Variable) -> Vec<Variable> {
        self.aliases.iter().filter(|(_, place)| place.root == root).map(|(variable, _)| *variable).collect()
    }

    pub(super) fn make_closure(&mut self, variable: Variable, closure: Rc<Local>) {
        self.closures.insert(variable, closure);
    }

    pub(super) fn closure(&self, variable: Variable) -> Option<Rc<Local>> {
        self.closures.get(&variable).cloned()
    }

    pub(super) fn scopes(&self) -> Scopes {
        self.scopes.clone()
    }

    /// Sees other names; returns those that were in sight.
    pub(super) fn exchange_scopes(&mut self, scopes: Scopes) -> Scopes {
        std::mem::replace(&mut self.scopes, scopes)
    }

    pub(super) fn variable(&self, name: &Ident) -> Option<Variable> {
        let name = Name::from(name);
        self.scopes.iter().rev().find_map(|scope| scope.get(&name).copied())
    }

    /// The name that the user gave it.
    pub(super) fn name(&self, variable: Variable) -> &Ident {
        &self.names[variable.0]
    }

    pub(super) fn value(&self, variable: Variable) -> Value {
        self.current[variable.0]
    }

    pub(super) fn declared(&self, variable: Variable) -> Value {
        self.declared[variable.0]
    }

    pub(super) fn lookup(&self, name: &Ident) -> Option<Value> {
        self.variable(name).map(|variable| self.value(variable))
    }

    pub(super) fn assign(&mut self, variable: Variable, value: Value) {
        self.current[variable.0] = value;
    }

    /// The values of all variables declared so far.
    pub(super) fn snapshot(&self) -> Vec<Value> {
        self.current.clone()
    }

    /// Goes back to a snapshot; returns the variables that had changed since, with their values.
    pub(super) fn rewind(&mut self, snapshot: &[Value]) -> Vec<(Variable, Value)> {
        let changed = snapshot.iter().zip(&self.current).enumerate();
        let changed = changed.filter(|(_, (was, is))| was != is).map(|(i, (_, is))| (Variable(i), *is));
        let changed = changed.filter(|(variable, _)| !self.aliases.contains_key(variable)).collect();
        self.current.truncate(snapshot.len());
        self.declared.truncate(snapshot.len());
        self.names.truncate(snapshot.len());
        self.current.copy_from_slice(snapshot);
        let is_alive = |variable: &Variable| variable.0 < snapshot.len();
        self.aliases.retain(|variable, _| is_alive(variable));
        self.mutable.retain(is_alive);
        self.closures.retain(|variable, _| is_alive(variable));
        changed
    }
}
