//! The plan book: every table of a capacity plan, so that each figure can be followed by hand.
//!
//! Cells are copied from the plan; those that follow from their row carry the formula that gives them.

use super::{AppError, PlanShown, of_problem};
use headroom_models::capacity::{ModelError, ModuleMonth, ModulePlan, Standing, Term};
use headroom_models::language::Language;
use headroom_models::ledger::Money;
use headroom_reports::data::{Book, BookTable, Cell, Kind};
use std::collections::BTreeMap;

/// The format of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookFormat {
    /// Self-contained page.
    Html,
    /// Workbook with live formulas.
    Xlsx,
    /// The table of requirements.
    Csv,
    /// The value itself.
    Json,
}

/// Renders a book.
///
/// # Errors
/// When a renderer fails, which would be a defect.
pub fn render_book(book: &Book, format: BookFormat, language: Language) -> Result<Vec<u8>, AppError> {
    Ok(match format {
        BookFormat::Html => headroom_reports::book_html(book, language)?.into_bytes(),
        BookFormat::Xlsx => headroom_reports::book_xlsx(book, language)?,
        BookFormat::Csv => headroom_reports::book_csv(book, "requirement", language)?,
        BookFormat::Json => headroom_reports::book_json(book)?.into_bytes(),
    })
}

/// The book of a plan; problems are said in `language`.
pub fn capacity_book(shown: &PlanShown, language: Language) -> Book {
    let sums = shown.money.values().flat_map(BTreeMap::values);
    let (mut cash, mut opex, mut depreciation) = (Money::ZERO, Money::ZERO, Money::ZERO);
    for month in sums {
        cash += month.cash;
        opex += month.opex;
        depreciation += month.depreciation;
    }
    let of = |standing: Standing, severe: bool| {
        shown
            .review
            .iter()
            .filter(|r| r.standing == standing && (!severe || r.severe))
            .count() as u64
    };
    let key_figures = vec![
        ("book-modules", Cell::count(shown.plan.modules.len() as u64)),
        ("book-shortages", Cell::count(of(Standing::Shortage, false))),
        ("book-severe-shortages", Cell::count(of(Standing::Shortage, true))),
        ("book-severe-surpluses", Cell::count(of(Standing::Surplus, true))),
        ("book-orders-count", Cell::count(shown.plan.orders.len() as u64)),
        ("book-cash", Cell::Money(cash)),
        ("book-opex", Cell::Money(opex)),
        ("book-depreciation", Cell::Money(depreciation)),
    ];
    Book {
        title: "book-title",
        company: shown.company.clone(),
        year: shown.year,
        as_of: shown.as_of,
        currency: shown.currency.clone(),
        scenario: shown
            .scenario
            .as_ref()
            .map(|scenario| scenario.name.in_language(language).to_owned())
            .unwrap_or_default(),
        key_figures,
        tables: vec![
            review(shown),
            requirement(shown),
            derivation(shown),
            orders(shown),
            money(shown),
            drivers(shown),
            limits(shown),
            mix(shown),
            transfers(shown),
            externals(shown),
            facilities(shown),
            storage(shown),
            risk(shown),
            tornado(shown),
            tracks(shown),
            problems(shown, language),
        ],
    }
}

fn module_cells(product: &str, module: &str) -> [Cell; 2] {
    [Cell::text(product), Cell::text(module)]
}

const MODULE: [(&str, Kind); 2] = [("column-product", Kind::Text), ("book-module", Kind::Text)];

fn table(id: &'static str, columns: &[(&'static str, Kind)]) -> BookTable {
    BookTable::new(id, &[&MODULE[..], columns].concat())
}

