//! Views of costs under a name, each person's own.

use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::SavedView;

/// Views that one person may keep.
const MOST: usize = 100;

impl App {
    /// The views that the principal keeps.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn saved_views(&self) -> Result<Vec<SavedView>, AppError> {
        self.require_somewhere(Permission::Read)?;
        Ok(self.store.saved_views(&self.actor)?)
    }

    /// Keeps a view of costs under a name; one of that name is replaced.
    ///
    /// # Errors
    /// When the name is none, the query is no query, or there are too many views.
    pub fn save_view(&self, name: &str, query: &str) -> Result<(), AppError> {
        self.require_somewhere(Permission::Read)?;
        let name = name.trim();
        let fits = !name.is_empty() && name.chars().count() <= 60 && !name.chars().any(char::is_control);
        if !fits {
            return Err(Refusal::new("refused-view-name").into());
        }
        let plain = |c: char| c.is_ascii_graphic() && !"\"<>\\".contains(c);
        if query.len() > 2000 || !query.chars().all(plain) {
            return Err(Refusal::new("refused-view-query").into());
        }
        let lock = self.store.lock()?;
        let kept = self.store.saved_views(&self.actor)?;
        if kept.len() >= MOST && kept.iter().all(|view| view.name != name) {
            return Err(Refusal::new("refused-view-many").with("most", MOST).into());
        }
        Ok(self.store.keep_view(&lock, &self.actor, name, Some(query))?)
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// When the principal keeps none of that name.
    pub fn forget_view(&self, name: &str) -> Result<(), AppError> {
        self.require_somewhere(Permission::Read)?;
        let lock = self.store.lock()?;
        if self
            .store
            .saved_views(&self.actor)?
            .iter()
            .all(|view| view.name != name)
        {
            return Err(Refusal::new("refused-no-view").with("name", name).into());
        }
        Ok(self.store.keep_view(&lock, &self.actor, name, None)?)
    }
}
