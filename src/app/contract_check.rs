//! Invoices of data centres checked against their contracts and against what was measured.

use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::DataFile;
use headroom_importers::Dataset;
use headroom_models::contracts::{
    ContractCheck, ContractLine, InvoiceLine, Measured, Meter, Sample, billed, check_invoices,
};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use std::collections::BTreeMap;

/// The importer of the invoices that contracts are checked against.
const INVOICES: &str = "idc-invoice";
/// Seconds between the samples that bandwidth is billed by.
const SAMPLE: i64 = 300;
/// Of a month's samples at least this share must be there, in percent: with fewer the percentile is another one.
const SUFFICIENT: i64 = 90;

/// 5-minute samples of links and readings of meters, of one month.
pub struct MeasuredMonth {
    month: Month,
    /// Samples by resource, of the month and a day before and after, for calendars that are not UTC.
    samples: BTreeMap<String, Vec<Sample>>,
    readings: BTreeMap<String, super::MeterReading>,
}

impl MeasuredMonth {
    /// What was measured for a metered line; nothing when a resource of it has no reading, or too few samples.
    pub fn of(&self, line: &ContractLine) -> Option<Measured> {
        match line.meter()? {
            Meter::OnDemand => None,
            Meter::Bandwidth => self.bandwidth(line),
            meter => {
                let readings = line.resources().map(|resource| {
                    let reading = self.readings.get(resource)?;
                    match meter {
                        Meter::Power => reading.peak_kw,
                        _ => Some(reading.kwh),
                    }
                });
                let readings: Vec<Money> = readings.collect::<Option<_>>()?;
                (!readings.is_empty()).then(|| Measured::Reading(readings.into_iter().sum()))
            }
        }
    }

    fn bandwidth(&self, line: &ContractLine) -> Option<Measured> {
        let offset = line.bandwidth.utc_offset;
        let midnight = |month: Month| month.first_day().and_time(chrono::NaiveTime::MIN).and_utc().timestamp() - offset;
        let (first, end) = (midnight(self.month), midnight(self.month.plus(1)));
        let ports: Vec<Vec<Sample>> = line
            .resources()
            .map(|port| {
                let samples = self.samples.get(port).map(Vec::as_slice).unwrap_or_default();
                let inside = samples.iter().filter(|sample| (first..end).contains(&sample.time));
                inside.copied().collect()
            })
            .collect();
        let due = i64::from(line.days_in(self.month)) * 86_400 / SAMPLE * SUFFICIENT / 100;
        let sufficient = |port: &Vec<Sample>| port.len() as i64 >= due.max(1);
        if ports.is_empty() || !ports.iter().all(sufficient) {
            return None;
        }
        billed(&line.bandwidth, &ports).map(Measured::Bandwidth)
    }
}

impl App {
    /// The lines of contracts, for people.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn contracts(&self) -> Result<Vec<ContractLine>, AppError> {
        self.require_company(Permission::Read)?;
        self.contract_lines()
    }

    /// Checks the invoices of a month line by line against the contracts and against what was measured.
    ///
    /// # Errors
    /// When no contract is on record, or a file cannot be read.
    pub fn contract_check(&self, month: Month) -> Result<ContractCheck, AppError> {
        self.require_company(Permission::Read)?;
        let lines = self.contract_lines()?;
        if lines.is_empty() {
            return Err(Refusal::new("refused-no-contracts").into());
        }
        let invoices = self.invoice_lines(month)?;
        let measured = self.measured(month, &lines)?;
        Ok(check_invoices(&lines, &invoices, month, &|line| measured.of(line)))
    }

    /// What was measured in a month for the metered lines of contracts.
    pub(super) fn measured(&self, month: Month, lines: &[ContractLine]) -> Result<MeasuredMonth, AppError> {
        let links: Vec<&str> = lines
            .iter()
            .filter(|line| line.meter() == Some(Meter::Bandwidth))
            .flat_map(ContractLine::resources)
            .collect();
        Ok(MeasuredMonth {
            month,
            samples: self.link_samples(month, &links)?,
            readings: self.meter_readings(month)?,
        })
    }

    fn link_samples(&self, month: Month, links: &[&str]) -> Result<BTreeMap<String, Vec<Sample>>, AppError> {
        let mut samples: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
        let mut files = self.store.data_files(Dataset::Utilization)?;
        files.retain(|file| (month.plus(-1)..=month.plus(1)).contains(&file.month));
        let Some(scanned) = self.store.scan(&files)?.filter(|_| !links.is_empty()) else {
            return Ok(samples);
        };
        let names = Series::new("links".into(), links);
        let [inbound, outbound] = ["network_in_bytes_per_second", "network_out_bytes_per_second"];
        let frame = scanned
            .filter(col("resource_id").is_in(lit(names).implode(true), false))
            .select(["resource_id", "timestamp", inbound, outbound].map(col))
            // Two exports of the same hours are one measurement: the newer one counts.
            .unique_stable(Some(cols(["resource_id", "timestamp"])), UniqueKeepStrategy::Last)
            .collect()?;
        let times = frame.column("timestamp")?.datetime()?.physical().clone();
        let (inbound, outbound) = (
            frame.column(inbound)?.f64()?.clone(),
            frame.column(outbound)?.f64()?.clone(),
        );
        for (row, resource) in texts(&frame, "resource_id")?.into_iter().enumerate() {
            let Some(micros) = times.get(row) else { continue };
            samples.entry(resource).or_default().push(Sample {
                time: micros.div_euclid(1_000_000),
                inbound: inbound.get(row),
                outbound: outbound.get(row),
            });
        }
        Ok(samples)
    }

    /// The invoice lines of a month, those that came late and what they took the place of included; estimates are no invoices.
    fn invoice_lines(&self, month: Month) -> Result<Vec<InvoiceLine>, AppError> {
        let batches: Vec<String> = self
            .store
            .batches()?
            .into_iter()
            .filter(|batch| batch.importer == INVOICES)
            .map(|batch| batch.id)
            .collect();
        let mut files: Vec<DataFile> = self.store.data_files(Dataset::Charges)?;
        files.retain(|file| file.adjusts.unwrap_or(file.month) == month && batches.contains(&file.batch));
        let Some(charges) = self.store.scan(&files)? else {
            return Ok(Vec::new());
        };
        let frame = charges.filter(col(Column::Estimate.name()).is_null()).collect()?;
        let text = |column: Column| texts(&frame, column.name());
        let (contracts, vendors, invoices) = (
            text(Column::BillingAccountId)?,
            text(Column::ProviderName)?,
            text(Column::InvoiceId)?,
        );
        let (types, resources, currencies) = (
            text(Column::SkuId)?,
            text(Column::ResourceId)?,
            text(Column::BillingCurrency)?,
        );
        let decimal = |column: Column| decimal_values(&frame, column.name());
        let (quantities, prices, amounts, taxes) = (
            decimal(Column::PricingQuantity)?,
            decimal(Column::ContractedUnitPrice)?,
            decimal(Column::BilledCost)?,
            decimal(Column::TaxAmount)?,
        );
        let line = |row: usize| InvoiceLine {
            contract: contracts[row].clone(),
            vendor: vendors[row].clone(),
            invoice: invoices[row].clone(),
            charge_type: types[row].clone(),
            resource: resources[row].clone(),
            quantity: quantities[row].unwrap_or_default(),
            unit_price: prices[row].unwrap_or_default(),
            amount: amounts[row].unwrap_or_default(),
            tax: taxes[row],
            currency: currencies[row].clone(),
        };
        Ok((0..frame.height()).map(line).collect())
    }
}
