//! The execution-rate report: one value, assembled from what the models computed.

use super::idle::by_money;
use super::planning::Planning;
use super::{App, AppError, IdleShown};
use crate::refusal::Refusal;
use crate::store::{BudgetVersion as StoredBudget, RemarkKind};
use headroom_importers::Dataset;
use headroom_models::allocation::ConservationProof;
use headroom_models::budget::{BudgetLine, Execution, Figures, Inputs, Landing, Reason, Row, execution, rate};
use headroom_models::configuration::Configuration;
use headroom_models::idle::{BandwidthVerdict, Confidence, IdleReason, Metric, Statistic, Verdict};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{CostType, Money, Month, MonthRange};
use headroom_models::organization::UNALLOCATED;
use headroom_models::variance::{Part, ProductVariance as PartsOfProduct, explain};
use headroom_reports::data::{
    Basis, BudgetVersion, CostTypeMonths, DataHealth, Delivery, Driver, Evidence, ExecutionReport, ExecutionRow,
    Finding, FindingKind, Headline, HeatCell, HeatMap, HeatRow, HeatTotal, IdleItem, IdleList, Interval, Level,
    MonthPoint, Named, ProductVariance, Proposal, ProposalKind, ReconciliationLine, SourceHealth, Variance,
    VarianceKind, VariancePart,
};
use std::collections::{BTreeMap, BTreeSet};

/// The format of a report file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Self-contained page.
    Html,
    /// Workbook with live formulas and charts.
    Xlsx,
    /// Tidy table.
    Csv,
    /// The value itself.
    Json,
}

/// Renders a report in a format and language.
///
/// # Errors
/// When a renderer fails, which would be a defect.
pub fn render_execution(
    report: &ExecutionReport,
    format: ReportFormat,
    language: Language,
) -> Result<Vec<u8>, AppError> {
    Ok(match format {
        ReportFormat::Html => headroom_reports::html(report, language)?.into_bytes(),
        ReportFormat::Xlsx => headroom_reports::xlsx(report, language)?,
        // A byte order mark: a spreadsheet program would read the Chinese words wrongly without it.
        ReportFormat::Csv => headroom_reports::csv(report, language, true)?,
        ReportFormat::Json => headroom_reports::json(report)?.into_bytes(),
    })
}

impl App {
    /// The execution-rate report as of a month: the last closed one (else the last allocated) when none is named.
    ///
    /// # Errors
    /// When there is no budget for the year, or the month is not allocated as the ledger stands.
    pub fn execution_report(&self, as_of: Option<Month>) -> Result<ExecutionReport, AppError> {
        let last = self.last_allocated_month()?;
        let as_of = match as_of {
            Some(month) => month,
            None => self.current_month()?,
        };
        if as_of > last {
            return Err(Refusal::new("refused-later-than-last")
                .with("month", as_of)
                .with("last", last)
                .into());
        }
        let fiscal = self.settings().fiscal;
        let year = fiscal.year_of(as_of);
        let months = fiscal.months_of(year);
        let budget = self.budget(year, None)?;
        let planning = Planning::load(self, months, as_of, Some(budget.version.as_of))?;
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let inputs = planning.inputs(months, as_of, &rate);
        let executed = execution(
            &inputs,
            &budget.lines,
            &planning.configuration.organization.department_of_product(),
        );
        let variance = explain(&inputs, &budget.lines);
        let names = Names::of(&planning.configuration);
        let proofs: Vec<ConservationProof> = self
            .store
            .newest_proofs()?
            .into_iter()
            .map(|stored| stored.proof)
            .filter(|proof| months.contains(proof.month) && proof.month <= as_of)
            .collect();
        let measured = self
            .store
            .data_files(Dataset::Utilization)?
            .iter()
            .any(|file| file.month <= as_of);
        let idle = if measured {
            idle_list(&self.idle(None, None, Some(as_of))?, &names)
        } else {
            IdleList {
                items: Vec::new(),
                monthly_cost: Money::ZERO,
            }
        };
        let unallocated = executed
            .products
            .iter()
            .find(|row| row.id == UNALLOCATED)
            .map(|row| row.figures.ytd_actual);
        Ok(ExecutionReport {
            company: names.company.clone(),
            currency: self.settings().currency.clone(),
            basis: Basis::Effective,
            as_of,
            fiscal_year: year,
            budget_version: budget_version(&budget.version),
            time_progress: executed.time_progress,
            headline: headline(&executed),
            months: month_points(&executed),
            rows: rows(&executed, &names),
            heat: heat_map(&inputs, &budget.lines, &executed, &names),
            cost_types_by_month: cost_types_by_month(&inputs),
            variance: variance_of(&variance.total),
            variance_by_product: variance
                .products
                .iter()
                .map(|product| ProductVariance {
                    product: names.product(&product.product),
                    variance: variance_of(product),
                })
                .collect(),
            proposals: proposals(&executed, &names),
            idle,
            findings: self.findings(months, as_of, &proofs)?,
            reconciliation: proofs.iter().map(reconciliation_line).collect(),
            unallocated_ytd: unallocated.unwrap_or_default(),
            data_health: self.data_health(months, as_of)?,
        })
    }

