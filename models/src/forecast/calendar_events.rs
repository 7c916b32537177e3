//! The official calendar as events: festivals with their windows, days off, and weekends that are worked to make up for them.

use super::{Event, Series, Spacing};
use crate::calendar::{DayKind, Festival, PUBLISHED, festival_window, year};
use chrono::{Datelike, Days, NaiveDate};

/// Festivals that lift or lower business for days around them, wherever the moon puts them.
const WIDE: [(Festival, &str); 4] = [
    (Festival::SpringFestival, "春节"),
    (Festival::MidYearSale, "618"),
    (Festival::NationalDay, "国庆"),
    (Festival::DoubleEleven, "双11"),
];
/// Holidays that count on the weekdays that they make free.
const SHORT: [(Festival, &str); 5] = [
    (Festival::NewYear, "元旦"),
    (Festival::Qingming, "清明节"),
    (Festival::LabourDay, "劳动节"),
    (Festival::DragonBoat, "端午节"),
    (Festival::MidAutumn, "中秋节"),
];
/// Sales on days that nobody has to publish.
const FIXED: [&str; 2] = ["618", "双11"];
/// Weekends that are worked.
const WORKED: &str = "调休上班";

/// Events of the official calendar for a series, past and coming.
///
/// Every series gets the wide festivals; one of months only the one that moves from month to month, once it has two years of them. One of days or shorter steps gets the weekdays off of the other holidays and the worked
/// weekends besides, each day for itself: what a month's sum makes of a single day is noise. Before the first notice on record the days are not
/// known, and nothing is learnt from guesses; beyond the last one the days by rule stand, which the calendar marks as
/// provisional, as it does the events that rest on them. A day within the window of a wide festival belongs to that.
pub fn calendar_events(series: &Series) -> Vec<Event> {
    // The season of months knows what falls into the same ones every year; two years are needed to tell what moves apart from it.
    let season = matches!(series.spacing, Spacing::Months(_) | Spacing::MonthEnds(_));
    if season && series.values.len() < 24 {
        return Vec::new();
    }
    let event = |name: &str, first: NaiveDate, last: NaiveDate| -> Option<Event> {
        Some(Event {
            provisional: last.year() > *PUBLISHED.end() && !FIXED.contains(&name),
            name: name.to_owned(),
            start: first.into(),
            end: last.checked_add_days(Days::new(1))?.into(),
            series: None,
            moving: season,
        })
    };
    let windows: Vec<(&str, NaiveDate, NaiveDate)> = WIDE
        .iter()
        .filter(|(festival, _)| !season || *festival == Festival::SpringFestival)
        .flat_map(|(festival, name)| {
            (2000..=2050).filter_map(move |of| {
                let (first, last) = festival_window(*festival, of)?;
                Some((*name, first, last))
            })
        })
        .collect();
    let mut events = Vec::new();
    if matches!(series.spacing, Spacing::Days(1) | Spacing::Seconds(_)) {
        let free = |day: NaiveDate| !windows.iter().any(|(_, first, last)| *first <= day && day <= *last);
        for day in (*PUBLISHED.start()..=2050).flat_map(year).filter(|day| free(day.date)) {
            let on_weekday = day.date.weekday().number_from_monday() < 6;
            let name = match day.kind {
                // On a weekend nobody worked anyway.
                DayKind::Holiday(festival) if on_weekday => SHORT
                    .iter()
                    .find(|(known, _)| *known == festival)
                    .map(|(_, name)| *name),
                DayKind::MakeUpWorkday => Some(WORKED),
                DayKind::Holiday(_) | DayKind::Workday | DayKind::Weekend => None,
            };
            events.extend(name.and_then(|name| event(name, day.date, day.date)));
        }
    }
    events.extend(
        windows
            .iter()
            .filter_map(|(name, first, last)| event(name, *first, *last)),
    );
    events
}

#[cfg(test)]
mod tests {
    use super::super::{forecast_with_events, read_series};
    use super::*;
    use crate::calendar::day;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 100 on working days, 40 when people are off, from `first` to `last`.
    fn worked(first: &str, last: &str) -> String {
        let mut text = String::from("unique_id,ds,y\n");
        for (at, of) in date(first).iter_days().take_while(|day| *day <= date(last)).enumerate() {
            let level = if day(of).is_working() { 100.0 } else { 40.0 };
            text.push_str(&format!("a,{of},{}\n", level + (at * 7919 % 11) as f64 / 10.0));
        }
        text
    }

