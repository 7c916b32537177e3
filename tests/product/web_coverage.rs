//! Everything that the pages do, the API does: each route of a page beside its operations, or beside the reason why it has none.
//! A route that the table does not name fails the test, and so does an operation that is not there.

use headroom::web::routes;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a route in the API.
enum Api {
    /// These operations.
    Does(&'static [&'static str]),
    /// Nothing, for a reason.
    Not(&'static str),
}

use Api::{Does, Not};

const SESSION: Api = Not("about a session of a browser; a token has none");
const SECRET: Api = Not("secrets are given to a person who signed in, never to a token");
const SHOWN: Api = Not("how pages look, kept in a cookie");

const TABLE: &[(&str, Api)] = &[
    ("GET /healthz", Not("for whoever runs the server, outside the API")),
    ("GET /readyz", Not("for whoever runs the server, outside the API")),
    ("GET /metrics", Not("for whoever runs the server, outside the API")),
    ("GET /assets/{hash}/{name}", SHOWN),
    ("GET /sign-in", SESSION),
    ("POST /sign-in", SESSION),
    ("POST /sign-out", SESSION),
    ("GET /set-up/{secret}", SECRET),
    ("POST /set-up/{secret}", SECRET),
    ("GET /invitation/{secret}", SECRET),
    ("POST /invitation/{secret}", SECRET),
    ("POST /view", SHOWN),
    ("GET /account", Does(&["GET /me"])),
    ("POST /account/password", SECRET),
    ("POST /account/sign-out-everywhere", SESSION),
    ("POST /account/tokens", SECRET),
    ("POST /account/tokens/revoke", SECRET),
    ("GET /jobs/{id}", Does(&["GET /jobs/{id}", "GET /jobs/{id}/events"])),
    ("GET /search", Does(&["GET /search"])),
    ("GET /", Does(&["GET /overview"])),
    ("GET /overview.csv", Does(&["GET /reports/{kind}/{file}"])),
    ("POST /sample-data", Does(&["POST /sample-data"])),
    ("GET /bills", Does(&["GET /batches", "GET /templates"])),
    ("POST /bills/upload", Does(&["POST /imports"])),
    ("GET /bills/uploads/{id}", Does(&["POST /imports"])),
    ("GET /bills/uploads/{id}/rejects.csv", Does(&["POST /imports"])),
    ("POST /bills/uploads/{id}/check", Does(&["POST /imports"])),
    ("POST /bills/uploads/{id}/commit", Does(&["POST /imports"])),
    (
        "POST /bills/uploads/{id}/mapping",
        Does(&["GET /mappings", "POST /mappings"]),
    ),
    ("GET /bills/batches/{id}", Does(&["GET /batches/{id}"])),
    ("POST /bills/batches/{id}/undo", Does(&["POST /batches/{id}/undo"])),
    ("GET /bills/batches/{id}/rejects.csv", Does(&["GET /batches/{id}"])),
    ("GET /bills/templates/{name}", Does(&["GET /templates/{name}"])),
    (
        "GET /reconciliation",
        Does(&["GET /months", "GET /reports/{kind}/{file}"]),
    ),
    (
        "GET /months/{month}",
        Does(&["GET /months/{month}/checklist", "GET /accruals"]),
    ),
    ("POST /months/{month}/accrue", Does(&["POST /accruals"])),
    ("POST /months/{month}/allocate", Does(&["POST /allocations"])),
    (
        "POST /months/{month}/close",
        Does(&["POST /months/{month}/closing", "POST /months/{month}/close"]),
    ),
    ("POST /months/{month}/reopen", Does(&["POST /months/{month}/reopen"])),
    ("GET /costs", Does(&["GET /costs", "GET /views"])),
    ("GET /costs.csv", Does(&["GET /costs"])),
    ("POST /costs/views", Does(&["POST /views"])),
    ("POST /costs/views/forget", Does(&["POST /views/{name}/forget"])),
    ("GET /products/{id}", Does(&["GET /overview", "GET /costs"])),
    ("GET /products/{id}/unit-costs", Does(&["GET /unit-costs"])),
    ("GET /products/{id}/{month}", Does(&["GET /products/{id}/{month}"])),
    ("GET /unallocated", Does(&["GET /unallocated"])),
    ("GET /rules", Does(&["GET /configuration"])),
    ("POST /rules/try", Does(&["POST /configuration/try"])),
    ("POST /rules/apply", Does(&["POST /configuration"])),
    ("GET /budget", Does(&["GET /budgets", "GET /budgets/{year}"])),
    ("GET /budget.csv", Does(&["GET /budgets/{year}"])),
    ("GET /budget/line", Does(&["GET /budgets/{year}"])),
    // Provider, mode and service; owner and comment of a line have no field there yet.
    ("POST /budget/line", Does(&["POST /budgets/{year}/cells"])),
    ("GET /budget/compare", Does(&["GET /budgets/{year}/compare"])),
    ("POST /budget/edit", Does(&["POST /budgets/{year}/cells"])),
    ("POST /budget/step", Does(&["POST /budgets/{year}/steps"])),
    ("POST /budget/derive", Does(&["POST /budgets/{year}/derive"])),
    ("GET /budget/control", Does(&["GET /budgets/{year}/standing"])),
    ("POST /budget/requests", Does(&["POST /requests"])),
    (
        "POST /budget/requests/{id}/release",
        Does(&["POST /requests/{id}/release"]),
    ),
    ("POST /budget/loans", Does(&["POST /loans"])),
    ("POST /budget/loans/{id}/repay", Does(&["POST /loans/{id}/repay"])),
    ("GET /budget/rolling", Does(&["GET /rolls", "GET /rolls/{id}"])),
    ("POST /budget/rolling/run", Does(&["POST /rolls"])),
    ("POST /budget/rolling/proposals/{id}", Does(&["POST /proposals/{id}"])),
    ("POST /budget/rolling/revise", Does(&["POST /budgets/{year}/revise"])),
    ("GET /capacity", Does(&["GET /capacity/{year}"])),
    ("GET /capacity/scenarios", Does(&["GET /scenarios"])),
    ("POST /capacity/scenarios", Does(&["POST /scenarios"])),
    (
        "POST /capacity/scenarios/forget",
        Does(&["POST /scenarios/{id}/forget"]),
    ),
    ("GET /capacity/days-left", Does(&["GET /days-left", "GET /events"])),
    ("GET /capacity/events/{name}", Does(&["GET /events/{name}"])),
    ("POST /capacity/events/{name}", Does(&["POST /events/{name}"])),
    ("GET /idle", Does(&["GET /idle/findings", "GET /idle/savings"])),
    ("POST /idle/scan", Does(&["POST /idle/scans"])),
    ("GET /idle/{id}/profile", Does(&["GET /idle/findings/{id}/profile"])),
    ("GET /idle/{id}", Does(&["GET /idle/findings/{id}"])),
    ("POST /idle/{id}", Does(&["POST /idle/findings/{id}"])),
    ("GET /reports", Does(&["GET /overview"])),
    ("GET /reports/{kind}/{file}", Does(&["GET /reports/{kind}/{file}"])),
    ("GET /health", Does(&["GET /reports/{kind}/{file}"])),
    ("POST /health/check", Does(&["GET /check"])),
    ("GET /settings", Does(&["GET /configuration", "GET /rates"])),
    ("GET /settings/audit", Does(&["GET /audit"])),
    ("GET /settings/users", Does(&["GET /users"])),
    ("POST /settings/users/add", Does(&["POST /users"])),
    ("POST /settings/users/{name}/roles", Does(&["POST /users/{name}/roles"])),
    (
        "POST /settings/users/{name}/invite",
        Does(&["POST /users/{name}/invitation"]),
    ),
    ("POST /settings/users/{name}/state", Does(&["POST /users/{name}/state"])),
    ("GET /settings/delegations", Does(&["GET /delegations"])),
    ("POST /settings/delegations", Does(&["POST /delegations"])),
    (
        "POST /settings/delegations/{id}/end",
        Does(&["POST /delegations/{id}/end"]),
    ),
    ("GET /help", Not("the guide, in the repository and in every server")),
    (
        "GET /help/{*page}",
        Not("the guide, in the repository and in every server"),
    ),
];

