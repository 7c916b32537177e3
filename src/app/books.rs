//! Reports of plain tables: chargeback statement, reconciliation, forecast accuracy, assessment, data health.

use super::{App, AppError, Assessment, ReportFormat};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::budget::ProductAccuracy;
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{CostType, Money, Month, MonthRange};
use headroom_models::organization::UNALLOCATED;
use headroom_reports::data::{Finding, Level, ReconciliationLine, ReportTable, SourceHealth, TableCell, TableReport};
use serde::Serialize;
use std::collections::BTreeMap;

/// Renders a report of tables; JSON is the value of the use case itself and not made here.
///
/// # Errors
/// When a renderer fails, or the browser that prints PDF is missing.
pub fn render_tables(book: &TableReport, format: ReportFormat, language: Language) -> Result<Vec<u8>, AppError> {
    Ok(match format {
        ReportFormat::Html => headroom_reports::tables_html(book, language)?.into_bytes(),
        ReportFormat::Xlsx => headroom_reports::tables_xlsx(book, language)?,
        ReportFormat::Csv => headroom_reports::tables_csv(book, language)?,
        ReportFormat::Json => serde_json::to_vec_pretty(book).map_err(headroom_reports::ReportError::from)?,
        ReportFormat::Pdf => super::pdf::print(&headroom_reports::tables_html(book, language)?)?,
    })
}

/// What one product is charged in a month.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// Product.
    pub product: String,
    /// Its name.
    pub name: Name,
    /// Its department; empty when none.
    pub department: String,
    /// Sum of its lines in the reporting currency, accrual basis.
    pub total: Money,
    /// Of it, assigned directly.
    pub direct: Money,
    /// Of it, a share of pools.
    pub shared: Money,
    /// Its lines.
    pub lines: Vec<StatementLine>,
}

/// One line of a statement.
#[derive(Clone, Debug, Serialize)]
pub struct StatementLine {
    /// Rule that took the charges; empty when none did.
    pub rule: String,
    /// Pools passed, joined by `>`; empty when assigned directly.
    pub pool: String,
    /// The product's share of the pool; nothing when assigned directly.
    pub share: Option<Money>,
    /// Source of the bills.
    pub source: String,
    /// Cost type.
    pub cost_type: String,
    /// Currency of the bills.
    pub currency: String,
    /// Cost in that currency, accrual basis.
    pub amount: Money,
    /// The same in the reporting currency.
    pub reporting: Money,
    /// Rows of bills behind it.
    pub rows: usize,
}

/// The chargeback of a month.
#[derive(Clone, Debug, Serialize)]
pub struct Chargeback {
    /// Month.
    pub month: Month,
    /// Reporting currency.
    pub currency: String,
    /// Company.
    pub company: Name,
    /// By department and product.
    pub statements: Vec<Statement>,
    /// Sum of the statements: the cost of the month.
    pub total: Money,
}

/// What a reconciliation holds: invoice = lines = allocated.
#[derive(Clone, Debug, Serialize)]
pub struct Reconciled {
    /// Months.
    pub months: String,
    /// Company.
    pub company: Name,
    /// Reporting currency.
    pub currency: String,
    /// A line per month, source and currency.
    pub lines: Vec<ReconciliationLine>,
    /// Lines whose difference is not zero.
    pub off: usize,
}

/// Forecast accuracy of a year.
#[derive(Clone, Debug, Serialize)]
pub struct AccuracyReport {
    /// Fiscal year.
    pub year: i32,
    /// Company.
    pub company: Name,
    /// Reporting currency.
    pub currency: String,
    /// The company (empty product) first, then products.
    pub products: Vec<ProductAccuracy>,
}

