//! Registers kept in sheets: each fixture is read into the records that stand beside it.

use super::support::{fixtures, run};
use headroom_importers::Dataset;
use polars::prelude::AnyValue;
use std::fmt::Write;

const REGISTERS: [(&str, Dataset, u64); 13] = [
    ("purchase-order", Dataset::PurchaseOrders, 4),
    ("event", Dataset::Events, 4),
    ("release", Dataset::Releases, 3),
    ("load-test", Dataset::LoadTests, 3),
    ("price", Dataset::Prices, 3),
    ("contract", Dataset::Contracts, 5),
    ("meter", Dataset::MeterReadings, 2),
    ("utilization", Dataset::Utilization, 3),
    ("business-metric", Dataset::BusinessMetrics, 3),
    ("kpi-target", Dataset::KpiTargets, 2),
    ("fx", Dataset::FxRates, 2),
    ("focus-invoice", Dataset::InvoiceDetails, 4),
    ("focus-commitment", Dataset::Commitments, 3),
];

#[test]
fn registers_are_read_into_the_expected_records() {
    for (name, dataset, rows) in REGISTERS {
        let (result, kept) = run(&[&format!("ok/registers/{name}.csv")]);
        let imported = result.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((imported.importer, imported.rows), (name, rows));
        assert_eq!(
            (imported.rejects.as_slice(), kept.rows(dataset)),
            (&[][..], rows as usize)
        );
        let mut found = String::new();
        for (kind, month, frame) in &kept.frames {
            assert_eq!(*kind, dataset);
            for row in 0..frame.height() {
                writeln!(found, "{month}").unwrap();
                for column in frame.columns() {
                    match column.get(row).unwrap() {
                        AnyValue::Null => {}
                        AnyValue::Datetime(micros, ..) | AnyValue::DatetimeOwned(micros, ..) => {
                            let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
                            writeln!(found, "  {} = {}", column.name(), time.to_rfc3339()).unwrap();
                        }
                        value => writeln!(found, "  {} = {}", column.name(), value.str_value()).unwrap(),
                    }
                }
            }
        }
        let path = fixtures().join(format!("ok/registers/{name}.csv.expected.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "{name}\nexpected:\n{expected}found:\n{found}");
    }
}
