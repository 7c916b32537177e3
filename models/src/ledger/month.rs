//! Billing months, ranges of them, and the company's fiscal calendar.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar month, written `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i32,
    month: u32,
}

/// A text that is not a month or a range of months.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a month: write YYYY-MM, or YYYY-MM..YYYY-MM for a range")]
pub struct MonthError(pub String);

impl Month {
    /// The month, or nothing when `month` is not 1 to 12 or the year not 1 to 9999.
    pub fn new(year: i32, month: u32) -> Option<Month> {
        ((1..=9999).contains(&year) && (1..=12).contains(&month)).then_some(Month { year, month })
    }

    /// The month that a day lies in.
    pub fn of(day: NaiveDate) -> Month {
        Month {
            year: day.year(),
            month: day.month(),
        }
    }

    /// Calendar year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Month of the year, 1 to 12.
    pub fn number(self) -> u32 {
        self.month
    }

    /// `count` months later (earlier when negative).
    pub fn plus(self, count: i32) -> Month {
        let index = self.year * 12 + self.month as i32 - 1 + count;
        Month {
            year: index.div_euclid(12),
            month: index.rem_euclid(12) as u32 + 1,
        }
    }

    /// Months from `earlier` to this one; negative when this one is earlier.
    pub fn since(self, earlier: Month) -> i32 {
        (self.year - earlier.year) * 12 + self.month as i32 - earlier.month as i32
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).expect("a valid month has a first day")
    }

    /// Days in the month, 28 to 31.
    pub fn days(self) -> u32 {
        (self.plus(1).first_day() - self.first_day()).num_days() as u32
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl FromStr for Month {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let error = || MonthError(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        if year.len() != 4 || month.len() != 2 || !(year.to_owned() + month).bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        Month::new(year.parse().map_err(|_| error())?, month.parse().map_err(|_| error())?).ok_or_else(error)
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;
    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

/// Consecutive months, both ends included. Written `YYYY-MM..YYYY-MM`, or one month alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthRange {
    /// First month.
    pub first: Month,
    /// Last month, included.
    pub last: Month,
}

impl MonthRange {
    /// Every month from first to last.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (0..=self.last.since(self.first)).map(move |offset| self.first.plus(offset))
    }

    /// True when `month` lies in the range.
    pub fn contains(self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }
}

impl From<Month> for MonthRange {
    fn from(month: Month) -> Self {
        MonthRange {
            first: month,
            last: month,
        }
    }
}

impl FromStr for MonthRange {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let range = MonthRange {
            first: first.parse()?,
            last: last.parse()?,
        };
        if range.last < range.first {
            Err(MonthError(text.to_owned()))
        } else {
            Ok(range)
        }
    }
}

impl fmt::Display for MonthRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            self.first.fmt(f)
        } else {
            write!(f, "{}..{}", self.first, self.last)
        }
    }
}

/// The company's fiscal year: twelve months from a stated month on, named after the calendar year it starts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiscalCalendar {
    /// Month of the calendar year in which the fiscal year starts, 1 to 12.
    pub start: u32,
}

impl FiscalCalendar {
    /// The fiscal year that a month belongs to.
    pub fn year_of(self, month: Month) -> i32 {
        if month.number() < self.start {
            month.year() - 1
        } else {
            month.year()
        }
    }

    /// The twelve months of a fiscal year.
    pub fn months_of(self, year: i32) -> MonthRange {
        let first = Month {
            year,
            month: self.start.clamp(1, 12),
        };
        MonthRange {
            first,
            last: first.plus(11),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_count_across_years() {
        let month: Month = "2025-11".parse().unwrap();
        assert_eq!(month.plus(3).to_string(), "2026-02");
        assert_eq!(month.plus(-11).to_string(), "2024-12");
        assert_eq!("2026-02".parse::<Month>().unwrap().since(month), 3);
        assert_eq!("2024-02".parse::<Month>().unwrap().days(), 29);
        let range: MonthRange = "2025-11..2026-02".parse().unwrap();
        assert_eq!(range.months().count(), 4);
    }

    #[test]
    fn refuses_what_is_not_a_month() {
        for text in [
            "2025-13",
            "2025-1",
            "25-01",
            "2025/01",
            "2025-00",
            "",
            "2025-02..2025-01",
            "+025-01",
        ] {
            assert!(text.parse::<MonthRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn fiscal_year_may_start_in_any_month() {
        let april = FiscalCalendar { start: 4 };
        assert_eq!(april.year_of("2026-03".parse().unwrap()), 2025);
        assert_eq!(april.year_of("2026-04".parse().unwrap()), 2026);
        assert_eq!(april.months_of(2025).to_string(), "2025-04..2026-03");
    }
}
