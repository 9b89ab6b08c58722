//! What a differentiated value is put into must be a variable that the compiler follows: behind a `Mutex`, a `RefCell` or a
//! `&mut` from elsewhere it could be read again where the derivative does not see it.

use std::rc::Rc;

use syn::{Expr, Ident};

use super::bindings::Variable;
use super::place::without_parens;
use super::Lowerer;
use crate::ir::{Kind, Op, Verbatim};

/// Methods that give access to what is shared.
const GUARDS: [&str; 6] = ["lock", "try_lock", "borrow_mut", "try_borrow_mut", "write", "try_write"];

/// The error for a differentiated value that is put into one of these.
pub(super) fn shared(what: &str) -> String {
    format!("a differentiated value {what} has no derivative: it can change where the compiler does not see it\nhelp: use a `mut` variable, or `detach` the value")
}

/// `x.lock().unwrap()`, `x.borrow_mut()`: which of the methods that give access it is.
pub(super) fn guard(expr: &Expr) -> Option<&Ident> {
    match without_parens(expr) {
        Expr::MethodCall(e) if GUARDS.iter().any(|name| e.method == name) => Some(&e.method),
        Expr::MethodCall(e) => guard(&e.receiver),
        Expr::Unary(e) => guard(&e.expr),
        Expr::Field(e) => guard(&e.base),
        Expr::Index(e) => guard(&e.expr),
        Expr::Reference(e) => guard(&e.expr),
        _ => None,
    }
}

impl Lowerer {
    /// A differentiated value is put into a variable that was passive so far.
    pub(super) fn check_followed(&mut self, root: Variable) {
        let (first, now) = (self.bindings.declared(root), self.bindings.value(root));
        if *self.kind(first) != Kind::Unknown || self.blocks[0].params.contains(&first) {
            return;
        }
        let span = self.bindings.name(root).span();
        match self.definitions.get(&first) {
            Some(Op::Verbatim(verbatim)) if is_owned(&verbatim.expr) => return,
            Some(Op::Verbatim(verbatim)) => {
                if let Some(method) = guard(&verbatim.expr) {
                    let text = shared(&format!("behind `{method}`"));
                    return self.diagnostics.error_at(span, text);
                }
            }
            None => {}
            Some(_) => return,
        }
        // The text does not say what it is; rustc knows.
        let krate = &self.krate;
        let name = Ident::new("place", span.resolved_at(proc_macro2::Span::call_site()));
        let function = crate::emit::locate(quote::quote!(#krate::rt::followed), span);
        let verbatim =
            Verbatim { expr: syn::parse_quote_spanned!(span=> #function(&#name)), inputs: vec![(name, now)], is_pure: false };
        self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Unknown, false, span);
    }
}

/// A value of its own, by its text.
fn is_owned(expr: &Expr) -> bool {
    match without_parens(expr) {
        Expr::Struct(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Repeat(_) | Expr::Lit(_) | Expr::Macro(_) => true,
        Expr::MethodCall(e) => ["clone", "to_owned", "to_vec", "collect"].iter().any(|name| e.method == name),
        _ => false,
    }
}
