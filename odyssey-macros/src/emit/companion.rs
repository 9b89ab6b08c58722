//! The companion struct: `value_and_grad`, `grad`, `vjp`, `check_grad`, and the hidden form that callers use.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, ToTokens};
use syn::ext::IdentExt;
use syn::{Generics, Ident, Path, Type};

use super::layout::{Layout, Results};
use super::names::{at, locate, Names};
use super::types::{any_lifetime, bare_or_tuple, tangent};
use super::wants::Guards;
use super::writer::{tuple, Writer};
use super::Program;
use crate::ir::{Block, Callee, Kind, Op, Value, Values};
use crate::parse::{Argument, Source};
use crate::reverse::Derivative;

/// What every companion's text is made from.
struct Companion<'a> {
    source: &'a Source,
    program: &'a Program,
    krate: &'a Path,
    generics: &'a Generics,
    /// The tangents of the differentiated arguments.
    tangents: Vec<TokenStream>,
}

pub(super) fn companions(source: &Source, program: &Program) -> TokenStream {
    let krate = &source.options.krate;
    let tangents = source.signature.differentiated().map(|(_, argument)| tangent(&argument.ty, krate)).collect();
    let generics = crate::parse::with_cloned_functions(&source.item.sig.generics);
    let companion = Companion { source, program, krate, generics: &generics, tangents };
    companion.write()
}

