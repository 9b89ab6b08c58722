//! The digits that were read wrong.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Canvas, Drawn, FONT};
use crate::digits::data::{Digits, SIDE};

const WIDTH: i32 = super::WIDTH.cast_signed();
/// What one image has of the width.
const CELL: usize = 86;
const LEFT: i32 = 20;
const TOP: i32 = 64;
/// The sides of a pixel of a digit, and of the whole digit.
const PIXEL: i32 = 9;
const IMAGE: i32 = 72;

/// Draws the images of `test` of which `read` says another digit, as many as there is room for.
pub(super) fn draw(canvas: &Canvas<'_>, test: &Digits, read: &[usize]) -> Drawn {
    let is_wrong = |&n: &usize| read[n] != test.labels[n];
    let wrong: Vec<_> = (0..test.len()).filter(is_wrong).collect();
    let title = format!("Misread: {} of {} test images", wrong.len(), test.len());
    write(canvas, &title, 24, (WIDTH / 2, 24))?;
    for (&n, left) in wrong.iter().zip((LEFT..WIDTH - IMAGE).step_by(CELL)) {
        draw_digit(canvas, &test.images.row(n).to_vec(), (left, TOP))?;
        let caption = format!("{} read as {}", test.labels[n], read[n]);
        write(canvas, &caption, 14, (left + IMAGE / 2, TOP + IMAGE + 14))?;
    }
    Ok(())
}

fn draw_digit(canvas: &Canvas<'_>, pixels: &[f32], (left, top): (i32, i32)) -> Drawn {
    for (row, line) in (0..).zip(pixels.chunks(SIDE)) {
        for (column, &ink) in (0..).zip(line) {
            let (x, y) = (left + column * PIXEL, top + row * PIXEL);
            let ink = BLACK.mix(f64::from(ink)).filled();
            canvas.draw(&Rectangle::new([(x, y), (x + PIXEL, y + PIXEL)], ink))?;
        }
    }
    let frame = [(left, top), (left + IMAGE, top + IMAGE)];
    canvas.draw(&Rectangle::new(frame, BLACK.mix(0.3)))?;
    Ok(())
}

/// Writes `text` with its middle at `position`.
fn write(canvas: &Canvas<'_>, text: &str, size: u32, position: (i32, i32)) -> Drawn {
    let style = (FONT, size).into_text_style(canvas);
    let style = style.pos(Pos::new(HPos::Center, VPos::Center));
    canvas.draw_text(text, &style, position)?;
    Ok(())
}
