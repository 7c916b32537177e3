//! Contracts with data centre and hosting companies (IDC 托管, 托管服务): one row per line that an invoice may bill.

use super::idc_invoice::{CHARGE_TYPES, RESOURCE_MODES};
use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema, Value};
use headroom_models::contracts::{DIRECTIONS, INDEX_RULES, METHODS, PORTS, RENEWALS};
use headroom_models::ledger::{Money, Month, ResourceMode};
use std::collections::HashMap;

/// Reads the `contract` template.
pub(crate) struct Contract;

/// Remembers the lines read so far, with their terms: two lines that hold at once for the same thing would both be billed.
#[derive(Default)]
struct Reader {
    lines: HashMap<(String, &'static str, String, String), u64>,
}

columns! {
    CONTRACT = required("contract_id", "合同编号");
    VENDOR = required("vendor", "供应商");
    MODE = optional("resource_mode", "资源模式");
    CHARGE_TYPE = required("charge_type", "费用类型");
    RESOURCE = optional("resource_id", "资源编号");
    DESCRIPTION = optional("description", "说明");
    QUANTITY = optional("quantity", "数量");
    UNIT = optional("unit", "单位");
    UNIT_PRICE = required("unit_price", "单价");
    CURRENCY = optional("currency", "币种");
    TAX = optional("tax_percent", "税率");
    FROM = required("start_date", "起始日期");
    TO = required("end_date", "终止日期");
    RENEWAL = optional("renewal", "续约方式");
    NOTICE = optional("notice_days", "提前通知天数");
    INCLUDED = optional("included", "包含量");
    STEP = optional("step", "计费步长");
    METHOD = optional("bandwidth_method", "带宽计费方式");
    DIRECTION = optional("bandwidth_direction", "带宽方向");
    PORT = optional("bandwidth_ports", "多端口合并");
    BASE = optional("bandwidth_base", "进位制");
    INDEX = optional("bandwidth_index", "取点规则");
    ZONE = optional("utc_offset_hours", "时区");
    PRODUCT = optional("product", "产品");
    MODULE = optional("module", "模块");
}

const SCHEMA: Schema = &[
    ("contract_id", Kind::Text),
    ("vendor", Kind::Text),
    ("resource_mode", Kind::Text),
    ("charge_type", Kind::Text),
    ("cost_type", Kind::Text),
    ("resource_id", Kind::Text),
    ("description", Kind::Text),
    ("quantity", Kind::Decimal),
    ("unit", Kind::Text),
    ("unit_price", Kind::Decimal),
    ("currency", Kind::Text),
    ("tax_percent", Kind::Decimal),
    ("start_date", Kind::Text),
    ("end_date", Kind::Text),
    ("renewal", Kind::Text),
    ("notice_days", Kind::Integer),
    ("included", Kind::Decimal),
    ("step", Kind::Decimal),
    ("bandwidth_method", Kind::Text),
    ("bandwidth_direction", Kind::Text),
    ("bandwidth_ports", Kind::Text),
    ("bandwidth_base", Kind::Integer),
    ("bandwidth_index", Kind::Text),
    ("utc_offset_hours", Kind::Integer),
    ("product", Kind::Text),
    ("module", Kind::Text),
];

const BASES: &[(&str, &str, i64)] = &[("1000", "", 1000), ("1024", "", 1024)];

/// Whole hours that calendars of the world are ahead of UTC.
const ZONES: &[(&str, &str, i64)] = &[
    ("0", "", 0),
    ("8", "+8", 8),
    ("-8", "", -8),
    ("-5", "", -5),
    ("1", "+1", 1),
    ("2", "+2", 2),
    ("3", "+3", 3),
    ("7", "+7", 7),
    ("9", "+9", 9),
];

impl Importer for Contract {
    fn name(&self) -> &'static str {
        "contract"
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
                "HT-2026-001,Example Data Centers,idc,rack,RACK-A-01,\"Full rack, 4 kW included\",2,rack,4200.00,CNY,6,\
                 2026-01-01,2027-12-31,automatic,90,,,,,,,,,video,stream\n\
                 HT-2026-001,Example Data Centers,idc,bandwidth-overage,LINK-01,Above the committed 1000 Mbps,,Mbps,22.00,CNY,6,\
                 2026-01-01,2027-12-31,automatic,90,1000,0.01,monthly-95,max,after-adding,1000,ceil,8,,\n"
            }
            true => {
                "HT-2026-001,示例数据中心,托管,机柜,RACK-A-01,整机柜，含 4 kW,2,个,4200.00,CNY,6,\
                 2026-01-01,2027-12-31,自动续约,90,,,,,,,,,video,stream\n\
                 HT-2026-001,示例数据中心,托管,超出带宽,LINK-01,超出保底 1000 Mbps 的部分,,Mbps,22.00,CNY,6,\
                 2026-01-01,2027-12-31,自动续约,90,1000,0.01,月95,取大,先加后取,1000,ceil,8,,\n"
            }
        }
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let contract = row.required_text(CONTRACT);
        let vendor = row.required_text(VENDOR);
        let mode = row.word(MODE, RESOURCE_MODES).unwrap_or(ResourceMode::Idc);
        let charge_type = row.required_word(CHARGE_TYPE, CHARGE_TYPES);
        let currency = row.currency(CURRENCY);
        let price = row.required_decimal(UNIT_PRICE);
        let amounts = [QUANTITY, TAX, INCLUDED, STEP].map(|column| row.decimal(column));
        let (from, to) = (row.required_date(FROM), row.required_date(TO));
        let renewal = row.word(RENEWAL, RENEWALS).unwrap_or_default();
        let notice = row.text(NOTICE).and_then(|_| row.required_count(NOTICE, 1000));
        let method = row.word(METHOD, METHODS).unwrap_or_default();
        let direction = row.word(DIRECTION, DIRECTIONS).unwrap_or_default();
        let ports = row.word(PORT, PORTS).unwrap_or_default();
        let base = row.word(BASE, BASES).unwrap_or(1000);
        let index = row.word(INDEX, INDEX_RULES).unwrap_or_default();
        let zone = row.word(ZONE, ZONES).unwrap_or(0);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        for (column, amount) in [QUANTITY, TAX, INCLUDED, STEP].into_iter().zip(amounts) {
            if amount.is_some_and(Money::is_negative) {
                row.problem(column, Problem::Negative);
            }
        }
        if amounts[3].is_some_and(Money::is_zero) {
            row.problem(STEP, Problem::NotPositive);
        }
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            row.problem(TO, Problem::EndsBeforeStart);
        }
        let (Some(contract), Some(vendor), Some(charge_type)) = (contract, vendor, charge_type) else {
            return;
        };
        let (Some(currency), Some(price), Some(from), Some(to)) = (currency, price, from, to) else {
            return;
        };
        // An overage that is billed by samples cannot be worked out without its link.
        if charge_type.word == "bandwidth-overage" {
            row.required_text(RESOURCE);
            row.required_text(INCLUDED);
        }
        let resource = row.text(RESOURCE).unwrap_or_default();
        let key = (
            contract.to_owned(),
            charge_type.word,
            resource.to_owned(),
            from.to_string(),
        );
        if let Some(&earlier) = self.lines.get(&key) {
            row.problem(CHARGE_TYPE, Problem::Repeated { row: earlier });
        }
        let month = Month::of(from);
        row.check_month(FROM, month);
        if row.failed() {
            return;
        }
        self.lines.insert(key, row.number);
        let decimal = |amount: Option<Money>| amount.map_or(Value::Null, Value::from);
        let [quantity, tax, included, step] = amounts.map(decimal);
        let record = vec![
            contract.into(),
            vendor.into(),
            mode.as_str().into(),
            charge_type.word.into(),
            charge_type.cost_type.as_str().into(),
            resource.into(),
            row.text(DESCRIPTION).into(),
            quantity,
            row.text(UNIT).into(),
            price.into(),
            currency.into(),
            tax,
            from.to_string().into(),
            to.to_string().into(),
            renewal.as_str().into(),
            notice.map_or(Value::Null, |days| i64::from(days).into()),
            included,
            step,
            method.as_str().into(),
            direction.as_str().into(),
            ports.as_str().into(),
            base.into(),
            index.as_str().into(),
            zone.into(),
            product.into(),
            module.into(),
        ];
        output.provider(vendor);
        output.record(Dataset::Contracts, SCHEMA, month, record);
    }
}
