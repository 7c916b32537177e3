//! Invoices checked line by line against contracts and measurements; the differences in money add up.

use super::{ContractLine, Expected, Measured, Meter};
use crate::ledger::{Money, Month};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Contract that the invoice names; the vendor's name where it names none.
    pub contract: String,
    /// Who issued it.
    pub vendor: String,
    /// Number of the invoice.
    pub invoice: String,
    /// Word of the charge.
    pub charge_type: String,
    /// Rack, link or machine.
    pub resource: String,
    /// Quantity billed.
    pub quantity: Money,
    /// Net unit price billed.
    pub unit_price: Money,
    /// Net amount billed.
    pub amount: Money,
    /// Tax billed, where the invoice says so.
    pub tax: Option<Money>,
    /// Currency.
    pub currency: String,
}

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// Another unit price than agreed: billed quantity × (billed − agreed price).
    Price,
    /// Another quantity than agreed or measured: (billed − due quantity) × agreed price.
    Quantity,
    /// The amount is not quantity × price, or not the share of a month that is due.
    Amount,
    /// The tax is not the agreed rate of the amount.
    Tax,
    /// Another currency than agreed; the amounts cannot be compared.
    Currency,
    /// Agreed (or measured) and not billed.
    NotInvoiced,
    /// Billed, and no contract has such a line.
    NoContract,
    /// Billed for a month in which the line does not hold.
    OutsideTerm,
    /// Billed by measurement, and there is none that suffices: the quantity cannot be verified.
    NotMeasured,
}

impl DifferenceKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            DifferenceKind::Price => "price",
            DifferenceKind::Quantity => "quantity",
            DifferenceKind::Amount => "amount",
            DifferenceKind::Tax => "tax",
            DifferenceKind::Currency => "currency",
            DifferenceKind::NotInvoiced => "not-invoiced",
            DifferenceKind::NoContract => "no-contract",
            DifferenceKind::OutsideTerm => "outside-term",
            DifferenceKind::NotMeasured => "not-measured",
        }
    }
}

/// One disagreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What does not agree.
    pub kind: DifferenceKind,
    /// Month.
    pub month: Month,
    /// Contract.
    pub contract: String,
    /// Vendor.
    pub vendor: String,
    /// Invoices concerned; none when nothing was billed.
    pub invoices: BTreeSet<String>,
    /// Word of the charge.
    pub charge_type: String,
    /// Rack, link or machine.
    pub resource: String,
    /// Currency of the amounts.
    pub currency: String,
    /// What is due by contract: a price, a quantity or an amount, as the kind says; nothing when unknown.
    pub expected: Option<Money>,
    /// What was billed, in the same measure.
    pub found: Money,
    /// Money: positive when too much was billed.
    pub difference: Money,
}

/// The check of one month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContractCheck {
    /// Contract lines that hold in the month.
    pub contract_lines: usize,
    /// Invoice lines looked at.
    pub invoice_lines: usize,
    /// Net amount due per currency, of lines whose quantity is known.
    pub expected: BTreeMap<String, Money>,
    /// Net amount billed per currency.
    pub billed: BTreeMap<String, Money>,
    /// Every disagreement: by contract, charge and resource.
    pub differences: Vec<Difference>,
}

impl ContractCheck {
    /// Net money billed too much (or, below zero, too little) per currency. Tax and what cannot be compared stay out.
    pub fn overcharged(&self) -> BTreeMap<String, Money> {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        for found in &self.differences {
            if found.kind != DifferenceKind::Tax {
                *sums.entry(found.currency.clone()).or_default() += found.difference;
            }
        }
        sums
    }
}

/// Checks the invoices of a month against the contracts.
///
/// An invoice line belongs to the contract line of the same contract, charge and resource that holds in the month; a
/// contract line that lists several resources, or none, takes the invoice lines of each. `measured` says what was
/// measured for a metered line. Price, quantity and amount differences of a line add up to billed less due; differences
/// of at most 0.01 per invoice line are rounding.
pub fn check_invoices(
    lines: &[ContractLine],
    invoices: &[InvoiceLine],
    month: Month,
    measured: &dyn Fn(&ContractLine) -> Option<Measured>,
) -> ContractCheck {
    let mut check = ContractCheck {
        contract_lines: lines.iter().filter(|line| line.days_in(month) > 0).count(),
        invoice_lines: invoices.len(),
        ..ContractCheck::default()
    };
    let mut billed: BTreeMap<usize, Vec<&InvoiceLine>> = BTreeMap::new();
    for invoice in invoices {
        *check.billed.entry(invoice.currency.clone()).or_default() += invoice.amount;
        match line_of(lines, invoice, |line| line.days_in(month) > 0) {
            Some(line) => billed.entry(line).or_default().push(invoice),
            None => {
                let kind = match line_of(lines, invoice, |_| true) {
                    Some(_) => DifferenceKind::OutsideTerm,
                    None => DifferenceKind::NoContract,
                };
                check.differences.push(stray(kind, invoice, month));
            }
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let invoices = billed.remove(&index).unwrap_or_default();
        let sample = line.meter().and_then(|_| measured(line));
        let expected = line.expected(month, sample.as_ref());
        if let Some(expected) = &expected {
            *check.expected.entry(line.currency.clone()).or_default() += expected.amount;
        }
        check_line(line, &invoices, expected, month, &mut check.differences);
    }
    let key = |d: &Difference| (d.contract.clone(), d.charge_type.clone(), d.resource.clone(), d.kind);
    check.differences.sort_by_key(key);
    check
}

/// The contract line that an invoice line is for: the one for exactly its resource first, then one that lists it, then one
/// for no resource in particular.
fn line_of(lines: &[ContractLine], invoice: &InvoiceLine, holds: impl Fn(&ContractLine) -> bool) -> Option<usize> {
    let unnamed = invoice.contract == invoice.vendor;
    let fit = |line: &ContractLine| {
        let same = line.contract == invoice.contract || (unnamed && line.vendor == invoice.vendor);
        if !same || line.charge_type != invoice.charge_type || !holds(line) {
            return None;
        }
        if line.resource == invoice.resource {
            Some(0)
        } else if line.resources().any(|resource| resource == invoice.resource) {
            Some(1)
        } else {
            line.resource.is_empty().then_some(2)
        }
    };
    let fitting = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((fit(line)?, index)));
    fitting.min().map(|(_, index)| index)
}

