//! The process is killed at random moments, 200 times and more: a batch is there whole or not at all.

use super::support::{command, demo_copy, empty, headroom, json, list, query, text, write};
use serde_json::Value;
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const ROWS: usize = 1800;
const MONTHS: usize = 12;

/// A FOCUS file of a year, so that a batch has twelve files to put in place; and its sum.
fn bill() -> (String, String) {
    let mut lines = String::from(
        "ProviderName,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,\
         ChargePeriodEnd,ChargeCategory,ServiceCategory,ServiceName,ResourceId,BilledCost,EffectiveCost,ListCost,Tags\n",
    );
    for row in 0..ROWS {
        let month = row % MONTHS + 1;
        let (next_year, next) = if month == 12 { (2026, 1) } else { (2025, month + 1) };
        let period = format!("2025-{month:02}-01T00:00:00Z,{next_year}-{next:02}-01T00:00:00Z");
        lines.push_str(&format!(
            "Cloud,1,USD,{period},{period},Usage,Compute,Machines,i-{row:06},{row}.000000000001,{row}.25,{row}.5,\
             \"{{\"\"product\"\":\"\"video\"\"}}\"\n"
        ));
    }
    // 0 + 1 + … + 1799, and 1800 times 0.000000000001.
    (lines, "1619100.0000000018".to_owned())
}

/// Waits spread over a run by a fixed generator (SplitMix64), so that a failure can be repeated as far as a clock allows.
struct Waits(u64);

impl Waits {
    fn next(&mut self, longest: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        longest.mul_f64((mixed >> 11) as f64 / (1u64 << 53) as f64)
    }
}

/// From which moment of a run the time to the kill is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum From {
    Start,
    /// The first file of the batch is put in place: what follows is the commit.
    FirstFile,
}

/// Runs a command and kills it a while after a moment of it. Says whether that hit it, and how long it ran from the moment.
fn killed(data: &Path, arguments: &[&str], from: From, wait: Option<Duration>) -> (bool, Duration) {
    let mut running = command(data, arguments);
    let mut child = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while from == From::FirstFile && !data.join("ledger").exists() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(100));
    }
    let started = Instant::now();
    if let Some(wait) = wait {
        std::thread::sleep(wait);
        child.kill().unwrap();
    }
    let ended = child.wait().unwrap();
    (ended.signal() == Some(9), started.elapsed())
}

/// What a kill left behind.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Left {
    Nothing,
    Staged,
    InPlace,
    Committed,
}

