//! Labelled cases for idle detection: real traces and planted cases. The label follows from how a case is made, not from
//! what any rule says of it.
//!
//! Thresholds of Headroom's default were set before the cases were drawn, and looked at on the cases of `Half::Train` only;
//! `Half::Test` has other machines behind it (every other one) and other seeds.

use headroom_models::idle::*;
use polars::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Samples of five minutes in five weeks.
const SAMPLES: usize = 35 * DAY;
const DAY: usize = 288;
const HOUR: usize = 12;
/// 2026-01-01T00:00:00Z in microseconds.
const START: i64 = 1_767_225_600_000_000;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Half {
    Train,
    Test,
}

/// What a case is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Case {
    /// Nothing but the operating system and its agents.
    Idle,
    /// The same with a forgotten application that holds memory, a daily virus scan or log rotation.
    IdleWithAgents,
    /// A real machine as it is.
    Busy,
    /// A real machine scaled down to a few percent of CPU: few users, but users.
    LittleUsed,
    /// One or two nights of work in five weeks.
    MonthlyBatch,
    /// An hour or more of work a week.
    WeeklyJob,
    /// Half an hour to an hour and a half of work a day.
    DailyJob,
    /// Waits for the failure of another and replicates from it.
    Standby,
    /// At rest, then real load in the last days.
    RampingUp,
    /// Real load that fades to a tenth.
    RampingDown,
    /// Half of the samples are missing: at random, or days on end. Nothing should be said of it.
    HalfMissing,
}

pub const CASES: [Case; 11] = [
    Case::Idle,
    Case::IdleWithAgents,
    Case::Busy,
    Case::LittleUsed,
    Case::MonthlyBatch,
    Case::WeeklyJob,
    Case::DailyJob,
    Case::Standby,
    Case::RampingUp,
    Case::RampingDown,
    Case::HalfMissing,
];

impl Case {
    /// The label: true when the machine could be given up.
    pub fn is_idle(self) -> bool {
        matches!(self, Case::Idle | Case::IdleWithAgents)
    }

    /// How many of a hundred cases are of this one.
    fn share(self) -> usize {
        match self {
            Case::Idle => 18,
            Case::IdleWithAgents => 18,
            Case::Busy => 14,
            Case::LittleUsed => 8,
            _ => 6,
        }
    }
}

/// One machine: CPU (average and highest), memory, operations per second, bytes per second in and out.
struct Machine {
    cpu: Vec<f64>,
    cpu_max: Vec<f64>,
    memory: Vec<f64>,
    iops: Vec<f64>,
    network_in: Vec<f64>,
    network_out: Vec<f64>,
    missing: Vec<bool>,
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0.random_range(low..high)
    }

    fn chance(&mut self, share: f64) -> bool {
        self.0.random_range(0.0..1.0) < share
    }

    /// A value whose logarithm is normal around `middle`.
    fn skewed(&mut self, middle: f64, sigma: f64) -> f64 {
        // Twelve uniform values less six are as good as normal here.
        let normal: f64 = (0..12).map(|_| self.0.random_range(0.0..1.0)).sum::<f64>() - 6.0;
        middle * (sigma * normal).exp()
    }
}

/// Average and highest CPU of the real machines of a half.
fn traces(half: Half) -> Vec<(Vec<f64>, Vec<f64>)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/azure/busy_machines.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let columns = lines.next().unwrap().split(',').count();
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); columns];
    for line in lines {
        for (column, cell) in values.iter_mut().zip(line.split(',')) {
            column.push(cell.parse().unwrap());
        }
    }
    let first = if half == Half::Train { 0 } else { 1 };
    (first..columns / 2)
        .step_by(2)
        .map(|machine| (values[machine * 2].clone(), values[machine * 2 + 1].clone()))
        .collect()
}

/// The operating system and its agents.
fn at_rest(dice: &mut Dice) -> Machine {
    let (level, memory) = (dice.skewed(0.9, 0.5), dice.between(6.0, 34.0));
    let (inbound, outbound) = (dice.skewed(500.0, 1.4), dice.skewed(400.0, 1.4));
    let iops = dice.skewed(1.5, 0.6);
    // On some machines something wakes up every hour, on some every day; others are quiet, down to some tens of bytes.
    let hourly = if dice.chance(0.6) { dice.skewed(2.0, 0.9) } else { 0.0 };
    let daily = if dice.chance(0.6) { dice.between(3.0, 40.0) } else { 0.0 };
    let (minute, hour) = (dice.0.random_range(0..HOUR), dice.0.random_range(0..24));
    let mut machine = Machine {
        cpu: Vec::with_capacity(SAMPLES),
        cpu_max: Vec::with_capacity(SAMPLES),
        memory: Vec::with_capacity(SAMPLES),
        iops: Vec::with_capacity(SAMPLES),
        network_in: Vec::with_capacity(SAMPLES),
        network_out: Vec::with_capacity(SAMPLES),
        missing: vec![false; SAMPLES],
    };
    for at in 0..SAMPLES {
        let mut cpu = level * dice.between(0.5, 1.6);
        if at % HOUR == minute {
            cpu += hourly * dice.between(0.5, 1.0);
        }
        if at % DAY == hour * HOUR + minute {
            cpu += daily;
        }
        let cpu = cpu.min(100.0);
        machine.cpu.push(cpu);
        machine.cpu_max.push((cpu * dice.between(1.2, 3.5)).min(100.0));
        machine.memory.push(memory + dice.between(-1.0, 1.0));
        machine.iops.push(iops * dice.between(0.3, 2.0));
        machine.network_in.push(inbound * dice.between(0.4, 1.8));
        machine.network_out.push(outbound * dice.between(0.4, 1.8));
    }
    machine
}

