//! From the user's syntax to IR.
//!
//! Post-condition: every value that varies with a differentiated argument is computed by an operation that has a
//! derivative; everything else is verbatim, or an error.

mod arrays;
mod bindings;
mod branches;
mod build;
mod call;
mod checkpoint;
mod choice;
mod closure;
mod consume;
mod control;
mod elements;
mod expr;
mod followed;
mod handed;
mod integers;
mod iterate;
mod jump;
mod lists;
mod literal;
mod loops;
mod method;
mod mutate;
mod names;
mod options;
mod parted;
mod passive;
mod pattern;
mod place;
mod reads;
mod repeatable;
mod slices;
mod stmt;
mod sugar;
mod taken;
mod temporaries;
mod typed;
mod unknown_methods;
mod zip;

use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Item};

use crate::diagnostics::Diagnostics;
use crate::ir::{Block, FieldName, Info, Kind, Number, Op, Parameter, Stmt, Value, ValueMap, ValueSet, Values, Verbatim, Wanted};
use crate::parse::Source;
use crate::table::elementwise::Elementwise;
use bindings::Bindings;
pub(crate) use passive::{arguments_of, arithmetic, captured, is_assignment, is_plain, may_lend};

pub(crate) use integers::{is_count, is_whole};
pub(crate) use iterate::is_stepped;
pub(crate) use names::{bound_names, is_of_variant};
pub(crate) use place::root_of;

/// A function as IR.
#[derive(Clone)]
pub(crate) struct Primal {
    pub(crate) values: Values,
    /// The body. Its parameters are the function's arguments; its results are the function's, and what is left in each
    /// argument that is `&mut`.
    pub(crate) body: Block,
    /// Items that the user declared inside the function.
    pub(crate) items: Vec<Item>,
    /// The methods of the prelude that it calls, each once.
    pub(crate) prelude_methods: Vec<(Ident, Elementwise)>,
}

impl Primal {
    /// If the result is written as a tuple: which of its parts vary with a differentiated argument.
    pub(crate) fn tuple(&self) -> Option<Vec<bool>> {
        let parts = self.parts()?;
        Some(parts.iter().map(|part| self.values[*part].active).collect())
    }

    /// The parts of a result that is written as a tuple.
    pub(crate) fn parts(&self) -> Option<&[Value]> {
        let result = self.body.results[0];
        self.body.stmts.iter().find(|stmt| stmt.outs[..] == [result]).and_then(|stmt| match &stmt.op {
            Op::Tuple(parts) => Some(&parts[..]),
            _ => None,
        })
    }
}

/// Lowers the body of a function.
pub(crate) fn lower(source: &Source) -> syn::Result<Primal> {
    let mut lowerer = Lowerer::new(source);
    let results = lowerer.function(source);
    lowerer.diagnostics.propagate()?;
    let mut body = lowerer.blocks.pop().expect("the function's own block");
    body.results = results;
    Ok(Primal { values: lowerer.values, body, items: lowerer.items, prelude_methods: lowerer.prelude_methods })
}

struct Lowerer {
    values: Values,
    /// The blocks under construction, outermost first.
    blocks: Vec<Block>,
    /// In which of them a value is defined.
    home: ValueMap<usize>,
    /// How a value is defined, for looking through references and tuples.
    definitions: ValueMap<Op>,
    /// Fields are read once, where their owner is defined.
    fields: HashMap<(Value, FieldName), Value>,
    bindings: Bindings,
    diagnostics: Diagnostics,
    items: Vec<Item>,
    prelude_methods: Vec<(Ident, Elementwise)>,
    /// An elementwise closure is being inlined: its branches are choices between elements.
    in_closure: bool,
    /// There: passive arrays that stand for their elements.
    elements: ValueMap<passive::Element>,
    /// Integers, and tuples and lists of them.
    integers: ValueSet,
    /// Values with a name that is not the user's.
    temporary: ValueSet,
    /// How many blocks there are.
    opened: u32,
    /// Type parameters that stand for a float.
    real_parameters: Vec<Ident>,
    /// The loops and labelled blocks around the code at hand.
    targets: Vec<jump::Target>,
    /// Whether the function has returned from inside of a loop, and with what.
    returned: Option<(bindings::Variable, bindings::Variable)>,
    /// The pattern at hand takes a value apart by reference.
    by_reference: usize,
    /// Values that are there only if no jump was taken: `Option`s of what the user's code means.
    partial: crate::ir::ValueSet,
    /// The function's result is a `Result` or an `Option`.
    is_fallible: bool,
    /// Some loop or block has the attribute `checkpoint`.
    has_checkpoints: bool,
    /// In how many of them the code at hand stands.
    checkpointed: usize,
    /// The runtime's path.
    krate: syn::Path,
    /// The one float type that the function mentions.
    float: Option<syn::Type>,
}

