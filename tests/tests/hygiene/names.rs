//! One name for several variables: what the compiler calls a variable is not what the user's code calls another one.
//!
//! A variable that is another one by `let v = rate;` is that variable in generated code. Passive code that mentions it may declare a
//! `rate` of its own.

#![allow(
    clippy::useless_vec,
    clippy::explicit_counter_loop,
    clippy::needless_range_loop,
    clippy::assign_op_pattern,
    clippy::let_and_return,
    clippy::single_match,
    clippy::redundant_pattern_matching,
    clippy::shadow_unrelated,
    unused_mut,
    reason = "programs in which names hide each other"
)]

use odyssey_runtime::prelude::*;

#[differentiable(wrt(s))]
fn a_block(rate: f64, s: f64) -> f64 {
    let v = rate;
    let k: f64 = {
        let rate = 3.0_f64;
        v * rate
    };
    k * s
}

#[differentiable(wrt(s))]
fn a_loop_over_the_same_name(rate: f64, s: f64) -> f64 {
    let v = rate;
    let mut n = 0.0;
    for v in [2.0, 3.0] {
        n += rate * v;
    }
    s * n * v
}

#[differentiable(wrt(s))]
fn a_loop_that_declares(rate: f64, s: f64) -> f64 {
    let v = rate;
    let mut n = 0.0;
    for i in 0..3 {
        let rate = i as f64;
        n += v * rate;
    }
    s * n
}

#[differentiable(wrt(s))]
fn a_parameter(rate: f64, s: f64) -> f64 {
    let v = rate;
    let f = |rate: f64| v * rate;
    s * f(2.0)
}

#[differentiable(wrt(s))]
fn an_arm(rate: f64, s: f64) -> f64 {
    let v = rate;
    let k = match Some(2.0) {
        Some(rate) => rate * v,
        None => 0.0,
    };
    s * k
}

#[differentiable(wrt(s))]
fn a_name_for_another(rate: f64, other: f64, s: f64) -> f64 {
    let u = rate;
    let rate = other;
    let k = {
        let q = 2.0;
        u - rate * q
    };
    s * k
}

#[differentiable(wrt(s))]
fn names_in_a_ring(rate: f64, other: f64, s: f64) -> f64 {
    let u = rate;
    let rate = other;
    let k = {
        let other = 2.0;
        u - rate * other
    };
    s * k
}

#[differentiable(wrt(s))]
fn a_parameter_of_the_same_name(rate: f64, s: f64) -> f64 {
    let v = rate;
    let k: f64 = [1.0, 2.0].iter().map(|v| v * rate).sum();
    s * k * v
}

#[differentiable(wrt(s))]
fn a_variable_that_is_changed(rate: f64, s: f64) -> f64 {
    let mut v = rate;
    for _ in 0..2 {
        let rate = 2.0;
        v += rate;
    }
    s * v
}

#[differentiable(wrt(s))]
fn a_pattern(rate: f64, s: f64) -> f64 {
    let v = rate;
    let mut n = 0.0;
    for i in 0..3 {
        if let Some(rate) = Some(i as f64) {
            n += v * rate;
        }
    }
    s * n
}

#[differentiable(wrt(s))]
fn a_list(rates: Vec<f64>, s: f64) -> f64 {
    let v = rates;
    let k: f64 = {
        let rates = [2.0, 3.0];
        v[0] * rates[1]
    };
    s * k * v[1]
}

#[differentiable(wrt(s))]
fn a_list_and_its_items(rates: Vec<f64>, s: f64) -> f64 {
    let v = rates;
    let k: f64 = v.iter().map(|rates| rates * v[1]).sum();
    s * k * v[1]
}

#[differentiable(wrt(s))]
fn a_count(n: usize, s: f64) -> f64 {
    let m = n;
    let k = {
        let n = 2;
        m * n
    };
    s * k as f64
}

#[differentiable(wrt(s))]
fn a_count_in_a_loop(n: usize, s: f64) -> f64 {
    let m = n;
    let mut y = s;
    for n in 0..3 {
        y = y * (m + n) as f64;
    }
    y
}

#[differentiable(wrt(s))]
fn a_count_and_a_loop_of_its_name(n: usize, s: f64) -> f64 {
    let m = n;
    let mut y = s;
    for m in 0..3 {
        y = y * (m + n) as f64;
    }
    y * m as f64
}

#[differentiable]
fn of_an_active_name_in_a_loop(x: f64, s: f64) -> f64 {
    let v = x;
    let mut y = s;
    for x in [2.0, 3.0] {
        y = y * v + x;
    }
    y
}

#[differentiable]
fn of_an_active_name_in_a_closure(x: f64, s: f64) -> f64 {
    let v = x;
    let f = |x: f64| v * x;
    f(s) * f(2.0)
}

#[differentiable]
fn of_an_active_name_in_an_arm(x: f64, s: f64) -> f64 {
    let v = x;
    let y = match Some(s) {
        Some(x) if x > 0.0 => x * v,
        Some(x) => x - v,
        None => v,
    };
    y * v
}

#[differentiable(wrt(s))]
fn inside_of_a_macro(rate: f64, s: f64) -> f64 {
    let v = rate;
    let k = matches!(Some(0.5), Some(rate) if rate < v);
    s * if k { 1.0 } else { 2.0 }
}

#[differentiable(wrt(s))]
fn inside_of_a_text(rate: f64, s: f64) -> f64 {
    let v = rate;
    let t = format!("{v} {}", {
        let rate = 2.0;
        v * rate
    });
    s * t.len() as f64
}