    /// Where the data disagrees: findings of imports, and what no rule took, month by month.
    fn findings(
        &self,
        months: MonthRange,
        as_of: Month,
        proofs: &[ConservationProof],
    ) -> Result<Vec<Finding>, AppError> {
        let mut findings = Vec::new();
        let live: BTreeSet<(String, Month)> = self
            .store
            .data_files(Dataset::Charges)?
            .into_iter()
            .map(|file| (file.batch, file.month))
            .collect();
        for remark in self.store.remarks(None, RemarkKind::Finding)? {
            let text = |key: &str| remark.body[key].as_str().unwrap_or_default().to_owned();
            let Ok(month) = text("month").parse::<Month>() else {
                continue;
            };
            // A corrected invoice takes its finding away with it.
            if !months.contains(month) || month > as_of || !live.contains(&(remark.batch.clone(), month)) {
                continue;
            }
            let facts = [
                ("expected", text("expected")),
                ("found", text("found")),
                ("invoice", text("invoice_id")),
                ("currency", text("currency")),
            ];
            findings.push(Finding {
                kind: FindingKind::InvoiceArithmetic,
                source: text("vendor"),
                month,
                place: Some(format!("{}:{}", text("file"), remark.body["row"])),
                amount: text("difference").parse().ok(),
                detail: facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            });
        }
        for batch in self.store.batches()?.into_iter().filter(|batch| batch.rejected > 0) {
            let Some((_, month)) = live
                .iter()
                .find(|(id, month)| *id == batch.id && months.contains(*month))
            else {
                continue;
            };
            for total in self.store.batch_totals(&batch.id)? {
                findings.push(Finding {
                    kind: FindingKind::RejectedRows,
                    source: batch.source.clone(),
                    month: *month,
                    place: Some(batch.id.clone()),
                    amount: Some(total.rejected),
                    detail: BTreeMap::from([
                        ("rows".to_owned(), batch.rejected.to_string()),
                        ("currency".to_owned(), total.currency),
                    ]),
                });
            }
        }
        for proof in proofs.iter().filter(|proof| !proof.unallocated.is_zero()) {
            findings.push(Finding {
                kind: FindingKind::Untagged,
                source: proof.source.clone(),
                month: proof.month,
                place: None,
                amount: Some(proof.unallocated),
                detail: BTreeMap::from([("currency".to_owned(), proof.currency.clone())]),
            });
        }
        Ok(findings)
    }

    /// Which sources delivered which months: a source that delivered any month of the year is expected in all of them.
    fn data_health(&self, months: MonthRange, as_of: Month) -> Result<DataHealth, AppError> {
        let delivered = self.ledger_sources()?;
        let sources: BTreeSet<&String> = delivered
            .iter()
            .filter(|(month, _)| months.contains(**month) && **month <= as_of)
            .flat_map(|(_, sources)| sources)
            .collect();
        let sources = sources.into_iter().map(|source| SourceHealth {
            source: source.clone(),
            months: months
                .months()
                .map(
                    |month| match delivered.get(&month).is_some_and(|sources| sources.contains(source)) {
                        _ if month > as_of => Delivery::NotDue,
                        true => Delivery::Present,
                        false => Delivery::Missing,
                    },
                )
                .collect(),
        });
        Ok(DataHealth {
            estimated_share: None,
            sources: sources.collect(),
        })
    }
}

