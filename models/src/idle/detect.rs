//! Verdicts of an idle policy over what resources did.

use super::collect::{SampleSpan, Usage, UsageCollector, UsagePlan, Usages, span_of};
use super::hours::{Cell, HOUR, hour_of_week};
use super::{
    Condition, Confidence, Evidence, Exempt, IdleError, IdleFinding, IdlePolicy, IdleReason, IdleReport, Metric,
    ResourceKind, Statistic, Subject, Verdict,
};
use crate::ledger::Money;
use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::{Engine, LazyFrame};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 24 * HOUR;

/// What is judged, where everything fits into one frame.
pub struct IdleInputs<'a> {
    /// The rule.
    pub policy: &'a IdlePolicy,
    /// Samples: `timestamp` (microseconds, UTC), `resource_id`, and any columns of [`Metric::columns`] (Float64, nulls
    /// allowed).
    pub samples: LazyFrame,
    /// Cost of a month by resource.
    pub monthly_cost: &'a BTreeMap<String, Money>,
    /// Tags by resource.
    pub tags: &'a BTreeMap<String, BTreeMap<String, String>>,
}

/// Judges every resource of a frame; see [`judge`].
///
/// # Errors
/// When the policy is wrong or a column is missing or of the wrong type.
pub fn detect(inputs: IdleInputs) -> Result<IdleReport, IdleError> {
    if let Some(error) = inputs.policy.check().into_iter().next() {
        return Err(error.into());
    }
    let frame = inputs.samples.collect_with_engine(Engine::Streaming)?.unwrap_single();
    let span = span_of(&frame)?.unwrap_or(SampleSpan {
        oldest: 0,
        newest: 0,
        rows: 0,
    });
    let plan = UsagePlan::new(&[inputs.policy], &[], span);
    let mut collector = UsageCollector::new(&plan);
    collector.absorb(&frame)?;
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    for (resource, cost) in inputs.monthly_cost {
        subjects.entry(resource.clone()).or_default().monthly_cost = Some(*cost);
    }
    for (resource, tags) in inputs.tags {
        subjects.entry(resource.clone()).or_default().tags.clone_from(tags);
    }
    Ok(judge(inputs.policy, &collector.finish(), &subjects))
}

/// Judges every resource of the kinds of a policy over the window before the newest sample of the input.
///
/// A condition whose metric no resource carries is left out of the rule, is named and lowers the confidence. A resource that
/// lacks a metric which others carry is undetermined, unless a metric that it does carry shows it in use. Too few hours or
/// samples: undetermined. Missing data never makes a resource idle.
pub fn judge(policy: &IdlePolicy, usages: &Usages<'_>, subjects: &BTreeMap<String, Subject>) -> IdleReport {
    let nothing = Subject::default();
    let judged: Vec<(&String, &Usage, ResourceKind, &Subject)> = usages
        .resources
        .iter()
        .filter_map(|(resource, usage)| {
            let subject = subjects.get(resource).unwrap_or(&nothing);
            let kind = subject
                .kind
                .unwrap_or_else(|| kind_by_samples(&usages.carried_by(resource)));
            policy.judges(kind).then_some((resource, usage, kind, subject))
        })
        .collect();
    // What others of the same kinds carry is what one can ask for.
    let carried: BTreeSet<Metric> = policy
        .conditions
        .iter()
        .map(|condition| condition.metric)
        .filter(|metric| {
            judged
                .iter()
                .any(|(_, usage, ..)| hours_of(usages, usage, *metric).is_some())
        })
        .collect();
    let wanted: BTreeSet<Metric> = policy.conditions.iter().map(|c| c.metric).collect();
    let left_out: Vec<Metric> = wanted.difference(&carried).copied().collect();
    let any = !usages.resources.is_empty();
    let mut report = IdleReport {
        policy: policy.id.clone(),
        window_start: DateTime::from_timestamp_micros(usages.newest() - i64::from(policy.window_days) * DAY)
            .filter(|_| any),
        window_end: DateTime::<Utc>::from_timestamp_micros(usages.newest()).filter(|_| any),
        findings: Vec::new(),
        exempt: Vec::new(),
        left_out: left_out.clone(),
        unmeasured: Vec::new(),
    };
    for (resource, subject) in subjects {
        let paid = subject
            .monthly_cost
            .filter(|cost| !cost.is_zero() && !cost.is_negative());
        let kind = subject.kind.unwrap_or(ResourceKind::VirtualMachine);
        let measured = usages.resources.contains_key(resource);
        if let Some(cost) = paid
            && !measured
            && policy.judges(kind)
            && policy.exemption(resource, &subject.name, &subject.tags).is_none()
        {
            report.unmeasured.push((resource.clone(), cost));
        }
    }
    let judge = Judge {
        policy,
        usages,
        left_out: &left_out,
        week: policy.quiet_week(),
    };
    for (resource, usage, kind, subject) in judged {
        if let Some(reason) = policy.exemption(resource, &subject.name, &subject.tags) {
            report.exempt.push(Exempt {
                resource_id: resource.clone(),
                reason,
            });
            continue;
        }
        let mut finding = judge.finding(usage, subject);
        finding.resource_id.clone_from(resource);
        finding.resource_kind = kind;
        finding.monthly_cost = subject.monthly_cost;
        report.findings.push(finding);
    }
    report
}

