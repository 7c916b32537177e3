//! FOCUS Contract Commitment (1.3, 1.4): what was promised to a provider, for how long, and for how much.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema, Value};
use headroom_models::ledger::Month;
use std::collections::HashMap;

/// Reads FOCUS Contract Commitment files.
pub(crate) struct FocusCommitment;

/// Remembers the rows read so far: of two rows with one id neither is more right.
#[derive(Default)]
struct Reader {
    rows: HashMap<String, u64>,
}

columns! {
    COMMITMENT = required("ContractCommitmentId", "");
    CATEGORY = required("ContractCommitmentCategory", "");
    START = required("ContractCommitmentPeriodStart", "");
    END = required("ContractCommitmentPeriodEnd", "");
    CURRENCY = required("BillingCurrency", "");
    CONTRACT = required("ContractId", "");
    COST = optional("ContractCommitmentCost", "");
    QUANTITY = optional("ContractCommitmentQuantity", "");
    UNIT = optional("ContractCommitmentUnit", "");
    TYPE = optional("ContractCommitmentType", "");
    DESCRIPTION = optional("ContractCommitmentDescription", "");
    CONTRACT_START = optional("ContractPeriodStart", "");
    CONTRACT_END = optional("ContractPeriodEnd", "");
    STATE = optional("ContractCommitmentLifecycleStatus", "");
    PAYMENT = optional("ContractCommitmentPaymentModel", "");
    INTERVAL = optional("ContractCommitmentPaymentInterval", "");
    DISCOUNT = optional("ContractCommitmentDiscountPercentage", "");
    ISSUER = optional("InvoiceIssuerName", "");
    PROVIDER = optional("ServiceProviderName", "");
}

const SCHEMA: Schema = &[
    ("commitment_id", Kind::Text),
    ("category", Kind::Text),
    ("start", Kind::Timestamp),
    ("end", Kind::Timestamp),
    ("currency", Kind::Text),
    ("contract_id", Kind::Text),
    ("cost", Kind::Decimal),
    ("quantity", Kind::Decimal),
    ("unit", Kind::Text),
    ("type", Kind::Text),
    ("description", Kind::Text),
    ("contract_start", Kind::Timestamp),
    ("contract_end", Kind::Timestamp),
    ("state", Kind::Text),
    ("payment_model", Kind::Text),
    ("payment_interval", Kind::Text),
    ("discount_percent", Kind::Decimal),
    ("issuer", Kind::Text),
    ("provider", Kind::Text),
];

const CATEGORIES: &[(&str, &str, &str)] = &[("Spend", "", "Spend"), ("Usage", "", "Usage")];

impl Importer for FocusCommitment {
    fn name(&self) -> &'static str {
        "focus-commitment"
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
        let commitment = row.required_text(COMMITMENT);
        let category = row.required_word(CATEGORY, CATEGORIES);
        let contract = row.required_text(CONTRACT);
        let [start, end] = [START, END].map(|column| row.required_time(column));
        row.required_text(CURRENCY);
        let currency = row.currency(CURRENCY);
        let [cost, quantity, discount] = [COST, QUANTITY, DISCOUNT].map(|column| row.decimal(column));
        let [contract_start, contract_end] = [CONTRACT_START, CONTRACT_END].map(|column| row.time(column));
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            row.problem(END, Problem::EndsBeforeStart);
        }
        if let Some(&earlier) = commitment.and_then(|commitment| self.rows.get(commitment)) {
            row.problem(COMMITMENT, Problem::Repeated { row: earlier });
        }
        let (Some(commitment), Some(category), Some(contract)) = (commitment, category, contract) else {
            return;
        };
        let (Some(start), Some(end), Some(currency)) = (start, end, currency) else {
            return;
        };
        let month = Month::of(start.date_naive());
        row.check_month(START, month);
        if row.failed() {
            return;
        }
        self.rows.insert(commitment.to_owned(), row.number);
        if let Some(issuer) = row.text(ISSUER) {
            output.provider(issuer);
        }
        let decimal = |value: Option<_>| value.map_or(Value::Null, Value::from);
        let time = |value: Option<chrono::DateTime<chrono::Utc>>| value.map_or(Value::Null, Value::from);
        let record = vec![
            commitment.into(),
            category.into(),
            start.into(),
            end.into(),
            currency.into(),
            contract.into(),
            decimal(cost),
            decimal(quantity),
            row.text(UNIT).into(),
            row.text(TYPE).into(),
            row.text(DESCRIPTION).into(),
            time(contract_start),
            time(contract_end),
            row.text(STATE).into(),
            row.text(PAYMENT).into(),
            row.text(INTERVAL).into(),
            decimal(discount),
            row.text(ISSUER).into(),
            row.text(PROVIDER).into(),
        ];
        output.record(Dataset::Commitments, SCHEMA, month, record);
    }
}
