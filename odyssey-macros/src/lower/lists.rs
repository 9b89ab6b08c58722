//! Methods of lists that move elements: written as pushes, pops, exchanges and elements of what was before.

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall};

use super::place::without_parens;
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
        ("append", 1) => {
            let Expr::Reference(other) = arg(0) else { return None };
            let other = &other.expr;
            syn::parse_quote_spanned!(here=> {
                for item in (#other).iter() { (#list).push(item.clone()); }
                while !(#other).is_empty() { (#other).pop(); }
            })
        }
        ("resize", 2) => {
            let (length, value) = (arg(0), arg(1));
            syn::parse_quote_spanned!(here=> {
                let (resized_to, filled): (usize, _) = (#length, #value);
                while (#list).len() > resized_to { (#list).pop(); }
                while (#list).len() < resized_to { (#list).push(filled.clone()); }
            })
        }
        ("rotate_left" | "rotate_right", 1) => rotated(e, here),
        ("retain", 1) => retained(e, here),
        _ => return sorted(e, here),
    })
}

/// A method of this name is one of lists, whatever it is called on.
pub(super) fn is_of_lists(method: &syn::Ident) -> bool {
    method == "retain" || method == "extend_from_slice" || is_sort(method)
}

fn is_sort(method: &syn::Ident) -> bool {
    ["sort_by", "sort_unstable_by", "sort_by_key", "sort_unstable_by_key"].iter().any(|name| method == name)
}

/// The elements, each from so many places behind it, or in front.
fn rotated(e: &ExprMethodCall, here: Span) -> Expr {
    let (list, by) = (&e.receiver, &e.args[0]);
    let back: Expr = if e.method == "rotate_left" {
        syn::parse_quote!((i + by) % before.len())
    } else {
        syn::parse_quote!((i + before.len() - by) % before.len())
    };
    syn::parse_quote_spanned!(here=> {
        let (by, before): (usize, _) = (#by, (#list).to_vec());
        for i in 0..before.len() { (#list)[i] = before[#back].clone(); }
    })
}

/// The elements that a test keeps, in a list of their own.
fn retained(e: &ExprMethodCall, here: Span) -> Expr {
    let (list, test) = (&e.receiver, &e.args[0]);
    syn::parse_quote_spanned!(here=> #list = (#list).iter().cloned().filter(#test).collect::<::std::vec::Vec<_>>())
}

/// Which element comes where is decided without derivatives, and they are written in that order.
fn sorted(e: &ExprMethodCall, here: Span) -> Option<Expr> {
    if !is_sort(&e.method) || e.args.len() != 1 {
        return None;
    }
    let (list, sort, given) = (&e.receiver, &e.method, &e.args[0]);
    let [before, order, i, j] = ["before", "order", "i", "j"].map(|name| format_ident!("__{name}"));
    let compared = if e.method.to_string().ends_with("key") { &[i.clone()][..] } else { &[i.clone(), j][..] };
    let decision: Expr = match without_parens(given) {
        Expr::Closure(closure) if closure.inputs.len() == compared.len() => {
            let (patterns, body) = (closure.inputs.iter(), &closure.body);
            syn::parse_quote_spanned!(here=> { #(let #patterns = &#before[#compared];)* #body })
        }
        Expr::Path(function) => syn::parse_quote_spanned!(here=> #function(#(&#before[#compared]),*)),
        _ => return None,
    };
    Some(syn::parse_quote_spanned!(here=> {
        let #before = (#list).to_vec();
        let mut #order: ::std::vec::Vec<usize> = (0..#before.len()).collect();
        #order.#sort(|#(&#compared),*| #decision);
        for #i in 0..#before.len() { (#list)[#i] = #before[#order[#i]].clone(); }
    }))
}
