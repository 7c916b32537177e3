//! Mapping tables (a CMDB's, say): which product something belongs to, by dates.

use super::Subject;
use super::condition::subject_of;
use crate::ledger::Month;
use crate::organization::Organization;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A table from the texts of one column or tag to products, each line with the months in which it holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Mapping {
    /// Unique among mappings.
    pub id: String,
    /// Where the text stands that is looked up.
    pub subject: Subject,
    /// The lines.
    pub entries: Vec<MappingEntry>,
}

/// One line of a mapping table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingEntry {
    /// The whole text, letter by letter.
    pub value: String,
    /// Product id.
    pub product: String,
    /// Module id.
    pub module: Option<String>,
    /// First month in which the line holds.
    pub valid_from: Option<Month>,
    /// Last month in which the line holds.
    pub valid_to: Option<Month>,
}

/// A rule's reference to a mapping: an id in the file, the table itself once the documents have been read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingReference {
    /// Id of the mapping.
    pub id: String,
    /// The table; a reference without one takes no charge.
    pub table: Option<Arc<Mapping>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    column: Option<String>,
    tag: Option<String>,
    entries: Vec<MappingEntry>,
}

impl TryFrom<Written> for Mapping {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let subject = match (written.column, written.tag) {
            (Some(column), None) => subject_of(&column)?,
            (None, Some(tag)) => Subject::Tag(tag),
            _ => return Err(format!("mapping '{}' needs a column or a tag to look up", written.id)),
        };
        Ok(Mapping {
            id: written.id,
            subject,
            entries: written.entries,
        })
    }
}

impl MappingEntry {
    fn holds_in(&self, month: Month) -> bool {
        self.valid_from.is_none_or(|first| first <= month) && self.valid_to.is_none_or(|last| month <= last)
    }

    /// True when there is a month in which both lines hold.
    fn meets(&self, other: &MappingEntry) -> bool {
        let before = |last: Option<Month>, first: Option<Month>| matches!((last, first), (Some(l), Some(f)) if l < f);
        !before(self.valid_to, other.valid_from) && !before(other.valid_to, self.valid_from)
    }
}

impl Mapping {
    /// The lines that hold in a month, by text; of two that hold (which the check refuses) the first.
    pub fn lines_in(&self, month: Month) -> BTreeMap<&str, &MappingEntry> {
        let mut lines = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.holds_in(month)) {
            lines.entry(entry.value.as_str()).or_insert(entry);
        }
        lines
    }
}

/// Everything about mappings that does not hold together with the organization or each other.
pub fn mapping_problems(mappings: &[Mapping], organization: &Organization) -> Vec<String> {
    let products = organization.modules_by_product();
    let mut problems = Vec::new();
    for (position, mapping) in mappings.iter().enumerate() {
        let id = &mapping.id;
        if mappings[..position].iter().any(|earlier| earlier.id == *id) {
            problems.push(format!("mapping '{id}' is defined twice"));
        }
        let mut by_value: BTreeMap<&str, Vec<&MappingEntry>> = BTreeMap::new();
        for entry in &mapping.entries {
            let (value, product) = (&entry.value, &entry.product);
            match products.get(product) {
                None => problems.push(format!(
                    "mapping '{id}' takes '{value}' to product '{product}', which no organization file names"
                )),
                Some(modules) => {
                    if let Some(module) = entry.module.as_ref().filter(|module| !modules.contains(*module)) {
                        problems.push(format!(
                            "mapping '{id}' takes '{value}' to module '{module}', which product '{product}' does not have"
                        ));
                    }
                }
            }
            if let (Some(first), Some(last)) = (entry.valid_from, entry.valid_to)
                && last < first
            {
                problems.push(format!(
                    "mapping '{id}': the line of '{value}' ends in {last}, before it starts in {first}"
                ));
            }
            let lines = by_value.entry(value).or_default();
            if lines.iter().any(|line| line.meets(entry)) {
                problems.push(format!(
                    "mapping '{id}' takes '{value}' to two lines in one month: end the earlier line (valid_to) before the later starts"
                ));
            }
            lines.push(entry);
        }
    }
    problems
}
