//! Registers that a company keeps in sheets: purchase orders, events, releases, load tests, prices, contracts, meter
//! readings. Each is loaded whole; of two records of one thing the newest batch's counts.

use super::reference::texts;
use super::{App, AppError};
use chrono::NaiveDate;
use headroom_importers::Dataset;
pub use headroom_models::capacity::LoadTest;
use headroom_models::capacity::{Event, LoadPoint, Price, validate};
use headroom_models::configuration::{Configuration, ConfigurationProblem};
use headroom_models::contracts::{BandwidthTerms, ContractLine};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{CostType, Expenditure, Money, Month, ResourceMode, decimal_values};
use polars::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// How far a purchase order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderStatus {
    /// On order (在途).
    Ordered,
    /// Arrived.
    Received,
    /// Taken back.
    Cancelled,
}

/// One line of a purchase order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PurchaseOrder {
    /// Number of the order.
    pub order: String,
    /// Line of it.
    pub line: String,
    /// Day of the order.
    pub ordered: NaiveDate,
    /// Who delivers.
    pub vendor: String,
    /// Product that it is for.
    pub product: String,
    /// Module of it; empty when none.
    pub module: String,
    /// Cost type.
    pub cost_type: CostType,
    /// Bought or running.
    pub expenditure: Expenditure,
    /// Unit of capacity; empty when none.
    pub unit: String,
    /// Units.
    pub quantity: Money,
    /// Net amount of the line.
    pub amount: Money,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Day on which it is expected.
    pub expected: NaiveDate,
    /// Day on which it arrived.
    pub received: Option<NaiveDate>,
    /// The spend request that it carries out; empty when none.
    pub request: String,
    /// How far it is.
    pub status: OrderStatus,
}

/// One occurrence of a promotion or holiday.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventDay {
    /// Occurrences of the same name have the same effect.
    pub event: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// `promotion`, `holiday`, `lunar-holiday` or `other`.
    pub kind: String,
    /// Product that it concerns; empty for all.
    pub product: String,
    /// Metric that it concerns; empty for all.
    pub metric: String,
    /// Factor on the driver, when somebody set one.
    pub factor: Option<f64>,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Release {
    /// Version.
    pub release: String,
    /// Day on which it went live.
    pub date: NaiveDate,
    /// Product.
    pub product: String,
    /// Module of it; empty when the whole product.
    pub module: String,
    /// In words.
    pub description: String,
}

/// Power drawn by a resource in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MeterReading {
    /// Energy.
    pub kwh: Money,
    /// Highest power, where the meter keeps it.
    pub peak_kw: Option<Money>,
}

/// The columns of a register's frame.
struct Register {
    frame: DataFrame,
    texts: BTreeMap<&'static str, Vec<String>>,
    decimals: BTreeMap<&'static str, Vec<Option<Money>>>,
}

impl Register {
    fn text(&self, column: &'static str, row: usize) -> String {
        self.texts
            .get(column)
            .and_then(|column| column.get(row))
            .cloned()
            .unwrap_or_default()
    }

    fn parsed<T: FromStr>(&self, column: &'static str, row: usize) -> Option<T> {
        self.texts.get(column)?.get(row)?.parse().ok()
    }

    fn decimal(&self, column: &'static str, row: usize) -> Option<Money> {
        self.decimals.get(column)?.get(row).copied().flatten()
    }

    fn float(&self, column: &str, row: usize) -> Result<Option<f64>, AppError> {
        Ok(self.frame.column(column)?.f64()?.get(row))
    }

    fn integer(&self, column: &str, row: usize) -> Result<Option<i64>, AppError> {
        Ok(self.frame.column(column)?.i64()?.get(row))
    }
}

