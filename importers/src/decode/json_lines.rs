//! JSON lines, as databases export nested tables: one object in each line, fields that are null left out.

use super::limits::problem_of;
use super::nested::{self, Name};
use super::record::Record;
use super::{Limits, Place, Rows, Stop, Table, Visit};
use crate::diagnostics::FileProblem;
use crate::mapping::Columns;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{BufRead, Read};

/// True when the text starts with an object.
pub(super) fn is_json(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"{\"") || {
        let mut letters = head
            .trim_ascii_start()
            .iter()
            .filter(|byte| !byte.is_ascii_whitespace());
        letters.next() == Some(&b'{') && letters.next() == Some(&b'"')
    }
}

/// Visits the table whose rows are the lines of `reader`; `head` is its beginning, to find the columns.
pub(super) fn visit(
    head: &[u8],
    reader: impl BufRead,
    place: &Place<'_>,
    location: &str,
    limits: &Limits,
    visit: Visit<'_>,
) -> Result<(), Stop> {
    let names = names(head).map_err(|problem| place.stop(problem))?;
    let (importer, mut names) = nested::recognized(names).map_err(|problem| place.stop(problem))?;
    if importer.leaves_out_nulls() {
        let dotted: Vec<String> = names.iter().map(Name::dotted).collect();
        let cells: Vec<&str> = dotted.iter().map(String::as_str).collect();
        let columns = Columns::find(importer.columns(), &cells).0;
        let specs = importer.columns().iter().enumerate();
        let absent = specs.filter(|(index, spec)| columns.position(*index).is_none() && !spec.name.is_empty());
        names.extend(absent.map(|(_, spec)| Name {
            path: spec.name.split('.').map(str::to_owned).collect(),
            parent: false,
        }));
    }
    let header = names.iter().map(Name::dotted).collect();
    let mut rows = JsonRows {
        reader,
        names,
        most_bytes: limits.record_bytes,
        lines: 0,
        line: Vec::new(),
    };
    visit(Table {
        sheet: place.sheet.map(str::to_owned),
        location: location.to_owned(),
        importer,
        header,
        strict_width: true,
        decimal_comma: false,
        rows: &mut rows,
    })
}

/// All columns and fields that the complete lines of the head hold, in the order in which they come.
fn names(head: &[u8]) -> Result<Vec<Name>, FileProblem> {
    let mut names = Vec::new();
    let mut known = BTreeSet::new();
    let complete = match head.iter().rposition(|&byte| byte == b'\n') {
        Some(end) => &head[..end],
        None => head,
    };
    for (index, line) in complete.split(|&byte| byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match object(line) {
            Some(object) => collect(&object, &[], &mut known, &mut names),
            // Further down it is said when the line is read.
            None if names.is_empty() => return Err(FileProblem::NotJson { line: index as u64 + 1 }),
            None => {}
        }
    }
    Ok(names)
}

fn collect(object: &Map<String, Value>, above: &[String], known: &mut BTreeSet<Vec<String>>, names: &mut Vec<Name>) {
    for (key, value) in object {
        let path = [above, std::slice::from_ref(key)].concat();
        let fields = value.as_object().filter(|_| path.len() < 4);
        if known.insert(path.clone()) {
            let (path, parent) = (path.clone(), fields.is_some());
            names.push(Name { path, parent });
        }
        if let Some(fields) = fields {
            collect(fields, &path, known, names);
        }
    }
}

/// A line as an object, its numbers as texts, digit for digit.
fn object(line: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(line).ok()?;
    serde_json::from_str(&crate::sources::exact_numbers(text)).ok()
}

struct JsonRows<R> {
    reader: R,
    names: Vec<Name>,
    most_bytes: u64,
    lines: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Rows for JsonRows<R> {
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        record.clear();
        loop {
            self.line.clear();
            let read = (&mut self.reader)
                .take(self.most_bytes + 1)
                .read_until(b'\n', &mut self.line);
            if read.map_err(|error| problem_of(&error))? == 0 {
                return Ok(None);
            }
            self.lines += 1;
            if self.line.len() as u64 > self.most_bytes {
                let (line, limit) = (self.lines, self.most_bytes);
                return Err(FileProblem::LineTooLong { line, limit });
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        let object = object(&self.line).ok_or(FileProblem::NotJson { line: self.lines })?;
        for name in &self.names {
            record.push_field(field(&object, &name.path).as_bytes());
        }
        Ok(Some(self.lines))
    }
}

fn field(object: &Map<String, Value>, path: &[String]) -> String {
    // A flat file may have dots in its names.
    if path.len() > 1
        && let Some(value) = object.get(&path.join("."))
    {
        return nested::text(value);
    }
    let Some((first, rest)) = path.split_first() else {
        return String::new();
    };
    let mut value = object.get(first);
    for step in rest {
        value = value.and_then(|value| value.get(step));
    }
    value.map(nested::text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_all_lines() {
        let head = b"{\"a\":1,\"b\":{\"c\":\"x\"}}\n\n{\"d\":[{\"k\":1.2E-7}],\"b\":null}\n{\"cut";
        let dotted: Vec<String> = names(head).unwrap().iter().map(Name::dotted).collect();
        assert_eq!(dotted, ["a", "b", "b.c", "d"]);
        assert_eq!(names(b"{\"a\": }\n"), Err(FileProblem::NotJson { line: 1 }));
        let row = object(b"{\"d\":[{\"k\":1.2E-7}],\"b\":{\"c\":-0.10}}").unwrap();
        assert_eq!(field(&row, &["d".to_owned()]), r#"[{"k":"1.2E-7"}]"#);
        assert_eq!(field(&row, &["b".to_owned(), "c".to_owned()]), "-0.10");
        assert_eq!(field(&row, &["x".to_owned(), "c".to_owned()]), "");
    }
}
