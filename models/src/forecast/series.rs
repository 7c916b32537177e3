//! Series as people keep them: a CSV of `unique_id,ds,y`, rows in any order, gaps allowed.

use super::Spacing;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use std::collections::{BTreeMap, HashMap};

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
    /// The time `ahead` steps after the last one (1 is the next), written as the file writes times.
    pub fn time_after(&self, ahead: usize) -> String {
        let time = if self.irregular {
            self.spacing.after(self.last, ahead)
        } else {
            self.spacing.after(self.first, self.values.len() - 1 + ahead)
        };
        time.map(|time| self.form.write(time)).unwrap_or_default()
    }

    /// Periods of the calendar that this spacing brings.
    pub fn periods(&self) -> Vec<usize> {
        if self.form == Form::Number || self.irregular { Vec::new() } else { self.spacing.periods() }
    }
}

/// Why a file of series cannot be used; rows count from 1, the header being row 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum SeriesProblem {
    #[error("row 1: column {column} is missing; the header must name unique_id, ds and y")]
    NoColumn { column: &'static str },
    #[error("row {row}: {reason}")]
    Unreadable { row: usize, reason: String },
    #[error("row {row}, ds: '{found}' is no date, time or whole number (2026-01-31, 2026-01, 2026-01-31T08:00:00)")]
    BadTime { row: usize, found: String },
    #[error("row {row}, y: '{found}' is no number; leave it empty where a value is missing")]
    BadNumber { row: usize, found: String },
    #[error("row {row}: {id} has {time} already in row {first}")]
    Twice { row: usize, first: usize, id: String, time: String },
    #[error("{id}: not one value of y")]
    NoValue { id: String },
    #[error("the file has no series")]
    Empty,
}

/// How a file writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Month,
    Day,
    DayTime(&'static str),
    Zoned,
    Number,
}

const TIMES: [&str; 4] = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];

impl Form {
    fn read(text: &str) -> Option<(Form, NaiveDateTime)> {
        if let Ok(number) = text.parse::<i32>() {
            return Some((Form::Number, DateTime::UNIX_EPOCH.naive_utc() + TimeDelta::days(i64::from(number))));
        }
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Some((Form::Day, day.into()));
        }
        if let Ok(day) = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d") {
            return Some((Form::Month, day.into()));
        }
        for pattern in TIMES {
            if let Ok(time) = NaiveDateTime::parse_from_str(text, pattern) {
                return Some((Form::DayTime(pattern), time));
            }
        }
        DateTime::parse_from_rfc3339(text).ok().map(|time| (Form::Zoned, time.naive_utc()))
    }

    fn write(self, time: NaiveDateTime) -> String {
        match self {
            Form::Month => time.format("%Y-%m").to_string(),
            Form::Day => time.format("%Y-%m-%d").to_string(),
            Form::DayTime(pattern) => time.format(pattern).to_string(),
            Form::Zoned => time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Form::Number => (time - DateTime::UNIX_EPOCH.naive_utc()).num_days().to_string(),
        }
    }
}

/// Row, form and value by time.
type Observations = BTreeMap<NaiveDateTime, (usize, Form, Option<f64>)>;

/// Reads series in the order in which they first appear.
///
/// # Errors
/// All problems of all rows at once.
pub fn read_series(text: &str) -> Result<Vec<Series>, Vec<SeriesProblem>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers =
        reader.headers().map_err(|error| vec![SeriesProblem::Unreadable { row: 1, reason: error.to_string() }])?.clone();
    let place = |column: &'static str| {
        headers.iter().position(|name| name.trim() == column).ok_or_else(|| vec![SeriesProblem::NoColumn { column }])
    };
    let (id_at, ds_at, y_at) = (place("unique_id")?, place("ds")?, place("y")?);
    let mut problems = Vec::new();
    let mut order: Vec<(String, Observations)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(SeriesProblem::Unreadable { row, reason: error.to_string() });
                continue;
            }
        };
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let (id, ds, y) = (cell(id_at), cell(ds_at), cell(y_at));
        let Some((form, time)) = Form::read(ds) else {
            problems.push(SeriesProblem::BadTime { row, found: ds.to_owned() });
            continue;
        };
        let value = match y.to_ascii_lowercase().as_str() {
            "" | "na" | "nan" | "null" => None,
            number => match number.parse::<f64>().ok().filter(|value| value.is_finite()) {
                Some(value) => Some(value),
                None => {
                    problems.push(SeriesProblem::BadNumber { row, found: y.to_owned() });
                    continue;
                }
            },
        };
        let slot = *places.entry(id.to_owned()).or_insert_with(|| {
            order.push((id.to_owned(), Observations::new()));
            order.len() - 1
        });
        if let Some((first, ..)) = order[slot].1.get(&time) {
            problems.push(SeriesProblem::Twice { row, first: *first, id: id.to_owned(), time: ds.to_owned() });
            continue;
        }
        order[slot].1.insert(time, (row, form, value));
    }
    if order.is_empty() && problems.is_empty() {
        problems.push(SeriesProblem::Empty);
    }
    let spacings: Vec<Option<Spacing>> =
        order.iter().map(|(_, rows)| Spacing::of(&rows.keys().copied().collect::<Vec<_>>())).collect();
    // A series of one row goes on as the first series that has a spacing does.
    let usual = spacings.iter().copied().flatten().next().unwrap_or(Spacing::Months(1));
    let mut all = Vec::with_capacity(order.len());
    for ((id, rows), spacing) in order.into_iter().zip(spacings) {
        match on_grid(&id, &rows, spacing.unwrap_or(usual)) {
            Some(series) => all.push(series),
            None => problems.push(SeriesProblem::NoValue { id }),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}

fn on_grid(id: &str, rows: &Observations, spacing: Spacing) -> Option<Series> {
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
    Some(Series { id: id.to_owned(), values, spacing, irregular, first, last, form })
}
