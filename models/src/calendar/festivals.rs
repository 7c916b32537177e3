//! Festivals, fixed ones and those that follow the moon.

use chrono::{Days, NaiveDate};
use serde::Serialize;

/// A festival that lifts or lowers business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Festival {
    /// 元旦.
    NewYear,
    /// 春节.
    SpringFestival,
    /// 清明节.
    Qingming,
    /// 劳动节.
    LabourDay,
    /// 端午节.
    DragonBoat,
    /// 中秋节.
    MidAutumn,
    /// 国庆节.
    NationalDay,
    /// 618 shopping festival.
    MidYearSale,
    /// 双11 shopping festival.
    DoubleEleven,
}

impl Festival {
    /// Finds a festival by any of its usual names.
    pub fn named(name: &str) -> Option<Festival> {
        Some(match name.trim() {
            "元旦" | "New Year" => Festival::NewYear,
            "春节" | "Spring Festival" | "Chinese New Year" => Festival::SpringFestival,
            "清明" | "清明节" | "Qingming" => Festival::Qingming,
            "五一" | "劳动节" | "Labour Day" => Festival::LabourDay,
            "端午" | "端午节" | "Dragon Boat Festival" => Festival::DragonBoat,
            "中秋" | "中秋节" | "Mid-Autumn Festival" => Festival::MidAutumn,
            "国庆" | "国庆节" | "National Day" => Festival::NationalDay,
            "618" | "618 shopping festival" => Festival::MidYearSale,
            "双11" | "双十一" | "Double 11" => Festival::DoubleEleven,
            _ => return None,
        })
    }
}

/// Day of a festival in a year; nothing for moving ones outside 2000 to 2050.
pub fn festival_date(festival: Festival, year: i32) -> Option<NaiveDate> {
    let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let moving = |at: usize| {
        let (_, days) = MOVING.iter().find(|(known, _)| *known == year)?;
        let (month, day) = days[at];
        NaiveDate::from_ymd_opt(year, month, day)
    };
    match festival {
        Festival::NewYear => fixed(1, 1),
        Festival::SpringFestival => moving(0),
        Festival::Qingming => moving(1),
        Festival::LabourDay => fixed(5, 1),
        Festival::DragonBoat => moving(2),
        Festival::MidAutumn => moving(3),
        Festival::NationalDay => fixed(10, 1),
        Festival::MidYearSale => fixed(6, 18),
        Festival::DoubleEleven => fixed(11, 11),
    }
}

/// First and last day on which business usually feels a festival: 春节 from a week before the new year to the lantern festival's
/// eve, 618 from the first of June, 双11 from the first of November, 国庆 its week; the others their day and its neighbours.
pub fn festival_window(festival: Festival, year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let date = festival_date(festival, year)?;
    let (before, after) = match festival {
        Festival::SpringFestival => (7, 13),
        Festival::MidYearSale => (17, 2),
        Festival::DoubleEleven => (10, 1),
        Festival::NationalDay => (0, 6),
        Festival::LabourDay => (0, 4),
        _ => (1, 1),
    };
    Some((
        date.checked_sub_days(Days::new(before))?,
        date.checked_add_days(Days::new(after))?,
    ))
}

