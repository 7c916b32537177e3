//! Supplements, cuts and transfers: lines of a revision, which takes its own way to approval.

use super::edits::Edited;
use crate::app::{App, AppError};
use crate::refusal::Refusal;
use crate::store::BudgetVersion;
use headroom_models::budget::{BudgetLine, BudgetStep, CellEdit, LineKey, Scope, Sourcing, edited};
use headroom_models::ledger::{CostType, Expenditure, Money, Month};
use std::collections::BTreeSet;

/// Where money is added or taken.
#[derive(Clone, Debug)]
pub struct Place {
    /// Product.
    pub product: String,
    /// Module, when only one is meant.
    pub module: Option<String>,
    /// Cost type, when only one is meant.
    pub cost_type: Option<CostType>,
    /// Running money or money for purchases.
    pub expenditure: Expenditure,
}

/// What is done with it.
#[derive(Clone, Debug)]
pub enum Adjustment {
    /// 追加: more.
    Supplement(Place),
    /// 调减: less.
    Cut(Place),
    /// 调剂: from one to the other, in the same months.
    Transfer {
        /// Gives.
        from: Place,
        /// Gets.
        to: Place,
    },
}

/// A supplement, cut or transfer of a year's budget.
#[derive(Clone, Debug)]
pub struct AdjustRequest {
    /// Fiscal year.
    pub year: i32,
    /// What and where.
    pub adjustment: Adjustment,
    /// Amount.
    pub amount: Money,
    /// The only month that it concerns; every open one when missing.
    pub month: Option<Month>,
    /// Revision to add it to; the newest open one, or a new one, when missing.
    pub version: Option<i64>,
    /// Why.
    pub reason: String,
}

impl App {
    /// Adds a supplement, cut or transfer to a revision of the year's approved version: to the newest that is open for
    /// edits, or a new one. It counts once the revision is approved.
    ///
    /// # Errors
    /// When there is not so much to cut, when it is spent or committed, or when it cannot be said which lines are meant.
    pub fn adjust_budget(&self, request: &AdjustRequest) -> Result<Edited, AppError> {
        let lock = self.store.lock()?;
        if request.reason.trim().is_empty() {
            return Err(Refusal::new("refused-reason").into());
        }
        if request.amount.is_zero() || request.amount.is_negative() {
            return Err(Refusal::new("refused-amount-positive")
                .with("amount", request.amount)
                .into());
        }
        let year_books = self.year_books(request.year)?;
        let months: BTreeSet<Month> = match request.month {
            Some(month) if !year_books.months.contains(month) => {
                return Err(super::books::outside(month, request.year, year_books.months).into());
            }
            Some(month) => {
                self.open_month(&year_books, month)?;
                [month].into()
            }
            None => {
                let open = |month: &Month| !year_books.closed.contains(month);
                year_books.months.months().filter(open).collect()
            }
        };
        let Some(first) = months.first().copied() else {
            return Err(Refusal::new("refused-request-year-closed")
                .with("month", year_books.months.last)
                .with("next", request.year + 1)
                .into());
        };
        let (_, configuration) = self.configuration()?;
        let places = match &request.adjustment {
            Adjustment::Supplement(place) | Adjustment::Cut(place) => vec![place],
            Adjustment::Transfer { from, to } => vec![from, to],
        };
        for place in &places {
            let key = LineKey {
                product: place.product.clone(),
                module: place.module.clone().unwrap_or_default(),
                cost_type: place.cost_type.unwrap_or(CostType::Other),
                expenditure: place.expenditure,
            };
            super::known_product(&configuration.organization, &key, first)?;
            self.may_take_for(BudgetStep::Edit, &place.product)?;
        }
        // Everything is worked out on the lines of the revision that takes it, before anything is kept.
        let open = self.open_revision(request)?;
        let lines = match &open {
            Some(version) => self.store.budget_lines(version.id)?,
            None => year_books.lines.clone(),
        };
        let (kind, edits) = match &request.adjustment {
            Adjustment::Supplement(place) => (
                "supplement",
                more(&lines, place, &months, request.amount, &request.reason)?,
            ),
            Adjustment::Cut(place) => ("cut", less(&lines, place, &months, request.amount, &request.reason)?),
            Adjustment::Transfer { from, to } => {
                let mut edits = less(&lines, from, &months, request.amount, &request.reason)?;
                let mut by_month: std::collections::BTreeMap<Month, Money> = Default::default();
                for edit in &edits {
                    *by_month.entry(edit.month).or_default() -= edit.add.or(edit.add_cash).unwrap_or_default();
                }
                for (month, amount) in by_month.into_iter().filter(|(_, amount)| !amount.is_zero()) {
                    edits.extend(more(&lines, to, &[month].into(), amount, &request.reason)?);
                }
                ("transfer", edits)
            }
        };
        let after = edited(&lines, &edits);
        self.refuse_below_committed(request.year, &after)?;
        match open {
            Some(version) => self.keep_edits(&lock, &version, &lines, &after, kind, &request.reason),
            None => self.keep_as_revision(&lock, &year_books.version, &lines, &after, kind, &request.reason),
        }
    }

