//! A metric hour by hour: what shapes, schedules and days are read from.

use chrono::{DateTime, Datelike, Timelike};

/// Microseconds of an hour.
pub(super) const HOUR: i64 = 3_600_000_000;

/// One hour of one metric.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub sum: f32,
    pub max: f32,
    pub count: u16,
}

/// The hours of one metric of one resource, counted from the oldest hour that the plan looks at.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    pub first: u32,
    pub cells: Vec<Cell>,
}

impl Hours {
    #[inline]
    pub fn add(&mut self, hour: u32, sum: f64, max: f64, count: u32, expected: usize) {
        let cell = self.cell(hour, expected);
        cell.sum += sum as f32;
        cell.max = if cell.count == 0 {
            max as f32
        } else {
            cell.max.max(max as f32)
        };
        cell.count = cell.count.saturating_add(count.min(u32::from(u16::MAX)) as u16);
    }

    #[inline]
    fn cell(&mut self, hour: u32, expected: usize) -> &mut Cell {
        if self.cells.is_empty() {
            self.first = hour;
            self.cells.reserve_exact(expected.max(1));
        } else if hour < self.first {
            let before = (self.first - hour) as usize;
            self.cells.splice(0..0, std::iter::repeat_n(Cell::default(), before));
            self.first = hour;
        }
        let at = (hour - self.first) as usize;
        if at >= self.cells.len() {
            self.cells.resize(at + 1, Cell::default());
        }
        &mut self.cells[at]
    }

    /// Adds the hours of a later part. Room is made once, for all hours that there may be.
    pub fn merge(&mut self, other: &Hours, expected: usize) {
        let last = other.first as usize + other.cells.len();
        if last > self.first as usize + self.cells.capacity() {
            self.cells.reserve_exact(expected.saturating_sub(self.cells.len()));
        }
        for (hour, cell) in other.filled() {
            let own = self.cell(hour, expected);
            own.max = if own.count == 0 {
                cell.max
            } else {
                own.max.max(cell.max)
            };
            own.sum += cell.sum;
            own.count = own.count.saturating_add(cell.count);
        }
    }

    /// The hours with samples.
    pub fn filled(&self) -> impl Iterator<Item = (u32, Cell)> + '_ {
        (self.first..)
            .zip(self.cells.iter().copied())
            .filter(|(_, cell)| cell.count > 0)
    }

    /// The hours with samples from `from` on.
    pub fn since(&self, from: u32) -> impl Iterator<Item = (u32, Cell)> + '_ {
        let skip = from.saturating_sub(self.first) as usize;
        (self.first + skip as u32..)
            .zip(self.cells.iter().skip(skip).copied())
            .filter(|(_, cell)| cell.count > 0)
    }
}

impl Cell {
    /// Mean of the hour.
    pub fn mean(self) -> f64 {
        f64::from(self.sum) / f64::from(self.count.max(1))
    }
}

/// Hour of the week of a time in microseconds, from Monday 0:00 on, in a calendar some hours ahead of UTC.
pub(super) fn hour_of_week(micros: i64, utc_offset_hours: i32) -> usize {
    let time = DateTime::from_timestamp_micros(micros + i64::from(utc_offset_hours) * HOUR).unwrap_or_default();
    time.weekday().num_days_from_monday() as usize * 24 + time.hour() as usize
}
