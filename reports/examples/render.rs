//! Writes the sample report in every format and language into a folder, to look at: `--example render -- FOLDER`.

#[path = "../tests/support/mod.rs"]
#[allow(dead_code)]
mod support;

use headroom_models::language::Language;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which folder to write into")?);
    std::fs::create_dir_all(&folder)?;
    let report = support::report();
    std::fs::write(folder.join("report.json"), headroom_reports::json(&report)?)?;
    for language in Language::ALL {
        let file = |ending: &str| folder.join(format!("report-{language}.{ending}"));
        std::fs::write(file("html"), headroom_reports::html(&report, language)?)?;
        std::fs::write(file("xlsx"), headroom_reports::xlsx(&report, language)?)?;
        std::fs::write(file("csv"), headroom_reports::csv(&report, language, true)?)?;
    }
    Ok(())
}
