//! Jumps of cost per product, service and resource, and of use per product and resource, each with the rows behind it.

mod allocated;
mod costs;
mod known;
mod usage;

pub use usage::{UsageAnomaly, UsageRow};

use super::{App, AppError};
use crate::auth::Permission;
use chrono::{Datelike, NaiveDate};
use costs::Grouped;
use headroom_models::anomalies::{Anomaly, AnomalyRule, daily_anomalies, monthly_anomalies};
use headroom_models::ledger::{Money, Month};
use known::{Concern, KnownEvents};
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows shown behind an anomaly.
const MOST_ROWS: usize = 5;

/// One row of a bill behind an anomaly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnomalyRow {
    /// File that it was imported from.
    pub file: String,
    /// Row of it.
    pub row: i64,
    /// Resource; empty when the row names none.
    pub resource: String,
    /// In words.
    pub description: String,
    /// Effective cost in the reporting currency; before the split where a pool stands between.
    pub cost: Money,
}

/// One anomaly of cost.
#[derive(Clone, Debug, Serialize)]
pub struct AnomalyLine {
    /// `product`, `service` or `resource` as bills name them; `allocated-product` as the rules give it.
    pub dimension: &'static str,
    /// Its value.
    pub key: String,
    /// `day` or `month`.
    pub grain: &'static str,
    /// When, how much, and against what.
    #[serde(flatten)]
    pub anomaly: Anomaly,
    /// The largest rows of its days.
    pub rows: Vec<AnomalyRow>,
}

/// What is far from what its past lets one expect.
#[derive(Clone, Debug, Serialize)]
pub struct AnomaliesShown {
    /// The rule.
    pub rule: AnomalyRule,
    /// Currency of the amounts.
    pub currency: String,
    /// First month looked at.
    pub first: Option<Month>,
    /// Last month looked at.
    pub last: Option<Month>,
    /// Known events that were left alone.
    pub events: usize,
    /// The anomalies of cost, most money first.
    pub anomalies: Vec<AnomalyLine>,
    /// The anomalies of use, most money first.
    pub usage: Vec<UsageAnomaly>,
}

impl App {
    /// Jumps of cost and use that end in a month: the last billed one unless named. Daily where charges are daily, monthly
    /// else; what the rules give to a product is monthly, use is daily.
    ///
    /// Known events are quiet: imported ones on their days, configured ones in their months, for the products they name.
    ///
    /// # Errors
    /// When the ledger or the samples cannot be read, or a rate is missing.
    pub fn anomalies(&self, month: Option<Month>, minimum: Money) -> Result<AnomaliesShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let rule = AnomalyRule {
            minimum,
            ..AnomalyRule::default()
        };
        let mut shown = AnomaliesShown {
            rule,
            currency: self.settings().currency.clone(),
            first: None,
            last: None,
            events: 0,
            anomalies: Vec::new(),
            usage: Vec::new(),
        };
        let Some(last) = month.or(self.billed_months()?.map(|months| months.last)) else {
            return Ok(shown);
        };
        let first = last.plus(-23);
        (shown.first, shown.last) = (Some(first), Some(last));
        let rates = self.rates()?;
        let (mut daily, mut monthly) = (Grouped::new(), Grouped::new());
        for month in self.ledger_months()? {
            if month >= first && month <= last {
                // Four months of days are enough for the seasons of weeks and months.
                self.costs_of(month, &rates, month.plus(4) > last, &mut daily, &mut monthly)?;
            }
        }
        monthly.extend(self.allocated_costs_until(first, last, &rates)?);
        let known = self.known_events()?;
        shown.events = known.len();
        let owners: BTreeMap<String, String> = self
            .month_facts(last, &rates)?
            .resources
            .into_iter()
            .map(|(resource, facts)| (resource, facts.product))
            .collect();
        let concern = |dimension: &str, key: &str| match dimension {
            "product" | allocated::DIMENSION => Concern::Product(key.to_owned()),
            "resource" => Concern::Resource(owners.get(key).cloned().unwrap_or_default()),
            _ => Concern::Several,
        };
        // Services and resources are of all products together: whoever sees only some products sees theirs.
        let sees = |(dimension, key): &(&str, String)| {
            visible.is_everything() || (matches!(concern(dimension, key), Concern::Product(_)) && visible.sees(key))
        };
        daily.retain(|of, _| sees(of));
        monthly.retain(|of, _| sees(of));
        for ((dimension, key), days) in &daily {
            let concern = concern(dimension, key);
            let quiet = |day| known.covers(&concern, day);
            for anomaly in daily_anomalies(days, &quiet, &rule) {
                if Month::of(anomaly.to) == last {
                    shown.anomalies.push(self.line(dimension, key, "day", anomaly, &rates)?);
                }
            }
        }
        for ((dimension, key), months) in &monthly {
            let concern = concern(dimension, key);
            let quiet = |first: NaiveDate| fills_month(&known, &concern, first);
            for anomaly in monthly_anomalies(months, &quiet, &rule) {
                if Month::of(anomaly.to) == last {
                    shown.anomalies.push(if *dimension == allocated::DIMENSION {
                        self.allocated_line(key, last, anomaly, &rates)?
                    } else {
                        self.line(dimension, key, "month", anomaly, &rates)?
                    });
                }
            }
        }
        let size = |line: &AnomalyLine| line.anomaly.at_stake.abs();
        shown
            .anomalies
            .sort_by(|a, b| (size(b), a.dimension, &a.key).cmp(&(size(a), b.dimension, &b.key)));
        shown.usage = self.usage_anomalies(last, &rule, &known, &rates, &visible)?;
        Ok(shown)
    }
}

/// A month of which most days are an event's is the event's.
fn fills_month(known: &KnownEvents, concern: &Concern, first: NaiveDate) -> bool {
    let days = Month::of(first).days();
    let busy = (1..=days)
        .filter_map(|day| first.with_day(day))
        .filter(|day| known.covers(concern, *day));
    busy.count() as u32 * 2 > days
}
