//! Control of an approved budget: what is available, requests and what they hold, loans between products.

use super::parts::{Choice, Sheet, counts, leads, says};
use crate::app::{AccountStanding, AppError, BudgetStanding, LoanRequest, SpendRequest};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::web::form::{Posted, amount};
use crate::web::view::Shell;
use crate::web::visit::{Visit, blocking};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use headroom_models::budget::{LineKey, Reference, Standing};
use headroom_models::ledger::{CostType, Expenditure, Money, Month};
use headroom_reports::Figures;
use headroom_reports::charts::address;
use serde::Deserialize;

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asked {
    year: Option<i32>,
    through: Option<Month>,
}

/// A commitment or loan with the form that changes it.
struct Held {
    cells: Vec<String>,
    id: String,
    open: bool,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "budget_control.html")]
struct Page {
    shell: Shell,
    year: i32,
    years: Vec<Choice>,
    months: Vec<Choice>,
    about: String,
    accounts: Sheet,
    held_heads: Vec<String>,
    held: Vec<Held>,
    loan_heads: Vec<String>,
    loans: Vec<Held>,
    products: Vec<Choice>,
    cost_types: Vec<Choice>,
    expenditures: Vec<Choice>,
    problem: Vec<String>,
    wish: Wish,
    may_ask: bool,
}

/// A request as it was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    product: String,
    module: String,
    cost_type: String,
    expenditure: String,
    amount: String,
    month: String,
    reason: String,
    order: String,
    contract: String,
    vendor: String,
}

/// A month as the field gives it.
pub(super) fn month(text: &str) -> Result<Month, AppError> {
    Ok(text
        .trim()
        .parse()
        .map_err(|_| Refusal::new("refused-months").with("text", text))?)
}

fn word<T: std::str::FromStr>(text: &str) -> Result<T, AppError> {
    Ok(text.parse().map_err(|_| Refusal::new("refused-changes"))?)
}

impl Wish {
    fn request(&self) -> Result<SpendRequest, AppError> {
        Ok(SpendRequest {
            month: month(&self.month)?,
            key: LineKey {
                product: self.product.clone(),
                module: self.module.clone(),
                cost_type: word(&self.cost_type)?,
                expenditure: word(&self.expenditure)?,
            },
            amount: amount(&self.amount)?,
            reference: Reference {
                order: self.order.trim().to_owned(),
                contract: self.contract.trim().to_owned(),
                vendor: self.vendor.trim().to_owned(),
            },
            reason: self.reason.clone(),
        })
    }
}

fn standing_cells(figures: &Figures, standing: &Standing) -> impl Iterator<Item = super::parts::SheetCell> + use<> {
    let s = standing;
    [
        s.approved,
        s.lent,
        s.carried,
        s.budget,
        s.actual,
        s.commitments,
        s.available,
    ]
    .map(|amount| counts(figures.money(amount)))
    .into_iter()
}

/// `GET /budget/control`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| build(visit, &asked, Wish::default(), Vec::new()))
        .await
}

