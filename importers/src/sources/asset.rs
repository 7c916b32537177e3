//! The asset register: what was bought, and its monthly depreciation as charges.

pub(super) mod events;
pub(super) mod posting;

use super::idc_invoice::RESOURCE_MODES;
use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema, Value};
use chrono::NaiveDate;
use headroom_models::assets::{AssetEvent, AssetEventKind, AssetProblem, Course, Method};
use headroom_models::ledger::{Charge, Column, CostType, Expenditure, Money, Month, ResourceMode};
use std::collections::{HashMap, HashSet};

/// The name of this importer: its batches are registers, and their charges depreciation.
pub(super) const IMPORTER: &str = "asset";

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
    EVENT = optional("event", "事项");
    EVENT_DATE = optional("event_date", "事项日期");
    UNITS = optional("units", "工作量");
    PROCEEDS = optional("proceeds", "处置收入");
}

pub(super) const SCHEMA: Schema = &[
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

const METHODS: &[(&str, &str, Method)] = &[
    ("straight-line", "直线法", Method::StraightLine),
    ("straight-line", "年限平均法", Method::StraightLine),
    ("straight-line", "平均年限法", Method::StraightLine),
    ("double-declining", "双倍余额递减法", Method::DoubleDeclining),
    ("sum-of-years", "年数总和法", Method::SumOfYears),
    ("units-of-production", "工作量法", Method::UnitsOfProduction),
];

/// A hundred years: longer lives are slips.
pub(super) const LONGEST_LIFE: u32 = 1200;

/// The largest price: more is a slip, and the arithmetic of depreciation stays far inside the range of money.
pub(super) const HIGHEST_PRICE: Money = Money::whole(1_000_000_000_000_000);

/// Who issues the charges of what the company owns.
const OWN: &str = "own-assets";

impl Importer for Asset {
    fn name(&self) -> &'static str {
        IMPORTER
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn always_reads_ahead(&self) -> bool {
        true
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(AssetReader::default())
    }

    fn examples(&self, chinese: bool) -> &'static str {
        match chinese {
            false => {
                "SRV-0001,Transcoder 1,server,2U two-socket,2026-01-12,2026-02-01,68000.00,CNY,48,\
                 3400.00,straight-line,,video,stream,Beijing-1,owned,,,,\n\
                 SW-0001,Core switch 1,switch,48 x 25G,2026-01-12,,42000.00,CNY,60,0,straight-line,,video,,Beijing-1,idc,,,,\n"
            }
            true => {
                "SRV-0001,转码服务器 1,服务器,2U 双路,2026-01-12,2026-02-01,68000.00,CNY,48,\
                 3400.00,直线法,,video,stream,北京一号机房,自建,,,,\n\
                 SW-0001,核心交换机 1,交换机,48 口 25G,2026年1月12日,,42000.00,CNY,60,0,直线法,,video,,北京一号机房,托管,,,,\n"
            }
        }
    }
}

/// Remembers the assets read so far (each may stand in one row only), and before that what happened to them.
#[derive(Default)]
struct AssetReader {
    rows: HashMap<String, u64>,
    ahead: HashSet<String>,
    courses: HashMap<String, Course>,
}

impl RowReader for AssetReader {
    fn ahead(&mut self, row: &Row<'_>) {
        let Some(asset) = row.text(ASSET) else { return };
        if row.text(EVENT).is_none() {
            self.ahead.insert(asset.to_owned());
        } else if let Some(event) = events::kind_of(row).and_then(|kind| events::read(row, kind)) {
            self.courses.entry(asset.to_owned()).or_default().add(&event);
        }
    }

    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        if row.text(EVENT).is_some() {
            self.read_event(row, output);
        } else {
            self.read_asset(row, output);
        }
    }
}

impl AssetReader {
    /// An event: kept as it is; the asset's own row posts what comes of it.
    fn read_event(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let asset = row.required_text(ASSET);
        if asset.is_some_and(|asset| !self.ahead.contains(asset)) {
            row.problem(ASSET, Problem::UnknownAsset);
        }
        let event = row.word(EVENT, events::EVENTS).and_then(|kind| events::read(row, kind));
        if let (Some(asset), Some(event), false) = (asset, event, row.failed()) {
            let record = events::record(&event, row, asset);
            output.record(Dataset::AssetEvents, events::SCHEMA, Month::of(event.day), record);
        }
    }

