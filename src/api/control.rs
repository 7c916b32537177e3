//! Budgets through the year: edits and steps, what is available, requests, loans, rolling adjustment.

use super::caller::{Body, Caller, Path, Query};
use super::problem::{ReadProblems, WriteProblems};
use super::reading::checked_year;
use crate::app::{LoanRequest, SpendRequest, StepRequest, Verdict};
use crate::auth::Permission;
use crate::refusal::Refusal;
use axum::response::Response;
use headroom_models::budget::{CellEdit, LineKey, Reference, Sourcing};
use headroom_models::ledger::{CostType, Expenditure, Money, Month, ResourceMode};
use serde::Deserialize;
use serde_json::json;

/// A request body about an amount of a cell: the fields of every such body, and those of its own. (A flattened part would take
/// unknown fields.)
macro_rules! of_a_cell {
    ($(#[$meta:meta])* $name:ident { $(#[$amount_meta:meta])* amount, $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// YYYY-MM.
            #[schema(value_type = String, pattern = r"^\d{4}-\d{2}$")]
            month: Month,
            product: String,
            #[serde(default)]
            module: String,
            #[schema(value_type = String)]
            cost_type: CostType,
            /// `opex` or `capex`.
            #[schema(value_type = String)]
            expenditure: Expenditure,
            $(#[$amount_meta])*
            #[schema(value_type = String)]
            amount: Money,
            $($own)*
        }

        impl $name {
            fn key(&self) -> LineKey {
                LineKey {
                    product: self.product.clone(),
                    module: self.module.clone(),
                    cost_type: self.cost_type,
                    expenditure: self.expenditure,
                }
            }
        }
    };
}

of_a_cell! {
    /// One cell of a budget.
    Cell {
        /// The new amount, decimal digits.
        amount,
        /// `idc`, `hosting`, `cloud` or `owned`: only what of the cell comes from there is set.
        #[schema(value_type = Option<String>)]
        resource_mode: Option<ResourceMode>,
        /// Provider that it comes from, as bills name it.
        #[serde(default)]
        provider: String,
        /// Service category that it comes from, as bills name it.
        #[serde(default)]
        service_category: String,
    }
}

impl Cell {
    /// The part of the cell that is meant; the whole cell when nothing is stated.
    fn sourcing(&self) -> Option<Sourcing> {
        let stated = Sourcing {
            resource_mode: self.resource_mode,
            provider: self.provider.clone(),
            service_category: self.service_category.clone(),
        };
        stated.is_stated().then_some(stated)
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cells {
    /// Version number; the newest one open to edits when missing.
    version: Option<i64>,
    /// Revision that was seen: another one on record is a conflict, and nothing is changed.
    seen: Option<i64>,
    /// Why; kept with the change.
    comment: String,
    cells: Vec<Cell>,
}

/// Changes cells of a draft: all of them or none.
#[utoipa::path(post, path = "/api/v1/budgets/{year}/cells", tag = "budgets", request_body = Cells,
    params(("year" = i32, Path, minimum = 1970, maximum = 2199)),
    responses((status = 200, description = "The version as it is now", body = Value), WriteProblems))]
pub(crate) async fn cells(caller: Caller, Path(year): Path<i32>, Body(asked): Body<Cells>) -> Response {
    caller
        .write(move |app| {
            app.require_somewhere(Permission::Draft)?;
            checked_year(year)?;
            let edit = |(index, cell): (usize, &Cell)| {
                let edit = CellEdit {
                    sourcing: cell.sourcing(),
                    amount: Some(cell.amount),
                    ..CellEdit::of(cell.month, cell.key(), asked.comment.clone())
                };
                (index + 1, edit)
            };
            let edits: Vec<(usize, CellEdit)> = asked.cells.iter().enumerate().map(edit).collect();
            let request = StepRequest {
                year,
                version: asked.version,
                seen: asked.seen,
                comment: asked.comment,
                over: None,
            };
            app.edit_budget(&request, &edits)
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// `submit`, `review`, `consolidate`, `approve`, `return` or `reject`.
    step: String,
    /// Version number; the newest one open to the step when missing.
    version: Option<i64>,
    /// Revision that was seen: another one on record is a conflict.
    seen: Option<i64>,
    /// Words on record with the step.
    #[serde(default)]
    comment: String,
    /// Why a rule of the way is set aside (steps passed over, nobody else to approve); on record.
    over: Option<String>,
}

/// Takes a version one step on its way.
#[utoipa::path(post, path = "/api/v1/budgets/{year}/steps", tag = "budgets", request_body = Step,
    params(("year" = i32, Path, minimum = 1970, maximum = 2199)),
    responses((status = 200, description = "The version as it is now", body = Value), WriteProblems))]
pub(crate) async fn step(caller: Caller, Path(year): Path<i32>, Body(asked): Body<Step>) -> Response {
    caller
        .write(move |app| {
            app.require_somewhere(Permission::Read)?;
            checked_year(year)?;
            let request = StepRequest {
                year,
                version: asked.version,
                seen: asked.seen,
                comment: asked.comment,
                over: asked.over,
            };
            let version = match asked.step.as_str() {
                "submit" => app.submit_budget(&request)?,
                "review" => app.review_budget(&request, None)?,
                "consolidate" => app.consolidate_budget(&request)?,
                "approve" => app.approve_budget(&request)?,
                "return" => app.return_budget(&request)?,
                "reject" => app.reject_budget(&request)?,
                other => return Err(Refusal::new("refused-step").with("step", other).into()),
            };
            Ok(json!({ "version": version }))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Through {
    /// Last month that counts, YYYY-MM; the year's last when missing.
    #[param(value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    through: Option<Month>,
}

/// What is available: accounts, commitments and loans of a year.
#[utoipa::path(get, path = "/api/v1/budgets/{year}/standing", tag = "control",
    params(("year" = i32, Path, minimum = 1970, maximum = 2199), Through),
    responses((status = 200, description = "Accounts with budget, actual, commitments and what is available", body = Value),
        ReadProblems))]
pub(crate) async fn standing(caller: Caller, Path(year): Path<i32>, Query(asked): Query<Through>) -> Response {
    caller
        .json(move |app| {
            app.require_somewhere(Permission::Read)?;
            checked_year(year)?;
            app.budget_standing(year, asked.through)
        })
        .await
}

of_a_cell! {
    /// A wish to spend; the month is the one in which it will be spent.
    Spend {
        /// Net amount in the reporting currency, decimal digits.
        amount,
        /// Why.
        reason: String,
        /// Purchase order that will carry it out.
        #[serde(default)]
        order: String,
        /// Contract that will bill it.
        #[serde(default)]
        contract: String,
        /// Vendor whose bills for product and cost type are for it.
        #[serde(default)]
        vendor: String,
    }
}

/// Requests money: `granted` says whether it is reserved; where it is not, `ways_out` says what could be done instead.
#[utoipa::path(post, path = "/api/v1/requests", tag = "control", request_body = Spend,
    responses((status = 200, description = "Granted, or not with the ways out", body = Value), WriteProblems))]
