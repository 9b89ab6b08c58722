//! Bundle adjustment: where cameras see points, and how far that is from what was observed.

mod scene;

use odyssey_runtime::prelude::*;
use odyssey_runtime::sparse::Sparsity;

pub use scene::{CAMERA, Observation, POINT, Scene};

/// `x` turned about the axis and by the angle of `turn` (Rodrigues).
#[differentiable]
pub fn rotated(turn: [f64; 3], x: [f64; 3]) -> [f64; 3] {
    let square = turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2];
    let cross = [turn[1] * x[2] - turn[2] * x[1], turn[2] * x[0] - turn[0] * x[2], turn[0] * x[1] - turn[1] * x[0]];
    if square > 1e-12 {
        let angle = square.sqrt();
        let (sin, cos) = (angle.sin() / angle, angle.cos());
        let along = (turn[0] * x[0] + turn[1] * x[1] + turn[2] * x[2]) * (1.0 - cos) / square;
        [
            x[0] * cos + cross[0] * sin + turn[0] * along,
            x[1] * cos + cross[1] * sin + turn[1] * along,
            x[2] * cos + cross[2] * sin + turn[2] * along,
        ]
    } else {
        [x[0] + cross[0], x[1] + cross[1], x[2] + cross[2]]
    }
}

/// Where a camera sees a point: turned, shifted, divided by the distance, with two coefficients of radial distortion.
#[differentiable]
pub fn projected(camera: &[f64], point: &[f64]) -> [f64; 2] {
    let turned = rotated([camera[0], camera[1], camera[2]], [point[0], point[1], point[2]]);
    let depth = turned[2] + camera[5];
    let u = -(turned[0] + camera[3]) / depth;
    let v = -(turned[1] + camera[4]) / depth;
    let square = u * u + v * v;
    let scale = camera[6] * (1.0 + square * (camera[7] + camera[8] * square));
    [scale * u, scale * v]
}

/// What is seen less what was observed; `x` has the points first, then the cameras.
#[differentiable(wrt(x))]
pub fn residuals(x: &[f64], scene: &Scene) -> Vec<f64> {
    let mut residuals = Vec::new();
    for seen in &scene.observations {
        let (camera, point) = (scene.camera(seen.camera), scene.point(seen.point));
        let at = projected(&x[camera..camera + CAMERA], &x[point..point + POINT]);
        residuals.push(at[0] - seen.at[0]);
        residuals.push(at[1] - seen.at[1]);
    }
    residuals
}

/// Each observation depends on one camera and one point.
pub fn sparsity(scene: &Scene) -> Sparsity {
    let entries = scene.observations.iter().enumerate().flat_map(|(number, seen)| {
        let (camera, point) = (scene.camera(seen.camera), scene.point(seen.point));
        let columns = (camera..camera + CAMERA).chain(point..point + POINT);
        columns.flat_map(move |column| [(2 * number, column), (2 * number + 1, column)])
    });
    Sparsity::new(2 * scene.observations.len(), scene.unknowns(), entries)
}
