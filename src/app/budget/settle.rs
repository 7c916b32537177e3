//! Commitments meet purchase orders and bills: an order takes a request's place, bills release what they bill.

use super::loans::add;
use super::requests::act_event;
use crate::app::reference::Rates;
use crate::app::{AllocatedMonth, App, AppError, OrderStatus, PurchaseOrder};
use crate::auth::Permission;
use crate::store::{NewBudgetEvent, WriteLock};
use headroom_models::budget::{Commitment, Control, ControlAct, LineKey, Reference, Request};
use headroom_models::ledger::{Column, Expenditure, Money, Month, MonthRange, decimal_values};
use polars::prelude::{col, lit};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What was recognised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Settled {
    /// Orders that took the place of requests, or that nobody requested.
    pub orders: Vec<ControlAct>,
    /// Bills that released commitments.
    pub bills: Vec<ControlAct>,
}

impl App {
    /// Matches the register of purchase orders and the bills of allocated months with the commitments. Doing it again
    /// changes nothing; a bill that was undone gives the money back to the commitment.
    ///
    /// # Errors
    /// When registers or bills cannot be read.
    pub fn settle_commitments(&self) -> Result<Settled, AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        self.settle(&lock)
    }

    pub(in crate::app) fn settle(&self, lock: &WriteLock) -> Result<Settled, AppError> {
        let mut control = self.budget_control()?;
        let mut settled = Settled::default();
        let mut events = Vec::new();
        self.orders(&mut control, &mut settled, &mut events)?;
        self.bills(&mut control, &mut settled, &mut events)?;
        if !events.is_empty() {
            self.store.add_budget_events(lock, &events, &self.actor)?;
        }
        Ok(settled)
    }

    fn orders(
        &self,
        control: &mut Control,
        settled: &mut Settled,
        events: &mut Vec<NewBudgetEvent>,
    ) -> Result<(), AppError> {
        let orders = self.purchase_orders()?;
        if orders.is_empty() {
            return Ok(());
        }
        let rates = self.rates()?;
        let closed = self.store.closed_months()?;
        let departments = self.departments_by_product()?;
        let mut acts = Vec::new();
        for order in &orders {
            let number = format!("{}/{}", order.order, order.line);
            let month = Month::of(order.expected);
            let Some(rate) = rates.rate_known_at(&order.currency, Month::of(order.ordered), Month::of(order.ordered))
            else {
                return Err(crate::app::costs::missing_rate(&order.currency, Month::of(order.ordered)).into());
            };
            let amount = match order.status {
                OrderStatus::Cancelled => Money::ZERO,
                OrderStatus::Ordered | OrderStatus::Received => order.amount.multiply(rate),
            };
            let own = format!("PO-{number}");
            let id =
                requested_by(control, order).or_else(|| control.commitments.contains_key(&own).then(|| own.clone()));
            if let Some(id) = id {
                if control.commitments[&id].orders.get(&number) != Some(&amount) {
                    acts.push((
                        "order",
                        ControlAct::Order {
                            id: id.clone(),
                            order: number.clone(),
                            amount,
                        },
                        month,
                    ));
                }
                received(&mut acts, &control.commitments[&id], &id, order, amount);
                continue;
            }
            // An order that nobody requested is committed all the same, unless it is history.
            if order.status == OrderStatus::Ordered
                && !closed.contains(&month)
                && departments.contains_key(&order.product)
                && !amount.is_zero()
            {
                let request = Request {
                    id: own.clone(),
                    month,
                    key: LineKey {
                        product: order.product.clone(),
                        module: order.module.clone(),
                        cost_type: order.cost_type,
                        expenditure: order.expenditure,
                    },
                    amount,
                    reference: Reference {
                        order: order.order.clone(),
                        ..Reference::default()
                    },
                };
                acts.push(("unrequested", ControlAct::Unrequested(request), month));
                acts.push((
                    "order",
                    ControlAct::Order {
                        id: own,
                        order: number,
                        amount,
                    },
                    month,
                ));
            }
        }
        for (kind, act, month) in acts {
            add(control, &act)?;
            events.push(act_event(self.settings().fiscal.year_of(month), kind, "", &act)?);
            settled.orders.push(act);
        }
        Ok(())
    }

    fn bills(
        &self,
        control: &mut Control,
        settled: &mut Settled,
        events: &mut Vec<NewBudgetEvent>,
    ) -> Result<(), AppError> {
        let waiting = |commitment: &&Commitment| {
            let reference = &commitment.request.reference;
            let named = [&reference.order, &reference.contract, &reference.vendor];
            let recognisable = named.iter().any(|name| !name.is_empty());
            !commitment.released && recognisable && commitment.request.key.expenditure == Expenditure::Opex
        };
        let Some(first) = control
            .commitments
            .values()
            .filter(waiting)
            .map(|commitment| commitment.request.month)
            .min()
        else {
            return Ok(());
        };
        let Some(last) = self.runs()?.into_iter().map(|run| run.month).max() else {
            return Ok(());
        };
        let stale = self.stale_months()?;
        let rates = self.rates()?;
        for month in self.allocated_months(Some(MonthRange {
            first,
            last: last.max(first),
        }))? {
            if stale.contains(&month.month) {
                continue;
            }
            // What a reference brought in the month is given to its commitments in their order, each up to what it waits for.
            let mut left: BTreeMap<(&'static str, String), Money> = BTreeMap::new();
            let ids: Vec<String> = control
                .commitments
                .values()
                .filter(waiting)
                .filter(|commitment| commitment.request.month <= month.month)
                .map(|commitment| commitment.request.id.clone())
                .collect();
            for id in ids {
                let commitment = &control.commitments[&id];
                let (by, name) = recognised_by(commitment);
                let rest = match left.entry((by, name.clone())) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => {
                        entry.insert(self.brought(&month, commitment, by, &name, &rates)?.max(Money::ZERO))
                    }
                };
                let recorded = commitment.bills.get(&month.month).copied();
                let waits_for =
                    (commitment.amount() - commitment.billed() + recorded.unwrap_or_default()).max(Money::ZERO);
                let amount = waits_for.min(*rest);
                *rest -= amount;
                if recorded.unwrap_or_default() == amount {
                    continue;
                }
                let act = ControlAct::Bill {
                    id,
                    month: month.month,
                    amount,
                    by: by.to_owned(),
                };
                add(control, &act)?;
                events.push(act_event(
                    self.settings().fiscal.year_of(month.month),
                    "bill",
                    "",
                    &act,
                )?);
                settled.bills.push(act);
            }
        }
        Ok(())
    }

    /// What a month's bills brought for a commitment, in the reporting currency.
    fn brought(
        &self,
        month: &AllocatedMonth,
        commitment: &Commitment,
        by: &str,
        name: &str,
        rates: &Rates,
    ) -> Result<Money, AppError> {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        if by == "vendor" {
            let (reference, key) = (&commitment.request.reference, &commitment.request.key);
            for cost in month.costs.iter().filter(|cost| {
                cost.dimensions.provider == reference.vendor
                    && cost.product == key.product
                    && cost.dimensions.cost_type == key.cost_type.as_str()
            }) {
                *sums.entry(cost.dimensions.currency.clone()).or_default() += cost.amounts.effective;
            }
        } else {
            sums = self.billed_under(month.month, by, name)?;
        }
        let mut brought = Money::ZERO;
        for (currency, amount) in sums {
            let rate = rates
                .rate(&currency, month.month)
                .ok_or_else(|| crate::app::costs::missing_rate(&currency, month.month))?;
            brought += amount.multiply(rate);
        }
        Ok(brought)
    }

    /// Net cost of a month that names a contract (the account of the bill) or a purchase order (a tag), by currency.
    fn billed_under(&self, month: Month, by: &str, name: &str) -> Result<BTreeMap<String, Money>, AppError> {
        let mut sums = BTreeMap::new();
        for files in self.charges_of(month)?.into_values() {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let named = match by {
                "contract" => col(Column::BillingAccountId.name()).eq(lit(name)),
                _ => col(Column::Tags.name()).is_not_null(),
            };
            let frame = charges
                .filter(named)
                .select([
                    col(Column::BillingCurrency.name()),
                    col(Column::EffectiveCost.name()),
                    col(Column::Tags.name()),
                ])
                .collect()?;
            let currencies = crate::app::reference::texts(&frame, Column::BillingCurrency.name())?;
            let tags = crate::app::reference::texts(&frame, Column::Tags.name())?;
            let amounts = decimal_values(&frame, Column::EffectiveCost.name())?;
            for ((currency, tags), amount) in currencies.into_iter().zip(tags).zip(amounts) {
                if by == "contract" || orders_of(&tags).any(|order| order == name) {
                    *sums.entry(currency).or_default() += amount.unwrap_or_default();
                }
            }
        }
        Ok(sums)
    }
}

