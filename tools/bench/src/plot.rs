// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The plot: ours by C's, for all that both were measured at, and the goals.

use std::path::Path;

use plotters::prelude::*;

use crate::error::Error;
use crate::table::Row;

const WIDTH: u32 = 1000;
/// Pixels of a row, and of what is above and below all rows.
const ROW: u32 = 26;
const FRAME: u32 = 80;
/// Bars that are longer end here.
const LONGEST: f64 = 1.5;
/// Pixels for the titles at the left.
const TITLES: u32 = 360;
const LESS: RGBColor = RGBColor(0x4c, 0x8f, 0x5b);
const MORE: RGBColor = RGBColor(0xc4, 0x5a, 0x4a);
/// Half of the width of a goal's mark.
const MARK: f64 = 0.003;

/// Draws the ratios of the rows as bars.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn draw(rows: &[Row], path: &Path) -> Result<(), Error> {
    bars(rows, path).map_err(|error| Error::Plot(error.to_string()))
}

/// One bar.
struct Bar<'a> {
    title: &'a str,
    ratio: f64,
    goal: Option<f64>,
}

impl Bar<'_> {
    /// Returns the rectangle from `left` to `right` in the place of the bar.
    fn part(
        place: i32,
        (left, right): (f64, f64),
        color: RGBColor,
    ) -> Rectangle<(f64, SegmentValue<i32>)> {
        let corners = [
            (left.min(LONGEST), SegmentValue::Exact(place)),
            (right.min(LONGEST), SegmentValue::Exact(place + 1)),
        ];
        let mut part = Rectangle::new(corners, color.filled());
        part.set_margin(4, 4, 0, 0);
        part
    }
}

fn bars(rows: &[Row], path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let bar = |row: &Row| {
        Some(Bar {
            title: row.title,
            ratio: row.ratio?,
            goal: row.most,
        })
    };
    let mut bars: Vec<_> = rows.iter().filter_map(bar).collect();
    if bars.is_empty() {
        return Ok(());
    }
    // The first row is drawn at the top.
    bars.reverse();
    let last = i32::try_from(bars.len())? - 1;
    let height = FRAME + ROW * u32::try_from(bars.len())?;
    let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(
            "ours by C: less is better; black marks are goals",
            ("sans-serif", 18),
        )
        .margin(10)
        .margin_right(25)
        .x_label_area_size(30)
        .y_label_area_size(TITLES)
        .build_cartesian_2d(0.0..LONGEST, (0..last).into_segmented())?;
    let title = |place: &SegmentValue<i32>| match place {
        SegmentValue::CenterOf(index) => usize::try_from(*index)
            .ok()
            .and_then(|index| bars.get(index))
            .map_or_else(String::new, |bar| {
                format!("{}: {:.2}", bar.title, bar.ratio)
            }),
        SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_max_light_lines(1)
        .y_labels(bars.len() + 1)
        .y_label_formatter(&title)
        .draw()?;
    let color = |bar: &Bar<'_>| if bar.ratio <= 1.0 { LESS } else { MORE };
    chart.draw_series(
        (0..)
            .zip(&bars)
            .map(|(place, bar)| Bar::part(place, (0.0, bar.ratio), color(bar))),
    )?;
    chart.draw_series((0..).zip(&bars).filter_map(|(place, bar)| {
        let goal = bar.goal?;
        Some(Bar::part(place, (goal - MARK, goal + MARK), BLACK))
    }))?;
    root.present()?;
    Ok(())
}
