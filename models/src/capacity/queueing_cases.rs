//! Sizing cases as a CSV: which columns there may be, and every problem of every row at once.

use super::queueing::WaitObjective;
use super::queueing_case::{CaseServer, SizingCase};
use csv::StringRecord;

/// A case with its row of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    /// The row's cells as they are.
    pub cells: Vec<String>,
    /// What they mean.
    pub case: SizingCase,
}

/// Reads cases. Columns: `rps_read, ms_read` (or `erlangs`), and where wanted `tier, rps_write, ms_write, bytes_read,
/// bytes_write, failover, p_wait` (share that may wait) or `wait_ms, slo` (share served within that wait), and of the
/// server `cpu, ghz, ipc, net_mbps, ram_gib`. Other columns are kept as they are.
///
/// # Errors
/// One line per problem; rows count from 1, the header being row 1.
pub fn read_cases(text: &str) -> Result<(Vec<String>, Vec<CaseRow>), Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => return Err(vec![format!("row 1: {error}")]),
    };
    let has = |name: &str| headers.iter().any(|header| header == name);
    if !(has("rps_read") && has("ms_read") || has("erlangs")) {
        return Err(vec![
            "row 1: columns rps_read and ms_read are missing, and there is no column erlangs".to_owned(),
        ]);
    }
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        match record {
            Err(error) => problems.push(format!("row {row}: {error}")),
            Ok(record) => {
                let mut cells = Cells {
                    headers: &headers,
                    record: &record,
                    row,
                    problems: &mut problems,
                };
                if let Some(case) = cells.case() {
                    rows.push(CaseRow {
                        cells: record.iter().map(str::to_owned).collect(),
                        case,
                    });
                }
            }
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push("the file has no cases".to_owned());
    }
    if problems.is_empty() {
        Ok((headers, rows))
    } else {
        Err(problems)
    }
}

struct Cells<'a> {
    headers: &'a [String],
    record: &'a StringRecord,
    row: usize,
    problems: &'a mut Vec<String>,
}

impl Cells<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        let at = self.headers.iter().position(|header| header == name)?;
        self.record.get(at).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number that is zero or more; none where the cell is empty or wrong (which is then a problem).
    fn number(&mut self, name: &str, most: f64) -> Option<f64> {
        let text = self.text(name)?;
        match text.parse::<f64>().ok().filter(|number| (0.0..=most).contains(number)) {
            Some(number) => Some(number),
            None => {
                let (row, found) = (self.row, text.to_owned());
                self.problems.push(format!(
                    "row {row}, {name}: '{found}' must be a number from 0 to {most}"
                ));
                None
            }
        }
    }

    fn case(&mut self) -> Option<SizingCase> {
        let before = self.problems.len();
        let tier = self.number("tier", 3.0).unwrap_or(0.0);
        let mut side = |names: [&str; 3]| names.map(|name| self.number(name, 1e12).unwrap_or(0.0));
        let mut read = side(["rps_read", "ms_read", "bytes_read"]);
        let write = side(["rps_write", "ms_write", "bytes_write"]);
        if self.text("rps_read").is_none() {
            // Offered load itself: that many requests per second of one second each.
            read = [self.number("erlangs", 1e8).unwrap_or(0.0), 1000.0, 0.0];
            if self.text("erlangs").is_none() {
                self.problems
                    .push(format!("row {}: neither rps_read nor erlangs has a value", self.row));
            }
        }
        let failover = match self.text("failover").map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "no" | "0") => false,
            Some("true" | "yes" | "1") => true,
            Some(other) => {
                self.problems
                    .push(format!("row {}, failover: '{other}' must be true or false", self.row));
                false
            }
        };
        let busy = read[0] * read[1] + write[0] * write[1];
        let service_ms = if read[0] + write[0] > 0.0 {
            busy / (read[0] + write[0])
        } else {
            0.0
        };
        let objective = match (
            self.number("p_wait", 1.0),
            self.number("wait_ms", 1e9),
            self.number("slo", 1.0),
        ) {
            (_, Some(wait), Some(slo)) if service_ms > 0.0 => Some(WaitObjective::WaitingLonger {
                multiple: wait / service_ms,
                share: 1.0 - slo,
            }),
            (Some(share), ..) => Some(WaitObjective::Waiting(share)),
            _ => None,
        };
        let server = self.number("cpu", 1e6).map(|cpu| CaseServer {
            cpu,
            ghz: self.number("ghz", 1e3).unwrap_or(2.3),
            ipc: self.number("ipc", 1e3).unwrap_or(1.0),
            net_mbps: self.number("net_mbps", 1e9).unwrap_or(f64::MAX),
            ram_gib: self.number("ram_gib", 1e9).unwrap_or(f64::MAX),
        });
        if tier.fract() > 0.0 {
            self.problems
                .push(format!("row {}, tier: must be 0, 1, 2 or 3", self.row));
        }
        (self.problems.len() == before).then_some(SizingCase {
            tier: tier as u8,
            read,
            write,
            failover,
            objective,
            server,
        })
    }
}
