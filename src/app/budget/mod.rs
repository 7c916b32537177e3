//! Budgets: derived from the plan and shown here; their way to approval, edits, control and the end of the year in the files
//! beside.

mod adjust;
mod book;
mod book_lines;
mod books;
mod caps;
mod compare;
mod draft;
mod edits;
mod explained;
mod lifecycle;
mod loans;
mod organs;
mod requests;
mod rolled;
mod settle;
mod sheet;
mod verify;
mod ways;
mod year_end;

pub use adjust::{AdjustRequest, Adjustment, Place};
pub use book::{BudgetBook, CompareReport};
pub use books::{AccountStanding, BudgetStanding, CommitmentStanding, LoanStanding};
pub use caps::{DistributeBy, Reconciliation};
pub use compare::{Compared, ComparedCell};
pub use draft::Drafted;
pub use edits::{EditProblem, Edited};
pub use explained::{ExplainBudget, ExplainedBudget, ExplainedLine};
pub use loans::LoanRequest;
pub use organs::StepRequest;
pub use requests::{RequestOutcome, SpendRequest};
pub use settle::Settled;
pub use sheet::BudgetSheet;
pub use year_end::YearEnd;

use super::planning::Planning;
use super::{App, AppError, of_problem};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{BudgetEvent, BudgetVersion, NewBudget};
use headroom_models::budget::{BudgetLine, BudgetState, derive};
use headroom_models::ledger::{Month, MonthRange};

/// Problems named when a budget has no line at all.
const MOST_SHOWN: usize = 5;

/// A budget version with its lines.
pub struct BudgetShown {
    /// The version.
    pub version: BudgetVersion,
    /// Its lines.
    pub lines: Vec<BudgetLine>,
}

impl App {
    pub(super) fn fiscal_months(&self, year: i32) -> MonthRange {
        self.settings().fiscal.months_of(year)
    }

    /// What a plan of a year rests on unless a month is named: the last allocated month, or the one before the year.
    pub(super) fn as_of(&self, year: i32, asked: Option<Month>) -> Result<Month, AppError> {
        let last = self.last_allocated_month()?;
        match asked {
            Some(month) if month > last => Err(Refusal::new("refused-later-than-last")
                .with("month", month)
                .with("last", last)
                .into()),
            Some(month) => Ok(month),
            None => Ok(last.min(self.fiscal_months(year).first.plus(-1))),
        }
    }

    /// Derives the budget of a fiscal year as of a month and keeps it as a draft.
    ///
    /// # Errors
    /// When nothing is applied or allocated, or the derivation gives no line at all.
    pub fn derive_budget(&self, year: i32, as_of: Option<Month>) -> Result<BudgetShown, AppError> {
        self.require_company(Permission::Draft)?;
        let as_of = self.as_of(year, as_of)?;
        let lock = self.store.lock()?;
        let planning = Planning::load(self, self.fiscal_months(year), as_of, None)?;
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let derived = derive(&planning.inputs(self.fiscal_months(year), as_of, &rate));
        let problems: Vec<String> = derived.problems.iter().map(ToString::to_string).collect();
        if derived.lines.is_empty() {
            let shown: Vec<Refusal> = derived.problems.iter().take(MOST_SHOWN).map(of_problem).collect();
            let more = derived.problems.len() - shown.len();
            return Err(Refusal::new("refused-budget-empty")
                .with("year", year)
                .with_words("problems", |language| {
                    let mut said: Vec<String> = shown.iter().map(|problem| problem.message(language)).collect();
                    if more > 0 {
                        said.push(Refusal::new("problem-more").with("count", more).message(language));
                    }
                    said.join("\n")
                })
                .into());
        }
        let new = NewBudget {
            year,
            as_of,
            configuration_version: planning.version,
            based_on: self.baseline(year)?.map(|version| version.number),
            note: "",
            lines: &derived.lines,
            problems: &problems,
            kind: "derive",
            change: None,
            assumptions: None,
            proposals: &[],
        };
        let version = self.store.add_budget(&lock, &new, &self.actor)?;
        Ok(BudgetShown {
            version,
            lines: derived.lines,
        })
    }

