//! Exchange rates by month.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::{Money, Month};
use std::collections::HashMap;

/// Reads the `fx` template.
pub(crate) struct Fx;

columns! {
    MONTH = required("month", "月份");
    FROM = required("from", "原币");
    TO = required("to", "目标币");
    RATE = required("rate", "汇率");
}

const SCHEMA: Schema = &[
    ("month", Kind::Text),
    ("from", Kind::Text),
    ("to", Kind::Text),
    ("rate", Kind::Decimal),
];

impl Importer for Fx {
    fn name(&self) -> &'static str {
        "fx"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(FxReader::default())
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "2026-03,USD,CNY,6.9120\n\
         2026-04,USD,CNY,6.8975\n"
    }
}

/// Remembers the pairs read so far: two rates of one month and pair would be a matter of chance.
#[derive(Default)]
struct FxReader {
    rows: HashMap<(Month, String, String), u64>,
}

impl RowReader for FxReader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let month = row.required_month(MONTH);
        let from = row.required_text(FROM).and_then(|_| row.currency(FROM));
        let to = row.required_text(TO).and_then(|_| row.currency(TO));
        let rate = row.required_decimal(RATE);
        if rate.is_some_and(|rate| rate <= Money::ZERO) {
            row.problem(RATE, Problem::NotPositive);
        }
        let (Some(month), Some(from), Some(to), Some(rate)) = (month, from, to, rate) else {
            return;
        };
        row.check_month(MONTH, month);
        let pair = (month, from.clone(), to.clone());
        if let Some(&earlier) = self.rows.get(&pair) {
            row.problem(MONTH, Problem::Repeated { row: earlier });
        }
        if !row.failed() {
            self.rows.insert(pair, row.number);
            let record = vec![month.to_string().into(), from.into(), to.into(), rate.into()];
            output.record(Dataset::FxRates, SCHEMA, month, record);
        }
    }
}
