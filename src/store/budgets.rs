//! Budget versions: drafts whose lines can be edited until they are submitted, and versions that never change.

use super::budget_events::{NewBudgetEvent, write_event};
use super::rolls::note_revision;
use super::{Store, StoreError, WriteLock};
use crate::refusal::Refusal;
use headroom_models::budget::{BudgetLine, BudgetState, Derivation, Sourcing};
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
    /// How far it is.
    pub state: BudgetState,
    /// Grows with every change. Who writes says which one was seen.
    pub revision: i64,
    /// Number of the approved version that it revises; nothing for a first draft.
    pub based_on: Option<i64>,
    /// What it is for.
    pub note: String,
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
    /// When it was made.
    pub created_at: String,
    /// By whom it was made.
    pub created_by: String,
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
    /// Number of the approved version that it revises.
    pub based_on: Option<i64>,
    /// What it is for.
    pub note: &'a str,
    /// The lines.
    pub lines: &'a [BudgetLine],
    /// What could not be derived, in words.
    pub problems: &'a [String],
    /// What happened: `derive`, `revise`, `draft`.
    pub kind: &'static str,
    /// What was done to the lines of the version that it revises, in the same act: kind, and what changed.
    pub change: Option<(&'static str, serde_json::Value)>,
    /// What it rests on, as it was listed for its reviewers.
    pub assumptions: Option<serde_json::Value>,
    /// Accepted proposals of rolling adjustments that go into it.
    pub proposals: &'a [i64],
}

/// A change of a version: another state, other lines, or both.
pub struct BudgetChange<'a> {
    /// The version as it was read.
    pub version: &'a BudgetVersion,
    /// What it becomes.
    pub state: BudgetState,
    /// Its lines from now on; nothing when they stay.
    pub lines: Option<&'a [BudgetLine]>,
    /// What happened.
    pub event: NewBudgetEvent,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    id: i64,
    year: i64,
    number: i64,
    state: String,
    revision: i64,
    based_on: Option<i64>,
    note: String,
    as_of: String,
    configuration_version: i64,
    currency: String,
    total: String,
    problems: String,
    created_at: String,
    created_by: String,
    approved_at: Option<String>,
    approved_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    month: String,
    product: String,
    module: String,
    cost_type: String,
    expenditure: String,
    amount: String,
    cash: Option<String>,
    units: Option<i64>,
    origin: String,
    derivation: String,
    owner: String,
    comment: String,
    resource_mode: Option<String>,
    provider: Option<String>,
    service_category: Option<String>,
}

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

