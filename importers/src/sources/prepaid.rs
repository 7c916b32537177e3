//! Contracts paid in advance (预付): the money in the month of payment, the cost in equal parts over the months paid for.

use super::asset::events::{self, record};
use super::asset::posting::{Payment, post};
use super::asset::{HIGHEST_PRICE, LONGEST_LIFE, SCHEMA};
use super::idc_invoice::{CHARGE_TYPES, ChargeType, RESOURCE_MODES};
use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::Value;
use headroom_models::assets::{Asset, AssetEvent, AssetEventKind, Course, Method};
use headroom_models::ledger::{Charge, Column, Expenditure, Money, Month, ResourceMode};
use std::collections::HashMap;

/// The name of this importer: its batches are registers.
pub(super) const IMPORTER: &str = "prepaid";

/// Reads the `prepaid` template.
pub(crate) struct Prepaid;

columns! {
    CONTRACT = required("contract_id", "合同编号");
    NAME = optional("name", "名称");
    VENDOR = required("vendor", "供应商");
    PAID = required("payment_date", "付款日期");
    AMOUNT = required("prepaid_amount", "预付金额");
    TAX = optional("tax_amount", "税额");
    CURRENCY = optional("currency", "币种");
    START = required("start_month", "起始月份");
    MONTHS = required("months", "摊销月数");
    CHARGE_TYPE = required("charge_type", "费用类型");
    PRODUCT = optional("product", "产品");
    MODULE = optional("module", "模块");
    LOCATION = optional("location", "机房");
    MODE = optional("resource_mode", "资源模式");
    INVOICE = optional("imported_invoice", "已导入账单号");
}

impl Importer for Prepaid {
    fn name(&self) -> &'static str {
        IMPORTER
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(PrepaidReader::default())
    }

    fn examples(&self, chinese: bool) -> &'static str {
        match chinese {
            false => {
                "PP-2026-01,Support 2026,Example Support,2026-01-15,120000.00,7200.00,CNY,2026-01,12,software,video,,Beijing-1,idc,\n\
                 PP-2026-02,Rack deposit plan,Example Datacentre,2026-01-20,50000.00,3000.00,CNY,2026-02,7,rack,video,,Beijing-1,idc,INV-88\n"
            }
            true => {
                "PP-2026-01,2026 年维保,示例维保,2026-01-15,120000.00,7200.00,CNY,2026-01,12,软件,video,,北京一号机房,托管,\n\
                 PP-2026-02,机柜预付,示例机房,2026年1月20日,50000.00,3000.00,CNY,2026年2月,7,机柜,video,,北京一号机房,托管,INV-88\n"
            }
        }
    }
}

/// Remembers the contracts read so far: each may stand in one row only.
#[derive(Default)]
struct PrepaidReader {
    rows: HashMap<String, u64>,
}

impl RowReader for PrepaidReader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let contract = row.required_text(CONTRACT);
        let vendor = row.required_text(VENDOR);
        let paid = row.required_date(PAID);
        let amount = row.required_decimal(AMOUNT);
        let tax = row.decimal(TAX);
        let currency = row.currency(CURRENCY);
        let start = row.required_month(START);
        let months = row.required_count(MONTHS, LONGEST_LIFE);
        let charge_type = row.required_word(CHARGE_TYPE, CHARGE_TYPES);
        let mode = row.word(MODE, RESOURCE_MODES).unwrap_or(ResourceMode::Owned);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        if amount.is_some_and(Money::is_negative) {
            row.problem(AMOUNT, Problem::Negative);
        }
        if amount.is_some_and(|amount| amount > HIGHEST_PRICE) {
            row.problem(AMOUNT, Problem::TooLarge);
        }
        if let Some(&earlier) = contract.and_then(|contract| self.rows.get(contract)) {
            row.problem(CONTRACT, Problem::Repeated { row: earlier });
        }
        let (Some(contract), Some(vendor), Some(paid), Some(amount), Some(currency)) =
            (contract, vendor, paid, amount, currency)
        else {
            return;
        };
        let (Some(start), Some(months), Some(charge_type), false) = (start, months, charge_type, row.failed()) else {
            return;
        };
        self.rows.insert(contract.to_owned(), row.number);
        let mut course = Course::default();
        let event = AssetEvent::new(AssetEventKind::Prepaid, start.first_day());
        course.add(&event);
        let asset = Asset {
            asset_id: contract.to_owned(),
            name: row.text(NAME).unwrap_or_default().to_owned(),
            category: charge_type.cost_type.as_str().to_owned(),
            model: String::new(),
            in_service: start,
            purchase_price: amount,
            currency: currency.clone(),
            life: months,
            residual: Money::ZERO,
            retirement: None,
            product: product.unwrap_or_default().to_owned(),
            module: module.unwrap_or_default().to_owned(),
            method: Method::StraightLine,
            course,
        };
        let costs = asset.costs().unwrap_or_default();
        let payment = match row.text(INVOICE) {
            // The payment stands in the ledger already, cost and all: its cost moves to the months.
            Some(invoice) => Payment {
                month: Month::of(paid),
                billed: Money::ZERO,
                effective: -amount,
                tax: Money::ZERO,
                words: format!("Deferred to {months} months from {start}, invoice {invoice}"),
            },
            None => Payment {
                month: Month::of(paid),
                billed: amount,
                effective: Money::ZERO,
                tax: tax.unwrap_or_default(),
                words: format!("Paid in advance for {months} months from {start}"),
            },
        };
        let template = template(row, &asset, vendor, charge_type, mode);
        post(&asset, costs, Some(payment), &template, row, output);
        let month = asset.in_service;
        output.record(
            Dataset::AssetEvents,
            events::SCHEMA,
            month,
            record(&event, row, contract),
        );
        let record = vec![
            contract.into(),
            row.text(NAME).into(),
            asset.category.as_str().into(),
            Value::Null,
            paid.to_string().into(),
            start.first_day().to_string().into(),
            amount.into(),
            currency.into(),
            Value::Integer(i64::from(months)),
            Money::ZERO.into(),
            Method::StraightLine.as_str().into(),
            Value::Null,
            product.into(),
            module.into(),
            row.text(LOCATION).into(),
            mode.as_str().into(),
            row.location.source.into(),
            Value::Integer(row.number as i64),
        ];
        output.record(Dataset::Assets, SCHEMA, month, record);
    }
}

fn template(row: &Row<'_>, asset: &Asset, vendor: &str, charge_type: ChargeType, mode: ResourceMode) -> Charge {
    let mut charge = Charge::new();
    charge
        .set_text(Column::BillingCurrency, asset.currency.as_str())
        .set_text(Column::BillingAccountId, asset.asset_id.as_str())
        .set_text(Column::ProviderName, vendor)
        .set_text(Column::PublisherName, vendor)
        .set_text(Column::InvoiceIssuerName, vendor)
        .set_text(Column::ServiceCategory, charge_type.category)
        .set_text(Column::ServiceSubcategory, charge_type.subcategory)
        .set_text(Column::ServiceName, charge_type.service)
        .set_text(Column::RegionId, row.text(LOCATION).unwrap_or_default())
        .set_text(Column::RegionName, row.text(LOCATION).unwrap_or_default())
        .set_text(Column::ResourceId, asset.asset_id.as_str())
        .set_text(Column::ResourceName, asset.name.as_str())
        .set_text(Column::ResourceMode, mode.as_str())
        .set_text(Column::CostType, charge_type.cost_type.as_str())
        .set_text(Column::Expenditure, Expenditure::Opex.as_str());
    charge
}
