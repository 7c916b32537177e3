//! Invoices of data centre and hosting companies (IDC 托管, 托管服务).

use super::{Importer, RowReader};
use crate::diagnostics::{Finding, FindingKind, Problem};
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use chrono::{DateTime, Utc};
use headroom_models::ledger::{Charge, Column, CostType, Expenditure, Money, Month, ResourceMode};

/// Reads the `idc-invoice` template.
pub(crate) struct IdcInvoice;

columns! {
    VENDOR = required("vendor", "供应商");
    CONTRACT = optional("contract_id", "合同编号");
    INVOICE = required("invoice_id", "账单号");
    MONTH = required("billing_month", "账期");
    MODE = required("resource_mode", "资源模式");
    CHARGE_TYPE = required("charge_type", "费用类型");
    RESOURCE = optional("resource_id", "资源编号");
    DESCRIPTION = optional("description", "说明");
    REGION = optional("region", "机房");
    QUANTITY = required("quantity", "数量");
    UNIT = optional("unit", "单位");
    UNIT_PRICE = required("unit_price", "单价");
    AMOUNT = required("amount", "金额");
    TAX = optional("tax_amount", "税额");
    TOTAL = optional("total_amount", "价税合计");
    CURRENCY = optional("currency", "币种");
    PRODUCT = optional("product", "产品");
    MODULE = optional("module", "模块");
}

/// What a charge type means in the ledger.
#[derive(Clone, Copy)]
pub(super) struct ChargeType {
    pub word: &'static str,
    pub cost_type: CostType,
    pub category: &'static str,
    pub subcategory: &'static str,
    pub service: &'static str,
}

const fn charge_type(word: &'static str, cost_type: CostType, service: &'static str) -> ChargeType {
    let (category, subcategory) = match cost_type {
        CostType::BandwidthExternal | CostType::BandwidthInternal => ("Networking", "Network Connectivity"),
        CostType::Switch => ("Networking", "Network Infrastructure"),
        CostType::Server => ("Compute", "Other (Compute)"),
        _ => ("Other", "Other (Other)"),
    };
    ChargeType {
        word,
        cost_type,
        category,
        subcategory,
        service,
    }
}

const fn entry(
    word: &'static str,
    chinese: &'static str,
    cost_type: CostType,
    service: &'static str,
) -> (&'static str, &'static str, ChargeType) {
    (word, chinese, charge_type(word, cost_type, service))
}

/// The charge types with their Chinese names.
pub(super) const CHARGE_TYPES: &[(&str, &str, ChargeType)] = &[
    entry("rack", "机柜", CostType::Rack, "Rack space"),
    entry("u-position", "机位", CostType::Rack, "Rack space"),
    entry("power", "电力", CostType::Power, "Power"),
    entry("power-overage", "电力超量", CostType::Power, "Power"),
    entry(
        "bandwidth-commit",
        "保底带宽",
        CostType::BandwidthExternal,
        "Internet bandwidth",
    ),
    entry(
        "bandwidth-overage",
        "超出带宽",
        CostType::BandwidthExternal,
        "Internet bandwidth",
    ),
    entry("internal-line", "专线", CostType::BandwidthInternal, "Leased line"),
    entry(
        "cross-connect",
        "交叉连接",
        CostType::BandwidthInternal,
        "Cross connect",
    ),
    entry("ip-address", "IP地址", CostType::BandwidthExternal, "IP addresses"),
    entry("server-rental", "服务器租用", CostType::Server, "Server rental"),
    entry("switch", "交换机", CostType::Switch, "Network equipment"),
    entry("software", "软件", CostType::Software, "Software"),
    entry("remote-hands", "代维", CostType::Labour, "Remote hands"),
    entry("install", "上架", CostType::Labour, "Installation"),
    entry("deposit", "保证金", CostType::Other, "Deposit"),
    entry("other", "其他", CostType::Other, "Other"),
];

