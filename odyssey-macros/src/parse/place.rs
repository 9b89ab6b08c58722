//! Where a function stands: that decides what its companions are called and which generic parameters are in scope.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, ToTokens};
use syn::visit::{self, Visit};
use syn::{FnArg, Generics, Ident, ItemFn, Path, PathArguments, Type};

/// Where a function stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// On its own: the companions are functions of a struct of its name.
    Module,
    /// In an `impl` block: the companions are its siblings, with a suffix.
    Impl,
    /// In the `impl` of a trait whose items the companions are.
    TraitImpl,
    /// In such a trait.
    Trait,
}

/// What stands around a method in an annotated block.
#[derive(Clone, Default)]
pub(crate) struct Surroundings {
    pub(crate) generics: Generics,
    /// The trait whose method it is.
    pub(crate) of_trait: Option<Path>,
    /// The type or trait by its name, and what stands before the block of its companions: `impl Module for Linear`.
    pub(crate) name: String,
    pub(crate) header: TokenStream,
}

impl Place {
    /// The attribute sees the function alone: one with `self`, or that mentions `Self`, is taken for an associated one.
    pub(super) fn of(item: &ItemFn) -> Place {
        let has_receiver = matches!(item.sig.inputs.first(), Some(FnArg::Receiver(_)));
        if has_receiver || mentions(item.to_token_stream(), &format_ident!("Self")) {
            Place::Impl
        } else {
            Place::Module
        }
    }

    /// The function's generics; in an `impl` block with those names of the block's that stand for a float as far as the
    /// function's own text says.
    pub(super) fn scope(self, item: &ItemFn) -> Generics {
        let mut scope = item.sig.generics.clone();
        if self == Place::Impl {
            for name in floats_of_the_block(item) {
                scope.params.push(syn::parse_quote!(#name: Real));
            }
        }
        scope
    }

    /// The name of a companion of `function`: `vjp`, or `forward_vjp`.
    pub(crate) fn companion(self, function: &Ident, name: &str) -> Ident {
        match self {
            Place::Module => Ident::new(name, function.span()),
            _ => format_ident!("{function}_{name}", span = function.span()),
        }
    }

    /// The companions are items of a trait.
    pub(crate) fn is_of_trait(self) -> bool {
        matches!(self, Place::TraitImpl | Place::Trait)
    }
}

impl Surroundings {
    /// The generic parameters that a method's types may mention.
    pub(super) fn scope(&self, item: &ItemFn) -> Generics {
        let mut scope = self.generics.clone();
        scope.params.extend(item.sig.generics.params.iter().cloned());
        let own = item.sig.generics.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned());
        let own: Vec<_> = own.collect();
        if !own.is_empty() {
            scope.make_where_clause().predicates.extend(own);
        }
        scope
    }
}

/// Whether the name is among the tokens.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// `T` where the function is given one by value, returns one, has arrays of them, or writes `T::lit(…)`, and does not
/// declare it itself.
fn floats_of_the_block(item: &ItemFn) -> BTreeSet<Ident> {
    let mut floats = Floats::default();
    floats.visit_signature(&item.sig);
    floats.visit_block(&item.block);
    let declared: Vec<_> = super::generic_names(item);
    let Floats { found, composite, .. } = floats;
    found.into_iter().filter(|name| !declared.contains(name) && !composite.contains(name)).collect()
}

#[derive(Default)]
struct Floats {
    found: BTreeSet<Ident>,
    /// What is taken apart or put together is no float.
    composite: BTreeSet<Ident>,
    /// The types of the arguments, by name.
    arguments: Vec<(Ident, Ident)>,
}

impl Floats {
    fn add(&mut self, ty: &Type) {
        if let Type::Path(path) = ty {
            self.found.extend(path.path.get_ident().filter(|ident| is_parameter(ident)).cloned());
        }
    }
}

impl<'ast> Visit<'ast> for Floats {
    fn visit_fn_arg(&mut self, arg: &'ast FnArg) {
        if let FnArg::Typed(typed) = arg {
            self.add(&typed.ty);
            if let (syn::Pat::Ident(name), Type::Path(ty)) = (&*typed.pat, &*typed.ty) {
                self.arguments.extend(ty.path.get_ident().map(|ty| (name.ident.clone(), ty.clone())));
            }
        }
        visit::visit_fn_arg(self, arg);
    }

    fn visit_return_type(&mut self, output: &'ast syn::ReturnType) {
        if let syn::ReturnType::Type(_, ty) = output {
            self.add(ty);
        }
        visit::visit_return_type(self, output);
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            if segment.ident.to_string().starts_with("Array") {
                if let Some(syn::GenericArgument::Type(elem)) =
                    arguments.args.iter().find(|a| matches!(a, syn::GenericArgument::Type(_)))
                {
                    self.add(elem);
                }
            }
        }
        visit::visit_path_segment(self, segment);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let mut segments = path.path.segments.iter();
        if let (Some(owner), Some(function), None) = (segments.next(), segments.next(), segments.next()) {
            if is_parameter(&owner.ident) && ["lit", "zero", "one", "epsilon"].iter().any(|name| function.ident == name) {
                self.found.insert(owner.ident.clone());
            }
        }
    }

    fn visit_expr_field(&mut self, field: &'ast syn::ExprField) {
        if let syn::Expr::Path(base) = &*field.base {
            let types = self.arguments.iter().filter(|(name, _)| base.path.is_ident(name)).map(|(_, ty)| ty.clone());
            self.composite.extend(types);
        }
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_struct(&mut self, e: &'ast syn::ExprStruct) {
        self.composite.extend(e.path.get_ident().cloned());
        visit::visit_expr_struct(self, e);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(function) = &*call.func {
            self.composite.extend(function.path.get_ident().cloned());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_pat_struct(&mut self, pattern: &'ast syn::PatStruct) {
        self.composite.extend(pattern.path.get_ident().cloned());
        visit::visit_pat_struct(self, pattern);
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        self.composite.extend(pattern.path.get_ident().cloned());
        visit::visit_pat_tuple_struct(self, pattern);
    }
}

/// Spelt like a type parameter: `T`, `F2`; `V3` and `P2` are rather vectors and points.
fn is_parameter(ident: &Ident) -> bool {
    let text = ident.to_string();
    let (letter, digits) = text.split_at(1);
    letter.starts_with(|c: char| c.is_ascii_uppercase())
        && digits.chars().all(|c| c.is_ascii_digit())
        && (digits.is_empty() || ["T", "F"].contains(&letter))
}