#[test]
fn what_a_page_does_the_api_does() {
    let routes = routes::all();
    let all = routes.iter().flat_map(|route| {
        route
            .methods
            .iter()
            .map(move |method| format!("{method} {}", route.path))
    });
    let (api, pages): (BTreeSet<String>, BTreeSet<String>) = all.partition(|route| route.contains(" /api/v1/"));
    let table: BTreeMap<&str, &Api> = TABLE.iter().map(|(route, api)| (*route, api)).collect();
    assert_eq!(table.len(), TABLE.len(), "a route stands twice in the table");
    let named: BTreeSet<String> = table.keys().map(|route| (*route).to_owned()).collect();
    assert_eq!(named, pages, "the table names every route of a page and nothing else");
    let mut used = BTreeSet::new();
    for (route, stands) in table {
        match stands {
            Does(operations) => {
                assert!(!operations.is_empty(), "{route}");
                for operation in *operations {
                    let (method, path) = operation.split_once(' ').unwrap();
                    let there = format!("{method} /api/v1{path}");
                    assert!(api.contains(&there), "{route}: the API has no {operation}");
                    // A page that writes is not answered by reading, but for a check, which keeps nothing.
                    used.insert(there);
                }
                let writes = operations.iter().any(|operation| operation.starts_with("POST"));
                assert!(
                    writes || route.starts_with("GET") || route == "POST /health/check",
                    "{route} writes"
                );
            }
            Not(reason) => assert!(!reason.is_empty(), "{route}"),
        }
    }
    // What only programs need.
    let own = ["GET /api/v1/openapi.json", "POST /api/v1/budgets/{year}/approve"];
    let left: Vec<&String> = api
        .difference(&used)
        .filter(|one| !own.contains(&one.as_str()))
        .collect();
    assert!(left.is_empty(), "no page does {left:?}");
}