/// How far the data can be trusted.
#[derive(Clone, Debug, Serialize)]
pub struct HealthReport {
    /// Last month looked at.
    pub as_of: Month,
    /// Company.
    pub company: Name,
    /// Reporting currency.
    pub currency: String,
    /// Months of the fiscal year.
    pub months: Vec<Month>,
    /// Which sources delivered which months.
    pub sources: Vec<SourceHealth>,
    /// Where the data disagrees.
    pub findings: Vec<Finding>,
    /// Months whose allocation does not cover the ledger as it stands.
    pub stale: Vec<Month>,
}

impl App {
    fn company_name(&self) -> Result<Name, AppError> {
        Ok(super::execution::Names::of(&self.configuration()?.1).company)
    }

    /// What each product (or one) is charged in a month, line by line.
    ///
    /// # Errors
    /// When the month is not allocated as the ledger stands, or the product has no cost in it.
    pub fn chargeback(&self, month: Option<Month>, product: Option<&str>) -> Result<Chargeback, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let month = self.report_month(month)?;
        let names = super::execution::Names::of(&self.configuration()?.1);
        let rates = self.rates()?;
        let mut charged = self.charged_products(month)?;
        charged.retain(|product| visible.sees(product));
        if let Some(product) = product.filter(|product| !charged.iter().any(|known| known == product)) {
            return Err(Refusal::new("refused-no-chargeback")
                .with("product", product)
                .with("month", month)
                .with("known", charged.join(", "))
                .into());
        }
        let mut statements = Vec::new();
        for id in charged.iter().filter(|id| product.is_none_or(|product| product == *id)) {
            let explained = self.explain(id, month)?;
            let mut statement = Statement {
                product: id.clone(),
                name: names.product(id).name,
                department: names.products.get(id).map(|(_, d)| d.clone()).unwrap_or_default(),
                total: Money::ZERO,
                direct: Money::ZERO,
                shared: Money::ZERO,
                lines: Vec::new(),
            };
            for part in &explained.parts {
                let rate = rates.rate(&part.currency, month).ok_or_else(|| {
                    Refusal::new("allocation-no-rate")
                        .with("currency", &part.currency)
                        .with("month", month)
                })?;
                let reporting = part.effective.multiply(rate);
                statement.total += reporting;
                *(if part.pool.is_empty() {
                    &mut statement.direct
                } else {
                    &mut statement.shared
                }) += reporting;
                statement.lines.push(line(part, reporting));
            }
            statement.lines.sort_by_key(|line| std::cmp::Reverse(line.reporting));
            statements.push(statement);
        }
        statements.sort_by(|a, b| (&a.department, &a.product).cmp(&(&b.department, &b.product)));
        Ok(Chargeback {
            month,
            currency: self.settings().currency.clone(),
            company: names.company,
            total: statements.iter().map(|statement| statement.total).sum(),
            statements,
        })
    }

    /// Products with cost in a month.
    fn charged_products(&self, month: Month) -> Result<Vec<String>, AppError> {
        let rates = self.rates()?;
        let range = MonthRange::from(month);
        self.require_fresh(range)?;
        let mut products: Vec<String> = self
            .actuals(&rates, range, None)?
            .into_iter()
            .map(|actual| actual.product)
            .collect();
        products.sort();
        products.dedup();
        Ok(products)
    }

    /// Invoice = lines = allocated, per month, source and currency.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn reconciliation(&self, months: Option<MonthRange>) -> Result<Reconciled, AppError> {
        self.require_company(Permission::Read)?;
        let months = match months {
            Some(months) => months,
            None => MonthRange::from(self.report_month(None)?),
        };
        let proofs = self.store.newest_proofs()?.into_iter().map(|stored| stored.proof);
        let lines: Vec<ReconciliationLine> = proofs
            .filter(|proof| months.contains(proof.month))
            .map(|proof| super::execution::reconciliation_line(&proof))
            .collect();
        Ok(Reconciled {
            months: if months.first == months.last {
                months.first.to_string()
            } else {
                format!("{}..{}", months.first, months.last)
            },
            company: self.company_name()?,
            currency: self.settings().currency.clone(),
            off: lines.iter().filter(|line| !line.difference.is_zero()).count(),
            lines,
        })
    }

    /// Forecast error and bias of a year, by lag.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub fn accuracy_report(&self, year: Option<i32>) -> Result<AccuracyReport, AppError> {
        self.require_somewhere(Permission::Read)?;
        let year = match year {
            Some(year) => year,
            None => self.settings().fiscal.year_of(self.report_month(None)?),
        };
        Ok(AccuracyReport {
            year,
            company: self.company_name()?,
            currency: self.settings().currency.clone(),
            products: self.accuracy(year)?,
        })
    }

    /// What is missing, late, estimated or does not tie out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn health_report(&self, month: Option<Month>) -> Result<HealthReport, AppError> {
        self.require_company(Permission::Read)?;
        let as_of = self.report_month(month)?;
        let fiscal = self.settings().fiscal;
        let months = fiscal.months_of(fiscal.year_of(as_of));
        let proofs: Vec<_> = self
            .store
            .newest_proofs()?
            .into_iter()
            .map(|stored| stored.proof)
            .filter(|proof| months.contains(proof.month) && proof.month <= as_of)
            .collect();
        Ok(HealthReport {
            as_of,
            company: self.company_name()?,
            currency: self.settings().currency.clone(),
            months: months.months().collect(),
            sources: self.data_health(months, as_of)?.sources,
            findings: self.findings(months, as_of, &proofs)?,
            stale: self.stale_months()?,
        })
    }
}

