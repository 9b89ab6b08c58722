//! Runs programs and compares their gradients with central differences. Part of the crate that is written for them;
//! it knows nothing of the runtime's own gradient check.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ndarray::{Array1, Array2};

/// A program: its arguments are numbers in a row, and so are its results.
pub struct Case {
    /// Whether the gradient has each of the numbers.
    pub wanted: &'static [bool],
    pub results: usize,
    /// The copy without annotations, which writes down its tests.
    pub plain: fn(&[f64]) -> Vec<f64>,
    /// The annotated function itself.
    pub annotated: fn(&[f64]) -> Vec<f64>,
    /// `value_and_grad`.
    pub fused: Option<fn(&[f64]) -> (Vec<f64>, Vec<f64>)>,
    /// `vjp` with a cotangent.
    pub vjp: fn(&[f64], &[f64]) -> (Vec<f64>, Vec<f64>),
    /// `jvp` along a direction, which has the numbers that the gradient has.
    pub jvp: fn(&[f64], &[f64]) -> (Vec<f64>, Vec<f64>),
    /// The rows of the `jacobian`, which have the numbers that the gradient has.
    pub jacobian: Option<fn(&[f64]) -> Vec<Vec<f64>>>,
    /// The rows of the `hessian`, and the `hvp` along a direction.
    pub hessian: Option<fn(&[f64], &[f64]) -> (Vec<Vec<f64>>, Vec<f64>)>,
}

/// The rows of the Jacobians for several arguments, one beside the other.
pub trait Rows {
    fn rows(self) -> Vec<Vec<f64>>;
}

impl Rows for Array2<f64> {
    fn rows(self) -> Vec<Vec<f64>> {
        self.outer_iter().map(|row| row.to_vec()).collect()
    }
}

macro_rules! rows_of_tuples {
    ($($name:ident)*) => {
        impl<A: Rows, $($name: Rows),*> Rows for (A, $($name,)*) {
            #[allow(non_snake_case)]
            fn rows(self) -> Vec<Vec<f64>> {
                let (first, $($name,)*) = self;
                let mut rows = first.rows();
                $(rows.iter_mut().zip($name.rows()).for_each(|(row, more)| row.extend(more));)*
                rows
            }
        }
    };
}
rows_of_tuples!(B);
rows_of_tuples!(B C);
rows_of_tuples!(B C D);
rows_of_tuples!(B C D E);

pub fn rows(jacobians: impl Rows) -> Vec<Vec<f64>> {
    jacobians.rows()
}

thread_local! {
    /// How the tests came out, in order.
    static TRAIL: RefCell<Vec<bool>> = const { RefCell::new(Vec::new()) };
}

/// Writes down how a test came out.
pub fn watch(outcome: bool) -> bool {
    TRAIL.with_borrow_mut(|trail| trail.push(outcome));
    outcome
}

/// Functions that bend where a test comes out otherwise.
pub mod bend {
    pub fn max(a: f64, b: f64) -> f64 {
        super::watch(a > b);
        a.max(b)
    }

    pub fn min(a: f64, b: f64) -> f64 {
        super::watch(a < b);
        a.min(b)
    }

    pub fn abs(a: f64) -> f64 {
        super::watch(a > 0.0);
        a.abs()
    }
}

/// Numbers that are taken one after the other.
pub struct Numbers<'x>(std::slice::Iter<'x, f64>);

impl<'x> Numbers<'x> {
    pub fn of(numbers: &'x [f64]) -> Self {
        Self(numbers.iter())
    }

    pub fn scalar(&mut self) -> f64 {
        *self.0.next().expect("as many numbers as the type has")
    }

    pub fn list(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.scalar()).collect()
    }

    pub fn vector(&mut self, n: usize) -> Array1<f64> {
        Array1::from(self.list(n))
    }

    pub fn matrix(&mut self, rows: usize, columns: usize) -> Array2<f64> {
        Array2::from_shape_vec((rows, columns), self.list(rows * columns)).expect("as many numbers")
    }
}

/// Values and tangents as numbers in a row.
pub trait Flat {
    fn append(&self, out: &mut Vec<f64>);
}

pub fn flat(value: &impl Flat) -> Vec<f64> {
    let mut out = Vec::new();
    value.append(&mut out);
    out
}

