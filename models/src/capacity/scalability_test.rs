//! Load tests as a CSV: one row per step.

use serde::Serialize;

/// One step of a load test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LoadPoint {
    /// Load: users, connections, processors, nodes.
    pub load: f64,
    /// Work done per time at that load.
    pub throughput: f64,
    /// Latency, where measured.
    pub latency: Option<f64>,
    /// Share of requests that failed, where measured.
    pub errors: Option<f64>,
    /// Use of the processor, where measured.
    pub cpu: Option<f64>,
}

/// Names of each column that are understood; the first is the one to use.
const COLUMNS: [&[&str]; 5] = [
    &[
        "load",
        "concurrency",
        "users",
        "connections",
        "threads",
        "processors",
        "nodes",
        "n",
    ],
    &["throughput", "tps", "qps", "rps", "x"],
    &["latency", "latency_ms", "p99_ms", "p95_ms"],
    &["errors", "error_rate"],
    &["cpu", "cpu_percent", "cpu_utilization"],
];

/// Reads a load test, ascending by load.
///
/// # Errors
/// One line per problem; rows count from 1, the header being row 1.
pub fn read_load_test(text: &str) -> Result<Vec<LoadPoint>, Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(|name| name.trim().to_ascii_lowercase()).collect(),
        Err(error) => return Err(vec![format!("row 1: {error}")]),
    };
    let places = COLUMNS.map(|names| headers.iter().position(|header| names.contains(&header.as_str())));
    let mut problems: Vec<String> = COLUMNS[..2]
        .iter()
        .zip(&places)
        .filter(|(_, place)| place.is_none())
        .map(|(names, _)| {
            format!(
                "row 1: column {} is missing ({} is understood too)",
                names[0],
                names[1..].join(", ")
            )
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut points = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(format!("row {row}: {error}"));
                continue;
            }
        };
        let mut figures = [None; 5];
        for (which, place) in places.iter().enumerate() {
            let text = place.and_then(|at| record.get(at)).unwrap_or_default().trim();
            if text.is_empty() {
                continue;
            }
            figures[which] = text.parse::<f64>().ok().filter(|figure| (0.0..1e15).contains(figure));
            if figures[which].is_none() {
                problems.push(format!(
                    "row {row}, {}: '{text}' must be a number of zero or more",
                    COLUMNS[which][0]
                ));
            }
        }
        match figures {
            [Some(load), Some(throughput), latency, errors, cpu] if load > 0.0 => {
                points.push(LoadPoint {
                    load,
                    throughput,
                    latency,
                    errors,
                    cpu,
                });
            }
            _ if problems.is_empty() => {
                problems.push(format!(
                    "row {row}: load (above zero) and throughput must both have a value"
                ));
            }
            _ => {}
        }
    }
    if points.is_empty() && problems.is_empty() {
        problems.push("the file has no steps".to_owned());
    }
    points.sort_by(|left, right| left.load.total_cmp(&right.load));
    if problems.is_empty() { Ok(points) } else { Err(problems) }
}
