//! The shape of a resource's use (画像): when it works, how steadily, how it grows; and the hours in which it could be off.

use super::collect::{Usage, Usages};
use super::hours::{Cell, hour_of_week};
use super::{Metric, ResourceKind};
use chrono::{DateTime, Datelike};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a resource's week looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Hardly anything, ever.
    Idle,
    /// At rest but for few hours of real work: a day, a week or a month apart.
    Batch,
    /// Works at night, rests by day: offline work.
    Nightly,
    /// Works on working days, rests at night and at weekends.
    OfficeHours,
    /// Rises and falls with the day, every day.
    Daily,
    /// The same all the time.
    Steady,
    /// None of these.
    Irregular,
    /// Less than a week of hours.
    Unknown,
}

impl Shape {
    /// The word of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Shape::Idle => "idle",
            Shape::Batch => "batch",
            Shape::Nightly => "nightly",
            Shape::OfficeHours => "office-hours",
            Shape::Daily => "daily",
            Shape::Steady => "steady",
            Shape::Irregular => "irregular",
            Shape::Unknown => "unknown",
        }
    }
}

/// The shape of one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// The resource.
    pub resource_id: String,
    /// What its week looks like.
    pub shape: Shape,
    /// Mean CPU in percent.
    pub mean: f64,
    /// Highest mean of an hour.
    pub peak: f64,
    /// Hours of the local day whose mean reaches 80 % of the busiest hour's, from 0.
    pub peak_hours: Vec<u32>,
    /// Mean by hour of the local day.
    pub by_hour: Vec<f64>,
    /// Mean by day of the week, Monday first.
    pub by_weekday: Vec<f64>,
    /// Mean by day of the month, where there are samples.
    pub by_month_day: BTreeMap<u32, f64>,
    /// 1 when every week is like the other, 0 when the hour of the week says nothing: the share of the hours' variance that
    /// the hour of the week explains.
    pub stability: f64,
    /// Change of the level over 30 days, as a share of the mean: a line through the days' means.
    pub growth_per_month: f64,
    /// Hours with samples.
    pub hours: usize,
}

/// Percent of CPU under which an hour is at rest.
const REST: f64 = 5.0;
/// Percent of CPU from which on an hour did real work.
const WORK: f64 = 30.0;

/// The profile of every machine with CPU samples, by resource; hours are those of a calendar ahead of UTC.
pub fn profiles(usages: &Usages<'_>, utc_offset_hours: i32) -> Vec<Profile> {
    usages
        .resources
        .iter()
        .filter_map(|(resource, usage)| profile(usages, resource, usage, utc_offset_hours))
        .collect()
}

/// One hour with its place in time.
struct Hour {
    week: usize,
    month_day: u32,
    day: i64,
    cell: Cell,
}

fn hours(usages: &Usages<'_>, usage: &Usage, offset: i32) -> Vec<Hour> {
    let Some(hours) = usages.hours(usage, Metric::CpuPercent) else {
        return Vec::new();
    };
    hours
        .filled()
        .map(|(hour, cell)| {
            let time = time_of(usages, hour, cell);
            let local =
                DateTime::from_timestamp_micros(time + i64::from(offset) * super::hours::HOUR).unwrap_or_default();
            Hour {
                week: hour_of_week(time, offset),
                month_day: local.day(),
                day: i64::from(local.date_naive().num_days_from_ce()),
                cell,
            }
        })
        .collect()
}

