//! Control flow, changed places, iterators, closures and early ends.

use odyssey_runtime::prelude::*;

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negative;

/// A way to bend a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// Not at all.
    Straight,
    /// So often.
    Power(u32),
}

/// Where a thing is, and how fast.
#[derive(Differentiable, Clone, Copy, Debug)]
pub struct State {
    position: f64,
    speed: f64,
}

impl State {
    /// It moves on.
    #[differentiable]
    pub fn advance(&mut self, step: f64) {
        self.speed -= self.position * step;
        self.position += self.speed * step;
    }

    /// What stays the same, almost.
    #[differentiable]
    #[must_use]
    pub fn energy(&self) -> f64 {
        self.position.mul_add(self.position, self.speed * self.speed)
    }
}

/// A loop that is left in the middle.
#[differentiable]
#[must_use]
pub fn square_root(square: f64) -> f64 {
    let mut guess = square;
    let mut turns = 0;
    loop {
        let next = 0.5 * (guess + square / guess);
        if (next - guess).abs() < 1e-9 || turns == 50 {
            break;
        }
        guess = next;
        turns += 1;
    }
    guess
}

/// A loop with a condition, and one turn that is left out.
#[differentiable]
#[must_use]
pub fn halved(start: f64, limit: f64) -> f64 {
    let mut value = start;
    let mut turn = 0_u32;
    while value > limit {
        turn += 1;
        if turn == 2 {
            continue;
        }
        value *= 0.5;
    }
    value * start
}

/// A choice of several.
#[differentiable(wrt(point))]
#[must_use]
pub fn bent(point: f64, bends: &[Bend]) -> f64 {
    let mut value = point;
    for bend in bends {
        value = match *bend {
            Bend::Straight => value + point,
            Bend::Power(0) => 1.0,
            Bend::Power(n) if n > 3 => value,
            Bend::Power(n) => value.powi(n.cast_signed()),
        };
    }
    value
}

/// It writes to its argument.
#[differentiable]
pub fn scale(values: &mut [f64], factor: f64) {
    for value in values.iter_mut() {
        *value *= factor;
    }
}

/// Its caller.
#[differentiable]
#[must_use]
pub fn scaled_sum(first: f64, factor: f64) -> f64 {
    let mut values = [first, first * first, 1.0];
    scale(&mut values, factor);
    values[1] += first;
    values.iter().map(|value| value * value).sum()
}

/// A struct that is taken forward in time.
#[differentiable(wrt(start, step))]
#[must_use]
pub fn orbit(start: &State, step: f64, times: usize) -> f64 {
    let mut state = *start;
    for _ in 0..times {
        state.advance(step);
    }
    let last = State { speed: state.speed * 2.0, ..state };
    last.energy() * state.energy()
}

/// Two lists in step, without what is negative.
#[differentiable]
#[must_use]
pub fn weighted(values: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let square = |value: f64| value * value / total;
    values.iter().zip(weights).map(|(value, weight)| square(*value) * weight).filter(|part| *part > 0.0).sum()
}

/// A part that may fail.
///
/// # Errors
///
/// If the point is negative.
#[differentiable]
pub fn positive(point: f64) -> Result<f64, Negative> {
    if point < 0.0 {
        return Err(Negative);
    }
    Ok(point.sqrt() * point)
}

/// And the whole.
///
/// # Errors
///
/// If one of the points is negative.
#[differentiable]
pub fn all_positive(left: f64, right: f64) -> Result<f64, Negative> {
    let product = positive(left)? * positive(right)?;
    Ok(product + left)
}

/// Something or nothing.
#[differentiable]
#[must_use]
pub fn first_of(values: &[f64], other: Option<f64>) -> Option<f64> {
    let Some(other) = other else { return Some(0.0) };
    if values.is_empty() {
        return None;
    }
    Some(values[0] * other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives() {
        square_root::check_grad(2.0).unwrap();
        halved::check_grad(5.0, 1.0).unwrap();
        bent::check_grad(1.2, &[Bend::Straight, Bend::Power(2), Bend::Power(5), Bend::Straight]).unwrap();
        scaled_sum::check_grad(0.5, 1.5).unwrap();
        orbit::check_grad(&State { position: 1.0, speed: 0.2 }, 0.1, 3).unwrap();
        weighted::check_grad(&[1.0, 2.0], &[0.3, 0.5]).unwrap();
        all_positive::check_grad(2.0, 3.0).unwrap().unwrap();
        first_of::check_grad(&[1.5, 0.5], Some(2.0)).unwrap().unwrap();
        assert_eq!(all_positive::grad(-1.0, 3.0), Err(Negative));
    }
}

/// Parts that run again.
#[differentiable]
#[must_use]
pub fn again(start: &State, times: u32, limit: f64) -> f64 {
    let mut state = *start;
    #[checkpoint]
    for k in 0..times {
        state.advance(0.01 * f64::from(k));
    }
    #[checkpoint(every = 3)]
    while state.speed > limit {
        state.advance(limit);
    }
    let mut sum = 0.0;
    #[checkpoint(slots = 4)]
    for k in 0..times {
        state.advance(limit);
        if state.position > limit {
            break;
        }
        sum += state.position * f64::from(k);
    }
    #[checkpoint]
    let energy = state.energy();
    #[checkpoint]
    {
        state.advance(energy);
        sum += state.speed.sin();
    }
    sum * energy
}

/// So many words.
#[must_use]
pub fn words(text: &str) -> usize {
    text.split(' ').count()
}

/// What the derivative does not need runs there all the same.
///
/// # Errors
///
/// If one is negative.
#[differentiable(wrt(x, y))]
pub fn lengths(x: f64, y: f64, text: &str) -> Result<f64, String> {
    let count = words(text);
    let line = format!("{text}: {count}");
    let longer = line.len();
    let a = positive(x).map_err(|Negative| line)?;
    let b = if longer > 10 { y.sin() } else { y.cos() };
    Ok(a * b)
}

/// Twice as much, in place.
#[differentiable]
pub fn twice(x: &mut f64) {
    *x *= 2.0;
}