/// A point to go back to when a loop body is lowered again.
struct Savepoint {
    values: usize,
    blocks: Vec<usize>,
    fields: HashMap<(Value, FieldName), Value>,
    bindings: Bindings,
    errors: usize,
    items: usize,
}

impl Lowerer {
    fn new(source: &Source) -> Lowerer {
        let generics = &source.scope;
        let is_real = |ident: &Ident| crate::parse::result_type(&syn::parse_quote!(-> #ident));
        let real_parameters = generics
            .type_params()
            .map(|param| param.ident.clone())
            .filter(|ident| crate::parse::kind(&is_real(ident), generics).is_scalar())
            .collect();
        Lowerer {
            values: Values::default(),
            blocks: vec![Block::default()],
            home: ValueMap::default(),
            definitions: ValueMap::default(),
            fields: HashMap::new(),
            bindings: Bindings::default(),
            diagnostics: Diagnostics::default(),
            items: Vec::new(),
            prelude_methods: Vec::new(),
            in_closure: false,
            elements: ValueMap::default(),
            integers: ValueSet::default(),
            temporary: ValueSet::default(),
            opened: 0,
            real_parameters,
            targets: Vec::new(),
            returned: None,
            by_reference: 0,
            partial: crate::ir::ValueSet::default(),
            is_fallible: matches!(source.signature.result_kind, Kind::Optional(_)),
            has_checkpoints: false,
            checkpointed: 0,
            krate: source.options.krate.clone(),
            float: literal::only_float(source),
        }
    }

    fn function(&mut self, source: &Source) -> Vec<Value> {
        let mut exclusive = Vec::new();
        for argument in &source.signature.arguments {
            let value = self.values.add(Info {
                name: Some(argument.name.clone()),
                kind: argument.kind.clone(),
                active: argument.differentiated,
                shape_of: None,
                wanted: Wanted::new(),
                span: argument.name.span(),
                read_at: None,
            });
            self.home.insert(value, 0);
            self.blocks[0].params.push(value);
            if integers::is_integer_type(&argument.ty) {
                self.integers.insert(value);
            }
            match &argument.pattern {
                Some(pattern) => self.bind(pattern, value),
                None => {
                    let variable = self.bindings.declare(&argument.name, value);
                    exclusive.extend(argument.kind.is_exclusive().then_some(variable));
                }
            }
        }
        let mut body = sugar::removed(&source.item.block);
        typed::with_result(&mut body, &crate::parse::result_type(&source.item.sig.output));
        self.refuse_configuration(&body);
        self.has_checkpoints = checkpoint::check(&body, &mut self.diagnostics);
        let result = self.body(&body);
        if !source.signature.result_kind.peel().eq(&Kind::Unknown) {
            let known = self.values[result].kind.meet(&source.signature.result_kind);
            self.values[result].kind = known;
        }
        let left = exclusive.into_iter().map(|variable| self.bindings.value(variable));
        std::iter::once(result).chain(left).collect()
    }

    fn savepoint(&self) -> Savepoint {
        Savepoint {
            values: self.values.len(),
            blocks: self.blocks.iter().map(|block| block.stmts.len()).collect(),
            fields: self.fields.clone(),
            bindings: self.bindings.clone(),
            errors: self.diagnostics.len(),
            items: self.items.len(),
        }
    }

    fn restore(&mut self, point: Savepoint) {
        // The numbers are given to other values.
        for value in self.values.all().skip(point.values) {
            self.definitions.remove(&value);
            self.integers.remove(&value);
            self.temporary.remove(&value);
            self.partial.remove(&value);
            self.elements.remove(&value);
        }
        self.values.truncate(point.values);
        self.blocks.truncate(point.blocks.len());
        for (block, len) in self.blocks.iter_mut().zip(point.blocks) {
            block.stmts.truncate(len);
        }
        self.fields = point.fields;
        self.bindings = point.bindings;
        self.diagnostics.truncate(point.errors);
        self.items.truncate(point.items);
    }

    fn open_block(&mut self) {
        self.opened += 1;
        self.blocks.push(Block { id: self.opened, ..Block::default() });
    }

    /// Appends a statement with one result to the innermost block.
    fn emit(&mut self, op: Op, kind: Kind, active: bool, span: Span) -> Value {
        self.emit_in(self.blocks.len() - 1, op, kind, active, span)
    }

    fn emit_in(&mut self, depth: usize, op: Op, kind: Kind, active: bool, span: Span) -> Value {
        let name = self.temporary_name(&op, span).filter(|_| active);
        let is_temporary = name.is_some();
        let out = self.values.add(Info { name, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None });
        if is_temporary {
            self.temporary.insert(out);
        }
        self.home.insert(out, depth);
        self.definitions.insert(out, op.clone());
        self.blocks[depth].stmts.push(Stmt { outs: vec![out], op, span });
        out
    }

    fn is_active(&self, value: Value) -> bool {
        self.values[value].active
    }

    fn kind(&self, value: Value) -> &Kind {
        &self.values[value].kind
    }

    fn literal(&mut self, value: f64, token: Option<syn::LitFloat>, span: Span) -> Value {
        self.emit(Op::Literal(Number { value, token }), Kind::Scalar, false, span)
    }

    /// Passive code as it stands.
    fn verbatim(&mut self, expr: &Expr) -> Value {
        let verbatim = self.verbatim_code(expr);
        let (kind, span) = (self.passive_kind(&verbatim.expr), syn::spanned::Spanned::span(&verbatim.expr));
        let value = self.emit(Op::Verbatim(Rc::new(verbatim)), kind, false, span);
        if self.is_integer(expr) {
            self.integers.insert(value);
        }
        value
    }

    fn verbatim_code(&mut self, expr: &Expr) -> Verbatim {
        let plain = self.as_it_runs(expr);
        let expr = plain.as_ref().unwrap_or(expr);
        let unchanging = self.without_changes(expr);
        let expr = unchanging.as_ref().unwrap_or(expr);
        let mut inputs = self.inputs(expr.to_token_stream());
        let names = reads::names_read(expr, reads::Asked::Counts);
        inputs.retain(|(name, _)| names.contains(name));
        self.close_over(&mut inputs);
        let is_pure = passive::is_pure(expr);
        let reads_active = inputs.iter().any(|(_, value)| self.is_active(*value));
        let expr = if reads_active { self.with_answers(expr) } else { expr.clone() };
        Verbatim { expr, inputs, is_pure }
    }

    /// A value to go on with after an error.
    fn nothing(&mut self, span: Span) -> Value {
        self.literal(0.0, None, span)
    }

    /// An elementwise operation; its operands are looked at through references.
    fn elementwise(&mut self, op: Elementwise, operands: Vec<Value>, parameters: Vec<Parameter>, span: Span) -> Value {
        let operands: Vec<_> = operands.into_iter().map(|operand| self.element_of(operand)).collect();
        let kind = Kind::join(operands.iter().map(|v| &self.values[*v].kind));
        let active = operands.iter().any(|v| self.is_active(*v));
        self.emit(Op::Elementwise(op, operands, parameters), kind, active, span)
    }

    /// The operand behind any number of references: `&h` is `h`, a `k: &f64` is `*k`.
    fn element_of(&mut self, operand: Value) -> Value {
        let inner = self.behind_reference(operand);
        match self.kind(inner) {
            Kind::Boxed(_) => {
                let value = self.unboxed(inner);
                self.element_of(value)
            }
            Kind::Reference(target) if !matches!(target.peel(), Kind::Array(_) | Kind::Tensor) => {
                let target = (**target).clone();
                let (active, span) = (self.is_active(inner), self.values[inner].span);
                let value = self.emit(Op::Dereference(inner), target, active, span);
                self.element_of(value)
            }
            _ => inner,
        }
    }

    /// What is in a box, where it is asked for without a `*`.
    fn unboxed(&mut self, value: Value) -> Value {
        let inner = self.behind_reference(value);
        match self.kind(inner).peel() {
            Kind::Boxed(target) => {
                let (target, active, span) = ((**target).clone(), self.is_active(inner), self.values[inner].span);
                let boxed = self.dereferenced_box(inner);
                let content = self.emit(Op::Dereference(boxed), target, active, span);
                self.unboxed(content)
            }
            _ => value,
        }
    }

    /// The box behind a reference to one.
    fn dereferenced_box(&mut self, value: Value) -> Value {
        match self.kind(value) {
            Kind::Reference(target) | Kind::Exclusive(target) => {
                let (target, active, span) = ((**target).clone(), self.is_active(value), self.values[value].span);
                let inner = self.emit(Op::Dereference(value), target, active, span);
                self.dereferenced_box(inner)
            }
            _ => value,
        }
    }

    fn behind_reference(&self, value: Value) -> Value {
        match self.definitions.get(&value) {
            Some(Op::Reference(inner)) => self.behind_reference(*inner),
            _ => value,
        }
    }
}