fn line(part: &super::ExplainedPart, reporting: Money) -> StatementLine {
    let pooled = !part.pool.is_empty();
    StatementLine {
        rule: part.rule.clone(),
        pool: part.pool.clone(),
        share: pooled
            .then(|| headroom_models::budget::rate(part.share, part.share_total))
            .flatten(),
        source: part.source.clone(),
        cost_type: part.cost_type.clone(),
        currency: part.currency.clone(),
        amount: part.effective,
        reporting,
        rows: part.rows_total,
    }
}

fn text(text: &str) -> TableCell {
    TableCell::Text(text.to_owned())
}

fn word(key: &str) -> TableCell {
    TableCell::Word(key.to_owned())
}

fn count(number: usize) -> TableCell {
    TableCell::Number(Money::whole(i64::try_from(number).unwrap_or(i64::MAX)))
}

fn cost_type(text: &str) -> TableCell {
    let known = text.parse::<CostType>();
    known.map_or_else(
        |_| TableCell::Text(text.to_owned()),
        |known| word(&format!("cost-type-{}", known.as_str())),
    )
}

fn product(id: &str, name: &Name) -> TableCell {
    if id == UNALLOCATED {
        word("unallocated")
    } else {
        TableCell::Name(name.clone())
    }
}

impl Chargeback {
    /// The statement as tables: an overview, then a table per product.
    pub fn book(&self) -> TableReport {
        let mut overview = ReportTable::new(
            "tables-chargeback-overview",
            &[
                "column-product",
                "tables-department",
                "tables-direct",
                "tables-shared",
                "column-amount",
            ],
        );
        for statement in &self.statements {
            overview.row(vec![
                product(&statement.product, &statement.name),
                text(&statement.department),
                TableCell::Money(statement.direct),
                TableCell::Money(statement.shared),
                TableCell::Money(statement.total),
            ]);
        }
        let sum = |of: fn(&Statement) -> Money| TableCell::Money(self.statements.iter().map(of).sum());
        overview.total(vec![
            word("total-all"),
            TableCell::Empty,
            sum(|statement| statement.direct),
            sum(|statement| statement.shared),
            TableCell::Money(self.total),
        ]);
        let mut tables = vec![overview];
        for statement in &self.statements {
            let mut table = ReportTable::new(
                "tables-statement",
                &[
                    "tables-rule",
                    "tables-pool",
                    "tables-share",
                    "column-source",
                    "column-cost-type",
                    "column-currency",
                    "tables-in-currency",
                    "column-amount",
                    "tables-rows",
                ],
            );
            table.subject = Some(statement.name.clone());
            for line in &statement.lines {
                table.row(vec![
                    text(&line.rule),
                    if line.pool.is_empty() {
                        word("tables-direct")
                    } else {
                        text(&line.pool)
                    },
                    TableCell::Share(line.share),
                    text(&line.source),
                    cost_type(&line.cost_type),
                    text(&line.currency),
                    TableCell::Foreign(line.amount),
                    TableCell::Money(line.reporting),
                    count(line.rows),
                ]);
            }
            let mut cells = vec![word("total-all")];
            cells.resize(7, TableCell::Empty);
            cells.extend([TableCell::Money(statement.total), TableCell::Empty]);
            table.total(cells);
            tables.push(table);
        }
        TableReport {
            title: "tables-chargeback".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: self.month.to_string(),
            sentences: Vec::new(),
            tables,
        }
    }
}

