//! One file per source of bills or records. To add one: write the file, name it in [`ALL`].

mod alibaba;
mod asset;
mod aws;
mod azure;
mod business_metric;
mod cloud;
mod contract;
mod domestic;
mod event;
mod focus;
mod focus_commitment;
mod focus_invoice;
mod fx;
mod gcp;
mod huawei;
mod idc_invoice;
mod kpi_target;
mod load_test;
mod meter;
mod oci;
mod prepaid;
mod price;
mod purchase_order;
mod release;
mod tencent;
mod utilization;
mod volcengine;

pub(crate) use cloud::exact_numbers;

use crate::diagnostics::FileError;
use crate::mapping::{ColumnSpec, Row};
use crate::output::Output;
use headroom_models::ledger::Money;

/// What reads the rows of one kind of file.
pub(crate) trait Importer: Sync {
    /// The name in messages, templates and source names.
    fn name(&self) -> &'static str;

    /// The columns that are read; their order gives each its number.
    fn columns(&self) -> &'static [ColumnSpec];

    /// A column that may stand in for a required one.
    fn substitute(&self, _column: usize) -> Option<usize> {
        None
    }

    /// A text that stands for an empty cell.
    fn null_word(&self) -> Option<&'static str> {
        None
    }

    /// True when rows of JSON lines leave out what is null, so that a column may show up late.
    fn leaves_out_nulls(&self) -> bool {
        false
    }

    /// True when the meaning of a row may depend on the other tables of the batch, which are then read twice.
    fn reads_ahead(&self) -> bool {
        false
    }

    /// True when the meaning of a row depends on other rows, also of its own table.
    fn always_reads_ahead(&self) -> bool {
        false
    }

    /// True when every row is read by itself, so that several readers may share the rows of a table.
    fn reads_rows_alone(&self) -> bool {
        false
    }

    /// A reader for the rows of one batch.
    fn reader(&'static self) -> Box<dyn RowReader>;

    /// Currency and billed amount of a row that was rejected, where they can be read.
    fn billed(&self, _row: &Row<'_>) -> Option<(String, Money)> {
        None
    }

    /// Example rows of the template as CSV, with values in English or Chinese; empty where there is no template.
    fn examples(&self, _chinese: bool) -> &'static str {
        ""
    }
}

/// Reads row after row, and may remember earlier ones.
pub(crate) trait RowReader {
    /// Reads one row: writes what it means, or notes what is wrong with it and writes nothing.
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>);

    /// Sees a row before any is read, when the importer reads ahead and the batch has more than one table.
    fn ahead(&mut self, _row: &Row<'_>) {}

    /// What is wrong with the tables as a set, once all rows were seen ahead.
    fn disagreements(&self) -> Vec<FileError> {
        Vec::new()
    }

    /// Called after the last row.
    fn finish(&mut self, _output: &mut Output<'_>) {}
}

/// True for the importers of registers: their charges are depreciation and amortisation, posted for a whole life at once.
pub fn is_register(importer: &str) -> bool {
    [asset::IMPORTER, prepaid::IMPORTER].contains(&importer)
}

/// The names of all importers, as they stand in batches.
pub fn importer_names() -> Vec<&'static str> {
    ALL.iter().map(|importer| importer.name()).collect()
}

/// All importers.
pub(crate) static ALL: &[&'static dyn Importer] = &[
    &focus::Focus,
    &focus_invoice::FocusInvoice,
    &focus_commitment::FocusCommitment,
    &aws::Aws,
    &azure::Azure,
    &gcp::Gcp,
    &oci::Oci,
    &alibaba::IMPORTER,
    &tencent::IMPORTER,
    &huawei::IMPORTER,
    &volcengine::IMPORTER,
    &idc_invoice::IdcInvoice,
    &asset::Asset,
    &prepaid::Prepaid,
    &utilization::Utilization,
    &business_metric::BusinessMetric,
    &kpi_target::KpiTarget,
    &fx::Fx,
    &purchase_order::PurchaseOrder,
    &event::Event,
    &release::Release,
    &load_test::LoadTest,
    &price::Price,
    &contract::Contract,
    &meter::Meter,
];
