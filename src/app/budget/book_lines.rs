//! The budget book line by line: by quarter, by month, and how each line came about.
//!
//! A line has a number, so that its months and its derivation stand in tables of their own that fit on a page.

use super::book::{BudgetBook, cost_type, expenditure, origin, product, text, word};
use super::explained::told;
use headroom_models::budget::{BudgetLine, LineKey, Origin, Sourcing};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{Money, Month};
use headroom_reports::data::{ReportTable, TableCell};
use std::collections::BTreeMap;

/// Months of a quarter.
const QUARTER: usize = 3;

/// What is one line of the book: everything but the month.
type Place = (LineKey, Origin, Sourcing, String);

/// Mode, provider and service in one cell; empty when nothing is stated.
pub(super) fn comes_from(of: &Sourcing) -> TableCell {
    if *of == Sourcing::default() {
        return TableCell::Empty;
    }
    TableCell::Name(Name::PerLanguage(
        Language::ALL
            .into_iter()
            .map(|language| (language, crate::words::comes_from(language, of)))
            .collect(),
    ))
}

fn number(at: usize) -> TableCell {
    TableCell::Text((at + 1).to_string())
}

/// Rows with sums of money, and their sums.
struct Sums {
    table: ReportTable,
    whole: Vec<Money>,
}

impl Sums {
    fn new(table: ReportTable, amounts: usize) -> Sums {
        Sums {
            table,
            whole: vec![Money::ZERO; amounts],
        }
    }

    fn row(&mut self, mut cells: Vec<TableCell>, amounts: &[Money]) {
        for (whole, part) in self.whole.iter_mut().zip(amounts) {
            *whole += *part;
        }
        cells.extend(BudgetBook::amounts(amounts));
        self.table.row(cells);
    }

    /// The table with its last row, whose first cells say that it is one.
    fn done(mut self, first: usize) -> ReportTable {
        let mut cells = vec![TableCell::Empty, word("total-all")];
        cells.resize(first, TableCell::Empty);
        cells.extend(BudgetBook::amounts(&self.whole));
        self.table.total(cells);
        self.table
    }
}

impl BudgetBook {
    /// The lines of every place with their months, in the order of their numbers.
    fn places(&self) -> BTreeMap<Place, Vec<&BudgetLine>> {
        let mut places: BTreeMap<Place, Vec<&BudgetLine>> = BTreeMap::new();
        for line in &self.lines {
            let place = (line.key(), line.origin, line.sourcing.clone(), line.owner.clone());
            places.entry(place).or_default().push(line);
        }
        places
    }

    fn by_month_of(&self, lines: &[&BudgetLine]) -> Vec<Money> {
        let of = |month: &Month| {
            lines
                .iter()
                .filter(|line| line.month == *month)
                .map(|line| line.amount)
                .sum()
        };
        self.months.iter().map(of).collect()
    }

    fn module_of(&self, key: &LineKey) -> TableCell {
        match key.module.as_str() {
            "" => TableCell::Empty,
            module => TableCell::Name(self.names.module(&key.product, module)),
        }
    }

    /// Every line by quarter.
    pub(super) fn lines(&self) -> ReportTable {
        let columns = [
            "budget-book-number",
            "column-product",
            "column-module",
            "column-cost-type",
            "column-expenditure",
            "budget-book-origin",
            "budget-book-from",
            "budget-book-owner",
            "budget-book-quarter-1",
            "budget-book-quarter-2",
            "budget-book-quarter-3",
            "budget-book-quarter-4",
            "column-year-budget",
        ];
        let mut table = ReportTable::new("budget-book-lines", &columns);
        table.note = Some("budget-book-lines-note".to_owned());
        let mut sums = Sums::new(table, self.months.len() / QUARTER);
        for (at, ((key, of, source, owner), lines)) in self.places().into_iter().enumerate() {
            let months = self.by_month_of(&lines);
            let quarters: Vec<Money> = months
                .chunks(QUARTER)
                .map(|quarter| quarter.iter().copied().sum())
                .collect();
            let cells = vec![
                number(at),
                product(&self.names, &key.product),
                self.module_of(&key),
                cost_type(key.cost_type),
                expenditure(key.expenditure),
                word(origin(of)),
                comes_from(&source),
                text(owner),
            ];
            sums.row(cells, &quarters);
        }
        sums.done(8)
    }

    /// The same lines by month.
    pub(super) fn line_months(&self) -> ReportTable {
        let mut table = ReportTable::new("budget-book-line-months", &[]);
        table.columns = self.month_columns(&["budget-book-number", "column-product", "column-cost-type"]);
        let mut sums = Sums::new(table, self.months.len());
        for (at, ((key, ..), lines)) in self.places().into_iter().enumerate() {
            let cells = vec![number(at), product(&self.names, &key.product), cost_type(key.cost_type)];
            sums.row(cells, &self.by_month_of(&lines));
        }
        sums.done(3)
    }

    /// How each line came about; months in a row that came about in the same way stand in one row.
    pub(super) fn derivations(&self) -> ReportTable {
        let columns = [
            "budget-book-number",
            "column-product",
            "column-cost-type",
            "budget-book-span",
            "column-amount",
            "budget-book-how",
            "budget-book-comment",
        ];
        let mut table = ReportTable::new("budget-book-derivations", &columns);
        table.note = Some("budget-book-derivations-note".to_owned());
        let mut whole = Money::ZERO;
        for (at, ((key, ..), mut lines)) in self.places().into_iter().enumerate() {
            lines.sort_by_key(|line| line.month);
            let mut spans: Vec<(Month, Month, Money, Name, &str)> = Vec::new();
            for line in lines {
                let how = told(line);
                whole += line.amount;
                match spans.last_mut() {
                    Some((_, last, sum, told, comment))
                        if *told == how && *comment == line.comment && line.month <= last.plus(1) =>
                    {
                        *last = line.month;
                        *sum += line.amount;
                    }
                    _ => spans.push((line.month, line.month, line.amount, how, &line.comment)),
                }
            }
            for (first, last, amount, how, comment) in spans {
                let span = match first == last {
                    true => first.to_string(),
                    false => format!("{first} … {last}"),
                };
                table.row(vec![
                    number(at),
                    product(&self.names, &key.product),
                    cost_type(key.cost_type),
                    text(span),
                    TableCell::Money(amount),
                    TableCell::Name(how),
                    text(comment),
                ]);
            }
        }
        let mut cells = vec![TableCell::Empty, word("total-all")];
        cells.resize(4, TableCell::Empty);
        cells.push(TableCell::Money(whole));
        cells.resize(columns.len(), TableCell::Empty);
        table.total(cells);
        table
    }
}
