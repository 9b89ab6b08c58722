//! Files of comma-separated numbers under a line of names.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use ndarray::Array2;

/// One column of a table: its name, and the numbers that belong there.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    integers: Option<RangeInclusive<u8>>,
}

impl Column {
    /// A column of finite numbers.
    pub fn real(name: impl Into<String>) -> Self {
        Self { name: name.into(), integers: None }
    }

    /// A column of integers in `range`.
    pub fn integer(name: impl Into<String>, range: RangeInclusive<u8>) -> Self {
        Self { name: name.into(), integers: Some(range) }
    }

    fn parse(&self, field: &str) -> Result<f64, String> {
        let text = field.trim();
        let (accepted, expected) = match &self.integers {
            None => {
                let number = text.parse().ok().filter(|x: &f64| x.is_finite());
                (number, "a number".to_owned())
            }
            Some(range) => {
                let number = text.parse().ok().filter(|n| range.contains(n));
                let expected = format!("an integer from {} to {}", range.start(), range.end());
                (number.map(f64::from), expected)
            }
        };
        accepted.ok_or_else(|| format!("`{}` is `{field}`, expected {expected}", self.name))
    }
}

/// Why a table could not be read.
#[derive(Debug)]
pub enum TableError {
    /// The file cannot be opened, or is not text.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is not such a table.
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The character in the line, from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, source } => {
                write!(f, "cannot read {}: {source}", path.display())
            }
            Self::Malformed { path, line, column, problem } => write!(f, "{}:{line}:{column}: {problem}", path.display()),
        }
    }
}

impl Error for TableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::Malformed { .. } => None,
        }
    }
}

/// Reads the numbers of a table with exactly these columns and at least one row.
///
/// # Errors
/// The file cannot be read, or is not such a table: then the error says where and what.
pub fn read(path: &Path, columns: &[Column]) -> Result<Array2<f64>, TableError> {
    let text = fs::read_to_string(path).map_err(|source| TableError::Unreadable { path: path.to_owned(), source })?;
    parse(&text, columns).map_err(|fault| TableError::Malformed {
        path: path.to_owned(),
        line: fault.line,
        column: fault.column,
        problem: fault.problem,
    })
}

struct Fault {
    line: usize,
    column: usize,
    problem: String,
}

fn parse(text: &str, columns: &[Column]) -> Result<Array2<f64>, Fault> {
    let mut lines = (1..).zip(text.lines());
    let (line, names) = lines.next().unwrap_or((1, ""));
    fields(line, names, columns, |field, column| {
        let is_named = field.trim() == column.name;
        is_named.then_some(()).ok_or_else(|| {
            let name = &column.name;
            format!("the name of this column is `{field}`, expected `{name}`")
        })
    })?;
    let mut values = Vec::new();
    for (line, row) in lines {
        values.extend(fields(line, row, columns, |field, column| column.parse(field))?);
    }
    let rows = values.len() / columns.len();
    if rows == 0 {
        return Err(Fault { line: 2, column: 1, problem: "the file ends here, expected rows of numbers".to_owned() });
    }
    Ok(Array2::from_shape_vec((rows, columns.len()), values).expect("every row is complete"))
}

/// The fields of one line, each as `read` reads it for its column.
fn fields<R>(
    line: usize,
    text: &str,
    columns: &[Column],
    read: impl Fn(&str, &Column) -> Result<R, String>,
) -> Result<Vec<R>, Fault> {
    let mut position = 1;
    let mut all = Vec::with_capacity(columns.len());
    let mut rest = text.split(',');
    for (n, column) in columns.iter().enumerate() {
        let fault = |problem| Fault { line, column: position, problem };
        let missing = || format!("the line has {n} of {} fields", columns.len());
        let field = rest.next().filter(|_| !text.is_empty());
        let field = field.ok_or_else(missing).map_err(fault)?;
        all.push(read(field, column).map_err(fault)?);
        position += field.chars().count() + 1;
    }
    match rest.next() {
        None => Ok(all),
        Some(extra) => {
            Err(Fault { line, column: position, problem: format!("`{extra}` is one field too many, expected {}", columns.len()) })
        }
    }
}