impl Companion<'_> {
    fn write(&self) -> TokenStream {
        let sig = &self.source.item.sig;
        let name = self.source.options.name.as_ref().unwrap_or(&sig.ident);
        let name = Ident::new(&name.to_string(), at(name.span()));
        let vis = &self.source.item.vis;
        let cfg: Vec<_> = self.source.item.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
        let allowed = self.allowed();
        let doc = format!(" The derivatives of [`{}()`]({}()).", sig.ident, sig.ident);
        let functions = [self.value_and_grad(), self.grad(), self.vjp(), self.check_grad(), self.residual_vjp(), self.primal()];
        quote! {
            #(#cfg)*
            #[doc = #doc]
            #vis struct #name {}
            #(#cfg)*
            #(#allowed)*
            impl #name { #(#functions)* }
        }
    }

    /// What the user allows in the function, its derivative may do as well.
    fn allowed(&self) -> Vec<TokenStream> {
        let lists = self
            .source
            .item
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("allow") || attribute.path().is_ident("expect"));
        lists
            .filter_map(|attribute| {
                attribute.meta.require_list().ok().map(|list| {
                    let lints = &list.tokens;
                    quote!(#[allow(#lints)])
                })
            })
            .collect()
    }

    /// The user's function as a value, where the arguments are in scope.
    fn function(&self) -> TokenStream {
        let function = &self.source.item.sig.ident;
        if self.is_hidden_by_argument() {
            quote!(Self::primal())
        } else {
            quote!(#function)
        }
    }

    /// The same with the generic arguments of this companion.
    fn instance(&self) -> TokenStream {
        let (function, turbofish) = (&self.source.item.sig.ident, self.turbofish());
        if self.is_hidden_by_argument() {
            quote!(Self::primal #turbofish ())
        } else {
            quote!(#function #turbofish)
        }
    }

    /// The generic arguments of the function, which no argument of a value decides.
    fn turbofish(&self) -> TokenStream {
        let names = crate::parse::generic_names(&self.source.item);
        if names.is_empty() {
            TokenStream::new()
        } else {
            quote!(::<#(#names),*>)
        }
    }

    /// An argument has the function's own name.
    fn is_hidden_by_argument(&self) -> bool {
        self.arguments().iter().any(|argument| argument.name == self.source.item.sig.ident)
    }

    /// The user's function, from where no argument hides it.
    fn primal(&self) -> TokenStream {
        if !self.is_hidden_by_argument() {
            return TokenStream::new();
        }
        let (function, turbofish, result) = (&self.source.item.sig.ident, self.turbofish(), self.result());
        let (impl_generics, _, bound) = self.generics.split_for_impl();
        let types = self.arguments().iter().map(|argument| &argument.ty);
        quote! {
            #[inline]
            fn primal #impl_generics () -> impl ::core::ops::Fn(#(#types),*) -> #result + ::core::marker::Copy #bound { #function #turbofish }
        }
    }

    fn vis(&self) -> &syn::Visibility {
        &self.source.item.vis
    }

    fn has_gradient(&self) -> bool {
        !matches!(self.source.signature.result_kind, Kind::Array(_) | Kind::Sequence(_) | Kind::Tuple(_) | Kind::Reference(_))
    }

    fn arguments(&self) -> &[Argument] {
        &self.source.signature.arguments
    }

    fn result(&self) -> &Type {
        &self.source.signature.result
    }

    /// `name: Type`, for a companion whose body has nothing of the user's in it.
    fn parameters(&self) -> Vec<TokenStream> {
        self.names()
            .iter()
            .zip(self.arguments())
            .map(|(name, argument)| {
                let ty = &argument.ty;
                quote!(#name: #ty)
            })
            .collect()
    }

    /// The arguments' names there: read, though the user may not, and the macro's own.
    fn names(&self) -> Vec<Ident> {
        self.arguments().iter().enumerate().map(|(i, argument)| own_name(argument, i)).collect()
    }

    /// A local of a companion's own, which none of its arguments is called.
    fn local(&self, name: &str) -> Ident {
        let arguments = self.names();
        let mut name = name.to_owned();
        while arguments.iter().any(|argument| *argument == name) {
            name.push('_');
        }
        own(&name)
    }

    /// The bound that lets rustc decide at the call whether there is a gradient.
    fn scalar_bound(&self) -> TokenStream {
        let predicates = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        if self.source.signature.result_kind.is_scalar() {
            return if self.generics.params.is_empty() { TokenStream::new() } else { quote!(where #(#predicates,)*) };
        }
        let (krate, result) = (self.krate, self.result());
        quote!(where #(#predicates,)* for<'__a> #result: #krate::rt::ScalarResult,)
    }

    /// The same for what calls the function itself and compares its values.
    fn float_bound(&self, generics: &Generics) -> TokenStream {
        let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let (krate, result) = (self.krate, self.result());
        let is_float = (!self.source.signature.result_kind.is_scalar())
            .then(|| quote!(for<'__a> #result: #krate::Real + #krate::rt::ScalarResult,));
        quote!(where #(#predicates,)* #is_float)
    }

    /// The generics of what copies arguments: copies are lent for any lifetime, so that no type in them may end before.
    fn living_generics(&self) -> Generics {
        let mut generics = self.generics.clone();
        crate::parse::bound_every_type(&mut generics, &syn::parse_quote!('static));
        generics
    }

    fn value_and_grad(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (vis, result, bound) = (self.vis(), self.result(), self.scalar_bound());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let gradients = bare_or_tuple(&self.tangents);
        let (parameters, body) = match &self.program.fused {
            Some(fused) => self.fused_body(fused),
            None => {
                let (names, krate) = (self.names(), self.krate);
                let [value, pullback] = ["value", "pullback"].map(|name| self.local(name));
                let body = quote! {
                    let (#value, #pullback) = Self::vjp(#(#names),*);
                    (#value, #pullback(<#result as #krate::rt::ScalarResult>::seed()))
                };
                (self.parameters(), body)
            }
        };
        quote! {
            /// The value, and the gradient with respect to the differentiated arguments.
            #[inline]
            #vis fn value_and_grad #impl_generics (#(#parameters),*) -> (#result, #gradients) #bound { #body }
        }
    }

    fn grad(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (vis, bound, parameters, names) = (self.vis(), self.scalar_bound(), self.parameters(), self.names());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let gradients = bare_or_tuple(&self.tangents);
        quote! {
            /// The gradient with respect to the differentiated arguments.
            #[inline]
            #vis fn grad #impl_generics (#(#parameters),*) -> #gradients #bound { Self::value_and_grad(#(#names),*).1 }
        }
    }

    fn vjp(&self) -> TokenStream {
        let (vis, krate, result, function) = (self.vis(), self.krate, self.result(), self.function());
        let (impl_generics, _, bound) = self.generics.split_for_impl();
        let (parameters, names) = (self.parameters(), self.names());
        let cotangent = tangent(result, krate);
        let gradients = bare_or_tuple(&self.tangents);
        let wants =
            self.arguments()
                .iter()
                .map(|argument| if argument.differentiated { quote!(#krate::rt::Yes) } else { quote!(#krate::rt::No) });
        let wants = tuple(&wants.collect::<Vec<_>>());
        let first: Vec<_> = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name)).collect();
        let [value, pullback, cotangent_name, kept_name] =
            ["value", "pullback", "cotangent", "kept"].map(|name| self.local(name));
        let locals: Vec<_> = self
            .source
            .signature
            .differentiated()
            .map(|(_, argument)| self.local(&format!("d_{}", argument.name.unraw())))
            .collect();
        let results: Vec<_> = self
            .arguments()
            .iter()
            .map(|argument| {
                if argument.differentiated {
                    self.local(&format!("d_{}", argument.name.unraw())).into_token_stream()
                } else {
                    quote!(())
                }
            })
            .collect();
        let (results, locals) =
            (tuple(&results), bare_or_tuple(&locals.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        // The value goes to the caller; the pullback needs it a second time.
        let is_scalar = self.source.signature.result_kind.is_scalar();
        let (keep, kept) = if is_scalar {
            (TokenStream::new(), quote!(#value))
        } else {
            (quote!(let #kept_name = ::core::clone::Clone::clone(&#value);), quote!(#kept_name))
        };
        quote! {
            /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
            #[inline]
            #vis fn vjp #impl_generics (#(#parameters),*) -> (#result, #krate::borrowing!(::core::ops::FnOnce(#cotangent) -> #gradients)) #bound {
                let (#value, #pullback) = Self::residual_vjp(#function, #(#first,)* #wants);
                #keep
                (#value, move |#cotangent_name| {
                    let #results = #pullback(#(#names,)* &#kept, #cotangent_name);
                    #locals
                })
            }
        }
    }

    /// The argument for the first of two times.
    fn lend(argument: &Argument, name: &Ident) -> TokenStream {
        match argument.kind {
            Kind::Scalar | Kind::Reference(_) => quote!(#name),
            _ => quote!(::core::clone::Clone::clone(&#name)),
        }
    }

    fn check_grad(&self) -> TokenStream {
        let can_be_changed = self.source.signature.differentiated().all(|(_, argument)| can_be_changed(&argument.ty));
        if !self.has_gradient() || !can_be_changed {
            return TokenStream::new();
        }
        let (vis, krate, function) = (self.vis(), self.krate, self.function());
        let parameters = self.parameters();
        let generics = self.living_generics();
        let bound = self.float_bound(&generics);
        let (impl_generics, ..) = generics.split_for_impl();
        let gradients: Vec<_> = self
            .source
            .signature
            .differentiated()
            .map(|(_, argument)| self.local(&format!("d_{}", argument.name.unraw())))
            .collect();
        let pattern = bare_or_tuple(&gradients.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let names = self.names();
        let clones: Vec<_> = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name)).collect();
        let checks = self.source.signature.differentiated().zip(&gradients).map(|((position, argument), gradient)| {
            let (name, label) = (&names[position], argument.name.unraw().to_string());
            // A copy is lent as a view: what is called takes a reference to that.
            let (copied, changed) = if is_view_reference(&argument.ty) {
                (quote!(&#name.view()), quote!(&#name))
            } else {
                (quote!(&#name), quote!(#name))
            };
            let arguments =
                clones.iter().enumerate().map(|(i, clone)| if i == position { changed.clone() } else { clone.clone() });
            let check = quote!(#krate::check::argument(#label, #copied, |#name| #function(#(#arguments),*), &#gradient)?;);
            locate(check, syn::spanned::Spanned::span(&argument.ty))
        });
        quote! {
            /// Compares the gradient with central differences.
            ///
            /// # Errors
            ///
            /// The first entry that differs by more than the element type and the scale of the values justify.
            #vis fn check_grad #impl_generics (#(#parameters),*) -> ::core::result::Result<(), #krate::check::GradientMismatch> #bound {
                let #pattern = Self::grad(#(#clones),*);
                #(#checks)*
                ::core::result::Result::Ok(())
            }
        }
    }

    /// The items of the body: the user's own, and the runtime's methods where a receiver's type decides whose is called.
    fn items(&self, derivative: &Derivative) -> TokenStream {
        let (items, krate) = (&self.program.primal.items, self.krate);
        let import = calls_method(&derivative.forward).then(|| quote!(use #krate::rt::residuals::*;));
        quote!(#import #(#items)*)
    }

    fn writer<'w>(&'w self, values: &'w Values, layout: Layout, guards: Guards) -> Writer<'w> {
        let float = self
            .generics
            .type_params()
            .map(|param| &param.ident)
            .find(|ident| crate::parse::kind(&syn::parse_quote!(#ident), self.generics).is_scalar());
        Writer {
            values,
            layout,
            names: Names::new(self.source.item.block.to_token_stream()),
            krate: self.krate,
            float: float.cloned(),
            guards,
            at: 0,
            kernel_form: None,
        }
    }

    /// Gives the arguments their names; those that are not read are called `_`.
    fn signature(&self, writer: &mut Writer, params: &[Value]) -> Vec<TokenStream> {
        let items = &self.program.primal.items;
        let text = quote!(#(#items)*).to_string();
        self.arguments()
            .iter()
            .zip(params)
            .map(|(argument, value)| {
                writer.names.give(*value, &argument.name);
                let (name, ty) = (&argument.name, &argument.ty);
                let is_mentioned = writer.layout.is_used(*value) || text.contains(&name.to_string());
                if is_mentioned {
                    quote!(#name: #ty)
                } else {
                    quote!(_: #ty)
                }
            })
            .collect()
    }

    /// The body of `value_and_grad`: both passes in one scope.
    fn fused_body(&self, fused: &Derivative) -> (Vec<TokenStream>, TokenStream) {
        let mut program = fused.forward.clone();
        program.results.extend(&fused.reverse.results);
        program.stmts.extend(fused.reverse.stmts.iter().cloned());
        let (layout, places) = Layout::new(&fused.values, &[(&program, Results::Named)], &[]);
        let mut writer = self.writer(&fused.values, layout, Guards::default());
        let parameters = self.signature(&mut writer, &program.params);
        let items = self.items(fused);
        let stmts = writer.block(&program, &places[0]);
        let value = writer.consume(program.results[0]).tokens;
        let differentiated = self.source.signature.differentiated();
        let gradients =
            program.results[1..].iter().zip(differentiated).map(|(v, (_, argument))| self.gradient(&mut writer, *v, argument));
        let gradients: Vec<_> = gradients.collect();
        let gradients = bare_or_tuple(&gradients);
        // Whoever calls the gradient uses the function, as far as rustc's dead-code lint is concerned.
        let function = self.instance();
        (parameters, quote!(#items let _ = #function; #stmts (#value, #gradients)))
    }

    /// The gradient of an argument. A zero that nothing has been added to has the argument's type, whatever that is.
    fn gradient(&self, writer: &mut Writer, value: Value, argument: &Argument) -> TokenStream {
        if let (Some(Op::Literal(_)), true) = (writer.layout.definition(value), writer.float.is_some()) {
            let (krate, name) = (self.krate, &argument.name);
            return quote!(#krate::rt::zero_tangent(&#name));
        }
        writer.consume(value).tokens
    }

    /// The pullback of the hidden form reads the function's result.
    fn reads_result(&self) -> bool {
        let residual = &self.program.residual;
        let mut reads = false;
        residual.reverse.reads(&mut |v| reads |= v == residual.forward.results[0]);
        reads
    }

    /// The type parameters for wants, one an argument.
    fn want_parameters(&self) -> Vec<Ident> {
        let mut taken: Vec<_> = crate::parse::generic_names(&self.source.item).iter().map(ToString::to_string).collect();
        self.arguments()
            .iter()
            .map(|argument| {
                let mut camel = String::from("Want");
                for word in argument.name.unraw().to_string().split('_') {
                    let mut chars = word.chars();
                    camel.extend(chars.next().into_iter().flat_map(char::to_uppercase));
                    camel.push_str(chars.as_str());
                }
                while taken.contains(&camel) {
                    camel.push('_');
                }
                taken.push(camel.clone());
                Ident::new(&camel, at(argument.name.span()))
            })
            .collect()
    }

    /// A name that no generic parameter has.
    fn free_name(&self, name: &str) -> Ident {
        let taken = crate::parse::generic_names(&self.source.item);
        let mut name = Ident::new(name, Span::call_site());
        while taken.contains(&name) {
            name = quote::format_ident!("{name}_");
        }
        name
    }

    /// The hidden form: the value, and a pullback that borrows nothing, takes the arguments and the result a second
    /// time and computes what is wanted.
    fn residual_vjp(&self) -> TokenStream {
        let residual = &self.program.residual;
        let (krate, vis, function, result) = (self.krate, self.vis(), self.instance(), self.result());
        let wants = self.want_parameters();
        let (layout, places) = Layout::new(
            &residual.values,
            &[(&residual.forward, Results::Named), (&residual.reverse, Results::InPlace)],
            &residual.forward.results,
        );
        let differentiated: BTreeMap<_, _> = self.source.signature.differentiated().map(|(i, _)| (i, wants[i].clone())).collect();
        let guards = Guards::new(differentiated, &residual.values, &residual.reverse);
        let mut writer = self.writer(&residual.values, layout, guards);
        let parameters: Vec<_> = self.signature(&mut writer, &residual.forward.params);
        let forward = writer.block(&residual.forward, &places[0]);
        // What the pullback reads of it is given again: no reason to keep a copy.
        let result_value = residual.forward.results[0];
        let value = if writer.layout.is_inline(result_value) {
            writer.consume(result_value).tokens
        } else {
            writer.expr(result_value).tokens
        };
        let (again, sweep) = self.pullback_body(&mut writer, residual, &places[1]);
        let items = self.items(residual);
        let mut bound = Vec::new();
        let types: Vec<_> = self.arguments().iter().map(|argument| any_lifetime(&argument.ty, &mut bound)).collect();
        let for_any = (!bound.is_empty()).then(|| quote!(for<#(#bound),*>));
        let cotangent = tangent(result, krate);
        let gradients = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            let tangent = tangent(&argument.ty, krate);
            if argument.differentiated {
                quote!(#want::Of<#tangent>)
            } else {
                quote!(())
            }
        });
        let gradients = tuple(&gradients.collect::<Vec<_>>());
        let bounds = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            let is_excluded = !argument.differentiated;
            if is_excluded {
                quote!(#want: #krate::rt::Excluded)
            } else {
                quote!(#want: #krate::rt::Want)
            }
        });
        let (lifetimes, others): (Vec<_>, Vec<_>) =
            self.generics.params.iter().partition(|param| matches!(param, syn::GenericParam::Lifetime(_)));
        let (_, _, where_clause) = self.generics.split_for_impl();
        // The hidden form has two arguments more than the user's function, which lints have agreed to.
        let too_many = (self.arguments().len() > 5).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let (primal, primal_type) = (own("primal"), self.free_name("__Primal"));
        let want_tuple = tuple(&wants.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        quote! {
            #[doc(hidden)]
            #[inline]
            #too_many
            #vis fn residual_vjp<#(#lifetimes,)* #(#others,)* #primal_type: #for_any ::core::ops::Fn(#(#types),*) -> #result, #(#bounds),*>(
                #primal: #primal_type, #(#parameters,)* _: #want_tuple
            ) -> (#result, impl #for_any ::core::ops::FnOnce(#(#types,)* &#result, #cotangent) -> #gradients) #where_clause {
                #items
                #krate::rt::assert_same(&#primal, &#function);
                #forward
                (#value, move |#again| { #sweep })
            }
        }
    }

    /// The parameters of the pullback, and its body.
    fn pullback_body(
        &self,
        writer: &mut Writer,
        residual: &Derivative,
        places: &super::layout::Places,
    ) -> (TokenStream, TokenStream) {
        let (forward, reverse) = (&residual.forward, &residual.reverse);
        // A gradient that stayed zero is made from the argument itself, where its type is not known otherwise.
        let differentiated = self.source.signature.differentiated().map(|(position, _)| forward.params[position]);
        let is_zero = |v: &Value| writer.float.is_some() && matches!(writer.layout.definition(*v), Some(Op::Literal(_)));
        let zeros: Vec<_> = differentiated
            .zip(&reverse.results)
            .filter(|(_, gradient)| is_zero(gradient))
            .map(|(argument, _)| argument)
            .collect();
        let again: Vec<_> = self
            .arguments()
            .iter()
            .zip(&forward.params)
            .map(
                |(argument, value)| {
                    if reads(reverse, *value) || zeros.contains(value) {
                        argument.name.to_token_stream()
                    } else {
                        quote!(_)
                    }
                },
            )
            .collect();
        let result = forward.results[0];
        let result =
            match (self.reads_result() && !forward.params.contains(&result), self.source.signature.result_kind.is_scalar()) {
                (false, _) => quote!(_),
                (true, is_scalar) => {
                    let name = writer.name(result);
                    if is_scalar {
                        quote!(&#name)
                    } else {
                        quote!(#name)
                    }
                }
            };
        let cotangent = writer.pattern(reverse.params[0]);
        let sweep = writer.block(reverse, places);
        let mut gradients = reverse.results.iter();
        let wants = self.want_parameters();
        let results = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            if !argument.differentiated {
                return quote!(());
            }
            let value = self.gradient(writer, *gradients.next().expect("one gradient an argument"), argument);
            quote!(#want::when(|| #value))
        });
        let results = tuple(&results.collect::<Vec<_>>());
        (quote!(#(#again,)* #result, #cotangent), quote!(#sweep #results))
    }
}

fn reads(block: &Block, value: Value) -> bool {
    let mut found = false;
    block.reads(&mut |v| found |= v == value);
    found
}

/// A name of the macro's own, which no name of the user's can be.
fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The name of an argument in a companion of the macro's own.
fn own_name(argument: &Argument, position: usize) -> Ident {
    let name = argument.name.unraw().to_string();
    let name = match name.trim_start_matches('_') {
        "" => format!("argument_{position}"),
        digits if digits.starts_with(|c: char| c.is_ascii_digit()) => format!("argument_{digits}"),
        name => name.to_owned(),
    };
    let span = argument.name.span().resolved_at(Span::mixed_site());
    syn::parse_str::<Ident>(&name).map_or_else(|_| Ident::new_raw(&name, span), |_| Ident::new(&name, span))
}

fn calls_method(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| {
        let is_method = matches!(&stmt.op, Op::Linearize(call) if matches!(call.callee, Callee::Method(..)));
        is_method || stmt.op.blocks().into_iter().any(calls_method)
    })
}

/// A copy of such an argument can be changed and lent: not a reference to an array that shares its numbers.
fn can_be_changed(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Reference(_) => false,
            elem => !["CowArray", "ArcArray"].iter().any(|shared| starts_with(elem, shared)),
        },
        _ => true,
    }
}

/// `&ArrayView2<f64>`.
fn is_view_reference(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if starts_with(&reference.elem, "ArrayView"))
}

fn starts_with(ty: &Type, prefix: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with(prefix)))
}
