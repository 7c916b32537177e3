//! `headroom capacity size` and `headroom capacity fit`.

use super::forecast::{figure, read, write};
use super::{Context, Failure, show};
use crate::words::{say, say_with};
use headroom_models::capacity::{
    Bound, CaseRow, LimitCriteria, LimitReason, SizedCase, StaffingMethod, fit_scalability, read_cases, read_load_test,
    safe_limit, size_case,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Clone, Copy, clap::ValueEnum)]
enum Method {
    ErlangC,
    SquareRoot,
}

#[derive(clap::Args)]
pub struct SizeArguments {
    /// CSV of cases: rps_read and ms_read or erlangs, and where wanted tier, rps_write, ms_write, bytes_read,
    /// bytes_write, failover, p_wait or wait_ms and slo, cpu, ghz, ipc, net_mbps, ram_gib.
    #[arg(long)]
    input: PathBuf,
    /// The exact queue, or the quicker square-root rule.
    #[arg(long, value_enum, default_value = "erlang-c")]
    method: Method,
    /// Write the cases with their answers to this CSV instead of showing them.
    #[arg(long)]
    output: Option<PathBuf>,
}

const ANSWERS: [&str; 12] = [
    "method",
    "offered_erlangs",
    "cores_square_root",
    "cores_erlang_c",
    "cores",
    "network_mbps",
    "memory_gib",
    "count_by_cpu",
    "count_by_network",
    "count_by_memory",
    "bottleneck",
    "count",
];

fn answers(sized: &SizedCase, method: &str) -> Vec<String> {
    let [cpu, network, memory] = sized.count_by_resource;
    vec![
        method.to_owned(),
        sized.erlangs.to_string(),
        sized.cores_square_root.to_string(),
        sized.cores_erlang_c.to_string(),
        sized.cores.to_string(),
        sized.network_mbps.to_string(),
        sized.memory_gib.to_string(),
        cpu.to_string(),
        network.to_string(),
        memory.to_string(),
        sized.bottleneck.to_owned(),
        sized.count.to_string(),
    ]
}

pub fn size(context: &Context, arguments: &SizeArguments) -> Result<(), Failure> {
    let (headers, cases) =
        read_cases(&read(&arguments.input)?).map_err(|problems| Failure::Output(problems.join("\n")))?;
    let (method, other, name, other_name) = match arguments.method {
        Method::ErlangC => (
            StaffingMethod::ErlangC,
            StaffingMethod::SquareRoot,
            "erlang-c",
            "square-root",
        ),
        Method::SquareRoot => (
            StaffingMethod::SquareRoot,
            StaffingMethod::ErlangC,
            "square-root",
            "erlang-c",
        ),
    };
    let mut done: Vec<(CaseRow, SizedCase)> = Vec::new();
    let (mut problems, mut differing) = (Vec::new(), Vec::new());
    for (index, row) in cases.into_iter().enumerate() {
        match (size_case(&row.case, method), size_case(&row.case, other)) {
            (Some(sized), Some(alternative)) => {
                if sized.count != alternative.count {
                    let (count, otherwise) = (sized.count, alternative.count);
                    differing.push(format!("{}: {name} {count}, {other_name} {otherwise}", index + 1));
                }
                done.push((row, sized));
            }
            _ => problems.push(say_with(
                context.language,
                "size-impossible",
                &[("row", &(index + 2).to_string())],
            )),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Output(problems.join("\n")));
    }
    if let Some(path) = &arguments.output {
        let mut text = csv_line(headers.iter().map(String::as_str).chain(ANSWERS));
        for (row, sized) in &done {
            let answers = answers(sized, name);
            text.push_str(&csv_line(row.cells.iter().chain(&answers).map(String::as_str)));
        }
        write(path, &text)?;
    }
    if context.json {
        let cases: Vec<_> = done
            .iter()
            .map(|(row, sized)| json!({ "case": row.case, "sized": sized }))
            .collect();
        return show::json(&json!({ "method": name, "cases": cases }));
    }
    if arguments.output.is_none() {
        let rows = done.iter().enumerate().map(|(index, (_, sized))| {
            let mut cells = answers(sized, &(index + 1).to_string());
            cells[1] = figure(sized.erlangs);
            cells[6] = figure(sized.memory_gib);
            cells
        });
        let keys = [
            "size-case",
            "size-erlangs",
            "size-square-root",
            "size-erlang-c",
            "size-cores",
            "size-network",
        ];
        let more = [
            "size-memory",
            "size-by-cpu",
            "size-by-network",
            "size-by-memory",
            "size-bottleneck",
            "size-count",
        ];
        show::table(
            show::headers(context, &[keys, more].concat()),
            rows.collect(),
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11],
        )?;
    }
    let (cases, count) = (done.len().to_string(), differing.len().to_string());
    let values = [("cases", cases.as_str()), ("method", name), ("differing", &count)];
    show::line(&say_with(context.language, "size-summary", &values))?;
    differing.iter().try_for_each(|case| show::line(case))
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            }
        })
        .collect();
    cells.join(",") + "\n"
}

