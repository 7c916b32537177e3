//! Help: the user guide of `docs/guide`, in the binary.

use crate::refusal::Refusal;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

/// Pages of the guide: address, text.
const GUIDE: &[(&str, &str)] = &[
    ("web", include_str!("../../../docs/guide/web.md")),
    ("imports", include_str!("../../../docs/guide/imports.md")),
    ("templates", include_str!("../../../docs/guide/templates.md")),
    ("configuration", include_str!("../../../docs/guide/configuration.md")),
    ("allocation", include_str!("../../../docs/guide/allocation.md")),
    ("capacity", include_str!("../../../docs/guide/capacity.md")),
    ("budget", include_str!("../../../docs/guide/budget.md")),
    ("execution", include_str!("../../../docs/guide/execution.md")),
    ("optimization", include_str!("../../../docs/guide/optimization.md")),
    ("sources/focus", include_str!("../../../docs/guide/sources/focus.md")),
    ("sources/idc", include_str!("../../../docs/guide/sources/idc.md")),
    (
        "sources/prometheus",
        include_str!("../../../docs/guide/sources/prometheus.md"),
    ),
    ("sources/aws", include_str!("../../../docs/guide/sources/aws.md")),
    ("sources/azure", include_str!("../../../docs/guide/sources/azure.md")),
    ("sources/gcp", include_str!("../../../docs/guide/sources/gcp.md")),
    ("sources/oci", include_str!("../../../docs/guide/sources/oci.md")),
    (
        "sources/alibaba",
        include_str!("../../../docs/guide/sources/alibaba.md"),
    ),
    (
        "sources/tencent",
        include_str!("../../../docs/guide/sources/tencent.md"),
    ),
    ("sources/huawei", include_str!("../../../docs/guide/sources/huawei.md")),
    (
        "sources/volcengine",
        include_str!("../../../docs/guide/sources/volcengine.md"),
    ),
];

#[derive(Template)]
#[template(path = "help.html")]
struct Page {
    shell: Shell,
    topics: Vec<(&'static str, String, bool)>,
    body: String,
}

/// The title of a page: its first heading.
fn title(text: &str) -> String {
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    heading.unwrap_or_default().to_owned()
}

fn build(visit: &Visit, name: &str) -> Result<Page, crate::app::AppError> {
    let found = GUIDE.iter().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| Refusal::new("refused-no-help").with("name", name))?;
    Ok(Page {
        shell: visit.shell("help", "web-nav-help"),
        topics: GUIDE
            .iter()
            .map(|(known, text)| (*known, title(text), *known == name))
            .collect(),
        body: html(text),
    })
}

/// `GET /help`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit.page(|visit| build(visit, "web")).await
}

/// `GET /help/{page}`.
pub(crate) async fn topic(visit: Visit, Path(name): Path<String>) -> Response {
    visit
        .page(move |visit| build(visit, name.trim_end_matches(".md")))
        .await
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Code, emphasis and links within a line.
fn inline(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            html.push_str(&format!("<code>{}</code>", escape(part)));
            continue;
        }
        for (index, part) in part.split("**").enumerate() {
            let part = links(&escape(part));
            html.push_str(&if index % 2 == 1 { format!("<b>{part}</b>") } else { part });
        }
    }
    html
}

/// `[words](address)`, with pages of the guide as pages of the help.
fn links(text: &str) -> String {
    let Some((before, rest)) = text.split_once('[') else {
        return text.to_owned();
    };
    let Some((words, rest)) = rest.split_once("](") else {
        return text.to_owned();
    };
    let Some((address, after)) = rest.split_once(')') else {
        return text.to_owned();
    };
    let target = match address.strip_suffix(".md") {
        Some(page) => format!("/help/{}", page.trim_start_matches("../").trim_start_matches("./")),
        None if address.starts_with('#') => address.to_owned(),
        None => return format!("{before}{words}{}", links(after)),
    };
    format!("{before}<a href=\"{target}\">{words}</a>{}", links(after))
}