/// Names of products and departments.
struct Names {
    company: Name,
    products: BTreeMap<String, (Name, String)>,
    departments: Vec<(String, Name)>,
}

impl Names {
    fn of(configuration: &Configuration) -> Names {
        let organization = &configuration.organization;
        Names {
            company: organization
                .company
                .as_ref()
                .map_or_else(|| Name::from("Headroom"), |company| company.name.clone()),
            products: organization
                .products
                .iter()
                .map(|p| (p.id.clone(), (p.name.clone(), p.department.clone())))
                .collect(),
            departments: organization
                .departments
                .iter()
                .map(|d| (d.id.clone(), d.name.clone()))
                .collect(),
        }
    }

    /// Products in the order of their departments; what belongs to none comes last.
    fn in_order<'a>(&self, products: &'a [Row]) -> impl Iterator<Item = &'a Row> {
        let place = |id: &str| {
            let department = self.products.get(id).map(|(_, department)| department);
            let place = self.departments.iter().position(|(known, _)| Some(known) == department);
            place.unwrap_or(usize::MAX)
        };
        let mut ordered: Vec<&Row> = products.iter().collect();
        ordered.sort_by_key(|row| place(&row.id));
        ordered.into_iter()
    }

    fn product(&self, id: &str) -> Named {
        let name = self
            .products
            .get(id)
            .map_or_else(|| Name::from(id), |(name, _)| name.clone());
        Named {
            id: id.to_owned(),
            name,
        }
    }
}

fn interval(landing: Landing) -> Interval {
    Interval {
        low: landing.low,
        mid: landing.mid,
        high: landing.high,
    }
}

fn budget_version(version: &StoredBudget) -> BudgetVersion {
    BudgetVersion {
        label: format!("v{}", version.number),
        approved_at: version.approved_at.as_ref().map(|at| at.chars().take(10).collect()),
        approved_by: version.approved_by.clone(),
    }
}

fn headline(executed: &Execution) -> Headline {
    let company = &executed.company;
    let over = |row: &Row| row.figures.difference.max(Money::ZERO);
    Headline {
        ytd_actual: company.ytd_actual,
        ytd_budget: company.ytd_budget,
        ytd_difference: company.ytd_actual - company.ytd_budget,
        execution_rate_ytd: company.ytd_rate,
        year_budget: company.year_budget,
        execution_rate_year: company.year_rate,
        landing: interval(company.landing),
        landing_difference: company.difference,
        landing_rate: rate(company.landing.mid, company.year_budget),
        money_at_risk: executed.products.iter().map(over).sum(),
    }
}

fn month_points(executed: &Execution) -> Vec<MonthPoint> {
    let (mut budget_before, mut actual_before, mut landing_before) = (Money::ZERO, Money::ZERO, Landing::default());
    let mut points = Vec::new();
    for point in &executed.curve {
        let budget = point.budget - budget_before;
        let actual = point.actual.map(|actual| actual - actual_before);
        let cumulative = match (point.actual, point.landing) {
            (Some(actual), _) => Landing::certain(actual),
            (None, Some(landing)) => landing,
            (None, None) => landing_before,
        };
        let landing = match actual {
            Some(actual) => Landing::certain(actual),
            None => Landing {
                low: cumulative.low - landing_before.low,
                mid: cumulative.mid - landing_before.mid,
                high: cumulative.high - landing_before.high,
            },
        };
        points.push(MonthPoint {
            month: point.month,
            closed: point.month <= executed.as_of,
            budget,
            actual,
            landing: interval(landing),
            cumulative_budget: point.budget,
            cumulative_actual: point.actual,
            // The outlook starts where the closed months end, so that the line is drawn from there.
            cumulative_landing: (point.month >= executed.as_of).then(|| interval(cumulative)),
        });
        budget_before = point.budget;
        actual_before = point.actual.unwrap_or(actual_before);
        landing_before = cumulative;
    }
    points
}

