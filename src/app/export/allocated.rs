//! The allocated ledger as a FOCUS file: one row per charge and product, with the allocation columns of FOCUS 1.3.

use super::super::allocation::RulesInForce;
use super::super::reference::texts;
use super::super::{App, AppError};
use crate::refusal::Refusal;
use crate::store::{DataFile, StoredRun};
use headroom_models::allocation::{Amounts, Dimensions, LinePart, LineSplitter, Rule, Target, match_rules};
use headroom_models::configuration::Configuration;
use headroom_models::language::Language;
use headroom_models::ledger::{Column as LedgerColumn, Money, Month, decimal_column, decimal_values};
use headroom_models::organization::UNALLOCATED;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Columns added to the ledger's: those of FOCUS 1.3, those that tie the parts of a charge together, and ours.
const ADDED: [(&str, bool); 9] = [
    ("AllocatedMethodId", false),
    ("AllocatedMethodDetails", false),
    ("AllocatedResourceId", false),
    ("AllocatedResourceName", false),
    ("AllocatedTags", false),
    ("x_SplitOriginId", false),
    ("x_SplitOriginCost", true),
    ("x_AllocationRule", false),
    ("x_AllocationRuleVersion", false),
];

/// Amounts and quantities that add up besides those of the books. Unit prices do not: they stay those of the charge.
const FURTHER: [LedgerColumn; 5] = [
    LedgerColumn::ContractedCost,
    LedgerColumn::PricingCurrencyEffectiveCost,
    LedgerColumn::CommitmentDiscountQuantity,
    LedgerColumn::ConsumedQuantity,
    LedgerColumn::PricingQuantity,
];

/// The columns of the file.
pub(super) fn schema() -> Schema {
    let mut schema = LedgerColumn::schema();
    for (name, amount) in ADDED {
        let kind = if amount {
            LedgerColumn::BilledCost.data_type()
        } else {
            DataType::String
        };
        schema.with_column(name.into(), kind);
    }
    schema
}

/// What the rows of one month are made from.
pub(super) struct MonthInForce {
    month: Month,
    version: i64,
    configuration: Configuration,
    products: BTreeMap<String, BTreeSet<String>>,
}

/// What is written beside the ledger's columns, row by row.
#[derive(Default)]
struct Beside {
    origins: Vec<IdxSize>,
    amounts: Vec<[Option<Money>; 4]>,
    further: Vec<Vec<Option<Money>>>,
    texts: [Vec<Option<String>>; 8],
    costs: Vec<Option<Money>>,
}

impl App {
    /// Passes the rows of one month to `write`, file by file, and proves that they are the books.
    pub(super) fn allocated_lines(
        &self,
        run: &StoredRun,
        mut write: impl FnMut(DataFrame) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let month = run.month;
        let (rules, allocation) = self.run_again(run)?;
        let in_force = MonthInForce {
            month,
            version: run.configuration_version,
            products: rules.configuration.organization.modules_by_product(),
            configuration: rules.configuration,
        };
        let mut splitter = LineSplitter::new(&allocation.steps);
        for (source, files) in self.charges_of(month)? {
            for file in files {
                if let Some(charges) = self.store.scan(std::slice::from_ref(&file))? {
                    write(in_force.lines(&source, &file, &charges.collect()?, &mut splitter)?)?;
                }
            }
        }
        splitter.prove(&self.store.allocated_costs(run)?).map_err(|differ| {
            Refusal::new("refused-export-differs")
                .with("month", month)
                .with("reason", differ)
                .into()
        })
    }

    /// The run of a month once more, by its own version of the rules; nothing is stored.
    fn run_again(&self, run: &StoredRun) -> Result<(RulesInForce, headroom_models::allocation::Allocation), AppError> {
        let rules = RulesInForce::of_version(self, run.configuration_version)?;
        let files: Vec<DataFile> = self.charges_of(run.month)?.into_values().flatten().collect();
        let allocation = self.run_rules(run.month, &files, &rules)?;
        Ok((rules, allocation))
    }
}

impl MonthInForce {
    fn lines(
        &self,
        source: &str,
        file: &DataFile,
        charges: &DataFrame,
        splitter: &mut LineSplitter<'_>,
    ) -> Result<DataFrame, AppError> {
        let rules: Vec<&Rule> = self
            .configuration
            .rules
            .iter()
            .filter(|rule| rule.applies_in(self.month))
            .collect();
        let targets = match_rules(charges, &rules, &self.products, self.month)?;
        let dimensions: Vec<Vec<String>> = Dimensions::COLUMNS
            .iter()
            .map(|column| texts(charges, column.name()))
            .collect::<PolarsResult<_>>()?;
        let decimals = |columns: &[LedgerColumn]| {
            columns
                .iter()
                .map(|column| decimal_values(charges, column.name()))
                .collect::<PolarsResult<Vec<_>>>()
        };
        let (amounts, further) = (decimals(&Amounts::COLUMNS)?, decimals(&FURTHER)?);
        let mut beside = Beside::default();
        for (row, target) in targets.iter().enumerate() {
            let kept = Dimensions::of(source, |at| dimensions[at][row].clone());
            let whole = [0, 1, 2, 3].map(|at| amounts[at][row]);
            let extra: Vec<Option<Money>> = further.iter().map(|values| values[row]).collect();
            let parts = splitter.split(
                &kept,
                target,
                Amounts::from_array(whole.map(Option::unwrap_or_default)),
                extra.iter().map(|amount| amount.unwrap_or_default()).collect(),
            );
            let origin = format!("{}-{row}", &file.sha256[..16.min(file.sha256.len())]);
            for part in parts {
                self.add(&mut beside, row, target, &origin, (&whole, &extra), part);
            }
        }
        beside.frame(charges)
    }