/// The time that decides which clock hour an hour belongs to: that of its only sample, or the middle of several.
fn time_of(usages: &Usages<'_>, hour: u32, cell: Cell) -> i64 {
    let end = usages.plan.start_of_hour(hour) + super::hours::HOUR;
    if cell.count > 1 {
        end - super::hours::HOUR / 2
    } else {
        end
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

fn profile(usages: &Usages<'_>, resource: &str, usage: &Usage, offset: i32) -> Option<Profile> {
    let hours = hours(usages, usage, offset);
    let level = mean(hours.iter().map(|hour| hour.cell.mean()))?;
    let peak = hours.iter().map(|hour| hour.cell.mean()).fold(0.0, f64::max);
    let of = |keep: &dyn Fn(&Hour) -> bool| {
        mean(hours.iter().filter(|hour| keep(hour)).map(|hour| hour.cell.mean())).unwrap_or(0.0)
    };
    let by_hour: Vec<f64> = (0..24).map(|clock| of(&|hour| hour.week % 24 == clock)).collect();
    let by_weekday: Vec<f64> = (0..7).map(|day| of(&|hour| hour.week / 24 == day)).collect();
    let busiest = by_hour.iter().copied().fold(0.0, f64::max);
    let peak_hours = (0..24u32)
        .filter(|clock| busiest > 0.0 && by_hour[*clock as usize] >= 0.8 * busiest)
        .collect();
    let mut by_month_day: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for hour in &hours {
        by_month_day.entry(hour.month_day).or_default().push(hour.cell.mean());
    }
    let (stability, growth_per_month) = (stability(&hours, level), growth(&hours, level));
    let shape = shape(&hours, level, &by_hour, &by_weekday, stability);
    Some(Profile {
        resource_id: resource.to_owned(),
        shape,
        mean: level,
        peak,
        peak_hours,
        by_hour,
        by_weekday,
        by_month_day: by_month_day
            .into_iter()
            .map(|(day, values)| (day, values.iter().sum::<f64>() / values.len() as f64))
            .collect(),
        stability,
        growth_per_month,
        hours: hours.len(),
    })
}

fn stability(hours: &[Hour], level: f64) -> f64 {
    let mut slots: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for hour in hours {
        slots.entry(hour.week).or_default().push(hour.cell.mean());
    }
    let (mut within, mut whole) = (0.0, 0.0);
    for values in slots.values().filter(|values| values.len() > 1) {
        let middle = values.iter().sum::<f64>() / values.len() as f64;
        within += values.iter().map(|value| (value - middle).powi(2)).sum::<f64>();
        whole += values.iter().map(|value| (value - level).powi(2)).sum::<f64>();
    }
    if whole > 0.0 {
        (1.0 - within / whole).clamp(0.0, 1.0)
    } else {
        1.0
    }
}

/// Slope of the least-squares line through the days' means, per 30 days, over the level.
fn growth(hours: &[Hour], level: f64) -> f64 {
    let mut days: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for hour in hours {
        days.entry(hour.day).or_default().push(hour.cell.mean());
    }
    if days.len() < 7 || level <= 0.0 {
        return 0.0;
    }
    let points: Vec<(f64, f64)> = days
        .iter()
        .map(|(day, values)| (*day as f64, values.iter().sum::<f64>() / values.len() as f64))
        .collect();
    let count = points.len() as f64;
    let (x, y) = (
        points.iter().map(|point| point.0).sum::<f64>() / count,
        points.iter().map(|point| point.1).sum::<f64>() / count,
    );
    let above: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let below: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    above / below * 30.0 / level
}

fn shape(hours: &[Hour], level: f64, by_hour: &[f64], by_weekday: &[f64], stability: f64) -> Shape {
    if hours.len() < 7 * 24 {
        return Shape::Unknown;
    }
    let resting = hours.iter().filter(|hour| hour.cell.mean() < REST).count() as f64 / hours.len() as f64;
    let working = hours.iter().filter(|hour| hour.cell.mean() >= WORK).count();
    if resting >= 0.95 && working == 0 {
        return Shape::Idle;
    }
    if resting >= 0.85 && working > 0 {
        return Shape::Batch;
    }
    let spread = (hours.iter().map(|hour| (hour.cell.mean() - level).powi(2)).sum::<f64>() / hours.len() as f64).sqrt();
    if spread < 0.15 * level {
        return Shape::Steady;
    }
    let part = |from: usize, to: usize| by_hour[from..to].iter().sum::<f64>() / (to - from) as f64;
    let (night, day) = ((part(0, 6) * 6.0 + part(22, 24) * 2.0) / 8.0, part(9, 18));
    let (weekdays, weekend) = (
        by_weekday[..5].iter().sum::<f64>() / 5.0,
        (by_weekday[5] + by_weekday[6]) / 2.0,
    );
    if night > 2.0 * day {
        return Shape::Nightly;
    }
    if day > 2.0 * night && weekdays > 2.0 * weekend {
        return Shape::OfficeHours;
    }
    let (low, high) = by_hour.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
        (low.min(*value), high.max(*value))
    });
    if stability >= 0.5 && high > 1.3 * low {
        return Shape::Daily;
    }
    Shape::Irregular
}

