//! Physics: integrators with state in structs, stencils, energies.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Pendulum {
    angle: f64,
    speed: f64,
}

#[derive(Clone, Copy, Differentiable)]
struct Constants {
    gravity: f64,
    length: f64,
    drag: f64,
}

#[differentiable]
fn slope(state: &Pendulum, c: &Constants) -> Pendulum {
    Pendulum { angle: state.speed, speed: -c.gravity / c.length * state.angle.sin() - c.drag * state.speed }
}

#[differentiable]
fn moved(state: &Pendulum, by: &Pendulum, h: f64) -> Pendulum {
    Pendulum { angle: state.angle + h * by.angle, speed: state.speed + h * by.speed }
}

/// Runge and Kutta's fourth order, the state a struct.
#[differentiable]
fn rk4_step(state: &mut Pendulum, c: &Constants, h: f64) {
    let k1 = slope(state, c);
    let k2 = slope(&moved(state, &k1, h / 2.0), c);
    let k3 = slope(&moved(state, &k2, h / 2.0), c);
    let k4 = slope(&moved(state, &k3, h), c);
    state.angle += h / 6.0 * (k1.angle + 2.0 * k2.angle + 2.0 * k3.angle + k4.angle);
    state.speed += h / 6.0 * (k1.speed + 2.0 * k2.speed + 2.0 * k3.speed + k4.speed);
}

#[differentiable(wrt(start, c))]
fn rk4(start: Pendulum, c: &Constants, steps: usize) -> f64 {
    let mut state = start;
    for _ in 0..steps {
        rk4_step(&mut state, c, 0.05);
    }
    state.angle * state.angle + 0.3 * state.speed
}

#[derive(Clone, Differentiable)]
struct System {
    positions: Vec<[f64; 2]>,
    velocities: Vec<[f64; 2]>,
    masses: Vec<f64>,
}

#[differentiable]
fn forces(system: &System, softening: f64) -> Vec<[f64; 2]> {
    let n = system.masses.len();
    let mut out = vec![[0.0, 0.0]; n];
    for i in 0..n {
        for j in 0..i {
            let dx = system.positions[j][0] - system.positions[i][0];
            let dy = system.positions[j][1] - system.positions[i][1];
            let r2 = dx * dx + dy * dy + softening;
            let strength = system.masses[i] * system.masses[j] / (r2 * r2.sqrt());
            out[i][0] += strength * dx;
            out[i][1] += strength * dy;
            out[j][0] -= strength * dx;
            out[j][1] -= strength * dy;
        }
    }
    out
}

#[differentiable]
fn kick(system: &mut System, softening: f64, h: f64) {
    let f = forces(system, softening);
    for (i, velocity) in system.velocities.iter_mut().enumerate() {
        velocity[0] += h * f[i][0] / system.masses[i];
        velocity[1] += h * f[i][1] / system.masses[i];
    }
}

/// Leapfrog over `&mut` state: kick, drift, kick.
#[differentiable(wrt(start, softening))]
fn leapfrog(start: &System, softening: f64, steps: usize) -> f64 {
    let h = 0.1;
    let mut system = start.clone();
    for _ in 0..steps {
        kick(&mut system, softening, h / 2.0);
        for i in 0..system.positions.len() {
            system.positions[i][0] += h * system.velocities[i][0];
            system.positions[i][1] += h * system.velocities[i][1];
        }
        kick(&mut system, softening, h / 2.0);
    }
    let mut kinetic = 0.0;
    for (velocity, mass) in system.velocities.iter().zip(&system.masses) {
        kinetic += 0.5 * mass * (velocity[0].powi(2) + velocity[1].powi(2));
    }
    kinetic + system.positions[0][0]
}

/// The heat equation, stepping in place with the last value of the left neighbour in a variable.
#[differentiable(wrt(start, conductivity))]
fn heat(start: &[f64], conductivity: f64, steps: usize) -> f64 {
    let mut u = start.to_vec();
    let n = u.len();
    for _ in 0..steps {
        let mut left = u[0];
        for i in 1..n - 1 {
            let here = u[i];
            u[i] = here + conductivity * (left - 2.0 * here + u[i + 1]);
            left = here;
        }
        u[0] = u[1];
        u[n - 1] = u[n - 2];
    }
    u.iter().map(|t| t * t).sum()
}

/// The same in two dimensions with array slices.
#[differentiable(wrt(start, conductivity))]
fn heat_plate(start: &Array2<f64>, conductivity: f64, steps: usize) -> f64 {
    let mut u = start.clone();
    for _ in 0..steps {
        let laplacian = &u.slice(s![..-2, 1..-1]) + &u.slice(s![2.., 1..-1]) + u.slice(s![1..-1, ..-2]) + u.slice(s![1..-1, 2..])
            - 4.0 * &u.slice(s![1..-1, 1..-1]);
        let mut inside = u.slice_mut(s![1..-1, 1..-1]);
        inside.scaled_add(conductivity, &laplacian);
    }
    (&u * &u).sum()
}

