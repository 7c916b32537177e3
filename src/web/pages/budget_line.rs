//! One line of a budget opened: how each month came about, what is behind it, and who answers for it and where it comes from.

use super::budget::{line_name, read_line};
use super::parts::{Choice, Sheet, counts, leads, query, says};
use crate::app::{AppError, ExplainBudget, StepRequest};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_models::budget::{BudgetLine, BudgetStep, CellEdit, LineKey, Sourcing};
use headroom_models::ledger::{Money, Month};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Ways in which resources are had, as a form offers them; the first leaves it open.
const MODES: [&str; 4] = ["idc", "hosting", "cloud", "owned"];

#[derive(Clone, Deserialize)]
pub(crate) struct Asked {
    year: i32,
    version: Option<i64>,
    /// `product|module|cost type|expenditure`.
    line: String,
    month: Option<Month>,
}

#[derive(Template)]
#[template(path = "budget_line.html")]
struct Page {
    shell: Shell,
    about: String,
    year: i32,
    version: i64,
    revision: i64,
    line: String,
    back: String,
    all_months: String,
    months: Sheet,
    assets: Option<Sheet>,
    editing: bool,
    modes: Vec<Choice>,
    from: Sourcing,
    several: bool,
    owner: String,
    comment: String,
}

fn key_of(line: &str) -> Result<LineKey, Refusal> {
    read_line(line).ok_or_else(|| Refusal::new("refused-changes"))
}

/// The owner or comment that lines have, those without any left out; empty when they differ.
fn common<'a>(lines: &[&'a BudgetLine], of: impl Fn(&'a BudgetLine) -> &'a str) -> &'a str {
    let mut stated: BTreeSet<&str> = lines.iter().map(|line| of(line)).collect();
    stated.remove("");
    match stated.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => one,
        _ => "",
    }
}

/// `GET /budget/line`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit.page(move |visit| build(visit, &asked)).await
}

fn build(visit: &Visit, asked: &Asked) -> Result<Page, AppError> {
    let (view, app) = (visit.view, &visit.app);
    let key = key_of(&asked.line)?;
    let opened = app.explain_budget(&ExplainBudget {
        year: asked.year,
        version: asked.version,
        product: key.product.clone(),
        module: Some(key.module.clone()),
        cost_type: Some(key.cost_type),
        expenditure: Some(key.expenditure),
        month: asked.month,
    })?;
    let version = &opened.version;
    let organization = app.organization()?;
    let total: Money = opened.lines.iter().map(|one| one.line.amount).sum();
    let figures = view.figures(&version.currency, total);
    let (year, number) = (version.year.to_string(), version.number.to_string());
    let address = |month: &str| {
        let pairs = [
            ("year", year.as_str()),
            ("version", &number),
            ("line", &asked.line),
            ("month", month),
        ];
        format!("/budget/line?{}", query(&pairs))
    };
    let from = |of: &Sourcing| {
        let mode = of.resource_mode.map(|mode| view.t(&format!("resource-mode-{mode}")));
        let parts = [
            mode.unwrap_or_default(),
            of.provider.clone(),
            of.service_category.clone(),
        ];
        let stated: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        stated.join(" · ")
    };
    let rows = opened.lines.iter().map(|one| {
        let line = &one.line;
        let units = line.units.map(|units| units.to_string()).unwrap_or_default();
        vec![
            leads(view.month(line.month), address(&line.month.to_string())),
            counts(figures.money(line.amount)),
            counts(units),
            says(view.t(&format!("origin-{}", line.origin.as_str()))),
            says(one.how.in_language(view.language)),
            says(from(&line.sourcing)),
            says(&line.owner),
            says(&line.comment),
        ]
    });
    let heads = [
        ("month", false),
        ("amount", true),
        ("units", true),
        ("origin", false),
        ("budget-how", false),
        ("comes-from", false),
        ("budget-owner", false),
        ("budget-comment", false),
    ];
    let parts: Vec<_> = opened.lines.iter().flat_map(|one| &one.assets).collect();
    let assets = (!parts.is_empty()).then(|| {
        let rows = parts
            .iter()
            .map(|part| vec![says(&part.asset), counts(figures.money(part.amount))]);
        Sheet::new(&view, "budget-behind", &[("web-asset", false), ("amount", true)], rows)
    });
    let lines: Vec<&BudgetLine> = opened.lines.iter().map(|one| &one.line).collect();
    let sources: BTreeSet<&Sourcing> = lines.iter().map(|line| &line.sourcing).collect();
    let common_source = Sourcing::common(sources.iter().copied());
    let product = view.product(&key.product, organization.product(&key.product).map(|one| &one.name));
    let name = [
        product,
        key.module.clone(),
        figures.words().cost_type(key.cost_type),
        view.t(&format!("expenditure-{}", key.expenditure)),
    ];
    let mut shell = visit.shell("budget", "web-nav-budget");
    shell.title = name
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let mode = common_source
        .resource_mode
        .map(|mode| mode.to_string())
        .unwrap_or_default();
    let mut modes = vec![Choice {
        value: String::new(),
        label: "–".to_owned(),
        chosen: mode.is_empty(),
    }];
    modes.extend(Choice::words(&view, "resource-mode-", &MODES, &mode));
    Ok(Page {
        about: view.tn(
            "budget-explained",
            &[
                ("year", &year),
                ("version", &number),
                ("lines", &opened.lines.len().to_string()),
                ("total", &figures.money(total)),
                ("currency", &figures.currency()),
            ],
        ),
        year: version.year,
        version: version.number,
        revision: version.revision,
        line: line_name(&key),
        back: format!("/budget?{}", query(&[("year", &year), ("version", &number)])),
        all_months: asked.month.map(|_| address("")).unwrap_or_default(),
        months: Sheet::new(&view, "budget-how", &heads, rows),
        assets,
        editing: version.state.after(BudgetStep::Edit).is_some()
            && !view.hide
            && app.products_with(Permission::Draft)?.sees(&key.product)
            && organization.product(&key.product).is_some(),
        modes,
        several: sources.len() > 1,
        from: common_source,
        owner: common(&lines, |line| &line.owner).to_owned(),
        comment: common(&lines, |line| &line.comment).to_owned(),
        shell,
    })
}

