//! What does not fit panics at the user's expression, and says which one that is and both shapes, in every mode.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

use ndarray::{Array1, Array2, Axis, s};
use odyssey_runtime::losses::mse_loss;
use odyssey_runtime::prelude::*;

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
fn blames(mode: &str, expression: &str, parts: &[&str], f: impl FnOnce()) {
    let Seen { file, line, column, message } = panic_of(f);
    let says = format!("{mode}: {file}:{line}:{column}: {message}");
    assert!(file.ends_with("shape_errors.rs"), "{says}");
    let text = include_str!("shape_errors.rs").lines().nth(line as usize - 1).expect("a line");
    let mut places = text.match_indices(expression);
    assert!(places.any(|(start, _)| (start + 1..=start + expression.len()).contains(&(column as usize))), "{says}");
    parts.iter().for_each(|part| assert!(message.contains(part), "{says} lacks {part}"));
}

macro_rules! all_modes {
    ($f:ident($($arg:expr),*) along ($($tangent:expr),*), $expression:literal, $($part:literal),*) => {{
        let parts: &[&str] = &[$($part),*];
        blames("value_and_grad", $expression, parts, || { let _ = $f::value_and_grad($($arg),*); });
        blames("grad", $expression, parts, || { let _ = $f::grad($($arg),*); });
        blames("into", $expression, parts, || {
            let mut gradient = Default::default();
            let _ = $f::value_and_grad_into(&mut Workspace::default(), &mut gradient, $($arg),*);
        });
        blames("accumulate", $expression, parts, || {
            let mut gradient = Default::default();
            let _ = $f::accumulate_grad_into(&mut Workspace::default(), &mut gradient, $($arg),*);
        });
        blames("vjp", $expression, parts, || { let _ = $f::vjp($($arg),*); });
        blames("jvp", $expression, parts, || { let _ = $f::jvp($($arg),*, $($tangent),*); });
        blames("hvp", $expression, parts, || { let _ = $f::hvp($($arg),*, $($tangent),*); });
    }};
}

#[differentiable(wrt(w))]
fn product_of(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let h = x.dot(w);
    h.dot(&h)
}

#[differentiable(wrt(w))]
fn sum_of(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let h = w * 2.0;
    let k = &h + x;
    k.sum()
}

#[differentiable(wrt(w))]
fn fused(w: &Array1<f64>, x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let h = (w * x).tanh();
    let k = h.exp() - y;
    (&k * &k).sum()
}

#[differentiable(wrt(w))]
fn along_axis(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let s = h.sum_axis(Axis(1));
    s.sum()
}

#[differentiable(wrt(w))]
fn over_axes(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let h = x * w;
    let s = sum_keep(&h, [Axis(1), Axis(1)]);
    s.sum()
}

#[differentiable(wrt(w))]
fn softmaxed(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let s = h.softmax(Axis(2));
    s.sum()
}

#[differentiable(wrt(w))]
fn element(w: &Array1<f64>) -> f64 {
    let h = w * w;
    h[5] * 2.0
}

#[differentiable(wrt(w))]
fn sliced(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.slice(s![1..7]);
    t.sum()
}

#[differentiable(wrt(w))]
fn row(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let h = x * w;
    let t = h.row(4);
    t.sum()
}

#[differentiable(wrt(w))]
fn gathered(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.select(Axis(0), &[1, 4]);
    t.sum()
}

#[differentiable(wrt(w))]
fn looked_up(w: &Array2<f64>) -> f64 {
    let h = w * w;
    let t = h.embedding(&[0, 7]);
    t.sum()
}

#[differentiable(wrt(w))]
fn scattered(w: &Array1<f64>, ids: &[usize], x: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.scatter_add(Axis(0), ids, x);
    t.sum()
}

#[differentiable(wrt(w))]
fn reshaped(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.to_shape((2, 3)).unwrap();
    t.sum()
}

#[differentiable(wrt(w))]
fn inner(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    w.dot(x)
}

#[differentiable(wrt(w))]
fn called(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let h = w * w;
    inner(&h, x)
}

#[differentiable(wrt(w))]
fn lossy(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let h = w * w;
    mse_loss(&h, x)
}

#[differentiable(wrt(w))]
fn joined(w: &Array2<f64>, x: &Array2<f64>) -> f64 {
    let h = w * w;
    let k = x * 2.0;
    let t = ndarray::concatenate![Axis(0), h, k];
    t.sum()
}

#[differentiable(wrt(w))]
fn added(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    let mut row = h.row_mut(1);
    row += &(w * 2.0);
    h.sum() + x.sum()
}

#[differentiable(wrt(w))]
fn assigned(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let mut h = x * 2.0;
    let k = w * w;
    h.row_mut(1).assign(&k);
    h.sum()
}

