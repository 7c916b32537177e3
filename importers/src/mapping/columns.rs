//! Which column of a file is which: headers are matched once, rows are read by position.

use crate::diagnostics::FileProblem;

/// A column that an importer reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnSpec {
    /// The English name, in the spelling that messages and templates show.
    pub name: &'static str,
    /// The Chinese name; empty where there is none.
    pub chinese: &'static str,
    /// Other names that vendors give it in other versions of the file, the preferred one first.
    pub also: &'static [&'static str],
    /// True when a file without it is not of this kind.
    pub required: bool,
}

impl ColumnSpec {
    /// The column with other names under which it may stand in a file.
    pub const fn or(self, also: &'static [&'static str]) -> ColumnSpec {
        ColumnSpec { also, ..self }
    }
}

/// A column that must be there.
pub(crate) const fn required(name: &'static str, chinese: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        chinese,
        also: &[],
        required: true,
    }
}

/// A column that may be there.
pub(crate) const fn optional(name: &'static str, chinese: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        chinese,
        also: &[],
        required: false,
    }
}

/// Declares the columns of an importer: a list of them, and a constant with the number of each.
macro_rules! columns {
    ($($number:ident = $spec:expr;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "numbers of columns, written like constants")]
        enum Numbers { $($number,)* }
        $(const $number: usize = Numbers::$number as usize;)*
        const COLUMNS: &[$crate::mapping::ColumnSpec] = &[$($spec,)*];
    };
}
pub(crate) use columns;

/// Where the columns of an importer are in a file, by their index in the importer's list.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    positions: Vec<Option<usize>>,
    /// Names as the file spells them, or the English ones of columns that are not there.
    names: Vec<String>,
    /// The header as it stands in the file.
    header: Vec<String>,
}

impl Columns {
    /// Finds the columns in a header; columns that no one asked for stay out.
    ///
    /// A column that stands there twice is found where it stands first, and named beside the columns.
    pub fn find(specs: &[ColumnSpec], header: &[&str]) -> (Columns, Option<FileProblem>) {
        let normal: Vec<String> = header.iter().map(|cell| normalized(cell)).collect();
        let mut columns = Columns {
            positions: Vec::new(),
            names: Vec::new(),
            header: header.iter().map(|cell| cell.trim().to_owned()).collect(),
        };
        let mut repeated = None;
        for spec in specs {
            let wanted = [normalized(spec.name), normalized(spec.chinese)];
            let is_wanted = |cell: &String| !cell.is_empty() && wanted.contains(cell);
            let mut matches = normal
                .iter()
                .enumerate()
                .filter(|(_, cell)| is_wanted(cell))
                .map(|(index, _)| index);
            let mut position = matches.next();
            if let Some(second) = matches.next() {
                repeated = Some(FileProblem::RepeatedColumn {
                    column: header[second].trim().to_owned(),
                });
            }
            if position.is_none() && !spec.name.is_empty() {
                position = other_name(spec, &normal);
            }
            columns
                .names
                .push(position.map_or(spec.name, |index| header[index].trim()).to_owned());
            columns.positions.push(position);
        }
        (columns, repeated)
    }

    /// True when the file has any of the columns.
    pub fn any(&self) -> bool {
        self.positions.iter().any(Option::is_some)
    }

    /// Position of a column in the file.
    pub fn position(&self, column: usize) -> Option<usize> {
        self.positions.get(column).copied().flatten()
    }

    /// Places and names of all columns of the file.
    pub fn header(&self) -> impl Iterator<Item = (usize, &str)> {
        self.header.iter().map(String::as_str).enumerate()
    }

    /// The name of a column as the file spells it.
    pub fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }
}

/// A column under one of its other names, or with its English name behind a localised one.
///
/// Files may carry several of these at once (`Cost` and `CostInUsd`), so the order of the names decides.
fn other_name(spec: &ColumnSpec, normal: &[String]) -> Option<usize> {
    let named = |name: &str| normal.iter().position(|cell| cell == &normalized(name));
    let localised = |name: &str| {
        let end = format!("({})", normalized(name));
        normal.iter().position(|cell| cell.ends_with(&end))
    };
    let also = || spec.also.iter().copied();
    also()
        .find_map(named)
        .or_else(|| std::iter::once(spec.name).chain(also()).find_map(localised))
}

/// A header cell without the things in which spreadsheets differ: case, blanks, a mark for required columns.
fn normalized(cell: &str) -> String {
    let cell = cell.trim().trim_matches(['\u{FEFF}', '*', '＊']).trim();
    cell.split_whitespace()
        .collect::<Vec<_>>()
        .join("_")
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_columns_in_either_language_and_any_order() {
        let specs = [
            required("billing_month", "账期"),
            optional("unit", "单位"),
            required("vendor", "供应商"),
        ];
        let columns = Columns::find(&specs, &["供应商", "other", " Billing Month* "]).0;
        assert_eq!([0, 1, 2].map(|index| columns.position(index)), [Some(2), None, Some(0)]);
        assert_eq!(columns.name(0), "Billing Month*");
        assert_eq!(columns.name(1), "unit");
        let specs = [
            required("SubscriptionId", "").or(&["SubscriptionGuid"]),
            optional("Cost", "").or(&["PreTaxCost"]),
        ];
        let columns = Columns::find(&specs, &["Abonnement-GUID (SubscriptionGuid)", "PreTaxCost"]).0;
        assert_eq!([0, 1].map(|index| columns.position(index)), [Some(0), Some(1)]);
        assert_eq!(columns.header().count(), 2);
        let specs = [required("vendor", "供应商")];
        let repeated = Columns::find(&specs, &["vendor", "供应商"]);
        assert_eq!(
            repeated.1,
            Some(FileProblem::RepeatedColumn {
                column: "供应商".to_owned()
            })
        );
    }
}
