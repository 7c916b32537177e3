//! Samples aggregated in one pass and bounded memory: per resource and metric the windows of the policies, and the hours.
//!
//! Nothing of a sample is kept but what it adds to: whether a percentile lies below a bound is a count of the values below
//! it, so that verdicts are exact however many samples there are. Parts of an input may be collected apart, on several
//! threads, and merged in the order of the parts: the result is the same to the byte.

use super::hours::{HOUR, Hours, hour_of_week};
use super::spread::Spread;
use super::{Bound, IdleError, IdlePolicy, Metric, Statistic};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Values kept for percentiles before they are counted in buckets instead.
const MOST_EXACT: u64 = 12_000_000;

/// A window of a metric that some policy looks at.
#[derive(Clone, Debug, PartialEq)]
struct Window {
    /// Hours back from the newest sample.
    hours: u32,
    /// Index of the quiet week.
    quiet: usize,
    /// Bounds whose percentile some condition asks for.
    bounds: Vec<Bound>,
    /// True when a percentile is shown.
    spread: bool,
}

#[derive(Clone, Debug)]
struct Wanted {
    metric: Metric,
    windows: Vec<Window>,
}

/// What is to be collected: made of the policies that will judge, and of the time that the samples span.
#[derive(Clone, Debug)]
pub struct UsagePlan {
    pub(super) newest: i64,
    pub(super) oldest: i64,
    pub(super) hours: u32,
    /// Hours that are kept of a resource at most.
    pub(super) expected: usize,
    exact: bool,
    wanted: Vec<Wanted>,
    quiet: Vec<[bool; 168]>,
    vcpus: BTreeMap<String, f64>,
    assumed_vcpus: f64,
}

/// The time that samples span, in microseconds, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleSpan {
    /// Oldest sample.
    pub oldest: i64,
    /// Newest sample: windows are counted back from it.
    pub newest: i64,
    /// Samples.
    pub rows: u64,
}

impl UsagePlan {
    /// A plan for policies, with the hours of the metrics in `profiled` besides.
    pub fn new(policies: &[&IdlePolicy], profiled: &[Metric], span: SampleSpan) -> UsagePlan {
        let days = policies
            .iter()
            .flat_map(|policy| policy.conditions.iter().map(|condition| policy.window_of(condition)))
            .max()
            .unwrap_or(0)
            .max(35);
        let mut plan = UsagePlan {
            newest: span.newest,
            oldest: span.oldest,
            hours: days * 24,
            expected: (((span.newest - span.oldest) / HOUR + 2).max(1) as usize).min(days as usize * 24),
            exact: span.rows <= MOST_EXACT,
            wanted: Vec::new(),
            quiet: Vec::new(),
            vcpus: BTreeMap::new(),
            assumed_vcpus: policies.iter().map(|policy| policy.assumed_vcpus).fold(1.0, f64::max),
        };
        for policy in policies {
            let week = policy.quiet_week();
            let quiet = plan.quiet.iter().position(|known| *known == week).unwrap_or_else(|| {
                plan.quiet.push(week);
                plan.quiet.len() - 1
            });
            for condition in &policy.conditions {
                let metric = condition.metric.rate().unwrap_or(condition.metric);
                let hours = policy.window_of(condition) * 24;
                let window = plan.window(metric, hours, quiet);
                if let Statistic::Percentile(_) = condition.statistic {
                    window.spread = true;
                    if !window.bounds.contains(&condition.bound()) {
                        window.bounds.push(condition.bound());
                    }
                }
            }
        }
        for metric in profiled {
            plan.metric(*metric);
        }
        plan
    }

    /// Says how many vCPUs resources have.
    pub fn with_vcpus(mut self, vcpus: BTreeMap<String, f64>) -> UsagePlan {
        self.vcpus = vcpus;
        self
    }

    /// Asks for a percentile of a metric over days, besides what the policies look at.
    pub fn with_percentiles(mut self, metric: Metric, days: u32) -> UsagePlan {
        let quiet = self
            .quiet
            .iter()
            .position(|week| !week.contains(&true))
            .unwrap_or_else(|| {
                self.quiet.push([false; 168]);
                self.quiet.len() - 1
            });
        self.window(metric, days * 24, quiet).spread = true;
        self
    }

