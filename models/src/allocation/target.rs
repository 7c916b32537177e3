//! Which rule takes a charge, and where it sends it.

use super::coded::CodedFrame;
use super::{Assignment, MappingEntry, MappingReference, Rule};
use crate::ledger::Month;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where the first rule that takes a charge sends it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// To a product.
    Product {
        /// The rule.
        rule: String,
        /// Product id.
        product: String,
        /// Module id, or empty.
        module: String,
    },
    /// To a shared pool.
    Pool {
        /// The rule.
        rule: String,
        /// Pool id.
        pool: String,
    },
    /// No rule takes it.
    Nobody,
}

/// The targets of a frame's rows: a number per row, and what each number means.
pub(super) struct Targets {
    pub rows: Vec<u32>,
    pub targets: Vec<Target>,
}

/// What one rule does with the rows that its condition holds for: the number of a target, by the texts that name it.
enum Sending<'a> {
    /// All of them to one place.
    Fixed(u32),
    /// Each to the product that its text names, with the module that another text names.
    Named(&'a [u32], Vec<Option<String>>, Option<(&'a [u32], Vec<Option<String>>)>),
    /// Each to where the mapping's line of its text says.
    Mapped(&'a [u32], Vec<Option<String>>, BTreeMap<&'a str, &'a MappingEntry>),
    /// Nowhere: its mapping is not there.
    Nowhere,
}

/// Where the rules, tried in order, send each row of a frame that has the columns they look at; mapping tables are read
/// as they hold in `month`.
///
/// # Errors
/// When a column is missing from the frame.
pub fn match_rules(
    frame: &DataFrame,
    rules: &[&Rule],
    products: &BTreeMap<String, BTreeSet<String>>,
    month: Month,
) -> PolarsResult<Vec<Target>> {
    let coded = CodedFrame::of(frame, rules.iter().flat_map(|rule| rule.columns()))?;
    let Targets { rows, targets } = match_coded(&coded, frame.height(), rules, products, month)?;
    Ok(rows.into_iter().map(|at| targets[at as usize].clone()).collect())
}

/// As [`match_rules`], of columns that are coded already. Target 0 is [`Target::Nobody`].
pub(super) fn match_coded(
    coded: &CodedFrame,
    height: usize,
    rules: &[&Rule],
    products: &BTreeMap<String, BTreeSet<String>>,
    month: Month,
) -> PolarsResult<Targets> {
    let mut numbers = Numbers::default();
    let nobody = numbers.of(Target::Nobody);
    let mut rows = vec![nobody; height];
    for rule in rules {
        let holds = coded.compile(&rule.when)?;
        let sending = sending(rule, coded, month, &mut numbers)?;
        let mut known = HashMap::new();
        for (row, target) in rows.iter_mut().enumerate() {
            if *target == nobody && holds.holds(row) {
                *target = match &sending {
                    Sending::Fixed(target) => *target,
                    Sending::Nowhere => nobody,
                    Sending::Named(codes, ..) | Sending::Mapped(codes, ..) => {
                        let texts = (codes[row], sending.module_code(row));
                        *known
                            .entry(texts)
                            .or_insert_with(|| numbers.of(sending.of_texts(texts, rule, products)))
                    }
                };
            }
        }
    }
    Ok(Targets {
        rows,
        targets: numbers.targets,
    })
}

/// Targets by their numbers.
#[derive(Default)]
struct Numbers {
    targets: Vec<Target>,
    known: HashMap<Target, u32>,
}

impl Numbers {
    fn of(&mut self, target: Target) -> u32 {
        *self.known.entry(target).or_insert_with_key(|target| {
            self.targets.push(target.clone());
            self.targets.len() as u32 - 1
        })
    }
}

fn sending<'a>(
    rule: &'a Rule,
    coded: &'a CodedFrame,
    month: Month,
    numbers: &mut Numbers,
) -> PolarsResult<Sending<'a>> {
    let id = rule.id.clone();
    Ok(match &rule.assign {
        Assignment::Direct { product, module } => Sending::Fixed(numbers.of(Target::Product {
            rule: id,
            product: product.clone(),
            module: module.clone().unwrap_or_default(),
        })),
        Assignment::Pool(pool) => Sending::Fixed(numbers.of(Target::Pool {
            rule: id,
            pool: pool.clone(),
        })),
        Assignment::From { product, module } => {
            let module = match module {
                Some(module) => Some((coded.codes(module.column())?, coded.texts(module)?)),
                None => None,
            };
            Sending::Named(coded.codes(product.column())?, coded.texts(product)?, module)
        }
        Assignment::FromMapping(MappingReference { table: Some(table), .. }) => {
            let subject = &table.subject;
            Sending::Mapped(
                coded.codes(subject.column())?,
                coded.texts(subject)?,
                table.lines_in(month),
            )
        }
        Assignment::FromMapping(_) => Sending::Nowhere,
    })
}

impl Sending<'_> {
    /// The code of the text that names the module of a row.
    fn module_code(&self, row: usize) -> u32 {
        match self {
            Sending::Named(_, _, Some((codes, _))) => codes[row],
            _ => 0,
        }
    }

    /// Where rows with these texts go; a text that names no product of the company leaves them to the next rule.
    fn of_texts(
        &self,
        (product, module): (u32, u32),
        rule: &Rule,
        products: &BTreeMap<String, BTreeSet<String>>,
    ) -> Target {
        let (product, module) = match self {
            Sending::Fixed(_) | Sending::Nowhere => return Target::Nobody,
            Sending::Named(_, names, modules) => {
                let module = modules
                    .as_ref()
                    .and_then(|(_, texts)| texts[module as usize].as_deref());
                (names[product as usize].as_deref(), module)
            }
            Sending::Mapped(_, texts, lines) => {
                let line = texts[product as usize].as_deref().and_then(|text| lines.get(text));
                (
                    line.map(|line| line.product.as_str()),
                    line.and_then(|line| line.module.as_deref()),
                )
            }
        };
        let Some((product, known)) = product.and_then(|product| products.get_key_value(product)) else {
            return Target::Nobody;
        };
        Target::Product {
            rule: rule.id.clone(),
            product: product.clone(),
            module: module
                .filter(|module| known.contains(*module))
                .unwrap_or_default()
                .to_owned(),
        }
    }
}
