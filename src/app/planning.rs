//! Everything that budgets and their execution are worked out from, loaded once.

use super::reference::{Metrics, Rates};
use super::{App, AppError};
use headroom_models::assets::Asset;
use headroom_models::budget::{Actual, Inputs};
use headroom_models::capacity::Drivers;
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Money, Month, MonthRange};

/// Loaded inputs; [`Planning::inputs`] lends them to the models.
pub(super) struct Planning {
    pub version: i64,
    pub configuration: Configuration,
    pub rates: Rates,
    pub metrics: Metrics,
    targets: Drivers,
    assets: Vec<Asset>,
    actuals: Vec<Actual>,
    currency: String,
}

impl Planning {
    /// Loads what is known as of a month. `budget_as_of` is the month that the budget compared with was made in.
    pub fn load(app: &App, as_of: Month, budget_as_of: Option<Month>) -> Result<Planning, AppError> {
        let (version, configuration) = app.configuration()?;
        if version == 0 {
            return Err(AppError::refused("no organization and rules are applied yet: `headroom apply PATH`"));
        }
        let rates = app.rates()?;
        let actuals = app.actuals(&rates, budget_as_of)?;
        Ok(Planning {
            version,
            configuration,
            metrics: app.metrics(Some(as_of))?,
            targets: app.targets()?,
            assets: app.assets()?,
            actuals,
            currency: app.settings().currency.clone(),
            rates,
        })
    }

    /// The inputs of a budget of `months` as of a month; rates of later months are those known then.
    pub fn inputs<'a>(&'a self, months: MonthRange, as_of: Month, rate: &'a dyn Fn(&str, Month) -> Option<Money>) -> Inputs<'a> {
        Inputs {
            months,
            as_of,
            settings: self.configuration.budget,
            units: &self.configuration.units,
            prices: &self.configuration.prices,
            models: &self.configuration.capacity,
            events: &self.configuration.events,
            targets: &self.targets,
            actual_drivers: &self.metrics.drivers,
            assets: &self.assets,
            actuals: &self.actuals,
            reporting_currency: &self.currency,
            rate,
        }
    }
}

impl App {
    /// The last month with allocated bills: what "now" means for plans unless a month is named.
    pub(super) fn last_allocated_month(&self) -> Result<Month, AppError> {
        let last = self.store.newest_runs()?.into_iter().map(|run| run.month).max();
        last.ok_or_else(|| AppError::refused("nothing is allocated yet: run `headroom allocate`"))
    }
}