fn build(visit: &Visit, asked: &Asked, wish: Wish, problem: Vec<String>) -> Result<Page, AppError> {
    let (view, app) = (visit.view, &visit.app);
    let approved = app
        .budget_versions()?
        .into_iter()
        .filter(|one| one.approved_at.is_some());
    let mut years: Vec<i32> = approved.map(|one| one.year).collect();
    years.dedup();
    // The year that runs: plans of the next one are approved before it begins.
    let runs = app.settings().fiscal.year_of(app.last_reported_month()?);
    let year = asked.year.unwrap_or(runs);
    let standing = app.budget_standing(year, asked.through)?;
    let organization = app.organization()?;
    let name = |id: &str| view.product(id, organization.product(id).map(|one| &one.name));
    let figures = view.figures(&standing.currency, Money::ZERO);
    let expenditure = |one: Expenditure| view.t(&format!("expenditure-{one}"));
    let account = |of: &AccountStanding| {
        let product = &of.account.product;
        let mut row = vec![
            leads(name(product), format!("/products/{}", address(product))),
            says(expenditure(of.account.expenditure)),
        ];
        row.extend(standing_cells(&figures, &of.standing));
        row
    };
    let used = standing
        .accounts
        .iter()
        .filter(|account| account.standing != Standing::default());
    let totals = standing.totals.iter().map(|(one, total)| {
        let mut row = vec![says(view.t("total")), says(expenditure(*one))];
        row.extend(standing_cells(&figures, total));
        row
    });
    let keys = [
        ("product", false),
        ("expenditure", false),
        ("budget-approved-lines", true),
        ("budget-lent", true),
        ("budget-carried", true),
        ("budget-budget", true),
        ("budget-actual", true),
        ("budget-commitments", true),
        ("budget-available", true),
    ];
    let accounts = Sheet::new(&view, "web-available", &keys, used.map(account).chain(totals));
    let heads = |keys: &[&str]| keys.iter().map(|key| view.t(key)).collect();
    let months = app.settings().fiscal.months_of(year);
    let drafted = app.products_with(Permission::Draft)?;
    let mine = organization.products.iter().filter(|one| drafted.sees(&one.id));
    let choice = |value: String, label: String, chosen: &str| Choice {
        chosen: value == chosen,
        value,
        label,
    };
    Ok(Page {
        shell: visit.shell("budget", "web-control"),
        year,
        years: years
            .iter()
            .rev()
            .map(|one| choice(one.to_string(), one.to_string(), &year.to_string()))
            .collect(),
        months: months
            .months()
            .map(|one| choice(one.to_string(), view.month(one), &standing.through.to_string()))
            .collect(),
        about: view.tn(
            "web-control-about",
            &[
                ("year", &year.to_string()),
                ("version", &standing.version.to_string()),
                ("month", &view.month(standing.through)),
                ("currency", &figures.currency()),
            ],
        ),
        accounts,
        held_heads: heads(&[
            "budget-number",
            "month",
            "product",
            "cost-type",
            "amount",
            "budget-billed",
            "budget-outstanding",
            "state",
        ]),
        held: held(&standing, &figures, &view, &name),
        loan_heads: heads(&[
            "budget-number",
            "budget-lender",
            "budget-borrower",
            "month",
            "budget-due",
            "amount",
            "budget-owed",
        ]),
        loans: loans(&standing, &figures, &view, &name),
        may_ask: !mine.clone().collect::<Vec<_>>().is_empty() && !view.hide,
        products: mine
            .map(|one| choice(one.id.clone(), name(&one.id), &wish.product))
            .collect(),
        cost_types: CostType::ALL
            .iter()
            .map(|one| choice(one.to_string(), view.words().cost_type(*one), &wish.cost_type))
            .collect(),
        expenditures: [Expenditure::Opex, Expenditure::Capex]
            .map(|one| choice(one.to_string(), expenditure(one), &wish.expenditure))
            .into(),
        problem,
        wish,
    })
}

type Naming<'a> = &'a dyn Fn(&str) -> String;

fn held(standing: &BudgetStanding, figures: &Figures, view: &crate::web::view::View, name: Naming<'_>) -> Vec<Held> {
    let of = |one: &crate::app::CommitmentStanding| {
        let (commitment, request) = (&one.commitment, &one.commitment.request);
        let state = serde_json::to_value(one.state).unwrap_or_default();
        let state = state.as_str().unwrap_or_default();
        Held {
            cells: vec![
                request.id.clone(),
                view.month(commitment.month()),
                name(&request.key.product),
                view.words().cost_type(request.key.cost_type),
                figures.money(commitment.amount()),
                figures.money(commitment.billed()),
                figures.money(one.outstanding),
                view.t(&format!("commitment-{state}")),
            ],
            id: request.id.clone(),
            open: !one.outstanding.is_zero(),
            overdue: false,
        }
    };
    standing.commitments.iter().map(of).collect()
}

