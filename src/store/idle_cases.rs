//! Findings on their way: cases, what happened to them, who was told.

use super::{Store, StoreError, WriteLock, write_audit};
use chrono::NaiveDate;
use headroom_models::idle::CaseState;
use headroom_models::ledger::Money;
use serde::Serialize;

/// A finding on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdleCase {
    /// `W-1`, `W-2`, …
    pub id: String,
    /// Resource.
    pub resource: String,
    /// What it is.
    pub kind: String,
    /// Rule that found it.
    pub rule: String,
    /// Product; empty when the bill names none.
    pub product: String,
    /// Module of it.
    pub module: String,
    /// Who has to act; empty when nobody is named.
    pub owner: String,
    /// Where it stands.
    #[serde(serialize_with = "as_word")]
    pub state: CaseState,
    /// Idle or oversized.
    pub verdict: String,
    /// Since when.
    pub since: Option<NaiveDate>,
    /// At stake in a month, in the reporting currency.
    pub monthly_cost: Money,
    /// Whole cost of the month it was found in.
    pub baseline: Money,
    /// Currency of `baseline`: that of the bill.
    pub baseline_currency: String,
    /// Cost type of its charges.
    pub cost_type: String,
    /// Day on which it was found.
    pub opened_on: NaiveDate,
    /// Day until which somebody should have acted.
    pub due_on: Option<NaiveDate>,
    /// Last day of grace.
    pub grace_until: Option<NaiveDate>,
    /// End of the exemption.
    pub exempt_until: Option<NaiveDate>,
    /// Day on which it was given up.
    pub reclaimed_on: Option<NaiveDate>,
}

fn as_word<S: serde::Serializer>(state: &CaseState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.as_str())
}

/// One thing that happened to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseEvent {
    /// When, ISO 8601 in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// State before.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// Why.
    pub note: String,
}

/// A change of a case that is written as one.
pub struct CaseChange<'a> {
    /// The case as it is after the change.
    pub case: &'a IdleCase,
    /// State before; the same as after when only owner or due date changed.
    pub from: CaseState,
    /// What happened.
    pub action: &'a str,
    /// Why.
    pub note: &'a str,
    /// Occasion of a notice to the owner, if there is one.
    pub notice: Option<&'a str>,
    /// True when the case is new.
    pub new: bool,
}

type Row = (
    (String, String, String, String, String, String, String, String),
    (String, Option<String>, String, String, String, String),
    (String, Option<String>, Option<String>, Option<String>, Option<String>),
);

const COLUMNS: &str = "id, resource, kind, rule, product, module, owner, state, verdict, since, monthly_cost, baseline, \
     baseline_currency, cost_type, opened_on, due_on, grace_until, exempt_until, reclaimed_on";

fn day(text: &str) -> Result<NaiveDate, StoreError> {
    text.parse().map_err(StoreError::corrupt)
}

fn days(text: Option<String>) -> Result<Option<NaiveDate>, StoreError> {
    text.as_deref().map(day).transpose()
}

