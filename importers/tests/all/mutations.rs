//! Whatever the bytes: an import ends with a result or an error, never with a panic, and never loses a row.

use super::support::{fixtures, run_text};
use headroom_importers::Dataset;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Files that are fine, to be damaged.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let read = |path: &str| std::fs::read(fixtures().join(path)).unwrap();
    let mut files: Vec<Vec<u8>> = [
        "ok/invoice/utf-8.csv",
        "ok/invoice/gb18030.csv",
        "ok/invoice/utf-16-le.csv",
        "ok/invoice/plain.csv.gz",
        "ok/invoice/two-members.zip",
        "ok/invoice/two-title-rows.xlsx",
        "ok/invoice/two-title-rows.xls",
        "ok/invoice/semicolon-decimal-comma.csv",
        "ok/aws/cur-legacy-all-line-types.csv",
        "ok/aws/cur-2-all-line-types.csv",
        "ok/azure/azure_EA_ActualCost_Small.csv",
        "ok/azure/headers_EnterpriseCamel.csv",
        "ok/gcp/credits.csv",
        "ok/oci/correction.csv",
        "ok/alibaba/instance-detail-gb18030.csv",
        "ok/tencent/l3-bill-detail.csv",
        "ok/huawei/resource-detail.csv",
        "ok/volcengine/bill-detail.csv",
        "ok/gcp/credits.jsonl",
        "ok/gcp/credits.parquet",
        "ok/aws/cur-2-all-line-types.parquet",
        "ok/alibaba/split-item-bill.csv",
        "ok/alibaba/amortized.csv",
        "ok/volcengine/amortized.csv",
        "ok/registers/contract.csv",
        "ok/registers/event.csv",
        "ok/registers/focus-commitment.csv",
        "ok/registers/focus-invoice.csv",
        "ok/registers/load-test.csv",
        "ok/registers/meter.csv",
        "ok/registers/asset.csv",
        "ok/registers/prepaid.csv",
        "ok/registers/fx.csv",
        "ok/registers/price.csv",
        "ok/registers/purchase-order.csv",
        "ok/registers/release.csv",
        "ok/registers/utilization.csv",
        "ok/registers/business-metric.csv",
        "ok/registers/kpi-target.csv",
        "not-ok/residual-above-price.csv",
        "not-ok/sum-differs.csv",
        "not-ok/date-that-does-not-exist.csv",
        "not-ok/sample-not-a-number.csv",
        "not-ok/rate-not-positive.csv",
    ]
    .map(read)
    .into();
    let focus = read("ok/focus/focus_1_3_cost_and_usage_aws.csv");
    files.push(focus[..6000].to_vec());
    files
});

fn import(bytes: &[u8]) {
    let (result, kept) = run_text("damaged.csv", bytes);
    if let Ok(imported) = result {
        assert_eq!(imported.rows + imported.rejected, imported.files[0].rows);
        assert_eq!(imported.rejected_rows.len() as u64, imported.rejected);
        let written: u64 = imported.datasets.values().sum();
        assert_eq!(
            Dataset::ALL
                .iter()
                .map(|&dataset| kept.rows(dataset) as u64)
                .sum::<u64>(),
            written
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        import(&bytes);
    }

    #[test]
    fn arbitrary_cells_below_a_known_header(cells in prop::collection::vec("[ -~年月日一]{0,12}|[0-9.eE,+-]{1,30}|20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}", 4..40)) {
        for header in ["date,product,metric,value", "month,from,to,rate", "month,product,metric,target"] {
            let mut text = header.to_owned();
            for row in cells.chunks(4) {
                text.push('\n');
                text.push_str(&row.join(","));
            }
            import(text.as_bytes());
        }
    }

    #[test]
    fn damaged_files(file in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = file.get(&FILES).clone();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        import(&bytes);
    }
}

/// Texts that have broken readers of tables before.
const TOKENS: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    "\n",
    "\r",
    ";",
    "\t",
    "\u{feff}",
    "\0",
    "合计",
    "Total",
    "1E-400",
    "1e999999999",
    "-",
    "--1",
    "NULL",
    "{",
    "}",
    "[",
    "]",
    "{\"a\":",
    "99999999999999999999999999999999999999",
    "0.0000000000000000000000000000001",
    "2026-02-30",
    "0000-00-00",
    "2026-06-01T25:00:00Z",
    "9999-12-31",
    "PAR1",
    "PK\u{3}\u{4}",
    "\u{1f}\u{8b}",
    "(",
    "USD",
    "RMB",
    "é",
    "￥",
];

/// A small generator of its own: a run is repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

fn mutate(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = FILES[dice.roll(FILES.len())].clone();
    // Text files are mostly tried short: what goes wrong goes wrong in a few rows.
    if bytes.len() > 3000 && !bytes.starts_with(b"PAR1") && !bytes.starts_with(b"PK") && !bytes.starts_with(&[0x1F]) {
        bytes.truncate(1500 + dice.roll(1500));
    }
    for _ in 0..1 + dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(6) {
            0 if at < bytes.len() => bytes[at] = dice.roll(256) as u8,
            1 => bytes.truncate(at),
            2 => {
                let token = TOKENS[dice.roll(TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
            3 => {
                let other = &FILES[dice.roll(FILES.len())];
                let from = dice.roll(other.len());
                let to = (from + dice.roll(200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            4 => {
                let to = (at + dice.roll(100)).min(bytes.len());
                bytes.drain(at..to);
            }
            _ => {
                let to = (at + dice.roll(60)).min(bytes.len());
                let again = bytes[at..to].to_vec();
                bytes.splice(at..at, again);
            }
        }
    }
    bytes
}

/// The long run of `benches/fuzz_imports.sh`: decode, recognise, map and guess, until the time is over.
#[test]
#[ignore = "runs for HEADROOM_FUZZ_SECONDS"]
fn fuzz_for_long() {
    let seconds = std::env::var("HEADROOM_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(60);
    let seed = std::env::var("HEADROOM_FUZZ_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_261_124_u64);
    let mut dice = Dice(seed | 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fuzz");
    let start = std::time::Instant::now();
    let (mut executions, mut read, mut largest) = (0_u64, 0_u64, 0_usize);
    while start.elapsed().as_secs() < seconds {
        let bytes = mutate(&mut dice);
        largest = largest.max(bytes.len());
        std::fs::write(&path, &bytes).unwrap();
        let input = super::support::input(&path);
        let done = std::panic::catch_unwind(|| {
            let (result, _) = super::support::run_with(std::slice::from_ref(&input), |_| {});
            let _ = headroom_importers::guess_mapping(&input, None);
            result.is_ok_and(|imported| {
                assert_eq!(imported.rows + imported.rejected, imported.files[0].rows);
                true
            })
        });
        match done {
            Ok(ok) => read += u64::from(ok),
            Err(_) => {
                let kept = std::env::temp_dir().join(format!("headroom-fuzz-{executions}"));
                std::fs::write(&kept, &bytes).unwrap();
                panic!(
                    "execution {executions} of seed {seed} panicked; its bytes are kept in {}",
                    kept.display()
                );
            }
        }
        executions += 1;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    println!(
        "{executions} executions in {seconds} s, {read} of them read to the end, largest file {largest} bytes, {peak}"
    );
}
