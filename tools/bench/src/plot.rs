// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The plot: ours by C's, for all that both were measured at.

use std::path::Path;

use plotters::prelude::*;

use crate::error::Error;
use crate::table::Row;

const SIZE: (u32, u32) = (1000, 700);
/// Bars that are longer end here.
const LONGEST: f64 = 2.0;
/// Pixels for the titles at the left.
const TITLES: u32 = 360;

/// Draws the ratios of the rows as bars.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn draw(rows: &[Row], path: &Path) -> Result<(), Error> {
    bars(rows, path).map_err(|error| Error::Plot(error.to_string()))
}

fn bars(rows: &[Row], path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let rows: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row.title, row.ratio?)))
        .collect();
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let height = i32::try_from(rows.len())?;
    let mut chart = ChartBuilder::on(&root)
        .caption("ours by C (less is better)", ("sans-serif", 20))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(TITLES)
        .build_cartesian_2d(0.0..LONGEST, (0..height).into_segmented())?;
    let title = |place: &SegmentValue<i32>| match place {
        SegmentValue::CenterOf(index) => usize::try_from(height - 1 - index)
            .ok()
            .and_then(|index| rows.get(index))
            .map_or_else(String::new, |(title, ratio)| format!("{title}: {ratio:.2}")),
        SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
    };
    chart
        .configure_mesh()
        .y_labels(rows.len() + 1)
        .y_label_formatter(&title)
        .draw()?;
    let bar = |(index, (_, ratio)): (usize, &(&str, f64))| {
        let place = height - 1 - i32::try_from(index).unwrap_or(0);
        let style = if *ratio <= 1.0 {
            GREEN.filled()
        } else {
            RED.filled()
        };
        let corners = [
            (0.0, SegmentValue::Exact(place)),
            (ratio.min(LONGEST), SegmentValue::Exact(place + 1)),
        ];
        let mut bar = Rectangle::new(corners, style);
        bar.set_margin(3, 3, 0, 0);
        bar
    };
    chart.draw_series(rows.iter().enumerate().map(bar))?;
    root.present()?;
    Ok(())
}
