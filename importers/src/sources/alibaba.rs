//! Bills of Alibaba Cloud (阿里云): 账单明细 as the CSV of the console and the fields of `DescribeInstanceBill`, 分账账单
//! (`DescribeSplitItemBill`), 摊销账单 (`DescribeInstanceAmortizedCostByAmortizationPeriod`).
//!
//! 原价 − 优惠金额 − 优惠券抵扣 = 应付金额, which is BilledCost however it is then paid (现金, 代金券, 储值卡, 欠费).

use super::domestic::{Domestic, NONE, View, ViewKind, no_codes};
use crate::mapping::{columns, optional, required};
use headroom_models::ledger::Column;

columns! {
    MONTH = required("BillingCycle", "账期").or(&["SplitBillingCycle", "分账账期", "AmortizationPeriod", "分摊账期", "摊销账期"]);
    ACCOUNT = optional("BillAccountID", "账号ID");
    ACCOUNT_NAME = optional("BillAccountName", "账号");
    OWNER = optional("OwnerID", "Owner账号");
    CODE = optional("ProductCode", "产品Code");
    PRODUCT = required("ProductName", "产品");
    DETAIL = required("ProductDetail", "产品明细");
    COMMODITY = optional("CommodityCode", "产品明细Code");
    KIND = optional("Item", "账单类型");
    START = optional("UsageStartTime", "账单开始时间");
    END = optional("UsageEndTime", "账单结束时间");
    ORDER = optional("BillId", "订单号/账单号");
    RESOURCE = required("InstanceID", "实例ID");
    NAME = optional("NickName", "实例昵称");
    TAGS = optional("Tag", "实例标签");
    SPEC = optional("InstanceSpec", "实例规格");
    REGION = optional("Region", "地域");
    ZONE = optional("Zone", "可用区");
    ITEM = optional("BillingItem", "计费项");
    PRICE = optional("ListPrice", "单价");
    USAGE = optional("Usage", "用量");
    UNIT = optional("UsageUnit", "用量单位");
    LIST = required("PretaxGrossAmount", "原价");
    BILLED = required("PretaxAmount", "应付金额");
    CURRENCY = optional("Currency", "币种");
    SPLIT_ITEM = optional("SplitItemID", "分拆项ID").or(&["分账项ID", "拆分项ID"]);
    SPLIT_NAME = optional("SplitItemName", "分拆项名称").or(&["分账项名称", "拆分项名称"]);
    SPLIT_ACCOUNT = optional("SplitAccountID", "分拆账号ID").or(&["分账账号ID", "拆分账号ID"]);
    BILL_OWNER = optional("BillOwnerID", "资源归属账号ID");
    SHARE = optional("CurrentAmortizationPretaxAmount", "当期摊销应付金额").or(&["本期分摊应付金额", "当月分摊应付金额"]);
    SHARE_LIST = optional("CurrentAmortizationPretaxGrossAmount", "当期摊销原价").or(&["本期分摊原价", "当月分摊原价"]);
}

/// Reads 账单明细.
pub(crate) static IMPORTER: Domestic = Domestic {
    name: "alibaba",
    provider: "Alibaba Cloud",
    columns: COLUMNS,
    payer: ACCOUNT,
    month: MONTH,
    month_of: NONE,
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
    views: &[
        View {
            kind: ViewKind::Amortized,
            marker: SHARE,
            month: MONTH,
            amount: SHARE,
            list: SHARE_LIST,
            tax: NONE,
        },
        View {
            kind: ViewKind::Split,
            marker: SPLIT_ITEM,
            month: MONTH,
            amount: BILLED,
            list: LIST,
            tax: NONE,
        },
    ],
    copied: &[
        (Column::BillingAccountId, ACCOUNT),
        (Column::BillingAccountName, ACCOUNT_NAME),
        (Column::SubAccountId, OWNER),
        (Column::SubAccountId, BILL_OWNER),
        (Column::SubAccountId, SPLIT_ACCOUNT),
        (Column::ChargeDescription, DETAIL),
        (Column::InvoiceId, ORDER),
        (Column::ResourceId, RESOURCE),
        (Column::ResourceName, NAME),
        // The attached resource is who used what the instance was billed for.
        (Column::ResourceId, SPLIT_ITEM),
        (Column::ResourceName, SPLIT_NAME),
        (Column::ResourceType, SPEC),
        (Column::RegionId, REGION),
        (Column::RegionName, REGION),
        (Column::AvailabilityZone, ZONE),
        (Column::SkuId, COMMODITY),
        (Column::SkuMeter, ITEM),
        (Column::ListUnitPrice, PRICE),
        (Column::PricingQuantity, USAGE),
        (Column::PricingUnit, UNIT),
    ],
    kind_of_code: no_codes,
};
