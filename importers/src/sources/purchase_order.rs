//! Purchase orders: what was ordered and is not billed yet (在途), and what has arrived.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::{CostType, Expenditure, Month};
use std::collections::HashMap;

/// Reads the `purchase-order` template.
pub(crate) struct PurchaseOrder;

/// Remembers the rows read so far: of two rows for the same thing neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<(String, String), u64>,
}

columns! {
    ORDER = required("order_id", "采购单号");
    LINE = optional("line", "行号");
    DATE = required("order_date", "下单日期");
    VENDOR = optional("vendor", "供应商");
    PRODUCT = required("product", "产品");
    MODULE = optional("module", "模块");
    COST_TYPE = required("cost_type", "成本科目");
    EXPENDITURE = optional("expenditure", "支出性质");
    UNIT = optional("unit", "资源单元");
    QUANTITY = required("quantity", "数量");
    AMOUNT = required("amount", "金额");
    CURRENCY = optional("currency", "币种");
    EXPECTED = required("expected_date", "预计到货日期");
    RECEIVED = optional("received_date", "到货日期");
    REQUEST = optional("request_id", "申请编号");
    STATUS = optional("status", "状态");
}

const SCHEMA: Schema = &[
    ("order_id", Kind::Text),
    ("line", Kind::Text),
    ("order_date", Kind::Text),
    ("vendor", Kind::Text),
    ("product", Kind::Text),
    ("module", Kind::Text),
    ("cost_type", Kind::Text),
    ("expenditure", Kind::Text),
    ("unit", Kind::Text),
    ("quantity", Kind::Decimal),
    ("amount", Kind::Decimal),
    ("currency", Kind::Text),
    ("expected_date", Kind::Text),
    ("received_date", Kind::Text),
    ("request_id", Kind::Text),
    ("status", Kind::Text),
];

/// The cost types with their Chinese names.
pub(super) const COST_TYPES: &[(&str, &str, CostType)] = &[
    ("rack", "机房机位", CostType::Rack),
    ("power", "电力", CostType::Power),
    ("bandwidth-external", "外网带宽", CostType::BandwidthExternal),
    ("bandwidth-internal", "内网专线", CostType::BandwidthInternal),
    ("switch", "交换机", CostType::Switch),
    ("server", "服务器", CostType::Server),
    ("software", "软件", CostType::Software),
    ("cloud", "云服务", CostType::Cloud),
    ("labour", "代维", CostType::Labour),
    ("other", "其他", CostType::Other),
];

const EXPENDITURES: &[(&str, &str, Expenditure)] = &[
    ("capex", "资本性", Expenditure::Capex),
    ("opex", "费用性", Expenditure::Opex),
];

const STATES: &[(&str, &str, &str)] = &[
    ("ordered", "在途", "ordered"),
    ("received", "已到货", "received"),
    ("cancelled", "已取消", "cancelled"),
];

impl Importer for PurchaseOrder {
    fn name(&self) -> &'static str {
        "purchase-order"
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
                "PO-2026-018,1,2026-03-12,Example Servers,video,stream,server,capex,server-2u,10,680000.00,CNY,\
                 2026-05-15,,REQ-31,ordered\n\
                 PO-2026-019,1,2026-03-20,Example Networks,video,,switch,capex,,2,96000.00,CNY,2026-04-10,2026-04-08,,received\n"
            }
            true => {
                "PO-2026-018,1,2026-03-12,示例服务器公司,video,stream,服务器,资本性,server-2u,10,680000.00,CNY,\
                 2026-05-15,,REQ-31,在途\n\
                 PO-2026-019,1,2026-03-20,示例网络公司,video,,交换机,资本性,,2,96000.00,CNY,2026-04-10,2026-04-08,,已到货\n"
            }
        }
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let order = row.required_text(ORDER);
        let date = row.required_date(DATE);
        row.required_text(PRODUCT);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        let cost_type = row.required_word(COST_TYPE, COST_TYPES);
        let expenditure = row.word(EXPENDITURE, EXPENDITURES);
        let quantity = row.required_decimal(QUANTITY);
        let amount = row.required_decimal(AMOUNT);
        let currency = row.currency(CURRENCY);
        let expected = row.required_date(EXPECTED);
        let received = row.date(RECEIVED);
        let status = row.word(STATUS, STATES);
        for (column, value) in [(QUANTITY, quantity), (AMOUNT, amount)] {
            if value.is_some_and(|value| value.is_negative()) {
                row.problem(column, Problem::Negative);
            }
        }
        for (column, day) in [(EXPECTED, expected), (RECEIVED, received)] {
            if date.zip(day).is_some_and(|(ordered, day)| day < ordered) {
                row.problem(column, Problem::EndsBeforeStart);
            }
        }
        let (Some(order), Some(date), Some(product), Some(cost_type)) = (order, date, product, cost_type) else {
            return;
        };
        let (Some(quantity), Some(amount), Some(currency), Some(expected)) = (quantity, amount, currency, expected)
        else {
            return;
        };
        let line = row.text(LINE).unwrap_or("1");
        let key = (order.to_owned(), line.to_owned());
        if let Some(&earlier) = self.rows.get(&key) {
            row.problem(ORDER, Problem::Repeated { row: earlier });
        }
        let month = Month::of(date);
        row.check_month(DATE, month);
        if row.failed() {
            return;
        }
        self.rows.insert(key, row.number);
        // Machines and switches are bought, all else runs, unless the order says so.
        let bought = matches!(cost_type, CostType::Server | CostType::Switch | CostType::Software);
        let expenditure = expenditure.unwrap_or(if bought { Expenditure::Capex } else { Expenditure::Opex });
        let status = status.unwrap_or(if received.is_some() { "received" } else { "ordered" });
        let record = vec![
            order.into(),
            line.into(),
            date.to_string().into(),
            row.text(VENDOR).into(),
            product.into(),
            module.into(),
            cost_type.as_str().into(),
            expenditure.as_str().into(),
            row.text(UNIT).into(),
            quantity.into(),
            amount.into(),
            currency.into(),
            expected.to_string().into(),
            received.map(|day| day.to_string()).as_deref().into(),
            row.text(REQUEST).into(),
            status.into(),
        ];
        output.record(Dataset::PurchaseOrders, SCHEMA, month, record);
    }
}
