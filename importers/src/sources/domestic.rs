//! What the bills of the Chinese clouds have in common: 原价 is the list cost, 应付金额 what is billed.
//!
//! A bill carries no amortised cost, so EffectiveCost is what is billed, unless the amortized export of the month is in the same
//! import: then BilledCost is read from the bill and EffectiveCost from the amortized export, and nothing is counted twice. All
//! exports of a provider have the same source, so that one imported after another takes its place. Times are those of the console (Beijing time)
//! and kept as they are written, so that days and months agree with it.

mod views;

use super::cloud::{self, Costs};
use super::{Importer, RowReader};
use crate::diagnostics::FileError;
use crate::mapping::{ColumnSpec, Row};
use crate::output::Output;
use headroom_models::ledger::{Charge, Column, Money, Month};
use views::Views;
pub(super) use views::{View, ViewKind};

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
    /// Exports of the same money in another shape; the first whose marker is there counts.
    pub views: &'static [View],
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

    fn reads_ahead(&self) -> bool {
        true
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader {
            bill: self,
            views: Views::default(),
        })
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = row.quiet_decimal(self.view(row).amount)?;
        let currency = row.text(self.currency).unwrap_or(row.settings.default_currency);
        Some((currency.to_ascii_uppercase(), amount))
    }
}

struct Reader {
    bill: &'static Domestic,
    views: Views,
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let bill = self.bill;
        let view = bill.view(row);
        let month = self.month_of(row, &view);
        let month_column = if row.has(view.month) { view.month } else { bill.month_of };
        let service = row.required_text(bill.service);
        let billed = row.required_decimal(view.amount);
        let list = row.decimal(view.list);
        let tax = row.decimal(view.tax);
        let currency = row.currency(bill.currency);
        if let Some(month) = month {
            row.check_month(month_column, month);
        }
        // What is missing is noted, and the row goes on so that all its problems are named at once.
        let amount = billed.unwrap_or_default();
        let both = month.is_some_and(|month| {
            let payer = row.text(bill.payer).unwrap_or_default();
            self.views.both(payer, month, view.kind)
        });
        let costs = match (view.kind, both) {
            // Billed was the order, in the month of the order; here is the share of this month.
            (ViewKind::Amortized, _) => Costs {
                billed: Money::ZERO,
                list: list.unwrap_or(amount),
                ..Costs::of(amount)
            },
            (_, true) => Costs {
                effective: Money::ZERO,
                list: Money::ZERO,
                contracted: Money::ZERO,
                billed: amount,
            },
            (_, false) => Costs {
                list: list.unwrap_or(amount),
                ..Costs::of(amount)
            },
        };
        let mut charge = cloud::charge(bill.provider, month, currency);
        charge.set_text(Column::BillingAccountId, bill.provider);
        costs.set(&mut charge);
        if let Some(tax) = tax {
            charge.set_decimal(Column::TaxAmount, tax);
        }
        // Where the bill has no description, the service is it.
        charge.set_text(Column::ChargeDescription, service.unwrap_or_default());
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
        if both && charge.decimal(Column::PricingQuantity).is_some() {
            // The quantities stand in the rows of the other view, once.
            charge.set_decimal(Column::PricingQuantity, Money::ZERO);
        }
        cloud::keep_to_focus(&mut charge);
        if let (Some(month), false) = (month, row.failed()) {
            if let Some(payer) = row.text(bill.payer) {
                output.provider(payer);
            }
            output.charge(row, month, charge);
        }
    }

    fn ahead(&mut self, row: &Row<'_>) {
        let view = self.bill.view(row);
        if let Some(month) = self.month_of(row, &view) {
            let payer = row.text(self.bill.payer).unwrap_or_default();
            self.views.see_ahead(row, payer, month, view.kind);
        }
    }

    fn disagreements(&self) -> Vec<FileError> {
        self.views.disagreements()
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.views.notes().into_iter().for_each(|note| output.note(note));
    }
}

impl Reader {
    /// The billing month of a row, from its column or from the time that stands in for it.
    fn month_of(&self, row: &Row<'_>, view: &View) -> Option<Month> {
        match row.has(view.month) {
            true => row.required_month(view.month),
            false => row
                .required_time(self.bill.month_of)
                .map(|time| Month::of(time.date_naive())),
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