#[derive(clap::Args)]
pub struct FitArguments {
    /// CSV of the test's steps: load and throughput, and where measured latency, errors, cpu.
    #[arg(long)]
    input: PathBuf,
    /// Longest latency that is still good, in the unit of the test.
    #[arg(long)]
    max_latency: Option<f64>,
    /// Largest share of errors that is still good.
    #[arg(long)]
    max_errors: Option<f64>,
    /// Largest processor use that is still good, in the unit of the test.
    #[arg(long)]
    max_cpu: Option<f64>,
    /// Share of the load of the peak that is still safe.
    #[arg(long, default_value_t = 0.8)]
    share_of_peak: f64,
}

pub fn fit(context: &Context, arguments: &FitArguments) -> Result<(), Failure> {
    let points = read_load_test(&read(&arguments.input)?).map_err(|problems| Failure::Output(problems.join("\n")))?;
    let fit = fit_scalability(&points);
    let criteria = LimitCriteria {
        latency: arguments.max_latency,
        errors: arguments.max_errors,
        cpu: arguments.max_cpu,
        share_of_peak: arguments.share_of_peak,
    };
    let limit = safe_limit(&points, fit.as_ref(), &criteria);
    if context.json {
        return show::json(&json!({ "fit": fit, "safe_limit": limit, "criteria": criteria, "points": points }));
    }
    let language = context.language;
    if let Some(fit) = &fit {
        let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
        let rows = vec![
            vec!["α".to_owned(), format!("{:.6}", fit.alpha), say(language, "fit-alpha")],
            vec!["β".to_owned(), format!("{:.8}", fit.beta), say(language, "fit-beta")],
            vec!["γ".to_owned(), format!("{:.4}", fit.gamma), say(language, "fit-gamma")],
            vec!["Npeak".to_owned(), shown(fit.peak_load), say(language, "fit-peak")],
            vec![
                "X(Npeak)".to_owned(),
                shown(fit.peak_throughput),
                say(language, "fit-peak-throughput"),
            ],
            vec!["Nopt".to_owned(), shown(fit.optimal_load), say(language, "fit-optimal")],
            vec!["γ/α".to_owned(), shown(fit.ceiling), say(language, "fit-ceiling")],
            vec!["RMSE".to_owned(), figure(fit.error), say(language, "fit-error")],
            vec![
                "R²".to_owned(),
                format!("{:.4}", fit.explained),
                say(language, "fit-explained"),
            ],
        ];
        show::table(
            show::headers(context, &["fit-quantity", "figure", "fit-meaning"]),
            rows,
            &[1],
        )?;
        for bound in &fit.bounds {
            show::line(&say(
                language,
                match bound {
                    Bound::NoContention => "fit-no-contention",
                    Bound::NoCoherency => "fit-no-coherency",
                    Bound::FullContention | Bound::FullCoherency => "fit-no-law",
                },
            ))?;
        }
    }
    if fit.as_ref().is_none_or(|fit| fit.few_points) {
        let key = if fit.is_none() {
            "fit-impossible"
        } else {
            "fit-few-points"
        };
        show::line(&say_with(language, key, &[("points", &points.len().to_string())]))?;
    }
    let Some(limit) = limit else {
        return show::line(&say(language, "limit-none"));
    };
    let reason = match limit.reason {
        LimitReason::Criterion => "limit-criterion",
        LimitReason::Knee => "limit-knee",
        LimitReason::ShareOfPeak => "limit-share-of-peak",
        LimitReason::HighestTried => "limit-highest-tried",
    };
    let (load, throughput, reason) = (figure(limit.load), figure(limit.throughput), say(language, reason));
    let values = [
        ("load", load.as_str()),
        ("throughput", &throughput),
        ("reason", &reason),
    ];
    show::line(&say_with(language, "limit", &values))
}
