//! What is needed, and how that follows from drivers and limits.

use super::{module_cells, resource, table, unit};
use crate::app::PlanShown;
use headroom_models::capacity::{ModuleMonth, ModulePlan};
use headroom_reports::data::{BookTable, Cell, Kind};

/// Columns: A product, B module, C month, D driver, E value, F event factor, G bottleneck, H units, I on top, J total = H + I,
/// K rules, L opening, M change, N inventory = L + M, O shortage, P surplus, Q arriving, R in service, S paid.
pub(super) fn requirement(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "requirement",
        &[
            ("book-month", Kind::Text),
            ("book-driver", Kind::Text),
            ("book-driver-value", Kind::Number),
            ("book-event-factor", Kind::Number),
            ("book-bottleneck", Kind::Text),
            ("book-units", Kind::Number),
            ("book-on-top", Kind::Number),
            ("book-total", Kind::Number),
            ("book-rules", Kind::Text),
            ("book-opening", Kind::Number),
            ("book-change", Kind::Number),
            ("book-inventory", Kind::Number),
            ("book-shortage", Kind::Number),
            ("book-surplus", Kind::Number),
            ("book-arriving", Kind::Number),
            ("book-order-month", Kind::Text),
            ("book-in-service", Kind::Number),
            ("book-paid", Kind::Number),
        ],
    );
    for module in &shown.plan.modules {
        for month in &module.months {
            let sizing = &month.sizing;
            let rules = sizing.rules.iter().flat_map(|(rule, total)| {
                let name = serde_json::to_value(rule)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned));
                [
                    Cell::word(format!("size-rule-{}", name.unwrap_or_default())),
                    Cell::count(*total),
                ]
            });
            let rules: Vec<Cell> = rules.collect();
            let change = month.inventory as i64 - month.opening as i64;
            let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
            cells.extend([
                Cell::Month(month.month),
                Cell::text(&module.driver),
                Cell::Number(month.driver_value),
                Cell::Number(month.event_factor),
                resource(&sizing.bottleneck),
                Cell::count(sizing.units),
                Cell::Count(sizing.total as i64 - sizing.units as i64),
                Cell::count(sizing.total).by("H{r}+I{r}"),
                Cell::Joined(rules),
                Cell::count(month.opening),
                Cell::Count(change),
                Cell::count(month.inventory).by("L{r}+M{r}"),
                Cell::count(month.shortage).by("MAX(0,J{r}-N{r})"),
                Cell::count(month.surplus).by("MAX(0,N{r}-J{r})"),
                Cell::count(month.arriving),
                Cell::maybe_month(shown.order_month(module, month)),
                Cell::count(month.in_service),
                Cell::count(month.paid_units),
            ]);
            table.rows.push(cells);
        }
    }
    table
}

/// Columns: C month, D resource, E driver value, F event factor, G peak factor, H work, I demand = E·F·G·H, J limit, K target,
/// L units before rounding = I ÷ (J·K), M units alone, N bottleneck.
pub(super) fn derivation(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "derivation",
        &[
            ("book-month", Kind::Text),
            ("book-resource", Kind::Text),
            ("book-driver-value", Kind::Number),
            ("book-event-factor", Kind::Number),
            ("book-peak-factor", Kind::Number),
            ("book-work", Kind::Number),
            ("book-demand", Kind::Number),
            ("book-limit", Kind::Number),
            ("book-target", Kind::Number),
            ("book-units-exact", Kind::Number),
            ("book-units-alone", Kind::Number),
            ("book-bottleneck", Kind::Text),
        ],
    );
    for module in &shown.plan.modules {
        for month in &module.months {
            table.rows.extend(resources(shown, module, month));
        }
    }
    table
}

fn resources(shown: &PlanShown, module: &ModulePlan, month: &ModuleMonth) -> Vec<Vec<Cell>> {
    let rows = month.sizing.per_resource.iter().map(|resource| {
        let work = module.work.get(&resource.resource).copied();
        let demand = Cell::Number(resource.demand);
        let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
        cells.extend([
            Cell::Month(month.month),
            super::resource(&resource.resource),
            Cell::Number(month.driver_value),
            Cell::Number(month.event_factor),
            Cell::Number(module.peak_factor),
            Cell::maybe(work),
            if work.is_some() {
                demand.by("E{r}*F{r}*G{r}*H{r}")
            } else {
                demand
            },
            Cell::Number(resource.limit),
            Cell::Number(resource.target_utilization),
            Cell::Number(resource.units_exact).by("I{r}/(J{r}*K{r})"),
            Cell::count(resource.units).by("ROUNDUP(L{r}-0.000000001*MAX(1,L{r}),0)"),
            if resource.resource == month.sizing.bottleneck {
                Cell::word("book-yes")
            } else {
                Cell::Empty
            },
        ]);
        cells
    });
    rows.collect()
}

pub(super) fn limits(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "limits",
        &[
            ("book-resource", Kind::Text),
            ("book-stated", Kind::Number),
            ("book-test", Kind::Text),
            ("book-measured", Kind::Number),
            ("book-limit-reason", Kind::Text),
            ("book-measured-on", Kind::Text),
            ("book-factor", Kind::Number),
            ("book-off", Kind::Percent),
            ("book-remark", Kind::Text),
        ],
    );
    for module in &shown.plan.modules {
        for (resource, source) in &module.limits {
            let reason = source.reason.and_then(|reason| serde_json::to_value(reason).ok());
            let reason = reason.as_ref().and_then(|reason| reason.as_str());
            let remark = match (source.few_points, source.boundary) {
                (true, _) => Cell::word("book-few-points"),
                (false, true) => Cell::word("book-boundary"),
                (false, false) => Cell::Empty,
            };
            let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
            cells.extend([
                super::resource(resource),
                Cell::maybe(source.stated),
                source.test.as_ref().map_or(Cell::Empty, Cell::text),
                Cell::maybe(source.measured),
                reason.map_or(Cell::Empty, |reason| Cell::word(format!("limit-reason-{reason}"))),
                source.measured_on.as_ref().map_or(Cell::Empty, |id| unit(shown, id)),
                Cell::maybe(source.factor),
                source.disagreement.map_or(Cell::Empty, Cell::Percent),
                remark,
            ]);
            table.rows.push(cells);
        }
    }
    table
}

/// Columns: D before, E new, F expired, G stock = D + E − F.
pub(super) fn storage(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "storage",
        &[
            ("book-month", Kind::Text),
            ("book-stock-before", Kind::Number),
            ("book-stock-new", Kind::Number),
            ("book-stock-expired", Kind::Number),
            ("book-stock", Kind::Number),
        ],
    );
    for module in &shown.plan.modules {
        for (month, stored) in module
            .months
            .iter()
            .filter_map(|month| Some((month.month, month.stored?)))
        {
            let mut cells = module_cells(shown, &module.product, &module.module).to_vec();
            cells.extend([
                Cell::Month(month),
                Cell::Number(stored.before),
                Cell::Number(stored.new),
                Cell::Number(stored.expired),
                Cell::Number(stored.stock).by("D{r}+E{r}-F{r}"),
            ]);
            table.rows.push(cells);
        }
    }
    table
}
