//! What must hold for any ledger and any rule set: nothing is lost, nothing is made, and order does not matter.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod allocation_support;

use allocation_support::*;
use headroom_models::allocation::*;
use headroom_models::ledger::{Column, Money, decimal_values, text_values};
use headroom_models::organization::UNALLOCATED;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

/// Tags as they stand in ledgers: an object of texts, nothing, or something that is no object.
const TAGS: [&str; 6] = [
    r#"{"product":"video","module":"stream"}"#,
    r#"{"product":"视频","a.b":"x"}"#,
    r#"{"product":"nobody"}"#,
    r#"{"a.b":"y","团队":"增长"}"#,
    "{}",
    "not json",
];

/// Amounts of every size and sign: few digits, all 18 of them, and credits.
fn amount() -> impl Strategy<Value = Option<Money>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(Money::ZERO)),
        3 => (-1_000_i64..1_000).prop_map(|amount| Some(Money::whole(amount))),
        3 => (-10_i128.pow(29)..10_i128.pow(29)).prop_map(|units| Some(Money::from_units(units))),
        1 => (-20_i128..20).prop_map(|units| Some(Money::from_units(units))),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let texts = (
        select(vec!["CNY", "USD", "JPY", ""]),
        select(vec!["idc", "cloud", ""]),
        select(vec!["rack", "server", "cloud", ""]),
        select(vec!["SRV-1", "SRV-2", "SPARE-3", "视频-4", ""]),
        select(vec!["video", "nobody", ""]),
        prop::option::of(select(TAGS.to_vec())),
    );
    (
        select(vec!["aws", "机房甲", "assets"]),
        texts,
        [amount(), amount(), amount(), amount()],
    )
        .prop_map(|(source, (currency, mode, kind, resource, product, tags), amounts)| {
            let columns = [
                (Column::BillingCurrency, currency),
                (Column::ResourceMode, mode),
                (Column::CostType, kind),
                (Column::ResourceId, resource),
                (Column::Product, product),
                (Column::Tags, tags.unwrap_or_default()),
            ];
            let texts = columns.map(|(column, text)| (column, text.to_owned())).into_iter();
            Row {
                source: source.to_owned(),
                texts: texts.filter(|(_, text)| !text.is_empty()).collect(),
                amounts,
            }
        })
}

/// A condition as TOML.
fn condition() -> impl Strategy<Value = String> {
    let test = select(vec![
        r#"equals = "rack""#,
        r#"in = ["idc", "server", "SRV-2"]"#,
        r#"in = []"#,
        r#"regex = "^S(RV|PARE)-[12]$""#,
        r#"regex = "^视""#,
        r#"glob = "S*-?""#,
        r#"starts_with = "v""#,
        r#"present = true"#,
        r#"present = false"#,
    ]);
    let subject = select(vec![
        r#"column = "x_ResourceMode""#,
        r#"column = "x_CostType""#,
        r#"column = "ResourceId""#,
        r#"column = "x_Product""#,
        r#"tag = "product""#,
        r#"tag = "a.b""#,
        r#"tag = "团队""#,
    ]);
    let leaf = prop_oneof![
        1 => Just("{ always = true }".to_owned()),
        9 => (subject, test).prop_map(|(subject, test)| format!("{{ {subject}, {test} }}")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!("{{ all = [{}] }}", parts.join(", "))),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!("{{ any = [{}] }}", parts.join(", "))),
            inner.prop_map(|part| format!("{{ not = {part} }}")),
        ]
    })
}

/// A rule's condition and assignment; `assign` below 4 is a product, up to 7 a pool, beyond it "from".
fn rules() -> impl Strategy<Value = Vec<(String, usize)>> {
    prop::collection::vec((condition(), 0_usize..10), 0..6)
}

/// One pool before it knows its neighbours.
#[derive(Clone, Debug)]
struct PoolPlan {
    method: usize,
    weights: Vec<u64>,
    narrowed: bool,
    fallback: &'static str,
    bounds: &'static str,
}

