//! The three sentences of the first page: chosen from the data here, worded by the formats.

use super::{ExecutionReport, Interval, Named, Proposal, ProposalKind, VariancePart};
use headroom_models::ledger::Money;

/// Where the year ends against its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landing {
    /// Above the budget, even at the low end of the range.
    Over,
    /// Above, but the range reaches below the budget.
    ProbablyOver,
    /// Exactly on the budget.
    On,
    /// Below, but the range reaches above the budget.
    ProbablyUnder,
    /// Below, even at the high end of the range.
    Under,
}

/// The main cause of the deviation so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The product that it is largest in; nothing when only the company's variance is known.
    pub product: Option<Named>,
    /// What it comes from.
    pub part: VariancePart,
}

/// What there is to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The largest proposed supplement, and the largest proposed cut that could pay for it.
    Supplement {
        /// The supplement.
        proposal: Box<Proposal>,
        /// The largest cut.
        cut: Option<Box<Proposal>>,
    },
    /// No supplement is proposed; the largest cut.
    Cut(Box<Proposal>),
    /// No change of budget is proposed.
    None,
}

/// One sentence with what goes into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// Where the year ends.
    WhereItEnds {
        /// Against the budget.
        landing: Landing,
        /// The landing with its range.
        interval: Interval,
        /// The budget of the year.
        year_budget: Money,
        /// Landing minus budget.
        difference: Money,
    },
    /// Why the year to date is off.
    Why {
        /// Actual minus budget, year to date.
        difference: Money,
        /// The main cause; nothing when there is no variance.
        cause: Option<Cause>,
    },
    /// What to decide.
    Decide {
        /// The decision.
        decision: Decision,
        /// Monthly cost of what is idle or oversized; zero when nothing is.
        idle_monthly: Money,
        /// Resources that are idle or oversized.
        idle_count: usize,
    },
}

impl ExecutionReport {
    /// The three sentences of the first page. They only choose among figures that the report holds.
    pub fn sentences(&self) -> [Sentence; 3] {
        let headline = &self.headline;
        [
            Sentence::WhereItEnds {
                landing: landing(headline.landing, headline.year_budget),
                interval: headline.landing,
                year_budget: headline.year_budget,
                difference: headline.landing_difference,
            },
            Sentence::Why {
                difference: headline.ytd_difference,
                cause: self.main_cause(),
            },
            Sentence::Decide {
                decision: self.decision(),
                idle_monthly: self.idle.monthly_cost,
                idle_count: self.idle.items.iter().filter(|item| item.verdict.is_waste()).count(),
            },
        ]
    }

    /// The largest part, of any product, that pushes the same way as the whole.
    fn main_cause(&self) -> Option<Cause> {
        let over = !self.headline.ytd_difference.is_negative();
        let same_way = |part: &VariancePart| !part.amount.is_zero() && part.amount.is_negative() != over;
        let of_products = self.variance_by_product.iter().flat_map(|product| {
            product.variance.parts.iter().map(|&part| Cause {
                product: Some(product.product.clone()),
                part,
            })
        });
        of_products
            .filter(|cause| same_way(&cause.part))
            .max_by_key(|cause| cause.part.amount.abs())
            .or_else(|| {
                let parts = self.variance.parts.iter().copied().filter(same_way);
                parts
                    .max_by_key(|part| part.amount.abs())
                    .map(|part| Cause { product: None, part })
            })
    }

    fn decision(&self) -> Decision {
        let largest = |kind: ProposalKind| {
            let of_kind = self.proposals.iter().filter(|proposal| proposal.kind == kind);
            of_kind.max_by_key(|proposal| proposal.amount).cloned().map(Box::new)
        };
        match (largest(ProposalKind::Supplement), largest(ProposalKind::Cut)) {
            (Some(proposal), cut) => Decision::Supplement { proposal, cut },
            (None, Some(cut)) => Decision::Cut(cut),
            (None, None) => Decision::None,
        }
    }
}

fn landing(interval: Interval, budget: Money) -> Landing {
    match (interval.low > budget, interval.high < budget, interval.mid.cmp(&budget)) {
        (true, _, _) => Landing::Over,
        (_, true, _) => Landing::Under,
        (_, _, std::cmp::Ordering::Greater) => Landing::ProbablyOver,
        (_, _, std::cmp::Ordering::Less) => Landing::ProbablyUnder,
        (_, _, std::cmp::Ordering::Equal) => Landing::On,
    }
}

impl super::Verdict {
    /// True for what costs money without need.
    pub fn is_waste(self) -> bool {
        matches!(self, super::Verdict::Idle | super::Verdict::Oversized)
    }
}