fn stray(kind: DifferenceKind, invoice: &InvoiceLine, month: Month) -> Difference {
    Difference {
        kind,
        month,
        contract: invoice.contract.clone(),
        vendor: invoice.vendor.clone(),
        invoices: BTreeSet::from([invoice.invoice.clone()]),
        charge_type: invoice.charge_type.clone(),
        resource: invoice.resource.clone(),
        currency: invoice.currency.clone(),
        expected: None,
        found: invoice.amount,
        difference: invoice.amount,
    }
}

fn check_line(
    line: &ContractLine,
    invoices: &[&InvoiceLine],
    expected: Option<Expected>,
    month: Month,
    differences: &mut Vec<Difference>,
) {
    let numbers: BTreeSet<String> = invoices.iter().map(|invoice| invoice.invoice.clone()).collect();
    let mut found = |kind, expected: Option<Money>, found: Money, difference: Money| {
        differences.push(Difference {
            kind,
            month,
            contract: line.contract.clone(),
            vendor: line.vendor.clone(),
            invoices: numbers.clone(),
            charge_type: line.charge_type.clone(),
            resource: line.resource.clone(),
            currency: line.currency.clone(),
            expected,
            found,
            difference,
        });
    };
    let foreign: Money = invoices
        .iter()
        .filter(|invoice| invoice.currency != line.currency)
        .map(|invoice| invoice.amount)
        .sum();
    if invoices.iter().any(|invoice| invoice.currency != line.currency) {
        return found(
            DifferenceKind::Currency,
            expected.map(|expected| expected.amount),
            foreign,
            Money::ZERO,
        );
    }
    let amount: Money = invoices.iter().map(|invoice| invoice.amount).sum();
    if invoices.is_empty() {
        if let Some(expected) = expected.filter(|expected| !expected.amount.is_zero()) {
            found(
                DifferenceKind::NotInvoiced,
                Some(expected.amount),
                Money::ZERO,
                -expected.amount,
            );
        }
        return;
    }
    let cent = Money::from_units(Money::ONE.units() / 100);
    let rounding = cent.times(invoices.len() as i64);
    let quantity: Money = invoices.iter().map(|invoice| invoice.quantity).sum();
    let on_demand = line.meter() == Some(Meter::OnDemand);
    if expected.is_none() && line.meter().is_some() && !on_demand {
        found(DifferenceKind::NotMeasured, None, quantity, Money::ZERO);
    }
    let unverified = expected.is_none();
    // A charge of one time, billed in another month than the first, is due nothing there.
    let due = match expected {
        Some(expected) => expected,
        None if line.meter().is_some() => Expected {
            quantity,
            amount: quantity.multiply(line.unit_price),
        },
        None => Expected {
            quantity: Money::ZERO,
            amount: Money::ZERO,
        },
    };
    let total = amount - due.amount;
    let whole = line.once() || line.quantity.is_none() || line.days_in(month) == month.days();
    let price_part: Money = invoices
        .iter()
        .map(|invoice| invoice.quantity.multiply(invoice.unit_price - line.unit_price))
        .sum();
    if !whole {
        // Vendors shorten a month in the quantity, the price or the amount: only the amount can be judged.
        if total.abs() > rounding {
            found(DifferenceKind::Amount, Some(due.amount), amount, total);
        }
    } else {
        let quantity_part = if unverified && line.meter().is_some() {
            Money::ZERO
        } else {
            (quantity - due.quantity).multiply(line.unit_price)
        };
        let rest = total - price_part - quantity_part;
        if price_part.abs() > rounding {
            let dearest = invoices
                .iter()
                .map(|i| i.unit_price)
                .find(|price| *price != line.unit_price);
            found(
                DifferenceKind::Price,
                Some(line.unit_price),
                dearest.unwrap_or(line.unit_price),
                price_part,
            );
        }
        if quantity_part.abs() > rounding {
            found(DifferenceKind::Quantity, Some(due.quantity), quantity, quantity_part);
        }
        if rest.abs() > rounding {
            found(DifferenceKind::Amount, Some(amount - rest), amount, rest);
        }
    }
    let taxes = invoices
        .iter()
        .filter_map(|invoice| Some((invoice.tax?, line.tax_of(invoice.amount)?)));
    let (billed, agreed) = taxes.fold((Money::ZERO, Money::ZERO), |sum, tax| (sum.0 + tax.0, sum.1 + tax.1));
    if (billed - agreed).abs() > rounding {
        found(DifferenceKind::Tax, Some(agreed), billed, billed - agreed);
    }
}
