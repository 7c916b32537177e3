//! Series as people keep them: a CSV of `unique_id,ds,y`, rows in any order, gaps allowed; and forecasts as a CSV.

use super::series::{Form, Observations, Series, on_grid};
use super::{Forecast, Spacing, Step};
use std::collections::HashMap;

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
    Twice {
        row: usize,
        first: usize,
        id: String,
        time: String,
    },
    #[error("{id}: not one value of y")]
    NoValue { id: String },
    #[error("the file has no series")]
    Empty,
}

/// Reads series in the order in which they first appear.
///
/// # Errors
/// All problems of all rows at once.
pub fn read_series(text: &str) -> Result<Vec<Series>, Vec<SeriesProblem>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader
        .headers()
        .map_err(|error| {
            vec![SeriesProblem::Unreadable {
                row: 1,
                reason: error.to_string(),
            }]
        })?
        .clone();
    let place = |column: &'static str| {
        headers
            .iter()
            .position(|name| name.trim() == column)
            .ok_or_else(|| vec![SeriesProblem::NoColumn { column }])
    };
    let (id_at, ds_at, y_at) = (place("unique_id")?, place("ds")?, place("y")?);
    let mut problems = Vec::new();
    let mut order: Vec<(String, Observations)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut slot = 0;
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(SeriesProblem::Unreadable {
                    row,
                    reason: error.to_string(),
                });
                continue;
            }
        };
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let (id, ds, y) = (cell(id_at), cell(ds_at), cell(y_at));
        let Some((form, time)) = Form::read(ds) else {
            problems.push(SeriesProblem::BadTime {
                row,
                found: ds.to_owned(),
            });
            continue;
        };
        let value = match y.parse::<f64>() {
            Ok(value) if value.is_finite() => Some(value),
            _ if ["", "na", "nan", "null"]
                .iter()
                .any(|word| y.eq_ignore_ascii_case(word)) =>
            {
                None
            }
            _ => {
                problems.push(SeriesProblem::BadNumber {
                    row,
                    found: y.to_owned(),
                });
                continue;
            }
        };
        // Rows of one series mostly follow each other.
        if order.get(slot).is_none_or(|(current, _)| current != id) {
            slot = *places.entry(id.to_owned()).or_insert_with(|| {
                order.push((id.to_owned(), Observations::new()));
                order.len() - 1
            });
        }
        if let Some((first, ..)) = order[slot].1.get(&time) {
            problems.push(SeriesProblem::Twice {
                row,
                first: *first,
                id: id.to_owned(),
                time: ds.to_owned(),
            });
            continue;
        }
        order[slot].1.insert(time, (row, form, value));
    }
    if order.is_empty() && problems.is_empty() {
        problems.push(SeriesProblem::Empty);
    }
    let spacings: Vec<Option<Spacing>> = order
        .iter()
        .map(|(_, rows)| Spacing::of(&rows.keys().copied().collect::<Vec<_>>()))
        .collect();
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

/// Forecasts as a CSV: `unique_id,ds,yhat,lo80,hi80,lo95,hi95,model`, series in the order given.
pub fn write_forecasts(forecasts: &[(Series, Forecast)], with_calendar: bool) -> String {
    let more = if with_calendar { ",provisional" } else { "" };
    let mut text = format!("unique_id,ds,yhat,lo80,hi80,lo95,hi95,model{more}\n");
    for (series, forecast) in forecasts {
        let (id, model) = (quoted(&series.id), forecast.model());
        for (h, step) in forecast.steps.iter().enumerate() {
            let Step {
                value,
                low80,
                high80,
                low95,
                high95,
            } = step;
            let time = series.time_after(h + 1);
            text.push_str(&format!(
                "{id},{time},{value},{low80},{high80},{low95},{high95},{model}"
            ));
            text.push_str(match (with_calendar, forecast.provisional.contains(&h)) {
                (true, true) => ",true\n",
                (true, false) => ",false\n",
                (false, _) => "\n",
            });
        }
    }
    text
}

/// A cell as CSV wants it (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_keep_their_order_their_gaps_and_their_way_to_write_times() {
        let text = "\u{feff}unique_id,ds,y\nb,2024-03-01,3\nb,2024-01-01,1\na,2024-01-01T00:00:00,5\na,2024-01-01T01:00:00,NA\na,2024-01-01T02:00:00,7\n\"x,y\",1,1\n\"x,y\",2,2\n";
        let all = read_series(text).unwrap();
        assert_eq!(
            all.iter().map(|series| series.id.as_str()).collect::<Vec<_>>(),
            ["b", "a", "x,y"]
        );
        assert_eq!(
            (all[0].values.as_slice(), all[0].time_after(1)),
            ([Some(1.0), Some(3.0)].as_slice(), "2024-05-01".into())
        );
        assert_eq!(all[1].values, [Some(5.0), None, Some(7.0)]);
        assert_eq!(
            (all[1].time_after(2).as_str(), all[1].periods()),
            ("2024-01-01T04:00:00", vec![24, 168])
        );
        assert_eq!((all[2].time_after(3).as_str(), all[2].periods()), ("5", vec![]));
    }

    #[test]
    fn every_problem_is_named_with_its_row() {
        let text = "unique_id,ds,y\na,2024-01-01,x\na,yesterday,1\na,2024-01-02,1\na,2024-01-02,2\nb,2024-01-01,\n";
        let problems: Vec<String> = read_series(text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[0].starts_with("row 2, y: 'x'") && problems[1].starts_with("row 3, ds:"));
        assert!(problems[2].starts_with("row 5: a has 2024-01-02 already in row 4"));
        assert_eq!(problems[3], "b: not one value of y");
        assert!(
            read_series("id,ds,y\n").unwrap_err()[0]
                .to_string()
                .contains("unique_id")
        );
        assert_eq!(read_series("unique_id,ds,y\n").unwrap_err(), [SeriesProblem::Empty]);
    }
}
