//! Conditions as SQL text, from the same tree that compiles to polars.
//!
//! Standard SQL with double-quoted column names, except where the standard has nothing that engines share: regular
//! expressions are DuckDB's `regexp_matches` (RE2: found anywhere in the text), tags its `json_extract_string`. A tag's key
//! is written as a JSON pointer (RFC 6901), because that has a way to write every key: points, quotes, backslashes and
//! slashes (`~1`). Tags that are no JSON object have no values. Values that are no text (numbers, lists) compare by the
//! engine's own text of them; [`Condition::expression`] compares by serde_json's.

use super::condition::like_of_glob;
use super::{Assignment, Condition, MappingReference, Rule, Subject, Test};
use crate::ledger::Month;
use std::collections::{BTreeMap, BTreeSet};

/// A text as an SQL literal.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as a delimited identifier.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text with the wildcards of `LIKE` taken literally.
pub(super) fn like_literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

impl Subject {
    /// The text looked at as an SQL expression, null where it is missing.
    pub fn sql(&self) -> String {
        let column = identifier(self.column().name());
        match self {
            Subject::Column(_) => column,
            Subject::Tag(key) => {
                let pointer = literal(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
                // Nested, because AND promises no order of evaluation and text that is no JSON is an error to json_type.
                format!(
                    "CASE WHEN json_valid({column}) THEN CASE WHEN json_type({column}) = 'OBJECT' \
                     THEN json_extract_string({column}, {pointer}) END END"
                )
            }
        }
    }
}

impl Condition {
    /// The condition as an SQL search condition over the ledger's columns that is true or false, never null.
    pub fn sql(&self) -> String {
        match self {
            Condition::Always => "TRUE".to_owned(),
            Condition::Test(subject, test) => {
                let text = subject.sql();
                let passed = match test {
                    Test::Equals(value) => format!("{text} = {}", literal(value)),
                    Test::In(values) if values.is_empty() => return "FALSE".to_owned(),
                    Test::In(values) => {
                        let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
                        format!("{text} IN ({})", values.join(", "))
                    }
                    Test::Regex(pattern) => format!("regexp_matches({text}, {})", literal(pattern)),
                    Test::Glob(glob) => format!("{text} LIKE {} ESCAPE '\\'", literal(&like_of_glob(glob))),
                    Test::StartsWith(start) => {
                        format!(
                            "{text} LIKE {} ESCAPE '\\'",
                            literal(&format!("{}%", like_literal(start)))
                        )
                    }
                    Test::Present(true) => format!("{text} <> ''"),
                    Test::Present(false) => return format!("(NOT COALESCE({text} <> '', FALSE))"),
                };
                format!("COALESCE({passed}, FALSE)")
            }
            Condition::All(parts) => joined(parts, " AND ", "TRUE"),
            Condition::Any(parts) => joined(parts, " OR ", "FALSE"),
            Condition::Not(part) => format!("(NOT {})", part.sql()),
        }
    }
}

impl Rule {
    /// Which charges the rule takes in the month when it is the only rule, as an SQL search condition: its condition, and
    /// where it reads the product from the charge, that the text there names a product of the company.
    pub fn sql(&self, products: &BTreeMap<String, BTreeSet<String>>, month: Month) -> String {
        let condition = self.when.sql();
        let one_of = |subject: &Subject, texts: Vec<&str>| {
            let test = Test::In(texts.into_iter().map(str::to_owned).collect());
            format!("({condition} AND {})", Condition::Test(subject.clone(), test).sql())
        };
        match &self.assign {
            _ if !self.applies_in(month) => "FALSE".to_owned(),
            Assignment::Direct { .. } | Assignment::Pool(_) => condition,
            Assignment::From { product, .. } => one_of(product, products.keys().map(String::as_str).collect()),
            Assignment::FromMapping(MappingReference { table: None, .. }) => "FALSE".to_owned(),
            Assignment::FromMapping(MappingReference { table: Some(table), .. }) => {
                let lines = table.lines_in(month).into_iter();
                let known = lines.filter(|(_, line)| products.contains_key(&line.product));
                one_of(&table.subject, known.map(|(text, _)| text).collect())
            }
        }
    }
}

fn joined(parts: &[Condition], word: &str, none: &str) -> String {
    match parts {
        [] => none.to_owned(),
        [part] => part.sql(),
        parts => format!("({})", parts.iter().map(Condition::sql).collect::<Vec<_>>().join(word)),
    }
}