    #[test]
    fn a_daily_series_knows_days_off_and_worked_weekends_of_the_coming_months() {
        let series = read_series(&worked("2024-01-01", "2026-04-30")).unwrap();
        let off = |with: bool| -> f64 {
            let events = if with { calendar_events(&series[0]) } else { Vec::new() };
            // May and June of 2026: 劳动节 off on five days, 9 May is worked, 端午节 off on a Friday.
            let (answer, _) = forecast_with_events(&series[0], &events, &[7], 61).unwrap();
            let days = date("2026-05-01").iter_days();
            let special = days.zip(&answer.steps).filter(|(of, _)| {
                matches!(day(*of).kind, DayKind::MakeUpWorkday)
                    || (matches!(day(*of).kind, DayKind::Holiday(_)) && of.weekday().number_from_monday() < 6)
            });
            let errors: Vec<f64> = special
                .map(|(of, step)| (step.value - if day(of).is_working() { 100.0 } else { 40.0 }).abs())
                .collect();
            assert_eq!(errors.len(), 5);
            errors.iter().sum::<f64>() / 5.0
        };
        let (plain, known) = (off(false), off(true));
        assert!(plain > 40.0 && known < 20.0, "{plain} {known}");
    }

    #[test]
    fn a_monthly_series_feels_the_festival_that_moves_beside_its_season() {
        let months = "unique_id,ds,y\na,2025-01,1\na,2025-02,2\na,2025-03,3\n";
        assert!(calendar_events(&read_series(months).unwrap()[0]).is_empty());
        // Five years of a season with 40 % more in a whole month of 春节.
        let first: crate::ledger::Month = "2021-01".parse().unwrap();
        let window = |year| festival_window(Festival::SpringFestival, year).unwrap();
        let share = |month: crate::ledger::Month| {
            let days = month
                .first_day()
                .iter_days()
                .take_while(|day| crate::ledger::Month::of(*day) == month);
            let days: Vec<NaiveDate> = days.collect();
            let (from, to) = window(month.first_day().year());
            days.iter().filter(|day| from <= **day && **day <= to).count() as f64 / days.len() as f64
        };
        let truth = |at: i32| {
            let month = first.plus(at);
            (100.0 + f64::from(at)) * (1.0 + f64::from(at % 12) / 50.0) * 1.4_f64.powf(share(month))
        };
        let series = Series::monthly("a", first, (0..60).map(|at| Some(truth(at))).collect());
        let error = |events: &[Event]| {
            let (answer, effects) = forecast_with_events(&series, events, &[12], 12).unwrap();
            let spring = answer.steps.iter().take(3).zip(60..);
            let errors = spring.map(|(step, at)| (step.value / truth(at) - 1.0).abs());
            (errors.sum::<f64>() / 3.0, effects, answer.provisional)
        };
        let festivals = calendar_events(&series);
        let ((plain, _, _), (known, effects, _)) = (error(&[]), error(&festivals));
        assert!(known < 0.03 && known < plain / 2.0, "{known} {plain}");
        assert!((1.2..1.45).contains(&effects[0].factor.unwrap()), "{effects:?}");
        // 2026 is published; a year later the days stand by rule.
        let later = Series::monthly("a", first, (0..72).map(|at| Some(truth(at))).collect());
        let (answer, effects) = forecast_with_events(&later, &calendar_events(&later), &[12], 12).unwrap();
        assert_eq!(
            (effects[0].coming, effects[0].provisional, answer.provisional),
            (1, 1, vec![0, 1])
        );
    }

    #[test]
    fn days_off_of_single_days_are_those_on_record() {
        let of_days = calendar_events(&read_series(&worked("2025-01-01", "2025-03-01")).unwrap()[0]);
        let worked: Vec<NaiveDate> = of_days
            .iter()
            .filter(|event| event.name == WORKED && event.start.date() < date("2027-01-01"))
            .map(|event| event.start.date())
            .collect();
        // Those around 春节 and 国庆 lie in the windows of these.
        assert!(
            worked.contains(&date("2026-05-09")) && !worked.contains(&date("2026-02-14")),
            "{worked:?}"
        );
        // Nothing before the first notice.
        assert!(of_days.iter().any(|event| event.name == "清明节"));
        assert!(
            !of_days
                .iter()
                .any(|event| event.name == "清明节" && event.start.date() < date("2024-01-01"))
        );
    }
}