fn review(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "review",
        &[
            ("book-unit", Kind::Text),
            ("book-standing", Kind::Text),
            ("book-severe", Kind::Text),
            ("book-peak-month", Kind::Text),
            ("book-bottleneck", Kind::Text),
            ("book-peak-needed", Kind::Number),
            ("book-missing", Kind::Number),
            ("book-missing-plain", Kind::Number),
            ("book-too-many", Kind::Number),
            ("book-too-many-plain", Kind::Number),
        ],
    );
    for row in &shown.review {
        let standing = match row.standing {
            Standing::Shortage => "standing-shortage",
            Standing::Surplus => "standing-surplus",
            Standing::Balanced => "standing-balanced",
        };
        let severe = if row.severe {
            Cell::word("book-yes")
        } else {
            Cell::Empty
        };
        let mut cells = module_cells(&row.product, &row.module).to_vec();
        cells.extend([
            Cell::text(&row.unit),
            Cell::word(standing),
            severe,
            Cell::Month(row.peak_month),
            Cell::text(&row.bottleneck),
            Cell::count(row.peak_needed),
            Cell::count(row.missing),
            Cell::count(row.missing_without_events),
            Cell::count(row.too_many),
            Cell::count(row.too_many_without_events),
        ]);
        table.rows.push(cells);
    }
    table
}

