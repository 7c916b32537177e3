//! What uncertain inputs mean.

use super::{module_cells, table};
use crate::app::PlanShown;
use headroom_reports::data::{BookTable, Cell, Kind};

pub(super) fn risk(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "risk",
        &[
            ("book-percentile", Kind::Number),
            ("book-peak-needed", Kind::Number),
            ("book-short-months", Kind::Number),
            ("book-over-months", Kind::Number),
            ("book-short-cost", Kind::Money),
            ("book-over-cost", Kind::Money),
            ("book-expected-cost", Kind::Money),
            ("book-remark", Kind::Text),
        ],
    );
    for module in &shown.plan.modules {
        for choice in module.risk.iter().flat_map(|risk| &risk.choices) {
            let risk = module.risk.as_ref();
            let remark = if risk.is_some_and(|risk| risk.percentile == Some(choice.percentile)) {
                Cell::word("book-bought")
            } else if risk.is_some_and(|risk| risk.cheapest == Some(choice.percentile)) {
                Cell::word("book-cheapest")
            } else {
                Cell::Empty
            };
            let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
            cells.extend([
                Cell::count(u64::from(choice.percentile)),
                Cell::count(choice.peak_units),
                Cell::Number(choice.shortage_unit_months),
                Cell::Number(choice.surplus_unit_months),
                Cell::maybe_money(choice.shortage_cost),
                Cell::maybe_money(choice.surplus_cost),
                Cell::maybe_money(choice.expected_cost),
                remark,
            ]);
            table.rows.push(cells);
        }
    }
    table
}

pub(super) fn tornado(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "tornado",
        &[
            ("book-input", Kind::Text),
            ("book-low", Kind::Number),
            ("book-mid", Kind::Number),
            ("book-high", Kind::Number),
            ("book-unit-months-low", Kind::Number),
            ("book-unit-months-mid", Kind::Number),
            ("book-unit-months-high", Kind::Number),
            ("book-swing", Kind::Number),
        ],
    );
    for module in &shown.plan.modules {
        for bar in module.risk.iter().flat_map(|risk| &risk.tornado) {
            let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
            cells.extend([
                Cell::text(&bar.input),
                Cell::Number(bar.low),
                Cell::Number(bar.mid),
                Cell::Number(bar.high),
                Cell::count(bar.unit_months_low),
                Cell::count(bar.unit_months_mid),
                Cell::count(bar.unit_months_high),
                Cell::count(bar.swing()).by("ABS(I{r}-G{r})"),
            ]);
            table.rows.push(cells);
        }
    }
    table
}
