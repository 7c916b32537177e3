//! Every route as every role and scope, against a table. A route that the table does not name fails, and so does a line of the
//! table that no route has.

use crate::support::empty;
use crate::web_support::{COMPANY, PASSWORD, call, sign_in, text};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use headroom::app::App;
use headroom::auth::{Grant, Permission, Role, Scope};
use headroom::web::{ServeOptions, Web, router, routes};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who may have a route.
#[derive(Clone, Copy, Debug, PartialEq)]
enum May {
    /// Everybody, signed in or not.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has the permission in the whole company.
    Company(Permission),
    /// Whoever has the permission anywhere: they see their part.
    Somewhere(Permission),
    /// Whoever sees the product of the address.
    Product,
}

use May::{Company, Everybody, Product, SignedIn, Somewhere};
use Permission::{Administer, Approve, Audit, Close, Configure, Draft, Import, Plan, Read, Reclaim, Review};

/// Method, pattern, an address that changes nothing (what it names is not there), body, who may.
type Line = (&'static str, &'static str, &'static str, &'static str, May);

const TABLE: &[Line] = &[
    ("GET", "/healthz", "/healthz", "", Everybody),
    ("GET", "/readyz", "/readyz", "", Everybody),
    ("GET", "/metrics", "/metrics", "", Everybody),
    ("GET", "/assets/{hash}/{name}", "/assets/x/headroom.css", "", Everybody),
    ("GET", "/sign-in", "/sign-in", "", Everybody),
    ("POST", "/sign-in", "/sign-in", "", Everybody),
    ("GET", "/set-up/{secret}", "/set-up/x", "", Everybody),
    ("POST", "/set-up/{secret}", "/set-up/x", "name=x&password=y", Everybody),
    ("GET", "/invitation/{secret}", "/invitation/x", "", Everybody),
    ("POST", "/invitation/{secret}", "/invitation/x", "password=y", Everybody),
    ("POST", "/view", "/view", "lang=en", Everybody),
    ("GET", "/account", "/account", "", SignedIn),
    (
        "POST",
        "/account/password",
        "/account/password",
        "present=x&new=y",
        SignedIn,
    ),
    ("POST", "/account/tokens", "/account/tokens", "name=x&days=0", SignedIn),
    (
        "POST",
        "/account/tokens/revoke",
        "/account/tokens/revoke",
        "id=999",
        SignedIn,
    ),
    ("GET", "/jobs/{id}", "/jobs/x", "", SignedIn),
    ("GET", "/search", "/search?q=a", "", Somewhere(Read)),
    ("GET", "/", "/", "", Somewhere(Read)),
    ("POST", "/sample-data", "/sample-data", "", Company(Administer)),
    ("GET", "/overview.csv", "/overview.csv", "", Somewhere(Read)),
    ("GET", "/bills", "/bills", "", Company(Read)),
    ("POST", "/bills/upload", "/bills/upload", "", Company(Import)),
    ("GET", "/bills/uploads/{id}", "/bills/uploads/x", "", Company(Import)),
    (
        "GET",
        "/bills/uploads/{id}/rejects.csv",
        "/bills/uploads/x/rejects.csv",
        "",
        Company(Import),
    ),
    (
        "POST",
        "/bills/uploads/{id}/check",
        "/bills/uploads/x/check",
        "",
        Company(Import),
    ),
    (
        "POST",
        "/bills/uploads/{id}/commit",
        "/bills/uploads/x/commit",
        "",
        Company(Import),
    ),
    (
        "POST",
        "/bills/uploads/{id}/mapping",
        "/bills/uploads/x/mapping",
        "name=&toml=",
        Company(Import),
    ),
    (
        "GET",
        "/bills/batches/{id}",
        "/bills/batches/B000001",
        "",
        Company(Read),
    ),
    (
        "POST",
        "/bills/batches/{id}/undo",
        "/bills/batches/B999999/undo",
        "",
        Company(Import),
    ),
    (
        "GET",
        "/bills/batches/{id}/rejects.csv",
        "/bills/batches/B000001/rejects.csv",
        "",
        Company(Read),
    ),
    (
        "GET",
        "/bills/templates/{name}",
        "/bills/templates/asset",
        "",
        Somewhere(Read),
    ),
    ("GET", "/reconciliation", "/reconciliation", "", Company(Read)),
    (
        "POST",
        "/months/{month}/allocate",
        "/months/1999-01/allocate",
        "",
        Company(Close),
    ),
    (
        "POST",
        "/months/{month}/close",
        "/months/1999-01/close",
        "",
        Company(Close),
    ),
    (
        "POST",
        "/months/{month}/reopen",
        "/months/1999-01/reopen",
        "reason=x",
        Company(Close),
    ),
    ("GET", "/costs", "/costs?by=product", "", Somewhere(Read)),
    (
        "POST",
        "/costs/views",
        "/costs/views",
        "name=&query=by%3Dproduct",
        Somewhere(Read),
    ),
    (
        "POST",
        "/costs/views/forget",
        "/costs/views/forget",
        "name=nothing",
        Somewhere(Read),
    ),
    ("GET", "/costs.csv", "/costs.csv", "", Somewhere(Read)),
    ("GET", "/products/{id}", "/products/PRODUCT", "", Product),
    (
        "GET",
        "/products/{id}/{month}",
        "/products/PRODUCT/2026-09",
        "",
        Product,
    ),
    ("GET", "/rules", "/rules", "", Company(Read)),
    (
        "POST",
        "/rules/try",
        "/rules/try",
        "document=x.toml&body=%5B",
        Company(Configure),
    ),
    (
        "POST",
        "/rules/apply",
        "/rules/apply",
        "document=x.toml&body=%5B",
        Company(Configure),
    ),
    ("GET", "/budget", "/budget", "", Somewhere(Read)),
    ("GET", "/budget.csv", "/budget.csv", "", Somewhere(Read)),
    (
        "GET",
        "/budget/compare",
        "/budget/compare?year=2026",
        "",
        Somewhere(Read),
    ),
    (
        "GET",
        "/budget/line",
        "/budget/line?year=2026&line=live%7Capp%7Cserver%7Copex",
        "",
        Somewhere(Read),
    ),
    (
        "POST",
        "/budget/line",
        "/budget/line",
        "year=2026&version=99&seen=1&line=live%7Capp%7Cserver%7Copex",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/budget/edit",
        "/budget/edit",
        "year=2026&version=99&seen=1&changes=%5B%5D",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/budget/step",
        "/budget/step",
        "year=2026&version=99&seen=1&step=submit",
        Company(Draft),
    ),
    ("POST", "/budget/derive", "/budget/derive", "year=2150", Company(Draft)),
    ("GET", "/capacity", "/capacity", "", Somewhere(Read)),
    ("GET", "/idle", "/idle", "", Somewhere(Read)),
    ("GET", "/reports", "/reports", "", Somewhere(Read)),
    (
        "GET",
        "/reports/{kind}/{file}",
        "/reports/execution/2026-09.json",
        "",
        Somewhere(Read),
    ),
    ("GET", "/health", "/health", "", Somewhere(Read)),
    ("GET", "/months/{month}", "/months/1999-01", "", Company(Read)),
    (
        "POST",
        "/months/{month}/accrue",
        "/months/1999-01/accrue",
        "",
        Company(Import),
    ),
    (
        "GET",
        "/products/{id}/unit-costs",
        "/products/PRODUCT/unit-costs",
        "",
        Product,
    ),
    ("GET", "/unallocated", "/unallocated", "", Company(Read)),
    ("GET", "/budget/control", "/budget/control", "", Somewhere(Read)),
    (
        "POST",
        "/budget/requests",
        "/budget/requests",
        "product=x",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/budget/requests/{id}/release",
        "/budget/requests/R-1999-1/release",
        "year=1999&reason=x",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/budget/loans",
        "/budget/loans",
        "year=1999&from=x&to=y&expenditure=opex&amount=1&month=1999-01&due=1999-02&reason=x",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/budget/loans/{id}/repay",
        "/budget/loans/L-1999-1/repay",
        "year=1999&month=1999-01&reason=x",
        Somewhere(Draft),
    ),
    ("GET", "/budget/rolling", "/budget/rolling", "", Company(Read)),
    ("POST", "/budget/rolling/run", "/budget/rolling/run", "", Company(Draft)),
    (
        "POST",
        "/budget/rolling/proposals/{id}",
        "/budget/rolling/proposals/999",
        "verdict=accept",
        Company(Review),
    ),
    (
        "POST",
        "/budget/rolling/revise",
        "/budget/rolling/revise",
        "year=1999",
        Company(Draft),
    ),
    ("GET", "/capacity/scenarios", "/capacity/scenarios", "", Somewhere(Read)),
    (
        "POST",
        "/capacity/scenarios",
        "/capacity/scenarios",
        "id=&name=x",
        Company(Plan),
    ),
    (
        "POST",
        "/capacity/scenarios/forget",
        "/capacity/scenarios/forget",
        "id=nothing",
        Company(Plan),
    ),
    ("GET", "/capacity/days-left", "/capacity/days-left", "", Somewhere(Read)),
    (
        "GET",
        "/capacity/events/{name}",
        "/capacity/events/nothing",
        "",
        Somewhere(Read),
    ),
    (
        "POST",
        "/capacity/events/{name}",
        "/capacity/events/nothing",
        "factor=",
        Company(Plan),
    ),
    ("POST", "/idle/scan", "/idle/scan", "", Somewhere(Reclaim)),
    ("GET", "/idle/{id}/profile", "/idle/W-999/profile", "", Somewhere(Read)),
    ("GET", "/idle/{id}", "/idle/W-999", "", Somewhere(Read)),
    (
        "POST",
        "/idle/{id}",
        "/idle/W-999",
        "action=confirm",
        Somewhere(Reclaim),
    ),
    ("POST", "/health/check", "/health/check", "", Company(Read)),
    ("GET", "/settings", "/settings", "", Somewhere(Read)),
    ("GET", "/settings/audit", "/settings/audit", "", Company(Audit)),
    ("GET", "/settings/users", "/settings/users", "", Company(Administer)),
    ("GET", "/settings/delegations", "/settings/delegations", "", SignedIn),
    (
        "POST",
        "/settings/delegations",
        "/settings/delegations",
        "to=nobody&grant=viewer@company&until=2000-01-01&reason=x",
        SignedIn,
    ),
    (
        "POST",
        "/settings/delegations/{id}/end",
        "/settings/delegations/999/end",
        "",
        SignedIn,
    ),
    (
        "POST",
        "/settings/users/add",
        "/settings/users/add",
        "name=&role=viewer&scope=company",
        Company(Administer),
    ),
    (
        "POST",
        "/settings/users/{name}/roles",
        "/settings/users/nobody/roles",
        "roles=viewer",
        Company(Administer),
    ),
    (
        "POST",
        "/settings/users/{name}/invite",
        "/settings/users/nobody/invite",
        "",
        Company(Administer),
    ),
    (
        "POST",
        "/settings/users/{name}/state",
        "/settings/users/nobody/state",
        "state=active",
        Company(Administer),
    ),
    ("GET", "/help", "/help", "", SignedIn),
    ("GET", "/help/{*page}", "/help/imports", "", SignedIn),
    // Last of the pages: they end the session that asks.
    ("POST", "/sign-out", "/sign-out", "", SignedIn),
    (
        "POST",
        "/account/sign-out-everywhere",
        "/account/sign-out-everywhere",
        "",
        SignedIn,
    ),
    ("GET", "/api/v1/openapi.json", "/api/v1/openapi.json", "", Everybody),
    ("GET", "/api/v1/me", "/api/v1/me", "", SignedIn),
    ("GET", "/api/v1/overview", "/api/v1/overview", "", Somewhere(Read)),
    ("GET", "/api/v1/costs", "/api/v1/costs", "", Somewhere(Read)),
    (
        "GET",
        "/api/v1/products/{id}/{month}",
        "/api/v1/products/PRODUCT/2026-09",
        "",
        Product,
    ),
    ("GET", "/api/v1/batches", "/api/v1/batches", "", Company(Read)),
    (
        "GET",
        "/api/v1/batches/{id}",
        "/api/v1/batches/B000001",
        "",
        Company(Read),
    ),
    (
        "POST",
        "/api/v1/batches/{id}/undo",
        "/api/v1/batches/B999999/undo",
        "",
        Company(Import),
    ),
    (
        "POST",
        "/api/v1/imports",
        "/api/v1/imports?name=x.csv&dry_run=true",
        "x",
        Company(Import),
    ),
    ("GET", "/api/v1/jobs/{id}", "/api/v1/jobs/x", "", SignedIn),
    ("GET", "/api/v1/jobs/{id}/events", "/api/v1/jobs/x/events", "", SignedIn),
    ("GET", "/api/v1/months", "/api/v1/months", "", Company(Read)),
    (
        "POST",
        "/api/v1/allocations",
        "/api/v1/allocations",
        "{\"months\":\"1999-01\"}",
        Company(Close),
    ),
    (
        "POST",
        "/api/v1/months/{month}/close",
        "/api/v1/months/1999-01/close",
        "",
        Company(Close),
    ),
    (
        "POST",
        "/api/v1/months/{month}/reopen",
        "/api/v1/months/1999-01/reopen",
        "{\"reason\":\"x\"}",
        Company(Close),
    ),
    ("GET", "/api/v1/budgets", "/api/v1/budgets", "", Somewhere(Read)),
    (
        "GET",
        "/api/v1/budgets/{year}",
        "/api/v1/budgets/2026",
        "",
        Somewhere(Read),
    ),
    (
        "POST",
        "/api/v1/budgets/{year}/derive",
        "/api/v1/budgets/2026/derive",
        "{\"as_of\":\"2199-01\"}",
        Company(Draft),
    ),
    (
        "POST",
        "/api/v1/budgets/{year}/approve",
        "/api/v1/budgets/2026/approve",
        "{\"version\":99}",
        Company(Approve),
    ),
    (
        "POST",
        "/api/v1/budgets/{year}/cells",
        "/api/v1/budgets/2150/cells",
        "{\"version\":99,\"comment\":\"x\",\"cells\":[]}",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/api/v1/budgets/{year}/steps",
        "/api/v1/budgets/2150/steps",
        "{\"step\":\"approve\"}",
        Company(Approve),
    ),
    (
        "POST",
        "/api/v1/budgets/{year}/revise",
        "/api/v1/budgets/2150/revise",
        "",
        Company(Draft),
    ),
    (
        "GET",
        "/api/v1/budgets/{year}/standing",
        "/api/v1/budgets/2150/standing",
        "",
        Somewhere(Read),
    ),
    (
        "POST",
        "/api/v1/requests",
        "/api/v1/requests",
        "{\"month\":\"1999-01\",\"product\":\"x\",\"cost_type\":\"cloud\",\"expenditure\":\"opex\",\"amount\":\"1\",\"reason\":\"x\"}",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/api/v1/requests/{id}/release",
        "/api/v1/requests/R-1/release",
        "{\"reason\":\"x\"}",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/api/v1/loans",
        "/api/v1/loans",
        "{\"from\":\"x\",\"to\":\"y\",\"expenditure\":\"opex\",\"amount\":\"1\",\"month\":\"1999-01\",\"due\":\"1999-02\",\"reason\":\"x\"}",
        Somewhere(Draft),
    ),
    (
        "POST",
        "/api/v1/loans/{id}/repay",
        "/api/v1/loans/L-1/repay",
        "{\"month\":\"1999-01\",\"reason\":\"x\"}",
        Somewhere(Draft),
    ),
    ("GET", "/api/v1/rolls", "/api/v1/rolls", "", Company(Read)),
    (
        "POST",
        "/api/v1/rolls",
        "/api/v1/rolls",
        "{\"month\":\"1999-01\"}",
        Company(Draft),
    ),
    ("GET", "/api/v1/rolls/{id}", "/api/v1/rolls/999", "", Company(Read)),
    (
        "POST",
        "/api/v1/proposals/{id}",
        "/api/v1/proposals/999",
        "{\"decision\":\"accept\"}",
        Company(Review),
    ),
    (
        "GET",
        "/api/v1/idle/findings",
        "/api/v1/idle/findings",
        "",
        Somewhere(Read),
    ),
    (
        "GET",
        "/api/v1/idle/findings/{id}",
        "/api/v1/idle/findings/W-999",
        "",
        Somewhere(Read),
    ),
    (
        "POST",
        "/api/v1/idle/findings/{id}",
        "/api/v1/idle/findings/W-999",
        "{\"action\":\"confirm\"}",
        Somewhere(Reclaim),
    ),
    (
        "POST",
        "/api/v1/idle/scans",
        "/api/v1/idle/scans",
        "",
        Somewhere(Reclaim),
    ),
    (
        "GET",
        "/api/v1/idle/savings",
        "/api/v1/idle/savings",
        "",
        Somewhere(Read),
    ),
    (
        "GET",
        "/api/v1/months/{month}/checklist",
        "/api/v1/months/1999-01/checklist",
        "",
        Company(Read),
    ),
    ("GET", "/api/v1/accruals", "/api/v1/accruals", "", Company(Read)),
    (
        "POST",
        "/api/v1/accruals",
        "/api/v1/accruals",
        "{\"month\":\"1999-01\"}",
        Company(Import),
    ),
    ("GET", "/api/v1/unallocated", "/api/v1/unallocated", "", Company(Read)),
    (
        "GET",
        "/api/v1/unit-costs",
        "/api/v1/unit-costs?metric=x",
        "",
        Somewhere(Read),
    ),
    ("GET", "/api/v1/days-left", "/api/v1/days-left", "", Somewhere(Read)),
    ("GET", "/api/v1/events", "/api/v1/events", "", Somewhere(Read)),
    (
        "GET",
        "/api/v1/events/{name}",
        "/api/v1/events/nothing",
        "",
        Somewhere(Read),
    ),
    (
        "GET",
        "/api/v1/capacity/{year}",
        "/api/v1/capacity/2027",
        "",
        Somewhere(Read),
    ),
    ("GET", "/api/v1/check", "/api/v1/check", "", Company(Read)),
    ("GET", "/api/v1/audit", "/api/v1/audit", "", Company(Audit)),
    ("GET", "/api/v1/users", "/api/v1/users", "", Company(Administer)),
    (
        "POST",
        "/api/v1/users",
        "/api/v1/users",
        "{\"name\":\"\",\"roles\":[]}",
        Company(Administer),
    ),
    (
        "POST",
        "/api/v1/users/{name}/roles",
        "/api/v1/users/nobody/roles",
        "{\"roles\":[\"viewer\"]}",
        Company(Administer),
    ),
    (
        "POST",
        "/api/v1/users/{name}/invitation",
        "/api/v1/users/nobody/invitation",
        "",
        Company(Administer),
    ),
    (
        "POST",
        "/api/v1/users/{name}/state",
        "/api/v1/users/nobody/state",
        "{\"active\":true}",
        Company(Administer),
    ),
    ("GET", "/api/v1/delegations", "/api/v1/delegations", "", SignedIn),
    (
        "POST",
        "/api/v1/delegations",
        "/api/v1/delegations",
        "{\"to\":\"nobody\",\"grant\":\"viewer@company\",\"until\":\"2000-01-01\",\"reason\":\"x\"}",
        SignedIn,
    ),
    (
        "POST",
        "/api/v1/months/{month}/closing",
        "/api/v1/months/1999-01/closing",
        "",
        Company(Close),
    ),
    (
        "GET",
        "/api/v1/reports/{kind}/{file}",
        "/api/v1/reports/execution/2026-09.json",
        "",
        Somewhere(Read),
    ),
    ("GET", "/api/v1/templates", "/api/v1/templates", "", Somewhere(Read)),
    (
        "GET",
        "/api/v1/templates/{name}",
        "/api/v1/templates/asset",
        "",
        Somewhere(Read),
    ),
    ("GET", "/api/v1/mappings", "/api/v1/mappings", "", Company(Read)),
    (
        "POST",
        "/api/v1/mappings",
        "/api/v1/mappings",
        "{\"name\":\"\",\"toml\":\"\"}",
        Company(Import),
    ),
    ("GET", "/api/v1/search", "/api/v1/search?q=a", "", Somewhere(Read)),
    ("GET", "/api/v1/rates", "/api/v1/rates", "", Somewhere(Read)),
    (
        "POST",
        "/api/v1/sample-data",
        "/api/v1/sample-data",
        "",
        Company(Administer),
    ),
    (
        "POST",
        "/api/v1/delegations/{id}/end",
        "/api/v1/delegations/999/end",
        "",
        SignedIn,
    ),
    ("GET", "/api/v1/views", "/api/v1/views", "", Somewhere(Read)),
    (
        "POST",
        "/api/v1/views",
        "/api/v1/views",
        "{\"name\":\"\",\"query\":\"by=product\"}",
        Somewhere(Read),
    ),
    (
        "POST",
        "/api/v1/views/{name}/forget",
        "/api/v1/views/nothing/forget",
        "",
        Somewhere(Read),
    ),
    ("GET", "/api/v1/scenarios", "/api/v1/scenarios", "", Somewhere(Read)),
    (
        "POST",
        "/api/v1/scenarios",
        "/api/v1/scenarios",
        "{\"scenario\":{}}",
        Company(Plan),
    ),
    (
        "POST",
        "/api/v1/scenarios/{id}/forget",
        "/api/v1/scenarios/nothing/forget",
        "",
        Company(Plan),
    ),
    (
        "POST",
        "/api/v1/events/{name}",
        "/api/v1/events/nothing",
        "{}",
        Company(Plan),
    ),
    (
        "GET",
        "/api/v1/budgets/{year}/compare",
        "/api/v1/budgets/2150/compare",
        "",
        Somewhere(Read),
    ),
    (
        "POST",
        "/api/v1/configuration/try",
        "/api/v1/configuration/try",
        "{\"documents\":{\"x.toml\":\"[\"}}",
        Company(Configure),
    ),
    (
        "GET",
        "/api/v1/idle/findings/{id}/profile",
        "/api/v1/idle/findings/W-999/profile",
        "",
        Somewhere(Read),
    ),
    (
        "GET",
        "/api/v1/configuration",
        "/api/v1/configuration",
        "",
        Company(Read),
    ),
    (
        "POST",
        "/api/v1/configuration",
        "/api/v1/configuration",
        "{\"documents\":{\"x.toml\":\"[[event]]\"},\"dry_run\":true}",
        Company(Plan),
    ),
];

