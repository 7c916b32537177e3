//! Releases: when a version of a product's module went live.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::Month;
use std::collections::HashMap;

/// Reads the `release` template.
pub(crate) struct Release;

/// Remembers the rows read so far: of two rows for the same thing neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<(String, String, String), u64>,
}

columns! {
    RELEASE = required("release", "版本");
    DATE = required("release_date", "发布日期");
    PRODUCT = required("product", "产品");
    MODULE = optional("module", "模块");
    DESCRIPTION = optional("description", "说明");
}

const SCHEMA: Schema = &[
    ("release", Kind::Text),
    ("release_date", Kind::Text),
    ("product", Kind::Text),
    ("module", Kind::Text),
    ("description", Kind::Text),
];

impl Importer for Release {
    fn name(&self) -> &'static str {
        "release"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }

    fn examples(&self, chinese: bool) -> &'static str {
        match chinese {
            false => {
                "5.12.0,2026-03-11,video,stream,New codec\n\
                 5.13.0,2026-04-02,video,gateway,\n"
            }
            true => {
                "5.12.0,2026-03-11,video,stream,新编码器\n\
                 5.13.0,2026-04-02,video,gateway,\n"
            }
        }
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let release = row.required_text(RELEASE);
        let date = row.required_date(DATE);
        row.required_text(PRODUCT);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        let (Some(release), Some(date), Some(product)) = (release, date, product) else {
            return;
        };
        let key = (
            release.to_owned(),
            product.to_owned(),
            module.unwrap_or_default().to_owned(),
        );
        if let Some(&earlier) = self.rows.get(&key) {
            row.problem(RELEASE, Problem::Repeated { row: earlier });
        }
        let month = Month::of(date);
        row.check_month(DATE, month);
        if row.failed() {
            return;
        }
        self.rows.insert(key, row.number);
        let record = vec![
            release.into(),
            date.to_string().into(),
            product.into(),
            module.into(),
            row.text(DESCRIPTION).into(),
        ];
        output.record(Dataset::Releases, SCHEMA, month, record);
    }
}
