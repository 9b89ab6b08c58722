//! Enums, structs and options as people write them: ledgers, machines, trees, filters.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// Accounts, and what happens to them.
#[derive(Clone, Debug)]
enum Event {
    Deposit(f64),
    Withdraw { amount: f64 },
    Interest,
    Transfer(usize, usize, f64),
}
#[derive(Clone, Differentiable)]
struct Account {
    balance: f64,
    history: Vec<f64>,
}
#[differentiable(wrt(accounts, rate))]
fn ledger(accounts: &[Account], events: &[(usize, Event)], rate: f64) -> f64 {
    let mut accounts = accounts.to_vec();
    for (who, event) in events {
        match event {
            Event::Deposit(x) => accounts[*who].balance += x,
            Event::Withdraw { amount } => {
                let account = &mut accounts[*who];
                if account.balance >= *amount {
                    account.balance -= amount;
                } else {
                    account.balance *= 0.99;
                }
            }
            Event::Interest => {
                for account in accounts.iter_mut() {
                    account.balance *= 1.0 + rate;
                    account.history.push(account.balance);
                }
            }
            Event::Transfer(from, to, fraction) => {
                let moved = accounts[*from].balance * fraction;
                accounts[*from].balance -= moved;
                accounts[*to].balance += moved;
            }
        }
    }
    accounts.iter().map(|a| a.balance.ln() + a.history.iter().sum::<f64>()).sum()
}
/// A thermostat: each mode is made from the one before.
#[derive(Clone, Differentiable)]
enum Mode {
    Idle,
    Heating { power: f64, since: f64 },
    Cooling(f64),
}
#[differentiable]
fn thermostat(gain: f64, target: f64, start: f64, steps: usize) -> f64 {
    let mut mode = Mode::Idle;
    let mut temperature = start;
    let mut cost = 0.0;
    for step in 0..steps {
        let t = step as f64 * 0.1;
        mode = match mode {
            Mode::Idle if temperature < target => Mode::Heating { power: gain * (target - temperature), since: t },
            Mode::Heating { power, since } if temperature > target + 0.2 => Mode::Cooling(power * 0.5 + since),
            Mode::Heating { power, since } => Mode::Heating { power: power * 0.9, since },
            Mode::Cooling(_) if temperature < target => Mode::Idle,
            other => other,
        };
        match &mode {
            Mode::Idle => temperature -= 0.01 * temperature,
            Mode::Heating { power, .. } => {
                temperature += power;
                cost += power * power;
            }
            Mode::Cooling(rate) => temperature -= rate * 0.1,
        }
    }
    cost + (temperature - target).powi(2)
}
/// The first value that is large enough.
#[differentiable]
fn first_above(xs: &[f64], threshold: f64) -> Option<f64> {
    let mut best: Option<f64> = None;
    for (i, x) in xs.iter().enumerate() {
        let Some(b) = best else {
            best = Some(*x);
            continue;
        };
        if *x > b {
            best = Some(x * 1.5 + b * i as f64);
        }
        if let Some(v) = best
            && v > threshold
        {
            return Some(v * threshold);
        }
    }
    let b = best?;
    if b > 0.0 { Some(b) } else { None }
}
#[differentiable]
fn use_first(xs: &[f64], threshold: f64) -> f64 {
    match first_above(xs, threshold) {
        Some(v) => v * v,
        None => threshold,
    }
}

#[test]
fn accounts_and_modes() {
    let accounts = vec![Account { balance: 10.0, history: vec![] }, Account { balance: 3.0, history: vec![0.5] }];
    let events = vec![
        (0, Event::Deposit(2.0)),
        (1, Event::Withdraw { amount: 1.0 }),
        (0, Event::Interest),
        (1, Event::Withdraw { amount: 100.0 }),
        (0, Event::Transfer(0, 1, 0.3)),
        (0, Event::Interest),
    ];
    agrees!(ledger(&accounts, &events, 0.05), wrt 2, once);
    agrees!(thermostat(0.4, 1.2, 0.5, 9), wrt 3);
    agrees!(thermostat(0.9, 1.2, 0.5, 12), wrt 3);
    agrees!(use_first(&[0.3, 0.5, 0.7], 1.0), wrt 2);
    agrees!(use_first(&[0.3, 0.5, 2.7], 1.0), wrt 2);
    agrees!(use_first(&[-0.3], 1.0), wrt 2);
    agrees!(use_first(&[], 1.0), wrt 2);
}

