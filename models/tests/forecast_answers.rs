//! Known answers of the forecast: series whose future is plain, and series that are hardly one.

use headroom_models::forecast::{Confidence, Forecast, Method, forecast};

fn known(values: impl IntoIterator<Item = f64>) -> Vec<Option<f64>> {
    values.into_iter().map(Some).collect()
}

fn of(values: impl IntoIterator<Item = f64>, periods: &[usize], horizon: usize) -> Forecast {
    forecast(&known(values), periods, horizon).expect("a value is known")
}

/// Noise that is the same in every run, within ±1.
fn noise(at: usize) -> f64 {
    ((at * 7919 + 104_729) % 2003) as f64 / 1001.0 - 1.0
}

fn wave(at: usize) -> f64 {
    1.0 + 0.3 * (at as f64 * std::f64::consts::TAU / 12.0).sin()
}

fn near(forecast: &Forecast, truth: impl Fn(usize) -> f64, within: f64) {
    for (h, step) in forecast.steps.iter().enumerate() {
        let (said, due) = (step.value, truth(h));
        assert!(
            (said / due - 1.0).abs() < within,
            "step {h}: {said} instead of {due}, by {}",
            forecast.model()
        );
        let ordered = [step.low95, step.low80, step.value, step.high80, step.high95];
        assert!(ordered.windows(2).all(|pair| pair[0] <= pair[1]), "{ordered:?}");
    }
}

#[test]
fn a_line_goes_on() {
    near(
        &of((0..60).map(|at| 100.0 + 2.0 * at as f64 + 0.5 * noise(at)), &[], 6),
        |h| 220.0 + 2.0 * h as f64,
        0.03,
    );
}

#[test]
fn a_season_on_a_trend_goes_on() {
    let value = |at: usize| (200.0 + 2.0 * at as f64) * wave(at);
    let answer = of((0..72).map(|at| value(at) + noise(at)), &[12], 12);
    near(&answer, |h| value(72 + h), 0.06);
    assert_eq!(
        (answer.periods.as_slice(), answer.confidence),
        ([12].as_slice(), Confidence::High)
    );
}

#[test]
fn a_daily_series_with_two_seasons_goes_on() {
    let value = |at: usize| {
        1000.0
            * [1.0, 1.02, 1.05, 1.0, 1.1, 0.8, 0.7][at % 7]
            * (1.0 + 0.2 * (at as f64 * std::f64::consts::TAU / 30.0).cos())
    };
    near(
        &of((0..300).map(|at| value(at) + 5.0 * noise(at)), &[7, 30], 14),
        |h| value(300 + h),
        0.08,
    );
}

#[test]
fn a_young_product_saturates() {
    let value = |at: usize| 10_000.0 / (1.0 + (-(at as f64 - 20.0) / 4.0).exp());
    let answer = of((0..24).map(|at| value(at) * (1.0 + 0.01 * noise(at))), &[], 6);
    assert!(
        answer.models.iter().any(|(method, _)| *method == Method::Growth),
        "{}",
        answer.model()
    );
    near(&answer, |h| value(24 + h), 0.25);
    assert!(
        answer.steps[5].value < 14_000.0,
        "growth has an end: {}",
        answer.steps[5].value
    );
}

#[test]
fn constants_and_zeros_forecast_themselves() {
    for constant in [0.0, 7.25, -3.0, 1e12] {
        let answer = of(vec![constant; 30], &[12], 5);
        for step in &answer.steps {
            let all = [step.value, step.low80, step.high80, step.low95, step.high95];
            assert!(
                all.iter()
                    .all(|value| (value - constant).abs() <= 1e-9 * constant.abs()),
                "{all:?}"
            );
        }
        assert_eq!(answer.confidence, Confidence::High);
    }
}

#[test]
fn one_two_and_three_points_give_an_answer_of_low_confidence() {
    for count in 1..=3 {
        let answer = of((0..count).map(|at| 10.0 + at as f64), &[12], 4);
        assert_eq!((answer.steps.len(), answer.confidence), (4, Confidence::Low));
        for step in &answer.steps {
            assert!((5.0..20.0).contains(&step.value), "{step:?}");
            assert!(step.low95 < step.value && step.value < step.high95, "{step:?}");
        }
    }
    assert_eq!(forecast(&[None, None, Some(f64::NAN)], &[], 3), None);
    assert_eq!(forecast(&[], &[], 3), None);
}

