//! What tests of the web share: a small company, people who sign in, answers as text.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use tower::ServiceExt;

/// Two departments with a product each.
pub const COMPANY: &str = r#"
[company]
name = "Small"
[[department]]
id = "games"
name = "Games"
[[department]]
id = "web"
name = "Web"
[[product]]
id = "chess"
name = "Chess"
department = "games"
[[product]]
id = "wiki"
name = "Wiki"
department = "web"
"#;

pub const PASSWORD: &str = "correct horse 9";

pub async fn call(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}

pub async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A session of its own: cookie and form token.
pub async fn sign_in(router: &Router, name: &str, password: &str) -> (String, String) {
    let request = Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!(
            "name={name}&password={}",
            password.replace(' ', "+")
        )))
        .unwrap();
    let response = call(router, request).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let account = Request::get("/account")
        .header("cookie", &cookie)
        .body(Body::empty())
        .unwrap();
    let page = text(call(router, account).await).await;
    let csrf = page
        .split("name=\"csrf\" content=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    (cookie, csrf.to_owned())
}
