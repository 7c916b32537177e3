//! PDF: the HTML page, printed by a browser that is installed. There is no writer of our own.

use super::AppError;
use crate::refusal::Refusal;
use crate::store::StoreError;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Names the browser, when it is not on the path.
const VARIABLE: &str = "HEADROOM_BROWSER";

/// Browsers that print without a screen, in the order in which they are looked for.
const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
];

const PATIENCE: Duration = Duration::from_secs(90);

/// The browser that prints: the one that `HEADROOM_BROWSER` names, else the first known one on the path.
fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|file| file.is_file())
}

/// Prints a self-contained page.
///
/// # Errors
/// When there is no browser, or it prints nothing.
pub(super) fn print(html: &str) -> Result<Vec<u8>, AppError> {
    let browser = browser().ok_or_else(|| Refusal::new("refused-no-browser").with("variable", VARIABLE))?;
    let folder = tempfile::tempdir().map_err(StoreError::step("step-making-folder"))?;
    let (page, pdf) = (folder.path().join("report.html"), folder.path().join("report.pdf"));
    std::fs::write(&page, html).map_err(StoreError::step("step-writing-file"))?;
    let failed = |reason: String| {
        Refusal::new("refused-browser-failed")
            .with("browser", browser.display())
            .with("reason", reason)
            .with("variable", VARIABLE)
    };
    let mut child = Command::new(&browser)
        .args([
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--disable-extensions",
            "--no-pdf-header-footer",
            "--allow-file-access-from-files",
            // The page is our own, holds no script and asks for nothing: a sandbox is not needed, and root has none.
            "--no-sandbox",
        ])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begun.elapsed() > PATIENCE => break None,
            Ok(None) => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(failed(error.to_string()).into()),
        }
    };
    if status.is_none() {
        // Nothing is left running; that the process may be gone already is no failure.
        drop(child.kill());
        drop(child.wait());
        return Err(failed(format!("no page after {} s", PATIENCE.as_secs())).into());
    }
    let bytes = std::fs::read(&pdf).map_err(|error| failed(error.to_string()))?;
    if bytes.starts_with(b"%PDF-") {
        Ok(bytes)
    } else {
        Err(failed("what it wrote is no PDF".to_owned()).into())
    }
}
