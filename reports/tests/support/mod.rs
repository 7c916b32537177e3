//! A made-up company with a year of budget and nine closed months; every total is summed from its parts.

#![allow(clippy::unwrap_used, reason = "a sample that cannot be built is a failed test")]

mod lists;

use headroom_models::language::{Language, Name};
use headroom_models::ledger::{CostType, Money, Month, Ratio};
use headroom_reports::data::*;

const CLOSED: usize = 9;

/// Department, product, Chinese and English name, monthly budget, actual ÷ budget in percent at start and end.
type Product = (&'static str, &'static str, &'static str, &'static str, i64, [i64; 2]);

const PRODUCTS: [Product; 7] = [
    ("content", "video", "视频", "Video", 3_260_000, [101, 121]),
    ("content", "live", "直播", "Live", 1_480_000, [97, 90]),
    ("content", "shorts", "短视频", "Shorts", 1_120_000, [88, 134]),
    ("commerce", "shop", "电商", "Shop", 1_940_000, [102, 99]),
    ("commerce", "payments", "支付", "Payments", 620_000, [94, 96]),
    ("platform", "search", "搜索", "Search", 870_000, [83, 66]),
    ("platform", "data", "数据平台", "Data platform", 1_050_000, [100, 108]),
];

const DEPARTMENTS: [(&str, &str, &str); 3] = [
    ("content", "内容事业部", "Content"),
    ("commerce", "交易事业部", "Commerce"),
    ("platform", "平台技术部", "Platform"),
];

const SHARES: [(CostType, i64); 10] = [
    (CostType::Rack, 9),
    (CostType::Power, 8),
    (CostType::BandwidthExternal, 24),
    (CostType::BandwidthInternal, 4),
    (CostType::Switch, 2),
    (CostType::Server, 26),
    (CostType::Software, 4),
    (CostType::Cloud, 19),
    (CostType::Labour, 3),
    (CostType::Other, 1),
];

pub fn money(text: &str) -> Money {
    text.parse().unwrap()
}

pub fn name(chinese: &str, english: &str) -> Name {
    Name::PerLanguage(
        [
            (Language::SimplifiedChinese, chinese.into()),
            (Language::English, english.into()),
        ]
        .into(),
    )
}

fn named(id: &str, chinese: &str, english: &str) -> Named {
    Named {
        id: id.into(),
        name: name(chinese, english),
    }
}

fn ratio(actual: Money, budget: Money) -> Option<Money> {
    Ratio::checked(actual, budget).map(|ratio| ratio.to_money())
}

fn percent(amount: Money, percent: i64) -> Money {
    amount.times(percent).multiply(money("0.01")).round(2)
}

fn sum(amounts: &[Money]) -> Money {
    amounts.iter().copied().sum()
}

/// Budget and outlook (actual when closed) of one product or total, month by month.
#[derive(Clone)]
struct Series {
    budget: Vec<Money>,
    mid: Vec<Money>,
}

impl Series {
    fn of_product(at: usize) -> Series {
        let (.., base, [first, last]) = PRODUCTS[at];
        let months = (0..12).map(|month: usize| {
            let season = [96, 92, 97, 98, 100, 102, 101, 100, 103, 105, 114, 107][month];
            let budget = percent(Money::whole(base), season);
            let wobble = [3, -2, 1, 0, -3, 2, -1, 4, 0, 1, 2, 1][(month + at * 3) % 12];
            let share = first + (last - first) * month as i64 / 11 + wobble;
            (budget, percent(budget, share) + money("0.37").times(at as i64))
        });
        let (budget, mid) = months.unzip();
        Series { budget, mid }
    }

    fn add(all: &[&Series]) -> Series {
        let month_sum =
            |pick: &dyn Fn(&Series) -> &Vec<Money>| (0..12).map(|m| all.iter().map(|s| pick(s)[m]).sum()).collect();
        Series {
            budget: month_sum(&|s| &s.budget),
            mid: month_sum(&|s| &s.mid),
        }
    }

    fn share(&self, percent_of: i64) -> Series {
        let part = |amounts: &[Money]| amounts.iter().map(|&amount| percent(amount, percent_of)).collect();
        Series {
            budget: part(&self.budget),
            mid: part(&self.mid),
        }
    }

    fn landing_of(&self, month: usize) -> Interval {
        let mid = self.mid[month];
        let spread = if month < CLOSED {
            0
        } else {
            3 + 2 * (month - CLOSED) as i64
        };
        let up = if month < CLOSED { 0 } else { spread + 1 };
        Interval {
            low: mid - percent(mid, spread),
            mid,
            high: mid + percent(mid, up),
        }
    }

