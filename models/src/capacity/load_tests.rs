//! Limits from the register of load tests: the safe limit of the latest test of each resource.

use super::{CapacityModel, LimitCriteria, LimitReason, LoadPoint, Unit, fit_scalability, safe_limit};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A stated limit and a measured one further apart than this are named.
pub const DISAGREEMENT: f64 = 0.2;

/// A load test with all of its steps.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoadTest {
    /// Number of the test.
    pub test: String,
    /// Day.
    pub date: NaiveDate,
    /// Product.
    pub product: String,
    /// Module of it.
    pub module: String,
    /// Unit that was tested.
    pub unit: String,
    /// Resource that the throughput is a limit of (`tps` unless named).
    pub resource: String,
    /// The steps, ascending by load.
    pub points: Vec<LoadPoint>,
}

/// What a step of a load test must meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadTestTerms {
    /// Longest latency, in milliseconds.
    pub max_latency: Option<f64>,
    /// Largest share of errors.
    pub max_errors: Option<f64>,
    /// Largest use of the processor, in percent.
    pub max_cpu: Option<f64>,
    /// Share of the load of the peak that is still safe; 0.8 unless stated.
    pub share_of_peak: Option<f64>,
}

/// Where a limit comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LimitSource {
    /// The limit that the model states.
    pub stated: Option<f64>,
    /// The test that it was measured in.
    pub test: Option<String>,
    /// Day of the test.
    pub date: Option<NaiveDate>,
    /// Safe limit of the test, on the unit tested.
    pub measured: Option<f64>,
    /// What sets the safe limit.
    pub reason: Option<LimitReason>,
    /// Fewer than six steps: the scalability law is a guess.
    pub few_points: bool,
    /// The fit lies on a bound of the law, so that its peak says nothing.
    pub boundary: bool,
    /// Unit that the limit was measured on, when it is another one.
    pub measured_on: Option<String>,
    /// Performance of the planned unit ÷ that of the measured one.
    pub factor: Option<f64>,
    /// |measured ÷ stated − 1| when over a fifth.
    pub disagreement: Option<f64>,
}

/// Sets the limits of models that have `load_test` terms from the latest test of each resource; the stated limit stays on
/// record. A test in which no step meets the terms sets nothing.
pub fn apply_load_tests(models: &mut [CapacityModel], tests: &[LoadTest]) {
    for model in models {
        let Some(terms) = model.load_test else { continue };
        let mut of_module: Vec<&LoadTest> = tests
            .iter()
            .filter(|test| test.product == model.product && test.module == model.module)
            .collect();
        of_module.sort_by(|a, b| (a.date, &a.test).cmp(&(b.date, &b.test)));
        let criteria = LimitCriteria {
            latency: terms.max_latency,
            errors: terms.max_errors,
            cpu: terms.max_cpu,
            share_of_peak: terms.share_of_peak.unwrap_or(LimitCriteria::default().share_of_peak),
        };
        for test in of_module {
            let fit = fit_scalability(&test.points);
            let Some(safe) = safe_limit(&test.points, fit.as_ref(), &criteria).filter(|safe| safe.throughput > 0.0)
            else {
                continue;
            };
            let resource = test.resource.clone();
            let stated = match model.limit_sources.get(&resource) {
                Some(earlier) => earlier.stated,
                None => model.limit.get(&resource).copied(),
            };
            let on = Some(test.unit.clone()).filter(|unit| !unit.is_empty() && *unit != model.unit);
            let off = stated.map(|stated| (safe.throughput / stated - 1.0).abs());
            let source = LimitSource {
                stated,
                test: Some(test.test.clone()),
                date: Some(test.date),
                measured: Some(safe.throughput),
                reason: Some(safe.reason),
                few_points: fit.as_ref().is_none_or(|fit| fit.few_points),
                boundary: fit.as_ref().is_some_and(|fit| !fit.bounds.is_empty()),
                measured_on: on,
                factor: None,
                disagreement: off.filter(|off| *off > DISAGREEMENT),
            };
            model.limit.insert(resource.clone(), safe.throughput);
            model.limit_sources.insert(resource, source);
        }
    }
}

impl CapacityModel {
    /// The model with limits of the planned unit, where they were measured on another one: limit × performance of the planned
    /// ÷ performance of the measured unit. A resource that either unit states no performance of keeps its limit.
    pub(super) fn normalised(&self, units: &[Unit]) -> CapacityModel {
        let mut model = self.clone();
        let performance = |id: &str, resource: &str| {
            let unit = units.iter().find(|unit| unit.id == id)?;
            unit.performance.get(resource).copied().filter(|value| *value > 0.0)
        };
        for (resource, limit) in &mut model.limit {
            let mut source = self.limit_sources.get(resource).cloned().unwrap_or(LimitSource {
                stated: Some(*limit),
                ..LimitSource::default()
            });
            let on = match (&source.measured_on, &source.test, &self.measured_on) {
                (Some(on), _, _) => Some(on.clone()),
                (None, Some(_), _) => None,
                (None, None, on) => on.clone(),
            };
            if let Some(on) = on.filter(|on| *on != self.unit)
                && let (Some(ours), Some(theirs)) = (performance(&self.unit, resource), performance(&on, resource))
            {
                source.factor = Some(ours / theirs);
                source.measured_on = Some(on);
                *limit *= ours / theirs;
            }
            model.limit_sources.insert(resource.clone(), source);
        }
        model
    }
}
