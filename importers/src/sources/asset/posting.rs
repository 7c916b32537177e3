//! From an asset's life to charges: one per month and holder, and one that makes up for what closed months lack.

use super::super::idc_invoice::set_period;
use crate::mapping::Row;
use crate::output::Output;
use headroom_models::assets::{Asset, AssetCost, AssetCostKind, Holder};
use headroom_models::ledger::{Charge, Column, Money, Month};
use std::collections::BTreeMap;

/// Money of one holder in one month.
struct Posting {
    month: Month,
    holder: Holder,
    billed: Money,
    effective: Money,
    tax: Money,
    words: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Recurring,
    Once,
    Correction,
}

/// What is paid once, besides the months: the money of a prepaid contract.
pub(in crate::sources) struct Payment {
    pub month: Month,
    pub billed: Money,
    /// What leaves accrual cost in that month because the months carry it.
    pub effective: Money,
    pub tax: Money,
    pub words: String,
}

/// Posts everything that an asset costs. `template` has what all of its charges have in common.
pub(in crate::sources) fn post(
    asset: &Asset,
    costs: Vec<AssetCost>,
    payment: Option<Payment>,
    template: &Charge,
    row: &Row<'_>,
    output: &mut Output<'_>,
) {
    let name = if asset.name.is_empty() {
        &asset.asset_id
    } else {
        &asset.name
    };
    let mut postings: Vec<Posting> = costs.into_iter().map(|cost| of_cost(asset, name, cost)).collect();
    postings.extend(payment.map(|payment| Posting {
        month: payment.month,
        holder: Holder {
            product: asset.product.clone(),
            module: asset.module.clone(),
        },
        billed: payment.billed,
        effective: payment.effective,
        tax: payment.tax,
        words: payment.words,
        kind: Kind::Once,
    }));
    let settings = row.settings;
    let mut closed = Vec::new();
    let mut charges: BTreeMap<Month, Vec<Charge>> = BTreeMap::new();
    for posting in postings {
        if settings.month.is_some_and(|only| only != posting.month) {
            output.not_posted(posting.month);
        } else if settings.closed.contains(&posting.month) {
            closed.push(posting);
        } else {
            charges
                .entry(posting.month)
                .or_default()
                .push(charge(template, &posting));
        }
    }
    match (settings.booked, settings.closed.last()) {
        (Some(booked), Some(last)) if settings.month.is_none() => {
            for posting in catch_up(asset, name, &closed, booked, last.plus(1)) {
                output.caught_up(posting.month);
                charges
                    .entry(posting.month)
                    .or_default()
                    .push(charge(template, &posting));
            }
        }
        _ => closed.iter().for_each(|posting| output.not_posted(posting.month)),
    }
    for (month, charges) in charges {
        output.charges(row, month, charges);
    }
}

fn of_cost(asset: &Asset, name: &str, cost: AssetCost) -> Posting {
    let word = if asset.course.prepaid {
        "Amortisation"
    } else {
        "Depreciation"
    };
    let (words, kind) = match cost.kind {
        AssetCostKind::Depreciation { number, of } => (format!("{word} {number}/{of} {name}"), Kind::Recurring),
        AssetCostKind::Disposal if cost.amount.is_negative() => (format!("Gain on disposal {name}"), Kind::Once),
        AssetCostKind::Disposal => (format!("Loss on disposal {name}"), Kind::Once),
    };
    Posting {
        month: cost.month,
        holder: cost.holder,
        billed: Money::ZERO,
        effective: cost.amount,
        tax: Money::ZERO,
        words,
        kind,
    }
}

/// What the closed months should hold less what they do, per holder: booked in the open month, so that all months together
/// are right while the closed ones stay as they were.
fn catch_up(
    asset: &Asset,
    name: &str,
    closed: &[Posting],
    booked: &crate::batch::BookedAssets,
    month: Month,
) -> Vec<Posting> {
    let mut lacking: BTreeMap<Holder, (Money, Money)> = BTreeMap::new();
    for posting in closed {
        let sum = lacking.entry(posting.holder.clone()).or_default();
        *sum = (sum.0 + posting.billed, sum.1 + posting.effective);
    }
    let from = (asset.asset_id.clone(), String::new(), String::new());
    let of_asset = booked.range(from..).take_while(|((id, ..), _)| *id == asset.asset_id);
    for ((_, product, module), (billed, effective)) in of_asset {
        let holder = Holder {
            product: product.clone(),
            module: module.clone(),
        };
        let sum = lacking.entry(holder).or_default();
        *sum = (sum.0 - *billed, sum.1 - *effective);
    }
    lacking.retain(|_, (billed, effective)| !billed.is_zero() || !effective.is_zero());
    let posting = |(holder, (billed, effective))| Posting {
        month,
        holder,
        billed,
        effective,
        tax: Money::ZERO,
        words: format!("Adjustment for closed months through {} {name}", month.plus(-1)),
        kind: Kind::Correction,
    };
    lacking.into_iter().map(posting).collect()
}

fn charge(template: &Charge, posting: &Posting) -> Charge {
    let mut charge = template.clone();
    set_period(&mut charge, posting.month);
    let list = if posting.effective.is_zero() {
        posting.billed
    } else {
        posting.effective
    };
    let (category, frequency) = match posting.kind {
        Kind::Recurring => ("Usage", "Recurring"),
        Kind::Once if posting.billed.is_zero() => ("Adjustment", "One-Time"),
        Kind::Once => ("Purchase", "One-Time"),
        Kind::Correction => ("Usage", "One-Time"),
    };
    charge
        .set_decimal(Column::BilledCost, posting.billed)
        .set_decimal(Column::EffectiveCost, posting.effective)
        .set_decimal(Column::ListCost, list)
        .set_decimal(Column::ContractedCost, list)
        .set_text(Column::ChargeCategory, category)
        .set_text(Column::ChargeFrequency, frequency)
        .set_text(Column::ChargeDescription, posting.words.as_str())
        .set_text(Column::Product, posting.holder.product.as_str())
        .set_text(Column::Module, posting.holder.module.as_str());
    if !posting.tax.is_zero() {
        charge.set_decimal(Column::TaxAmount, posting.tax);
    }
    if posting.kind == Kind::Correction {
        charge.set_text(Column::ChargeClass, "Correction");
    }
    charge
}
