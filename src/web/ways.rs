//! Messages name the command that helps, or one of its options; on a page that becomes a link to where the page does it, or the name of
//! the field that says the same.

use super::view::View;
use std::fmt;

/// Commands that messages name, the longest first where one begins like another; the address; the keys of the words of the link.
/// What only whoever owns the machine can do has no address.
const WAYS: &[(&str, &str, &[&str])] = &[
    ("allocate", "/reconciliation", &["web-nav-bills", "web-reconciliation"]),
    ("apply", "/rules", &["web-nav-rules", "web-documents"]),
    ("assets schedule", "/bills", &["web-nav-bills"]),
    ("budget approve", "/budget", &["web-nav-budget", "web-step-approve"]),
    (
        "budget available",
        "/budget/control",
        &["web-nav-budget", "web-control"],
    ),
    ("budget cap", "/budget", &["web-nav-budget"]),
    (
        "budget consolidate",
        "/budget",
        &["web-nav-budget", "web-step-consolidate"],
    ),
    ("budget cut", "/budget/control", &["web-nav-budget", "web-control"]),
    ("budget derive", "/budget", &["web-nav-budget", "web-derive"]),
    ("budget draft", "/budget", &["web-nav-budget", "web-derive"]),
    ("budget history", "/budget", &["web-nav-budget", "web-history"]),
    ("budget loan", "/budget/control", &["web-nav-budget", "web-control"]),
    ("budget release", "/budget/control", &["web-nav-budget", "web-control"]),
    ("budget return", "/budget", &["web-nav-budget", "web-step-return"]),
    ("budget review", "/budget", &["web-nav-budget", "web-step-review"]),
    ("budget revise", "/budget/rolling", &["web-nav-budget", "web-rolling"]),
    ("budget set", "/budget", &["web-nav-budget"]),
    ("budget show", "/budget", &["web-nav-budget"]),
    ("budget submit", "/budget", &["web-nav-budget", "web-step-submit"]),
    (
        "budget supplement",
        "/budget/control",
        &["web-nav-budget", "web-control"],
    ),
    ("budget transfer", "/budget/control", &["web-nav-budget", "web-control"]),
    ("check", "/health", &["web-nav-health", "web-checks"]),
    ("close", "/reconciliation", &["web-nav-bills", "web-reconciliation"]),
    ("fx import", "/bills", &["web-nav-bills", "web-upload"]),
    ("import", "/bills", &["web-nav-bills", "web-upload"]),
    ("imports", "/bills", &["web-nav-bills", "web-batches"]),
    ("init", "", &[]),
    ("reopen", "/reconciliation", &["web-nav-bills", "web-reconciliation"]),
    ("template", "/bills", &["web-nav-bills", "web-templates"]),
    (
        "user delegations",
        "/settings/delegations",
        &["web-nav-settings", "web-delegations"],
    ),
    ("user list", "/settings/users", &["web-nav-settings", "web-users"]),
    ("user role", "/settings/users", &["web-nav-settings", "web-users"]),
];

/// Options that messages name by themselves, with the key of the words of the field that says the same on a page.
const FIELDS: &[(&str, &str)] = &[
    ("--accept", "web-accept-reason"),
    ("--allow-rejects", "web-allow-rejects"),
    ("--append", "web-append"),
    ("--comment", "web-comment"),
    ("--control-total", "web-control-total"),
    ("--cost-type", "web-by-cost-type"),
    ("--from", "delegation-from"),
    ("--month", "month"),
    ("--override", "web-comment"),
    ("--reason", "web-reason"),
    ("--replace", "web-replace"),
    ("--source", "source"),
    ("--version", "budget-version"),
];

/// A message as HTML, with links in the place of commands.
pub(crate) struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Every text in it went through `escape`.
impl askama::filters::HtmlSafe for Said {}

impl Said {
    /// A message as a page says it.
    pub fn new(view: &View, message: &str) -> Said {
        let mut html = String::new();
        let mut rest = message;
        while let Some((before, after)) = rest.split_once("`headroom ") {
            let Some((command, behind)) = after.split_once('`') else {
                break;
            };
            html.push_str(&escape(&fields(view, before)));
            match link(view, command) {
                Some(link) => html.push_str(&link),
                None => html.push_str(&format!("<code>headroom {}</code>", escape(command))),
            }
            rest = behind;
        }
        html.push_str(&escape(&fields(view, rest)));
        Said(html)
    }
}

/// A text without commands, with the names of fields in the place of options: `--reason TEXT` is “Reason”.
fn fields(view: &View, text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("--") {
        let (before, from) = rest.split_at(at);
        let option: String = from
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .collect();
        said.push_str(before);
        rest = &from[option.len()..];
        match FIELDS.iter().find(|(known, _)| *known == option) {
            Some((_, key)) => {
                said.push_str(&format!("“{}”", view.t(key)));
                // What stands for its value: a word in capitals or in quotes.
                let value = rest.strip_prefix(' ').unwrap_or_default();
                let capitals = value.len() - value.trim_start_matches(|c: char| c.is_ascii_uppercase()).len();
                let quoted = value
                    .strip_prefix('"')
                    .and_then(|value| value.find('"'))
                    .map_or(0, |end| end + 2);
                let length = if capitals > 1 { capitals } else { quoted };
                if length > 0 {
                    rest = &value[length..];
                }
            }
            None => said.push_str(&option),
        }
    }
    said.push_str(rest);
    said
}

