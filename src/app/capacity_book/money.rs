//! Money by month, what it is made of, and the terms that would be cheapest.

use super::{module_cells, table, unit};
use crate::app::PlanShown;
use headroom_models::capacity::{Term, UnitCostKind};
use headroom_reports::data::{BookTable, Cell, Kind};
use std::collections::BTreeMap;

/// A row per module and month, and the totals of the months.
pub(super) fn money(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "money",
        &[
            ("book-month", Kind::Text),
            ("book-cash", Kind::Money),
            ("book-depreciation", Kind::Money),
            ("book-opex", Kind::Money),
            ("book-accrual", Kind::Money),
        ],
    );
    let mut totals: BTreeMap<_, headroom_models::capacity::PlanMoney> = BTreeMap::new();
    for ((product, module), months) in &shown.money {
        for (month, sums) in months {
            let total = totals.entry(*month).or_default();
            total.cash += sums.cash;
            total.depreciation += sums.depreciation;
            total.opex += sums.opex;
            let mut cells = module_cells(shown, product, module).to_vec();
            cells.extend([
                Cell::Month(*month),
                Cell::Money(sums.cash),
                Cell::Money(sums.depreciation),
                Cell::Money(sums.opex),
                Cell::Money(sums.depreciation + sums.opex).by("E{r}+F{r}"),
            ]);
            table.rows.push(cells);
        }
    }
    let last = 4 + table.rows.len();
    table.totals = totals.len();
    for (month, sums) in totals {
        let sum = |column: &str| format!("SUMIF(C$5:C${last},C{{r}},{column}$5:{column}${last})");
        table.rows.push(vec![
            Cell::word("book-all-modules"),
            Cell::Empty,
            Cell::Month(month),
            Cell::Money(sums.cash).by(sum("D")),
            Cell::Money(sums.depreciation).by(sum("E")),
            Cell::Money(sums.opex).by(sum("F")),
            Cell::Money(sums.depreciation + sums.opex).by("E{r}+F{r}"),
        ]);
    }
    table
}

/// Columns: D term, E units, I cost of one, J cost = E·I.
pub(super) fn mix(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "mix",
        &[
            ("book-unit", Kind::Text),
            ("book-term", Kind::Text),
            ("book-quantity", Kind::Number),
            ("book-from", Kind::Text),
            ("book-months-needed", Kind::Number),
            ("book-base-load", Kind::Text),
            ("book-cost-of-one", Kind::Money),
            ("book-cost", Kind::Money),
            ("book-next-term", Kind::Text),
            ("book-next-cost", Kind::Money),
            ("book-saving", Kind::Money),
            ("book-mix-standing", Kind::Text),
        ],
    );
    for mix in &shown.mixes {
        for (at, part) in mix.parts.iter().enumerate() {
            let next = part.others.first();
            let mut cells = module_cells(shown, &mix.product, &mix.module).to_vec();
            cells.extend([
                unit(shown, &mix.unit),
                term(part.term),
                Cell::count(part.units),
                Cell::Month(part.from),
                Cell::count(u64::from(part.months)),
                if part.base_load {
                    Cell::word("book-yes")
                } else {
                    Cell::Empty
                },
                Cell::Money(part.cost_of_one),
                Cell::Money(part.cost).by("E{r}*I{r}"),
                next.map_or(Cell::Empty, |next| term(next.term)),
                next.map_or(Cell::Empty, |next| Cell::Money(next.cost_of_one)),
                if at == 0 {
                    Cell::maybe_money(mix.saving)
                } else {
                    Cell::Empty
                },
                Cell::word(if mix.taken { "book-mix-taken" } else { "book-mix-advice" }),
            ]);
            table.rows.push(cells);
        }
    }
    table
}

/// Every price of every month. Columns: G units, H unit price, J rate, K amount = G·H·J.
pub(super) fn costs(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "costs",
        &[
            ("book-month", Kind::Text),
            ("book-cost-kind", Kind::Text),
            ("book-term", Kind::Text),
            ("book-cost-type", Kind::Text),
            ("book-quantity", Kind::Number),
            ("book-unit-price", Kind::Money),
            ("column-currency", Kind::Text),
            ("book-rate", Kind::Number),
            ("book-cost", Kind::Money),
        ],
    );
    for module in &shown.plan.modules {
        for month in &module.months {
            for cost in month.costs.iter().filter(|cost| !cost.amount.is_zero()) {
                let kind = match cost.kind {
                    UnitCostKind::Rent => "book-kind-rent",
                    UnitCostKind::Running => "book-kind-running",
                    UnitCostKind::Upfront => "book-kind-upfront",
                };
                let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
                cells.extend([
                    Cell::Month(month.month),
                    Cell::word(kind),
                    cost.term.map_or(Cell::word("book-price-book"), term),
                    Cell::word(format!("cost-type-{}", cost.cost_type.as_str())),
                    Cell::count(cost.units),
                    Cell::Money(cost.unit_price),
                    Cell::text(&cost.currency),
                    Cell::Number(cost.rate.for_drawing()),
                    Cell::Money(cost.amount).by("G{r}*H{r}*J{r}"),
                ]);
                table.rows.push(cells);
            }
        }
    }
    table
}

fn term(term: Term) -> Cell {
    Cell::word(format!("term-{}", term.as_str()))
}
