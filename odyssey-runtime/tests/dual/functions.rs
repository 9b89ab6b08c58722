//! The functions of the elementwise table.

use odyssey_runtime::Real;
use odyssey_runtime::rt::Dual;

use super::{STEP, agree};

macro_rules! rows {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident($($operand:ident),+ $(; $($parameter:ident),+)?) = {$($kernel:tt)+}, on [$($domain:expr),+];
    )*) => {
        rows!(@mode plain $($name($($operand),+) ($($($parameter),+)?) {$($kernel)+})*);
        rows!(@mode fused $($name($($operand),+) ($($($parameter),+)?) {$($kernel)+})*);

        fn domains() -> Vec<(&'static str, Vec<std::ops::Range<f64>>)> {
            vec![$((stringify!($name), vec![$($domain),+])),*]
        }
    };
    (@mode $mode:ident $($name:ident($($operand:ident),+) ($($parameter:ident),*) $kernel:block)*) => {
        mod $mode {
            use odyssey_runtime::Real;

            pub(super) fn at<T: Real>(name: &str, operands: &[T]) -> T {
                #[allow(unused_imports)]
                use odyssey_runtime::math::$mode as math;
                match name {
                    $(stringify!($name) => {
                        let mut operands = operands.iter().copied();
                        $(let $operand = operands.next().unwrap();)+
                        let mut _parameters = [3, 1].into_iter();
                        $(let $parameter = _parameters.next().unwrap();)*
                        $kernel
                    })*
                    _ => unreachable!(),
                }
            }
        }
    };
}
odyssey_macros::for_each_elementwise!(rows);

/// Two points of the domain, with a direction each.
fn points(domain: &[std::ops::Range<f64>]) -> [Vec<(f64, f64)>; 2] {
    [0.31, 0.77].map(|share| {
        let place = |i: usize| (share + 0.17 * i as f64) % 1.0;
        let number = |(i, range): (usize, &std::ops::Range<f64>)| range.start + place(i) * (range.end - range.start);
        domain.iter().enumerate().map(|along| (number(along), 1.3 - 0.9 * along.0 as f64)).collect()
    })
}

fn check(
    name: &str,
    domain: &[std::ops::Range<f64>],
    plain: fn(&str, &[Dual<f64>]) -> Dual<f64>,
    number: fn(&str, &[f64]) -> f64,
) {
    for point in points(domain) {
        let dual: Vec<_> = point.iter().map(|&(value, tangent)| Dual { value, tangent }).collect();
        let moved = |h: f64| number(name, &point.iter().map(|(x, dot)| x + h * dot).collect::<Vec<_>>());
        let y = plain(name, &dual);
        agree(name, &[y.value, y.tangent], &[moved(0.0), (moved(STEP) - moved(-STEP)) / (2.0 * STEP)]);
    }
}

/// The second derivative along the same direction.
fn check_twice(name: &str, domain: &[std::ops::Range<f64>]) {
    for point in points(domain) {
        let twice: Vec<_> = point
            .iter()
            .map(|&(value, dot)| Dual { value: Dual { value, tangent: dot }, tangent: Dual { value: dot, tangent: 0.0 } })
            .collect();
        let slope = |h: f64| {
            let moved: Vec<_> = point.iter().map(|&(x, dot)| Dual { value: x + h * dot, tangent: dot }).collect();
            plain::at(name, &moved).tangent
        };
        let y = plain::at(name, &twice);
        let want = (slope(STEP) - slope(-STEP)) / (2.0 * STEP);
        agree(name, &[y.tangent.value, y.value.tangent, y.tangent.tangent], &[slope(0.0), slope(0.0), want]);
    }
}

#[test]
fn have_their_derivatives() {
    for (name, domain) in domains() {
        check(name, &domain, plain::at, plain::at);
        check(name, &domain, fused::at, fused::at);
        check_twice(name, &domain);
    }
}

#[test]
fn of_single_precision() {
    for (name, domain) in domains() {
        for point in points(&domain) {
            let single: Vec<_> = point.iter().map(|&(x, dot)| Dual { value: f32::lit(x), tangent: f32::lit(dot) }).collect();
            let double: Vec<_> = point.iter().map(|&(value, tangent)| Dual { value, tangent }).collect();
            let (single, double) = (fused::at(name, &single), plain::at(name, &double));
            let close = |a: f32, b: f64| (f64::from(a) - b).abs() <= 1e-4 * (1.0 + b.abs());
            assert!(close(single.value, double.value) && close(single.tangent, double.tangent), "{name}: {single}, {double}");
        }
    }
}
