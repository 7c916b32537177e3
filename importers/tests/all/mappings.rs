//! Sheets that no importer knows: guessed, corrected, read.

use super::support::{money, run_with};
use headroom_importers::{
    ColumnMapping, Dataset, FileProblem, ImportError, Input, MappingProblem, NumberFormat, Problem, guess_mapping,
};
use headroom_models::language::Language;
use std::path::PathBuf;
use std::sync::Arc;

const SHEET: &str = "北辰数据中心有限公司对账单,,,,,,,\n2026年3月,,,,,,,\n\
    合同号,费用月份,收费项目,机柜编号,计费数量,单价（元）,费用（元）,备注说明\n\
    BC-2026-7,2026年3月,机柜租用费,A-01,2,\"4,200.00\",\"8,400.00\",整柜\n\
    ,,超出带宽费,,12.5,80,\"1,000.00\",95计费\n\
    ,,IP地址费,,16,50,800.00,\n\
    合计,,,,,,\"10,200.00\",\n";

fn sheet(text: &str) -> (tempfile::TempDir, Input) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("北辰3月.csv");
    let bytes = encoding_rs::GB18030.encode(text).0;
    std::fs::write(&path, bytes).unwrap();
    let input = Input::new(&path);
    (folder, input)
}

#[test]
fn a_vendors_sheet_is_guessed_corrected_and_read() {
    let (_folder, input) = sheet(SHEET);
    let guessed = guess_mapping(&input, None).unwrap();
    let mut mapping = guessed.mapping;
    assert_eq!(mapping.importer, "idc-invoice");
    assert_eq!(mapping.numbers, NumberFormat::ThousandsComma);
    for (column, from) in [
        ("contract_id", "合同号"),
        ("billing_month", "费用月份"),
        ("charge_type", "收费项目"),
        ("resource_id", "机柜编号"),
        ("quantity", "计费数量"),
        ("unit_price", "单价（元）"),
        ("amount", "费用（元）"),
        ("description", "备注说明"),
    ] {
        assert_eq!(mapping.columns.get(column).map(String::as_str), Some(from), "{column}");
    }
    let words = &mapping.words["charge_type"];
    assert_eq!(
        ["机柜租用费", "超出带宽费", "IP地址费"].map(|word| words[word].as_str()),
        ["rack", "bandwidth-overage", "ip-address"]
    );
    // Vendor and invoice number stand nowhere in the sheet: a person has to give them.
    let missing: Vec<MappingProblem> = mapping.problems();
    assert_eq!(
        missing,
        ["vendor", "invoice_id"].map(|column| MappingProblem::Missing {
            column: column.to_owned()
        })
    );
    for language in Language::ALL {
        assert!(missing[0].message(language).contains("vendor"));
    }
    mapping.values.insert("vendor".to_owned(), "北辰数据".to_owned());
    mapping.values.insert("invoice_id".to_owned(), "BC-2026-03".to_owned());
    assert_eq!(mapping.problems(), []);
    let mapped = Input {
        mapping: Some(Arc::new(mapping.clone())),
        ..input.clone()
    };
    let (result, kept) = run_with(&[mapped], |_| {});
    let imported = result.unwrap();
    assert_eq!((imported.rows, imported.rejects), (3, Vec::new()));
    assert_eq!(imported.totals["CNY"].billed, money("10200"));
    assert_eq!(imported.notes.len(), 1, "the totals row is a control total");
    assert_eq!(
        kept.texts(Dataset::Charges, "x_CostType"),
        ["rack", "bandwidth-external", "bandwidth-external"]
    );
    assert_eq!(kept.texts(Dataset::Charges, "BillingAccountId"), ["BC-2026-7"; 3]);
    assert_eq!(kept.texts(Dataset::Charges, "x_SourceFile"), ["北辰3月.csv"; 3]);
    let numbers = kept.frames[0].2.column("x_SourceRow").unwrap().i64().unwrap().to_vec();
    assert_eq!(numbers, [4, 5, 6].map(Some));
    // A later sheet without a column of the mapping says which.
    let (_folder, other) = sheet(&SHEET.replace("收费项目", "项目"));
    let other = Input {
        mapping: Some(Arc::new(mapping.clone())),
        ..other
    };
    let Err(ImportError::Files(errors)) = run_with(&[other], |_| {}).0 else {
        panic!("read without its column")
    };
    assert!(matches!(&errors[0].problem, FileProblem::MappingDoesNotFit { lacking, .. } if *lacking == ["收费项目"]));
    // What is wrong with a cell is said with the sheet's own column name.
    let (_folder, broken) = sheet(&SHEET.replace("12.5", "十二"));
    let broken = Input {
        mapping: Some(Arc::new(mapping)),
        ..broken
    };
    let imported = run_with(&[broken], |_| {}).0.unwrap();
    assert_eq!((imported.rejected, imported.rejects[0].row), (1, 5));
    assert_eq!(imported.rejects[0].column, "计费数量 (quantity)");
    assert_eq!(imported.rejects[0].problem, Problem::NotADecimal);
}

#[test]
fn an_amount_alone_is_one_unit_at_that_price() {
    let text = "Supplier,Invoice number,Month,Item,Net amount\nExample DC,I-7,2026-03,Full rack,\"1.234,50\"\nExample DC,I-7,2026-03,Cross connect,\"20,00\"\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.csv");
    std::fs::write(&path, text).unwrap();
    let guessed = guess_mapping(&Input::new(&path), Some("idc-invoice")).unwrap();
    assert_eq!(guessed.mapping.problems(), []);
    assert_eq!(guessed.mapping.numbers, NumberFormat::DecimalComma);
    let mapped = Input {
        mapping: Some(Arc::new(guessed.mapping)),
        ..Input::new(&path)
    };
    let (result, kept) = run_with(&[mapped], |_| {});
    let imported = result.unwrap();
    assert_eq!(
        (imported.rows, imported.rejects, imported.findings.len()),
        (2, Vec::new(), 0)
    );
    assert_eq!(imported.totals["CNY"].billed, money("1254.5"));
    assert_eq!(kept.texts(Dataset::Charges, "SkuId"), ["rack", "cross-connect"]);
}

#[test]
fn a_mapping_that_makes_no_sense_names_every_reason() {
    let mut mapping = ColumnMapping {
        importer: "bill".to_owned(),
        ..ColumnMapping::default()
    };
    assert!(matches!(
        mapping.problems()[..],
        [MappingProblem::UnknownImporter { .. }]
    ));
    mapping.importer = "fx".to_owned();
    mapping.columns.insert("nothing".to_owned(), "x".to_owned());
    mapping.columns.insert("month".to_owned(), "x".to_owned());
    mapping.values.insert("month".to_owned(), "2026-03".to_owned());
    let problems = mapping.problems();
    assert!(
        problems
            .iter()
            .any(|problem| matches!(problem, MappingProblem::UnknownColumn { .. }))
    );
    assert!(
        problems
            .iter()
            .any(|problem| matches!(problem, MappingProblem::Twice { .. }))
    );
    assert!(
        problems
            .iter()
            .any(|problem| matches!(problem, MappingProblem::Missing { .. }))
    );
    for problem in problems {
        for language in Language::ALL {
            assert!(!problem.message(language).contains('$'));
        }
    }
}