/// Looks at the data directory after a kill: nothing of the batch counts, or all of it.
fn left(data: &Path, sum: &str) -> Left {
    let check = headroom(data, &["check", "--json"]).json();
    let failing: Vec<&Value> = list(&check["checks"])
        .iter()
        .filter(|check| !list(&check["failures"]).is_empty())
        .collect();
    let batches = json(data, &["imports", "list"]);
    if let [batch] = list(&batches) {
        assert_eq!(failing, [] as [&Value; 0], "a batch that counts does not hold together");
        assert_eq!(
            (text(&batch["totals"][0]["billed"]), batch["batch"]["rows"].as_u64()),
            (sum, Some(ROWS as u64))
        );
        let files = query(data, "SELECT path FROM data_files");
        assert!(
            files.len() == MONTHS && files.iter().all(|file| data.join(file).is_file()),
            "{files:?}"
        );
        return Left::Committed;
    }
    assert_eq!(list(&batches).len(), 0);
    for table in [
        "data_files",
        "batch_totals",
        "batch_inputs",
        "audit WHERE action <> 'init'",
    ] {
        assert_eq!(
            query(data, &format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")),
            ["0"],
            "{table}"
        );
    }
    // Files that no batch lists are all that may be wrong.
    match failing[..] {
        [] if data.join("staging").exists() => Left::Staged,
        [] => Left::Nothing,
        [check] if check["name"] == "no file without a batch" => Left::InPlace,
        _ => panic!("{failing:?}"),
    }
}

/// Kills imports, counted from a moment of the run, until `tries` of them died, and looks at each. Counts what they left, and
/// the runs that ended before.
fn kill_imports(seed: u64, tries: usize, from: From) -> ([usize; 4], usize) {
    let beside = tempfile::tempdir().unwrap();
    let (content, sum) = bill();
    let file = write(beside.path(), "year.csv", &content);
    let import = ["import", &file, "--source", "cloud"];
    let whole = |data: &TempDir| {
        let imported = json(data.path(), &import);
        assert_eq!(
            (text(&imported["totals"][0]["billed"]), imported["rows"].as_u64()),
            (sum.as_str(), Some(ROWS as u64))
        );
        headroom(data.path(), &["check"]).ok();
    };
    let (mut data, mut waits, mut counts) = (empty(), Waits(seed), [0; 4]);
    let (mut died, mut ended, mut whole_run) = (0, 0, None);
    while died < tries {
        // How long a run takes changes with what else the machine does: it is measured again and again.
        let longest = *whole_run.get_or_insert_with(|| killed(empty().path(), &import, from, None).1);
        if !killed(data.path(), &import, from, Some(waits.next(longest))).0 {
            // It was faster: the batch is there.
            assert_eq!(left(data.path(), &sum), Left::Committed);
            ended += 1;
            assert!(
                ended < 3 * tries,
                "the kills come too late: {ended} runs ended before, a run takes {longest:?}"
            );
            (whole_run, data) = (None, empty());
            continue;
        }
        died += 1;
        let found = left(data.path(), &sum);
        counts[found as usize] += 1;
        match found {
            Left::Committed => assert_eq!(json(data.path(), &import)["duplicate_of"], "B000001"),
            // The next try starts from what this one left.
            Left::Nothing | Left::Staged if died % 2 == 0 && died < tries => continue,
            // The next write clears what was left, also one that is then refused; or it is the import, and whole.
            _ if died % 8 > 0 => {
                headroom(data.path(), &["reopen", "2031-01", "--reason", "x"]).refused(&["2031-01 is not closed"]);
                assert_eq!(left(data.path(), &sum), Left::Nothing);
            }
            _ => whole(&data),
        }
        (whole_run, data) = (whole_run.filter(|_| died % 20 != 0), empty());
    }
    println!(
        "of {tries} imports killed from {from:?}: {} left nothing, {} staged files, {} files in place without a batch, \
         {} the whole batch; {ended} ended before",
        counts[0], counts[1], counts[2], counts[3]
    );
    (counts, ended)
}

#[test]
fn an_import_killed_at_any_moment_leaves_no_half_batch() {
    let (counts, _) = kill_imports(1, 105, From::Start);
    assert!(counts[Left::Staged as usize] > 0, "{counts:?}");
}

#[test]
fn an_import_killed_while_it_commits_leaves_no_half_batch() {
    let (counts, ended) = kill_imports(2, 100, From::FirstFile);
    // Both sides of the transaction were hit.
    let whole = counts[Left::Committed as usize] + ended;
    assert!(
        counts[Left::InPlace as usize] > 0 && whole > 0,
        "{counts:?}, {ended} ended"
    );
}

#[test]
fn an_allocation_killed_at_any_moment_leaves_nothing_that_stays() {
    let copy = demo_copy();
    query(copy.path(), "UPDATE periods SET state = 'open'"); // closed months are not allocated again
    let mut waits = Waits(3);
    let mut left_behind = 0;
    let unlisted = || -> BTreeSet<String> {
        let listed: BTreeSet<String> = query(copy.path(), "SELECT path FROM allocation_runs")
            .into_iter()
            .collect();
        let months = std::fs::read_dir(copy.path().join("allocated"))
            .unwrap()
            .map(|month| month.unwrap().path());
        let files = months
            .flat_map(|month| std::fs::read_dir(month).unwrap())
            .map(|file| file.unwrap().path());
        let names = files.map(|file| file.strip_prefix(copy.path()).unwrap().display().to_string());
        names.filter(|name| !listed.contains(name)).collect()
    };
    let mut tries = 0;
    while tries < 30 || (left_behind == 0 && tries < 150) {
        tries += 1;
        let wait = Duration::from_millis(80) + waits.next(Duration::from_millis(320));
        killed(copy.path(), &["allocate"], From::Start, Some(wait));
        left_behind += unlisted().len();
        // Any writing command, also one that is then refused.
        headroom(copy.path(), &["reopen", "2031-01", "--reason", "x"]).refused(&["2031-01 is not closed"]);
        assert_eq!(unlisted(), BTreeSet::new());
    }
    println!("{tries} killed allocations left {left_behind} files behind, all cleared");
    assert!(left_behind > 0, "the kills came at the wrong moments");
    headroom(copy.path(), &["check"]).ok();
}