/// Columns: A product, B module, C month, D driver, E value, F event factor, G bottleneck, H units, I on top, J total = H + I,
/// K rules, L opening, M change, N inventory = L + M, O shortage, P surplus, Q arriving, R in service, S paid.
fn requirement(shown: &PlanShown) -> BookTable {
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
            let mut cells = module_cells(&module.product, &module.module).to_vec();
            cells.extend([
                Cell::Month(month.month),
                Cell::text(&module.driver),
                Cell::Number(month.driver_value),
                Cell::Number(month.event_factor),
                Cell::text(&sizing.bottleneck),
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
                Cell::maybe_month(month.order_month),
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
fn derivation(shown: &PlanShown) -> BookTable {
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
            table.rows.extend(resources(module, month));
        }
    }
    table
}

fn resources(module: &ModulePlan, month: &ModuleMonth) -> Vec<Vec<Cell>> {
    let rows = month.sizing.per_resource.iter().map(|resource| {
        let work = module.work.get(&resource.resource).copied();
        let demand = Cell::Number(resource.demand);
        let mut cells = module_cells(&module.product, &module.module).to_vec();
        cells.extend([
            Cell::Month(month.month),
            Cell::text(&resource.resource),
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

/// Columns: G units, H unit price, J rate, K cost = G·H·J.
fn orders(shown: &PlanShown) -> BookTable {
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
        let late = order.late_until.map_or(Cell::Empty, |month| {
            Cell::Sentence("book-late-until".to_owned(), vec![("month", month.to_string())])
        });
        let cost = Cell::Money(order.cost);
        let mut cells = module_cells(&order.product, &order.module).to_vec();
        cells.extend([
            Cell::text(&order.unit),
            Cell::Month(order.order_month),
            Cell::Month(order.arrival),
            late,
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

/// A row per module and month, and the totals of the months.
fn money(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "money",
        &[
            ("book-month", Kind::Text),
            ("book-cash", Kind::Money),
            ("book-depreciation", Kind::Money),
            ("book-opex", Kind::Money),
            ("book-accrual", Kind::Money),
        ],
    );
    let mut totals: BTreeMap<_, headroom_models::capacity::PlanMoney> = BTreeMap::new();
    for ((product, module), months) in &shown.money {
        for (month, sums) in months {
            let total = totals.entry(*month).or_default();
            total.cash += sums.cash;
            total.depreciation += sums.depreciation;
            total.opex += sums.opex;
            let mut cells = module_cells(product, module).to_vec();
            cells.extend([
                Cell::Month(*month),
                Cell::Money(sums.cash),
                Cell::Money(sums.depreciation),
                Cell::Money(sums.opex),
                Cell::Money(sums.depreciation + sums.opex).by("E{r}+F{r}"),
            ]);
            table.rows.push(cells);
        }
    }
    let last = 4 + table.rows.len();
    table.totals = totals.len();
    for (month, sums) in totals {
        let sum = |column: &str| format!("SUMIF(C$5:C${last},C{{r}},{column}$5:{column}${last})");
        table.rows.push(vec![
            Cell::word("book-all-modules"),
            Cell::Empty,
            Cell::Month(month),
            Cell::Money(sums.cash).by(sum("D")),
            Cell::Money(sums.depreciation).by(sum("E")),
            Cell::Money(sums.opex).by(sum("F")),
            Cell::Money(sums.depreciation + sums.opex).by("E{r}+F{r}"),
        ]);
    }
    table
}

fn drivers(shown: &PlanShown) -> BookTable {
    let mut table = BookTable::new(
        "drivers",
        &[
            ("column-product", Kind::Text),
            ("book-driver", Kind::Text),
            ("book-month", Kind::Text),
            ("book-year-before", Kind::Number),
            ("book-kpi-target", Kind::Number),
            ("book-forecast", Kind::Number),
            ("book-low80", Kind::Number),
            ("book-high80", Kind::Number),
            ("book-model", Kind::Text),
            ("book-error", Kind::Percent),
            ("book-provisional", Kind::Text),
            ("book-stage", Kind::Text),
            ("book-lifecycle", Kind::Number),
            ("book-manual", Kind::Number),
            ("book-chosen", Kind::Text),
            ("book-chosen-value", Kind::Number),
            ("book-chosen-by", Kind::Text),
        ],
    );
    for row in &shown.drivers {
        let forecast = row.forecast.as_ref();
        let stage = row.stage.and_then(|stage| serde_json::to_value(stage).ok());
        let stage = stage.as_ref().and_then(|stage| stage.as_str());
        let by = row
            .choice
            .as_ref()
            .map(|choice| format!("{}: {}", choice.by, choice.reason));
        table.rows.push(vec![
            Cell::text(&row.product),
            Cell::text(&row.metric),
            Cell::Month(row.month),
            Cell::maybe(row.year_before),
            Cell::maybe(row.target),
            Cell::maybe(forecast.map(|forecast| forecast.value)),
            Cell::maybe(forecast.map(|forecast| forecast.low80)),
            Cell::maybe(forecast.map(|forecast| forecast.high80)),
            forecast.map_or(Cell::Empty, |forecast| Cell::text(&forecast.model)),
            forecast
                .and_then(|forecast| forecast.relative_error)
                .map_or(Cell::Empty, Cell::Percent),
            if forecast.is_some_and(|forecast| forecast.provisional) {
                Cell::word("book-yes")
            } else {
                Cell::Empty
            },
            stage.map_or(Cell::Empty, |stage| Cell::word(format!("stage-{stage}"))),
            Cell::maybe(row.lifecycle),
            Cell::maybe(row.manual),
            row.chosen.map_or(Cell::word("source-nothing"), |source| {
                Cell::word(format!("source-{}", source.as_str()))
            }),
            Cell::maybe(row.value),
            by.map_or(Cell::Empty, Cell::text),
        ]);
    }
    table
}

fn limits(shown: &PlanShown) -> BookTable {
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
            let mut cells = module_cells(&module.product, &module.module).to_vec();
            cells.extend([
                Cell::text(resource),
                Cell::maybe(source.stated),
                source.test.as_ref().map_or(Cell::Empty, Cell::text),
                Cell::maybe(source.measured),
                reason.map_or(Cell::Empty, |reason| Cell::word(format!("limit-reason-{reason}"))),
                source.measured_on.as_ref().map_or(Cell::Empty, Cell::text),
                Cell::maybe(source.factor),
                source.disagreement.map_or(Cell::Empty, Cell::Percent),
                remark,
            ]);
            table.rows.push(cells);
        }
    }
    table
}

fn term(term: Term) -> Cell {
    Cell::word(format!("term-{}", term.as_str()))
}

/// Columns: D term, E units, I cost of one, J cost = E·I.
fn mix(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "mix",
        &[
            ("book-unit", Kind::Text),
            ("book-term", Kind::Text),
            ("book-quantity", Kind::Number),
            ("book-from", Kind::Text),
            ("book-months-needed", Kind::Number),
            ("book-base-load", Kind::Text),
            ("book-cost-of-one", Kind::Money),
            ("book-cost", Kind::Money),
            ("book-next-term", Kind::Text),
            ("book-next-cost", Kind::Money),
            ("book-saving", Kind::Money),
            ("book-mix-standing", Kind::Text),
        ],
    );
    for mix in &shown.mixes {
        for (at, part) in mix.parts.iter().enumerate() {
            let next = part.others.first();
            let mut cells = module_cells(&mix.product, &mix.module).to_vec();
            cells.extend([
                Cell::text(&mix.unit),
                term(part.term),
                Cell::count(part.units),
                Cell::Month(part.from),
                Cell::count(u64::from(part.months)),
                if part.base_load {
                    Cell::word("book-yes")
                } else {
                    Cell::Empty
                },
                Cell::Money(part.cost_of_one),
                Cell::Money(part.cost).by("E{r}*I{r}"),
                next.map_or(Cell::Empty, |next| term(next.term)),
                next.map_or(Cell::Empty, |next| Cell::Money(next.cost_of_one)),
                if at == 0 {
                    Cell::maybe_money(mix.saving)
                } else {
                    Cell::Empty
                },
                Cell::word(if mix.taken { "book-mix-taken" } else { "book-mix-advice" }),
            ]);
            table.rows.push(cells);
        }
    }
    table
}

fn transfers(shown: &PlanShown) -> BookTable {
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
            Cell::text(&transfer.unit),
            Cell::text(&transfer.from),
            Cell::text(&transfer.to),
            Cell::count(transfer.units),
        ]);
    }
    table
}

fn externals(shown: &PlanShown) -> BookTable {
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
        table.rows.push(vec![
            Cell::text(&row.external),
            Cell::Month(row.month),
            Cell::Number(row.load),
            Cell::Number(row.usable),
            Cell::Percent(row.load / row.usable).by("C{r}/D{r}"),
            if row.over { Cell::word("book-yes") } else { Cell::Empty },
        ]);
    }
    table
}

fn facilities(shown: &PlanShown) -> BookTable {
    let mut table = BookTable::new(
        "facilities",
        &[
            ("book-month", Kind::Text),
            ("book-u", Kind::Number),
            ("book-kw", Kind::Number),
            ("book-ports", Kind::Number),
            ("book-racks-by-u", Kind::Number),
            ("book-racks-by-kw", Kind::Number),
            ("book-racks", Kind::Number),
            ("book-switches", Kind::Number),
        ],
    );
    for row in &shown.plan.facilities {
        table.rows.push(vec![
            Cell::Month(row.month),
            Cell::Number(row.u),
            Cell::Number(row.kw),
            Cell::Number(row.ports),
            Cell::count(row.racks_by_u),
            Cell::count(row.racks_by_kw),
            Cell::count(row.racks).by("MAX(E{r},F{r})"),
            Cell::count(row.switches),
        ]);
    }
    table
}

/// Columns: D before, E new, F expired, G stock = D + E − F.
fn storage(shown: &PlanShown) -> BookTable {
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
            let mut cells = module_cells(&module.product, &module.module).to_vec();
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

fn risk(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "risk",
        &[
            ("book-percentile", Kind::Number),
            ("book-peak-needed", Kind::Number),
            ("book-short-months", Kind::Number),
            ("book-over-months", Kind::Number),
            ("book-short-cost", Kind::Money),
            ("book-over-cost", Kind::Money),
            ("book-expected-cost", Kind::Money),
            ("book-remark", Kind::Text),
        ],
    );
    for module in &shown.plan.modules {
        for choice in module.risk.iter().flat_map(|risk| &risk.choices) {
            let risk = module.risk.as_ref();
            let remark = if risk.is_some_and(|risk| risk.percentile == Some(choice.percentile)) {
                Cell::word("book-bought")
            } else if risk.is_some_and(|risk| risk.cheapest == Some(choice.percentile)) {
                Cell::word("book-cheapest")
            } else {
                Cell::Empty
            };
            let mut cells = module_cells(&module.product, &module.module).to_vec();
            cells.extend([
                Cell::count(u64::from(choice.percentile)),
                Cell::count(choice.peak_units),
                Cell::Number(choice.shortage_unit_months),
                Cell::Number(choice.surplus_unit_months),
                Cell::maybe_money(choice.shortage_cost),
                Cell::maybe_money(choice.surplus_cost),
                Cell::maybe_money(choice.expected_cost),
                remark,
            ]);
            table.rows.push(cells);
        }
    }
    table
}

fn tornado(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "tornado",
        &[
            ("book-input", Kind::Text),
            ("book-low", Kind::Number),
            ("book-mid", Kind::Number),
            ("book-high", Kind::Number),
            ("book-unit-months-low", Kind::Number),
            ("book-unit-months-mid", Kind::Number),
            ("book-unit-months-high", Kind::Number),
            ("book-swing", Kind::Number),
        ],
    );
    for module in &shown.plan.modules {
        for bar in module.risk.iter().flat_map(|risk| &risk.tornado) {
            let mut cells = module_cells(&module.product, &module.module).to_vec();
            cells.extend([
                Cell::text(&bar.input),
                Cell::Number(bar.low),
                Cell::Number(bar.mid),
                Cell::Number(bar.high),
                Cell::count(bar.unit_months_low),
                Cell::count(bar.unit_months_mid),
                Cell::count(bar.unit_months_high),
                Cell::count(bar.swing()).by("ABS(I{r}-G{r})"),
            ]);
            table.rows.push(cells);
        }
    }
    table
}