    /// All budget versions; their totals only for who sees the whole company.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget_versions(&self) -> Result<Vec<BudgetVersion>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let versions = self.store.budgets()?;
        if self.visible()?.is_everything() {
            return Ok(versions);
        }
        versions
            .into_iter()
            .map(|version| {
                let lines = self.store.budget_lines(version.id)?;
                Ok(self.only_visible(BudgetShown { version, lines })?.version)
            })
            .collect()
    }

    /// A version of a year with its lines; the approved one (else the newest) when no number is given.
    ///
    /// # Errors
    /// When there is none.
    pub fn budget(&self, year: i32, number: Option<i64>) -> Result<BudgetShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let versions = self.versions_of(year)?;
        let found = match number {
            Some(number) => versions.iter().find(|version| version.number == number),
            None => versions
                .iter()
                .rfind(|version| version.state == BudgetState::Approved)
                .or(versions.last()),
        };
        let version = found.cloned().ok_or_else(|| match number {
            Some(number) => Refusal::new("refused-no-budget-version")
                .with("version", number)
                .with("year", year),
            None => Refusal::new("refused-no-budget").with("year", year),
        })?;
        self.only_visible(BudgetShown {
            lines: self.store.budget_lines(version.id)?,
            version,
        })
    }

    /// A budget as the principal sees it: the lines of their products, and the sum of these.
    fn only_visible(&self, mut shown: BudgetShown) -> Result<BudgetShown, AppError> {
        let visible = self.visible()?;
        if !visible.is_everything() {
            shown.lines.retain(|line| visible.sees(&line.product));
            shown.version.total = shown.lines.iter().map(|line| line.amount).sum();
            shown.version.problems.clear();
        }
        Ok(shown)
    }

    /// The version that a step is meant for: the named one, or the newest that is open to it.
    fn version_for(
        &self,
        year: i32,
        number: Option<i64>,
        open: impl Fn(&BudgetVersion) -> bool,
    ) -> Result<Option<BudgetVersion>, AppError> {
        let mut versions = self.versions_of(year)?;
        if versions.is_empty() {
            return Err(Refusal::new("refused-no-budget").with("year", year).into());
        }
        let Some(number) = number else {
            return Ok(versions.into_iter().rfind(|version| open(version)));
        };
        let found = versions.iter().position(|version| version.number == number);
        let found = found.ok_or_else(|| {
            Refusal::new("refused-no-budget-version")
                .with("version", number)
                .with("year", year)
        })?;
        Ok(Some(versions.swap_remove(found)))
    }

    /// The newest year with an approved budget.
    ///
    /// # Errors
    /// When there is none.
    pub fn budget_year_in_force(&self) -> Result<i32, AppError> {
        let versions = self.store.budgets()?;
        let approved = versions.iter().filter(|version| version.state == BudgetState::Approved);
        let year = approved.map(|version| version.year).max();
        Ok(year.ok_or_else(|| Refusal::new("refused-nothing-approved"))?)
    }

    fn departments_by_product(&self) -> Result<std::collections::BTreeMap<String, String>, AppError> {
        Ok(self.configuration()?.1.organization.department_of_product())
    }

    fn versions_of(&self, year: i32) -> Result<Vec<BudgetVersion>, AppError> {
        let mut versions = self.store.budgets()?;
        versions.retain(|version| version.year == year);
        Ok(versions)
    }

    /// The year's approved version.
    fn baseline(&self, year: i32) -> Result<Option<BudgetVersion>, AppError> {
        let mut versions = self.versions_of(year)?.into_iter();
        Ok(versions.rfind(|version| version.state == BudgetState::Approved))
    }

    /// Refuses a write that rests on an older revision than the one on record.
    fn expect(&self, version: &BudgetVersion, seen: Option<i64>) -> Result<(), AppError> {
        if seen.is_none_or(|seen| seen == version.revision) {
            return Ok(());
        }
        let last = self
            .store
            .budget_events(Some(version.year))?
            .into_iter()
            .rfind(|event| event.version == Some(version.number));
        let (who, when) = last.map_or_else(Default::default, |event| (event.actor, event.at));
        Err(Refusal::new("refused-budget-conflict")
            .with("version", version.number)
            .with("year", version.year)
            .with("seen", seen.unwrap_or_default())
            .with("revision", version.revision)
            .with("who", who)
            .with("when", when)
            .into())
    }

    /// Everything that happened to a year's budgets, or to one version of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget_history(&self, year: i32, number: Option<i64>) -> Result<Vec<BudgetEvent>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let everything = self.visible()?.is_everything();
        let mut events = self.store.budget_events(Some(year))?;
        events.retain(|event| number.is_none() || event.version == number);
        if !everything {
            // The steps of versions are everybody's; what they changed, and what others asked for, is not.
            events.retain(|event| event.version.is_some());
            for event in &mut events {
                event.body = serde_json::Value::Null;
            }
        }
        Ok(events)
    }
}

/// Refuses a product or module that nothing defines, and a product that has ended by a month.
pub(super) fn known_product(
    organization: &headroom_models::organization::Organization,
    key: &headroom_models::budget::LineKey,
    month: Month,
) -> Result<(), Refusal> {
    let Some(product) = organization.product(&key.product) else {
        let known: Vec<&str> = organization
            .products
            .iter()
            .map(|product| product.id.as_str())
            .collect();
        return Err(Refusal::new("refused-unknown-product")
            .with("product", &key.product)
            .with("known", known.join(", ")));
    };
    if let Some(last) = product.last_month.filter(|last| month > *last) {
        return Err(Refusal::new("refused-ended-product")
            .with("product", &key.product)
            .with("month", month)
            .with("last", last));
    }
    let modules = organization.modules_by_product();
    let modules = modules.get(&key.product);
    if !key.module.is_empty() && !modules.is_some_and(|modules| modules.contains(&key.module)) {
        let known: Vec<&str> = modules.into_iter().flatten().map(String::as_str).collect();
        return Err(Refusal::new("refused-unknown-module")
            .with("product", &key.product)
            .with("module", &key.module)
            .with("known", known.join(", ")));
    }
    Ok(())
}