/// What carries CPU is a machine; else the metric that only one kind has tells.
fn kind_by_samples(carried: &BTreeSet<Metric>) -> ResourceKind {
    let has = |metric| carried.contains(&metric);
    if has(Metric::CpuPercent) || has(Metric::CpuMaxPercent) || has(Metric::CpuCores) || carried.is_empty() {
        ResourceKind::VirtualMachine
    } else if has(Metric::RequestsPerSecond) {
        ResourceKind::LoadBalancer
    } else if has(Metric::Connections) {
        ResourceKind::Database
    } else if has(Metric::DiskIops) {
        ResourceKind::Disk
    } else if has(Metric::Attached) || has(Metric::UsedUnits) {
        ResourceKind::Other
    } else {
        ResourceKind::VirtualMachine
    }
}

fn hours_of<'a>(usages: &Usages<'_>, usage: &'a Usage, metric: Metric) -> Option<&'a super::hours::Hours> {
    usages.hours(usage, metric.rate().unwrap_or(metric))
}

struct Judge<'a> {
    policy: &'a IdlePolicy,
    usages: &'a Usages<'a>,
    left_out: &'a [Metric],
    week: [bool; 168],
}

/// The hours with samples of one day back from the newest sample.
type DayCells = Vec<Cell>;

impl Judge<'_> {
    fn finding(&self, usage: &Usage, subject: &Subject) -> IdleFinding {
        let policy = self.policy;
        let conditions: Vec<&Condition> = policy
            .conditions
            .iter()
            .filter(|c| !self.left_out.contains(&c.metric))
            .collect();
        let (mut reasons, mut evidence) = (Vec::new(), Vec::new());
        let mut coverage: Option<(f64, u32)> = None;
        let (mut missing, mut short, mut exceeds) = (false, None, Vec::new());
        for condition in &conditions {
            let days = policy.window_of(condition);
            let found = match policy.on_days {
                Some(wanted) => self.by_days(usage, condition, wanted),
                None => self
                    .over_window(usage, condition)
                    .map(|(value, holds)| (value, holds, None)),
            };
            evidence.push(Evidence {
                metric: condition.metric,
                statistic: condition.statistic,
                window_days: days,
                below: condition.below,
                at_most: condition.at_most,
                value: found.map(|(value, ..)| value),
                days: found.and_then(|(.., days)| days),
                holds: found.is_some_and(|(_, holds, _)| holds),
            });
            let Some((_, holds, _)) = found else {
                missing = true;
                let reason = IdleReason::MetricMissing {
                    metric: condition.metric,
                };
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
                continue;
            };
            if !holds {
                exceeds.push(**condition);
            }
            let there = self.coverage(usage, condition.metric);
            coverage = Some(coverage.map_or(there, |(share, hours)| (share.min(there.0), hours.min(there.1))));
            let history = ((self.usages.newest() - usage.oldest) / DAY + 1) as u32;
            if days > policy.window_days && history < days {
                short = Some((history, days));
            }
        }
        let (coverage, hours) = coverage.unwrap_or((0.0, 0));
        let covered = match policy.minimum_hours {
            Some(minimum) => hours >= minimum,
            None => coverage >= policy.minimum_coverage,
        };
        let mut used = !exceeds.is_empty();
        if let Some(wanted) = policy.on_days
            && !used
            && !missing
        {
            used = self.days_of_all(usage, &conditions) < wanted;
        }
        let only_bursts = used && exceeds.iter().all(|c| c.statistic == Statistic::BusiestHour) && !exceeds.is_empty();
        for condition in &exceeds {
            let metric = condition.metric;
            reasons.push(if only_bursts {
                IdleReason::Batch { metric }
            } else {
                IdleReason::Exceeds { metric }
            });
        }
        if !covered {
            reasons.push(IdleReason::LowCoverage {
                coverage,
                minimum: policy.minimum_coverage,
            });
        }
        let young = self.young(usage, subject);
        reasons.extend(young);
        let left_out = self.left_out.iter();
        reasons.extend(left_out.map(|metric| IdleReason::MetricLeftOut { metric: *metric }));
        reasons.extend(short.map(|(days, wanted)| IdleReason::ShortHistory { days, wanted }));
        let verdict = match (covered, used, missing || conditions.is_empty() || young.is_some()) {
            (false, ..) => Verdict::Undetermined,
            (true, true, _) => Verdict::Active,
            (true, false, true) => Verdict::Undetermined,
            (true, false, false) => Verdict::Idle,
        };
        let confidence = match verdict {
            Verdict::Undetermined => Confidence::Low,
            _ if !self.left_out.is_empty() => Confidence::Low,
            _ if missing || coverage < 0.95 || short.is_some() => Confidence::Medium,
            _ => Confidence::High,
        };
        IdleFinding {
            resource_id: String::new(),
            resource_kind: ResourceKind::Other,
            verdict,
            confidence,
            reasons,
            evidence,
            coverage,
            since: (verdict == Verdict::Idle)
                .then(|| self.since(usage, &conditions))
                .flatten(),
            monthly_cost: None,
        }
    }

    /// A resource that appeared within the data and is younger than the policy wants.
    fn young(&self, usage: &Usage, subject: &Subject) -> Option<IdleReason> {
        let (newest, minimum) = (self.usages.newest(), self.policy.minimum_age_days);
        let days = ((newest - usage.oldest) / DAY) as u32;
        let appeared = usage.oldest > self.usages.plan.oldest + DAY;
        let charged = subject.first_charged.is_some_and(|day| {
            DateTime::from_timestamp_micros(newest)
                .is_some_and(|now| (now.date_naive() - day).num_days() >= i64::from(minimum))
        });
        (minimum > 0 && appeared && !charged && days < minimum).then_some(IdleReason::TooYoung { days, minimum })
    }

    /// Share of the policy's window that has samples of the metric, by hours and by samples, and the hours.
    fn coverage(&self, usage: &Usage, metric: Metric) -> (f64, u32) {
        let Some(hours) = hours_of(self.usages, usage, metric) else {
            return (0.0, 0);
        };
        let plan = self.usages.plan;
        let window = (self.policy.window_days * 24).min(plan.hours);
        let first = plan.hours - window;
        let mut counts: Vec<u16> = hours
            .since(first)
            .filter(|(hour, _)| !self.quiet(*hour))
            .map(|(_, cell)| cell.count)
            .collect();
        let wanted = (first..plan.hours).filter(|hour| !self.quiet(*hour)).count();
        let (there, samples) = (counts.len(), counts.iter().map(|count| u64::from(*count)).sum::<u64>());
        // What the resource sends in an hour when it sends all: nearly the most of any hour.
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let usual = counts.get(counts.len() / 20).copied().unwrap_or(1).max(1);
        let by_hours = there as f64 / wanted.max(1) as f64;
        let by_samples = samples as f64 / (f64::from(usual) * wanted.max(1) as f64);
        (by_hours.min(by_samples).min(1.0), there as u32)
    }

    fn quiet(&self, hour: u32) -> bool {
        !self.policy.quiet_hours.is_empty() && self.week[hour_of_week(self.usages.plan.start_of_hour(hour) + 1, 0)]
    }

    /// The days of a window that have samples: hours back from the newest sample in groups of 24, the newest day first.
    fn days(&self, usage: &Usage, metric: Metric, days: u32) -> Vec<(u32, DayCells)> {
        let Some(hours) = hours_of(self.usages, usage, metric) else {
            return Vec::new();
        };
        let total = self.usages.plan.hours;
        let mut by_day: BTreeMap<u32, DayCells> = BTreeMap::new();
        for (hour, cell) in hours.since(total.saturating_sub(days * 24)) {
            if !self.quiet(hour) {
                by_day.entry((total - 1 - hour) / 24).or_default().push(cell);
            }
        }
        by_day.into_iter().collect()
    }

    /// The value over the window and whether it holds; nothing when the resource does not carry the metric.
    fn over_window(&self, usage: &Usage, condition: &Condition) -> Option<(f64, bool)> {
        let (days, bound) = (self.policy.window_of(condition), condition.bound());
        if condition.metric.rate().is_some() {
            let mut figures: Vec<f64> = self
                .days(usage, condition.metric, days)
                .iter()
                .map(|(_, cells)| of_day(condition, cells))
                .collect();
            figures.sort_by(f64::total_cmp);
            let value = match condition.statistic {
                Statistic::Avg => figures.iter().sum::<f64>() / figures.len() as f64,
                Statistic::Percentile(tenths) => {
                    *figures.get(Statistic::rank(tenths, figures.len() as u64) as usize - 1)?
                }
                Statistic::Max | Statistic::BusiestHour => *figures.last()?,
            };
            return (!figures.is_empty()).then(|| (value, bound.holds(value)));
        }
        let value = match condition.statistic {
            Statistic::Percentile(tenths) => {
                return self
                    .usages
                    .percentile(usage, condition.metric, days, &self.week, tenths, Some(bound));
            }
            Statistic::BusiestHour => {
                let hours = hours_of(self.usages, usage, condition.metric)?;
                let first = self.usages.plan.hours.saturating_sub(days * 24);
                hours
                    .since(first)
                    .filter(|(hour, _)| !self.quiet(*hour))
                    .map(|(_, cell)| cell.mean())
                    .max_by(f64::total_cmp)?
            }
            Statistic::Avg => {
                let seen = self.usages.window(usage, condition.metric, days, &self.week)?;
                seen.sum / seen.count as f64
            }
            Statistic::Max => self.usages.window(usage, condition.metric, days, &self.week)?.max,
        };
        Some((value, bound.holds(value)))
    }

    /// The middle day's value, whether the condition holds on enough days, and on how many it does.
    fn by_days(&self, usage: &Usage, condition: &Condition, wanted: u32) -> Option<(f64, bool, Option<u32>)> {
        let mut figures: Vec<f64> = self
            .days(usage, condition.metric, self.policy.window_of(condition))
            .iter()
            .map(|(_, cells)| of_day(condition, cells))
            .collect();
        figures.sort_by(f64::total_cmp);
        let middle = *figures.get(figures.len() / 2)?;
        let holding = figures.iter().filter(|value| condition.bound().holds(**value)).count() as u32;
        Some((middle, holding >= wanted, Some(holding)))
    }

    /// Days of the window on which all conditions hold.
    fn days_of_all(&self, usage: &Usage, conditions: &[&Condition]) -> u32 {
        let mut holding: BTreeMap<u32, usize> = BTreeMap::new();
        for condition in conditions {
            for (day, cells) in self.days(usage, condition.metric, self.policy.window_of(condition)) {
                if condition.bound().holds(of_day(condition, &cells)) {
                    *holding.entry(day).or_default() += 1;
                }
            }
        }
        holding.values().filter(|count| **count == conditions.len()).count() as u32
    }

    /// First day of the run of days, back from the newest sample, on each of which all conditions hold; the first day of the
    /// window when the newest day alone does not hold (possible with means and percentiles).
    fn since(&self, usage: &Usage, conditions: &[&Condition]) -> Option<NaiveDate> {
        let plan = self.usages.plan;
        let most = plan.hours / 24;
        let per_condition: Vec<BTreeMap<u32, DayCells>> = conditions
            .iter()
            .map(|condition| self.days(usage, condition.metric, most).into_iter().collect())
            .collect();
        let mut run = 0;
        while run < most
            && conditions.iter().zip(&per_condition).all(|(condition, days)| {
                days.get(&run)
                    .is_some_and(|cells| condition.bound().holds(of_day(condition, cells)))
            })
        {
            run += 1;
        }
        let days = if run == 0 { self.policy.window_days } else { run };
        // The end of the first hour: hours are counted back from the newest sample and may begin on the day before.
        let start = (self.usages.newest() - i64::from(days) * DAY + HOUR).max(usage.oldest);
        DateTime::from_timestamp_micros(start).map(|time| time.date_naive())
    }
}

