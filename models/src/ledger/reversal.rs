//! Charges made from charges: taken back (what was booked in a closed month, once more with the opposite sign in an open one)
//! and estimated (what a bill that has not come is expected to hold, from the month before).

use super::{Column, ColumnKind, Month, SCALE};
use polars::prelude::*;

/// Decimal columns that are prices, not amounts: a price taken back is still the same price.
const PRICES: [Column; 4] = [
    Column::ContractedUnitPrice,
    Column::ListUnitPrice,
    Column::PricingCurrencyContractedUnitPrice,
    Column::PricingCurrencyListUnitPrice,
];

/// The reversal of charges of the closed month `original`, booked in `booked` by `batch`.
///
/// Costs and quantities change their sign; prices, attributes and the place in the source stay, so that each line leads to
/// the line that it takes back. FOCUS calls it a correction. Added to the charges, every sum is zero.
///
/// # Errors
/// When the frame is not of the ledger's schema.
pub fn reversed(charges: &DataFrame, original: Month, booked: Month, batch: &str) -> PolarsResult<DataFrame> {
    let rows = charges.height();
    let columns = Column::ALL.iter().map(|&column| {
        Ok(match column {
            Column::BillingPeriodStart => month_start(column, booked, rows),
            Column::BillingPeriodEnd => month_start(column, booked.plus(1), rows),
            Column::ChargeClass => same_text(column, "Correction", rows),
            Column::OriginalMonth => same_text(column, &original.to_string(), rows),
            Column::ImportId => same_text(column, batch, rows),
            _ if column.kind() == ColumnKind::Decimal && !PRICES.contains(&column) => {
                let amounts = charges
                    .column(column.name())?
                    .as_materialized_series()
                    .decimal()?
                    .physical()
                    .clone();
                let units = amounts.apply_values(|units| -units);
                units.into_decimal(38, SCALE as usize)?.into_column()
            }
            _ => charges.column(column.name())?.clone(),
        })
    });
    DataFrame::new(rows, columns.collect::<PolarsResult<Vec<_>>>()?)
}

/// Charges of another month as an estimate of `month`, marked `basis` in `x_Estimate`: same attributes and amounts, no invoice.
/// What comes once or corrects something stays out.
///
/// # Errors
/// When the frame is not of the ledger's schema.
pub fn estimated(charges: &DataFrame, month: Month, basis: &str, batch: &str) -> PolarsResult<DataFrame> {
    let text = |column: Column| charges.column(column.name())?.str();
    let (frequency, class) = (text(Column::ChargeFrequency)?, text(Column::ChargeClass)?);
    let recurs = frequency
        .iter()
        .zip(class.iter())
        .map(|(frequency, class)| frequency != Some("One-Time") && class != Some("Correction"));
    let recurs: BooleanChunked = recurs.collect();
    let charges = charges.filter(&recurs)?;
    let rows = charges.height();
    let columns = Column::ALL.iter().map(|&column| {
        Ok(match column {
            Column::BillingPeriodStart | Column::ChargePeriodStart => month_start(column, month, rows),
            Column::BillingPeriodEnd | Column::ChargePeriodEnd => month_start(column, month.plus(1), rows),
            Column::InvoiceId => StringChunked::full_null(PlSmallStr::from_static(column.name()), rows).into_column(),
            Column::Estimate => same_text(column, basis, rows),
            Column::ImportId => same_text(column, batch, rows),
            _ => charges.column(column.name())?.clone(),
        })
    });
    DataFrame::new(rows, columns.collect::<PolarsResult<Vec<_>>>()?)
}

fn same_text(column: Column, value: &str, rows: usize) -> polars::prelude::Column {
    StringChunked::full(PlSmallStr::from_static(column.name()), value, rows).into_column()
}

fn month_start(column: Column, month: Month, rows: usize) -> polars::prelude::Column {
    let midnight = month.first_day().and_time(chrono::NaiveTime::MIN).and_utc();
    Int64Chunked::full(
        PlSmallStr::from_static(column.name()),
        midnight.timestamp_micros(),
        rows,
    )
    .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
    .into_column()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Charge, ChargeFrame, Money, decimal_values, text_values};

    #[test]
    fn charges_and_their_reversal_come_to_nothing() {
        let mut frame = ChargeFrame::default();
        for amount in ["12.5", "-0.000000000000000001"] {
            let mut charge = Charge::new();
            charge
                .set_decimal(Column::BilledCost, amount.parse().unwrap())
                .set_decimal(Column::ListUnitPrice, Money::ONE)
                .set_text(Column::ImportId, "B000001")
                .set_text(Column::SourceFile, "june.csv");
            frame.push(charge);
        }
        let charges = frame.take().unwrap();
        let month = |text: &str| text.parse::<Month>().unwrap();
        let back = reversed(&charges, month("2026-06"), month("2026-07"), "B000002").unwrap();
        assert_eq!(back.schema(), charges.schema());
        let sum =
            |frame: &DataFrame| -> Money { decimal_values(frame, "BilledCost").unwrap().into_iter().flatten().sum() };
        assert_eq!(sum(&charges) + sum(&back), Money::ZERO);
        assert_eq!(decimal_values(&back, "ListUnitPrice").unwrap()[0], Some(Money::ONE));
        assert_eq!(decimal_values(&back, "EffectiveCost").unwrap(), [None, None]);
        let text = |column: &str| text_values(&back, column).unwrap()[0].clone().unwrap_or_default();
        assert_eq!(
            ["ImportId", "x_OriginalMonth", "ChargeClass", "x_SourceFile"].map(|name| match name {
                "ImportId" => text("x_ImportId"),
                name => text(name),
            }),
            ["B000002", "2026-06", "Correction", "june.csv"]
        );
        let start = back
            .column("BillingPeriodStart")
            .unwrap()
            .cast(&DataType::Int64)
            .unwrap();
        let july = chrono::DateTime::parse_from_rfc3339("2026-07-01T00:00:00Z").unwrap();
        assert_eq!(start.i64().unwrap().get(0), Some(july.timestamp_micros()));
    }
}
