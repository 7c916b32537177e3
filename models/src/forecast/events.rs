//! Events: promotions and holidays, also those that move with the moon, as factors on top of the forecast.
//!
//! Steps that an event touches are left out of the history, the rest is forecast, and what the left-out steps were
//! above or below the line through their neighbours is the event's effect: the mean over its past occurrences (as in
//! Taylor and Letham, "Forecasting at scale", 2018, section 3.3: one effect per event, windows by date and not by
//! week of the year). Where steps are days or shorter and occurrences equally long, each step of the window has its
//! own effect, drawn towards the event's mean while occurrences are few. Where steps are longer, an effect counts by
//! the share of the step that the event covers.

use super::clean::without_gaps;
use super::outlook::forecast;
use super::{Forecast, Series, Step, moving_festival};
use chrono::NaiveDateTime;
use serde::Serialize;

/// One occurrence of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Occurrences of the same name have the same effect.
    pub name: String,
    /// Begin.
    pub start: NaiveDateTime,
    /// End, not included.
    pub end: NaiveDateTime,
    /// The series it concerns; all of them without one.
    pub series: Option<String>,
    /// True when its days are not published yet and stand by rule.
    pub provisional: bool,
    /// True for a festival that moves between the steps of a season: its effect is learnt beside the season.
    pub moving: bool,
}

/// What an event did to a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventEffect {
    /// The event.
    pub name: String,
    /// Past occurrences that the effect was learnt from.
    pub past: usize,
    /// Occurrences within the forecast.
    pub coming: usize,
    /// Those of them whose days are not published yet.
    pub provisional: usize,
    /// Mean factor on the value while it lasts; none without a past occurrence, or when values of zero or less allow
    /// no factor (the effect is then added).
    pub factor: Option<f64>,
}

/// One step that an occurrence touches.
struct Touch {
    occurrence: usize,
    at: usize,
    offset: usize,
    share: f64,
}

/// A forecast with what events do to it.
#[derive(Clone, Debug, PartialEq)]
pub struct WithEvents {
    /// The forecast, events included.
    pub forecast: Forecast,
    /// Its steps without them.
    pub before_events: Vec<Step>,
    /// What each event does.
    pub effects: Vec<EventEffect>,
}

/// [`forecast_by_events`] without the steps before events.
pub fn forecast_with_events(
    series: &Series,
    events: &[Event],
    periods: &[usize],
    horizon: usize,
) -> Option<(Forecast, Vec<EventEffect>)> {
    let made = forecast_by_events(series, events, periods, horizon)?;
    Some((made.forecast, made.effects))
}

/// Forecasts `series` with its `events`; the effects are in the order in which events are first named.
///
/// A step that several occurrences touch counts for the one named last. None when no value outside events is known.
pub fn forecast_by_events(series: &Series, events: &[Event], periods: &[usize], horizon: usize) -> Option<WithEvents> {
    let (moving, events): (Vec<&Event>, Vec<&Event>) = events
        .iter()
        .filter(|event| event.series.as_ref().is_none_or(|id| *id == series.id))
        .partition(|event| event.moving);
    if !moving.is_empty() {
        return beside_the_season(series, (&moving, &events), periods, horizon);
    }
    if events.is_empty() {
        let forecast = forecast(&series.values, periods, horizon)?;
        return Some(WithEvents {
            before_events: forecast.steps.clone(),
            forecast,
            effects: Vec::new(),
        });
    }
    let count = series.values.len();
    let touches = touches(series, &events, count + horizon);
    let mut plain = series.values.clone();
    for touch in touches.iter().filter(|touch| touch.at < count) {
        plain[touch.at] = None;
    }
    let mut answer = forecast(&plain, periods, horizon)?;
    let before_events = answer.steps.clone();
    let line = without_gaps(&plain, periods);
    let factors = series.values.iter().flatten().chain(&line).all(|&value| value > 0.0);
    let negative = series.values.iter().flatten().any(|&value| value < 0.0);
    let mut effects: Vec<EventEffect> = Vec::new();
    let by_rule = |touch: &Touch| touch.at >= count && events[touch.occurrence].provisional;
    answer.provisional = touches
        .iter()
        .filter(|touch| by_rule(touch))
        .map(|touch| touch.at - count)
        .collect();
    for event in &events {
        if effects.iter().any(|effect| effect.name == event.name) {
            continue;
        }
        let mine: Vec<&Touch> = touches
            .iter()
            .filter(|touch| events[touch.occurrence].name == event.name)
            .collect();
        let learnt: Vec<(&Touch, f64)> = mine
            .iter()
            .filter(|touch| touch.at < count)
            .filter_map(|touch| {
                let (value, base) = (series.values[touch.at]?, line[touch.at]);
                Some((*touch, if factors { (value / base).ln() } else { value - base }))
            })
            .collect();
        let profile = Profile::learn(&learnt);
        for touch in mine.iter().filter(|touch| touch.at >= count) {
            let effect = profile.at(touch.offset) * touch.share;
            let step = &mut answer.steps[touch.at - count];
            for value in [
                &mut step.value,
                &mut step.low80,
                &mut step.high80,
                &mut step.low95,
                &mut step.high95,
            ] {
                *value = match (factors, negative) {
                    (true, _) => *value * effect.exp(),
                    (false, true) => *value + effect,
                    (false, false) => (*value + effect).max(0.0),
                };
            }
        }
        effects.push(EventEffect {
            name: event.name.clone(),
            past: profile.occurrences,
            coming: occurrences(mine.iter().filter(|touch| touch.at >= count).copied()),
            provisional: occurrences(mine.iter().filter(|touch| by_rule(touch)).copied()),
            factor: (factors && profile.occurrences > 0).then(|| profile.mean.exp()),
        });
    }
    let masked = touches
        .iter()
        .filter(|touch| touch.at < count && series.values[touch.at].is_some())
        .count();
    answer.filled = answer.filled.saturating_sub(masked);
    Some(WithEvents {
        forecast: answer,
        before_events,
        effects,
    })
}

