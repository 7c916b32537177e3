//! The forecasting methods by name, each usable from any past point of a series.

use super::seasonal::Seasonality;
use super::smoothing::{Season, Trend};
use super::{autoregression, growth, intermittent, smoothing, theta};

/// A way to forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The last value goes on.
    Naive,
    /// The last cycle repeats.
    SeasonalNaive,
    /// The straight line from the first to the last value goes on.
    Drift,
    /// The mean of all values.
    Mean,
    /// Exponential smoothing without trend, after seasonal adjustment.
    Smoothing,
    /// Exponential smoothing with a fading trend, after seasonal adjustment (MSTL + ETS).
    DampedTrend,
    /// Holt-Winters with a season that is added, fading trend.
    HoltWintersAdditive,
    /// Holt-Winters with a season that multiplies, fading trend.
    HoltWintersMultiplicative,
    /// Holt-Winters of the logarithm.
    HoltWintersLogarithmic,
    /// The optimised Theta method, after seasonal adjustment.
    Theta,
    /// Autoregression of changes, after seasonal adjustment.
    Autoregression,
    /// Saturating growth: logistic or Gompertz.
    Growth,
    /// Demand now and then, by its intervals: Croston's method as Syntetos and Boylan correct it.
    Croston,
    /// Demand now and then, by its chance: Teunter, Syntetos and Babai.
    DemandChance,
}

/// All methods, in the order in which they are named in results.
pub(super) const ALL: [Method; 14] = [
    Method::Naive,
    Method::SeasonalNaive,
    Method::Drift,
    Method::Mean,
    Method::Smoothing,
    Method::DampedTrend,
    Method::HoltWintersAdditive,
    Method::HoltWintersMultiplicative,
    Method::HoltWintersLogarithmic,
    Method::Theta,
    Method::Autoregression,
    Method::Growth,
    Method::Croston,
    Method::DemandChance,
];

/// Longest period that Holt-Winters takes; longer ones are taken out beforehand instead.
const LONGEST_OWN_SEASON: usize = 24;

impl Method {
    /// Whether it aims at the mean even where most values are zero.
    pub(super) fn keeps_the_mean(self) -> bool {
        matches!(
            self,
            Method::Mean | Method::Smoothing | Method::Croston | Method::DemandChance
        )
    }

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Method::Naive => "naive",
            Method::SeasonalNaive => "seasonal-naive",
            Method::Drift => "drift",
            Method::Mean => "mean",
            Method::Smoothing => "ses",
            Method::DampedTrend => "mstl-ets",
            Method::HoltWintersAdditive => "ets-additive",
            Method::HoltWintersMultiplicative => "ets-multiplicative",
            Method::HoltWintersLogarithmic => "ets-log",
            Method::Theta => "theta",
            Method::Autoregression => "autoregression",
            Method::Growth => "growth",
            Method::Croston => "croston-sba",
            Method::DemandChance => "tsb",
        }
    }
}

/// Share of zeros above which a series counts as intermittent.
const INTERMITTENT: f64 = 0.4;

/// Whether demand comes only now and then.
pub(super) fn intermittent(values: &[f64]) -> bool {
    let zeros = values.iter().filter(|&&value| value == 0.0).count();
    zeros as f64 > INTERMITTENT * values.len() as f64
}

/// A series made ready once for all methods: at what point its parameters are fitted, and its season taken out.
pub(super) struct Prepared<'a> {
    values: &'a [f64],
    periods: Vec<usize>,
    /// The shortest period of which one cycle is known: enough to repeat it.
    cycle: Option<usize>,
    known: usize,
    positive: bool,
    intermittent: bool,
    seasonality: Seasonality,
    /// Seasonally adjusted; of the logarithm when `positive`.
    adjusted: Vec<f64>,
}

impl<'a> Prepared<'a> {
    /// Fits the season to the first `known` of `values`.
    pub(super) fn new(values: &'a [f64], periods: &[usize], known: usize) -> Prepared<'a> {
        let positive = values.iter().all(|&value| value > 0.0);
        let cycle = periods.iter().copied().find(|&period| period > 1 && known >= period);
        let periods: Vec<usize> = periods
            .iter()
            .copied()
            .filter(|&period| period > 1 && known >= 2 * period)
            .collect();
        let seasonality = Seasonality::estimate(&values[..known], &periods, positive);
        let adjusted = values
            .iter()
            .enumerate()
            .map(|(at, &value)| seasonality.without(at, value))
            .collect();
        Prepared {
            values,
            periods,
            cycle,
            known,
            positive,
            intermittent: intermittent(values),
            seasonality,
            adjusted,
        }
    }

    /// The period that may simply be repeated.
    pub(super) fn cycle(&self) -> Option<usize> {
        self.cycle
    }

    /// The same, repeating the period that was tested.
    pub(super) fn repeating(mut self, cycle: Option<usize>) -> Prepared<'a> {
        self.cycle = cycle;
        self
    }

