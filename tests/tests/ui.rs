//! What the compiler says about programs it refuses. Nothing is built here but checked: what must be accepted is in `crates`.

use std::fs;
use std::path::Path;

/// Cases in which rustc also says something at the attribute, and how often: fewer is better, more is an error.
const AT_THE_ATTRIBUTE: [(&str, usize); 8] = [
    ("excluded_argument", 2),
    ("method_of_another_type", 4),
    ("missing_derive", 4),
    ("mixed_floats", 2),
    ("not_a_function", 2),
    ("shadowed_import", 1),
    ("third_order_over_floats", 1),
    ("wrong_types", 2),
];

#[test]
#[cfg_attr(not(debug_assertions), ignore = "what the compiler says is the same in every profile")]
fn refused() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

/// An error belongs to the expression that is wrong, not to the attribute that found it.
#[test]
fn errors_point_into_the_users_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fail");
    let (mut cases, mut more) = (0, Vec::new());
    for entry in fs::read_dir(folder).expect("the cases") {
        let path = entry.expect("a case").path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            cases += 1;
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
            let known = AT_THE_ATTRIBUTE.iter().find(|(case, _)| *case == name).map_or(0, |(_, count)| *count);
            let source = fs::read_to_string(path.with_extension("rs")).expect("a case has a source");
            let report = fs::read_to_string(&path).expect("the report");
            let found = at_the_attribute(&source, &report);
            if found > known {
                more.push(format!("{name}: {found} errors at the attribute, {known} are known"));
            }
        }
    }
    assert!(more.is_empty(), "{more:#?}");
    assert!(cases >= 20, "{cases} cases");
}

/// How many errors start at `#[differentiable]` itself. One that starts at an option in its parentheses is right there.
fn at_the_attribute(source: &str, report: &str) -> usize {
    let lines: Vec<_> = source.lines().collect();
    let position = |report: &str| {
        let (_, place) = report.split_once("--> ui/fail/")?;
        let mut parts = place.lines().next()?.split(':').skip(1).map(str::parse::<usize>);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    };
    let is_at_the_attribute = |(line, column): (usize, usize)| {
        let text = lines[line - 1].trim_start();
        text.starts_with("#[differentiable") && column <= lines[line - 1].len() - text.len() + 1
    };
    report.split("\nerror").filter_map(position).filter(|place| is_at_the_attribute(*place)).count()
}
