//! Functions and methods that change an argument and have a value: called wherever an expression may stand.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_same_product, moved};

#[derive(Clone, PartialEq, Debug, Differentiable)]
struct Spring {
    at: f64,
    speed: f64,
}

#[differentiable]
impl Spring {
    fn kick(&mut self, by: f64) -> f64 {
        self.speed += by * self.at;
        self.at = self.at.sin() + 0.1 * self.speed;
        0.5 * self.speed * self.speed
    }

    fn energy(&self) -> f64 {
        0.5 * self.speed * self.speed - self.at.cos()
    }

    /// Both kinds of methods on one receiver.
    fn twice(&mut self, by: f64) -> f64 {
        let energy = self.energy();
        energy + self.kick(by) * self.kick(energy) + self.energy()
    }

    fn try_kick(&mut self, by: f64) -> Result<f64, TooFar> {
        let left = pull(self, by)? * 2.0;
        self.at *= left;
        Ok(self.at + left)
    }
}

#[derive(Debug)]
struct TooFar;

#[differentiable]
fn pull(spring: &mut Spring, by: f64) -> Result<f64, TooFar> {
    if by > 10.0 {
        return Err(TooFar);
    }
    spring.speed += by;
    Ok(spring.speed * spring.at)
}

#[differentiable]
fn kick(spring: &mut Spring, by: f64) -> f64 {
    spring.speed += by * spring.at;
    0.5 * spring.speed * spring.speed
}

#[differentiable]
fn look(spring: &Spring, by: f64) -> f64 {
    spring.speed * by * spring.at
}

/// A name that is `&mut` itself may be lent to be changed or to be looked at.
#[differentiable]
fn by_name(spring: &mut Spring, by: f64) -> f64 {
    let kicked = kick(spring, by);
    let seen = look(spring, kicked);
    kicked * spring.speed * seen
}

#[differentiable]
fn in_expressions(at: f64, by: f64) -> f64 {
    let mut spring = Spring { at, speed: 0.3 };
    let kicked = kick(&mut spring, by);
    let sum = kicked * spring.speed + kick(&mut spring, kicked) * 2.0;
    sum + spring.kick(by) * spring.speed + spring.energy() + spring.twice(kicked)
}

#[differentiable]
fn in_loops(at: f64, by: f64, times: usize) -> f64 {
    let mut spring = Spring { at, speed: 0.3 };
    let mut total = 0.0;
    for i in 0..times {
        total += spring.kick(by) * 2.0 + spring.energy();
        if i % 2 == 0 {
            total -= spring.kick(total * 0.1);
        } else {
            let energy = spring.energy();
            total += energy * spring.speed;
        }
    }
    while spring.speed < 3.0 {
        let kicked = spring.kick(by);
        if kicked > 2.0 {
            break;
        }
        total += kicked;
    }
    total * spring.speed
}

#[differentiable]
fn in_branches(at: f64, by: f64) -> f64 {
    let mut spring = Spring { at, speed: 0.2 };
    let first = if by > 0.0 { spring.kick(by) } else { spring.energy() };
    let second = match spring.kick(first) {
        high if high > 0.1 => high * spring.speed,
        low => low + spring.at,
    };
    first * second * spring.speed
}

/// Nothing in the spring varies before the first kick.
#[differentiable]
fn from_constants(by: f64, times: &[f64]) -> f64 {
    let mut spring = Spring { at: 0.4, speed: 0.3 };
    let mut total = 0.0;
    for time in times {
        total += spring.kick(by * *time);
    }
    total
}

#[derive(Clone, Differentiable)]
struct Chain {
    first: Spring,
    others: Vec<Spring>,
    gain: f64,
}

#[differentiable]
impl Chain {
    fn pulled(&self, by: f64) -> f64 {
        self.gain * by + self.first.energy()
    }

    /// Parts of what is `&mut`, by their fields, indices and names.
    fn step(&mut self, by: f64) -> f64 {
        let kicked = self.first.kick(by * self.gain);
        let mut total = kicked;
        for k in 0..self.others.len() {
            total += self.others[k].kick(kicked) * self.first.energy();
        }
        for other in &mut self.others {
            total += other.kick(0.1 * by);
        }
        for other in &self.others {
            total += other.energy();
        }
        let other = &mut self.others[0];
        total += other.kick(by);
        total += kick(other, by);
        total + self.pulled(kicked)
    }
}

