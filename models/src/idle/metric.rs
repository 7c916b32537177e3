//! What samples measure, and how the values of a window become the one that is compared.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// CPU use in percent: the average within a sample.
    CpuPercent,
    /// Highest CPU use within a sample, in percent; the average where no resource of the input carries it.
    CpuMaxPercent,
    /// CPU use in vCPUs: percent × the vCPUs of the resource, or those that the policy assumes.
    CpuCores,
    /// Memory use in percent.
    MemoryPercent,
    /// Disk space in percent.
    DiskPercent,
    /// Disk operations per second.
    DiskIops,
    /// Disk operations over each day.
    DiskOperationsPerDay,
    /// Bytes per second in.
    NetworkInBytesPerSecond,
    /// Bytes per second out.
    NetworkOutBytesPerSecond,
    /// Bytes per second, in and out together.
    NetworkBytesPerSecond,
    /// Bytes in and out over each day: the mean of the day's hours × 24 hours.
    NetworkBytesPerDay,
    /// Open connections.
    Connections,
    /// Requests per second.
    RequestsPerSecond,
    /// Requests over each day.
    RequestsPerDay,
    /// 1 while something holds the disk or address, 0 while nothing does.
    Attached,
    /// How much of what is paid for is in use, in the unit that is paid for: seats, U positions, kW, GB.
    UsedUnits,
}

const METRICS: [Metric; 16] = [
    Metric::CpuPercent,
    Metric::CpuMaxPercent,
    Metric::CpuCores,
    Metric::MemoryPercent,
    Metric::DiskPercent,
    Metric::DiskIops,
    Metric::DiskOperationsPerDay,
    Metric::NetworkInBytesPerSecond,
    Metric::NetworkOutBytesPerSecond,
    Metric::NetworkBytesPerSecond,
    Metric::NetworkBytesPerDay,
    Metric::Connections,
    Metric::RequestsPerSecond,
    Metric::RequestsPerDay,
    Metric::Attached,
    Metric::UsedUnits,
];

impl Metric {
    /// All metrics.
    pub const ALL: [Metric; 16] = METRICS;

    /// The word of configuration and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Metric::CpuPercent => "cpu_percent",
            Metric::CpuMaxPercent => "cpu_max_percent",
            Metric::CpuCores => "cpu_cores",
            Metric::MemoryPercent => "memory_percent",
            Metric::DiskPercent => "disk_percent",
            Metric::DiskIops => "disk_iops",
            Metric::DiskOperationsPerDay => "disk_operations_per_day",
            Metric::NetworkInBytesPerSecond => "network_in_bytes_per_second",
            Metric::NetworkOutBytesPerSecond => "network_out_bytes_per_second",
            Metric::NetworkBytesPerSecond => "network_bytes_per_second",
            Metric::NetworkBytesPerDay => "network_bytes_per_day",
            Metric::Connections => "connections",
            Metric::RequestsPerSecond => "requests_per_second",
            Metric::RequestsPerDay => "requests_per_day",
            Metric::Attached => "attached",
            Metric::UsedUnits => "used_units",
        }
    }

    /// The metric of the word.
    pub fn of_word(word: &str) -> Option<Metric> {
        METRICS.into_iter().find(|metric| metric.as_str() == word)
    }

    /// Columns of the samples that it is the sum of; a sample that lacks one of them does not carry the metric.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Metric::CpuPercent | Metric::CpuCores => &["cpu_percent"],
            Metric::CpuMaxPercent => &["cpu_max_percent"],
            Metric::MemoryPercent => &["memory_percent"],
            Metric::DiskPercent => &["disk_percent"],
            Metric::DiskIops | Metric::DiskOperationsPerDay => &["disk_iops"],
            Metric::NetworkInBytesPerSecond => &["network_in_bytes_per_second"],
            Metric::NetworkOutBytesPerSecond => &["network_out_bytes_per_second"],
            Metric::NetworkBytesPerSecond | Metric::NetworkBytesPerDay => {
                &["network_in_bytes_per_second", "network_out_bytes_per_second"]
            }
            Metric::Connections => &["connections"],
            Metric::RequestsPerSecond | Metric::RequestsPerDay => &["requests_per_second"],
            Metric::Attached => &["attached"],
            Metric::UsedUnits => &["used_units"],
        }
    }

    /// The rate per second that a figure of the day is the sum of.
    pub const fn rate(self) -> Option<Metric> {
        match self {
            Metric::NetworkBytesPerDay => Some(Metric::NetworkBytesPerSecond),
            Metric::RequestsPerDay => Some(Metric::RequestsPerSecond),
            Metric::DiskOperationsPerDay => Some(Metric::DiskIops),
            _ => None,
        }
    }
}

/// How the window's values become the one that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Statistic {
    /// Mean: `avg`.
    Avg,
    /// Largest: `max`.
    Max,
    /// `p95`, `p99.5`: the smallest value that at least that share of the values do not exceed. In tenths of a percent.
    Percentile(u16),
    /// The largest mean of an hour: `busiest_hour`. A single spike does not lift it, an hour of work does.
    BusiestHour,
}

impl Statistic {
    /// 95th percentile.
    pub const P95: Statistic = Statistic::Percentile(950);
    /// 99th percentile.
    pub const P99: Statistic = Statistic::Percentile(990);
    /// 99.5th percentile.
    pub const P99_5: Statistic = Statistic::Percentile(995);

    /// The word of configuration and reports.
    pub fn as_str(self) -> String {
        self.to_string()
    }

    /// Rank from 1, ascending, of the value among `count` values.
    pub fn rank(tenths: u16, count: u64) -> u64 {
        (count * u64::from(tenths)).div_ceil(1000).max(1)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Statistic::Avg => f.write_str("avg"),
            Statistic::Max => f.write_str("max"),
            Statistic::BusiestHour => f.write_str("busiest_hour"),
            Statistic::Percentile(tenths) if tenths % 10 == 0 => write!(f, "p{}", tenths / 10),
            Statistic::Percentile(tenths) => write!(f, "p{}.{}", tenths / 10, tenths % 10),
        }
    }
}

impl FromStr for Statistic {
    type Err = String;

    fn from_str(text: &str) -> Result<Statistic, String> {
        let refuse = || {
            format!("statistic = \"{text}\"; it must be avg, max, busiest_hour or a percentile such as p95 or p99.5")
        };
        match text {
            "avg" | "mean" => return Ok(Statistic::Avg),
            "max" => return Ok(Statistic::Max),
            "busiest_hour" => return Ok(Statistic::BusiestHour),
            _ => {}
        }
        let share = text.strip_prefix('p').ok_or_else(refuse)?;
        let (whole, tenth) = share.split_once('.').unwrap_or((share, "0"));
        let (whole, tenth): (u16, u16) = match (whole.parse(), tenth.parse()) {
            (Ok(whole), Ok(tenth)) if whole <= 100 && tenth < 10 => (whole, tenth),
            _ => return Err(refuse()),
        };
        match whole * 10 + tenth {
            tenths @ 1..=1000 => Ok(Statistic::Percentile(tenths)),
            _ => Err(refuse()),
        }
    }
}

impl TryFrom<String> for Statistic {
    type Error = String;
    fn try_from(text: String) -> Result<Statistic, String> {
        text.parse()
    }
}

impl From<Statistic> for String {
    fn from(statistic: Statistic) -> String {
        statistic.to_string()
    }
}
