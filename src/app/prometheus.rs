//! Utilization straight from a Prometheus server: range queries in windows, each one batch, so that an import that was
//! interrupted goes on where it ended.

use super::{App, AppError, ImportRequest};
use crate::auth::Permission;
use crate::refusal::Refusal;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The columns of utilization that a query may fill.
const METRICS: [&str; 7] = [
    "cpu_percent",
    "memory_percent",
    "disk_percent",
    "disk_iops",
    "network_in_bytes_per_second",
    "network_out_bytes_per_second",
    "connections",
];
/// Steps of one query; Prometheus answers at most 11,000.
const MOST_STEPS: i64 = 10_000;
/// Seconds of the longest window: what has to be read again after an interruption.
const LONGEST: i64 = 86_400;
/// Most bytes of one answer.
const MOST_BYTES: u64 = 512 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// What to read from which server.
#[derive(Clone, Debug)]
pub struct PrometheusImport {
    /// Address, such as `http://127.0.0.1:9090`.
    pub url: String,
    /// Name of the query file, for messages.
    pub name: String,
    /// The query file, TOML.
    pub queries: String,
    /// First moment.
    pub start: DateTime<Utc>,
    /// The moment after the last.
    pub end: DateTime<Utc>,
    /// Between two samples.
    pub step: TimeDelta,
    /// Name of the source.
    pub source: String,
}

/// What was read.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PrometheusOutcome {
    /// Batches, one per window that held samples.
    pub batches: Vec<String>,
    /// Windows read now.
    pub windows: u64,
    /// Windows that an earlier import had read.
    pub skipped: u64,
    /// Rows: one per resource and time.
    pub samples: u64,
    /// Resources.
    pub resources: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryFile {
    query: Vec<Query>,
    /// From what a label says to the resource's name in bills and registers.
    #[serde(default)]
    resources: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Column of utilization.
    metric: String,
    /// PromQL.
    query: String,
    /// Label whose value names the resource.
    #[serde(default = "instance")]
    resource: String,
    /// Leave out `:port` behind the label's value.
    #[serde(default)]
    without_port: bool,
    /// What values are multiplied by.
    #[serde(default = "one")]
    factor: f64,
}

fn instance() -> String {
    "instance".to_owned()
}

fn one() -> f64 {
    1.0
}

/// Seconds since 1970 and resource → one value per metric.
type Samples = BTreeMap<(i64, String), [Option<f64>; METRICS.len()]>;

impl App {
    /// Reads samples window by window and imports each window as a batch of utilization.
    ///
    /// The end is exclusive. Windows that an earlier import of the same queries brought are left out; a window that ends in the
    /// future is read again next time.
    ///
    /// # Errors
    /// When the query file or the times make no sense, or the server does not answer: windows read before stay.
    pub fn import_prometheus(
        &self,
        import: &PrometheusImport,
        progress: &dyn Fn(u64, u64, u64),
    ) -> Result<PrometheusOutcome, AppError> {
        self.require_company(Permission::Import)?;
        let queries = read_queries(import)?;
        let (start, end, step) = (
            import.start.timestamp(),
            import.end.timestamp(),
            import.step.num_seconds(),
        );
        if end <= start || !(1..=LONGEST).contains(&step) {
            return Err(Refusal::new("refused-prometheus-times").into());
        }
        let url = import.url.trim_end_matches('/');
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Refusal::new("refused-prometheus-url").with("url", url).into());
        }
        // The grid of a window starts where that of the whole import would be.
        let length = (LONGEST / step).clamp(1, MOST_STEPS) * step;
        let key = crate::store::hash_texts([url, &import.queries, &import.source, &step.to_string()]);
        let known = self.store.prometheus_windows(&key)?;
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let all = (end - start).unsigned_abs().div_ceil(length.unsigned_abs());
        let mut outcome = PrometheusOutcome::default();
        let mut resources = BTreeSet::new();
        for (number, from) in (start..end).step_by(length as usize).enumerate() {
            let to = (from + length).min(end);
            let name = moment(from);
            if known.contains(&name) {
                outcome.skipped += 1;
                continue;
            }
            let mut samples = Samples::new();
            for query in &queries.query {
                let answer = ask(&agent, url, query, (from, to - 1, step))?;
                add(&mut samples, query, &queries.resources, &answer)?;
            }
            resources.extend(samples.keys().map(|(_, resource)| resource.clone()));
            outcome.samples += samples.len() as u64;
            outcome.windows += 1;
            let batch = self.import_window(import, &name, &samples)?;
            // A whole window is not read again; one that was cut off by the end of the import may go on later.
            if to == from + length && moment(to) <= crate::clock::now() {
                let lock = self.store.lock()?;
                let count = samples.len() as u64;
                self.store
                    .add_prometheus_window(&lock, &key, &name, batch.as_deref(), count)?;
            }
            outcome.batches.extend(batch);
            progress(number as u64 + 1, all, outcome.samples);
        }
        outcome.resources = resources.len() as u64;
        Ok(outcome)
    }

    fn import_window(
        &self,
        import: &PrometheusImport,
        name: &str,
        samples: &Samples,
    ) -> Result<Option<String>, AppError> {
        if samples.is_empty() {
            return Ok(None);
        }
        let failed = |error: &dyn std::fmt::Display| Refusal::new("refused-export-failed").with("reason", error);
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        let path = folder.path().join(format!("prometheus-{}.csv", name.replace(':', "")));
        let mut writer = csv::Writer::from_path(&path).map_err(|error| failed(&error))?;
        let header = ["timestamp", "resource_id"].into_iter().chain(METRICS);
        writer.write_record(header).map_err(|error| failed(&error))?;
        for ((time, resource), values) in samples {
            let cells = values
                .iter()
                .map(|value| value.map(|value| value.to_string()).unwrap_or_default());
            let cells = [moment(*time), resource.clone()].into_iter().chain(cells);
            writer.write_record(cells).map_err(|error| failed(&error))?;
        }
        writer.flush().map_err(|error| failed(&error))?;
        drop(writer);
        let request = ImportRequest {
            files: vec![path],
            source: Some(import.source.clone()),
            ..ImportRequest::default()
        };
        let outcome = self.import(&request, None)?;
        if let Some(reject) = outcome.imported.rejects.first() {
            return Err(Refusal::new("refused-bad-samples")
                .with_words("line", |language| reject.line(language))
                .with("more", outcome.imported.problems.saturating_sub(1))
                .into());
        }
        Ok(outcome.batch.or(outcome.duplicate_of))
    }
}