#[differentiable]
fn chained(chain: &Chain, by: f64, steps: usize) -> f64 {
    let mut chain = chain.clone();
    let mut last = 0.0;
    for _ in 0..steps {
        last = chain.step(by + 0.1 * last);
    }
    last
}

#[differentiable]
fn with_failures(at: f64, by: f64) -> Result<f64, TooFar> {
    let mut spring = Spring { at, speed: 0.2 };
    let left = pull(&mut spring, by)? * 2.0;
    let both = spring.try_kick(left)? + spring.try_kick(0.5 * by)?;
    Ok(both * spring.speed)
}

#[differentiable]
trait Stepper {
    fn step(&mut self, by: f64) -> f64;
    fn peek(&self) -> f64;
}

#[differentiable]
impl Stepper for Spring {
    fn step(&mut self, by: f64) -> f64 {
        self.at += by * self.speed;
        self.at * by
    }

    fn peek(&self) -> f64 {
        self.at * self.speed
    }
}

#[differentiable(wrt(stepper, by))]
fn generic<M: Stepper + Clone>(stepper: &M, by: f64) -> f64 {
    let mut stepper = stepper.clone();
    let first = stepper.step(by);
    let mut total = stepper.peek();
    for _ in 0..3 {
        total += stepper.step(first) * stepper.peek();
    }
    total
}

#[differentiable(wrt(stepper, by))]
fn generic_in_place<M: Stepper + Clone>(stepper: &mut M, by: f64) -> f64 {
    let first = stepper.step(by);
    first * stepper.step(first) + stepper.peek()
}

#[differentiable]
fn normalise(x: &mut [f64]) -> f64 {
    let mut sum = 0.0;
    for v in x.iter() {
        sum += v * v;
    }
    let norm = sum.sqrt();
    for v in x.iter_mut() {
        *v /= norm;
    }
    norm
}

#[differentiable]
fn square_sum(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v * v;
    }
    sum
}

/// A list that is lent as a slice, in both ways.
#[expect(clippy::ptr_arg, reason = "a list")]
#[differentiable]
fn of_a_list(x: &mut Vec<f64>, by: f64) -> f64 {
    let norm = normalise(x);
    x[0] *= by;
    let sum = square_sum(x);
    norm * sum + normalise(x)
}

#[differentiable]
fn of_a_slice(x: &mut [f64], by: f64) -> f64 {
    let norm = normalise(x);
    x[0] *= by;
    let sum = square_sum(x);
    norm * sum + normalise(x)
}

#[differentiable]
fn scale(x: &mut Array1<f64>, by: f64) -> f64 {
    x[0] *= by;
    *x *= 2.0;
    x.sum()
}

#[differentiable]
fn energy(x: &Array1<f64>) -> f64 {
    (x * x).sum()
}

#[differentiable]
fn of_an_array(x: &mut Array1<f64>, by: f64) -> f64 {
    let sum = scale(x, by);
    let square = energy(x);
    sum * square + scale(x, square)
}

fn spring() -> Spring {
    Spring { at: 0.7, speed: 0.3 }
}

#[test]
fn everywhere() {
    by_name::check_grad(&mut spring(), 0.4).unwrap();
    agrees!(in_expressions(0.3, 0.4), wrt 2);
    agrees!(in_loops(0.3, 0.4, 5), wrt 2);
    agrees!(in_branches(0.3, 0.4), wrt 2);
    agrees!(in_branches(0.3, -0.4), wrt 2);
    agrees!(from_constants(0.3, &[0.1, 0.3, 0.7]), wrt 2);
    with_failures::check_grad(0.3, 0.4).unwrap().unwrap();
    assert!(with_failures::grad(0.3, 40.0).is_err());
}

#[test]
fn of_parts() {
    let chain = Chain { first: spring(), others: vec![spring(), Spring { at: 0.1, speed: -0.4 }], gain: 0.8 };
    agrees!(chained(&chain, 0.4, 2), wrt 2);
    chain.clone().step_check_grad(0.2).unwrap();
}

