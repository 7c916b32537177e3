//! What has to hold before a month closes.

use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::ledger::{Money, Month, Ratio};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// How an item of the checklist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Holds.
    Done,
    /// Worth a look, and no reason not to close.
    Look,
    /// Does not hold; may be accepted with a reason.
    Open,
    /// Does not hold, and no reason helps.
    Wrong,
}

/// One item of the checklist.
#[derive(Clone, Debug, Serialize)]
pub struct ChecklistItem {
    /// Which.
    pub item: &'static str,
    /// How it stands.
    pub state: ItemState,
    /// In words.
    #[serde(serialize_with = "in_english")]
    pub message: Refusal,
}

fn in_english<S: Serializer>(message: &Refusal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&message.message(headroom_models::language::Language::English))
}

/// The checklist of a month.
#[derive(Clone, Debug, Serialize)]
pub struct Checklist {
    /// The month.
    pub month: Month,
    /// Its items.
    pub items: Vec<ChecklistItem>,
}

impl Checklist {
    /// The items that keep the month from closing.
    pub fn in_the_way(&self, accepted: bool) -> impl Iterator<Item = &ChecklistItem> {
        let least = if accepted { ItemState::Wrong } else { ItemState::Open };
        self.items.iter().filter(move |item| item.state >= least)
    }

    fn add(&mut self, item: &'static str, state: ItemState, message: Refusal) {
        self.items.push(ChecklistItem { item, state, message });
    }
}

