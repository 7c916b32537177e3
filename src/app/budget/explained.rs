//! Lines of a budget opened: what each was worked out from, in words that a person can follow with a pocket calculator.

use crate::app::{App, AppError};
use crate::refusal::Refusal;
use crate::store::BudgetVersion;
use crate::words::say;
use headroom_models::budget::{AssetPart, BudgetLine, Derivation, assets_behind};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{CostType, Expenditure, Money, Month};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which lines to open.
#[derive(Clone, Debug, Default)]
pub struct ExplainBudget {
    /// Fiscal year.
    pub year: i32,
    /// Version number; the approved one, else the newest, when missing.
    pub version: Option<i64>,
    /// Product.
    pub product: String,
    /// Only this module; the empty text is the lines of no module.
    pub module: Option<String>,
    /// Only this cost type.
    pub cost_type: Option<CostType>,
    /// Only running money or purchases.
    pub expenditure: Option<Expenditure>,
    /// Only this month; then the assets behind depreciation are listed as well.
    pub month: Option<Month>,
}

/// A line with how it came about.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedLine {
    /// The line, its derivation included.
    #[serde(flatten)]
    pub line: BudgetLine,
    /// Its arithmetic in both languages.
    pub how: Name,
    /// The assets whose depreciation it is, by the register of today; only when a month was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetPart>,
}

/// Lines of a version, opened.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedBudget {
    /// The version.
    pub version: BudgetVersion,
    /// Its lines that were asked for, in their order.
    pub lines: Vec<ExplainedLine>,
}

impl App {
    /// Opens lines of a budget: what each was worked out from.
    ///
    /// # Errors
    /// When there is no such version, or no line of what was asked for.
    pub fn explain_budget(&self, asked: &ExplainBudget) -> Result<ExplainedBudget, AppError> {
        let shown = self.budget(asked.year, asked.version)?;
        let of = |line: &&BudgetLine| {
            line.product == asked.product
                && asked.module.as_ref().is_none_or(|module| line.module == *module)
                && asked.cost_type.is_none_or(|of| line.cost_type == of)
                && asked.expenditure.is_none_or(|of| line.expenditure == of)
                && asked.month.is_none_or(|month| line.month == month)
        };
        let lines: Vec<&BudgetLine> = shown.lines.iter().filter(of).collect();
        if lines.is_empty() {
            let there: std::collections::BTreeSet<&str> =
                shown.lines.iter().map(|line| line.product.as_str()).collect();
            return Err(Refusal::new("refused-no-such-line")
                .with("version", shown.version.number)
                .with("year", shown.version.year)
                .with("product", &asked.product)
                .with("products", there.into_iter().collect::<Vec<_>>().join(", "))
                .into());
        }
        let is_schedule = |line: &&&BudgetLine| matches!(line.derivation, Derivation::Assets { .. });
        let mut assets = BTreeMap::new();
        if let (Some(month), true) = (asked.month, lines.iter().any(|line| is_schedule(&line))) {
            let as_of = shown.version.as_of;
            let (_, configuration) = self.configuration()?;
            let register = self.assets_where_allocated(&configuration, as_of)?;
            let rates = self.rates()?;
            let rate = |currency: &str, month: Month| rates.rate_known_at(currency, month, as_of);
            for line in lines.iter().filter(is_schedule) {
                let shared = matches!(line.derivation, Derivation::Assets { shared: true, .. });
                let behind = assets_behind(&register, as_of, &self.settings().currency, &rate, &line.key(), shared);
                assets.insert(
                    line.key(),
                    behind.into_iter().filter(|part| part.month == month).collect(),
                );
            }
        }
        let lines = lines.into_iter().map(|line| ExplainedLine {
            how: told(line),
            assets: match line.derivation {
                Derivation::Assets { .. } => assets.get(&line.key()).cloned().unwrap_or_default(),
                _ => Vec::new(),
            },
            line: line.clone(),
        });
        Ok(ExplainedBudget {
            lines: lines.collect(),
            version: shown.version,
        })
    }
}

/// How a line came about, in each language.
pub(in crate::app) fn told(line: &BudgetLine) -> Name {
    let how = sentence(line);
    Name::PerLanguage(
        Language::ALL
            .into_iter()
            .map(|language| (language, how.message(language)))
            .collect(),
    )
}

