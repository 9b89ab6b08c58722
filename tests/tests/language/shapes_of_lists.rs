//! Lists that become arrays, arrays that become lists, and indices that are found by what they stand for.

use ndarray::{Array, Array1, Array2, Array3, array};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable]
fn shaped(x: &[f64], k: f64) -> f64 {
    let a = Array2::from_shape_vec((2, 2), x.to_vec()).unwrap();
    let doubled = Array::from_vec(x.iter().map(|v| v * k).collect::<Vec<_>>());
    let b = a.t().dot(&a) + doubled.slice(ndarray::s![..2]);
    let cube = Array3::from_shape_vec((2, 1, 2), b.iter().copied().collect()).expect("four");
    let chained = Array::from_iter(x.iter().chain(doubled.iter()).map(|v| v.sin()));
    cube.mapv(|v| v * v).sum() * chained.sum()
}

#[differentiable]
fn listed(x: &Array1<f64>) -> f64 {
    let mut list = x.to_vec();
    list.push(x[0] * x[1]);
    list.swap(0, 1);
    let back = list.iter().rev().fold(1.0, |product, v| product * 0.5 + v);
    back * (x * 2.0).to_vec()[1]
}

#[differentiable]
fn extremes(x: &[f64]) -> f64 {
    let greatest = (0..x.len()).max_by(|&i, &j| x[i].partial_cmp(&x[j]).unwrap()).unwrap();
    let least = (0..x.len()).min_by(|&i, &j| x[i].total_cmp(&x[j])).unwrap();
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    let median = 0.5 * (x[order[1]] + x[order[2]]);
    x[greatest] * x[least] + median * median
}

#[derive(Clone, Differentiable)]
struct Body {
    mass: f64,
    place: [f64; 2],
}

#[differentiable]
fn moment(body: &Body) -> f64 {
    body.mass * body.place[0] + body.place[1]
}

/// What the loop calls `body` is not what the function does.
#[differentiable]
fn shadowed(body: &Body, k: f64) -> f64 {
    let mut bodies = [body.clone(), Body { mass: k, place: [k, k * k] }];
    bodies.swap(0, 1);
    bodies[0].mass *= k;
    for body in &mut bodies {
        body.place[0] += body.mass;
    }
    moment(&bodies[0]) * moment(&bodies[1]) + bodies[0].place[1]
}

#[differentiable]
fn called_in_turn(body: &Body, k: f64) -> f64 {
    let mut bodies = [body.clone(), Body { mass: k, place: [k, k * k] }];
    let before = std::mem::replace(&mut bodies[0].mass, 2.0 * k);
    for body in &mut bodies {
        body.place[0] += body.mass * before;
    }
    bodies[0].push(k) * bodies[1].push(before) + bodies[0].place[1]
}

#[differentiable]
impl Body {
    fn push(&mut self, by: f64) -> f64 {
        self.place[1] += by * self.place[0];
        self.place[1] * self.mass
    }
}

#[test]
fn shapes_of_lists() {
    let x = [0.7, 1.3, 0.4, 0.9];
    agrees!(shaped(&x, 0.8), wrt 2);
    agrees!(listed(&array![0.3, 0.8, -0.4]));
    agrees!(extremes(&x));
    let body = Body { mass: 0.7, place: [1.2, -0.4] };
    agrees!(shadowed(&body, 0.6), wrt 2);
    agrees!(called_in_turn(&body, 0.6), wrt 2);
}
