//! The IR as text, for people and for the golden files of the passes.

use std::fmt::Write;

use quote::ToTokens;

use super::{Block, FieldName, Op, Output, Parameter, Parts, Value, Values};

/// The block as text, one statement a line.
pub(crate) fn print(values: &Values, block: &Block) -> String {
    let mut out = String::new();
    Printer { values, out: &mut out }.block(block, 0);
    out
}

struct Printer<'a> {
    values: &'a Values,
    out: &'a mut String,
}

impl Printer<'_> {
    fn value(&self, value: Value) -> String {
        match &self.values[value].name {
            Some(name) => format!("%{}.{name}", value.0),
            None => format!("%{}", value.0),
        }
    }

    fn list(&self, values: &[Value]) -> String {
        values.iter().map(|v| self.value(*v)).collect::<Vec<_>>().join(", ")
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:width$}{text}", "", width = 2 * depth);
    }

    fn block(&mut self, block: &Block, depth: usize) {
        if !block.params.is_empty() {
            let params = self.list(&block.params);
            self.line(depth, &format!("({params}):"));
        }
        for stmt in &block.stmts {
            let outs = self.list(&stmt.outs);
            let op = self.op(&stmt.op);
            self.line(depth, &format!("{outs} = {op}"));
            if let Op::For(l) = &stmt.op {
                for (word, list) in [("push", &l.pushes), ("pop", &l.pops)] {
                    for kept in list {
                        let text = format!("{word} {} on {}", self.value(kept.value), self.value(kept.stack));
                        self.line(depth + 1, &text);
                    }
                }
            }
            for inner in stmt.op.blocks() {
                self.block(inner, depth + 1);
            }
            if let Op::Kernel(kernel) = &stmt.op {
                self.block(&kernel.body, depth + 1);
            }
        }
        let results = self.list(&block.results);
        self.line(depth, &format!("-> {results}"));
    }

    fn op(&self, op: &Op) -> String {
        let v = |value: &Value| self.value(*value);
        match op {
            Op::Literal(number) => number.value.to_string(),
            Op::Verbatim(verbatim) => format!("`{}`", verbatim.expr.to_token_stream()),
            Op::Elementwise(op, operands, parameters) => {
                format!("{op:?}({}{})", self.list(operands), self.parameters(parameters))
            }
            Op::Reference(a) => format!("&{}", v(a)),
            Op::Dereference(a) => format!("*{}", v(a)),
            Op::Copy(how, a) => format!("{how:?}({})", v(a)),
            Op::Field(a, name) => format!("{}.{}", v(a), field(name)),
            Op::Index(a, index) => format!("{}[{}]", v(a), v(index)),
            Op::Tuple(values) => format!("({})", self.list(values)),
            Op::Cast(a, ty) => format!("{} as {}", v(a), ty.to_token_stream()),
            Op::Sum(a) => format!("sum({})", v(a)),
            Op::Length(a) => format!("length({})", v(a)),
            Op::Apply(op, operands, parameters) => format!("{}({}; {})", op.name, self.list(operands), self.list(parameters)),
            Op::Call(call) => format!("call {}", self.list(&call.args)),
            Op::If(condition, ..) => format!("if {}", v(condition)),
            Op::For(l) => {
                let direction = if l.reversed { " reversed" } else { "" };
                format!("for {}{direction} ({})", v(&l.range), self.list(&l.inits))
            }
            Op::Linearize(call) => format!("linearize {}", self.list(&call.args)),
            Op::Pullback { pullback, call, result, cotangent } => {
                format!("{}({}; {}, {})", v(pullback), self.list(&call.args), v(result), v(cotangent))
            }
            Op::Rule(op, operand, reads) => format!("{}.{}({})", op.name, op.rules[*operand].0, self.list(reads)),
            Op::Extent(a) => format!("extent({})", v(a)),
            Op::Zero(a) => format!("zero({})", v(a)),
            Op::Fit { value, over, like } => format!("fit({} over {} like {})", v(value), v(over), v(like)),
            Op::Accumulate(a, b) => format!("{} += {}", v(a), v(b)),
            Op::IndexAccumulate { tangent, index, value } => format!("{}[{}] += {}", v(tangent), v(index), v(value)),
            Op::Assemble(base, parts) => format!("assemble {} {}", v(base), self.parts(parts)),
            Op::CastBack { cotangent, like } => format!("{} as {}", v(cotangent), v(like)),
            Op::Present(a) => format!("some({})", v(a)),
            Op::Absent => "none".to_owned(),
            Op::Expect(a) => format!("expect({})", v(a)),
            Op::Kernel(kernel) => {
                let outputs: Vec<_> = kernel.outputs.iter().map(|output| self.output(*output)).collect();
                format!("kernel({}; {}) -> {}", self.list(&kernel.inputs), self.list(&kernel.extents), outputs.join(", "))
            }
        }
    }

    fn parameters(&self, parameters: &[Parameter]) -> String {
        let text = |parameter: &Parameter| match parameter {
            Parameter::Value(value) => format!("; {}", self.value(*value)),
            Parameter::Offset(value, plus) => format!("; {} + {plus}", self.value(*value)),
            Parameter::Integer(n) => format!("; {n}"),
        };
        parameters.iter().map(text).collect()
    }

    fn output(&self, output: Output) -> String {
        match output {
            Output::Full => "full".to_owned(),
            Output::Sum => "sum".to_owned(),
            Output::Like(value) => format!("like {}", self.value(value)),
        }
    }

    fn parts(&self, parts: &Parts) -> String {
        let whole = parts.whole.iter().map(|v| self.value(*v));
        let fields = parts.fields.iter().map(|(name, parts)| format!("{}: {}", field(name), self.parts(parts)));
        format!("{{{}}}", whole.chain(fields).collect::<Vec<_>>().join(", "))
    }
}

fn field(name: &FieldName) -> String {
    match name {
        FieldName::Named(ident) => ident.to_string(),
        FieldName::Unnamed(number) => number.to_string(),
    }
}
