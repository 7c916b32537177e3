//! Tables of the way from budget to actual.

use super::{Head, Row, Table, difference, heads, number, word};
use crate::data::{Level, Named, Standing, Variance, VarianceKind};
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

/// Company, departments, products and modules: every level adds up.
pub fn variance_tree(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let kinds = kinds(report);
    let rows = report.variance_tree.iter().map(|row| {
        let name = if row.name.in_language(words.language()).is_empty() {
            words.text("cause-no-module")
        } else {
            words.name(&row.id, &row.name)
        };
        let class = match row.level {
            Level::Company => "total",
            Level::Department => "department",
            Level::Module => "module",
            _ => "product",
        };
        let mut cells = vec![
            word(name),
            word(words.text(crate::export::phrases::level(row.level))),
            number(figures.money(row.variance.start)),
        ];
        cells.extend(kinds.iter().map(|kind| part(figures, &row.variance, *kind)));
        cells.push(number(figures.money(row.variance.end)));
        Row {
            class,
            cells,
            ..Row::default()
        }
    });
    Table {
        rows: rows.collect(),
        heads: tree_heads(figures, &["column-name", "column-level"], &kinds),
        ..Table::default()
    }
}

/// The lines that stand on their own: new, unplanned, ended, unused.
pub fn apart(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let lines = report
        .variance_lines
        .iter()
        .filter(|line| line.standing != Standing::Planned);
    let rows = lines.map(|line| Row {
        cells: vec![
            word(words.name(&line.product.id, &line.product.name)),
            word(line.module.clone()),
            word(words.cost_type(line.cost_type)),
            word(words.text(match line.standing {
                Standing::Planned => "variance-volume",
                Standing::New => "variance-new",
                Standing::Unplanned => "variance-unplanned",
                Standing::Ended => "variance-ended",
                Standing::Unused => "variance-unused",
            })),
            number(figures.money(line.variance.start)),
            number(figures.money(line.variance.end)),
            difference(figures, line.variance.end - line.variance.start),
        ],
        ..Row::default()
    });
    Table {
        rows: rows.collect(),
        heads: heads(
            figures,
            &["column-product", "column-module", "column-cost-type", "column-state"],
            &["kpi-budget", "kpi-actual", "column-difference"],
        ),
        ..Table::default()
    }
}

fn part(figures: &Figures, variance: &Variance, kind: VarianceKind) -> super::Cell {
    let part = variance.parts.iter().find(|part| part.kind == kind);
    part.map_or_else(|| number("–".to_owned()), |part| difference(figures, part.amount))
}

fn tree_heads(figures: &Figures, first: &[&str], kinds: &[VarianceKind]) -> Vec<Head> {
    let words = figures.words();
    let right = |text| Head {
        text,
        class: "n",
        span: 1,
    };
    let mut heads = heads(figures, first, &["kpi-budget"]);
    heads.extend(kinds.iter().map(|kind| right(words.term("variance", kind.as_str()))));
    heads.push(right(words.text("kpi-actual")));
    heads
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