impl Reconciled {
    /// The reconciliation as tables.
    pub fn book(&self) -> TableReport {
        let mut table = ReportTable::new(
            "section-reconciliation",
            &[
                "column-month",
                "column-source",
                "column-currency",
                "column-ledger",
                "column-allocated",
                "column-difference",
                "column-unallocated",
            ],
        );
        for line in &self.lines {
            table.row(vec![
                TableCell::Month(line.month),
                text(&line.source),
                text(&line.currency),
                TableCell::Foreign(line.ledger),
                TableCell::Foreign(line.allocated),
                TableCell::Foreign(line.difference),
                TableCell::Foreign(line.unallocated),
            ]);
        }
        // Currencies are never added to each other: a sum per currency.
        let mut sums = ReportTable::new(
            "tables-by-currency",
            &[
                "column-currency",
                "column-ledger",
                "column-allocated",
                "column-difference",
                "column-unallocated",
            ],
        );
        let mut by_currency: BTreeMap<&str, [Money; 4]> = BTreeMap::new();
        for line in &self.lines {
            let sum = by_currency.entry(&line.currency).or_default();
            for (sum, amount) in sum
                .iter_mut()
                .zip([line.ledger, line.allocated, line.difference, line.unallocated])
            {
                *sum += amount;
            }
        }
        for (currency, amounts) in by_currency {
            let mut cells = vec![text(currency)];
            cells.extend(amounts.map(TableCell::Foreign));
            sums.row(cells);
        }
        TableReport {
            title: "tables-reconciliation".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: self.months.clone(),
            sentences: Vec::new(),
            tables: vec![sums, table],
        }
    }
}

impl AccuracyReport {
    /// The accuracy as tables.
    pub fn book(&self) -> TableReport {
        let table = |title: &str, of: fn(&headroom_models::budget::LagAccuracy) -> Option<Money>| {
            let mut table = ReportTable::new(
                title,
                &[
                    "column-product",
                    "tables-lag-1",
                    "tables-lag-3",
                    "tables-lag-6",
                    "tables-lag-12",
                    "tables-lag-all",
                ],
            );
            for accuracy in &self.products {
                let mut cells = vec![if accuracy.product.is_empty() {
                    word("total-company")
                } else {
                    text(&accuracy.product)
                }];
                cells.extend(accuracy.lags.iter().map(|lag| TableCell::Share(of(lag))));
                cells.push(TableCell::Share(of(&accuracy.all)));
                table.row(cells);
            }
            table
        };
        let mut error = table("tables-forecast-error", |lag| lag.error);
        error.note = Some("tables-forecast-error-note".to_owned());
        let mut bias = table("tables-forecast-bias", |lag| lag.bias);
        bias.note = Some("tables-forecast-bias-note".to_owned());
        TableReport {
            title: "tables-accuracy".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: self.year.to_string(),
            sentences: Vec::new(),
            tables: vec![error, bias, table("tables-forecast-inside", |lag| lag.inside)],
        }
    }
}

