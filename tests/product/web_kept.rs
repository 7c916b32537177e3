//! Pages that the server keeps in memory: nobody gets a page of somebody else, and what anybody writes shows at once.

use crate::support::{empty, headroom, write};
use crate::web_support::{COMPANY, PASSWORD, call, sign_in, text};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use headroom::app::App;
use headroom::auth::{Grant, Role, Scope};
use headroom::web::{ServeOptions, Web, router, routes};
use std::path::Path;
use std::sync::Arc;

/// What the small company of the matrix lacks to have costs.
const RULE: &str = r#"
[[rule]]
id = "named"
when = { column = "x_Product", present = true }
assign = { product_from_column = "x_Product" }
"#;

fn bill(invoice: &str, chess: u32) -> String {
    format!(
        "vendor,invoice_id,billing_month,resource_mode,charge_type,quantity,unit_price,amount,product\n\
         Rack Co,{invoice},2025-12,idc,rack,1,{chess},{chess},chess\n\
         Rack Co,{invoice},2025-12,idc,rack,1,777,777,wiki\n"
    )
}

fn grant(role: Role, scope: Scope) -> Grant {
    Grant { role, scope }
}

/// Status and body.
async fn get(router: &Router, address: &str, cookie: &str) -> (StatusCode, String) {
    let request = Request::get(address).header("cookie", cookie).body(Body::empty());
    let response = call(router, request.unwrap()).await;
    let status = response.status();
    (status, text(response).await)
}

/// How many pages were answered from memory, and written.
async fn counted(router: &Router) -> (u64, u64) {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let metrics = text(call(router, request).await).await;
    let of = |from: &str| {
        let head = format!("headroom_pages_total{{from=\"{from}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(head.as_str()));
        line.unwrap().parse().unwrap()
    };
    (of("memory"), of("written"))
}

fn small_company(data: &Path, beside: &Path) -> App {
    headroom(
        data,
        &["apply", &write(beside, "company.toml", &format!("{COMPANY}{RULE}"))],
    )
    .ok();
    headroom(data, &["import", &write(beside, "bill.csv", &bill("INV-1", 4321))]).ok();
    headroom(data, &["allocate"]).ok();
    let app = App::open(data, "tester").unwrap();
    for (name, grant) in [
        ("boss", grant(Role::Administrator, Scope::Company)),
        (
            "games",
            grant(Role::ProductOwner, Scope::Department("games".to_owned())),
        ),
        ("wiki", grant(Role::Viewer, Scope::Product("wiki".to_owned()))),
    ] {
        app.add_user(name, None, &[grant], Some(PASSWORD)).unwrap();
    }
    app
}

fn server(app: &App) -> Router {
    router(Arc::new(Web::new(app, ServeOptions::default())))
}

#[test]
fn a_page_from_memory_is_the_one_that_a_fresh_server_writes_for_that_visitor() {
    let (data, beside) = (empty(), tempfile::tempdir().unwrap());
    let app = small_company(data.path(), beside.path());
    let addresses: Vec<String> = routes::all()
        .iter()
        .filter(|route| route.kept)
        .flat_map(|route| {
            let compares = route.path.ends_with("/compare");
            let path = format!("{}{}", route.path, if compares { "?year=2025" } else { "" });
            let of = |product: &str| path.replace("{id}", product).replace("{month}", "2025-12");
            [of("chess"), of("wiki")]
        })
        .chain(["/costs?by=product&months=2025-12".to_owned()])
        .collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let kept = server(&app);
        let mut cookies = Vec::new();
        for name in ["boss", "games", "wiki"] {
            let (session, csrf) = sign_in(&kept, name, PASSWORD).await;
            cookies.push((format!("{session}; headroom_view=en"), csrf.clone()));
            cookies.push((format!("{session}; headroom_view=zh-CN.dark.whole"), csrf.clone()));
            cookies.push((format!("{session}; headroom_view=en.hide"), csrf));
        }
        // Twice around, so that the second time comes from memory, all visitors mixed.
        for _ in 0..2 {
            for address in &addresses {
                for (cookie, _) in &cookies {
                    get(&kept, address, cookie).await;
                }
            }
        }
        let (before, _) = counted(&kept).await;
        for address in &addresses {
            for (cookie, csrf) in &cookies {
                let from_memory = get(&kept, address, cookie).await;
                assert_eq!(
                    from_memory,
                    get(&server(&app), address, cookie).await,
                    "{address} {cookie}"
                );
                let others = cookies.iter().map(|(_, other)| other).filter(|other| *other != csrf);
                for other in others {
                    assert!(!from_memory.1.contains(other), "{address}: the token of another");
                }
            }
        }
        let all = (addresses.len() * cookies.len()) as u64;
        assert_eq!(counted(&kept).await.0 - before, all, "what is refused is kept too");
        // What somebody may not see is not kept for them by others who may.
        let (_, page) = get(&kept, "/costs?by=product&months=2025-12", &cookies[6].0).await;
        assert!(page.contains("777") && !page.contains("4,321"), "{page}");
        assert_eq!(
            get(&kept, "/products/chess", &cookies[6].0).await.0,
            StatusCode::FORBIDDEN
        );
    });
}

