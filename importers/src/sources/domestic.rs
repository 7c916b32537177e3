//! What the bills of the Chinese clouds have in common: 原价 is the list cost, 应付金额 what is billed.
//!
//! Their bills carry no amortised cost, so EffectiveCost is what is billed. Times are those of the console (Beijing time)
//! and kept as they are written, so that days and months agree with it.

use super::cloud::{self, Costs};
use super::{Importer, RowReader};
use crate::mapping::{ColumnSpec, Row};
use crate::output::Output;
use headroom_models::ledger::{Charge, Column, Money, Month};

/// Stands for a column that a provider's bills do not have.
pub(super) const NONE: usize = usize::MAX;

/// A Chinese cloud, with the numbers of its columns.
pub(super) struct Domestic {
    pub name: &'static str,
    pub provider: &'static str,
    pub columns: &'static [ColumnSpec],
    /// Who pays, by which the bills of several contracts are told apart; none where the column may name others too.
    pub payer: usize,
    pub month: usize,
    /// Where there is no billing month, the time that decides it.
    pub month_of: usize,
    pub billed: usize,
    pub list: usize,
    pub tax: usize,
    pub currency: usize,
    pub service: usize,
    pub service_code: usize,
    /// What was done: bought, renewed, used, refunded, adjusted.
    pub kind: usize,
    pub start: usize,
    pub end: usize,
    pub tags: usize,
    /// Columns copied as they are.
    pub copied: &'static [(Column, usize)],
    /// The kind behind a code, where bills write codes.
    pub kind_of_code: fn(&str) -> Option<&'static str>,
}

/// No codes: the bills write words.
pub(super) fn no_codes(_: &str) -> Option<&'static str> {
    None
}

impl Importer for Domestic {
    fn name(&self) -> &'static str {
        self.name
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        self.columns
    }

    fn null_word(&self) -> Option<&'static str> {
        // Consoles write it where a value makes no sense.
        Some("-")
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader(self))
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = Money::parse(row.text(self.billed)?).ok()?.money;
        let currency = row.text(self.currency).unwrap_or(row.settings.default_currency);
        Some((currency.to_ascii_uppercase(), amount))
    }
}

struct Reader(&'static Domestic);

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let bill = self.0;
        let (month_column, month) = match row.has(bill.month) {
            true => (bill.month, row.required_month(bill.month)),
            false => {
                let time = row.required_time(bill.month_of);
                (bill.month_of, time.map(|time| Month::of(time.date_naive())))
            }
        };
        let service = row.required_text(bill.service);
        let billed = row.required_decimal(bill.billed);
        let list = row.decimal(bill.list);
        let tax = row.decimal(bill.tax);
        let currency = row.currency(bill.currency);
        if let Some(month) = month {
            row.check_open(month_column, month);
        }
        // What is missing is noted, and the row goes on so that all its problems are named at once.
        let billed = billed.unwrap_or_default();
        let mut charge = cloud::charge(bill.provider, month, currency);
        charge.set_text(Column::BillingAccountId, bill.provider);
        Costs {
            list: list.unwrap_or(billed),
            ..Costs::of(billed)
        }
        .set(&mut charge);
        if let Some(tax) = tax {
            charge.set_decimal(Column::TaxAmount, tax);
        }
        cloud::copy(row, &mut charge, bill.copied);
        cloud::set_service(
            &mut charge,
            service.unwrap_or_default(),
            row.text(bill.service_code).unwrap_or_default(),
        );
        cloud::set_charge_period(row, &mut charge, bill.start, bill.end);
        if let Some(kind) = row.text(bill.kind) {
            set_kind(&mut charge, (bill.kind_of_code)(kind).unwrap_or(kind));
        }
        if let Some(tags) = row.text(bill.tags).and_then(|text| tags(row, bill.tags, text)) {
            charge.set_text(Column::Tags, tags);
        }
        if let (Some(month), false) = (month, row.failed()) {
            if let Some(payer) = row.text(bill.payer) {
                output.provider(payer);
            }
            output.charge(row, month, charge);
        }
    }
}

/// Category, class and frequency by the words that the four providers use for them.
fn set_kind(charge: &mut Charge, kind: &str) {
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let (category, class, frequency) = if has(&["退款", "退费", "退订", "退换", "冲销", "Refund", "refund"]) {
        ("Adjustment", "Correction", "One-Time")
    } else if has(&["调账", "补偿", "Adjustment", "adjustment"]) {
        ("Adjustment", "", "One-Time")
    } else if has(&["自动续", "按月付费", "按年付费"]) {
        ("Purchase", "", "Recurring")
    } else if has(&[
        "新购",
        "续费",
        "续订",
        "购买",
        "变更",
        "变配",
        "升级",
        "预付",
        "SubscriptionOrder",
    ]) {
        ("Purchase", "", "One-Time")
    } else {
        ("Usage", "", "Usage-Based")
    };
    charge
        .set_text(Column::ChargeCategory, category)
        .set_text(Column::ChargeClass, class)
        .set_text(Column::ChargeFrequency, frequency);
}

fn tags(row: &Row<'_>, column: usize, text: &str) -> Option<String> {
    let tags = match text.starts_with('{') {
        true => cloud::json_object(row, column, text),
        false => cloud::pair_tags(text),
    };
    cloud::tags_text(&tags)
}
