//! Days off in China: published notices where there are any, the rule beyond, marked as provisional.
//!
//! Facts only. Notices of the State Council for 2024 to 2026 (data of NateScarlet/holiday-cn, MIT). Dates of 春节, 清明节, 端午节 and
//! 中秋节 from 2000 to 2050 follow the lunar calendar and the sun; two independent programs agree on all of them.

mod festivals;
mod notices;

pub use festivals::{Festival, festival_date, festival_window};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The calendar that an organization lives by. `calendar` of `[company]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calendar {
    /// Days off of mainland China, and the festivals that follow the moon.
    Cn,
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayKind {
    /// A working day.
    Workday,
    /// A weekend that is worked to make up for a holiday (调休).
    MakeUpWorkday,
    /// A weekend.
    Weekend,
    /// A holiday.
    Holiday(Festival),
}

/// A day and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CalendarDay {
    /// Day.
    pub date: NaiveDate,
    /// What it is.
    pub kind: DayKind,
    /// True when no notice of that year is on record: statutory days by rule, no days moved.
    pub provisional: bool,
}

impl CalendarDay {
    /// True when people work.
    pub fn is_working(self) -> bool {
        matches!(self.kind, DayKind::Workday | DayKind::MakeUpWorkday)
    }
}

/// Years whose days off and worked weekends were published.
pub const PUBLISHED: std::ops::RangeInclusive<i32> = notices::YEARS;

/// Statutory days off by rule (since 2025): 元旦 1, 春节 4 from the eve on, 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3.
const STATUTORY: [(Festival, i64, u64); 7] = [
    (Festival::NewYear, 0, 1),
    (Festival::SpringFestival, -1, 4),
    (Festival::Qingming, 0, 1),
    (Festival::LabourDay, 0, 2),
    (Festival::DragonBoat, 0, 1),
    (Festival::MidAutumn, 0, 1),
    (Festival::NationalDay, 0, 3),
];

/// What a day is.
pub fn day(date: NaiveDate) -> CalendarDay {
    let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let plain = if weekend { DayKind::Weekend } else { DayKind::Workday };
    if notices::YEARS.contains(&date.year()) {
        let off = notices::DAYS_OFF
            .iter()
            .find(|(_, from, to)| (*from..=*to).contains(&number(date)));
        let kind = match off {
            Some((festival, _, _)) => DayKind::Holiday(*festival),
            None if notices::WORKED.contains(&number(date)) => DayKind::MakeUpWorkday,
            None => plain,
        };
        return CalendarDay {
            date,
            kind,
            provisional: false,
        };
    }
    let holiday = STATUTORY.iter().find(|(festival, offset, days)| {
        festival_date(*festival, date.year()).is_some_and(|first| {
            let after = (date - first).num_days() - offset;
            (0..*days as i64).contains(&after)
        })
    });
    CalendarDay {
        date,
        kind: holiday.map_or(plain, |(festival, _, _)| DayKind::Holiday(*festival)),
        provisional: true,
    }
}

/// `20260217` for 2026-02-17.
fn number(date: NaiveDate) -> u32 {
    date.year() as u32 * 10_000 + date.month() * 100 + date.day()
}

/// Every day of a year.
pub fn year(year: i32) -> Vec<CalendarDay> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1);
    let days = first
        .into_iter()
        .flat_map(|first| (0..366).filter_map(move |at| first.checked_add_days(Days::new(at))));
    days.filter(|date| date.year() == year).map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_are_those_of_the_notices() {
        // An independent calendar counts 251, 248 and 248 working days.
        let working = |of| year(of).into_iter().filter(|day| day.is_working()).count();
        assert_eq!([2024, 2025, 2026].map(working), [251, 248, 248]);
        assert!(year(2026).iter().all(|day| !day.provisional));
    }

    #[test]
    fn beyond_the_notices_the_rule_holds_and_says_so() {
        let at = |text: &str| day(text.parse().unwrap());
        assert_eq!(at("2026-02-14").kind, DayKind::MakeUpWorkday);
        assert_eq!(at("2027-02-05").kind, DayKind::Holiday(Festival::SpringFestival));
        assert!(at("2027-02-05").provisional && at("2027-02-08").kind == DayKind::Holiday(Festival::SpringFestival));
        assert_eq!(at("2027-02-09").kind, DayKind::Workday);
        assert_eq!(at("2028-01-26").kind, DayKind::Holiday(Festival::SpringFestival));
        // 13 statutory days in every year of the table, some on the same day when feasts meet.
        for of in 2027..=2050 {
            let holidays = year(of)
                .into_iter()
                .filter(|day| matches!(day.kind, DayKind::Holiday(_)))
                .count();
            assert!((12..=13).contains(&holidays), "{of}: {holidays}");
        }
    }
}
