//! What holds for every series.

use headroom_models::forecast::forecast;
use proptest::prelude::*;

fn history() -> impl Strategy<Value = Vec<Option<f64>>> {
    let value = prop_oneof![
        6 => (0.0..1000.0_f64).prop_map(Some),
        1 => Just(None),
        1 => Just(Some(0.0)),
        1 => (-50.0..5000.0_f64).prop_map(Some),
    ];
    prop::collection::vec(value, 1..70)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_history_gives_ordered_finite_steps_and_the_same_ones_again(values in history(), horizon in 1..20_usize) {
        let answer = forecast(&values, &[4, 12], horizon);
        prop_assert_eq!(answer.is_some(), values.iter().any(Option::is_some));
        if let Some(answer) = &answer {
            prop_assert_eq!(answer.steps.len(), horizon);
            for step in &answer.steps {
                let ordered = [step.low95, step.low80, step.value, step.high80, step.high95];
                prop_assert!(ordered.iter().all(|value| value.is_finite()), "{:?} by {}", ordered, answer.model());
                prop_assert!(ordered.windows(2).all(|pair| pair[0] <= pair[1]), "{:?} by {}", ordered, answer.model());
            }
            let weights: f64 = answer.models.iter().map(|(_, weight)| weight).sum();
            prop_assert!((weights - 1.0).abs() < 1e-9);
        }
        prop_assert_eq!(format!("{answer:?}"), format!("{:?}", forecast(&values, &[4, 12], horizon)));
    }

    #[test]
    fn the_unit_of_measure_changes_nothing_but_the_unit(values in prop::collection::vec(1.0..1000.0_f64, 1..60), power in -20..20_i32) {
        let factor = 2.0_f64.powi(power);
        let plain: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        let scaled: Vec<Option<f64>> = values.iter().map(|value| Some(value * factor)).collect();
        let (plain, scaled) = (forecast(&plain, &[12], 6), forecast(&scaled, &[12], 6));
        for (one, other) in plain.iter().flat_map(|f| &f.steps).zip(scaled.iter().flat_map(|f| &f.steps)) {
            prop_assert!((one.value * factor - other.value).abs() <= 1e-9 * other.value.abs());
            prop_assert!((one.high95 * factor - other.high95).abs() <= 1e-9 * other.high95.abs());
        }
    }
}