impl Machine {
    /// Adds work at a time: CPU in percent with what comes with it.
    fn work(&mut self, at: usize, cpu: f64, max: f64, bytes_per_percent: f64) {
        if at >= SAMPLES {
            return;
        }
        self.cpu[at] = (self.cpu[at] + cpu).min(100.0);
        self.cpu_max[at] = self.cpu_max[at].max(max).max(self.cpu[at]).min(100.0);
        self.iops[at] += cpu * 2.0;
        self.network_in[at] += cpu * bytes_per_percent * 0.4;
        self.network_out[at] += cpu * bytes_per_percent;
    }

    /// The real trace from `from` on, each sample multiplied by what `scale` says.
    fn trace(
        &mut self,
        trace: &(Vec<f64>, Vec<f64>),
        from: usize,
        bytes_per_percent: f64,
        scale: impl Fn(usize) -> f64,
    ) {
        for at in from..SAMPLES {
            let there = at % trace.0.len();
            let by = scale(at);
            self.work(at, trace.0[there] * by, trace.1[there] * by, bytes_per_percent);
        }
    }

    fn burst(&mut self, from: usize, samples: usize, dice: &mut Dice) {
        let (level, bytes) = (dice.between(40.0, 95.0), dice.skewed(20_000.0, 0.8));
        for at in from..from + samples {
            let cpu = level * dice.between(0.85, 1.05);
            self.work(at, cpu, cpu * 1.05, bytes);
        }
    }
}

fn machine(case: Case, traces: &[(Vec<f64>, Vec<f64>)], number: usize, dice: &mut Dice) -> Machine {
    let mut machine = at_rest(dice);
    let trace = &traces[number % traces.len()];
    let bytes = dice.skewed(30_000.0, 0.7);
    let night = |dice: &mut Dice| dice.0.random_range(0..6 * HOUR);
    match case {
        Case::Idle => {}
        Case::IdleWithAgents => {
            let held = dice.between(5.0, 40.0);
            machine.memory.iter_mut().for_each(|memory| *memory += held);
            // A virus scan or backup of the machine itself, every night or every week.
            let (every, at) = (if dice.chance(0.6) { DAY } else { 7 * DAY }, night(dice));
            let (length, level) = (dice.0.random_range(1..=4), dice.between(20.0, 80.0));
            for day in (0..SAMPLES).step_by(every) {
                for step in 0..length {
                    machine.work(day + at + step, level * dice.between(0.7, 1.0), 100.0, 3_000.0);
                }
            }
        }
        Case::Busy => machine.trace(trace, 0, bytes, |_| 1.0),
        Case::LittleUsed => {
            // The mean of the trace becomes one to three percent; people come by day, at five minutes' notice.
            let mean = trace.0.iter().sum::<f64>() / trace.0.len() as f64;
            let by = dice.between(1.0, 3.0) / mean;
            let per_percent = dice.skewed(120_000.0, 0.5);
            machine.trace(trace, 0, per_percent, |_| by);
        }
        Case::MonthlyBatch => {
            let day = dice.0.random_range(0..30);
            for night_of in 0..dice.0.random_range(1..=2) {
                let length = (dice.skewed(2.0 * HOUR as f64, 0.45) as usize).max(HOUR * 3 / 4);
                let from = (day + night_of) * DAY + night(dice);
                machine.burst(from, length, dice);
            }
        }
        Case::WeeklyJob => {
            let (first, at) = (dice.0.random_range(0..7), night(dice));
            for day in (first..35).step_by(7) {
                let length = (dice.skewed(1.5 * HOUR as f64, 0.4) as usize).max(HOUR * 3 / 4);
                machine.burst(day * DAY + at, length, dice);
            }
        }
        Case::DailyJob => {
            let at = night(dice);
            for day in 0..35 {
                let length = dice.0.random_range(HOUR / 2..HOUR * 3 / 2);
                machine.burst(day * DAY + at, length, dice);
            }
        }
        Case::Standby => {
            let (stream, memory) = (dice.skewed(250_000.0, 0.7), dice.between(20.0, 45.0));
            let writes = dice.skewed(60.0, 0.6);
            for at in 0..SAMPLES {
                machine.network_in[at] += stream * dice.between(0.5, 1.5);
                machine.iops[at] += writes * dice.between(0.5, 1.5);
                machine.memory[at] += memory;
                machine.cpu[at] = (machine.cpu[at] + 0.8).min(100.0);
            }
        }
        Case::RampingUp => {
            let days = dice.0.random_range(3..10);
            let from = SAMPLES - days * DAY;
            machine.trace(trace, from, bytes, |at| (at - from) as f64 / (SAMPLES - from) as f64);
        }
        Case::RampingDown => {
            machine.trace(trace, 0, bytes, |at| 1.0 - 0.9 * at as f64 / SAMPLES as f64);
        }
        Case::HalfMissing => {
            if dice.chance(0.5) {
                machine.trace(trace, 0, bytes, |_| 1.0);
            }
            if dice.chance(0.5) {
                machine
                    .missing
                    .iter_mut()
                    .for_each(|missing| *missing = dice.0.random_range(0..2) == 0);
            } else {
                // Ten of every twenty days, the last days among them.
                for (at, missing) in machine.missing.iter_mut().enumerate() {
                    *missing =
                        (at / DAY) % 20 >= 10 && at + DAY / 2 < SAMPLES || (SAMPLES - at) / DAY < 9 && at + 2 < SAMPLES;
                }
            }
        }
    }
    machine
        .memory
        .iter_mut()
        .for_each(|memory| *memory = memory.clamp(0.0, 100.0));
    machine
}

