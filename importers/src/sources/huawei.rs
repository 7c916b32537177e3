//! Resource details of Huawei Cloud (华为云资源详单).
//!
//! 官网价 − 优惠金额 = 应付金额, which is BilledCost however it is then paid. The order of the console's columns is not published in
//! full: the Chinese names and the field names of `ResFeeRecordV2` are both read.

use super::domestic::{Domestic, NONE};
use crate::mapping::{columns, optional, required};
use headroom_models::ledger::Column;

columns! {
    MONTH = optional("cycle", "账期").or(&["bill_cycle"]);
    DATE = optional("bill_date", "消费日期").or(&["trade_time", "交易时间"]);
    ACCOUNT = optional("customer_id", "账号ID").or(&["客户ID", "运营实体"]);
    ACCOUNT_NAME = optional("account_name", "账号名称").or(&["账号", "关联账号"]);
    PROJECT = optional("enterprise_project_id", "企业项目ID");
    PROJECT_NAME = optional("enterprise_project_name", "企业项目");
    SERVICE = required("cloud_service_type_name", "云服务类型").or(&["产品类型", "云服务类型名称"]);
    CODE = optional("cloud_service_type", "云服务类型编码").or(&["产品类型编码"]);
    PRODUCT = optional("product_name", "产品").or(&["产品名称"]);
    RESOURCE = required("resource_id", "资源ID");
    NAME = optional("resource_name", "资源名称");
    TYPE = optional("resource_type_name", "资源类型").or(&["资源类型名称"]);
    TAGS = optional("resource_tag", "资源标签");
    REGION_ID = optional("region", "区域编码");
    REGION = optional("region_name", "区域").or(&["区域名称"]);
    SKU = optional("sku_code", "SKU编码").or(&["规格编码"]);
    SPEC = optional("product_spec_desc", "规格").or(&["产品规格"]);
    KIND = optional("bill_type", "账单类型");
    TRADE = optional("trade_id", "订单号/交易ID").or(&["订单号/交易号", "交易ID"]);
    START = optional("effective_time", "使用开始时间").or(&["开始时间"]);
    END = optional("expire_time", "使用结束时间").or(&["结束时间"]);
    USAGE = optional("usage", "使用量");
    UNIT = optional("unit", "单价单位");
    PRICE = optional("unit_price", "单价");
    LIST = required("official_amount", "官网价").or(&["官网价（元）", "官网价(元)"]);
    BILLED = required("consume_amount", "应付金额").or(&["amount", "应付金额（元）", "应付金额(元)"]);
    CURRENCY = optional("currency", "币种");
}

/// Reads 资源详单.
pub(crate) static IMPORTER: Domestic = Domestic {
    name: "huawei",
    provider: "Huawei Cloud",
    columns: COLUMNS,
    payer: NONE,
    month: MONTH,
    month_of: DATE,
    billed: BILLED,
    list: LIST,
    tax: NONE,
    currency: CURRENCY,
    service: SERVICE,
    service_code: CODE,
    kind: KIND,
    start: START,
    end: END,
    tags: TAGS,
    views: &[],
    copied: &[
        (Column::BillingAccountId, ACCOUNT),
        (Column::BillingAccountName, ACCOUNT_NAME),
        (Column::SubAccountId, PROJECT),
        (Column::SubAccountName, PROJECT_NAME),
        (Column::ChargeDescription, SPEC),
        (Column::ChargeDescription, PRODUCT),
        (Column::InvoiceId, TRADE),
        (Column::ResourceId, RESOURCE),
        (Column::ResourceName, NAME),
        (Column::ResourceType, TYPE),
        (Column::RegionId, REGION),
        (Column::RegionId, REGION_ID),
        (Column::RegionName, REGION),
        (Column::SkuId, SKU),
        (Column::ListUnitPrice, PRICE),
        (Column::PricingQuantity, USAGE),
        (Column::PricingUnit, UNIT),
    ],
    kind_of_code: kind,
};

/// The meaning of a `bill_type`, as the field description gives it.
fn kind(code: &str) -> Option<&'static str> {
    Some(match code {
        "1" => "消费-新购",
        "2" => "消费-续订",
        "3" => "消费-变更",
        "4" => "退款-退订",
        "5" => "消费-使用",
        "8" => "消费-自动续订",
        "9" => "调账-补偿",
        "14" => "消费-服务支持计划月末扣费",
        "16" => "调账-扣费",
        "18" => "消费-按月付费",
        "20" => "退款-变更",
        "23" => "消费-节省计划抵扣",
        "24" => "退款-包年/包月转按需",
        "25" => "消费-抹零补扣",
        "103" => "消费-按年付费",
        _ => return None,
    })
}
