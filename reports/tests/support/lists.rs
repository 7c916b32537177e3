//! The lists of the sample: idle resources, findings, reconciliation, bills received.

use super::{CLOSED, PRODUCTS, Series, money, month, name, percent};
use headroom_models::ledger::Money;
use headroom_reports::data::*;

pub fn idle() -> IdleList {
    let item =
        |resource: &str, product: Option<usize>, verdict, rule: &str, cost: Option<&str>, evidence: &[(&str, &str)]| {
            IdleItem {
                resource: resource.into(),
                name: None,
                product: product.map(|at| name(PRODUCTS[at].2, PRODUCTS[at].3)),
                verdict,
                rule: rule.into(),
                since: cost.map(|_| "2026-07-03".into()),
                monthly_cost: cost.map(money),
                evidence: evidence
                    .iter()
                    .map(|(m, v)| Evidence {
                        metric: (*m).into(),
                        value: (*v).into(),
                    })
                    .collect(),
                confidence: if cost.is_some() {
                    Confidence::High
                } else {
                    Confidence::Low
                },
            }
        };
    let items = vec![
        item(
            "bw-north-07",
            Some(1),
            Verdict::Oversized,
            "bandwidth-commit",
            Some("96000"),
            &[("committed", "20 Gbps"), ("used", "8.1 Gbps")],
        ),
        item(
            "i-0a3f9c12e77b",
            Some(5),
            Verdict::Idle,
            "cpu-low",
            Some("38412.6"),
            &[("cpu-p95", "1.8%"), ("memory-max", "11%")],
        ),
        item(
            "rack-B12-04",
            Some(6),
            Verdict::Idle,
            "empty-rack",
            Some("14500"),
            &[("used", "3 U / 42 U")],
        ),
        item(
            "disk-88213",
            Some(3),
            Verdict::Idle,
            "unattached-disk",
            Some("2310.4"),
            &[("days", "81")],
        ),
        item("srv-2291", None, Verdict::Undetermined, "no-data", None, &[]),
    ];
    IdleList {
        items,
        monthly_cost: money("151223"),
    }
}

pub fn findings() -> Vec<Finding> {
    let finding = |kind, source: &str, at: usize, place: &str, amount: &str, detail: &[(&str, &str)]| Finding {
        kind,
        source: source.into(),
        month: month(at),
        place: Some(place.into()),
        amount: Some(money(amount)),
        detail: detail
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    vec![
        finding(
            FindingKind::InvoiceArithmetic,
            "idc-north",
            7,
            "idc-north-2026-08.xlsx:14",
            "1200",
            &[
                ("quantity", "12"),
                ("unit-price", "4,300.00"),
                ("expected", "51,600.00"),
                ("found", "52,800.00"),
            ],
        ),
        finding(
            FindingKind::UsageMismatch,
            "idc-east",
            8,
            "idc-east-2026-09.xlsx:31",
            "8640",
            &[("invoice", "3,240 Mbps"), ("measured", "2,880 Mbps")],
        ),
        finding(
            FindingKind::Untagged,
            "aliyun",
            8,
            "aliyun-2026-09.csv:20417",
            "18240.55",
            &[("resource", "i-bp1f09")],
        ),
    ]
}

pub fn reconciliation(company: &Series) -> Vec<ReconciliationLine> {
    let line = |source: &str, currency: &str, share, unallocated: &str| {
        let ledger = percent(company.mid[CLOSED - 1], share);
        ReconciliationLine {
            month: month(CLOSED - 1),
            source: source.into(),
            currency: currency.into(),
            invoice: Some(ledger),
            ledger,
            allocated: ledger,
            difference: Money::ZERO,
            unallocated: money(unallocated),
        }
    };
    vec![
        line("idc-north", "CNY", 31, "0"),
        line("idc-east", "CNY", 22, "0"),
        line("assets", "CNY", 28, "0"),
        line("aliyun", "CNY", 13, "18240.55"),
        line("aws", "USD", 1, "0"),
    ]
}

pub fn data_health() -> DataHealth {
    use Delivery::{Estimated, Late, Missing, NotDue, Present};
    let health = |source: &str, special: &[(usize, Delivery)]| {
        let mut months = vec![Present; 9];
        months.extend([NotDue; 3]);
        for &(at, delivery) in special {
            months[at] = delivery;
        }
        SourceHealth {
            source: source.into(),
            months,
        }
    };
    let sources = vec![
        health("idc-north", &[]),
        health("idc-east", &[(4, Late)]),
        health("assets", &[]),
        health("aliyun", &[(9, Present)]),
        health("aws", &[(8, Estimated), (9, Missing)]),
    ];
    DataHealth {
        estimated_share: Some(money("0.011")),
        sources,
    }
}

/// Two commitments, a loan, two alerts, two decided proposals.
pub fn control() -> ControlLists {
    let product = |at: usize| Named {
        id: PRODUCTS[at].1.into(),
        name: name(PRODUCTS[at].2, PRODUCTS[at].3),
    };
    let commitment = |id: &str, at, state: &str, amount: &str, billed: &str| CommitmentLine {
        id: id.into(),
        product: product(at),
        cost_type: headroom_models::ledger::CostType::Rack,
        capex: false,
        month: month(10),
        reference: "BC-2023-0117".into(),
        state: state.into(),
        amount: money(amount),
        billed: money(billed),
        outstanding: money(amount) - money(billed),
    };
    let alert = |at, level, severity: &str, ended| AlertLine {
        month: month(6),
        level,
        subject: product(at),
        metric: "landing".into(),
        severity: severity.into(),
        value: money("106.4"),
        threshold: money("105"),
        ended,
    };
    let decision = |at, decision: &str, amount| DecisionLine {
        month: month(7),
        product: product(at),
        kind: "supplement".into(),
        proposed: money("500000.25"),
        decision: decision.into(),
        amount,
        by: "CFO".into(),
        reason: "OA-512".into(),
        cause: Some(name("主因业务量。", "Mainly volume.")),
    };
    ControlLists {
        commitments: vec![
            commitment("R-2026-1", 0, "reserved", "120000.5", "0"),
            commitment("R-2026-2", 1, "ordered", "80000", "30000"),
        ],
        outstanding: money("170000.5"),
        loans: vec![LoanLine {
            id: "L-2026-1".into(),
            from: product(0),
            to: product(1),
            month: month(3),
            due: month(8),
            amount: money("50000"),
            repaid: money("20000"),
            outstanding: money("30000"),
            overdue: true,
        }],
        owed: money("30000"),
        alerts: vec![
            alert(0, Level::Product, "warning", Some(month(8))),
            alert(1, Level::Product, "critical", None),
        ],
        decisions: vec![
            decision(0, "edited", Some(money("250000.12"))),
            decision(1, "declined", Some(Money::ZERO)),
        ],
    }
}
