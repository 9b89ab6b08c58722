//! Points that cameras have seen, made up or read from a file.

use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::str::{FromStr, SplitAsciiWhitespace};

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::projected;

/// The numbers of a camera: a turn, a shift, the focal length in pixels, two coefficients of radial distortion.
pub const CAMERA: usize = 9;
/// The coordinates of a point.
pub const POINT: usize = 3;

/// A point in a picture, in pixels from its middle.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The camera's number.
    pub camera: usize,
    /// The point's number.
    pub point: usize,
    /// Where it was seen.
    pub at: [f64; 2],
}

/// What was seen.
#[derive(Clone, Debug)]
pub struct Scene {
    /// How many cameras there are.
    pub cameras: usize,
    /// How many points there are.
    pub points: usize,
    /// What they saw, in any order.
    pub observations: Vec<Observation>,
    /// The root of the mean square distance between what was seen and the truth, in pixels, if it is known.
    pub noise: Option<f64>,
}

impl Scene {
    /// How many numbers are looked for: the points first, then the cameras.
    pub fn unknowns(&self) -> usize {
        POINT * self.points + CAMERA * self.cameras
    }

    /// Where a point's numbers begin.
    pub fn point(&self, number: usize) -> usize {
        POINT * number
    }

    /// Where a camera's numbers begin.
    pub fn camera(&self, number: usize) -> usize {
        POINT * self.points + CAMERA * number
    }

    /// Cameras in a ring around a cloud of points, of which each sees about half, and where to start.
    pub fn made_up() -> (Self, Vec<f64>) {
        const DEVIATION: f64 = 0.3;
        let mut rng = Pcg64Mcg::seed_from_u64(0);
        let mut scene = Scene { cameras: 12, points: 300, observations: Vec::new(), noise: Some(DEVIATION * 2.0_f64.sqrt()) };
        let mut truth: Vec<f64> = (0..POINT * scene.points).map(|_| rng.random_range(-1.0..1.0)).collect();
        for number in 0..scene.cameras {
            let angle = number as f64 / scene.cameras as f64 * 3.0;
            truth.extend([0.1 * angle.sin(), angle, 0.05, 0.0, 0.1, -6.0, 500.0, -0.05, 0.01]);
        }
        for (camera, point) in (0..scene.cameras).flat_map(|camera| (0..scene.points).map(move |point| (camera, point))) {
            if rng.random_bool(0.5) {
                let at = projected(&truth[scene.camera(camera)..][..CAMERA], &truth[scene.point(point)..][..POINT]);
                let at = at.map(|x| x + DEVIATION * normal(&mut rng));
                scene.observations.push(Observation { camera, point, at });
            }
        }
        let scale = [0.02, 0.02, 0.02, 0.1, 0.1, 0.1, 5.0, 0.02, 0.01];
        let points = POINT * scene.points;
        let scale = |number: usize| if number < points { 0.1 } else { scale[(number - points) % CAMERA] };
        let start = truth.iter().enumerate().map(|(number, x)| x + scale(number) * rng.random_range(-1.0..1.0));
        let start = start.collect();
        (scene, start)
    }

    /// A problem in the format of "Bundle Adjustment in the Large", and where it starts.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not of that format.
    pub fn read(path: &Path) -> Result<(Self, Vec<f64>), Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    fn parse(text: &str) -> Result<(Self, Vec<f64>), String> {
        let mut words = text.split_ascii_whitespace();
        let [cameras, points, count] = ["cameras", "points", "observations"].map(|what| next(&mut words, &what));
        let mut scene = Scene { cameras: cameras?, points: points?, observations: Vec::new(), noise: None };
        for number in 0..count? {
            let what = format_args!("observation {number}").to_string();
            let (camera, point) = (next(&mut words, &what)?, next(&mut words, &what)?);
            if camera >= scene.cameras || point >= scene.points {
                return Err(format!("{what} is of camera {camera} and point {point}, which do not exist"));
            }
            scene.observations.push(Observation { camera, point, at: [next(&mut words, &what)?, next(&mut words, &what)?] });
        }
        let mut numbers = |count: usize, what: &str| (0..count).map(|_| next(&mut words, &what)).collect::<Result<Vec<f64>, _>>();
        let cameras = numbers(CAMERA * scene.cameras, "the cameras")?;
        let mut start = numbers(POINT * scene.points, "the points")?;
        start.extend(cameras);
        match words.next() {
            None => Ok((scene, start)),
            Some(word) => Err(format!("`{word}` after the last point")),
        }
    }
}

fn next<T: FromStr<Err: Display>>(words: &mut SplitAsciiWhitespace<'_>, what: &impl Display) -> Result<T, String> {
    let word = words.next().ok_or_else(|| format!("the file ends in {what}"))?;
    word.parse().map_err(|error| format!("`{word}` in {what}: {error}"))
}

/// Of mean 0 and deviation 1 (Box and Muller 1958).
fn normal(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random_range(f64::MIN_POSITIVE..1.0), rng.random_range(0.0..std::f64::consts::TAU));
    (-2.0 * radius.ln()).sqrt() * angle.cos()
}

#[cfg(test)]
mod tests {
    use super::super::{residuals, sparsity};
    use super::Scene;
    use odyssey_runtime::sparse::Sparsity;

    const PROBLEM: &str = "1 2 2\n0 0 -3.5 2\n0 1 1e1 0\n 0.1 0.2 0 0 0 -5 500 0 0\n 1 2 3\n 4 5 6\n";

    #[test]
    fn reads_a_problem() {
        let (scene, start) = Scene::parse(PROBLEM).unwrap();
        assert_eq!((scene.cameras, scene.points, scene.observations.len(), scene.unknowns()), (1, 2, 2, 15));
        assert_eq!(scene.observations[1].at, [10.0, 0.0]);
        assert_eq!(start[..7], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.1]);
        assert_eq!(start[scene.camera(0) + 6], 500.0);
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| Scene::parse(text).unwrap_err();
        assert_eq!(error(""), "the file ends in cameras");
        assert_eq!(error("1 1 1 0 1 0 0"), "observation 0 is of camera 0 and point 1, which do not exist");
        assert_eq!(error(&PROBLEM.replace("-3.5", "x")), "`x` in observation 0: invalid float literal");
        assert_eq!(error(&PROBLEM.replace(" 6\n", "")), "the file ends in the points");
        assert_eq!(error(&format!("{PROBLEM} 7")), "`7` after the last point");
        assert!(Scene::read("nowhere.txt".as_ref()).unwrap_err().to_string().starts_with("nowhere.txt: "));
    }

    #[test]
    fn the_pattern_is_the_jacobian_s() {
        let (mut scene, start) = Scene::made_up();
        scene.observations.truncate(40);
        let expected = sparsity(&scene);
        let found = Sparsity::detect(&start[..], |direction| residuals::jvp(&start, &scene, direction).1);
        assert_eq!(found, expected);
        let jacobian = expected.jacobian(&start[..], |direction| residuals::jvp(&start, &scene, direction).1);
        let is_near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
        assert!(jacobian.to_dense().iter().zip(&residuals::jacobian(&start, &scene)).all(is_near));
    }
}
