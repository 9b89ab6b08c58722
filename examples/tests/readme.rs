//! The README shows what the compiler writes. Its programs are run as documentation tests of this crate.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap()
}

/// Its first `value_and_grad`, without the white space, in which formatters differ.
fn value_and_grad(text: &str) -> String {
    let start = text.find("fn value_and_grad(").expect("the function is there");
    let end = start + text[start..].find("(sum / nrows, (d_w, d_b))").expect("its result is there");
    text[start..end].split_whitespace().collect()
}

#[test]
fn the_expansion_in_the_readme_is_the_golden_one() {
    let golden = value_and_grad(&read("odyssey-macros/golden/loss.expanded.rs"));
    assert_eq!(value_and_grad(&read("README.md")), golden);
}
