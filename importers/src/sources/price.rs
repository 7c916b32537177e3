//! The price book: what a unit costs from a month on, with what it costs to run.

use super::purchase_order::COST_TYPES;
use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema, Value};
use headroom_models::ledger::{Money, Month};
use std::collections::HashMap;

/// Reads the `price` template.
pub(crate) struct Price;

/// Remembers the rows read so far: of two rows for the same thing neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<(String, Month), u64>,
}

columns! {
    UNIT = required("unit", "资源单元");
    FROM = required("valid_from", "生效月份");
    AMOUNT = required("amount", "单价");
    CURRENCY = optional("currency", "币种");
    LIFE = optional("useful_life_months", "使用月数");
    RESIDUAL = optional("residual_percent", "残值率");
    RACK = optional("running_rack", "月机房机位");
    POWER = optional("running_power", "月电力");
    BANDWIDTH_EXTERNAL = optional("running_bandwidth_external", "月外网带宽");
    BANDWIDTH_INTERNAL = optional("running_bandwidth_internal", "月内网专线");
    SWITCH = optional("running_switch", "月交换机");
    SERVER = optional("running_server", "月服务器");
    SOFTWARE = optional("running_software", "月软件");
    CLOUD = optional("running_cloud", "月云服务");
    LABOUR = optional("running_labour", "月代维");
    OTHER = optional("running_other", "月其他");
}

/// The running costs, in the order of [`COST_TYPES`].
const RUNNING: [usize; 10] = [
    RACK,
    POWER,
    BANDWIDTH_EXTERNAL,
    BANDWIDTH_INTERNAL,
    SWITCH,
    SERVER,
    SOFTWARE,
    CLOUD,
    LABOUR,
    OTHER,
];

const SCHEMA: Schema = &[
    ("unit", Kind::Text),
    ("valid_from", Kind::Text),
    ("amount", Kind::Decimal),
    ("currency", Kind::Text),
    ("useful_life_months", Kind::Integer),
    ("residual_percent", Kind::Decimal),
    ("rack", Kind::Decimal),
    ("power", Kind::Decimal),
    ("bandwidth-external", Kind::Decimal),
    ("bandwidth-internal", Kind::Decimal),
    ("switch", Kind::Decimal),
    ("server", Kind::Decimal),
    ("software", Kind::Decimal),
    ("cloud", Kind::Decimal),
    ("labour", Kind::Decimal),
    ("other", Kind::Decimal),
];

impl Importer for Price {
    fn name(&self) -> &'static str {
        "price"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "server-2u,2026-01,68000.00,CNY,48,5,420.00,510.00,,,,,,,,\n\
         bandwidth-100m,2026-01,1850.00,CNY,,,,,,,,,,,,\n"
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let unit = row.required_text(UNIT);
        let from = row.required_month(FROM);
        let amount = row.required_decimal(AMOUNT);
        let currency = row.currency(CURRENCY);
        let life = row.text(LIFE).and_then(|_| row.required_count(LIFE, 1200));
        let residual = row.decimal(RESIDUAL);
        let running = RUNNING.map(|column| (column, row.decimal(column)));
        debug_assert_eq!(COST_TYPES.len(), RUNNING.len());
        let below = |value: Option<Money>| value.is_some_and(Money::is_negative);
        for (column, value) in [(AMOUNT, amount), (RESIDUAL, residual)].into_iter().chain(running) {
            if below(value) {
                row.problem(column, Problem::Negative);
            }
        }
        let (Some(unit), Some(from), Some(amount), Some(currency)) = (unit, from, amount, currency) else {
            return;
        };
        let key = (unit.to_owned(), from);
        if let Some(&earlier) = self.rows.get(&key) {
            row.problem(UNIT, Problem::Repeated { row: earlier });
        }
        row.check_month(FROM, from);
        if row.failed() {
            return;
        }
        self.rows.insert(key, row.number);
        let decimal = |value: Option<Money>| value.map_or(Value::Null, Value::from);
        let mut record = vec![
            unit.into(),
            from.to_string().into(),
            amount.into(),
            currency.into(),
            life.map_or(Value::Null, |life| i64::from(life).into()),
            decimal(residual),
        ];
        record.extend(running.map(|(_, value)| decimal(value)));
        output.record(Dataset::Prices, SCHEMA, from, record);
    }
}
