//! Savings that are planned: what findings on their way take from a budget, month by month.

use crate::budget::LineKey;
use crate::ledger::{Money, Month, MonthRange};
use chrono::{Datelike, NaiveDate};

/// A finding that is expected to be given up.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedSaving {
    /// Finding.
    pub finding: String,
    /// Cell of the budget that it costs in.
    pub key: LineKey,
    /// At stake in a month, reporting currency.
    pub monthly: Money,
    /// Day on which it should be gone: end of grace, due date, or today.
    pub gone_by: NaiveDate,
}

/// The first month whose bill is expected to be without it: the one after the day, or that of the day when it is the first.
pub fn first_month_without(gone_by: NaiveDate) -> Month {
    let month = Month::of(gone_by);
    if gone_by.day() == 1 { month } else { month.plus(1) }
}

/// What the findings take from the months of a budget: negative amounts, one per finding and month.
pub fn planned_savings(months: MonthRange, findings: &[ExpectedSaving]) -> Vec<(Month, LineKey, Money, String)> {
    let mut lines = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.monthly.is_zero()) {
        let first = first_month_without(finding.gone_by);
        for month in months.months().filter(|month| *month >= first) {
            lines.push((month, finding.key.clone(), -finding.monthly, finding.finding.clone()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{CostType, Expenditure};

    #[test]
    fn a_saving_begins_with_the_first_whole_month() {
        let key = LineKey {
            product: "web".to_owned(),
            module: String::new(),
            cost_type: CostType::Cloud,
            expenditure: Expenditure::Opex,
        };
        let finding = |day: &str| ExpectedSaving {
            finding: "W-1".to_owned(),
            key: key.clone(),
            monthly: Money::whole(900),
            gone_by: day.parse().unwrap(),
        };
        let months: MonthRange = "2026-01..2026-12".parse().unwrap();
        let lines = planned_savings(months, &[finding("2026-10-08")]);
        let shown: Vec<_> = lines
            .iter()
            .map(|(month, _, amount, _)| (month.to_string(), *amount))
            .collect();
        assert_eq!(
            shown,
            [
                ("2026-11".to_owned(), Money::whole(-900)),
                ("2026-12".to_owned(), Money::whole(-900)),
            ]
        );
        assert_eq!(planned_savings(months, &[finding("2026-10-01")]).len(), 3);
        assert_eq!(planned_savings(months, &[finding("2027-03-01")]), []);
        // Gone before the year begins: twelve months.
        assert_eq!(planned_savings(months, &[finding("2025-06-10")]).len(), 12);
    }
}
