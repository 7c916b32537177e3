//! Bills of Tencent Cloud: L3 明细账单 with its components, and L2 资源账单.
//!
//! 优惠后总价 is BilledCost however it is then paid (现金, 赠送, 分成金, 优惠券). The header of the console's CSV is not published:
//! the Chinese names of the field descriptions and the field names of the API are both read.

use super::domestic::{Domestic, NONE, View, ViewKind, no_codes};
use crate::mapping::{columns, optional, required};
use headroom_models::ledger::Column;

columns! {
    MONTH = optional("BillMonth", "账单归属月").or(&["账单月份", "账期"]);
    PRODUCT = required("BusinessCodeName", "产品名称");
    CODE = optional("BusinessCode", "产品编码");
    DETAIL = optional("ProductCodeName", "子产品名称");
    DETAIL_CODE = optional("ProductCode", "子产品编码");
    REGION_ID = optional("RegionId", "地域ID").or(&["地域 ID"]);
    REGION = optional("RegionName", "地域");
    ZONE = optional("ZoneName", "可用区");
    RESOURCE = required("ResourceId", "资源ID").or(&["资源 ID"]);
    NAME = optional("ResourceName", "资源别名");
    KIND = optional("ActionTypeName", "交易类型");
    BILL = optional("BillId", "交易ID").or(&["交易 ID"]);
    PAID = optional("PayTime", "扣费时间");
    START = optional("FeeBeginTime", "开始使用时间");
    END = optional("FeeEndTime", "结束使用时间");
    PAYER = optional("PayerUin", "支付者UIN").or(&["支付者 UIN"]);
    OWNER = optional("OwnerUin", "使用者UIN").or(&["使用者 UIN"]);
    COMPONENT = optional("ComponentCodeName", "组件类型");
    ITEM = optional("ItemCodeName", "组件名称");
    PRICE = optional("SinglePrice", "组件刊例价");
    USED = optional("UsedAmount", "组件用量");
    UNIT = optional("UsedAmountUnit", "组件用量单位");
    LIST = optional("Cost", "组件原价").or(&["TotalCost", "原价"]);
    BILLED = required("RealCost", "优惠后总价").or(&["RealTotalCost"]);
    TAGS = optional("Tags", "标签信息").or(&["标签"]);
    CURRENCY = optional("Currency", "币种");
}

/// Reads L2 and L3 bills.
pub(crate) static IMPORTER: Domestic = Domestic {
    name: "tencent",
    provider: "Tencent Cloud",
    columns: COLUMNS,
    payer: PAYER,
    month: MONTH,
    month_of: PAID,
    billed: BILLED,
    list: LIST,
    tax: NONE,
    currency: CURRENCY,
    service: PRODUCT,
    service_code: CODE,
    kind: KIND,
    start: START,
    end: END,
    tags: TAGS,
    // L2 has one line for a resource, L3 one for each component of it.
    views: &[View {
        kind: ViewKind::Split,
        marker: ITEM,
        month: MONTH,
        amount: BILLED,
        list: LIST,
        tax: NONE,
    }],
    copied: &[
        (Column::BillingAccountId, PAYER),
        (Column::SubAccountId, OWNER),
        (Column::ChargeDescription, DETAIL),
        (Column::InvoiceId, BILL),
        (Column::ResourceId, RESOURCE),
        (Column::ResourceName, NAME),
        (Column::ResourceType, COMPONENT),
        (Column::RegionId, REGION),
        (Column::RegionId, REGION_ID),
        (Column::RegionName, REGION),
        (Column::AvailabilityZone, ZONE),
        (Column::SkuId, DETAIL_CODE),
        (Column::SkuMeter, ITEM),
        (Column::ListUnitPrice, PRICE),
        (Column::PricingQuantity, USED),
        (Column::PricingUnit, UNIT),
    ],
    kind_of_code: no_codes,
};
