//! One file per source of bills or records. To add one: write the file, name it in [`ALL`].

mod asset;
mod business_metric;
mod focus;
mod fx;
mod idc_invoice;
mod kpi_target;
mod utilization;

pub use asset::IMPORTER as ASSET_IMPORTER;

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

    /// A reader for the rows of one batch.
    fn reader(&self) -> Box<dyn RowReader>;

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
}

/// The names of all importers, as they stand in batches.
pub fn importer_names() -> Vec<&'static str> {
    ALL.iter().map(|importer| importer.name()).collect()
}

/// All importers.
pub(crate) static ALL: &[&'static dyn Importer] = &[
    &focus::Focus,
    &idc_invoice::IdcInvoice,
    &asset::Asset,
    &utilization::Utilization,
    &business_metric::BusinessMetric,
    &kpi_target::KpiTarget,
    &fx::Fx,
];