fn read_queries(import: &PrometheusImport) -> Result<QueryFile, AppError> {
    let file: QueryFile = toml::from_str(&import.queries).map_err(|error| {
        Refusal::new("refused-prometheus-file")
            .with("name", &import.name)
            .with("reason", error.to_string().trim_end())
    })?;
    match file
        .query
        .iter()
        .find(|query| !METRICS.contains(&query.metric.as_str()))
    {
        None => Ok(file),
        Some(query) => Err(Refusal::new("refused-prometheus-metric")
            .with("metric", &query.metric)
            .with("known", METRICS.join(", "))
            .into()),
    }
}

fn moment(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The series that the server answers a query with.
fn ask(
    agent: &ureq::Agent,
    url: &str,
    query: &Query,
    (start, end, step): (i64, i64, i64),
) -> Result<Vec<Value>, AppError> {
    let refused = |reason: &dyn std::fmt::Display| {
        Refusal::new("refused-prometheus-answer")
            .with("metric", &query.metric)
            .with("reason", reason)
    };
    let form = [
        ("query", query.query.clone()),
        ("start", start.to_string()),
        ("end", end.to_string()),
        ("step", step.to_string()),
    ];
    let mut response = agent
        .post(format!("{url}/api/v1/query_range"))
        .send_form(form)
        .map_err(|error| refused(&error))?;
    let answer: Value = response
        .body_mut()
        .with_config()
        .limit(MOST_BYTES)
        .read_json()
        .map_err(|error| refused(&format!("HTTP {}: {error}", response.status().as_u16())))?;
    match (answer["status"].as_str(), &answer["data"]["result"]) {
        (Some("success"), Value::Array(series)) => Ok(series.clone()),
        _ => Err(refused(&answer["error"].as_str().unwrap_or("it is no Prometheus server")).into()),
    }
}

/// Adds series to the samples; a value that is no number of zero or more is no sample.
fn add(
    samples: &mut Samples,
    query: &Query,
    names: &BTreeMap<String, String>,
    series: &[Value],
) -> Result<(), AppError> {
    let column = METRICS
        .iter()
        .position(|metric| *metric == query.metric)
        .unwrap_or_default();
    let mut seen = BTreeSet::new();
    for series in series {
        let Some(label) = series["metric"][&query.resource].as_str() else {
            let labels = series["metric"].as_object();
            let labels: Vec<&str> = labels
                .map(|labels| labels.keys().map(String::as_str).collect())
                .unwrap_or_default();
            return Err(Refusal::new("refused-prometheus-label")
                .with("metric", &query.metric)
                .with("label", &query.resource)
                .with("labels", labels.join(", "))
                .into());
        };
        let resource = names
            .get(label)
            .cloned()
            .unwrap_or_else(|| match label.rsplit_once(':') {
                Some((host, port)) if query.without_port && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                    host.to_owned()
                }
                _ => label.to_owned(),
            });
        if !seen.insert(resource.clone()) {
            return Err(Refusal::new("refused-prometheus-twice")
                .with("metric", &query.metric)
                .with("resource", resource)
                .into());
        }
        for pair in series["values"].as_array().into_iter().flatten() {
            let (Some(time), Some(text)) = (pair[0].as_f64(), pair[1].as_str()) else {
                continue;
            };
            let value = text.parse::<f64>().ok().map(|value| value * query.factor);
            if let Some(value) = value.filter(|value| value.is_finite() && *value >= 0.0) {
                samples.entry((time as i64, resource.clone())).or_default()[column] = Some(value);
            }
        }
    }
    Ok(())
}