/// Who answers for a line, where it comes from, and words about it.
#[derive(Deserialize)]
pub(crate) struct Given {
    year: i32,
    version: i64,
    seen: i64,
    line: String,
    #[serde(default)]
    resource_mode: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    service_category: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    reason: String,
}

/// `POST /budget/line`: says it of every month of the line. What the form leaves as it was stays.
pub(crate) async fn edit(Posted(visit, given): Posted<Given>) -> Response {
    visit
        .act(move |visit| {
            let app = &visit.app;
            app.require_somewhere(Permission::Draft)?;
            let key = key_of(&given.line)?;
            let shown = app.budget(given.year, Some(given.version))?;
            let lines: Vec<&BudgetLine> = shown.lines.iter().filter(|line| line.key() == key).collect();
            let mode = given.resource_mode.trim();
            let stated = Sourcing {
                resource_mode: match mode {
                    "" => None,
                    mode => Some(mode.parse().map_err(|_| Refusal::new("refused-changes"))?),
                },
                provider: given.provider.trim().to_owned(),
                service_category: given.service_category.trim().to_owned(),
            };
            let before = Sourcing::common(lines.iter().map(|line| &line.sourcing));
            let changed = |given: &str, before: &str| (given.trim() != before).then(|| given.trim().to_owned());
            let owner = changed(&given.owner, common(&lines, |line| &line.owner));
            let comment = changed(&given.comment, common(&lines, |line| &line.comment));
            let sourcing = (stated != before).then_some(stated);
            let months: BTreeSet<Month> = lines.iter().map(|line| line.month).collect();
            let edits = months.into_iter().enumerate().map(|(at, month)| {
                let mut edit = CellEdit::of(month, key.clone(), given.reason.trim());
                edit.sourcing.clone_from(&sourcing);
                edit.owner.clone_from(&owner);
                edit.comment.clone_from(&comment);
                (at + 1, edit)
            });
            let request = StepRequest {
                year: given.year,
                version: Some(given.version),
                seen: Some(given.seen),
                comment: given.reason.clone(),
                over: None,
            };
            app.edit_budget(&request, &edits.collect::<Vec<_>>())?;
            let (year, version) = (given.year.to_string(), given.version.to_string());
            let pairs = [
                ("year", year.as_str()),
                ("version", &version),
                ("line", &given.line),
                ("done", "edited"),
            ];
            Ok(format!("/budget/line?{}", query(&pairs)))
        })
        .await
}
