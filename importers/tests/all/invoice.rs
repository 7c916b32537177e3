//! Invoices of data centres: what each line becomes in the ledger, and lines that do not agree with themselves.

use super::support::{money, month, run, run_text};
use headroom_importers::{Dataset, FindingKind};
use headroom_models::language::Language;

const HEADER: &str =
    "vendor,invoice_id,billing_month,resource_mode,charge_type,quantity,unit_price,amount,tax_amount,currency\n";

#[test]
fn lines_become_focus_charges() {
    let (result, kept) = run(&["ok/invoice/utf-8.csv"]);
    let imported = result.unwrap();
    assert_eq!(imported.source, "idc-invoice-示例机房");
    assert_eq!(imported.totals["CNY"].billed, money("26900"));
    for (column, values) in [
        ("BillingAccountId", ["HT-1", "HT-1"]),
        ("ChargeCategory", ["Usage", "Usage"]),
        ("ChargeFrequency", ["Recurring", "Recurring"]),
        ("ServiceCategory", ["Other", "Networking"]),
        ("SkuMeter", ["rack", "bandwidth-commit"]),
        ("ChargeDescription", ["整机柜", "上联，\"主\"\n第二行"]),
        ("x_CostType", ["rack", "bandwidth-external"]),
        ("x_ResourceMode", ["idc", "idc"]),
        ("x_Expenditure", ["opex", "opex"]),
        ("x_Product", ["video", ""]),
    ] {
        assert_eq!(kept.texts(Dataset::Charges, column), values, "{column}");
    }
    assert_eq!(
        kept.decimals(Dataset::Charges, "x_TaxAmount"),
        [Some(money("504")), Some(money("1110"))]
    );
    assert_eq!(
        kept.decimals(Dataset::Charges, "PricingQuantity"),
        [Some(money("2")), Some(money("1000"))]
    );
    assert_eq!(kept.frames[0].1, month("2026-03"));
}

#[test]
fn every_charge_type_has_its_cost_type() {
    let expected = [
        ("rack 机柜", "rack"),
        ("u-position 机位", "rack"),
        ("power 电力", "power"),
        ("power-overage 电力超量", "power"),
        ("bandwidth-commit 保底带宽", "bandwidth-external"),
        ("bandwidth-overage 超出带宽", "bandwidth-external"),
        ("internal-line 专线", "bandwidth-internal"),
        ("cross-connect 交叉连接", "bandwidth-internal"),
        ("ip-address IP地址", "bandwidth-external"),
        ("server-rental 服务器租用", "server"),
        ("switch 交换机", "switch"),
        ("software 软件", "software"),
        ("remote-hands 代维", "labour"),
        ("install 上架", "labour"),
        ("deposit 保证金", "other"),
        ("other 其他", "other"),
    ];
    let mut text = HEADER.to_owned();
    for (words, _) in expected {
        for word in words.split(' ') {
            text.push_str(&format!("V,I,202603,idc,{word},1,1,1,,\n"));
        }
    }
    let (result, kept) = run_text("types.csv", text);
    assert_eq!(result.unwrap().rejects, []);
    let found = kept.texts(Dataset::Charges, "x_CostType");
    let wanted: Vec<&str> = expected.iter().flat_map(|(_, cost_type)| [*cost_type; 2]).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_line_off_by_more_than_a_cent_is_imported_as_billed_and_found() {
    let text = format!(
        "{HEADER}V,I-1,2026-03,idc,power,3,33.335,100.00,,\nV,I-1,2026-03,idc,power,100,1.5,160,,\nV,I-1,2026-03,idc,rack,1,9,-2,,USD\n"
    );
    let (result, kept) = run_text("off.csv", text);
    let imported = result.unwrap();
    assert_eq!(kept.rows(Dataset::Charges), 3);
    assert_eq!(imported.totals["CNY"].billed, money("260"));
    let found: Vec<_> = imported
        .findings
        .iter()
        .map(|f| (f.row, f.expected, f.found, f.difference))
        .collect();
    assert_eq!(
        found,
        [
            (3, money("150"), money("160"), money("10")),
            (4, money("9"), money("-2"), money("-11"))
        ]
    );
    assert_eq!(imported.findings[0].kind, FindingKind::PriceTimesQuantity);
    assert_eq!(
        imported.findings[0].message(Language::English),
        "off.csv, row 3: invoice I-1 of V for 2026-03 bills 160 CNY, but quantity × unit price is 150 CNY; \
         the difference is 10 CNY."
    );
    assert_eq!(
        imported.findings[0].message(Language::SimplifiedChinese),
        "off.csv 第 3 行：V 的账单 I-1（2026-03）计费 160 CNY，但数量 × 单价为 150 CNY；相差 10 CNY。"
    );
}

#[test]
fn amounts_at_the_edge_of_money_are_rejected_and_never_a_crash() {
    let most = "99999999999999999999";
    let text = format!(
        "{HEADER}V,I,2026-03,idc,rack,{most},{most},1,,\nV,I,2026-03,idc,rack,1,{most},{most},{most},\n\
         V,I,2026-03,idc,rack,1,{most},{most},,\nV,I,2026-03,idc,rack,1,-{most},{most},,\n"
    );
    let imported = run_text("edge.csv", text).0.unwrap();
    assert_eq!((imported.rows, imported.rejected), (1, 3));
}

#[test]
fn rejected_rows_can_be_corrected_and_imported_again() {
    let text = format!(
        "{HEADER}V,I,2026-03,idc,rack,1,=1,10,,\nV,I,2026-03,idc,rack,1,10,10,,\nV,,2026-03,idc,rack,1,10,-5,,USD\n"
    );
    let imported = run_text("bill.csv", text).0.unwrap();
    assert_eq!((imported.rows, imported.rejected, imported.problems), (1, 2, 2));
    assert_eq!(imported.rejected_billed["CNY"], money("10"));
    assert_eq!(imported.rejected_billed["USD"], money("-5"));
    let csv = imported.rejects_csv(Language::SimplifiedChinese);
    assert!(csv.contains(",'=1,"), "{csv}");
    assert!(csv.contains(",-5,"), "{csv}");
    let corrected = csv.replace("'=1", "10").replace("V,,", "V,I-2,");
    let again = run_text("rejects.csv", corrected).0.unwrap();
    assert_eq!((again.rows, again.rejected), (2, 0));
}
