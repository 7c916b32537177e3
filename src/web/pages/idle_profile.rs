//! The evidence of a finding as a picture: what a machine does by hour of the day and day of the week.

use super::parts::{Sheet, counts, says};
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use headroom_models::idle::Profile;

/// Height of a bar of 100 %.
const FULL: f64 = 100.0;

struct Bar {
    x: usize,
    y: String,
    height: String,
    label: String,
    title: String,
}

#[derive(Template)]
#[template(path = "idle_profile.html")]
struct Page {
    shell: Shell,
    id: String,
    sentence: String,
    bars: Vec<Bar>,
    table: Sheet,
    csv: String,
}

/// `GET /idle/{id}/profile`.
pub(crate) async fn page(visit: Visit, Path(id): Path<String>) -> Response {
    visit
        .page(move |visit| {
            let (view, app) = (visit.view, &visit.app);
            let case = app.idle_case(&id)?.case;
            let profile = app.idle_profile(&id)?;
            let hours = profile
                .as_ref()
                .map(|profile| profile.by_hour.clone())
                .unwrap_or_default();
            let bars = hours.iter().enumerate().map(|(hour, mean)| Bar {
                x: hour * 20 + 2,
                y: format!("{:.1}", FULL - mean.clamp(0.0, FULL)),
                height: format!("{:.1}", mean.clamp(0.4, FULL)),
                label: if hour % 6 == 0 { hour.to_string() } else { String::new() },
                title: format!("{hour}:00 · {mean:.1} %"),
            });
            let rows = hours
                .iter()
                .enumerate()
                .map(|(hour, mean)| vec![says(format!("{hour}:00")), counts(format!("{mean:.1} %"))]);
            let keys = [("web-hour", false), ("mean-cpu", true)];
            let table = Sheet::new(&view, "web-profile", &keys, rows);
            let said = |profile: &Profile| {
                view.tn(
                    "web-profile-sentence",
                    &[
                        ("mean", &format!("{:.1}", profile.mean)),
                        ("peak", &format!("{:.1}", profile.peak)),
                        ("shape", &view.t(&format!("shape-{}", profile.shape.as_str()))),
                        ("days", &(profile.hours / 24).to_string()),
                    ],
                )
            };
            let mut shell = visit.shell("idle", "web-profile");
            shell.title = format!("{} · {}", case.resource, shell.title);
            Ok(Page {
                sentence: profile.as_ref().map_or_else(|| view.t("web-no-profile"), said),
                bars: bars.collect(),
                csv: table.csv(),
                table,
                id: case.id,
                shell,
            })
        })
        .await
}