/// The resource modes with their Chinese names.
pub(super) const RESOURCE_MODES: &[(&str, &str, ResourceMode)] = &[
    ("idc", "托管", ResourceMode::Idc),
    ("hosting", "托管服务", ResourceMode::Hosting),
    ("cloud", "云", ResourceMode::Cloud),
    ("owned", "自建", ResourceMode::Owned),
];

impl Importer for IdcInvoice {
    fn name(&self) -> &'static str {
        "idc-invoice"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(IdcInvoice)
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = row.quiet_decimal(AMOUNT)?;
        Some((
            row.text(CURRENCY)
                .unwrap_or(row.settings.default_currency)
                .to_ascii_uppercase(),
            amount,
        ))
    }

    fn examples(&self, chinese: bool) -> &'static str {
        match chinese {
            false => {
                "Example Data Centers,HT-2026-001,INV-2026-03-001,2026-03,idc,rack,RACK-A-01,\
                 \"Full rack, 4 kW included\",Beijing-1,2,rack,4200.00,8400.00,504.00,8904.00,CNY,video,stream\n\
                 Example Data Centers,HT-2026-001,INV-2026-03-001,2026-03,idc,bandwidth-commit,LINK-01,\
                 Committed bandwidth,Beijing-1,1000,Mbps,18.50,18500.00,1110.00,19610.00,CNY,,\n"
            }
            true => {
                "示例数据中心,HT-2026-001,INV-2026-03-001,2026-03,托管,机柜,RACK-A-01,\
                 整机柜，含 4 kW,北京一号机房,2,个,4200.00,8400.00,504.00,8904.00,CNY,video,stream\n\
                 示例数据中心,HT-2026-001,INV-2026-03-001,2026-03,托管,保底带宽,LINK-01,\
                 BGP 保底带宽,北京一号机房,1000,Mbps,18.50,18500.00,1110.00,19610.00,CNY,,\n"
            }
        }
    }
}

