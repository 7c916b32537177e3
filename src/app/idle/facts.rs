//! What the ledger of a month says about each resource.

use super::super::costs::missing_rate;
use super::super::reference::{Rates, texts};
use super::super::{App, AppError};
use chrono::NaiveDate;
use headroom_models::contracts::BandwidthTerms;
use headroom_models::idle::{ChargeFacts, Commitment, ResourceKind};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the ledger knows about a resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceFacts {
    /// Its name, when it has one.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// The product id that the bill names, when it does.
    pub product: String,
    /// The module that the bill names.
    pub module: String,
    /// Monthly effective cost in the reporting currency.
    pub cost: Money,
    /// The same in the currencies of the bills.
    pub billed_in: BTreeMap<String, Money>,
    /// Cost type of its largest charge.
    pub cost_type: String,
    /// Capex or opex of its largest charge.
    pub expenditure: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Committed Mbps and its cost, for links.
    pub commit: Option<(Money, Money)>,
    /// Quantity paid for, its unit and its cost, for racks, U positions, power and seats.
    pub quantity: Option<(Money, String, Money)>,
    /// What bills call its shape: SKU, instance type, server model.
    pub shapes: BTreeSet<String>,
    /// The largest charge seen so far, by which kind and cost type go.
    largest: Money,
}

impl ResourceFacts {
    /// The owner that its tags name.
    pub fn owner(&self) -> String {
        ["owner", "Owner", "负责人"]
            .iter()
            .find_map(|key| self.tags.get(*key).cloned())
            .unwrap_or_default()
    }

    /// Currency and amount of its bill, when there is one currency; the reporting currency else.
    pub fn baseline(&self, reporting: &str) -> (Money, String) {
        match self.billed_in.iter().next() {
            Some((currency, amount)) if self.billed_in.len() == 1 => (*amount, currency.clone()),
            _ => (self.cost, reporting.to_owned()),
        }
    }
}

/// All that a month's ledger says.
#[derive(Clone, Debug, Default)]
pub struct MonthFacts {
    /// By resource.
    pub resources: BTreeMap<String, ResourceFacts>,
    /// Reservations and savings plans, in the reporting currency.
    pub commitments: Vec<Commitment>,
    /// Tags and product of a commitment are those of its rows.
    pub commitment_products: BTreeMap<String, String>,
}

const KEYS: [Column; 17] = [
    Column::ResourceId,
    Column::ResourceName,
    Column::Product,
    Column::Module,
    Column::Tags,
    Column::BillingCurrency,
    Column::SkuMeter,
    Column::SkuId,
    Column::CostType,
    Column::Expenditure,
    Column::ServiceCategory,
    Column::ServiceName,
    Column::ResourceType,
    Column::PricingUnit,
    Column::CommitmentDiscountId,
    Column::CommitmentDiscountStatus,
    Column::CommitmentDiscountType,
];

