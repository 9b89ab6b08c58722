//! Trains a network to read handwritten digits.
use odyssey_examples::digits::{Digits,Mlp};
use odyssey_examples::digits::train::*;
use rand_pcg::Pcg64Mcg;
use rand::SeedableRng;
fn main() {
    let d = Digits::read(&odyssey_examples::data("digits.csv")).unwrap();
    for seed in 0..20 {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let (tr, te) = d.split(450, &mut rng);
        let mut m = Mlp::random(128, &mut rng);
        let mut last = None;
        let t = std::time::Instant::now();
        train(&mut m, (&tr, &te), &Recipe::default(), &mut rng, |p| last = Some(p));
        println!("{seed} {:?} {:?}", t.elapsed(), last.unwrap());
    }
}