fn row(level: Level, id: &str, name: Name, parent: Option<String>, figures: &Figures) -> ExecutionRow {
    ExecutionRow {
        level,
        id: id.to_owned(),
        name,
        parent,
        month_actual: figures.month_actual,
        month_budget: figures.month_budget,
        month_rate: figures.month_rate,
        ytd_actual: figures.ytd_actual,
        ytd_budget: figures.ytd_budget,
        ytd_difference: figures.ytd_actual - figures.ytd_budget,
        ytd_rate: figures.ytd_rate,
        year_budget: figures.year_budget,
        year_rate: figures.year_rate,
        landing: interval(figures.landing),
        difference: figures.difference,
    }
}

fn rows(executed: &Execution, names: &Names) -> Vec<ExecutionRow> {
    let mut rows = vec![row(
        Level::Company,
        "company",
        names.company.clone(),
        None,
        &executed.company,
    )];
    let product_rows = |department: &str| -> Vec<ExecutionRow> {
        let parent = |id: &str| names.products.get(id).map_or("", |(_, department)| department.as_str());
        let products = executed
            .products
            .iter()
            .filter(|product| parent(&product.id) == department);
        let parent = (!department.is_empty()).then(|| department.to_owned());
        products
            .map(|p| {
                row(
                    Level::Product,
                    &p.id,
                    names.product(&p.id).name,
                    parent.clone(),
                    &p.figures,
                )
            })
            .collect()
    };
    for (id, name) in &names.departments {
        let Some(department) = executed.departments.iter().find(|row| row.id == *id) else {
            continue;
        };
        rows.push(row(Level::Department, id, name.clone(), None, &department.figures));
        rows.extend(product_rows(id));
    }
    rows.extend(product_rows(""));
    rows.extend(
        executed
            .cost_types
            .iter()
            .map(|r| row(Level::CostType, &r.id, Name::from(r.id.as_str()), None, &r.figures)),
    );
    rows
}

fn heat_map(inputs: &Inputs<'_>, lines: &[BudgetLine], executed: &Execution, names: &Names) -> HeatMap {
    type Cells = BTreeMap<(String, Month), (Money, Money)>;
    let mut cells = Cells::new();
    for line in lines.iter().filter(|line| inputs.months.contains(line.month)) {
        cells.entry((line.product.clone(), line.month)).or_default().1 += line.amount;
    }
    for actual in inputs
        .actuals
        .iter()
        .filter(|actual| inputs.months.contains(actual.month) && actual.month <= inputs.as_of)
    {
        cells.entry((actual.product.clone(), actual.month)).or_default().0 += actual.amount;
    }
    let cell = |month: Month, (actual, budget): (Money, Money)| {
        let closed = month <= inputs.as_of;
        HeatCell {
            month,
            actual: closed.then_some(actual),
            budget,
            rate: if closed { rate(actual, budget) } else { None },
        }
    };
    let total = |figures: &Figures| HeatTotal {
        actual: figures.ytd_actual,
        budget: figures.ytd_budget,
        rate: figures.ytd_rate,
    };
    let months: Vec<Month> = inputs.months.months().collect();
    let rows = names.in_order(&executed.products).map(|product| HeatRow {
        product: names.product(&product.id),
        cells: months
            .iter()
            .map(|&m| cell(m, cells.get(&(product.id.clone(), m)).copied().unwrap_or_default()))
            .collect(),
        total: total(&product.figures),
    });
    let totals = months.iter().map(|&month| {
        let of_month = cells.iter().filter(|((_, m), _)| *m == month).map(|(_, sums)| *sums);
        cell(
            month,
            of_month.fold((Money::ZERO, Money::ZERO), |sum, next| (sum.0 + next.0, sum.1 + next.1)),
        )
    });
    HeatMap {
        rows: rows.collect(),
        totals: totals.collect(),
        total: total(&executed.company),
    }
}

