//! The HTTP API under `/api/v1`: what the pages do, for programs. Each handler calls one use case of `app`; its description in the
//! OpenAPI document stands beside it.

mod answers;
mod caller;
mod problem;
mod reading;
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
    };
    let writes = |path, handler: MethodRouter<Shared>| Route {
        path,
        methods: &["POST"],
        handler,
    };
    vec![
        reads("/api/v1/openapi.json", get(openapi)),
        reads("/api/v1/me", get(reading::me)),
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
        writes("/api/v1/months/{month}/reopen", post(writing::reopen)),
        reads("/api/v1/budgets", get(reading::budgets)),
        reads("/api/v1/budgets/{year}", get(reading::budget)),
        writes("/api/v1/budgets/{year}/derive", post(writing::derive_budget)),
        writes("/api/v1/budgets/{year}/approve", post(writing::approve_budget)),
        reads("/api/v1/capacity/{year}", get(reading::capacity)),
        reads("/api/v1/check", get(reading::check)),
        reads("/api/v1/audit", get(reading::audit)),
        reads("/api/v1/users", get(reading::users)),
        Route {
            path: "/api/v1/configuration",
            methods: &["GET", "POST"],
            handler: get(reading::configuration).post(writing::configure),
        },
    ]
}