#[differentiable(wrt(s))]
fn a_closure_that_is_called_twice(rate: f64, other: f64, s: f64) -> f64 {
    let u = rate;
    let rate = other;
    let f = |q: f64| q * u - rate;
    s * f(2.0) * [1.0, 2.0].iter().map(|q| q * u - rate).sum::<f64>()
}

fn apply(f: impl Fn(f64) -> f64 + Clone + 'static, x: f64) -> f64 {
    f(x)
}

#[differentiable(wrt(s))]
fn a_closure_that_is_given_away(rate: f64, other: f64, s: f64) -> f64 {
    let u = rate;
    let rate = other;
    let k = apply(move |q: f64| q * u - rate, 2.0);
    s * k
}

#[differentiable(wrt(s))]
fn a_closure_that_sorts(rate: f64, s: f64) -> f64 {
    let v = rate;
    let mut list = vec![3.0, 1.0, 2.0];
    list.sort_by(|rate, b| (rate * v).total_cmp(&(b * v)));
    s * list[0] * v
}

#[differentiable(wrt(s))]
fn a_list_that_grows(list: Vec<f64>, s: f64) -> f64 {
    let mut v = list;
    for list in [1.0, 2.0] {
        v.push(list);
    }
    s * v[v.len() - 1] * v[0]
}

#[differentiable]
fn of_an_active_name_in_blocks(x: f64, s: f64) -> f64 {
    let v = x;
    let g = |a: f64| {
        let x = a * 2.0;
        x * v
    };
    let mut t = g(s);
    {
        let x = 3.0;
        t += x * v;
    }
    t
}

#[differentiable]
fn of_items(x: [f64; 3], s: f64) -> f64 {
    let v = x;
    let mut t = 0.0;
    for (i, x) in v.iter().enumerate() {
        t += x * v[(i + 1) % 3] * s;
    }
    t
}

#[differentiable]
fn a_count_that_is_hidden(x: f64, n: usize) -> f64 {
    let m = n;
    let mut t = x;
    let mut n = 0;
    while n < m {
        t = t * x + n as f64;
        n += 1;
    }
    t * m as f64 * n as f64
}

#[differentiable(wrt(s))]
fn an_option(rate: Option<f64>, s: f64) -> f64 {
    let v = rate;
    let k = if let Some(rate) = v { 2.0 * rate } else { 1.0 };
    s * k
}

#[differentiable(wrt(s))]
fn an_option_in_arms(rate: Option<f64>, s: f64) -> f64 {
    let v = rate;
    let k = match v {
        Some(v) if v > 0.5 => v,
        Some(rate) => rate * 2.0,
        None => 1.0,
    };
    s * k
}

#[differentiable(wrt(s))]
fn a_range(it: std::ops::Range<usize>, s: f64) -> f64 {
    let v = it;
    let n = {
        let it = v.clone();
        it.count()
    };
    let mut t = s;
    for i in v {
        t = t * s + (i * n) as f64;
    }
    t
}

#[differentiable(wrt(s))]
fn a_text(r: String, s: f64) -> f64 {
    let v = r;
    let n = {
        let r = v.len();
        r + v.len()
    };
    s * n as f64
}

#[differentiable(wrt(s))]
fn a_list_that_is_moved(r: Vec<f64>, s: f64) -> f64 {
    let v = r;
    let w = {
        let r = 1.0;
        let mut q = v;
        q.push(r);
        q
    };
    s * w[w.len() - 1] * w[0]
}

macro_rules! assert_as_written {
    ($($function:ident($($argument:expr),*)),*) => {$(
        let want = $function($($argument),*);
        assert_eq!($function::value_and_grad($($argument),*).0, want, stringify!($function));
        assert_eq!($function::vjp($($argument),*).0, want, stringify!($function));
        $function::check_grad($($argument),*).unwrap();
    )*};
}

#[test]
fn names_that_hide_what_others_stand_for() {
    let range = 0..4;
    assert_as_written!(
        an_option(Some(0.3), 0.7),
        an_option_in_arms(Some(0.3), 0.7),
        a_range(range.clone(), 0.7),
        a_text("abc".to_owned(), 0.7),
        a_list_that_is_moved(vec![1.0, 2.0], 0.7)
    );
    assert_as_written!(
        a_block(0.7, 0.3),
        a_loop_over_the_same_name(0.7, 0.3),
        a_loop_that_declares(0.7, 0.3),
        a_parameter(0.7, 0.3),
        an_arm(0.7, 0.3),
        a_name_for_another(0.7, 0.4, 0.3),
        names_in_a_ring(0.7, 0.4, 0.3),
        a_parameter_of_the_same_name(0.7, 0.3),
        a_variable_that_is_changed(0.7, 0.3),
        a_pattern(0.7, 0.3),
        a_list(vec![0.7, 0.2], 0.3),
        a_list_and_its_items(vec![0.7, 0.2], 0.3),
        a_count(3, 0.3),
        a_count_in_a_loop(3, 0.3),
        a_count_and_a_loop_of_its_name(3, 0.3),
        of_an_active_name_in_a_loop(0.7, 0.3),
        of_an_active_name_in_a_closure(0.7, 0.3),
        of_an_active_name_in_an_arm(0.7, 0.3),
        inside_of_a_macro(0.7, 0.3),
        inside_of_a_text(0.7, 0.3),
        a_closure_that_is_called_twice(0.7, 0.4, 0.3),
        a_closure_that_is_given_away(0.7, 0.4, 0.3),
        a_closure_that_sorts(0.7, 0.3),
        a_list_that_grows(vec![0.7, 0.2], 0.3),
        of_an_active_name_in_blocks(0.7, 0.3),
        of_items([0.7, 0.2, 0.5], 0.3),
        a_count_that_is_hidden(0.7, 3)
    );
}
