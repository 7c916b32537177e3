//! Stock, transfers, purchases and money, month by month over all modules.

use super::agreed_terms::take;
use super::cost::monthly_costs;
use super::mix::cheapest;
use super::requirement::{ModuleNeeds, Need};
use super::shortage::{ModuleRisk, choices};
use super::sizing::NETWORK;
use super::supply::{OnOrder, Transfer};
use super::term_prices::TermBook;
use super::{
    Acquisition, CapacityModel, CapacityPlan, Mix, ModelError, ModuleMonth, ModulePlan, Order, PlanInputs, Price,
    Problem, Term, TermsChoice, Unit, late_until, price_at,
};
use crate::ledger::{Money, Month, Ratio};

/// Carries out the needs of all modules and adds the outcome to the plan.
pub(super) struct Planner<'a, 'b> {
    inputs: &'a PlanInputs<'a>,
    plan: &'b mut CapacityPlan,
    modules: Vec<State<'a>>,
}

/// One module on its way through the months.
struct State<'a> {
    model: &'a CapacityModel,
    unit: &'a Unit,
    needs: ModuleNeeds,
    stock: u64,
    /// Bought units as they stand without the plan's own purchases.
    standing: u64,
    /// Terms that the plan takes for it, instead of the price book.
    taken: Option<TermsChoice>,
    /// Units that terms are looked for, by month that is not delivered.
    open: Vec<(Month, u64)>,
    arrivals: Vec<&'a OnOrder>,
    months: Vec<ModuleMonth>,
    orders: Vec<Order>,
    problems: Vec<Problem>,
}

impl<'a, 'b> Planner<'a, 'b> {
    pub fn new(
        inputs: &'a PlanInputs<'a>,
        able: &[(&'a CapacityModel, &'a Unit)],
        needs: Vec<ModuleNeeds>,
        plan: &'b mut CapacityPlan,
    ) -> Self {
        let mut modules: Vec<State<'a>> = able
            .iter()
            .zip(needs)
            .filter(|(_, needs)| needs.planned)
            .map(|(&(model, unit), needs)| State {
                model,
                unit,
                needs,
                stock: model.stock_before(inputs.months.first),
                standing: 0,
                taken: None,
                open: Vec::new(),
                arrivals: Vec::new(),
                months: Vec::new(),
                orders: Vec::new(),
                problems: Vec::new(),
            })
            .collect();
        let first = inputs.months.first;
        for order in &inputs.surroundings.on_order {
            let mine = modules.iter().position(|state| {
                state.model.product == order.product
                    && state.model.unit == order.unit
                    && (order.module.is_empty() || state.model.module == order.module)
            });
            match mine {
                Some(at) => modules[at].arrivals.push(order),
                None => plan.problems.push(Problem::OrderOfNobody {
                    order: order.order.clone(),
                    unit: order.unit.clone(),
                    product: order.product.clone(),
                }),
            }
        }
        // What arrives before the plan's first month is there when it begins, and depreciates in it.
        for state in &mut modules {
            let before = |order: &&OnOrder| effective(inputs, order) < first;
            let mut months: Vec<Month> = state
                .arrivals
                .iter()
                .filter(|o| before(o))
                .map(|o| effective(inputs, o))
                .collect();
            state.stock += state
                .arrivals
                .iter()
                .filter(|o| before(o))
                .map(|o| o.units)
                .sum::<u64>();
            months.sort_unstable();
            months.dedup();
            months.into_iter().for_each(|month| state.pay_arrivals(inputs, month));
            state.standing = state.stock;
            state.choose_terms(inputs);
        }
        Planner { inputs, plan, modules }
    }

    fn delivered(&self, month: Month) -> bool {
        self.inputs.delivered_through.is_some_and(|through| month <= through)
    }

