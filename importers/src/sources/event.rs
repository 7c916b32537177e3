//! Events: promotions and holidays, each occurrence in its own row, past and coming ones alike.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::Month;
use std::collections::HashMap;

/// Reads the `event` template.
pub(crate) struct Event;

/// Remembers the rows read so far: of two rows for the same thing neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<(String, String, String, String), u64>,
}

columns! {
    EVENT = required("event", "事件");
    START = required("start", "开始日期");
    END = required("end", "结束日期");
    KIND = optional("kind", "类别");
    PRODUCT = optional("product", "产品");
    METRIC = optional("metric", "指标");
    FACTOR = optional("factor", "系数");
}

const SCHEMA: Schema = &[
    ("event", Kind::Text),
    ("start", Kind::Text),
    ("end", Kind::Text),
    ("kind", Kind::Text),
    ("product", Kind::Text),
    ("metric", Kind::Text),
    ("factor", Kind::Float),
];

const KINDS: &[(&str, &str, &str)] = &[
    ("promotion", "促销", "promotion"),
    ("holiday", "节假日", "holiday"),
    ("lunar-holiday", "农历节日", "lunar-holiday"),
    ("other", "其他", "other"),
];

impl Importer for Event {
    fn name(&self) -> &'static str {
        "event"
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
                "Spring Festival,2027-02-05,2027-02-12,lunar-holiday,video,peak_concurrent_users,1.3\n\
                 Anniversary sale,2027-06-18,2027-06-18,promotion,,,\n"
            }
            true => {
                "春节,2027-02-05,2027-02-12,农历节日,video,peak_concurrent_users,1.3\n\
                 周年庆,2027-06-18,2027-06-18,促销,,,\n"
            }
        }
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let event = row.required_text(EVENT);
        let start = row.required_date(START);
        // A day that still belongs to the event; an event of one day may leave it empty.
        let end = match row.text(END) {
            None => start,
            Some(_) => row.date(END),
        };
        let kind = row.word(KIND, KINDS);
        let (product, _) = row.product_and_module(PRODUCT, usize::MAX);
        let factor = row.quantity(FACTOR);
        if factor == Some(0.0) {
            row.problem(FACTOR, Problem::NotPositive);
        }
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            row.problem(END, Problem::EndsBeforeStart);
        }
        let (Some(event), Some(start), Some(end)) = (event, start, end) else {
            return;
        };
        let metric = row.text(METRIC);
        let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let key = (event.to_owned(), start.to_string(), owned(product), owned(metric));
        if let Some(&earlier) = self.rows.get(&key) {
            row.problem(EVENT, Problem::Repeated { row: earlier });
        }
        let month = Month::of(start);
        row.check_month(START, month);
        if row.failed() {
            return;
        }
        self.rows.insert(key, row.number);
        let record = vec![
            event.into(),
            start.to_string().into(),
            end.to_string().into(),
            kind.unwrap_or("other").into(),
            product.into(),
            metric.into(),
            factor.into(),
        ];
        output.record(Dataset::Events, SCHEMA, month, record);
    }
}
