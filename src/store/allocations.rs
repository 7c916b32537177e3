//! Allocation runs: the allocated costs of a month as a Parquet file, its proof in the database.

use super::{STAGING, Store, StoreError, WriteLock, write_audit};
use headroom_models::allocation::{AllocatedCost, Allocation, Amounts, ConservationProof, Dimensions};
use headroom_models::ledger::{Column, Money, Month, decimal_column, decimal_values, text_values};
use polars::prelude::*;

/// A run on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// Number of the run.
    pub run: i64,
    /// Billing month.
    pub month: Month,
    /// Configuration version whose rules it applied.
    pub configuration_version: i64,
    /// Fingerprint of the ledger files it read.
    pub ledger_hash: String,
    /// Fingerprint of the rules, pools, rates and metrics it applied.
    pub rules_hash: String,
    /// Path of the Parquet file below the data directory.
    pub path: String,
    /// SHA-256 of that file.
    pub sha256: String,
}

/// A proof line on record, with its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProof {
    /// Number of the run.
    pub run: i64,
    /// The proof.
    pub proof: ConservationProof,
}

const PRODUCT: &str = "x_Product";
const MODULE: &str = "x_Module";

/// The text columns of the file, and how to get each from a cost.
type Text = (&'static str, fn(&AllocatedCost) -> &str);
const TEXTS: [Text; 11] = [
    ("x_Source", |cost| &cost.dimensions.source),
    ("BillingCurrency", |cost| &cost.dimensions.currency),
    ("ProviderName", |cost| &cost.dimensions.provider),
    ("ServiceCategory", |cost| &cost.dimensions.service_category),
    ("x_ResourceMode", |cost| &cost.dimensions.resource_mode),
    ("x_CostType", |cost| &cost.dimensions.cost_type),
    ("x_Expenditure", |cost| &cost.dimensions.expenditure),
    (PRODUCT, |cost| &cost.product),
    (MODULE, |cost| &cost.module),
    ("x_Rule", |cost| &cost.rule),
    ("x_Pool", |cost| &cost.pool),
];

type Decimal = (&'static str, fn(&AllocatedCost) -> Money);
const DECIMALS: [Decimal; 6] = [
    ("x_Share", |cost| cost.share),
    ("x_ShareTotal", |cost| cost.share_total),
    (Column::BilledCost.name(), |cost| cost.amounts.billed),
    (Column::EffectiveCost.name(), |cost| cost.amounts.effective),
    (Column::ListCost.name(), |cost| cost.amounts.list),
    (Column::TaxAmount.name(), |cost| cost.amounts.tax),
];

fn to_frame(costs: &[AllocatedCost]) -> PolarsResult<DataFrame> {
    let mut columns = Vec::new();
    for (name, text) in TEXTS {
        columns.push(StringChunked::from_iter_values(name.into(), costs.iter().map(text)).into_column());
    }
    for (name, amount) in DECIMALS {
        columns.push(decimal_column(
            name.into(),
            costs.iter().map(|cost| Some(amount(cost))),
        )?);
    }
    columns.push(
        Int64Chunked::from_iter_values("x_Charges".into(), costs.iter().map(|cost| cost.charges as i64)).into_column(),
    );
    DataFrame::new(costs.len(), columns)
}

fn from_frame(frame: &DataFrame) -> PolarsResult<Vec<AllocatedCost>> {
    let texts: Vec<Vec<Option<String>>> = TEXTS
        .iter()
        .map(|(name, _)| text_values(frame, name))
        .collect::<PolarsResult<_>>()?;
    let decimals: Vec<Vec<Option<Money>>> = DECIMALS
        .iter()
        .map(|(name, _)| decimal_values(frame, name))
        .collect::<PolarsResult<_>>()?;
    let charges = frame.column("x_Charges")?.i64()?.clone();
    Ok((0..frame.height())
        .map(|row| {
            let text = |at: usize| texts[at][row].clone().unwrap_or_default();
            let decimal = |at: usize| decimals[at][row].unwrap_or_default();
            AllocatedCost {
                dimensions: Dimensions {
                    source: text(0),
                    currency: text(1),
                    provider: text(2),
                    service_category: text(3),
                    resource_mode: text(4),
                    cost_type: text(5),
                    expenditure: text(6),
                },
                product: text(7),
                module: text(8),
                rule: text(9),
                pool: text(10),
                share: decimal(0),
                share_total: decimal(1),
                amounts: Amounts {
                    billed: decimal(2),
                    effective: decimal(3),
                    list: decimal(4),
                    tax: decimal(5),
                },
                charges: charges.get(row).unwrap_or_default() as u64,
            }
        })
        .collect())
}

impl Store {
    /// Keeps a run.
    ///
    /// # Errors
    /// When the file or the database cannot be written.
    pub fn add_run(
        &self,
        _lock: &WriteLock,
        allocation: &Allocation,
        configuration_version: i64,
        (ledger_hash, rules_hash): (&str, &str),
        actor: &str,
    ) -> Result<StoredRun, StoreError> {
        let month = allocation.month;
        let (run,): (i64,) = self.block_on(async {
            Ok(sqlx::query_as("SELECT COALESCE(MAX(run), 0) + 1 FROM allocation_runs")
                .fetch_one(&self.pool)
                .await?)
        })?;
        let path = format!("allocated/month={month}/run-{run:06}.parquet");
        // Marks an unfinished write: whoever takes the lock next clears what this run left if it is interrupted.
        std::fs::create_dir_all(self.root.join(STAGING)).map_err(StoreError::step("step-making-staging-folder"))?;
        let sha256 = self.write_frame(&path, &mut to_frame(&allocation.costs)?)?;
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO allocation_runs (run, month, configuration_version, ledger_hash, rules_hash, path, sha256, run_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(run)
            .bind(month.to_string())
            .bind(configuration_version)
            .bind(ledger_hash)
            .bind(rules_hash)
            .bind(&path)
            .bind(&sha256)
            .bind(crate::clock::now())
            .execute(&mut *transaction)
            .await?;
            for proof in &allocation.proof {
                sqlx::query(
                    "INSERT INTO allocation_proofs (run, source, currency, ledger, allocated, difference, unallocated, ledger_billed)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(run)
                .bind(&proof.source)
                .bind(&proof.currency)
                .bind(proof.ledger.to_string())
                .bind(proof.allocated.to_string())
                .bind(proof.difference.to_string())
                .bind(proof.unallocated.to_string())
                .bind(proof.ledger_billed.to_string())
                .execute(&mut *transaction)
                .await?;
            }
            write_audit(&mut transaction, actor, "allocate", &format!("{month} run {run}")).await?;
            transaction.commit().await?;
            Ok(())
        })?;
        self.clear_staging()?;
        Ok(StoredRun {
            run,
            month,
            configuration_version,
            ledger_hash: ledger_hash.to_owned(),
            rules_hash: rules_hash.to_owned(),
            path,
            sha256,
        })
    }

    /// The newest run of each month, by month.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn newest_runs(&self) -> Result<Vec<StoredRun>, StoreError> {
        type Row = (i64, String, i64, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT run, month, configuration_version, ledger_hash, rules_hash, path, sha256 FROM allocation_runs
                 WHERE run IN (SELECT MAX(run) FROM allocation_runs GROUP BY month) ORDER BY month",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(
                    |(run, month, configuration_version, ledger_hash, rules_hash, path, sha256)| {
                        let month = month.parse().map_err(StoreError::corrupt)?;
                        Ok(StoredRun {
                            run,
                            month,
                            configuration_version,
                            ledger_hash,
                            rules_hash,
                            path,
                            sha256,
                        })
                    },
                )
                .collect()
        })
    }

    /// The proof of the newest run of each month.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn newest_proofs(&self) -> Result<Vec<StoredProof>, StoreError> {
        type Row = (i64, String, String, String, String, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT p.run, r.month, p.source, p.currency, p.ledger, p.allocated, p.difference, p.unallocated, p.ledger_billed
                 FROM allocation_proofs p JOIN allocation_runs r ON r.run = p.run
                 WHERE p.run IN (SELECT MAX(run) FROM allocation_runs GROUP BY month) ORDER BY r.month, p.source, p.currency",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|(run, month, source, currency, ledger, allocated, difference, unallocated, ledger_billed)| {
                    let money = |text: String| text.parse::<Money>().map_err(StoreError::corrupt);
                    Ok(StoredProof {
                        run,
                        proof: ConservationProof {
                            month: month.parse().map_err(StoreError::corrupt)?,
                            source,
                            currency,
                            ledger: money(ledger)?,
                            allocated: money(allocated)?,
                            difference: money(difference)?,
                            unallocated: money(unallocated)?,
                            ledger_billed: money(ledger_billed)?,
                        },
                    })
                })
                .collect()
        })
    }

    /// The allocated costs of a run.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn allocated_costs(&self, run: &StoredRun) -> Result<Vec<AllocatedCost>, StoreError> {
        let file = std::fs::File::open(self.root.join(&run.path)).map_err(StoreError::file(&run.path))?;
        Ok(from_frame(&ParquetReader::new(file).finish()?)?)
    }
}
