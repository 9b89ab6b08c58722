//! Names of the user's that are also names of the compiler's.

use odyssey_runtime::prelude::*;

/// Locals named like what generated code uses.
#[differentiable]
fn locals(rt: f64, tanh: f64) -> f64 {
    let map = rt.tanh() + tanh;
    let operand = map * map;
    let primal = operand.exp() * rt;
    let value = primal + operand;
    let pullback = value.sin();
    let cotangent = pullback * value;
    let kept = cotangent + map;
    let d_rt = kept * tanh;
    let d_x = d_rt * d_rt;
    let d_tanh = d_x + rt;
    let odyssey_runtime = d_tanh * 2.0;
    let core = odyssey_runtime + 1.0;
    let std = core * rt;
    std.ln_1p()
}

/// Arguments with such names, in every order of use.
#[differentiable]
fn arguments(value: f64, pullback: f64, cotangent: f64, primal: f64, d_value: f64, kept: f64, stack: f64) -> f64 {
    let x = value * pullback + cotangent * primal;
    let mut sum = d_value;
    for i in 0..3 {
        sum += x * kept * i as f64;
        sum = sum.tanh() * stack;
    }
    sum
}

/// The variables of loops and branches.
#[differentiable]
fn control(condition: f64, index: f64) -> f64 {
    let mut pop = condition;
    let mut push = index;
    let len = 3;
    for given in 0..len {
        let expect = pop * push;
        if expect > given as f64 {
            pop -= 0.3 * expect;
        } else {
            push += expect * pop;
        }
    }
    pop * push
}

/// A user's modules of these names.
mod names {
    pub(super) mod odyssey_runtime {
        pub(crate) fn rt() {}
    }
    pub(super) mod core {
        pub(crate) mod clone {}
        pub(crate) mod option {}
        pub(crate) mod result {}
    }
    pub(super) mod std {}
    pub(super) mod rt {}
    pub(super) mod alloc {}

    use ::ndarray::prelude::*;
    use ::odyssey_runtime::prelude::*;

    #[derive(Differentiable, Clone)]
    pub(super) struct Layer {
        pub(super) w: Array1<f64>,
        pub(super) b: f64,
    }

    #[differentiable]
    pub(super) fn modules(layer: &Layer, x: Array1<f64>, (a, b): (f64, f64)) -> f64 {
        let mut y = layer.w.dot(&x) * a;
        for i in 0..2 {
            if y > 0.0 {
                y -= layer.b * x[i];
            } else {
                y += b;
            }
        }
        y * y
    }
}

/// A user's own types and constants of these names.
mod types {
    use odyssey_runtime::prelude::*;

    pub(super) struct Some(pub(super) i32);
    pub(super) struct None;
    pub(super) enum Option {
        Ok,
    }
    pub(super) struct Result;
    pub(super) struct Vec;
    pub(super) struct Clone;
    pub(super) struct Fn;
    pub(super) struct Default;
    pub(super) struct Yes;
    pub(super) struct No;
    pub(super) struct Want;
    pub(super) struct WantX;
    pub(super) struct WantY;
    pub(super) struct Given;
    pub(super) type Real64 = f64;
    pub(super) const VALUE: f64 = 2.0;

    #[differentiable]
    pub(super) fn named(x: Real64, y: Real64) -> Real64 {
        let _ = (Some(1), None, Option::Ok, Result, Vec, Clone, Fn, Default, Yes, No, Want, WantX, WantY, Given);
        let mut z = x;
        for _ in 0..2 {
            if z > 0.1 {
                z = z * y * VALUE;
            }
        }
        z + x.powf(y)
    }
}

/// Type parameters of these names.
#[differentiable]
fn parameters<WantX: Real, __Primal: AsRef<str>>(x: WantX, #[no_grad] y: &__Primal, want_x: WantX) -> WantX {
    let n = y.as_ref().len();
    let mut product = x * want_x;
    for _ in 0..n {
        product += x;
    }
    product
}

/// A user's traits with methods that the runtime's operands have, on everything.
mod methods {
    use ndarray::prelude::*;
    use odyssey_runtime::prelude::*;

    pub(super) trait Meddling: Sized {
        fn given(self) -> Self {
            panic!("not this one")
        }
        fn operand(&self) -> &Self {
            panic!("not this one")
        }
        fn when(&self) {
            panic!("not this one")
        }
        fn zero_tangent(&self) {
            panic!("not this one")
        }
        fn accumulate(&mut self, _other: Self) {
            panic!("not this one")
        }
        fn extent(&self) {
            panic!("not this one")
        }
        fn complete(&self) {
            panic!("not this one")
        }
        fn scale(&mut self, _by: f64) {
            panic!("not this one")
        }
        fn dot_residual_vjp(&self) {
            panic!("not this one")
        }
    }

    impl<T> Meddling for T {}

    #[differentiable]
    pub(super) fn meddled(w: &Array2<f64>, x: &Array1<f64>, k: f64) -> f64 {
        let mut y = w.dot(x) * k;
        for i in 0..2 {
            y = y.tanh() + w[[i, 0]];
        }
        y.sum()
    }
}

/// A name in a struct's field and a variable are two things.
#[derive(Differentiable, Clone)]
struct Fields {
    value: f64,
    d_value: f64,
    r#type: f64,
}

#[differentiable]
fn fields(fields: &Fields, r#match: f64) -> f64 {
    let value = fields.value * fields.d_value;
    let d_fields = value + fields.r#type;
    d_fields * value * r#match
}

/// A local that hides a function which the body has called before.
#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn hides_a_function(x: f64) -> f64 {
    let square = square(x);
    let tanh = square.tanh();
    tanh * square
}

/// Underscores, upper case, unicode.
#[differentiable]
#[allow(non_snake_case, clippy::used_underscore_binding)]
fn odd_names(_x: f64, X: f64, größe: f64, x_1: f64, x1: f64) -> f64 {
    let x = _x * X;
    let x_2 = x * größe + x_1;
    let x = x_2 * x1;
    let x_1 = x + _x;
    x * x_1
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn variables() {
    locals::check_grad(0.3, 0.4).unwrap();
    arguments::check_grad(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7).unwrap();
    control::check_grad(1.3, 0.9).unwrap();
    fields::check_grad(&Fields { value: 0.3, d_value: 0.5, r#type: 0.7 }, 0.9).unwrap();
    hides_a_function::check_grad(0.6).unwrap();
    odd_names::check_grad(0.3, 0.5, 0.7, 0.2, 0.9).unwrap();
    let (_, pullback) = locals::vjp(0.3, 0.4);
    let ((a, b), (c, d)) = (pullback(1.0), locals::grad(0.3, 0.4));
    assert!((a - c).abs() + (b - d).abs() < 1e-12);
    let (_, pullback) = control::vjp(1.3, 0.9);
    assert_eq!(pullback(1.0), control::grad(1.3, 0.9));
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn modules_types_and_traits() {
    use ndarray::array;
    names::odyssey_runtime::rt();
    let layer = names::Layer { w: array![0.3, 0.5], b: 0.2 };
    names::modules::check_grad(&layer, array![0.7, 0.9], (1.1, 0.4)).unwrap();
    types::named::check_grad(0.6, 0.8).unwrap();
    assert_eq!(parameters::grad(2.0, &"y", 3.0), (4.0, 2.0));
    methods::meddled::check_grad(&array![[0.3, 0.5], [0.2, 0.8]], &array![0.7, 0.9], 0.6).unwrap();
    let _ = |x: f64| methods::Meddling::when(&x);
}
