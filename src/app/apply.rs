//! `apply`: declarative files become a new configuration version, or nothing does.

use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::configuration::{Configuration, ConfigurationProblem};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How a document changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentChange {
    /// Not there before.
    Added,
    /// There before with another text.
    Changed,
    /// There before with the same text.
    Unchanged,
}

/// What an apply did, or would do.
#[derive(Clone, Debug, Serialize)]
pub struct Applied {
    /// The version in force now.
    pub version: i64,
    /// False for a dry run, and when nothing differs from the version before.
    pub new_version: bool,
    /// Each document given, and how it changed.
    pub documents: Vec<(String, DocumentChange)>,
    /// Kind of thing, how many before, how many now.
    pub counts: Vec<(&'static str, usize, usize)>,
}

/// Largest configuration file read.
const MOST_BYTES: u64 = 16 << 20;

impl App {
    /// The documents in force with their version.
    ///
    /// # Errors
    /// When the principal does not see the whole company.
    pub fn documents(&self) -> Result<(i64, BTreeMap<String, String>), AppError> {
        self.require_company(Permission::Read)?;
        Ok(self.store.configuration()?)
    }

    /// Applies TOML files, or the `*.toml` files of folders.
    ///
    /// # Errors
    /// When a file cannot be read, or any line of any document is wrong: all problems at once, nothing applied.
    pub fn apply(&self, paths: &[PathBuf], dry_run: bool) -> Result<Applied, AppError> {
        let mut given = BTreeMap::new();
        for path in toml_files(paths)? {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let text = read_text(&path, &name)?;
            if given.insert(name.clone(), text).is_some() {
                return Err(Refusal::new("refused-same-name").with("name", name).into());
            }
        }
        self.apply_documents(given, dry_run)
    }

    /// Applies documents, name → TOML text.
    ///
    /// # Errors
    /// As of [`App::apply`].
    pub fn apply_documents(&self, given: BTreeMap<String, String>, dry_run: bool) -> Result<Applied, AppError> {
        self.require_somewhere(Permission::Plan)?;
        if let Some(name) = given.keys().find(|name| !is_document_name(name)) {
            return Err(Refusal::new("refused-document-name").with("name", name).into());
        }
        let lock = self.store.lock()?;
        let (version, before) = self.store.configuration()?;
        for (name, text) in given.iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
            let old = before.get(name).map(String::as_str).unwrap_or_default();
            let plan_only = [old, text].into_iter().all(is_of_plans);
            self.require_company(if plan_only {
                Permission::Plan
            } else {
                Permission::Configure
            })?;
        }
        let counts_before = Configuration::read(&before).unwrap_or_default().counts();
        let mut documents = before.clone();
        documents.extend(given.clone());
        let configuration = Configuration::read(&documents).map_err(AppError::Configuration)?;
        let changes: Vec<(String, DocumentChange)> = given
            .into_iter()
            .map(|(name, text)| {
                let change = match before.get(&name) {
                    None => DocumentChange::Added,
                    Some(old) if *old == text => DocumentChange::Unchanged,
                    Some(_) => DocumentChange::Changed,
                };
                (name, change)
            })
            .collect();
        let new_version = !dry_run && changes.iter().any(|(_, change)| *change != DocumentChange::Unchanged);
        let version = if new_version {
            self.store.add_configuration(&lock, &documents, &self.actor)?
        } else {
            version
        };
        let counts = counts_before
            .into_iter()
            .zip(configuration.counts())
            .map(|((kind, before), (_, now))| (kind, before, now))
            .collect();
        Ok(Applied {
            version,
            new_version,
            documents: changes,
            counts,
        })
    }
}

/// Sections that operations may change; everything else decides who is charged what.
const SECTIONS_OF_PLANS: [&str; 6] = ["unit", "price", "capacity", "event", "idle_policy", "scenario"];

/// A document's name is a file's name that ends in `.toml`.
fn is_document_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._- ()".contains(c);
    name.len() <= 200 && name.ends_with(".toml") && name.chars().all(plain) && !name.starts_with('.')
}

/// True when a document has only sections of plans.
fn is_of_plans(text: &str) -> bool {
    let sections = text.parse::<toml::Table>();
    sections.is_ok_and(|sections| sections.keys().all(|key| SECTIONS_OF_PLANS.contains(&key.as_str())))
}

fn read_text(path: &Path, name: &str) -> Result<String, AppError> {
    let problem = |message: String| {
        AppError::Configuration(vec![ConfigurationProblem {
            document: name.to_owned(),
            message,
        }])
    };
    let size = std::fs::metadata(path)
        .map_err(|error| problem(error.to_string()))?
        .len();
    if size > MOST_BYTES {
        return Err(problem(format!(
            "{size} bytes: a configuration file has at most {MOST_BYTES}"
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| problem(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| problem("not UTF-8: save the file as UTF-8".to_owned()))
}

fn toml_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, AppError> {
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display();
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(|error| {
                Refusal::new("refused-folder")
                    .with("path", &shown)
                    .with("reason", error)
            })?;
            let mut found: Vec<PathBuf> = entries
                .filter_map(Result::ok)
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
                .collect();
            if found.is_empty() {
                return Err(Refusal::new("refused-no-toml").with("path", &shown).into());
            }
            found.sort();
            files.extend(found);
        } else if path.is_file() {
            files.push(path.clone());
        } else {
            return Err(Refusal::new("refused-not-there").with("path", &shown).into());
        }
    }
    Ok(files)
}
