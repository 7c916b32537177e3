//! Invoices of data centres against contracts, 5-minute samples and meters; FOCUS invoices against the ledger.

use super::books::Company;
use super::support::{headroom, json, list, text};
use std::fmt::Write;

const CONTRACT: &str = "contract_id,vendor,charge_type,resource_id,quantity,unit,unit_price,currency,tax_percent,start_date,end_date,\
    included,step,bandwidth_method,bandwidth_direction,utc_offset_hours\n\
    HT-1,示例机房,rack,RACK-1,1,rack,4200.00,CNY,6,2026-01-01,2027-12-31,,,,,\n\
    HT-1,示例机房,rack,RACK-2,1,rack,4200.00,CNY,6,2026-01-01,2027-12-31,,,,,\n\
    HT-1,示例机房,power-overage,RACK-1,,kWh,0.90,CNY,6,2026-01-01,2027-12-31,2880,1,,,\n\
    HT-1,示例机房,bandwidth-commit,LINK-1,1000,Mbps,18.00,CNY,6,2026-01-01,2027-12-31,,,,,\n\
    HT-1,示例机房,bandwidth-overage,LINK-1,,Mbps,22.00,CNY,6,2026-01-01,2027-12-31,1000,1,monthly-95,max,8\n";

/// March's invoice: rack 2 is dearer than agreed, 20 kWh too many, 60 Mbps too many, and remote hands nobody agreed on.
const INVOICE: &str = "vendor,contract_id,invoice_id,billing_month,resource_mode,charge_type,resource_id,quantity,unit,unit_price,amount,tax_amount\n\
    示例机房,HT-1,INV-3,2026-03,idc,rack,RACK-1,1,rack,4200.00,4200.00,252.00\n\
    示例机房,HT-1,INV-3,2026-03,idc,rack,RACK-2,1,rack,4300.00,4300.00,258.00\n\
    示例机房,HT-1,INV-3,2026-03,idc,power-overage,RACK-1,140,kWh,0.90,126.00,7.56\n\
    示例机房,HT-1,INV-3,2026-03,idc,bandwidth-commit,LINK-1,1000,Mbps,18.00,18000.00,1080.00\n\
    示例机房,HT-1,INV-3,2026-03,idc,bandwidth-overage,LINK-1,260,Mbps,22.00,5720.00,343.20\n\
    示例机房,HT-1,INV-3,2026-03,idc,remote-hands,,2,次,300.00,600.00,36.00\n";

