//! What a derivative panics with, in every mode.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::Path;
use std::sync::Once;

use ndarray::Array1;

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// A panic.
struct Seen {
    file: String,
    line: u32,
    column: u32,
    message: String,
}

/// What `f` panics with.
fn panic_of(f: impl FnOnce()) -> Seen {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        set_hook(Box::new(|info| {
            let at = info.location().expect("a place");
            let message = info.payload_as_str().unwrap_or_default().to_owned();
            SEEN.set(Some(Seen { file: at.file().to_owned(), line: at.line(), column: at.column(), message }));
        }));
    });
    catch_unwind(AssertUnwindSafe(f)).expect_err("it panics");
    SEEN.take().expect("the hook has run")
}

/// The panic stands in the expression, and its message has the parts.
#[track_caller]
pub(crate) fn blames(mode: &str, expression: &str, parts: &[&str], f: impl FnOnce()) {
    let Seen { file, line, column, message } = panic_of(f);
    let says = format!("{mode}: {file}:{line}:{column}: {message}");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let text = std::fs::read_to_string(workspace.join(&file)).unwrap_or_else(|_| panic!("{says}"));
    let text = text.lines().nth(line as usize - 1).expect("a line");
    let mut places = text.match_indices(expression);
    assert!(places.any(|(start, _)| (start + 1..=start + expression.len()).contains(&(column as usize))), "{says}");
    parts.iter().for_each(|part| assert!(message.contains(part), "{says} lacks {part}"));
}

macro_rules! all_modes {
    ($f:ident($($arg:expr),*) along ($($tangent:expr),*), $expression:literal, $($part:literal),*) => {{
        let parts: &[&str] = &[$($part),*];
        $crate::support::blames("value_and_grad", $expression, parts, || { let _ = $f::value_and_grad($($arg),*); });
        $crate::support::blames("grad", $expression, parts, || { let _ = $f::grad($($arg),*); });
        $crate::support::blames("into", $expression, parts, || {
            let mut gradient = Default::default();
            let _ = $f::value_and_grad_into(&mut Workspace::default(), &mut gradient, $($arg),*);
        });
        $crate::support::blames("accumulate", $expression, parts, || {
            let mut gradient = Default::default();
            let _ = $f::accumulate_grad_into(&mut Workspace::default(), &mut gradient, $($arg),*);
        });
        $crate::support::blames("vjp", $expression, parts, || { let _ = $f::vjp($($arg),*); });
        $crate::support::blames("jvp", $expression, parts, || { let _ = $f::jvp($($arg),*, $($tangent),*); });
        $crate::support::blames("hvp", $expression, parts, || { let _ = $f::hvp($($arg),*, $($tangent),*); });
    }};
}

macro_rules! in_every_mode {
    ($($name:ident: $f:ident($($arg:expr),*) along ($($tangent:expr),*), $expression:literal, $($part:literal),*;)*) => {$(
        #[test]
        fn $name() {
            all_modes!($f($($arg),*) along ($($tangent),*), $expression, $($part),*);
        }
    )*};
}

pub(crate) fn ones(n: usize) -> Array1<f64> {
    Array1::ones(n)
}
