//! The asset register: records and depreciation charges.

use super::support::{input, money, month, run_text, run_with};
use headroom_importers::{Dataset, Note};
use headroom_models::ledger::Money;

const HEADER: &str = "asset_id,name,category,purchase_date,in_service_date,purchase_price,useful_life_months,\
    residual_value,retirement_date,product\n";

#[test]
fn depreciation_starts_in_the_month_after_and_adds_up() {
    let text = format!("{HEADER}SRV-1,转码 1,服务器,2026/1/12,2026-02-28,10000,48,500.01,,video\n");
    let (result, kept) = run_text("assets.csv", text);
    let imported = result.unwrap();
    assert_eq!(
        (imported.importer, imported.source.as_str(), imported.rows),
        ("asset", "asset", 1)
    );
    assert_eq!(
        (
            imported.datasets[&Dataset::Assets],
            imported.datasets[&Dataset::Charges]
        ),
        (1, 48)
    );
    let charges: Vec<_> = kept.frames.iter().filter(|frame| frame.0 == Dataset::Charges).collect();
    assert_eq!((charges[0].1, charges[47].1), (month("2026-03"), month("2030-02")));
    let effective = kept.decimals(Dataset::Charges, "EffectiveCost");
    assert_eq!(effective.iter().flatten().copied().sum::<Money>(), money("9499.99"));
    assert!(effective.iter().flatten().all(|amount| amount.round(2) == *amount));
    assert!(
        kept.decimals(Dataset::Charges, "BilledCost")
            .iter()
            .all(|amount| *amount == Some(Money::ZERO))
    );
    assert_eq!(imported.totals["CNY"].effective, money("9499.99"));
    assert_eq!(
        kept.texts(Dataset::Charges, "ChargeDescription")[2],
        "Depreciation 3/48 转码 1"
    );
    assert_eq!(kept.texts(Dataset::Charges, "x_Expenditure")[0], "capex");
    assert_eq!(kept.texts(Dataset::Charges, "x_CostType")[0], "server");
    assert_eq!(kept.texts(Dataset::Charges, "x_ResourceMode")[0], "owned");
    assert_eq!(kept.texts(Dataset::Assets, "category"), ["server"]);
    assert_eq!(kept.texts(Dataset::Assets, "in_service_date"), ["2026-02-28"]);
    let register = kept.frames.iter().find(|frame| frame.0 == Dataset::Assets).unwrap();
    assert_eq!(register.1, month("2026-02"));
}

#[test]
fn retirement_ends_depreciation_with_its_loss_and_closed_months_are_counted() {
    let text = format!("{HEADER}SW-1,,switch,2025-10-01,,1200,12,,2026-03-15,shop\n");
    let (result, kept) = run_text("assets.csv", text);
    let imported = result.unwrap();
    // November to March without the closed December, and the book value of 700 that was lost.
    assert_eq!(kept.rows(Dataset::Charges), 5);
    let effective = kept.decimals(Dataset::Charges, "EffectiveCost");
    assert_eq!(effective.last(), Some(&Some(money("700"))));
    assert_eq!(
        kept.texts(Dataset::Charges, "ChargeDescription")[4],
        "Loss on disposal SW-1"
    );
    let note = Note::DepreciationNotPosted {
        first: month("2025-12"),
        last: month("2025-12"),
        charges: 1,
    };
    assert_eq!(imported.notes, [note]);
}

#[test]
fn an_import_of_one_month_posts_only_its_depreciation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.csv");
    std::fs::write(&path, format!("{HEADER}SW-1,,switch,2026-01-01,,1200,12,,,shop\n")).unwrap();
    let (result, kept) = run_with(&[input(path)], |options| options.month = Some(month("2026-05")));
    assert_eq!(result.unwrap().rejected, 0);
    assert_eq!((kept.rows(Dataset::Charges), kept.rows(Dataset::Assets)), (1, 1));
}