impl Flat for f64 {
    fn append(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}

impl<D: ndarray::Dimension> Flat for ndarray::Array<f64, D> {
    fn append(&self, out: &mut Vec<f64>) {
        out.extend(self.iter());
    }
}

impl Flat for Vec<f64> {
    fn append(&self, out: &mut Vec<f64>) {
        out.extend(self);
    }
}

macro_rules! flat_tuple {
    ($($name:ident)*) => {
        impl<$($name: Flat),*> Flat for ($($name,)*) {
            #[allow(non_snake_case)]
            fn append(&self, out: &mut Vec<f64>) {
                let ($($name,)*) = self;
                $($name.append(out);)*
            }
        }
    };
}
flat_tuple!(A B);
flat_tuple!(A B C);
flat_tuple!(A B C D);
flat_tuple!(A B C D E);

/// Runs the programs, and prints a line for each: its name and what came out.
pub fn run(cases: &[(&str, Case)]) {
    std::panic::set_hook(Box::new(|_| {}));
    for (name, case) in cases {
        let verdict = catch_unwind(AssertUnwindSafe(|| verdict(case))).unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
            format!("panic {}", text.unwrap_or("without a message").replace('\n', " "))
        });
        println!("{name} {verdict}");
    }
}

/// How often numbers are drawn until differences say something.
const DRAWS: u64 = 40;

fn verdict(case: &Case) -> String {
    for draw in 0..DRAWS {
        let mut random = Random(draw);
        let x: Vec<f64> = case.wanted.iter().map(|_| random.number()).collect();
        let cotangent: Vec<f64> = (0..case.results).map(|_| random.number()).collect();
        if let Some(expected) = Expected::at(case, x, cotangent) {
            return expected.compare(case).err().unwrap_or_else(|| "ok".to_owned());
        }
    }
    "unsuitable".to_owned()
}

/// `splitmix64`.
struct Random(u64);

impl Random {
    /// Between 0.2 and 1.2 in size.
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let size = 0.2 + (bits >> 11) as f64 / (1u64 << 53) as f64;
        if bits % 3 == 0 { -size } else { size }
    }
}

/// Values and derivatives of the plain copy.
struct Expected {
    x: Vec<f64>,
    cotangent: Vec<f64>,
    value: Vec<f64>,
    derivatives: Vec<f64>,
}

impl Expected {
    /// Nothing where numbers are not finite or large, where a difference reaches over a bend, or where differences of two
    /// widths disagree: there they say nothing about a gradient.
    fn at(case: &Case, x: Vec<f64>, cotangent: Vec<f64>) -> Option<Self> {
        let (value, trail) = watched(case, &x);
        if !value.iter().all(|v| v.abs() < 1e3) {
            return None;
        }
        let mut derivatives = Vec::new();
        for i in (0..x.len()).filter(|i| case.wanted[*i]) {
            let at = |step: f64| {
                let mut moved = x.clone();
                moved[i] += step;
                let (value, moved_trail) = watched(case, &moved);
                (moved_trail == trail).then(|| dot(&value, &cotangent))
            };
            let (wide, narrow) = (difference(2e-3, at)?, difference(1e-3, at)?);
            // The narrow one is sixteen times as good.
            if !((wide - narrow).abs() <= tolerance(wide, narrow)) {
                return None;
            }
            derivatives.push(narrow);
        }
        Some(Self { x, cotangent, value, derivatives })
    }

    fn compare(&self, case: &Case) -> Result<(), String> {
        self.compare_value("the annotated function", &(case.annotated)(&self.x))?;
        let (value, gradient) = (case.vjp)(&self.x, &self.cotangent);
        self.compare_value("vjp", &value)?;
        self.compare_gradient("vjp", &gradient, 1.0)?;
        if let Some(fused) = case.fused {
            let (value, gradient) = fused(&self.x);
            self.compare_value("value_and_grad", &value)?;
            self.compare_gradient("value_and_grad", &gradient, 1.0 / self.cotangent[0])?;
        }
        if let Some(jacobian) = case.jacobian {
            let rows = jacobian(&self.x);
            let columns = 0..self.derivatives.len();
            let column = |k: usize| rows.iter().map(|row| row[k]).collect::<Vec<_>>();
            let gradient: Vec<_> = columns.map(|k| dot(&column(k), &self.cotangent)).collect();
            self.compare_gradient("jacobian", &gradient, 1.0)?;
        }
        if let Some(hessian) = case.hessian {
            self.compare_hessian(case, hessian)?;
        }
        self.compare_tangent(case)
    }

