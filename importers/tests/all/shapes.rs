//! One invoice in every packing and encoding: all yield the same money, and every row knows where it came from.

use super::support::{money, run, run_text};
use headroom_importers::{Dataset, Note, Problem};

#[test]
fn every_shape_yields_the_same_charges() {
    for (file, source, rows) in [
        ("utf-8.csv", "utf-8.csv", [2, 3]),
        ("utf-8-with-mark.csv", "utf-8-with-mark.csv", [2, 3]),
        ("gb18030.csv", "gb18030.csv", [2, 3]),
        ("utf-16-le.csv", "utf-16-le.csv", [2, 3]),
        ("utf-16-be-without-mark.csv", "utf-16-be-without-mark.csv", [2, 3]),
        (
            "semicolon-with-title-lines.csv",
            "semicolon-with-title-lines.csv",
            [5, 6],
        ),
        ("semicolon-decimal-comma.csv", "semicolon-decimal-comma.csv", [3, 4]),
        ("tab-carriage-return.csv", "tab-carriage-return.csv", [2, 3]),
        ("plain.csv.gz", "plain.csv.gz", [2, 3]),
        ("two-title-rows.xlsx", "two-title-rows.xlsx#账单", [4, 6]),
        ("two-title-rows.xls", "two-title-rows.xls#账单", [4, 6]),
    ] {
        let (result, kept) = run(&[&format!("ok/invoice/{file}")]);
        let imported = result.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!((imported.rejects, imported.rows), (Vec::new(), 2), "{file}");
        assert_eq!(imported.totals["CNY"].billed, money("26900"), "{file}");
        assert_eq!(
            kept.texts(Dataset::Charges, "InvoiceIssuerName"),
            ["示例机房"; 2],
            "{file}"
        );
        assert_eq!(kept.texts(Dataset::Charges, "x_SourceFile"), [source; 2], "{file}");
        let numbers = kept.frames[0].2.column("x_SourceRow").unwrap().i64().unwrap().to_vec();
        assert_eq!(numbers, rows.map(Some), "{file}");
    }
}

#[test]
fn members_of_a_zip_are_one_batch() {
    let (result, kept) = run(&["ok/invoice/two-members.zip"]);
    let imported = result.unwrap();
    assert_eq!((imported.rows, imported.files.len()), (2, 1));
    let sources = kept.texts(Dataset::Charges, "x_SourceFile");
    assert_eq!(sources, ["two-members.zip/三月/a.csv", "two-members.zip/b.csv"]);
}

#[test]
fn an_encoding_may_show_late() {
    let (result, kept) = run(&["ok/invoice/gb18030-shows-late.csv.gz"]);
    assert_eq!(result.unwrap().rows, 3002);
    assert_eq!(kept.texts(Dataset::Charges, "InvoiceIssuerName")[3001], "示例机房");
}

#[test]
fn sheets_that_were_not_read_are_named() {
    let imported = run(&["ok/invoice/two-title-rows.xlsx"]).0.unwrap();
    let note = Note::SheetsNotRead {
        file: "two-title-rows.xlsx".to_owned(),
        sheets: vec!["四月".to_owned()],
    };
    assert_eq!(imported.notes, [note]);
}