/// Bounds that any pool of these tests can keep.
const BOUNDS: [&str; 4] = [
    "",
    "minimum_share = { shop = \"0.123456789012345678\" }",
    "maximum_share = { shop = \"0.3\" }",
    "minimum_share = { 'shop' = \"0.2\" }\nmaximum_share = { 'shop' = \"0.2\" }",
];

fn pools() -> impl Strategy<Value = Vec<PoolPlan>> {
    let plan = (
        0_usize..6,
        prop::collection::vec(0_u64..5, 8),
        any::<bool>(),
        select(vec!["even", "direct-cost", "unallocated"]),
        select(BOUNDS.to_vec()),
    );
    let plan = plan.prop_map(|(method, weights, narrowed, fallback, bounds)| PoolPlan {
        method,
        weights,
        narrowed,
        fallback,
        bounds,
    });
    prop::collection::vec(plan, 0..5)
}

/// The configuration as TOML: what a person would have written.
fn written(rules: &[(String, usize)], pools: &[PoolPlan], reciprocal: bool) -> String {
    let mut text = String::new();
    for (at, (when, assign)) in rules.iter().enumerate() {
        let assign = match assign {
            0..4 => format!("product = \"{}\"", PRODUCTS[*assign]),
            4..8 if !pools.is_empty() => format!("pool = \"p{}\"", (assign - 4) % pools.len()),
            8 => "product_from_column = \"x_Product\"".to_owned(),
            _ => "product_from_tag = \"product\", module_from_tag = \"module\"".to_owned(),
        };
        text += &format!("[[rule]]\nid = \"r{at}\"\nwhen = {when}\nassign = {{ {assign} }}\n");
    }
    for (at, pool) in pools.iter().enumerate() {
        let narrowed = if pool.narrowed {
            ", products = [\"shop\", \"视频\"]"
        } else {
            ""
        };
        let split = match pool.method {
            0 => format!("method = \"even\"{narrowed}"),
            1 => format!("method = \"direct-cost\"{narrowed}"),
            2 => format!("method = \"usage-metric\", metric = \"cores\"{narrowed}"),
            3 => {
                let last = if at + 1 < pools.len() && !reciprocal {
                    format!("pool:p{}", pools.len() - 1)
                } else {
                    "feed".to_owned()
                };
                let second = format!("{{ video = 70, shop = 20, \"{last}\" = 10 }}");
                let first = "{ video = \"0.5\", shop = \"0.3\", 视频 = \"0.2\" }".replace("视频", "\"视频\"");
                format!(
                    "method = \"table\", table = [{{ month = \"2026-03\", shares = {second} }}, {{ month = \"2025-01\", shares = {first} }}]"
                )
            }
            _ if reciprocal => format!(
                "method = \"reciprocal\", weights = {{ {} }}",
                weights(0, pool, pools.len())
            ),
            _ => format!(
                "method = \"weights\", weights = {{ {} }}",
                weights(at + 1, pool, pools.len())
            ),
        };
        let (fallback, bounds) = (pool.fallback, pool.bounds);
        text += &format!(
            "[[pool]]\nid = \"p{at}\"\nname = \"P{at}\"\nsplit = {{ {split} }}\nfallback = \"{fallback}\"\n{bounds}\n"
        );
    }
    text
}