/// A month of 5-minute samples in Beijing time: 900 Mbps, in the last 6 % of the month 1,200 Mbps; 8,928 samples.
///
/// 446 samples are discarded, the next of the 535 high ones is billed: 1,200 Mbps, an overage of 200.
fn samples() -> String {
    let mut text = String::from("timestamp,resource_id,network_in_bytes_per_second,network_out_bytes_per_second\n");
    for index in 0..8928 {
        let mbps = if index >= 8928 - 535 { 1200 } else { 900 };
        let minutes: i32 = index * 5 - 8 * 60;
        let (day, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
        let date = match day {
            -1 => "2026-02-28".to_owned(),
            day => format!("2026-03-{:02}", day + 1),
        };
        let (hour, minute) = (minute / 60, minute % 60);
        writeln!(
            text,
            "{date}T{hour:02}:{minute:02}:00Z,LINK-1,{},{}",
            mbps * 125_000,
            50_000_000
        )
        .unwrap();
    }
    text
}

#[test]
fn an_invoice_is_checked_line_by_line_with_money() {
    let company = Company::new();
    let path = company.path();
    headroom(path, &["contracts", "check", "--month", "2026-03"]).refused(&["no contracts"]);
    for (name, content) in [
        ("contract.csv", CONTRACT.to_owned()),
        ("invoice.csv", INVOICE.to_owned()),
        ("samples.csv", samples()),
        ("meter.csv", "month,resource_id,kwh\n2026-03,RACK-1,3000\n".to_owned()),
    ] {
        headroom(path, &["import", &company.file(name, &content)]).ok();
    }
    let out = company.beside.path().join("differences.csv").display().to_string();
    let done = headroom(
        path,
        &["contracts", "check", "--month", "2026-03", "--out", &out, "--json"],
    );
    assert_eq!(done.status, 1, "{}", done.err);
    let check = done.json();
    let found: Vec<(String, String, String)> = list(&check["differences"])
        .iter()
        .map(|found| {
            ["kind", "resource", "difference"]
                .map(|key| text(&found[key]).to_owned())
                .into()
        })
        .collect();
    let expected = [
        ("quantity", "LINK-1", "1320"),
        ("quantity", "RACK-1", "18"),
        ("price", "RACK-2", "100"),
        ("no-contract", "", "600"),
    ];
    let found: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
        .collect();
    assert_eq!(found, expected, "{check}");
    // 4,200 + 4,200 + 108 + 18,000 + 4,400 are due; the differences come to what was billed beyond them.
    assert_eq!(
        (text(&check["expected"]["CNY"]), text(&check["billed"]["CNY"])),
        ("30908", "32946")
    );
    assert_eq!(text(&check["overcharged"]["CNY"]), "2038");
    let sheet = std::fs::read_to_string(&out).unwrap();
    assert_eq!(sheet.lines().count(), 5, "{sheet}");
    let shown = headroom(path, &["contracts", "check", "--month", "2026-03", "--lang", "zh-CN"]);
    assert!(
        shown.out.contains("多收") && shown.out.contains("2,038.00"),
        "{}",
        shown.out
    );
    let listed = headroom(path, &["contracts", "list"]).ok();
    assert!(listed.out.contains("LINK-1"), "{}", listed.out);
}

#[test]
fn focus_invoices_are_held_against_the_ledger() {
    let company = Company::new();
    let path = company.path();
    let charges = "ServiceProviderName,HostProviderName,InvoiceIssuerName,InvoiceId,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,\
        ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,BilledCost,EffectiveCost,ListCost,InvoiceDetailId\n\
        AWS,AWS,AWS,I-1,1,USD,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,2026-05-01T00:00:00Z,2026-05-02T00:00:00Z,Usage,S3,10.5,10.5,11,D-1\n\
        AWS,AWS,AWS,I-1,1,USD,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,2026-05-01T00:00:00Z,2026-05-02T00:00:00Z,Tax,,0.5,0.5,0.5,D-2\n";
    let imported = json(path, &["import", &company.file("charges.csv", charges)]);
    assert_eq!(text(&imported["importer"]), "focus");
    let details = |second: &str| {
        let head = "InvoiceDetailId,InvoiceId,InvoiceIssuerName,InvoiceIssueStatus,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,BilledCost,BillingCurrency";
        let row = |id: &str, category: &str, cost: &str| {
            format!("{id},I-1,AWS,Issued,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,{category},{cost},USD")
        };
        format!(
            "{head}\n{}\n{}\n",
            row("D-1", "Usage", "10.5"),
            row("D-2", "Tax", second)
        )
    };
    headroom(path, &["invoices", "check", "--month", "2026-05"]).refused(&["Invoice Detail"]);
    headroom(path, &["import", &company.file("details.csv", &details("0.6"))]).ok();
    let done = headroom(path, &["invoices", "check", "--month", "2026-05", "--json"]);
    assert_eq!(
        (done.status, text(&done.json()["invoices"][0]["difference"])),
        (1, "0.1")
    );
    headroom(path, &["import", &company.file("corrected.csv", &details("0.5"))]).ok();
    let done = json(path, &["invoices", "check", "--month", "2026-05"]);
    assert_eq!(done["different"], 0, "{done}");
    let commitments = "ContractCommitmentId,ContractCommitmentType,ContractCommitmentCategory,ContractCommitmentCost,ContractCommitmentPeriodStart,\
        ContractCommitmentPeriodEnd,ContractId,BillingCurrency\nsp-1,Savings Plan,Spend,280460.16,2026-05-01T16:00:00Z,2027-05-01T16:00:00Z,C-1,USD\n";
    headroom(path, &["import", &company.file("commitments.csv", commitments)]).ok();
    assert_eq!(text(&json(path, &["invoices", "commitments"])[0]["cost"]), "280460.16");
}