/// Waves on a string: three time levels.
#[differentiable(wrt(pluck, speed))]
fn string(pluck: f64, speed: f64, steps: usize) -> f64 {
    const N: usize = 8;
    let mut before = [0.0; N];
    let mut now = [0.0; N];
    for i in 1..N - 1 {
        now[i] = pluck * (i as f64 * 0.7).sin();
        before[i] = now[i];
    }
    for _ in 0..steps {
        let mut next = [0.0; N];
        for i in 1..N - 1 {
            let curvature = now[i - 1] - 2.0 * now[i] + now[i + 1];
            next[i] = 2.0 * now[i] - before[i] + speed * speed * curvature - 0.1 * now[i].powi(3);
        }
        before = now;
        now = next;
    }
    now[3] + before[2] * now[5]
}

/// Lennard-Jones atoms in a periodic box, with a cut-off.
#[differentiable(wrt(positions, sigma))]
fn lennard_jones(positions: &Array2<f64>, sigma: f64, size: f64) -> f64 {
    let mut energy = 0.0;
    for i in 0..positions.nrows() {
        for j in i + 1..positions.nrows() {
            let mut r2 = 0.0;
            for k in 0..positions.ncols() {
                let mut d = positions[[i, k]] - positions[[j, k]];
                d -= size * (d / size).round();
                r2 += d * d;
            }
            if r2 > size * size / 4.0 {
                continue;
            }
            let s6 = (sigma * sigma / r2).powi(3);
            energy += 4.0 * (s6 * s6 - s6);
        }
    }
    energy
}

/// Self-consistent magnetisation: a fixed point.
#[differentiable]
fn mean_field(coupling: f64, field: f64) -> f64 {
    let mut m = 0.5;
    let mut change = 1.0;
    while change > 1e-15 {
        let next = (coupling * m + field).tanh();
        change = (next - m).abs();
        m = next;
    }
    m
}

/// Light through slabs of glass, with total reflection as an early return.
#[differentiable(wrt(angle, indices))]
fn refracted(angle: f64, indices: &[f64], thickness: f64) -> f64 {
    let mut sine = angle.sin();
    let mut shift = 0.0;
    let mut index = 1.0;
    for &next in indices {
        sine *= index / next;
        if sine.abs() >= 1.0 {
            return -shift;
        }
        shift += thickness * sine / (1.0 - sine * sine).sqrt();
        index = next;
    }
    shift
}

/// Where a ball lands that bounces: events end the inner loop.
#[differentiable]
fn bouncing(height: f64, restitution: f64) -> f64 {
    let (mut y, mut v, mut x) = (height, 0.0, 0.0);
    let h = 0.01;
    let mut bounces = 0;
    'flight: loop {
        v -= 9.81 * h;
        y += v * h;
        x += 0.5 * h * (1.0 + 0.01 * v);
        if y < 0.0 {
            y = -restitution * y;
            v = -restitution * v;
            bounces += 1;
            if bounces == 3 {
                break 'flight;
            }
        }
    }
    x + y + 0.1 * v
}

#[test]
fn integrators() {
    let c = Constants { gravity: 9.8, length: 1.3, drag: 0.1 };
    agrees!(rk4(Pendulum { angle: 0.6, speed: -0.2 }, &c, 8), wrt 2);
    let system = System {
        positions: vec![[0.0, 0.1], [1.0, -0.2], [0.3, 0.9]],
        velocities: vec![[0.1, 0.0], [-0.3, 0.2], [0.2, -0.1]],
        masses: vec![1.0, 0.7, 0.4],
    };
    agrees!(leapfrog(&system, 0.05, 4), wrt 2);
    agrees!(bouncing(0.9, 0.8), wrt 2);
}

#[test]
fn fields() {
    agrees!(heat(&[0.3, 0.9, 0.1, 0.7, 0.5, 0.2], 0.2, 4), wrt 2);
    agrees!(heat_plate(&matrix(1, 4, 5), 0.1, 3), wrt 2);
    agrees!(string(0.3, 0.6, 6), wrt 2);
}

#[test]
fn energies() {
    let positions = Array2::from_shape_fn((4, 2), |(i, k)| ((i / (k + 1)) as f64 * 1.3 + 0.2 * (i * k) as f64).rem_euclid(4.0));
    let positions = positions + matrix::<f64>(3, 4, 2) * 0.1;
    agrees!(lennard_jones(&positions, 0.9, 4.0), wrt 2);
    agrees!(mean_field(0.8, 0.3), wrt 2);
    agrees!(refracted(0.5, &[1.5, 1.2, 1.7], 2.0), wrt 2);
    agrees!(refracted(1.4, &[1.5, 1.2, 0.9], 2.0), wrt 2);
}