/// A tree of any width.
#[derive(Clone, Differentiable)]
enum Tree {
    Leaf { weight: f64 },
    Node { gain: f64, children: Vec<Tree> },
}
#[differentiable]
fn score(tree: &Tree, x: f64) -> f64 {
    match tree {
        Tree::Leaf { weight } => weight * x,
        Tree::Node { gain, children } => {
            let mut s = 0.0;
            for child in children {
                s += score(child, x * gain).tanh();
            }
            s
        }
    }
}
/// A scalar Kalman filter that changes itself.
#[derive(Clone, Differentiable)]
struct Kalman {
    x: f64,
    p: f64,
    q: f64,
    r: f64,
}
#[differentiable]
impl Kalman {
    fn predict(&mut self) {
        self.p += self.q;
    }
    fn update(&mut self, z: f64) -> f64 {
        let k = self.p / (self.p + self.r);
        let residual = z - self.x;
        self.x += k * residual;
        self.p *= 1.0 - k;
        residual
    }
}
#[differentiable]
fn likelihood(filter: &Kalman, zs: &[f64]) -> f64 {
    let mut f = filter.clone();
    let mut total = 0.0;
    for &z in zs {
        f.predict();
        let s = f.p + f.r;
        let e = f.update(z);
        total -= 0.5 * (e * e / s + s.ln());
    }
    total
}
/// Values in the order of keys.
#[differentiable(wrt(values))]
fn permuted(keys: &[u32], values: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&i| keys[i]);
    let mut decay = 1.0;
    let mut out = 0.0;
    for (rank, &i) in order.iter().enumerate() {
        out += decay * values[i];
        decay *= 0.5 + values[i] * 0.1 * rank as f64;
    }
    out
}
/// Values in their own order.
#[differentiable]
fn ranked(values: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].partial_cmp(&values[b]).unwrap());
    order.iter().enumerate().map(|(rank, &i)| values[i] * (rank + 1) as f64).sum()
}
/// What is taken out of an option.
#[derive(Clone, Default, Differentiable)]
struct Cache {
    last: Option<f64>,
    count: usize,
    total: f64,
}
#[differentiable]
fn cached(xs: &[f64], w: f64) -> f64 {
    let mut cache = Cache { last: None, count: 0, total: 0.0 };
    for x in xs {
        if let Some(last) = cache.last.take() {
            cache.total += last * w;
        }
        cache.last = Some(x * x);
        cache.count += 1;
        let old = std::mem::replace(&mut cache.total, 0.0);
        cache.total = old * 0.9 + x;
    }
    cache.total + cache.last.unwrap_or(0.0) * cache.count as f64
}
/// A bag of words.
#[differentiable(wrt(weights))]
fn bag(words: &[&str], vocab: &std::collections::HashMap<&str, usize>, weights: &[f64]) -> f64 {
    let mut s = 0.0;
    for w in words {
        if let Some(&i) = vocab.get(w) {
            s += weights[i];
        } else {
            s -= 0.1 * weights[0];
        }
    }
    1.0 / (1.0 + (-s).exp())
}
/// A search that leaves its rows.
#[differentiable]
fn search(grid: &[[f64; 3]; 3], limit: f64) -> f64 {
    let mut path = 0.0;
    'rows: for row in grid.iter() {
        for (j, cell) in row.iter().enumerate() {
            if *cell < 0.0 {
                continue 'rows;
            }
            path += cell * (j + 1) as f64;
            if path > limit {
                break 'rows;
            }
        }
        path *= 0.9;
    }
    path * limit
}

#[test]
fn trees_and_filters() {
    let tree = Tree::Node {
        gain: 0.7,
        children: vec![
            Tree::Leaf { weight: 0.3 },
            Tree::Node { gain: 1.2, children: vec![Tree::Leaf { weight: -0.4 }, Tree::Leaf { weight: 0.9 }] },
        ],
    };
    agrees!(score(&tree, 0.8), wrt 2);
    agrees!(likelihood(&Kalman { x: 0.1, p: 1.0, q: 0.1, r: 0.5 }, &[0.3, 0.5, -0.1]), wrt 2);
    agrees!(permuted(&[3, 1, 2], &[0.3, 0.7, 0.2]), wrt 1 behind 1);
    agrees!(ranked(&[0.3, 0.7, 0.2]));
    agrees!(cached(&[0.3, 0.7, 0.2], 0.6), wrt 2);
    let vocab = [("a", 0), ("b", 1)].into_iter().collect();
    agrees!(bag(&["a", "c", "b"], &vocab, &[0.3, 0.8]), once);
    agrees!(search(&[[0.1, 0.2, 0.3], [0.4, -0.5, 0.6], [0.7, 0.8, 0.9]], 1.3), wrt 2);
    agrees!(search(&[[0.1, 0.2, 0.3], [0.4, -0.5, 0.6], [0.7, 0.8, 0.9]], 11.3), wrt 2);
}