impl Store {
    /// All cases, in the order in which they were opened.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn idle_cases(&self) -> Result<Vec<IdleCase>, StoreError> {
        use sqlx::Row as _;
        let query = format!("SELECT {COLUMNS} FROM idle_cases ORDER BY sequence");
        self.block_on(async {
            let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(&self.pool).await?;
            rows.into_iter()
                .map(|row| {
                    let (first, second, third): Row = (
                        (
                            row.try_get(0)?,
                            row.try_get(1)?,
                            row.try_get(2)?,
                            row.try_get(3)?,
                            row.try_get(4)?,
                            row.try_get(5)?,
                            row.try_get(6)?,
                            row.try_get(7)?,
                        ),
                        (
                            row.try_get(8)?,
                            row.try_get(9)?,
                            row.try_get(10)?,
                            row.try_get(11)?,
                            row.try_get(12)?,
                            row.try_get(13)?,
                        ),
                        (
                            row.try_get(14)?,
                            row.try_get(15)?,
                            row.try_get(16)?,
                            row.try_get(17)?,
                            row.try_get(18)?,
                        ),
                    );
                    let state = CaseState::of_word(&first.7)
                        .ok_or_else(|| StoreError::Corrupt(format!("state '{}' of finding {}", first.7, first.0)))?;
                    Ok(IdleCase {
                        id: first.0,
                        resource: first.1,
                        kind: first.2,
                        rule: first.3,
                        product: first.4,
                        module: first.5,
                        owner: first.6,
                        state,
                        verdict: second.0,
                        since: days(second.1)?,
                        monthly_cost: second.2.parse().map_err(StoreError::corrupt)?,
                        baseline: second.3.parse().map_err(StoreError::corrupt)?,
                        baseline_currency: second.4,
                        cost_type: second.5,
                        opened_on: day(&third.0)?,
                        due_on: days(third.1)?,
                        grace_until: days(third.2)?,
                        exempt_until: days(third.3)?,
                        reclaimed_on: days(third.4)?,
                    })
                })
                .collect()
        })
    }

    /// Writes changes of cases with their events and notices, and a pending delivery of each notice for each of the channels;
    /// all or none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn change_idle_cases(
        &self,
        _lock: &WriteLock,
        changes: &[CaseChange<'_>],
        channels: &[String],
        actor: &str,
    ) -> Result<(), StoreError> {
        let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            for change in changes {
                let case = change.case;
                if change.new {
                    sqlx::query(
                        "INSERT INTO idle_cases (id, sequence, resource, kind, rule, product, module, owner, state, verdict, since,
                            monthly_cost, baseline, baseline_currency, cost_type, opened_on)
                         VALUES ($1, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM idle_cases), $2, $3, $4, $5, $6, $7, $8, $9, $10,
                            $11, $12, $13, $14, $15)",
                    )
                    .bind(&case.id)
                    .bind(&case.resource)
                    .bind(&case.kind)
                    .bind(&case.rule)
                    .bind(&case.product)
                    .bind(&case.module)
                    .bind(&case.owner)
                    .bind(case.state.as_str())
                    .bind(&case.verdict)
                    .bind(text(case.since))
                    .bind(case.monthly_cost.to_string())
                    .bind(case.baseline.to_string())
                    .bind(&case.baseline_currency)
                    .bind(&case.cost_type)
                    .bind(case.opened_on.to_string())
                    .execute(&mut *transaction)
                    .await?;
                } else {
                    sqlx::query(
                        "UPDATE idle_cases SET owner = $2, state = $3, verdict = $4, since = $5, monthly_cost = $6, baseline = $7,
                            due_on = $8, grace_until = $9, exempt_until = $10, reclaimed_on = $11, baseline_currency = $12
                         WHERE id = $1",
                    )
                    .bind(&case.id)
                    .bind(&case.owner)
                    .bind(case.state.as_str())
                    .bind(&case.verdict)
                    .bind(text(case.since))
                    .bind(case.monthly_cost.to_string())
                    .bind(case.baseline.to_string())
                    .bind(text(case.due_on))
                    .bind(text(case.grace_until))
                    .bind(text(case.exempt_until))
                    .bind(text(case.reclaimed_on))
                    .bind(&case.baseline_currency)
                    .execute(&mut *transaction)
                    .await?;
                }
                sqlx::query(
                    "INSERT INTO idle_case_events (finding, position, at, actor, action, from_state, to_state, note)
                     VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM idle_case_events WHERE finding = $1),
                        $2, $3, $4, $5, $6, $7)",
                )
                .bind(&case.id)
                .bind(crate::clock::now())
                .bind(actor)
                .bind(change.action)
                .bind(change.from.as_str())
                .bind(case.state.as_str())
                .bind(change.note)
                .execute(&mut *transaction)
                .await?;
                if let Some(occasion) = change.notice {
                    sqlx::query(
                        "INSERT INTO idle_notices (finding, position, at, recipient, occasion)
                         VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM idle_notices WHERE finding = $1), $2, $3, $4)",
                    )
                    .bind(&case.id)
                    .bind(crate::clock::now())
                    .bind(&case.owner)
                    .bind(occasion)
                    .execute(&mut *transaction)
                    .await?;
                    for channel in channels {
                        sqlx::query(
                            "INSERT INTO idle_deliveries (finding, position, channel, state, attempts, next_at, changed_at, said)
                             VALUES ($1, (SELECT MAX(position) FROM idle_notices WHERE finding = $1), $2, 'pending', 0, $3, $3, '')",
                        )
                        .bind(&case.id)
                        .bind(channel)
                        .bind(crate::clock::now())
                        .execute(&mut *transaction)
                        .await?;
                    }
                }
                let detail = format!("{} {} {}", case.id, case.resource, change.note);
                write_audit(&mut transaction, actor, &format!("idle {}", change.action), detail.trim_end()).await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// What happened to a case, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn idle_case_events(&self, case: &str) -> Result<Vec<CaseEvent>, StoreError> {
        type Row = (String, String, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT at, actor, action, from_state, to_state, note FROM idle_case_events WHERE finding = $1 ORDER BY position",
            )
            .bind(case)
            .fetch_all(&self.pool)
            .await?;
            Ok(rows
                .into_iter()
                .map(|(at, actor, action, from_state, to_state, note)| CaseEvent {
                    at,
                    actor,
                    action,
                    from_state,
                    to_state,
                    note,
                })
                .collect())
        })
    }
}
