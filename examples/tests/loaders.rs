//! What the loaders say about files that are not what they should be.

use std::error::Error;
use std::fs;
use std::process::Command;

use odyssey_examples::data;
use odyssey_examples::digits::Digits;
use odyssey_examples::regression::{FEATURES, Patients};

/// The lines of the file `name` that comes with the examples.
fn lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(data(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The error of `read` for a file of these lines, without the name of the file.
fn error_of<T>(lines: &[String], read: impl Fn(&std::path::Path) -> Result<T, Box<dyn Error>>) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data.csv");
    fs::write(&path, lines.join("\n")).unwrap();
    let error = read(&path).err().expect("the file is malformed").to_string();
    let location = path.display().to_string();
    error.strip_prefix(&location).expect("the error begins with the file").to_owned()
}

/// The error for `digits.csv` after an edit of its lines.
fn digits_error(edit: impl FnOnce(&mut Vec<String>)) -> String {
    let mut lines = lines("digits.csv");
    edit(&mut lines);
    error_of(&lines, |path| Ok(Digits::read(path)?))
}

#[test]
fn the_data_of_the_examples_are_read() {
    let digits = Digits::read(&data("digits.csv")).unwrap();
    assert_eq!((digits.len(), digits.images.dim()), (1797, (1797, 64)));
    assert_eq!(digits.labels[..4], [0, 1, 2, 3]);
    assert!((digits.images[[0, 2]] - 5.0 / 16.0).abs() < 1e-6);
    assert!(digits.images.iter().all(|ink| (0.0..=1.0).contains(ink)));
    let patients = Patients::read(&data("diabetes.csv")).unwrap();
    assert_eq!(patients.features.dim(), (442, FEATURES.len()));
    assert!((patients.progression[0] - 151.0).abs() < 1e-12);
}

#[test]
fn a_missing_file_is_named() {
    let error = Digits::read("nowhere/digits.csv".as_ref()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read nowhere/digits.csv: "), "{error}");
}

#[test]
fn windows_line_ends_and_spaces_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("digits.csv");
    let text = lines("digits.csv")[..3].join(" \r\n").replace(',', ", ");
    fs::write(&path, text).unwrap();
    assert_eq!(Digits::read(&path).unwrap().labels, [0, 1]);
}

#[test]
fn an_empty_file_lacks_the_names() {
    assert_eq!(digits_error(Vec::clear), ":1:1: the line has 0 of 65 fields");
}

#[test]
fn a_file_without_rows_says_so() {
    let error = digits_error(|lines| lines.truncate(1));
    assert_eq!(error, ":2:1: the file ends here, expected rows of numbers");
}

#[test]
fn another_name_is_found() {
    let error = digits_error(|lines| lines[0] = lines[0].replace("p3,", "q3,"));
    assert_eq!(error, ":1:10: the name of this column is `q3`, expected `p3`");
}

#[test]
fn what_is_no_number_is_found() {
    let error = digits_error(|lines| lines[2] = lines[2].replacen("12", "twelve", 1));
    assert_eq!(error, ":3:7: `p3` is `twelve`, expected an integer from 0 to 16");
}

#[test]
fn columns_are_counted_in_characters() {
    let error = digits_error(|lines| lines[4].replace_range(0..3, " 0\u{2009},é"));
    assert_eq!(error, ":5:5: `p1` is `é`, expected an integer from 0 to 16");
}

#[test]
fn ink_and_digits_out_of_range_are_found() {
    let ink = digits_error(|lines| lines[1].replace_range(0..1, "17"));
    assert_eq!(ink, ":2:1: `p0` is `17`, expected an integer from 0 to 16");
    let digit = digits_error(|lines| lines[1] += ".5");
    assert!(digit.ends_with(": `digit` is `0.5`, expected an integer from 0 to 9"), "{digit}");
}

#[test]
fn lines_that_are_too_short_or_too_long_are_found() {
    let short = digits_error(|lines| lines[3] = "1,2,3".to_owned());
    assert_eq!(short, ":4:7: the line has 3 of 65 fields");
    let long = digits_error(|lines| lines[3] += ",5");
    assert!(long.ends_with(": `5` is one field too many, expected 65"), "{long}");
    let blank = digits_error(|lines| lines.insert(9, String::new()));
    assert_eq!(blank, ":10:1: the line has 0 of 65 fields");
}

#[test]
fn numbers_must_be_finite() {
    for number in ["NaN", "inf", "1e999", "", "1_000"] {
        let mut lines = lines("diabetes.csv");
        let rest = lines[1].split_once(',').unwrap().1.to_owned();
        lines[1] = format!("{number},{rest}");
        let expected = format!(":2:1: `age` is `{number}`, expected a number");
        assert_eq!(error_of(&lines, Patients::read), expected);
    }
}

#[test]
fn a_column_of_equal_numbers_is_found() {
    let lines = &lines("diabetes.csv")[..2];
    assert_eq!(error_of(lines, Patients::read), ": every patient has the same `age`");
}

#[test]
fn programs_report_errors_and_fail() {
    for program in [env!("CARGO_BIN_EXE_digits"), env!("CARGO_BIN_EXE_regression")] {
        let output = Command::new(program).arg("nowhere.csv").output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(error.starts_with("error: cannot read nowhere.csv: "), "{error}");
        let output = Command::new(program).args(["a.csv", "b.csv"]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(error.starts_with("error: unexpected argument `b.csv`\nusage: "), "{error}");
    }
}

#[test]
fn too_few_images_are_reported() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("few.csv");
    fs::write(&path, lines("digits.csv")[..11].join("\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_digits")).arg(&path).output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error, "error: 10 images are too few: 450 are needed to test with\n");
}
