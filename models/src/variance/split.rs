//! One key's difference, split: every part but the last is worked out, the last is what is left, so that they add up.

use super::quantities::Quantities;
use super::{Part, Quantity, Standing};
use crate::budget::{BudgetLine, Derivation, Inputs, LineKey, Origin, closed_months, rate};
use crate::capacity::{Acquisition, price_at};
use crate::ledger::{Expenditure, Money, Month, Ratio};
use std::collections::{BTreeMap, BTreeSet};

/// Months without cost after which a line counts as ended.
const SILENT_MONTHS: i32 = 2;

/// Money of one key in one month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub budget: Money,
    pub actual: Money,
    pub at_budget_rate: Money,
}

/// Units of one key, unit and month as the budget has them.
#[derive(Clone, Copy, Debug, Default)]
struct Planned {
    units: u64,
    /// Price of a unit at the budget's prices and rates: rent and running cost together.
    price: Money,
    /// The same at the prices that hold in the month, and the budget's rates; nothing when the price book cannot say.
    price_now: Option<Money>,
}

/// What is known of one key.
#[derive(Default)]
pub(super) struct Key<'a> {
    pub lines: Vec<&'a BudgetLine>,
    pub months: BTreeMap<Month, Sums>,
    /// Cost in any month up to the one that the budget was made in.
    pub known_before: bool,
    /// Landing − budget of the year, when it is known.
    pub year_difference: Option<Money>,
}

/// A key, split.
pub(super) struct Split {
    pub standing: Standing,
    pub parts: BTreeMap<Part, Money>,
    /// Units to date by unit, where the key is counted in units.
    pub quantities: Vec<Quantity>,
    /// First month from which efficiency is off in one direction until now.
    pub since: Option<Month>,
}

impl Key<'_> {
    fn spent(&self) -> bool {
        self.months.values().any(|sums| !sums.actual.is_zero())
    }

    fn sum(&self, of: impl Fn(&Sums) -> Money, within: impl Fn(Month) -> bool) -> Money {
        let months = self.months.iter().filter(|(month, _)| within(**month));
        months.map(|(_, sums)| of(sums)).sum()
    }

    /// The last month with cost, when nothing came for at least two months after it.
    fn ended(&self, as_of: Month) -> Option<Month> {
        let spent = self.months.iter().filter(|(_, sums)| !sums.actual.is_zero());
        let last = *spent.map(|(month, _)| month).max()?;
        (as_of.since(last) >= SILENT_MONTHS).then_some(last)
    }

    /// Comes in lumps: somebody's decision and not monthly, or cost in fewer than three of four months.
    fn is_lumpy(&self, inputs: &Inputs) -> bool {
        let closed = closed_months(inputs).len();
        let with_cost = self.months.values().filter(|sums| !sums.actual.is_zero()).count();
        let derived =
            |line: &&BudgetLine| matches!(line.origin, Origin::Capacity | Origin::Depreciation | Origin::Recurring);
        let decided = !self.lines.is_empty() && !self.lines.iter().any(derived);
        with_cost * 4 < closed * 3 && (decided || with_cost > 0)
    }
}

