//! Writes any number of charges into a data directory, through the store as an import does: what allocation at size is
//! measured on (`benches/allocation.sh`).
//!
//! `charges DATA ROWS [MONTHS] [RESOURCES] [WITHOUT-ROLLUP]`: DATA is a data directory of `headroom init`; the months are
//! those from 2026-01 on. Every resource has its tags, service, account and prices; every row another amount.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for measurements")]

use headroom::store::{BatchInput, BatchTotal, NewBatch, Store};
use headroom_importers::{Dataset, Sink};
use headroom_models::ledger::{Column, ColumnKind, Money, Month, decimal_column};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Rows of one frame.
const FRAME: usize = 122_880;

/// Two vendors: share of the rows in percent, currency, provider.
const SOURCES: [(&str, u64, &str, &str); 2] = [("cloud-a", 30, "USD", "Cloud A"), ("cloud-b", 70, "CNY", "Cloud B")];

const SERVICES: [(&str, &str); 8] = [
    ("Virtual Machines", "Compute"),
    ("Object Storage", "Storage"),
    ("Managed Database", "Databases"),
    ("Load Balancer", "Networking"),
    ("Message Queue", "Integration"),
    ("Backbone", "Networking"),
    ("Warehouse", "Analytics"),
    ("Logs", "Management and Governance"),
];

