//! Every template in both languages is read without rejects.

use super::support::run_text;
use headroom_importers::{template, template_names};
use headroom_models::language::Language;

#[test]
fn templates_import_without_rejects() {
    let names = template_names();
    assert_eq!(
        names,
        [
            "idc-invoice",
            "asset",
            "prepaid",
            "utilization",
            "business-metric",
            "kpi-target",
            "fx",
            "purchase-order",
            "event",
            "release",
            "load-test",
            "price",
            "contract",
            "meter"
        ]
    );
    for name in names {
        for language in Language::ALL {
            let text = template(name, language).unwrap();
            assert_eq!(text.starts_with('\u{FEFF}'), language == Language::SimplifiedChinese);
            let (result, kept) = run_text("template.csv", text);
            let imported = result.unwrap_or_else(|error| panic!("{name} {language}: {error}"));
            assert_eq!((imported.rejects, imported.rows), (Vec::new(), 2), "{name} {language}");
            assert_eq!((imported.importer, imported.findings), (name, Vec::new()));
            assert!(!kept.frames.is_empty());
        }
    }
    assert_eq!(template("focus", Language::English), None);
}