    fn add(
        &self,
        beside: &mut Beside,
        row: usize,
        target: &Target,
        origin: &str,
        (whole, extra): (&[Option<Money>; 4], &[Option<Money>]),
        part: LinePart,
    ) {
        let parts = part.amounts.to_array();
        let at_least_there = |there: &Option<Money>, amount: Money| there.map(|_| amount);
        beside.origins.push(row as IdxSize);
        beside
            .amounts
            .push([0, 1, 2, 3].map(|at| at_least_there(&whole[at], parts[at])));
        beside.further.push(
            extra
                .iter()
                .zip(&part.further)
                .map(|(there, amount)| at_least_there(there, *amount))
                .collect(),
        );
        // A charge that no rule took is no allocated charge: FOCUS leaves its allocation columns empty.
        let (method, rule) = match target {
            Target::Product { rule, .. } => (Some("direct".to_owned()), Some(rule.clone())),
            Target::Pool { rule, pool } => (Some(format!("pool:{pool}")), Some(rule.clone())),
            Target::Nobody => (None, None),
        };
        let allocated = method.is_some();
        let only = |text: String| allocated.then_some(text);
        beside.costs.push(whole[0].filter(|_| allocated));
        let values = [
            method,
            only(details(&part)),
            only(part.product.clone()),
            only(self.name_of(&part.product)),
            only(self.tags(&part)),
            only(origin.to_owned()),
            rule,
            only(self.version.to_string()),
        ];
        for (column, value) in beside.texts.iter_mut().zip(values) {
            column.push(value);
        }
    }

    fn name_of(&self, product: &str) -> String {
        let known = self.configuration.organization.product(product);
        known.map_or_else(
            || product.to_owned(),
            |product| product.name.in_language(Language::English).to_owned(),
        )
    }

    /// Keys that no bill uses: FOCUS forbids to repeat one of the charge's own tags.
    fn tags(&self, part: &LinePart) -> String {
        let mut tags = serde_json::Map::new();
        tags.insert("headroom/product".to_owned(), part.product.clone().into());
        if !part.module.is_empty() {
            tags.insert("headroom/module".to_owned(), part.module.clone().into());
        }
        if part.product != UNALLOCATED
            && let Some(product) = self.configuration.organization.product(&part.product)
        {
            tags.insert("headroom/department".to_owned(), product.department.clone().into());
        }
        serde_json::Value::Object(tags).to_string()
    }
}

/// AllocatedMethodDetails: one element per way of pools, its ratio with all 18 digits. Written by hand, because a JSON
/// number of serde_json is a binary float.
fn details(part: &LinePart) -> String {
    let elements: Vec<String> = part
        .ways
        .iter()
        .map(|(way, ratio)| {
            let way = match way.as_str() {
                "" => String::new(),
                way => format!(",\"x_PoolWay\":{}", serde_json::Value::from(way)),
            };
            format!("{{\"AllocatedRatio\":{ratio}{way}}}")
        })
        .collect();
    format!("{{\"Elements\":[{}]}}", elements.join(","))
}

impl Beside {
    fn frame(self, charges: &DataFrame) -> Result<DataFrame, AppError> {
        let rows = IdxCa::from_vec("row".into(), self.origins);
        let mut frame = charges
            .select(LedgerColumn::ALL.iter().map(|column| column.name()))?
            .take(&rows)?;
        for (at, column) in Amounts::COLUMNS.iter().enumerate() {
            frame.with_column(decimal_column(
                column.name().into(),
                self.amounts.iter().map(|parts| parts[at]),
            )?)?;
        }
        for (at, column) in FURTHER.iter().enumerate() {
            frame.with_column(decimal_column(
                column.name().into(),
                self.further.iter().map(|parts| parts[at]),
            )?)?;
        }
        let mut texts = self.texts.into_iter();
        for (name, amount) in ADDED {
            if amount {
                frame.with_column(decimal_column(name.into(), self.costs.iter().copied())?)?;
            } else {
                let values = texts.next().unwrap_or_default().into_iter();
                frame.with_column(StringChunked::from_iter_options(name.into(), values).into_column())?;
            }
        }
        Ok(frame)
    }
}
