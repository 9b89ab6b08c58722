//! Fused kernels: one call of the runtime, with the scalar code of an element as a closure.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use syn::Ident;

use super::fragment::Fragment;
use super::layout::{Layout, Results};
use super::writer::{tuple, Writer};
use crate::ir::{FieldName, Kernel, Kind, Op, Output, Value};

impl Writer<'_> {
    /// `rt::map(…)` for one result of full size, `rt::map_sum(…)` for one sum, `rt::map_to(…)` for anything else.
    pub(super) fn kernel(&mut self, kernel: &Kernel, outs: &[Value], span: Span) -> Fragment {
        if let (Some(input), [Output::Sum]) = (plain_input(kernel), &kernel.outputs[..]) {
            let (function, x) = (self.rt("sum", span), self.reference(input));
            return Fragment::tight(quote_spanned!(span=> #function(#x)));
        }
        let operands = self.operands(kernel, span);
        let closure = self.closure(kernel, outs, span);
        match kernel.outputs[..] {
            [Output::Full] => {
                let function = self.rt("map", span);
                Fragment::tight(quote_spanned!(span=> #function(#operands, #closure)))
            }
            [Output::Sum] => {
                let function = self.rt("map_sum", span);
                Fragment::tight(quote_spanned!(span=> #function(#operands, #closure)))
            }
            [Output::Like(like)] => {
                let (function, like) = (self.rt("map_like", span), self.reference(like));
                Fragment::tight(quote_spanned!(span=> #function(#like, #operands, #closure)))
            }
            _ => {
                let function = self.rt("map_to", span);
                let outputs: Vec<_> = kernel.outputs.iter().map(|output| self.output(*output, span)).collect();
                let outputs = tuple(&outputs);
                Fragment::tight(quote_spanned!(span=> #function(#operands, #outputs, #closure)))
            }
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

    fn operands(&mut self, kernel: &Kernel, span: Span) -> TokenStream {
        let mut operands = Vec::new();
        for input in &kernel.inputs {
            operands.push(if self.values[*input].kind == Kind::Scalar {
                let (function, x) = (self.rt("sc", self.values[*input].span), self.expr(*input).tokens);
                quote!(#function(#x))
            } else {
                let (function, x) = (self.rt("operand", self.values[*input].span), self.reference(*input));
                quote!(#function(#x))
            });
        }
        for extent in &kernel.extents {
            let x = self.reference(*extent);
            let is_extent = matches!(self.layout.definition(*extent), Some(Op::Extent(_)));
            let (extent, operand) = (self.rt("extent", span), self.rt("operand", span));
            operands.push(if is_extent { quote!(#operand(#x)) } else { quote!(#operand(&#extent(#x))) });
        }
        tuple(&operands)
    }

    /// `|(x, b)| …`: the body, written with a layout and names of its own.
    fn closure(&mut self, kernel: &Kernel, outs: &[Value], span: Span) -> TokenStream {
        let mut captures = Vec::new();
        Op::Kernel(Box::new(Kernel { inputs: Vec::new(), extents: Vec::new(), outputs: Vec::new(), body: kernel.body.clone() })).operands(&mut |v| captures.push(v));
        let captured: Vec<_> = captures.into_iter().map(|v| self.name(v)).collect();
        let hints: Vec<_> = kernel.inputs.iter().map(|input| self.element_hint(*input)).collect();
        let (layout, _) = Layout::new(self.values, &[(&kernel.body, Results::InPlace)], &[]);
        let outer_layout = std::mem::replace(&mut self.layout, layout);
        let inner_names = self.names.inner(&captured);
        let outer_names = std::mem::replace(&mut self.names, inner_names);
        self.in_kernel = true;
        let mut parameters: Vec<_> = kernel.body.params.iter().zip(hints).map(|(element, hint)| self.parameter_name(*element, hint)).collect();
        parameters.extend(kernel.extents.iter().map(|_| quote!(_)));
        self.name_results(kernel, outs);
        let body = self.closure_body(kernel);
        self.in_kernel = false;
        self.layout = outer_layout;
        self.names = outer_names;
        let parameters = tuple(&parameters);
        quote_spanned!(span=> #[inline(always)] |#parameters| #body)
    }

    /// An element that becomes a result has the result's name.
    fn name_results(&mut self, kernel: &Kernel, outs: &[Value]) {
        for (element, out) in kernel.body.results.iter().zip(outs) {
            let is_unnamed = self.values[*element].name.is_none() && !kernel.body.params.contains(element);
            if let (true, Some(hint)) = (is_unnamed && !self.layout.is_inline(*element), &self.values[*out].name) {
                self.names.name_once(*element, &hint.clone());
            }
        }
    }

    fn closure_body(&mut self, kernel: &Kernel) -> TokenStream {
        let mut stmts = Vec::new();
        for stmt in &kernel.body.stmts {
            let out = stmt.outs[0];
            if !self.layout.is_inline(out) {
                let value = self.render(&stmt.op, out).tokens;
                let name = self.name(out);
                stmts.push(quote!(let #name = #value;));
            }
        }
        let results: Vec<_> = kernel.body.results.iter().map(|v| self.expr(*v).tokens).collect();
        let result = match (&kernel.outputs[..], &results[..]) {
            ([_], [one]) => one.clone(),
            _ => tuple(&results),
        };
        if stmts.is_empty() { result } else { quote!({ #(#stmts)* #result }) }
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
            (true, Some(Op::Field(_, FieldName::Named(name)))) => Some(name.clone()),
            (true, Some(Op::Apply(_, operands, _))) => operands.first().and_then(|v| self.values[*v].name.clone()),
            _ => self.values[input].name.clone(),
        }
    }
}

/// The input that a kernel hands on as it is.
fn plain_input(kernel: &Kernel) -> Option<Value> {
    match (&kernel.body.results[..], &kernel.body.params[..]) {
        ([result], [param]) if result == param && kernel.extents.is_empty() => Some(kernel.inputs[0]),
        _ => None,
    }
}
