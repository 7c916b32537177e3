//! What invoices say (FOCUS Invoice Detail) against what the ledger holds, and the commitments of contracts.

use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_importers::Dataset;
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// One invoice: what it says, and what the ledger has of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvoiceCompared {
    /// Who issued it.
    pub issuer: String,
    /// Its number.
    pub invoice: String,
    /// ISO 4217.
    pub currency: String,
    /// What its lines add up to; nothing when no invoice detail names it.
    pub invoiced: Option<Money>,
    /// What the charges of the ledger add up to; nothing when there are none.
    pub ledger: Option<Money>,
    /// Invoiced less ledger.
    pub difference: Money,
}

/// Issuer, number and currency of an invoice.
type InvoiceKey = (String, String, String);

/// What an invoice says, and what the ledger has of it.
type Compared = (Option<Money>, Option<Money>);

/// A commitment of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// Its id, as charges name it.
    pub id: String,
    /// Contract.
    pub contract: String,
    /// `Spend` or `Usage`.
    pub category: String,
    /// Reserved instance, savings plan, …
    pub kind: String,
    /// First day.
    pub start: String,
    /// The day after the last.
    pub end: String,
    /// What it costs over its term.
    pub cost: Option<Money>,
    /// What it is for, over its term.
    pub quantity: Option<Money>,
    /// Unit of the quantity.
    pub unit: String,
    /// ISO 4217.
    pub currency: String,
    /// How far it is, where the source says so.
    pub state: String,
}

impl App {
    /// Compares the invoices of a month with the charges of the ledger that name them. Voided invoices count as nothing.
    ///
    /// # Errors
    /// When no invoice details of the month are on record, or a file cannot be read.
    pub fn invoice_check(&self, month: Month) -> Result<Vec<InvoiceCompared>, AppError> {
        self.require_company(Permission::Read)?;
        let mut sums: BTreeMap<InvoiceKey, Compared> = BTreeMap::new();
        for (key, amount) in self.invoiced(month)? {
            *sums.entry(key).or_default().0.get_or_insert_default() += amount;
        }
        if sums.is_empty() {
            return Err(Refusal::new("refused-no-invoice-details").with("month", month).into());
        }
        let issuers: Vec<String> = sums.keys().map(|(issuer, ..)| issuer.clone()).collect();
        for (key, amount) in self.booked_by_invoice(month)? {
            if issuers.contains(&key.0) {
                *sums.entry(key).or_default().1.get_or_insert_default() += amount;
            }
        }
        let compared = sums
            .into_iter()
            .map(|((issuer, invoice, currency), (invoiced, ledger))| InvoiceCompared {
                issuer,
                invoice,
                currency,
                difference: invoiced.unwrap_or_default() - ledger.unwrap_or_default(),
                invoiced,
                ledger,
            });
        Ok(compared.collect())
    }

    /// Lines of invoices: of two records of one line the newest batch's counts.
    fn invoiced(&self, month: Month) -> Result<Vec<(InvoiceKey, Money)>, AppError> {
        let Some(frame) = self.dataset(Dataset::InvoiceDetails)? else {
            return Ok(Vec::new());
        };
        let text = |column| texts(&frame, column);
        let (months, details, issuers) = (text("month")?, text("invoice_detail_id")?, text("issuer")?);
        let (invoices, currencies, states) = (text("invoice_id")?, text("currency")?, text("status")?);
        let billed = decimal_values(&frame, "billed")?;
        let mut newest = BTreeMap::new();
        for row in 0..frame.height() {
            let key = (issuers[row].clone(), invoices[row].clone(), currencies[row].clone());
            let amount = match states[row].as_str() {
                "Voided" => Money::ZERO,
                _ => billed[row].unwrap_or_default(),
            };
            newest.insert(
                (issuers[row].clone(), details[row].clone()),
                (months[row].clone(), key, amount),
            );
        }
        let of_month = newest.into_values().filter(|(of, ..)| *of == month.to_string());
        Ok(of_month.map(|(_, key, amount)| (key, amount)).collect())
    }

    /// Billed cost by issuer, invoice and currency; what came late for a closed month belongs to that month.
    fn booked_by_invoice(&self, month: Month) -> Result<Vec<(InvoiceKey, Money)>, AppError> {
        let mut files = self.store.data_files(Dataset::Charges)?;
        files.retain(|file| file.adjusts.unwrap_or(file.month) == month);
        let Some(charges) = self.store.scan(&files)? else {
            return Ok(Vec::new());
        };
        let keys = [Column::InvoiceIssuerName, Column::InvoiceId, Column::BillingCurrency];
        let frame = charges
            .filter(col(Column::InvoiceId.name()).is_not_null())
            .group_by(keys.map(|column| col(column.name())))
            .agg([col(Column::BilledCost.name()).sum()])
            .collect()?;
        let [issuers, invoices, currencies] = keys.map(|column| texts(&frame, column.name()));
        let amounts = decimal_values(&frame, Column::BilledCost.name())?;
        let keys = issuers?.into_iter().zip(invoices?).zip(currencies?);
        Ok(keys
            .zip(amounts)
            .map(|(((issuer, invoice), currency), amount)| ((issuer, invoice, currency), amount.unwrap_or_default()))
            .collect())
    }

    /// The commitments of contracts, by their first day; of two records of one the newest batch's counts.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn contract_commitments(&self) -> Result<Vec<Commitment>, AppError> {
        self.require_company(Permission::Read)?;
        let Some(frame) = self.dataset(Dataset::Commitments)? else {
            return Ok(Vec::new());
        };
        let text = |column| texts(&frame, column);
        let (ids, contracts, categories, kinds) = (
            text("commitment_id")?,
            text("contract_id")?,
            text("category")?,
            text("type")?,
        );
        let (units, currencies, states) = (text("unit")?, text("currency")?, text("state")?);
        let (costs, quantities) = (decimal_values(&frame, "cost")?, decimal_values(&frame, "quantity")?);
        let day = |column: &str, row: usize| -> Result<String, AppError> {
            let micros = frame
                .column(column)?
                .datetime()?
                .physical()
                .get(row)
                .unwrap_or_default();
            let time = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
            Ok(time.date_naive().to_string())
        };
        let mut newest = BTreeMap::new();
        for row in 0..frame.height() {
            let commitment = Commitment {
                id: ids[row].clone(),
                contract: contracts[row].clone(),
                category: categories[row].clone(),
                kind: kinds[row].clone(),
                start: day("start", row)?,
                end: day("end", row)?,
                cost: costs[row],
                quantity: quantities[row],
                unit: units[row].clone(),
                currency: currencies[row].clone(),
                state: states[row].clone(),
            };
            newest.insert(ids[row].clone(), commitment);
        }
        let mut commitments: Vec<Commitment> = newest.into_values().collect();
        commitments.sort_by(|a, b| (&a.start, &a.id).cmp(&(&b.start, &b.id)));
        Ok(commitments)
    }
}
