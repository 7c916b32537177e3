//! Rules that would take what no rule takes, worked out from the charges themselves.

use crate::ledger::{Column, Money};
use std::collections::{BTreeMap, BTreeSet};

/// Charges that cannot be told apart by what suggestions look at.
#[derive(Clone, Debug, Default)]
pub struct QueueLine {
    /// Texts of [`LOOKED_AT`] that are there.
    pub texts: BTreeMap<Column, String>,
    /// Product of charges that a rule takes directly; nothing for those that no rule takes.
    pub product: Option<String>,
    /// Effective cost in the reporting currency.
    pub amount: Money,
    /// How many charges.
    pub charges: u64,
}

/// The columns that suggestions are made of.
pub const LOOKED_AT: [Column; 7] = [
    Column::Tags,
    Column::Product,
    Column::SubAccountId,
    Column::SubAccountName,
    Column::ResourceId,
    Column::ServiceName,
    Column::InvoiceIssuerName,
];

/// Columns whose texts may name a product, or belong to one whose other charges are allocated.
const TELLING: [Column; 4] = [
    Column::SubAccountId,
    Column::SubAccountName,
    Column::ResourceId,
    Column::Product,
];

/// Least part of the allocated cost of the same text that has to go to one product, in percent.
const NEIGHBOURS_PERCENT: i64 = 90;

/// Why a rule is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The values of the tag are products of the company.
    TagNamesProducts,
    /// The texts of the column are products of the company.
    ColumnNamesProducts,
    /// The product's id is a word of the text.
    WordInText,
    /// Other charges of the same text go to that product.
    Neighbours,
}

/// A rule ready to be applied, and what it would take.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Suggestion {
    /// The rule as TOML.
    pub rule: String,
    /// Its id.
    pub id: String,
    /// Why.
    pub evidence: Evidence,
    /// Tag key or column.
    pub subject: String,
    /// The text looked for; empty when the text itself names the product.
    pub text: String,
    /// Product; empty when the text itself names it.
    pub product: String,
    /// Effective cost that it would take, in the reporting currency, after the suggestions before it.
    pub amount: Money,
    /// Charges that it would take.
    pub charges: u64,
}

/// A rule that might be suggested.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Candidate {
    Tag(String),
    Column(Column),
    Text {
        evidence: Evidence,
        column: Column,
        text: String,
        product: String,
    },
    TagText {
        key: String,
        text: String,
        product: String,
    },
}

/// Suggests rules for the lines without a product: of all candidates always the one that takes most of what is left, until
/// none takes anything or `most` are found.
pub fn suggest_rules(lines: &[QueueLine], products: &BTreeSet<String>, most: usize) -> Vec<Suggestion> {
    let tags: Vec<BTreeMap<String, String>> = lines.iter().map(tags_of).collect();
    let mut takes: BTreeMap<Candidate, Vec<usize>> = BTreeMap::new();
    let neighbours = neighbours(lines);
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.product.is_none()) {
        for candidate in candidates(line, &tags[at], products, &neighbours) {
            takes.entry(candidate).or_default().push(at);
        }
    }
    let mut left: BTreeSet<usize> = (0..lines.len()).filter(|at| lines[*at].product.is_none()).collect();
    let mut suggestions: Vec<Suggestion> = Vec::new();
    while suggestions.len() < most {
        let sum = |at: &[usize]| -> (Money, u64) {
            let taken = at.iter().filter(|at| left.contains(*at));
            taken.fold((Money::ZERO, 0), |(amount, charges), at| {
                (amount + lines[*at].amount, charges + lines[*at].charges)
            })
        };
        let best = takes
            .iter()
            .map(|(candidate, at)| (sum(at), candidate))
            .filter(|((_, charges), _)| *charges > 0)
            .max_by(|(a, first), (b, second)| (a.0.abs(), a.1).cmp(&(b.0.abs(), b.1)).then(second.cmp(first)));
        let Some(((amount, charges), candidate)) = best else {
            break;
        };
        let candidate = candidate.clone();
        for at in takes.remove(&candidate).unwrap_or_default() {
            left.remove(&at);
        }
        let id = format!("suggested-{}", suggestions.len() + 1);
        suggestions.push(written(candidate, id, amount, charges));
    }
    suggestions
}

fn candidates(
    line: &QueueLine,
    tags: &BTreeMap<String, String>,
    products: &BTreeSet<String>,
    neighbours: &BTreeMap<(Column, String), String>,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (key, value) in tags {
        if products.contains(value) {
            found.push(Candidate::Tag(key.clone()));
        } else if let Some(product) = word_of(value, products) {
            found.push(Candidate::TagText {
                key: key.clone(),
                text: value.clone(),
                product,
            });
        }
    }
    for column in TELLING {
        let Some(text) = line.texts.get(&column) else { continue };
        let of = |evidence, product: String| Candidate::Text {
            evidence,
            column,
            text: text.clone(),
            product,
        };
        if products.contains(text) {
            found.push(Candidate::Column(column));
        } else if let Some(product) = word_of(text, products) {
            found.push(of(Evidence::WordInText, product));
        } else if let Some(product) = neighbours.get(&(column, text.clone())) {
            found.push(of(Evidence::Neighbours, product.clone()));
        }
    }
    found
}

