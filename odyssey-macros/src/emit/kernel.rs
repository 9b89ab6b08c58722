//! Fused kernels: one call of the runtime, with the scalar code of an element as a closure.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use syn::Ident;

use super::fragment::Fragment;
use super::layout::{Layout, Results};
use super::names::{at, given, locate, Names};
use super::stages::{stages, Stages};
use super::types::bare_or_tuple;
use super::writer::{tuple, Writer};
use crate::ir::{Block, FieldName, Kernel, Kind, Op, Output, Value};
use crate::table::elementwise::Elementwise;

impl Writer<'_> {
    /// `rt::map` for one result of full size, `rt::map_sum` for one sum, `rt::map_to` for several outputs.
    pub(super) fn kernel(&mut self, kernel: &Kernel, outs: &[Value], place: Span) -> Fragment {
        if let (Some(input), [Output::Sum]) = (plain_input(kernel), &kernel.outputs[..]) {
            let x = self.reference(input);
            return Fragment::tight(self.runtime_call("sum", x, place));
        }
        let (span, place) = (at(place), self.place_of_pass(kernel, place));
        let operands = self.operands(kernel, span, place);
        let form = self.form(kernel);
        let closure = self.closure(kernel, outs, form, span);
        let (name, extra) = match kernel.outputs[..] {
            [Output::Full] => ("map", TokenStream::new()),
            [Output::Sum] => ("map_sum", TokenStream::new()),
            [Output::Like(like)] => {
                let like = self.reference(like);
                return self.pass("map_like", form, quote!(#like, #operands, #closure), place);
            }
            _ => {
                let outputs: Vec<_> = kernel.outputs.iter().map(|output| self.output(*output, span)).collect();
                let outputs = tuple(&outputs);
                ("map_to", quote!(#outputs,))
            }
        };
        self.pass(name, form, quote!(#operands, #extra #closure), place)
    }

    /// One pass over memory.
    fn pass(&self, name: &str, form: Form, arguments: TokenStream, place: Span) -> Fragment {
        let (function, arguments) = (self.users(name, place), given(arguments, place));
        Fragment::tight(match form {
            Form::Macro => quote_spanned!(place=> #function! #arguments),
            Form::Function => quote!(#function #arguments),
        })
    }

    /// Elementary functions come in two modes, with and without fused multiply-add: the macro writes the closure for both
    /// and brings them into scope, where they hide what is captured under their names.
    fn form(&mut self, kernel: &Kernel) -> Form {
        let calls_function =
            kernel.body.stmts.iter().any(|stmt| matches!(&stmt.op, Op::Elementwise(op, ..) if op.row().is_function()));
        let captured: Vec<_> = kernel.captures().map(|v| self.name(v).to_string()).collect();
        let hides = captured.iter().any(|name| Elementwise::find(name).is_some());
        if calls_function && !hides {
            Form::Macro
        } else {
            Form::Function
        }
    }

    fn output(&mut self, output: Output, span: Span) -> TokenStream {
        match output {
            Output::Full => self.rt("Full", span),
            Output::Sum => self.rt("Sum", span),
            Output::Like(like) => {
                let (function, like) = (self.rt("like", span), self.reference(like));
                quote!(#function(#like))
            }
        }
    }

    /// The tuple stands at the place of the pass, where rustc says what is wrong with it.
    fn operands(&mut self, kernel: &Kernel, span: Span, place: Span) -> TokenStream {
        let mut operands = Vec::new();
        for input in &kernel.inputs {
            let operand = match self.values[*input].kind {
                Kind::Scalar => {
                    let (function, x) = (self.rt("sc", span), self.expr(*input).tokens);
                    quote!(#function(#x))
                }
                _ => self.shared_reference(*input),
            };
            let place = self.values[*input].read_at.unwrap_or(self.values[*input].span);
            operands.push(locate(operand, place));
        }
        for extent in &kernel.extents {
            let x = self.shared_reference(*extent);
            let is_extent = matches!(self.layout.definition(*extent), Some(Op::Extent(_)));
            let extent = self.rt("extent", span);
            operands.push(if is_extent { x } else { quote!(&#extent(#x)) });
        }
        given(quote!(#(#operands,)*), place).into()
    }

    /// The closure of a kernel, or those of its two stages, the first in brackets.
    fn closure(&mut self, kernel: &Kernel, outs: &[Value], form: Form, span: Span) -> TokenStream {
        let operands: Vec<_> = kernel.inputs.iter().map(|input| self.element_hint(*input)).collect();
        let (Form::Macro, Some(Stages { first, second })) = (form, stages(&kernel.body)) else {
            return self.stage(kernel, &kernel.body, &operands, &[], outs, form, span);
        };
        let names: Vec<_> = first.results.iter().map(|v| self.between(*v, &first)).collect();
        let first = self.stage(kernel, &first, &operands, &[], &[], form, span);
        let second = self.stage(kernel, &second, &operands, &names, outs, form, span);
        quote!([#first], #second)
    }

    /// The name of a value that goes from one stage to the other.
    fn between(&self, value: Value, first: &Block) -> Ident {
        let definition = first.stmts.iter().find(|stmt| stmt.outs[0] == value).map(|stmt| &stmt.op);
        Names::hint(value, self.values, definition)
    }

    /// `|(x, b)| …`: a body, written with a layout and names of its own. Its last parameters may come from the stage before.
    #[allow(clippy::too_many_arguments, reason = "a kernel, and what is different in its stages")]
    fn stage(
        &mut self,
        kernel: &Kernel,
        body: &Block,
        operands: &[Option<Ident>],
        between: &[Ident],
        outs: &[Value],
        form: Form,
        span: Span,
    ) -> TokenStream {
        let captured: Vec<_> = kernel.captures().map(|v| self.name(v)).collect();
        let (layout, _) = Layout::new(self.values, &[(body, Results::InPlace)], &[]);
        let outer_layout = std::mem::replace(&mut self.layout, layout);
        let outer_names = self.names.enter_kernel(&captured);
        self.kernel_form = Some(form);
        let (elements, handed_on) = body.params.split_at(operands.len());
        let mut parameters: Vec<_> =
            elements.iter().zip(operands).map(|(element, hint)| self.parameter_name(*element, hint.clone())).collect();
        parameters.extend(kernel.extents.iter().map(|_| quote!(_)));
        let handed_on: Vec<_> =
            handed_on.iter().zip(between).map(|(v, hint)| self.parameter_name(*v, Some(hint.clone()))).collect();
        self.name_results(body, outs);
        let body = self.closure_body(body);
        self.kernel_form = None;
        self.layout = outer_layout;
        self.names.leave_kernel(outer_names);
        let parameters = match &handed_on[..] {
            [] => tuple(&parameters),
            handed_on => {
                let (parameters, handed_on) = (tuple(&parameters), bare_or_tuple(handed_on));
                quote!((#parameters, #handed_on))
            }
        };
        match form {
            Form::Macro => quote_spanned!(span=> |#parameters| #body),
            Form::Function => quote_spanned!(span=> #[inline(always)] |#parameters| #body),
        }
    }

    /// An element that becomes a result has the result's name.
    fn name_results(&mut self, body: &Block, outs: &[Value]) {
        for (element, out) in body.results.iter().zip(outs) {
            let is_unnamed = self.values[*element].name.is_none() && !body.params.contains(element);
            if let (true, Some(hint)) = (is_unnamed && !self.layout.is_inline(*element), &self.values[*out].name) {
                self.names.name_once(*element, &hint.clone());
            }
        }
    }

    fn closure_body(&mut self, body: &Block) -> TokenStream {
        let mut stmts = Vec::new();
        for stmt in &body.stmts {
            let out = stmt.outs[0];
            if !self.layout.is_inline(out) {
                let value = self.render(&stmt.op, out).tokens;
                let name = self.name(out);
                stmts.push(quote!(let #name = #value;));
            }
        }
        let results: Vec<_> = body.results.iter().map(|v| self.expr(*v).tokens).collect();
        let result = bare_or_tuple(&results);
        if stmts.is_empty() {
            result
        } else {
            quote!({ #(#stmts)* #result })
        }
    }

    fn parameter_name(&mut self, element: Value, hint: Option<Ident>) -> TokenStream {
        if !self.layout.is_used(element) {
            return quote!(_);
        }
        if let Some(hint) = hint {
            let name = self.names.unique(&hint);
            self.names.give(element, &name);
        }
        let name = self.name(element);
        quote!(#name)
    }

    /// The element of an operand has the operand's name.
    fn element_hint(&mut self, input: Value) -> Option<Ident> {
        match (self.layout.is_inline(input), self.layout.definition(input)) {
            (false, _) => Some(self.name(input)),
            (true, Some(Op::Dereference(inner))) => {
                let inner = *inner;
                return self.element_hint(inner);
            }
            (true, Some(Op::Field(_, FieldName::Named(name)))) => Some(name.clone()),
            (true, Some(Op::Apply(_, operands, _))) => operands.first().and_then(|v| self.values[*v].name.clone()),
            _ => self.values[input].name.clone(),
        }
        .filter(|hint| !hint.to_string().starts_with(char::is_uppercase))
    }
}

/// How a pass is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Macro,
    Function,
}

/// The input that a kernel hands on as it is.
fn plain_input(kernel: &Kernel) -> Option<Value> {
    match (&kernel.body.results[..], &kernel.body.params[..]) {
        ([result], [param]) if result == param && kernel.extents.is_empty() => Some(kernel.inputs[0]),
        _ => None,
    }
}