impl HealthReport {
    /// The data health as tables.
    pub fn book(&self) -> TableReport {
        let mut sources = ReportTable::new(
            "section-data-health",
            &["column-source", "column-month", "column-state"],
        );
        for source in &self.sources {
            for (month, delivery) in self.months.iter().zip(&source.months) {
                sources.row(vec![
                    text(&source.source),
                    TableCell::Month(*month),
                    word(&format!("delivery-{}", delivery.as_str())),
                ]);
            }
        }
        let mut findings = ReportTable::new(
            "section-findings",
            &[
                "tables-finding",
                "column-source",
                "column-month",
                "tables-place",
                "tables-in-currency",
                "column-currency",
            ],
        );
        for finding in &self.findings {
            findings.row(vec![
                word(&format!("finding-{}", finding.kind.as_str())),
                text(&finding.source),
                TableCell::Month(finding.month),
                text(finding.place.as_deref().unwrap_or_default()),
                finding.amount.map_or(TableCell::Empty, TableCell::Foreign),
                text(finding.detail.get("currency").map_or("", String::as_str)),
            ]);
        }
        let mut stale = ReportTable::new("tables-stale", &["column-month"]);
        for month in &self.stale {
            stale.row(vec![TableCell::Month(*month)]);
        }
        TableReport {
            title: "tables-health".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: self.as_of.to_string(),
            sentences: Vec::new(),
            tables: vec![findings, sources, stale],
        }
    }
}

impl Assessment {
    /// The assessment as tables.
    pub fn book(&self) -> TableReport {
        let mut scores = ReportTable::new(
            "tables-scores",
            &[
                "column-name",
                "column-level",
                "column-actual",
                "column-budget",
                "column-rate",
                "tables-execution-points",
                "tables-forecast-error",
                "tables-forecast-points",
                "tables-forecast-bias",
                "tables-score",
                "tables-grade",
            ],
        );
        for row in &self.rows {
            let points = |points: Option<Money>| points.map_or(TableCell::Empty, TableCell::Number);
            scores.row(vec![
                TableCell::Name(row.name.clone()),
                word(match row.level {
                    Level::Department => "level-department",
                    _ => "level-product",
                }),
                TableCell::Foreign(row.actual),
                TableCell::Foreign(row.budget),
                TableCell::Share(row.score.execution_rate),
                points(row.score.execution_points),
                TableCell::Share(row.score.forecast_error),
                points(row.score.forecast_points),
                TableCell::Share(row.bias),
                points(row.score.score),
                text(row.score.grade.as_deref().unwrap_or_default()),
            ]);
        }
        let mut finops = ReportTable::new("tables-finops", &["column-name", "tables-share"]);
        for (key, share) in [
            ("tables-allocation-share", self.allocation_share),
            ("tables-commitment-coverage", self.commitment_coverage),
            ("tables-forecast-variance", self.forecast_variance),
        ] {
            finops.row(vec![word(key), TableCell::Share(share)]);
        }
        let mut drivers = ReportTable::new(
            "tables-cost-per-driver",
            &["column-product", "tables-driver", "column-actual", "column-budget"],
        );
        for row in &self.cost_per_driver {
            drivers.row(vec![
                TableCell::Name(row.name.clone()),
                text(&row.driver),
                row.actual
                    .map_or(TableCell::Empty, |cost| text(&cost.round(6).to_string())),
                row.budget
                    .map_or(TableCell::Empty, |cost| text(&cost.round(6).to_string())),
            ]);
        }
        TableReport {
            title: "tables-assessment".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: format!("{} · {}", self.year, self.as_of),
            sentences: Vec::new(),
            tables: vec![scores, finops, drivers],
        }
    }
}
