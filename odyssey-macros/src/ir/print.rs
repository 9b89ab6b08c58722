//! The IR as text, for people and for the golden files of the passes.

use std::fmt::Write;

use quote::ToTokens;

use super::{Block, FieldName, For, Kept, Op, Output, Parameter, Parts, Projection, Value, Values};

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

    /// Tangents of several values, `0` where there is none.
    fn tangents(&self, tangents: &[Option<Value>]) -> String {
        tangents.iter().map(|t| t.map_or_else(|| "0".to_owned(), |t| self.value(t))).collect::<Vec<_>>().join(", ")
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:width$}{text}", "", width = 2 * depth);
    }

    fn block(&mut self, block: &Block, depth: usize) {
        if !block.params.is_empty() {
            let params = self.list(&block.params);
            self.line(depth, &format!("({params}):"));
        }
        self.kept("pop", &block.pops, depth);
        for stmt in &block.stmts {
            let outs = self.list(&stmt.outs);
            let op = self.op(&stmt.op);
            self.line(depth, &format!("{outs} = {op}"));
            for inner in stmt.op.blocks() {
                self.block(inner, depth + 1);
            }
            if let Op::Kernel(kernel) = &stmt.op {
                self.block(&kernel.body, depth + 1);
            }
        }
        self.kept("push", &block.pushes, depth);
        let results = self.list(&block.results);
        self.line(depth, &format!("-> {}", if block.diverges { "!" } else { &results }));
    }

    fn kept(&mut self, word: &str, list: &[Kept], depth: usize) {
        for kept in list {
            let text = format!("{word} {} on {}", self.value(kept.value), self.value(kept.stack));
            self.line(depth, &text);
        }
    }

    fn path(&self, base: Value, path: &[Projection]) -> String {
        let steps = path.iter().map(|step| match step {
            Projection::Field(name) => format!(".{}", field(name)),
            Projection::Index(index) => format!("[{}]", self.value(*index)),
            Projection::Dereference => ".*".to_owned(),
            Projection::View(method, args) => format!(".{method}({})", self.list(args)),
        });
        std::iter::once(self.value(base)).chain(steps).collect()
    }

    fn op(&self, op: &Op) -> String {
        let v = |value: &Value| self.value(*value);
        match op {
            Op::Literal(number) => number.value.to_string(),
            Op::Verbatim(verbatim) => format!("`{}`", verbatim.expr.to_token_stream()),
            Op::Elementwise(op, operands, parameters) => {
                format!("{op:?}({}{})", self.list(operands), self.parameters(parameters))
            }
            Op::Boxed(a) => format!("box {}", v(a)),
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
            Op::For(l) => self.for_loop(l),
            Op::Match(value, arms) => {
                let patterns: Vec<_> = arms.iter().map(|arm| arm.pattern.to_token_stream().to_string()).collect();
                format!("match {} {{ {} }}", v(value), patterns.join(" | "))
            }
            Op::Scope(_) | Op::Replay(_) => (if matches!(op, Op::Scope(_)) { "scope" } else { "replay" }).to_owned(),
            Op::Directions(each) => {
                format!("in each direction, changing {}", self.list(&each.changed))
            }
            Op::Common(a) => format!("common {}", v(a)),
            Op::Once(a) => format!("once {}", v(a)),
            Op::Taken(a) => format!("taken {}", v(a)),
            Op::Unwrap(a, _) => format!("unwrap({})", v(a)),
            Op::Okay(a) => format!("ok({})", v(a)),
            Op::Try(a, refailed) => format!("{}{}?", v(a), refailed.as_ref().map_or("", |_| ".refailed")),
            Op::Store { base, path, value, how } => format!("{} = {} ({how:?})", self.path(*base, path), v(value)),
            Op::Update { base, path, subtracts, value } => {
                format!("{} {} {}", self.path(*base, path), if *subtracts { "-=" } else { "+=" }, v(value))
            }
            Op::Push { base, path, value } => format!("push {} on {}", v(value), self.path(*base, path)),
            Op::Unpop { base, path, last, cotangent } => {
                format!("unpop {} with {} on {}", v(last), v(cotangent), self.path(*base, path))
            }
            Op::Pop { base, path } => format!("pop from {}", self.path(*base, path)),
            Op::Swap { base, path, indices } => format!("swap {} in {}", self.list(indices), self.path(*base, path)),
            Op::Effect(verbatim, targets) => {
                format!("`{}` changes {}", verbatim.expr.to_token_stream(), self.list(targets))
            }
            Op::Snapshot(a) => format!("snapshot {}", v(a)),
            Op::Outlive(a) => format!("outlive {}", v(a)),
            Op::Lend(a) => format!("lend {}", v(a)),
            Op::View(a, method, args) => format!("{}.{method}({})", v(a), self.list(args)),
            Op::List(how, values) => format!("{how:?}[{}]", self.list(values)),
            Op::Construct(path, fields, rest) => {
                let fields = fields.iter().map(|(name, value)| format!("{}: {}", field(name), v(value)));
                let rest = rest.iter().map(|rest| format!("..{}", v(rest)));
                format!("{} {{ {} }}", path.to_token_stream(), fields.chain(rest).collect::<Vec<_>>().join(", "))
            }
            Op::Unmatch { scrutinee, pattern, parts } => {
                let parts = parts.iter().map(|(name, [_, d])| format!("{name}: {}", v(d))).collect::<Vec<_>>().join(", ");
                format!("unmatch {} as {} {{{parts}}}", v(scrutinee), pattern.to_token_stream())
            }
            Op::JoinedPart { cotangent, axis, parts, .. } => {
                format!("part of {} along {} behind {}", v(cotangent), v(axis), self.list(parts))
            }
            Op::Payload(d, _) => format!("payload of {}", v(d)),
            Op::IntoParts(a, path) => format!("parts of {} as {}", v(a), path.to_token_stream().to_string().replace(' ', "")),
            Op::Stack => "stack".to_owned(),
            Op::Slots(count, _) => format!("{} slots", v(count)),
            Op::Offer(slots, state) => format!("offer {} to {}", self.list(state), v(slots)),
            Op::Restore(slots, range) => format!("restore from {} in {}", v(slots), v(range)),
            Op::Linearize(call) => format!("linearize {}", self.list(&call.args)),
            Op::Pullback { pullback, call, result, cotangents, along } => {
                let along = if along.is_empty() { String::new() } else { format!(" along {}", self.list(along)) };
                format!("{}({}; {}, {}{along})", v(pullback), self.list(&call.args), v(result), self.list(cotangents))
            }
            Op::Rule(op, operand, reads) => format!("{}.{}({})", op.name, op.rules[*operand].0, self.list(reads)),
            Op::Tangent(op, operand, reads) => format!("{}.tangent{operand}({})", op.name, self.list(reads)),
            Op::RuleAlong(op, operand, reads, tangents) => {
                format!("{}.{}({}) along {}", op.name, op.rules[*operand].0, self.list(reads), self.tangents(tangents))
            }
            Op::Pushforward(call, tangents) => format!("push {} along {}", self.list(&call.args), self.tangents(tangents)),
            Op::LinearizeAlong(call, tangents) => {
                format!("linearize {} along {}", self.list(&call.args), self.tangents(tangents))
            }
            Op::Extent(a) => format!("extent({})", v(a)),
            Op::Zero(a) => format!("zero({})", v(a)),
            Op::Fit { value, over, like } => format!("fit({} over {} like {})", v(value), v(over), v(like)),
            Op::Accumulate(a, b) => format!("{} += {}", v(a), v(b)),
            Op::AccumulatePart { .. } | Op::TakePart { .. } | Op::OldShape(..) | Op::Part(..) => self.part_of_tangent(op),
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

    fn for_loop(&self, l: &For) -> String {
        let range = l.range.map_or_else(|| "loop".to_owned(), |range| format!("for {}", self.value(range)));
        let direction = if l.reversed { " reversed" } else { "" };
        let times = l.times.map_or_else(String::new, |times| format!(" times {}", self.value(times)));
        let (stops, counted) = (if l.stops { ", stops" } else { "" }, if l.is_counted { ", counted" } else { "" });
        format!("{range}{direction}{times} ({}){stops}{counted}", self.list(&l.inits))
    }

    fn part_of_tangent(&self, op: &Op) -> String {
        let v = |value: &Value| self.value(*value);
        match op {
            Op::AccumulatePart { tangent, path, value, is_taken } => {
                format!("{} {} {}", self.path(*tangent, path), if *is_taken { "=" } else { "+=" }, v(value))
            }
            Op::TakePart { tangent, path, was: None } => format!("take {}", self.path(*tangent, path)),
            Op::TakePart { tangent, path, was: Some(was) } => format!("take {} as {}", self.path(*tangent, path), v(was)),
            Op::OldShape(a, b) => format!("shape of {} before {}", v(a), v(b)),
            Op::Part(tangent, path) => format!("copy of {}", self.path(*tangent, path)),
            _ => unreachable!("not of a part"),
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