    fn metric(&mut self, metric: Metric) -> &mut Wanted {
        let at = self
            .wanted
            .iter()
            .position(|wanted| wanted.metric == metric)
            .unwrap_or_else(|| {
                self.wanted.push(Wanted {
                    metric,
                    windows: Vec::new(),
                });
                self.wanted.len() - 1
            });
        &mut self.wanted[at]
    }

    fn window(&mut self, metric: Metric, hours: u32, quiet: usize) -> &mut Window {
        let wanted = self.metric(metric);
        let at = wanted
            .windows
            .iter()
            .position(|window| window.hours == hours && window.quiet == quiet)
            .unwrap_or_else(|| {
                wanted.windows.push(Window {
                    hours,
                    quiet,
                    bounds: Vec::new(),
                    spread: false,
                });
                wanted.windows.len() - 1
            });
        &mut wanted.windows[at]
    }

    /// The columns of the samples that the plan reads, besides `timestamp` and `resource_id`.
    pub fn columns(&self) -> BTreeSet<&'static str> {
        self.wanted
            .iter()
            .flat_map(|wanted| columns_of(wanted.metric))
            .copied()
            .collect()
    }

    /// The time that a sample would have in the first hour that is looked at.
    pub(super) fn start_of_hour(&self, hour: u32) -> i64 {
        self.newest - (i64::from(self.hours) - i64::from(hour)) * HOUR
    }
}

/// The peak within a sample is at least its average, and is taken for it where it was not measured.
fn columns_of(metric: Metric) -> &'static [&'static str] {
    match metric {
        Metric::CpuMaxPercent => &["cpu_max_percent", "cpu_percent"],
        other => other.columns(),
    }
}

/// What a window of a metric comes to.
#[derive(Clone, Debug)]
pub(super) struct WindowUsage {
    pub count: u64,
    pub sum: f64,
    pub max: f64,
    holds: Vec<u64>,
    spread: Option<Spread>,
}

/// One metric of one resource.
#[derive(Clone, Debug)]
pub(super) struct MetricUsage {
    windows: Vec<WindowUsage>,
    pub hours: Hours,
}

/// One resource.
#[derive(Clone, Debug)]
struct State {
    name: Box<str>,
    oldest: i64,
    scale: f64,
    metrics: Vec<MetricUsage>,
    /// The resource that came after this one the last time: inputs sorted by time name them in the same order again.
    next: u32,
}

/// Collects samples; see the module.
#[derive(Clone, Debug)]
pub struct UsageCollector<'a> {
    plan: &'a UsagePlan,
    /// Hours to make room for at a resource's first sample.
    expected: usize,
    index: HashMap<Box<str>, u32>,
    states: Vec<State>,
}

/// One column of numbers of a frame, or of two that are added.
struct Values<'a> {
    first: Option<&'a Float64Chunked>,
    second: Option<&'a Float64Chunked>,
    combine: Combine,
}

#[derive(Clone, Copy, PartialEq)]
enum Combine {
    One,
    Sum,
    Fallback,
}

