//! Why a report could not be written.

/// Why a report could not be written. None of these depends on the figures: each is a defect or a full memory.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A chart could not be drawn.
    #[error("the chart '{chart}' could not be drawn: {reason}")]
    Chart {
        /// Which chart.
        chart: &'static str,
        /// What the drawing library said.
        reason: String,
    },
    /// The HTML page could not be written.
    #[error("the HTML report could not be written: {0}")]
    Html(#[from] askama::Error),
    /// The workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The CSV table could not be written.
    #[error("the CSV table could not be written: {0}")]
    Csv(#[from] csv::Error),
    /// The JSON value could not be written.
    #[error("the JSON value could not be written: {0}")]
    Json(#[from] serde_json::Error),
}
