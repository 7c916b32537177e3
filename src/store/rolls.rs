//! Rolling adjustments: runs, forecasts, proposals, decisions.

use super::{Store, StoreError, WriteLock, write_audit};
use headroom_models::budget::{LineChange, ProductForecast};
use headroom_models::ledger::{Money, Month};
use serde::Serialize;
use std::collections::BTreeMap;

/// One monthly run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Roll {
    /// Identifier.
    pub id: i64,
    /// Fiscal year.
    pub year: i32,
    /// Last closed month.
    pub as_of: Month,
    /// Budget version that it is held against.
    pub budget_version: i64,
    /// Its budget of the year.
    pub year_budget: Money,
    /// Where the company's year ends.
    pub landing: Money,
    /// When it was made.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
}

/// A proposal on record, with what was decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RollProposal {
    /// Identifier over all runs.
    pub id: i64,
    /// Run.
    pub roll: i64,
    /// Product.
    pub product: String,
    /// `supplement` or `cut`.
    pub kind: String,
    /// Proposed amount, positive.
    pub amount: Money,
    /// Low end.
    pub low: Money,
    /// High end.
    pub high: Money,
    /// Landing of the product.
    pub landing: Money,
    /// Its budget of the year.
    pub year_budget: Money,
    /// Why: drivers, run ratio, what is unplanned, main cause in both languages.
    pub reason: serde_json::Value,
    /// What a person decided; nothing while it is open.
    pub decision: Option<Decision>,
    /// Budget version that it went into.
    pub revision: Option<i64>,
}

/// What a person decided on a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// `accepted`, `edited` or `declined`.
    pub decision: String,
    /// What was accepted, positive; zero when declined.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// What the budget's lines change by.
    pub changes: Vec<LineChange>,
    /// When.
    pub decided_at: String,
    /// By whom.
    pub decided_by: String,
}

/// A run to keep.
pub struct NewRoll<'a> {
    /// Fiscal year.
    pub year: i32,
    /// Last closed month.
    pub as_of: Month,
    /// Budget version.
    pub budget_version: i64,
    /// Its budget of the year.
    pub year_budget: Money,
    /// Where the company's year ends.
    pub landing: Money,
    /// Every product and month of the year; those up to `as_of` are actual cost.
    pub forecasts: &'a [ProductForecast],
    /// Its proposals: identifier and run are given by the store.
    pub proposals: &'a [RollProposal],
}