impl<'a> UsageCollector<'a> {
    /// An empty collector.
    pub fn new(plan: &'a UsagePlan) -> UsageCollector<'a> {
        UsageCollector {
            plan,
            expected: plan.expected,
            index: HashMap::new(),
            states: Vec::new(),
        }
    }

    /// A collector for a part of the input that spans some time: an input sorted by time has every resource in every part,
    /// and room for all hours in each of them would be many times what is needed.
    pub fn spanning(plan: &'a UsagePlan, oldest: i64, newest: i64) -> UsageCollector<'a> {
        let hours = ((newest - oldest) / HOUR + 2).max(1) as usize;
        UsageCollector {
            expected: plan.expected.min(hours),
            ..UsageCollector::new(plan)
        }
    }

    /// Adds the samples of a frame.
    ///
    /// # Errors
    /// When a column is missing or of the wrong type.
    pub fn absorb(&mut self, frame: &DataFrame) -> Result<(), IdleError> {
        check_columns(frame.schema())?;
        let times = frame.column("timestamp")?.datetime()?.physical().rechunk();
        let names = frame.column("resource_id")?.str()?.rechunk();
        let mut numbers: BTreeMap<&'static str, Float64Chunked> = BTreeMap::new();
        for column in self.plan.columns() {
            if let Ok(values) = frame.column(column) {
                numbers.insert(column, values.f64()?.rechunk().into_owned());
            }
        }
        let values: Vec<Values<'_>> = self
            .plan
            .wanted
            .iter()
            .map(|wanted| values_of(wanted.metric, &numbers))
            .collect();
        let Some(time_values) = times.downcast_iter().next() else {
            return Ok(());
        };
        let Some(name_values) = names.downcast_iter().next() else {
            return Ok(());
        };
        let rows = frame.height();
        let stamps: &[i64] = time_values.values().as_slice();
        let views = name_values.views();
        let whole = times.null_count() == 0 && names.null_count() == 0;
        let valid = |row: usize| whole || (times.get(row).is_some() && names.get(row).is_some());
        let mut buffer: Vec<f64> = Vec::new();
        let mut row = 0;
        let mut before: Option<usize> = None;
        while row < rows {
            if !valid(row) {
                row += 1;
                continue;
            }
            // A run of rows of one resource.
            let name = name_values.value(row);
            let view = views[row].as_u128();
            let mut end = row + 1;
            while end < rows && valid(end) && (views[end].as_u128() == view || name_values.value(end) == name) {
                end += 1;
            }
            let at = self.state(name, before);
            before = Some(at);
            self.run(at, &stamps[row..end], row, &values, &mut buffer);
            row = end;
        }
        Ok(())
    }

    /// The place of a resource.
    fn state(&mut self, name: &str, before: Option<usize>) -> usize {
        if let Some(before) = before {
            let guess = self.states[before].next as usize;
            if self.states.get(guess).is_some_and(|state| &*state.name == name) {
                return guess;
            }
        }
        let at = match self.index.get(name) {
            Some(at) => *at,
            None => {
                let at = self.states.len() as u32;
                let vcpus = self.plan.vcpus.get(name).copied().unwrap_or(self.plan.assumed_vcpus);
                let metrics = self
                    .plan
                    .wanted
                    .iter()
                    .map(|wanted| empty(wanted, self.plan.exact))
                    .collect();
                self.states.push(State {
                    name: name.into(),
                    oldest: i64::MAX,
                    scale: vcpus / 100.0,
                    metrics,
                    next: u32::MAX,
                });
                self.index.insert(name.into(), at);
                at
            }
        };
        if let Some(before) = before {
            self.states[before].next = at;
        }
        at as usize
    }

    /// Rows of one resource, hour by hour.
    fn run(&mut self, at: usize, stamps: &[i64], offset: usize, values: &[Values<'_>], buffer: &mut Vec<f64>) {
        let (plan, expected) = (self.plan, self.expected);
        let state = &mut self.states[at];
        let mut from = 0;
        while from < stamps.len() {
            let back = (plan.newest - stamps[from]).div_euclid(HOUR);
            let upper = plan.newest - back * HOUR;
            let lower = upper - HOUR;
            let mut to = from + 1;
            while to < stamps.len() && stamps[to] > lower && stamps[to] <= upper {
                to += 1;
            }
            if let Some(oldest) = stamps[from..to].iter().min() {
                state.oldest = state.oldest.min(*oldest);
            }
            if (0..i64::from(plan.hours)).contains(&back) {
                let back = back as u32;
                let quiet_hour = (plan.quiet.len() > 1 || plan.quiet.first().is_some_and(|week| week.contains(&true)))
                    .then(|| hour_of_week(lower + 1, 0));
                for ((wanted, values), usage) in plan.wanted.iter().zip(values).zip(&mut state.metrics) {
                    buffer.clear();
                    let scale = if wanted.metric == Metric::CpuCores {
                        state.scale
                    } else {
                        1.0
                    };
                    values.read(offset + from, offset + to, scale, buffer);
                    if buffer.is_empty() {
                        continue;
                    }
                    let sum: f64 = buffer.iter().sum();
                    let max = buffer.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    usage
                        .hours
                        .add(plan.hours - 1 - back, sum, max, buffer.len() as u32, expected);
                    for (window, seen) in wanted.windows.iter().zip(&mut usage.windows) {
                        let quiet = quiet_hour.is_some_and(|hour| plan.quiet[window.quiet][hour]);
                        if back < window.hours && !quiet {
                            seen.add(window, buffer, sum, max);
                        }
                    }
                }
            }
            from = to;
        }
    }

    /// Adds what a later part of the input came to.
    pub fn merge(&mut self, later: UsageCollector<'_>) {
        for state in later.states {
            match self.index.get(&*state.name) {
                None => {
                    let at = self.states.len() as u32;
                    self.index.insert(state.name.clone(), at);
                    self.states.push(State {
                        next: u32::MAX,
                        ..state
                    });
                }
                Some(at) => {
                    let own = &mut self.states[*at as usize];
                    own.oldest = own.oldest.min(state.oldest);
                    for (own, more) in own.metrics.iter_mut().zip(state.metrics) {
                        own.hours.merge(&more.hours, self.plan.expected);
                        for (own, more) in own.windows.iter_mut().zip(more.windows) {
                            own.merge(more);
                        }
                    }
                }
            }
        }
    }

    /// What was collected.
    pub fn finish(self) -> Usages<'a> {
        let mut resources = BTreeMap::new();
        for state in self.states {
            resources.insert(
                String::from(state.name),
                Usage {
                    oldest: state.oldest,
                    metrics: state.metrics,
                },
            );
        }
        Usages {
            plan: self.plan,
            resources,
        }
    }
}

fn empty(wanted: &Wanted, exact: bool) -> MetricUsage {
    let windows = wanted.windows.iter().map(|window| WindowUsage {
        count: 0,
        sum: 0.0,
        max: f64::NEG_INFINITY,
        holds: vec![0; window.bounds.len()],
        spread: window.spread.then(|| Spread::new(exact)),
    });
    MetricUsage {
        windows: windows.collect(),
        hours: Hours::default(),
    }
}

impl WindowUsage {
    #[inline]
    fn add(&mut self, window: &Window, values: &[f64], sum: f64, max: f64) {
        self.count += values.len() as u64;
        self.sum += sum;
        self.max = self.max.max(max);
        for (bound, holds) in window.bounds.iter().zip(&mut self.holds) {
            *holds += match *bound {
                Bound { below: Some(below), .. } => values.iter().filter(|value| **value < below).count() as u64,
                bound => values.iter().filter(|value| bound.holds(**value)).count() as u64,
            };
        }
        if let Some(spread) = &mut self.spread {
            values.iter().for_each(|value| spread.add(*value));
        }
    }

    fn merge(&mut self, later: WindowUsage) {
        self.count += later.count;
        self.sum += later.sum;
        self.max = self.max.max(later.max);
        for (own, more) in self.holds.iter_mut().zip(later.holds) {
            *own += more;
        }
        match (&mut self.spread, later.spread) {
            (Some(own), Some(more)) => own.merge(more),
            (own @ None, more) => *own = more,
            (Some(_), None) => {}
        }
    }
}

impl Values<'_> {
    /// The values of rows that are numbers, into `buffer`.
    #[inline]
    fn read(&self, from: usize, to: usize, scale: f64, buffer: &mut Vec<f64>) {
        let Some(first) = self.first else {
            return;
        };
        if let (Combine::One, Ok(values)) = (self.combine, first.cont_slice()) {
            buffer.extend(
                values[from..to]
                    .iter()
                    .filter(|value| !value.is_nan())
                    .map(|value| value * scale),
            );
            return;
        }
        for row in from..to {
            let one = first.get(row).filter(|value| !value.is_nan());
            let two = self
                .second
                .and_then(|second| second.get(row))
                .filter(|value| !value.is_nan());
            let value = match self.combine {
                Combine::One => one,
                Combine::Sum => one.zip(two).map(|(one, two)| one + two),
                Combine::Fallback => one.or(two),
            };
            buffer.extend(value.map(|value| value * scale));
        }
    }
}

fn values_of<'a>(metric: Metric, numbers: &'a BTreeMap<&'static str, Float64Chunked>) -> Values<'a> {
    let columns = columns_of(metric);
    let (first, second) = (
        numbers.get(columns[0]),
        columns.get(1).and_then(|name| numbers.get(name)),
    );
    let combine = match (metric, columns.len()) {
        (_, 1) => Combine::One,
        (Metric::CpuMaxPercent, _) => Combine::Fallback,
        _ => Combine::Sum,
    };
    match (combine, first, second) {
        // The average alone, or the peak alone.
        (Combine::Fallback, None, second) => Values {
            first: second,
            second: None,
            combine: Combine::One,
        },
        (Combine::Fallback, first, None) => Values {
            first,
            second: None,
            combine: Combine::One,
        },
        // Half of a sum is none.
        (Combine::Sum, None, _) | (Combine::Sum, _, None) => Values {
            first: None,
            second: None,
            combine,
        },
        (combine, first, second) => Values { first, second, combine },
    }
}

/// Checks that a frame is one of samples.
fn check_columns(schema: &Schema) -> Result<(), IdleError> {
    let refuse = |column: &str, wanted| {
        Err(IdleError::Column {
            column: column.to_owned(),
            wanted,
        })
    };
    if !matches!(
        schema.get("timestamp"),
        Some(DataType::Datetime(TimeUnit::Microseconds, _))
    ) {
        return refuse("timestamp", "a timestamp in microseconds");
    }
    if schema.get("resource_id") != Some(&DataType::String) {
        return refuse("resource_id", "text");
    }
    for metric in Metric::ALL {
        for name in metric.columns() {
            if schema.get(name).is_some_and(|kind| *kind != DataType::Float64) {
                return refuse(name, "a number (Float64)");
            }
        }
    }
    Ok(())
}

/// The time that the samples of a frame span; nothing without samples.
///
/// # Errors
/// When a column is missing or of the wrong type.
pub fn span_of(frame: &DataFrame) -> Result<Option<SampleSpan>, IdleError> {
    check_columns(frame.schema())?;
    let times = frame.column("timestamp")?.datetime()?.physical().clone();
    Ok(times.min().zip(times.max()).map(|(oldest, newest)| SampleSpan {
        oldest,
        newest,
        rows: frame.height() as u64,
    }))
}

/// One resource.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Time of its oldest sample in microseconds.
    pub(super) oldest: i64,
    metrics: Vec<MetricUsage>,
}

