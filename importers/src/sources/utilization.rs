//! Utilization samples: what each resource was doing at a time.

use super::{Importer, RowReader};
use crate::batch::Dataset;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use crate::table::{Kind, Schema};
use headroom_models::ledger::Month;

/// Reads the `utilization` template.
pub(crate) struct Utilization;

columns! {
    TIME = required("timestamp", "时间");
    RESOURCE = required("resource_id", "资源编号");
    CPU = optional("cpu_percent", "");
    MEMORY = optional("memory_percent", "");
    DISK = optional("disk_percent", "");
    IOPS = optional("disk_iops", "");
    NETWORK_IN = optional("network_in_bytes_per_second", "");
    NETWORK_OUT = optional("network_out_bytes_per_second", "");
    CONNECTIONS = optional("connections", "");
    CPU_MAX = optional("cpu_max_percent", "");
    REQUESTS = optional("requests_per_second", "");
    ATTACHED = optional("attached", "");
    USED = optional("used_units", "");
}

const SCHEMA: Schema = &[
    ("timestamp", Kind::Timestamp),
    ("resource_id", Kind::Text),
    ("cpu_percent", Kind::Float),
    ("memory_percent", Kind::Float),
    ("disk_percent", Kind::Float),
    ("disk_iops", Kind::Float),
    ("network_in_bytes_per_second", Kind::Float),
    ("network_out_bytes_per_second", Kind::Float),
    ("connections", Kind::Float),
    ("cpu_max_percent", Kind::Float),
    ("requests_per_second", Kind::Float),
    ("attached", Kind::Float),
    ("used_units", Kind::Float),
];

impl Importer for Utilization {
    fn name(&self) -> &'static str {
        "utilization"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reads_rows_alone(&self) -> bool {
        true
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Utilization)
    }

    fn examples(&self, _chinese: bool) -> &'static str {
        "2026-03-01T00:00:00Z,SRV-0001,23.5,61.0,48.2,350,12500000,48000000,1800,41.0,,,\n\
         2026-03-01T00:05:00Z,SRV-0001,25.1,61.2,48.2,,13100000,50200000,,44.2,,,\n"
    }
}

impl RowReader for Utilization {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let time = row.required_time(TIME);
        let resource = row.required_text(RESOURCE);
        let samples = [
            CPU,
            MEMORY,
            DISK,
            IOPS,
            NETWORK_IN,
            NETWORK_OUT,
            CONNECTIONS,
            CPU_MAX,
            REQUESTS,
            ATTACHED,
            USED,
        ]
        .map(|column| row.quantity(column));
        let (Some(time), Some(resource)) = (time, resource) else {
            return;
        };
        let month = Month::of(time.date_naive());
        row.check_month(TIME, month);
        if row.failed() {
            return;
        }
        let mut record = vec![time.into(), resource.into()];
        record.extend(samples.map(Into::into));
        output.record(Dataset::Utilization, SCHEMA, month, record);
    }
}
