//! Pages that change something, through the server: stand-ins, scenarios, profiles, the last check; and uploads without an end.

use crate::support::{demo_copy, empty, headroom, text as words, write};
use crate::web_support::{call, sign_in, text};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use headroom::app::App;
use headroom::auth::{Grant, Role, Scope};
use headroom::web::{ServeOptions, Web, router};
use headroom_models::ledger::Money;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PASSWORD: &str = "correct horse 9";

fn server(app: &App) -> Router {
    router(Arc::new(Web::new(app, ServeOptions::default())))
}

async fn get(router: &Router, address: &str, cookie: &str) -> (StatusCode, String) {
    let request = Request::get(address).header("cookie", cookie).body(Body::empty());
    let response = call(router, request.unwrap()).await;
    (response.status(), text(response).await)
}

/// Status, where it leads, and the body.
async fn post(router: &Router, address: &str, session: &(String, String), body: &str) -> (StatusCode, String, String) {
    let request = Request::post(address)
        .header("cookie", &session.0)
        .header("x-csrf-token", &session.1)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()));
    let response = call(router, request.unwrap()).await;
    let target = response
        .headers()
        .get("location")
        .map(|to| to.to_str().unwrap().to_owned());
    (response.status(), target.unwrap_or_default(), text(response).await)
}

fn user(app: &App, name: &str, role: Role) {
    let grant = Grant {
        role,
        scope: Scope::Company,
    };
    app.add_user(name, None, &[grant], Some(PASSWORD)).unwrap();
}

#[test]
fn a_stand_in_approves_until_the_role_is_taken_back() {
    let data = empty();
    let beside = tempfile::tempdir().unwrap();
    let company = write(beside.path(), "c.toml", "[company]\nname = \"Small\"\n");
    headroom(data.path(), &["apply", &company]).ok();
    let app = App::open(data.path(), "tester").unwrap();
    user(&app, "lead", Role::Approver);
    user(&app, "deputy", Role::Viewer);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = server(&app);
        let lead = sign_in(&server, "lead", PASSWORD).await;
        let deputy = sign_in(&server, "deputy", PASSWORD).await;
        let step = "year=2026&version=99&seen=1&step=approve&comment=x";
        assert_eq!(
            post(&server, "/budget/step", &deputy, step).await.0,
            StatusCode::FORBIDDEN
        );
        // What somebody has not themselves they do not give on, and not for ever.
        let page = "/settings/delegations";
        let give = |grant: &str, until: &str| format!("to=deputy&grant={grant}&until={until}&reason=leave");
        let refused = post(&server, page, &lead, &give("finance@company", "2999-01-01")).await;
        assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
        let for_ever = post(&server, page, &lead, &give("approver@company", "2999-01-01")).await;
        assert_eq!(for_ever.0, StatusCode::UNPROCESSABLE_ENTITY);
        let today = text_of_today();
        let (status, target, body) = post(&server, page, &lead, &give("approver@company", &today)).await;
        assert_eq!(
            (status, target.as_str()),
            (StatusCode::SEE_OTHER, "/settings/delegations?done=delegated"),
            "{body}"
        );
        let (_, shown) = get(&server, page, &deputy.0).await;
        assert!(
            shown.contains("lead") && shown.contains(&today),
            "the one who stands in sees it"
        );
        assert!(!shown.contains("/settings/delegations/1/end"), "and cannot end it");
        // Now the step is not refused for the role any more: there is no budget to approve.
        let (status, _, said) = post(&server, "/budget/step", &deputy, step).await;
        assert!(
            status != StatusCode::FORBIDDEN && said.contains("2026"),
            "{status} {said}"
        );
        assert_eq!(
            post(&server, "/settings/delegations/1/end", &deputy, "").await.0,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            post(&server, "/settings/delegations/1/end", &lead, "").await.0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            post(&server, "/budget/step", &deputy, step).await.0,
            StatusCode::FORBIDDEN
        );
    });
}

fn text_of_today() -> String {
    headroom::clock::today().to_string()
}