/// Splits actual − budget of the closed months of one key.
pub(super) fn split(inputs: &Inputs, key: &LineKey, of: &Key<'_>, quantities: &Quantities) -> Split {
    let mut parts: BTreeMap<Part, Money> = BTreeMap::new();
    let mut put = |part, amount: Money| *parts.entry(part).or_default() += amount;
    let always = |_: Month| true;
    put(Part::Fx, of.sum(|s| s.actual - s.at_budget_rate, always));
    let at_rate = of.sum(|s| s.at_budget_rate, always);
    let budget = of.sum(|s| s.budget, always);
    let simple = |parts, standing| Split {
        standing,
        parts,
        quantities: Vec::new(),
        since: None,
    };
    if of.lines.is_empty() {
        let (part, standing) = if of.known_before {
            (Part::Unplanned, Standing::Unplanned)
        } else {
            (Part::New, Standing::New)
        };
        put(part, at_rate);
        return simple(parts, standing);
    }
    let lumpy = of.is_lumpy(inputs);
    if !of.spent() {
        let difference = at_rate - budget;
        let stays = if lumpy {
            of.year_difference.map_or(difference, |year| between(year, difference))
        } else {
            difference
        };
        put(Part::Timing, difference - stays);
        put(Part::Unused, stays);
        return simple(parts, Standing::Unused);
    }
    let last = (!lumpy).then(|| of.ended(inputs.as_of)).flatten();
    let lives = |month: Month| last.is_none_or(|last| month <= last);
    let silent = of.sum(|s| s.at_budget_rate - s.budget, |month| !lives(month));
    put(Part::Ended, silent);
    let standing = if last.is_some() && !silent.is_zero() {
        Standing::Ended
    } else {
        Standing::Planned
    };

    let planned = planned(inputs, key, &of.lines);
    let mut counted: BTreeMap<String, Quantity> = BTreeMap::new();
    let mut rest_by_month = BTreeMap::new();
    let (mut volume, mut price) = (Money::ZERO, Money::ZERO);
    for (month, sums) in of.months.iter().filter(|(month, _)| lives(**month)) {
        let mut moved = Money::ZERO;
        let (mut before, mut now, mut whole) = (Money::ZERO, Money::ZERO, true);
        let units = planned
            .range((*month, String::new())..)
            .take_while(|((at, _), _)| at == month);
        let units: Vec<_> = units.map(|((_, unit), planned)| (unit, planned)).collect();
        let mut flexed = Vec::new();
        for (unit, planned) in &units {
            let needed = quantities
                .units
                .get(&(key.clone(), (*unit).clone(), *month))
                .copied()
                .unwrap_or_default();
            let change = needed.measured as i64 - needed.at_target as i64;
            moved += planned.price.times(change);
            let flex = (planned.units as i64 + change).max(0);
            before += planned.price.times(flex);
            match planned.price_now {
                Some(price) => now += price.times(flex),
                None => whole = false,
            }
            flexed.push((*unit, *planned, flex));
        }
        if let Some(purchases) = quantities.depreciation.get(&(key.clone(), *month)) {
            let bought = |line: &&&BudgetLine| matches!(line.derivation, Derivation::PlannedPurchases { .. });
            if of.lines.iter().any(|line| bought(&line)) {
                moved += *purchases;
            }
        }
        volume += moved;
        // Units in service = cost at the budget's rate ÷ today's price: what they would have cost at the budget's price.
        let known = whole && before != now && rate(before, now).is_some();
        let at_budget_price = match Ratio::checked(before, now).filter(|_| known) {
            Some(ratio) => sums.at_budget_rate.scale_by(&ratio),
            None => sums.at_budget_rate,
        };
        price += sums.at_budget_rate - at_budget_price;
        for (unit, planned, flex) in flexed {
            let share = Ratio::checked(planned.price.times(flex), before);
            let cost = share.map_or(Money::ZERO, |share| at_budget_price.scale_by(&share));
            let actual = rate(cost, planned.price).unwrap_or_default();
            let sum = counted.entry(unit.clone()).or_insert_with(|| Quantity::of(unit));
            sum.months += 1;
            sum.planned += Money::whole(planned.units as i64);
            sum.needed += Money::whole(flex);
            sum.actual += actual;
            sum.at_budget_price += planned.price.times(planned.units as i64);
            sum.needed_cost += planned.price.times(flex);
            sum.price_before += planned.price;
            sum.price_now += planned.price_now.unwrap_or(planned.price);
        }
        rest_by_month.insert(*month, at_budget_price - sums.budget - moved);
    }
    put(Part::Volume, volume);
    put(Part::Price, price);
    let rest: Money = rest_by_month.values().copied().sum();
    let stays = match of.year_difference {
        Some(year) if lumpy => between(year - volume - price - silent, rest),
        _ => rest,
    };
    put(Part::Timing, rest - stays);
    put(Part::Efficiency, stays);
    Split {
        standing,
        parts,
        quantities: counted.into_values().collect(),
        since: since(&rest_by_month, budget),
    }
}

