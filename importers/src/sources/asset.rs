//! The asset register: what was bought, and its monthly depreciation as charges.

use super::idc_invoice::{RESOURCE_MODES, set_period};
use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema, Value};
use chrono::NaiveDate;
use headroom_models::assets::straight_line;
use headroom_models::ledger::{Charge, Column, CostType, Expenditure, Money, Month, ResourceMode};
use std::collections::HashMap;

/// The name of this importer: its batches are registers, and their charges depreciation.
pub const IMPORTER: &str = "asset";

/// Reads the `asset` template.
pub(crate) struct Asset;

columns! {
    ASSET = required("asset_id", "资产编号");
    NAME = optional("name", "名称");
    CATEGORY = required("category", "类别");
    MODEL = optional("model", "型号");
    PURCHASED = required("purchase_date", "购置日期");
    IN_SERVICE = optional("in_service_date", "启用日期");
    PRICE = required("purchase_price", "原值");
    CURRENCY = optional("currency", "币种");
    LIFE = required("useful_life_months", "使用月数");
    RESIDUAL = optional("residual_value", "残值");
    METHOD = optional("method", "折旧方法");
    RETIRED = optional("retirement_date", "报废日期");
    PRODUCT = required("product", "产品");
    MODULE = optional("module", "模块");
    LOCATION = optional("location", "机房");
    MODE = optional("resource_mode", "资源模式");
}

const SCHEMA: Schema = &[
    ("asset_id", Kind::Text),
    ("name", Kind::Text),
    ("category", Kind::Text),
    ("model", Kind::Text),
    ("purchase_date", Kind::Text),
    ("in_service_date", Kind::Text),
    ("purchase_price", Kind::Decimal),
    ("currency", Kind::Text),
    ("useful_life_months", Kind::Integer),
    ("residual_value", Kind::Decimal),
    ("method", Kind::Text),
    ("retirement_date", Kind::Text),
    ("product", Kind::Text),
    ("module", Kind::Text),
    ("location", Kind::Text),
    ("resource_mode", Kind::Text),
    ("source_file", Kind::Text),
    ("source_row", Kind::Integer),
];

/// What a category means in the ledger: its word, its cost type, and the FOCUS service.
type Category = (&'static str, CostType, &'static str, &'static str, &'static str);

const CATEGORIES: &[(&str, &str, Category)] = &[
    (
        "server",
        "服务器",
        (
            "server",
            CostType::Server,
            "Compute",
            "Other (Compute)",
            "Owned servers",
        ),
    ),
    (
        "switch",
        "交换机",
        (
            "switch",
            CostType::Switch,
            "Networking",
            "Network Infrastructure",
            "Owned switches",
        ),
    ),
    (
        "software",
        "软件",
        (
            "software",
            CostType::Software,
            "Other",
            "Other (Other)",
            "Software licences",
        ),
    ),
    (
        "other",
        "其他",
        ("other", CostType::Other, "Other", "Other (Other)", "Other assets"),
    ),
];

const METHODS: &[(&str, &str, &str)] = &[("straight-line", "直线法", "straight-line")];

/// A hundred years: longer lives are slips.
const LONGEST_LIFE: u32 = 1200;

/// The largest price: more is a slip, and the arithmetic of depreciation stays far inside the range of money.
const HIGHEST_PRICE: Money = Money::whole(1_000_000_000_000_000);

/// Who issues the charges of what the company owns.
const OWN: &str = "own-assets";

impl Importer for Asset {
    fn name(&self) -> &'static str {
        IMPORTER
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(AssetReader::default())
    }

    fn examples(&self, chinese: bool) -> &'static str {
        match chinese {
            false => {
                "SRV-0001,Transcoder 1,server,2U two-socket,2026-01-12,2026-02-01,68000.00,CNY,48,\
                 3400.00,straight-line,,video,stream,Beijing-1,owned\n\
                 SW-0001,Core switch 1,switch,48 x 25G,2026-01-12,,42000.00,CNY,60,0,straight-line,,video,,Beijing-1,idc\n"
            }
            true => {
                "SRV-0001,转码服务器 1,服务器,2U 双路,2026-01-12,2026-02-01,68000.00,CNY,48,\
                 3400.00,直线法,,video,stream,北京一号机房,自建\n\
                 SW-0001,核心交换机 1,交换机,48 口 25G,2026年1月12日,,42000.00,CNY,60,0,直线法,,video,,北京一号机房,托管\n"
            }
        }
    }
}

/// Remembers the assets read so far: each may stand in one row only.
#[derive(Default)]
struct AssetReader {
    rows: HashMap<String, u64>,
}

