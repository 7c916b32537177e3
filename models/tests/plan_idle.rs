//! Idle and bandwidth findings through the public functions, on real and on made samples.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::contracts::{BandwidthTerms, IndexRule, billed_rank};
use headroom_models::idle::*;
use headroom_models::ledger::Money;
use polars::prelude::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// 2026-01-01T00:00:00Z in microseconds.
const START: i64 = 1_767_225_600_000_000;
const HOUR: i64 = 3_600_000_000;

/// One sample: resource, time, CPU, bytes per second in and out.
type Sample<'a> = (&'a str, i64, Option<f64>, Option<f64>, Option<f64>);

fn frame(samples: &[Sample]) -> LazyFrame {
    let time = Series::new("timestamp".into(), samples.iter().map(|s| s.1).collect::<Vec<_>>());
    let time = time
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
        .unwrap();
    let none = vec![None::<f64>; samples.len()];
    let column = |name: &str, of: &dyn Fn(&Sample) -> Option<f64>| {
        Column::new(name.into(), samples.iter().map(of).collect::<Vec<Option<f64>>>())
    };
    DataFrame::new(
        samples.len(),
        vec![
            time.into_column(),
            Column::new("resource_id".into(), samples.iter().map(|s| s.0).collect::<Vec<_>>()),
            column("cpu_percent", &|s| s.2),
            Column::new("memory_percent".into(), none.clone()),
            Column::new("disk_percent".into(), none.clone()),
            Column::new("disk_iops".into(), none.clone()),
            column("network_in_bytes_per_second", &|s| s.3),
            column("network_out_bytes_per_second", &|s| s.4),
            Column::new("connections".into(), none),
        ],
    )
    .unwrap()
    .lazy()
}

/// AWS's thresholds with four fifths of the hours.
fn compute_idle() -> IdlePolicy {
    preset("compute-idle").unwrap().clone()
}

fn judge(policy: &IdlePolicy, samples: LazyFrame) -> IdleReport {
    detect(IdleInputs {
        policy,
        samples,
        monthly_cost: &BTreeMap::new(),
        tags: &BTreeMap::new(),
    })
    .unwrap()
}

fn hourly<'a>(resource: &'a str, hours: i64, cpu: f64, bytes: Option<f64>) -> Vec<Sample<'a>> {
    (0..hours)
        .map(|hour| (resource, START + hour * HOUR, Some(cpu), bytes, bytes))
        .collect()
}

/// CPU of a real machine: time and percent.
fn nab(name: &str) -> Vec<(i64, f64)> {
    let path = format!(
        "{}/tests/data/nab/ec2_cpu_utilization_{name}.csv",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let (time, value) = line.split_once(',').unwrap();
            let time = chrono::NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S").unwrap();
            (time.and_utc().timestamp_micros(), value.parse().unwrap())
        })
        .collect()
}

#[test]
fn real_machines_with_cpu_only() {
    let names = ["24ae8d", "53ea38", "77c1ca"];
    for name in names {
        let samples = nab(name);
        let samples: Vec<Sample> = samples
            .iter()
            .map(|(time, cpu)| (name, *time, Some(*cpu), None, None))
            .collect();
        let report = judge(&compute_idle(), frame(&samples));
        let finding = &report.findings[0];
        assert_eq!(report.left_out, [Metric::NetworkBytesPerDay]);
        assert!(finding.reasons.contains(&IdleReason::MetricLeftOut {
            metric: Metric::NetworkBytesPerDay
        }));
        assert!(finding.coverage > 0.99, "{name} {}", finding.coverage);
        if name == "77c1ca" {
            assert_eq!(finding.verdict, Verdict::Active, "{name}");
            assert!(finding.reasons.contains(&IdleReason::Exceeds {
                metric: Metric::CpuPercent
            }));
        } else {
            assert_eq!(
                (finding.verdict, finding.confidence),
                (Verdict::Idle, Confidence::Low),
                "{name}"
            );
            assert_eq!(finding.since.unwrap().to_string(), "2014-02-14");
        }
    }
}

