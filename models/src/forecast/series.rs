//! A series on its own grid of times, which it continues in the way it is written.

use super::Spacing;
use crate::ledger::Month;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use std::collections::BTreeMap;

/// One series on its own grid of times.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the file calls it.
    pub id: String,
    /// One value per step from the first observation on; none where one is missing.
    pub values: Vec<Option<f64>>,
    /// Distance of the steps.
    pub spacing: Spacing,
    /// The times do not lie on a grid: values are taken as they follow each other.
    pub irregular: bool,
    first: NaiveDateTime,
    last: NaiveDateTime,
    form: Form,
}

impl Series {
    /// A series of months, from `first` on.
    pub fn monthly(id: &str, first: Month, values: Vec<Option<f64>>) -> Series {
        let last = first.plus(values.len() as i32 - 1);
        Series {
            id: id.to_owned(),
            values,
            spacing: Spacing::Months(1),
            irregular: false,
            first: first.first_day().into(),
            last: last.first_day().into(),
            form: Form::Month,
        }
    }

    /// A series of days, from `first` on.
    pub fn daily(id: &str, first: NaiveDate, values: Vec<Option<f64>>) -> Series {
        let last = first + TimeDelta::days(values.len() as i64 - 1);
        Series {
            id: id.to_owned(),
            values,
            spacing: Spacing::Days(1),
            irregular: false,
            first: first.into(),
            last: last.into(),
            form: Form::Day,
        }
    }

    /// The time `ahead` steps after the last one (1 is the next), written as the file writes times.
    pub fn time_after(&self, ahead: usize) -> String {
        let time = if self.irregular {
            self.spacing.after(self.last, ahead)
        } else {
            self.spacing.after(self.first, self.values.len() - 1 + ahead)
        };
        time.map(|time| self.form.write(time)).unwrap_or_default()
    }

    /// Start of step `at` (0 is the first observation) and of the step after it; none off the grid.
    pub(super) fn span(&self, at: usize) -> Option<(NaiveDateTime, NaiveDateTime)> {
        if self.irregular || self.form == Form::Number {
            return None;
        }
        Some((
            self.spacing.after(self.first, at)?,
            self.spacing.after(self.first, at + 1)?,
        ))
    }

    /// Periods of the calendar that this spacing brings.
    pub fn periods(&self) -> Vec<usize> {
        if self.form == Form::Number || self.irregular {
            Vec::new()
        } else {
            self.spacing.periods()
        }
    }
}

/// How a file writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Month,
    Day,
    DayTime(&'static str),
    Zoned,
    Number,
}

const TIMES: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
];

impl Form {
    pub(super) fn read(text: &str) -> Option<(Form, NaiveDateTime)> {
        if let Some(day) = iso_day(text) {
            return Some((Form::Day, day.into()));
        }
        if let Ok(number) = text.parse::<i32>() {
            return Some((
                Form::Number,
                DateTime::UNIX_EPOCH.naive_utc() + TimeDelta::days(i64::from(number)),
            ));
        }
        if let Ok(day) = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d") {
            return Some((Form::Month, day.into()));
        }
        for pattern in TIMES {
            if let Ok(time) = NaiveDateTime::parse_from_str(text, pattern) {
                return Some((Form::DayTime(pattern), time));
            }
        }
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| (Form::Zoned, time.naive_utc()))
    }

    pub(super) fn write(self, time: NaiveDateTime) -> String {
        match self {
            Form::Month => time.format("%Y-%m").to_string(),
            Form::Day => time.format("%Y-%m-%d").to_string(),
            Form::DayTime(pattern) => time.format(pattern).to_string(),
            Form::Zoned => time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Form::Number => (time - DateTime::UNIX_EPOCH.naive_utc()).num_days().to_string(),
        }
    }
}

/// A date as `2026-01-31`; digit by digit, as this runs for every row.
fn iso_day(text: &str) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0'))
        })
    };
    NaiveDate::from_ymd_opt(
        i32::try_from(number(&[y1, y2, y3, y4])?).ok()?,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
    )
}

/// Row, form and value by time.
pub(super) type Observations = BTreeMap<NaiveDateTime, (usize, Form, Option<f64>)>;

/// Puts observations on their grid, gaps left open; none when there is not one value.
pub(super) fn on_grid(id: &str, rows: &Observations, spacing: Spacing) -> Option<Series> {
    let (&first, &(_, form, _)) = rows.first_key_value()?;
    let (&last, _) = rows.last_key_value()?;
    rows.values().find_map(|(_, _, value)| *value)?;
    let places: Option<Vec<usize>> = rows.keys().map(|&time| spacing.index(first, time)).collect();
    let places = places.filter(|places| places.last().is_some_and(|&end| end < 10 * rows.len().max(10)));
    let irregular = places.is_none();
    let values = match places {
        Some(places) => {
            let mut values = vec![None; places.last().map_or(0, |end| end + 1)];
            for (at, (_, _, value)) in places.into_iter().zip(rows.values()) {
                values[at] = *value;
            }
            values
        }
        None => rows.values().map(|(_, _, value)| *value).collect(),
    };
    Some(Series {
        id: id.to_owned(),
        values,
        spacing,
        irregular,
        first,
        last,
        form,
    })
}