    /// The periods that were taken out.
    pub(super) fn periods(&self) -> &[usize] {
        &self.periods
    }

    /// Forecasts from each of `origins`; none where the method does not suit the series.
    pub(super) fn forecasts(&self, method: Method, origins: &[usize], horizon: usize) -> Option<Vec<Vec<f64>>> {
        let (values, known) = (self.values, self.known);
        let own = self
            .periods
            .iter()
            .copied()
            .filter(|&period| period <= LONGEST_OWN_SEASON)
            .max();
        let suits = known >= 8 && !super::clean::constant(&values[..known]);
        let seasonal = |season: Season| smoothing::forecasts(values, known, origins, horizon, Trend::Damped, season);
        match method {
            Method::Naive => Some(each(origins, horizon, |origin, _| values[origin - 1])),
            Method::SeasonalNaive => {
                let period = self.cycle?;
                Some(each(origins, horizon, |origin, h| values[origin - period + h % period]))
            }
            Method::Drift => (known >= 3).then(|| {
                self.restored(origins, horizon, |adjusted| {
                    each(origins, horizon, |origin, h| {
                        let slope = (adjusted[origin - 1] - adjusted[0]) / (origin as f64 - 1.0);
                        adjusted[origin - 1] + slope * (h as f64 + 1.0)
                    })
                })
            }),
            Method::Mean => Some(self.restored(origins, horizon, |adjusted| {
                each(origins, horizon, |origin, _| {
                    adjusted[..origin].iter().sum::<f64>() / origin as f64
                })
            })),
            Method::Smoothing => (known >= 5).then(|| {
                self.restored(origins, horizon, |adjusted| {
                    smoothing::forecasts(adjusted, known, origins, horizon, Trend::None, Season::None)
                })
            }),
            Method::DampedTrend => suits.then(|| {
                self.restored(origins, horizon, |adjusted| {
                    smoothing::forecasts(adjusted, known, origins, horizon, Trend::Damped, Season::None)
                })
            }),
            Method::Theta => suits.then(|| {
                self.restored(origins, horizon, |adjusted| {
                    theta::forecasts(adjusted, known, origins, horizon, false)
                })
            }),
            Method::Autoregression => (suits && known >= 20).then(|| self.autoregression(origins, horizon)),
            Method::HoltWintersAdditive if suits => Some(seasonal(Season::Additive(own?))),
            Method::HoltWintersMultiplicative if suits && self.positive => Some(seasonal(Season::Multiplicative(own?))),
            Method::HoltWintersLogarithmic if suits && self.positive => {
                let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
                let season = Season::Additive(own?);
                let mut all = smoothing::forecasts(&logs, known, origins, horizon, Trend::Damped, season);
                all.iter_mut().flatten().for_each(|value| *value = value.exp());
                Some(all)
            }
            Method::Croston if self.intermittent => {
                intermittent::forecasts(values, known, origins, horizon, intermittent::Way::Interval)
            }
            Method::DemandChance if self.intermittent => {
                intermittent::forecasts(values, known, origins, horizon, intermittent::Way::Chance)
            }
            Method::Growth if suits && self.positive => growth::forecasts(values, known, origins, horizon),
            _ => None,
        }
    }

    /// Runs a method on the adjusted series and puts the season back.
    fn restored(
        &self,
        origins: &[usize],
        horizon: usize,
        method: impl FnOnce(&[f64]) -> Vec<Vec<f64>>,
    ) -> Vec<Vec<f64>> {
        let mut all = method(&self.adjusted);
        for (forecast, &origin) in all.iter_mut().zip(origins) {
            for (h, value) in forecast.iter_mut().enumerate().take(horizon) {
                *value = self.seasonality.with(origin + h, *value);
            }
        }
        all
    }

    fn autoregression(&self, origins: &[usize], horizon: usize) -> Vec<Vec<f64>> {
        let most = self.periods.first().map_or(8, |&period| (period + 2).min(14));
        self.restored(origins, horizon, |adjusted| {
            if self.positive && adjusted.iter().all(|&value| value > 0.0) {
                let logs: Vec<f64> = adjusted.iter().map(|value| value.ln()).collect();
                let mut all = autoregression::forecasts(&logs, self.known, origins, horizon, most);
                all.iter_mut().flatten().for_each(|value| *value = value.exp());
                all
            } else {
                autoregression::forecasts(adjusted, self.known, origins, horizon, most)
            }
        })
    }
}

fn each(origins: &[usize], horizon: usize, value: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    origins
        .iter()
        .map(|&origin| (0..horizon).map(|h| value(origin, h)).collect())
        .collect()
}