#[test]
fn through_traits() {
    agrees!(generic(&spring(), 0.4), wrt 2);
    generic_in_place::check_grad(&mut spring(), 0.4).unwrap();
    let mut stepped = spring();
    let (value, pullback) = stepped.step_vjp(0.4);
    assert_eq!((value, stepped.at), (0.4 * (0.7 + 0.4 * 0.3), 0.7 + 0.4 * 0.3));
    let (d_self, _) = pullback(1.0, SpringTangent { at: 0.0, speed: 0.0 });
    assert_eq!(d_self, SpringTangent { at: 0.4, speed: 0.4 * 0.4 });
}

#[test]
fn of_lists_and_arrays() {
    of_a_slice::check_grad(&mut [0.3, 0.4, 0.9], 0.4).unwrap();
    of_a_list::check_grad(&mut vec![0.3, 0.4, 0.9], 0.4).unwrap();
    of_an_array::check_grad(&mut array![0.3, 0.4, 0.9], 0.4).unwrap();
}

/// Whatever is differentiated, the argument is left as the function leaves it.
#[test]
fn arguments_are_left_changed() {
    let (mut plain, mut differentiated) = ([3.0, 4.0], [3.0, 4.0]);
    assert_eq!(normalise(&mut plain), normalise::value_and_grad(&mut differentiated).0);
    assert_eq!(plain, differentiated);
    let mut differentiated = [3.0, 4.0];
    normalise::grad(&mut differentiated);
    assert_eq!(plain, differentiated);
}

/// Of no type with a derivative: a call that says it looks needs none.
struct Table {
    entries: Vec<f64>,
}

impl Table {
    fn add(&mut self, entry: f64) {
        self.entries.push(entry);
    }

    #[differentiable(wrt(x))]
    fn at(&self, x: f64) -> f64 {
        self.entries[0] * x * x
    }
}

#[differentiable]
fn looked_up(x: f64) -> f64 {
    let mut table = Table { entries: Vec::new() };
    table.add(0.7);
    Table::at(&table, x) * 2.0
}

#[test]
fn of_passive_receivers() {
    agrees!(looked_up(0.4));
}

#[derive(Clone, Differentiable)]
struct Pair {
    left: Spring,
    right: Spring,
}

#[differentiable]
impl Pair {
    /// A call among the arguments changes another part of the same value.
    fn crossed(&mut self, by: f64) -> f64 {
        let kicked = self.left.kick(self.right.kick(by));
        let again = kick(&mut self.right, self.left.kick(by));
        self.left.kick(kicked * self.right.kick(again));
        kicked * self.left.at + again * self.right.speed
    }
}

#[differentiable]
fn crossed(left: f64, right: f64, by: f64) -> f64 {
    let mut pair = Pair { left: Spring { at: left, speed: 0.1 }, right: Spring { at: right, speed: 0.2 } };
    let first = pair.crossed(by);
    first * pair.left.kick(pair.right.kick(first)) + pair.left.at * pair.right.at
}

#[test]
fn in_arguments() {
    agrees!(crossed(0.3, 0.7, 0.4), wrt 3);
    let pair = Pair { left: spring(), right: Spring { at: 0.2, speed: 0.5 } };
    pair.clone().crossed_check_grad(0.3).unwrap();
}

#[test]
fn second_derivatives() {
    let (start, by) = (Spring { at: 0.7, speed: 0.3 }, 0.4);
    let (along, along_by) = (SpringTangent { at: 0.4, speed: -0.6 }, 0.5);
    macro_rules! agrees {
        ($f:ident, $hvp:expr, $grad:expr) => {
            let product = $hvp(&mut start.clone(), by, along.clone(), along_by);
            let gradient = |step: f64| $grad(&mut moved(&start, &along, step), by + step * along_by);
            assert_same_product(stringify!($f), product, gradient);
        };
    }
    agrees!(kick, kick::hvp, kick::grad);
    agrees!(by_name, by_name::hvp, by_name::grad);
    agrees!(twice, Spring::twice_hvp, Spring::twice_grad);
    agrees!(try_kick, |spring: &mut Spring, by, d, d_by| spring.try_kick_hvp(by, d, d_by).unwrap(), |spring: &mut Spring, by| {
        spring.try_kick_grad(by).unwrap()
    });
    assert!(pull::hvp(&mut start.clone(), 11.0, along, along_by).is_err());
}
