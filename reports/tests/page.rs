//! The HTML page stands alone, speaks one language, and says in words and tables what its pictures show.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[allow(dead_code)]
mod support;

use headroom_models::language::Language;
use headroom_reports::html;

/// The text that a reader sees or hears: without style, tags and attributes other than titles and labels.
fn visible(page: &str) -> String {
    let body = page.split_once("</style>").unwrap().1;
    let mut text = String::new();
    for piece in body.split('<') {
        let (tag, shown) = piece.split_once('>').unwrap_or(("", piece));
        for attribute in ["title=\"", "aria-label=\""] {
            if let Some((_, rest)) = tag.split_once(attribute) {
                text += rest.split('"').next().unwrap();
                text.push('\n');
            }
        }
        text += shown;
        text.push('\n');
    }
    text
}

#[test]
fn needs_nothing_from_outside() {
    for language in Language::ALL {
        let page = html(&support::report(), language).unwrap();
        let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for outside in [
            "http:", "https:", "//", "<script", "src=", "@import", "url(", "<link", "<iframe",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}

#[test]
fn every_chart_has_a_text_and_a_table() {
    for language in Language::ALL {
        let page = html(&support::report(), language).unwrap();
        assert_eq!(page.matches("<svg ").count(), 4);
        for svg in page.split("<svg ").skip(1) {
            let head = svg.split('>').next().unwrap();
            // What stands in an image is no link for a screen reader: a chart with links is a group.
            let links = svg.split("</svg>").next().unwrap().contains("<a href=");
            let role = if links { "role=\"group\"" } else { "role=\"img\"" };
            assert!(head.contains(role) && head.contains("viewBox=") && head.contains("width=\"100%\""));
            let label = head.split_once("aria-label=\"").unwrap().1.split('"').next().unwrap();
            assert!(label.chars().count() > 30, "{label}");
        }
        // months (S-curve), variance and variance by product (waterfall), heat, cost types, and six lists.
        assert!(page.matches("<table").count() >= 10);
        assert!(page.matches("<text").count() > 150);
    }
}

#[test]
fn links_lead_to_places_of_the_page() {
    let page = html(&support::report(), Language::English).unwrap();
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
}

#[test]
fn chinese_page_is_chinese() {
    let text = visible(&html(&support::report(), Language::SimplifiedChinese).unwrap());
    for word in [
        "预算执行率报告",
        "累计执行率",
        "时间进度",
        "年末落点",
        "风险金额",
        "追加",
        "调减",
        "外网带宽",
        "视频",
        "权责口径",
        "万元",
    ] {
        assert!(text.contains(word), "{word}");
    }
    // What the company or the bill calls its things stays as it is.
    let own = [
        "DAU",
        "CFO",
        "CNY",
        "USD",
        "Mbps",
        "Gbps",
        "idc-north",
        "idc-east",
        "aliyun",
        "assets",
        "aws",
        "xlsx",
        "csv",
    ];
    let own_ids = [
        "bw-north-07",
        "i-0a3f9c12e77b",
        "rack-B12-04",
        "disk-88213",
        "srv-2291",
        "i-bp1f09",
    ];
    let left = own_ids
        .iter()
        .chain(&own)
        .fold(text, |text, word| text.replace(word, ""));
    let stray: Vec<&str> = left
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| word.len() > 2 && !matches!(*word, "quot" | "amp" | "lt" | "gt"))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

#[test]
fn english_page_is_english() {
    let text = visible(&html(&support::report(), Language::English).unwrap());
    for word in [
        "Execution rate to date",
        "Time progress",
        "Landing at year end",
        "Money at risk",
        "Supplement",
        "Internet bandwidth",
    ] {
        assert!(text.contains(word), "{word}");
    }
    let stray: Vec<char> = text
        .chars()
        .filter(|c| (0x2E80..0xFF65).contains(&(*c as u32)))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
    assert!(!text.contains("CNY ten thousand"));
}
