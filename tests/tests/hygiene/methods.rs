//! Methods and blocks out of macros, in functions, and with names that the companions use themselves.

use odyssey_runtime::prelude::*;

macro_rules! spring {
    ($name:ident { $field:ident }, $method:ident($this:ident, $x:ident: $ty:ty) = $energy:expr) => {
        #[derive(Clone, Copy, Differentiable)]
        struct $name {
            $field: $ty,
        }

        impl $name {
            #[differentiable]
            fn $method(&$this, $x: $ty) -> $ty {
                let doubled = 2.0 * $x;
                $energy + doubled
            }
        }

        #[differentiable]
        impl $name {
            fn both(&self, x: $ty) -> $ty {
                self.$method(x) * self.$field
            }
        }
    };
}

spring!(Hooke { stiffness }, energy(self, x: f64) = x * x + self.stiffness);

macro_rules! layered {
    ($($name:ident => $slope:expr),*) => {$(
        #[derive(Clone, Copy, Differentiable)]
        struct $name {
            slope: f64,
        }

        #[differentiable]
        impl Layered for $name {
            fn apply(&self, x: f64) -> f64 {
                x * $slope + self.slope
            }
        }
    )*};
}

#[differentiable]
trait Layered {
    fn apply(&self, x: f64) -> f64;
}

layered!(Steep => 1.0 + 2.0, Flat => 0.5);

/// Names of what the companions are written with.
#[derive(Clone, Copy, Differentiable)]
struct Names {
    this: f64,
}

impl Names {
    #[differentiable]
    #[expect(clippy::too_many_arguments, reason = "many names")]
    fn all(
        &self,
        this: f64,
        value: f64,
        pullback: f64,
        kept: f64,
        cotangent: f64,
        copy: f64,
        initial: f64,
        d_self: f64,
        left_x: f64,
        error: f64,
    ) -> f64 {
        (self.this + this) * value * (pullback + kept) * cotangent * (copy + initial) * (d_self - left_x) * error
    }

    #[differentiable]
    fn failing(&self, this: f64, error: f64) -> Option<f64> {
        let checked = Names::positive(this)?;
        Some(checked * error * self.this)
    }

    #[differentiable]
    fn positive(this: f64) -> Option<f64>
    where
        Self: Sized,
    {
        if this > 0.0 { Some(this.ln()) } else { None }
    }

    #[differentiable(vjp = (Self::forward, Self::backward))]
    fn halves(&self, this: f64, kept: f64, value: f64) -> f64 {
        self.forward(this, kept, value).0
    }

    fn forward(&self, this: f64, kept: f64, value: f64) -> (f64, f64) {
        (self.this * this * kept * value, this * kept)
    }

    fn backward(
        &self,
        this: &f64,
        kept: &f64,
        value: &f64,
        _result: &f64,
        product: f64,
        d: f64,
    ) -> (NamesTangent, f64, f64, f64) {
        let d_this = d * product * value;
        let rest = d * self.this * value;
        (NamesTangent { this: d_this }, rest * kept, rest * this, d * self.this * product)
    }
}

/// Companions that are called like methods that exist.
#[derive(Clone, Copy, Differentiable)]
struct Taken {
    a: f64,
}

impl Taken {
    #[differentiable(name = slope)]
    fn line(&self, x: f64) -> f64 {
        self.a * x
    }

    fn line_grad(&self) -> &'static str {
        "taken"
    }

    #[differentiable(wrt(x))]
    fn through(&self, x: f64) -> f64 {
        self.line(x) * x
    }
}

#[test]
fn out_of_macros() {
    let hooke = Hooke { stiffness: 0.7 };
    hooke.energy_check_grad(0.3).unwrap();
    hooke.both_check_grad(0.3).unwrap();
    let (d_steep, d_x) = Steep { slope: 0.1 }.apply_grad(2.0);
    assert!((d_steep.slope - 1.0).abs() < 1e-12 && (d_x - 3.0).abs() < 1e-12);
    Flat { slope: 0.1 }.apply_check_grad(2.0).unwrap();
}

#[test]
fn in_functions() {
    #[derive(Clone, Copy, Differentiable)]
    struct Local {
        a: f64,
    }

    #[differentiable]
    impl Local {
        fn squared(&self) -> f64 {
            self.a * self.a
        }
    }

    #[differentiable(inherent)]
    impl std::ops::Neg for Local {
        type Output = Self;

        fn neg(self) -> Self::Output {
            Local { a: -self.a }
        }
    }

    Local { a: 0.7 }.squared_check_grad().unwrap();
    let (negative, pullback) = Local { a: 0.7 }.neg_vjp();
    assert!((negative.a + (-Local { a: -0.7 }).a * -1.0 + 1.4).abs() < 1e-12);
    assert!((pullback(LocalTangent { a: 1.0 }).a + 1.0).abs() < 1e-12);
}

#[test]
fn names_of_the_companions() {
    let names = Names { this: 0.3 };
    names.all_check_grad(0.5, 0.7, 0.9, 1.1, 1.3, 0.2, 0.4, 0.6, 0.1, 0.8).unwrap();
    names.failing_check_grad(1.4, 0.6).unwrap().unwrap();
    assert!(names.failing_grad(-1.4, 0.6).is_none());
    names.halves_check_grad(0.5, 0.7, 0.9).unwrap();
    let (value, pullback) = names.all_vjp(0.5, 0.7, 0.9, 1.1, 1.3, 0.2, 0.4, 0.6, 0.1, 0.8);
    let (gradient, ..) = pullback(1.0);
    assert!((gradient.this - value / 0.8).abs() < 1e-12);
}

#[test]
fn other_names() {
    let taken = Taken { a: 0.7 };
    assert_eq!(taken.line_grad(), "taken");
    taken.slope_check_grad(0.3).unwrap();
    taken.through_check_grad(0.3).unwrap();
}
