//! The budget book of a version, and two versions compared, as reports that are written in every format.

use super::Compared;
use super::book_lines::comes_from;
use crate::app::execution::Names;
use crate::app::{App, AppError};
use crate::store::{BudgetEvent, BudgetVersion};
use headroom_models::budget::{BudgetLine, ChangeKind, Origin};
use headroom_models::language::Name;
use headroom_models::ledger::{CostType, Expenditure, Money, Month, ResourceMode};
use headroom_reports::data::{ReportTable, TableCell, TableReport};
use serde::Serialize;
use std::collections::BTreeMap;

/// A version with everything that belongs to it.
#[derive(Serialize)]
pub struct BudgetBook {
    /// The company.
    pub company: Name,
    /// Currency of the amounts.
    pub currency: String,
    /// The version.
    pub version: BudgetVersion,
    /// Months of its fiscal year.
    pub months: Vec<Month>,
    /// Its lines, with their derivations.
    pub lines: Vec<BudgetLine>,
    /// The way that it went: who, when, why.
    pub history: Vec<BudgetEvent>,
    #[serde(skip)]
    pub(super) names: Names,
}

/// Two versions compared, with the names of what they are about.
#[derive(Serialize)]
pub struct CompareReport {
    /// The company.
    pub company: Name,
    /// Currency of the amounts.
    pub currency: String,
    /// The comparison.
    #[serde(flatten)]
    pub compared: Compared,
    #[serde(skip)]
    names: Names,
}

impl App {
    /// The budget book of a version: the approved one of the year, else the newest, when none is named.
    ///
    /// # Errors
    /// When there is none.
    pub fn budget_book(&self, year: i32, version: Option<i64>) -> Result<BudgetBook, AppError> {
        let shown = self.budget(year, version)?;
        let history = self.budget_history(year, Some(shown.version.number))?;
        let (_, configuration) = self.configuration()?;
        let names = Names::of(&configuration);
        Ok(BudgetBook {
            company: names.company.clone(),
            currency: self.settings().currency.clone(),
            months: self.fiscal_months(year).months().collect(),
            version: shown.version,
            lines: shown.lines,
            history,
            names,
        })
    }

    /// [`App::compare_budgets`] as a report.
    ///
    /// # Errors
    /// When a version is not there.
    pub fn compare_report(&self, year: i32, from: Option<i64>, to: Option<i64>) -> Result<CompareReport, AppError> {
        let compared = self.compare_budgets(year, from, to)?;
        let (_, configuration) = self.configuration()?;
        let names = Names::of(&configuration);
        Ok(CompareReport {
            company: names.company.clone(),
            currency: self.settings().currency.clone(),
            compared,
            names,
        })
    }
}

pub(super) fn word(key: impl Into<String>) -> TableCell {
    TableCell::Word(key.into())
}

pub(super) fn text(text: impl Into<String>) -> TableCell {
    TableCell::Text(text.into())
}

pub(super) fn cost_type(cost_type: CostType) -> TableCell {
    word(format!("cost-type-{}", cost_type.as_str()))
}

pub(super) fn expenditure(expenditure: Expenditure) -> TableCell {
    word(format!("expenditure-{}", expenditure.as_str()))
}

pub(super) fn product(names: &Names, id: &str) -> TableCell {
    if id == headroom_models::organization::UNALLOCATED {
        word("unallocated")
    } else {
        TableCell::Name(names.product(id).name)
    }
}

fn mode(mode: Option<ResourceMode>) -> TableCell {
    mode.map_or_else(
        || word("not-stated"),
        |mode| word(format!("resource-mode-{}", mode.as_str())),
    )
}

/// A provider or service; that nothing is stated has words of its own.
fn stated(value: String) -> TableCell {
    if value.is_empty() {
        word("not-stated")
    } else {
        TableCell::Text(value)
    }
}

/// The key of an origin's word.
pub(super) fn origin(origin: Origin) -> String {
    format!("origin-{}", origin.as_str())
}

impl BudgetBook {
    /// The book as tables: by product, by month, by where the money comes from, line by line, and the way it went.
    pub fn book(&self) -> TableReport {
        TableReport {
            title: "budget-book".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: format!("{} · v{}", self.version.year, self.version.number),
            sentences: Vec::new(),
            tables: vec![
                self.products(),
                self.by_month(),
                self.origins(),
                self.modes(),
                self.providers(),
                self.services(),
                self.lines(),
                self.line_months(),
                self.derivations(),
                self.way(),
            ],
        }
    }