impl App {
    /// The checklist of a month as the books stand: sources in, sums tie out, little unallocated, rates there.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub fn checklist(&self, month: Month) -> Result<Checklist, AppError> {
        self.require_company(Permission::Read)?;
        let mut checklist = Checklist {
            month,
            items: Vec::new(),
        };
        self.check_sources(&mut checklist)?;
        self.check_accruals(&mut checklist)?;
        self.check_left_out(&mut checklist)?;
        self.check_allocated(&mut checklist)?;
        self.check_unallocated(&mut checklist)?;
        Ok(checklist)
    }

    /// All sources that bill every month are in; one that billed the month before and is silent now is worth a look.
    fn check_sources(&self, checklist: &mut Checklist) -> Result<(), AppError> {
        let month = checklist.month;
        let sources = self.ledger_sources()?;
        let registers = self.register_sources()?;
        let here = sources.get(&month).cloned().unwrap_or_default();
        let books = self.configuration()?.1.books;
        let expected = books
            .expected_sources
            .iter()
            .filter(|expected| expected.bills_in(month));
        let missing: Vec<&str> = expected
            .map(|expected| expected.source.as_str())
            .filter(|source| !here.contains(*source))
            .collect();
        let before = sources.get(&month.plus(-1)).cloned().unwrap_or_default();
        let silent: Vec<String> = before
            .difference(&here)
            .filter(|source| !registers.contains(*source))
            .cloned()
            .collect();
        if !missing.is_empty() {
            let message = Refusal::new("closing-sources-missing").with("sources", missing.join(", "));
            checklist.add("sources", ItemState::Open, message);
        } else if !silent.is_empty() {
            let message = Refusal::new("closing-sources-silent").with("sources", silent.join(", "));
            checklist.add("sources", ItemState::Look, message);
        } else {
            let message = Refusal::new("closing-sources-in").with("count", here.len());
            checklist.add("sources", ItemState::Done, message);
        }
        Ok(())
    }

    /// What stands in the month's books for bills that have not come.
    fn check_accruals(&self, checklist: &mut Checklist) -> Result<(), AppError> {
        let month = checklist.month;
        let standing = self.accruals_that_stand(Some(month.into()))?;
        let mut estimates: Vec<String> = Vec::new();
        for accrual in &standing {
            for (currency, effective) in &accrual.effective {
                estimates.push(format!("{} {} {currency}", accrual.source, effective.grouped(2)));
            }
        }
        let (state, message) = match estimates.is_empty() {
            true => (ItemState::Done, Refusal::new("closing-no-accruals")),
            false => (
                ItemState::Look,
                Refusal::new("closing-accruals").with("estimates", estimates.join("; ")),
            ),
        };
        checklist.add("accruals", state, message);
        Ok(())
    }

    /// The sources of asset and prepayment registers, which post no bills.
    fn register_sources(&self) -> Result<BTreeSet<String>, AppError> {
        let batches = self.store.batches()?.into_iter();
        Ok(batches
            .filter(|batch| headroom_importers::is_register(&batch.importer))
            .map(|batch| batch.source)
            .collect())
    }

    /// Rows that were left out of the batches that count in the month.
    fn check_left_out(&self, checklist: &mut Checklist) -> Result<(), AppError> {
        let files = self.charges_of(checklist.month)?;
        let counting: BTreeSet<&str> = files.values().flatten().map(|file| file.batch.as_str()).collect();
        let batches = self.store.batches()?;
        let with_rejects: Vec<&str> = batches
            .iter()
            .filter(|batch| batch.rejected > 0 && counting.contains(batch.id.as_str()))
            .map(|batch| batch.id.as_str())
            .collect();
        if with_rejects.is_empty() {
            checklist.add("left-out", ItemState::Done, Refusal::new("closing-nothing-left-out"));
        } else {
            let message = Refusal::new("closing-rows-left-out").with("batches", with_rejects.join(", "));
            checklist.add("left-out", ItemState::Look, message);
        }
        Ok(())
    }

    /// The newest allocation saw the ledger as it stands, and loses nothing.
    fn check_allocated(&self, checklist: &mut Checklist) -> Result<(), AppError> {
        let month = checklist.month;
        let run = self.store.newest_runs()?.into_iter().find(|run| run.month == month);
        let stale = self.stale_months()?.contains(&month);
        let (state, message) = match run {
            None => (
                ItemState::Wrong,
                Refusal::new("closing-not-allocated").with("month", month),
            ),
            Some(_) if stale => (ItemState::Wrong, Refusal::new("closing-stale").with("month", month)),
            Some(run) => {
                let proofs = self.store.newest_proofs()?;
                let proofs: Vec<_> = proofs.iter().filter(|stored| stored.run == run.run).collect();
                let differs = proofs.iter().any(|stored| !stored.proof.difference.is_zero());
                let key = if differs { "closing-differs" } else { "closing-ties-out" };
                let state = if differs { ItemState::Wrong } else { ItemState::Done };
                (state, Refusal::new(key).with("run", run.run).with("sums", proofs.len()))
            }
        };
        checklist.add("ties-out", state, message);
        Ok(())
    }

    /// How much no rule takes, in percent of the month's effective cost.
    fn check_unallocated(&self, checklist: &mut Checklist) -> Result<(), AppError> {
        let month = checklist.month;
        let rates = self.rates()?;
        let mut sums: BTreeMap<String, (Money, Money)> = BTreeMap::new();
        for stored in self
            .store
            .newest_proofs()?
            .into_iter()
            .filter(|stored| stored.proof.month == month)
        {
            let sum = sums.entry(stored.proof.currency).or_default();
            *sum = (sum.0 + stored.proof.ledger, sum.1 + stored.proof.unallocated);
        }
        let missing: Vec<&str> = sums
            .keys()
            .filter(|currency| rates.rate(currency, month).is_none())
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let message = Refusal::new("closing-no-rate")
                .with("currencies", missing.join(", "))
                .with("month", month);
            checklist.add("unallocated", ItemState::Look, message);
            return Ok(());
        }
        let (mut whole, mut left) = (Money::ZERO, Money::ZERO);
        for (currency, (ledger, unallocated)) in sums {
            let rate = rates.rate(&currency, month).unwrap_or_default();
            whole += ledger.multiply(rate);
            left += unallocated.multiply(rate);
        }
        let percent = Ratio::checked(left, whole).map_or(Money::ZERO, |share| share.to_money().times(100).round(2));
        let most = self.configuration()?.1.books.most_unallocated_percent;
        let state = match most {
            Some(most) if percent.abs() > most => ItemState::Open,
            None if !left.is_zero() => ItemState::Look,
            _ => ItemState::Done,
        };
        let key = if most.is_some() {
            "closing-unallocated-of"
        } else {
            "closing-unallocated"
        };
        let message = Refusal::new(key)
            .with("amount", left.grouped(2))
            .with("currency", &self.settings().currency)
            .with("percent", percent)
            .with("most", most.unwrap_or_default());
        checklist.add("unallocated", state, message);
        Ok(())
    }
}
