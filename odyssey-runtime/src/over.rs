//! What a function that is written over `f64` or `f32` needs over other floats: constants, and integers from floats.

use crate::real::Real;

/// A constant, over the floats `T`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be a constant of a function that is differentiated three times",
    label = "not made of numbers",
    note = "with `order = 3`, the function is compiled over other floats as well: make constants of the numbers that it needs"
)]
pub trait ConstantOver<T> {
    /// What it is.
    type Over;

    /// Makes it.
    fn over(self) -> Self::Over;
}

/// The constant `x` over the floats `T`.
#[inline]
pub fn constant_over<T, X: ConstantOver<T>>(x: X) -> X::Over {
    x.over()
}

macro_rules! float {
    ($($float:ty)*) => {$(
        impl<T: Real> ConstantOver<T> for $float {
            type Over = T;

            #[inline]
            fn over(self) -> T {
                T::lit(self.into())
            }
        }
    )*};
}
float!(f32 f64);

/// What can be cast to an integer.
pub trait WholeOf {
    /// An integer, or a float.
    type Number;

    /// As that.
    fn whole_of(self) -> Self::Number;
}

/// `x` as something that can be cast to an integer: the steps of a cast have no derivative.
#[inline]
pub fn whole_of<X: WholeOf>(x: X) -> X::Number {
    x.whole_of()
}

impl<T: Real> WholeOf for T {
    type Number = f64;

    #[inline]
    fn whole_of(self) -> f64 {
        self.to_double()
    }
}

/// What is the same over all floats.
macro_rules! passive {
    ($($type:ty)*) => {$(
        impl<T> ConstantOver<T> for $type {
            type Over = Self;

            #[inline]
            fn over(self) -> Self {
                self
            }
        }

        impl WholeOf for $type {
            type Number = Self;

            #[inline]
            fn whole_of(self) -> Self {
                self
            }
        }
    )*};
}
passive!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char);

impl<T> ConstantOver<T> for &str {
    type Over = Self;

    fn over(self) -> Self {
        self
    }
}

impl<T, X: ConstantOver<T>, const N: usize> ConstantOver<T> for [X; N] {
    type Over = [X::Over; N];

    fn over(self) -> [X::Over; N] {
        self.map(X::over)
    }
}

impl<T, X: ConstantOver<T> + Copy, const N: usize> ConstantOver<T> for &[X; N] {
    type Over = [X::Over; N];

    fn over(self) -> [X::Over; N] {
        self.map(X::over)
    }
}

impl<T, X: ConstantOver<T> + Copy> ConstantOver<T> for &[X] {
    type Over = Vec<X::Over>;

    fn over(self) -> Vec<X::Over> {
        self.iter().map(|x| x.over()).collect()
    }
}

impl<T, X: ConstantOver<T>, Y: ConstantOver<T>> ConstantOver<T> for (X, Y) {
    type Over = (X::Over, Y::Over);

    fn over(self) -> (X::Over, Y::Over) {
        (self.0.over(), self.1.over())
    }
}

#[cfg(test)]
mod tests {
    use super::{constant_over, whole_of};
    use crate::dual::Dual;

    #[test]
    fn constants_do_not_vary() {
        type D = Dual<f64>;
        let table: &[(f64, usize)] = &[(0.5, 3)];
        assert_eq!(constant_over::<D, _>(table), [(D::constant(0.5), 3)]);
        assert_eq!(constant_over::<D, _>(&[0.5f32; 2]), [D::constant(0.5); 2]);
        assert_eq!(constant_over::<f32, _>("name"), "name");
    }

    #[test]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "that is what is tested")]
    fn integers_of_dual_numbers() {
        assert_eq!((whole_of(Dual { value: 2.7, tangent: 1.0 }) as usize, whole_of(3u8) as usize), (2, 3));
    }
}
