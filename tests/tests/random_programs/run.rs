//! Writes programs into a crate, builds it, runs it, and reads what came out for each.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::ast::Program;
use crate::print::{Copy, Fault, case, functions};

/// What came out for a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Agrees,
    /// No numbers were found at which differences say something.
    Unsuitable,
    /// Even the plain copy does not compile: the generator's own fault.
    Malformed(String),
    /// The annotated copy does not compile; the errors.
    Refused(String),
    /// A value or a gradient is wrong, or one of the companions panics.
    Wrong(String),
}

impl Verdict {
    pub(crate) fn is_failure(&self) -> bool {
        !matches!(self, Verdict::Agrees | Verdict::Unsuitable)
    }

    /// Failures of one kind have one cause, most of the time: what minimising holds on to.
    pub(crate) fn kind(&self) -> String {
        let (kind, text) = match self {
            Verdict::Agrees => ("agrees", ""),
            Verdict::Unsuitable => ("unsuitable", ""),
            Verdict::Malformed(_) => ("malformed", ""),
            Verdict::Refused(text) => ("refused", text.split(['`', '\n']).next().unwrap_or_default()),
            Verdict::Wrong(text) => ("wrong", text.split([':', ' ']).next().unwrap_or_default()),
        };
        format!("{kind} {text}")
    }
}

/// The crate that programs are written into.
pub(crate) struct Runner {
    name: &'static str,
    fault: Option<Fault>,
}

impl Runner {
    /// A crate of that name; tests that run side by side have one each.
    pub(crate) fn new(name: &'static str, fault: Option<Fault>) -> Runner {
        Runner { name, fault }
    }

    /// What comes out for each of the programs.
    pub(crate) fn run(&self, programs: &[Program]) -> Vec<Verdict> {
        let mut verdicts: BTreeMap<usize, Verdict> = BTreeMap::new();
        // What does not compile is left out, so that the others are run.
        loop {
            let rest: Vec<usize> = (0..programs.len()).filter(|i| !verdicts.contains_key(i)).collect();
            let errors = self.compile("build", programs, &rest);
            if errors.is_empty() {
                break;
            }
            verdicts.extend(errors);
        }
        verdicts.extend(self.execute());
        (0..programs.len()).map(|i| verdicts.remove(&i).expect("a verdict for each program")).collect()
    }

    /// Which of the programs do not compile: quicker than running them, and not all of them at once.
    pub(crate) fn check(&self, programs: &[Program]) -> BTreeMap<usize, Verdict> {
        let all: Vec<usize> = (0..programs.len()).collect();
        self.compile("check", programs, &all)
    }

    fn compile(&self, command: &str, programs: &[Program], numbers: &[usize]) -> BTreeMap<usize, Verdict> {
        self.write(programs, numbers);
        let built = self.cargo(command);
        let report = String::from_utf8_lossy(&built.stderr);
        let errors = errors(&report);
        assert!(built.status.success() || !errors.is_empty(), "the crate of the programs does not build:\n{report}");
        errors
    }

    fn execute(&self) -> BTreeMap<usize, Verdict> {
        let output = self.cargo("run");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "the programs did not run to the end:\n{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let lines = text.lines().map(|line| line.split_once(' ').expect("a name and a verdict"));
        lines.map(|(name, verdict)| (number(name).expect("a program's name"), read(verdict))).collect()
    }

    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.name)
    }

    fn write(&self, programs: &[Program], numbers: &[usize]) {
        let source = self.folder().join("src");
        if source.exists() {
            fs::remove_dir_all(&source).expect("an old crate can be removed");
        }
        let put = |path: PathBuf, text: &str| {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the crate");
            fs::write(path, text).expect("the crate can be written");
        };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        put(self.folder().join("Cargo.toml"), &self.manifest(workspace));
        // The versions of the workspace, so that nothing has to be downloaded.
        fs::copy(workspace.join("Cargo.lock"), self.folder().join("Cargo.lock")).expect("the workspace's Cargo.lock");
        put(source.join("harness.rs"), include_str!("crate_under_test/harness.rs"));
        let mut main = "#![allow(warnings)]\n\nmod harness;\n".to_owned();
        let mut list = String::new();
        for number in numbers {
            let (name, program) = (format!("p{number:04}"), &programs[*number]);
            let folder = source.join(&name);
            put(folder.join("mod.rs"), &case(program));
            put(folder.join("plain.rs"), &functions(program, Copy::Plain, None));
            put(folder.join("annotated.rs"), &functions(program, Copy::Annotated, self.fault));
            writeln!(main, "mod {name};").expect("strings take everything");
            writeln!(list, "        (\"{name}\", {name}::CASE),").expect("strings take everything");
        }
        write!(main, "\nfn main() {{\n    harness::run(&[\n{list}    ]);\n}}\n").expect("strings take everything");
        put(source.join("main.rs"), &main);
    }

    fn manifest(&self, workspace: &Path) -> String {
        format!(
            "[package]
name = \"{0}\"
version = \"0.0.0\"
edition = \"2024\"
publish = false

[dependencies]
odyssey-runtime = {{ path = {1:?} }}
ndarray = \"0.17\"

# As in the workspace, so that dependencies are those that it has built.
[profile.dev]
debug = \"line-tables-only\"

[profile.dev.package.{0}]
debug = false

[workspace]
",
            self.name,
            workspace.join("odyssey-runtime").display().to_string()
        )
    }

    fn cargo(&self, command: &str) -> Output {
        // Programs are built as this test is.
        let profile: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
        Command::new(env!("CARGO"))
            .args([command, "--offline", "--quiet", "--message-format", "short", "--target-dir"])
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the workspace's target folder"))
            .args(profile)
            .current_dir(self.folder())
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .expect("cargo runs")
    }
}

/// The errors of a short report, `src/p0012/annotated.rs:7:3: error[E0308]: …`, by program.
fn errors(report: &str) -> BTreeMap<usize, Verdict> {
    let mut errors: BTreeMap<usize, Verdict> = BTreeMap::new();
    for line in report.lines().filter(|line| line.contains(": error")) {
        let mut path = line.split(['/', ':']).skip(1);
        let (Some(program), Some(file)) = (path.next().and_then(number), path.next()) else { continue };
        let text = line.split_once(": error").map_or(line, |(_, text)| text);
        if file == "plain.rs" {
            errors.insert(program, Verdict::Malformed(text.to_owned()));
        } else {
            errors.entry(program).or_insert_with(|| Verdict::Refused(text.to_owned()));
        }
    }
    errors
}

/// `12` for `p0012`.
fn number(name: &str) -> Option<usize> {
    name.strip_prefix('p')?.parse().ok()
}

fn read(verdict: &str) -> Verdict {
    match verdict {
        "ok" => Verdict::Agrees,
        "unsuitable" => Verdict::Unsuitable,
        text => Verdict::Wrong(text.to_owned()),
    }
}
