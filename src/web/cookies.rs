//! The two cookies: the session's secret, and how the visitor wants to see things.

use super::view::{Theme, View};
use axum::http::header::{COOKIE, HeaderMap, HeaderValue};
use headroom_models::language::Language;

/// Name of the session's cookie.
pub(super) const SESSION: &str = "headroom_session";
/// Name of the cookie of choices.
pub(super) const VIEW: &str = "headroom_view";

/// A cookie's value.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The header that sets a cookie. Scripts read neither; other sites send neither with their requests to us.
pub(super) fn set(name: &str, value: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// How a visitor wants to see things: what they chose, else what the browser asks for.
pub(super) fn view(headers: &HeaderMap) -> View {
    let mut view = View {
        language: preferred_language(headers),
        ..View::default()
    };
    for part in cookie(headers, VIEW).unwrap_or_default().split('.') {
        match part {
            "en" => view.language = Language::English,
            "zh-CN" => view.language = Language::SimplifiedChinese,
            "light" => view.theme = Theme::Light,
            "dark" => view.theme = Theme::Dark,
            "whole" => view.whole = true,
            "hide" => view.hide = true,
            _ => {}
        }
    }
    view
}

/// The value of the cookie of choices.
pub(super) fn view_value(view: &View) -> String {
    let mut parts = vec![view.language.tag()];
    match view.theme {
        Theme::System => {}
        Theme::Light => parts.push("light"),
        Theme::Dark => parts.push("dark"),
    }
    if view.whole {
        parts.push("whole");
    }
    if view.hide {
        parts.push("hide");
    }
    parts.join(".")
}

fn preferred_language(headers: &HeaderMap) -> Language {
    let accepted = headers
        .get("accept-language")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = accepted.split(',').next().unwrap_or_default().trim().to_lowercase();
    if first.starts_with("zh") {
        Language::SimplifiedChinese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::{cookie, view, view_value};
    use crate::web::view::{Theme, View};
    use axum::http::header::{HeaderMap, HeaderValue};
    use headroom_models::language::Language;

    #[test]
    fn choices_come_back_as_they_were_made_and_the_browser_decides_before() {
        let mut headers = HeaderMap::new();
        headers.insert("accept-language", HeaderValue::from_static("zh-CN,zh;q=0.9"));
        assert_eq!(view(&headers).language, Language::SimplifiedChinese);
        let chosen = View {
            language: Language::English,
            theme: Theme::Dark,
            whole: true,
            hide: true,
        };
        let value = format!("a=b; headroom_view={}; headroom_session=x", view_value(&chosen));
        headers.insert("cookie", HeaderValue::from_str(&value).unwrap());
        assert_eq!(view(&headers), chosen);
        assert_eq!(cookie(&headers, "headroom_session"), Some("x"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
