//! A first mapping for a sheet that no importer knows, from the names of its columns and from what stands in them.

use super::saved::{ColumnMapping, NumberFormat, TO_FILL_IN};
use super::values;
use crate::batch::Input;
use crate::decode::{self, Limits};
use crate::diagnostics::ImportError;
use crate::sources::{ALL, Importer};
use std::collections::{BTreeMap, BTreeSet};

/// A column of the sheet, and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GuessedColumn {
    /// The importer's column.
    pub column: String,
    /// The column of the sheet; nothing when none fits.
    pub from: Option<String>,
    /// True when the name says so, false when only the values do.
    pub by_name: bool,
    /// True when the importer cannot do without it.
    pub required: bool,
    /// The first values of the column.
    pub samples: Vec<String>,
}

/// A mapping to be looked at, corrected and saved.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct GuessedMapping {
    /// The mapping.
    pub mapping: ColumnMapping,
    /// Each column of the importer and where it is read from.
    pub columns: Vec<GuessedColumn>,
    /// Columns of the sheet that are not read.
    pub unread: Vec<String>,
}

/// The header of a sheet and its first rows.
pub(crate) struct Sample {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Names that vendors give to the columns of a company's own templates, the surest first.
const NAMES: &[(&str, &[&str])] = &[
    (
        "vendor",
        &[
            "供应商",
            "乙方",
            "服务商",
            "机房服务商",
            "运营商",
            "收款方",
            "vendor",
            "supplier",
            "provider",
        ],
    ),
    ("contract_id", &["合同编号", "合同号", "合同", "contract"]),
    (
        "invoice_id",
        &[
            "账单号",
            "账单编号",
            "发票号",
            "对账单号",
            "结算单号",
            "单号",
            "invoice",
            "bill no",
            "statement",
        ],
    ),
    (
        "billing_month",
        &[
            "账期",
            "结算月份",
            "计费月份",
            "月份",
            "费用月份",
            "账单月",
            "billing period",
            "period",
            "month",
        ],
    ),
    ("resource_mode", &["资源模式", "合作模式"]),
    (
        "charge_type",
        &[
            "费用类型",
            "费用项目",
            "收费项目",
            "计费项目",
            "项目",
            "产品名称",
            "业务类型",
            "charge",
            "item",
            "type",
        ],
    ),
    (
        "resource_id",
        &[
            "资源编号",
            "机柜号",
            "机柜编号",
            "端口",
            "设备编号",
            "资源",
            "rack",
            "resource",
            "circuit",
        ],
    ),
    (
        "description",
        &[
            "说明",
            "备注",
            "描述",
            "规格",
            "摘要",
            "description",
            "details",
            "remark",
        ],
    ),
    (
        "region",
        &["机房", "数据中心", "节点", "地点", "地域", "site", "location", "region"],
    ),
    ("quantity", &["数量", "用量", "计费数量", "quantity", "qty", "usage"]),
    ("unit", &["单位", "unit"]),
    ("unit_price", &["单价", "unit price", "price", "rate"]),
    (
        "amount",
        &[
            "不含税金额",
            "金额",
            "费用",
            "小计",
            "应付金额",
            "月费",
            "合计金额",
            "amount",
            "charge amount",
            "fee",
            "subtotal",
        ],
    ),
    ("tax_amount", &["税额", "增值税", "tax", "vat"]),
    ("total_amount", &["价税合计", "含税金额", "含税", "total"]),
    ("currency", &["币种", "货币", "currency"]),
    ("product", &["产品", "product"]),
    ("date", &["日期", "时间", "date", "day"]),
    ("metric", &["指标", "metric", "driver"]),
    ("value", &["数值", "值", "value"]),
    ("month", &["月份", "month"]),
    ("asset_id", &["资产编号", "资产号", "固定资产编号", "asset"]),
    (
        "purchase_price",
        &["原值", "购置价", "采购价", "purchase price", "cost"],
    ),
    ("purchase_date", &["购置日期", "采购日期", "入账日期", "purchase date"]),
];

/// Words in what vendors call their charges, the most special first.
const CHARGES: &[(&[&str], &str)] = &[
    (
        &["带宽超", "超出带宽", "超量带宽", "bandwidth overage", "burst"],
        "bandwidth-overage",
    ),
    (&["电力超", "超电", "超量用电", "power overage"], "power-overage"),
    (&["交叉", "cross"], "cross-connect"),
    (&["专线", "leased line", "传输"], "internal-line"),
    (&["带宽", "bandwidth", "流量", "transit"], "bandwidth-commit"),
    (&["ip"], "ip-address"),
    (&["保证金", "押金", "deposit"], "deposit"),
    (&["上架", "安装", "install", "setup"], "install"),
    (&["代维", "运维", "远程", "remote hands"], "remote-hands"),
    (&["电", "power", "kwh"], "power"),
    (&["机位", "u位", "u-position"], "u-position"),
    (&["机柜", "机架", "rack", "cabinet", "colocation"], "rack"),
    (&["交换机", "switch"], "switch"),
    (&["服务器", "server"], "server-rental"),
    (&["软件", "license", "software"], "software"),
];

/// Guesses how a sheet is to be read, for one importer or for the one that fits best.
///
/// # Errors
/// When the file cannot be read, or has no line that looks like a header.
pub fn guess_mapping(input: &Input, importer: Option<&str>) -> Result<GuessedMapping, ImportError> {
    let sample = decode::sample(input, &Limits::default()).map_err(|error| ImportError::Files(vec![error]))?;
    let candidates = ALL.iter().copied().filter(|candidate| {
        !candidate.examples(false).is_empty() && importer.is_none_or(|wanted| candidate.name() == wanted)
    });
    let guesses = candidates.map(|candidate| {
        let guess = guess(&sample, candidate);
        // What it reads of the sheet by name speaks for an importer, what it needs and does not find speaks against it.
        let named = guess.columns.iter().filter(|column| column.by_name).count();
        let missing = guess
            .columns
            .iter()
            .filter(|column| column.required && column.from.is_none());
        (2 * named as i64 - missing.count() as i64, guess)
    });
    let best = guesses.max_by_key(|(score, _)| *score);
    best.map(|(_, guess)| guess).ok_or(ImportError::NoInput)
}

fn guess(sample: &Sample, importer: &'static dyn Importer) -> GuessedMapping {
    let values = |index: usize| -> Vec<&str> {
        let cells = sample.rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect()
    };
    let mut scores: Vec<(u32, usize, usize)> = Vec::new();
    for (column, spec) in importer.columns().iter().enumerate() {
        for (index, name) in sample.header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let named = name_score(name, spec.name, spec.chinese);
            let fits = fits(spec.name, &values(index));
            if fits && named > 0 {
                scores.push((named, column, index));
            } else if fits && spec.required && told_by_values(spec.name) {
                scores.push((1, column, index));
            }
        }
    }
    // The surest first; of equals the one further left.
    scores.sort_by_key(|&(score, column, index)| (std::cmp::Reverse(score), index, column));
    let mut of_column: BTreeMap<usize, (usize, u32)> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (score, column, index) in scores {
        if !of_column.contains_key(&column) && !used.contains(&index) {
            of_column.insert(column, (index, score));
            used.insert(index);
        }
    }
    let mut mapping = ColumnMapping {
        importer: importer.name().to_owned(),
        ..ColumnMapping::default()
    };
    let mut columns = Vec::new();
    for (column, spec) in importer.columns().iter().enumerate() {
        let found = of_column.get(&column);
        if let Some((index, _)) = found {
            let from = sample.header[*index].clone();
            mapping.columns.insert(spec.name.to_owned(), from);
            if sample
                .rows
                .iter()
                .any(|row| row.get(*index).is_none_or(|cell| cell.trim().is_empty()))
                && ["vendor", "contract_id", "invoice_id", "billing_month", "region"].contains(&spec.name)
            {
                mapping.fill_down.push(spec.name.to_owned());
            }
            if spec.name == "charge_type" {
                let words = charge_words(&values(*index));
                if !words.is_empty() {
                    mapping.words.insert(spec.name.to_owned(), words);
                }
            }
        }
        columns.push(GuessedColumn {
            column: spec.name.to_owned(),
            from: found.map(|(index, _)| sample.header[*index].clone()),
            by_name: found.is_some_and(|(_, score)| *score > 1),
            required: spec.required,
            samples: found.map_or_else(Vec::new, |(index, _)| {
                values(*index)
                    .into_iter()
                    .take(3)
                    .map(|value| crate::words::shortened(value, 30))
                    .collect()
            }),
        });
    }
    fill_gaps(&mut mapping, importer);
    mapping.numbers = number_format(sample, &used);
    let unread = sample
        .header
        .iter()
        .enumerate()
        .filter(|(index, name)| !used.contains(index) && !name.is_empty());
    GuessedMapping {
        mapping,
        columns,
        unread: unread.map(|(_, name)| name.clone()).collect(),
    }
}

