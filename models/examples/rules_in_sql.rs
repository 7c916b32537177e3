//! Random rules over a ledger file, each with its SQL and the rows that its Polars form takes; `tests/rules_in_sql.py` runs
//! the SQL in DuckDB and compares. Usage: `rules_in_sql LEDGER.parquet RULES SEED > rules.jsonl`. The same seed gives the
//! same rules.

use headroom_models::allocation::{Mapping, Rule, Target, link_mappings, match_rules};
use headroom_models::ledger::{Column, ColumnKind, Month, text_values};
use polars::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write;

#[derive(serde::Deserialize)]
struct Written {
    #[serde(default)]
    mapping: Vec<Mapping>,
    rule: Vec<Rule>,
}

/// What rules can look at in the file: subjects as TOML, with the texts found there.
type Subjects = Vec<(String, Vec<String>)>;

fn subjects(frame: &DataFrame) -> Result<Subjects, Box<dyn Error>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in Column::ALL.iter().filter(|column| column.kind() == ColumnKind::Text) {
        let texts = text_values(frame, column.name())?.into_iter().flatten();
        found
            .entry(format!("column = \"{}\"", column.name()))
            .or_default()
            .extend(texts);
    }
    for tags in text_values(frame, Column::Tags.name())?.into_iter().flatten() {
        let Ok(serde_json::Value::Object(tags)) = serde_json::from_str(&tags) else {
            continue;
        };
        for (key, value) in tags {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            found.entry(format!("tag = {}", quoted(&key))).or_default().insert(text);
        }
    }
    // One key that no row has.
    found.entry("tag = \"no such key\"".to_owned()).or_default();
    Ok(found
        .into_iter()
        .map(|(subject, texts)| (subject, texts.into_iter().collect()))
        .collect())
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn pick<'a, T>(random: &mut impl Rng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty()).then(|| &from[random.random_range(0..from.len())])
}

/// A piece of a text, at bounds of characters.
fn piece(random: &mut impl Rng, text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let start = random.random_range(0..=signs.len());
    let end = random.random_range(start..=signs.len());
    signs[start..end].iter().collect()
}

fn glob(random: &mut impl Rng, text: &str) -> String {
    let mut glob = String::new();
    for sign in text.chars() {
        match random.random_range(0..12) {
            0 => glob.push('?'),
            1 => {
                glob.push('*');
                if random.random_bool(0.3) {
                    return glob;
                }
            }
            _ => glob.push(sign),
        }
    }
    glob
}

fn test(random: &mut impl Rng, subjects: &Subjects) -> String {
    let Some((subject, texts)) = pick(random, subjects) else {
        return "{ always = true }".to_owned();
    };
    let text = pick(random, texts).cloned().unwrap_or_else(|| "nothing".to_owned());
    let test = match random.random_range(0..9) {
        0 => format!("equals = {}", quoted(&text)),
        1 => {
            let count = random.random_range(0..5);
            let some: Vec<String> = (0..count)
                .filter_map(|_| pick(random, texts))
                .map(|text| quoted(text))
                .collect();
            format!("in = [{}]", some.join(", "))
        }
        2 => format!("regex = {}", quoted(&regex::escape(&piece(random, &text)))),
        3 => format!(
            "regex = {}",
            quoted(&format!("^{}.*[0-9a-z]$", regex::escape(&piece(random, &text))))
        ),
        4 => format!(
            "regex = {}",
            quoted(&format!("(?i)({}|[xyz]{{3}})", regex::escape(&piece(random, &text))))
        ),
        5 => format!("glob = {}", quoted(&glob(random, &text))),
        6 => format!(
            "starts_with = {}",
            quoted(&text.chars().take(random.random_range(0..9)).collect::<String>())
        ),
        7 => "present = true".to_owned(),
        _ => "present = false".to_owned(),
    };
    format!("{{ {subject}, {test} }}")
}

fn condition(random: &mut impl Rng, subjects: &Subjects, depth: u32) -> String {
    let parts = |random: &mut _| -> Vec<String> {
        let count = Rng::next_u32(random) % 4;
        (0..count).map(|_| condition(random, subjects, depth - 1)).collect()
    };
    match random.random_range(0..if depth == 0 { 5 } else { 10 }) {
        0..=4 => test(random, subjects),
        5 | 6 => format!("{{ all = [{}] }}", parts(random).join(", ")),
        7 | 8 => format!("{{ any = [{}] }}", parts(random).join(", ")),
        _ => format!("{{ not = {} }}", condition(random, subjects, depth - 1)),
    }
}

/// A rule, with the mapping table it looks products up in where it has one.
fn rule(random: &mut impl Rng, subjects: &Subjects) -> String {
    let when = condition(random, subjects, 3);
    let Some((subject, texts)) = pick(random, subjects) else {
        return String::new();
    };
    let (table, assign) = match random.random_range(0..5) {
        0 => {
            let lines: Vec<String> = texts
                .iter()
                .take(40)
                .map(|text| {
                    let product = ["video", "shop", "nobody"][random.random_range(0..3)];
                    let dates = [
                        "",
                        ", valid_from = \"2026-04\"",
                        ", valid_to = \"2026-02\"",
                        ", valid_from = \"2025-01\"",
                    ];
                    let dates = dates[random.random_range(0..4)];
                    format!("{{ value = {}, product = \"{product}\"{dates} }}", quoted(text))
                })
                .collect();
            let table = format!(
                "[[mapping]]\nid = \"table\"\n{subject}\nentries = [{}]\n",
                lines.join(", ")
            );
            (table, "{ product_from_mapping = \"table\" }".to_owned())
        }
        1 => {
            let from = subject
                .replace("column =", "product_from_column =")
                .replace("tag =", "product_from_tag =");
            (String::new(), format!("{{ {from} }}"))
        }
        _ => (String::new(), "{ product = \"video\" }".to_owned()),
    };
    format!("{table}[[rule]]\nid = \"random\"\nwhen = {when}\nassign = {assign}\n")
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, count, seed] = arguments.as_slice() else {
        return Err("usage: rules_in_sql LEDGER.parquet RULES SEED".into());
    };
    let frame = LazyFrame::scan_parquet(path.as_str().into(), Default::default())?.collect()?;
    let subjects = subjects(&frame)?;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed.parse()?);
    let month: Month = "2026-03".parse()?;
    // A few texts of the file are products, so that rules that read the product from the charge find some.
    let mut products: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, texts) in &subjects {
        products.extend(texts.iter().take(2).map(|text| (text.clone(), BTreeSet::new())));
    }
    products.extend(["video", "shop"].map(|product| (product.to_owned(), BTreeSet::new())));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for number in 0..count.parse::<usize>()? {
        let text = rule(&mut random, &subjects);
        let mut written: Written = toml::from_str(&text).map_err(|error| format!("{error}\n{text}"))?;
        link_mappings(&mut written.rule, &written.mapping);
        let rules: Vec<&Rule> = written.rule.iter().collect();
        let targets = match_rules(&frame, &rules, &products, month)?;
        let rows: Vec<usize> = (0..targets.len())
            .filter(|row| targets[*row] != Target::Nobody)
            .collect();
        let sql = written.rule[0].sql(&products, month);
        let line = serde_json::json!({ "number": number, "toml": text, "sql": sql, "rows": rows });
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}
