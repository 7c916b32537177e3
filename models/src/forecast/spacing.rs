//! How far apart the observations of a series are, and which periods come with that.

use chrono::{Datelike, Days, Months, NaiveDateTime, TimeDelta};
use serde::Serialize;

/// The distance from one observation to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "every", content = "count")]
pub enum Spacing {
    /// A number of calendar months.
    Months(u32),
    /// A number of calendar months, each observation on the last day of its month.
    MonthEnds(u32),
    /// A number of days.
    Days(u64),
    /// A number of seconds.
    Seconds(u64),
}

impl Spacing {
    /// The commonest distance between neighbours of `times`, which ascend; months where all fall on the same day of a
    /// month or on month ends. None when there are fewer than two.
    pub fn of(times: &[NaiveDateTime]) -> Option<Spacing> {
        let mut counts: Vec<(i64, usize)> = Vec::new();
        let mut distances: Vec<i64> = times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).num_seconds())
            .filter(|&distance| distance > 0)
            .collect();
        distances.sort_unstable();
        for distance in distances {
            match counts.last_mut() {
                Some((same, count)) if *same == distance => *count += 1,
                _ => counts.push((distance, 1)),
            }
        }
        let day = 86_400;
        let shortest = counts.first()?.0;
        if shortest >= 28 * day {
            let months = times.windows(2).map(|pair| months_between(pair[0], pair[1]));
            let fewest = months.filter(|&count| count > 0).min()?;
            let count = u32::try_from(fewest).ok()?;
            for spacing in [Spacing::MonthEnds(count), Spacing::Months(count)] {
                if times.iter().all(|&time| spacing.index(times[0], time).is_some()) {
                    return Some(spacing);
                }
            }
        }
        // The commonest, the shorter one among equals.
        let (commonest, _) = counts
            .iter()
            .copied()
            .max_by(|left, right| left.1.cmp(&right.1).then(right.0.cmp(&left.0)))?;
        let seconds = u64::try_from(commonest).ok()?;
        Some(if commonest % day == 0 {
            Spacing::Days(seconds / 86_400)
        } else {
            Spacing::Seconds(seconds)
        })
    }

    /// The time `steps` after `origin`; none beyond the calendar.
    pub fn after(self, origin: NaiveDateTime, steps: usize) -> Option<NaiveDateTime> {
        let steps = u64::try_from(steps).ok()?;
        match self {
            Spacing::Months(count) => {
                origin.checked_add_months(Months::new(u32::try_from(steps.checked_mul(u64::from(count))?).ok()?))
            }
            Spacing::MonthEnds(count) => {
                month_end(Spacing::Months(count).after(origin.with_day(1)?, usize::try_from(steps).ok()?)?)
            }
            Spacing::Days(count) => origin.checked_add_days(Days::new(steps.checked_mul(count)?)),
            Spacing::Seconds(count) => {
                origin.checked_add_signed(TimeDelta::try_seconds(i64::try_from(steps.checked_mul(count)?).ok()?)?)
            }
        }
    }

    /// How many steps `time` is after `origin`; none when it is between two.
    pub fn index(self, origin: NaiveDateTime, time: NaiveDateTime) -> Option<usize> {
        let steps = match self {
            Spacing::Months(count) | Spacing::MonthEnds(count) => {
                months_between(origin, time) / i64::from(count.max(1))
            }
            Spacing::Days(count) => {
                (time - origin).num_seconds() / i64::try_from(count.max(1)).ok()?.checked_mul(86_400)?
            }
            Spacing::Seconds(count) => (time - origin).num_seconds() / i64::try_from(count.max(1)).ok()?,
        };
        let steps = usize::try_from(steps).ok()?;
        (self.after(origin, steps) == Some(time)).then_some(steps)
    }

    /// The periods that people's calendars bring: a day in hours, a week in days, a year in weeks, months, quarters.
    pub fn periods(self) -> Vec<usize> {
        match self {
            Spacing::Months(count) | Spacing::MonthEnds(count) if count < 12 && 12 % count == 0 => {
                vec![(12 / count) as usize]
            }
            Spacing::Days(1) => vec![7, 365],
            Spacing::Days(7) => vec![52],
            Spacing::Seconds(seconds) if 86_400 % seconds == 0 => {
                let day = (86_400 / seconds) as usize;
                vec![day, 7 * day]
            }
            _ => Vec::new(),
        }
    }
}

/// The last day of a time's month, at the same hour.
fn month_end(time: NaiveDateTime) -> Option<NaiveDateTime> {
    time.with_day(1)?
        .checked_add_months(Months::new(1))?
        .checked_sub_days(Days::new(1))
}

fn months_between(from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month())
}

#[cfg(test)]
mod tests {
    use super::Spacing;
    use chrono::{NaiveDate, NaiveDateTime};

    fn days(texts: &[&str]) -> Vec<NaiveDateTime> {
        texts
            .iter()
            .map(|text| text.parse::<NaiveDate>().unwrap().into())
            .collect()
    }

    #[test]
    fn months_weeks_days_hours_and_month_ends_are_told_apart() {
        let months = days(&["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]);
        assert_eq!(Spacing::of(&months), Some(Spacing::MonthEnds(1)));
        assert_eq!(
            Spacing::MonthEnds(1).after(months[1], 12),
            Some(days(&["2025-02-28"])[0])
        );
        assert_eq!(
            Spacing::of(&days(&["2024-01-01", "2024-04-01", "2024-07-01"])),
            Some(Spacing::Months(3))
        );
        assert_eq!(
            Spacing::of(&days(&["2024-01-01", "2024-01-08", "2024-01-22"])),
            Some(Spacing::Days(7))
        );
        assert_eq!(
            Spacing::of(&days(&["2024-01-30", "2024-01-31", "2024-02-02"])),
            Some(Spacing::Days(1))
        );
        let hour = days(&["2024-01-30"])[0];
        let hours = [
            hour,
            hour + chrono::TimeDelta::hours(1),
            hour + chrono::TimeDelta::hours(2),
        ];
        assert_eq!(Spacing::of(&hours), Some(Spacing::Seconds(3600)));
        assert_eq!(Spacing::Seconds(3600).periods(), [24, 168]);
        assert_eq!(Spacing::of(&hours[..1]), None);
    }
}