/// The value of a condition on one day alone: percentiles are those of the hours' means.
fn of_day(condition: &Condition, cells: &DayCells) -> f64 {
    let hours = cells.len().max(1) as f64;
    if condition.metric.rate().is_some() {
        let per_second = match condition.statistic {
            Statistic::BusiestHour => cells.iter().map(|cell| cell.mean()).fold(0.0, f64::max),
            _ => cells.iter().map(|cell| cell.mean()).sum::<f64>() / hours,
        };
        return per_second * 86_400.0;
    }
    match condition.statistic {
        Statistic::Max => cells
            .iter()
            .map(|cell| f64::from(cell.max))
            .fold(f64::NEG_INFINITY, f64::max),
        Statistic::Avg => {
            let count: u64 = cells.iter().map(|cell| u64::from(cell.count)).sum();
            cells.iter().map(|cell| f64::from(cell.sum)).sum::<f64>() / count.max(1) as f64
        }
        Statistic::BusiestHour => cells.iter().map(|cell| cell.mean()).fold(f64::NEG_INFINITY, f64::max),
        Statistic::Percentile(tenths) => {
            let mut means: Vec<f64> = cells.iter().map(|cell| cell.mean()).collect();
            means.sort_by(f64::total_cmp);
            let at = Statistic::rank(tenths, means.len() as u64) as usize - 1;
            means.get(at).copied().unwrap_or(f64::INFINITY)
        }
    }
}
