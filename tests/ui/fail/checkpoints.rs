//! Where `#[checkpoint]` can stand, what it can say, and what cannot run again.

use odyssey_runtime::prelude::*;

#[differentiable]
fn misplaced(x: f64) -> f64 {
    #[checkpoint]
    let double = x * 2.0;
    let mut y = double;
    #[checkpoint]
    if y > 0.0 {
        y = y.sin();
    }
    #[checkpoint]
    y = y.exp();
    y
}

#[differentiable]
fn options(x: f64, n: usize) -> f64 {
    let mut y = x;
    #[checkpoint(each = 3)]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint(every = 0)]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint(slots = 0)]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint(every = 2.5)]
    while y > 1.0 {
        y = y.sin();
    }
    #[checkpoint = 3]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint]
    #[checkpoint(every = 3)]
    for _ in 0..n {
        y = y.sin();
    }
    #[checkpoint(every = 3)]
    {
        y = y.sin();
    }
    y
}

#[differentiable]
fn jumps(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        #[checkpoint]
        {
            y = y.sin();
            if y < 0.1 {
                break;
            }
        }
    }
    y
}

#[differentiable]
fn arguments(x: &mut Vec<f64>, n: usize) {
    #[checkpoint]
    for i in 0..n {
        x[i] = x[i].sin();
    }
}

mod noise {
    pub fn sample() -> f64 {
        0.3
    }

    #[derive(Clone)]
    pub struct Source(pub u64);

    impl Source {
        pub fn draw(&mut self) -> f64 {
            self.0 += 1;
            self.0 as f64
        }
    }
}

#[differentiable]
fn draws(x: f64, n: usize) -> f64 {
    let mut y = x;
    let mut source = noise::Source(1);
    #[checkpoint]
    for _ in 0..n {
        y = y.sin() + noise::sample();
    }
    #[checkpoint]
    {
        let kick = source.draw();
        y = y.sin() * kick;
    }
    y
}

fn main() {}
