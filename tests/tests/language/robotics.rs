//! Robotics and vision: kinematics, cameras, attitude, control.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable]
fn rotate_about_z(p: [f64; 3], angle: f64) -> [f64; 3] {
    let (s, c) = (angle.sin(), angle.cos());
    [c * p[0] - s * p[1], s * p[0] + c * p[1], p[2]]
}

/// Where a joint is: recursion over the table of parents.
#[differentiable(wrt(local, angles, offsets))]
fn joint_position(joint: usize, local: [f64; 3], parents: &[Option<usize>], angles: &[f64], offsets: &[[f64; 3]]) -> [f64; 3] {
    let turned = rotate_about_z(local, angles[joint]);
    let placed = [turned[0] + offsets[joint][0], turned[1] + offsets[joint][1], turned[2] + offsets[joint][2]];
    match parents[joint] {
        Some(parent) => joint_position(parent, placed, parents, angles, offsets),
        None => placed,
    }
}

/// How far the hand is from its target.
#[differentiable(wrt(angles, offsets))]
fn reach(angles: &[f64], offsets: &[[f64; 3]], parents: &[Option<usize>], target: [f64; 3]) -> f64 {
    let hand = joint_position(angles.len() - 1, [0.1, 0.0, 0.2], parents, angles, offsets);
    let mut distance = 0.0;
    for i in 0..3 {
        distance += (hand[i] - target[i]).powi(2);
    }
    distance.sqrt()
}

/// Rodrigues' rotation, with its branch for small angles, into a slice.
#[differentiable]
fn rodrigues(r: &[f64], p: &[f64], out: &mut [f64]) {
    let theta2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    let cross = [r[1] * p[2] - r[2] * p[1], r[2] * p[0] - r[0] * p[2], r[0] * p[1] - r[1] * p[0]];
    if theta2 > 1e-12 {
        let theta = theta2.sqrt();
        let (s, c) = (theta.sin() / theta, theta.cos());
        let along = (r[0] * p[0] + r[1] * p[1] + r[2] * p[2]) * (1.0 - c) / theta2;
        for i in 0..3 {
            out[i] = p[i] * c + cross[i] * s + r[i] * along;
        }
    } else {
        for i in 0..3 {
            out[i] = p[i] + cross[i];
        }
    }
}

/// The residual of one observation: rotation, translation, projection, radial distortion.
#[differentiable]
fn reprojection(camera: &[f64], point: &[f64], residual: &mut [f64]) {
    let mut p = [0.0; 3];
    rodrigues(&camera[..3], point, &mut p);
    p[0] += camera[3];
    p[1] += camera[4];
    p[2] += camera[5];
    let (x, y) = (-p[0] / p[2], -p[1] / p[2]);
    let r2 = x * x + y * y;
    let distortion = 1.0 + r2 * (camera[7] + camera[8] * r2);
    residual[0] += camera[6] * distortion * x;
    residual[1] += camera[6] * distortion * y;
}

/// Bundle adjustment: cameras and points in flat lists, with a robust loss.
#[differentiable(wrt(cameras, points))]
fn bundle(cameras: &[f64], points: &[f64], observations: &[(usize, usize, f64, f64)]) -> f64 {
    let mut cost = 0.0;
    for &(camera, point, u, v) in observations {
        let mut residual = [-u, -v];
        reprojection(&cameras[9 * camera..9 * camera + 9], &points[3 * point..3 * point + 3], &mut residual);
        let squared = residual[0] * residual[0] + residual[1] * residual[1];
        cost += if squared > 0.25 { squared.sqrt() - 0.25 } else { squared };
    }
    cost
}

