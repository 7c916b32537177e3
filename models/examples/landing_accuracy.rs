//! How close is the landing made at half-year? Public monthly series are turned into a spend plan and replayed.
//!
//! Each series is the driver of one module. Its last twelve known months are the year; what came before is history, from
//! which the year's targets are forecast, as a company would. One rented unit carries a fiftieth of the mean driver; the
//! bill is units × price, with the units that the driver really needed. Part of the bill (a fifth) does not follow the
//! driver: it recurs. The budget is derived as of the month before the year, the landing as of the sixth month, by the
//! product's own code; run-rate (year to date × 12 ÷ 6) and a least-squares line through the closed months of the year,
//! and through the last twelve months, are worked out beside it from the same months.
//!
//! Usage: `landing_accuracy SERIES.csv` with one series a line: name, then its values from the first month to the last.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    reason = "a measurement, run by hand"
)]

use headroom_models::budget::*;
use headroom_models::capacity::*;
use headroom_models::forecast::forecast;
use headroom_models::ledger::{CostType, Expenditure, Money, Month};
use std::collections::BTreeMap;

const HALF: usize = 6;
const PRICE: i64 = 1_000;

/// Nothing ordered or requested.
static NOTHING_COMMITTED: BTreeMap<LineKey, BTreeMap<Sourcing, Money>> = BTreeMap::new();

fn main() {
    let path = std::env::args().nth(1).expect("the file of series");
    let text = std::fs::read_to_string(path).unwrap();
    let names = ["landing", "budget", "run-rate", "OLS of the year", "OLS of 12 months"];
    let mut errors: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    for line in text.lines() {
        let values: Vec<f64> = line
            .split(',')
            .skip(1)
            .filter_map(|value| value.trim().parse().ok())
            .collect();
        if values.len() < 12 * 4 || values.iter().any(|value| *value <= 0.0) {
            continue;
        }
        if let Some(off) = replay(&values) {
            for (all, one) in errors.iter_mut().zip(off) {
                all.push(one);
            }
        }
    }
    let count = errors[0].len();
    println!("{count} series; |year end as seen at half-year − actual| ÷ actual");
    println!(
        "{:<18}{:>9}{:>9}{:>9}{:>26}",
        "", "mean", "median", "p90", "landing is closer in"
    );
    for (at, name) in names.iter().enumerate() {
        let mut sorted = errors[at].clone();
        sorted.sort_by(f64::total_cmp);
        let share = |part: f64| sorted[((count - 1) as f64 * part).round() as usize] * 100.0;
        let mean = sorted.iter().sum::<f64>() / count as f64 * 100.0;
        let closer = errors[0]
            .iter()
            .zip(&errors[at])
            .filter(|(own, other)| own < other)
            .count();
        println!(
            "{name:<18}{mean:>8.2}%{:>8.2}%{:>8.2}%{:>25.0}%",
            share(0.5),
            share(0.9),
            closer as f64 * 100.0 / count as f64
        );
    }
}

/// Errors of the landing, the budget itself, run-rate and both lines.
fn replay(values: &[f64]) -> Option<[f64; 5]> {
    let (history, year) = values.split_at(values.len() - 12);
    let known: Vec<Option<f64>> = history.iter().map(|value| Some(*value)).collect();
    let targets = forecast(&known, &[12], 12)?;
    let mean = history.iter().rev().take(12).sum::<f64>() / 12.0;
    let work = 50.0 / mean;
    let first: Month = "2026-01".parse().unwrap();
    let book: Book = toml::from_str(&format!(
        r#"unit = [{{ id = "u", name = "u", cost_type = "server", acquisition = "rent" }}]
        price = [{{ unit = "u", valid_from = "2020-01", amount = "{PRICE}", currency = "CNY" }}]
        capacity = [{{ product = "p", module = "m", driver = "d", unit = "u", work = {{ cpu = {work} }}, limit = {{ cpu = 1 }}, target_utilization = {{ cpu = 1 }} }}]"#
    ))
    .ok()?;
    let spend = |driver: f64| (driver * work).ceil() as i64 * PRICE;
    let recurring = |driver_mean: f64| (driver_mean * work) as i64 * PRICE / 4;
    let (mut drivers, mut plan) = (Drivers::default(), Drivers::default());
    let mut actuals = Vec::new();
    let all: Vec<f64> = history.iter().rev().take(12).rev().chain(year).copied().collect();
    let mut bills = Vec::new();
    for (at, driver) in all.iter().enumerate() {
        let month = first.plus(at as i32 - 12);
        drivers.insert("p", "d", month, *driver);
        // What recurs drifts half a percent a month.
        let fixed = recurring(mean) * (1000 + 5 * at as i64) / 1000;
        for (module, cost_type, amount) in [("m", CostType::Server, spend(*driver)), ("", CostType::Software, fixed)] {
            actuals.push(Actual {
                month,
                product: "p".into(),
                module: module.into(),
                cost_type,
                expenditure: Expenditure::Opex,
                sourcing: Sourcing::default(),
                amount: Money::whole(amount),
                amount_at_budget_rate: Money::whole(amount),
            });
        }
        bills.push((spend(*driver) + fixed) as f64);
    }
    for (at, step) in targets.steps.iter().enumerate() {
        plan.insert("p", "d", first.plus(at as i32), step.value);
    }
    let inputs = |as_of: Month, measured| Inputs {
        months: "2026-01..2026-12".parse().unwrap(),
        as_of,
        settings: BudgetSettings::default(),
        units: &book.unit,
        prices: &book.price,
        models: &book.capacity,
        events: &[],
        targets: &plan,
        actual_drivers: measured,
        surroundings: Surroundings::NONE,
        assets: &[],
        actuals: &actuals,
        commitments: &NOTHING_COMMITTED,
        reporting_currency: "CNY",
        rate: &|_, _| None,
    };
    let lines = derive(&inputs(first.plus(-1), &drivers)).lines;
    let half = first.plus(HALF as i32 - 1);
    let executed = execution(&inputs(half, &drivers), &lines, &BTreeMap::new());
    let actual: f64 = bills[12..].iter().sum();
    let to_date: f64 = bills[12..12 + HALF].iter().sum();
    let off = |end: f64| (end - actual).abs() / actual;
    Some([
        off(executed.company.landing.mid.for_drawing()),
        off(executed.company.year_budget.for_drawing()),
        off(to_date * 12.0 / HALF as f64),
        off(to_date + line(&bills[12..12 + HALF])),
        off(to_date + line(&bills[HALF..12 + HALF])),
    ])
}

/// The six months after `closed` on the least-squares line through them.
fn line(closed: &[f64]) -> f64 {
    let n = closed.len() as f64;
    let (x, y) = ((n - 1.0) / 2.0, closed.iter().sum::<f64>() / n);
    let (mut up, mut down) = (0.0, 0.0);
    for (at, value) in closed.iter().enumerate() {
        up += (at as f64 - x) * (value - y);
        down += (at as f64 - x).powi(2);
    }
    (closed.len()..closed.len() + 12 - HALF)
        .map(|at| y + up / down * (at as f64 - x))
        .sum()
}

#[derive(serde::Deserialize)]
struct Book {
    unit: Vec<Unit>,
    price: Vec<Price>,
    capacity: Vec<CapacityModel>,
}
