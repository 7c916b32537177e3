//! What drivers are planned with, and what history says of the model.

use super::{module_cells, product, resource, table};
use crate::app::PlanShown;
use headroom_reports::data::{BookTable, Cell, Kind};

pub(super) fn drivers(shown: &PlanShown) -> BookTable {
    let mut table = BookTable::new(
        "drivers",
        &[
            ("column-product", Kind::Text),
            ("book-driver", Kind::Text),
            ("book-month", Kind::Text),
            ("book-year-before", Kind::Number),
            ("book-kpi-target", Kind::Number),
            ("book-forecast", Kind::Number),
            ("book-low80", Kind::Number),
            ("book-high80", Kind::Number),
            ("book-model", Kind::Text),
            ("book-error", Kind::Percent),
            ("book-provisional", Kind::Text),
            ("book-stage", Kind::Text),
            ("book-lifecycle", Kind::Number),
            ("book-manual", Kind::Number),
            ("book-chosen", Kind::Text),
            ("book-chosen-value", Kind::Number),
            ("book-chosen-by", Kind::Text),
        ],
    );
    for row in &shown.drivers {
        let forecast = row.forecast.as_ref();
        let stage = row.stage.and_then(|stage| serde_json::to_value(stage).ok());
        let stage = stage.as_ref().and_then(|stage| stage.as_str());
        let by = row
            .choice
            .as_ref()
            .map(|choice| format!("{}: {}", choice.by, choice.reason));
        table.rows.push(vec![
            product(shown, &row.product),
            Cell::text(&row.metric),
            Cell::Month(row.month),
            Cell::maybe(row.year_before),
            Cell::maybe(row.target),
            Cell::maybe(forecast.map(|forecast| forecast.value)),
            Cell::maybe(forecast.map(|forecast| forecast.low80)),
            Cell::maybe(forecast.map(|forecast| forecast.high80)),
            forecast.map_or(Cell::Empty, |forecast| Cell::text(&forecast.model)),
            forecast
                .and_then(|forecast| forecast.relative_error)
                .map_or(Cell::Empty, Cell::Percent),
            if forecast.is_some_and(|forecast| forecast.provisional) {
                Cell::word("book-yes")
            } else {
                Cell::Empty
            },
            stage.map_or(Cell::Empty, |stage| Cell::word(format!("stage-{stage}"))),
            Cell::maybe(row.lifecycle),
            Cell::maybe(row.manual),
            row.chosen.map_or(Cell::word("source-nothing"), |source| {
                Cell::word(format!("source-{}", source.as_str()))
            }),
            Cell::maybe(row.value),
            by.map_or(Cell::Empty, Cell::text),
        ]);
    }
    table
}

pub(super) fn tracks(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "tracks",
        &[
            ("book-resource", Kind::Text),
            ("book-machines", Kind::Number),
            ("book-machines-standing", Kind::Number),
            ("book-days", Kind::Number),
            ("book-driver-value", Kind::Number),
            ("book-by-model", Kind::Number),
            ("book-fit-base", Kind::Number),
            ("book-fit-slope", Kind::Number),
            ("book-by-history", Kind::Number),
            ("book-units-by-model", Kind::Number),
            ("book-units-by-history", Kind::Number),
            ("book-difference", Kind::Percent),
            ("book-flagged", Kind::Text),
        ],
    );
    for track in &shown.tracks {
        let mut cells = module_cells(shown, &track.product, &track.module).to_vec();
        cells.extend([
            resource(&track.resource),
            track
                .machines
                .map_or(Cell::Empty, |(measured, _)| Cell::count(measured)),
            track
                .machines
                .map_or(Cell::Empty, |(_, standing)| Cell::count(standing)),
            Cell::count(track.days.len() as u64),
            Cell::Number(track.driver),
            Cell::Number(track.by_model),
            Cell::maybe(track.fit.as_ref().map(|fit| fit.base)),
            Cell::maybe(track.fit.as_ref().map(|fit| fit.per_driver)),
            track
                .by_history
                .map_or(Cell::Empty, |by_history| Cell::Number(by_history).by("I{r}+J{r}*G{r}")),
            Cell::Number(track.units_by_model),
            Cell::maybe(track.units_by_history),
            track
                .difference
                .map_or(Cell::Empty, |difference| Cell::Percent(difference).by("K{r}/H{r}-1")),
            if track.flagged {
                Cell::word("book-yes")
            } else {
                Cell::Empty
            },
        ]);
        table.rows.push(cells);
    }
    table
}