fn cost_types_by_month(inputs: &Inputs<'_>) -> Vec<CostTypeMonths> {
    let closed = |month: Month| inputs.months.contains(month) && month <= inputs.as_of;
    let mut sums: BTreeMap<CostType, BTreeMap<Month, Money>> = BTreeMap::new();
    for actual in inputs.actuals.iter().filter(|actual| closed(actual.month)) {
        *sums
            .entry(actual.cost_type)
            .or_default()
            .entry(actual.month)
            .or_default() += actual.amount;
    }
    sums.into_iter()
        .map(|(cost_type, months)| CostTypeMonths {
            cost_type,
            amounts: inputs
                .months
                .months()
                .map(|m| closed(m).then(|| months.get(&m).copied().unwrap_or_default()))
                .collect(),
            total: months.values().copied().sum(),
        })
        .collect()
}

fn variance_of(parts: &PartsOfProduct) -> Variance {
    let kind = |part: Part| match part {
        Part::Volume => VarianceKind::Volume,
        Part::EfficiencyAndPrice => VarianceKind::EfficiencyAndPrice,
        Part::Fx => VarianceKind::Fx,
        Part::Unplanned => VarianceKind::Unplanned,
        Part::Unused => VarianceKind::Unused,
    };
    Variance {
        start: parts.budget,
        parts: Part::ALL
            .into_iter()
            .map(|part| VariancePart {
                kind: kind(part),
                amount: parts.parts.get(&part).copied().unwrap_or_default(),
            })
            .collect(),
        end: parts.actual,
    }
}

fn proposals(executed: &Execution, names: &Names) -> Vec<Proposal> {
    let figures = |id: &str| {
        executed
            .products
            .iter()
            .find(|row| row.id == id)
            .map(|row| row.figures)
            .unwrap_or_default()
    };
    let mut proposals: Vec<Proposal> = executed
        .proposals
        .iter()
        // What nobody owns cannot be given a budget: it is shown as unallocated, to be given a rule.
        .filter(|proposal| proposal.product != UNALLOCATED)
        .map(|proposal| Proposal {
            product: names.product(&proposal.product),
            kind: match proposal.kind {
                headroom_models::budget::ProposalKind::Supplement => ProposalKind::Supplement,
                headroom_models::budget::ProposalKind::Cut => ProposalKind::Cut,
            },
            amount: proposal.amount,
            low: proposal.low,
            high: proposal.high,
            landing: figures(&proposal.product).landing.mid,
            year_budget: figures(&proposal.product).year_budget,
            drivers: drivers(&proposal.reason),
            run_ratio: proposal.reason.run_ratio,
        })
        .collect();
    proposals.sort_by(|a, b| b.amount.cmp(&a.amount).then(a.product.id.cmp(&b.product.id)));
    proposals
}

/// The drivers behind a proposal; several modules may follow the same one.
fn drivers(reason: &Reason) -> Vec<Driver> {
    let ratios: BTreeMap<&str, f64> = reason
        .drivers
        .iter()
        .map(|change| (change.driver.as_str(), change.ratio))
        .collect();
    let driver = |(metric, ratio): (&str, f64)| Driver {
        metric: metric.to_owned(),
        actual_to_target: ratio_of(ratio),
    };
    ratios.into_iter().map(driver).collect()
}

/// A ratio of two physical quantities, to six digits.
fn ratio_of(ratio: f64) -> Money {
    format!("{ratio:.6}").parse().unwrap_or_default()
}

