//! `#[checkpoint]`: on a loop, or on a block or call, whose values the reverse pass computes again instead of keeping them.

use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprBlock, Ident, Meta, Stmt, Token};

use super::jump::Jumps;
use super::sugar::attributes_of;
use super::Lowerer;
use crate::diagnostics::{not_yet, Diagnostics};
use crate::ir::{Checkpoints, Op, Value};
use crate::parse::{is_checkpoint, WithoutCheckpoints};

/// What the attribute says.
enum Setting {
    Root,
    Every(Expr),
    Slots(Expr),
}

impl Parse for Setting {
    fn parse(input: ParseStream) -> syn::Result<Setting> {
        let option: Ident = input.parse()?;
        let setting = match option.to_string().as_str() {
            "every" => Setting::Every,
            "slots" => Setting::Slots,
            other => {
                let text = format!("`checkpoint` has no option `{other}`\nhelp: its options are `every = k` and `slots = s`");
                return Err(syn::Error::new(option.span(), text));
            }
        };
        input.parse::<Token![=]>()?;
        let number: Expr = input.parse()?;
        let literal = match &number {
            Expr::Lit(lit) => match &lit.lit {
                syn::Lit::Int(int) => Some(int.base10_parse::<usize>()?),
                _ => return Err(syn::Error::new(number.span(), format!("`{option}` is a number of type `usize`"))),
            },
            _ => None,
        };
        if literal == Some(0) {
            return Err(syn::Error::new(number.span(), format!("`{option}` is at least 1")));
        }
        Ok(setting(number))
    }
}

fn setting(attribute: &Attribute) -> syn::Result<Setting> {
    match &attribute.meta {
        Meta::Path(_) => Ok(Setting::Root),
        Meta::List(list) => list.parse_args(),
        Meta::NameValue(_) => Err(syn::Error::new(
            attribute.span(),
            "write `#[checkpoint]`, `#[checkpoint(every = k)]` or `#[checkpoint(slots = s)]`",
        )),
    }
}

/// A call with the attribute as a block with it, `#[checkpoint] let y = f(x);` as `let y = #[checkpoint] { f(x) };`: what is
/// left are loops and blocks.
pub(super) fn written_as_block(stmt: &mut Stmt) {
    if let Stmt::Local(local) = stmt {
        if let Some(init) = local.init.as_mut().filter(|init| takes_attribute(&init.expr)) {
            if let Some(attributes) = attributes_of(&mut init.expr) {
                attributes.extend(local.attrs.extract_if(.., |attribute| is_checkpoint(attribute)));
            }
        }
    }
}

