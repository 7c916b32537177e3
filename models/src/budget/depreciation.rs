//! Depreciation of existing assets by key and month: from their schedules, never from what recurred.

use super::recurring::Recurring;
use super::{Inputs, LineKey, Problem};
use crate::assets::Asset;
use crate::ledger::{CostType, Expenditure, Money, Month, MonthRange};
use crate::organization::UNALLOCATED;
use serde::Serialize;
use std::collections::BTreeMap;

/// Depreciation of one key in one month.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Depreciation {
    pub amount: Money,
    pub assets: u64,
    /// A share of assets that serve no single product.
    pub shared: bool,
}

pub(crate) type Schedules = BTreeMap<LineKey, BTreeMap<Month, Depreciation>>;

/// The schedules of all assets within `months`.
///
/// Assets of a product go to that product and module. Assets that serve no single product are shared: each month of
/// their schedule is split over the capex keys of the same cost type that have no assets of their own, by the actual
/// cost of the recent months, and goes to the visible product `(unallocated)` when there are none. An asset in another
/// currency is converted at the rate of the month in which it entered service. Assets that enter service after `as_of` are
/// left out: what is not there yet is the plan's to buy, and a budget derived afterwards must not know the future. Contracts
/// paid in advance are running cost and recur with it.
pub(crate) fn schedules(
    inputs: &Inputs,
    months: MonthRange,
    recurring: &Recurring,
    problems: &mut Vec<Problem>,
) -> Schedules {
    let mut own = Schedules::new();
    let mut shared: BTreeMap<CostType, BTreeMap<Month, Depreciation>> = BTreeMap::new();
    let mut assets: Vec<_> = inputs
        .assets
        .iter()
        .filter(|asset| asset.in_service <= inputs.as_of && !asset.course.prepaid)
        .collect();
    assets.sort_by(|a, b| a.asset_id.cmp(&b.asset_id));
    for asset in assets {
        let Some(asset) = reported(asset, inputs.reporting_currency, inputs.rate) else {
            let (asset_id, currency) = (asset.asset_id.clone(), asset.currency.clone());
            problems.push(Problem::MissingAssetRate {
                asset_id,
                currency,
                month: asset.in_service,
            });
            continue;
        };
        // The importer refuses what makes no sense, so that there are costs.
        let costs = asset.costs().unwrap_or_default().into_iter();
        for cost in costs.filter(|cost| months.contains(cost.month)) {
            let by_month = if cost.holder.product.is_empty() {
                shared.entry(asset.cost_type()).or_default()
            } else {
                own.entry(key(&cost.holder.product, &cost.holder.module, asset.cost_type()))
                    .or_default()
            };
            let sum = by_month.entry(cost.month).or_default();
            sum.amount += cost.amount;
            sum.assets += 1;
        }
    }
    for (cost_type, by_month) in shared {
        let takes = |key: &&LineKey| {
            let recent = recurring.recent_sum(key);
            key.expenditure == Expenditure::Capex
                && key.cost_type == cost_type
                && !own.contains_key(*key)
                && !recent.is_zero()
                && !recent.is_negative()
        };
        let mut takers: Vec<LineKey> = recurring.keys().filter(takes).cloned().collect();
        let mut weights: Vec<Money> = takers.iter().map(|key| recurring.recent_sum(key)).collect();
        if takers.is_empty() {
            takers.push(key(UNALLOCATED, "", cost_type));
            weights.push(Money::ONE);
        }
        for (month, whole) in by_month {
            let Some(parts) = whole.amount.split(&weights) else {
                continue;
            };
            for (key, amount) in takers.iter().zip(parts) {
                let part = own.entry(key.clone()).or_default().entry(month).or_default();
                part.amount += amount;
                part.assets += whole.assets;
                part.shared = true;
            }
        }
    }
    own
}

/// An asset with its amounts in the reporting currency, at the rate of the month in which it entered service.
fn reported(asset: &Asset, currency: &str, rate: &dyn Fn(&str, Month) -> Option<Money>) -> Option<Asset> {
    let rate = match asset.currency == currency {
        true => Some(Money::ONE),
        false => rate(&asset.currency, asset.in_service),
    };
    rate.map(|rate| asset.converted(rate, currency))
}

/// What an asset depreciates by in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetPart {
    /// The company's own number for it.
    pub asset: String,
    /// Month.
    pub month: Month,
    /// Depreciation in the reporting currency.
    pub amount: Money,
}

/// The assets whose schedules make the depreciation of a key, with those that were in service by `as_of`; for a key that takes a
/// share, the assets of its cost type that serve no single product, with their whole amounts.
pub fn assets_behind(
    assets: &[Asset],
    as_of: Month,
    currency: &str,
    rate: &dyn Fn(&str, Month) -> Option<Money>,
    of: &LineKey,
    shared: bool,
) -> Vec<AssetPart> {
    let there =
        |asset: &&Asset| asset.in_service <= as_of && !asset.course.prepaid && asset.cost_type() == of.cost_type;
    let mut parts = Vec::new();
    for asset in assets
        .iter()
        .filter(there)
        .filter_map(|asset| reported(asset, currency, rate))
    {
        for cost in asset.costs().unwrap_or_default() {
            let own = (&cost.holder.product, &cost.holder.module) == (&of.product, &of.module);
            if if shared { cost.holder.product.is_empty() } else { own } {
                parts.push(AssetPart {
                    asset: asset.asset_id.clone(),
                    month: cost.month,
                    amount: cost.amount,
                });
            }
        }
    }
    parts.sort_by(|a, b| (a.month, &a.asset).cmp(&(b.month, &b.asset)));
    parts
}

fn key(product: &str, module: &str, cost_type: CostType) -> LineKey {
    LineKey::of(product, module, cost_type, Expenditure::Capex)
}
