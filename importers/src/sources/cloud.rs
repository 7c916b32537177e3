//! What the bills of all public clouds have in common.

mod focus_rules;
mod services;

use super::idc_invoice::set_period;
use crate::diagnostics::Problem;
use crate::mapping::Row;
use headroom_models::ledger::{Charge, Column, ColumnKind, CostType, Expenditure, Money, Month, ResourceMode};
use std::collections::BTreeMap;

pub(super) use focus_rules::keep_to_focus;

/// A charge of a cloud provider for a month, with everything set that follows from that alone.
pub(super) fn charge(provider: &str, month: Option<Month>, currency: Option<String>) -> Charge {
    let mut charge = Charge::new();
    if let Some(month) = month {
        set_period(&mut charge, month);
    }
    charge
        .set_text(Column::ProviderName, provider)
        .set_text(Column::PublisherName, provider)
        .set_text(Column::InvoiceIssuerName, provider)
        .set_text(Column::BillingCurrency, currency.unwrap_or_default())
        .set_text(Column::ChargeCategory, "Usage")
        .set_text(Column::ChargeFrequency, "Usage-Based")
        .set_text(Column::ResourceMode, ResourceMode::Cloud.as_str())
        .set_text(Column::CostType, CostType::Cloud.as_str())
        .set_text(Column::Expenditure, Expenditure::Opex.as_str());
    charge
}

/// The four amounts of a charge.
pub(super) struct Costs {
    pub billed: Money,
    pub effective: Money,
    pub list: Money,
    pub contracted: Money,
}

impl Costs {
    /// One amount for everything.
    pub fn of(amount: Money) -> Costs {
        Costs {
            billed: amount,
            effective: amount,
            list: amount,
            contracted: amount,
        }
    }

    pub fn set(&self, charge: &mut Charge) {
        charge
            .set_decimal(Column::BilledCost, self.billed)
            .set_decimal(Column::EffectiveCost, self.effective)
            .set_decimal(Column::ListCost, self.list)
            .set_decimal(Column::ContractedCost, self.contracted);
    }
}

/// Copies texts, quantities and prices as they are, units in the notation of FOCUS; columns that are not there or empty stay null.
pub(super) fn copy(row: &Row<'_>, charge: &mut Charge, columns: &[(Column, usize)]) {
    for &(column, index) in columns {
        match column.kind() {
            ColumnKind::Decimal => {
                if let Some(amount) = row.measure(index) {
                    charge.set_decimal(column, amount);
                }
            }
            _ => {
                let Some(text) = row.text(index) else { continue };
                match column {
                    Column::PricingUnit | Column::ConsumedUnit => charge.set_text(column, focus_rules::unit(text)),
                    _ => charge.set_text(column, text),
                };
            }
        }
    }
}

/// Sets when the charge was incurred; without both times it stays the billing month.
pub(super) fn set_charge_period(row: &Row<'_>, charge: &mut Charge, start: usize, end: usize) {
    let (Some(from), Some(to)) = (row.time(start), row.time(end)) else {
        return;
    };
    if to < from {
        return row.problem(end, Problem::EndsBeforeStart);
    }
    charge
        .set_timestamp(Column::ChargePeriodStart, from)
        .set_timestamp(Column::ChargePeriodEnd, to);
}

/// Sets name and category of the service.
pub(super) fn set_service(charge: &mut Charge, name: &str, code: &str) {
    let category = services::category(code)
        .or_else(|| services::category(name))
        .unwrap_or("Other");
    charge
        .set_text(Column::ServiceName, focus_rules::name(name))
        .set_text(Column::ServiceCategory, category)
        .set_text(Column::ServiceSubcategory, format!("Other ({category})"));
}

/// Tags as a JSON object with sorted keys; nothing when there are none.
pub(super) fn tags_text(tags: &BTreeMap<String, String>) -> Option<String> {
    (!tags.is_empty()).then(|| serde_json::to_string(tags).ok())?
}

/// A cell with a JSON object, its values as texts; nothing when the cell is empty.
pub(super) fn json_object(row: &Row<'_>, column: usize, text: &str) -> BTreeMap<String, String> {
    let exact = exact_numbers(text);
    let object = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&exact).ok();
    match object.or_else(|| pair_list(&exact)) {
        Some(object) => object
            .into_iter()
            .filter_map(|(key, value)| match value {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => Some((key, text)),
                other => Some((key, other.to_string())),
            })
            .collect(),
        None => {
            row.problem(column, Problem::NotAnObject);
            BTreeMap::new()
        }
    }
}

/// An object written as a list of `key` and `value`, as maps of Parquet files are.
pub(super) fn pair_list(json: &str) -> Option<BTreeMap<String, serde_json::Value>> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        key: String,
        #[serde(default)]
        value: serde_json::Value,
    }
    let pairs: Vec<Pair> = serde_json::from_str(json).ok()?;
    Some(pairs.into_iter().map(|pair| (pair.key, pair.value)).collect())
}

/// JSON with its numbers as texts, so that amounts are read digit for digit and never become binary floats.
pub(crate) fn exact_numbers(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 8);
    let (mut in_string, mut escaped, mut in_number) = (false, false, false);
    for letter in json.chars() {
        let number =
            !in_string && (letter.is_ascii_digit() || (in_number && "+-.eE".contains(letter)) || letter == '-');
        if number != in_number {
            text.push('"');
            in_number = number;
        }
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        text.push(letter);
    }
    if in_number {
        text.push('"');
    }
    text
}

/// Tags written as `key:value` pairs, separated by semicolons or blanks: `key:team value:video; key:env value:prod`,
/// `team:video;env:prod`.
pub(super) fn pair_tags(text: &str) -> BTreeMap<String, String> {
    let pieces = text.split([';', '；', '|', '\n']).map(str::trim);
    let pieces = pieces.filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            let pair = piece
                .strip_prefix("key:")
                .and_then(|rest| rest.split_once(" value:"))
                .or_else(|| piece.split_once([':', '=']));
            let (key, value) = pair.unwrap_or((piece, ""));
            (key.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_json_stay_exact() {
        assert_eq!(
            exact_numbers(r#"[{"a": -1.2E-7, "b-1": "x\"3", "c": null}]"#),
            r#"[{"a": "-1.2E-7", "b-1": "x\"3", "c": null}]"#
        );
        assert_eq!(exact_numbers("1"), "\"1\"");
    }

    #[test]
    fn tags_as_pairs() {
        let expected = BTreeMap::from([
            ("team".to_owned(), "video".to_owned()),
            ("env".to_owned(), "prod".to_owned()),
        ]);
        assert_eq!(pair_tags("key:team value:video; key:env value:prod"), expected);
        assert_eq!(pair_tags("team:video;env:prod"), expected);
    }
}
