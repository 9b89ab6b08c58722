//! What a loop carries: structs, lists, options, tuples; calls that change it; loops in loops.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Debug, Differentiable)]
struct Cell {
    h: Array1<f64>,
    c: Array1<f64>,
}

#[derive(Clone, Debug, Differentiable)]
struct Lstm {
    w: Array2<f64>,
    u: Array2<f64>,
    b: Array1<f64>,
}

#[differentiable]
impl Lstm {
    fn step(&self, cell: &Cell, x: &Array1<f64>) -> Cell {
        let n = cell.h.len();
        let z = self.w.dot(x) + self.u.dot(&cell.h) + &self.b;
        let i = z.slice(s![..n]).sigmoid();
        let f = z.slice(s![n..2 * n]).sigmoid();
        let o = z.slice(s![2 * n..3 * n]).sigmoid();
        let g = z.slice(s![3 * n..]).tanh();
        let c = f * &cell.c + i * g;
        Cell { h: o * c.tanh(), c }
    }
}

/// A struct, by a method.
macro_rules! sequence {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn sequence(lstm: &Lstm, xs: &[Array1<f64>]) -> f64 {
            let n = lstm.b.len() / 4;
            let mut cell = Cell { h: Array1::zeros(n), c: Array1::zeros(n) };
            let mut loss = 0.0;
            $($checkpoint)*
            for x in xs {
                cell = lstm.step(&cell, x);
                loss += (&cell.h * &cell.h).sum();
            }
            loss
        }
    };
}

#[derive(Clone, Debug, Differentiable)]
struct Body {
    at: [f64; 2],
    speed: [f64; 2],
    #[differentiable(skip)]
    steps: usize,
}

#[differentiable]
impl Body {
    fn advance(&mut self, time: f64) {
        for k in 0..2 {
            self.speed[k] -= time * self.at[k].sin();
            self.at[k] += time * self.speed[k];
        }
        self.steps += 1;
    }
}

/// A struct that a method changes, and a list that grows.
macro_rules! orbit {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn orbit(start: &Body, time: f64, steps: usize) -> f64 {
            let mut body = start.clone();
            let mut trace = Vec::new();
            $($checkpoint)*
            for k in 0..steps {
                body.advance(time);
                if k % 2 == 0 {
                    trace.push(body.at[0] * body.at[1]);
                }
            }
            let mut sum = body.speed[1];
            for (k, p) in trace.iter().enumerate() {
                sum += p * (k + 1) as f64;
            }
            sum
        }
    };
}

/// An option and a tuple; fields changed in place.
macro_rules! running {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn running(x: &[f64], decay: f64) -> f64 {
            let mut last: Option<f64> = None;
            let mut sums = (0.0, 1.0);
            $($checkpoint)*
            for v in x {
                if let Some(before) = last {
                    sums.0 += (v - before) * decay;
                    sums.1 *= 1.0 + 0.1 * before * v;
                }
                last = if *v > -0.5 { Some(v * decay) } else { None };
            }
            sums.0 * sums.1 + last.unwrap_or(0.3)
        }
    };
}

/// Arrays that are changed in place, in a loop in a loop with checkpoints of its own.
macro_rules! grid {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn grid(field: &Array2<f64>, k: f64, steps: usize) -> f64 {
            let mut u = field.clone();
            let mut total = 0.0;
            $($checkpoint)*
            for t in 0..steps {
                $($checkpoint)*
                for i in 1..u.nrows() {
                    for j in 0..u.ncols() {
                        u[[i, j]] = u[[i, j]] * 0.5 + (k * u[[i - 1, j]]).sin() * (t + 1) as f64;
                    }
                    u.row_mut(0).mapv_inplace(|v| v * 0.99);
                    total = total * 0.9 + u[[i, 0]] * u[[0, 1]];
                }
                let scaled = u.dot(&u.t()).tanh();
                total += scaled.sum();
            }
            total + u.sum()
        }
    };
}

/// Generic, in single precision, with a passive state and a condition.
macro_rules! schedule {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn schedule<T: Real>(x: &[T], rate: T) -> T {
            let mut y = T::one();
            let mut step = 1;
            let mut seen = Vec::new();
            $($checkpoint)*
            for (i, v) in x.iter().enumerate() {
                if i % 3 == step % 3 {
                    step += 2;
                    seen.push(i);
                }
                y = (y * rate + *v * T::lit(step as f64 * 0.1)).tanh() + T::lit(seen.len() as f64 * 0.01) * y;
            }
            y
        }
    };
}