fn loans(standing: &BudgetStanding, figures: &Figures, view: &crate::web::view::View, name: Naming<'_>) -> Vec<Held> {
    let of = |one: &crate::app::LoanStanding| {
        let lending = &one.loan.lending;
        Held {
            cells: vec![
                lending.id.clone(),
                name(&lending.from),
                name(&lending.to),
                view.month(lending.month),
                view.month(lending.due),
                figures.money(lending.amount),
                figures.money(one.outstanding),
            ],
            id: lending.id.clone(),
            open: !one.outstanding.is_zero(),
            overdue: one.overdue,
        }
    };
    standing.loans.iter().map(of).collect()
}

fn back(year: i32, done: &str) -> String {
    format!("/budget/control?year={year}&done={done}")
}

/// `POST /budget/requests`: reserved, or refused with the ways out.
pub(crate) async fn request(Posted(visit, wish): Posted<Wish>) -> Response {
    let page = visit.clone();
    let work = blocking(move || {
        visit.app.require_somewhere(Permission::Draft)?;
        let asked = wish.request();
        let year = asked
            .as_ref()
            .map(|request| visit.app.settings().fiscal.year_of(request.month))
            .ok();
        let outcome = asked.and_then(|request| visit.app.request_budget(&request));
        let problem = match outcome {
            Ok(outcome) if outcome.granted => return Ok(Err(back(year.unwrap_or_default(), "granted"))),
            // The dashes are for the terminal; a page has a list.
            Ok(outcome) => outcome
                .refusal(visit.view.language)
                .iter()
                .map(|line| line.trim_start_matches(['–', '-', ' ']).to_owned())
                .collect(),
            Err(error @ AppError::NotAllowed(_)) => return Err(error),
            Err(error) => vec![error.message(visit.view.language)],
        };
        let asked = Asked { year, through: None };
        Ok(Ok(build(&visit, &asked, wish, problem)?.render()))
    });
    match work.await {
        Ok(Err(target)) => Redirect::to(&target).into_response(),
        Ok(Ok(Ok(html))) => (StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response(),
        Ok(Ok(Err(_))) => super::refused::failure(&page.view, StatusCode::INTERNAL_SERVER_ERROR),
        Err(error) => super::refused::page(&page, &error),
    }
}

#[derive(Deserialize)]
pub(crate) struct Reason {
    year: i32,
    reason: String,
}

/// `POST /budget/requests/{id}/release`: what is not billed is free again.
pub(crate) async fn release(Path(id): Path<String>, Posted(visit, given): Posted<Reason>) -> Response {
    visit
        .act(move |visit| {
            visit.app.release_commitment(&id, &given.reason)?;
            Ok(back(given.year, "released"))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct LoanForm {
    year: i32,
    from: String,
    to: String,
    expenditure: String,
    amount: String,
    month: String,
    due: String,
    reason: String,
}

/// `POST /budget/loans`.
pub(crate) async fn lend(Posted(visit, given): Posted<LoanForm>) -> Response {
    visit
        .act(move |visit| {
            visit.app.require_somewhere(Permission::Draft)?;
            visit.app.lend_budget(&LoanRequest {
                from: given.from,
                to: given.to,
                expenditure: word(&given.expenditure)?,
                amount: amount(&given.amount)?,
                month: month(&given.month)?,
                due: month(&given.due)?,
                reason: given.reason,
            })?;
            Ok(back(given.year, "lent"))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct Repayment {
    year: i32,
    month: String,
    #[serde(default)]
    amount: String,
    reason: String,
}

/// `POST /budget/loans/{id}/repay`: all of it, or a part.
pub(crate) async fn repay(Path(id): Path<String>, Posted(visit, given): Posted<Repayment>) -> Response {
    visit
        .act(move |visit| {
            visit.app.require_somewhere(Permission::Draft)?;
            let part = Some(given.amount.trim()).filter(|text| !text.is_empty());
            let part = part.map(amount).transpose()?;
            visit.app.repay_budget(&id, month(&given.month)?, part, &given.reason)?;
            Ok(back(given.year, "repaid"))
        })
        .await
}
