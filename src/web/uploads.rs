//! Files that were uploaded and are being looked at: kept in a temporary folder until they are imported, left, or old.

use crate::app::{App, AppError};
use crate::auth::Secret;
use crate::refusal::Refusal;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an upload waits for a decision.
const KEPT: Duration = Duration::from_secs(2 * 60 * 60);
/// Uploads of one person that wait at a time; an older one makes room.
const MOST_EACH: usize = 8;
/// Files of one upload.
pub(crate) const MOST_FILES: usize = 64;
/// Characters of a file's name that are kept.
const MOST_NAME: usize = 120;

/// Uploaded files.
pub(crate) struct Upload {
    folder: tempfile::TempDir,
    owner: Option<i64>,
    /// In the order they came.
    pub files: Vec<PathBuf>,
    /// Their size together.
    pub bytes: u64,
    since: Instant,
}

impl Upload {
    /// An empty one.
    ///
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new(app: &App) -> Result<Upload, AppError> {
        let folder = tempfile::Builder::new()
            .prefix("headroom-upload-")
            .tempdir()
            .map_err(crate::store::StoreError::step("step-making-folder"))?;
        Ok(Upload {
            folder,
            owner: app.principal().user,
            files: Vec::new(),
            bytes: 0,
            since: Instant::now(),
        })
    }

    /// A place for the next file. Each has a folder of its own, so that equal names do not meet, and whatever the browser
    /// says, the name is one without folders.
    ///
    /// # Errors
    /// When there are too many, or the folder cannot be made.
    pub fn place(&mut self, name: &str) -> Result<PathBuf, AppError> {
        if self.files.len() >= MOST_FILES {
            return Err(Refusal::new("refused-upload-files").with("most", MOST_FILES).into());
        }
        let folder = self.folder.path().join(self.files.len().to_string());
        std::fs::create_dir(&folder).map_err(crate::store::StoreError::step("step-making-folder"))?;
        let path = folder.join(plain_name(name));
        self.files.push(path.clone());
        Ok(path)
    }
}

/// The last part of a path.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A file's name without folders, control characters or leading dots.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control() && *c != ':').collect();
    let plain = plain.trim().trim_start_matches('.');
    // The ending says nothing to the importers, but people look for it: keep the end of a long name.
    let skip = plain.chars().count().saturating_sub(MOST_NAME);
    let plain: String = plain.chars().skip(skip).collect();
    if plain.is_empty() { "file".to_owned() } else { plain }
}

/// All uploads that wait.
#[derive(Default)]
pub(crate) struct Uploads {
    waiting: Mutex<BTreeMap<String, Arc<Upload>>>,
}

impl Uploads {
    /// Keeps an upload and returns its id. Old ones go, and the oldest of somebody who has many.
    pub fn keep(&self, upload: Upload) -> String {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, other| other.since.elapsed() < KEPT);
        let mut own: Vec<(Instant, String)> = waiting
            .iter()
            .filter(|(_, other)| other.owner == upload.owner)
            .map(|(id, other)| (other.since, id.clone()))
            .collect();
        own.sort();
        for (_, id) in own.iter().take((own.len() + 1).saturating_sub(MOST_EACH)) {
            waiting.remove(id);
        }
        let id = Secret::new("upload").expose().to_owned();
        waiting.insert(id.clone(), Arc::new(upload));
        id
    }

    /// An upload of somebody.
    ///
    /// # Errors
    /// When they have none of that id (any more).
    pub fn of(&self, app: &App, id: &str) -> Result<Arc<Upload>, AppError> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waiting.get(id).filter(|upload| upload.owner == app.principal().user);
        Ok(found.cloned().ok_or_else(|| Refusal::new("refused-no-upload"))?)
    }

    /// Forgets an upload; its files go when nobody reads them any more.
    pub fn forget(&self, id: &str) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn whatever_a_browser_says_a_name_is_one_without_folders() {
        for (name, plain) in [
            ("bill.csv", "bill.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\bills\\七月.xlsx", "七月.xlsx"),
            ("...", "file"),
            ("a\0b\n.csv", "ab.csv"),
            ("<img src=x>.csv", "<img src=x>.csv"),
            ("", "file"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
        assert_eq!(plain_name(&("x".repeat(500) + ".csv")).chars().count(), 120);
    }
}
