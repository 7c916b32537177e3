//! Looking for something by a few letters of its name.

use super::{App, AppError};
use crate::auth::Permission;
use headroom_models::language::Language;
use serde::Serialize;

/// Batches found at most, the newest first.
const MOST_BATCHES: usize = 20;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// `product` or `batch`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// As people call it.
    pub name: String,
}

impl App {
    /// Products and batches whose id or name holds a text, in whatever case; nothing for no text. Only what the principal sees.
    ///
    /// # Errors
    /// When the principal may read nothing, or the database cannot be read.
    pub fn search(&self, text: &str, language: Language) -> Result<Vec<Found>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let fits = |text: &str| text.to_lowercase().contains(&wanted);
        let visible = self.visible()?;
        let mut found = Vec::new();
        for product in self.organization()?.products {
            let names = Language::ALL.map(|language| product.name.in_language(language));
            if visible.sees(&product.id) && (fits(&product.id) || names.iter().any(|name| fits(name))) {
                found.push(Found {
                    kind: "product",
                    name: product.name.in_language(language).to_owned(),
                    id: product.id,
                });
            }
        }
        if visible.is_everything() {
            let batches = self.batches()?.into_iter().rev();
            let batches = batches.filter(|(batch, _)| fits(&batch.id) || fits(&batch.source));
            found.extend(batches.take(MOST_BATCHES).map(|(batch, _)| Found {
                kind: "batch",
                name: format!("{} · {}", batch.id, batch.source),
                id: batch.id,
            }));
        }
        Ok(found)
    }
}
