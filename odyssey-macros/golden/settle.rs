/// Newton's iteration for the square root: a loop whose length only the run decides.
#[differentiable(wrt(a))]
fn settle(a: f64, tolerance: f64) -> f64 {
    let mut x = a;
    while (x * x - a).abs() > tolerance {
        x = 0.5 * (x + a / x);
    }
    x
}