    /// The Hessian times a direction is the `hvp`, and a central difference of gradients, where these say something.
    fn compare_hessian(&self, case: &Case, hessian: fn(&[f64], &[f64]) -> (Vec<Vec<f64>>, Vec<f64>)) -> Result<(), String> {
        let direction = self.direction();
        let (rows, hvp) = hessian(&self.x, &direction);
        let products: Vec<f64> = rows.iter().map(|row| dot(row, &direction)).collect();
        let size = |row: &[f64]| row.iter().zip(&direction).map(|(a, b)| (a * b).abs()).sum::<f64>();
        let is_close = |(i, row): (usize, &Vec<f64>)| (products[i] - hvp[i]).abs() <= 1e-10 * size(row) + 1e-12;
        if rows.len() != hvp.len() || !rows.iter().enumerate().all(is_close) {
            return Err(format!("gradient of hessian: {products:?} along {direction:?}, of hvp: {hvp:?}, at {:?}", self.x));
        }
        let (_, trail) = watched(case, &self.x);
        for (i, second) in hvp.iter().enumerate() {
            let at = |step: f64| {
                let mut moved = self.x.clone();
                let wanted = moved.iter_mut().zip(case.wanted).filter(|(_, is_wanted)| **is_wanted);
                wanted.zip(&direction).for_each(|((x, _), d)| *x += step * d);
                let (_, moved_trail) = watched(case, &moved);
                (moved_trail == trail).then(|| (case.vjp)(&moved, &[1.0]).1[i])
            };
            let (Some(wide), Some(narrow)) = (difference(2e-3, at), difference(1e-3, at)) else { return Ok(()) };
            let says_something = (wide - narrow).abs() <= tolerance(wide, narrow);
            if says_something && !((second - narrow).abs() <= tolerance(*second, narrow)) {
                return Err(format!("gradient of hvp: {hvp:?} along {direction:?}, by differences: {narrow} at {i}, at {:?}", self.x));
            }
        }
        Ok(())
    }

    /// A direction without a pattern.
    fn direction(&self) -> Vec<f64> {
        (0..self.derivatives.len()).map(|i| (0.3 + 1.7 * i as f64).cos()).collect()
    }

    /// What the tangent along a direction has in common with the cotangent is what the gradient has in
    /// common with the direction.
    fn compare_tangent(&self, case: &Case) -> Result<(), String> {
        let direction = self.direction();
        let (value, tangent) = (case.jvp)(&self.x, &direction);
        self.compare_value("jvp", &value)?;
        let (slope, expected) = (dot(&tangent, &self.cotangent), dot(&self.derivatives, &direction));
        let size: f64 = self.derivatives.iter().zip(&direction).map(|(a, b)| (a * b).abs()).sum();
        if tangent.len() == value.len() && (slope - expected).abs() <= 1e-6 * size + 1e-9 * (1.0 + direction.len() as f64) {
            return Ok(());
        }
        Err(format!("gradient of jvp: {slope} along {direction:?}, by differences: {expected}, at {:?}", self.x))
    }

    fn compare_value(&self, of: &str, value: &[f64]) -> Result<(), String> {
        let is_close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12 * b.abs().max(1.0);
        if value.len() == self.value.len() && value.iter().zip(&self.value).all(is_close) {
            return Ok(());
        }
        Err(format!("value of {of}: {value:?}, of the plain function: {:?}", self.value))
    }

    fn compare_gradient(&self, of: &str, gradient: &[f64], scale: f64) -> Result<(), String> {
        let expected: Vec<f64> = self.derivatives.iter().map(|d| d * scale).collect();
        // `<=` on finite numbers: nothing agrees with NaN.
        let is_close = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance(*a, *b);
        if gradient.len() == expected.len() && gradient.iter().zip(&expected).all(is_close) {
            return Ok(());
        }
        Err(format!("gradient of {of}: {gradient:?}, by differences: {expected:?}, at {:?}", self.x))
    }
}

/// A relative error of 1e-6, beside what rounding makes of differences of numbers of about 1.
fn tolerance(a: f64, b: f64) -> f64 {
    1e-6 * a.abs().max(b.abs()) + 1e-9
}

/// A central difference of the fourth order.
fn difference(step: f64, at: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    let near = at(step)? - at(-step)?;
    let far = at(2.0 * step)? - at(-2.0 * step)?;
    Some((8.0 * near - far) / (12.0 * step))
}

fn watched(case: &Case, x: &[f64]) -> (Vec<f64>, Vec<bool>) {
    TRAIL.with_borrow_mut(Vec::clear);
    let value = (case.plain)(x);
    (value, TRAIL.take())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
