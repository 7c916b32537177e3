//! Long work: it goes on while its page shows how far it is.

use crate::app::{App, AppError};
use crate::auth::Secret;
use crate::refusal::Refusal;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Jobs remembered; the oldest finished ones are forgotten.
const MOST: usize = 200;

/// What became of a job.
pub(crate) enum Outcome {
    /// It is going on.
    Running,
    /// It is done: where to go now.
    Done(String),
    /// It was refused.
    Refused(AppError),
}

/// One piece of long work.
pub(crate) struct Job {
    /// Whose it is: nobody else may look.
    owner: Option<i64>,
    /// Units done so far (bytes, months).
    done: AtomicU64,
    /// Units in all; 0 while unknown.
    total: AtomicU64,
    outcome: Mutex<Outcome>,
    number: u64,
}

impl Job {
    /// Says how far the work is.
    pub fn progress(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Done and all.
    pub fn so_far(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Looks at the outcome.
    pub fn outcome<T>(&self, look: impl FnOnce(&Outcome) -> T) -> T {
        look(&self.outcome.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// All jobs of this process.
#[derive(Default)]
pub(crate) struct Jobs {
    jobs: Mutex<BTreeMap<String, Arc<Job>>>,
    started: AtomicU64,
}

impl Jobs {
    /// Starts work on a blocking thread and returns its id.
    pub fn start(
        &self,
        app: &App,
        work: impl FnOnce(&App, &Job) -> Result<String, AppError> + Send + 'static,
    ) -> String {
        let job = Arc::new(Job {
            owner: app.principal().user,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            outcome: Mutex::new(Outcome::Running),
            number: self.started.fetch_add(1, Ordering::Relaxed),
        });
        let id = Secret::new("job").expose().to_owned();
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.len() >= MOST {
            let oldest = jobs
                .iter()
                .filter(|(_, job)| job.outcome(|outcome| !matches!(outcome, Outcome::Running)))
                .min_by_key(|(_, job)| job.number)
                .map(|(id, _)| id.clone());
            oldest.map(|oldest| jobs.remove(&oldest));
        }
        jobs.insert(id.clone(), job.clone());
        drop(jobs);
        let app = app.clone();
        tokio::task::spawn_blocking(move || {
            // A panic would leave the job running for ever.
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&app, &job)));
            let outcome = match done {
                Ok(Ok(target)) => Outcome::Done(target),
                Ok(Err(error)) => Outcome::Refused(error),
                Err(_) => Outcome::Refused(Refusal::new("refused-job-failed").into()),
            };
            *job.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        });
        id
    }

    /// A job of somebody.
    ///
    /// # Errors
    /// When they have none of that id.
    pub fn of(&self, app: &App, id: &str) -> Result<Arc<Job>, AppError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let found = jobs.get(id).filter(|job| job.owner == app.principal().user);
        Ok(found.cloned().ok_or_else(|| Refusal::new("refused-no-job"))?)
    }

    /// How many are going on.
    pub fn running(&self) -> usize {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.values()
            .filter(|job| job.outcome(|outcome| matches!(outcome, Outcome::Running)))
            .count()
    }
}