#[test]
fn a_scenario_is_made_changed_and_removed_by_its_form() {
    let data = demo_copy();
    let app = App::open(data.path(), "tester").unwrap();
    user(&app, "planner", Role::Operations);
    user(&app, "money", Role::Finance);
    let before = app.documents().unwrap().1;
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = server(&app);
        let planner = sign_in(&server, "planner", PASSWORD).await;
        let (_, page) = get(&server, "/capacity/scenarios", &planner.0).await;
        assert!(page.contains("value=\"video/\"") && page.contains("growth"), "{page}");
        let form = "id=quick&name=Quick%20%22growth%22&percentile=80&driver=video%2F&driver-factor=1.5&driver-from=2027-06&driver-to=\
                    &driver=&driver-factor=&driver-from=&driver-to=&module=&module-factor=&event=&event-factor=";
        let (status, target, body) = post(&server, "/capacity/scenarios", &planner, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert_eq!(target, "/capacity/scenarios?id=quick&done=scenario");
        let (_, page) = get(&server, &target, &planner.0).await;
        assert!(page.contains("value=\"1.5\"") && page.contains("value=\"2027-06\"") && page.contains("value=\"80\""), "{page}");
        assert_eq!(get(&server, "/capacity?year=2027&scenario=quick", &planner.0).await.0, StatusCode::OK);
        // What makes no sense is refused in words, and nothing changes.
        let wrong = form.replace("driver-factor=1.5", "driver-factor=fast");
        assert_eq!(post(&server, "/capacity/scenarios", &planner, &wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let changed = form.replace("driver-factor=1.5", "driver-factor=2");
        assert_eq!(post(&server, "/capacity/scenarios", &planner, &changed).await.0, StatusCode::SEE_OTHER);
        let (_, page) = get(&server, "/capacity/scenarios?id=quick", &planner.0).await;
        assert!(page.contains("value=\"2\"") && !page.contains("value=\"1.5\""));
        // One that stands in a document with rules in it is for finance to change; it stays in its document.
        let by_hand = "id=growth&name=Growth&driver=video%2F&driver-factor=1.3&driver-from=&driver-to=";
        let money = sign_in(&server, "money", PASSWORD).await;
        assert_eq!(post(&server, "/capacity/scenarios", &money, by_hand).await.0, StatusCode::SEE_OTHER);
        let removed = post(&server, "/capacity/scenarios/forget", &planner, "id=quick").await;
        assert_eq!(removed.0, StatusCode::SEE_OTHER, "{}", removed.2);
        assert_eq!(post(&server, "/capacity/scenarios/forget", &planner, "id=quick").await.0, StatusCode::NOT_FOUND);
    });
    let after = app.documents().unwrap().1;
    let (before, after) = (&before["planning.toml"], &after["planning.toml"]);
    assert!(
        after.contains("factor = 1.3") && after.contains("增长超预期"),
        "{after}"
    );
    let lines = |text: &str| text.lines().filter(|line| line.starts_with("[[")).count();
    assert_eq!(lines(before), lines(after));
}

#[test]
fn the_profile_of_a_machine_is_the_one_of_the_list_of_all() {
    let data = demo_copy();
    let app = App::open(data.path(), "tester").unwrap();
    app.idle_scan(None, None).unwrap();
    let all = app.idle_shapes(None, None).unwrap().profiles;
    let cases = app.idle_cases(None).unwrap();
    let mut measured = 0;
    for case in cases.iter().take(12) {
        let alone = app.idle_profile(&case.id).unwrap();
        let listed = all.iter().find(|profile| profile.resource_id == case.resource);
        assert_eq!(
            serde_json::to_value(&alone).unwrap(),
            serde_json::to_value(listed).unwrap(),
            "{}",
            case.resource
        );
        measured += usize::from(alone.is_some());
    }
    assert!(measured > 0);
}

#[test]
fn the_last_check_is_there_after_a_restart_and_says_when_the_books_have_changed() {
    let data = empty();
    let beside = tempfile::tempdir().unwrap();
    let company = |name: &str| write(beside.path(), "c.toml", &format!("[company]\nname = \"{name}\"\n"));
    headroom(data.path(), &["apply", &company("A")]).ok();
    let app = App::open(data.path(), "tester").unwrap();
    assert_eq!(app.last_check().unwrap(), None);
    let report = app.check_and_keep().unwrap();
    drop(app);
    let again = App::open(data.path(), "tester").unwrap();
    let kept = again.last_check().unwrap().unwrap();
    assert!(!kept.outdated);
    assert_eq!(kept.checks.len(), report.checks.len());
    headroom(data.path(), &["apply", &company("B")]).ok();
    assert!(again.last_check().unwrap().unwrap().outdated);
}

#[test]
fn a_body_of_two_gibibytes_is_read_no_further_than_the_limit_and_leaves_nothing() {
    let data = empty();
    let app = App::open(data.path(), "tester").unwrap();
    user(&app, "robot", Role::Finance);
    let token = app.create_token("robot", "t", false, Scope::Company, 1).unwrap().secret;
    let options = ServeOptions {
        most_upload: 8 << 20,
        ..ServeOptions::default()
    };
    let files = |folder: &std::path::Path| -> usize {
        let mut count = 0;
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    count += 1;
                }
            }
        }
        count
    };
    let before = files(data.path());
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = sent.clone();
    let mebibyte = Bytes::from(vec![b'a'; 1 << 20]);
    let body = futures_util::stream::iter((0..2048).map(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(mebibyte.clone())
    }));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = router(Arc::new(Web::new(&app, options)));
        let request = Request::post("/api/v1/imports?name=huge.csv")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream")
            .body(Body::from_stream(body))
            .unwrap();
        let response = call(&server, request).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        assert!(words(&problem["detail"]).contains("8 MiB"), "{problem}");
    });
    assert!(
        sent.load(Ordering::Relaxed) <= 10,
        "{} MiB were taken",
        sent.load(Ordering::Relaxed)
    );
    assert_eq!(files(data.path()), before, "nothing is left behind");
}

