//! Methods of the standard library's lists and options that are not differentiated. They are known by name, since an inherent method comes
//! before any of the user's: otherwise, they would be taken for annotated ones.

use syn::ExprMethodCall;

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::Kind;

const OF_LISTS: [(&str, &str); 11] = [
    ("dedup", "push what differs from the last element onto another list"),
    ("dedup_by", "push what differs from the last element onto another list"),
    ("dedup_by_key", "push what differs from the last element onto another list"),
    ("drain", "copy the part with `x[a..b].to_vec()`, and `remove` or `truncate` what is left"),
    ("extract_if", "collect with `filter`, and `retain` the rest"),
    ("fill_with", "assign to the elements in a loop"),
    ("copy_within", "assign to the elements in a loop"),
    ("splice", "build another list with `push` and `extend`"),
    ("split_off", "copy the part with `x[k..].to_vec()`, and `truncate(k)`"),
    ("select_nth_unstable_by", "sort a copy with `sort_by`"),
    ("sort_by_cached_key", "write `sort_by_key`"),
];

const OF_OPTIONS: [(&str, &str); 7] = [
    ("get_or_insert", "match on it, and assign to the variable"),
    ("get_or_insert_with", "match on it, and assign to the variable"),
    ("inspect", "match on it"),
    ("insert", "assign `Some(…)` to the variable"),
    ("take_if", "match on it, and assign `None` to the variable"),
    ("unzip", "match on it"),
    ("xor", "match on both"),
];

impl Lowerer {
    /// Why a call of a method is refused, if it is one of these.
    pub(super) fn unknown_method(&mut self, e: &ExprMethodCall) -> Option<String> {
        let name = e.method.to_string();
        let way_out =
            |table: &[(&str, &'static str)]| table.iter().find(|(known, _)| *known == name).map(|(_, way_out)| *way_out);
        let (of_list, of_option) = (way_out(&OF_LISTS), way_out(&OF_OPTIONS));
        if of_list.is_none() && of_option.is_none() {
            return None;
        }
        let (way_out, whose) = match self.kind_of(&e.receiver) {
            Kind::Sequence(_) => (of_list?, "a list"),
            Kind::Optional(_) => (of_option?, "an `Option`"),
            _ => return None,
        };
        Some(not_yet(&format!("the method `{name}` of {whose} with differentiated values is"), way_out))
    }
}