/// Year → 春节, 清明节, 端午节, 中秋节 as (month, day).
#[rustfmt::skip]
const MOVING: [(i32, [(u32, u32); 4]); 51] = [
    (2000, [(2, 5), (4, 4), (6, 6), (9, 12)]),
    (2001, [(1, 24), (4, 5), (6, 25), (10, 1)]),
    (2002, [(2, 12), (4, 5), (6, 15), (9, 21)]),
    (2003, [(2, 1), (4, 5), (6, 4), (9, 11)]),
    (2004, [(1, 22), (4, 4), (6, 22), (9, 28)]),
    (2005, [(2, 9), (4, 5), (6, 11), (9, 18)]),
    (2006, [(1, 29), (4, 5), (5, 31), (10, 6)]),
    (2007, [(2, 18), (4, 5), (6, 19), (9, 25)]),
    (2008, [(2, 7), (4, 4), (6, 8), (9, 14)]),
    (2009, [(1, 26), (4, 4), (5, 28), (10, 3)]),
    (2010, [(2, 14), (4, 5), (6, 16), (9, 22)]),
    (2011, [(2, 3), (4, 5), (6, 6), (9, 12)]),
    (2012, [(1, 23), (4, 4), (6, 23), (9, 30)]),
    (2013, [(2, 10), (4, 4), (6, 12), (9, 19)]),
    (2014, [(1, 31), (4, 5), (6, 2), (9, 8)]),
    (2015, [(2, 19), (4, 5), (6, 20), (9, 27)]),
    (2016, [(2, 8), (4, 4), (6, 9), (9, 15)]),
    (2017, [(1, 28), (4, 4), (5, 30), (10, 4)]),
    (2018, [(2, 16), (4, 5), (6, 18), (9, 24)]),
    (2019, [(2, 5), (4, 5), (6, 7), (9, 13)]),
    (2020, [(1, 25), (4, 4), (6, 25), (10, 1)]),
    (2021, [(2, 12), (4, 4), (6, 14), (9, 21)]),
    (2022, [(2, 1), (4, 5), (6, 3), (9, 10)]),
    (2023, [(1, 22), (4, 5), (6, 22), (9, 29)]),
    (2024, [(2, 10), (4, 4), (6, 10), (9, 17)]),
    (2025, [(1, 29), (4, 4), (5, 31), (10, 6)]),
    (2026, [(2, 17), (4, 5), (6, 19), (9, 25)]),
    (2027, [(2, 6), (4, 5), (6, 9), (9, 15)]),
    (2028, [(1, 26), (4, 4), (5, 28), (10, 3)]),
    (2029, [(2, 13), (4, 4), (6, 16), (9, 22)]),
    (2030, [(2, 3), (4, 5), (6, 5), (9, 12)]),
    (2031, [(1, 23), (4, 5), (6, 24), (10, 1)]),
    (2032, [(2, 11), (4, 4), (6, 12), (9, 19)]),
    (2033, [(1, 31), (4, 4), (6, 1), (9, 8)]),
    (2034, [(2, 19), (4, 5), (6, 20), (9, 27)]),
    (2035, [(2, 8), (4, 5), (6, 10), (9, 16)]),
    (2036, [(1, 28), (4, 4), (5, 30), (10, 4)]),
    (2037, [(2, 15), (4, 4), (6, 18), (9, 24)]),
    (2038, [(2, 4), (4, 5), (6, 7), (9, 13)]),
    (2039, [(1, 24), (4, 5), (5, 27), (10, 2)]),
    (2040, [(2, 12), (4, 4), (6, 14), (9, 20)]),
    (2041, [(2, 1), (4, 4), (6, 3), (9, 10)]),
    (2042, [(1, 22), (4, 4), (6, 22), (9, 28)]),
    (2043, [(2, 10), (4, 5), (6, 11), (9, 17)]),
    (2044, [(1, 30), (4, 4), (5, 31), (10, 5)]),
    (2045, [(2, 17), (4, 4), (6, 19), (9, 25)]),
    (2046, [(2, 6), (4, 4), (6, 8), (9, 15)]),
    (2047, [(1, 26), (4, 5), (5, 29), (10, 4)]),
    (2048, [(2, 14), (4, 4), (6, 15), (9, 22)]),
    (2049, [(2, 2), (4, 4), (6, 4), (9, 11)]),
    (2050, [(1, 23), (4, 4), (6, 23), (9, 30)]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike;

    #[test]
    fn spring_festivals_are_where_the_moon_puts_them() {
        for date in ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26"] {
            let date: NaiveDate = date.parse().unwrap();
            assert_eq!(festival_date(Festival::SpringFestival, date.year()), Some(date));
        }
        assert_eq!(festival_date(Festival::SpringFestival, 2051), None);
        let window = festival_window(Festival::named("双11").unwrap(), 2026).unwrap();
        assert_eq!(
            (window.0.to_string(), window.1.to_string()),
            ("2026-11-01".to_owned(), "2026-11-12".to_owned())
        );
    }
}