/// What a commitment's bills are recognised by: its order, else its contract, else its vendor.
fn recognised_by(commitment: &Commitment) -> (&'static str, String) {
    let (reference, key) = (&commitment.request.reference, &commitment.request.key);
    if !reference.order.is_empty() {
        ("order", reference.order.clone())
    } else if !reference.contract.is_empty() {
        ("contract", reference.contract.clone())
    } else {
        let of = format!("{} {} {}", reference.vendor, key.product, key.cost_type);
        ("vendor", of)
    }
}

/// The purchase orders that the tags of a charge name.
fn orders_of(tags: &str) -> impl Iterator<Item = String> {
    let tags: BTreeMap<String, serde_json::Value> = serde_json::from_str(tags).unwrap_or_default();
    tags.into_iter().filter_map(|(key, value)| {
        let key = key.to_ascii_lowercase().replace(['-', ' '], "_");
        let names = matches!(
            key.as_str(),
            "purchase_order" | "order_id" | "po" | "po_number" | "采购单号"
        );
        names.then(|| value.as_str().map(str::to_owned)).flatten()
    })
}

/// The request that an order names, or that names the order.
fn requested_by(control: &Control, order: &PurchaseOrder) -> Option<String> {
    let named =
        (!order.request.is_empty() && control.commitments.contains_key(&order.request)).then(|| order.request.clone());
    named.or_else(|| {
        control
            .commitments
            .values()
            .find(|commitment| commitment.requested && commitment.request.reference.order == order.order)
            .map(|commitment| commitment.request.id.clone())
    })
}

/// A purchase that has arrived is in the asset register: it is spent, and no longer only promised.
fn received(
    acts: &mut Vec<(&'static str, ControlAct, Month)>,
    commitment: &Commitment,
    id: &str,
    order: &PurchaseOrder,
    amount: Money,
) {
    let Some(day) = order.received.filter(|_| order.status == OrderStatus::Received) else {
        return;
    };
    let month = Month::of(day);
    if commitment.request.key.expenditure != Expenditure::Capex {
        return;
    }
    // Several lines of one order may arrive in a month: what is recorded for it is what all of them come to.
    let others: Money = acts
        .iter()
        .filter_map(|(_, act, _)| match act {
            ControlAct::Bill {
                id: of,
                month: then,
                amount,
                ..
            } if of == id && *then == month => Some(*amount),
            _ => None,
        })
        .next_back()
        .unwrap_or_default();
    let whole = others + amount;
    if commitment.bills.get(&month) != Some(&whole) {
        acts.push((
            "bill",
            ControlAct::Bill {
                id: id.to_owned(),
                month,
                amount: whole,
                by: "asset".to_owned(),
            },
            month,
        ));
    }
}
