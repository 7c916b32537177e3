//! Tables of the way from budget to actual.

use super::{Head, Row, Table, difference, heads, number, word};
use crate::data::{Named, Variance, VarianceKind};
use crate::{ExecutionReport, Figures};
use headroom_models::ledger::Money;

/// From budget to actual, for the company.
pub fn variance(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let total = |key: &str, amount: Money| Row {
        class: "total",
        cells: vec![word(words.text(key)), number(figures.money(amount))],
        ..Row::default()
    };
    let mut rows = vec![total("kpi-budget", report.variance.start)];
    rows.extend(report.variance.parts.iter().map(|part| Row {
        cells: vec![
            word(words.term("variance", part.kind.as_str())),
            difference(figures, part.amount),
        ],
        ..Row::default()
    }));
    rows.push(total("kpi-actual", report.variance.end));
    Table {
        heads: heads(figures, &["column-part"], &["column-amount"]),
        rows,
        ..Table::default()
    }
}

/// The kinds that occur, in the order of their list.
fn kinds(report: &ExecutionReport) -> Vec<VarianceKind> {
    let all = report
        .variance_by_product
        .iter()
        .map(|product| &product.variance)
        .chain([&report.variance]);
    let parts: Vec<VarianceKind> = all
        .flat_map(|variance| variance.parts.iter().map(|part| part.kind))
        .collect();
    VarianceKind::ALL
        .iter()
        .copied()
        .filter(|kind| parts.contains(kind))
        .collect()
}

/// From budget to actual, by product.
pub fn variance_by_product(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let kinds = kinds(report);
    let mut heads = heads(figures, &["column-product"], &["kpi-budget"]);
    heads.extend(kinds.iter().map(|kind| Head {
        text: words.term("variance", kind.as_str()),
        class: "n",
        span: 1,
    }));
    heads.push(Head {
        text: words.text("kpi-actual"),
        class: "n",
        span: 1,
    });
    let line = |name: String, class, variance: &Variance| {
        let mut cells = vec![word(name), number(figures.money(variance.start))];
        for kind in &kinds {
            let part = variance.parts.iter().find(|part| part.kind == *kind);
            cells.push(part.map_or_else(|| number("–".to_owned()), |part| difference(figures, part.amount)));
        }
        cells.push(number(figures.money(variance.end)));
        Row {
            class,
            cells,
            ..Row::default()
        }
    };
    let name = |product: &Named| words.name(&product.id, &product.name);
    let mut rows: Vec<Row> = report
        .variance_by_product
        .iter()
        .map(|product| line(name(&product.product), "", &product.variance))
        .collect();
    rows.push(line(words.text("total-all"), "total", &report.variance));
    Table {
        heads,
        rows,
        ..Table::default()
    }
}
