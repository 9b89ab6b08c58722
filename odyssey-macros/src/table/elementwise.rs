//! The table of elementwise operations: one row each, and everything else is derived from it.
//!
//! A row reads
//!
//! ```text
//! /// Documentation, for users.
//! name(operand: rule, …; parameter, …) = kernel, on [domain, …];
//! ```
//!
//! `rule` is the cotangent that the operand receives, an expression over the operands, the parameters, the result
//! `y` and its cotangent `dy`; `none` where the derivative is zero everywhere. `kernel` is the Rust expression that
//! computes one element, and the one that generated code shows; `domain` is where the gradient test draws each
//! operand from. A rule may call any row by its name and nothing else: the table is closed under differentiation,
//! or does not compile.

#![allow(clippy::elidable_lifetime_names, reason = "functions of one operand and of several are written by the same lines")]

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_10, LN_2, PI};

use std::sync::OnceLock;

use super::rule::{Parameter, Recorder, Term, Val};

/// One row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Lines of documentation, for users.
    pub(crate) docs: &'static [&'static str],
    pub(crate) operands: &'static [&'static str],
    pub(crate) parameters: &'static [&'static str],
    /// The scalar kernel, as tokens over the names of operands and parameters.
    pub(crate) kernel: &'static str,
    rules: for<'r> fn(&[Val<'r>], Val<'r>, Val<'r>) -> Vec<Option<usize>>,
}

impl Row {
    /// Serves derivatives alone: users have no such function.
    pub(crate) fn is_internal(&self) -> bool {
        ["sgn", "powi_slope", "polygamma", "if_gt", "if_ge", "if_eq"].contains(&self.name)
    }

    /// The places, among operands and parameters, of the arguments of the kernel's function.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = usize> + '_ {
        let names = self.operands.iter().chain(self.parameters);
        let start = self.kernel.find('(').expect("the kernel is a call");
        let arguments = self.kernel[start..].trim_matches(['(', ')']).split(',');
        arguments.map(move |argument| names.clone().position(|name| *name == argument.trim()).expect("an operand of the row"))
    }

    /// Is computed by a function, not by operators.
    pub(crate) fn is_function(&self) -> bool {
        self.kernel.starts_with("math")
    }

    /// Can be called as a method.
    pub(crate) fn is_method(&self) -> bool {
        !self.is_internal() && !["neg", "add", "sub", "mul", "div", "rem"].contains(&self.name)
    }
}

/// An elementwise operation: a position in the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Elementwise(u16);

impl std::fmt::Debug for Elementwise {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.row().name)
    }
}

/// A derivative rule: terms in order of evaluation, and for each operand the term of its cotangent.
pub(crate) struct Rule {
    pub(crate) terms: Vec<Term>,
    pub(crate) cotangents: Vec<Option<usize>>,
}

impl Elementwise {
    /// All of them, in the table's order.
    pub(crate) fn all() -> impl Iterator<Item = Elementwise> {
        (0u16..).take(ROWS.len()).map(Elementwise)
    }

    /// The operation of that name, if the table has it.
    pub(crate) fn find(name: &str) -> Option<Elementwise> {
        static BY_NAME: OnceLock<Vec<Elementwise>> = OnceLock::new();
        let by_name = BY_NAME.get_or_init(|| {
            let mut all: Vec<_> = Elementwise::all().collect();
            all.sort_by_key(|op| op.row().name);
            all
        });
        by_name.binary_search_by_key(&name, |op| op.row().name).ok().map(|i| by_name[i])
    }

    /// The operation of that name, which the compiler itself uses.
    pub(crate) fn named(name: &str) -> Elementwise {
        Elementwise::find(name).unwrap_or_else(|| panic!("no elementwise operation `{name}`"))
    }

    pub(crate) fn row(self) -> &'static Row {
        &ROWS[usize::from(self.0)]
    }

    pub(crate) fn is(self, name: &str) -> bool {
        self.row().name == name
    }

    /// The cotangents of the operands, as a program over them.
    pub(crate) fn rule(self) -> Rule {
        let recorder = Recorder::default();
        let cotangents = {
            let operands: Vec<_> = (0..self.row().operands.len()).map(|i| recorder.record(Term::Operand(i))).collect();
            let y = recorder.record(Term::Result);
            let dy = recorder.record(Term::Cotangent);
            (self.row().rules)(&operands, y, dy)
        };
        Rule { terms: recorder.into_terms(), cotangents }
    }

    /// Whether computing it again costs no more than reading it back from memory would.
    pub(crate) fn is_cheap(self) -> bool {
        const CHEAP: [&str; 15] = [
            "neg", "add", "sub", "mul", "pow2", "abs", "sgn", "min", "max", "mul_add", "relu", "clamp", "if_gt", "if_ge", "if_eq",
        ];
        CHEAP.contains(&self.row().name)
    }
}