#[test]
fn what_another_process_writes_shows_at_once() {
    let (data, beside) = (empty(), tempfile::tempdir().unwrap());
    let app = small_company(data.path(), beside.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = server(&app);
        let (cookie, _) = sign_in(&server, "boss", PASSWORD).await;
        let address = "/costs?by=product&months=2025-12";
        for round in 0..5_u32 {
            let shown = format!("{},321", 4 + round);
            for _ in 0..3 {
                let (_, page) = get(&server, address, &cookie).await;
                assert!(page.contains(&shown), "round {round}: {shown} is missing");
            }
            let (from_memory, _) = counted(&server).await;
            assert!(from_memory >= 2 * u64::from(round + 1), "pages are kept at all");
            let corrected = bill(&format!("INV-{}", round + 2), 5321 + 1000 * round);
            let corrected = write(beside.path(), "again.csv", &corrected);
            // The commands are processes of their own.
            headroom(data.path(), &["import", &corrected, "--replace"]).ok();
            headroom(data.path(), &["allocate"]).ok();
        }
    });
}

#[test]
fn signing_out_and_losing_a_role_end_what_was_kept_at_once() {
    let (data, beside) = (empty(), tempfile::tempdir().unwrap());
    let app = small_company(data.path(), beside.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = server(&app);
        let page = "/products/chess";
        let (cookie, csrf) = sign_in(&server, "games", PASSWORD).await;
        for _ in 0..2 {
            assert_eq!(get(&server, page, &cookie).await.0, StatusCode::OK);
        }
        // A role is taken away by a command, given back by this process.
        headroom(data.path(), &["user", "role", "games", "viewer@product:wiki"]).ok();
        assert_eq!(get(&server, page, &cookie).await.0, StatusCode::FORBIDDEN);
        tokio::task::block_in_place(|| app.set_roles("games", &[grant(Role::Viewer, Scope::Company)])).unwrap();
        for _ in 0..2 {
            assert_eq!(get(&server, page, &cookie).await.0, StatusCode::OK);
        }
        // Signed out in this process, with the cookie kept by the browser all the same.
        let out = Request::post("/sign-out")
            .header("cookie", &cookie)
            .header("x-csrf-token", &csrf)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::empty());
        assert_eq!(call(&server, out.unwrap()).await.status(), StatusCode::SEE_OTHER);
        let (status, body) = get(&server, page, &cookie).await;
        assert_eq!((status, body.contains("Chess")), (StatusCode::SEE_OTHER, false));
        // Disabled by a command.
        let (cookie, _) = sign_in(&server, "games", PASSWORD).await;
        for _ in 0..2 {
            assert_eq!(get(&server, page, &cookie).await.0, StatusCode::OK);
        }
        headroom(data.path(), &["user", "disable", "games"]).ok();
        assert_eq!(get(&server, page, &cookie).await.0, StatusCode::SEE_OTHER);
        // Nobody's cookie is nobody's page.
        assert_eq!(
            get(&server, page, "headroom_session=hrs_made_up").await.0,
            StatusCode::SEE_OTHER
        );
    });
}

#[test]
fn many_who_ask_at_once_get_the_same_page_written_once() {
    let (data, beside) = (empty(), tempfile::tempdir().unwrap());
    let app = small_company(data.path(), beside.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = server(&app);
        let (cookie, _) = sign_in(&server, "boss", PASSWORD).await;
        let asked = (0..40).map(|_| {
            let (server, cookie) = (server.clone(), cookie.clone());
            tokio::spawn(async move { get(&server, "/costs?by=product", &cookie).await })
        });
        let asked: Vec<_> = asked.collect();
        let mut answers = Vec::new();
        for one in asked {
            answers.push(one.await.unwrap());
        }
        assert!(answers.iter().all(|one| one == &answers[0] && one.0 == StatusCode::OK));
        assert_eq!(counted(&server).await, (39, 1));
    });
}