    fn landing_to(&self, months: usize) -> Interval {
        let all: Vec<Interval> = (0..months).map(|month| self.landing_of(month)).collect();
        let of = |pick: fn(&Interval) -> Money| all.iter().map(pick).sum();
        Interval {
            low: of(|i| i.low),
            mid: of(|i| i.mid),
            high: of(|i| i.high),
        }
    }

    fn row(&self, level: Level, id: &str, name: Name, parent: Option<&str>) -> ExecutionRow {
        let (actual, budget) = (sum(&self.mid[..CLOSED]), sum(&self.budget[..CLOSED]));
        let (year, landing) = (sum(&self.budget), self.landing_to(12));
        ExecutionRow {
            level,
            id: id.into(),
            name,
            parent: parent.map(Into::into),
            month_actual: self.mid[CLOSED - 1],
            month_budget: self.budget[CLOSED - 1],
            month_rate: ratio(self.mid[CLOSED - 1], self.budget[CLOSED - 1]),
            quarter_actual: sum(&self.mid[6..CLOSED]),
            quarter_budget: sum(&self.budget[6..CLOSED]),
            quarter_rate: ratio(sum(&self.mid[6..CLOSED]), sum(&self.budget[6..CLOSED])),
            phased_progress: ratio(budget, year),
            commitments: Money::ZERO,
            available: year - actual,
            ytd_actual: actual,
            ytd_budget: budget,
            ytd_difference: actual - budget,
            ytd_rate: ratio(actual, budget),
            year_budget: year,
            year_rate: ratio(actual, year),
            landing,
            difference: landing.mid - year,
        }
    }

    fn cells(&self) -> Vec<HeatCell> {
        let cell = |index: usize| {
            let actual = (index < CLOSED).then_some(self.mid[index]);
            let rate = actual.and_then(|actual| ratio(actual, self.budget[index]));
            HeatCell {
                month: month(index),
                actual,
                budget: self.budget[index],
                rate,
            }
        };
        (0..12).map(cell).collect()
    }

    fn total(&self) -> HeatTotal {
        let (actual, budget) = (sum(&self.mid[..CLOSED]), sum(&self.budget[..CLOSED]));
        HeatTotal {
            actual,
            budget,
            rate: ratio(actual, budget),
        }
    }

    fn variance(&self) -> Variance {
        let (start, end) = (sum(&self.budget[..CLOSED]), sum(&self.mid[..CLOSED]));
        let off = end - start;
        let (unplanned, unused) = (percent(start, 1).abs(), -percent(start, 1).abs() - money("15000"));
        let fx = percent(start, 1).multiply(money("0.3")).round(2);
        let volume = percent(off, 72);
        let rest = off - volume - fx - unplanned - unused;
        let part = |kind, amount| VariancePart { kind, amount };
        let parts = vec![
            part(VarianceKind::Volume, volume),
            part(VarianceKind::Efficiency, rest),
            part(VarianceKind::Fx, fx),
            part(VarianceKind::Unplanned, unplanned),
            part(VarianceKind::Unused, unused),
        ];
        Variance { start, parts, end }
    }
}

pub fn month(index: usize) -> Month {
    Month::new(2026, 1).unwrap().plus(index as i32)
}

