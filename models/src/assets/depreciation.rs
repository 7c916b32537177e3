//! Straight-line depreciation (直线法).

use crate::ledger::{Money, Month, Ratio};

/// The monthly depreciation of one purchase: `life_months` amounts in whole cents from `first` on.
///
/// The depreciation up to and including month k is `round((cost − residual) × k ÷ life, 2)` and each month carries the
/// difference to the month before, so that the amounts never drift and add up to `cost − residual` exactly (the last
/// month takes digits below a cent). A life of zero months is written off in `first`.
pub fn straight_line(cost: Money, residual: Money, life_months: u32, first: Month) -> Vec<(Month, Money)> {
    let base = cost - residual;
    let life = life_months.max(1);
    let mut before = Money::ZERO;
    (1..=life)
        .map(|k| {
            let share = Ratio::new(Money::whole(i64::from(k)), Money::whole(i64::from(life)));
            let through = if k == life {
                base
            } else {
                base.scale_by(&share).round(2)
            };
            let amount = through - before;
            before = through;
            (first.plus(k as i32 - 1), amount)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_server_over_four_years() {
        // 68000.00 with 5 % residual: 64600.00 over 48 months = 1345.8333…; after month 1: 1345.83, after 2: 2691.67,
        // after 3: 4037.50, so the amounts are 1345.83, 1345.84, 1345.83.
        let first = "2025-02".parse().unwrap();
        let plan = straight_line(Money::whole(68000), Money::whole(3400), 48, first);
        let shown: Vec<String> = plan.iter().take(3).map(|(_, amount)| amount.to_string()).collect();
        assert_eq!(shown, ["1345.83", "1345.84", "1345.83"]);
        assert_eq!(plan.first().unwrap().0.to_string(), "2025-02");
        assert_eq!(plan.last().unwrap().0.to_string(), "2029-01");
        assert_eq!(
            plan.iter().map(|(_, amount)| *amount).sum::<Money>(),
            Money::whole(64600)
        );
    }

    #[test]
    fn no_life_is_written_off_at_once() {
        let first = "2025-02".parse().unwrap();
        assert_eq!(
            straight_line(Money::whole(10), Money::ZERO, 0, first),
            [(first, Money::whole(10))]
        );
    }

    proptest! {
        #[test]
        fn adds_up_and_never_differs_by_more_than_a_cent(cents in 0_i64..10_000_000_000, percent in 0_i64..=100, life in 1_u32..240) {
            let cent = Money::ONE.scale_by(&Ratio::new(Money::ONE, Money::whole(100)));
            let cost = cent.times(cents);
            let residual = cost.scale_by(&Ratio::new(Money::whole(percent), Money::whole(100))).round(2);
            let plan = straight_line(cost, residual, life, "2025-02".parse().unwrap());
            prop_assert_eq!(plan.len(), life as usize);
            prop_assert_eq!(plan.iter().map(|(_, amount)| *amount).sum::<Money>(), cost - residual);
            let (low, high) = (plan.iter().map(|p| p.1).min().unwrap(), plan.iter().map(|p| p.1).max().unwrap());
            prop_assert!(high - low <= cent);
            prop_assert!(!low.is_negative());
        }
    }
}