/// A physical quantity without digits that say nothing.
fn quantity(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn figure(amount: Money) -> String {
    let text = amount.grouped(4);
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

fn sentence(line: &BudgetLine) -> Refusal {
    match &line.derivation {
        Derivation::Units {
            driver,
            driver_value,
            event_factor,
            peak_factor,
            bottleneck,
            demand,
            limit,
            target_utilization,
            units_needed,
            redundancy,
            unit,
            units_in_service,
            unit_price,
            term,
            currency,
            rate,
        } => {
            let term = *term;
            let price = format!("{} {currency}", figure(*unit_price));
            let price = match *rate == Money::ONE {
                true => price,
                false => format!("{price} × {}", figure(*rate)),
            };
            Refusal::new("how-units")
                .with("driver", driver)
                .with("value", quantity(*driver_value))
                .with("peak", quantity(*peak_factor))
                .with("event", quantity(*event_factor))
                .with("demand", quantity(*demand))
                .with("bottleneck", bottleneck)
                .with("limit", quantity(*limit))
                .with("target", quantity(*target_utilization * 100.0))
                .with("unit", unit)
                .with("needed", units_needed)
                .with("redundancy", redundancy)
                .with("service", units_in_service)
                .with("price", price)
                .with_words("term", |language| {
                    term.map_or_else(String::new, |term| {
                        crate::words::say_with(
                            language,
                            "how-term",
                            &[("term", &say(language, &format!("term-{}", term.as_str())))],
                        )
                    })
                })
                .with("amount", line.amount.grouped(2))
        }
        Derivation::PlannedPurchases { purchases } => {
            let listed: Vec<String> = purchases
                .iter()
                .map(|(month, units)| format!("{month} × {units}"))
                .collect();
            let key = if line.amount.is_zero() {
                "how-purchases-paid"
            } else {
                "how-purchases"
            };
            Refusal::new(key)
                .with("purchases", listed.join(", "))
                .with("amount", line.amount.grouped(2))
                .with("cash", line.paid().grouped(2))
        }
        Derivation::Assets { assets, shared } => Refusal::new(if *shared { "how-assets-shared" } else { "how-assets" })
            .with("assets", assets)
            .with("amount", line.amount.grouped(2)),
        Derivation::Recurring { months, growth_percent } => {
            let sum: Vec<String> = months.iter().map(|(_, amount)| figure(*amount)).collect();
            let names: Vec<String> = months.iter().map(|(month, _)| month.to_string()).collect();
            Refusal::new("how-recurring")
                .with("months", names.join(", "))
                .with("sum", sum.join(" + "))
                .with("count", months.len())
                .with("growth", figure(*growth_percent))
                .with("amount", line.amount.grouped(2))
        }
        Derivation::Manual { note } => Refusal::new("how-manual").with("note", stated(note)),
        Derivation::Contract {
            contract,
            vendor,
            lines,
            currency,
            rate,
        } => {
            let listed: Vec<String> = lines
                .iter()
                .map(|(what, quantity, price, net)| {
                    format!("{what} {} × {} = {}", figure(*quantity), figure(*price), figure(*net))
                })
                .collect();
            let rate = match *rate == Money::ONE {
                true => String::new(),
                false => format!(" × {}", figure(*rate)),
            };
            Refusal::new("how-contract")
                .with("contract", contract)
                .with("vendor", vendor)
                .with("lines", listed.join("; "))
                .with("currency", format!("{currency}{rate}"))
                .with("amount", line.amount.grouped(2))
        }
        Derivation::TopDown { cap, bottom_up, note } => Refusal::new("how-top-down")
            .with("cap", cap.grouped(2))
            .with("below", bottom_up.grouped(2))
            .with("gap", (*cap - *bottom_up).grouped(2))
            .with("amount", line.amount.grouped(2))
            .with("note", stated(note)),
        Derivation::Saving { measure, note } => Refusal::new("how-saving")
            .with("measure", measure)
            .with("note", stated(note)),
    }
}

fn stated(note: &str) -> &str {
    match note.trim() {
        "" => "–",
        note => note,
    }
}
