//! Drivers of a plan: targets, forecasts, lifecycle and manual values side by side, and who chose.

use super::planning::Planning;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::capacity::{DriverStatistic, Drivers};
use headroom_models::configuration::Configuration;
use headroom_models::forecast::{DriverChoice, DriverOf, DriverRow, DriverSource, driver_rows};
use headroom_models::ledger::{Month, MonthRange};
use std::collections::BTreeSet;

impl App {
    fn driver_rows_of(
        &self,
        configuration: &Configuration,
        measured: &Drivers,
        months: MonthRange,
        as_of: Month,
        with_forecast: bool,
    ) -> Result<Vec<DriverRow>, AppError> {
        let targets = self.targets()?;
        let choices = self.store.driver_choices()?;
        let with_forecast = with_forecast || configuration.surroundings.risk.is_some();
        let drivers: BTreeSet<(&str, &str, DriverStatistic)> = configuration
            .capacity
            .iter()
            .filter(|model| !model.driver.is_empty())
            .map(|model| (model.product.as_str(), model.driver.as_str(), model.driver_statistic))
            .collect();
        let rows = drivers.into_iter().flat_map(|(product, metric, statistic)| {
            let lifecycle = configuration
                .lifecycles
                .iter()
                .find(|lifecycle| lifecycle.product == product && lifecycle.metric == metric);
            let driver = DriverOf {
                product,
                metric,
                statistic,
                calendar: configuration
                    .organization
                    .company
                    .as_ref()
                    .and_then(|company| company.calendar),
                events: &configuration.events,
            };
            driver_rows(
                driver,
                months,
                as_of,
                (&targets, measured),
                lifecycle,
                &choices,
                with_forecast,
            )
        });
        Ok(rows.collect())
    }

    /// The targets with what was chosen for the months of a plan after `as_of`, and with the forecast where there is no target.
    pub(super) fn chosen_drivers(
        &self,
        configuration: &Configuration,
        measured: &Drivers,
        months: MonthRange,
        as_of: Month,
    ) -> Result<Drivers, AppError> {
        let mut drivers = self.targets()?;
        for row in self.driver_rows_of(configuration, measured, months, as_of, false)? {
            if row.month <= as_of {
                continue;
            }
            if let (Some(value), Some(source)) = (row.value, row.chosen)
                && source != DriverSource::Target
            {
                drivers.insert_statistic(&row.product, &row.metric, row.month, row.statistic, value);
            }
            if let Some(interval) = row.interval().filter(|_| configuration.surroundings.risk.is_some()) {
                drivers.insert_interval(&row.product, &row.metric, row.month, interval);
            }
        }
        Ok(drivers)
    }

    /// Gives the drivers of a plan the uncertainty of their forecasts.
    pub(super) fn add_intervals(
        &self,
        planning: &mut Planning,
        months: MonthRange,
        as_of: Month,
    ) -> Result<(), AppError> {
        let rows = self.driver_rows_of(&planning.configuration, &planning.metrics.drivers, months, as_of, true)?;
        for row in rows.iter().filter(|row| row.month > as_of) {
            if let Some(interval) = row.interval() {
                planning
                    .targets
                    .insert_interval(&row.product, &row.metric, row.month, interval);
            }
        }
        Ok(())
    }

    /// Every driver of the capacity models in the months of a fiscal year, with forecasts.
    ///
    /// # Errors
    /// When nothing is applied or allocated.
    pub fn drivers(&self, year: i32, as_of: Option<Month>) -> Result<(Vec<DriverRow>, Month), AppError> {
        self.require_somewhere(Permission::Read)?;
        let as_of = self.as_of(year, as_of)?;
        let (version, configuration) = self.configuration()?;
        if version == 0 {
            return Err(Refusal::new("refused-nothing-applied").into());
        }
        let measured = self.metrics(Some(as_of))?.drivers;
        let mut rows = self.driver_rows_of(&configuration, &measured, self.fiscal_months(year), as_of, true)?;
        let visible = self.visible()?;
        rows.retain(|row| visible.sees(&row.product));
        Ok((rows, as_of))
    }

    /// Chooses what a driver is planned with in some months.
    ///
    /// # Errors
    /// When no capacity model has that driver, a manual choice has no value, another one has, or the reason is empty.
    pub fn choose_driver(
        &self,
        product: &str,
        metric: &str,
        months: MonthRange,
        source: DriverSource,
        value: Option<f64>,
        reason: &str,
    ) -> Result<Vec<DriverChoice>, AppError> {
        self.require_product(Permission::Plan, product)?;
        let lock = self.store.lock()?;
        let (_, configuration) = self.configuration()?;
        let known: BTreeSet<String> = configuration
            .capacity
            .iter()
            .filter(|model| !model.driver.is_empty())
            .map(|model| format!("{}/{}", model.product, model.driver))
            .collect();
        if !known.contains(&format!("{product}/{metric}")) {
            return Err(Refusal::new("refused-no-driver")
                .with("driver", format!("{product}/{metric}"))
                .with("known", known.into_iter().collect::<Vec<_>>().join(", "))
                .into());
        }
        let fits = match source {
            DriverSource::Manual => value.is_some_and(|value| value.is_finite() && value >= 0.0),
            _ => value.is_none(),
        };
        if !fits {
            return Err(Refusal::new("refused-driver-value").into());
        }
        if reason.trim().is_empty() {
            return Err(Refusal::new("refused-driver-reason").into());
        }
        let choices: Vec<DriverChoice> = months
            .months()
            .map(|month| DriverChoice {
                product: product.to_owned(),
                metric: metric.to_owned(),
                month,
                source,
                value,
                reason: reason.trim().to_owned(),
                by: self.actor.clone(),
                at: crate::clock::now(),
            })
            .collect();
        self.store.add_driver_choices(&lock, &choices, &self.actor)?;
        Ok(choices)
    }
}