#[test]
fn network_counts_by_the_day() {
    // 20 + 20 bytes per second × 86 400 s = 3 456 000 a day: below 5 MB. 30 + 30: 5 184 000, above.
    let mut samples = hourly("quiet", 336, 1.0, Some(20.0));
    samples.extend(hourly("chatty", 336, 1.0, Some(30.0)));
    let report = judge(&compute_idle(), frame(&samples));
    let shown: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.resource_id.as_str(), f.verdict, f.evidence[1].value))
        .collect();
    assert_eq!(
        shown,
        [
            ("chatty", Verdict::Active, Some(5_184_000.0)),
            ("quiet", Verdict::Idle, Some(3_456_000.0))
        ]
    );
    assert_eq!(report.findings[1].confidence, Confidence::High);
    assert_eq!(report.window_end.unwrap().to_rfc3339(), "2026-01-14T23:00:00+00:00");
}

#[test]
fn missing_data_is_never_a_verdict() {
    let mut samples = hourly("measured", 336, 1.0, Some(1.0));
    samples.extend(hourly("no-network", 336, 1.0, None)); // lacks what others have
    samples.extend(hourly("busy-no-network", 336, 50.0, None)); // in use, whatever its network does
    samples.extend(hourly("gone", 200, 1.0, Some(1.0))); // 200 of 336 hours = 60 %
    samples.push(("silent", START, None, None, None));
    let report = judge(&compute_idle(), frame(&samples));
    let verdicts: BTreeMap<_, _> = report
        .findings
        .iter()
        .map(|f| (f.resource_id.as_str(), f.verdict))
        .collect();
    assert_eq!(verdicts["measured"], Verdict::Idle);
    assert_eq!(verdicts["no-network"], Verdict::Undetermined);
    assert_eq!(verdicts["busy-no-network"], Verdict::Active);
    assert_eq!(verdicts["gone"], Verdict::Undetermined);
    assert_eq!(verdicts["silent"], Verdict::Undetermined);
    let gone = report.findings.iter().find(|f| f.resource_id == "gone").unwrap();
    assert!(gone.reasons.iter().any(|r| matches!(r, IdleReason::LowCoverage { .. })));
    let empty = judge(&compute_idle(), frame(&[]));
    assert!(empty.findings.is_empty() && empty.window_end.is_none());
}

#[test]
fn since_money_tags_and_what_has_no_samples() {
    // Busy for five days, then idle for fifteen: the run is longer than the window.
    let samples: Vec<Sample> = (0..480)
        .map(|hour| {
            (
                "web-1",
                START + hour * HOUR,
                Some(if hour < 120 { 60.0 } else { 2.0 }),
                Some(0.0),
                Some(0.0),
            )
        })
        .chain(hourly("standby-1", 480, 1.0, Some(0.0)))
        .collect();
    let policy = IdlePolicy {
        exempt_tags: [("standby".to_owned(), "true".to_owned())].into(),
        ..compute_idle()
    };
    let monthly_cost = [
        ("web-1".to_owned(), Money::whole(800)),
        ("dark-1".to_owned(), Money::whole(90)),
    ]
    .into();
    let tags = [("standby-1".to_owned(), policy.exempt_tags.clone())].into();
    let report = detect(IdleInputs {
        policy: &policy,
        samples: frame(&samples),
        monthly_cost: &monthly_cost,
        tags: &tags,
    })
    .unwrap();
    assert_eq!(report.findings.len(), 1);
    let finding = &report.findings[0];
    assert_eq!(
        (finding.verdict, finding.monthly_cost),
        (Verdict::Idle, Some(Money::whole(800)))
    );
    assert_eq!(finding.since.unwrap().to_string(), "2026-01-06");
    assert_eq!(report.exempt[0].resource_id, "standby-1");
    assert_eq!(report.unmeasured, [("dark-1".to_owned(), Money::whole(90))]);
}

