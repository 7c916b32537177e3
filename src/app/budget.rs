//! Budgets: derived from the plan, shown, approved.

use super::planning::Planning;
use super::{App, AppError, of_problem};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{BudgetVersion, NewBudget};
use headroom_models::budget::{BudgetLine, derive};
use headroom_models::capacity::CapacityPlan;
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
    fn fiscal_months(&self, year: i32) -> MonthRange {
        self.settings().fiscal.months_of(year)
    }

    /// What a plan of a year rests on unless a month is named: the last allocated month, or the one before the year.
    fn as_of(&self, year: i32, asked: Option<Month>) -> Result<Month, AppError> {
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

    /// The capacity plan of a fiscal year.
    ///
    /// # Errors
    /// When nothing is applied or allocated.
    pub fn capacity_plan(&self, year: i32, as_of: Option<Month>) -> Result<(CapacityPlan, Month), AppError> {
        self.require_somewhere(Permission::Read)?;
        let as_of = self.as_of(year, as_of)?;
        let mut planning = Planning::load(self, self.fiscal_months(year), as_of, None)?;
        planning.keep(&self.visible()?);
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        Ok((
            derive(&planning.inputs(self.fiscal_months(year), as_of, &rate)).capacity,
            as_of,
        ))
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
            lines: &derived.lines,
            problems: &problems,
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
        let versions: Vec<BudgetVersion> = self
            .store
            .budgets()?
            .into_iter()
            .filter(|version| version.year == year)
            .collect();
        let found = match number {
            Some(number) => versions.iter().find(|version| version.number == number),
            None => versions
                .iter()
                .rfind(|version| version.state == "approved")
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

    /// Approves a draft of a year: the newest one when no number is given, and then only one newer than the baseline.
    ///
    /// # Errors
    /// When there is no such draft.
    pub fn approve_budget(&self, year: i32, number: Option<i64>) -> Result<BudgetVersion, AppError> {
        self.require_company(Permission::Approve)?;
        let lock = self.store.lock()?;
        let versions: Vec<BudgetVersion> = self
            .store
            .budgets()?
            .into_iter()
            .filter(|version| version.year == year)
            .collect();
        let baseline = versions
            .iter()
            .filter(|version| version.state == "approved")
            .map(|version| version.number)
            .max();
        let wanted = |version: &&BudgetVersion| match number {
            Some(number) => version.number == number,
            None => baseline.is_none_or(|baseline| version.number > baseline),
        };
        let draft = versions.iter().filter(|version| version.state == "draft").rfind(wanted);
        let draft = draft.ok_or_else(|| match (number, baseline) {
            (Some(number), _) => Refusal::new("refused-not-a-draft")
                .with("version", number)
                .with("year", year),
            (None, Some(baseline)) => Refusal::new("refused-no-newer-draft")
                .with("year", year)
                .with("baseline", baseline),
            (None, None) => Refusal::new("refused-no-draft").with("year", year),
        })?;
        self.store.approve_budget(&lock, draft, &self.actor)?;
        Ok(self.budget(year, Some(draft.number))?.version)
    }
}