/// Text as HTML.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

fn link(view: &View, command: &str) -> Option<String> {
    let begins = |way: &str| {
        command
            .strip_prefix(way)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let (_, address, words) = WAYS.iter().find(|(way, _, _)| begins(way))?;
    if address.is_empty() {
        return None;
    }
    let words: Vec<String> = words.iter().map(|key| view.t(key)).collect();
    // A budget opens at the year that is spoken of.
    let year = command
        .split_once("--year ")
        .map(|(_, rest)| rest.split(' ').next().unwrap_or_default());
    let year = year.filter(|year| *address == "/budget" && year.bytes().all(|byte| byte.is_ascii_digit()));
    let query = year.map(|year| format!("?year={year}")).unwrap_or_default();
    Some(format!(
        "<a href=\"{address}{query}\">{}</a>",
        escape(&words.join(" › "))
    ))
}

#[cfg(test)]
mod tests {
    use super::{Said, WAYS};
    use crate::web::routes;
    use crate::web::view::View;
    use headroom_models::language::Language;

    #[test]
    fn a_command_becomes_the_way_to_its_page_and_what_a_message_quotes_stays_text() {
        let view = View::default();
        let said = Said::new(
            &view,
            "<b> is missing: `headroom budget derive --year 2027`, then `headroom init`",
        )
        .to_string();
        assert!(
            said.starts_with("&lt;b&gt; is missing: <a href=\"/budget?year=2027\">Budget › Derive a draft</a>"),
            "{said}"
        );
        assert!(said.ends_with("then <code>headroom init</code>"), "{said}");
        let hostile = Said::new(&view, "`headroom budget show --year \"><script>`").to_string();
        assert!(
            !hostile.contains("<script>") && hostile.contains("href=\"/budget\""),
            "{hostile}"
        );
        let chinese = View {
            language: Language::SimplifiedChinese,
            ..view
        };
        assert!(
            Said::new(&chinese, "先 `headroom import FILE`")
                .to_string()
                .starts_with("先 <a href=\"/bills\">")
        );
    }

    #[test]
    fn an_option_becomes_the_field_that_says_the_same() {
        let view = View::default();
        let said = |text: &str| Said::new(&view, text).to_string();
        assert_eq!(
            said("Add with --append, or --replace; say why: --reason TEXT. Nothing -- no"),
            "Add with “Add to the month instead of replacing it”, or “Replace although invoices or assets are missing”; \
             say why: “Reason”. Nothing -- no"
        );
        assert_eq!(
            said("approve with --override \"REASON\", on record"),
            "approve with “Comment”, on record"
        );
        assert_eq!(
            said("`headroom init --force` --out FILE"),
            "<code>headroom init --force</code> --out FILE"
        );
        for (_, key) in super::FIELDS {
            assert!(!view.t(key).starts_with("Unknown"), "{key}");
        }
    }

    #[test]
    fn every_option_that_a_message_names_by_itself_is_a_field_of_a_page() {
        // Of the command line alone: what is printed there, and where the data lie.
        let own = ["--data", "--out", "--all", "--json", "--input"];
        let mut unknown = Vec::new();
        for folder in ["src/locales/en", "src/locales/zh-CN"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                // What the command line itself says about its options.
                if path.ends_with("cli.ftl") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for line in text
                    .lines()
                    .filter(|line| line.starts_with("refused-") || line.starts_with(' '))
                {
                    // Commands are links as a whole; what is left of them are options by themselves.
                    let bare: String = line.split('`').step_by(2).collect();
                    for part in bare.split("--").skip(1) {
                        let name: String = part
                            .chars()
                            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
                            .collect();
                        let option = format!("--{}", name.trim_end_matches('-'));
                        let known = super::FIELDS.iter().any(|(known, _)| *known == option);
                        if !name.is_empty() && !known && !own.contains(&option.as_str()) {
                            unknown.push(option);
                        }
                    }
                }
            }
        }
        assert!(unknown.is_empty(), "no field of a page is known for {unknown:?}");
    }

    #[test]
    fn every_command_that_a_message_names_leads_to_a_page() {
        let mut unknown = Vec::new();
        for folder in ["src/locales/en", "src/locales/zh-CN"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(folder).unwrap() {
                let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
                for part in text.split("`headroom ").skip(1) {
                    let command = part.split('`').next().unwrap();
                    let known = WAYS
                        .iter()
                        .any(|(way, _, _)| command == *way || command.starts_with(&format!("{way} ")));
                    if !known {
                        unknown.push(command.to_owned());
                    }
                }
            }
        }
        assert!(unknown.is_empty(), "no page is known for {unknown:?}");
        let routes = routes::all();
        for (_, address, words) in WAYS {
            assert!(
                address.is_empty() || routes.iter().any(|route| route.path == *address),
                "{address}"
            );
            for key in *words {
                assert_ne!(View::default().t(key), format!("Unknown localization {key}"), "{key}");
            }
        }
    }
}