/// Hours of the week in which a machine could be off.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schedule {
    /// The resource.
    pub resource_id: String,
    /// Off on working days from this hour of the local day …
    pub weekday_off_from: Option<u32>,
    /// … to this hour, of the next day when it is not later.
    pub weekday_off_to: Option<u32>,
    /// Off for the whole of Saturday and Sunday.
    pub weekend_off: bool,
    /// Hours of the week.
    pub hours_per_week: u32,
    /// Weeks of samples that it rests on.
    pub weeks: u32,
}

/// Weeks that a schedule must have been seen for.
const WEEKS: usize = 2;
/// Shortest time off that is worth switching.
const SHORTEST: u32 = 6;

/// The hours in which a machine that works was at rest in every week seen: CPU under 5 % and, where measured, network under
/// 5 kB/s, without one exception. Only cloud instances are switched off and on; owned machines are paid for either way.
pub fn schedules(usages: &Usages<'_>, kinds: &dyn Fn(&str) -> ResourceKind, utc_offset_hours: i32) -> Vec<Schedule> {
    usages
        .resources
        .iter()
        .filter(|(resource, _)| kinds(resource) == ResourceKind::VirtualMachine)
        .filter_map(|(resource, usage)| schedule(usages, resource, usage, utc_offset_hours))
        .collect()
}

fn schedule(usages: &Usages<'_>, resource: &str, usage: &Usage, offset: i32) -> Option<Schedule> {
    let hours = hours(usages, usage, offset);
    let mut seen = [0usize; 168];
    let mut rest = [true; 168];
    for hour in &hours {
        seen[hour.week] += 1;
        rest[hour.week] &= f64::from(hour.cell.max) < 2.0 * REST && hour.cell.mean() < REST;
    }
    if let Some(network) = usages.hours(usage, Metric::NetworkBytesPerSecond) {
        for (hour, cell) in network.filled() {
            let time = time_of(usages, hour, cell);
            rest[hour_of_week(time, offset)] &= cell.mean() < 5_000.0;
        }
    }
    if seen.iter().any(|count| *count < WEEKS) {
        return None;
    }
    let weekend_off = (5 * 24..7 * 24).all(|hour| rest[hour]);
    let off: Vec<bool> = (0..24).map(|clock| (0..5).all(|day| rest[day * 24 + clock])).collect();
    let night = longest_run(&off);
    let night_hours = night.map_or(0, |(_, length)| length);
    // Always at rest is idle, not a schedule.
    if night_hours >= 24 || (night_hours == 0 && !weekend_off) {
        return None;
    }
    let weekend_hours = if weekend_off { 48 } else { 0 };
    let hours_per_week = night_hours * 5 + weekend_hours;
    Some(Schedule {
        resource_id: resource.to_owned(),
        weekday_off_from: night.map(|(from, _)| from),
        weekday_off_to: night.map(|(from, length)| (from + length) % 24),
        weekend_off,
        hours_per_week,
        weeks: seen.iter().copied().min().unwrap_or(0) as u32,
    })
}

/// The longest run of hours, round the clock, of at least [`SHORTEST`]: first hour and length.
fn longest_run(off: &[bool]) -> Option<(u32, u32)> {
    if off.iter().all(|off| *off) {
        return Some((0, 24));
    }
    let run = |from: u32| (0..24).take_while(|step| off[((from + step) % 24) as usize]).count() as u32;
    (0..24)
        .map(|from| (from, run(from)))
        .max_by_key(|(from, length)| (*length, std::cmp::Reverse(*from)))
        .filter(|(_, length)| *length >= SHORTEST)
}
