//! Methods of lists that move elements: written as pushes, pops and exchanges.

use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall};

use crate::emit::at;

/// What a method of a list does, as statements; its value is that of the last expression.
pub(super) fn moving_method(e: &ExprMethodCall) -> Option<Expr> {
    let (list, here) = (&e.receiver, at(e.span()));
    let arg = |number: usize| &e.args[number];
    Some(match (e.method.to_string().as_str(), e.args.len()) {
        ("extend", 1) => {
            let items = arg(0);
            syn::parse_quote_spanned!(here=> for item in #items { (#list).push(item); })
        }
        ("extend_from_slice", 1) => {
            let items = arg(0);
            syn::parse_quote_spanned!(here=> for item in (#items).iter() { (#list).push(item.clone()); })
        }
        ("reverse", 0) => syn::parse_quote_spanned!(here=> for i in 0..(#list).len() / 2 {
            let j = (#list).len() - 1 - i;
            (#list).swap(i, j);
        }),
        ("clear", 0) => syn::parse_quote_spanned!(here=> while !(#list).is_empty() { (#list).pop(); }),
        ("truncate", 1) => {
            let length = arg(0);
            syn::parse_quote_spanned!(here=> while (#list).len() > #length { (#list).pop(); })
        }
        ("insert", 2) => {
            let (index, value) = (arg(0), arg(1));
            syn::parse_quote_spanned!(here=> {
                let inserted_at: usize = #index;
                let inserted = #value;
                (#list).push(inserted);
                for i in (inserted_at..(#list).len() - 1).rev() {
                    (#list).swap(i, i + 1);
                }
            })
        }
        ("remove", 1) => {
            let index = arg(0);
            syn::parse_quote_spanned!(here=> {
                let removed_at: usize = #index;
                for i in removed_at..(#list).len() - 1 {
                    (#list).swap(i, i + 1);
                }
                (#list).pop().unwrap()
            })
        }
        ("swap_remove", 1) => {
            let index = arg(0);
            syn::parse_quote_spanned!(here=> {
                let removed_at: usize = #index;
                let last = (#list).len() - 1;
                (#list).swap(removed_at, last);
                (#list).pop().unwrap()
            })
        }
        _ => return None,
    })
}
