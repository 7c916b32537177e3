//! Texts as dates, times, months and numbers.

use crate::diagnostics::Problem;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use headroom_models::ledger::{Money, MoneyError, Month, Parsed};

/// A decimal number, exact.
pub(super) fn decimal(text: &str) -> Result<Parsed, Problem> {
    Money::parse(text).map_err(|error| match error {
        MoneyError::NotANumber => Problem::NotADecimal,
        MoneyError::Comma => Problem::CommaInNumber,
        MoneyError::TooLarge => Problem::TooLarge,
    })
}

/// A physical quantity.
pub(super) fn float(text: &str) -> Result<f64, Problem> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text.parse::<f64>() {
        Ok(value) if plain && value.is_finite() => Ok(value),
        _ if text.contains(',') && text.bytes().all(|byte| byte.is_ascii_digit() || b",.-".contains(&byte)) => {
            Err(Problem::CommaInNumber)
        }
        _ => Err(Problem::NotANumber),
    }
}

/// `YYYY-MM-DD`, `YYYY/M/D` or `YYYY年M月D日`; a time of midnight behind it is what spreadsheets make of a date.
pub(super) fn date(text: &str) -> Result<NaiveDate, Problem> {
    let text = text.trim_end_matches('Z').trim_end_matches(".000");
    let text = [" 00:00:00", "T00:00:00", " 00:00", " 0:00:00", " 0:00"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text);
    let (year, month, day) = parts(text).ok_or(Problem::NotADate)?;
    day_of(year, month, day)
}

/// A date, or one with the month in front: `9/30/2023`, `09/30/2023`, `9/30/23`.
pub(super) fn month_first_date(text: &str) -> Result<NaiveDate, Problem> {
    let numbers = text.split_once('/').and_then(|(month, rest)| {
        let (day, year) = rest.split_once('/')?;
        let year = match year_number(year) {
            Some(year) => year,
            None if year.len() == 2 => 2000 + i32::try_from(small_number(year)?).ok()?,
            None => return None,
        };
        Some((year, small_number(month)?, small_number(day)?))
    });
    match numbers {
        Some((year, month, day)) => day_of(year, month, day),
        None => date(text).or_else(|problem| match problem {
            Problem::NotADate => time(text)
                .map(|(time, _)| time.date_naive())
                .map_err(|_| Problem::NotADate),
            other => Err(other),
        }),
    }
}

/// The numbers of a date in one of the three spellings.
fn parts(text: &str) -> Option<(i32, u32, u32)> {
    let (year, month, day) = if let Some((year, rest)) = text.split_once('年') {
        let (month, day) = rest.split_once('月')?;
        (year, month, day.strip_suffix('日')?)
    } else {
        let separator = if text.contains('/') { '/' } else { '-' };
        let (year, rest) = text.split_once(separator)?;
        let (month, day) = rest.split_once(separator)?;
        (year, month, day)
    };
    Some((year_number(year)?, small_number(month)?, small_number(day)?))
}

fn year_number(text: &str) -> Option<i32> {
    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn small_number(text: &str) -> Option<u32> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn day_of(year: i32, month: u32, day: u32) -> Result<NaiveDate, Problem> {
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(Problem::NoSuchDay)?;
    // A slip such as 0202 or 9999 would make partitions of its own and depreciation without end.
    if (1970..=2199).contains(&year) {
        Ok(date)
    } else {
        Err(Problem::YearOutOfRange)
    }
}

/// `YYYY-MM`, `YYYY/M`, `YYYYMM` or `YYYY年M月`, or the first day of a month, which spreadsheets make of a month.
pub(super) fn month(text: &str) -> Result<Month, Problem> {
    let split = if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(text.split_at(4))
    } else if let Some((year, rest)) = text.split_once('年') {
        rest.strip_suffix('月').map(|month| (year, month))
    } else {
        text.split_once(['-', '/'])
    };
    let numbers = split.and_then(|(year, month)| Some((year_number(year)?, small_number(month)?)));
    if let Some((year, month)) = numbers {
        if !(1970..=2199).contains(&year) {
            return Err(Problem::YearOutOfRange);
        }
        return Month::new(year, month).ok_or(Problem::NotAMonth);
    }
    match date(text) {
        Ok(day) if Month::of(day).first_day() == day => Ok(Month::of(day)),
        Err(Problem::YearOutOfRange) => Err(Problem::YearOutOfRange),
        _ => Err(Problem::NotAMonth),
    }
}

/// A date with an optional time and an optional zone; the offset from UTC in seconds stands beside the time.
///
/// `2026-05-01T00:00:00Z`, `2024-09-18 22:00:00`, `2024-09-18 22:00:00 UTC`, `2026-05-01T08:00:00.5+08:00`, `2026/5/1 8:05`.
pub(super) fn time(text: &str) -> Result<(DateTime<Utc>, i32), Problem> {
    if let Some(time) = iso_time(text.as_bytes()) {
        return Ok((time, 0));
    }
    let (day, clock) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, "00:00:00"),
    };
    let (year, month, day) = parts(day).ok_or(Problem::NotATime)?;
    let day = day_of(year, month, day)?;
    let (clock, offset) = zone(clock).ok_or(Problem::NotATime)?;
    let clock = clock_of(clock).ok_or(Problem::NotATime)?;
    let local = day.and_time(clock).and_utc();
    Ok((local - chrono::TimeDelta::seconds(i64::from(offset)), offset))
}

