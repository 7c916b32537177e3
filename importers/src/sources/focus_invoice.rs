//! FOCUS Invoice Detail (1.4): what the invoices of a month say, to hold against the charges of the ledger.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema, Value};
use headroom_models::ledger::Month;
use std::collections::HashMap;

/// Reads FOCUS Invoice Detail files.
pub(crate) struct FocusInvoice;

/// Remembers the rows read so far: of two rows with one id neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<String, u64>,
}

columns! {
    DETAIL = required("InvoiceDetailId", "");
    INVOICE = required("InvoiceId", "");
    ISSUER = required("InvoiceIssuerName", "");
    STATUS = required("InvoiceIssueStatus", "");
    START = required("BillingPeriodStart", "");
    CATEGORY = required("ChargeCategory", "");
    BILLED = required("BilledCost", "");
    CURRENCY = required("BillingCurrency", "");
    ACCOUNT = optional("BillingAccountId", "");
    ISSUED = optional("InvoiceIssueDate", "");
    DUE = optional("PaymentDueDate", "");
    TERMS = optional("PaymentTerms", "");
    ORDER = optional("PurchaseOrderNumber", "");
    REFERENCE = optional("ReferenceInvoiceId", "");
    DESCRIPTION = optional("InvoiceDetailDescription", "");
    PAYMENT_CURRENCY = optional("PaymentCurrency", "");
    PAYMENT_BILLED = optional("PaymentCurrencyBilledCost", "");
}

const SCHEMA: Schema = &[
    ("month", Kind::Text),
    ("invoice_detail_id", Kind::Text),
    ("invoice_id", Kind::Text),
    ("issuer", Kind::Text),
    ("status", Kind::Text),
    ("category", Kind::Text),
    ("billed", Kind::Decimal),
    ("currency", Kind::Text),
    ("account", Kind::Text),
    ("issued", Kind::Timestamp),
    ("due", Kind::Timestamp),
    ("terms", Kind::Text),
    ("purchase_order", Kind::Text),
    ("reference_invoice", Kind::Text),
    ("description", Kind::Text),
    ("payment_currency", Kind::Text),
    ("payment_billed", Kind::Decimal),
];

const STATES: &[(&str, &str, &str)] = &[("Open", "", "Open"), ("Issued", "", "Issued"), ("Voided", "", "Voided")];

impl Importer for FocusInvoice {
    fn name(&self) -> &'static str {
        "focus-invoice"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn leaves_out_nulls(&self) -> bool {
        true
    }

    fn null_word(&self) -> Option<&'static str> {
        Some("NULL")
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let detail = row.required_text(DETAIL);
        let invoice = row.required_text(INVOICE);
        let issuer = row.required_text(ISSUER);
        let status = row.required_word(STATUS, STATES);
        let start = row.required_text(START).and_then(|text| row.utc_time_of(START, text));
        let billed = row.required_decimal(BILLED);
        row.required_text(CURRENCY);
        let currency = row.currency(CURRENCY);
        let (issued, due) = (row.time(ISSUED), row.time(DUE));
        let payment = row.decimal(PAYMENT_BILLED);
        if let Some(&earlier) = detail.and_then(|detail| self.rows.get(detail)) {
            row.problem(DETAIL, Problem::Repeated { row: earlier });
        }
        let (Some(detail), Some(invoice), Some(issuer), Some(status)) = (detail, invoice, issuer, status) else {
            return;
        };
        let (Some(start), Some(billed), Some(currency)) = (start, billed, currency) else {
            return;
        };
        let month = Month::of(start.date_naive());
        row.check_month(START, month);
        if row.failed() {
            return;
        }
        self.rows.insert(detail.to_owned(), row.number);
        output.provider(issuer);
        let record = vec![
            month.to_string().into(),
            detail.into(),
            invoice.into(),
            issuer.into(),
            status.into(),
            row.text(CATEGORY).into(),
            billed.into(),
            currency.into(),
            row.text(ACCOUNT).into(),
            issued.map_or(Value::Null, Value::from),
            due.map_or(Value::Null, Value::from),
            row.text(TERMS).into(),
            row.text(ORDER).into(),
            row.text(REFERENCE).into(),
            row.text(DESCRIPTION).into(),
            row.text(PAYMENT_CURRENCY).into(),
            payment.map_or(Value::Null, Value::from),
        ];
        output.record(Dataset::InvoiceDetails, SCHEMA, month, record);
    }
}
