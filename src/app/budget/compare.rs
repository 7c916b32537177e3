//! Two versions of a budget side by side: what was added, cut and changed, and by whom.

use crate::app::{App, AppError};
use crate::auth::Permission;
use crate::store::{BudgetEvent, BudgetVersion};
use headroom_models::budget::{CellChange, ProductChange, compare};
use headroom_models::ledger::Money;
use serde::Serialize;
use serde_json::Value;

/// A cell that differs, and who made it so.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedCell {
    /// The difference.
    #[serde(flatten)]
    pub change: CellChange,
    /// Who changed the cell last on the way to the second version, where somebody did by hand.
    pub by: Option<String>,
    /// When.
    pub at: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Two versions side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// First version.
    pub from: BudgetVersion,
    /// Second version.
    pub to: BudgetVersion,
    /// Total of the second less total of the first.
    pub difference: Money,
    /// Products that differ.
    pub products: Vec<ProductChange>,
    /// Cells that differ.
    pub cells: Vec<ComparedCell>,
}

impl App {
    /// Compares two versions of a year: the approved one with the newest when none is named.
    ///
    /// # Errors
    /// When one is not there.
    pub fn compare_budgets(&self, year: i32, from: Option<i64>, to: Option<i64>) -> Result<Compared, AppError> {
        self.require_somewhere(Permission::Read)?;
        let newest = self.versions_of(year)?.last().map(|version| version.number);
        let (first, second) = (self.budget(year, from)?, self.budget(year, to.or(newest))?);
        let compared = compare(&first.lines, &second.lines);
        let events = self.store.budget_events(Some(year))?;
        let versions = (first.version.number, second.version.number);
        let cells = compared.cells.into_iter().map(|change| {
            let event = last_change(&events, versions, &change);
            ComparedCell {
                by: event.map(|event| event.actor.clone()),
                at: event.map(|event| event.at.clone()),
                reason: event.map(|event| event.reason.clone()),
                change,
            }
        });
        Ok(Compared {
            difference: compared.difference,
            products: compared.products,
            cells: cells.collect(),
            from: first.version,
            to: second.version,
        })
    }
}

/// The last event that changed a cell in the second version, or in any version between the two; the one that made the second
/// version when none did: then the cell came with its derivation.
fn last_change<'a>(events: &'a [BudgetEvent], (from, to): (i64, i64), change: &CellChange) -> Option<&'a BudgetEvent> {
    let between = |event: &&BudgetEvent| {
        event
            .version
            .is_some_and(|version| version > from.min(to) && version <= from.max(to))
    };
    let key = serde_json::to_value(&change.key).unwrap_or(Value::Null);
    let month = change.month.to_string();
    let touches = |event: &&BudgetEvent| {
        let cells = event.body["cells"].as_array();
        cells.is_some_and(|cells| {
            cells.iter().any(|cell| {
                cell["month"] == month
                    && ["product", "module", "cost_type", "expenditure"]
                        .iter()
                        .all(|field| cell[field] == key[field])
            })
        })
    };
    let made = |event: &&BudgetEvent| {
        event.version == Some(to) && matches!(event.kind.as_str(), "derive" | "draft" | "revise")
    };
    events
        .iter()
        .filter(between)
        .rfind(touches)
        .or_else(|| events.iter().rfind(made))
}
