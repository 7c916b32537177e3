//! The columns of the ledger: FOCUS 1.2, and Headroom's own ones prefixed `x_`.

use polars::prelude::{DataType, Field, PlSmallStr, Schema, TimeUnit, TimeZone};
use std::str::FromStr;

/// How a column's values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// UTF-8 text; identifiers stay text even when they look like numbers.
    Text,
    /// Decimal(38, 18): money, unit prices and quantities.
    Decimal,
    /// Microseconds in UTC.
    Timestamp,
    /// Whole number.
    Integer,
}

macro_rules! columns {
    ($($name:ident: $kind:ident, $shown:literal;)*) => {
        /// A column of the ledger.
        #[allow(missing_docs, reason = "the meaning of each FOCUS column is defined by the FOCUS specification")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $($name,)* }

        impl Column {
            /// All columns in the order in which the ledger stores them.
            pub const ALL: &[Column] = &[$(Column::$name,)*];

            /// The name as it stands in files.
            pub const fn name(self) -> &'static str {
                match self { $(Column::$name => $shown,)* }
            }

            /// How the values are stored.
            #[inline]
            pub const fn kind(self) -> ColumnKind {
                match self { $(Column::$name => ColumnKind::$kind,)* }
            }
        }
    };
}

columns! {
    AvailabilityZone: Text, "AvailabilityZone";
    BilledCost: Decimal, "BilledCost";
    BillingAccountId: Text, "BillingAccountId";
    BillingAccountName: Text, "BillingAccountName";
    BillingAccountType: Text, "BillingAccountType";
    BillingCurrency: Text, "BillingCurrency";
    BillingPeriodEnd: Timestamp, "BillingPeriodEnd";
    BillingPeriodStart: Timestamp, "BillingPeriodStart";
    CapacityReservationId: Text, "CapacityReservationId";
    CapacityReservationStatus: Text, "CapacityReservationStatus";
    ChargeCategory: Text, "ChargeCategory";
    ChargeClass: Text, "ChargeClass";
    ChargeDescription: Text, "ChargeDescription";
    ChargeFrequency: Text, "ChargeFrequency";
    ChargePeriodEnd: Timestamp, "ChargePeriodEnd";
    ChargePeriodStart: Timestamp, "ChargePeriodStart";
    CommitmentDiscountCategory: Text, "CommitmentDiscountCategory";
    CommitmentDiscountId: Text, "CommitmentDiscountId";
    CommitmentDiscountName: Text, "CommitmentDiscountName";
    CommitmentDiscountQuantity: Decimal, "CommitmentDiscountQuantity";
    CommitmentDiscountStatus: Text, "CommitmentDiscountStatus";
    CommitmentDiscountType: Text, "CommitmentDiscountType";
    CommitmentDiscountUnit: Text, "CommitmentDiscountUnit";
    ConsumedQuantity: Decimal, "ConsumedQuantity";
    ConsumedUnit: Text, "ConsumedUnit";
    ContractedCost: Decimal, "ContractedCost";
    ContractedUnitPrice: Decimal, "ContractedUnitPrice";
    EffectiveCost: Decimal, "EffectiveCost";
    InvoiceId: Text, "InvoiceId";
    InvoiceIssuerName: Text, "InvoiceIssuerName";
    ListCost: Decimal, "ListCost";
    ListUnitPrice: Decimal, "ListUnitPrice";
    PricingCategory: Text, "PricingCategory";
    PricingCurrency: Text, "PricingCurrency";
    PricingCurrencyContractedUnitPrice: Decimal, "PricingCurrencyContractedUnitPrice";
    PricingCurrencyEffectiveCost: Decimal, "PricingCurrencyEffectiveCost";
    PricingCurrencyListUnitPrice: Decimal, "PricingCurrencyListUnitPrice";
    PricingQuantity: Decimal, "PricingQuantity";
    PricingUnit: Text, "PricingUnit";
    ProviderName: Text, "ProviderName";
    PublisherName: Text, "PublisherName";
    RegionId: Text, "RegionId";
    RegionName: Text, "RegionName";
    ResourceId: Text, "ResourceId";
    ResourceName: Text, "ResourceName";
    ResourceType: Text, "ResourceType";
    ServiceCategory: Text, "ServiceCategory";
    ServiceName: Text, "ServiceName";
    ServiceSubcategory: Text, "ServiceSubcategory";
    SkuId: Text, "SkuId";
    SkuMeter: Text, "SkuMeter";
    SkuPriceDetails: Text, "SkuPriceDetails";
    SkuPriceId: Text, "SkuPriceId";
    SubAccountId: Text, "SubAccountId";
    SubAccountName: Text, "SubAccountName";
    SubAccountType: Text, "SubAccountType";
    Tags: Text, "Tags";
    ResourceMode: Text, "x_ResourceMode";
    CostType: Text, "x_CostType";
    Expenditure: Text, "x_Expenditure";
    Department: Text, "x_Department";
    Product: Text, "x_Product";
    Module: Text, "x_Module";
    TaxAmount: Decimal, "x_TaxAmount";
    OriginalMonth: Text, "x_OriginalMonth";
    Estimate: Text, "x_Estimate";
    ImportId: Text, "x_ImportId";
    SourceFile: Text, "x_SourceFile";
    SourceRow: Integer, "x_SourceRow";
}

impl Column {
    /// The polars type of the values.
    pub fn data_type(self) -> DataType {
        match self.kind() {
            ColumnKind::Text => DataType::String,
            ColumnKind::Decimal => DataType::Decimal(38, super::SCALE as usize),
            ColumnKind::Timestamp => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
            ColumnKind::Integer => DataType::Int64,
        }
    }

    /// The schema of a ledger file.
    pub fn schema() -> Schema {
        Column::ALL
            .iter()
            .map(|c| Field::new(PlSmallStr::from_static(c.name()), c.data_type()))
            .collect()
    }
}

impl FromStr for Column {
    type Err = String;

    /// Finds a column by the name it has in files.
    fn from_str(name: &str) -> Result<Self, String> {
        Column::ALL
            .iter()
            .copied()
            .find(|c| c.name() == name)
            .ok_or_else(|| format!("the ledger has no column '{name}'"))
    }
}
