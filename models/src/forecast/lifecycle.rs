//! Stage of life of a driver: a young product saturates, a mature one follows its statistics, an old one fades.

use super::growth;
use super::{Forecast, Step, forecast};
use crate::language::Name;
use serde::{Deserialize, Serialize};

/// Where a product is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Just launched: towards a ceiling.
    Launch,
    /// Growing: towards a ceiling.
    Growth,
    /// As it was, without further trend.
    Mature,
    /// Fading at the rate of its last year.
    Decline,
}

/// The stage of a driver. `[[lifecycle]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// Product.
    pub product: String,
    /// Metric.
    pub metric: String,
    /// Stage.
    pub stage: Stage,
    /// The most that it can reach (market size), for launch and growth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<f64>,
    /// Why, for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Name>,
}

impl Lifecycle {
    /// What is wrong with it.
    pub fn problems(&self) -> Vec<String> {
        match self.ceiling {
            Some(ceiling) if !(ceiling.is_finite() && ceiling > 0.0) => vec![format!(
                "lifecycle of {}/{}: ceiling = {ceiling}; it must be above zero",
                self.product, self.metric
            )],
            Some(_) if matches!(self.stage, Stage::Mature | Stage::Decline) => vec![format!(
                "lifecycle of {}/{}: a ceiling is for launch and growth",
                self.product, self.metric
            )],
            _ => Vec::new(),
        }
    }
}

/// A lifecycle's values ahead, one per step; nothing when the history does not carry the stage (a curve that does not grow, a
/// fading one without two years of months).
///
/// Growth: the logistic or Gompertz curve fitted to the history, towards the stated ceiling where there is one. Decline: the
/// median yearly change of the last year, compounded. Mature: the same months of the last year, at its level.
pub fn lifecycle_forecast(
    lifecycle: &Lifecycle,
    values: &[Option<f64>],
    period: usize,
    horizon: usize,
) -> Option<Vec<f64>> {
    let statistical = || forecast(values, &[period], horizon);
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    match lifecycle.stage {
        Stage::Launch | Stage::Growth => growth::towards(&known, lifecycle.ceiling, horizon),
        Stage::Mature => {
            let last: Vec<f64> = known.iter().rev().take(period.max(1)).rev().copied().collect();
            (last.len() == period.max(1)).then(|| (0..horizon).map(|h| last[h % last.len()]).collect())
        }
        Stage::Decline => {
            let year = period.max(1);
            if known.len() < 2 * year {
                return None;
            }
            let count = known.len();
            let mut changes: Vec<f64> = (count - year..count)
                .filter(|&at| known[at - year] > 0.0)
                .map(|at| known[at] / known[at - year])
                .collect();
            changes.sort_by(f64::total_cmp);
            let yearly = changes.get(changes.len() / 2).copied()?.min(1.0);
            let base: Forecast = statistical()?;
            let shape = |step: &Step, h: usize| {
                let last_year = known[count - year + h % year];
                let years = 1.0 + (h / year) as f64;
                (last_year * yearly.powf(years)).min(step.high95.max(0.0))
            };
            Some(base.steps.iter().enumerate().map(|(h, step)| shape(step, h)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifecycle(stage: Stage, ceiling: Option<f64>) -> Lifecycle {
        Lifecycle {
            product: "p".into(),
            metric: "m".into(),
            stage,
            ceiling,
            reason: None,
        }
    }

    #[test]
    fn each_stage_goes_its_way() {
        let grown: Vec<Option<f64>> = (0..24)
            .map(|at| Some(1000.0 / (1.0 + 30.0 * (-0.25 * f64::from(at)).exp())))
            .collect();
        let ahead = lifecycle_forecast(&lifecycle(Stage::Growth, Some(1000.0)), &grown, 12, 36).unwrap();
        assert!(
            ahead.windows(2).all(|pair| pair[1] >= pair[0]) && ahead[35] <= 1000.0 && ahead[35] > 980.0,
            "{ahead:?}"
        );
        let fading: Vec<Option<f64>> = (0..36).map(|at| Some(1000.0 * 0.98_f64.powi(at))).collect();
        let ahead = lifecycle_forecast(&lifecycle(Stage::Decline, None), &fading, 12, 12).unwrap();
        let expected = 1000.0 * 0.98_f64.powi(36);
        assert!((ahead[0] / expected - 1.0).abs() < 0.01, "{} {expected}", ahead[0]);
        let level: Vec<Option<f64>> = (0..24).map(|at| Some(100.0 + f64::from(at % 12))).collect();
        let ahead = lifecycle_forecast(&lifecycle(Stage::Mature, None), &level, 12, 12).unwrap();
        assert_eq!((ahead[0], ahead[11]), (100.0, 111.0));
        assert_eq!(
            lifecycle_forecast(&lifecycle(Stage::Growth, None), &level, 12, 12),
            None
        );
        assert!(!lifecycle(Stage::Mature, Some(1.0)).problems().is_empty());
    }
}
