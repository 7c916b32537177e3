//! Events as a CSV: `event,start,end` and, where an event concerns one series only, `unique_id`.

use super::series::Form;
use super::{Event, overlapping};
use chrono::{Days, NaiveDateTime};

/// Reads events. `end` is a day that still belongs to the event; without one it lasts for the day of `start`. Past and
/// coming occurrences are named alike, each in its own row.
///
/// # Errors
/// One line per problem; rows count from 1, the header being row 1.
pub fn read_events(text: &str) -> Result<Vec<Event>, Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => return Err(vec![format!("row 1: {error}")]),
    };
    let place = |names: &[&str]| headers.iter().position(|header| names.contains(&header.as_str()));
    let (Some(name_at), Some(start_at)) = (place(&["event", "holiday", "name"]), place(&["start", "ds"])) else {
        return Err(vec![
            "row 1: columns event and start are needed; end and unique_id are understood".to_owned(),
        ]);
    };
    let (end_at, id_at) = (place(&["end"]), place(&["unique_id"]));
    let (mut events, mut problems): (Vec<Event>, Vec<String>) = (Vec::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(format!("row {row}: {error}"));
                continue;
            }
        };
        let cell = |at: Option<usize>| {
            at.and_then(|at| record.get(at))
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
        };
        let Some(name) = cell(Some(name_at)) else {
            problems.push(format!("row {row}, event: a name is needed"));
            continue;
        };
        let start = cell(Some(start_at)).unwrap_or_default();
        let end = cell(end_at).unwrap_or(start);
        match (time(start, false), time(end, true)) {
            (Some(start), Some(end)) if start < end => events.push(Event {
                provisional: false,
                moving: false,
                name: name.to_owned(),
                start,
                end,
                series: cell(id_at).map(str::to_owned),
            }),
            (Some(_), Some(_)) => problems.push(format!("row {row}, {name}: end {end} is before start {start}")),
            _ => problems.push(format!(
                "row {row}, {name}: start '{start}' or end '{end}' is no date or time"
            )),
        }
    }
    // Twice the same event at the same time is a slip; two different ones are named where they are used.
    for meeting in overlapping(&events)
        .iter()
        .filter(|meeting| meeting.event == meeting.other)
    {
        problems.push(format!(
            "event {}: two occurrences overlap from {} to {}; each occurrence has a row of its own",
            meeting.event, meeting.start, meeting.end
        ));
    }
    if problems.is_empty() { Ok(events) } else { Err(problems) }
}

/// A date or time; as an end, a date includes its day.
fn time(text: &str, end: bool) -> Option<NaiveDateTime> {
    match Form::read(text)? {
        (Form::Day, day) if end => day.checked_add_days(Days::new(1)),
        (Form::Day | Form::DayTime(_) | Form::Zoned, time) => Some(time),
        (Form::Month | Form::Number, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{forecast_with_events, read_series};
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn a_moving_feast_is_forecast_on_its_new_days() {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        // 90 days of 100 a day; 3 days of ×2, ×3, ×2 from day 20 and from day 60; the next from day 93.
        let mut text = String::from("unique_id,ds,y\n");
        for at in 0..90_u64 {
            let factor = match at {
                20 | 22 | 60 | 62 => 2.0,
                21 | 61 => 3.0,
                _ => 1.0,
            };
            let value = factor * (100.0 + (at * 7919 % 11) as f64 / 10.0);
            text.push_str(&format!("a,{},{value}\n", first + Days::new(at)));
        }
        let day = |at: u64| (first + Days::new(at)).to_string();
        let rows: Vec<String> = [20, 60, 93]
            .iter()
            .map(|&at| format!("feast,{},{}\n", day(at), day(at + 2)))
            .collect();
        let events = read_events(&format!("event,start,end\n{}sale,{},\n", rows.concat(), day(91))).unwrap();
        let series = read_series(&text).unwrap();
        let (answer, effects) = forecast_with_events(&series[0], &events, &[7], 7).unwrap();
        let said: Vec<i64> = answer
            .steps
            .iter()
            .map(|step| (step.value / 10.0).round() as i64)
            .collect();
        assert_eq!(said[..3], [10, 10, 10]);
        assert!(
            (19..=23).contains(&said[3]) && (26..=31).contains(&said[4]) && said[6] == 10,
            "{said:?}"
        );
        assert_eq!((effects[0].past, effects[0].coming), (2, 1));
        assert!((2.0..2.6).contains(&effects[0].factor.unwrap()));
        assert_eq!((effects[1].past, effects[1].coming, effects[1].factor), (0, 1, None));
        assert_eq!((answer.filled, answer.outliers.len()), (0, 0));
    }

    #[test]
    fn an_event_that_overlaps_itself_is_refused_and_two_events_are_named() {
        let problems = read_events("event,start,end\nx,2024-01-01,2024-01-05\nx,2024-01-05,2024-01-08\n").unwrap_err();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("2024-01-05"), "{problems:?}");
        let two = "event,start,end,unique_id\nx,2024-01-01,2024-01-05,a\ny,2024-01-04,2024-01-08,\nz,2024-01-02,,b\n";
        let met = overlapping(&read_events(two).unwrap());
        assert_eq!(met.len(), 1);
        assert_eq!((met[0].event.as_str(), met[0].other.as_str()), ("x", "y"));
        assert_eq!(met[0].start.to_string(), "2024-01-04 00:00:00");
    }

    #[test]
    fn wrong_rows_are_named() {
        let problems = read_events("event,start,end\n,2024-01-01,\nx,soon,\nx,2024-02-02,2024-02-01\n").unwrap_err();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[2].contains("before"));
        assert!(read_events("a,b\n").is_err());
    }
}
