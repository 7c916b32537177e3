//! How the books are kept: which amount counts, and what has to hold before a month closes.

use super::{Money, Month};
use serde::{Deserialize, Serialize};

/// Which cost counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CostBasis {
    /// Invoice (cash) basis.
    Billed,
    /// Accrual basis: amortised and depreciated.
    #[default]
    Effective,
}

/// Whether tax counts (含税、不含税、税额).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxBasis {
    /// Without tax.
    #[default]
    Net,
    /// With tax.
    Gross,
    /// The tax alone.
    Tax,
}

/// The `[books]` section of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookSettings {
    /// The cost that budgets, unit costs and, unless asked otherwise, cost tables are in.
    #[serde(default)]
    pub basis: CostBasis,
    /// Whether that cost has tax in it.
    #[serde(default)]
    pub tax: TaxBasis,
    /// Most that may be unallocated when a month closes, in percent of the month's effective cost; any when missing.
    pub most_unallocated_percent: Option<Money>,
    /// Sources whose bills have to be in before a month closes.
    #[serde(default)]
    pub expected_sources: Vec<ExpectedSource>,
}

/// A source that bills every month.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSource {
    /// The source's name.
    pub source: String,
    /// First month in which it bills.
    pub valid_from: Option<Month>,
    /// Last month in which it bills.
    pub valid_to: Option<Month>,
}

impl ExpectedSource {
    /// True when a bill of the month has to come.
    pub fn bills_in(&self, month: Month) -> bool {
        self.valid_from.is_none_or(|first| first <= month) && self.valid_to.is_none_or(|last| month <= last)
    }
}

impl BookSettings {
    /// What is wrong with the settings.
    pub fn problems(&self) -> Vec<String> {
        let percent = self
            .most_unallocated_percent
            .filter(|percent| percent.is_negative() || *percent > Money::whole(100));
        let mut problems: Vec<String> = percent
            .map(|percent| format!("[books] most_unallocated_percent is {percent}: write 0 to 100"))
            .into_iter()
            .collect();
        for (at, expected) in self.expected_sources.iter().enumerate() {
            if self.expected_sources[..at]
                .iter()
                .any(|earlier| earlier.source == expected.source)
            {
                problems.push(format!("[books] expects the source '{}' twice", expected.source));
            }
        }
        problems
    }
}
