//! Load tests: one row per step of a test.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::Month;
use std::collections::HashMap;

/// Reads the `load-test` template.
pub(crate) struct LoadTest;

/// Remembers the rows read so far: of two rows for the same thing neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<(String, u64), u64>,
}

columns! {
    TEST = required("test_id", "压测编号");
    DATE = required("test_date", "压测日期");
    PRODUCT = required("product", "产品");
    MODULE = required("module", "模块");
    UNIT = required("unit", "资源单元");
    RESOURCE = optional("resource", "资源");
    LOAD = required("load", "负载").or(&["concurrency", "users"]);
    THROUGHPUT = required("throughput", "吞吐").or(&["tps", "qps", "rps"]);
    LATENCY = optional("latency_ms", "时延毫秒");
    ERRORS = optional("error_rate", "错误率");
    CPU = optional("cpu_percent", "CPU利用率");
}

const SCHEMA: Schema = &[
    ("test_id", Kind::Text),
    ("test_date", Kind::Text),
    ("product", Kind::Text),
    ("module", Kind::Text),
    ("unit", Kind::Text),
    ("resource", Kind::Text),
    ("load", Kind::Float),
    ("throughput", Kind::Float),
    ("latency_ms", Kind::Float),
    ("error_rate", Kind::Float),
    ("cpu_percent", Kind::Float),
];

impl Importer for LoadTest {
    fn name(&self) -> &'static str {
        "load-test"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "LT-2026-07,2026-03-18,video,stream,server-2u,tps,100,980,21,0,18.5\n\
         LT-2026-07,2026-03-18,video,stream,server-2u,tps,200,1900,24,0.0002,37\n"
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let test = row.required_text(TEST);
        let date = row.required_date(DATE);
        row.required_text(PRODUCT);
        row.required_text(MODULE);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        let unit = row.required_text(UNIT);
        row.required_text(LOAD);
        row.required_text(THROUGHPUT);
        let load = row.quantity(LOAD);
        let throughput = row.quantity(THROUGHPUT);
        let (latency, errors, cpu) = (row.quantity(LATENCY), row.quantity(ERRORS), row.quantity(CPU));
        if load == Some(0.0) {
            row.problem(LOAD, Problem::NotPositive);
        }
        let (Some(test), Some(date), Some(product), Some(module)) = (test, date, product, module) else {
            return;
        };
        let (Some(unit), Some(load), Some(throughput)) = (unit, load, throughput) else {
            return;
        };
        let key = (test.to_owned(), load.to_bits());
        if let Some(&earlier) = self.rows.get(&key) {
            row.problem(LOAD, Problem::Repeated { row: earlier });
        }
        let month = Month::of(date);
        row.check_month(DATE, month);
        if row.failed() {
            return;
        }
        self.rows.insert(key, row.number);
        let record = vec![
            test.into(),
            date.to_string().into(),
            product.into(),
            module.into(),
            unit.into(),
            row.text(RESOURCE).unwrap_or("tps").into(),
            Some(load).into(),
            Some(throughput).into(),
            latency.into(),
            errors.into(),
            cpu.into(),
        ];
        output.record(Dataset::LoadTests, SCHEMA, month, record);
    }
}
