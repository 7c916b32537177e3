//! Published FOCUS files: row counts and totals as an exact decimal sum of the same files gives them.

use super::support::{input, money, month, run, run_text, run_with};
use headroom_importers::Dataset;
use headroom_models::ledger::Money;

fn known_answer(file: &str, rows: u64, billed: &str, effective: &str, list: &str) {
    let (result, kept) = run(&[&format!("ok/focus/{file}")]);
    let imported = result.unwrap();
    assert_eq!(
        (imported.importer, imported.rows, imported.rejected),
        ("focus", rows, 0)
    );
    assert_eq!(kept.rows(Dataset::Charges) as u64, rows);
    assert_eq!(imported.datasets[&Dataset::Charges], rows);
    assert_eq!(imported.months.values().sum::<u64>(), rows);
    let totals = imported.totals["USD"];
    assert_eq!(
        [totals.billed, totals.effective, totals.list],
        [billed, effective, list].map(money)
    );
    assert_eq!(imported.rounding_residual.to_string(), "0");
    for (column, total) in [("BilledCost", billed), ("EffectiveCost", effective), ("ListCost", list)] {
        let sum: Money = kept.decimals(Dataset::Charges, column).into_iter().flatten().sum();
        assert_eq!(sum, money(total), "{column}");
    }
    assert_eq!(imported.files[0].sha256.len(), 64);
    assert_eq!(imported.files[0].rows, rows);
}

#[test]
fn focus_1_0_sample() {
    known_answer(
        "focus_1.0_sample.csv",
        1000,
        "20.52022672899",
        "14.97651418586",
        "20.39090575119",
    );
    let (result, kept) = run(&["ok/focus/focus_1.0_sample.csv"]);
    let imported = result.unwrap();
    // Three providers: the source is named after the importer alone.
    assert_eq!(imported.source, "focus");
    assert_eq!(imported.months[&month("2024-09")], 999);
    assert_eq!(imported.months[&month("2024-10")], 1);
    let texts = |column| kept.texts(Dataset::Charges, column);
    assert!(
        !texts("Tags")
            .iter()
            .chain(&texts("AvailabilityZone"))
            .any(|text| text == "NULL")
    );
    assert!(texts("x_CostType").iter().all(|text| text == "cloud"));
    assert!(texts("x_ImportId").iter().all(|text| text == "batch-1"));
    assert!(texts("x_SourceFile").iter().all(|text| text == "focus_1.0_sample.csv"));
    assert!(texts("BillingAccountId").contains(&"1234567890123".to_owned()));
}

#[test]
fn focus_1_2_aws() {
    let total = "40293.06455513489625";
    known_answer(
        "focus_1_2_cost_and_usage_aws.csv",
        2000,
        total,
        total,
        "57661.488525689682064",
    );
    assert_eq!(
        run(&["ok/focus/focus_1_2_cost_and_usage_aws.csv"]).0.unwrap().source,
        "focus-aws"
    );
}

#[test]
fn focus_1_3_aws() {
    let total = "43488.235659305734756";
    known_answer(
        "focus_1_3_cost_and_usage_aws.csv",
        2000,
        total,
        total,
        "55883.372060648540069",
    );
}

#[test]
fn two_files_are_one_batch_and_the_same_file_twice_is_refused() {
    let files = [
        "ok/focus/focus_1_2_cost_and_usage_aws.csv",
        "ok/focus/focus_1_3_cost_and_usage_aws.csv",
    ];
    let imported = run(&files).0.unwrap();
    assert_eq!((imported.rows, imported.files.len()), (4000, 2));
    let error = run(&[files[0], files[0]]).0.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the same bytes as focus_1_2_cost_and_usage_aws.csv"),
        "{error}"
    );
}

const HEADER: &str = "ServiceProviderName,HostProviderName,BillingAccountId,BillingCurrency,BillingPeriodStart,\
    BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,BilledCost,EffectiveCost,ListCost,Tags,\
    x_Product,x_Module,x_CostType,x_ResourceMode,x_Expenditure";

#[test]
fn successors_of_provider_columns_and_own_columns_are_read() {
    let text = format!(
        "{HEADER}\nAWS,Reseller,007,usd,2026-05-01,2026-06-01,2026-05-01,2026-06-01,usage,S3,1.2E-7,\
         0.1234567890123456785000000001,-3,\"{{\"\"b\"\":1,\"\"a\"\":\"\"视频\"\"}}\",video,stream,server,idc,capex\n"
    );
    let (result, kept) = run_text("bill.csv", text);
    let imported = result.unwrap();
    assert_eq!(imported.rejects, []);
    assert_eq!(imported.source, "focus-aws");
    assert_eq!(
        imported.rounding_residual.to_string(),
        "-0.0000000000000000004999999999"
    );
    for (column, value) in [
        ("ProviderName", "AWS"),
        ("PublisherName", "Reseller"),
        ("BillingAccountId", "007"),
        ("BillingCurrency", "USD"),
        ("ChargeCategory", "Usage"),
        ("Tags", r#"{"a":"视频","b":1}"#),
        ("x_Product", "video"),
        ("x_Module", "stream"),
        ("x_CostType", "server"),
        ("x_ResourceMode", "idc"),
        ("x_Expenditure", "capex"),
    ] {
        assert_eq!(kept.texts(Dataset::Charges, column), [value], "{column}");
    }
    assert_eq!(
        kept.decimals(Dataset::Charges, "BilledCost"),
        [Some(money("0.00000012"))]
    );
}

#[test]
fn rows_of_other_months_than_the_one_asked_for_are_rejected() {
    let path = super::support::fixtures().join("ok/focus/focus_1.0_sample.csv");
    let (result, kept) = run_with(&[input(path)], |options| options.month = Some(month("2024-09")));
    let imported = result.unwrap();
    assert_eq!(
        (imported.rows, imported.rejected, kept.rows(Dataset::Charges)),
        (999, 1, 999)
    );
    let billed = imported.totals["USD"].billed + imported.rejected_billed["USD"];
    assert_eq!(billed, money("20.52022672899"));
}