/// Takes the effect of a moving festival out of the history, and puts it onto the forecast.
fn beside_the_season(
    series: &Series,
    (moving, others): (&[&Event], &[&Event]),
    periods: &[usize],
    horizon: usize,
) -> Option<WithEvents> {
    let count = series.values.len();
    let shares = moving_festival::shares(series, moving, count + horizon);
    let per_year = periods.iter().copied().max().unwrap_or(0);
    let learnt = (per_year > 1)
        .then(|| moving_festival::learn(series, &shares, per_year))
        .flatten();
    let effect = learnt.map_or(0.0, |learnt| learnt.effect);
    let mut plain = series.clone();
    for (value, share) in plain.values.iter_mut().zip(&shares) {
        *value = value.map(|value| value / (effect * share).exp());
    }
    let others: Vec<Event> = others.iter().map(|event| (*event).clone()).collect();
    let mut made = forecast_by_events(&plain, &others, periods, horizon)?;
    let by_rule = shares_by_rule(series, moving, count + horizon);
    for (ahead, step) in made.forecast.steps.iter_mut().enumerate() {
        let factor = (effect * shares[count + ahead]).exp();
        for value in [
            &mut step.value,
            &mut step.low80,
            &mut step.high80,
            &mut step.low95,
            &mut step.high95,
        ] {
            *value *= factor;
        }
        if effect != 0.0 && by_rule[count + ahead] > 0.0 {
            made.forecast.provisional.push(ahead);
        }
    }
    made.forecast.provisional.sort_unstable();
    made.forecast.provisional.dedup();
    let coming = |only: bool| {
        let within = |event: &&&Event| {
            let one = moving_festival::shares(series, &[**event], count + horizon);
            one[count..].iter().any(|share| *share > 0.0) && (!only || event.provisional)
        };
        moving.iter().filter(within).count()
    };
    made.effects.insert(
        0,
        EventEffect {
            name: moving[0].name.clone(),
            past: learnt.map_or(0, |learnt| learnt.past),
            coming: coming(false),
            provisional: coming(true),
            factor: learnt.map(|learnt| learnt.effect.exp()),
        },
    );
    Some(made)
}

fn shares_by_rule(series: &Series, moving: &[&Event], steps: usize) -> Vec<f64> {
    let by_rule: Vec<&Event> = moving.iter().copied().filter(|event| event.provisional).collect();
    moving_festival::shares(series, &by_rule, steps)
}

/// Which steps are touched, ascending; the last named occurrence wins a step.
fn touches(series: &Series, events: &[&Event], steps: usize) -> Vec<Touch> {
    let mut all: Vec<Touch> = Vec::new();
    let spans: Vec<Option<(NaiveDateTime, NaiveDateTime)>> = (0..steps).map(|at| series.span(at)).collect();
    for (occurrence, event) in events.iter().enumerate() {
        // Steps ascend: skip those that end before the event begins.
        let begin = spans.partition_point(|span| span.is_none_or(|(_, end)| end <= event.start));
        for (offset, at) in (begin..steps).enumerate() {
            let Some((start, end)) = spans[at].filter(|(start, _)| *start < event.end) else {
                break;
            };
            let overlap = (end.min(event.end) - start.max(event.start)).num_seconds() as f64;
            let share = overlap / ((end - start).num_seconds() as f64).max(1.0);
            all.push(Touch {
                occurrence,
                at,
                offset,
                share,
            });
        }
    }
    all.sort_by_key(|touch| (touch.at, std::cmp::Reverse(touch.occurrence)));
    all.dedup_by_key(|touch| touch.at);
    all
}

fn occurrences<'a>(touches: impl Iterator<Item = &'a Touch>) -> usize {
    let mut seen: Vec<usize> = touches.map(|touch| touch.occurrence).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// The effect of an event by step of its window.
struct Profile {
    mean: f64,
    occurrences: usize,
    by_offset: Vec<f64>,
}

impl Profile {
    fn learn(learnt: &[(&Touch, f64)]) -> Profile {
        let (over, under) = learnt.iter().fold((0.0, 0.0), |(over, under), (touch, effect)| {
            (over + touch.share * effect, under + touch.share * touch.share)
        });
        let mean = if under > 0.0 { over / under } else { 0.0 };
        let count = occurrences(learnt.iter().map(|(touch, _)| *touch));
        let length = learnt.iter().map(|(touch, _)| touch.offset + 1).max().unwrap_or(0);
        let whole = learnt.iter().all(|(touch, _)| touch.share >= 1.0) && learnt.len() == count * length;
        let by_offset = if whole {
            (0..length)
                .map(|offset| {
                    let own: Vec<f64> = learnt
                        .iter()
                        .filter(|(touch, _)| touch.offset == offset)
                        .map(|(_, effect)| *effect)
                        .collect();
                    let trust = own.len() as f64 / (own.len() as f64 + 1.0);
                    mean + trust * (own.iter().sum::<f64>() / own.len().max(1) as f64 - mean)
                })
                .collect()
        } else {
            Vec::new()
        };
        Profile {
            mean,
            occurrences: count,
            by_offset,
        }
    }

    fn at(&self, offset: usize) -> f64 {
        self.by_offset.get(offset).copied().unwrap_or(self.mean)
    }
}
