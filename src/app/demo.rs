//! The demo company through the whole flow, by the same use cases that anyone's own company takes.

use super::{App, AppError, ImportRequest, ReportFormat, StepRequest, render_execution};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::Settings;
use headroom_fixtures::{DEMO_SEED, demo_company};
use headroom_models::language::Language;
use headroom_models::ledger::{FiscalCalendar, Month, MonthRange};
use headroom_reports::ExecutionReport;
use std::path::{Path, PathBuf};

/// What the demo made.
pub struct DemoResult {
    /// Folder of the company's own sheets.
    pub input: PathBuf,
    /// The reports.
    pub reports: Vec<PathBuf>,
    /// The report value behind them.
    pub report: ExecutionReport,
    /// Files imported, rows imported.
    pub imported: (usize, u64),
    /// Months allocated, all with difference 0.
    pub months: usize,
    /// Currency and unallocated effective cost of the last month.
    pub budget_total: headroom_models::ledger::Money,
    /// The next year's draft.
    pub next_year: (i32, headroom_models::ledger::Money),
}

/// The year that the demo has an approved budget for, and its last closed month.
const YEAR: i32 = 2026;

/// A step of the demo that is done.
#[derive(Clone, Debug)]
pub enum DemoStep {
    /// The company's sheets are written.
    Written {
        /// How many.
        files: usize,
        /// Where.
        folder: PathBuf,
    },
    /// Every sheet is imported.
    Imported {
        /// How many sheets.
        files: usize,
        /// How many rows.
        rows: u64,
    },
    /// Every month is allocated.
    Allocated {
        /// Months and currencies, each with difference 0.
        proofs: usize,
    },
    /// The year's budget is derived and approved, the months before are closed.
    Approved {
        /// Fiscal year.
        year: i32,
        /// Last month that the budget rests on.
        as_of: Month,
        /// Last closed month.
        closed: Month,
    },
    /// The next year's budget is derived.
    NextYear {
        /// Fiscal year.
        year: i32,
    },
}

/// Runs the demo in a new data directory; `say` is told each step.
///
/// # Errors
/// When the directory exists, or any step fails (which would be a defect).
pub fn demo(root: &Path, actor: &str, say: &dyn Fn(DemoStep)) -> Result<DemoResult, AppError> {
    let settings = Settings {
        currency: "CNY".to_owned(),
        fiscal: FiscalCalendar { start: 1 },
    };
    let app = App::init(root, &settings, actor)?;
    app.fill_with_demo(say)
}

impl App {
    /// Fills an empty data directory with the demo company; `progress` is told how many of five steps are done.
    ///
    /// # Errors
    /// When the principal is no administrator, or anything was imported or applied already.
    pub fn load_sample_data(&self, progress: &dyn Fn(u64, u64)) -> Result<(), AppError> {
        self.require_company(Permission::Administer)?;
        let settings = self.settings();
        if settings.currency != "CNY" || settings.fiscal.start != 1 {
            return Err(Refusal::new("refused-sample-settings").into());
        }
        if !self.store.batches()?.is_empty() || self.store.configuration()?.0 != 0 {
            return Err(Refusal::new("refused-sample-not-empty").into());
        }
        let steps = std::cell::Cell::new(0);
        self.fill_with_demo(&|_| {
            steps.set(steps.get() + 1);
            progress(steps.get(), 6);
        })?;
        Ok(())
    }

    fn fill_with_demo(&self, say: &dyn Fn(DemoStep)) -> Result<DemoResult, AppError> {
        let (app, root) = (self, self.store.root());
        let month = |number: u32| Month::new(YEAR, number).ok_or_else(|| Refusal::new("refused-no-such-month"));
        let as_of = month(9)?;
        let input = root.join("demo-company");
        let files = demo_company(DEMO_SEED);
        for file in &files {
            write(&input.join(&file.path), &file.bytes)?;
        }
        say(DemoStep::Written {
            files: files.len(),
            folder: input.clone(),
        });

        let toml: Vec<PathBuf> = files
            .iter()
            .filter(|file| file.path.ends_with(".toml"))
            .map(|file| input.join(&file.path))
            .collect();
        app.apply(&toml, false)?;
        let mut rows = 0;
        let mut imported = 0;
        // Exchange rates, metrics and targets first; each file is one batch, as it would be month by month.
        let mut sheets: Vec<&str> = files
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| path.ends_with(".csv"))
            .collect();
        sheets.sort_by_key(|path| (path.starts_with("bills/"), *path));
        for path in sheets {
            // A vendor's bills are one source, named after the folder.
            let source = path
                .strip_prefix("bills/")
                .and_then(|rest| rest.split('/').next())
                .map(str::to_owned);
            let request = ImportRequest {
                files: vec![input.join(path)],
                source,
                ..ImportRequest::default()
            };
            let outcome = app.import(&request, None)?;
            if !outcome.is_done() || outcome.batch.is_none() {
                return Err(Refusal::new("refused-demo-rejected")
                    .with("path", path)
                    .with("rejected", outcome.imported.rejected)
                    .into());
            }
            rows += outcome.imported.rows;
            imported += 1;
        }
        say(DemoStep::Imported { files: imported, rows });

        let proofs = app.allocate(None)?.months;
        say(DemoStep::Allocated { proofs: proofs.len() });
        app.derive_budget(YEAR, Some(month(1)?.plus(-1)))?;
        let budget = app.approve_budget(&StepRequest {
            year: YEAR,
            over: Some("demo: one person plays all organs".to_owned()),
            ..StepRequest::default()
        })?;
        for closed in (MonthRange {
            first: Month::new(YEAR - 2, 1).unwrap_or(as_of),
            last: as_of,
        })
        .months()
        {
            app.close(closed, None)?;
        }
        say(DemoStep::Approved {
            year: YEAR,
            as_of: budget.as_of,
            closed: as_of,
        });
        let next = app.derive_budget(YEAR + 1, Some(as_of))?;
        say(DemoStep::NextYear { year: YEAR + 1 });

        let report = app.execution_report(Some(as_of))?;
        let folder = root.join("reports");
        let mut reports = Vec::new();
        for language in Language::ALL {
            for (format, ending) in [
                (ReportFormat::Html, "html"),
                (ReportFormat::Xlsx, "xlsx"),
                (ReportFormat::Csv, "csv"),
            ] {
                let path = folder.join(format!("execution-{as_of}.{language}.{ending}"));
                write(&path, &render_execution(&report, format, language)?)?;
                reports.push(path);
            }
        }
        let path = folder.join(format!("execution-{as_of}.json"));
        write(
            &path,
            &render_execution(&report, ReportFormat::Json, Language::English)?,
        )?;
        reports.push(path);
        Ok(DemoResult {
            input,
            reports,
            report,
            imported: (imported, rows),
            months: proofs.len(),
            budget_total: budget.total,
            next_year: (YEAR + 1, next.version.total),
        })
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(crate::store::StoreError::step("step-making-folder"))?;
    }
    Ok(std::fs::write(path, bytes).map_err(crate::store::StoreError::step("step-writing-file"))?)
}
