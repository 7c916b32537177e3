//! Writes utilization as the data directory keeps it, at any size: `utilization_at_scale OUT.parquet RESOURCES DAYS [time]`.
//!
//! Five-minute samples of CPU in percent with one digit, sorted by resource as Prometheus delivers them, or by time.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for the terminal")]

use polars::prelude::*;
use std::fs::File;

/// Rows of a row group.
const ROWS: usize = 131_072;
/// 2026-09-01T00:00:00Z in microseconds.
const START: i64 = 1_788_220_800_000_000;

/// A number from 0 to 1 that follows from two others.
fn chance(resource: u64, at: u64) -> f64 {
    let mut x = resource.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ at.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 29;
    (x >> 11) as f64 / (1u64 << 53) as f64
}

/// CPU of a resource at a sample: a tenth are idle, the others rise and fall with the day.
fn cpu(resource: u64, sample: u64) -> f64 {
    let level = chance(resource, u64::MAX);
    let noise = chance(resource, sample);
    let value = if level < 0.1 {
        0.5 + 2.5 * noise
    } else {
        let hour = (sample % 288) as f64 / 288.0;
        let wave = 0.5 + 0.5 * ((hour - 0.85) * std::f64::consts::TAU).cos();
        level * 60.0 * (0.3 + 0.7 * wave) * (0.85 + 0.3 * noise) + 2.0
    };
    (value * 10.0).round() / 10.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (resources, days): (u64, u64) = (arguments[1].parse().unwrap(), arguments[2].parse().unwrap());
    let by_time = arguments.get(3).is_some_and(|order| order == "time");
    let samples = days * 288;
    let schema = Schema::from_iter([
        Field::new(
            "timestamp".into(),
            DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        ),
        Field::new("resource_id".into(), DataType::String),
        Field::new("cpu_percent".into(), DataType::Float64),
    ]);
    let mut writer = ParquetWriter::new(File::create(&arguments[0]).unwrap())
        .with_compression(ParquetCompression::Zstd(None))
        .batched(&schema)
        .unwrap();
    let names: Vec<String> = (0..resources).map(|resource| format!("vm-{resource:06}")).collect();
    let total = resources * samples;
    let mut from = 0;
    while from < total {
        let to = (from + ROWS as u64).min(total);
        let place = |row: u64| {
            if by_time {
                (row % resources, row / resources)
            } else {
                (row / samples, row % samples)
            }
        };
        let times: Vec<i64> = (from..to)
            .map(|row| START + place(row).1 as i64 * 300_000_000)
            .collect();
        let ids: Vec<&str> = (from..to).map(|row| names[place(row).0 as usize].as_str()).collect();
        let values: Vec<f64> = (from..to).map(|row| cpu(place(row).0, place(row).1)).collect();
        let time = Series::new("timestamp".into(), times)
            .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
            .unwrap();
        let columns = vec![
            time.into_column(),
            Column::new("resource_id".into(), ids),
            Column::new("cpu_percent".into(), values),
        ];
        writer
            .write_batch(&DataFrame::new((to - from) as usize, columns).unwrap())
            .unwrap();
        from = to;
    }
    writer.finish().unwrap();
    println!("{total} samples of {resources} resources");
}
