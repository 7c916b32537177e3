//! Caps from above, distributed and met by the lines from below.

use super::edits::Edited;
use super::organs::StepRequest;
use crate::app::{App, AppError};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::store::{BudgetVersion, NewBudgetEvent};
use headroom_models::budget::{BudgetLine, BudgetStep, CapScope, Caps, Reconciled, reconcile, to_caps};
use headroom_models::ledger::{Expenditure, Money};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// What an amount from above is distributed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistributeBy {
    /// What was drafted from below.
    BottomUp,
    /// Cost of the year before.
    LastYear,
    /// The same for each.
    Even,
}

/// Caps against a version.
#[derive(Clone, Debug, Serialize)]
pub struct Reconciliation {
    /// Version whose lines are compared.
    pub version: BudgetVersion,
    /// Company, departments, products.
    pub rows: Vec<Reconciled>,
    /// True when nothing is over its cap.
    pub within: bool,
}

impl App {
    /// The caps of a year as they stand.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget_caps(&self, year: i32) -> Result<Caps, AppError> {
        let mut caps = Caps::new();
        for event in self.store.budget_events(Some(year))? {
            if event.kind != "cap" {
                continue;
            }
            let unreadable = |reason: String| {
                Refusal::new("refused-budget-events")
                    .with("id", event.id)
                    .with("reason", reason)
            };
            let list: Vec<(CapScope, Money)> =
                serde_json::from_value(event.body["caps"].clone()).map_err(|error| unreadable(error.to_string()))?;
            caps.extend(list);
        }
        Ok(caps)
    }

    /// Sets the cap of the company, a department or a product.
    ///
    /// # Errors
    /// When it is below what is spent and committed, is negative, or names something unknown.
    pub fn set_cap(&self, year: i32, scope: CapScope, amount: Money, reason: &str) -> Result<(), AppError> {
        self.may_take(BudgetStep::Approve, &Scope::Company)?;
        let lock = self.store.lock()?;
        self.known_scope(&scope)?;
        self.refuse_cap_below_committed(year, &scope, amount)?;
        self.store
            .add_budget_events(&lock, &[cap_event(year, &[(scope, amount)], reason)], &self.actor)?;
        Ok(())
    }

    /// Distributes an amount over departments or products, exactly, as their caps, and sets it as the cap of the company.
    ///
    /// # Errors
    /// When there is nothing to weigh by, or a part is below what is spent and committed.
    pub fn distribute_caps(
        &self,
        year: i32,
        amount: Money,
        by: DistributeBy,
        products: bool,
        reason: &str,
    ) -> Result<Reconciliation, AppError> {
        self.may_take(BudgetStep::Approve, &Scope::Company)?;
        let lock = self.store.lock()?;
        let departments = self.departments_by_product()?;
        let scope = |product: &str| match (products, departments.get(product)) {
            (false, Some(department)) => CapScope::Department(department.clone()),
            _ => CapScope::Product(product.to_owned()),
        };
        let mut weights: BTreeMap<CapScope, Money> = BTreeMap::new();
        match by {
            DistributeBy::BottomUp => {
                let shown = self.newest_for_caps(year, None)?;
                for line in &self.store.budget_lines(shown.id)? {
                    *weights.entry(scope(&line.product)).or_default() += line.amount;
                }
            }
            DistributeBy::LastYear => {
                let months = self.fiscal_months(year - 1);
                for actual in self.actuals(&self.rates()?, months, None)? {
                    *weights.entry(scope(&actual.product)).or_default() += actual.amount;
                }
            }
            DistributeBy::Even => {
                for product in departments.keys() {
                    weights.insert(scope(product), Money::ONE);
                }
            }
        }
        weights.retain(|_, weight| !weight.is_zero() && !weight.is_negative());
        let parts = amount.round(2).split(&weights.values().copied().collect::<Vec<_>>());
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
            return Err(Refusal::new("refused-distribute").with("year", year).into());
        };
        let mut caps: Vec<(CapScope, Money)> = weights.into_keys().zip(in_cents(amount, parts)).collect();
        caps.push((CapScope::Company, amount));
        for (scope, amount) in &caps {
            self.refuse_cap_below_committed(year, scope, *amount)?;
        }
        self.store
            .add_budget_events(&lock, &[cap_event(year, &caps, reason)], &self.actor)?;
        drop(lock);
        self.reconcile_caps(year, None)
    }

    /// Caps from above against the lines from below, of a version or the newest one.
    ///
    /// # Errors
    /// When there is no version.
    pub fn reconcile_caps(&self, year: i32, number: Option<i64>) -> Result<Reconciliation, AppError> {
        self.require_company(Permission::Read)?;
        let version = self.newest_for_caps(year, number)?;
        let lines = self.store.budget_lines(version.id)?;
        let rows = reconcile(&lines, &self.budget_caps(year)?, &self.departments_by_product()?);
        Ok(Reconciliation {
            within: rows.iter().all(is_within),
            version,
            rows,
        })
    }

    /// Brings the products of a draft to their caps, and departments and the company down to theirs, by lines that are marked as
    /// set from above.
    ///
    /// # Errors
    /// When it is no draft, or there are no caps.
    pub fn apply_caps(&self, request: &StepRequest) -> Result<Edited, AppError> {
        self.may_take(BudgetStep::Edit, &Scope::Company)?;
        let lock = self.store.lock()?;
        let version = self.for_step(request, BudgetStep::Edit)?;
        let caps = self.budget_caps(request.year)?;
        if caps.is_empty() {
            return Err(Refusal::new("refused-no-caps").with("year", request.year).into());
        }
        let before = self.store.budget_lines(version.id)?;
        let after = to_caps(&before, &caps, &self.departments_by_product()?, &request.comment);
        self.keep_edits(&lock, &version, &before, &after, "edit", &request.comment)
    }

    /// Refuses a version that is over a cap.
    pub(super) fn refuse_over_caps(&self, version: &BudgetVersion, lines: &[BudgetLine]) -> Result<(), AppError> {
        let rows = reconcile(lines, &self.budget_caps(version.year)?, &self.departments_by_product()?);
        let over: Vec<String> = rows
            .iter()
            .filter(|row| !is_within(row))
            .map(|row| {
                let amount = |amount: Option<Money>| amount.map(|amount| amount.grouped(2)).unwrap_or_default();
                format!(
                    "{}: {} > {} (+{})",
                    scope_name(&row.scope),
                    row.bottom_up.grouped(2),
                    amount(row.cap),
                    amount(row.over)
                )
            })
            .collect();
        if over.is_empty() {
            return Ok(());
        }
        Err(Refusal::new("refused-over-caps")
            .with("version", version.number)
            .with("year", version.year)
            .with("over", over.join("\n"))
            .into())
    }

    fn newest_for_caps(&self, year: i32, number: Option<i64>) -> Result<BudgetVersion, AppError> {
        let version = self.version_for(year, number, |version| version.state.is_open())?;
        match version {
            Some(version) => Ok(version),
            None => Ok(self.budget(year, None)?.version),
        }
    }

    fn known_scope(&self, scope: &CapScope) -> Result<(), AppError> {
        let (_, configuration) = self.configuration()?;
        let organization = &configuration.organization;
        let (known, names): (bool, Vec<&str>) = match scope {
            CapScope::Company => return Ok(()),
            CapScope::Department(id) => (
                organization.departments.iter().any(|department| department.id == *id),
                organization
                    .departments
                    .iter()
                    .map(|department| department.id.as_str())
                    .collect(),
            ),
            CapScope::Product(id) => (
                organization.product(id).is_some(),
                organization
                    .products
                    .iter()
                    .map(|product| product.id.as_str())
                    .collect(),
            ),
        };
        if known {
            return Ok(());
        }
        Err(Refusal::new("refused-cap-scope")
            .with("scope", scope_name(scope))
            .with("known", names.join(", "))
            .into())
    }

    /// A cap cannot be below running money that is spent and committed.
    fn refuse_cap_below_committed(&self, year: i32, scope: &CapScope, amount: Money) -> Result<(), AppError> {
        if amount.is_negative() {
            return Err(Refusal::new("edit-amount-negative").with("amount", amount).into());
        }
        if self.baseline(year)?.is_none() {
            return Ok(());
        }
        let year_books = self.year_books(year)?;
        let books = year_books.books();
        let (mut actual, mut commitments) = (Money::ZERO, Money::ZERO);
        for account in books.accounts() {
            let concerned = match scope {
                CapScope::Company => true,
                CapScope::Department(id) => year_books.departments.get(&account.product) == Some(id),
                CapScope::Product(id) => account.product == *id,
            };
            if concerned && account.expenditure == Expenditure::Opex {
                let standing = books.standing(&account, year_books.months.last);
                actual += standing.actual;
                commitments += standing.commitments;
            }
        }
        if amount < actual + commitments {
            return Err(Refusal::new("refused-cap-committed")
                .with("scope", scope_name(scope))
                .with("amount", amount.grouped(2))
                .with("actual", actual.grouped(2))
                .with("commitments", commitments.grouped(2))
                .with("least", (actual + commitments).grouped(2))
                .into());
        }
        Ok(())
    }
}

fn is_within(row: &Reconciled) -> bool {
    row.over.is_none_or(|over| over <= Money::ZERO)
}

fn scope_name(scope: &CapScope) -> String {
    match scope {
        CapScope::Company => "company".to_owned(),
        CapScope::Department(id) | CapScope::Product(id) => id.clone(),
    }
}

fn cap_event(year: i32, caps: &[(CapScope, Money)], reason: &str) -> NewBudgetEvent {
    NewBudgetEvent {
        year,
        version: None,
        kind: "cap",
        reason: reason.trim().to_owned(),
        body: json!({ "caps": caps }),
    }
}

/// Parts in whole cents that still add up: running sums are rounded, the parts are their differences.
fn in_cents(amount: Money, parts: Vec<Money>) -> Vec<Money> {
    if amount.round(2) != amount {
        return parts;
    }
    let (mut through, mut before) = (Money::ZERO, Money::ZERO);
    parts
        .into_iter()
        .map(|part| {
            through += part;
            let part = through.round(2) - before;
            before = through.round(2);
            part
        })
        .collect()
}
