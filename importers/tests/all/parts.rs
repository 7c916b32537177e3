//! Rows that several threads map in parts: the result is the one of a single part, whatever stands at the cuts.

use super::support::{Kept, fixtures, input, products};
use headroom_importers::{ImportError, ImportOptions, Imported, Limits, import_with_limits};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn run(text: &[u8], part_bytes: usize, record_bytes: u64) -> (Result<Imported, ImportError>, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.csv");
    std::fs::write(&path, text).unwrap();
    let (closed, products) = (BTreeSet::from(["2026-04".parse().unwrap()]), products());
    let options = ImportOptions {
        batch: "b",
        source: None,
        month: None,
        default_currency: "USD",
        closed: &closed,
        products: &products,
        booked: None,
        progress: None,
    };
    let limits = Limits {
        part_bytes,
        record_bytes,
        ..Limits::default()
    };
    let mut kept = Kept::default();
    (import_with_limits(&[input(path)], &options, &limits, &mut kept), kept)
}

/// All rows with all their values, by month of the books; frames may be cut elsewhere.
fn rows(kept: &Kept) -> Vec<String> {
    let mut rows = Vec::new();
    for (dataset, month, frame) in &kept.frames {
        for row in 0..frame.height() {
            let values: Vec<String> = frame
                .get(row)
                .unwrap()
                .iter()
                .map(|value| format!("{:?}", value.clone().into_static()))
                .collect();
            rows.push(format!("{dataset} {month} {}", values.join("|")));
        }
    }
    rows.sort();
    rows
}

fn same(text: &[u8], part_bytes: usize, record_bytes: u64) -> Result<(), TestCaseError> {
    let (whole, of_whole) = run(text, usize::MAX, record_bytes);
    let (parts, of_parts) = run(text, part_bytes, record_bytes);
    prop_assert_eq!(format!("{whole:?}"), format!("{parts:?}"));
    if whole.is_ok() {
        let different = rows(&of_whole)
            .into_iter()
            .zip(rows(&of_parts))
            .find(|(one, other)| one != other);
        prop_assert_eq!(different, None);
        prop_assert_eq!(rows(&of_whole).len(), rows(&of_parts).len());
    }
    Ok(())
}

const HEADER: &str = "BilledCost,EffectiveCost,ListCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,\
    ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ProviderName,Tags\n";

/// A line as bills have it: fine, of a closed month, damaged, blank, with line breaks and quotes in a cell, or a sum.
fn line() -> impl Strategy<Value = String> {
    let row = |first: String, month: u8, name: &str| {
        format!(
            "{first},1,2,a,USD,2026-0{month}-01T00:00:00Z,2026-0{next}-01T00:00:00Z,2026-0{month}-02T00:00:00Z,\
             2026-0{month}-03T00:00:00Z,Usage,{name},AWS,\n",
            next = month + 1
        )
    };
    prop_oneof![
        6 => (0..9_999_u32, 3..6_u8).prop_map(move |(cents, month)| row(format!("{}.{:02}", cents / 100, cents % 100), month, "S")),
        2 => Just(row("7".to_owned(), 5, "\"a \"\"quoted\"\" name,\r\nthat goes on\n\nand on\"")),
        1 => Just(row("x".to_owned(), 5, "S")),
        1 => Just(row("99999999999999999999.5".to_owned(), 5, "S")),
        1 => Just(row("-99999999999999999999".to_owned(), 5, "S")),
        1 => Just("1,2\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just(row("Total".to_owned(), 5, "a \" in the middle")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn parts_of_any_size_give_what_the_whole_gives(
        lines in proptest::collection::vec(line(), 1..60),
        part_bytes in 1..3000_usize,
        ends_open in proptest::bool::weighted(0.1),
        record_bytes in prop_oneof![Just(1_u64 << 20), Just(300_u64)],
    ) {
        let mut text = HEADER.to_owned() + &lines.concat();
        if ends_open {
            text += "1,1,1,\"open\nto the end";
        }
        same(text.as_bytes(), part_bytes, record_bytes)?;
    }
}

#[test]
fn a_sum_below_many_parts_is_held_against_all_of_them() {
    // In the first column, so that its row calls itself a sum.
    let header = "ServiceName,BilledCost,EffectiveCost,ListCost,BillingAccountId,BillingCurrency,BillingPeriodStart,\
        BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ProviderName\n";
    let rest =
        ",1,1,a,USD,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,2026-05-02T00:00:00Z,2026-05-03T00:00:00Z,Usage,AWS\n";
    let text: String = (1..=500).map(|cost| format!("S,{cost}{rest}")).collect();
    for (sum, rejected) in [(125_250, 0), (125_251, 1)] {
        let text = format!("{header}{text}合计,{sum}{rest}");
        let imported = run(text.as_bytes(), 1000, 1 << 20).0.unwrap();
        assert_eq!(
            (imported.rows, imported.rejected, imported.notes.len()),
            (500, rejected, 1 - rejected as usize)
        );
        same(text.as_bytes(), 1000, 1 << 20).unwrap();
    }
}

#[test]
fn published_bills_are_the_same_in_parts() {
    for file in [
        "focus_1.0_sample.csv",
        "focus_1_2_cost_and_usage_aws.csv",
        "focus_1_3_cost_and_usage_aws.csv",
    ] {
        let text = std::fs::read(fixtures().join("ok/focus").join(file)).unwrap();
        for part_bytes in [777, 65_536, 400_000] {
            same(&text, part_bytes, 16 << 20).unwrap();
        }
    }
}