impl App {
    fn register(
        &self,
        dataset: Dataset,
        text_columns: &[&'static str],
        decimal_columns: &[&'static str],
    ) -> Result<Option<Register>, AppError> {
        let Some(frame) = self.dataset(dataset)? else {
            return Ok(None);
        };
        let mut register = Register {
            texts: BTreeMap::new(),
            decimals: BTreeMap::new(),
            frame,
        };
        for name in text_columns {
            register.texts.insert(name, texts(&register.frame, name)?);
        }
        for name in decimal_columns {
            register.decimals.insert(name, decimal_values(&register.frame, name)?);
        }
        Ok(Some(register))
    }

    /// Purchase orders, by order and line.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn purchase_orders(&self) -> Result<Vec<PurchaseOrder>, AppError> {
        let names = [
            "order_id",
            "line",
            "order_date",
            "vendor",
            "product",
            "module",
            "cost_type",
            "expenditure",
            "unit",
            "currency",
            "expected_date",
            "received_date",
            "request_id",
            "status",
        ];
        let Some(register) = self.register(Dataset::PurchaseOrders, &names, &["quantity", "amount"])? else {
            return Ok(Vec::new());
        };
        let mut orders = BTreeMap::new();
        for row in 0..register.frame.height() {
            let text = |column| register.text(column, row);
            let (Some(ordered), Some(expected), Some(cost_type), Some(expenditure)) = (
                register.parsed("order_date", row),
                register.parsed("expected_date", row),
                register.parsed("cost_type", row),
                register.parsed("expenditure", row),
            ) else {
                continue;
            };
            let order = PurchaseOrder {
                order: text("order_id"),
                line: text("line"),
                ordered,
                vendor: text("vendor"),
                product: text("product"),
                module: text("module"),
                cost_type,
                expenditure,
                unit: text("unit"),
                quantity: register.decimal("quantity", row).unwrap_or_default(),
                amount: register.decimal("amount", row).unwrap_or_default(),
                currency: text("currency"),
                expected,
                received: register.parsed("received_date", row),
                request: text("request_id"),
                status: match text("status").as_str() {
                    "received" => OrderStatus::Received,
                    "cancelled" => OrderStatus::Cancelled,
                    _ => OrderStatus::Ordered,
                },
            };
            orders.insert((order.order.clone(), order.line.clone()), order);
        }
        Ok(orders.into_values().collect())
    }

    /// Events of sheets, by name and day.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn event_days(&self) -> Result<Vec<EventDay>, AppError> {
        let names = ["event", "start", "end", "kind", "product", "metric"];
        let Some(register) = self.register(Dataset::Events, &names, &[])? else {
            return Ok(Vec::new());
        };
        let mut events = BTreeMap::new();
        for row in 0..register.frame.height() {
            let text = |column| register.text(column, row);
            let (Some(start), Some(end)) = (register.parsed("start", row), register.parsed("end", row)) else {
                continue;
            };
            let event = EventDay {
                event: text("event"),
                start,
                end,
                kind: text("kind"),
                product: text("product"),
                metric: text("metric"),
                factor: register.float("factor", row)?,
            };
            let key = (event.event.clone(), start, event.product.clone(), event.metric.clone());
            events.insert(key, event);
        }
        Ok(events.into_values().collect())
    }

