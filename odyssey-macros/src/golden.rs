//! Expansions under review: `golden/<name>.rs` is a function, `golden/<name>.expanded.rs` what the compiler makes of it
//! and `golden/<name>.ir` what the passes see. `BLESS=1 cargo test -p odyssey-macros golden` writes them anew; the
//! difference is for a reviewer to read. The functions themselves are compiled and checked in `tests/tests/golden.rs`.

use std::path::Path;

use crate::ir::print::print;
use crate::{activity, checkpoint, expansion, lower, parse, pipeline, reverse};

fn source(text: &str) -> parse::Source {
    let mut function: syn::ItemFn = syn::parse_str(text).expect("a golden function is Rust");
    let position = function.attrs.iter().position(|attribute| attribute.path().is_ident("differentiable"));
    let attribute = function.attrs.remove(position.expect("a golden function is annotated"));
    let options = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
    let mut source = parse::parse(options, function).expect("a golden function has no errors");
    source.options.is_twice = false;
    source
}

fn compare(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).expect("golden files can be written");
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(golden == text, "{} differs from what the compiler writes:\n{text}", path.display());
}

/// Companions of second order have a file of their own.
fn check_twice(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let text = std::fs::read_to_string(folder.join(format!("{name}.rs"))).expect("a golden function");
    let mut source = source(&text);
    source.options.is_twice = true;
    let companions = pipeline::compile(&source).expect("a golden function has no errors");
    compare(&folder.join(format!("{name}.twice.rs")), &expansion::format(&companions));
}

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let text = std::fs::read_to_string(folder.join(format!("{name}.rs"))).expect("a golden function");
    let source = source(&text);
    let companions = pipeline::compile(&source).expect("a golden function has no errors");
    compare(&folder.join(format!("{name}.expanded.rs")), &expansion::format(&companions));
    let mut primal = lower::lower(&source).expect("a golden function has no errors");
    activity::analyse(&mut primal);
    checkpoint::divide(&mut primal, &[], &source.options.krate);
    let derivative = reverse::differentiate(&primal);
    let (forward, sweep) = (print(&derivative.values, &derivative.forward), print(&derivative.values, &derivative.reverse));
    compare(&folder.join(format!("{name}.ir")), &format!("forward {forward}\nreverse {sweep}"));
}

macro_rules! golden {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

golden!(scalar chain loss energy recurrence branch layer network settle diffuse checkpoint swing);

#[test]
fn twice() {
    check_twice("scalar");
    check_twice("recurrence");
    check_twice("valley");
}

#[test]
fn the_same_input_gives_the_same_output() {
    let text = "#[differentiable] fn f(a: &Array2<f64>, b: &Array2<f64>, k: f64) -> f64 { let t = a.dot(b) * k; let u = (&t + a).exp(); (&u * &t).sum() + u.dot(b).sum() }";
    let once = expansion::format(&pipeline::compile(&source(text)).expect("compiles"));
    for _ in 0..5 {
        assert_eq!(once, expansion::format(&pipeline::compile(&source(text)).expect("compiles")));
    }
}

/// A function of a hundred lines; the bound is generous, since the compiler runs unoptimised here and on busy machines.
#[test]
fn a_long_function_expands_quickly() {
    let scalars = |i| format!("let y = (y * k + {i}.0).tanh() * x[{}];", i % 7);
    expands_quickly("x: &[f64], k: f64", "k", 100, scalars, "y");
    // Each value twice: whoever follows all paths through this does not end.
    expands_quickly("x: &Array2<f64>, k: &Array1<f64>", "x + k", 60, |_| "let y = &y * &y + &y;".into(), "y.sum()");
    // More operands than a pass takes, and a cotangent that is summed at each step.
    let broadcast = |_| "let y = &y * k + &y / (1.0 + k * k);".into();
    expands_quickly("x: &Array2<f64>, k: &Array1<f64>", "x + k", 25, broadcast, "y.sum()");
    let sums = |_| "let y = &y * k + (&y * &y).sum() * &y;".into();
    expands_quickly("x: &Array2<f64>, k: &Array1<f64>", "x + k", 25, sums, "y.sum()");
}

fn expands_quickly(arguments: &str, first: &str, lines: usize, line: impl Fn(usize) -> String, last: &str) {
    let body: Vec<_> = (0..lines).map(line).collect();
    let body = body.join("\n");
    let source = source(&format!("#[differentiable] fn long({arguments}) -> f64 {{ let y = {first};\n{body} {last} }}"));
    let start = std::time::Instant::now();
    let companions = pipeline::compile(&source).expect("compiles");
    assert!(!companions.is_empty());
    assert!(start.elapsed().as_secs_f64() < 10.0, "not for {lines} times `{line}`", line = body.lines().next().unwrap_or(""));
}
