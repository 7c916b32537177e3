//! Files that pages hand out: whatever a name or a bill says, no cell of theirs is a formula to a spreadsheet program.

use crate::support::{empty, headroom, write};
use crate::web_support::{call, sign_in};
use crate::workbook::unzip;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use headroom::app::App;
use headroom::auth::{Grant, Role, Scope};
use headroom::web::{ServeOptions, Web, router};
use std::sync::Arc;

/// Names that a spreadsheet program would work out.
const COMPANY: &str = r#"
[company]
name = "=1+1"
[[department]]
id = "web"
name = "@SUM(A1:A9)"
[[product]]
id = "video"
name = '=HYPERLINK("http://evil.invalid","look")'
department = "web"
[[module]]
product = "video"
id = "stream"
name = "+1"
[[rule]]
id = "named"
when = { column = "x_Product", present = true }
assign = { product_from_column = "x_Product", module_from_column = "x_Module" }
"#;

const BILL: &str = "vendor,invoice_id,billing_month,resource_mode,charge_type,quantity,unit_price,amount,product,module\n\
    =cmd|' /C calc'!A0,INV-1,2025-12,idc,rack,1,100.00,100.00,video,stream\n\
    -2+3,INV-1,2025-12,idc,power,1,50.00,50.00,video,stream\n\
    @vendor,INV-1,2025-12,idc,rack,=1+1,10.00,10.00,video,stream\n";

const PASSWORD: &str = "correct horse 9";

/// True for a cell that a spreadsheet program would work out: a number with a sign is none.
fn is_formula(cell: &str) -> bool {
    let dangerous = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    dangerous && cell.parse::<f64>().is_err() && cell != "-"
}

#[test]
fn no_cell_of_a_file_that_a_page_hands_out_is_a_formula() {
    let data = empty();
    let beside = tempfile::tempdir().unwrap();
    headroom(data.path(), &["apply", &write(beside.path(), "company.toml", COMPANY)]).ok();
    let bill = write(beside.path(), "bill.csv", BILL);
    headroom(data.path(), &["import", &bill, "--source", "=evil", "--allow-rejects"]);
    let bill = write(beside.path(), "bill.csv", BILL);
    let batches = headroom(data.path(), &["imports", "list", "--json"]).ok().out;
    if !batches.contains("B000001") {
        // The name of a source may be refused; the rest has to hold all the same.
        headroom(data.path(), &["import", &bill, "--allow-rejects"]);
    }
    headroom(data.path(), &["allocate"]).ok();
    let app = App::open(data.path(), "tester").unwrap();
    let grant = Grant {
        role: Role::Administrator,
        scope: Scope::Company,
    };
    app.add_user("boss", None, &[grant], Some(PASSWORD)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let router = router(Arc::new(Web::new(&app, ServeOptions::default())));
        let (cookie, _) = sign_in(&router, "boss", PASSWORD).await;
        let get = async |path: &str| {
            let request = Request::get(path)
                .header("cookie", &cookie)
                .body(Body::empty())
                .unwrap();
            let response = call(&router, request).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            bytes.to_vec()
        };
        let mut names = 0;
        for path in [
            "/costs.csv?by=product",
            "/costs.csv?by=department",
            "/costs.csv?by=provider",
            "/costs.csv?by=source",
            "/bills/batches/B000001/rejects.csv",
            "/reports/chargeback/2025-12.csv",
            "/reports/reconciliation/2025-12.csv",
        ] {
            let bytes = get(path).await;
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
            for record in reader.records() {
                for cell in &record.unwrap() {
                    assert!(!is_formula(cell), "{path}: {cell}");
                    names += usize::from(cell.contains("HYPERLINK") || cell.contains("calc") || cell.contains("1+1"));
                }
            }
        }
        assert!(names > 3, "the names are in the files ({names})");
        let sheets = unzip(&get("/reports/chargeback/2025-12.xlsx").await);
        let formulas = sheets.iter().filter(|(name, text)| {
            name.contains("worksheets/") && (text.contains("HYPERLINK") || text.contains("calc"))
        });
        assert_eq!(formulas.count(), 0, "texts are texts in a workbook");
    });
}