    /// Releases, by day.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn releases(&self) -> Result<Vec<Release>, AppError> {
        let names = ["release", "release_date", "product", "module", "description"];
        let Some(register) = self.register(Dataset::Releases, &names, &[])? else {
            return Ok(Vec::new());
        };
        let mut releases = BTreeMap::new();
        for row in 0..register.frame.height() {
            let text = |column| register.text(column, row);
            let Some(date) = register.parsed("release_date", row) else {
                continue;
            };
            let release = Release {
                release: text("release"),
                date,
                product: text("product"),
                module: text("module"),
                description: text("description"),
            };
            let key = (release.release.clone(), release.product.clone(), release.module.clone());
            releases.insert(key, release);
        }
        let mut releases: Vec<Release> = releases.into_values().collect();
        releases.sort_by(|a, b| (a.date, &a.product, &a.release).cmp(&(b.date, &b.product, &b.release)));
        Ok(releases)
    }

    /// Load tests of sheets, by day. A test imported again replaces all steps of the earlier one.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn load_tests(&self) -> Result<Vec<LoadTest>, AppError> {
        let names = ["test_id", "test_date", "product", "module", "unit", "resource"];
        let Some(register) = self.register(Dataset::LoadTests, &names, &[])? else {
            return Ok(Vec::new());
        };
        let mut tests: BTreeMap<(String, String), LoadTest> = BTreeMap::new();
        for row in 0..register.frame.height() {
            let text = |column| register.text(column, row);
            let float = |column| register.float(column, row);
            let (Some(date), Some(load), Some(throughput)) =
                (register.parsed("test_date", row), float("load")?, float("throughput")?)
            else {
                continue;
            };
            let point = LoadPoint {
                load,
                throughput,
                latency: float("latency_ms")?,
                errors: float("error_rate")?,
                cpu: float("cpu_percent")?,
            };
            let test = tests
                .entry((text("test_id"), text("resource")))
                .or_insert_with(|| LoadTest {
                    test: text("test_id"),
                    date,
                    product: text("product"),
                    module: text("module"),
                    unit: text("unit"),
                    resource: text("resource"),
                    points: Vec::new(),
                });
            test.date = date;
            test.points.retain(|earlier| earlier.load != load);
            test.points.push(point);
        }
        let mut tests: Vec<LoadTest> = tests.into_values().collect();
        for test in &mut tests {
            test.points.sort_by(|a, b| a.load.total_cmp(&b.load));
        }
        tests.sort_by(|a, b| (a.date, &a.test).cmp(&(b.date, &b.test)));
        Ok(tests)
    }

    /// Prices of sheets, by unit and month.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn price_book(&self) -> Result<Vec<Price>, AppError> {
        let mut decimals = vec!["amount", "residual_percent"];
        decimals.extend(CostType::ALL.iter().map(|cost_type| cost_type.as_str()));
        let Some(register) = self.register(Dataset::Prices, &["unit", "valid_from", "currency"], &decimals)? else {
            return Ok(Vec::new());
        };
        let mut prices = BTreeMap::new();
        for row in 0..register.frame.height() {
            let Some(valid_from) = register.parsed::<Month>("valid_from", row) else {
                continue;
            };
            let running = CostType::ALL
                .iter()
                .filter_map(|cost_type| Some((*cost_type, register.decimal(cost_type.as_str(), row)?)));
            let price = Price {
                unit: register.text("unit", row),
                valid_from,
                amount: register.decimal("amount", row).unwrap_or_default(),
                currency: register.text("currency", row),
                useful_life_months: register
                    .integer("useful_life_months", row)?
                    .and_then(|life| u32::try_from(life).ok()),
                residual_percent: register.decimal("residual_percent", row),
                running: running.collect(),
            };
            prices.insert((price.unit.clone(), valid_from), price);
        }
        Ok(prices.into_values().collect())
    }

    /// The configuration with the sheets' prices and events beside its own: a sheet's price of a unit and month takes the
    /// place of the configuration's (prices of units that nobody configured wait), a sheet's event with a factor counts in every month that it touches, unless the
    /// configuration has an event of that name in that month.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub(super) fn with_registers(&self, mut configuration: Configuration) -> Result<Configuration, AppError> {
        for price in self.price_book()? {
            if configuration.units.iter().any(|unit| unit.id == price.unit) {
                configuration
                    .prices
                    .retain(|own| (&own.unit, own.valid_from) != (&price.unit, price.valid_from));
                configuration.prices.push(price);
            }
        }
        let own = configuration.events.clone();
        for event in self.event_days()? {
            let Some(factor) = event.factor else { continue };
            let (first, last) = (Month::of(event.start), Month::of(event.end));
            let mut months: Vec<Month> = (0..=last.since(first)).map(|count| first.plus(count)).collect();
            months.retain(|month| {
                !own.iter().any(|own| {
                    let named = Language::ALL
                        .iter()
                        .any(|language| own.name.in_language(*language) == event.event);
                    named && own.months.contains(month)
                })
            });
            if !months.is_empty() {
                configuration.events.push(Event {
                    name: Name::from(event.event.as_str()),
                    months,
                    products: Some(event.product)
                        .filter(|product| !product.is_empty())
                        .into_iter()
                        .collect(),
                    factor,
                });
            }
        }
        // The factor of a review holds for occurrences from its month on.
        for review in self.store.event_factors()? {
            let mut later = Vec::new();
            for event in configuration
                .events
                .iter_mut()
                .filter(|event| event.is_named(&review.event))
            {
                let months: Vec<Month> = event
                    .months
                    .iter()
                    .copied()
                    .filter(|month| *month >= review.from)
                    .collect();
                event.months.retain(|month| *month < review.from);
                if !months.is_empty() {
                    later.push(Event {
                        months,
                        factor: review.factor,
                        ..event.clone()
                    });
                }
            }
            configuration.events.extend(later);
        }
        let problems = validate(
            &configuration.units,
            &configuration.prices,
            &configuration.capacity,
            &configuration.events,
        );
        if problems.is_empty() {
            return Ok(configuration);
        }
        let problem = |message: String| ConfigurationProblem {
            document: "price, event".to_owned(),
            message,
        };
        Err(AppError::Configuration(
            problems.iter().map(|found| problem(found.to_string())).collect(),
        ))
    }

    /// Contract lines, by contract, charge, resource and first day.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn contract_lines(&self) -> Result<Vec<ContractLine>, AppError> {
        let names = [
            "contract_id",
            "vendor",
            "resource_mode",
            "charge_type",
            "cost_type",
            "resource_id",
            "description",
            "unit",
            "currency",
            "start_date",
            "end_date",
            "renewal",
            "bandwidth_method",
            "bandwidth_direction",
            "bandwidth_ports",
            "bandwidth_index",
            "product",
            "module",
        ];
        let decimals = ["quantity", "unit_price", "tax_percent", "included", "step"];
        let Some(register) = self.register(Dataset::Contracts, &names, &decimals)? else {
            return Ok(Vec::new());
        };
        let mut lines = BTreeMap::new();
        for row in 0..register.frame.height() {
            let text = |column| register.text(column, row);
            let decimal = |column| register.decimal(column, row);
            let (Some(start), Some(end), Some(cost_type)) = (
                register.parsed("start_date", row),
                register.parsed("end_date", row),
                register.parsed("cost_type", row),
            ) else {
                continue;
            };
            let line = ContractLine {
                contract: text("contract_id"),
                vendor: text("vendor"),
                mode: register.parsed("resource_mode", row).unwrap_or(ResourceMode::Idc),
                charge_type: text("charge_type"),
                cost_type,
                resource: text("resource_id"),
                description: text("description"),
                quantity: decimal("quantity"),
                unit: text("unit"),
                unit_price: decimal("unit_price").unwrap_or_default(),
                currency: text("currency"),
                tax_percent: decimal("tax_percent"),
                start,
                end,
                renewal: register.parsed("renewal", row).unwrap_or_default(),
                notice_days: register
                    .integer("notice_days", row)?
                    .and_then(|days| u32::try_from(days).ok()),
                included: decimal("included").unwrap_or_default(),
                step: decimal("step"),
                bandwidth: BandwidthTerms {
                    method: register.parsed("bandwidth_method", row).unwrap_or_default(),
                    direction: register.parsed("bandwidth_direction", row).unwrap_or_default(),
                    ports: register.parsed("bandwidth_ports", row).unwrap_or_default(),
                    index: register.parsed("bandwidth_index", row).unwrap_or_default(),
                    binary: register.integer("bandwidth_base", row)? == Some(1024),
                    utc_offset: register.integer("utc_offset_hours", row)?.unwrap_or(0) * 3600,
                },
                product: text("product"),
                module: text("module"),
            };
            let key = (
                line.contract.clone(),
                line.charge_type.clone(),
                line.resource.clone(),
                start,
            );
            lines.insert(key, line);
        }
        Ok(lines.into_values().collect())
    }

    /// Meter readings of a month, by resource.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn meter_readings(&self, month: Month) -> Result<BTreeMap<String, MeterReading>, AppError> {
        let register = self.register(Dataset::MeterReadings, &["month", "resource_id"], &["kwh", "peak_kw"])?;
        let mut readings = BTreeMap::new();
        let Some(register) = register else {
            return Ok(readings);
        };
        for row in 0..register.frame.height() {
            if register.parsed::<Month>("month", row) == Some(month) {
                let reading = MeterReading {
                    kwh: register.decimal("kwh", row).unwrap_or_default(),
                    peak_kw: register.decimal("peak_kw", row),
                };
                readings.insert(register.text("resource_id", row), reading);
            }
        }
        Ok(readings)
    }
}
