//! What a body tells the runtime of the user's expressions, for panics.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;

use super::names::{at, given};
use super::writer::Writer;
use crate::expressions::{place_of, Expression, Place};
use crate::ir::{Callee, Kernel, Kind, Op, Value, ValueMap};
use crate::table::operations;

/// The expressions that a body may panic at.
#[derive(Default)]
pub(super) struct Quotes {
    texts: BTreeMap<Place, String>,
    /// By place and number of operands of a pass, what is broadcast in it, in the order of evaluation.
    joins: BTreeMap<(Place, usize), Vec<String>>,
    /// By place, calls that panic from there: of the operators that their passes do not stand at.
    elsewhere: BTreeMap<Place, TokenStream>,
    /// The operators whose operands have been joined.
    joined: BTreeSet<Place>,
    /// What fits in the forward pass fits in its sweep.
    are_complete: bool,
}

/// Two sides of an operator, as operands of a pass.
struct Join {
    sides: [BTreeSet<usize>; 2],
    token: Span,
}

impl Writer<'_> {
    /// The place of the user's expression with that token.
    pub(super) fn place(&self, token: Span) -> Span {
        self.expressions.find(token).map_or(token, |expression| expression.at)
    }

    /// The same, of a call that may panic: which says what the expression is.
    pub(super) fn quoted_place(&mut self, token: Span) -> Span {
        let Some(Expression { text, at }) = self.expressions.find(token) else { return token };
        if let Some(place) = place_of(*at) {
            self.quotes.texts.entry(place).or_insert_with(|| text.clone());
        }
        *at
    }

    /// The place of a call. One of the runtime's panics at the user's expression; what is wrong with the types of any other one is
    /// not to be explained as if the user had written what is called.
    pub(super) fn place_of_call(&mut self, callee: &Callee, token: Span) -> Span {
        let name = match callee {
            Callee::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            Callee::Method(name, _) => Some(name.to_string()),
            Callee::Each(_) | Callee::ValueAndGrad(_) => None,
        };
        if name.is_some_and(|name| operations::is_of_the_runtime(&name)) {
            self.quoted_place(token)
        } else {
            at(token)
        }
    }

    /// The place of a pass: of the first of its operators whose operands may not broadcast.
    pub(super) fn place_of_pass(&mut self, kernel: &Kernel, token: Span) -> Span {
        if self.quotes.are_complete {
            return self.place(token);
        }
        let mut joins = self.joins(kernel);
        joins.retain(|join| place_of(join.token).is_some_and(|place| self.quotes.joined.insert(place)));
        let Some(first) = joins.first() else { return self.place(token) };
        let (at, operands) = (self.place(first.token), kernel.inputs.len() + kernel.extents.len());
        let Some(place) = place_of(at) else { return at };
        let lines: Vec<_> = joins.iter().filter_map(|join| self.line(join, place)).collect();
        self.quotes.joins.entry((place, operands)).or_default().extend(lines);
        at
    }

    /// `0,1|2 8:9 &h + x`: the operands on both sides, and the expression.
    fn line(&mut self, join: &Join, pass: Place) -> Option<String> {
        let Expression { text, at } = self.expressions.find(join.token)?.clone();
        let place @ (line, column) = place_of(at)?;
        if place != pass {
            let (function, message) = (self.users("refused", at), given(quote!(message), at));
            self.quotes.elsewhere.insert(place, quote!(#function #message));
        }
        let [left, right] = join.sides.each_ref().map(|side| side.iter().map(usize::to_string).collect::<Vec<_>>().join(","));
        Some(format!("{left}|{right} {line}:{column} {text}"))
    }

    /// The operators of a pass that bring operands of their own shapes together, in the order in which they are evaluated.
    fn joins(&self, kernel: &Kernel) -> Vec<Join> {
        let mut of: ValueMap<BTreeSet<usize>> = ValueMap::default();
        for (number, (input, element)) in kernel.inputs.iter().zip(&kernel.body.params).enumerate() {
            of.insert(*element, if self.has_own_shape(*input) { BTreeSet::from([number]) } else { BTreeSet::new() });
        }
        let mut joins = Vec::new();
        for stmt in &kernel.body.stmts {
            let Op::Elementwise(_, operands, _) = &stmt.op else { continue };
            let mut all = BTreeSet::new();
            for operand in operands {
                let side = of.get(operand).cloned().unwrap_or_default();
                if !side.is_subset(&all) && !all.is_subset(&side) && self.expressions.find(stmt.span).is_some() {
                    joins.push(Join { sides: [all.clone(), side.clone()], token: stmt.span });
                }
                all.extend(side);
            }
            of.insert(stmt.outs[0], all);
        }
        joins
    }

    /// Neither a number nor a cotangent or tangent, whose shape is that of another value.
    fn has_own_shape(&self, input: Value) -> bool {
        let info = &self.values[input];
        info.kind != Kind::Scalar && info.shape_of.is_none() && !self.values.tangents.contains(&input)
    }

    /// `static QUOTED: rt::Quoted = …; QUOTED.know();`, if there is anything to be known of what has been written so far.
    pub(super) fn quotes(&mut self) -> TokenStream {
        let Quotes { texts, joins, elsewhere, .. } = std::mem::take(&mut self.quotes);
        self.quotes.are_complete = true;
        if texts.is_empty() && joins.is_empty() {
            return TokenStream::new();
        }
        let texts = texts.into_iter().map(|((line, column), text)| format!("{line}:{column} {text}"));
        let joins = joins.into_iter().flat_map(|(((line, column), operands), joins)| {
            joins.into_iter().map(move |join| format!("{line}:{column}/{operands} {join}"))
        });
        let (krate, lines) = (self.krate, texts.chain(joins));
        let number = |n: &u32| Literal::u32_unsuffixed(*n);
        let arms = elsewhere.iter().map(|((line, column), panic)| {
            let [line, column] = [line, column].map(number);
            quote!((#line, #column) => #panic)
        });
        let quoted = if elsewhere.is_empty() {
            quote!(new(&[#(#lines),*]))
        } else {
            quote!(with_places(&[#(#lines),*], |place, message| match place { #(#arms,)* _ => {} }))
        };
        quote! {
            static QUOTED: #krate::rt::Quoted = #krate::rt::Quoted::#quoted;
            QUOTED.know();
        }
    }
}
