//! The work queue of unallocated cost: whose charges no rule takes, and rules that would take them, to be tried before they count.

use super::parts::{Choice, Sheet, counts, largest, says};
use crate::auth::{Permission, Scope};
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_models::allocation::Evidence;
use headroom_models::ledger::Month;
use serde::Deserialize;

/// Groups shown; the download of the costs has all.
const MOST_SHOWN: usize = 100;

#[derive(Deserialize)]
pub(crate) struct Asked {
    month: Option<Month>,
}

struct Suggested {
    takes: String,
    evidence: String,
    rule: String,
}

#[derive(Template)]
#[template(path = "unallocated.html")]
struct Page {
    shell: Shell,
    months: Vec<Choice>,
    month: Month,
    about: String,
    groups: Sheet,
    suggestions: Vec<Suggested>,
    document: String,
    may_change: bool,
}

/// `GET /unallocated`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let (view, app) = (visit.view, &visit.app);
            let queue = app.unallocated(asked.month)?;
            let figures = view.figures(&queue.currency, largest(queue.groups.iter().map(|group| group.amount)));
            let months = app.billed_month_states()?;
            let (_, documents) = app.documents()?;
            let rules = documents.iter().find(|(_, body)| body.contains("[[rule]]"));
            let groups = queue.groups.iter().take(MOST_SHOWN).map(|group| {
                vec![
                    says(group.source.clone()),
                    says(group.issuer.clone()),
                    says(group.service.clone()),
                    says(group.account.clone()),
                    counts(group.charges.to_string()),
                    counts(figures.money(group.amount)),
                ]
            });
            let keys = [
                ("source", false),
                ("queue-issuer", false),
                ("queue-service", false),
                ("queue-account", false),
                ("queue-charges", true),
                ("amount", true),
            ];
            let suggestions = queue.suggestions.iter().map(|suggestion| {
                let evidence = match suggestion.evidence {
                    Evidence::TagNamesProducts => "queue-tag-names-products",
                    Evidence::ColumnNamesProducts => "queue-column-names-products",
                    Evidence::WordInText => "queue-word-in-text",
                    Evidence::Neighbours => "queue-neighbours",
                };
                let values = [
                    ("amount", figures.money(suggestion.amount)),
                    ("currency", queue.currency.clone()),
                    ("charges", suggestion.charges.to_string()),
                    ("subject", suggestion.subject.clone()),
                    ("text", suggestion.text.clone()),
                    ("product", suggestion.product.clone()),
                ];
                let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
                Suggested {
                    takes: view.tn("queue-takes", &values),
                    evidence: view.tn(evidence, &values),
                    rule: suggestion.rule.trim_end().to_owned(),
                }
            });
            Ok(Page {
                months: Choice::months(&view, months.iter().map(|state| state.month), Some(queue.month)),
                about: view.tn(
                    "web-queue-about",
                    &[
                        ("amount", &figures.money(queue.amount)),
                        ("currency", &queue.currency),
                        ("charges", &queue.charges.to_string()),
                        ("suggested", &figures.money(queue.suggested)),
                    ],
                ),
                month: queue.month,
                groups: Sheet::new(&view, "web-queue", &keys, groups),
                suggestions: suggestions.collect(),
                document: rules.map(|(name, _)| name.clone()).unwrap_or_default(),
                may_change: app.may(Permission::Configure, &Scope::Company)?,
                shell: visit.shell("rules", "web-queue"),
            })
        })
        .await
}