/// `none` in a rule: the derivative is zero everywhere.
const NONE: Option<Val<'static>> = None;

macro_rules! cotangent {
    (none) => {
        NONE.map(|v| v.term)
    };
    ($($rule:tt)+) => {
        Some(($($rule)+).term)
    };
}

macro_rules! table {
    ($y:ident, $dy:ident; $(
        $(#[doc = $doc:literal])*
        $name:ident($($operand:ident: {$($rule:tt)+}),+ $(; $($parameter:ident),+)?) = {$($kernel:tt)+}, on [$($domain:expr),+];
    )*) => {
        static ROWS: &[Row] = &[$(
            Row {
                name: stringify!($name),
                docs: &[$($doc),*],
                operands: &[$(stringify!($operand)),+],
                parameters: &[$($(stringify!($parameter)),+)?],
                kernel: stringify!($($kernel)+),
                rules: |operands, $y, $dy| {
                    let _ = ($y, $dy);
                    table!(@bind operands; $($operand),+);
                    $(table!(@parameters 0; $($parameter),+);)?
                    vec![$(cotangent!($($rule)+)),+]
                },
            },
        )*];

        /// The rows as tokens, for the crates that derive functions, documentation and tests from them.
        pub(crate) const TOKENS: &str = concat!($(
            concat!($("#[doc = \"", $doc, "\"] ",)*),
            stringify!($name($($operand),+ $(; $($parameter),+)?) = {$($kernel)+}, on [$($domain),+];), "\n",
        )*);

        $(table!(@function $name($($operand),+) $($($parameter),+)?);)*
    };
    (@bind $operands:ident; $($operand:ident),+) => {
        #[allow(unused_variables, reason = "not every rule reads every operand")]
        let [$($operand),+] = <[Val<'_>; table!(@count $($operand)+)]>::try_from($operands).expect("as many values as operands");
    };
    (@parameters $index:literal; $parameter:ident) => {
        let $parameter = Parameter::Same { index: $index, plus: 0 };
    };
    (@parameters $index:literal; $first:ident, $second:ident) => {
        let $first = Parameter::Same { index: 0, plus: 0 };
        let $second = Parameter::Same { index: 1, plus: 0 };
    };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + table!(@count $($tail)*) };
    (@function $name:ident($($operand:ident),+)) => {
        #[allow(dead_code, reason = "rules use some rows, users all of them")]
        fn $name<'r>($($operand: Val<'r>),+) -> Val<'r> {
            Val::apply(Elementwise::named(stringify!($name)), &[$($operand),+], &[])
        }
    };
    (@function $name:ident($($operand:ident),+) $($parameter:ident),+) => {
        #[allow(dead_code, reason = "rules use some rows, users all of them")]
        fn $name<'r>($($operand: Val<'r>),+, $($parameter: Parameter),+) -> Val<'r> {
            Val::apply(Elementwise::named(stringify!($name)), &[$($operand),+], &[$($parameter),+])
        }
    };
}

impl Parameter {
    fn next(self) -> Parameter {
        match self {
            Parameter::Same { index, plus } => Parameter::Same { index, plus: plus + 1 },
            Parameter::Integer(n) => Parameter::Integer(n + 1),
        }
    }
}

/// `SELU`'s scale and the product of its scale and its alpha (Klambauer et al. 2017).
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_SCALE_ALPHA: f64 = 1.758_099_340_847_376_8;
/// `1 / sqrt(2 π)`, the height of the standard normal density.
const NORMAL_PEAK: f64 = 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
/// `sqrt(2 / π)` and the cubic coefficient of the tanh form of GELU (Hendrycks and Gimpel 2016).
const GELU_SCALE: f64 = FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
const GELU_CUBIC: f64 = 0.044_715;

include!("elementwise_rows.rs");