/// Attitude from gyroscope readings: quaternions in an array, normalised at each step.
#[differentiable(wrt(start, bias))]
fn attitude(start: [f64; 4], bias: [f64; 3], rates: &[[f64; 3]], h: f64) -> f64 {
    let mut q = start;
    for rate in rates {
        let w = [rate[0] - bias[0], rate[1] - bias[1], rate[2] - bias[2]];
        let derivative = [
            0.5 * (-q[1] * w[0] - q[2] * w[1] - q[3] * w[2]),
            0.5 * (q[0] * w[0] + q[2] * w[2] - q[3] * w[1]),
            0.5 * (q[0] * w[1] - q[1] * w[2] + q[3] * w[0]),
            0.5 * (q[0] * w[2] + q[1] * w[1] - q[2] * w[0]),
        ];
        let mut norm = 0.0;
        for i in 0..4 {
            q[i] += h * derivative[i];
            norm += q[i] * q[i];
        }
        for x in &mut q {
            *x /= norm.sqrt();
        }
    }
    q[0] * q[1] + 2.0 * q[2] - q[3]
}

#[derive(Clone, Copy, Differentiable)]
struct Car {
    x: f64,
    y: f64,
    heading: f64,
    speed: f64,
}

/// A bicycle model under a list of commands, with limits.
#[differentiable(wrt(start, steering))]
fn drive(start: Car, steering: &[f64], throttle: &[f64], limit: f64) -> f64 {
    let mut car = start;
    let mut cost = 0.0;
    for (turn, push) in steering.iter().zip(throttle) {
        let turn = turn.clamp(-limit, limit);
        car = Car {
            x: car.x + 0.1 * car.speed * car.heading.cos(),
            y: car.y + 0.1 * car.speed * car.heading.sin(),
            heading: car.heading + 0.1 * car.speed * turn.tan() / 2.5,
            ..car
        };
        car.speed += 0.1 * push;
        cost += car.y * car.y + 0.01 * turn * turn;
    }
    cost + (car.x - 3.0).powi(2)
}

/// A controller with an integral that saturates, closed around a plant.
#[differentiable(wrt(gains))]
fn pid(gains: [f64; 3], setpoint: f64, steps: usize) -> f64 {
    let [kp, ki, kd] = gains;
    let (mut y, mut integral, mut last_error) = (0.0, 0.0, setpoint);
    let mut cost = 0.0;
    for _ in 0..steps {
        let error = setpoint - y;
        integral += 0.1 * error;
        if integral > 0.35 {
            integral = 0.35;
        }
        let command = kp * error + ki * integral + kd * (error - last_error) / 0.1;
        y += 0.1 * (command - 0.5 * y);
        last_error = error;
        cost += 0.1 * (error * error + 0.01 * command * command);
    }
    cost
}

/// Riccati's recursion backwards in time.
#[differentiable(wrt(a, b, r))]
fn regulator(a: [[f64; 2]; 2], b: [f64; 2], r: f64, horizon: usize) -> f64 {
    let mut p = [[1.0, 0.0], [0.0, 1.0]];
    for _ in 0..horizon {
        let pb = [p[0][0] * b[0] + p[0][1] * b[1], p[1][0] * b[0] + p[1][1] * b[1]];
        let s = r + b[0] * pb[0] + b[1] * pb[1];
        let mut pa = [[0.0; 2]; 2];
        for i in 0..2 {
            for j in 0..2 {
                pa[i][j] = p[i][0] * a[0][j] + p[i][1] * a[1][j];
            }
        }
        let gain = [(b[0] * pa[0][0] + b[1] * pa[1][0]) / s, (b[0] * pa[0][1] + b[1] * pa[1][1]) / s];
        for i in 0..2 {
            for j in 0..2 {
                let closed = a[0][i] * pa[0][j] + a[1][i] * pa[1][j];
                p[i][j] = closed - gain[i] * gain[j] * s + if i == j { 0.1 } else { 0.0 };
            }
        }
    }
    p[0][0] + 2.0 * p[0][1] + p[1][1]
}

#[derive(Clone, Copy, Differentiable)]
struct Pose {
    x: f64,
    y: f64,
    theta: f64,
}

