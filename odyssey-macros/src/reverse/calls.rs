//! The reverse of a call: its pullback.

use super::Sweep;
use crate::ir::{Call, Callee, Op, Stmt, Value};

impl Sweep<'_> {
    /// The pullback takes the cotangents of the result and of what the call has changed; it returns those of the arguments,
    /// for what was changed that of its value before.
    pub(super) fn call(&mut self, stmt: &Stmt, call: &Call) {
        let (result, span) = (stmt.outs[0], stmt.span);
        let changed = call.changed();
        let after = &stmt.outs[1..=changed.len()];
        if !stmt.outs.iter().any(|out| self.adjoints.contains_key(out)) {
            return;
        }
        let mut wholes: Vec<_> = after.iter().map(|out| Some(self.take_or_zero(*out))).collect();
        let mut cotangents = vec![self.take_or_zero(result)];
        for (position, path) in &call.borrowed {
            let k = changed.iter().position(|root| *root == call.args[*position]).expect("a changed value");
            let whole = wholes[k].expect("what is lent as a whole is lent once");
            let (part, rest) = self.take_part(whole, path, changed[k], None, span);
            wholes[k] = rest;
            cotangents.push(part);
        }
        let outs: Vec<_> = call.args.iter().map(|arg| self.cotangent_of_argument(*arg, stmt)).collect();
        let op = Op::Pullback { pullback: self.pullbacks[&result], call: call.clone(), result, cotangents, along: Vec::new() };
        self.stmts.push(Stmt { outs: outs.clone(), op, span });
        for (position, (arg, out)) in call.args.iter().zip(outs).enumerate() {
            match call.borrowed.get(&position) {
                None => self.contribute(*arg, out),
                Some(path) => {
                    let k = changed.iter().position(|root| root == arg).expect("a changed value");
                    wholes[k] = Some(self.put_part(wholes[k], path, out, changed[k], span));
                }
            }
        }
        for (root, whole) in changed.into_iter().zip(wholes) {
            self.contribute(root, whole.expect("put back"));
        }
    }

    fn cotangent_of_argument(&mut self, arg: Value, stmt: &Stmt) -> Value {
        let kind = self.tangent_kind(arg);
        let out = self.derived(kind, arg, stmt.span);
        self.mark_adjoint(out, arg);
        out
    }
}

impl Call {
    /// The function's own name.
    pub(crate) fn name(&self) -> String {
        match &self.callee {
            Callee::Path(path) | Callee::Each(path) => path.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default(),
            Callee::ValueAndGrad(_) => "value_and_grad".to_owned(),
            Callee::Method(name, _) => name.to_string(),
        }
    }
}