impl App {
    /// What the ledger of a month says about each resource, in the reporting currency.
    pub(in crate::app) fn month_facts(&self, month: Month, rates: &Rates) -> Result<MonthFacts, AppError> {
        let mut facts = MonthFacts::default();
        let mut commitments: BTreeMap<String, Commitment> = BTreeMap::new();
        for files in self.charges_of(month)?.into_values() {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let frame = charges
                .filter(
                    col(Column::ResourceId.name())
                        .is_not_null()
                        .or(col(Column::CommitmentDiscountId.name()).is_not_null()),
                )
                .group_by(KEYS.map(|column| col(column.name())))
                .agg([
                    col(Column::EffectiveCost.name()).sum(),
                    col(Column::PricingQuantity.name()).sum(),
                    col(Column::ChargeDescription.name()).first(),
                ])
                .collect_with_engine(Engine::Streaming)?
                .unwrap_single();
            let mut columns: BTreeMap<Column, Vec<String>> = BTreeMap::new();
            for column in KEYS.into_iter().chain([Column::ChargeDescription]) {
                columns.insert(column, texts(&frame, column.name())?);
            }
            let costs = decimal_values(&frame, Column::EffectiveCost.name())?;
            let quantities = decimal_values(&frame, Column::PricingQuantity.name())?;
            for row in 0..frame.height() {
                let text = |column: Column| columns.get(&column).map_or("", |texts| texts[row].as_str());
                let currency = text(Column::BillingCurrency);
                let rate = rates
                    .rate(currency, month)
                    .ok_or_else(|| missing_rate(currency, month))?;
                let (billed, quantity) = (costs[row].unwrap_or_default(), quantities[row].unwrap_or_default());
                let cost = billed.multiply(rate);
                let commitment = text(Column::CommitmentDiscountId);
                if !commitment.is_empty() {
                    let entry = commitments.entry(commitment.to_owned()).or_default();
                    let words = text(Column::CommitmentDiscountType).to_lowercase();
                    entry.id = commitment.to_owned();
                    entry.kind = if words.contains("savings") {
                        ResourceKind::SavingsPlan
                    } else {
                        ResourceKind::Reservation
                    };
                    if text(Column::CommitmentDiscountStatus) == "Unused" {
                        entry.unused += cost;
                        let product = text(Column::Product).to_owned();
                        facts
                            .commitment_products
                            .entry(commitment.to_owned())
                            .or_insert(product);
                        // What served nothing is the commitment's and no machine's.
                        continue;
                    }
                    entry.used += cost;
                }
                if text(Column::ResourceId).is_empty() {
                    continue;
                }
                let kind = ResourceKind::of(&ChargeFacts {
                    meter: text(Column::SkuMeter),
                    cost_type: text(Column::CostType),
                    category: text(Column::ServiceCategory),
                    service: text(Column::ServiceName),
                    resource_type: text(Column::ResourceType),
                    description: text(Column::ChargeDescription),
                });
                let of = facts.resources.entry(text(Column::ResourceId).to_owned()).or_default();
                of.cost += cost;
                *of.billed_in.entry(currency.to_owned()).or_default() += billed;
                if of.cost_type.is_empty() || cost > of.largest {
                    of.largest = cost;
                    of.kind = kind;
                    text(Column::CostType).clone_into(&mut of.cost_type);
                    text(Column::Expenditure).clone_into(&mut of.expenditure);
                }
                if !text(Column::ResourceName).is_empty() {
                    text(Column::ResourceName).clone_into(&mut of.name);
                }
                if let Ok(serde_json::Value::Object(map)) = serde_json::from_str(text(Column::Tags)) {
                    let tags = map.into_iter();
                    of.tags
                        .extend(tags.filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))));
                }
                let tagged = |key: &str| of.tags.get(key).cloned().unwrap_or_default();
                let (product, module) = (tagged("product"), tagged("module"));
                for (own, billed, tag) in [
                    (&mut of.product, text(Column::Product), product),
                    (&mut of.module, text(Column::Module), module),
                ] {
                    if !billed.is_empty() {
                        billed.clone_into(own);
                    } else if !tag.is_empty() {
                        *own = tag;
                    }
                }
                for column in [Column::SkuId, Column::ResourceType, Column::SkuMeter] {
                    if !text(column).is_empty() {
                        of.shapes.insert(text(column).to_owned());
                    }
                }
                if text(Column::SkuMeter) == "bandwidth-commit" {
                    let commit = of.commit.get_or_insert_default();
                    commit.0 += quantity;
                    commit.1 += cost;
                } else if kind.is_commit() {
                    let paid =
                        of.quantity
                            .get_or_insert((Money::ZERO, text(Column::PricingUnit).to_owned(), Money::ZERO));
                    paid.0 += quantity;
                    paid.2 += cost;
                }
            }
        }
        facts.commitments = commitments.into_values().collect();
        Ok(facts)
    }

    /// First day of the first month in which each of some resources was charged for, back from a month.
    pub(super) fn first_charged(
        &self,
        resources: &BTreeSet<&str>,
        through: Month,
    ) -> Result<BTreeMap<String, NaiveDate>, AppError> {
        let mut first = BTreeMap::new();
        if resources.is_empty() {
            return Ok(first);
        }
        let names = Series::new("ids".into(), resources.iter().copied().collect::<Vec<_>>());
        for month in self.ledger_months()? {
            if month > through {
                continue;
            }
            let files: Vec<_> = self.charges_of(month)?.into_values().flatten().collect();
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let id = Column::ResourceId.name();
            let frame = charges
                .select([col(id)])
                .filter(col(id).is_in(lit(names.clone()).implode(true), false))
                .unique(None, UniqueKeepStrategy::Any)
                .collect()?;
            for resource in texts(&frame, id)? {
                first.entry(resource).or_insert(month.first_day());
            }
        }
        Ok(first)
    }

    /// How the contract of each link bills, by link.
    pub(super) fn bandwidth_terms(&self, month: Month) -> Result<BTreeMap<String, BandwidthTerms>, AppError> {
        let mut terms = BTreeMap::new();
        for line in self.contract_lines()? {
            let runs = line.start <= month.plus(1).first_day() && line.end >= month.first_day();
            if runs && line.charge_type.starts_with("bandwidth") {
                for link in line.resource.split(';').filter(|link| !link.is_empty()) {
                    terms.insert(link.trim().to_owned(), line.bandwidth);
                }
            }
        }
        Ok(terms)
    }
}