/// A day of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UseOfDay {
    /// The day.
    pub day: chrono::NaiveDate,
    /// Mean of its hours.
    pub mean: f64,
    /// Its highest sample.
    pub highest: f64,
}

/// What all resources of an input did.
#[derive(Clone, Debug)]
pub struct Usages<'a> {
    pub(super) plan: &'a UsagePlan,
    pub(super) resources: BTreeMap<String, Usage>,
}

impl Usages<'_> {
    /// Ids of the resources with samples.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.keys().map(String::as_str)
    }

    /// True when percentiles are shown from buckets, within 0.8 %; the verdicts are exact either way.
    pub fn percentiles_are_approximate(&self) -> bool {
        !self.plan.exact
    }

    /// Time of the newest sample.
    pub fn newest(&self) -> i64 {
        self.plan.newest
    }

    /// Metrics that a resource carries.
    pub fn carried_by(&self, resource: &str) -> BTreeSet<Metric> {
        let usage = self.resources.get(resource);
        let metrics = usage
            .into_iter()
            .flat_map(|usage| self.plan.wanted.iter().zip(&usage.metrics));
        metrics
            .filter(|(_, usage)| !usage.hours.cells.is_empty())
            .map(|(wanted, _)| wanted.metric)
            .collect()
    }

    /// The highest sample of a metric over days back from the newest sample, and the share of the hours with samples; nothing
    /// when the resource does not carry it.
    pub fn highest(&self, resource: &str, metric: Metric, days: u32) -> Option<(f64, f64)> {
        let usage = self.resources.get(resource)?;
        let hours = self.hours(usage, metric)?;
        let from = self.plan.hours.saturating_sub(days * 24);
        let (count, max) = hours.since(from).fold((0u32, 0.0_f64), |(count, max), (_, cell)| {
            (count + 1, max.max(f64::from(cell.max)))
        });
        (count > 0).then(|| (max, (f64::from(count) / f64::from(days * 24)).min(1.0)))
    }

    /// A metric day by day, over all that is kept (five weeks at least): what evidence is drawn from. Of a measure of whole days
    /// it is the day's mean over 24 hours.
    pub fn days(&self, resource: &str, metric: Metric) -> Vec<UseOfDay> {
        let (kept, per_day) = metric.rate().map_or((metric, 1.0), |rate| (rate, 86_400.0));
        let hours = self.resources.get(resource).and_then(|usage| self.hours(usage, kept));
        let mut days: BTreeMap<chrono::NaiveDate, (f64, f64, u32)> = BTreeMap::new();
        for (hour, cell) in hours.into_iter().flat_map(Hours::filled) {
            // An hour ends with its last sample: what was measured at midnight is of the day that begins.
            let time = chrono::DateTime::from_timestamp_micros(self.plan.start_of_hour(hour) + HOUR);
            if let Some(day) = time.map(|time| time.date_naive()) {
                let sum = days.entry(day).or_insert((0.0, f64::NEG_INFINITY, 0));
                *sum = (sum.0 + cell.mean(), sum.1.max(f64::from(cell.max)), sum.2 + 1);
            }
        }
        days.into_iter()
            .map(|(day, (sum, highest, count))| {
                let mean = sum / f64::from(count) * per_day;
                UseOfDay {
                    day,
                    mean,
                    highest: if per_day > 1.0 { mean } else { highest },
                }
            })
            .collect()
    }

    /// The last day on which a metric's mean of an hour reached a value.
    pub fn last_use(&self, resource: &str, metric: Metric, from: f64) -> Option<chrono::NaiveDate> {
        let usage = self.resources.get(resource)?;
        let (hour, _) = self
            .hours(usage, metric)?
            .filled()
            .filter(|(_, cell)| cell.mean() >= from)
            .last()?;
        chrono::DateTime::from_timestamp_micros(self.plan.start_of_hour(hour) + 1).map(|time| time.date_naive())
    }

    pub(super) fn hours<'b>(&self, usage: &'b Usage, metric: Metric) -> Option<&'b Hours> {
        let at = self.plan.wanted.iter().position(|wanted| wanted.metric == metric)?;
        let hours = &usage.metrics.get(at)?.hours;
        (!hours.cells.is_empty()).then_some(hours)
    }

    pub(super) fn window<'b>(
        &self,
        usage: &'b Usage,
        metric: Metric,
        days: u32,
        week: &[bool; 168],
    ) -> Option<&'b WindowUsage> {
        let at = self.plan.wanted.iter().position(|wanted| wanted.metric == metric)?;
        let window = self.plan.wanted[at]
            .windows
            .iter()
            .position(|window| window.hours == days * 24 && self.plan.quiet[window.quiet] == *week)?;
        usage.metrics.get(at)?.windows.get(window).filter(|seen| seen.count > 0)
    }

    /// A percentile over days, and whether it is within the bound: the latter by counting, exact.
    pub(super) fn percentile(
        &self,
        usage: &Usage,
        metric: Metric,
        days: u32,
        week: &[bool; 168],
        tenths: u16,
        bound: Option<Bound>,
    ) -> Option<(f64, bool)> {
        let seen = self.window(usage, metric, days, week)?;
        let rank = Statistic::rank(tenths, seen.count);
        let mut value = seen.spread.clone()?.at_rank(rank)?.min(seen.max);
        let Some(bound) = bound else {
            return Some((value, true));
        };
        let wanted = self.plan.wanted.iter().find(|wanted| wanted.metric == metric)?;
        let window = wanted
            .windows
            .iter()
            .find(|window| window.hours == days * 24 && self.plan.quiet[window.quiet] == *week)?;
        let at = window.bounds.iter().position(|known| *known == bound)?;
        let holds = seen.holds[at] >= rank;
        if !self.plan.exact && bound.holds(value) != holds {
            // The middle of a bucket may lie on the other side of the bound than the value did.
            value = match (holds, bound.below) {
                (true, Some(below)) => below.next_down(),
                (false, None) => bound.figure().next_up(),
                _ => bound.figure(),
            };
        }
        Some((value, holds))
    }
}