    pub fn run(mut self) {
        let first = self.inputs.months.first;
        for month in self.inputs.months.months() {
            let delivered = self.delivered(month);
            let mut changes: Vec<_> = self
                .modules
                .iter()
                .map(|state| {
                    let mut change = state.model.stock_change(state.stock, month, month == first, delivered);
                    change.on_order = state.arriving(self.inputs, month).map(|(_, units)| units).sum();
                    change
                })
                .collect();
            if !delivered {
                for transfer in self.transfers(month, &changes) {
                    changes[transfer.0].transferred_out += transfer.2;
                    changes[transfer.1].transferred_in += transfer.2;
                    self.plan.transfers.push(Transfer {
                        month,
                        unit: self.modules[transfer.0].unit.id.clone(),
                        from: self.modules[transfer.0].model.name(),
                        to: self.modules[transfer.1].model.name(),
                        units: transfer.2,
                    });
                }
            }
            for (state, change) in self.modules.iter_mut().zip(changes) {
                let opening = state.stock;
                state.stock = change.applied_to(opening);
                let own = state
                    .model
                    .stock_change(state.standing, month, month == first, delivered);
                state.standing = super::supply::StockChange {
                    counted: own.counted,
                    retired: own.retired,
                    lease_ended: own.lease_ended,
                    ..change
                }
                .applied_to(state.standing);
                state.pay_arrivals(self.inputs, month);
                let Some(need) = state.needs.months.get(&month).cloned() else {
                    continue;
                };
                let planned = state.month(self.inputs, need, delivered);
                // What is bought stays; what is rented beyond the stated inventory is rented for the month that needs it.
                if state.unit.acquisition == Acquisition::Purchase {
                    state.stock = planned.in_service;
                    if delivered {
                        state.standing = state.stock;
                    }
                }
                if !delivered {
                    let lot = u64::from(state.model.lot);
                    let needed = planned.sizing.total;
                    let units = match state.unit.acquisition {
                        Acquisition::Purchase => needed.saturating_sub(state.standing).next_multiple_of(lot),
                        Acquisition::Rent => needed.next_multiple_of(lot).min(planned.paid_units),
                    };
                    state.open.push((month, units));
                }
                state.months.push(ModuleMonth {
                    opening,
                    change,
                    ..planned
                });
            }
        }
        let last = self.inputs.months.last;
        for mut state in self.modules {
            let mix = state.settle_terms(self.inputs, last);
            let risk = state.risk(self.inputs);
            self.plan.problems.extend(state.problems);
            self.plan.orders.extend(state.orders);
            self.plan.modules.push(ModulePlan {
                product: state.model.product.clone(),
                module: state.model.module.clone(),
                driver: state.needs.driver,
                driver_statistic: state.model.driver_statistic,
                peak_factor: state.model.peak_factor,
                work: state.model.work.clone(),
                unit: state.unit.id.clone(),
                acquisition: state.unit.acquisition,
                lot: state.model.lot,
                lead_time_months: state.model.lead_time_months,
                limits: state.model.limit_sources.clone(),
                months: state.months,
                mix,
                risk,
            });
        }
    }

    /// From, to, units: what donors will not need in any month that is left goes to modules that lack it now, the longest
    /// surplus first.
    fn transfers(&self, month: Month, changes: &[super::supply::StockChange]) -> Vec<(usize, usize, u64)> {
        let mut moves = Vec::new();
        let after: Vec<u64> = self
            .modules
            .iter()
            .zip(changes)
            .map(|(state, change)| change.applied_to(state.stock))
            .collect();
        for (to, taker) in self.modules.iter().enumerate() {
            if taker.unit.acquisition != Acquisition::Purchase {
                continue;
            }
            let Some(need) = taker.needs.months.get(&month) else {
                continue;
            };
            let mut short = need.sizing.total.saturating_sub(after[to]);
            for (from, donor) in self.modules.iter().enumerate() {
                if short == 0 {
                    break;
                }
                if from == to || donor.unit.id != taker.unit.id || !donor.model.transferable {
                    continue;
                }
                let given: u64 = moves
                    .iter()
                    .filter(|m: &&(usize, usize, u64)| m.0 == from)
                    .map(|m| m.2)
                    .sum();
                let spare = donor.spare(self.inputs, month, after[from]).saturating_sub(given);
                let units = spare.min(short);
                if units > 0 {
                    moves.push((from, to, units));
                    short -= units;
                }
            }
        }
        moves
    }
}

