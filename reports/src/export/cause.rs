//! The main cause of a variance with its number, in a sentence of each language.

use crate::data::{CauseDetail, Level, Named, Variance, VarianceCause};
use crate::{Figures, Words};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::Money;
use headroom_models::variance::Part;

/// What the things of a sentence are called.
pub struct CauseNames<'a> {
    /// Name of the row.
    pub subject: &'a Name,
    /// Id of the row.
    pub subject_id: &'a str,
    /// Product that the cause is largest in.
    pub product: Option<Named>,
    /// Module that the cause is largest in.
    pub module: Option<Name>,
}

/// `Ads: CNY 1,012,345.00 over budget to date, mainly more resources per unit of business than planned (+781,200.00) in …`.
pub fn cause_sentence(
    level: Level,
    names: &CauseNames<'_>,
    variance: &Variance,
    cause: Option<&VarianceCause>,
    currency: &str,
) -> Name {
    let of = |language| sentence(Words::of(language), level, names, variance, cause, currency);
    Name::PerLanguage(
        Language::ALL
            .into_iter()
            .map(|language| (language, of(language)))
            .collect(),
    )
}

fn sentence(
    words: Words,
    level: Level,
    names: &CauseNames<'_>,
    variance: &Variance,
    cause: Option<&VarianceCause>,
    currency: &str,
) -> String {
    let figures = Figures::new(words, currency, Money::ZERO);
    let subject = if names.subject.in_language(words.language()).is_empty() {
        words.text("cause-no-module")
    } else {
        words.name(names.subject_id, names.subject)
    };
    let difference = variance.end - variance.start;
    let Some(cause) = cause.filter(|_| !difference.round(2).is_zero()) else {
        return words.with("cause-on-budget", &[("subject", &subject)]);
    };
    let direction = if cause.amount.is_negative() { "down" } else { "up" };
    // Without a model nobody knows what the business needed: it is usage that differs.
    let part = match (cause.part, &cause.detail) {
        (Part::Efficiency, CauseDetail::Amount { .. }) => "usage",
        (part, _) => part.as_str(),
    };
    let kind = words.text(&format!("cause-{part}-{direction}"));
    let key = if difference.is_negative() {
        "cause-under"
    } else {
        "cause-over"
    };
    let values: [(&'static str, &str); 6] = [
        ("subject", &subject),
        ("difference", &figures.exact(difference.abs())),
        ("cause", &kind),
        ("amount", &figures.signed(cause.amount)),
        ("place", &place(words, level, names, cause)),
        ("detail", &detail(words, &figures, &cause.detail)),
    ];
    words.with(key, &values)
}

/// Where the cause is largest, as far as the row does not say it itself.
fn place(words: Words, level: Level, names: &CauseNames<'_>, cause: &VarianceCause) -> String {
    let mut said = Vec::new();
    if matches!(level, Level::Company | Level::Department)
        && let Some(product) = &names.product
    {
        said.push(words.name(&product.id, &product.name));
    }
    if level != Level::Module
        && let Some(module) = &names.module
    {
        said.push(module.in_language(words.language()).to_owned());
    }
    said.push(words.cost_type(cause.cost_type));
    said.retain(|part| !part.is_empty());
    said.join(" / ")
}

fn detail(words: Words, figures: &Figures, detail: &CauseDetail) -> String {
    let with_since = |text: String, since: Option<headroom_models::ledger::Month>| match since {
        Some(month) => words.with("cause-since", &[("text", &text), ("month", &words.month_long(month))]),
        None => text,
    };
    match detail {
        CauseDetail::Driver { driver, ratio } => {
            let (key, change) = if *ratio < Money::ONE {
                ("cause-driver-below", Money::ONE - *ratio)
            } else {
                ("cause-driver-above", *ratio - Money::ONE)
            };
            words.with(key, &[("driver", driver), ("percent", &figures.percent(change))])
        }
        CauseDetail::Units {
            unit,
            actual,
            needed,
            since,
        } => {
            let text = words.with(
                "cause-units",
                &[
                    ("unit", unit),
                    ("actual", &actual.grouped(1)),
                    ("needed", &needed.grouped(1)),
                ],
            );
            with_since(text, *since)
        }
        CauseDetail::Price { unit, ratio } => {
            words.with("cause-price", &[("unit", unit), ("change", &figures.change(*ratio))])
        }
        CauseDetail::Rate { ratio } => words.with("cause-rate", &[("change", &figures.change(*ratio))]),
        CauseDetail::Amount { since: Some(month) } => {
            words.with("cause-only-since", &[("month", &words.month_long(*month))])
        }
        CauseDetail::Amount { since: None } => String::new(),
    }
}
