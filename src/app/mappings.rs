//! Column mappings: guessed from a sheet, corrected by a person, saved under a name, used by imports.

use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::StoredMapping;
use headroom_importers::{ColumnMapping, GuessedMapping, Input};
use headroom_models::language::Language;
use std::path::Path;

/// Guesses how a sheet is to be read; needs no data directory.
///
/// # Errors
/// When the sheet cannot be read, or there is no such importer.
pub fn guess_mapping(file: &Path, importer: Option<&str>) -> Result<GuessedMapping, AppError> {
    let input = Input::new(file);
    headroom_importers::guess_mapping(&input, importer).map_err(AppError::Import)
}

/// A mapping as the TOML that a person corrects and saves.
pub fn mapping_text(mapping: &ColumnMapping) -> String {
    // A mapping holds texts only, which TOML can always write.
    toml::to_string_pretty(mapping).unwrap_or_default()
}

/// Reads the TOML of a mapping and says everything that is wrong with it.
fn checked(text: &str) -> Result<ColumnMapping, AppError> {
    let mapping: ColumnMapping =
        toml::from_str(text).map_err(|error| Refusal::new("refused-mapping-toml").with("reason", error.message()))?;
    let problems = mapping.problems();
    if problems.is_empty() {
        return Ok(mapping);
    }
    let shown = move |language: Language| {
        let lines = problems
            .iter()
            .map(|problem| format!("  {}", problem.message(language)));
        lines.collect::<Vec<_>>().join("\n")
    };
    Err(Refusal::new("refused-mapping").with_words("problems", shown).into())
}

impl App {
    /// Saves a mapping under a name and returns its version.
    ///
    /// # Errors
    /// When the name or the mapping makes no sense; every problem is named.
    pub fn save_mapping(&self, name: &str, text: &str) -> Result<i64, AppError> {
        self.require_company(Permission::Import)?;
        let fits = !name.trim().is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
        if !fits {
            return Err(Refusal::new("refused-mapping-name").into());
        }
        checked(text)?;
        let lock = self.store.lock()?;
        Ok(self.store.save_column_mapping(&lock, name, text, &self.actor)?)
    }

    /// The saved mappings, the newest version of each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mappings(&self) -> Result<Vec<StoredMapping>, AppError> {
        self.require_company(Permission::Read)?;
        Ok(self.store.column_mappings()?)
    }

    /// A saved mapping as TOML.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn mapping_of(&self, name: &str) -> Result<StoredMapping, AppError> {
        self.require_company(Permission::Read)?;
        let mappings = self.store.column_mappings()?;
        let known: Vec<String> = mappings.iter().map(|mapping| mapping.name.clone()).collect();
        let found = mappings.into_iter().find(|mapping| mapping.name == name);
        Ok(found.ok_or_else(|| {
            Refusal::new("refused-no-mapping").with("name", name).with(
                "known",
                if known.is_empty() {
                    "–".to_owned()
                } else {
                    known.join(", ")
                },
            )
        })?)
    }

    /// A saved mapping, ready for use.
    pub(super) fn mapping(&self, name: &str) -> Result<ColumnMapping, AppError> {
        checked(&self.mapping_of(name)?.body)
    }
}