fn weights(from: usize, pool: &PoolPlan, count: usize) -> String {
    let products = PRODUCTS.iter().map(|product| format!("\"{product}\""));
    let later = (from..count).map(|later| format!("\"pool:p{later}\""));
    let mut weights: Vec<u64> = pool.weights.clone();
    weights[0] = weights[0].max(1);
    let weighted = products.chain(later).zip(weights);
    weighted
        .map(|(target, weight)| format!("{target} = {weight}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn cores() -> impl Strategy<Value = Metrics> {
    prop::collection::vec(prop::option::of(-2_i64..50), 4).prop_map(|values| {
        let values = PRODUCTS.iter().zip(values);
        let values = values.filter_map(|(product, value)| Some(((*product).to_owned(), Money::whole(value?))));
        Metrics::from([("cores".to_owned(), values.collect())])
    })
}

/// Sums per source and currency by plain addition, not through a frame.
fn ledger_of(rows: &[Row]) -> BTreeMap<(String, String), [Money; 4]> {
    let mut sums: BTreeMap<(String, String), [Money; 4]> = BTreeMap::new();
    for row in rows {
        let currency = row.texts.get(&Column::BillingCurrency).cloned().unwrap_or_default();
        let sum = sums.entry((row.source.clone(), currency)).or_default();
        for (sum, amount) in sum.iter_mut().zip(row.amounts) {
            *sum += amount.unwrap_or_default();
        }
    }
    sums
}

fn allocated_of(allocation: &Allocation, keep: impl Fn(&str) -> bool) -> BTreeMap<(String, String), [Money; 4]> {
    let mut sums: BTreeMap<(String, String), [Money; 4]> = BTreeMap::new();
    for cost in allocation.costs.iter().filter(|cost| keep(&cost.product)) {
        let key = (cost.dimensions.source.clone(), cost.dimensions.currency.clone());
        let sum = sums.entry(key).or_default();
        let Amounts {
            billed,
            effective,
            list,
            tax,
        } = cost.amounts;
        for (sum, amount) in sum.iter_mut().zip([billed, effective, list, tax]) {
            *sum += amount;
        }
    }
    sums
}

/// Whether a condition holds for a row, worked out without polars.
fn holds(condition: &Condition, row: &Row) -> bool {
    match condition {
        Condition::Always => true,
        Condition::All(parts) => parts.iter().all(|part| holds(part, row)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, row)),
        Condition::Not(part) => !holds(part, row),
        Condition::Test(subject, test) => {
            let text = text_of(subject, row);
            match (test, text) {
                (Test::Present(wanted), text) => text.is_some_and(|text| !text.is_empty()) == *wanted,
                (_, None) => false,
                (Test::Equals(value), Some(text)) => text == *value,
                (Test::In(values), Some(text)) => values.contains(&text),
                (Test::StartsWith(start), Some(text)) => text.starts_with(start.as_str()),
                (Test::Glob(glob), Some(text)) => {
                    fits(&glob.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
                }
                (Test::Regex(pattern), Some(text)) => regex::Regex::new(pattern).unwrap().is_match(&text),
            }
        }
    }
}

/// Whether a text fits a glob, by trying.
fn fits(glob: &[char], text: &[char]) -> bool {
    match (glob, text) {
        ([], text) => text.is_empty(),
        (['*', rest @ ..], text) => (0..=text.len()).any(|from| fits(rest, &text[from..])),
        (['?', glob @ ..], [_, text @ ..]) => fits(glob, text),
        ([sign, glob @ ..], [found, text @ ..]) => sign == found && fits(glob, text),
        _ => false,
    }
}

fn text_of(subject: &Subject, row: &Row) -> Option<String> {
    match subject {
        Subject::Column(column) => row.texts.get(column).cloned(),
        Subject::Tag(key) => {
            let tags: serde_json::Value = serde_json::from_str(row.texts.get(&Column::Tags)?).ok()?;
            Some(tags.get(key)?.as_str()?.to_owned())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_is_lost_and_order_does_not_matter(
        rows in prop::collection::vec(row(), 1..40),
        rules in rules(),
        pools in pools(),
        cores in cores(),
        reciprocal in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let configuration = configuration(&written(&rules, &pools, reciprocal));
        let march = month("2026-03");
        let once = try_run(&configuration, &cores, sources(&rows), march).unwrap();

        let ledger = ledger_of(&rows);
        prop_assert_eq!(&allocated_of(&once, |_| true), &ledger);
        for line in &once.proof {
            prop_assert!(line.difference.is_zero());
            prop_assert_eq!(line.ledger, line.allocated);
        }
        // The rollup that a store keeps beside the charges gives the same, however it was cut into frames.
        let length = 1 + (seed % 7) as usize;
        prop_assert_eq!(&try_run(&configuration, &cores, rolled_up(&rows, length), march).unwrap(), &once);
        // What is unallocated and what is allocated make up the whole, and the proof states the former.
        let taken = allocated_of(&once, |product| product != UNALLOCATED);
        let left = allocated_of(&once, |product| product == UNALLOCATED);
        for (key, whole) in &ledger {
            let line = once.proof.iter().find(|line| (&line.source, &line.currency) == (&key.0, &key.1)).unwrap();
            let (taken, left) = (taken.get(key).copied().unwrap_or_default(), left.get(key).copied().unwrap_or_default());
            prop_assert_eq!(line.unallocated, left[1]);
            prop_assert_eq!(line.ledger_billed, whole[0]);
            for at in 0..4 {
                prop_assert_eq!(taken[at] + left[at], whole[at]);
            }
        }

        // Charge by charge: the parts of each are the charge, their ratios one, and the parts of a product its books.
        let mut splitter = LineSplitter::new(&once.steps);
        let applied: Vec<&Rule> = configuration.rules.iter().collect();
        for SourceCharges { source, charges, .. } in sources(&rows) {
            let frame = charges.collect().unwrap();
            let products = configuration.organization.modules_by_product();
            let targets = match_rules(&frame, &applied, &products, march).unwrap();
            let text = |column: &Column, row: usize| text_values(&frame, column.name()).unwrap()[row].clone().unwrap_or_default();
            let amount = |column: &Column, row: usize| decimal_values(&frame, column.name()).unwrap()[row].unwrap_or_default();
            for (row, target) in targets.iter().enumerate() {
                let whole = Amounts::from_array([0, 1, 2, 3].map(|at| amount(&Amounts::COLUMNS[at], row)));
                let kept = Dimensions::of(&source, |at| text(&Dimensions::COLUMNS[at], row));
                let parts = splitter.split(&kept, target, whole, vec![whole.billed]);
                let mut sum = Amounts::default();
                let (mut ratios, mut further) = (Money::ZERO, Money::ZERO);
                for part in &parts {
                    sum += part.amounts;
                    further += part.further[0];
                    for (_, ratio) in &part.ways {
                        prop_assert!(*ratio >= Money::ZERO && *ratio <= Money::ONE);
                        ratios += *ratio;
                    }
                }
                prop_assert_eq!(sum, whole);
                prop_assert_eq!(further, whole.billed);
                prop_assert_eq!(ratios, Money::ONE);
            }
        }
        prop_assert_eq!(splitter.prove(&once.costs), Ok(()));

        prop_assert_eq!(&try_run(&configuration, &cores, sources(&rows), march).unwrap(), &once, "run twice");
        let mut shuffled = rows.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(&try_run(&configuration, &cores, sources(&shuffled), march).unwrap(), &once, "permuted");
    }

    #[test]
    fn no_rules_leave_everything_unallocated(rows in prop::collection::vec(row(), 1..40), pools in pools()) {
        let result = run(&written(&[], &pools, true), &Metrics::new(), &rows);
        prop_assert!(result.costs.iter().all(|cost| cost.product == UNALLOCATED && cost.rule.is_empty()));
        prop_assert_eq!(allocated_of(&result, |_| true), ledger_of(&rows));
        prop_assert_eq!(result.costs.iter().map(|cost| cost.charges).sum::<u64>(), rows.len() as u64);
    }

    #[test]
    fn the_first_rule_that_holds_takes_the_charge(rows in prop::collection::vec(row(), 1..20), rules in rules()) {
        let configuration = configuration(&written(&rules, &[], false));
        let products = configuration.organization.modules_by_product();
        let chosen: Vec<&Rule> = configuration.rules.iter().collect();
        let targets = match_rules(&frame(&rows).collect().unwrap(), &chosen, &products, month("2026-03")).unwrap();
        for (row, target) in rows.iter().zip(targets) {
            let expected = chosen.iter().find_map(|rule| {
                let product = match &rule.assign {
                    Assignment::Direct { product, .. } => product.clone(),
                    Assignment::Pool(_) | Assignment::FromMapping(_) => unreachable!("there are no pools and no mappings"),
                    Assignment::From { product, .. } => text_of(product, row).filter(|name| products.contains_key(name))?,
                };
                holds(&rule.when, row).then(|| (rule.id.clone(), product))
            });
            let found = match target {
                Target::Product { rule, product, .. } => Some((rule, product)),
                Target::Pool { .. } => unreachable!("there are no pools"),
                Target::Nobody => None,
            };
            prop_assert_eq!(found, expected, "{:?}", row);
        }
    }
}
