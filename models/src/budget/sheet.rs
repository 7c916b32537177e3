//! Budget lines as a sheet: one row per month, one column per month, or an amount of the year that is spread.
//!
//! | column | 列 | |
//! |---|---|---|
//! | product | 产品 | required |
//! | cost_type | 成本科目 | required; in English or Chinese |
//! | module, expenditure, units, owner, comment, reason | 模块, 支出性质, 数量, 负责人, 备注, 原因 | optional |
//! | resource_mode, provider, service_category | 资源模式, 供应商, 服务类别 | optional; with any of them a row sets the part of a cell that comes from there |
//! | month and amount | 月份, 金额 | one month |
//! | amount and phasing | 金额, 分摊方式 | the year: even 平均, last-year 按上年, working-days 按工作日 |
//! | 2026-01 … 2026-12 | | one column per month instead of both |

use super::compare::parts;
use super::{BudgetLine, LineKey, Phasing, Sourcing};
use crate::ledger::{CostType, Expenditure, Money, Month, ResourceMode};
use std::collections::BTreeMap;

/// What a row sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetAmount {
    /// One month.
    Month(Month, Money),
    /// Several months, each with its amount.
    Months(Vec<(Month, Money)>),
    /// The year's amount, to be spread.
    Year(Money, Phasing),
}

/// One row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Row number, the header being row 1.
    pub row: usize,
    /// Key.
    pub key: LineKey,
    /// Where it comes from; nothing when the sheet has none of these columns.
    pub sourcing: Option<Sourcing>,
    /// Amounts.
    pub amount: SheetAmount,
    /// Units of each month.
    pub units: Option<u64>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Words about it.
    pub comment: Option<String>,
    /// Why.
    pub reason: String,
}

/// What is wrong with a sheet; rows count from 1, the header being row 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetProblem {
    /// A column is missing.
    NoColumn {
        /// Names that would be taken.
        column: &'static str,
    },
    /// A row cannot be read at all.
    Unreadable {
        /// Row.
        row: usize,
        /// Why.
        reason: String,
    },
    /// A value is missing.
    Missing {
        /// Row.
        row: usize,
        /// Column.
        column: &'static str,
    },
    /// A value is not what the column holds.
    Bad {
        /// Row.
        row: usize,
        /// Column.
        column: &'static str,
        /// What was found.
        found: String,
        /// What would be accepted.
        accepted: String,
    },
    /// Not one row.
    Empty,
}

const COST_TYPES: [(CostType, &str); 10] = [
    (CostType::Rack, "机房机位"),
    (CostType::Power, "电力"),
    (CostType::BandwidthExternal, "外网带宽"),
    (CostType::BandwidthInternal, "内网专线"),
    (CostType::Switch, "交换机"),
    (CostType::Server, "服务器"),
    (CostType::Software, "软件"),
    (CostType::Cloud, "云服务"),
    (CostType::Labour, "代维"),
    (CostType::Other, "其他"),
];

const MODES: [(ResourceMode, &str); 4] = [
    (ResourceMode::Idc, "托管"),
    (ResourceMode::Hosting, "托管服务"),
    (ResourceMode::Cloud, "云"),
    (ResourceMode::Owned, "自建"),
];

const COLUMNS: [(&str, &str); 14] = [
    ("month", "月份"),
    ("product", "产品"),
    ("module", "模块"),
    ("cost_type", "成本科目"),
    ("expenditure", "支出性质"),
    ("resource_mode", "资源模式"),
    ("provider", "供应商"),
    ("service_category", "服务类别"),
    ("amount", "金额"),
    ("units", "数量"),
    ("owner", "负责人"),
    ("comment", "备注"),
    ("reason", "原因"),
    ("phasing", "分摊方式"),
];

