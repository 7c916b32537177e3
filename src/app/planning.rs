//! Everything that budgets and their execution are worked out from, loaded once.

use super::reference::{Metrics, Rates, texts};
use super::registers::OrderStatus;
use super::{App, AppError};
use crate::auth::Visible;
use crate::refusal::Refusal;
use headroom_models::allocation::{Rule, Target, match_rules};
use headroom_models::assets::Asset;
use headroom_models::budget::{Actual, Inputs, LineKey, Sourcing};
use headroom_models::capacity::{
    CapacityModel, Drivers, OnOrder, Scenario, Surroundings, apply_load_tests, leave_by_registers,
};
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Column, Expenditure, Money, Month, MonthRange};
use headroom_models::organization::UNALLOCATED;
use std::collections::{BTreeMap, BTreeSet};

/// Months before a plan's first that it looks back on.
const LOOK_BACK: i32 = 6;

/// Loaded inputs; [`Planning::inputs`] lends them to the models.
pub(super) struct Planning {
    pub version: i64,
    pub configuration: Configuration,
    pub rates: Rates,
    pub metrics: Metrics,
    pub targets: Drivers,
    pub surroundings: Surroundings,
    assets: Vec<Asset>,
    actuals: Vec<Actual>,
    commitments: BTreeMap<LineKey, BTreeMap<Sourcing, Money>>,
    currency: String,
}

impl Planning {
    /// Loads what is known as of a month, for the fiscal year of `months`. `budget_as_of` is the month that the budget compared with was made in.
    pub fn load(
        app: &App,
        months: MonthRange,
        as_of: Month,
        budget_as_of: Option<Month>,
    ) -> Result<Planning, AppError> {
        let (version, mut configuration) = app.configuration()?;
        if version == 0 {
            return Err(Refusal::new("refused-nothing-applied").into());
        }
        configuration = app.with_registers(configuration)?;
        if app.last_allocated_month()? > as_of {
            // A plan dated back sees only the stock that was counted by then.
            for model in &mut configuration.capacity {
                model.inventory.retain(|count| count.month <= as_of);
            }
        }
        let tests = app.load_tests()?;
        let tests: Vec<_> = tests.into_iter().filter(|test| Month::of(test.date) <= as_of).collect();
        apply_load_tests(&mut configuration.capacity, &tests);
        let mut surroundings = configuration.surroundings.clone();
        surroundings.on_order = app.on_order(as_of)?;
        let rates = app.rates()?;
        // Recurring cost and run ratios look back half a year at most; older months, and their rates, do not matter.
        let first = months.first.min(as_of).plus(-LOOK_BACK);
        let range = MonthRange {
            first,
            last: as_of.max(first),
        };
        app.require_fresh(range)?;
        let actuals = app.actuals(&rates, range, budget_as_of)?;
        let assets = app.assets_where_allocated(&configuration, as_of)?;
        leave_by_registers(
            &mut configuration.capacity,
            &configuration.units,
            &assets,
            &app.contract_lines()?,
        );
        let metrics = app.metrics(Some(as_of))?;
        let targets = app.chosen_drivers(&configuration, &metrics.drivers, months, as_of)?;
        Ok(Planning {
            version,
            configuration,
            metrics,
            targets,
            surroundings,
            assets,
            actuals,
            commitments: app.commitments(months, as_of)?,
            currency: app.settings().currency.clone(),
            rates,
        })
    }

    /// Leaves out the cost, assets and modules of products that somebody does not see.
    pub fn keep(&mut self, visible: &Visible) {
        self.actuals.retain(|actual| visible.sees(&actual.product));
        self.assets.retain(|asset| visible.sees(&asset.product));
        self.commitments.retain(|key, _| visible.sees(&key.product));
        self.configuration.capacity.retain(|model| visible.sees(&model.product));
        // Calls lead to modules that are there.
        let names: BTreeSet<String> = self.configuration.capacity.iter().map(CapacityModel::name).collect();
        for model in &mut self.configuration.capacity {
            let product = model.product.clone();
            model
                .calls
                .retain(|call| !call.external.is_empty() || names.contains(&call.target(&product)));
        }
        self.surroundings.on_order.retain(|order| visible.sees(&order.product));
    }

    /// Plans under other assumptions.
    pub fn under(&mut self, scenario: &Scenario) {
        scenario.apply(
            &mut self.configuration.capacity,
            &mut self.configuration.events,
            &mut self.targets,
            &mut self.surroundings,
        );
    }

    /// The inputs of a budget of `months` as of a month; rates of later months are those known then.
    pub fn inputs<'a>(
        &'a self,
        months: MonthRange,
        as_of: Month,
        rate: &'a dyn Fn(&str, Month) -> Option<Money>,
    ) -> Inputs<'a> {
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
            surroundings: &self.surroundings,
            assets: &self.assets,
            actuals: &self.actuals,
            commitments: &self.commitments,
            reporting_currency: &self.currency,
            rate,
        }
    }
}