    fn products(&self) -> ReportTable {
        let columns = [
            "column-product",
            "tables-department",
            "budget-book-running",
            "budget-book-depreciation",
            "column-amount",
            "budget-book-cash",
        ];
        let mut table = ReportTable::new("budget-book-products", &columns);
        table.note = Some("budget-book-note".to_owned());
        // Running cost, depreciation of purchases, cash for purchases.
        let mut sums: BTreeMap<(usize, &str), [Money; 3]> = BTreeMap::new();
        let department = |id: &str| self.names.products.get(id).map(|(_, department)| department.as_str());
        for line in &self.lines {
            let of = department(&line.product);
            let place = self
                .names
                .departments
                .iter()
                .position(|(id, _)| Some(id.as_str()) == of);
            let sum = sums.entry((place.unwrap_or(usize::MAX), &line.product)).or_default();
            match line.expenditure {
                Expenditure::Opex => sum[0] += line.amount,
                Expenditure::Capex => {
                    sum[1] += line.amount;
                    sum[2] += line.paid();
                }
            }
        }
        let row = |[running, depreciation, cash]: [Money; 3]| {
            [running, depreciation, running + depreciation, cash].map(TableCell::Money)
        };
        let mut whole = [Money::ZERO; 3];
        for ((_, id), sum) in sums {
            let of = department(id).map_or(TableCell::Empty, |of| TableCell::Name(self.names.department(of)));
            let mut cells = vec![product(&self.names, id), of];
            cells.extend(row(sum));
            table.row(cells);
            for (whole, part) in whole.iter_mut().zip(sum) {
                *whole += part;
            }
        }
        let mut cells = vec![word("total-all"), TableCell::Empty];
        cells.extend(row(whole));
        table.total(cells);
        table
    }

    /// Rows by some key, a column per month and one for the year.
    fn months_of<K: Ord>(&self, keys: impl Fn(&BudgetLine) -> K) -> BTreeMap<K, Vec<Money>> {
        let mut sums: BTreeMap<K, Vec<Money>> = BTreeMap::new();
        for line in &self.lines {
            let Some(at) = self.months.iter().position(|month| *month == line.month) else {
                continue;
            };
            let row = sums
                .entry(keys(line))
                .or_insert_with(|| vec![Money::ZERO; self.months.len()]);
            row[at] += line.amount;
        }
        sums
    }

    pub(super) fn month_columns(&self, first: &[&str]) -> Vec<String> {
        let months = self.months.iter().map(|month| format!("month-{}", month.number()));
        let first = first.iter().map(|key| (*key).to_owned());
        first.chain(months).chain(["column-year-budget".to_owned()]).collect()
    }

    pub(super) fn amounts(row: &[Money]) -> impl Iterator<Item = TableCell> {
        let whole = row.iter().copied().sum();
        let row = row.to_vec();
        row.into_iter().chain([whole]).map(TableCell::Money)
    }

    fn by_month(&self) -> ReportTable {
        let mut table = ReportTable::new("budget-book-months", &[]);
        table.columns = self.month_columns(&["column-cost-type"]);
        let mut whole = vec![Money::ZERO; self.months.len()];
        for (of, row) in self.months_of(|line| line.cost_type) {
            for (whole, part) in whole.iter_mut().zip(&row) {
                *whole += *part;
            }
            let mut cells = vec![cost_type(of)];
            cells.extend(Self::amounts(&row));
            table.row(cells);
        }
        let mut cells = vec![word("total-all")];
        cells.extend(Self::amounts(&whole));
        table.total(cells);
        table
    }

    /// The year's amount by something, with shares.
    fn shares<K: Ord>(
        &self,
        title: &str,
        column: &str,
        key: impl Fn(&BudgetLine) -> K,
        cell: impl Fn(K) -> TableCell,
    ) -> ReportTable {
        let mut table = ReportTable::new(title, &[column, "column-amount", "tables-share"]);
        let mut sums: BTreeMap<K, Money> = BTreeMap::new();
        for line in &self.lines {
            *sums.entry(key(line)).or_default() += line.amount;
        }
        let whole: Money = sums.values().copied().sum();
        let share = |amount: Money| {
            let ratio = headroom_models::ledger::Ratio::checked(amount, whole);
            TableCell::Share(ratio.map(|ratio| ratio.to_money()))
        };
        for (of, amount) in sums {
            table.row(vec![cell(of), TableCell::Money(amount), share(amount)]);
        }
        table.total(vec![word("total-all"), TableCell::Money(whole), TableCell::Empty]);
        table
    }

    fn origins(&self) -> ReportTable {
        let cell = |of| word(origin(of));
        self.shares("budget-book-origins", "budget-book-origin", |line| line.origin, cell)
    }

