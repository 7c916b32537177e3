//! Tables of amounts: months, heat map, execution, cost types.

use super::{Cell, Head, Row, Table, difference, heads, number, word};
use crate::charts::address;
use crate::data::{ExecutionRow, HeatCell, HeatTotal, Level};
use crate::export::phrases;
use crate::{ExecutionReport, Figures};
use headroom_models::ledger::Money;

/// Month by month: budget, actual, landing, and their running sums.
pub fn months(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let numbers = [
        "column-budget",
        "column-actual",
        "column-landing",
        "column-landing-low",
        "column-landing-high",
        "column-cumulative-budget",
        "column-cumulative-actual",
        "column-cumulative-landing",
    ];
    let rows = report.months.iter().map(|point| Row {
        id: format!("month-{}", point.month),
        class: if point.closed { "" } else { "open" },
        cells: vec![
            word(words.month_long(point.month)),
            word(words.text(if point.closed { "state-closed" } else { "state-open" })),
            number(figures.money(point.budget)),
            number(figures.money_or_dash(point.actual)),
            number(figures.money(point.landing.mid)),
            number(figures.money(point.landing.low)),
            number(figures.money(point.landing.high)),
            number(figures.money(point.cumulative_budget)),
            number(figures.money_or_dash(point.cumulative_actual)),
            number(figures.money_or_dash(point.cumulative_landing.map(|landing| landing.mid))),
        ],
    });
    Table {
        rows: rows.collect(),
        heads: heads(figures, &["column-month", "column-state"], &numbers),
        ..Table::default()
    }
}

/// Actual by product and month.
pub fn heat(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let mut heads = heads(figures, &["column-product"], &[]);
    let right = |text| Head {
        text,
        class: "n",
        span: 1,
    };
    heads.extend(report.months.iter().map(|point| right(words.month_short(point.month))));
    heads.extend(["column-ytd", "column-budget"].map(|key| right(words.text(key))));
    let line = |name: String, class, cells: &[HeatCell], total: &HeatTotal| {
        let amount = |cell: &HeatCell| Cell {
            title: format!(
                "{} {} · {}",
                words.text("column-budget"),
                figures.money(cell.budget),
                figures.percent_or_dash(cell.rate)
            ),
            ..number(figures.money_or_dash(cell.actual))
        };
        let mut row = vec![word(name)];
        row.extend(cells.iter().map(amount));
        row.extend([number(figures.money(total.actual)), number(figures.money(total.budget))]);
        Row {
            class,
            cells: row,
            ..Row::default()
        }
    };
    let products = report.heat.rows.iter();
    let mut rows: Vec<Row> = products
        .map(|row| {
            line(
                words.name(&row.product.id, &row.product.name),
                "",
                &row.cells,
                &row.total,
            )
        })
        .collect();
    rows.push(line(
        words.text("total-all"),
        "total",
        &report.heat.totals,
        &report.heat.total,
    ));
    Table {
        heads,
        rows,
        ..Table::default()
    }
}

/// The modules, with the columns of the execution table.
pub fn modules(report: &ExecutionReport, figures: &Figures) -> Table {
    table_of(&report.modules, figures)
}

/// Execution by company, department, product and cost type.
pub fn execution(report: &ExecutionReport, figures: &Figures) -> Table {
    table_of(&report.rows, figures)
}

fn table_of(all: &[ExecutionRow], figures: &Figures) -> Table {
    let words = figures.words();
    let group = |key: &str, span| Head {
        text: if key.is_empty() { String::new() } else { words.text(key) },
        class: "group",
        span,
    };
    let groups = vec![
        group("", 1),
        group("column-month-group", 3),
        group("column-ytd-group", 4),
        group("column-year-group", 6),
    ];
    let numbers = [
        "column-actual",
        "column-budget",
        "column-rate",
        "column-actual",
        "column-budget",
        "column-difference",
        "column-rate",
        "column-budget",
        "column-year-rate",
        "column-phased",
        "column-landing",
        "column-range",
        "column-landing-difference",
    ];
    let line = |row: &ExecutionRow| Row {
        id: if row.level == Level::Product {
            format!("product-{}", address(&row.id))
        } else {
            String::new()
        },
        class: match row.level {
            Level::Company => "total",
            Level::Department => "department",
            // What belongs to no department stands beside the departments, not below the last one.
            Level::Product if row.parent.is_none() => "department",
            Level::Product => "product",
            Level::Module => "module",
            Level::CostType => "cost-type",
        },
        cells: vec![
            word(phrases::row_name(row, figures)),
            number(figures.money(row.month_actual)),
            number(figures.money(row.month_budget)),
            number(figures.percent_or_dash(row.month_rate)),
            number(figures.money(row.ytd_actual)),
            number(figures.money(row.ytd_budget)),
            difference(figures, row.ytd_difference),
            number(figures.percent_or_dash(row.ytd_rate)),
            number(figures.money(row.year_budget)),
            number(figures.percent_or_dash(row.year_rate)),
            number(figures.percent_or_dash(row.phased_progress)),
            number(figures.money(row.landing.mid)),
            Cell {
                class: "n range",
                ..number(format!(
                    "{} – {}",
                    figures.short(row.landing.low),
                    figures.short(row.landing.high)
                ))
            },
            difference(figures, row.difference),
        ],
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut in_types = false;
    for row in all {
        if row.level == Level::CostType && !in_types {
            in_types = true;
            rows.push(Row {
                class: "divider",
                cells: vec![word(words.text("column-cost-type"))],
                ..Row::default()
            });
        }
        rows.push(line(row));
    }
    let mut heads = heads(figures, &["column-name"], &numbers);
    if let Some(range) = heads.get_mut(12) {
        range.text = format!("{} ({})", range.text, figures.unit_label());
    }
    Table { groups, heads, rows }
}

/// Actual by cost type and month.
pub fn cost_types(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let mut heads = heads(figures, &["column-cost-type"], &[]);
    heads.extend(report.months.iter().map(|point| Head {
        text: words.month_short(point.month),
        class: "n",
        span: 1,
    }));
    heads.push(Head {
        text: words.text("column-ytd"),
        class: "n",
        span: 1,
    });
    let mut rows: Vec<Row> = Vec::new();
    for (index, types) in report.cost_types_by_month.iter().enumerate() {
        let mut cells = vec![word(format!("{} {}", index + 1, words.cost_type(types.cost_type)))];
        cells.extend(
            types
                .amounts
                .iter()
                .map(|&amount| number(figures.money_or_dash(amount))),
        );
        cells.push(number(figures.money(types.total)));
        rows.push(Row {
            cells,
            ..Row::default()
        });
    }
    let mut cells = vec![word(words.text("total-company"))];
    let actual = |closed: bool, actual: Option<Money>| actual.filter(|_| closed);
    cells.extend(
        report
            .months
            .iter()
            .map(|p| number(figures.money_or_dash(actual(p.closed, p.actual)))),
    );
    cells.push(number(figures.money(report.headline.ytd_actual)));
    rows.push(Row {
        class: "total",
        cells,
        ..Row::default()
    });
    Table {
        heads,
        rows,
        ..Table::default()
    }
}
