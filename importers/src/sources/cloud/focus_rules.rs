//! What FOCUS asks of columns that depend on each other, where the bills of the clouds know less or other things.

use super::super::idc_invoice::product_of;
use headroom_models::ledger::{Charge, Column, Money};
use std::borrow::Cow;

/// Columns that a tax does not have, whatever stands in the bill.
const NOT_OF_TAXES: &[Column] = &[
    Column::SkuId,
    Column::SkuMeter,
    Column::SkuPriceId,
    Column::PricingCategory,
    Column::PricingQuantity,
    Column::PricingUnit,
    Column::ListUnitPrice,
    Column::ContractedUnitPrice,
];

/// Unsets what FOCUS does not allow beside the rest of the charge.
///
/// A tax has no product and no quantity. Only usage is consumed. A unit price stands where quantity × price is the cost,
/// which tiers, free grants and rounding to cents undo in bills; a price id stands where both unit prices do. A unit needs its quantity.
pub(in super::super) fn keep_to_focus(charge: &mut Charge) {
    let category = charge.text(Column::ChargeCategory).unwrap_or_default();
    let (tax, usage, purchase) = (category == "Tax", category == "Usage", category == "Purchase");
    let unused = charge.text(Column::CommitmentDiscountStatus) == Some("Unused");
    if tax {
        charge.unset(NOT_OF_TAXES);
    }
    if !usage || unused {
        charge.unset(&[Column::ConsumedQuantity, Column::ConsumedUnit]);
    }
    if purchase && charge.text(Column::ChargeFrequency) == Some("Usage-Based") {
        charge.set_text(Column::ChargeFrequency, "One-Time");
    }
    for (cost, price) in [
        (Column::ListCost, Column::ListUnitPrice),
        (Column::ContractedCost, Column::ContractedUnitPrice),
    ] {
        if !explains(charge, price, cost) {
            charge.unset(&[price]);
        }
    }
    let priced = |column| charge.decimal(column).is_some();
    if !priced(Column::ListUnitPrice) || !priced(Column::ContractedUnitPrice) {
        charge.unset(&[Column::SkuPriceId]);
    }
    for (quantity, unit) in [
        (Column::PricingQuantity, Column::PricingUnit),
        (Column::ConsumedQuantity, Column::ConsumedUnit),
    ] {
        match (charge.decimal(quantity), charge.text(unit)) {
            (None, Some(_)) => charge.unset(&[unit]),
            (Some(_), None) => {
                charge.set_text(unit, "Units");
            }
            _ => {}
        }
    }
}

/// Whether quantity × unit price is the cost, to one part in 10⁹.
fn explains(charge: &Charge, price: Column, cost: Column) -> bool {
    let amount = |column| charge.decimal(column);
    let (Some(price), Some(quantity), Some(cost)) = (amount(price), amount(Column::PricingQuantity), amount(cost))
    else {
        return false;
    };
    let Some(product) = product_of(quantity, price) else {
        return false;
    };
    let allowed = cost.abs().max(Money::ONE).units() / 1_000_000_000;
    (product.units() - cost.units()).abs() <= allowed
}

const PERIODS: &[(&str, &str)] = &[
    ("second", "Second"),
    ("sec", "Second"),
    ("minute", "Minute"),
    ("hour", "Hour"),
    ("hr", "Hour"),
    ("day", "Day"),
    ("month", "Month"),
    ("mo", "Month"),
    ("year", "Year"),
    ("yr", "Year"),
];

/// The name that FOCUS has for a unit of time, without its plural.
fn period(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let known = |word: &str| {
        PERIODS
            .iter()
            .find(|(short, _)| *short == word)
            .map(|(_, period)| *period)
    };
    known(&word).or_else(|| known(word.strip_suffix('s')?))
}

/// A unit in the notation of FOCUS where the provider's own says the same in another way: `GB-Mo` is `GB-Months`,
/// `Hrs` is `Hours`, `10K` is `10000 Units`, `1/Month` is `Units/Month`, `1 GB/Month` is `GB/Month`. Others stay as they are.
pub(super) fn unit(text: &str) -> Cow<'_, str> {
    if let Some(period) = period(text) {
        return format!("{period}s").into();
    }
    for (letter, zeros) in [('K', "000"), ('M', "000000")] {
        if let Some(digits) = text.strip_suffix(letter)
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return format!("{digits}{zeros} Units").into();
        }
    }
    if let Some((what, time)) = text.rsplit_once('-')
        && let Some(period) = period(time)
    {
        return format!("{}-{period}s", what.replace('-', " ")).into();
    }
    if let Some((what, time)) = text.rsplit_once('/')
        && let Some(period) = period(time)
    {
        let what = if what == "1" {
            "Units"
        } else {
            what.strip_prefix("1 ").unwrap_or(what)
        };
        return format!("{what}/{period}").into();
    }
    text.into()
}

/// A name in the letters that FOCUS allows in names of services: without the signs of trade marks.
pub(super) fn name(text: &str) -> Cow<'_, str> {
    match text.contains(['®', '™', '©', '℠']) {
        true => text.replace(['®', '™', '©', '℠'], "").into(),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_written_as_focus_writes_them() {
        for (text, expected) in [
            ("GB-Mo", "GB-Months"),
            ("Hrs", "Hours"),
            ("Lambda-GB-Second", "Lambda GB-Seconds"),
            ("Obj-Month", "Obj-Months"),
            ("10K", "10000 Units"),
            ("1M", "1000000 Units"),
            ("1/Month", "Units/Month"),
            ("1 GB/Month", "GB/Month"),
            ("1 Hour", "1 Hour"),
            ("K", "K"),
            ("API Requests", "API Requests"),
            ("元/月", "元/月"),
            ("gibibyte month", "gibibyte month"),
        ] {
            assert_eq!(unit(text), expected, "{text}");
        }
    }

    #[test]
    fn a_price_stands_where_it_explains_the_cost() {
        let charge = |quantity: &str| {
            let mut charge = Charge::new();
            for (column, amount) in [
                (Column::PricingQuantity, quantity),
                (Column::ListUnitPrice, "0.1"),
                (Column::ListCost, "0.2"),
                (Column::ContractedUnitPrice, "0.05"),
                (Column::ContractedCost, "0.1"),
            ] {
                charge.set_decimal(column, amount.parse().unwrap());
            }
            charge
                .set_text(Column::ChargeCategory, "Usage")
                .set_text(Column::SkuPriceId, "price-1");
            keep_to_focus(&mut charge);
            charge
        };
        let kept = charge("2");
        assert_eq!(kept.text(Column::SkuPriceId), Some("price-1"));
        assert_eq!(kept.text(Column::PricingUnit), Some("Units"));
        let lost = charge("3");
        assert_eq!(
            (lost.text(Column::SkuPriceId), lost.decimal(Column::ListUnitPrice)),
            (None, None)
        );
    }
}
