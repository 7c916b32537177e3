//! Forecast: what a business metric or a cost will be, how sure that is, and by which methods.
//!
//! Each series gets the methods that did best on its own past: [`Method`]s are tried from past points (rolling-origin
//! backtest), the good ones are combined, weighted by their errors, and the intervals are calibrated on the errors
//! that this combination made. There is nothing to tune; the same settings serve every frequency.

mod autoregression;
mod backtest;
mod calendar_events;
mod choice;
mod clean;
mod combine;
mod events;
mod events_file;
mod events_overlap;
mod growth;
mod intermittent;
mod interval;
mod lifecycle;
mod method;
mod moving_festival;
mod outlook;
mod seasonal;
mod series;
mod series_file;
mod simplex;
mod smoothing;
mod spacing;
mod theta;

pub use calendar_events::calendar_events;
pub use choice::{DriverChoice, DriverOf, DriverRow, DriverSource, ForecastValue, driver_rows};
pub use events::{Event, EventEffect, WithEvents, forecast_by_events, forecast_with_events};
pub use events_file::read_events;
pub use events_overlap::{EventOverlap, overlapping};
pub use lifecycle::{Lifecycle, Stage, lifecycle_forecast};
pub use method::Method;
pub use outlook::forecast;
pub use series::Series;
pub use series_file::{SeriesProblem, read_series, write_forecasts};
pub use spacing::Spacing;

use serde::Serialize;

/// How far a forecast can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Tested from at least 12 past points, wrong by 15 % or less.
    High,
    /// Tested from at least 4 past points, wrong by 40 % or less.
    Medium,
    /// Too short a history to test, or wrong by more.
    Low,
}

/// The forecast of one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The forecast.
    pub value: f64,
    /// Lower end of the 80 % interval.
    pub low80: f64,
    /// Upper end of the 80 % interval.
    pub high80: f64,
    /// Lower end of the 95 % interval.
    pub low95: f64,
    /// Upper end of the 95 % interval.
    pub high95: f64,
}

/// A forecast with its reasons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// One per step ahead.
    pub steps: Vec<Step>,
    /// The methods and their weights, which sum to one; the best first.
    pub models: Vec<(Method, f64)>,
    /// Mean absolute error of the combination in its backtest; none without one.
    pub error: Option<f64>,
    /// The same as a share of the typical value.
    pub relative_error: Option<f64>,
    /// Past points from which the combination was tested.
    pub origins: usize,
    /// How far to rely on it.
    pub confidence: Confidence,
    /// Periods of the seasons that were found to help.
    pub periods: Vec<usize>,
    /// Missing values that were filled in.
    pub filled: usize,
    /// Positions of outliers that were replaced.
    pub outliers: Vec<usize>,
    /// Positions where the level changed for good.
    pub level_shifts: Vec<usize>,
    /// Steps ahead, counted from 0, that an event touches whose days are provisional.
    pub provisional: Vec<usize>,
}

impl Forecast {
    /// The methods' names, the best first, joined by `+`.
    pub fn model(&self) -> String {
        self.models
            .iter()
            .map(|(method, _)| method.name())
            .collect::<Vec<_>>()
            .join("+")
    }
}