/// The Markdown of the guide as HTML: headings, paragraphs, lists, tables, code. Nothing in it comes from a user.
fn html(text: &str) -> String {
    let mut html = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("```") {
            let _ = rest;
            let mut code = String::new();
            for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                code.push_str(&escape(line));
                code.push('\n');
            }
            html.push_str(&format!("<pre tabindex=\"0\">{code}</pre>"));
        } else if line.starts_with("    ") {
            let mut code = escape(line.trim_start());
            while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
                code.push('\n');
                code.push_str(&escape(line.get(4..).unwrap_or_default()));
            }
            html.push_str(&format!("<pre tabindex=\"0\">{code}</pre>"));
        } else if let Some((level, heading)) = line
            .split_once("# ")
            .filter(|(level, _)| level.chars().all(|c| c == '#'))
        {
            let level = level.len() + 1;
            html.push_str(&format!("<h{level}>{}</h{level}>", inline(heading)));
        } else if line.starts_with('|') {
            let cells = |line: &str, tag: &str| {
                let inner = line.trim().trim_matches('|');
                let cells: Vec<String> = inner
                    .split(" | ")
                    .map(|cell| format!("<{tag}>{}</{tag}>", inline(cell.trim())))
                    .collect();
                format!("<tr>{}</tr>", cells.concat())
            };
            html.push_str(&format!(
                "<div class=\"scroll\" tabindex=\"0\"><table><thead>{}</thead><tbody>",
                cells(line, "th")
            ));
            while let Some(line) = lines.next_if(|line| line.starts_with('|')) {
                if !line.chars().all(|c| "|-: ".contains(c)) {
                    html.push_str(&cells(line, "td"));
                }
            }
            html.push_str("</tbody></table></div>");
        } else if is_item(line) {
            html.push_str("<ul>");
            let mut item = item_text(line).to_owned();
            while let Some(line) = lines.next_if(|line| is_item(line) || line.starts_with("  ")) {
                if is_item(line) {
                    html.push_str(&format!("<li>{}</li>", inline(&item)));
                    item = item_text(line).to_owned();
                } else {
                    item.push(' ');
                    item.push_str(line.trim());
                }
            }
            html.push_str(&format!("<li>{}</li></ul>", inline(&item)));
        } else if !line.trim().is_empty() {
            let mut paragraph = line.to_owned();
            let goes_on = |line: &&str| {
                !line.trim().is_empty()
                    && !is_item(line)
                    && !line.starts_with(['|', '#', '`'])
                    && !line.starts_with("    ")
            };
            while let Some(line) = lines.next_if(goes_on) {
                paragraph.push(' ');
                paragraph.push_str(line.trim());
            }
            html.push_str(&format!("<p>{}</p>", inline(&paragraph)));
        }
    }
    html
}

fn is_item(line: &str) -> bool {
    let numbered = line
        .split_once(". ")
        .is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    line.starts_with("- ") || line.starts_with("* ") || numbered
}

fn item_text(line: &str) -> &str {
    line.split_once(' ').map_or(line, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::{GUIDE, html};

    #[test]
    fn every_page_of_the_guide_becomes_html_and_all_its_links_lead_somewhere() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide");
        let pages = |folder: &std::path::Path| {
            let entries = std::fs::read_dir(folder).unwrap();
            entries.filter(|entry| entry.as_ref().unwrap().path().is_file()).count()
        };
        assert_eq!(GUIDE.len(), pages(&folder) + pages(&folder.join("sources")));
        for (name, text) in GUIDE {
            let page = html(text);
            assert!(page.contains("<h1>"), "{name}");
            for target in page.split("href=\"/help/").skip(1) {
                let target = target.split(['"', '#']).next().unwrap();
                assert!(
                    GUIDE.iter().any(|(known, _)| *known == target),
                    "{name} leads to {target}"
                );
            }
        }
    }

    #[test]
    fn what_stands_in_the_guide_is_text() {
        assert_eq!(html("a <b> & `c<d`"), "<p>a &lt;b&gt; &amp; <code>c&lt;d</code></p>");
        assert_eq!(html("- one\n  more\n- two"), "<ul><li>one more</li><li>two</li></ul>");
    }
}