/// What an invoice means when it does not say it: one unit at the amount; the rest a person has to fill in.
fn fill_gaps(mapping: &mut ColumnMapping, importer: &'static dyn Importer) {
    for spec in importer.columns().iter().filter(|spec| spec.required) {
        if mapping.columns.contains_key(spec.name) {
            continue;
        }
        let amount = mapping.columns.get("amount").cloned();
        match (spec.name, amount) {
            ("unit_price", Some(amount)) => {
                mapping.columns.insert("unit_price".to_owned(), amount);
                // Whatever was counted, the price is that of the line.
                mapping.columns.remove("quantity");
                mapping.values.insert("quantity".to_owned(), "1".to_owned());
            }
            ("quantity", Some(amount)) => {
                mapping.columns.insert("unit_price".to_owned(), amount);
                mapping.values.insert("quantity".to_owned(), "1".to_owned());
            }
            ("resource_mode", _) => {
                mapping.values.insert("resource_mode".to_owned(), "idc".to_owned());
            }
            (name, _) => {
                mapping
                    .values
                    .entry(name.to_owned())
                    .or_insert_with(|| TO_FILL_IN.to_owned());
            }
        }
    }
}

fn name_score(name: &str, english: &str, chinese: &str) -> u32 {
    let plain = |text: &str| -> String {
        let kept = text.chars().filter(|letter| letter.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    // What stands in brackets is a unit: 金额（元）.
    let bare = plain(name.split(['(', '（']).next().unwrap_or(name));
    if bare == plain(english) || (!chinese.is_empty() && bare == plain(chinese)) {
        return 1000;
    }
    let names = NAMES
        .iter()
        .find(|(column, _)| *column == english)
        .map_or(&[][..], |(_, names)| names);
    let rank = |position: usize| 20 - position.min(19) as u32;
    names
        .iter()
        .enumerate()
        .filter_map(|(position, known)| {
            let known = plain(known);
            if bare == known {
                Some(500 + rank(position))
            } else if known.chars().count() > 1 && bare.contains(&known) {
                Some(100 + 5 * known.chars().count() as u32 + rank(position))
            } else {
                None
            }
        })
        .max()
        .unwrap_or(0)
}

/// Columns whose values alone say what they are.
fn told_by_values(column: &str) -> bool {
    matches!(column, "billing_month" | "currency" | "date" | "charge_type")
}

/// True when most values are what the column holds; an empty column fits anything.
fn fits(column: &str, values: &[&str]) -> bool {
    let is_number = |text: &str| {
        let plain: String = text
            .chars()
            .filter(|letter| !matches!(letter, ',' | '¥' | '￥' | '$' | '元' | ' '))
            .collect();
        values::decimal(&plain).is_ok()
    };
    let test = |text: &&&str| match column {
        "billing_month" | "month" => values::month(text).is_ok(),
        "date" | "purchase_date" | "start_date" => values::date(text).is_ok() || values::month(text).is_ok(),
        "quantity" | "unit_price" | "amount" | "tax_amount" | "total_amount" | "value" | "purchase_price" => {
            is_number(text)
        }
        "currency" => text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "charge_type" => charge(text).is_some() || !is_number(text),
        "vendor" | "unit" | "region" => !is_number(text),
        _ => true,
    };
    let told = values.iter().filter(test).count();
    match column {
        // By its values alone a column is a charge type only when most are known.
        "charge_type" if !values.is_empty() => told * 10 >= values.len() * 7,
        _ => told * 10 >= values.len() * 8,
    }
}

fn charge(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let known = CHARGES
        .iter()
        .find(|(words, _)| words.iter().any(|word| text.contains(word)));
    known.map(|(_, charge)| *charge)
}

fn charge_words(values: &[&str]) -> BTreeMap<String, String> {
    let distinct: BTreeSet<&&str> = values.iter().collect();
    let known = distinct
        .into_iter()
        .take(200)
        .filter(|word| !["合计", "总计", "小计"].contains(*word));
    known
        .map(|word| ((*word).to_owned(), charge(word).unwrap_or("other").to_owned()))
        .filter(|(word, charge)| word != charge)
        .collect()
}

fn number_format(sample: &Sample, used: &BTreeSet<usize>) -> NumberFormat {
    let cells = sample.rows.iter().flat_map(|row| row.iter().enumerate());
    let mut format = NumberFormat::Plain;
    for (_, cell) in cells.filter(|(index, _)| used.contains(index)) {
        let digits = cell.trim().trim_matches(['¥', '￥', '$', '€', '-', '元', ' ']);
        if !digits.contains(',')
            || !digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b",.".contains(&byte))
        {
            continue;
        }
        let (comma, point) = (digits.rfind(','), digits.rfind('.'));
        let behind = comma.map_or(0, |comma| digits.len() - comma - 1);
        match (comma, point) {
            (Some(comma), Some(point)) if comma > point => return NumberFormat::DecimalComma,
            (Some(_), None) if behind != 3 => return NumberFormat::DecimalComma,
            _ => format = NumberFormat::ThousandsComma,
        }
    }
    format
}