#[test]
fn files_of_two_kinds_are_refused_by_name() {
    let error = run(&["ok/invoice/utf-8.csv", "ok/focus/focus_1.0_sample.csv"])
        .0
        .unwrap_err();
    let expected = "The files are of different kinds; import each kind on its own:\n  utf-8.csv: idc-invoice\n  \
                    focus_1.0_sample.csv: focus";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn problems_of_all_files_are_told_at_once() {
    let error = run(&[
        "not-ok/empty.csv",
        "not-ok/header-only.csv",
        "not-ok/parquet-damaged.parquet",
    ])
    .0
    .unwrap_err();
    assert_eq!(error.to_string().lines().count(), 2, "{error}");
    assert!(matches!(run(&[]).0, Err(headroom_importers::ImportError::NoInput)));
}

#[test]
fn messages_name_no_path() {
    let (result, _) = run(&["no-such-file.csv"]);
    assert_eq!(
        result.unwrap_err().to_string(),
        "no-such-file.csv: the file cannot be read (entity not found)."
    );
}

#[test]
fn a_sum_line_below_the_rows_is_listed() {
    let text = "date,product,metric,value,,\n\n2026-03-01,video,a,1,,\n合计,,,1\n";
    let imported = run_text("m.csv", text).0.unwrap();
    assert_eq!((imported.rows, imported.rejected), (1, 1));
    assert_eq!(imported.rejected_rows[0].row, 4);
    assert_eq!(imported.rejected_rows[0].cells[0], "合计");
}

const INVOICE_HEADER: &str = "供应商,账单号,账期,资源模式,费用类型,数量,单价,金额,币种\n";

#[test]
fn a_line_with_the_sum_is_a_control_total() {
    let rows =
        "示例机房,I-1,2026-03,托管,机柜,2,4200,8400.004,CNY\n示例机房,I-1,2026-03,托管,保底带宽,1000,18.5,18500,CNY\n";
    for sum in [
        "合计,,,,,,,26900.00,\n",
        " 总 计：,,,,,,,26900.004,\n",
        "Total,,,,,,,26900,USD\n",
    ] {
        let imported = run_text("i.csv", format!("{INVOICE_HEADER}{rows}{sum}")).0.unwrap();
        assert_eq!(
            (imported.rows, imported.rejected),
            (2, 0),
            "{sum}: {:?}",
            imported.rejects
        );
        assert_eq!(imported.totals["CNY"].billed, money("26900.004"));
        assert!(
            matches!(&imported.notes[..], [Note::SumAgrees { row: 4, .. }]),
            "{:?}",
            imported.notes
        );
        assert_eq!(imported.files[0].rows, 2);
    }
    let imported = run_text("i.csv", format!("{INVOICE_HEADER}{rows}合计,,,,,,,26900.01,\n"))
        .0
        .unwrap();
    assert_eq!((imported.rows, imported.rejected), (2, 1));
    assert_eq!(imported.rejected_billed.len(), 0);
    assert_eq!(
        imported.rejects[0].problem,
        Problem::SumDiffers {
            expected: money("26900.004"),
            found: money("26900.01")
        }
    );
}

#[test]
fn a_sum_below_title_rows_and_formulas_of_a_workbook_is_a_control_total() {
    let (result, kept) = run(&["ok/invoice/two-title-rows-and-total.xlsx"]);
    let imported = result.unwrap();
    assert_eq!((imported.rows, imported.rejected), (2, 0));
    assert_eq!(imported.totals["CNY"].billed, money("26900"));
    assert!(matches!(&imported.notes[..], [Note::SumAgrees { row: 6, amount, .. }] if *amount == money("26900")));
    assert_eq!(kept.texts(Dataset::Charges, "InvoiceId"), ["I-1"; 2]);
}

#[test]
fn each_member_of_a_zip_has_its_own_sum() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("three.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, amount) in [("一.csv", "10"), ("二.csv", "20"), ("三.csv", "30")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let row = format!("示例机房,{name},2026-03,托管,机柜,1,{amount},{amount},CNY\n合计,,,,,,,{amount}.00,\n");
        std::io::Write::write_all(&mut zip, format!("{INVOICE_HEADER}{row}").as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let imported = super::support::run_with(&[super::support::input(&path)], |_| {})
        .0
        .unwrap();
    assert_eq!((imported.rows, imported.rejected, imported.notes.len()), (3, 0, 3));
    assert_eq!(imported.totals["CNY"].billed, money("60"));
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.csv");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    for path in [path.as_path(), folder.path()] {
        let error = super::support::run_with(&[super::support::input(path)], |_| {})
            .0
            .unwrap_err();
        assert!(error.to_string().contains("a folder, a pipe or a device"), "{error}");
    }
}

#[test]
fn json_lines_come_packed_and_late_columns_are_read() {
    let row = |more: &str| {
        format!(
            "{{\"billing_account_id\":\"A\",\"invoice\":{{\"month\":\"202606\"}},\"service\":{{\"description\":\"S\"}},\
             \"sku\":{{\"id\":\"K\"}},\"usage_start_time\":\"2026-06-01 00:00:00 UTC\",\"cost\":1.2E-7,\"currency\":\"USD\"{more}}}\n"
        )
    };
    // The first credit stands far below the head of the file.
    let mut text = row("").repeat(2000);
    text += &row(",\"credits\":[{\"name\":\"c\",\"amount\":-0.00000002}]");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, text.as_bytes()).unwrap();
    let imported = run_text("bill.jsonl.gz", gzip.finish().unwrap()).0.unwrap();
    assert_eq!((imported.rows, imported.importer), (2001, "gcp"));
    assert_eq!(imported.totals["USD"].billed, money("0.0002401"));
    let broken = run_text("bill.jsonl", row("") + "{\"cost\": }\n").0.unwrap_err();
    assert!(broken.to_string().contains("line 2"), "{broken}");
}