/// Somebody signed in: cookie, form token, API token, roles.
struct Somebody {
    name: String,
    grant: Grant,
    password: String,
    token: String,
}

fn allowed(may: May, grant: &Grant, product: &str, department: &str) -> bool {
    let company = grant.scope == Scope::Company;
    match may {
        Everybody | SignedIn => true,
        Company(permission) => company && grant.role.carries(permission),
        Somewhere(permission) => grant.role.carries(permission),
        Product => match &grant.scope {
            Scope::Company => true,
            Scope::Department(id) => id == department,
            Scope::Product(id) => id == product,
        },
    }
}

fn request(line: &Line, address: &str, cookie: Option<&(String, String)>, token: Option<&str>) -> Request<Body> {
    let (method, pattern, _, body, _) = *line;
    let mut builder = Request::builder().method(method).uri(address);
    let api = pattern.starts_with("/api/");
    if let Some(token) = token.filter(|_| api) {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    if let Some((cookie, csrf)) = cookie.filter(|_| !api) {
        builder = builder.header("cookie", cookie).header("x-csrf-token", csrf);
    }
    let kind = match pattern {
        "/bills/upload" => "multipart/form-data; boundary=x",
        "/api/v1/imports" => "application/octet-stream",
        _ if api => "application/json",
        _ => "application/x-www-form-urlencoded",
    };
    let body = if pattern == "/bills/upload" { "--x--\r\n" } else { body };
    builder.header("content-type", kind).body(Body::from(body)).unwrap()
}

#[test]
fn every_route_answers_every_role_and_scope_as_the_table_says() {
    let data = empty();
    let app = App::open(data.path(), "tester").unwrap();
    // Who may ask is decided before what there is to show: a company without bills is enough, and quick.
    app.apply_documents([("company.toml".to_owned(), COMPANY.to_owned())].into(), false)
        .unwrap();
    let products = app.organization().unwrap().products;
    let (product, other) = (
        &products[0],
        products
            .iter()
            .find(|one| one.department != products[0].department)
            .unwrap(),
    );
    let scopes = [
        Scope::Company,
        Scope::Department(product.department.clone()),
        Scope::Product(product.id.clone()),
        Scope::Product(other.id.clone()),
    ];
    let mut people = Vec::new();
    for role in Role::ALL {
        for (index, scope) in scopes.iter().enumerate() {
            if *role == Role::Administrator && *scope != Scope::Company {
                continue;
            }
            let name = format!("{role}-{index}");
            let grant = Grant {
                role: *role,
                scope: scope.clone(),
            };
            app.add_user(&name, None, std::slice::from_ref(&grant), Some(PASSWORD))
                .unwrap();
            let token = app.create_token(&name, "t", false, Scope::Company, 1).unwrap().secret;
            people.push(Somebody {
                name,
                grant,
                password: PASSWORD.to_owned(),
                token,
            });
        }
    }

    // The table names every route and nothing else.
    let of_routes: BTreeSet<(String, String)> = routes::all()
        .iter()
        .flat_map(|route| {
            route
                .methods
                .iter()
                .map(|method| ((*method).to_owned(), route.path.to_owned()))
        })
        .collect();
    let of_table: BTreeSet<(String, String)> = TABLE
        .iter()
        .map(|line| (line.0.to_owned(), line.1.to_owned()))
        .collect();
    assert_eq!(of_routes, of_table);
    assert_eq!(TABLE.len(), of_table.len(), "a route stands twice in the table");

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let web = Arc::new(Web::new(&app, ServeOptions::default()));
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    runtime.block_on(async {
        let router = router(web);
        for line in TABLE {
            let (method, pattern, address, _, may) = line;
            let address = address.replace("PRODUCT", &product.id);
            // Nobody in particular.
            let status = call(&router, request(line, &address, None, None)).await.status();
            let fits = match may {
                Everybody => status != StatusCode::SEE_OTHER || *pattern == "/view",
                _ if pattern.starts_with("/api/") => status == StatusCode::UNAUTHORIZED,
                _ => status == StatusCode::SEE_OTHER,
            };
            if !fits {
                wrong
                    .entry(format!("{method} {pattern}"))
                    .or_default()
                    .push(format!("nobody: {status}"));
            }
        }
        for somebody in &people {
            let mut session = sign_in(&router, &somebody.name, &somebody.password).await;
            for line in TABLE {
                let (method, pattern, address, _, may) = line;
                let address = address.replace("PRODUCT", &product.id);
                let response = call(&router, request(line, &address, Some(&session), Some(&somebody.token))).await;
                let status = response.status();
                let allowed = allowed(*may, &somebody.grant, &product.id, &product.department);
                let fits = if allowed {
                    status != StatusCode::FORBIDDEN && !status.is_server_error() && status != StatusCode::UNAUTHORIZED
                        || *may == Everybody
                } else {
                    status == StatusCode::FORBIDDEN
                };
                if !fits {
                    let said = text(response).await;
                    let said: String = said.chars().take(80).collect();
                    let entry = wrong.entry(format!("{method} {pattern}")).or_default();
                    entry.push(format!("{}: {status} {said}", somebody.name));
                }
                if pattern.ends_with("sign-out") || pattern.ends_with("everywhere") {
                    session = sign_in(&router, &somebody.name, &somebody.password).await;
                }
            }
        }
        // A form without the session's token changes nothing, whoever sends it.
        let (cookie, _) = sign_in(&router, "administrator-0", PASSWORD).await;
        for line in TABLE
            .iter()
            .filter(|line| line.0 == "POST" && !matches!(line.4, Everybody) && !line.1.starts_with("/api/"))
        {
            let session = (cookie.clone(), "wrong".to_owned());
            let status = call(&router, request(line, line.2, Some(&session), None))
                .await
                .status();
            if status != StatusCode::FORBIDDEN {
                wrong
                    .entry(format!("{} {}", line.0, line.1))
                    .or_default()
                    .push(format!("wrong form token: {status}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}
