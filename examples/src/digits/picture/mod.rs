//! The picture of a training: its curves, and the digits that were read wrong.

mod curves;
mod gallery;

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;

use super::data::Digits;
use super::train::Progress;

type Canvas<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const FONT: &str = "sans-serif";
const WIDTH: u32 = 1200;
const HEIGHT_OF_CURVES: u32 = 480;
const HEIGHT_OF_GALLERY: u32 = 180;

/// Writes the picture as PNG: the scores after each epoch, and the images of `test` that show another digit than `read`
/// says.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, history: &[Progress], test: &Digits, read: &[usize]) -> Drawn {
    register_font(FONT, FontStyle::Normal, notosans::REGULAR_TTF).map_err(|_| "the font cannot be read")?;
    let size = (WIDTH, HEIGHT_OF_CURVES + HEIGHT_OF_GALLERY);
    let canvas = BitMapBackend::new(path, size).into_drawing_area();
    canvas.fill(&WHITE)?;
    let (top, bottom) = canvas.split_vertically(HEIGHT_OF_CURVES);
    let (left, right) = top.split_horizontally(WIDTH / 2);
    curves::draw_losses(&left, history)?;
    curves::draw_accuracies(&right, history)?;
    gallery::draw(&bottom, test, read)?;
    canvas.present()?;
    Ok(())
}