impl App {
    /// Units ordered by a month and not received in it.
    fn on_order(&self, as_of: Month) -> Result<Vec<OnOrder>, AppError> {
        let open = self.purchase_orders()?.into_iter().filter(|order| {
            Month::of(order.ordered) <= as_of
                && order.status != OrderStatus::Cancelled
                && order.received.is_none_or(|day| Month::of(day) > as_of)
                && !(order.status == OrderStatus::Received && order.received.is_none())
                && !order.unit.is_empty()
        });
        let units = |quantity: Money| u64::try_from(quantity.units() / Money::ONE.units()).unwrap_or(0);
        Ok(open
            .map(|order| OnOrder {
                order: format!("{}-{}", order.order, order.line),
                product: order.product,
                module: order.module,
                unit: order.unit,
                expected: Month::of(order.expected),
                units: units(order.quantity),
                amount: order.amount,
                currency: order.currency,
            })
            .collect())
    }

    /// What is ordered or requested of the running money of `months` and not billed through `as_of`, by key and vendor. Purchases are
    /// controlled in cash and execution is on accrual: their commitments stand in `budget available` and not here.
    fn commitments(
        &self,
        months: MonthRange,
        as_of: Month,
    ) -> Result<BTreeMap<LineKey, BTreeMap<Sourcing, Money>>, AppError> {
        let mut sums: BTreeMap<LineKey, BTreeMap<Sourcing, Money>> = BTreeMap::new();
        let contracts = self.contract_lines()?;
        for commitment in self.budget_control()?.commitments.into_values() {
            let (key, billed) = (&commitment.request.key, commitment.bills.range(..=as_of));
            let billed: Money = billed.map(|(_, amount)| *amount).sum();
            let open = (commitment.amount() - billed).max(Money::ZERO);
            let counts = months.contains(commitment.month()) && key.expenditure == Expenditure::Opex;
            if counts && !commitment.released && !open.is_zero() {
                let reference = &commitment.request.reference;
                let of_contract: Vec<Sourcing> = contracts
                    .iter()
                    .filter(|line| !reference.contract.is_empty() && line.contract == reference.contract)
                    .map(|line| Sourcing {
                        resource_mode: Some(line.mode),
                        ..Sourcing::of_provider(&line.vendor)
                    })
                    .collect();
                let from = Sourcing::of_provider(&reference.vendor).or(&Sourcing::common(&of_contract));
                *sums.entry(key.clone()).or_default().entry(from).or_default() += open;
            }
        }
        Ok(sums)
    }

    /// The asset register with each asset at the product that its depreciation is allocated to: an asset whose depreciation
    /// goes to a pool is shared, whatever product the register names.
    pub(super) fn assets_where_allocated(
        &self,
        configuration: &Configuration,
        as_of: Month,
    ) -> Result<Vec<Asset>, AppError> {
        let mut assets = self.assets()?;
        let rules: Vec<&Rule> = configuration
            .rules
            .iter()
            .filter(|rule| rule.applies_in(as_of))
            .collect();
        let products = configuration.organization.modules_by_product();
        let registers = self.asset_register_batches()?;
        let mut targets = BTreeMap::new();
        // An asset that entered service in this month depreciates from the next one on.
        for month in [as_of.plus(1), as_of] {
            for files in self.charges_of(month)?.into_values() {
                let files: Vec<_> = files
                    .into_iter()
                    .filter(|file| registers.contains(&file.batch))
                    .collect();
                let Some(charges) = self.store.scan(&files)? else {
                    continue;
                };
                let frame = charges.collect()?;
                let ids = texts(&frame, Column::ResourceId.name())?;
                targets.extend(ids.into_iter().zip(match_rules(&frame, &rules, &products, as_of)?));
            }
        }
        for asset in &mut assets {
            let (product, module) = match targets.remove(&asset.asset_id) {
                Some(Target::Product { product, module, .. }) => (product, module),
                Some(Target::Pool { .. }) => (String::new(), String::new()),
                Some(Target::Nobody) => (UNALLOCATED.to_owned(), String::new()),
                // Not depreciating in that month: the register's word stands.
                None => continue,
            };
            (asset.product, asset.module) = (product, module);
        }
        Ok(assets)
    }

    /// The last month with allocated bills.
    pub(super) fn last_allocated_month(&self) -> Result<Month, AppError> {
        let last = self.runs()?.into_iter().map(|run| run.month).max();
        Ok(last.ok_or_else(|| Refusal::new("refused-nothing-allocated"))?)
    }

    /// What "now" means for a report unless a month is named: the last closed month, or before any close the last
    /// allocated one.
    pub(super) fn current_month(&self) -> Result<Month, AppError> {
        let last = self.last_allocated_month()?;
        Ok(self
            .store
            .closed_months()?
            .into_iter()
            .filter(|month| *month <= last)
            .max()
            .unwrap_or(last))
    }
}
