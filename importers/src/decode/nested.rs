//! Headers of sources whose columns may hold columns: `service.id` stands for the field `id` of the column `service`.

use crate::diagnostics::FileProblem;
use crate::mapping::Columns;
use crate::recognize;
use crate::sources::Importer;
use serde_json::Value;

/// A column or a field of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The names from the outermost column to the field.
    pub path: Vec<String>,
    /// True when there are fields below it.
    pub parent: bool,
}

impl Name {
    /// The name under which importers look for it.
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }
}

/// The importer of a file with these columns, and those of them that it reads or that stand on their own.
pub(super) fn recognized(names: Vec<Name>) -> Result<(&'static dyn Importer, Vec<Name>), FileProblem> {
    let dotted: Vec<String> = names.iter().map(Name::dotted).collect();
    let cells: Vec<&str> = dotted.iter().map(String::as_str).collect();
    let Some(importer) = recognize::recognize(&cells)? else {
        let outer = names.iter().filter(|name| name.path.len() == 1).map(Name::dotted);
        return Err(recognize::unknown_header(outer.collect()));
    };
    let columns = Columns::find(importer.columns(), &cells).0;
    let read: Vec<usize> = (0..importer.columns().len())
        .filter_map(|column| columns.position(column))
        .collect();
    let kept = names
        .into_iter()
        .enumerate()
        .filter(|(index, name)| read.contains(index) || (name.path.len() == 1 && !name.parent));
    Ok((importer, kept.map(|(_, name)| name).collect()))
}

/// The text of a value: a list or an object stays JSON, null is empty.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