fn idle_list(shown: &IdleShown, names: &Names) -> IdleList {
    let mut items = Vec::new();
    for finding in by_money(&shown.report)
        .into_iter()
        .filter(|finding| finding.verdict != Verdict::Active)
    {
        let facts = shown.about.get(&finding.resource_id).cloned().unwrap_or_default();
        let mut evidence: Vec<Evidence> = finding.evidence.iter().filter_map(measured).collect();
        evidence.extend(finding.reasons.iter().filter_map(|reason| match reason {
            IdleReason::LowCoverage { coverage, .. } => Some(Evidence {
                metric: "coverage".to_owned(),
                value: format!("{:.0} %", coverage * 100.0),
            }),
            IdleReason::MetricMissing { metric } => Some(Evidence {
                metric: "not-measured".to_owned(),
                value: metric.as_str().to_owned(),
            }),
            _ => None,
        }));
        items.push(IdleItem {
            resource: finding.resource_id.clone(),
            name: (!facts.name.is_empty()).then(|| facts.name.clone()),
            product: (!facts.product.is_empty()).then(|| names.product(&facts.product).name),
            verdict: if finding.verdict == Verdict::Idle {
                headroom_reports::data::Verdict::Idle
            } else {
                headroom_reports::data::Verdict::Undetermined
            },
            rule: shown.policy.name.clone(),
            since: finding.since.map(|day| day.to_string()),
            monthly_cost: finding.monthly_cost,
            evidence,
            confidence: confidence(finding.confidence),
        });
    }
    for link in shown
        .bandwidth
        .iter()
        .filter(|link| link.finding.verdict == BandwidthVerdict::Oversized)
    {
        let finding = &link.finding;
        let facts = shown.about.get(&finding.resource_id).cloned().unwrap_or_default();
        let mbps = |metric: &str, value: Option<f64>| {
            value.map(|v| Evidence {
                metric: metric.to_owned(),
                value: format!("{v:.1} Mbps"),
            })
        };
        items.push(IdleItem {
            resource: finding.resource_id.clone(),
            name: (!facts.name.is_empty()).then(|| facts.name.clone()),
            product: (!facts.product.is_empty()).then(|| names.product(&facts.product).name),
            verdict: headroom_reports::data::Verdict::Oversized,
            rule: Name::from("bandwidth-commit"),
            since: finding.month.map(|month| month.first_day().to_string()),
            monthly_cost: finding.unused_cost,
            evidence: [
                mbps("committed", Some(finding.committed_mbps)),
                mbps("p95", finding.p95_mbps),
                mbps("peak", finding.peak_mbps),
            ]
            .into_iter()
            .flatten()
            .collect(),
            confidence: if finding.coverage >= 0.95 {
                headroom_reports::data::Confidence::High
            } else {
                headroom_reports::data::Confidence::Medium
            },
        });
    }
    let wasted = |item: &&IdleItem| item.verdict != headroom_reports::data::Verdict::Undetermined;
    let monthly_cost = items.iter().filter(wasted).filter_map(|item| item.monthly_cost).sum();
    items.sort_by_key(|item| {
        (
            item.verdict == headroom_reports::data::Verdict::Undetermined,
            std::cmp::Reverse(item.monthly_cost),
        )
    });
    IdleList { items, monthly_cost }
}

/// A measured value in the words and units of the report.
fn measured(evidence: &headroom_models::idle::Evidence) -> Option<Evidence> {
    let (value, below) = (evidence.value?, evidence.below);
    let statistic = if evidence.statistic == Statistic::Avg {
        "mean"
    } else {
        evidence.statistic.as_str()
    };
    let (metric, value) = match evidence.metric {
        Metric::CpuPercent => (format!("cpu-{statistic}"), format!("{value:.2} % (< {below} %)")),
        Metric::MemoryPercent => (format!("memory-{statistic}"), format!("{value:.2} % (< {below} %)")),
        Metric::NetworkBytesPerDay => (
            "network-day".to_owned(),
            format!("{:.2} MB (< {} MB)", value / 1e6, below / 1e6),
        ),
        other => (
            format!("{}-{statistic}", other.as_str()),
            format!("{value:.2} (< {below})"),
        ),
    };
    Some(Evidence { metric, value })
}

fn confidence(confidence: Confidence) -> headroom_reports::data::Confidence {
    match confidence {
        Confidence::High => headroom_reports::data::Confidence::High,
        Confidence::Medium => headroom_reports::data::Confidence::Medium,
        Confidence::Low => headroom_reports::data::Confidence::Low,
    }
}

fn reconciliation_line(proof: &ConservationProof) -> ReconciliationLine {
    ReconciliationLine {
        month: proof.month,
        source: proof.source.clone(),
        currency: proof.currency.clone(),
        invoice: None,
        ledger: proof.ledger,
        allocated: proof.allocated,
        difference: proof.difference,
        unallocated: proof.unallocated,
    }
}
