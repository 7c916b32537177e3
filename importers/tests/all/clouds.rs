//! Bills of public clouds: totals as an independent decimal sum of the same files gives them (`fixtures/ok/cloud_totals.py`),
//! and beside each file what its first charges look like in the ledger.

use super::support::{Kept, fixtures, input, money, run, run_with};
use headroom_importers::{Dataset, FileProblem, ImportError, Imported, Note};
use headroom_models::ledger::{Column, ColumnKind, Money, decimal_values, text_values};
use std::fmt::Write;

/// File, source, rows, charges, currency, billed, effective, list, residual.
type Answer = (
    &'static str,
    &'static str,
    u64,
    u64,
    &'static str,
    [&'static str; 3],
    &'static str,
);

#[rustfmt::skip]
const ANSWERS: &[Answer] = &[
    ("alibaba/amortized.csv", "alibaba-1080000000000017", 3, 3, "CNY", ["0", "425.84", "517.72"], "0"),
    ("alibaba/split-item-bill.csv", "alibaba-1080000000000017", 5, 5, "CNY", ["3600.96", "3600.96", "4701.173456"], "0"),
    ("alibaba/instance-detail-gb18030.csv", "alibaba-1080000000000017", 4, 4, "CNY", ["3600.96", "3600.96", "4701.173456"], "0"),
    ("alibaba/instance-detail.csv", "alibaba-1080000000000017", 4, 4, "CNY", ["3600.96", "3600.96", "4701.173456"], "0"),
    ("aws/aws-sample-anonymous-aws-export-dataset.csv", "aws-cur-123412340534", 1281, 1281, "USD", ["1.6823086974", "1.6823086974", "3.3561726949"], "0"),
    ("aws/cur-2-all-line-types.csv", "aws-cur-012345678901", 13, 13, "USD", ["2375.92000012", "38.9790001201", "2376.45200015"], "0"),
    ("aws/cur-legacy-all-line-types.csv", "aws-cur-012345678901", 13, 13, "USD", ["2375.92000012", "38.9790001201", "2376.45200015"], "0"),
    ("aws/cur-2-all-line-types.parquet", "aws-cur-012345678901", 13, 13, "USD", ["2375.92000012", "38.9790001201", "2376.45200015"], "0"),
    ("azure/azure_EA_ActualCost_Small.parquet", "azure-8611537", 11, 11, "USD", ["8.5450077867419368", "5.2950077867419368", "8.545007719"], "0"),
    ("azure/azure-sample-anonymous-ea-export-dataset.csv", "azure-12345678", 27, 27, "CAD", ["1.26136926505726", "1.26136926505726", "0.59159663244747928"], "0"),
    ("azure/azure_EA_ActualCost_Small.csv", "azure-8611537", 11, 11, "USD", ["8.5450077867419368", "5.2950077867419368", "8.545007719"], "0"),
    ("azure/azure_EA_AmortizedCost_Small.csv", "azure-8611537", 28, 28, "USD", ["15.797780136168644627", "16.296932136636644627", "16.304279594784"], "0.000000000000000000485419"),
    ("azure/headers_Enterprise.csv", "azure-12345678", 1, 1, "CAD", ["0", "0", "0"], "0"),
    ("azure/headers_EnterpriseCamel.csv", "azure", 1, 1, "USD", ["0.012", "0.012", "0.012"], "0"),
    ("azure/headers_PayAsYouGo.csv", "azure", 1, 1, "USD", ["0.075", "0.075", "0.075"], "0"),
    ("azure/localised-header.csv", "azure", 1, 1, "USD", ["0.075", "0.075", "0.075"], "0"),
    ("gcp/credits.csv", "gcp-happy", 6, 8, "USD", ["12.693455829012345677", "12.693455829012345677", "14.693455939012345678"], "0"),
    ("gcp/credits.jsonl", "gcp-happy", 6, 8, "USD", ["12.693455829012345677", "12.693455829012345677", "14.693455939012345678"], "0"),
    ("gcp/credits.parquet", "gcp-happy", 6, 8, "USD", ["12.693455829012345677", "12.693455829012345677", "14.693455939012345678"], "0"),
    ("gcp/nise_gcp_2026-06_part.csv", "gcp-happy", 1000, 1000, "USD", ["4.925288022257728", "4.925288022257728", "4.925288022257728"], "0.00000000000000000004"),
    ("huawei/res-fee-record-api-names.csv", "huawei", 1, 1, "CNY", ["0.3", "0.3", "0.3"], "0"),
    ("huawei/resource-detail.csv", "huawei", 4, 4, "CNY", ["900.74", "900.74", "1100.924"], "0"),
    ("oci/correction.csv", "oci", 1, 1, "USD", ["-0.0000000015", "-0.0000000015", "-0.0000000015"], "0"),
    ("oci/oci-reports_cost-csv_0000000030000269.csv", "oci", 506, 506, "USD", ["2.523589325400648027", "2.523589325400648027", "2.523589325400648027"], "0"),
    ("tencent/l2-resource-api-names.csv", "tencent-100000000001", 1, 1, "CNY", ["10.5", "10.5", "10.5"], "0"),
    ("tencent/l3-bill-detail.csv", "tencent-100000000001", 4, 4, "CNY", ["600.68", "600.68", "600.8"], "0"),
    ("volcengine/bill-detail-api-names.csv", "volcengine-2100000001", 1, 1, "CNY", ["1", "1", "1.2"], "0"),
    ("volcengine/amortized.csv", "volcengine-2100000001", 29, 29, "CNY", ["0", "348", "348"], "0"),
    ("volcengine/split-bill.csv", "volcengine-2100000001", 2, 2, "CNY", ["0.79", "0.79", "0.98"], "0"),
    ("volcengine/bill-detail.csv", "volcengine-2100000001", 3, 3, "CNY", ["324.79", "324.79", "324.98"], "0"),
];

#[test]
fn totals_are_those_of_an_independent_sum() {
    for &(file, source, rows, charges, currency, totals, residual) in ANSWERS {
        let (result, kept) = run(&[&format!("ok/{file}")]);
        let imported = result.unwrap();
        assert_eq!(imported.rejects, [], "{file}");
        assert_eq!(imported.source, source, "{file}");
        assert_eq!((imported.rows, imported.rejected), (rows, 0), "{file}");
        assert_eq!(kept.rows(Dataset::Charges) as u64, charges, "{file}");
        assert_eq!(imported.totals.len(), 1, "{file}");
        let found = imported.totals[currency];
        assert_eq!([found.billed, found.effective, found.list], totals.map(money), "{file}");
        assert_eq!(imported.rounding_residual.to_string(), residual, "{file}");
        for (column, total) in ["BilledCost", "EffectiveCost", "ListCost"].into_iter().zip(totals) {
            let sum: Money = kept.decimals(Dataset::Charges, column).into_iter().flatten().sum();
            assert_eq!(sum, money(total), "{file} {column}");
        }
        for column in [
            "ServiceName",
            "ServiceCategory",
            "BillingAccountId",
            "ProviderName",
            "ChargeFrequency",
        ] {
            let texts = kept.texts(Dataset::Charges, column);
            assert!(texts.iter().all(|text| !text.is_empty()), "{file} {column}");
        }
    }
}

/// The first charges of a file, column by column.
fn shown(imported: &Imported, kept: &Kept) -> String {
    let mut text = format!("importer {}, source {}\n", imported.importer, imported.source);
    for (month, count) in &imported.months {
        writeln!(text, "{month}: {count} charges").unwrap();
    }
    let frame = &kept.frames[0].2;
    for row in 0..frame.height().min(3) {
        writeln!(text, "charge {}", row + 1).unwrap();
        for &column in Column::ALL {
            let value = match column.kind() {
                ColumnKind::Text => text_values(frame, column.name()).unwrap()[row].clone(),
                ColumnKind::Decimal => {
                    decimal_values(frame, column.name()).unwrap()[row].map(|amount| amount.to_string())
                }
                ColumnKind::Timestamp => Some(kept.times(column.name())[row].clone()),
                ColumnKind::Integer => Some(frame.column(column.name()).unwrap().get(row).unwrap().to_string()),
            };
            if let Some(value) = value {
                writeln!(text, "  {} = {value}", column.name()).unwrap();
            }
        }
    }
    text
}

#[test]
fn charges_look_as_they_did() {
    let mut wrong = Vec::new();
    let others = [
        "focus/focus_1.0_sample.csv",
        "focus/focus_1_2_cost_and_usage_aws.csv",
        "focus/focus_1_3_cost_and_usage_aws.csv",
        "invoice/utf-8.csv",
        "registers/asset.csv",
        "registers/prepaid.csv",
    ];
    for file in ANSWERS.iter().map(|answer| answer.0).chain(others) {
        let (result, kept) = run(&[&format!("ok/{file}")]);
        let found = shown(&result.unwrap(), &kept);
        let path = fixtures().join(format!("ok/{file}.expected.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(format!("--- {file}\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_generations_of_aws_reports_say_the_same() {
    let of = |file: &str| {
        let (result, kept) = run(&[file]);
        let texts = |column: &str| kept.texts(Dataset::Charges, column);
        let all = [
            "ChargeCategory",
            "ChargeClass",
            "CommitmentDiscountId",
            "ServiceName",
            "ResourceId",
        ]
        .map(texts);
        let times = ["ChargePeriodStart", "ChargePeriodEnd"].map(|column| kept.times(column));
        let amounts = ["BilledCost", "EffectiveCost", "ListCost"].map(|column| kept.decimals(Dataset::Charges, column));
        (result.unwrap().totals["USD"], all, times, amounts)
    };
    assert_eq!(
        of("ok/aws/cur-legacy-all-line-types.csv"),
        of("ok/aws/cur-2-all-line-types.csv")
    );
}

#[test]
fn aws_effective_cost_follows_the_line_item_type() {
    let (_, kept) = run(&["ok/aws/cur-legacy-all-line-types.csv"]);
    let amounts = kept.decimals(Dataset::Charges, "EffectiveCost");
    let expected = [
        "0.00000012",
        "0.121",
        "0.2380000001",
        "0",
        "0",
        "29",
        "1.75",
        "19.75",
        "0",
        "13.37",
        "-20.5",
        "-3",
        "-1.75",
    ];
    assert_eq!(amounts, expected.map(|amount| Some(money(amount))));
    let categories = kept.texts(Dataset::Charges, "ChargeCategory");
    let expected = [
        "Usage",
        "Usage",
        "Usage",
        "Adjustment",
        "Purchase",
        "Purchase",
        "Purchase",
        "Purchase",
        "Purchase",
        "Tax",
        "Credit",
        "Adjustment",
        "Adjustment",
    ];
    assert_eq!(categories, expected);
    let tags = kept.texts(Dataset::Charges, "Tags");
    assert_eq!(tags[0], r#"{"aws:createdBy":"Root:012345678901","team":"video"}"#);
    // Twelve digits, the first of them zero.
    assert!(
        kept.texts(Dataset::Charges, "BillingAccountId")
            .iter()
            .all(|id| id == "012345678901")
    );
    assert!(
        kept.texts(Dataset::Charges, "SubAccountId")
            .iter()
            .all(|id| id == "000123456789")
    );
}

#[test]
fn without_commitment_columns_effective_cost_is_billed_cost() {
    let text = "lineItem/LineItemType,lineItem/UnblendedCost,lineItem/CurrencyCode,lineItem/ProductCode,bill/PayerAccountId,\
        bill/BillingPeriodStartDate,identity/TimeInterval\n\
        SavingsPlanCoveredUsage,0.34,USD,AmazonEC2,012345678901,2026-05-01T00:00:00Z,2026-05-31T23:00:00Z/2026-06-01T00:00:00Z\n\
        SavingsPlanNegation,-0.34,USD,AmazonEC2,012345678901,2026-05-01T00:00:00Z,2026-05-31T23:00:00Z/2026-06-01T00:00:00Z\n\
        SavingsPlanRecurringFee,7,USD,AmazonEC2,012345678901,2026-05-01T00:00:00Z,2026-05-31T23:00:00Z/2026-06-01T00:00:00Z\n";
    let (result, kept) = super::support::run_text("cur.csv", text);
    let totals = result.unwrap().totals["USD"];
    assert_eq!([totals.billed, totals.effective, totals.list], [money("7"); 3]);
    assert_eq!(kept.frames.len(), 1);
}

#[test]
fn several_files_of_a_month_are_one_batch() {
    let path = fixtures().join("ok/gcp/nise_gcp_2026-06_part.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let folder = tempfile::tempdir().unwrap();
    let parts: Vec<_> = [&lines[1..400], &lines[400..800], &lines[800..]]
        .iter()
        .enumerate()
        .map(|(number, part)| {
            let path = folder.path().join(format!("part-{number}.csv"));
            std::fs::write(&path, format!("{}\n{}\n", lines[0], part.join("\n"))).unwrap();
            input(path)
        })
        .collect();
    let imported = run_with(&parts, |_| {}).0.unwrap();
    let whole = run(&["ok/gcp/nise_gcp_2026-06_part.csv"]).0.unwrap();
    assert_eq!((imported.rows, imported.totals), (whole.rows, whole.totals));
    assert_eq!(imported.source, whole.source);
}

#[test]
fn gcp_credits_are_charges_of_their_own() {
    let (result, kept) = run(&["ok/gcp/credits.csv"]);
    let imported = result.unwrap();
    assert_eq!(imported.months.values().sum::<u64>(), 8);
    assert_eq!(
        kept.texts(Dataset::Charges, "ChargeCategory"),
        [
            "Usage",
            "Usage",
            "Credit",
            "Credit",
            "Adjustment",
            "Tax",
            "Adjustment",
            "Usage"
        ]
    );
    let billed = kept.decimals(Dataset::Charges, "BilledCost");
    assert_eq!(billed[2], Some(money("-2.000000000000000001")));
    assert_eq!(billed[3], Some(money("-0.00000011")));
    let tags = kept.texts(Dataset::Charges, "Tags");
    assert_eq!(tags[7], r#"{"env":"prod","team":"视频"}"#);
    // The invoice month decides, not the time of use.
    assert_eq!(imported.months[&super::support::month("2026-07")], 1);
}

#[test]
fn chinese_bills_tell_what_was_done() {
    for (file, expected) in [
        (
            "alibaba/instance-detail.csv",
            ["Usage", "Usage", "Purchase", "Adjustment"],
        ),
        (
            "tencent/l3-bill-detail.csv",
            ["Usage", "Usage", "Purchase", "Adjustment"],
        ),
        // Words and codes: 消费-使用, 25 消费-抹零补扣, 1 消费-新购, 退款-退订.
        (
            "huawei/resource-detail.csv",
            ["Usage", "Usage", "Purchase", "Adjustment"],
        ),
    ] {
        let (_, kept) = run(&[&format!("ok/{file}")]);
        assert_eq!(kept.texts(Dataset::Charges, "ChargeCategory"), expected, "{file}");
        assert_eq!(kept.texts(Dataset::Charges, "ChargeClass")[3], "Correction", "{file}");
    }
    // Tax stands beside what is billed.
    let (_, kept) = run(&["ok/volcengine/bill-detail.csv"]);
    let tax = ["0.0447", "20.38", "-2.04"].map(|amount| Some(money(amount)));
    assert_eq!(kept.decimals(Dataset::Charges, "x_TaxAmount"), tax);
    // An OSS line has a billing id, and where nothing is said about the list price, it is what is billed.
    let (_, kept) = run(&["ok/alibaba/instance-detail-gb18030.csv"]);
    assert_eq!(kept.texts(Dataset::Charges, "ResourceId")[1], "cn-shanghai;standard");
    let (_, kept) = run(&["ok/tencent/l3-bill-detail.csv"]);
    let list = kept.decimals(Dataset::Charges, "ListCost");
    assert_eq!(list[2..], [Some(money("1200")), Some(money("-600"))]);
}

#[test]
fn unknown_columns_and_their_order_do_not_matter() {
    let text = std::fs::read_to_string(fixtures().join("ok/alibaba/instance-detail.csv")).unwrap();
    let turned: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.reverse();
            format!("{},{}", if number == 0 { "新列" } else { "x" }, cells.join(","))
        })
        .collect();
    let (result, _) = super::support::run_text("turned.csv", turned.join("\n"));
    let imported = result.unwrap();
    assert_eq!(imported.importer, "alibaba");
    assert_eq!(
        imported.totals["CNY"],
        run(&["ok/alibaba/instance-detail.csv"]).0.unwrap().totals["CNY"]
    );
}

#[test]
fn a_row_is_refused_whole_when_one_of_its_charges_is_too_large() {
    let header = "billing_account_id,invoice.month,service.description,sku.id,usage_start_time,cost,currency,credits";
    let row =
        |cost: &str, credit: &str| format!("a,202606,S,k,2026-06-01,{cost},USD,\"[{{\"\"amount\"\": {credit}}}]\"\n");
    let most = "9".repeat(20);
    let text = format!("{header}\n{}{}{}", row("1", "-0.5"), row(&most, "0"), row(&most, &most));
    let (result, kept) = super::support::run_text("gcp.csv", text);
    let imported = result.unwrap();
    assert_eq!((imported.rows, imported.rejected), (2, 1));
    assert_eq!(kept.rows(Dataset::Charges), 4);
    assert_eq!(imported.totals["USD"].billed, money("99999999999999999999.5"));
}

#[test]
fn a_bill_and_the_same_bill_split_further_are_one_money() {
    let bill = "ok/alibaba/instance-detail.csv";
    for files in [
        [bill, "ok/alibaba/split-item-bill.csv"],
        ["ok/alibaba/split-item-bill.csv", bill],
        ["ok/volcengine/bill-detail.csv", "ok/volcengine/split-bill.csv"],
        ["ok/tencent/l2-resource-api-names.csv", "ok/tencent/l3-bill-detail.csv"],
    ] {
        let Err(ImportError::Files(errors)) = run(&files).0 else {
            panic!("{files:?} were added")
        };
        assert_eq!(errors.len(), 1);
        assert!(matches!(errors[0].problem, FileProblem::SameMoney { .. }), "{files:?}");
    }
    // Alone they have one source, so that the later takes the place of the earlier.
    let source = |file| run(&[file]).0.unwrap().source;
    assert_eq!(source(bill), source("ok/alibaba/split-item-bill.csv"));
    assert_eq!(source(bill), source("ok/alibaba/amortized.csv"));
}

#[test]
fn a_bill_and_the_same_bill_amortized_say_what_each_knows() {
    let (bill, amortized) = ("ok/alibaba/instance-detail.csv", "ok/alibaba/amortized.csv");
    for files in [[bill, amortized], [amortized, bill]] {
        let imported = run(&files).0.unwrap();
        let totals = imported.totals["CNY"];
        assert_eq!((totals.billed, totals.effective), (money("3600.96"), money("425.84")));
        assert!(matches!(&imported.notes[..], [Note::BothBills { .. }]));
    }
    assert_eq!(run(&[amortized]).0.unwrap().notes, [Note::AmortizedBillOnly]);
    let both = run(&["ok/volcengine/bill-detail.csv", "ok/volcengine/amortized.csv"])
        .0
        .unwrap();
    assert_eq!(
        (both.totals["CNY"].billed, both.totals["CNY"].effective),
        (money("324.79"), money("348"))
    );
}
