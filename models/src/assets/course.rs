//! What happens to an asset after it entered service, event by event.

use super::{Holder, Improvement, Production, Transfer};
use crate::ledger::{Money, Month};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What happened to an asset after it entered service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// A contract paid in advance: amortised from its first month on, running cost and no investment.
    pub prepaid: bool,
    /// Work expected and done, for units of production.
    pub production: Option<Production>,
    /// Capitalised improvements, in the order of their months.
    pub improvements: Vec<Improvement>,
    /// Moves to other products.
    pub transfers: Vec<Transfer>,
    /// What it brought when it left service, net of cost and tax.
    pub proceeds: Money,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetEventKind {
    /// It moved to another holder on a day.
    Transfer,
    /// Money was spent on it that is depreciated with it.
    Improvement,
    /// Work done in a month.
    Units,
    /// What its disposal brought.
    Proceeds,
    /// Work expected of its whole life.
    ExpectedUnits,
    /// It is a contract paid in advance.
    Prepaid,
}

impl AssetEventKind {
    const ALL: [AssetEventKind; 6] = [
        AssetEventKind::Transfer,
        AssetEventKind::Improvement,
        AssetEventKind::Units,
        AssetEventKind::Proceeds,
        AssetEventKind::ExpectedUnits,
        AssetEventKind::Prepaid,
    ];

    /// The word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            AssetEventKind::Transfer => "transfer",
            AssetEventKind::Improvement => "improvement",
            AssetEventKind::Units => "units",
            AssetEventKind::Proceeds => "proceeds",
            AssetEventKind::ExpectedUnits => "expected-units",
            AssetEventKind::Prepaid => "prepaid",
        }
    }
}

impl FromStr for AssetEventKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = AssetEventKind::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| format!("'{text}' is no event of an asset"))
    }
}

/// One event of one asset; what its kind does not need stays empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetEvent {
    /// What happened.
    pub kind: AssetEventKind,
    /// When.
    pub day: NaiveDate,
    /// Money, in the asset's currency.
    pub amount: Option<Money>,
    /// New residual value.
    pub residual: Option<Money>,
    /// Months by which the life is prolonged.
    pub months: u32,
    /// Work.
    pub units: Option<Money>,
    /// The new holder.
    pub to: Holder,
}

impl AssetEvent {
    /// An event of which only kind and day are known.
    pub fn new(kind: AssetEventKind, day: NaiveDate) -> AssetEvent {
        AssetEvent {
            kind,
            day,
            amount: None,
            residual: None,
            months: 0,
            units: None,
            to: Holder::default(),
        }
    }
}

impl Course {
    /// Adds an event.
    pub fn add(&mut self, event: &AssetEvent) {
        let month = Month::of(event.day);
        match event.kind {
            AssetEventKind::Transfer => self.transfers.push(Transfer {
                day: event.day,
                to: event.to.clone(),
            }),
            AssetEventKind::Improvement => {
                self.improvements.push(Improvement {
                    month,
                    amount: event.amount.unwrap_or_default(),
                    residual: event.residual,
                    months_added: event.months,
                    units_added: event.units.unwrap_or_default(),
                });
                self.improvements.sort_by_key(|improvement| improvement.month);
            }
            AssetEventKind::Units => {
                let done = &mut self.production.get_or_insert_with(Production::default).done;
                let sum = done.entry(month).or_default();
                *sum = sum.checked_add(event.units.unwrap_or_default()).unwrap_or(*sum);
            }
            AssetEventKind::Proceeds => self.proceeds = event.amount.unwrap_or_default(),
            AssetEventKind::ExpectedUnits => {
                self.production.get_or_insert_with(Production::default).expected = event.units.unwrap_or_default();
            }
            AssetEventKind::Prepaid => self.prepaid = true,
        }
    }
}
