//! What is paid for by a quantity of which only a part is used: seats, racks and U positions, power, commitments; and what
//! only its age tells: snapshots.

use super::{Confidence, ResourceKind, Verdict};
use crate::ledger::{Money, Ratio};
use chrono::NaiveDate;
use serde::Serialize;

/// A quantity that is paid for.
#[derive(Clone, Debug, PartialEq)]
pub struct PaidQuantity {
    /// Resource, as the samples or meter readings name it.
    pub resource_id: String,
    /// What it is.
    pub kind: ResourceKind,
    /// How much is paid for in a month, in `unit`.
    pub paid: Money,
    /// What it is counted in.
    pub unit: String,
    /// What it costs in a month.
    pub monthly_cost: Money,
    /// The most that was used over the window, in the same unit; nothing when nobody measured.
    pub used: Option<f64>,
    /// Share of the window that has measurements.
    pub coverage: f64,
}

/// When a paid quantity counts as oversized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantityRule {
    /// Share of the quantity below which its highest use must lie.
    pub oversized_below: f64,
    /// Share of the window that must have measurements.
    pub minimum_coverage: f64,
}

impl QuantityRule {
    /// The rule of a kind: U positions are bought one by one, so that nearly any unused one can be given up; racks and
    /// power come in larger steps; unused seats are given up at renewal.
    pub const fn of(kind: ResourceKind) -> QuantityRule {
        let oversized_below = match kind {
            ResourceKind::SoftwareSeat | ResourceKind::RackUnit => 0.9,
            ResourceKind::Rack => 0.7,
            _ => 0.6,
        };
        QuantityRule {
            oversized_below,
            minimum_coverage: 0.8,
        }
    }
}

/// What the rule says about a quantity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuantityFinding {
    /// The resource.
    pub resource_id: String,
    /// What it is.
    pub resource_kind: ResourceKind,
    /// Idle when nothing at all is used, oversized, active, or undetermined.
    pub verdict: Verdict,
    /// Paid for, in `unit`.
    pub paid: Money,
    /// Unit.
    pub unit: String,
    /// The most that was used.
    pub used: Option<f64>,
    /// Share of the quantity below which the use had to lie.
    pub oversized_below: f64,
    /// What is not used by the highest use; nothing when undetermined.
    pub unused: Option<Money>,
    /// Its share of the cost.
    pub unused_cost: Option<Money>,
    /// What all of it costs in a month.
    pub monthly_cost: Money,
    /// Share of the window with measurements.
    pub coverage: f64,
    /// How much that can be relied on.
    pub confidence: Confidence,
}

/// Judges a quantity: whole units that even the highest use left free are at stake, at their share of the cost.
pub fn judge_quantity(quantity: &PaidQuantity, rule: &QuantityRule) -> QuantityFinding {
    let mut finding = QuantityFinding {
        resource_id: quantity.resource_id.clone(),
        resource_kind: quantity.kind,
        verdict: Verdict::Undetermined,
        paid: quantity.paid,
        unit: quantity.unit.clone(),
        used: quantity.used,
        oversized_below: rule.oversized_below,
        unused: None,
        unused_cost: None,
        monthly_cost: quantity.monthly_cost,
        coverage: quantity.coverage,
        confidence: Confidence::Low,
    };
    let paid = quantity.paid.for_drawing();
    let Some(used) = quantity.used.filter(|used| used.is_finite() && *used >= 0.0) else {
        return finding;
    };
    if quantity.coverage < rule.minimum_coverage || paid <= 0.0 {
        return finding;
    }
    let needed = Money::whole(used.ceil().min(9e15) as i64);
    let unused = (quantity.paid - needed).max(Money::ZERO);
    finding.unused = Some(unused);
    finding.unused_cost = Ratio::checked(unused, quantity.paid).map(|share| quantity.monthly_cost.scale_by(&share));
    finding.verdict = if used == 0.0 {
        Verdict::Idle
    } else if used < rule.oversized_below * paid && !unused.is_zero() {
        Verdict::Oversized
    } else {
        Verdict::Active
    };
    finding.confidence = if quantity.coverage >= 0.95 {
        Confidence::High
    } else {
        Confidence::Medium
    };
    finding
}

/// A reservation or savings plan in a month, from the rows of the bill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commitment {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: ResourceKind,
    /// Effective cost of the month that served resources.
    pub used: Money,
    /// Effective cost of the month that served nothing (`CommitmentDiscountStatus` Unused).
    pub unused: Money,
}

/// Share of a commitment that may be unused before it is a finding.
pub const COMMITMENT_SLACK_PERCENT: i64 = 5;

impl Commitment {
    /// Idle when nothing of it was used, oversized when more than 5 % was not.
    pub fn verdict(&self) -> Verdict {
        let whole = self.used + self.unused;
        if whole.is_zero() || whole.is_negative() {
            Verdict::Undetermined
        } else if self.used.is_zero() {
            Verdict::Idle
        } else if self.unused.times(100) > whole.times(COMMITMENT_SLACK_PERCENT) {
            Verdict::Oversized
        } else {
            Verdict::Active
        }
    }
}

/// Days after which a snapshot that is still charged is a finding.
pub const SNAPSHOT_DAYS: i64 = 90;

/// True when a snapshot charged since `first_charged` is old on `day`.
pub fn snapshot_is_old(first_charged: NaiveDate, day: NaiveDate) -> bool {
    (day - first_charged).num_days() >= SNAPSHOT_DAYS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(paid: i64, used: Option<f64>, coverage: f64) -> QuantityFinding {
        let quantity = PaidQuantity {
            resource_id: "crm".to_owned(),
            kind: ResourceKind::SoftwareSeat,
            paid: Money::whole(paid),
            unit: "seat".to_owned(),
            monthly_cost: Money::whole(1_200),
            used,
            coverage,
        };
        judge_quantity(&quantity, &QuantityRule::of(ResourceKind::SoftwareSeat))
    }

    #[test]
    fn unused_seats_at_their_share_of_the_price() {
        // 120 seats at 10 each, at most 71.2 used: 72 are needed, 48 are not, 480 a month.
        let finding = seats(120, Some(71.2), 1.0);
        assert_eq!(finding.verdict, Verdict::Oversized);
        assert_eq!(finding.unused, Some(Money::whole(48)));
        assert_eq!(finding.unused_cost, Some(Money::whole(480)));
        assert_eq!(seats(120, Some(110.0), 1.0).verdict, Verdict::Active);
        assert_eq!(seats(120, Some(0.0), 1.0).verdict, Verdict::Idle);
        assert_eq!(seats(120, None, 1.0).verdict, Verdict::Undetermined);
        assert_eq!(seats(120, Some(1.0), 0.5).verdict, Verdict::Undetermined);
    }

    #[test]
    fn commitments_by_what_they_did_not_serve() {
        let of = |used, unused| {
            Commitment {
                used: Money::whole(used),
                unused: Money::whole(unused),
                ..Commitment::default()
            }
            .verdict()
        };
        assert_eq!(of(100, 0), Verdict::Active);
        assert_eq!(of(95, 5), Verdict::Active);
        assert_eq!(of(94, 6), Verdict::Oversized);
        assert_eq!(of(0, 10), Verdict::Idle);
        assert_eq!(of(0, 0), Verdict::Undetermined);
    }
}
