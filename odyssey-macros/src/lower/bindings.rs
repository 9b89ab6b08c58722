//! Which value a name stands for at a point of the program.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::Ident;

use crate::ir::Value;

/// A name with its hygiene: inside `macro_rules!`, equal names of different origin are different variables.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
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

#[derive(Clone, Default)]
pub(super) struct Bindings {
    scopes: Vec<HashMap<Name, Variable>>,
    current: Vec<Value>,
    names: Vec<Ident>,
}

impl Bindings {
    pub(super) fn open(&mut self) {
        self.scopes.push(HashMap::new());
    }

    pub(super) fn close(&mut self) {
        self.scopes.pop();
    }

    pub(super) fn declare(&mut self, name: &Ident, value: Value) {
        if self.scopes.is_empty() {
            self.open();
        }
        self.current.push(value);
        self.names.push(name.clone());
        let variable = Variable(self.current.len() - 1);
        self.scopes.last_mut().expect("a scope").insert(name.into(), variable);
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
        let changed = changed.filter(|(_, (was, is))| was != is).map(|(i, (_, is))| (Variable(i), *is)).collect();
        self.current.truncate(snapshot.len());
        self.names.truncate(snapshot.len());
        self.current.copy_from_slice(snapshot);
        changed
    }
}
