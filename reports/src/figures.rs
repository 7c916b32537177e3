//! Figures as people read them: grouped, signed, in percent, in millions or 万元.

use crate::Words;
use headroom_models::language::Language;
use headroom_models::ledger::Money;

/// What headline figures are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The currency itself.
    One,
    /// Thousands.
    Thousand,
    /// 万.
    TenThousand,
    /// Millions.
    Million,
}

impl Unit {
    /// The unit in which an amount of this size reads best.
    pub fn for_amount(amount: Money, language: Language) -> Unit {
        let size = amount.abs();
        match language {
            Language::SimplifiedChinese if size >= Money::whole(100_000) => Unit::TenThousand,
            Language::English if size >= Money::whole(1_000_000) => Unit::Million,
            Language::English if size >= Money::whole(100_000) => Unit::Thousand,
            _ => Unit::One,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Unit::One => "one",
            Unit::Thousand => "thousand",
            Unit::TenThousand => "ten-thousand",
            Unit::Million => "million",
        }
    }

    /// One of the currency in this unit: `0.0001` for 万.
    pub fn factor(self) -> Money {
        Money::from_units(match self {
            Unit::One => 1_000_000_000_000_000_000,
            Unit::Thousand => 1_000_000_000_000_000,
            Unit::TenThousand => 100_000_000_000_000,
            Unit::Million => 1_000_000_000_000,
        })
    }
}

/// What stands in the place of a hidden amount.
const HIDDEN: &str = "•••";

/// Writes figures in one language and currency.
#[derive(Clone, Debug)]
pub struct Figures {
    words: Words,
    currency: String,
    unit: Unit,
    hidden: bool,
}

impl Figures {
    /// Figures of `currency`; headline figures in the unit that suits `largest`.
    pub fn new(words: Words, currency: &str, largest: Money) -> Figures {
        Figures {
            words,
            currency: currency.to_owned(),
            unit: Unit::for_amount(largest, words.language()),
            hidden: false,
        }
    }

    /// The same with headline figures in a unit.
    pub fn in_unit(self, unit: Unit) -> Figures {
        Figures { unit, ..self }
    }

    /// The same with dots in the place of every amount of money, for showing a screen to others. Ratios stay.
    pub fn hidden(self) -> Figures {
        Figures { hidden: true, ..self }
    }

    /// The words beside the figures.
    pub fn words(&self) -> Words {
        self.words
    }

    /// The unit of headline figures.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The currency as a reader calls it: `CNY`, or 元.
    pub fn currency(&self) -> String {
        let key = self.currency.to_ascii_lowercase();
        let word = self.words.known_or_same("currency", &key);
        if word == key { self.currency.clone() } else { word }
    }

    /// The unit of headline figures in words: `CNY million`, 万元.
    pub fn unit_label(&self) -> String {
        self.words
            .with(&format!("unit-{}", self.unit.key()), &[("currency", &self.currency())])
    }

    /// With thousands separators and cents.
    pub fn money(&self, amount: Money) -> String {
        if self.hidden {
            return HIDDEN.to_owned();
        }
        minus(amount.grouped(2))
    }

    /// Like [`Figures::money`], or a dash for nothing.
    pub fn money_or_dash(&self, amount: Option<Money>) -> String {
        amount.map_or_else(|| "–".to_owned(), |amount| self.money(amount))
    }

    /// With a sign on both sides of zero.
    pub fn signed(&self, amount: Money) -> String {
        if self.hidden {
            return HIDDEN.to_owned();
        }
        with_sign(amount, self.money(amount))
    }

    /// With cents and the currency: `CNY 1,234.50`, 1,234.50 元.
    pub fn exact(&self, amount: Money) -> String {
        self.words.with(
            "amount-one",
            &[("value", &self.money(amount)), ("currency", &self.currency())],
        )
    }

    /// The bare headline figure in the unit of the report: `126.30`.
    pub fn short(&self, amount: Money) -> String {
        if self.hidden {
            return HIDDEN.to_owned();
        }
        minus(amount.multiply(self.unit.factor()).grouped(2))
    }

    /// The bare headline figure with a sign.
    pub fn short_signed(&self, amount: Money) -> String {
        if self.hidden {
            return HIDDEN.to_owned();
        }
        with_sign(amount.multiply(self.unit.factor()).round(2), self.short(amount))
    }

    /// The headline figure with its unit: `CNY 126.30 million`, 12,630.00 万元.
    pub fn amount(&self, amount: Money) -> String {
        let key = format!("amount-{}", self.unit.key());
        self.words
            .with(&key, &[("value", &self.short(amount)), ("currency", &self.currency())])
    }

    /// The headline figure with a sign and its unit: `CNY +1.04 million`, +103.92 万元.
    pub fn amount_signed(&self, amount: Money) -> String {
        let key = format!("amount-{}", self.unit.key());
        self.words.with(
            &key,
            &[("value", &self.short_signed(amount)), ("currency", &self.currency())],
        )
    }

    /// A ratio in percent with one digit.
    pub fn percent(&self, ratio: Money) -> String {
        format!("{}%", minus(ratio.times(100).grouped(1)))
    }

    /// Like [`Figures::percent`], or a dash for nothing.
    pub fn percent_or_dash(&self, ratio: Option<Money>) -> String {
        ratio.map_or_else(|| "–".to_owned(), |ratio| self.percent(ratio))
    }

    /// A ratio as a change in percent: 1.12 is `+12.0%`.
    pub fn change(&self, ratio: Money) -> String {
        let change = ratio - Money::ONE;
        with_sign(change.times(100).round(1), self.percent(change))
    }
}

/// A true minus sign lines up with the plus.
fn minus(text: String) -> String {
    text.replace('-', "−")
}

fn with_sign(amount: Money, text: String) -> String {
    if amount.round(2).is_zero() || amount.is_negative() {
        text
    } else {
        format!("+{text}")
    }
}
