//! 考核: how well a product or department kept to its budget and forecast it, by published bands.

use super::rate;
use crate::ledger::{Money, Ratio};
use serde::{Deserialize, Serialize};

/// Points for being within a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Largest distance, in percent, that still belongs to the band.
    pub within: Money,
    /// Points of the band, of 100.
    pub points: Money,
}

/// A word for a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Least score.
    pub at_least: Money,
    /// The word.
    pub grade: String,
}

/// `[assessment]`: bands, weights and grades.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AssessmentSettings {
    /// Distance of the execution rate to date from 100 %.
    pub execution_bands: Vec<Band>,
    /// Forecast error (WAPE).
    pub accuracy_bands: Vec<Band>,
    /// Weight of the execution rate in the score, in percent; the forecast has the rest.
    pub execution_weight: Money,
    /// Words for scores, any order.
    pub grades: Vec<Grade>,
}

impl Default for AssessmentSettings {
    /// Execution within 3, 5, 10, 20 %; forecast error by the marks of the FinOps Foundation (5, 12, 15, 20 %).
    fn default() -> Self {
        let bands = |bands: [(i64, i64); 4]| {
            let band = |(within, points)| Band {
                within: Money::whole(within),
                points: Money::whole(points),
            };
            bands.map(band).to_vec()
        };
        let grade = |(at_least, grade): (i64, &str)| Grade {
            at_least: Money::whole(at_least),
            grade: grade.to_owned(),
        };
        AssessmentSettings {
            execution_bands: bands([(3, 100), (5, 90), (10, 75), (20, 60)]),
            accuracy_bands: bands([(5, 100), (12, 85), (15, 75), (20, 60)]),
            execution_weight: Money::whole(60),
            grades: [(90, "A"), (75, "B"), (60, "C"), (0, "D")].map(grade).to_vec(),
        }
    }
}

impl AssessmentSettings {
    /// What is wrong with them, all at once.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let hundred = Money::whole(100);
        let share = |amount: Money| !amount.is_negative() && amount <= hundred;
        for (name, bands) in [
            ("execution_bands", &self.execution_bands),
            ("accuracy_bands", &self.accuracy_bands),
        ] {
            let rising = bands
                .windows(2)
                .all(|pair| pair[0].within < pair[1].within && pair[0].points >= pair[1].points);
            if bands.is_empty()
                || !rising
                || bands
                    .iter()
                    .any(|band| band.within.is_negative() || !share(band.points))
            {
                problems.push(format!(
                    "[assessment] {name}: give bands with rising 'within' and 'points' from 100 down to 0 that do not rise"
                ));
            }
        }
        if !share(self.execution_weight) {
            problems.push("[assessment] execution_weight: give 0 to 100 percent".to_owned());
        }
        if self.grades.is_empty() {
            problems.push("[assessment] grades: give at least one, such as { at_least = 0, grade = \"D\" }".to_owned());
        }
        problems
    }
}

/// The score of a product or department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Execution rate to date (1 = 100 %); nothing without a budget.
    pub execution_rate: Option<Money>,
    /// Points for it.
    pub execution_points: Option<Money>,
    /// Forecast error (WAPE, 1 = 100 %); nothing without forecasts.
    pub forecast_error: Option<Money>,
    /// Points for it.
    pub forecast_points: Option<Money>,
    /// Weighted points; of one alone when the other is not known.
    pub score: Option<Money>,
    /// Word for the score.
    pub grade: Option<String>,
}

/// Scores an execution rate (actual and budget to date) and a forecast error.
pub fn assess(settings: &AssessmentSettings, actual: Money, budget: Money, forecast_error: Option<Money>) -> Score {
    let execution_rate = rate(actual, budget).filter(|_| !budget.is_negative());
    let execution_points = execution_rate.map(|rate| points(&settings.execution_bands, (rate - Money::ONE).abs()));
    let forecast_points = forecast_error.map(|error| points(&settings.accuracy_bands, error));
    let weight = settings.execution_weight;
    let of = |points: Money, weight: Money| points.scale_by(&Ratio::new(weight, Money::whole(100)));
    let score = match (execution_points, forecast_points) {
        (Some(execution), Some(forecast)) => Some(of(execution, weight) + of(forecast, Money::whole(100) - weight)),
        (one, other) => one.or(other),
    };
    let grade = score.and_then(|score| {
        let earned = settings.grades.iter().filter(|grade| grade.at_least <= score);
        earned
            .max_by_key(|grade| grade.at_least)
            .map(|grade| grade.grade.clone())
    });
    Score {
        execution_rate,
        execution_points,
        forecast_error,
        forecast_points,
        score: score.map(|score| score.round(2)),
        grade,
    }
}

/// Points of the narrowest band that holds the distance; none beyond the widest.
fn points(bands: &[Band], distance: Money) -> Money {
    let percent = distance.times(100);
    let holding = bands.iter().filter(|band| percent <= band.within);
    holding
        .min_by_key(|band| band.within)
        .map_or(Money::ZERO, |band| band.points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_by_hand() {
        let settings = AssessmentSettings::default();
        let money = |text: &str| text.parse::<Money>().unwrap();
        // 104 % lies within 5: 90 points; 13 % within 15: 75. 0.6 × 90 + 0.4 × 75 = 84.
        let score = assess(&settings, Money::whole(104), Money::whole(100), Some(money("0.13")));
        assert_eq!(
            (score.score, score.grade.as_deref()),
            (Some(Money::whole(84)), Some("B"))
        );
        // Spending too little is as far off as spending too much.
        let under = assess(&settings, Money::whole(79), Money::whole(100), None);
        assert_eq!((under.score, under.grade.as_deref()), (Some(Money::ZERO), Some("D")));
        // The edge belongs to the band.
        assert_eq!(
            assess(&settings, Money::whole(103), Money::whole(100), None).score,
            Some(Money::whole(100))
        );
        assert_eq!(assess(&settings, Money::ONE, Money::ZERO, None).score, None);
        assert_eq!(settings.problems(), Vec::<String>::new());
    }
}
