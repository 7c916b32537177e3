//! Telling by the header alone what a file is.

use crate::diagnostics::{Considered, FileProblem, Hint};
use crate::mapping::{ColumnMapping, Columns};
use crate::sources::{ALL, Importer};

/// The importer that reads rows with this header.
///
/// Where several could, the one that knows the most of its columns: a file may carry more than one kind needs.
pub(crate) fn recognize(header: &[&str]) -> Result<Option<&'static dyn Importer>, FileProblem> {
    // No header has fewer columns than the smallest template, and every line of a file's head comes by here.
    if header.len() < 2 {
        return Ok(None);
    }
    let mut best: Option<(usize, &'static dyn Importer)> = None;
    let mut repeated = None;
    for importer in ALL {
        let (columns, twice) = Columns::find(importer.columns(), header);
        if !missing(*importer, &columns).is_empty() {
            continue;
        }
        if let Some(problem) = twice {
            repeated = Some(problem);
            continue;
        }
        let count = (0..importer.columns().len())
            .filter(|&index| columns.position(index).is_some())
            .count();
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, *importer));
        }
    }
    match (best, repeated) {
        (Some((_, importer)), _) => Ok(Some(importer)),
        (None, Some(problem)) => Err(problem),
        (None, None) => Ok(None),
    }
}

/// The importer of a header, by a mapping where there is one.
pub(crate) fn recognize_mapped(
    header: &[&str],
    mapping: Option<&ColumnMapping>,
) -> Result<Option<&'static dyn Importer>, FileProblem> {
    match mapping {
        Some(mapping) => Ok(mapping.recognize(header)),
        None => recognize(header),
    }
}

/// The problem of a file without a header that is recognised.
pub(crate) fn unknown(found: Vec<String>, mapping: Option<&ColumnMapping>) -> FileProblem {
    match mapping {
        Some(mapping) => {
            let header: Vec<&str> = found.iter().map(String::as_str).collect();
            let lacking = mapping.lacking(&header);
            FileProblem::MappingDoesNotFit { found, lacking }
        }
        None => unknown_header(found),
    }
}

/// The required columns that a header lacks.
fn missing(importer: &dyn Importer, columns: &Columns) -> Vec<(&'static str, &'static str)> {
    let is_there = |index: usize| {
        columns.position(index).is_some()
            || importer
                .substitute(index)
                .is_some_and(|other| columns.position(other).is_some())
    };
    let specs = importer.columns().iter().enumerate();
    specs
        .filter(|(index, spec)| spec.required && !is_there(*index))
        .map(|(_, spec)| (spec.name, spec.chinese))
        .collect()
}

/// The problem of a header that no importer knows, with what each of them missed.
pub(crate) fn unknown_header(found: Vec<String>) -> FileProblem {
    let header: Vec<&str> = found.iter().map(String::as_str).collect();
    let mut considered: Vec<Considered> = ALL
        .iter()
        .map(|importer| Considered {
            importer: importer.name(),
            missing: missing(*importer, &Columns::find(importer.columns(), &header).0),
        })
        .collect();
    let required = |name: &str| {
        let importer = ALL.iter().find(|importer| importer.name() == name);
        importer.map_or(1, |importer| {
            importer.columns().iter().filter(|spec| spec.required).count().max(1)
        })
    };
    // The nearest one first: it is what the file was most likely meant to be.
    considered.sort_by_key(|importer| importer.missing.len() * 1000 / required(importer.importer));
    let hint = header.contains(&"BillingPeriodStatus").then_some(Hint::BillingPeriod);
    FileProblem::UnknownHeader {
        found,
        considered,
        hint,
    }
}