/// Column and text → the product that almost all of its allocated cost goes to.
fn neighbours(lines: &[QueueLine]) -> BTreeMap<(Column, String), String> {
    let mut sums: BTreeMap<(Column, String), BTreeMap<String, Money>> = BTreeMap::new();
    for line in lines {
        let Some(product) = &line.product else { continue };
        for column in TELLING {
            if let Some(text) = line.texts.get(&column) {
                let of_text = sums.entry((column, text.clone())).or_default();
                *of_text.entry(product.clone()).or_default() += line.amount.abs();
            }
        }
    }
    let almost_all = |(key, by_product): ((Column, String), BTreeMap<String, Money>)| {
        let whole: Money = by_product.values().copied().sum();
        let (product, most) = by_product.into_iter().max_by_key(|(_, amount)| *amount)?;
        let enough = most.times(100) >= whole.times(NEIGHBOURS_PERCENT) && !most.is_zero();
        enough.then_some((key, product))
    };
    sums.into_iter().filter_map(almost_all).collect()
}

/// The one product whose id is a word of the text.
fn word_of(text: &str, products: &BTreeSet<String>) -> Option<String> {
    let mut words = text.split(|sign: char| !sign.is_alphanumeric()).filter_map(|word| {
        let known = products.iter().find(|product| product.eq_ignore_ascii_case(word));
        known.filter(|_| !word.is_empty())
    });
    let first = words.next()?;
    words.all(|other| other == first).then(|| first.clone())
}

fn tags_of(line: &QueueLine) -> BTreeMap<String, String> {
    let Some(text) = line.texts.get(&Column::Tags) else {
        return BTreeMap::new();
    };
    let tags: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    let text = |(key, value): (String, serde_json::Value)| Some((key, value.as_str()?.to_owned()));
    tags.into_iter().filter_map(text).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn written(candidate: Candidate, id: String, amount: Money, charges: u64) -> Suggestion {
    let (evidence, subject, text, product, when, assign) = match candidate {
        Candidate::Tag(key) => {
            let when = format!("{{ tag = {}, present = true }}", quoted(&key));
            let assign = format!("{{ product_from_tag = {} }}", quoted(&key));
            (
                Evidence::TagNamesProducts,
                key,
                String::new(),
                String::new(),
                when,
                assign,
            )
        }
        Candidate::Column(column) => {
            let name = column.name();
            let when = format!("{{ column = \"{name}\", present = true }}");
            let assign = format!("{{ product_from_column = \"{name}\" }}");
            (
                Evidence::ColumnNamesProducts,
                name.to_owned(),
                String::new(),
                String::new(),
                when,
                assign,
            )
        }
        Candidate::Text {
            evidence,
            column,
            text,
            product,
        } => {
            let name = column.name();
            let when = format!("{{ column = \"{name}\", equals = {} }}", quoted(&text));
            let assign = format!("{{ product = {} }}", quoted(&product));
            (evidence, name.to_owned(), text, product, when, assign)
        }
        Candidate::TagText { key, text, product } => {
            let when = format!("{{ tag = {}, equals = {} }}", quoted(&key), quoted(&text));
            let assign = format!("{{ product = {} }}", quoted(&product));
            (Evidence::WordInText, key, text, product, when, assign)
        }
    };
    Suggestion {
        rule: format!("[[rule]]\nid = {}\nwhen = {when}\nassign = {assign}\n", quoted(&id)),
        id,
        evidence,
        subject,
        text,
        product,
        amount,
        charges,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Rule;

    fn line(column: Column, text: &str, product: Option<&str>, amount: i64) -> QueueLine {
        QueueLine {
            texts: BTreeMap::from([(column, text.to_owned())]),
            product: product.map(str::to_owned),
            amount: Money::whole(amount),
            charges: 1,
        }
    }

    #[test]
    fn the_rule_that_takes_most_comes_first_and_each_amount_is_taken_once() {
        let products = BTreeSet::from(["shop".to_owned(), "video".to_owned()]);
        let mut both = line(Column::Tags, r#"{"app":"shop"}"#, None, 50);
        both.texts.insert(Column::SubAccountName, "video-prod".to_owned());
        let lines = [
            line(Column::SubAccountId, "777", Some("video"), 95),
            line(Column::SubAccountId, "777", Some("shop"), 5),
            line(Column::SubAccountId, "777", None, 30),
            line(Column::SubAccountName, "video-prod", None, 40),
            line(Column::ServiceName, "nobody knows", None, 1000),
            line(Column::SubAccountId, "888", None, 9),
            both,
        ];
        let found = suggest_rules(&lines, &products, 10);
        let shown: Vec<(Evidence, &str, &str, String)> = found
            .iter()
            .map(|of| {
                (
                    of.evidence,
                    of.text.as_str(),
                    of.product.as_str(),
                    of.amount.to_string(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (Evidence::WordInText, "video-prod", "video", "90".to_owned()),
                (Evidence::Neighbours, "777", "video", "30".to_owned()),
            ]
        );
        for suggestion in &found {
            #[derive(serde::Deserialize)]
            struct Rules {
                rule: Vec<Rule>,
            }
            let rules: Rules = toml::from_str(&suggestion.rule).unwrap();
            assert_eq!(rules.rule[0].id, suggestion.id);
        }
    }

    #[test]
    fn a_tag_whose_values_are_products_is_one_rule() {
        let products = BTreeSet::from(["shop".to_owned(), "video".to_owned()]);
        let lines = [
            line(Column::Tags, r#"{"a \"b\"":"shop"}"#, None, 1),
            line(Column::Tags, r#"{"a \"b\"":"video"}"#, None, 2),
            line(Column::Tags, "no json", None, 4),
        ];
        let found = suggest_rules(&lines, &products, 10);
        assert_eq!(
            (found.len(), found[0].amount, found[0].charges),
            (1, Money::whole(3), 2)
        );
        assert!(found[0].rule.contains("product_from_tag"), "{}", found[0].rule);
        assert!(toml::from_str::<toml::Table>(&found[0].rule).is_ok());
    }
}
