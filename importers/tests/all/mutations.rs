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
    fn damaged_files(file in 0..20_usize, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = FILES[file].clone();
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