    fn read_asset(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
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
        let method = row.word(METHOD, METHODS).unwrap_or_default();
        let retired = row.date(RETIRED);
        let mode = row.word(MODE, RESOURCE_MODES).unwrap_or(ResourceMode::Owned);
        let (units, proceeds) = (row.measure(UNITS), row.decimal(PROCEEDS));
        row.required_text(PRODUCT);
        let (product, module) = row.product_and_module(PRODUCT, MODULE);
        check_dates(row, purchased, in_service, retired);
        check_amounts(row, price, residual);
        if let Some(&earlier) = asset.and_then(|asset| self.rows.get(asset)) {
            row.problem(ASSET, Problem::Repeated { row: earlier });
        }
        let (Some(id), Some(category), Some(purchased), Some(in_service), Some(price)) =
            (asset, category, purchased, in_service, price)
        else {
            return;
        };
        let (Some(currency), Some(life), Some(residual), false) = (currency, life, residual, row.failed()) else {
            return;
        };
        self.rows.insert(id.to_owned(), row.number);
        let mut own = Vec::new();
        if let Some(units) = units {
            let mut event = AssetEvent::new(AssetEventKind::ExpectedUnits, in_service);
            event.units = Some(units);
            own.push(event);
        }
        if let Some(proceeds) = proceeds {
            let mut event = AssetEvent::new(AssetEventKind::Proceeds, retired.unwrap_or(in_service));
            event.amount = Some(proceeds);
            own.push(event);
        }
        let mut course = self.courses.remove(id).unwrap_or_default();
        own.iter().for_each(|event| course.add(event));
        let entered = Month::of(in_service);
        let asset = headroom_models::assets::Asset {
            asset_id: id.to_owned(),
            name: row.text(NAME).unwrap_or_default().to_owned(),
            category: category.0.to_owned(),
            model: row.text(MODEL).unwrap_or_default().to_owned(),
            in_service: entered,
            purchase_price: price,
            currency: currency.clone(),
            life,
            residual,
            retirement: retired.map(Month::of),
            product: product.unwrap_or_default().to_owned(),
            module: module.unwrap_or_default().to_owned(),
            method,
            course,
        };
        let costs = match asset.costs() {
            Ok(costs) => costs,
            Err(AssetProblem::ImprovementOrder { month, first }) => {
                return row.problem(IN_SERVICE, Problem::ImprovementOrder { month, first });
            }
            Err(_) => return row.problem(UNITS, Problem::NoExpectedUnits),
        };
        posting::post(&asset, costs, None, &template(row, &asset, category, mode), row, output);
        for event in own {
            let record = events::record(&event, row, id);
            output.record(Dataset::AssetEvents, events::SCHEMA, Month::of(event.day), record);
        }
        let record = vec![
            id.into(),
            row.text(NAME).into(),
            category.0.into(),
            row.text(MODEL).into(),
            purchased.to_string().into(),
            in_service.to_string().into(),
            price.into(),
            currency.into(),
            Value::Integer(i64::from(life)),
            residual.into(),
            method.as_str().into(),
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

/// What all charges of an asset have in common. Nothing is invoiced in their months: only the accrual columns carry them.
fn template(row: &Row<'_>, asset: &headroom_models::assets::Asset, category: Category, mode: ResourceMode) -> Charge {
    let (_, cost_type, service_category, subcategory, service) = category;
    let mut charge = Charge::new();
    charge
        .set_text(Column::BillingCurrency, asset.currency.as_str())
        .set_text(Column::BillingAccountId, OWN)
        .set_text(Column::ProviderName, OWN)
        .set_text(Column::PublisherName, OWN)
        .set_text(Column::InvoiceIssuerName, OWN)
        .set_text(Column::ServiceCategory, service_category)
        .set_text(Column::ServiceSubcategory, subcategory)
        .set_text(Column::ServiceName, service)
        .set_text(Column::RegionId, row.text(LOCATION).unwrap_or_default())
        .set_text(Column::RegionName, row.text(LOCATION).unwrap_or_default())
        .set_text(Column::ResourceId, asset.asset_id.as_str())
        .set_text(Column::ResourceName, asset.name.as_str())
        .set_text(Column::ResourceType, asset.model.as_str())
        .set_text(Column::ResourceMode, mode.as_str())
        .set_text(Column::CostType, cost_type.as_str())
        .set_text(Column::Expenditure, Expenditure::Capex.as_str());
    charge
}