    /// The revision of the baseline that is open for edits, when there is one.
    fn open_revision(&self, request: &AdjustRequest) -> Result<Option<BudgetVersion>, AppError> {
        let baseline = self.baseline(request.year)?.map(|version| version.number);
        let fits = |version: &BudgetVersion| version.state.is_editable() && version.based_on == baseline;
        let found = self.version_for(request.year, request.version, fits)?;
        match (found, request.version) {
            (Some(version), Some(_)) if !fits(&version) => Err(Refusal::new("refused-not-open-revision")
                .with("version", version.number)
                .with("year", version.year)
                .into()),
            (found, _) => Ok(found),
        }
    }
}

fn edit(month: Month, key: LineKey, amount: Money, reason: &str) -> CellEdit {
    let capex = key.expenditure == Expenditure::Capex;
    let mut edit = CellEdit::of(month, key, reason.trim());
    // Purchases are controlled in cash; their depreciation follows from the asset register once they are there.
    if capex {
        edit.add_cash = Some(amount);
    } else {
        edit.add = Some(amount);
    }
    edit
}

fn scope<'a>(place: &'a Place, months: &'a BTreeSet<Month>) -> Scope<'a> {
    Scope {
        product: &place.product,
        module: place.module.as_deref(),
        cost_type: place.cost_type,
        expenditure: place.expenditure,
        months,
    }
}

/// More money: by what the lines have, or evenly over the months on a cost type that has none yet.
fn more(
    lines: &[BudgetLine],
    place: &Place,
    months: &BTreeSet<Month>,
    amount: Money,
    reason: &str,
) -> Result<Vec<CellEdit>, Refusal> {
    let opex = place.expenditure == Expenditure::Opex;
    if opex && let Some(parts) = scope(place, months).spread(lines, amount) {
        return Ok(parts
            .into_iter()
            .map(|(key, month, sourcing, part)| of_part(edit(month, key, part, reason), sourcing))
            .collect());
    }
    let Some(cost_type) = place.cost_type else {
        return Err(Refusal::new("refused-adjust-cost-type").with("product", &place.product));
    };
    let weights: Vec<Money> = months.iter().map(|_| Money::ONE).collect();
    let parts = amount.split(&weights).unwrap_or_default();
    let key = LineKey {
        product: place.product.clone(),
        module: place.module.clone().unwrap_or_default(),
        cost_type,
        expenditure: place.expenditure,
    };
    Ok(months
        .iter()
        .zip(parts)
        .map(|(month, part)| edit(*month, key.clone(), part, reason))
        .collect())
}

/// Less money, by what the lines have.
fn less(
    lines: &[BudgetLine],
    place: &Place,
    months: &BTreeSet<Month>,
    amount: Money,
    reason: &str,
) -> Result<Vec<CellEdit>, Refusal> {
    let scope = scope(place, months);
    let there: Money = match place.expenditure {
        Expenditure::Opex => scope
            .cells(lines)
            .values()
            .map(|cell| cell.amount.max(Money::ZERO))
            .sum(),
        Expenditure::Capex => cash(lines, &scope).values().copied().sum(),
    };
    let too_much = || {
        Refusal::new("refused-cut-too-much")
            .with("product", &place.product)
            .with("amount", amount.grouped(2))
            .with("there", there.grouped(2))
            .with(
                "months",
                format!("{} … {}", shown(months.first()), shown(months.last())),
            )
    };
    if there < amount {
        return Err(too_much());
    }
    match place.expenditure {
        Expenditure::Opex => {
            let parts = scope.spread(lines, -amount).ok_or_else(too_much)?;
            Ok(parts
                .into_iter()
                .map(|(key, month, sourcing, part)| of_part(edit(month, key, part, reason), sourcing))
                .collect())
        }
        Expenditure::Capex => {
            let cells = cash(lines, &scope);
            let weights: Vec<Money> = cells.values().copied().collect();
            let parts = amount.split(&weights).ok_or_else(too_much)?;
            Ok(cells
                .into_keys()
                .zip(parts)
                .map(|((key, month), part)| edit(month, key, -part, reason))
                .collect())
        }
    }
}

/// The edit for the part of a cell that comes from somewhere.
fn of_part(mut edit: CellEdit, sourcing: Sourcing) -> CellEdit {
    edit.sourcing = Some(sourcing);
    edit
}

/// Cash for purchases of a scope, by cell.
fn cash(lines: &[BudgetLine], scope: &Scope<'_>) -> std::collections::BTreeMap<(LineKey, Month), Money> {
    let mut sums: std::collections::BTreeMap<(LineKey, Month), Money> = Default::default();
    let places: BTreeSet<_> = scope.cells(lines).into_keys().collect();
    for line in lines {
        let place = (line.key(), line.month);
        if places.contains(&place) {
            *sums.entry(place).or_default() += line.paid();
        }
    }
    sums.retain(|_, cash| !cash.is_zero() && !cash.is_negative());
    sums
}

fn shown(month: Option<&Month>) -> String {
    month.map(ToString::to_string).unwrap_or_default()
}