async fn write_lines(
    connection: &mut sqlx::SqliteConnection,
    version: i64,
    lines: &[BudgetLine],
) -> Result<(), StoreError> {
    for (position, line) in lines.iter().enumerate() {
        sqlx::query(
            "INSERT INTO budget_lines (version, position, month, product, module, cost_type, expenditure, amount, cash, units, origin, derivation, owner, comment, resource_mode, provider, service_category)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        )
        .bind(version)
        .bind(position as i64)
        .bind(line.month.to_string())
        .bind(&line.product)
        .bind(&line.module)
        .bind(line.cost_type.as_str())
        .bind(line.expenditure.as_str())
        .bind(line.amount.to_string())
        .bind(line.cash.map(|cash| cash.to_string()))
        .bind(line.units.map(|units| units as i64))
        .bind(word_of(&line.origin)?)
        .bind(serde_json::to_string(&line.derivation).map_err(StoreError::corrupt)?)
        .bind(&line.owner)
        .bind(&line.comment)
        .bind(line.sourcing.resource_mode.map(|mode| mode.as_str()))
        .bind(&line.sourcing.provider)
        .bind(&line.sourcing.service_category)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn total(lines: &[BudgetLine]) -> Money {
    lines.iter().map(|line| line.amount).sum()
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
        let total = total(budget.lines);
        let id = self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM budget_versions").fetch_one(&mut *transaction).await?;
            let (number,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(number), 0) + 1 FROM budget_versions WHERE year = $1")
                .bind(i64::from(budget.year))
                .fetch_one(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO budget_versions (id, year, number, state, revision, based_on, note, as_of, configuration_version, currency, total, problems, created_at, created_by)
                 VALUES ($1, $2, $3, 'draft', 1, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            )
            .bind(id)
            .bind(i64::from(budget.year))
            .bind(number)
            .bind(budget.based_on)
            .bind(budget.note)
            .bind(budget.as_of.to_string())
            .bind(budget.configuration_version)
            .bind(&self.settings.currency)
            .bind(total.to_string())
            .bind(serde_json::to_string(budget.problems).map_err(StoreError::corrupt)?)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            write_lines(&mut transaction, id, budget.lines).await?;
            let event = NewBudgetEvent {
                year: budget.year,
                version: Some(number),
                kind: budget.kind,
                reason: budget.note.to_owned(),
                body: serde_json::json!({ "as_of": budget.as_of, "total": total, "lines": budget.lines.len(), "based_on": budget.based_on }),
            };
            write_event(&mut transaction, &event, actor).await?;
            if let Some((kind, body)) = &budget.change {
                let event = NewBudgetEvent {
                    year: budget.year,
                    version: Some(number),
                    kind,
                    reason: budget.note.to_owned(),
                    body: body.clone(),
                };
                write_event(&mut transaction, &event, actor).await?;
            }
            if let Some(assumptions) = &budget.assumptions {
                let event = NewBudgetEvent {
                    year: budget.year,
                    version: Some(number),
                    kind: "assume",
                    reason: String::new(),
                    body: serde_json::json!({ "assumptions": assumptions }),
                };
                write_event(&mut transaction, &event, actor).await?;
            }
            note_revision(&mut transaction, budget.proposals, id).await?;
            transaction.commit().await?;
            Ok(id)
        })?;
        self.budget_version(id)
    }

    /// All budget versions, by year and number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budgets(&self) -> Result<Vec<BudgetVersion>, StoreError> {
        self.block_on(async {
            let rows: Vec<VersionRow> = sqlx::query_as(
                "SELECT id, year, number, state, revision, based_on, note, as_of, configuration_version, currency, total, problems,
                        created_at, created_by, approved_at, approved_by
                 FROM budget_versions ORDER BY year, number",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    Ok(BudgetVersion {
                        id: row.id,
                        year: i32::try_from(row.year).map_err(StoreError::corrupt)?,
                        number: row.number,
                        state: row.state.parse().map_err(StoreError::corrupt)?,
                        revision: row.revision,
                        based_on: row.based_on,
                        note: row.note,
                        as_of: row.as_of.parse().map_err(StoreError::corrupt)?,
                        configuration_version: row.configuration_version,
                        currency: row.currency,
                        total: row.total.parse().map_err(StoreError::corrupt)?,
                        problems: serde_json::from_str(&row.problems).map_err(StoreError::corrupt)?,
                        created_at: row.created_at,
                        created_by: row.created_by,
                        approved_at: row.approved_at,
                        approved_by: row.approved_by,
                    })
                })
                .collect()
        })
    }

    fn budget_version(&self, id: i64) -> Result<BudgetVersion, StoreError> {
        self.budgets()?
            .into_iter()
            .find(|version| version.id == id)
            .ok_or_else(|| StoreError::Corrupt(format!("budget version {id} is gone")))
    }

    /// The lines of a version, in their order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget_lines(&self, version: i64) -> Result<Vec<BudgetLine>, StoreError> {
        self.block_on(async {
            let rows: Vec<LineRow> = sqlx::query_as(
                "SELECT month, product, module, cost_type, expenditure, amount, cash, units, origin, derivation, owner, comment,
                        resource_mode, provider, service_category FROM budget_lines
                 WHERE version = $1 ORDER BY position",
            )
            .bind(version)
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    let derivation: Derivation = serde_json::from_str(&row.derivation).map_err(StoreError::corrupt)?;
                    let vendor = match &derivation {
                        Derivation::Contract { vendor, .. } => vendor.clone(),
                        _ => String::new(),
                    };
                    Ok(BudgetLine {
                        month: row.month.parse().map_err(StoreError::corrupt)?,
                        product: row.product,
                        module: row.module,
                        cost_type: row.cost_type.parse().map_err(StoreError::corrupt)?,
                        expenditure: row.expenditure.parse().map_err(StoreError::corrupt)?,
                        sourcing: Sourcing {
                            resource_mode: row.resource_mode.map(|mode| mode.parse().map_err(StoreError::corrupt)).transpose()?,
                            // A line of before the column was there.
                            provider: row.provider.unwrap_or(vendor),
                            service_category: row.service_category.unwrap_or_default(),
                        },
                        amount: row.amount.parse().map_err(StoreError::corrupt)?,
                        units: row.units.map(|units| units as u64),
                        origin: word(&row.origin)?,
                        derivation,
                        cash: row.cash.map(|cash| cash.parse().map_err(StoreError::corrupt)).transpose()?,
                        owner: row.owner,
                        comment: row.comment,
                    })
                })
                .collect()
        })
    }

    /// Changes a version that is still the one that was read: another state, other lines, and the event, in one transaction.
    /// An approved one before it is superseded when it becomes the baseline.
    ///
    /// # Errors
    /// When somebody changed it in between, or the database cannot be written.
    pub fn change_budget(
        &self,
        _lock: &WriteLock,
        change: &BudgetChange<'_>,
        actor: &str,
    ) -> Result<BudgetVersion, StoreError> {
        let version = change.version;
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            if change.state == BudgetState::Approved {
                sqlx::query("UPDATE budget_versions SET state = 'superseded', revision = revision + 1 WHERE year = $1 AND state = 'approved'")
                    .bind(i64::from(version.year))
                    .execute(&mut *transaction)
                    .await?;
            }
            // Lines first: they can be written only while the version is open.
            if let Some(lines) = change.lines {
                sqlx::query("DELETE FROM budget_lines WHERE version = $1")
                    .bind(version.id)
                    .execute(&mut *transaction)
                    .await?;
                write_lines(&mut transaction, version.id, lines).await?;
            }
            let approved = change.state == BudgetState::Approved;
            let changed = sqlx::query(
                "UPDATE budget_versions SET state = $3, revision = revision + 1, total = $4, approved_at = $5, approved_by = $6
                 WHERE id = $1 AND revision = $2",
            )
            .bind(version.id)
            .bind(version.revision)
            .bind(change.state.as_str())
            .bind(change.lines.map_or(version.total, total).to_string())
            .bind(approved.then(crate::clock::now))
            .bind(approved.then_some(actor))
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() != 1 {
                return Err(Refusal::new("refused-budget-conflict-unknown")
                    .with("version", version.number)
                    .with("year", version.year)
                    .into());
            }
            write_event(&mut transaction, &change.event, actor).await?;
            transaction.commit().await?;
            Ok(())
        })?;
        self.budget_version(version.id)
    }
}
