//! Settings: the company's tree, currency and fiscal year, rates, prices, documents; and the audit trail.

use super::parts::{head, number, row, word};
use crate::auth::{Permission, Scope};
use crate::store::AuditLine;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_reports::export::screen::tables::Table;
use serde::Deserialize;

/// Rates shown, the newest first.
const MOST_RATES: usize = 60;

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    shell: Shell,
    facts: Vec<(String, String)>,
    may_administer: bool,
    may_audit: bool,
    tree: Table,
    rates: Table,
    documents: Vec<(String, String)>,
}

/// `GET /settings`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit
        .page(|visit| {
            visit.app.require_somewhere(Permission::Read)?;
            let (view, app) = (visit.view, &visit.app);
            let visible = app.visible()?;
            let organization = app.organization()?;
            let settings = app.settings();
            let name = |name: &headroom_models::language::Name| name.in_language(view.language).to_owned();
            let mut rows = Vec::new();
            for department in &organization.departments {
                let products = organization
                    .products
                    .iter()
                    .filter(|product| product.department == department.id && visible.sees(&product.id));
                for product in products {
                    let modules = organization
                        .modules
                        .iter()
                        .filter(|module| module.product == product.id);
                    let modules: Vec<String> = modules.map(|module| name(&module.name)).collect();
                    rows.push(row(vec![
                        word(name(&product.name)),
                        word(product.id.clone()),
                        word(name(&department.name)),
                        word(modules.join(" · ")),
                    ]));
                }
            }
            let rates = app.fx_rates()?.into_iter().rev().take(MOST_RATES);
            let company = Scope::Company;
            let (version, documents) = if visible.is_everything() {
                app.documents()?
            } else {
                Default::default()
            };
            let heads = |keys: &[&str]| keys.iter().map(|key| head(view.t(key), false)).collect::<Vec<_>>();
            Ok(Page {
                facts: vec![
                    (
                        view.t("web-company"),
                        organization
                            .company
                            .as_ref()
                            .map(|company| name(&company.name))
                            .unwrap_or_default(),
                    ),
                    (view.t("currency"), settings.currency.clone()),
                    (view.t("web-fiscal-start"), settings.fiscal.start.to_string()),
                    (view.t("web-configuration"), version.to_string()),
                ],
                may_administer: app.may(Permission::Administer, &company)?,
                may_audit: app.may(Permission::Audit, &company)?,
                tree: Table {
                    heads: heads(&["product", "web-id", "web-by-department", "web-modules"]),
                    rows,
                    ..Table::default()
                },
                rates: Table {
                    heads: heads(&["month", "web-from", "web-to", "web-fx"]),
                    rows: rates
                        .map(|(month, from, to, rate)| {
                            row(vec![
                                word(view.month(month)),
                                word(from),
                                word(to),
                                number(rate.to_string()),
                            ])
                        })
                        .collect(),
                    ..Table::default()
                },
                documents: documents.into_iter().collect(),
                shell: visit.shell("settings", "web-nav-settings"),
            })
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct AuditAsked {
    before: Option<i64>,
    #[serde(default)]
    holds: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    holds: String,
    lines: Vec<AuditLine>,
    older: Option<i64>,
}

/// `GET /settings/audit`.
pub(crate) async fn audit(visit: Visit, Query(asked): Query<AuditAsked>) -> Response {
    visit
        .page(move |visit| {
            let mut lines = visit.app.audit_trail(asked.before, &asked.holds)?;
            for line in &mut lines {
                line.at = visit.view.time(&line.at);
            }
            Ok(AuditPage {
                shell: visit.shell("settings", "web-audit"),
                older: lines.last().map(|line| line.id).filter(|id| *id > 1),
                holds: asked.holds,
                lines,
            })
        })
        .await
}
