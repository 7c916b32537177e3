//! Targets that the company set for its business metrics.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::mapping::{ColumnSpec, Row, columns, required};
use crate::output::Output;
use crate::table::{Kind, Schema};

/// Reads the `kpi-target` template.
pub(crate) struct KpiTarget;

columns! {
    MONTH = required("month", "月份");
    PRODUCT = required("product", "产品");
    METRIC = required("metric", "指标");
    TARGET = required("target", "目标");
}

const SCHEMA: Schema = &[
    ("month", Kind::Text),
    ("product", Kind::Text),
    ("metric", Kind::Text),
    ("target", Kind::Decimal),
];

impl Importer for KpiTarget {
    fn name(&self) -> &'static str {
        "kpi-target"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(KpiTarget)
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "2027-01,video,peak_concurrent_users,150000\n\
         2027-02,video,peak_concurrent_users,180000\n"
    }
}

impl RowReader for KpiTarget {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let month = row.required_month(MONTH);
        row.required_text(PRODUCT);
        let (product, _) = row.product_and_module(PRODUCT, usize::MAX);
        let metric = row.required_text(METRIC);
        let target = row.required_decimal(TARGET);
        let (Some(month), Some(product), Some(metric), Some(target)) = (month, product, metric, target) else {
            return;
        };
        row.check_month(MONTH, month);
        if !row.failed() {
            let record = vec![month.to_string().into(), product.into(), metric.into(), target.into()];
            output.record(Dataset::KpiTargets, SCHEMA, month, record);
        }
    }
}
