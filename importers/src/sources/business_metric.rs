//! Business metrics: the values of the drivers, per product and day or month.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::mapping::{ColumnSpec, Row, columns, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::Month;

/// Reads the `business-metric` template.
pub(crate) struct BusinessMetric;

columns! {
    DATE = required("date", "日期");
    PRODUCT = required("product", "产品");
    METRIC = required("metric", "指标");
    VALUE = required("value", "数值");
}

const SCHEMA: Schema = &[
    ("date", Kind::Date),
    ("product", Kind::Text),
    ("metric", Kind::Text),
    ("value", Kind::Decimal),
];

impl Importer for BusinessMetric {
    fn name(&self) -> &'static str {
        "business-metric"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(BusinessMetric)
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "2026-03-01,video,peak_concurrent_users,125000\n\
         2026-03,video,orders,1830000\n"
    }
}

impl RowReader for BusinessMetric {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let date = row.required_date_or_month(DATE);
        row.required_text(PRODUCT);
        // No module column: a number that no file has stands for it.
        let (product, _) = row.product_and_module(PRODUCT, usize::MAX);
        let metric = row.required_text(METRIC);
        let value = row.required_decimal(VALUE);
        let (Some(date), Some(product), Some(metric), Some(value)) = (date, product, metric, value) else {
            return;
        };
        let month = Month::of(date);
        row.check_month(DATE, month);
        if !row.failed() {
            let record = vec![date.into(), product.into(), metric.into(), value.into()];
            output.record(Dataset::BusinessMetrics, SCHEMA, month, record);
        }
    }
}