/// The part of `difference` that `year` confirms: between zero and the whole of it.
fn between(year: Money, difference: Money) -> Money {
    year.clamp(difference.min(Money::ZERO), difference.max(Money::ZERO))
}

/// The first month from which on the rest is more than a twentieth of a month's budget, always on one side, until now.
fn since(rest: &BTreeMap<Month, Money>, budget: Money) -> Option<Month> {
    let count = i64::try_from(rest.len()).ok().filter(|count| *count > 0)?;
    let least = budget.abs().scale_by(&Ratio::new(Money::ONE, Money::whole(20 * count)));
    let side = rest.values().next_back()?.is_negative();
    let off = |amount: &Money| amount.is_negative() == side && amount.abs() > least;
    let run = rest.iter().rev().take_while(|(_, amount)| off(amount));
    run.last().map(|(month, _)| *month)
}

/// The lines of a key that count units, by month and unit, with the price of the budget and the one that holds now.
fn planned(inputs: &Inputs, key: &LineKey, lines: &[&BudgetLine]) -> BTreeMap<(Month, String), Planned> {
    let mut planned: BTreeMap<(Month, String), Planned> = BTreeMap::new();
    if key.expenditure != Expenditure::Opex {
        return planned;
    }
    // Months of a unit of which some are had under agreed terms; what stands beside them is paid by the price book.
    let mixed: BTreeSet<(Month, String)> = lines
        .iter()
        .filter_map(|line| match &line.derivation {
            Derivation::Units {
                unit, term: Some(_), ..
            } => Some((line.month, unit.clone())),
            _ => None,
        })
        .collect();
    let mut counted = BTreeSet::new();
    for line in lines.iter().filter(|line| line.month <= inputs.as_of) {
        let Derivation::Units {
            unit,
            units_in_service,
            unit_price,
            currency,
            rate,
            term,
            ..
        } = &line.derivation
        else {
            continue;
        };
        let place = (line.month, unit.clone());
        if mixed.contains(&place) {
            // A line without units comes with those of another one: what was paid at the beginning, or running cost beside the rent.
            let counts = match term {
                Some(_) => line.units.is_some(),
                None => counted.insert(place.clone()),
            };
            let units = if counts { *units_in_service } else { 0 };
            under_terms(planned.entry(place).or_default(), line.amount, units);
            continue;
        }
        let entry = planned.entry((line.month, unit.clone()));
        // The plan writes a unit's rent before its running cost.
        let second = matches!(entry, std::collections::btree_map::Entry::Occupied(_));
        let now = price_now(inputs, key, unit, line.month, currency, second);
        let sum = entry.or_insert(Planned {
            price_now: Some(Money::ZERO),
            ..Planned::default()
        });
        sum.units = sum.units.max(*units_in_service);
        sum.price += unit_price.multiply(*rate);
        sum.price_now = match (sum.price_now, now) {
            (Some(sum), Some(now)) => Some(sum + now.multiply(*rate)),
            _ => None,
        };
    }
    planned
}

/// Adds units that are had under agreed terms: each term has its own price, which holds; all of them together have a mean one.
fn under_terms(sum: &mut Planned, amount: Money, units: u64) {
    let whole = |units: u64| Money::whole(i64::try_from(units).unwrap_or(i64::MAX));
    let money = sum.price.scale_by(&Ratio::new(whole(sum.units), Money::ONE)) + amount;
    sum.units += units;
    sum.price = money.scale_by(&Ratio::new(Money::ONE, whole(sum.units.max(1))));
    sum.price_now = Some(sum.price);
}

/// Rent or running cost of a unit in the currency of the budget line, as the price book has it for the month.
fn price_now(inputs: &Inputs, key: &LineKey, unit: &str, month: Month, currency: &str, second: bool) -> Option<Money> {
    let price = price_at(inputs.prices, unit, month).filter(|price| price.currency == currency)?;
    let unit = inputs.units.iter().find(|known| known.id == unit)?;
    let rent = unit.acquisition == Acquisition::Rent && unit.cost_type == key.cost_type;
    if rent && !second {
        Some(price.amount)
    } else {
        price.running.get(&key.cost_type).copied()
    }
}
