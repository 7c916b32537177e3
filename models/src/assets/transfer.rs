//! Who carries an asset's depreciation when it moves between products.

use super::cents::{Exact, steps};
use crate::ledger::{Money, Month};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A product, and a module of it (empty when the asset serves the product as a whole).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holder {
    /// Product id; empty when the asset is shared.
    pub product: String,
    /// Module id.
    #[serde(default)]
    pub module: String,
}

/// A move to another holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// First day with the new holder.
    pub day: NaiveDate,
    /// The new holder.
    pub to: Holder,
}

/// What one holder carries of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldCost {
    /// The month.
    pub month: Month,
    /// Who carries it.
    pub holder: Holder,
    /// Days of the month that the asset was with the holder.
    pub days: u32,
    /// The holder's part of the month's depreciation.
    pub amount: Money,
}

/// Splits a schedule among the holders of the asset, by calendar days: `amount × days held ÷ days in the month`.
///
/// Each month's parts are whole cents (the last holder of the month takes digits below a cent) and add up to the month.
/// Transfers may be given in any order; of two on the same day the later one in the list counts. A holder who comes back
/// within a month is one line with all its days.
pub fn by_holder(schedule: &[(Month, Money)], first: &Holder, transfers: &[Transfer]) -> Vec<HeldCost> {
    let mut transfers: Vec<&Transfer> = transfers.iter().collect();
    transfers.sort_by_key(|transfer| transfer.day);
    let mut costs = Vec::new();
    for &(month, amount) in schedule {
        let held = days_held(month, first, &transfers);
        let through = held.iter().scan(0_u32, |sum, (_, days)| {
            *sum += days;
            Some(Exact::of(amount).times(*sum, month.days()))
        });
        let amounts = steps(through, amount);
        costs.extend(held.iter().zip(amounts).map(|((holder, days), amount)| HeldCost {
            month,
            holder: (*holder).clone(),
            days: *days,
            amount,
        }));
    }
    costs
}

/// The holders of a month in the order in which they first held the asset, with their days.
fn days_held<'a>(month: Month, first: &'a Holder, transfers: &[&'a Transfer]) -> Vec<(&'a Holder, u32)> {
    let opening = transfers.iter().rev().find(|transfer| transfer.day < month.first_day());
    let mut moves = vec![(1, opening.map_or(first, |transfer| &transfer.to))];
    let within = transfers.iter().filter(|transfer| Month::of(transfer.day) == month);
    moves.extend(within.map(|transfer| (transfer.day.day(), &transfer.to)));
    let mut held: Vec<(&Holder, u32)> = Vec::new();
    for (at, (from, holder)) in moves.iter().enumerate() {
        let until = moves.get(at + 1).map_or(month.days() + 1, |(day, _)| *day);
        let days = until - from;
        if days == 0 {
            continue;
        }
        match held.iter_mut().find(|(known, _)| known == holder) {
            Some((_, sum)) => *sum += days,
            None => held.push((holder, days)),
        }
    }
    held
}