#[differentiable]
fn relative(a: &Pose, b: &Pose) -> Pose {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (s, c) = (a.theta.sin(), a.theta.cos());
    Pose { x: c * dx + s * dy, y: c * dy - s * dx, theta: b.theta - a.theta }
}

/// A graph of poses with measured edges.
#[differentiable(wrt(poses))]
fn pose_graph(poses: &[Pose], edges: &[(usize, usize, [f64; 3])]) -> f64 {
    let mut error = 0.0;
    for (from, to, measured) in edges {
        let Pose { x, y, theta } = relative(&poses[*from], &poses[*to]);
        let turn = (theta - measured[2]).sin();
        error += (x - measured[0]).powi(2) + (y - measured[1]).powi(2) + 4.0 * turn * turn;
    }
    error
}

/// Line of sight over a terrain: the highest slope so far.
#[differentiable(wrt(heights, eye))]
fn visible(heights: &[f64], eye: f64) -> f64 {
    let mut highest = f64::NEG_INFINITY;
    let mut seen = 0.0;
    for (i, h) in heights.iter().enumerate() {
        let slope = (h - eye) / (i + 1) as f64;
        if slope > highest {
            seen += slope - if highest.is_finite() { highest } else { -1.0 };
            highest = slope;
        }
    }
    seen
}

#[test]
fn kinematics() {
    let parents = [None, Some(0), Some(1), Some(0)];
    let offsets = [[0.0, 0.1, 0.3], [0.5, 0.0, 0.1], [0.4, 0.2, 0.0], [0.3, -0.2, 0.1]];
    agrees!(reach(&[0.3, 0.7, -0.4], &offsets[..3], &parents, [0.6, 0.8, 0.1]), wrt 2);
    agrees!(reach(&[0.3, 0.7, -0.4, 0.9], &offsets, &parents, [0.6, 0.8, 0.1]), wrt 2);
    agrees!(attitude([0.9, 0.1, -0.3, 0.2], [0.01, -0.02, 0.03], &[[0.3, 0.9, -0.4], [0.1, -0.2, 0.7]], 0.1), wrt 2);
}

#[test]
fn vision() {
    let camera = [0.1, -0.2, 0.3, 0.2, 0.1, -4.0, 1.3, 0.05, -0.02];
    let flat = [0.0, 0.0, 0.0, 0.1, -0.3, -5.0, 1.1, 0.02, 0.01];
    let points = [0.3, 0.9, 0.4, -0.7, 0.2, 0.8];
    let observations = [(0, 0, 0.1, 0.3), (0, 1, -0.2, 0.9), (1, 0, 0.05, 0.1), (1, 1, -0.1, 0.0)];
    // At an angle of zero, there is another formula than beside it.
    agrees!(bundle(&[camera, flat].concat(), &points, &observations), wrt 2, once);
    let poses = [Pose { x: 0.0, y: 0.1, theta: 0.2 }, Pose { x: 1.1, y: 0.3, theta: 0.5 }, Pose { x: 1.5, y: 1.2, theta: 1.4 }];
    agrees!(pose_graph(&poses, &[(0, 1, [1.0, 0.1, 0.3]), (1, 2, [0.8, 0.7, 1.0]), (0, 2, [1.4, 1.0, 1.1])]));
    agrees!(visible(&[0.3, 0.2, 0.9, 0.7, 1.9], 0.5), wrt 2);
}

#[test]
fn control() {
    let car = Car { x: 0.0, y: 0.3, heading: 0.1, speed: 1.2 };
    agrees!(drive(car, &[0.2, -0.9, 0.3, 0.1], &[0.5, 0.2, -0.3, 0.1], 0.6), wrt 2);
    agrees!(pid([1.3, 0.4, 0.05], 1.0, 12));
    agrees!(regulator([[1.0, 0.1], [-0.2, 0.9]], [0.3, 0.8], 0.5, 5), wrt 3);
}