/// The same number for the same seed and position, well spread (splitmix64).
fn spread(seed: u64, at: u64) -> u64 {
    let mut mixed = seed.wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// The 40 combinations of tags.
fn tag_combinations() -> Vec<Option<String>> {
    let mut tags = Vec::new();
    for app in 0..16 {
        for environment in ["prod", "test"] {
            tags.push(Some(format!(r#"{{"app":"app-{app:02}","env":"{environment}"}}"#)));
        }
    }
    tags.extend((0..4).map(|product| Some(format!(r#"{{"product":"p{product:02}","env":"prod"}}"#))));
    tags.push(Some(r#"{"team":"platform"}"#.to_owned()));
    tags.push(Some(r#"{"app":"forgotten"}"#.to_owned()));
    tags.push(Some("{}".to_owned()));
    tags.push(None);
    tags
}

/// What a resource is, always.
struct Resource {
    id: String,
    tags: usize,
    service: usize,
    account: usize,
    region: usize,
    price: i128,
}

fn resources(count: usize) -> Vec<Resource> {
    let tags = tag_combinations().len() as u64;
    let of = |at: usize| {
        let drawn = |kind: u64, below: u64| (spread(kind, at as u64) % below) as usize;
        let kind = ["vm", "db", "shared", "job"][drawn(1, 4)];
        Resource {
            id: format!("{kind}-{at:06}"),
            tags: drawn(2, tags),
            service: drawn(3, SERVICES.len() as u64),
            account: drawn(4, 20),
            region: drawn(5, 6),
            // 0.000001 to 0.5 a unit, six digits.
            price: (1 + drawn(6, 500_000) as i128) * 1_000_000_000_000,
        }
    };
    (0..count).map(of).collect()
}

struct Generator {
    resources: Vec<Resource>,
    tags: Vec<Option<String>>,
    accounts: Vec<String>,
    regions: Vec<String>,
    skus: Vec<[String; 3]>,
}

/// Sums of billed, effective and list cost.
type Sums = [i128; 3];

impl Generator {
    fn frame(
        &self,
        (batch, month): (&str, Month),
        (currency, provider): (&str, &str),
        rows: std::ops::Range<u64>,
        sums: &mut Sums,
    ) -> DataFrame {
        let height = (rows.end - rows.start) as usize;
        let seed = spread(
            month.number() as u64,
            provider.len() as u64 + provider.as_bytes()[6] as u64,
        );
        let count = self.resources.len() as u64;
        let at: Vec<usize> = rows
            .clone()
            .map(|row| (row.wrapping_mul(7_919).wrapping_add(seed) % count) as usize)
            .collect();
        let sku: Vec<usize> = rows.clone().map(|row| (row / count % 3) as usize).collect();
        let mut amounts: [Vec<i128>; 5] = std::array::from_fn(|_| Vec::with_capacity(height));
        for (place, row) in rows.clone().enumerate() {
            let drawn = spread(seed, row);
            let quantity = 1 + i128::from(drawn % 100_000);
            let price = self.resources[at[place]].price * (1 + sku[place] as i128);
            // One row in 500 is a credit; a third of the rows are covered by a commitment of 28 percent less.
            let billed = if drawn % 500 == 7 {
                -price * quantity
            } else {
                price * quantity
            };
            let effective = if drawn.is_multiple_of(3) {
                billed / 25 * 18
            } else {
                billed
            };
            let list = billed / 4 * 5;
            for (amounts, amount) in
                amounts
                    .iter_mut()
                    .zip([billed, effective, list, billed / 50 * 3, quantity * 10_i128.pow(18)])
            {
                amounts.push(amount);
            }
            for (sum, amount) in sums.iter_mut().zip([billed, effective, list]) {
                *sum += amount;
            }
        }
        let days = i64::from(month.days());
        let start = month
            .first_day()
            .and_hms_opt(0, 0, 0)
            .unwrap()
            .and_utc()
            .timestamp_micros();
        let day = 86_400_000_000;
        let file = format!("{provider} {month}.csv");
        let invoice = format!("INV-{}-{month}", &provider[6..]);
        let columns = Column::ALL.iter().map(|&column| {
            let name = PlSmallStr::from_static(column.name());
            let resource = |row: usize| &self.resources[at[row]];
            match column {
                Column::BilledCost | Column::ContractedCost => money(name, &amounts[0]),
                Column::EffectiveCost => money(name, &amounts[1]),
                Column::ListCost => money(name, &amounts[2]),
                Column::TaxAmount => money(name, &amounts[3]),
                Column::ConsumedQuantity | Column::PricingQuantity => money(name, &amounts[4]),
                Column::BillingCurrency | Column::PricingCurrency => texts(height, |_| Some(currency), name),
                Column::ProviderName | Column::PublisherName | Column::InvoiceIssuerName => {
                    texts(height, |_| Some(provider), name)
                }
                Column::BillingAccountId => texts(height, |_| Some("payer-1"), name),
                Column::ChargeCategory => texts(height, |_| Some("Usage"), name),
                Column::ChargeFrequency => texts(height, |_| Some("Usage-Based"), name),
                Column::ConsumedUnit | Column::PricingUnit => texts(height, |_| Some("Units"), name),
                Column::InvoiceId => texts(height, |_| Some(&invoice), name),
                Column::ResourceId => texts(height, |row| Some(&resource(row).id), name),
                Column::ServiceName => texts(height, |row| Some(SERVICES[resource(row).service].0), name),
                Column::ServiceCategory => texts(height, |row| Some(SERVICES[resource(row).service].1), name),
                Column::SkuId => texts(height, |row| Some(&self.skus[resource(row).service][sku[row]]), name),
                Column::SubAccountId => texts(height, |row| Some(&self.accounts[resource(row).account]), name),
                Column::RegionId => texts(height, |row| Some(&self.regions[resource(row).region]), name),
                Column::Tags => texts(height, |row| self.tags[resource(row).tags].as_deref(), name),
                Column::ResourceMode | Column::CostType => texts(height, |_| Some("cloud"), name),
                Column::Expenditure => texts(height, |_| Some("opex"), name),
                Column::ImportId => texts(height, |_| Some(batch), name),
                Column::SourceFile => texts(height, |_| Some(&file), name),
                Column::SourceRow => {
                    Int64Chunked::from_iter_values(name, rows.clone().map(|row| row as i64 + 2)).into_column()
                }
                Column::BillingPeriodStart => times(name, vec![start; height]),
                Column::BillingPeriodEnd => times(name, vec![start + days * day; height]),
                Column::ChargePeriodStart => times(
                    name,
                    rows.clone()
                        .map(|row| start + (row as i64 / 50_000 % days) * day)
                        .collect(),
                ),
                Column::ChargePeriodEnd => times(
                    name,
                    rows.clone()
                        .map(|row| start + (row as i64 / 50_000 % days + 1) * day)
                        .collect(),
                ),
                other if other.kind() == ColumnKind::Text => texts(height, |_| None, name),
                other => polars::prelude::Column::full_null(name, height, &other.data_type()),
            }
        });
        DataFrame::new(height, columns.collect()).unwrap()
    }
}

fn texts<'a>(height: usize, text: impl Fn(usize) -> Option<&'a str>, name: PlSmallStr) -> polars::prelude::Column {
    StringChunked::from_iter_options(name, (0..height).map(text)).into_column()
}

fn money(name: PlSmallStr, units: &[i128]) -> polars::prelude::Column {
    decimal_column(name, units.iter().map(|units| Some(Money::from_units(*units)))).unwrap()
}

fn times(name: PlSmallStr, micros: Vec<i64>) -> polars::prelude::Column {
    let micros = Int64Chunked::from_vec(name, micros);
    micros
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
        .into_column()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| arguments.get(at).map_or(otherwise, |text| text.parse().unwrap());
    let (rows, months, count) = (number(1, 1_000_000), number(2, 12), number(3, 50_000));
    let store = Store::open(arguments[0].as_ref()).unwrap();
    let generator = Generator {
        resources: resources(count as usize),
        tags: tag_combinations(),
        accounts: (0..20).map(|account| format!("account-{account:02}")).collect(),
        regions: (0..6).map(|region| format!("region-{region}")).collect(),
        skus: (0..SERVICES.len())
            .map(|service| std::array::from_fn(|sku| format!("SKU-{service}-{sku}")))
            .collect(),
    };
    let started = Instant::now();
    let (mut making, mut written) = (Duration::ZERO, 0);
    let first: Month = "2026-01".parse().unwrap();
    for count in 0..months {
        let month = first.plus(count as i32);
        // The last month takes what the division leaves.
        let of_month = rows / months + if count + 1 == months { rows % months } else { 0 };
        for (source, percent, currency, provider) in SOURCES {
            let share = of_month * percent / 100;
            let of_source = if source == SOURCES[1].0 {
                of_month - of_month * SOURCES[0].1 / 100
            } else {
                share
            };
            let lock = store.lock().unwrap();
            let batch = store.next_batch_id(&lock).unwrap();
            let mut staged = store.stage(&batch, &BTreeSet::new()).unwrap();
            let mut sums = Sums::default();
            let mut from = 0;
            while from < of_source {
                let to = (from + FRAME as u64).min(of_source);
                let clock = Instant::now();
                let frame = generator.frame((&batch, month), (currency, provider), from..to, &mut sums);
                making += clock.elapsed();
                staged.write(Dataset::Charges, month, frame).unwrap();
                from = to;
            }
            let [billed, effective, list] = sums.map(Money::from_units);
            let new = NewBatch {
                id: batch.clone(),
                importer: "focus".to_owned(),
                source: source.to_owned(),
                rows: of_source,
                rejected: 0,
                rounding_residual: "0".to_owned(),
                totals: vec![BatchTotal {
                    currency: currency.to_owned(),
                    billed,
                    effective,
                    list,
                    rejected: Money::ZERO,
                    ..BatchTotal::default()
                }],
                inputs: vec![BatchInput {
                    name: format!("{provider} {month}.csv"),
                    sha256: format!("generated {source} {month} {rows}"),
                    bytes: 0,
                    rows: of_source,
                }],
                remarks: Vec::new(),
            };
            let rolling = staged.time_of_rollups();
            store.commit(&lock, staged, &new, &[], "generator").unwrap();
            written += of_source;
            eprintln!(
                "{month} {source}: {of_source} rows, rollup {:.1} s",
                rolling.as_secs_f64()
            );
        }
    }
    let report = BTreeMap::from([
        ("rows", written as f64),
        ("seconds", started.elapsed().as_secs_f64()),
        ("seconds_making_rows", making.as_secs_f64()),
    ]);
    println!("{}", serde_json::to_string(&report).unwrap());
}
