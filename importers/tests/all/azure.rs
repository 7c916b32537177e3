//! Azure: actual and amortized exports are two views of the same money.

use super::support::{fixtures, input, money, month, run, run_with};
use headroom_importers::{Dataset, FileProblem, ImportError, Note};
use headroom_models::language::Language;
use headroom_models::ledger::Money;

const ACTUAL: &str = "ok/azure/azure_EA_ActualCost_Small.csv";
const AMORTIZED: &str = "ok/azure/azure_EA_AmortizedCost_Small.csv";

#[test]
fn both_views_of_a_month_are_never_added() {
    for files in [[ACTUAL, AMORTIZED], [AMORTIZED, ACTUAL]] {
        let imported = run(&files).0.unwrap();
        assert_eq!((imported.rows, imported.rejected), (39, 0));
        let totals = imported.totals["USD"];
        // Σ Cost of the actual file, and of the amortized file less what rounding to 18 digits took.
        assert_eq!(totals.billed, money("8.5450077867419368"));
        assert_eq!(totals.effective, money("16.296932136636644627"));
        assert_eq!(
            imported.notes,
            [Note::BothViews {
                months: vec![month("2023-09")]
            }]
        );
        assert_eq!(imported.source, "azure-8611537");
        assert!(imported.notes[0].message(Language::English).contains("2023-09"));
    }
}

#[test]
fn quantities_of_both_views_count_once() {
    for files in [&[ACTUAL, AMORTIZED][..], &[AMORTIZED, ACTUAL], &[AMORTIZED]] {
        let (_, kept) = run(files);
        let sum: Money = kept
            .decimals(Dataset::Charges, "PricingQuantity")
            .into_iter()
            .flatten()
            .sum();
        // Σ Quantity of the amortized file, by Python's decimal; the actual one has 54.07079406 of the same use.
        assert_eq!(sum, money("185.35816553"), "{files:?}");
    }
}

#[test]
fn one_view_alone_says_which_one_it_is() {
    for (file, note) in [(ACTUAL, Note::ActualViewOnly), (AMORTIZED, Note::AmortizedViewOnly)] {
        let imported = run(&[file]).0.unwrap();
        assert_eq!(imported.notes, [note]);
        // The same source for either, so that the newer import replaces the older and nothing is counted twice.
        assert_eq!(imported.source, "azure-8611537");
    }
    let (_, kept) = run(&[ACTUAL]);
    let billed = kept.decimals(Dataset::Charges, "BilledCost");
    let effective = kept.decimals(Dataset::Charges, "EffectiveCost");
    assert_eq!((billed[0], effective[0]), (Some(money("3.25")), Some(money("0"))));
    assert_eq!(kept.texts(Dataset::Charges, "ChargeCategory")[0], "Purchase");
    assert_eq!(run(&["ok/azure/headers_PayAsYouGo.csv"]).0.unwrap().notes, []);
}

#[test]
fn a_part_that_may_belong_to_either_view_is_refused() {
    let text = std::fs::read_to_string(fixtures().join(ACTUAL)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.csv");
    std::fs::write(&path, format!("{}\n{}\n", lines[0], lines[3])).unwrap();
    let plain = || input(&path);
    let [actual, amortized] = [ACTUAL, AMORTIZED].map(|file| input(fixtures().join(file)));
    let (result, kept) = run_with(&[actual.clone(), amortized, plain()], |_| {});
    let Err(ImportError::Files(errors)) = result else {
        panic!("not refused")
    };
    assert_eq!(errors.len(), 1);
    assert_eq!(
        (errors[0].file.as_str(), &errors[0].problem),
        ("part.csv", &FileProblem::ViewUnclear)
    );
    for language in Language::ALL {
        assert!(errors[0].message(language).contains("part.csv"));
    }
    assert!(kept.frames.is_empty());
    // Two parts of one view are one bill.
    assert_eq!(run_with(&[actual, plain()], |_| {}).0.unwrap().rows, 12);
}

#[test]
fn every_generation_of_headers_dates_and_tags_is_read() {
    for (file, date, tags) in [
        ("headers_Enterprise.csv", "2021-02-02", "createOperationID"),
        ("headers_EnterpriseCamel.csv", "2021-02-02", "ClusterId"),
        ("headers_PayAsYouGo.csv", "2021-02-02", ""),
        ("localised-header.csv", "2021-02-02", ""),
        (
            "azure-sample-anonymous-ea-export-dataset.csv",
            "2023-09-02",
            r#"{"tagA":"valueA","tagB":"valueB","tagC":"valueC"}"#,
        ),
    ] {
        let (_, kept) = run(&[&format!("ok/azure/{file}")]);
        assert!(kept.times("ChargePeriodStart")[0].starts_with(date), "{file}");
        let found = &kept.texts(Dataset::Charges, "Tags")[0];
        assert!(found.contains(tags), "{file}: {found}");
    }
    // The period ends on 30 September in the file, where the day is included, and on 1 October in the ledger.
    let (_, kept) = run(&[ACTUAL]);
    assert!(
        kept.times("BillingPeriodEnd")
            .iter()
            .all(|end| end == "2023-10-01T00:00:00+00:00")
    );
    // The billing period decides the month, not the day of use.
    let imported = run(&["ok/azure/headers_Enterprise.csv"]).0.unwrap();
    assert_eq!(imported.months.keys().copied().collect::<Vec<_>>(), [month("2021-05")]);
}