fn takes_attribute(expr: &Expr) -> bool {
    matches!(expr, Expr::Block(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Loop(_))
}

/// The same for an expression.
pub(super) fn call_as_block(expr: &mut Expr) {
    if !matches!(expr, Expr::Call(_) | Expr::MethodCall(_)) {
        return;
    }
    let Some(attributes) = attributes_of(expr) else { return };
    let own: Vec<_> = attributes.extract_if(.., |attribute| is_checkpoint(attribute)).collect();
    if !own.is_empty() {
        *expr = syn::parse_quote!(#(#own)* { #expr });
    }
}

/// Reports attributes that stand where they cannot, and what they say wrong; whether there are any.
pub(super) fn check(body: &syn::Block, diagnostics: &mut Diagnostics) -> bool {
    let mut check = Check { diagnostics, found: false };
    check.visit_block(body);
    check.found
}

struct Check<'d> {
    diagnostics: &'d mut Diagnostics,
    found: bool,
}

impl Check<'_> {
    fn own(&mut self, expr: &Expr, attribute: &Attribute) {
        self.found = true;
        let is_block = matches!(expr, Expr::Block(_));
        match setting(attribute) {
            Err(error) => self.diagnostics.error_at(error.span(), error.to_string()),
            Ok(Setting::Every(_) | Setting::Slots(_)) if is_block => {
                let text = "there is nothing to divide in a block or a call: `every` and `slots` are options on a loop";
                self.diagnostics.error(attribute, text);
            }
            Ok(_) if is_block && !Jumps::of(expr).is_none() => {
                let text =
                    not_yet("a jump out of a checkpointed block is", "let the block have a value that says where to go on");
                self.diagnostics.error(attribute, text);
            }
            Ok(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for Check<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let attributes = match expr {
            Expr::Block(e) => &e.attrs[..],
            Expr::ForLoop(e) => &e.attrs[..],
            Expr::Loop(e) => &e.attrs[..],
            Expr::While(e) => &e.attrs[..],
            _ => &[],
        };
        let own: Vec<_> = attributes.iter().filter(|attribute| is_checkpoint(attribute)).collect();
        if let [_, second, ..] = own[..] {
            self.diagnostics.error(second, "`checkpoint` is said twice");
        }
        own.first().into_iter().for_each(|attribute| self.own(expr, attribute));
        visit::visit_expr(self, expr);
    }

    fn visit_expr_block(&mut self, e: &'ast ExprBlock) {
        self.visit_block(&e.block);
    }

    fn visit_expr_for_loop(&mut self, e: &'ast syn::ExprForLoop) {
        self.visit_expr(&e.expr);
        self.visit_block(&e.body);
    }

    fn visit_expr_loop(&mut self, e: &'ast syn::ExprLoop) {
        self.visit_block(&e.body);
    }

    fn visit_expr_while(&mut self, e: &'ast syn::ExprWhile) {
        self.visit_expr(&e.cond);
        self.visit_block(&e.body);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if is_checkpoint(attribute) {
            let text = "`#[checkpoint]` stands on a loop, a block or a call\nhelp: put what is to be computed again into a block";
            self.diagnostics.error(attribute, text);
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Lowerer {
    /// What the attributes of a loop say of checkpoints.
    pub(super) fn checkpoints(&mut self, attributes: &[Attribute]) -> Option<Checkpoints> {
        let attribute = attributes.iter().find(|attribute| is_checkpoint(attribute))?;
        Some(match setting(attribute).ok()? {
            Setting::Root => Checkpoints::Root,
            Setting::Every(size) => Checkpoints::Every(self.verbatim(&size)),
            Setting::Slots(count) => Checkpoints::Slots(self.verbatim(&count)),
        })
    }

    /// Passive code without the attribute, if there may be one in it; checkpointed code must give the same again.
    pub(super) fn as_it_runs(&mut self, expr: &Expr) -> Option<Expr> {
        if self.checkpointed > 0 {
            self.refuse_unrepeatable(expr);
        }
        self.has_checkpoints.then(|| {
            let mut expr = expr.clone();
            WithoutCheckpoints.visit_expr_mut(&mut expr);
            expr
        })
    }

    /// What is behind a `&mut` of the caller's is not there any more when the code runs again.
    pub(super) fn refuse_changed_arguments(&mut self, changed: &[Value]) {
        if let Some(changed) = changed.iter().find(|v| self.kind(**v).is_exclusive()) {
            let text = not_yet(
                "changing what is behind a `&mut` argument in checkpointed code is",
                "change a copy of it, and assign that behind the checkpointed code",
            );
            self.diagnostics.error_at(self.values[*changed].span, text);
        }
    }

    /// A block that runs again in the reverse pass; its value.
    pub(super) fn scope(&mut self, e: &ExprBlock) -> Option<Value> {
        self.checkpointed += 1;
        let arm = self.arm(|lowerer| match &e.label {
            Some(_) => lowerer.labelled_block(e),
            None => lowerer.block(&e.block),
        });
        self.checkpointed -= 1;
        let changed: Vec<_> = arm.changed_values().collect();
        self.refuse_changed_arguments(&changed);
        self.join(vec![arm], e.span(), |mut blocks| Op::Scope(blocks.pop().expect("one block")))
    }
}

/// The block stands under the attribute.
pub(super) fn is_scope(e: &ExprBlock) -> bool {
    e.attrs.iter().any(is_checkpoint)
}