fn tracks(shown: &PlanShown) -> BookTable {
    let mut table = table(
        "tracks",
        &[
            ("book-resource", Kind::Text),
            ("book-machines", Kind::Number),
            ("book-machines-standing", Kind::Number),
            ("book-days", Kind::Number),
            ("book-driver-value", Kind::Number),
            ("book-by-model", Kind::Number),
            ("book-by-history", Kind::Number),
            ("book-units-by-model", Kind::Number),
            ("book-units-by-history", Kind::Number),
            ("book-difference", Kind::Percent),
            ("book-flagged", Kind::Text),
        ],
    );
    for track in &shown.tracks {
        let mut cells = module_cells(&track.product, &track.module).to_vec();
        cells.extend([
            Cell::text(&track.resource),
            track
                .machines
                .map_or(Cell::Empty, |(measured, _)| Cell::count(measured)),
            track
                .machines
                .map_or(Cell::Empty, |(_, standing)| Cell::count(standing)),
            Cell::count(track.days.len() as u64),
            Cell::Number(track.driver),
            Cell::Number(track.by_model),
            Cell::maybe(track.by_history),
            Cell::Number(track.units_by_model),
            Cell::maybe(track.units_by_history),
            track.difference.map_or(Cell::Empty, Cell::Percent),
            if track.flagged {
                Cell::word("book-yes")
            } else {
                Cell::Empty
            },
        ]);
        table.rows.push(cells);
    }
    table
}

fn problems(shown: &PlanShown, language: Language) -> BookTable {
    let mut table = BookTable::new("problems", &[("book-problem", Kind::Text)]);
    for problem in &shown.plan.problems {
        table.rows.push(vec![Cell::text(of_problem(problem).message(language))]);
    }
    for overlap in &shown.overlaps {
        if let ModelError::EventsOverlap {
            event,
            other,
            month,
            factor,
        } = overlap
        {
            let values = vec![
                ("event", event.clone()),
                ("other", other.clone()),
                ("month", month.to_string()),
                ("factor", format!("{factor:.3}")),
            ];
            table.rows.push(vec![Cell::Sentence("book-overlap".to_owned(), values)]);
        }
    }
    table
}
