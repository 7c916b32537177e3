//! Meter readings: what a rack or room drew in a month, which metered power is billed by.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::{Money, Month};
use std::collections::HashMap;

/// Reads the `meter` template.
pub(crate) struct Meter;

/// Remembers the rows read so far: of two rows for the same thing neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<(Month, String), u64>,
}

columns! {
    MONTH = required("month", "月份");
    RESOURCE = required("resource_id", "资源编号");
    KWH = required("kwh", "用电量");
    PEAK = optional("peak_kw", "最大功率");
}

const SCHEMA: Schema = &[
    ("month", Kind::Text),
    ("resource_id", Kind::Text),
    ("kwh", Kind::Decimal),
    ("peak_kw", Kind::Decimal),
];

impl Importer for Meter {
    fn name(&self) -> &'static str {
        "meter"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "2026-03,RACK-A-01,2976.4,4.6\n2026-03,RACK-A-02,2410,\n"
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let month = row.required_month(MONTH);
        let resource = row.required_text(RESOURCE);
        let kwh = row.required_decimal(KWH);
        let peak = row.decimal(PEAK);
        for (column, value) in [(KWH, kwh), (PEAK, peak)] {
            if value.is_some_and(Money::is_negative) {
                row.problem(column, Problem::Negative);
            }
        }
        let (Some(month), Some(resource), Some(kwh)) = (month, resource, kwh) else {
            return;
        };
        let key = (month, resource.to_owned());
        if let Some(&earlier) = self.rows.get(&key) {
            row.problem(RESOURCE, Problem::Repeated { row: earlier });
        }
        row.check_month(MONTH, month);
        if row.failed() {
            return;
        }
        self.rows.insert(key, row.number);
        let peak = peak.map_or(crate::table::Value::Null, Into::into);
        let record = vec![month.to_string().into(), resource.into(), kwh.into(), peak];
        output.record(Dataset::MeterReadings, SCHEMA, month, record);
    }
}