#[test]
fn percentiles_and_means() {
    let mut policy = IdlePolicy {
        window_days: 1,
        minimum_coverage: 0.5,
        ..compute_idle()
    };
    let condition = |statistic| Condition::below(Metric::CpuPercent, statistic, 5.0);
    policy.conditions = vec![
        condition(Statistic::P95),
        condition(Statistic::Avg),
        condition(Statistic::Max),
    ];
    // 20 hours of 1 to 20: the 19th is the 95th percentile, the mean is 10.5.
    let samples: Vec<Sample> = (0..20)
        .map(|hour| ("a", START + hour * HOUR, Some(hour as f64 + 1.0), None, None))
        .collect();
    let values: Vec<_> = judge(&policy, frame(&samples)).findings[0]
        .evidence
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(values, [Some(19.0), Some(10.5), Some(20.0)]);
}

#[test]
fn wrong_columns_and_policies_are_refused() {
    let policy = compute_idle();
    let none = BTreeMap::new();
    let tags = BTreeMap::new();
    let bad = df!("resource_id" => ["a"], "cpu_percent" => [1.0]).unwrap().lazy();
    let error = detect(IdleInputs {
        policy: &policy,
        samples: bad,
        monthly_cost: &none,
        tags: &tags,
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "utilization: column timestamp is missing or is not a timestamp in microseconds"
    );
    let policy = IdlePolicy {
        conditions: Vec::new(),
        ..policy
    };
    let error = detect(IdleInputs {
        policy: &policy,
        samples: frame(&[]),
        monthly_cost: &none,
        tags: &tags,
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "idle_policy compute-idle: conditions is empty; every resource would be idle"
    );
}

#[test]
fn bandwidth_by_the_95th_percentile() {
    // January, hourly: 744 samples. Rank ⌈0.95 × 744⌉ = ⌈706.8⌉ = 707: the 37 highest are discarded.
    // In: 37 samples of 100 MB/s, the rest 5 MB/s = 40 Mbps. Out: 1.25 MB/s = 10 Mbps. P95 = 40 Mbps of 100.
    let sample = |hour: i64| {
        let inbound = if hour < 37 { 100e6 } else { 5e6 };
        ("uplink", START + hour * HOUR, None, Some(inbound), Some(1.25e6))
    };
    let samples: Vec<Sample> = (0..744).map(sample).collect();
    let commit = |id: &str, committed_mbps| BandwidthCommit {
        resource_id: id.to_owned(),
        committed_mbps,
        monthly_cost: Money::whole(5_000),
        terms: BandwidthTerms::default(),
    };
    let commits = [commit("uplink", 100.0), commit("dark", 10.0)];
    let findings = bandwidth_commits(&commits, frame(&samples), &BandwidthRule::default()).unwrap();
    assert_eq!(
        findings.iter().map(|f| f.verdict).collect::<Vec<_>>(),
        [BandwidthVerdict::Undetermined, BandwidthVerdict::Oversized]
    );
    let uplink = &findings[1];
    assert_eq!(
        (uplink.p95_mbps, uplink.peak_mbps, uplink.unused_mbps),
        (Some(40.0), Some(800.0), Some(60.0))
    );
    assert_eq!(uplink.unused_cost, Some(Money::whole(3_000)));
    assert_eq!(uplink.month.unwrap().to_string(), "2026-01");
    let small = bandwidth_commits(&[commit("uplink", 30.0)], frame(&samples), &BandwidthRule::default()).unwrap();
    assert_eq!(
        (small[0].verdict, small[0].unused_cost),
        (BandwidthVerdict::Used, Some(Money::ZERO))
    );
    // A 30-day month of 5-minute samples discards 432 and bills the 433rd highest.
    assert_eq!(billed_rank(8640, IndexRule::Ceil), 8208);
    assert_eq!(billed_rank(1, IndexRule::Ceil), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn more_load_never_turns_active_into_idle(
        load in prop::collection::vec((0.0..8.0_f64, 0.0..60.0_f64), 48..96),
        more in prop::collection::vec((0.0..4.0_f64, 0.0..30.0_f64), 96),
    ) {
        let policy = IdlePolicy { window_days: 2, minimum_coverage: 0.5, ..compute_idle() };
        let samples = |added: bool| -> Vec<Sample<'static>> {
            load.iter().zip(&more).enumerate().map(|(hour, ((cpu, net), (more_cpu, more_net)))| {
                let (cpu, net) = if added { (cpu + more_cpu, net + more_net) } else { (*cpu, *net) };
                ("a", START + hour as i64 * HOUR, Some(cpu), Some(net), Some(0.0))
            }).collect()
        };
        let (before, after) = (judge(&policy, frame(&samples(false))), judge(&policy, frame(&samples(true))));
        if before.findings[0].verdict == Verdict::Active {
            prop_assert_eq!(after.findings[0].verdict, Verdict::Active);
        }
    }
}

#[test]
fn published_presets_on_real_machines() {
    for (name, idle) in [("24ae8d", true), ("53ea38", true), ("77c1ca", false)] {
        let samples = nab(name);
        let samples: Vec<Sample> = samples
            .iter()
            .map(|(time, cpu)| (name, *time, Some(*cpu), None, None))
            .collect();
        let verdict = |policy: &str| judge(preset(policy).unwrap(), frame(&samples)).findings[0].verdict;
        assert_eq!(verdict("aws-compute-optimizer") == Verdict::Idle, idle, "{name}");
    }
}

#[test]
fn a_night_a_month_is_batch_and_not_idle() {
    // Five weeks; two hours of 80 % on one night, 20 days before the end: before the two weeks of the window.
    let samples: Vec<Sample> = (0..35 * 24)
        .map(|hour| {
            let working = hour == 15 * 24 + 2 || hour == 15 * 24 + 3;
            (
                "settle",
                START + hour * HOUR,
                Some(if working { 80.0 } else { 1.0 }),
                Some(50.0),
                Some(50.0),
            )
        })
        .collect();
    let ours = judge(preset(DEFAULT_POLICY).unwrap(), frame(&samples));
    assert_eq!(ours.findings[0].verdict, Verdict::Active);
    assert!(ours.findings[0].reasons.contains(&IdleReason::Batch {
        metric: Metric::CpuPercent
    }));
    // The published two-week rules cannot see it.
    let theirs = judge(preset("gcp-recommender").unwrap(), frame(&samples));
    assert_eq!(theirs.findings[0].verdict, Verdict::Idle);
}

#[test]
fn days_are_counted_for_policies_that_count_days() {
    // 14 days: four of 9 %, ten of 30 %.
    let samples: Vec<Sample> = (0..14 * 24)
        .map(|hour| {
            let cpu = if hour / 24 < 4 { 9.0 } else { 30.0 };
            ("four", START + hour * HOUR, Some(cpu), Some(1.0), Some(1.0))
        })
        .chain((0..14 * 24).map(|hour| {
            let cpu = if hour / 24 < 3 { 9.0 } else { 30.0 };
            ("three", START + hour * HOUR, Some(cpu), Some(1.0), Some(1.0))
        }))
        .collect();
    let report = judge(preset("aws-trusted-advisor").unwrap(), frame(&samples));
    let verdicts: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.resource_id.as_str(), f.verdict))
        .collect();
    assert_eq!(verdicts, [("four", Verdict::Idle), ("three", Verdict::Active)]);
    assert_eq!(report.findings[0].evidence[0].days, Some(4));
}