impl RowReader for IdcInvoice {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let vendor = row.required_text(VENDOR);
        let invoice = row.required_text(INVOICE);
        let month = row.required_month(MONTH);
        let mode = row.required_word(MODE, RESOURCE_MODES);
        let charge_type = row.required_word(CHARGE_TYPE, CHARGE_TYPES);
        let quantity = row.required_decimal(QUANTITY);
        let unit_price = row.required_decimal(UNIT_PRICE);
        let amount = row.required_decimal(AMOUNT);
        let tax = row.decimal(TAX);
        let total = row.decimal(TOTAL);
        let currency = row.currency(CURRENCY);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        if let Some(month) = month {
            row.check_month(MONTH, month);
        }
        // A tax amount that cannot be read is noted already, and its sum would be a second message about it.
        if let (Some(total), Some(amount), false) = (total, amount, row.text(TAX).is_some() && tax.is_none()) {
            check_total(row, amount, tax.unwrap_or(Money::ZERO), total);
        }
        let (Some(vendor), Some(invoice), Some(month), Some(mode), Some(charge_type)) =
            (vendor, invoice, month, mode, charge_type)
        else {
            return;
        };
        let (Some(quantity), Some(unit_price), Some(amount), Some(currency)) = (quantity, unit_price, amount, currency)
        else {
            return;
        };
        let Some(expected) = product_of(quantity, unit_price) else {
            return row.problem(QUANTITY, Problem::TooLarge);
        };
        let Some(difference) = amount.checked_add(-expected) else {
            return row.problem(AMOUNT, Problem::TooLarge);
        };
        if row.failed() {
            return;
        }
        let mut charge = Charge::new();
        let deposit = charge_type.word == "deposit";
        let once = deposit || charge_type.word == "install";
        for column in [
            Column::BilledCost,
            Column::EffectiveCost,
            Column::ListCost,
            Column::ContractedCost,
        ] {
            charge.set_decimal(column, amount);
        }
        set_period(&mut charge, month);
        charge
            .set_text(Column::BillingAccountId, row.text(CONTRACT).unwrap_or(vendor))
            .set_text(Column::BillingAccountName, vendor)
            .set_text(Column::BillingCurrency, currency.as_str())
            .set_text(Column::ChargeCategory, if deposit { "Purchase" } else { "Usage" })
            .set_text(Column::ChargeDescription, row.text(DESCRIPTION).unwrap_or_default())
            .set_text(Column::ChargeFrequency, if once { "One-Time" } else { "Recurring" })
            .set_text(Column::InvoiceId, invoice)
            .set_text(Column::InvoiceIssuerName, vendor)
            .set_text(Column::ProviderName, vendor)
            .set_text(Column::PublisherName, vendor)
            .set_text(Column::PricingCategory, "Standard")
            .set_decimal(Column::PricingQuantity, quantity)
            .set_text(Column::PricingUnit, row.text(UNIT).unwrap_or_default())
            .set_decimal(Column::ContractedUnitPrice, unit_price)
            .set_decimal(Column::ListUnitPrice, unit_price)
            .set_text(Column::RegionId, row.text(REGION).unwrap_or_default())
            .set_text(Column::RegionName, row.text(REGION).unwrap_or_default())
            .set_text(Column::ResourceId, row.text(RESOURCE).unwrap_or_default())
            .set_text(Column::ServiceCategory, charge_type.category)
            .set_text(Column::ServiceSubcategory, charge_type.subcategory)
            .set_text(Column::ServiceName, charge_type.service)
            .set_text(Column::SkuId, charge_type.word)
            .set_text(Column::SkuMeter, charge_type.word)
            .set_text(Column::SkuPriceId, charge_type.word)
            .set_text(Column::ResourceMode, mode.as_str())
            .set_text(Column::CostType, charge_type.cost_type.as_str())
            .set_text(Column::Expenditure, Expenditure::Opex.as_str())
            .set_text(Column::Product, product.unwrap_or_default())
            .set_text(Column::Module, module.unwrap_or_default());
        if let Some(tax) = tax {
            charge.set_decimal(Column::TaxAmount, tax);
        }
        output.provider(vendor);
        output.charge(row, month, charge);
        if difference.abs() > cent() && !row.failed() {
            output.finding(Finding {
                kind: FindingKind::PriceTimesQuantity,
                file: row.location.file.to_owned(),
                sheet: row.location.sheet.map(str::to_owned),
                row: row.number,
                invoice_id: invoice.to_owned(),
                vendor: vendor.to_owned(),
                month,
                currency,
                expected,
                found: amount,
                difference,
            });
        }
    }
}

/// A company's invoice names no hours: a charge lasts its whole billing month.
pub(super) fn set_period(charge: &mut Charge, month: Month) {
    let start = midnight(month);
    let end = midnight(month.plus(1));
    charge
        .set_timestamp(Column::BillingPeriodStart, start)
        .set_timestamp(Column::BillingPeriodEnd, end)
        .set_timestamp(Column::ChargePeriodStart, start)
        .set_timestamp(Column::ChargePeriodEnd, end);
}

fn midnight(month: Month) -> DateTime<Utc> {
    month.first_day().and_time(chrono::NaiveTime::MIN).and_utc()
}

fn check_total(row: &Row<'_>, amount: Money, tax: Money, total: Money) {
    match amount.checked_add(tax) {
        Some(expected) if expected == total => {}
        Some(expected) => row.problem(TOTAL, Problem::TotalDiffers { expected }),
        None => row.problem(TOTAL, Problem::TooLarge),
    }
}

/// Quantity × unit price, nothing when that leaves the range of money.
pub(super) fn product_of(quantity: Money, unit_price: Money) -> Option<Money> {
    let whole = quantity
        .units()
        .unsigned_abs()
        .div_ceil(Money::ONE.units().unsigned_abs())
        .max(1);
    let most = i128::MAX.unsigned_abs() / whole;
    (unit_price.units().unsigned_abs() <= most).then(|| quantity.multiply(unit_price))
}

/// What rounding may make of a correct line.
fn cent() -> Money {
    Money::from_units(Money::ONE.units() / 100)
}
