//! Budget versions: drafts that can be approved once, and are never edited.

use super::{Store, StoreError, WriteLock, write_audit};
use crate::refusal::Refusal;
use crate::words::say;
use headroom_models::budget::BudgetLine;
use headroom_models::ledger::{Money, Month};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A budget version on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BudgetVersion {
    /// Identifier over all years.
    pub id: i64,
    /// Fiscal year.
    pub year: i32,
    /// Number within the year.
    pub number: i64,
    /// `draft`, `approved` or `superseded`.
    pub state: String,
    /// Last month whose actual cost it rests on.
    pub as_of: Month,
    /// Configuration version it was derived from.
    pub configuration_version: i64,
    /// Reporting currency.
    pub currency: String,
    /// Sum of its lines.
    pub total: Money,
    /// What could not be derived, in words.
    pub problems: Vec<String>,
    /// When it was derived.
    pub created_at: String,
    /// When it was approved.
    pub approved_at: Option<String>,
    /// By whom it was approved.
    pub approved_by: Option<String>,
}

/// A draft to keep.
pub struct NewBudget<'a> {
    /// Fiscal year.
    pub year: i32,
    /// Last month whose actual cost it rests on.
    pub as_of: Month,
    /// Configuration version it was derived from.
    pub configuration_version: i64,
    /// The lines.
    pub lines: &'a [BudgetLine],
    /// What could not be derived, in words.
    pub problems: &'a [String],
}

type VersionRow = (
    i64,
    i64,
    i64,
    String,
    String,
    i64,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
);

/// Reads a word that serde writes as a JSON string.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(StoreError::corrupt)
}

fn word_of<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value).map_err(StoreError::corrupt)? {
        serde_json::Value::String(text) => Ok(text),
        other => Err(StoreError::Corrupt(format!("{other} is not a word"))),
    }
}

impl Store {
    /// Keeps a draft and returns it as it is on record.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_budget(
        &self,
        _lock: &WriteLock,
        budget: &NewBudget<'_>,
        actor: &str,
    ) -> Result<BudgetVersion, StoreError> {
        let total: Money = budget.lines.iter().map(|line| line.amount).sum();
        let id = self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM budget_versions").fetch_one(&mut *transaction).await?;
            sqlx::query(
                "INSERT INTO budget_versions (id, year, number, state, as_of, configuration_version, currency, total, problems, created_at, created_by)
                 SELECT $1, $2, COALESCE(MAX(number), 0) + 1, 'draft', $3, $4, $5, $6, $7, $8, $9 FROM budget_versions WHERE year = $2",
            )
            .bind(id)
            .bind(i64::from(budget.year))
            .bind(budget.as_of.to_string())
            .bind(budget.configuration_version)
            .bind(&self.settings.currency)
            .bind(total.to_string())
            .bind(serde_json::to_string(budget.problems).map_err(StoreError::corrupt)?)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            for (position, line) in budget.lines.iter().enumerate() {
                sqlx::query(
                    "INSERT INTO budget_lines (version, position, month, product, module, cost_type, expenditure, amount, units, origin, derivation)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                )
                .bind(id)
                .bind(position as i64)
                .bind(line.month.to_string())
                .bind(&line.product)
                .bind(&line.module)
                .bind(line.cost_type.as_str())
                .bind(line.expenditure.as_str())
                .bind(line.amount.to_string())
                .bind(line.units.map(|units| units as i64))
                .bind(word_of(&line.origin)?)
                .bind(serde_json::to_string(&line.derivation).map_err(StoreError::corrupt)?)
                .execute(&mut *transaction)
                .await?;
            }
            write_audit(&mut transaction, actor, "derive budget", &format!("{} version id {id} total {total}", budget.year)).await?;
            transaction.commit().await?;
            Ok(id)
        })?;
        self.budgets()?
            .into_iter()
            .find(|version| version.id == id)
            .ok_or_else(|| StoreError::Corrupt("the new budget is gone".to_owned()))
    }

    /// All budget versions, by year and number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budgets(&self) -> Result<Vec<BudgetVersion>, StoreError> {
        self.block_on(async {
            let rows: Vec<VersionRow> = sqlx::query_as(
                "SELECT id, year, number, state, as_of, configuration_version, currency, total, problems, created_at, approved_at, approved_by
                 FROM budget_versions ORDER BY year, number",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|(id, year, number, state, as_of, configuration_version, currency, total, problems, created_at, approved_at, approved_by)| {
                    Ok(BudgetVersion {
                        id,
                        year: i32::try_from(year).map_err(StoreError::corrupt)?,
                        number,
                        state,
                        as_of: as_of.parse().map_err(StoreError::corrupt)?,
                        configuration_version,
                        currency,
                        total: total.parse().map_err(StoreError::corrupt)?,
                        problems: serde_json::from_str(&problems).map_err(StoreError::corrupt)?,
                        created_at,
                        approved_at,
                        approved_by,
                    })
                })
                .collect()
        })
    }

    /// The lines of a version, in their order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget_lines(&self, version: i64) -> Result<Vec<BudgetLine>, StoreError> {
        type Row = (
            String,
            String,
            String,
            String,
            String,
            String,
            Option<i64>,
            String,
            String,
        );
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT month, product, module, cost_type, expenditure, amount, units, origin, derivation FROM budget_lines
                 WHERE version = $1 ORDER BY position",
            )
            .bind(version)
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|(month, product, module, cost_type, expenditure, amount, units, origin, derivation)| {
                    Ok(BudgetLine {
                        month: month.parse().map_err(StoreError::corrupt)?,
                        product,
                        module,
                        cost_type: cost_type.parse().map_err(StoreError::corrupt)?,
                        expenditure: expenditure.parse().map_err(StoreError::corrupt)?,
                        amount: amount.parse().map_err(StoreError::corrupt)?,
                        units: units.map(|units| units as u64),
                        origin: word(&origin)?,
                        derivation: serde_json::from_str(&derivation).map_err(StoreError::corrupt)?,
                    })
                })
                .collect()
        })
    }

    /// Approves a draft: it becomes the year's baseline, and an approved one before it is superseded.
    ///
    /// # Errors
    /// When it is no draft, or the database cannot be written.
    pub fn approve_budget(&self, _lock: &WriteLock, version: &BudgetVersion, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("UPDATE budget_versions SET state = 'superseded' WHERE year = $1 AND state = 'approved'")
                .bind(i64::from(version.year))
                .execute(&mut *transaction)
                .await?;
            let changed = sqlx::query(
                "UPDATE budget_versions SET state = 'approved', approved_at = $2, approved_by = $3 WHERE id = $1 AND state = 'draft'",
            )
            .bind(version.id)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() != 1 {
                let state = format!("state-{}", version.state);
                return Err(Refusal::new("refused-draft-state")
                    .with("version", version.number)
                    .with("year", version.year)
                    .with_words("state", |language| say(language, &state))
                    .into());
            }
            write_audit(&mut transaction, actor, "approve budget", &format!("{} version {}", version.year, version.number)).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
