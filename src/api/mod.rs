//! The HTTP API under `/api/v1`: what the pages do, for programs. Each handler calls one use case of `app`; its description in the
//! OpenAPI document stands beside it.

mod answers;
mod caller;
mod control;
mod files;
mod people;
mod planning;
mod problem;
mod reading;
mod upkeep;
mod work;
mod writing;

pub use answers::Answers;

use crate::web::Shared;
use crate::web::routes::Route;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Headroom",
        description = "Costs, budgets and capacity of one company. Money is a string of decimal digits, months are YYYY-MM.",
        license(name = "Apache-2.0")
    ),
    paths(
        reading::me,
        reading::overview,
        reading::costs,
        reading::explanation,
        reading::batches,
        reading::batch,
        reading::months,
        reading::budgets,
        reading::budget,
        reading::capacity,
        reading::check,
        reading::audit,
        reading::configuration,
        reading::users,
        writing::undo,
        writing::allocate,
        writing::close,
        writing::reopen,
        writing::derive_budget,
        writing::approve_budget,
        writing::configure,
        control::cells,
        control::step,
        control::standing,
        control::request,
        control::release,
        control::lend,
        control::repay,
        control::rolls,
        control::run,
        control::roll,
        control::decide,
        control::revise,
        upkeep::findings,
        upkeep::finding,
        upkeep::finding_step,
        upkeep::scan,
        upkeep::savings,
        upkeep::checklist,
        upkeep::accruals,
        upkeep::accrue,
        upkeep::unallocated,
        upkeep::unit_costs,
        upkeep::days_left,
        upkeep::events,
        upkeep::event,
        people::add,
        people::roles,
        people::invite,
        people::state,
        people::delegations,
        people::end_delegation,
        people::views,
        people::save_view,
        people::forget_view,
        planning::scenarios,
        planning::save_scenario,
        planning::forget_scenario,
        planning::adopt,
        planning::compare,
        planning::try_out,
        planning::profile,
        files::report,
        files::templates,
        files::template,
        files::mappings,
        files::save_mapping,
        files::search,
        files::rates,
        files::sample_data,
        people::delegate,
        writing::start_closing,
        work::import,
        work::job,
        work::events,
    ),
    components(schemas(problem::ProblemBody)),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Description;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("token", SecurityScheme::Http(token));
        // The version of the document is that of the program.
        openapi.info.version = env!("CARGO_PKG_VERSION").to_owned();
    }
}

/// The OpenAPI document, as JSON.
pub fn description() -> String {
    Description::openapi().to_pretty_json().unwrap_or_default()
}

async fn openapi() -> axum::response::Response {
    use axum::response::IntoResponse;
    ([(axum::http::header::CONTENT_TYPE, "application/json")], description()).into_response()
}

