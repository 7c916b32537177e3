//! What a refused request says: what is missing, and each way out with its effect.

use super::RequestOutcome;
use crate::words::{say, say_with};
use headroom_models::budget::WayOut;
use headroom_models::language::Language;
use headroom_models::ledger::Money;

fn sentence(language: Language, key: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    say_with(language, key, &values)
}

fn money(amount: Money) -> String {
    amount.grouped(2)
}

fn percent(share: Option<Money>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{} %", share.times(100).grouped(1)))
}

impl RequestOutcome {
    /// What is missing, and each way out with its effect; one sentence each.
    pub fn refusal(&self, language: Language) -> Vec<String> {
        let before = &self.before;
        let expenditure = say(language, &format!("expenditure-{}", self.account.expenditure));
        let values = [
            ("amount", money(self.amount)),
            ("currency", self.currency.clone()),
            ("product", self.account.product.clone()),
            ("expenditure", expenditure),
            ("month", self.month.to_string()),
            ("budget", money(before.budget)),
            ("actual", money(before.actual)),
            ("commitments", money(before.commitments)),
            ("room", money(self.room)),
            ("missing", money(self.missing)),
        ];
        let first = sentence(language, "request-refused", &values);
        std::iter::once(first)
            .chain(self.ways_out.iter().map(|way| self.way(language, way)))
            .collect()
    }

    fn way(&self, language: Language, way: &WayOut) -> String {
        let (product, month) = (self.account.product.clone(), self.month.to_string());
        match way {
            WayOut::Supplement {
                amount,
                year_budget,
                year_budget_after,
                growth,
            } => sentence(
                language,
                "way-out-supplement",
                &[
                    ("product", product),
                    ("amount", amount.to_string()),
                    ("before", money(*year_budget)),
                    ("after", money(*year_budget_after)),
                    ("growth", percent(*growth)),
                    ("month", month),
                ],
            ),
            WayOut::Loan {
                from,
                amount,
                room,
                room_after,
            } => sentence(
                language,
                "way-out-loan",
                &[
                    ("from", from.clone()),
                    ("product", product),
                    ("amount", amount.to_string()),
                    ("room", money(*room)),
                    ("after", money(*room_after)),
                    ("month", month),
                ],
            ),
            WayOut::Defer { month, room } => sentence(
                language,
                "way-out-defer",
                &[("month", month.to_string()), ("room", money(*room))],
            ),
        }
    }
}
