//! Rows of the register that tell what happened to an asset: a transfer, an improvement, work done.

use super::{EVENT, EVENT_DATE, LIFE, LONGEST_LIFE, MODULE, PRICE, PRODUCT, RESIDUAL, UNITS};
use crate::diagnostics::Problem;
use crate::mapping::Row;
use crate::table::{Kind, Schema, Value};
use headroom_models::assets::{AssetEvent, AssetEventKind, Holder};
use headroom_models::ledger::Money;

/// The words of the column, with their Chinese names.
pub(super) const EVENTS: &[(&str, &str, AssetEventKind)] = &[
    ("transfer", "转移", AssetEventKind::Transfer),
    ("improvement", "改良", AssetEventKind::Improvement),
    ("units", "工作量", AssetEventKind::Units),
];

/// The dataset of events.
pub(in crate::sources) const SCHEMA: Schema = &[
    ("asset_id", Kind::Text),
    ("event", Kind::Text),
    ("date", Kind::Text),
    ("amount", Kind::Decimal),
    ("residual", Kind::Decimal),
    ("months", Kind::Integer),
    ("units", Kind::Decimal),
    ("product", Kind::Text),
    ("module", Kind::Text),
    ("source_file", Kind::Text),
    ("source_row", Kind::Integer),
];

/// The word of a row's event, quietly: for the look ahead.
pub(super) fn kind_of(row: &Row<'_>) -> Option<AssetEventKind> {
    let text = row.text(EVENT)?;
    let found = EVENTS
        .iter()
        .find(|(english, chinese, _)| english.eq_ignore_ascii_case(text) || *chinese == text);
    found.map(|(.., kind)| *kind)
}

/// Reads an event row; what is wrong with it is noted at the row.
pub(super) fn read(row: &Row<'_>, kind: AssetEventKind) -> Option<AssetEvent> {
    let mut event = AssetEvent::new(kind, row.required_date_or_month(EVENT_DATE)?);
    let not_negative = |column: usize, amount: Option<Money>| {
        if amount.is_some_and(Money::is_negative) {
            row.problem(column, Problem::Negative);
        }
        amount
    };
    match kind {
        AssetEventKind::Transfer => {
            let (product, module) = row.product_and_module(PRODUCT, MODULE);
            event.to = Holder {
                product: product.unwrap_or_default().to_owned(),
                module: module.unwrap_or_default().to_owned(),
            };
        }
        AssetEventKind::Improvement => {
            event.amount = not_negative(PRICE, row.required_decimal(PRICE));
            event.residual = not_negative(RESIDUAL, row.decimal(RESIDUAL));
            event.months = row.count(LIFE, LONGEST_LIFE).unwrap_or_default();
            event.units = not_negative(UNITS, row.measure(UNITS));
        }
        _ => {
            row.required_text(UNITS);
            event.units = not_negative(UNITS, row.measure(UNITS));
        }
    }
    (!row.failed()).then_some(event)
}

/// An event as it is kept.
pub(in crate::sources) fn record(event: &AssetEvent, row: &Row<'_>, asset: &str) -> Vec<Value> {
    let text = |text: &str| Value::from((!text.is_empty()).then_some(text));
    let amount = |amount: Option<Money>| amount.map_or(Value::Null, Value::from);
    vec![
        asset.into(),
        event.kind.as_str().into(),
        event.day.to_string().into(),
        amount(event.amount),
        amount(event.residual),
        Value::Integer(i64::from(event.months)),
        amount(event.units),
        text(&event.to.product),
        text(&event.to.module),
        row.location.source.into(),
        Value::Integer(row.number as i64),
    ]
}