/// The routes of the API.
pub(crate) fn routes() -> Vec<Route> {
    let reads = |path, handler: MethodRouter<Shared>| Route {
        path,
        methods: &["GET"],
        handler,
        kept: false,
    };
    let writes = |path, handler: MethodRouter<Shared>| Route {
        path,
        methods: &["POST"],
        handler,
        kept: false,
    };
    let both = |path, handler: MethodRouter<Shared>| Route {
        path,
        methods: &["GET", "POST"],
        handler,
        kept: false,
    };
    vec![
        reads("/api/v1/openapi.json", get(openapi)),
        reads("/api/v1/me", get(reading::me)),
        reads("/api/v1/reports/{kind}/{file}", get(files::report)),
        reads("/api/v1/templates", get(files::templates)),
        reads("/api/v1/templates/{name}", get(files::template)),
        both("/api/v1/mappings", get(files::mappings).post(files::save_mapping)),
        reads("/api/v1/search", get(files::search)),
        reads("/api/v1/rates", get(files::rates)),
        writes("/api/v1/sample-data", post(files::sample_data)),
        reads("/api/v1/overview", get(reading::overview)),
        reads("/api/v1/costs", get(reading::costs)),
        reads("/api/v1/products/{id}/{month}", get(reading::explanation)),
        reads("/api/v1/batches", get(reading::batches)),
        reads("/api/v1/batches/{id}", get(reading::batch)),
        writes("/api/v1/batches/{id}/undo", post(writing::undo)),
        writes("/api/v1/imports", post(work::import).layer(DefaultBodyLimit::disable())),
        reads("/api/v1/jobs/{id}", get(work::job)),
        reads("/api/v1/jobs/{id}/events", get(work::events)),
        reads("/api/v1/months", get(reading::months)),
        writes("/api/v1/allocations", post(writing::allocate)),
        writes("/api/v1/months/{month}/close", post(writing::close)),
        writes("/api/v1/months/{month}/closing", post(writing::start_closing)),
        writes("/api/v1/months/{month}/reopen", post(writing::reopen)),
        reads("/api/v1/budgets", get(reading::budgets)),
        reads("/api/v1/budgets/{year}", get(reading::budget)),
        writes("/api/v1/budgets/{year}/derive", post(writing::derive_budget)),
        writes("/api/v1/budgets/{year}/approve", post(writing::approve_budget)),
        writes("/api/v1/budgets/{year}/cells", post(control::cells)),
        writes("/api/v1/budgets/{year}/steps", post(control::step)),
        writes("/api/v1/budgets/{year}/revise", post(control::revise)),
        reads("/api/v1/budgets/{year}/standing", get(control::standing)),
        writes("/api/v1/requests", post(control::request)),
        writes("/api/v1/requests/{id}/release", post(control::release)),
        writes("/api/v1/loans", post(control::lend)),
        writes("/api/v1/loans/{id}/repay", post(control::repay)),
        both("/api/v1/rolls", get(control::rolls).post(control::run)),
        reads("/api/v1/rolls/{id}", get(control::roll)),
        writes("/api/v1/proposals/{id}", post(control::decide)),
        reads("/api/v1/idle/findings", get(upkeep::findings)),
        both(
            "/api/v1/idle/findings/{id}",
            get(upkeep::finding).post(upkeep::finding_step),
        ),
        writes("/api/v1/idle/scans", post(upkeep::scan)),
        reads("/api/v1/idle/savings", get(upkeep::savings)),
        reads("/api/v1/months/{month}/checklist", get(upkeep::checklist)),
        both("/api/v1/accruals", get(upkeep::accruals).post(upkeep::accrue)),
        reads("/api/v1/unallocated", get(upkeep::unallocated)),
        reads("/api/v1/unit-costs", get(upkeep::unit_costs)),
        reads("/api/v1/days-left", get(upkeep::days_left)),
        reads("/api/v1/events", get(upkeep::events)),
        both("/api/v1/events/{name}", get(upkeep::event).post(planning::adopt)),
        reads("/api/v1/capacity/{year}", get(reading::capacity)),
        reads("/api/v1/check", get(reading::check)),
        reads("/api/v1/audit", get(reading::audit)),
        both("/api/v1/users", get(reading::users).post(people::add)),
        writes("/api/v1/users/{name}/roles", post(people::roles)),
        writes("/api/v1/users/{name}/invitation", post(people::invite)),
        writes("/api/v1/users/{name}/state", post(people::state)),
        both("/api/v1/delegations", get(people::delegations).post(people::delegate)),
        writes("/api/v1/delegations/{id}/end", post(people::end_delegation)),
        both("/api/v1/views", get(people::views).post(people::save_view)),
        writes("/api/v1/views/{name}/forget", post(people::forget_view)),
        both(
            "/api/v1/scenarios",
            get(planning::scenarios).post(planning::save_scenario),
        ),
        writes("/api/v1/scenarios/{id}/forget", post(planning::forget_scenario)),
        reads("/api/v1/budgets/{year}/compare", get(planning::compare)),
        writes("/api/v1/configuration/try", post(planning::try_out)),
        reads("/api/v1/idle/findings/{id}/profile", get(planning::profile)),
        both(
            "/api/v1/configuration",
            get(reading::configuration).post(writing::configure),
        ),
    ]
}
