//! Bills of Volcengine (火山引擎): 账单明细, 分账账单 (`ListSplitBillDetail`), 摊销账单 (`ListAmortizedCostBillDetail`).
//!
//! 应付金额 is BilledCost, 原价 is ListCost and 税额 the tax amount. The header of the console's CSV is not published: Chinese names
//! and the field names of `ListBillDetail` are both read.

use super::domestic::{Domestic, View, ViewKind, no_codes};
use crate::mapping::{columns, optional, required};
use headroom_models::ledger::Column;

columns! {
    MONTH = required("BillPeriod", "账期");
    PAYER = optional("PayerID", "付款方账号ID").or(&["付款账号ID", "账号ID"]);
    PAYER_NAME = optional("PayerUserName", "付款方账号").or(&["付款账号"]);
    OWNER = optional("OwnerID", "所有者账号ID").or(&["使用方账号ID", "使用账号ID"]);
    OWNER_NAME = optional("OwnerUserName", "所有者账号").or(&["使用方账号"]);
    PRODUCT = required("ProductZh", "产品").or(&["Product", "产品名称"]);
    CODE = optional("Product", "产品编码");
    KIND = optional("BillCategory", "账单类型");
    BILL = optional("BillID", "账单号").or(&["账单ID"]);
    RESOURCE = optional("InstanceNo", "实例ID").or(&["ResourceID", "实例编号", "资源ID"]);
    NAME = optional("InstanceName", "实例名称");
    REGION_ID = optional("RegionCode", "地域编码");
    REGION = optional("Region", "地域");
    ZONE = optional("Zone", "可用区");
    CONFIG = optional("ConfigName", "配置名称");
    CONFIG_CODE = optional("ConfigurationCode", "配置编码");
    ELEMENT = optional("Element", "计费项");
    START = optional("ExpenseBeginTime", "消费开始时间");
    END = optional("ExpenseEndTime", "消费结束时间");
    PRICE = optional("Price", "单价");
    COUNT = optional("Count", "用量");
    UNIT = optional("Unit", "用量单位");
    LIST = required("OriginalBillAmount", "原价");
    _ROUND = required("RoundAmount", "抹零金额").or(&["抹零"]);
    BILLED = required("PayableAmount", "应付金额").or(&["应付"]);
    TAX = optional("Tax", "税额");
    CURRENCY = optional("Currency", "币种");
    TAGS = optional("Tag", "标签");
    SPLIT_ITEM = optional("SplitItemID", "分账项ID").or(&["分拆项ID"]);
    SPLIT_NAME = optional("SplitItemName", "分账项名称").or(&["分拆项名称"]);
    SHARE_MONTH = optional("AmortizedMonth", "摊销月份").or(&["摊销账期", "分摊月份"]);
    SHARE = optional("DailyAmortizedPayableAmount", "每日摊销应付金额").or(&["摊销应付金额", "日摊销应付金额"]);
    SHARE_LIST = optional("DailyAmortizedOriginalBillAmount", "每日摊销原价").or(&["摊销原价", "日摊销原价"]);
    SHARE_TAX = optional("DailyAmortizedTaxAmount", "每日摊销税额").or(&["摊销税额", "日摊销税额"]);
}

/// Reads 账单明细.
pub(crate) static IMPORTER: Domestic = Domestic {
    name: "volcengine",
    provider: "Volcengine",
    columns: COLUMNS,
    payer: PAYER,
    month: MONTH,
    month_of: START,
    billed: BILLED,
    list: LIST,
    tax: TAX,
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
            month: SHARE_MONTH,
            amount: SHARE,
            list: SHARE_LIST,
            tax: SHARE_TAX,
        },
        View {
            kind: ViewKind::Split,
            marker: SPLIT_ITEM,
            month: MONTH,
            amount: BILLED,
            list: LIST,
            tax: TAX,
        },
    ],
    copied: &[
        (Column::BillingAccountId, PAYER),
        (Column::BillingAccountName, PAYER_NAME),
        (Column::SubAccountId, OWNER),
        (Column::SubAccountName, OWNER_NAME),
        (Column::ChargeDescription, CONFIG),
        (Column::InvoiceId, BILL),
        (Column::ResourceId, RESOURCE),
        (Column::ResourceName, NAME),
        (Column::ResourceId, SPLIT_ITEM),
        (Column::ResourceName, SPLIT_NAME),
        (Column::RegionId, REGION),
        (Column::RegionId, REGION_ID),
        (Column::RegionName, REGION),
        (Column::AvailabilityZone, ZONE),
        (Column::SkuId, CONFIG_CODE),
        (Column::SkuMeter, ELEMENT),
        (Column::ListUnitPrice, PRICE),
        (Column::PricingQuantity, COUNT),
        (Column::PricingUnit, UNIT),
    ],
    kind_of_code: no_codes,
};