impl RowReader for AssetReader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let asset = row.required_text(ASSET);
        let category = row.required_word(CATEGORY, CATEGORIES);
        let purchased = row.required_date(PURCHASED);
        let in_service = if row.text(IN_SERVICE).is_some() {
            row.date(IN_SERVICE)
        } else {
            purchased
        };
        let price = row.required_decimal(PRICE);
        let currency = row.currency(CURRENCY);
        let life = row.required_count(LIFE, LONGEST_LIFE);
        let residual = if row.text(RESIDUAL).is_some() {
            row.decimal(RESIDUAL)
        } else {
            Some(Money::ZERO)
        };
        let method = row.word(METHOD, METHODS).unwrap_or("straight-line");
        let retired = row.date(RETIRED);
        let mode = row.word(MODE, RESOURCE_MODES).unwrap_or(ResourceMode::Owned);
        row.required_text(PRODUCT);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        check_dates(row, purchased, in_service, retired);
        check_amounts(row, price, residual);
        if let Some(&earlier) = asset.and_then(|asset| self.rows.get(asset)) {
            row.problem(ASSET, Problem::Repeated { row: earlier });
        }
        let (Some(asset), Some(category), Some(purchased), Some(in_service), Some(price)) =
            (asset, category, purchased, in_service, price)
        else {
            return;
        };
        let (Some(currency), Some(life), Some(residual), false) = (currency, life, residual, row.failed()) else {
            return;
        };
        self.rows.insert(asset.to_owned(), row.number);
        let entered = Month::of(in_service);
        let months = straight_line(price, residual, life, entered.plus(1));
        let last = retired.map(Month::of);
        for (number, (month, amount)) in (1_u32..).zip(months) {
            if last.is_some_and(|last| month > last) {
                break;
            }
            let settings = row.settings;
            if settings.closed.contains(&month) || settings.month.is_some_and(|only| only != month) {
                output.not_posted(month);
                continue;
            }
            let mut charge = depreciation(category, amount, month);
            charge
                .set_text(Column::BillingCurrency, currency.as_str())
                .set_text(
                    Column::ChargeDescription,
                    format!("Depreciation {number}/{life} {}", row.text(NAME).unwrap_or(asset)),
                )
                .set_text(Column::RegionId, row.text(LOCATION).unwrap_or_default())
                .set_text(Column::RegionName, row.text(LOCATION).unwrap_or_default())
                .set_text(Column::ResourceId, asset)
                .set_text(Column::ResourceName, row.text(NAME).unwrap_or_default())
                .set_text(Column::ResourceType, row.text(MODEL).unwrap_or_default())
                .set_text(Column::ResourceMode, mode.as_str())
                .set_text(Column::Product, product.unwrap_or_default())
                .set_text(Column::Module, module.unwrap_or_default());
            output.charge(row, month, charge);
        }
        let record = vec![
            asset.into(),
            row.text(NAME).into(),
            category.0.into(),
            row.text(MODEL).into(),
            purchased.to_string().into(),
            in_service.to_string().into(),
            price.into(),
            currency.into(),
            Value::Integer(i64::from(life)),
            residual.into(),
            method.into(),
            retired.map_or(Value::Null, |day| day.to_string().into()),
            product.into(),
            module.into(),
            row.text(LOCATION).into(),
            mode.as_str().into(),
            row.location.source.into(),
            Value::Integer(row.number as i64),
        ];
        output.record(Dataset::Assets, SCHEMA, entered, record);
    }
}

fn check_dates(row: &Row<'_>, purchased: Option<NaiveDate>, in_service: Option<NaiveDate>, retired: Option<NaiveDate>) {
    if let (Some(purchased), Some(in_service)) = (purchased, in_service)
        && in_service < purchased
    {
        row.problem(IN_SERVICE, Problem::EndsBeforeStart);
    }
    if let (Some(in_service), Some(retired)) = (in_service, retired)
        && retired < in_service
    {
        row.problem(RETIRED, Problem::EndsBeforeStart);
    }
}

fn check_amounts(row: &Row<'_>, price: Option<Money>, residual: Option<Money>) {
    if price.is_some_and(Money::is_negative) {
        row.problem(PRICE, Problem::Negative);
    }
    if price.is_some_and(|price| price > HIGHEST_PRICE) {
        row.problem(PRICE, Problem::TooLarge);
    }
    if residual.is_some_and(Money::is_negative) {
        row.problem(RESIDUAL, Problem::Negative);
    }
    if let (Some(price), Some(residual)) = (price, residual)
        && !price.is_negative()
        && residual > price
    {
        row.problem(RESIDUAL, Problem::ResidualAbovePrice);
    }
}

/// One month's depreciation: nothing is invoiced in that month, so only the accrual columns carry it.
fn depreciation(category: Category, amount: Money, month: Month) -> Charge {
    let (_, cost_type, service_category, subcategory, service) = category;
    let mut charge = Charge::new();
    set_period(&mut charge, month);
    charge
        .set_decimal(Column::BilledCost, Money::ZERO)
        .set_decimal(Column::EffectiveCost, amount)
        .set_decimal(Column::ListCost, amount)
        .set_decimal(Column::ContractedCost, amount)
        .set_text(Column::BillingAccountId, OWN)
        .set_text(Column::ProviderName, OWN)
        .set_text(Column::PublisherName, OWN)
        .set_text(Column::InvoiceIssuerName, OWN)
        .set_text(Column::ChargeCategory, "Usage")
        .set_text(Column::ChargeFrequency, "Recurring")
        .set_text(Column::ServiceCategory, service_category)
        .set_text(Column::ServiceSubcategory, subcategory)
        .set_text(Column::ServiceName, service)
        .set_text(Column::CostType, cost_type.as_str())
        .set_text(Column::Expenditure, Expenditure::Capex.as_str());
    charge
}