    fn modes(&self) -> ReportTable {
        let key = |line: &BudgetLine| line.sourcing.resource_mode;
        self.shares("budget-book-modes", "dimension-resource-mode", key, mode)
    }

    fn providers(&self) -> ReportTable {
        let key = |line: &BudgetLine| line.sourcing.provider.clone();
        self.shares("budget-book-providers", "dimension-provider", key, stated)
    }

    fn services(&self) -> ReportTable {
        let key = |line: &BudgetLine| line.sourcing.service_category.clone();
        self.shares("budget-book-services", "dimension-service-category", key, stated)
    }

    fn way(&self) -> ReportTable {
        let columns = [
            "budget-book-when",
            "budget-book-who",
            "budget-book-step",
            "column-reasons",
        ];
        let mut table = ReportTable::new("budget-book-way", &columns);
        for event in &self.history {
            table.row(vec![
                text(&event.at),
                text(&event.actor),
                word(format!("event-{}", event.kind)),
                text(&event.reason),
            ]);
        }
        table
    }
}

impl CompareReport {
    /// The comparison as tables: by product, and cell by cell with who changed it and why.
    pub fn book(&self) -> TableReport {
        let Compared { from, to, .. } = &self.compared;
        TableReport {
            title: "budget-compare".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: format!("{} · v{} → v{}", to.year, from.number, to.number),
            sentences: Vec::new(),
            tables: vec![self.products(), self.cells()],
        }
    }

    fn products(&self) -> ReportTable {
        let columns = ["column-product", "budget-before", "budget-after", "column-difference"];
        let mut table = ReportTable::new("budget-compare-products", &columns);
        let mut whole = [Money::ZERO; 3];
        for of in &self.compared.products {
            let row = [of.before, of.after, of.difference];
            for (whole, part) in whole.iter_mut().zip(row) {
                *whole += part;
            }
            let mut cells = vec![product(&self.names, &of.product)];
            cells.extend(row.map(TableCell::Money));
            table.row(cells);
        }
        // Products that do not differ, so that the last row is what the versions come to.
        let rest = [
            self.compared.from.total - whole[0],
            self.compared.to.total - whole[1],
            self.compared.difference - whole[2],
        ];
        if rest.iter().any(|amount| !amount.is_zero()) {
            for (whole, part) in whole.iter_mut().zip(rest) {
                *whole += part;
            }
            let mut cells = vec![word("budget-compare-unchanged")];
            cells.extend(rest.map(TableCell::Money));
            table.row(cells);
        }
        let mut cells = vec![word("total-all")];
        cells.extend(whole.map(TableCell::Money));
        table.total(cells);
        table
    }

    fn cells(&self) -> ReportTable {
        let columns = [
            "column-product",
            "column-module",
            "column-cost-type",
            "column-expenditure",
            "budget-book-from",
            "column-month",
            "column-kind",
            "budget-before",
            "budget-after",
            "column-difference",
            "budget-units-before",
            "budget-units-after",
            "budget-book-who",
            "column-reasons",
        ];
        let mut table = ReportTable::new("budget-compare-cells", &columns);
        let mut whole = [Money::ZERO; 3];
        for cell in &self.compared.cells {
            let change = &cell.change;
            let row = [change.before, change.after, change.difference];
            for (whole, part) in whole.iter_mut().zip(row) {
                *whole += part;
            }
            let kind = match change.kind {
                ChangeKind::Added => "budget-change-added",
                ChangeKind::Cut => "budget-change-cut",
                ChangeKind::Changed => "budget-change-changed",
            };
            let units = |units: Option<u64>| {
                let whole = units.and_then(|units| i64::try_from(units).ok());
                whole.map_or(TableCell::Empty, |units| TableCell::Number(Money::whole(units)))
            };
            let module = match change.key.module.as_str() {
                "" => TableCell::Empty,
                module => TableCell::Name(self.names.module(&change.key.product, module)),
            };
            let mut cells = vec![
                product(&self.names, &change.key.product),
                module,
                cost_type(change.key.cost_type),
                expenditure(change.key.expenditure),
                comes_from(&change.sourcing),
                TableCell::Month(change.month),
                word(kind),
            ];
            cells.extend(row.map(TableCell::Money));
            cells.extend([
                units(change.units_before),
                units(change.units_after),
                text(cell.by.clone().unwrap_or_default()),
                text(cell.reason.clone().unwrap_or_default()),
            ]);
            table.row(cells);
        }
        let mut cells = vec![word("total-all")];
        cells.resize(7, TableCell::Empty);
        cells.extend(whole.map(TableCell::Money));
        cells.resize(14, TableCell::Empty);
        table.total(cells);
        table
    }
}
