//! Where units come from: orders, transfers; services of others, racks and power.

use super::{module_cells, module_of, table, unit};
use crate::app::PlanShown;
use headroom_models::ledger::Month;
use headroom_reports::data::{BookTable, Cell, Kind};

/// Columns: G units, H unit price, J rate, K cost = G·H·J.
pub(super) fn orders(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "orders",
        &[
            ("book-unit", Kind::Text),
            ("book-order-month", Kind::Text),
            ("book-arrival", Kind::Text),
            ("book-late", Kind::Text),
            ("book-quantity", Kind::Number),
            ("book-unit-price", Kind::Money),
            ("column-currency", Kind::Text),
            ("book-rate", Kind::Number),
            ("book-cost", Kind::Money),
            ("book-life", Kind::Number),
            ("book-residual", Kind::Money),
            ("book-number", Kind::Text),
        ],
    );
    let mut orders: Vec<_> = shown.plan.orders.iter().collect();
    orders.sort_by(|a, b| {
        (a.order_month, a.arrival, &a.product, &a.module).cmp(&(b.order_month, b.arrival, &b.product, &b.module))
    });
    for order in orders {
        let cost = Cell::Money(order.cost);
        let mut cells = module_cells(shown, &order.product, &order.module).to_vec();
        cells.extend([
            unit(shown, &order.unit),
            Cell::Month(order.order_month),
            Cell::Month(order.arrival),
            late(order.late_until),
            Cell::count(order.units),
            Cell::Money(order.unit_price),
            Cell::text(&order.currency),
            Cell::Number(order.rate.for_drawing()),
            if order.on_order.is_some() {
                cost
            } else {
                cost.by("G{r}*H{r}*J{r}")
            },
            Cell::count(u64::from(order.life_months)),
            Cell::Money(order.residual),
            order.on_order.as_ref().map_or(Cell::Empty, Cell::text),
        ]);
        table.rows.push(cells);
    }
    table
}

/// Columns: G more units, H in service with them.
pub(super) fn reservations(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "reservations",
        &[
            ("book-unit", Kind::Text),
            ("book-order-month", Kind::Text),
            ("book-needed-from", Kind::Text),
            ("book-late", Kind::Text),
            ("book-more", Kind::Number),
            ("book-in-service", Kind::Number),
        ],
    );
    for reserved in &shown.reservations {
        let mut cells = module_cells(shown, &reserved.product, &reserved.module).to_vec();
        cells.extend([
            unit(shown, &reserved.unit),
            Cell::Month(reserved.order_month),
            Cell::Month(reserved.from),
            late(reserved.late_until),
            Cell::count(reserved.units),
            Cell::count(reserved.in_service),
        ]);
        table.rows.push(cells);
    }
    table
}

/// Says when units come that are ordered now, where they should have been ordered before.
fn late(until: Option<Month>) -> Cell {
    until.map_or(Cell::Empty, |month| {
        Cell::Sentence("book-late-until".to_owned(), vec![("month", month.to_string())])
    })
}

pub(super) fn transfers(shown: &PlanShown) -> BookTable {
    let mut table = BookTable::new(
        "transfers",
        &[
            ("book-month", Kind::Text),
            ("book-unit", Kind::Text),
            ("book-giver", Kind::Text),
            ("book-taker", Kind::Text),
            ("book-quantity", Kind::Number),
        ],
    );
    for transfer in &shown.plan.transfers {
        table.rows.push(vec![
            Cell::Month(transfer.month),
            unit(shown, &transfer.unit),
            module_of(shown, &transfer.from),
            module_of(shown, &transfer.to),
            Cell::count(transfer.units),
        ]);
    }
    table
}

pub(super) fn externals(shown: &PlanShown) -> BookTable {
    let mut table = BookTable::new(
        "externals",
        &[
            ("book-external", Kind::Text),
            ("book-month", Kind::Text),
            ("book-asked", Kind::Number),
            ("book-usable", Kind::Number),
            ("book-used", Kind::Percent),
            ("book-over", Kind::Text),
        ],
    );
    for row in &shown.plan.externals {
        let known = shown.externals.iter().find(|external| external.id == row.external);
        let name = known.map(|external| &external.name);
        table.rows.push(vec![
            Cell::named(&row.external, name),
            Cell::Month(row.month),
            Cell::Number(row.load),
            Cell::Number(row.usable),
            Cell::Percent(row.load / row.usable).by("C{r}/D{r}"),
            if row.over { Cell::word("book-yes") } else { Cell::Empty },
        ]);
    }
    table
}

/// Columns: E in service, F to H room of one, I to K = E times each.
pub(super) fn footprints(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "footprints",
        &[
            ("book-month", Kind::Text),
            ("book-unit", Kind::Text),
            ("book-in-service", Kind::Number),
            ("book-one-u", Kind::Number),
            ("book-one-kw", Kind::Number),
            ("book-one-ports", Kind::Number),
            ("book-u", Kind::Number),
            ("book-kw", Kind::Number),
            ("book-ports", Kind::Number),
        ],
    );
    if shown.facility.is_none() {
        return table;
    }
    for module in &shown.plan.modules {
        let known = shown.units.iter().find(|unit| unit.id == module.unit);
        let Some(one) = known.and_then(|unit| unit.footprint) else {
            continue;
        };
        for month in &module.months {
            let count = month.in_service as f64;
            let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
            cells.extend([
                Cell::Month(month.month),
                unit(shown, &module.unit),
                Cell::count(month.in_service),
                Cell::Number(one.u),
                Cell::Number(one.kw),
                Cell::Number(one.ports),
                Cell::Number(count * one.u).by("E{r}*F{r}"),
                Cell::Number(count * one.kw).by("E{r}*G{r}"),
                Cell::Number(count * one.ports).by("E{r}*H{r}"),
            ]);
            table.rows.push(cells);
        }
    }
    table
}

pub(super) fn facilities(shown: &PlanShown) -> BookTable {
    let mut table = BookTable::new(
        "facilities",
        &[
            ("book-month", Kind::Text),
            ("book-u", Kind::Number),
            ("book-kw", Kind::Number),
            ("book-ports", Kind::Number),
            ("book-rack-u", Kind::Number),
            ("book-rack-kw", Kind::Number),
            ("book-switch-ports", Kind::Number),
            ("book-racks-by-u", Kind::Number),
            ("book-racks-by-kw", Kind::Number),
            ("book-racks", Kind::Number),
            ("book-switches", Kind::Number),
        ],
    );
    let Some(holds) = shown.facility else { return table };
    for row in &shown.plan.facilities {
        table.rows.push(vec![
            Cell::Month(row.month),
            Cell::Number(row.u),
            Cell::Number(row.kw),
            Cell::Number(row.ports),
            Cell::Number(holds.rack_u),
            Cell::Number(holds.rack_kw),
            Cell::Number(holds.switch_ports),
            Cell::count(row.racks_by_u).by("ROUNDUP(B{r}/E{r}-0.000000001,0)"),
            Cell::count(row.racks_by_kw).by("ROUNDUP(C{r}/F{r}-0.000000001,0)"),
            Cell::count(row.racks).by("MAX(H{r},I{r})"),
            Cell::count(row.switches).by("ROUNDUP(D{r}/G{r}-0.000000001,0)"),
        ]);
    }
    table
}
