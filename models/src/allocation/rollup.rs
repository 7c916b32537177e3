//! The rollup: charges of one source and month added up per distinct combination of what rules and reports look at.

use super::attributes::CHARGES;
use super::coded::CodedFrame;
use super::target::{Targets, match_coded};
use super::{Rule, SourceCharges, Subject, Target};
use crate::ledger::{Column, Money, Month, decimal_values, text_values};
use foldhash::fast::FixedState;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
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

/// Adds up one source's charges by where the rules send them and by the report dimensions.
///
/// The rules are asked once per distinct combination of what they look at: of the rollup kept beside the charges where it
/// has all of their columns, otherwise of the charges grouped here.
pub(super) fn roll_up(
    source: &SourceCharges,
    rules: &[&Rule],
    products: &BTreeMap<String, BTreeSet<String>>,
    month: Month,
) -> PolarsResult<Vec<(Combination, Target)>> {
    let keys = keys(rules);
    let columns = || keys.iter().map(|column| col(column.name())).collect::<Vec<Expr>>();
    let sums = Amounts::COLUMNS.iter().map(|column| col(column.name()));
    let frame = match source.rollup_for(&keys) {
        Some(rollup) => {
            let mut wanted = columns();
            wanted.extend(sums);
            wanted.push(col(CHARGES));
            rollup.combinations.clone().select(wanted).collect()?
        }
        None => {
            let mut sums: Vec<Expr> = sums.map(Expr::sum).collect();
            sums.push(len().cast(DataType::Int64).alias(CHARGES));
            let grouped = source.charges.clone().group_by(columns()).agg(sums);
            grouped.collect_with_engine(Engine::Streaming)?.unwrap_single()
        }
    };
    let coded = CodedFrame::of(&frame, keys.iter().copied())?;
    let Targets { rows, targets } = match_coded(&coded, frame.height(), rules, products, month)?;
    let dimensions = Dimensions::COLUMNS
        .iter()
        .map(|column| coded.codes(*column))
        .collect::<PolarsResult<Vec<_>>>()?;
    let amounts: Vec<Vec<Option<Money>>> = Amounts::COLUMNS
        .iter()
        .map(|column| decimal_values(&frame, column.name()))
        .collect::<PolarsResult<_>>()?;
    let counts = frame.column(CHARGES)?.i64()?.clone();
    let mut sums: HashMap<(u32, [u32; 6]), (Amounts, u64), FixedState> = HashMap::default();
    for (row, target) in rows.into_iter().enumerate() {
        let at = std::array::from_fn(|at| dimensions[at][row]);
        let (sum, charges) = sums.entry((target, at)).or_default();
        let amount = |at: usize| amounts[at][row].unwrap_or_default();
        *sum += Amounts::from_array([amount(0), amount(1), amount(2), amount(3)]);
        *charges += counts.get(row).unwrap_or_default() as u64;
    }
    let texts = Dimensions::COLUMNS
        .iter()
        .map(|column| coded.texts(&Subject::Column(*column)))
        .collect::<PolarsResult<Vec<_>>>()?;
    let combination = |((target, at), (amounts, charges)): ((u32, [u32; 6]), (Amounts, u64))| {
        let text = |column: usize| texts[column][at[column] as usize].clone().unwrap_or_default();
        let combination = Combination {
            dimensions: Dimensions::of(&source.source, text),
            amounts,
            charges,
        };
        (combination, targets[target as usize].clone())
    };
    Ok(sums.into_iter().map(combination).collect())
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
