//! What changes from epoch to epoch.

use std::ops::Range;

use plotters::prelude::*;

use super::{Canvas, Drawn, FONT};
use crate::digits::train::{Progress, Score};

const TRAIN: RGBColor = RGBColor(0, 114, 178);
const TEST: RGBColor = RGBColor(213, 94, 0);

/// The losses, from 0.
pub(super) fn draw_losses(canvas: &Canvas<'_>, history: &[Progress]) -> Drawn {
    let curves = curves(history, |score| f64::from(score.loss));
    let axis = Axis {
        caption: "Loss (mean cross entropy)",
        range: 0.0..1.05 * range(&curves).end,
        decimals: 2,
        unit: "",
        legend: SeriesLabelPosition::UpperRight,
    };
    draw(canvas, axis, &curves)
}

/// The accuracies, from the multiple of 5 % below the lowest to 100 %.
pub(super) fn draw_accuracies(canvas: &Canvas<'_>, history: &[Progress]) -> Drawn {
    let curves = curves(history, |score| 100.0 * score.accuracy);
    let low = (range(&curves).start / 5.0).floor() * 5.0;
    let axis = Axis {
        caption: "Accuracy",
        range: low.min(95.0)..100.0,
        decimals: 0,
        unit: " %",
        legend: SeriesLabelPosition::LowerRight,
    };
    draw(canvas, axis, &curves)
}

struct Axis {
    caption: &'static str,
    range: Range<f64>,
    decimals: usize,
    unit: &'static str,
    legend: SeriesLabelPosition,
}

struct Curve {
    name: &'static str,
    color: RGBColor,
    values: Vec<f64>,
}

fn curves(history: &[Progress], value: impl Fn(Score) -> f64) -> [Curve; 2] {
    [
        Curve { name: "training images", color: TRAIN, values: history.iter().map(|p| value(p.train)).collect() },
        Curve { name: "test images", color: TEST, values: history.iter().map(|p| value(p.test)).collect() },
    ]
}

/// From the lowest to the highest value.
fn range(curves: &[Curve]) -> Range<f64> {
    let values = || curves.iter().flat_map(|curve| &curve.values).copied();
    values().fold(f64::INFINITY, f64::min)..values().fold(f64::NEG_INFINITY, f64::max)
}

fn draw(canvas: &Canvas<'_>, axis: Axis, curves: &[Curve]) -> Drawn {
    let epochs = curves[0].values.len();
    let Axis { decimals, unit, .. } = axis;
    let mut chart = ChartBuilder::on(canvas)
        .caption(axis.caption, (FONT, 24))
        .margin(20)
        .x_label_area_size(46)
        .y_label_area_size(66)
        .build_cartesian_2d(1..epochs.max(2), axis.range)?;
    chart
        .configure_mesh()
        .x_desc("epoch")
        .y_label_formatter(&|y| format!("{y:.decimals$}{unit}"))
        .label_style((FONT, 16))
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .draw()?;
    for curve in curves {
        let style = curve.color.stroke_width(2);
        chart
            .draw_series(LineSeries::new((1..).zip(curve.values.iter().copied()), style))?
            .label(curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
    }
    chart
        .configure_series_labels()
        .position(axis.legend)
        .label_font((FONT, 16))
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}