#[test]
fn a_line_is_opened_and_says_where_it_comes_from() {
    let data = demo_copy();
    let app = App::open(data.path(), "tester").unwrap();
    user(&app, "money", Role::Finance);
    user(&app, "reader", Role::Viewer);
    let lines = || {
        let mut lines = app.budget(2027, None).unwrap().lines;
        lines.retain(|line| line.product == "live" && line.module == "transcode");
        lines
    };
    let before = lines();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = server(&app);
        let (money, reader) = (
            sign_in(&server, "money", PASSWORD).await,
            sign_in(&server, "reader", PASSWORD).await,
        );
        let address = "/budget/line?year=2027&version=1&line=live%7Ctranscode%7Ccloud%7Copex";
        let (_, grid) = get(&server, "/budget?year=2027", &money.0).await;
        assert!(grid.contains("/budget/line?year=2027"), "the grid leads to its lines");
        let (status, page) = get(&server, address, &money.0).await;
        assert!(status == StatusCode::OK && page.contains("name=\"provider\""), "{page}");
        let (_, page) = get(&server, address, &reader.0).await;
        assert!(!page.contains("name=\"provider\"") && page.contains("2026-09"), "{page}");
        let form = |seen: i64, provider: &str| {
            format!(
                "year=2027&version=1&seen={seen}&line=live%7Ctranscode%7Ccloud%7Copex&resource_mode=cloud&provider={provider}\
                 &service_category=Media&owner=carl&comment=&reason=tender"
            )
        };
        assert_eq!(post(&server, "/budget/line", &reader, &form(1, "Ruian")).await.0, StatusCode::FORBIDDEN);
        let (status, target, body) = post(&server, "/budget/line", &money, &form(1, "Ruian")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let (_, page) = get(&server, &target, &money.0).await;
        assert!(page.contains("value=\"Ruian\"") && page.contains("value=\"carl\""), "{page}");
        // Who was overtaken is told so.
        assert_eq!(post(&server, "/budget/line", &money, &form(1, "Beihai")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    });
    let after = lines();
    assert!(!after.is_empty() && after.iter().all(|line| line.sourcing.provider == "Ruian"));
    let sum = |lines: &[headroom_models::budget::BudgetLine]| lines.iter().map(|line| line.amount).sum::<Money>();
    assert_eq!(sum(&after), sum(&before));
}
