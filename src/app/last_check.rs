//! The last check of everything, kept: it reads every file of the data directory, so pages show what it said and when.

use super::{App, AppError, CheckReport};
use crate::auth::Permission;
use crate::store::StoreError;
use headroom_models::language::Language;
use serde::{Deserialize, Serialize};

/// A check as it is kept: in words, of both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCheck {
    /// When it was made, ISO 8601 in UTC.
    pub at: String,
    /// True when the books have changed since.
    pub outdated: bool,
    /// What was looked at.
    pub checks: Vec<KeptLine>,
}

/// One kind of check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLine {
    /// Key of its name.
    pub name: String,
    /// How many things were looked at.
    pub looked_at: usize,
    /// What did not hold.
    pub failures: Vec<KeptFailure>,
}

/// What did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFailure {
    en: String,
    zh: String,
}

impl KeptFailure {
    /// The message in a language.
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::SimplifiedChinese => &self.zh,
        }
    }
}

impl App {
    /// [`App::check`], kept for [`App::last_check`].
    ///
    /// # Errors
    /// Those of [`App::check`], and when the result cannot be kept.
    pub fn check_and_keep(&self) -> Result<CheckReport, AppError> {
        self.require_company(Permission::Read)?;
        let books = self.state_number()?;
        let report = self.check()?;
        let lines: Vec<KeptLine> = report
            .checks
            .iter()
            .map(|check| KeptLine {
                name: check.name.to_owned(),
                looked_at: check.looked_at,
                failures: check
                    .failures
                    .iter()
                    .map(|failure| KeptFailure {
                        en: failure.message(Language::English),
                        zh: failure.message(Language::SimplifiedChinese),
                    })
                    .collect(),
            })
            .collect();
        let text = serde_json::to_string(&lines).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        self.store.keep_check(&crate::clock::now(), books, &text)?;
        Ok(report)
    }

    /// The last check of everything; nothing before the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_check(&self) -> Result<Option<KeptCheck>, AppError> {
        self.require_company(Permission::Read)?;
        let Some((at, books, text)) = self.store.last_check()? else {
            return Ok(None);
        };
        let checks = serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Some(KeptCheck {
            at,
            outdated: books != self.state_number()?,
            checks,
        }))
    }
}
