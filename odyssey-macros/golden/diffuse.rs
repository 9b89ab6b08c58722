/// Heat that spreads in a rod, stepped in place: what a step overwrites is what the next one reads.
#[differentiable(wrt(heat, rate))]
fn diffuse(heat: &[f64], rate: f64, steps: usize) -> f64 {
    let mut rod = heat.to_vec();
    let n = rod.len();
    for _ in 0..steps {
        let mut left = rod[0];
        for i in 1..n - 1 {
            let here = rod[i];
            rod[i] += rate * (left - 2.0 * here + rod[i + 1]);
            left = here;
        }
    }
    rod[n / 2] * rod[n / 2]
}
