//! t
use odyssey_examples::digits::{Digits,Mlp};
use odyssey_examples::digits::train::*;
use odyssey_examples::digits::data::*;
use odyssey_examples::digits::model::*;
use odyssey_runtime::optim::*;
use rand_pcg::Pcg64Mcg;
use rand::{RngExt,SeedableRng};
fn shift(d: &mut Digits, rng: &mut Pcg64Mcg, dy: bool, p: f64) {
    for mut im in d.images.rows_mut() {
        if rng.random_range(0.0..1.0) > p { continue }
        let o: Vec<f32> = im.to_vec();
        let sx: i32 = rng.random_range(-1..=1); let sy: i32 = if dy { rng.random_range(-1..=1) } else {0};
        for y in 0..8i32 { for x in 0..8i32 {
            let (a,b)=(y-sy,x-sx);
            im[(y*8+x) as usize] = if (0..8).contains(&a)&&(0..8).contains(&b) { o[(a*8+b) as usize] } else {0.0};
        }}
    }
}
fn main() {
    let d = Digits::read(&odyssey_examples::data("digits.csv")).unwrap();
    for (name, p, dy, wd, lr, hidden, epochs) in [("base",0.0,false,1e-4,0.1,128,40),("wd",0.0,false,1e-3,0.1,128,40),("wd3",0.0,false,3e-3,0.1,128,40),("sx",0.5,false,1e-4,0.1,128,40),("sxy",0.5,true,1e-4,0.1,128,40),("sxy1",1.0,true,1e-4,0.1,128,60),("sxwd",0.5,false,1e-3,0.1,128,60),("sxy5wd",0.5,true,1e-3,0.1,128,60),("sxy5wd256",0.5,true,1e-3,0.1,256,60)] {
      let mut all = vec![];
      let t = std::time::Instant::now();
      for seed in 0..20 {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let (tr, te) = d.split(450, &mut rng);
        let mut m = Mlp::random(hidden, &mut rng);
        let mut o = Sgd::new(lr).momentum(0.9).weight_decay(wd);
        for e in 0..epochs {
            o.set_learning_rate(lr * (1.0 - 0.95 * e as f64 / epochs as f64));
            let mut t2 = tr.clone();
            shift(&mut t2, &mut rng, dy, p);
            epoch(&mut m, &mut o, &t2, 32, &mut rng);
        }
        all.push(score(&m, &te).accuracy);
      }
      all.sort_by(|a,b| a.total_cmp(b));
      println!("{name} mean {:.4} min {:.4} second {:.4} {:?}", all.iter().sum::<f64>()/20.0, all[0], all[1], t.elapsed()/20);
    }
}
