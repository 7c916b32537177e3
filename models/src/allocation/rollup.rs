//! The rollup: charges of one source and month added up per distinct combination of what rules and reports look at.

use super::Rule;
use crate::ledger::{Column, Money, decimal_values, text_values};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

/// The money of some charges, in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Amounts {
    /// Invoice (cash) basis, net of tax.
    pub billed: Money,
    /// Accrual basis: amortised and depreciated.
    pub effective: Money,
    /// At list price.
    pub list: Money,
    /// Tax on top of billed.
    pub tax: Money,
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, other: Amounts) {
        self.billed += other.billed;
        self.effective += other.effective;
        self.list += other.list;
        self.tax += other.tax;
    }
}

impl Amounts {
    /// The ledger columns of the four amounts, in the order of the fields.
    pub const COLUMNS: [Column; 4] = [
        Column::BilledCost,
        Column::EffectiveCost,
        Column::ListCost,
        Column::TaxAmount,
    ];

    /// The difference of each amount.
    pub(super) fn less(self, other: Amounts) -> Amounts {
        Amounts {
            billed: self.billed - other.billed,
            effective: self.effective - other.effective,
            list: self.list - other.list,
            tax: self.tax - other.tax,
        }
    }

    /// The amounts in the order of [`Amounts::COLUMNS`].
    pub fn to_array(self) -> [Money; 4] {
        [self.billed, self.effective, self.list, self.tax]
    }

    /// From amounts in the order of [`Amounts::COLUMNS`].
    pub fn from_array([billed, effective, list, tax]: [Money; 4]) -> Amounts {
        Amounts {
            billed,
            effective,
            list,
            tax,
        }
    }
}

/// What an allocated amount keeps of the charges it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dimensions {
    /// The source of the bill.
    pub source: String,
    /// ISO 4217.
    pub currency: String,
    /// FOCUS ProviderName.
    pub provider: String,
    /// FOCUS ServiceCategory.
    pub service_category: String,
    /// `x_ResourceMode`.
    pub resource_mode: String,
    /// `x_CostType`.
    pub cost_type: String,
    /// `x_Expenditure`.
    pub expenditure: String,
}

impl Dimensions {
    /// The ledger columns that are kept, besides the source, in the order of the fields.
    pub const COLUMNS: [Column; 6] = [
        Column::BillingCurrency,
        Column::ProviderName,
        Column::ServiceCategory,
        Column::ResourceMode,
        Column::CostType,
        Column::Expenditure,
    ];

    /// From the text of each of [`Dimensions::COLUMNS`].
    pub fn of(source: &str, text: impl Fn(usize) -> String) -> Dimensions {
        Dimensions {
            source: source.to_owned(),
            currency: text(0),
            provider: text(1),
            service_category: text(2),
            resource_mode: text(3),
            cost_type: text(4),
            expenditure: text(5),
        }
    }
}

/// One distinct combination: the charges that rules and reports cannot tell apart.
pub(super) struct Combination {
    pub dimensions: Dimensions,
    pub amounts: Amounts,
    pub charges: u64,
}

/// The columns to group by: the report dimensions, and what any rule looks at.
fn keys(rules: &[&Rule]) -> BTreeSet<Column> {
    Dimensions::COLUMNS
        .into_iter()
        .chain(rules.iter().flat_map(|rule| rule.columns()))
        .collect()
}

/// Rolls up one source's charges; returns the frame of keys (for the rules) and the combinations beside it, row by row.
pub(super) fn roll_up(
    source: &str,
    charges: LazyFrame,
    rules: &[&Rule],
) -> PolarsResult<(DataFrame, Vec<Combination>)> {
    let keys: Vec<Expr> = keys(rules).into_iter().map(|column| col(column.name())).collect();
    let mut sums: Vec<Expr> = Amounts::COLUMNS.iter().map(|column| col(column.name()).sum()).collect();
    sums.push(len().alias("charges"));
    let frame = charges
        .group_by(keys)
        .agg(sums)
        .collect_with_engine(Engine::Streaming)?
        .unwrap_single();
    let texts: Vec<Vec<Option<String>>> = Dimensions::COLUMNS
        .iter()
        .map(|column| text_values(&frame, column.name()))
        .collect::<PolarsResult<_>>()?;
    let sums: Vec<Vec<Option<Money>>> = Amounts::COLUMNS
        .iter()
        .map(|column| decimal_values(&frame, column.name()))
        .collect::<PolarsResult<_>>()?;
    let counts = frame.column("charges")?.cast(&DataType::UInt64)?;
    let counts = counts.u64()?;
    let combinations = (0..frame.height())
        .map(|row| {
            let text = |at: usize| texts[at][row].clone().unwrap_or_default();
            let amount = |at: usize| sums[at][row].unwrap_or_default();
            Combination {
                dimensions: Dimensions::of(source, text),
                amounts: Amounts::from_array([amount(0), amount(1), amount(2), amount(3)]),
                charges: counts.get(row).unwrap_or_default(),
            }
        })
        .collect();
    Ok((frame, combinations))
}

/// The ledger's own sums per currency, taken straight from the charges and not from the rollup: the other side of the proof.
///
/// # Errors
/// When the charges cannot be read.
pub fn ledger_sums(charges: LazyFrame) -> PolarsResult<BTreeMap<String, Amounts>> {
    let sums: Vec<Expr> = Amounts::COLUMNS.iter().map(|column| col(column.name()).sum()).collect();
    let frame = charges
        .group_by([col(Column::BillingCurrency.name())])
        .agg(sums)
        .collect_with_engine(Engine::Streaming)?
        .unwrap_single();
    let currencies = text_values(&frame, Column::BillingCurrency.name())?;
    let sums: Vec<Vec<Option<Money>>> = Amounts::COLUMNS
        .iter()
        .map(|column| decimal_values(&frame, column.name()))
        .collect::<PolarsResult<_>>()?;
    Ok(currencies
        .into_iter()
        .enumerate()
        .map(|(row, currency)| {
            let amount = |at: usize| sums[at][row].unwrap_or_default();
            (
                currency.unwrap_or_default(),
                Amounts::from_array([amount(0), amount(1), amount(2), amount(3)]),
            )
        })
        .collect())
}