/// Reads a sheet of budget lines, comma, semicolon or tab separated.
///
/// # Errors
/// All problems of all rows at once.
pub fn read_sheet(text: &str) -> Result<Vec<SheetRow>, Vec<SheetProblem>> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: char| header.matches(separator).count();
    let delimiter = [(b'\t', count('\t')), (b';', count(';')), (b',', count(','))]
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| delimiter);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let unreadable = |row, error: csv::Error| SheetProblem::Unreadable {
        row,
        reason: error.to_string(),
    };
    let headers = reader.headers().map_err(|error| vec![unreadable(1, error)])?.clone();
    let place = |name: &str| {
        let (_, chinese) = COLUMNS.iter().find(|(column, _)| *column == name)?;
        headers
            .iter()
            .position(|header| header.eq_ignore_ascii_case(name) || header == *chinese)
    };
    let months: Vec<(usize, Month)> = headers
        .iter()
        .enumerate()
        .filter_map(|(at, header)| Some((at, header.parse().ok()?)))
        .collect();
    let mut problems = Vec::new();
    for (column, needed) in [("product", true), ("cost_type", true), ("amount", months.is_empty())] {
        if needed && place(column).is_none() {
            problems.push(SheetProblem::NoColumn { column });
        }
    }
    if months.is_empty() && place("month").is_none() && place("phasing").is_none() {
        problems.push(SheetProblem::NoColumn { column: "month" });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let cells = Cells {
                    row,
                    record: &record,
                    place: &place,
                };
                rows.extend(cells.read(&months, &mut problems));
            }
            Err(error) => problems.push(unreadable(row, error)),
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(SheetProblem::Empty);
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Lines as a sheet that [`read_sheet`] takes, and how many rows it has: a row per month, key and place that it comes from. Owner
/// and comment are given where all lines of the row have the same.
pub fn write_sheet(lines: &[BudgetLine]) -> (usize, String) {
    const HEADER: [&str; 12] = [
        "month",
        "product",
        "module",
        "cost_type",
        "expenditure",
        "resource_mode",
        "provider",
        "service_category",
        "amount",
        "units",
        "owner",
        "comment",
    ];
    let mut words: BTreeMap<_, Vec<(&str, &str)>> = BTreeMap::new();
    for line in lines {
        let place = (line.key(), line.month, line.sourcing.clone());
        words.entry(place).or_default().push((&line.owner, &line.comment));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut records = vec![HEADER.map(str::to_owned)];
    for ((key, month, from), cell) in parts(lines) {
        let of_row = words.get(&(key.clone(), month, from.clone()));
        let same = of_row.filter(|words| words.iter().all(|word| *word == words[0]));
        let (owner, comment) = same.map_or(("", ""), |words| words[0]);
        records.push([
            month.to_string(),
            key.product,
            key.module,
            key.cost_type.to_string(),
            key.expenditure.to_string(),
            from.resource_mode.map(|mode| mode.to_string()).unwrap_or_default(),
            from.provider,
            from.service_category,
            cell.amount.to_string(),
            cell.units.map(|units| units.to_string()).unwrap_or_default(),
            owner.to_owned(),
            comment.to_owned(),
        ]);
    }
    for record in &records {
        // Writing to memory does not fail.
        let _ = writer.write_record(record.iter().map(|cell| plain(cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    (records.len() - 1, String::from_utf8(bytes).unwrap_or_default())
}

/// No spreadsheet takes the cell for a formula; amounts below zero stay what they are.
fn plain(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<Money>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

struct Cells<'a> {
    row: usize,
    record: &'a csv::StringRecord,
    place: &'a dyn Fn(&str) -> Option<usize>,
}

impl Cells<'_> {
    fn text(&self, column: &str) -> Option<&str> {
        let value = self.record.get((self.place)(column)?)?;
        (!value.is_empty()).then_some(value)
    }

    fn bad(&self, column: &'static str, found: &str, accepted: String) -> SheetProblem {
        SheetProblem::Bad {
            row: self.row,
            column,
            found: found.to_owned(),
            accepted,
        }
    }

    fn money(&self, found: &str, problems: &mut Vec<SheetProblem>) -> Option<Money> {
        // A spreadsheet writes thousands separators into what is copied from it.
        let plain: String = found.chars().filter(|c| *c != ',' && !c.is_whitespace()).collect();
        match plain.parse() {
            Ok(amount) => Some(amount),
            Err(_) => {
                problems.push(self.bad("amount", found, "1234.56".to_owned()));
                None
            }
        }
    }

    fn required(&self, column: &'static str, problems: &mut Vec<SheetProblem>) -> Option<&str> {
        let text = self.text(column);
        if text.is_none() {
            problems.push(SheetProblem::Missing { row: self.row, column });
        }
        text
    }

    fn read(&self, months: &[(usize, Month)], problems: &mut Vec<SheetProblem>) -> Option<SheetRow> {
        let before = problems.len();
        let product = self.required("product", problems);
        let cost_type = self.required("cost_type", problems).and_then(|found| {
            let known = COST_TYPES
                .iter()
                .find(|(cost_type, chinese)| cost_type.as_str() == found || *chinese == found);
            if known.is_none() {
                let accepted = COST_TYPES
                    .map(|(cost_type, chinese)| format!("{cost_type} {chinese}"))
                    .join(", ");
                problems.push(self.bad("cost_type", found, accepted));
            }
            known.map(|(cost_type, _)| *cost_type)
        });
        let expenditure = match self.text("expenditure") {
            None | Some("opex" | "费用性") => Expenditure::Opex,
            Some("capex" | "资本性") => Expenditure::Capex,
            Some(found) => {
                problems.push(self.bad("expenditure", found, "opex 费用性, capex 资本性".to_owned()));
                Expenditure::Opex
            }
        };
        let resource_mode = self.text("resource_mode").and_then(|found| {
            let known = MODES
                .iter()
                .find(|(mode, chinese)| mode.as_str() == found || *chinese == found);
            if known.is_none() {
                let accepted = MODES.map(|(mode, chinese)| format!("{mode} {chinese}")).join(", ");
                problems.push(self.bad("resource_mode", found, accepted));
            }
            known.map(|(mode, _)| *mode)
        });
        let columns = ["resource_mode", "provider", "service_category"];
        let sourcing = columns
            .iter()
            .any(|column| (self.place)(column).is_some())
            .then(|| Sourcing {
                resource_mode,
                provider: self.text("provider").unwrap_or_default().to_owned(),
                service_category: self.text("service_category").unwrap_or_default().to_owned(),
            });
        let units = self.text("units").and_then(|found| {
            let units = found.parse().ok();
            if units.is_none() {
                problems.push(self.bad("units", found, "0, 1, 2, …".to_owned()));
            }
            units
        });
        let amount = self.amount(months, problems);
        if problems.len() > before {
            return None;
        }
        Some(SheetRow {
            row: self.row,
            key: LineKey {
                product: product?.to_owned(),
                module: self.text("module").unwrap_or_default().to_owned(),
                cost_type: cost_type?,
                expenditure,
            },
            sourcing,
            amount: amount?,
            units,
            owner: self.text("owner").map(str::to_owned),
            comment: self.text("comment").map(str::to_owned),
            reason: self.text("reason").unwrap_or_default().to_owned(),
        })
    }

    fn amount(&self, months: &[(usize, Month)], problems: &mut Vec<SheetProblem>) -> Option<SheetAmount> {
        if !months.is_empty() {
            let mut amounts = Vec::new();
            for (at, month) in months {
                if let Some(found) = self.record.get(*at).filter(|found| !found.is_empty()) {
                    amounts.push((*month, self.money(found, problems)?));
                }
            }
            return Some(SheetAmount::Months(amounts));
        }
        let amount = self
            .required("amount", problems)
            .and_then(|found| self.money(found, problems));
        match (self.text("month"), self.text("phasing")) {
            (Some(found), _) => match found.parse() {
                Ok(month) => Some(SheetAmount::Month(month, amount?)),
                Err(_) => {
                    problems.push(self.bad("month", found, "2026-01".to_owned()));
                    None
                }
            },
            (None, Some(found)) => {
                let phasing = match found {
                    "even" | "平均" => Phasing::Even,
                    "last-year" | "按上年" => Phasing::LastYear,
                    "working-days" | "按工作日" => Phasing::WorkingDays,
                    _ => {
                        let accepted = "even 平均, last-year 按上年, working-days 按工作日";
                        problems.push(self.bad("phasing", found, accepted.to_owned()));
                        return None;
                    }
                };
                Some(SheetAmount::Year(amount?, phasing))
            }
            (None, None) => {
                problems.push(SheetProblem::Missing {
                    row: self.row,
                    column: "month",
                });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_months_columns_of_months_and_amounts_of_the_year() {
        let long = read_sheet("product,cost_type,month,amount,units\nvideo,server,2026-01,\"1,200.50\",3\n").unwrap();
        assert_eq!(
            long[0].amount,
            SheetAmount::Month("2026-01".parse().unwrap(), "1200.50".parse().unwrap())
        );
        assert_eq!((long[0].row, long[0].units), (2, Some(3)));
        let wide = read_sheet("产品\t成本科目\t2026-01\t2026-02\nvideo\t服务器\t10\t\n").unwrap();
        assert_eq!(
            wide[0].amount,
            SheetAmount::Months(vec![("2026-01".parse().unwrap(), Money::whole(10))])
        );
        let year = read_sheet("产品;成本科目;金额;分摊方式\nvideo;电力;120;平均\n").unwrap();
        assert_eq!(year[0].amount, SheetAmount::Year(Money::whole(120), Phasing::Even));
    }

    #[test]
    fn every_problem_of_every_row_is_named() {
        let problems = read_sheet("product,cost_type,month,amount\n,servers,2026-13,x\nvideo,server,,1\n").unwrap_err();
        assert_eq!(problems.len(), 5, "{problems:?}");
        let none = read_sheet("product\nvideo\n").unwrap_err();
        let columns: Vec<_> = none
            .iter()
            .map(|problem| match problem {
                SheetProblem::NoColumn { column } => *column,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(columns, ["cost_type", "amount", "month"]);
        assert_eq!(
            read_sheet("product,cost_type,month,amount\n").unwrap_err(),
            [SheetProblem::Empty]
        );
    }
}