/// The sample report.
pub fn report() -> ExecutionReport {
    let products: Vec<Series> = (0..PRODUCTS.len()).map(Series::of_product).collect();
    let company = Series::add(&products.iter().collect::<Vec<_>>());
    let mut rows = vec![company.row(Level::Company, "company", name("星河互娱", "Galaxy Interactive"), None)];
    for (department, chinese, english) in DEPARTMENTS {
        let own = || {
            PRODUCTS
                .iter()
                .zip(&products)
                .filter(move |(product, _)| product.0 == department)
        };
        let total = Series::add(&own().map(|(_, series)| series).collect::<Vec<_>>());
        rows.push(total.row(Level::Department, department, name(chinese, english), None));
        rows.extend(own().map(|(p, series)| series.row(Level::Product, p.1, name(p.2, p.3), Some(department))));
    }
    // The last cost type takes what rounding left, so that cost types add up to the company too.
    let mut types: Vec<Series> = SHARES[..9].iter().map(|&(_, share)| company.share(share)).collect();
    let nine = Series::add(&types.iter().collect::<Vec<_>>());
    let rest = |all: &[Money], nine: &[Money]| all.iter().zip(nine).map(|(&all, &nine)| all - nine).collect();
    types.push(Series {
        budget: rest(&company.budget, &nine.budget),
        mid: rest(&company.mid, &nine.mid),
    });
    for ((cost_type, _), series) in SHARES.iter().zip(&types) {
        rows.push(series.row(Level::CostType, cost_type.as_str(), cost_type.as_str().into(), None));
    }
    let product_rows: Vec<&ExecutionRow> = rows.iter().filter(|row| row.level == Level::Product).collect();
    let proposals = product_rows
        .iter()
        .filter(|row| row.difference.abs() > money("400000"))
        .map(|row| proposal(row))
        .collect();
    let money_at_risk = product_rows
        .iter()
        .map(|row| row.difference)
        .filter(|d| !d.is_negative())
        .sum();
    let whole = rows[0].clone();
    ExecutionReport {
        company: name("星河互娱", "Galaxy Interactive"),
        currency: "CNY".into(),
        basis: Basis::Effective,
        as_of: month(CLOSED - 1),
        fiscal_year: 2026,
        budget_version: BudgetVersion {
            label: "v3".into(),
            approved_at: Some("2026-01-12".into()),
            approved_by: Some("CFO".into()),
        },
        time_progress: money("0.75"),
        headline: Headline {
            ytd_actual: whole.ytd_actual,
            ytd_budget: whole.ytd_budget,
            ytd_difference: whole.ytd_difference,
            execution_rate_ytd: whole.ytd_rate,
            year_budget: whole.year_budget,
            execution_rate_year: whole.year_rate,
            landing: whole.landing,
            landing_difference: whole.difference,
            landing_rate: ratio(whole.landing.mid, whole.year_budget),
            money_at_risk,
        },
        months: (0..12).map(|index| point(&company, index)).collect(),
        heat: HeatMap {
            rows: PRODUCTS.iter().zip(&products).map(heat_row).collect(),
            totals: company.cells(),
            total: company.total(),
        },
        cost_types_by_month: SHARES.iter().zip(&types).map(type_months).collect(),
        variance: total_variance(&products),
        variance_by_product: PRODUCTS
            .iter()
            .zip(&products)
            .map(|(p, series)| ProductVariance {
                product: named(p.1, p.2, p.3),
                variance: series.variance(),
                sentence: name("主因业务量。", "Mainly volume."),
            })
            .collect(),
        variance_tree: Vec::new(),
        variance_lines: Vec::new(),
        modules: Vec::new(),
        proposals,
        control: lists::control(),
        idle: lists::idle(),
        findings: lists::findings(),
        reconciliation: lists::reconciliation(&company),
        unallocated_ytd: money("18240.55"),
        data_health: lists::data_health(),
        rows,
    }
}

fn point(company: &Series, index: usize) -> MonthPoint {
    let closed = index < CLOSED;
    MonthPoint {
        month: month(index),
        closed,
        budget: company.budget[index],
        actual: closed.then_some(company.mid[index]),
        landing: company.landing_of(index),
        cumulative_budget: sum(&company.budget[..=index]),
        cumulative_actual: closed.then(|| sum(&company.mid[..=index])),
        cumulative_landing: Some(company.landing_to(index + 1)),
    }
}

fn heat_row((p, series): (&Product, &Series)) -> HeatRow {
    HeatRow {
        product: named(p.1, p.2, p.3),
        cells: series.cells(),
        total: series.total(),
    }
}

fn type_months(((cost_type, _), series): (&(CostType, i64), &Series)) -> CostTypeMonths {
    CostTypeMonths {
        cost_type: *cost_type,
        amounts: (0..12).map(|m| (m < CLOSED).then_some(series.mid[m])).collect(),
        total: sum(&series.mid[..CLOSED]),
    }
}

fn total_variance(products: &[Series]) -> Variance {
    let all: Vec<Variance> = products.iter().map(Series::variance).collect();
    let parts = all[0].parts.iter().enumerate().map(|(at, part)| VariancePart {
        kind: part.kind,
        amount: all.iter().map(|variance| variance.parts[at].amount).sum(),
    });
    Variance {
        start: all.iter().map(|v| v.start).sum(),
        parts: parts.collect(),
        end: all.iter().map(|v| v.end).sum(),
    }
}

fn proposal(row: &ExecutionRow) -> Proposal {
    let amount = row.difference.abs();
    Proposal {
        product: Named {
            id: row.id.clone(),
            name: row.name.clone(),
        },
        kind: if row.difference.is_negative() {
            ProposalKind::Cut
        } else {
            ProposalKind::Supplement
        },
        amount,
        low: percent(amount, 82),
        high: percent(amount, 123),
        landing: row.landing.mid,
        year_budget: row.year_budget,
        drivers: vec![Driver {
            metric: "DAU".into(),
            actual_to_target: row.ytd_rate.unwrap(),
        }],
        run_ratio: row.month_rate,
    }
}
