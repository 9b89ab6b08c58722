//! `ODYSSEY_EMIT=<dir>`: the generated code, formatted, one file a function, for people to read.

use std::path::{Component, Path, PathBuf};

use proc_macro2::TokenStream;
use quote::format_ident;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{parse_quote, Expr, Token};

/// Writes the companions of a function, if the user asked for it. That nothing can be written is no reason to fail a
/// build: it is reported on standard error.
pub(crate) fn write(name: &str, companions: &TokenStream) {
    let Some(directory) = std::env::var_os("ODYSSEY_EMIT").map(PathBuf::from) else { return };
    // Functions of different crates may share a name, and so may functions of different files.
    let directory = std::env::var_os("CARGO_CRATE_NAME").map_or(directory.clone(), |name| directory.join(name));
    let file = if proc_macro::is_available() { proc_macro::Span::call_site().file() } else { String::new() };
    let directory = directory.join(modules(Path::new(&file)));
    let path = directory.join(format!("{name}.rs"));
    let text = format(companions);
    if let Err(error) = std::fs::create_dir_all(&directory).and_then(|()| std::fs::write(&path, text)) {
        eprintln!("ODYSSEY_EMIT: cannot write {}: {error}", path.display());
    }
}

/// The folder of a source file's functions: `model/loss` for `src/model/loss.rs`, none for the root of a crate.
fn modules(file: &Path) -> PathBuf {
    let is_root = |name: &str| ["src", "tests", "examples", "benches"].contains(&name);
    let parts: Vec<_> =
        file.components().filter_map(|part| if let Component::Normal(name) = part { name.to_str() } else { None }).collect();
    let below = parts.iter().rposition(|part| is_root(part)).map_or(parts.len(), |root| root + 1);
    let mut modules: PathBuf = parts[below..].iter().collect();
    modules.set_extension("");
    if modules.file_name().is_some_and(|name| name == "lib" || name == "main" || name == "mod") {
        modules.pop();
    }
    modules
}

/// Formatted, with the paths of the runtime shortened by a `use`.
pub(crate) fn format(companions: &TokenStream) -> String {
    let text = match syn::parse2::<syn::File>(companions.clone()) {
        Ok(mut file) => {
            MacrosAsCalls.visit_file_mut(&mut file);
            prettyplease::unparse(&file).replace(&format!("{MARK}("), "!(")
        }
        Err(error) => format!("// not Rust: {error}\n{companions}\n"),
    };
    let text = without_inline(&text);
    let text = text
        .replace("::odyssey_runtime::rt::", "rt::")
        .replace("::core::option::Option::", "")
        .replace("::core::ops::", "")
        .replace("::core::clone::Clone,", "Clone,")
        .replace("::core::mem::", "mem::")
        .replace("::core::marker::", "")
        .replace("::std::vec::", "");
    format!("use odyssey_runtime::rt;\n\n{}", text.replace("::odyssey_runtime::", "odyssey_runtime::"))
}

/// Stands for the `!` of a macro while the text is formatted.
const MARK: &str = "__macro";

/// The runtime's macros take what a call takes; written as calls, they are laid out like calls.
struct MacrosAsCalls;

impl VisitMut for MacrosAsCalls {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(mac) = expr {
            let arguments = mac.mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
            if let (Ok(arguments), Some(last)) = (arguments, mac.mac.path.segments.last_mut()) {
                last.ident = format_ident!("{}{MARK}", last.ident);
                let path = &mac.mac.path;
                *expr = parse_quote!(#path(#arguments));
            }
        }
        syn::visit_mut::visit_expr_mut(self, expr);
    }
}

/// Every closure of a kernel is `#[inline(always)]`, and every gradient mentions its function for the sake of rustc's
/// dead-code lint: a reader need not see that each time.
fn without_inline(text: &str) -> String {
    let mut out = String::new();
    let mut indent = None;
    for line in text.lines() {
        if line.trim() == "#[inline(always)]" {
            indent = Some(line.len() - line.trim_start().len());
            continue;
        }
        if line.trim().starts_with("let _ = ") && line.trim().ends_with(';') && !line.contains('(') {
            continue;
        }
        match indent.take() {
            Some(indent) => out.extend([&" ".repeat(indent), line.trim_start()]),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::modules;

    #[test]
    fn a_folder_for_each_source_file() {
        let of = |file: &str| modules(Path::new(file)).to_str().map(str::to_owned);
        for (file, folder) in [
            ("src/lib.rs", ""),
            ("src/model/loss.rs", "model/loss"),
            ("src/app/src/model/mod.rs", "model"),
            ("tests/tests/language/main.rs", "language"),
            ("", ""),
            ("build.rs", ""),
        ] {
            assert_eq!(of(file).as_deref(), Some(folder), "{file}");
        }
    }
}
