//! Utilization, business metrics, targets and rates.

use super::support::{money, month, run_text};
use headroom_importers::Dataset;
use polars::prelude::*;

#[test]
fn utilization_keeps_missing_samples_missing() {
    let text =
        "时间\tresource_id\tcpu_percent\tconnections\n2026-03-01T07:00:00+08:00\tA\t12.5\t\n2026/3/1 0:05\tA\t\t7\n";
    let (result, kept) = run_text("u.txt", text);
    let imported = result.unwrap();
    assert_eq!((imported.rows, imported.rejected), (2, 0));
    // The first sample lies in February by UTC.
    assert_eq!(imported.months[&month("2026-02")], 1);
    let (_, _, frame) = &kept.frames[1];
    assert_eq!(frame.column("cpu_percent").unwrap().null_count(), 1);
    assert_eq!(frame.column("connections").unwrap().f64().unwrap().get(0), Some(7.0));
    let time = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
    assert_eq!(frame.column("timestamp").unwrap().dtype(), &time);
}

#[test]
fn metrics_take_days_and_months() {
    let text =
        "日期,产品,指标,数值\n2026年3月5日,video,DAU,1250000\n2026-04,shop,orders,18.5\n2026-04-31,shop,orders,1\n";
    let (result, kept) = run_text("m.csv", text);
    assert_eq!(result.unwrap().rejects.len(), 1);
    assert_eq!(
        kept.decimals(Dataset::BusinessMetrics, "value"),
        [Some(money("1250000")), Some(money("18.5"))]
    );
    let days: Vec<String> = kept
        .frames
        .iter()
        .map(|frame| frame.2.column("date").unwrap().get(0).unwrap().to_string())
        .collect();
    assert_eq!(days, ["2026-03-05", "2026-04-01"]);
}

#[test]
fn targets_and_rates() {
    let (result, kept) = run_text("t.csv", "month,product,metric,target\n202701,video,DAU,1500000\n");
    assert_eq!(result.unwrap().importer, "kpi-target");
    assert_eq!(kept.texts(Dataset::KpiTargets, "month"), ["2027-01"]);
    let (result, kept) = run_text(
        "r.csv",
        "月份,原币,目标币,汇率\n2026-03,usd,CNY,6.912\n2026-03,USD,cny,6.913\n",
    );
    let imported = result.unwrap();
    assert_eq!((imported.rows, imported.rejected), (1, 1));
    assert_eq!(kept.texts(Dataset::FxRates, "from"), ["USD"]);
    assert_eq!(kept.decimals(Dataset::FxRates, "rate"), [Some(money("6.912"))]);
}