/// A set of cases as samples, with the case of each resource.
pub fn cases(half: Half, seed: u64, count: usize) -> (DataFrame, BTreeMap<String, Case>) {
    let traces = traces(half);
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let mut labels = BTreeMap::new();
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 6];
    let (mut times, mut names): (Vec<i64>, Vec<String>) = (Vec::new(), Vec::new());
    for case in CASES {
        for number in 0..(count * case.share()).div_ceil(100) {
            let name = format!("{case:?}-{number}");
            let machine = machine(case, &traces, number, &mut dice);
            for at in (0..SAMPLES).filter(|at| !machine.missing[*at]) {
                times.push(START + at as i64 * 300_000_000);
                names.push(name.clone());
                let values = [
                    machine.cpu[at],
                    machine.cpu_max[at],
                    machine.memory[at],
                    machine.iops[at],
                    machine.network_in[at],
                    machine.network_out[at],
                ];
                columns
                    .iter_mut()
                    .zip(values)
                    .for_each(|(column, value)| column.push(value));
            }
            labels.insert(name, case);
        }
    }
    let time = Series::new("timestamp".into(), times)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
        .unwrap();
    let metrics = [
        "cpu_percent",
        "cpu_max_percent",
        "memory_percent",
        "disk_iops",
        "network_in_bytes_per_second",
        "network_out_bytes_per_second",
    ];
    let mut frame = vec![time.into_column(), Column::new("resource_id".into(), names)];
    let height = frame[0].len();
    frame.extend(
        metrics
            .iter()
            .zip(columns)
            .map(|(name, values)| Column::new((*name).into(), values)),
    );
    (DataFrame::new(height, frame).unwrap(), labels)
}

/// How a policy did.
#[derive(Clone, Debug, Default)]
pub struct Score {
    pub true_positives: usize,
    pub false_positives: usize,
    pub false_negatives: usize,
    /// Called idle, by case.
    pub called: BTreeMap<Case, usize>,
}

impl Score {
    pub fn precision(&self) -> f64 {
        self.true_positives as f64 / (self.true_positives + self.false_positives).max(1) as f64
    }

    pub fn recall(&self) -> f64 {
        self.true_positives as f64 / (self.true_positives + self.false_negatives).max(1) as f64
    }
}

/// Judges a set by policies, all in one pass over the samples.
pub fn score(frame: &DataFrame, labels: &BTreeMap<String, Case>, policies: &[&IdlePolicy]) -> Vec<Score> {
    let span = span_of(frame).unwrap().unwrap();
    let plan = UsagePlan::new(policies, &[], span);
    let mut collector = UsageCollector::new(&plan);
    collector.absorb(frame).unwrap();
    let usages = collector.finish();
    policies
        .iter()
        .map(|policy| {
            let report = judge(policy, &usages, &BTreeMap::new());
            let mut score = Score::default();
            for finding in &report.findings {
                let case = labels[&finding.resource_id];
                let idle = finding.verdict == Verdict::Idle;
                match (case.is_idle(), idle) {
                    (true, true) => score.true_positives += 1,
                    (false, true) => score.false_positives += 1,
                    (true, false) => score.false_negatives += 1,
                    (false, false) => {}
                }
                if idle {
                    *score.called.entry(case).or_default() += 1;
                }
            }
            score
        })
        .collect()
}