#[test]
fn mostly_zeros_keep_their_mean() {
    let answer = of((0..60).map(|at| if at % 4 == 1 { 8.0 } else { 0.0 }), &[], 6);
    for step in &answer.steps {
        assert!((1.0..3.5).contains(&step.value), "{} by {}", step.value, answer.model());
        assert!(step.low95 >= 0.0);
    }
}

#[test]
fn demand_now_and_then_is_learned_by_size_and_chance_and_may_be_none() {
    // Eight at every fourth step at first, and hardly ever since: the mean of all, 1.2, is too much.
    let value = |at: usize| {
        if at % 4 == 1 && (at < 60 || at % 20 == 1) {
            8.0
        } else {
            0.0
        }
    };
    let answer = of((0..140).map(value), &[], 6);
    assert!(answer.model().contains("tsb"), "{}", answer.model());
    for step in &answer.steps {
        assert!((0.1..1.2).contains(&step.value), "{} by {}", step.value, answer.model());
        assert_eq!((step.low80, step.low95), (0.0, 0.0));
        assert!(step.high80 > 0.0 && step.high95 >= step.high80);
    }
}

#[test]
fn two_years_of_months_are_enough_to_repeat_the_year() {
    for count in [24, 26] {
        let answer = of((0..count).map(|at| 500.0 * wave(at) + 5.0 * noise(at)), &[12], 6);
        near(&answer, |h| 500.0 * wave(count + h), 0.12);
    }
}

#[test]
fn the_interval_of_a_random_walk_grows_as_its_errors_do() {
    // Steps of ±1 by a fixed rule: after h steps the errors have a deviation of √h.
    let mut state = 12_345_u64;
    let walks: Vec<Forecast> = (0..20)
        .map(|_| {
            let mut level = 200.0;
            let steps = (0..200).map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                level += if (state >> 40) % 2 == 1 { 1.0 } else { -1.0 };
                level
            });
            of(steps.collect::<Vec<f64>>(), &[], 16)
        })
        .collect();
    for h in [3, 8, 15] {
        let halves = walks
            .iter()
            .map(|walk| (walk.steps[h].high80 - walk.steps[h].low80) / 2.0);
        let mean = halves.sum::<f64>() / walks.len() as f64;
        let right = 1.2816 * (h as f64 + 1.0).sqrt();
        assert!(
            (0.85..1.6).contains(&(mean / right)),
            "step {h}: {mean} against {right}"
        );
    }
}

#[test]
fn gaps_spikes_and_steps_do_not_mislead() {
    let value = |at: usize| (500.0 + at as f64) * wave(at) + noise(at);
    let mut values = known((0..96).map(value));
    for at in [3, 30, 31, 32, 60, 95] {
        values[at] = None;
    }
    values[50] = Some(50_000.0);
    let answer = forecast(&values, &[12], 6).expect("values are known");
    near(&answer, |h| value(96 + h), 0.06);
    assert_eq!((answer.filled, answer.outliers.as_slice()), (6, [50].as_slice()));

    let stepped = of(
        (0..96).map(|at| if at < 70 { value(at) } else { 2.0 * value(at) }),
        &[12],
        6,
    );
    near(&stepped, |h| 2.0 * value(96 + h), 0.12);
    assert_eq!(stepped.level_shifts, [70]);
}

#[test]
fn extreme_values_stay_finite() {
    for values in [
        vec![1e-300; 20],
        vec![1e300, 1.0, 1e-300, 5.0, 1e200, 3.0, 1e-9, 8.0, 2.0, 1e100, 4.0, 9.0],
    ] {
        let mut values = values;
        values.push(2.0);
        let answer = of(values, &[4], 8);
        for step in &answer.steps {
            assert!(step.value.is_finite(), "{step:?} by {}", answer.model());
        }
    }
}