/// Reporting currency per unit of a currency in a month.
fn rate(inputs: &PlanInputs, currency: &str, month: Month) -> Option<Money> {
    if currency == inputs.reporting_currency {
        return Some(Money::ONE);
    }
    (inputs.rate)(currency, month)
}

/// Month in which an order under way arrives: what is overdue comes in the first month after the delivered ones.
fn effective(inputs: &PlanInputs, order: &OnOrder) -> Month {
    let after = inputs.delivered_through.map(|through| through.plus(1));
    after.map_or(order.expected, |after| order.expected.max(after))
}

impl State<'_> {
    /// Orders under way that arrive in a month.
    fn arriving<'s>(&'s self, inputs: &PlanInputs, month: Month) -> impl Iterator<Item = (&'s OnOrder, u64)> + use<'s> {
        let months: Vec<Month> = self.arrivals.iter().map(|order| effective(inputs, order)).collect();
        self.arrivals
            .iter()
            .zip(months)
            .filter(move |(_, arrival)| *arrival == month)
            .map(|(order, _)| (*order, order.units))
    }

    /// Units beyond the need of this and every later month of the plan; none when a month cannot be planned.
    fn spare(&self, inputs: &PlanInputs, from: Month, stock: u64) -> u64 {
        let mut month = from;
        let mut stock = stock;
        let mut least = u64::MAX;
        while month <= inputs.months.last {
            if month > from {
                stock = self.model.stock_change(stock, month, false, false).applied_to(stock);
                stock += self.arriving(inputs, month).map(|(_, units)| units).sum::<u64>();
            }
            let Some(need) = self.needs.months.get(&month) else {
                return 0;
            };
            least = least.min(stock.saturating_sub(need.sizing.total));
            month = month.plus(1);
        }
        least
    }

    fn month(&mut self, inputs: &PlanInputs, need: Need, delivered: bool) -> ModuleMonth {
        let (model, month, inventory) = (self.model, need.month, self.stock);
        let sizing = need.sizing;
        let shortage = sizing.total.saturating_sub(inventory);
        let lot = u64::from(model.lot);
        let (arriving, in_service) = match self.unit.acquisition {
            // What is short is had under the terms taken, once all months are known.
            Acquisition::Purchase if self.taken.is_some() && !delivered => (0, inventory),
            Acquisition::Purchase => {
                let arriving = shortage.next_multiple_of(lot);
                (arriving, inventory + arriving)
            }
            // The stated inventory is paid for until somebody gives it up: a surplus is shown as one.
            Acquisition::Rent => (0, sizing.total.next_multiple_of(lot).max(inventory)),
        };
        let p95_mbps = model.bandwidth.and_then(|bandwidth| {
            let demand = sizing
                .per_resource
                .iter()
                .find(|resource| resource.resource == NETWORK)?
                .demand;
            Some(demand * bandwidth.p95_of_peak?)
        });
        let paid_units = match p95_mbps {
            // Sized on the peak, paid on the 95th percentile, the stated commit at least.
            Some(mbps) => super::sizing::round_up(mbps / model.limit.get(NETWORK).copied().unwrap_or(f64::INFINITY))
                .next_multiple_of(lot)
                .max(inventory)
                .min(in_service),
            None => in_service,
        };
        let mut planned = ModuleMonth {
            month,
            driver_value: need.value,
            event_factor: need.event_factor,
            surplus: inventory.saturating_sub(sizing.total),
            sizing,
            spread: need.spread,
            stored: need.stored,
            opening: inventory,
            change: Default::default(),
            inventory,
            shortage,
            arriving,
            order_month: (arriving > 0).then(|| month.plus(-(model.lead_time_months as i32))),
            in_service,
            paid_units,
            p95_mbps,
            costs: Vec::new(),
            cash: Money::ZERO,
            terms: Default::default(),
        };
        if let Some((price, rate)) = self.price(inputs, month) {
            planned.costs = monthly_costs(self.unit, price, in_service, paid_units, rate);
            if arriving > 0 && !delivered {
                planned.cash = self.order(inputs, month, arriving, price, rate);
            }
        }
        let on_the_way = self
            .orders
            .iter()
            .filter(|order| order.on_order.is_some() && order.arrival == month);
        planned.cash += on_the_way.map(|order| order.cost).sum::<Money>();
        planned
    }

    /// Decides whether the plan takes terms for the module: one of those asked for must have a price for one unit in every month.
    fn choose_terms(&mut self, inputs: &PlanInputs) {
        let choice = self.model.terms.unwrap_or(inputs.surroundings.terms);
        if choice == TermsChoice::PriceBook {
            return;
        }
        let rate = |currency: &str, month: Month| rate(inputs, currency, month);
        let book = TermBook::new(self.unit, &inputs.surroundings.offers, inputs.prices, &rate);
        let delivered = |month: &Month| inputs.delivered_through.is_some_and(|through| *month <= through);
        let open: Vec<Month> = inputs.months.months().filter(|month| !delivered(month)).collect();
        let priced = |term: &Term| open.iter().all(|month| book.at(*term, 1, *month).is_some());
        let asked = book
            .terms()
            .into_iter()
            .filter(|term| choice.only().is_none_or(|only| only == *term));
        if !book.has_offers() && choice == TermsChoice::Cheapest {
            // The price book is all there is, and so the cheapest.
        } else if asked.into_iter().any(|term| priced(&term)) {
            self.taken = Some(choice);
        } else {
            self.problems.push(Problem::NoTerms {
                product: self.model.product.clone(),
                module: self.model.module.clone(),
                unit: self.unit.id.clone(),
                terms: choice.as_str(),
            });
        }
    }

    /// The cheapest terms, and the months as they follow them where the plan takes them.
    fn settle_terms(&mut self, inputs: &PlanInputs, last: Month) -> Option<Mix> {
        let rate = |currency: &str, month: Month| rate(inputs, currency, month);
        let book = TermBook::new(self.unit, &inputs.surroundings.offers, inputs.prices, &rate);
        if !book.has_offers() && self.taken.is_none() {
            return None;
        }
        let names = (
            self.model.product.as_str(),
            self.model.module.as_str(),
            self.unit.id.as_str(),
        );
        let only = self.taken.and_then(TermsChoice::only);
        let (mut mix, blocks) = cheapest(&book, names, &self.open, last, only)?;
        if self.taken.is_some() {
            mix.taken = true;
            let next = inputs.delivered_through.map(|through| through.plus(1));
            let orders = take(
                (self.model, self.unit, &book),
                &mut self.months,
                (&mix, &blocks),
                (&self.open, next),
            );
            self.orders.extend(orders);
            self.orders.sort_by_key(|order| order.arrival);
        }
        Some(mix)
    }

    /// The price of the month and the rate to the reporting currency, or the problem that there is none.
    fn price<'p>(&mut self, inputs: &'p PlanInputs, month: Month) -> Option<(&'p Price, Money)> {
        let (product, module, unit) = (
            self.model.product.clone(),
            self.model.module.clone(),
            self.unit.id.clone(),
        );
        let Some(price) = price_at(inputs.prices, &unit, month) else {
            self.problems.push(Problem::MissingPrice {
                product,
                module,
                unit,
                month,
            });
            return None;
        };
        let Some(rate) = rate(inputs, &price.currency, month) else {
            self.problems.push(Problem::MissingRate {
                product,
                module,
                unit,
                currency: price.currency.clone(),
                month,
            });
            return None;
        };
        Some((price, rate))
    }

    /// Orders `units` that arrive in `month`; returns the cash.
    fn order(&mut self, inputs: &PlanInputs, month: Month, units: u64, price: &Price, rate: Money) -> Money {
        let Some(life_months) = price.useful_life_months.filter(|life| *life > 0) else {
            let error = ModelError::NoLife {
                unit: price.unit.clone(),
                valid_from: price.valid_from,
            };
            self.problems.push(error.into());
            return Money::ZERO;
        };
        let cost = price.amount.times(units as i64).multiply(rate);
        let lead = self.model.lead_time_months as i32;
        let order_month = month.plus(-lead);
        self.orders.push(Order {
            product: self.model.product.clone(),
            module: self.model.module.clone(),
            unit: self.unit.id.clone(),
            order_month,
            arrival: month,
            units,
            unit_price: price.amount,
            currency: price.currency.clone(),
            rate,
            cost,
            residual: price.residual_of(cost),
            life_months,
            cost_type: self.unit.cost_type,
            on_order: None,
            late_until: late_until(order_month, lead, inputs.delivered_through),
        });
        cost
    }

    /// Cash and depreciation of purchases that were ordered before the plan and arrive in `month`.
    fn pay_arrivals(&mut self, inputs: &PlanInputs, month: Month) {
        if self.unit.acquisition != Acquisition::Purchase {
            return;
        }
        let arriving: Vec<OnOrder> = self.arriving(inputs, month).map(|(order, _)| order.clone()).collect();
        for order in arriving {
            let Some((price, _)) = self.price(inputs, month) else {
                continue;
            };
            let Some(rate) = rate(inputs, &order.currency, month) else {
                self.problems.push(Problem::MissingRate {
                    product: self.model.product.clone(),
                    module: self.model.module.clone(),
                    unit: self.unit.id.clone(),
                    currency: order.currency.clone(),
                    month,
                });
                continue;
            };
            let Some(life_months) = price.useful_life_months.filter(|life| *life > 0) else {
                continue;
            };
            let cost = order.amount.multiply(rate);
            let each = Ratio::checked(order.amount, Money::whole(order.units.max(1) as i64));
            self.orders.push(Order {
                product: self.model.product.clone(),
                module: self.model.module.clone(),
                unit: self.unit.id.clone(),
                order_month: month.plus(-(self.model.lead_time_months as i32)),
                arrival: month,
                units: order.units,
                unit_price: each.map_or(order.amount, |each| each.to_money().round(6)),
                currency: order.currency.clone(),
                rate,
                cost,
                residual: price.residual_of(cost),
                life_months,
                cost_type: self.unit.cost_type,
                on_order: Some(order.order.clone()),
                late_until: None,
            });
        }
    }

    /// What uncertain inputs mean for the module.
    fn risk(&self, inputs: &PlanInputs) -> Option<ModuleRisk> {
        let risk = inputs.surroundings.risk?;
        if self.needs.samples.is_empty() {
            return None;
        }
        let unit_month_cost = self.unit_month_cost(inputs);
        let (choices, cheapest) = choices(&self.needs.samples, unit_month_cost, self.model.shortage_cost);
        Some(ModuleRisk {
            samples: risk.samples,
            seed: risk.seed,
            percentile: risk.percentile,
            unit_month_cost,
            choices,
            cheapest,
            tornado: self.needs.tornado.clone(),
        })
    }

    /// Rent or depreciation of a unit and month, and what it costs besides itself, at the plan's first price.
    fn unit_month_cost(&self, inputs: &PlanInputs) -> Option<Money> {
        let month = self.needs.months.keys().next().copied()?;
        let price = price_at(inputs.prices, &self.unit.id, month)?;
        let rate = rate(inputs, &price.currency, month)?;
        let own = match self.unit.acquisition {
            Acquisition::Rent => price.amount,
            Acquisition::Purchase => {
                let life = price.useful_life_months.filter(|life| *life > 0)?;
                let depreciable = price.amount - price.residual_of(price.amount);
                Ratio::new(depreciable, Money::whole(i64::from(life)))
                    .to_money()
                    .round(2)
            }
        };
        Some(
            (own + price.running.values().copied().sum::<Money>())
                .multiply(rate)
                .round(2),
        )
    }
}
