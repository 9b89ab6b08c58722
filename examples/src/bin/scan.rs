//! t
use odyssey_examples::digits::train::*;
use odyssey_examples::digits::{Digits, Mlp};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
fn main() {
    let d = Digits::read(&odyssey_examples::data("digits.csv")).unwrap();
    let mut all = vec![];
    let t = std::time::Instant::now();
    for seed in 0..20 {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let (tr, te) = d.split(450, &mut rng).unwrap();
        let mut m = Mlp::random(Recipe::default().hidden, &mut rng);
        let mut last = None;
        train(&mut m, (&tr, &te), &Recipe::default(), &mut rng, |p| {
            last = Some(p)
        });
        print!("{seed}: {:.4} ", last.unwrap().test.accuracy);
        all.push(last.unwrap().test.accuracy);
    }
    all.sort_by(|a, b| a.total_cmp(b));
    println!(
        "mean {:.4} min {:.4} second {:.4} {:?}",
        all.iter().sum::<f64>() / 20.0,
        all[0],
        all[1],
        t.elapsed() / 20
    );
}