/// `2026-05-01T00:00:00Z` to the letter, which nearly every time of a large bill is.
fn iso_time(text: &[u8]) -> Option<DateTime<Utc>> {
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        b'Z',
    ] = text
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    let day = day_of(year, number(&[m1, m2])?, number(&[d1, d2])?).ok()?;
    let clock = NaiveTime::from_hms_opt(number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?)?;
    Some(day.and_time(clock).and_utc())
}

/// Takes the zone off the end of a time: the rest, and the seconds that it is ahead of UTC.
fn zone(text: &str) -> Option<(&str, i32)> {
    for utc in ["Z", "z", " UTC", "UTC"] {
        if let Some(clock) = text.strip_suffix(utc) {
            return Some((clock, 0));
        }
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, 0));
    };
    let (clock, zone) = text.split_at(at);
    let digits = zone[1..].replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits[2..].parse().unwrap_or(0);
    let seconds = (hours <= 18 && minutes < 60).then_some(hours * 3600 + minutes * 60)?;
    Some((clock.trim_end(), if zone.starts_with('-') { -seconds } else { seconds }))
}

/// `H:MM`, `HH:MM:SS` or with a fraction of a second.
fn clock_of(text: &str) -> Option<NaiveTime> {
    let mut pieces = text.split(':');
    let hour = small_number(pieces.next()?)?;
    let minute = small_number(pieces.next()?)?;
    let (second, fraction) = match pieces.next() {
        Some(second) => second.split_once('.').unwrap_or((second, "0")),
        None => ("0", "0"),
    };
    if pieces.next().is_some() || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    NaiveTime::from_hms_nano_opt(hour, minute, small_number(second)?, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling_of_a_date() {
        for text in [
            "2026-03-05",
            "2026/3/5",
            "2026年3月5日",
            "2026/03/05",
            "2026-03-05 00:00:00",
            "2026-03-05T00:00:00Z",
        ] {
            assert_eq!(date(text).unwrap().to_string(), "2026-03-05", "{text}");
        }
        assert_eq!(date("2026-02-30"), Err(Problem::NoSuchDay));
        assert_eq!(date("0202-02-03"), Err(Problem::YearOutOfRange));
        for text in [
            "",
            "03/05/2026",
            "2026-03",
            "5 March",
            "2026-3-",
            "2026-03-05 10:00:00",
            "20260305",
        ] {
            assert_eq!(date(text), Err(Problem::NotADate), "{text}");
        }
    }

    #[test]
    fn the_month_stands_in_front_only_where_the_source_says_so() {
        for text in [
            "09/30/2023",
            "9/30/2023",
            "9/30/23",
            "2023-09-30",
            "2023-09-30T00:00:00Z",
            "2023-09-30 13:00:00",
        ] {
            assert_eq!(month_first_date(text).unwrap().to_string(), "2023-09-30", "{text}");
        }
        assert_eq!(month_first_date("30/09/2023"), Err(Problem::NoSuchDay));
        assert_eq!(month_first_date("9/30"), Err(Problem::NotADate));
    }

    #[test]
    fn reads_every_spelling_of_a_month() {
        for text in [
            "2026-03",
            "2026/3",
            "202603",
            "2026年3月",
            "2026-03-01",
            "2026-03-01 00:00:00",
        ] {
            assert_eq!(month(text).unwrap().to_string(), "2026-03", "{text}");
        }
        for text in ["2026-13", "2026-03-02", "26-03", "March 2026", "", "202600"] {
            assert_eq!(month(text), Err(Problem::NotAMonth), "{text}");
        }
    }

    #[test]
    fn reads_every_spelling_of_a_time() {
        for (text, utc) in [
            ("2026-05-01T00:00:00Z", "2026-05-01 00:00:00 UTC"),
            ("2024-09-18 22:00:00", "2024-09-18 22:00:00 UTC"),
            ("2024-09-18 22:00:00 UTC", "2024-09-18 22:00:00 UTC"),
            ("2026-05-01T08:00:00.5+08:00", "2026-05-01 00:00:00.500 UTC"),
            ("2026/5/1 8:05", "2026-05-01 08:05:00 UTC"),
            ("2026-05-01", "2026-05-01 00:00:00 UTC"),
            ("2026-05-01T00:00:00-0330", "2026-05-01 03:30:00 UTC"),
        ] {
            assert_eq!(time(text).unwrap().0.to_string(), utc, "{text}");
        }
        assert_eq!(time("2026-02-30T00:00:00Z"), Err(Problem::NoSuchDay));
        for text in [
            "",
            "2026-05-01T",
            "2026-05-01T25:00:00",
            "2026-05-01T1:2:3:4",
            "2026-05-01T00:00:00+99:00",
            "1714521600",
        ] {
            assert_eq!(time(text), Err(Problem::NotATime), "{text}");
        }
    }

    #[test]
    fn physical_quantities_are_plain_numbers() {
        assert_eq!(float("12.5"), Ok(12.5));
        assert_eq!(float("1,234.5"), Err(Problem::CommaInNumber));
        for text in ["NaN", "inf", "abc", "1e999", "0x1"] {
            assert_eq!(float(text), Err(Problem::NotANumber), "{text}");
        }
    }
}
