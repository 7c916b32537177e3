//! Conditions of rules: a small tree over columns and tags, read from TOML and compiled to a polars expression.

use super::condition_sql::like_literal;
use crate::ledger::{Column, ColumnKind};
use polars::prelude::{DataType, Expr, Field, IntoColumn, NewChunkedArray, PlSmallStr, StringChunked, col, lit};
use serde::Deserialize;
use std::collections::BTreeSet;

/// What a test looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A text column of the ledger.
    Column(Column),
    /// The value of a tag.
    Tag(String),
}

/// A test of one text; a missing text passes none but `Present(false)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The text is exactly this.
    Equals(String),
    /// The text is one of these.
    In(Vec<String>),
    /// The regular expression is found in the text.
    Regex(String),
    /// The whole text fits the pattern: `*` is any text, `?` any one character, all else itself.
    Glob(String),
    /// The text starts with this.
    StartsWith(String),
    /// The text is there (and not empty), or is not.
    Present(bool),
}

/// Which charges a rule takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Condition {
    /// Every charge.
    Always,
    /// One test of one column or tag.
    Test(Subject, Test),
    /// All of the parts.
    All(Vec<Condition>),
    /// At least one of the parts.
    Any(Vec<Condition>),
    /// Not the part.
    Not(Box<Condition>),
}

/// A condition as it is written in TOML; exactly one of its shapes must be filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    column: Option<String>,
    tag: Option<String>,
    equals: Option<String>,
    #[serde(rename = "in")]
    one_of: Option<Vec<String>>,
    regex: Option<String>,
    glob: Option<String>,
    starts_with: Option<String>,
    present: Option<bool>,
    all: Option<Vec<Condition>>,
    any: Option<Vec<Condition>>,
    not: Option<Box<Condition>>,
    always: Option<bool>,
}

/// The text column of that name.
pub(super) fn subject_of(name: &str) -> Result<Subject, String> {
    let column: Column = name.parse()?;
    if column.kind() == ColumnKind::Text {
        Ok(Subject::Column(column))
    } else {
        Err(format!(
            "column {name} holds no text: conditions and assignments look at text columns and tags"
        ))
    }
}

impl TryFrom<Written> for Condition {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let mut tests = Vec::new();
        tests.extend(written.equals.map(Test::Equals));
        tests.extend(written.one_of.map(Test::In));
        if let Some(pattern) = written.regex {
            regex::Regex::new(&pattern).map_err(|error| format!("regex \"{pattern}\" cannot be read: {error}"))?;
            tests.push(Test::Regex(pattern));
        }
        tests.extend(written.glob.map(Test::Glob));
        tests.extend(written.starts_with.map(Test::StartsWith));
        tests.extend(written.present.map(Test::Present));
        let mut subjects = Vec::new();
        if let Some(name) = written.column {
            subjects.push(subject_of(&name)?);
        }
        subjects.extend(written.tag.map(Subject::Tag));
        let mut whole = Vec::new();
        whole.extend(written.all.map(Condition::All));
        whole.extend(written.any.map(Condition::Any));
        whole.extend(written.not.map(Condition::Not));
        match written.always {
            Some(true) => whole.push(Condition::Always),
            Some(false) => return Err("always = false would take nothing: leave the rule out".to_owned()),
            None => {}
        }
        match (subjects.len(), tests.len(), whole.len()) {
            (1, 1, 0) => Ok(Condition::Test(subjects.remove(0), tests.remove(0))),
            (0, 0, 1) => Ok(whole.remove(0)),
            (1, 0, 0) => Err("a test is missing: one of equals, in, regex, glob, starts_with, present".to_owned()),
            (0, 1, 0) => Err("the test names neither a column nor a tag".to_owned()),
            _ => Err("a condition is one test of one column or tag, or one of all, any, not, always".to_owned()),
        }
    }
}

/// The text of one tag: null when the key is missing, its value is null, or the tags are no JSON object.
///
/// Read here and not by a JSON path, because paths have no way to write every key (a backslash, for one).
fn tag_value(tags: &str, key: &str) -> Option<String> {
    let mut tags: serde_json::Map<String, serde_json::Value> = serde_json::from_str(tags).ok()?;
    match tags.remove(key)? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// A glob as a regular expression over the whole text.
fn regex_of_glob(glob: &str) -> String {
    let parts = glob.chars().map(|sign| match sign {
        '*' => ".*".to_owned(),
        '?' => ".".to_owned(),
        other => regex::escape(other.encode_utf8(&mut [0; 4])),
    });
    format!("(?s)\\A{}\\z", parts.collect::<String>())
}

/// A glob as a pattern of SQL's `LIKE` with `\` as escape.
pub(super) fn like_of_glob(glob: &str) -> String {
    let parts = glob.chars().map(|sign| match sign {
        '*' => "%".to_owned(),
        '?' => "_".to_owned(),
        other => like_literal(other.encode_utf8(&mut [0; 4])),
    });
    parts.collect()
}

impl Subject {
    /// The text looked at, null where it is missing.
    pub fn expression(&self) -> Expr {
        match self {
            Subject::Column(column) => col(PlSmallStr::from_static(column.name())),
            Subject::Tag(key) => {
                let key = key.clone();
                col(PlSmallStr::from_static(Column::Tags.name())).map(
                    move |tags| {
                        let texts = tags.str()?.iter();
                        let values = texts.map(|text| text.and_then(|text| tag_value(text, &key)));
                        Ok(StringChunked::from_iter_options(tags.name().clone(), values).into_column())
                    },
                    |_, field| Ok(Field::new(field.name().clone(), DataType::String)),
                )
            }
        }
    }

    /// The ledger column that holds it.
    pub fn column(&self) -> Column {
        match self {
            Subject::Column(column) => *column,
            Subject::Tag(_) => Column::Tags,
        }
    }
}

impl Condition {
    /// The condition as a polars expression that is true or false, never null.
    pub fn expression(&self) -> Expr {
        match self {
            Condition::Always => lit(true),
            Condition::Test(subject, test) => {
                let text = subject.expression();
                let passed = match test {
                    Test::Equals(value) => text.eq(lit(value.clone())),
                    Test::In(values) => values
                        .iter()
                        .map(|value| text.clone().eq(lit(value.clone())))
                        .reduce(Expr::or)
                        .unwrap_or(lit(false)),
                    Test::Regex(pattern) => text.str().contains(lit(pattern.clone()), true),
                    Test::Glob(glob) => text.str().contains(lit(regex_of_glob(glob)), true),
                    Test::StartsWith(start) => text.str().starts_with(lit(start.clone())),
                    Test::Present(true) => text.neq(lit("")),
                    Test::Present(false) => return text.neq(lit("")).fill_null(lit(false)).not(),
                };
                passed.fill_null(lit(false))
            }
            Condition::All(parts) => parts
                .iter()
                .map(Condition::expression)
                .reduce(Expr::and)
                .unwrap_or(lit(true)),
            Condition::Any(parts) => parts
                .iter()
                .map(Condition::expression)
                .reduce(Expr::or)
                .unwrap_or(lit(false)),
            Condition::Not(part) => part.expression().not(),
        }
    }

    /// The ledger columns that the condition looks at.
    pub fn columns(&self) -> BTreeSet<Column> {
        match self {
            Condition::Always => BTreeSet::new(),
            Condition::Test(subject, _) => BTreeSet::from([subject.column()]),
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::columns).collect(),
            Condition::Not(part) => part.columns(),
        }
    }
}