pub(crate) async fn request(caller: Caller, Body(asked): Body<Spend>) -> Response {
    caller
        .write(move |app| {
            app.request_budget(&SpendRequest {
                month: asked.month,
                key: asked.key(),
                amount: asked.amount,
                reference: Reference {
                    order: asked.order,
                    contract: asked.contract,
                    vendor: asked.vendor,
                },
                reason: asked.reason,
            })
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Why {
    /// Why; kept on record.
    reason: String,
}

/// Gives up what of a commitment is not billed.
#[utoipa::path(post, path = "/api/v1/requests/{id}/release", tag = "control", request_body = Why, params(("id" = String, Path)),
    responses((status = 200, description = "The commitment as it is now", body = Value), WriteProblems))]
pub(crate) async fn release(caller: Caller, Path(id): Path<String>, Body(asked): Body<Why>) -> Response {
    caller
        .write(move |app| app.release_commitment(&id, &asked.reason))
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lend {
    /// Product that lends.
    from: String,
    /// Product of the same department that borrows.
    to: String,
    /// `opex` or `capex`.
    #[schema(value_type = String)]
    expenditure: Expenditure,
    #[schema(value_type = String)]
    amount: Money,
    /// From this month on, YYYY-MM.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}$")]
    month: Month,
    /// Given back by this month, YYYY-MM.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}$")]
    due: Month,
    /// Why.
    reason: String,
}

/// Lends budget of one product to another.
#[utoipa::path(post, path = "/api/v1/loans", tag = "control", request_body = Lend,
    responses((status = 200, description = "The loan", body = Value), WriteProblems))]
