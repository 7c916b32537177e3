//! Every route, once. The matrix test walks this list as every role and scope; a route that its table does not name fails it.

use super::state::Shared;
use super::{assets, operations, pages};
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};

/// One address with what answers there.
pub struct Route {
    /// The pattern of the address.
    pub path: &'static str,
    /// The methods that it takes: `GET`, `POST`.
    pub methods: &'static [&'static str],
    /// What answers.
    pub handler: MethodRouter<Shared>,
    /// True for pages that follow from the database, the day and who asks, and from nothing else: they are written once.
    pub kept: bool,
}

impl Route {
    /// A page that is written once for each visitor, until anything in the database changes.
    fn kept(self) -> Route {
        Route { kept: true, ..self }
    }
}

fn page(path: &'static str, handler: MethodRouter<Shared>) -> Route {
    Route {
        path,
        methods: &["GET"],
        handler,
        kept: false,
    }
}

fn action(path: &'static str, handler: MethodRouter<Shared>) -> Route {
    Route {
        path,
        methods: &["POST"],
        handler,
        kept: false,
    }
}

fn both(path: &'static str, handler: MethodRouter<Shared>) -> Route {
    Route {
        path,
        methods: &["GET", "POST"],
        handler,
        kept: false,
    }
}

/// All routes: pages first, the API after them.
pub fn all() -> Vec<Route> {
    let mut routes = vec![
        // For everybody.
        page("/healthz", get(operations::health)),
        page("/readyz", get(operations::ready)),
        page("/metrics", get(operations::metrics)),
        page("/assets/{hash}/{name}", get(assets::asset)),
        both("/sign-in", get(pages::sign_in::page).post(pages::sign_in::sign_in)),
        both("/set-up/{secret}", get(pages::set_up::page).post(pages::set_up::set_up)),
        both(
            "/invitation/{secret}",
            get(pages::invitation::page).post(pages::invitation::accept),
        ),
        action("/view", post(pages::account::choose_view)),
        // For whoever is signed in.
        action("/sign-out", post(pages::account::sign_out)),
        page("/account", get(pages::account::page)),
        action("/account/password", post(pages::account::change_password)),
        action(
            "/account/sign-out-everywhere",
            post(pages::account::sign_out_everywhere),
        ),
        action("/account/tokens", post(pages::account::create_token)),
        action("/account/tokens/revoke", post(pages::account::revoke_token)),
        page("/jobs/{id}", get(pages::jobs::page)),
        page("/search", get(pages::search::page)),
        // Overview.
        page("/", get(pages::overview::page)).kept(),
        action("/sample-data", post(pages::overview::load_sample_data)),
        page("/overview.csv", get(pages::overview::csv)),
        // Bills.
        page("/bills", get(pages::bills::page)),
        action(
            "/bills/upload",
            post(pages::bills_upload::upload).layer(DefaultBodyLimit::disable()),
        ),
        page("/bills/uploads/{id}", get(pages::bills_upload::preview)),
        page("/bills/uploads/{id}/rejects.csv", get(pages::bills_upload::rejects)),
        action("/bills/uploads/{id}/check", post(pages::bills_upload::check)),
        action("/bills/uploads/{id}/commit", post(pages::bills_upload::commit)),
        action("/bills/uploads/{id}/mapping", post(pages::bills_upload::mapping)),
        page("/bills/batches/{id}", get(pages::bills::batch)),
        action("/bills/batches/{id}/undo", post(pages::bills::undo)),
        page("/bills/batches/{id}/rejects.csv", get(pages::bills::rejects)),
        page("/bills/templates/{name}", get(pages::bills::template)),
        page("/reconciliation", get(pages::reconciliation::page)).kept(),
        page("/months/{month}", get(pages::month::page)).kept(),
        action("/months/{month}/accrue", post(pages::month::accrue)),
        action("/months/{month}/allocate", post(pages::reconciliation::allocate)),
        action("/months/{month}/close", post(pages::reconciliation::close)),
        action("/months/{month}/reopen", post(pages::reconciliation::reopen)),
        // Costs.
        page("/costs", get(pages::costs::page)).kept(),
        action("/costs/views", post(pages::costs::save_view)),
        action("/costs/views/forget", post(pages::costs::forget_view)),
        page("/costs.csv", get(pages::costs::csv)),
        page("/products/{id}", get(pages::product::page)).kept(),
        page("/products/{id}/unit-costs", get(pages::unit_costs::page)).kept(),
        page("/products/{id}/{month}", get(pages::product::month)).kept(),
        // Rules.
        page("/unallocated", get(pages::unallocated::page)).kept(),
        page("/rules", get(pages::rules::page)).kept(),
        action("/rules/try", post(pages::rules::try_out)),
        action("/rules/apply", post(pages::rules::apply)),
        // Budget.
        page("/budget", get(pages::budget::page)).kept(),
        page("/budget.csv", get(pages::budget::csv)),
        page("/budget/compare", get(pages::budget::compare)).kept(),
        page("/budget/line", get(pages::budget_line::page)),
        action("/budget/line", post(pages::budget_line::edit)),
        action("/budget/edit", post(pages::budget::edit)),
        action("/budget/step", post(pages::budget::step)),
        action("/budget/derive", post(pages::budget::derive)),
        page("/budget/control", get(pages::budget_control::page)).kept(),
        action("/budget/requests", post(pages::budget_control::request)),
        action("/budget/requests/{id}/release", post(pages::budget_control::release)),
        action("/budget/loans", post(pages::budget_control::lend)),
        action("/budget/loans/{id}/repay", post(pages::budget_control::repay)),
        page("/budget/rolling", get(pages::budget_rolling::page)).kept(),
        action("/budget/rolling/run", post(pages::budget_rolling::run)),
        action("/budget/rolling/proposals/{id}", post(pages::budget_rolling::decide)),
        action("/budget/rolling/revise", post(pages::budget_rolling::revise)),
        // Capacity, idle, reports.
        page("/capacity", get(pages::capacity::page)).kept(),
        both(
            "/capacity/scenarios",
            get(pages::scenarios::page).post(pages::scenarios::save),
        ),
        action("/capacity/scenarios/forget", post(pages::scenarios::forget)),
        page("/capacity/days-left", get(pages::days_left::page)).kept(),
        both(
            "/capacity/events/{name}",
            get(pages::days_left::event).post(pages::days_left::adopt),
        ),
        page("/idle", get(pages::idle::page)).kept(),
        action("/idle/scan", post(pages::idle::scan)),
        page("/idle/{id}/profile", get(pages::idle_profile::page)).kept(),
        both("/idle/{id}", get(pages::idle::case).post(pages::idle::step)),
        page("/reports", get(pages::reports::page)).kept(),
        page("/reports/{kind}/{file}", get(pages::reports::file)),
        page("/health", get(pages::health::page)),
        action("/health/check", post(pages::health::check)),
        // Settings.
        page("/settings", get(pages::settings::page)).kept(),
        page("/settings/audit", get(pages::settings::audit)),
        page("/settings/users", get(pages::users::page)),
        both(
            "/settings/delegations",
            get(pages::delegations::page).post(pages::delegations::give),
        ),
        action("/settings/delegations/{id}/end", post(pages::delegations::end)),
        action("/settings/users/add", post(pages::users::add)),
        action("/settings/users/{name}/roles", post(pages::users::roles)),
        action("/settings/users/{name}/invite", post(pages::users::invite)),
        action("/settings/users/{name}/state", post(pages::users::state)),
        page("/help", get(pages::help::page)),
        page("/help/{*page}", get(pages::help::topic)),
    ];
    routes.extend(crate::api::routes());
    routes
}
