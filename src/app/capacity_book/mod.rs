//! The plan book: every table of a capacity plan, so that each figure can be followed by hand.
//!
//! Cells are copied from the plan; those that follow from their row carry the formula that gives them.

mod drivers;
mod money;
mod need;
mod risk;
mod supply;

use super::{AppError, PlanShown, of_problem};
use headroom_models::capacity::{ModelError, Standing};
use headroom_models::language::Language;
use headroom_models::ledger::Money;
use headroom_models::organization::Module;
use headroom_reports::data::{Book, BookTable, Cell, Kind};
use std::collections::BTreeMap;

/// The format of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookFormat {
    /// Self-contained page.
    Html,
    /// Workbook with live formulas.
    Xlsx,
    /// The table of requirements.
    Csv,
    /// The value itself.
    Json,
}

/// Renders a book.
///
/// # Errors
/// When a renderer fails, which would be a defect.
pub fn render_book(book: &Book, format: BookFormat, language: Language) -> Result<Vec<u8>, AppError> {
    Ok(match format {
        BookFormat::Html => headroom_reports::book_html(book, language)?.into_bytes(),
        BookFormat::Xlsx => headroom_reports::book_xlsx(book, language)?,
        BookFormat::Csv => headroom_reports::book_csv(book, "requirement", language)?,
        BookFormat::Json => headroom_reports::book_json(book)?.into_bytes(),
    })
}

/// The book of a plan; problems are said in `language`.
pub fn capacity_book(shown: &PlanShown, language: Language) -> Book {
    let sums = shown.money.values().flat_map(BTreeMap::values);
    let (mut cash, mut opex, mut depreciation) = (Money::ZERO, Money::ZERO, Money::ZERO);
    for month in sums {
        cash += month.cash;
        opex += month.opex;
        depreciation += month.depreciation;
    }
    let of = |standing: Standing, severe: bool| {
        shown
            .review
            .iter()
            .filter(|r| r.standing == standing && (!severe || r.severe))
            .count() as u64
    };
    let key_figures = vec![
        ("book-modules", Cell::count(shown.plan.modules.len() as u64)),
        ("book-shortages", Cell::count(of(Standing::Shortage, false))),
        ("book-severe-shortages", Cell::count(of(Standing::Shortage, true))),
        ("book-severe-surpluses", Cell::count(of(Standing::Surplus, true))),
        ("book-orders-count", Cell::count(shown.plan.orders.len() as u64)),
        ("book-cash", Cell::Money(cash)),
        ("book-opex", Cell::Money(opex)),
        ("book-depreciation", Cell::Money(depreciation)),
    ];
    Book {
        title: "book-title",
        company: shown.company.clone(),
        year: shown.year,
        as_of: shown.as_of,
        currency: shown.currency.clone(),
        scenario: shown
            .scenario
            .as_ref()
            .map(|scenario| scenario.name.in_language(language).to_owned())
            .unwrap_or_default(),
        key_figures,
        tables: vec![
            review(shown),
            need::requirement(shown),
            need::derivation(shown),
            supply::orders(shown),
            supply::reservations(shown),
            money::money(shown),
            money::costs(shown),
            drivers::drivers(shown),
            need::limits(shown),
            money::mix(shown),
            supply::transfers(shown),
            supply::externals(shown),
            supply::facilities(shown),
            supply::footprints(shown),
            need::storage(shown),
            risk::risk(shown),
            risk::tornado(shown),
            drivers::tracks(shown),
            problems(shown, language),
        ],
    }
}

fn product(shown: &PlanShown, id: &str) -> Cell {
    Cell::named(id, shown.organization.product(id).map(|product| &product.name))
}

fn module(shown: &PlanShown, product: &str, id: &str) -> Cell {
    let mine = |module: &&Module| module.product == product && module.id == id;
    let found = shown.organization.modules.iter().find(mine);
    Cell::named(id, found.map(|module| &module.name))
}

fn module_cells(shown: &PlanShown, of: &str, id: &str) -> [Cell; 2] {
    [product(shown, of), module(shown, of, id)]
}

/// `product/module` by its names.
fn module_of(shown: &PlanShown, path: &str) -> Cell {
    match path.split_once('/') {
        Some((of, id)) => Cell::Joined(vec![product(shown, of), Cell::text("/"), module(shown, of, id)]),
        None => Cell::text(path),
    }
}

fn unit(shown: &PlanShown, id: &str) -> Cell {
    let found = shown.units.iter().find(|unit| unit.id == id);
    Cell::named(id, found.map(|unit| &unit.name))
}

/// A resource by its word; a named business limit as it is.
fn resource(id: &str) -> Cell {
    match id {
        "cpu" | "memory" | "disk" | "iops" | "network" | "connections" | "storage" | "queue" => {
            Cell::word(format!("book-resource-{id}"))
        }
        _ => Cell::text(id),
    }
}

const MODULE: [(&str, Kind); 2] = [("column-product", Kind::Text), ("book-module", Kind::Text)];

fn table(id: &'static str, columns: &[(&'static str, Kind)]) -> BookTable {
    BookTable::new(id, &[&MODULE[..], columns].concat())
}

fn review(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "review",
        &[
            ("book-unit", Kind::Text),
            ("book-standing", Kind::Text),
            ("book-severe", Kind::Text),
            ("book-peak-month", Kind::Text),
            ("book-bottleneck", Kind::Text),
            ("book-peak-needed", Kind::Number),
            ("book-missing", Kind::Number),
            ("book-missing-plain", Kind::Number),
            ("book-too-many", Kind::Number),
            ("book-too-many-plain", Kind::Number),
        ],
    );
    for row in &shown.review {
        let standing = match row.standing {
            Standing::Shortage => "standing-shortage",
            Standing::Surplus => "standing-surplus",
            Standing::Balanced => "standing-balanced",
        };
        let severe = if row.severe {
            Cell::word("book-yes")
        } else {
            Cell::Empty
        };
        let mut cells = module_cells(shown, &row.product, &row.module).to_vec();
        cells.extend([
            unit(shown, &row.unit),
            Cell::word(standing),
            severe,
            Cell::Month(row.peak_month),
            resource(&row.bottleneck),
            Cell::count(row.peak_needed),
            Cell::count(row.missing),
            Cell::count(row.missing_without_events),
            Cell::count(row.too_many),
            Cell::count(row.too_many_without_events),
        ]);
        table.rows.push(cells);
    }
    table
}

fn problems(shown: &PlanShown, language: Language) -> BookTable {
    let mut table = BookTable::new("problems", &[("book-problem", Kind::Text)]);
    for problem in &shown.plan.problems {
        table.rows.push(vec![Cell::text(of_problem(problem).message(language))]);
    }
    for overlap in &shown.overlaps {
        if let ModelError::EventsOverlap {
            event,
            other,
            month,
            factor,
        } = overlap
        {
            let values = vec![
                ("event", event.clone()),
                ("other", other.clone()),
                ("month", month.to_string()),
                ("factor", format!("{factor:.3}")),
            ];
            table.rows.push(vec![Cell::Sentence("book-overlap".to_owned(), values)]);
        }
    }
    table
}