/// A loop with checkpoints in a loop and a branch without.
macro_rules! rounds {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn rounds(x: &Array1<f64>, k: f64, steps: usize) -> f64 {
            let mut y = x.clone();
            for round in 0..3 {
                let scale = k * (round + 1) as f64;
                if round != 1 {
                    $($checkpoint)*
                    for i in 0..steps {
                        y[i % 3] = (y.sum() * scale).sin();
                        y = &y * 0.9 + x;
                    }
                }
                y = y.tanh();
            }
            if steps > 1 {
                $($checkpoint)*
                for _ in 0..steps {
                    y = (&y * k).exp() - &y;
                }
            }
            y.sum()
        }
    };
}

checkpointed!(sequence, orbit, running, grid, schedule, rounds);

/// In an annotated block, and in that of a trait.
#[derive(Clone, Debug, Differentiable)]
struct Spring {
    stiffness: f64,
}

#[differentiable]
trait Rest {
    fn rest(&self, x: f64, steps: usize) -> f64;

    fn twice(&self, x: f64, steps: usize) -> f64 {
        let mut y = x;
        #[checkpoint(every = 2)]
        for _ in 0..2 * steps {
            y = self.rest(y, 1).sin();
        }
        y
    }
}

#[differentiable]
impl Rest for Spring {
    fn rest(&self, x: f64, steps: usize) -> f64 {
        let mut y = x;
        #[checkpoint]
        for _ in 0..steps {
            y -= self.stiffness * y.sin();
        }
        y
    }
}

#[differentiable]
impl Spring {
    fn energy(&self, x: f64, steps: usize) -> f64 {
        #[checkpoint]
        let y = self.rest(x, steps);
        self.stiffness * y * y
    }
}

#[test]
fn methods() {
    let spring = Spring { stiffness: 0.3 };
    spring.rest_check_grad(0.7, 5).unwrap();
    spring.twice_check_grad(0.7, 5).unwrap();
    spring.energy_check_grad(0.7, 5).unwrap();
}

fn lstm(n: usize, m: usize) -> Lstm {
    Lstm { w: matrix(1, 4 * n, m), u: matrix(2, 4 * n, n), b: numbers(3, 4 * n) }
}

fn body() -> Body {
    Body { at: [0.4, -0.7], speed: [0.1, 0.9], steps: 0 }
}

#[test]
fn the_same_gradients() {
    for n in [0, 1, 2, 5, 9] {
        let xs: Vec<_> = (0..n).map(|t| numbers(t, 2)).collect();
        let start = lstm(3, 2);
        same_bits!(sequence(&start, &xs));
        let start = body();
        same_bits!(orbit(&start, 0.1, n));
        let x = numbers(8, 3);
        same_bits!(rounds(&x, 0.4, n));
        let x = numbers(4, n).to_vec();
        same_bits!(running(&x, 0.7));
        let start = matrix(5, 5, 3);
        same_bits!(grid(&start, 0.4, n));
        let x = numbers::<f64>(7, n).to_vec();
        same_bits!(schedule(&x, 0.3));
        let x = numbers::<f32>(7, n).to_vec();
        same_bits!(schedule(&x, 0.3));
    }
}

#[test]
fn the_right_gradients() {
    use {
        grid::root::grid, orbit::root::orbit, rounds::three_slots::rounds, running::root::running, schedule::root::schedule,
        sequence::root::sequence,
    };
    let xs: Vec<_> = (0..7).map(|t| numbers(t, 2)).collect();
    let start = lstm(3, 2);
    agrees!(sequence(&start, &xs), wrt 2);
    let start = body();
    agrees!(orbit(&start, 0.1, 8), wrt 2);
    let x = numbers(8, 3);
    agrees!(rounds(&x, 0.4, 5), wrt 2);
    let x = numbers(4, 9).to_vec();
    agrees!(running(&x, 0.7), wrt 2);
    let start = matrix(5, 5, 3);
    agrees!(grid(&start, 0.4, 5), wrt 2);
    let x = numbers::<f64>(7, 10).to_vec();
    agrees!(schedule(&x, 0.3), wrt 2);
}
