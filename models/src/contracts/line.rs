//! The lines of contracts: what is agreed, and what it comes to in a month.

use super::{BandwidthTerms, Billed, Renewal};
use crate::ledger::{CostType, Money, Month, Ratio, ResourceMode};
use chrono::{Days, NaiveDate};

/// One line of a contract that an invoice may bill.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractLine {
    /// Contract.
    pub contract: String,
    /// Who bills it.
    pub vendor: String,
    /// How the resource is had.
    pub mode: ResourceMode,
    /// Word of the charge (`rack`, `bandwidth-overage`, …).
    pub charge_type: String,
    /// Cost type of the charge.
    pub cost_type: CostType,
    /// Rack, link or machine; several separated by `;`; empty when the line is for none in particular.
    pub resource: String,
    /// In words.
    pub description: String,
    /// Agreed quantity per month; nothing when the line is metered or on demand.
    pub quantity: Option<Money>,
    /// What the quantity is counted in.
    pub unit: String,
    /// Net price of one unit for a month (or for once).
    pub unit_price: Money,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Value added tax in percent of the net amount, when agreed.
    pub tax_percent: Option<Money>,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// What happens after the last day.
    pub renewal: Renewal,
    /// Days before the end by which notice must be given.
    pub notice_days: Option<u32>,
    /// What is included before a metered line counts.
    pub included: Money,
    /// A metered quantity is rounded up to whole steps.
    pub step: Option<Money>,
    /// How bandwidth is billed.
    pub bandwidth: BandwidthTerms,
    /// Product that the line is for, when the contract says so.
    pub product: String,
    /// Module of it.
    pub module: String,
}

/// What a metered line is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meter {
    /// 5-minute samples of links.
    Bandwidth,
    /// Meter readings in kWh.
    Energy,
    /// The month's highest power in kW.
    Power,
    /// Nothing: the invoice says how often it was called for.
    OnDemand,
}

/// What was measured for a line in a month.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// Samples of links, by the line's own rule.
    Bandwidth(Billed),
    /// A reading of the meter, in the line's unit.
    Reading(Money),
}

/// What a line should bill in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Quantity to bill.
    pub quantity: Money,
    /// Net amount in cents.
    pub amount: Money,
}

impl ContractLine {
    /// The resources of the line.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resource.split(';').map(str::trim).filter(|name| !name.is_empty())
    }

    /// What a line without an agreed quantity is measured by; nothing for a line with one.
    pub fn meter(&self) -> Option<Meter> {
        if self.quantity.is_some() {
            return None;
        }
        Some(
            match (self.charge_type.as_str(), self.unit.to_ascii_lowercase().as_str()) {
                ("bandwidth-overage" | "bandwidth-commit", _) => Meter::Bandwidth,
                ("power" | "power-overage", "kwh" | "度") => Meter::Energy,
                ("power" | "power-overage", _) => Meter::Power,
                _ => Meter::OnDemand,
            },
        )
    }

    /// True for what is billed once, in the month in which the term starts.
    pub fn once(&self) -> bool {
        matches!(self.charge_type.as_str(), "install" | "deposit")
    }

    /// The last day for which the line may be billed; nothing when it goes on by itself.
    pub fn last_day(&self) -> Option<NaiveDate> {
        (self.renewal != Renewal::Automatic).then_some(self.end)
    }

    /// The last day on which notice can be given for the term's end.
    pub fn notice_by(&self) -> Option<NaiveDate> {
        self.end.checked_sub_days(Days::new(u64::from(self.notice_days?)))
    }

    /// Days of a month in which the line holds.
    pub fn days_in(&self, month: Month) -> u32 {
        let first = self.start.max(month.first_day());
        let next = month.plus(1).first_day();
        let end = self
            .last_day()
            .and_then(|day| day.succ_opt())
            .map_or(next, |day| day.min(next));
        u32::try_from((end - first).num_days()).unwrap_or(0)
    }

    /// What the line should bill in `month`: nothing when it does not hold then, or its quantity is not known.
    ///
    /// A month in which the line holds for some days only is billed by days, in cents rounded half to even: quantity ×
    /// price × days ÷ days of the month. Metered quantities are what was measured above what is included, rounded up to
    /// whole steps; they are not shortened, the measurement has only those days.
    pub fn expected(&self, month: Month, measured: Option<&Measured>) -> Option<Expected> {
        let days = self.days_in(month);
        if days == 0 || (self.once() && Month::of(self.start) != month) {
            return None;
        }
        let Some(quantity) = self.quantity else {
            return self.metered(measured?);
        };
        let amount = quantity.multiply(self.unit_price);
        let amount = if self.once() || days == month.days() {
            amount
        } else {
            let whole = |days: u32| Money::whole(i64::from(days));
            amount.scale_by(&Ratio::new(whole(days), whole(month.days())))
        };
        Some(Expected {
            quantity,
            amount: amount.round(2),
        })
    }

    fn metered(&self, measured: &Measured) -> Option<Expected> {
        let above = |figure: Money| self.stepped((figure - self.included).max(Money::ZERO));
        let quantity = match measured {
            Measured::Reading(reading) => above(*reading),
            Measured::Bandwidth(billed) if billed.days.is_empty() => above(decimal_mbps(billed.mbps)?),
            Measured::Bandwidth(billed) => {
                // Each day has its own overage, at a day's share of the price: the mean of the days' overages.
                let days = billed.days.iter().map(|day| Some(above(decimal_mbps(*day)?)));
                let sum: Money = days.collect::<Option<Vec<_>>>()?.into_iter().sum();
                let count = i64::try_from(billed.days.len()).ok()?;
                Ratio::checked(sum, Money::whole(count))?.to_money()
            }
        };
        Some(Expected {
            quantity,
            amount: quantity.multiply(self.unit_price).round(2),
        })
    }

    /// A quantity rounded up to whole steps.
    fn stepped(&self, quantity: Money) -> Money {
        match self.step {
            Some(step) if step > Money::ZERO => {
                let (quantity, step) = (quantity.units(), step.units());
                let steps = quantity / step + i128::from(quantity % step > 0);
                Money::from_units(steps * step)
            }
            _ => quantity,
        }
    }

    /// Value added tax of an amount in cents; nothing when no rate is agreed.
    pub fn tax_of(&self, amount: Money) -> Option<Money> {
        let percent = self.tax_percent?;
        Some(amount.scale_by(&Ratio::new(percent, Money::whole(100))).round(2))
    }
}

/// A figure of Mbps as a decimal with six digits (one bit per second).
pub fn decimal_mbps(mbps: f64) -> Option<Money> {
    (mbps.is_finite() && mbps.abs() < 1e12)
        .then(|| format!("{mbps:.6}").parse().ok())
        .flatten()
}
