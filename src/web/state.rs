//! What all requests share.

use super::cache::Cache;
use super::jobs::Jobs;
use super::limiter::Limiter;
use super::server::ServeOptions;
use super::uploads::Uploads;
use super::visit::Written;
use crate::app::{App, AppError};
use crate::auth::{Principal, Secret, Visible};
use headroom_models::ledger::Month;
use headroom_reports::ExecutionReport;
use std::sync::Arc;

/// What all requests share: the data directory, options, and small memories that may be lost at any time.
pub struct Web {
    /// The data directory for nobody: whoever forgets to ask who somebody is, is refused everything.
    pub(super) nobody: App,
    /// How the server was started.
    pub(super) options: ServeOptions,
    /// The one-time link of the first administrator; only while nobody has an account.
    pub(super) set_up: Secret,
    /// Failed sign-ins.
    pub(super) limiter: Limiter,
    /// Files that were uploaded and are being looked at.
    pub(super) uploads: Uploads,
    /// Long work.
    pub(super) jobs: Arc<Jobs>,
    /// Reports as they were worked out for the books as they stand.
    pub(super) reports: Cache<(Visible, Option<Month>), ExecutionReport>,
    /// The inside of pages that say the same to all who see the same, until the books change.
    pub(super) written: Cache<(Visible, String), Written>,
    /// Pages as they were written for the database as it stands.
    pub(super) pages: super::kept::Pages,
    /// Answers to writes of the API by their idempotency key.
    pub(crate) answers: crate::api::Answers,
    /// The last check of everything.
    pub(super) last_check: super::pages::health::LastCheck,
    /// Requests by route and status.
    pub(super) metrics: super::operations::Metrics,
}

/// As handlers get it.
pub type Shared = Arc<Web>;

impl Web {
    /// A server's state for an open data directory.
    pub fn new(app: &App, options: ServeOptions) -> Web {
        Web {
            nobody: app.for_principal(Principal::nobody()),
            options,
            set_up: Secret::new("setup"),
            limiter: Limiter::default(),
            uploads: Uploads::default(),
            jobs: Arc::new(Jobs::default()),
            reports: Cache::default(),
            written: Cache::default(),
            pages: super::kept::Pages::default(),
            answers: crate::api::Answers::default(),
            last_check: super::pages::health::LastCheck::default(),
            metrics: super::operations::Metrics::default(),
        }
    }

    /// The execution report as the principal sees it; worked out once for all who see the same, until the books change.
    ///
    /// # Errors
    /// As of [`App::execution_report`].
    pub fn execution_report(&self, app: &App, month: Option<Month>) -> Result<Arc<ExecutionReport>, AppError> {
        app.require_somewhere(crate::auth::Permission::Read)?;
        let key = (app.visible()?, month);
        self.reports
            .get(key, app.state_number()?, || app.execution_report(month))
    }

    /// The data directory for nobody, to find out who somebody is.
    pub(crate) fn for_nobody(&self) -> App {
        self.nobody.clone()
    }

    /// Answers to writes of the API.
    pub(crate) fn answers(&self) -> &crate::api::Answers {
        &self.answers
    }

    /// The largest upload, in bytes.
    pub(crate) fn most_upload(&self) -> u64 {
        self.options.most_upload
    }

    /// Starts long work and returns its id.
    pub(crate) fn start_job(
        &self,
        app: &App,
        work: impl FnOnce(&App, &super::jobs::Job) -> Result<String, AppError> + Send + 'static,
    ) -> String {
        self.jobs.start(app, work)
    }

    /// Long work of somebody.
    pub(crate) fn job(&self, app: &App, id: &str) -> Result<Arc<super::jobs::Job>, AppError> {
        self.jobs.of(app, id)
    }

    /// The path of the set-up link.
    pub fn set_up_path(&self) -> String {
        format!("/set-up/{}", self.set_up.expose())
    }
}