/// A gradient is added to one of another shape.
#[differentiable]
fn squares(w: &Array1<f64>) -> f64 {
    (w * w).sum()
}

macro_rules! operations {
    ($($name:ident: $f:ident($($arg:expr),*) along ($($tangent:expr),*), $expression:literal, $($part:literal),*;)*) => {$(
        #[test]
        fn $name() {
            all_modes!($f($($arg),*) along ($($tangent),*), $expression, $($part),*);
        }
    )*};
}

fn ones(n: usize) -> Array1<f64> {
    Array1::ones(n)
}

operations! {
    contraction: product_of(&ones(2), &Array2::ones((3, 5))) along (ones(2)), "x.dot(w)", "[3, 5] and [2] do not contract in x.dot(w) at ";
    operator: sum_of(&ones(2), &ones(3)) along (ones(2)), "&h + x", "[2] and [3] do not broadcast in &h + x at ";
    first_of_a_pass: fused(&ones(2), &ones(3), &ones(3)) along (ones(2)), "w * x", "[2] and [3] do not broadcast in w * x at ";
    last_of_a_pass: fused(&ones(2), &ones(2), &ones(3)) along (ones(2)), "h.exp() - y", "[2] and [3] do not broadcast in h.exp() - y at ";
    reduction: along_axis(&ones(2)) along (ones(2)), "h.sum_axis(Axis(1))", "[2]", "in h.sum_axis(Axis(1)) at ";
    axes: over_axes(&ones(2), &Array2::ones((3, 2))) along (ones(2)), "sum_keep(&h, [Axis(1), Axis(1)])", "axis 1 is given twice", "in sum_keep(&h, [Axis(1), Axis(1)]) at ";
    axis: softmaxed(&ones(2)) along (ones(2)), "h.softmax(Axis(2))", "[2]", "in h.softmax(Axis(2)) at ";
    index: element(&ones(2)) along (ones(2)), "h[5]", "5", "[2]";
    slice: sliced(&ones(2)) along (ones(2)), "h.slice(s![1..7])", "[2]", "in h.slice(s![1..7]) at ";
    row_of_a_matrix: row(&ones(2), &Array2::ones((3, 2))) along (ones(2)), "h.row(4)", "[3, 2]", "in h.row(4) at ";
    selection: gathered(&ones(3)) along (ones(3)), "h.select(Axis(0), &[1, 4])", "index 4", "[3]", "in h.select(Axis(0), &[1, 4]) at ";
    row_of_a_table: looked_up(&Array2::ones((3, 2))) along (Array2::ones((3, 2))), "h.embedding(&[0, 7])", "row 7", "[3, 2]", "in h.embedding(&[0, 7]) at ";
    scattered_outside: scattered(&ones(3), &[0, 5], &ones(2)) along (ones(3)), "h.scatter_add(Axis(0), ids, x)", "index 5", "[3]", "in h.scatter_add(Axis(0), ids, x) at ";
    scattered_slices: scattered(&ones(3), &[0, 1], &ones(4)) along (ones(3)), "h.scatter_add(Axis(0), ids, x)", "[4]", "2 slices", "[3]", "in h.scatter_add(Axis(0), ids, x) at ";
    new_shape: reshaped(&ones(2)) along (ones(2)), "h.to_shape((2, 3))", "[2]", "[2, 3]", "in h.to_shape((2, 3)) at ";
    inside_of_a_call: called(&ones(2), &ones(3)) along (ones(2)), "w.dot(x)", "[2] and [3]", "in w.dot(x) at ";
    loss: lossy(&ones(2), &ones(3)) along (ones(2)), "mse_loss(&h, x)", "[2]", "[3]", "in mse_loss(&h, x) at ";
    compound_assignment: added(&ones(3), &ones(2)) along (ones(3)), "row += &(w * 2.0)", "[2] and [3]", "in row += &(w * 2.0) at ";
    assignment: assigned(&ones(3), &Array2::ones((3, 2))) along (ones(3)), "h.row_mut(1).assign(&k)", "[2] and [3]", "in h.row_mut(1).assign(&k) at ";
    parts: joined(&Array2::ones((1, 2)), &Array2::ones((3, 5))) along (Array2::ones((1, 2))), "ndarray::concatenate![Axis(0), h, k]", "[1, 2]", "[3, 5]", "in ndarray::concatenate![Axis(0), h, k] at ";
}

#[test]
fn a_gradient_of_another_shape_is_the_callers_fault() {
    let (mut workspace, mut gradient) = (Workspace::default(), ones(3));
    let call = "squares::accumulate_grad_into(&mut workspace, &mut gradient, &ones(2))";
    blames("accumulate", call, &["[3]", "[2]"], || {
        let _ = squares::accumulate_grad_into(&mut workspace, &mut gradient, &ones(2));
    });
}