pub(crate) async fn lend(caller: Caller, Body(asked): Body<Lend>) -> Response {
    caller
        .write(move |app| {
            app.lend_budget(&LoanRequest {
                from: asked.from,
                to: asked.to,
                expenditure: asked.expenditure,
                amount: asked.amount,
                month: asked.month,
                due: asked.due,
                reason: asked.reason,
            })
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repay {
    /// YYYY-MM.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}$")]
    month: Month,
    /// All that is owed when missing.
    #[schema(value_type = Option<String>)]
    amount: Option<Money>,
    /// Why.
    reason: String,
}

/// Gives back a loan, or a part of it.
#[utoipa::path(post, path = "/api/v1/loans/{id}/repay", tag = "control", request_body = Repay, params(("id" = String, Path)),
    responses((status = 200, description = "The loan as it is now", body = Value), WriteProblems))]
pub(crate) async fn repay(caller: Caller, Path(id): Path<String>, Body(asked): Body<Repay>) -> Response {
    caller
        .write(move |app| app.repay_budget(&id, asked.month, asked.amount, &asked.reason))
        .await
}

/// The runs of the rolling adjustment, oldest first.
#[utoipa::path(get, path = "/api/v1/rolls", tag = "control",
    responses((status = 200, description = "Runs", body = Value), ReadProblems))]
pub(crate) async fn rolls(caller: Caller) -> Response {
    caller.json(|app| Ok(json!({ "items": app.rolls()? }))).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// Closed month, YYYY-MM; the last one when missing.
    #[schema(value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    month: Option<Month>,
}

/// Runs the rolling adjustment of a closed month: what is open is derived again, supplements and cuts are proposed.
#[utoipa::path(post, path = "/api/v1/rolls", tag = "control", request_body = Run,
    responses((status = 200, description = "The run with its proposals", body = Value), WriteProblems))]
pub(crate) async fn run(caller: Caller, Body(asked): Body<Run>) -> Response {
    caller.write(move |app| app.roll_budget(asked.month)).await
}

/// A run with its proposals.
#[utoipa::path(get, path = "/api/v1/rolls/{id}", tag = "control", params(("id" = i64, Path)),
    responses((status = 200, description = "The run", body = Value), ReadProblems))]
pub(crate) async fn roll(caller: Caller, Path(id): Path<i64>) -> Response {
    caller.json(move |app| app.roll(Some(id))).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decide {
    /// `accept` or `decline`.
    decision: String,
    /// Another amount than the proposed one, positive.
    #[schema(value_type = Option<String>)]
    amount: Option<Money>,
    /// Why; needed to decline, and for another amount.
    #[serde(default)]
    reason: String,
}

/// Accepts a proposal, as it is or with another amount, or declines it.
#[utoipa::path(post, path = "/api/v1/proposals/{id}", tag = "control", request_body = Decide, params(("id" = i64, Path)),
    responses((status = 200, description = "The proposal with the decision", body = Value), WriteProblems))]
pub(crate) async fn decide(caller: Caller, Path(id): Path<i64>, Body(asked): Body<Decide>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Review)?;
            let verdict = match asked.decision.as_str() {
                "accept" => Verdict::Accept(asked.amount),
                "decline" => Verdict::Decline,
                other => return Err(Refusal::new("refused-decision").with("decision", other).into()),
            };
            app.decide_proposal(id, &verdict, &asked.reason)
        })
        .await
}

/// Makes a revision of a year's budget out of the accepted proposals.
#[utoipa::path(post, path = "/api/v1/budgets/{year}/revise", tag = "control",
    params(("year" = i32, Path, minimum = 1970, maximum = 2199)),
    responses((status = 200, description = "The draft", body = Value), WriteProblems))]
pub(crate) async fn revise(caller: Caller, Path(year): Path<i32>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Draft)?;
            checked_year(year)?;
            Ok(json!({ "version": app.revise_from_rolls(year)?.version }))
        })
        .await
}