#[test]
fn half_of_the_samples_is_not_enough() {
    // Every other five minutes, at random places: all hours have samples, and still half of the truth is missing.
    let samples: Vec<Sample> = (0..14 * 288_i64)
        .filter(|at| {
            (*at as u64)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .rotate_left(29)
                .wrapping_mul(0xBF58_476D_1CE4_E5B9)
                >> 63
                == 0
        })
        .map(|at| ("gaps", START + at * HOUR / 12, Some(1.0), Some(1.0), Some(1.0)))
        .collect();
    let report = judge(preset(DEFAULT_POLICY).unwrap(), frame(&samples));
    assert_eq!(
        report.findings[0].verdict,
        Verdict::Undetermined,
        "{:?}",
        report.findings[0]
    );
}

#[test]
fn parts_of_an_input_give_what_the_whole_gives() {
    let policy = preset(DEFAULT_POLICY).unwrap();
    let samples: Vec<Sample> = (0..20 * 24)
        .flat_map(|hour| {
            ["a", "b", "c"].map(|name| {
                let load = f64::from((hour * 37 % 11) as i32) * if name == "b" { 3.0 } else { 0.3 };
                (name, START + hour * HOUR, Some(load), Some(load * 10.0), Some(1.0))
            })
        })
        .collect();
    let whole = frame(&samples).collect().unwrap();
    let span = span_of(&whole).unwrap().unwrap();
    let plan = UsagePlan::new(&[policy], &[], span);
    let judged = |cuts: &[usize]| {
        let mut collected: Option<UsageCollector> = None;
        for pair in cuts.windows(2) {
            let mut part = UsageCollector::new(&plan);
            part.absorb(&whole.slice(pair[0] as i64, pair[1] - pair[0])).unwrap();
            match &mut collected {
                Some(before) => before.merge(part),
                None => collected = Some(part),
            }
        }
        headroom_models::idle::judge(policy, &collected.unwrap().finish(), &BTreeMap::new())
    };
    let one = judged(&[0, 1440]);
    let many = judged(&[0, 1, 500, 501, 1000, 1440]);
    for (one, many) in one.findings.iter().zip(&many.findings) {
        assert_eq!(
            (one.verdict, &one.since, &one.reasons),
            (many.verdict, &many.since, &many.reasons)
        );
    }
    assert_eq!(one.findings.len(), many.findings.len());
    assert_eq!(one.findings.iter().filter(|f| f.verdict == Verdict::Idle).count(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_preset_turns_active_into_idle_by_more_load_nor_missing_data_into_a_verdict(
        load in prop::collection::vec((0.0..8.0_f64, 0.0..60.0_f64), 14 * 24),
        more in prop::collection::vec((0.0..4.0_f64, 0.0..30.0_f64), 14 * 24),
        missing in 0usize..2,
    ) {
        let samples = |added: f64| -> Vec<Sample<'static>> {
            load.iter().zip(&more).enumerate().map(|(hour, ((cpu, net), (more_cpu, more_net)))| {
                ("a", START + hour as i64 * HOUR, Some(cpu + added * more_cpu), Some(net + added * more_net), Some(0.0))
            }).collect()
        };
        for policy in presets().iter().filter(|policy| policy.kinds.is_empty()) {
            let (before, after) = (judge(policy, frame(&samples(0.0))), judge(policy, frame(&samples(1.0))));
            if before.findings[0].verdict == Verdict::Active {
                prop_assert_eq!(after.findings[0].verdict, Verdict::Active, "{}", policy.id);
            }
            // A neighbour carries everything; of this one either the network or the first days are missing.
            let mut gaps: Vec<Sample> = samples(0.0);
            let neighbour: Vec<Sample> = gaps.iter().map(|s| ("b", s.1, s.2, s.3, s.4)).collect();
            if missing == 0 {
                gaps.iter_mut().for_each(|sample| (sample.3, sample.4) = (None, None));
            } else {
                gaps.retain(|sample| sample.1 >= START + 13 * 24 * HOUR);
            }
            gaps.extend(neighbour);
            let report = judge(policy, frame(&gaps));
            prop_assert_ne!(report.findings[0].verdict, Verdict::Idle, "{}", policy.id);
        }
    }
}