impl Store {
    /// Keeps a run and returns its identifier.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_roll(&self, _lock: &WriteLock, roll: &NewRoll<'_>, actor: &str) -> Result<i64, StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM rolls")
                .fetch_one(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO rolls (id, year, as_of, budget_version, year_budget, landing, made_at, made_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id)
            .bind(i64::from(roll.year))
            .bind(roll.as_of.to_string())
            .bind(roll.budget_version)
            .bind(roll.year_budget.to_string())
            .bind(roll.landing.to_string())
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            for forecast in roll.forecasts {
                sqlx::query(
                    "INSERT INTO roll_forecasts (roll, product, month, closed, low, mid, high) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(id)
                .bind(&forecast.product)
                .bind(forecast.month.to_string())
                .bind(i64::from(forecast.month <= roll.as_of))
                .bind(forecast.low.to_string())
                .bind(forecast.mid.to_string())
                .bind(forecast.high.to_string())
                .execute(&mut *transaction)
                .await?;
            }
            let (first,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM roll_proposals")
                .fetch_one(&mut *transaction)
                .await?;
            for (proposal, number) in roll.proposals.iter().zip(first..) {
                sqlx::query(
                    "INSERT INTO roll_proposals (id, roll, product, kind, amount, low, high, landing, year_budget, reason)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                )
                .bind(number)
                .bind(id)
                .bind(&proposal.product)
                .bind(&proposal.kind)
                .bind(proposal.amount.to_string())
                .bind(proposal.low.to_string())
                .bind(proposal.high.to_string())
                .bind(proposal.landing.to_string())
                .bind(proposal.year_budget.to_string())
                .bind(proposal.reason.to_string())
                .execute(&mut *transaction)
                .await?;
            }
            let detail = format!("{} as of {}: {} proposals", roll.year, roll.as_of, roll.proposals.len());
            write_audit(&mut transaction, actor, "roll budget", &detail).await?;
            transaction.commit().await?;
            Ok(id)
        })
    }

    /// All runs, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rolls(&self) -> Result<Vec<Roll>, StoreError> {
        type Row = (i64, i64, String, i64, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT id, year, as_of, budget_version, year_budget, landing, made_at, made_by FROM rolls ORDER BY id",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(
                    |(id, year, as_of, budget_version, year_budget, landing, made_at, made_by)| {
                        Ok(Roll {
                            id,
                            year: i32::try_from(year).map_err(StoreError::corrupt)?,
                            as_of: as_of.parse().map_err(StoreError::corrupt)?,
                            budget_version,
                            year_budget: year_budget.parse().map_err(StoreError::corrupt)?,
                            landing: landing.parse().map_err(StoreError::corrupt)?,
                            made_at,
                            made_by,
                        })
                    },
                )
                .collect()
        })
    }

    /// The forecasts of all runs: of each closed month the last run only.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn roll_forecasts(&self) -> Result<Vec<ProductForecast>, StoreError> {
        type Row = (String, String, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT r.as_of, f.product, f.month, f.low, f.mid, f.high FROM roll_forecasts f JOIN rolls r ON r.id = f.roll
                 WHERE f.closed = 0 AND r.id = (SELECT MAX(o.id) FROM rolls o WHERE o.as_of = r.as_of)
                 ORDER BY r.as_of, f.product, f.month",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|(made_in, product, month, low, mid, high)| {
                    Ok(ProductForecast {
                        made_in: made_in.parse().map_err(StoreError::corrupt)?,
                        month: month.parse().map_err(StoreError::corrupt)?,
                        product,
                        low: low.parse().map_err(StoreError::corrupt)?,
                        mid: mid.parse().map_err(StoreError::corrupt)?,
                        high: high.parse().map_err(StoreError::corrupt)?,
                    })
                })
                .collect()
        })
    }

    /// What the forecasts of each run add up to, and whether each lies within its range.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn roll_sums(&self) -> Result<BTreeMap<i64, (Money, bool)>, StoreError> {
        self.block_on(async {
            let rows: Vec<(i64, String, String, String)> =
                sqlx::query_as("SELECT roll, low, mid, high FROM roll_forecasts")
                    .fetch_all(&self.pool)
                    .await?;
            let money = |text: String| text.parse::<Money>().map_err(StoreError::corrupt);
            let mut sums: BTreeMap<i64, (Money, bool)> = BTreeMap::new();
            for (roll, low, mid, high) in rows {
                let (low, mid, high) = (money(low)?, money(mid)?, money(high)?);
                let sum = sums.entry(roll).or_insert((Money::ZERO, true));
                *sum = (sum.0 + mid, sum.1 && low <= mid && mid <= high);
            }
            Ok(sums)
        })
    }

    /// The proposals of all runs, with what was decided.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn roll_proposals(&self) -> Result<Vec<RollProposal>, StoreError> {
        self.block_on(async {
            use sqlx::Row as _;
            let rows = sqlx::query(
                "SELECT p.id, p.roll, p.product, p.kind, p.amount, p.low, p.high, p.landing, p.year_budget, p.reason,
                        d.decision, d.amount, d.reason, d.changes, d.decided_at, d.decided_by, v.version
                 FROM roll_proposals p LEFT JOIN roll_decisions d ON d.proposal = p.id
                 LEFT JOIN roll_revisions v ON v.proposal = p.id ORDER BY p.id",
            )
            .fetch_all(&self.pool)
            .await?;
            let money = |text: String| text.parse::<Money>().map_err(StoreError::corrupt);
            rows.iter()
                .map(|row| {
                    let decision: Option<String> = row.get(10);
                    let decision = match decision {
                        None => None,
                        Some(decision) => Some(Decision {
                            decision,
                            amount: money(row.get(11))?,
                            reason: row.get(12),
                            changes: serde_json::from_str(&row.get::<String, _>(13)).map_err(StoreError::corrupt)?,
                            decided_at: row.get(14),
                            decided_by: row.get(15),
                        }),
                    };
                    Ok(RollProposal {
                        id: row.get(0),
                        roll: row.get(1),
                        product: row.get(2),
                        kind: row.get(3),
                        amount: money(row.get(4))?,
                        low: money(row.get(5))?,
                        high: money(row.get(6))?,
                        landing: money(row.get(7))?,
                        year_budget: money(row.get(8))?,
                        reason: serde_json::from_str(&row.get::<String, _>(9)).map_err(StoreError::corrupt)?,
                        decision,
                        revision: row.get(16),
                    })
                })
                .collect()
        })
    }

    /// Keeps what a person decided.
    ///
    /// # Errors
    /// When it was decided already, or the database cannot be written.
    pub fn decide_proposal(
        &self,
        _lock: &WriteLock,
        proposal: i64,
        decision: &Decision,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO roll_decisions (proposal, decision, amount, reason, changes, decided_at, decided_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(proposal)
            .bind(&decision.decision)
            .bind(decision.amount.to_string())
            .bind(&decision.reason)
            .bind(serde_json::to_string(&decision.changes).map_err(StoreError::corrupt)?)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            let detail = format!(
                "proposal {proposal} {} {}: {}",
                decision.decision, decision.amount, decision.reason
            );
            write_audit(&mut transaction, actor, "decide proposal", &detail).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}

/// Notes the budget version that accepted proposals went into, with the version itself; no proposal goes into two.
pub(super) async fn note_revision(
    connection: &mut sqlx::SqliteConnection,
    proposals: &[i64],
    version: i64,
) -> Result<(), StoreError> {
    for proposal in proposals {
        sqlx::query("INSERT INTO roll_revisions (proposal, version) VALUES ($1, $2)")
            .bind(proposal)
            .bind(version)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
