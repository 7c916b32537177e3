//! `headroom alerts`.

use super::{Context, Failure, show};
use crate::app::{AlertShown, Network, alert_sentence};
use crate::store::AlertEvent;
use crate::words::{say, say_with};
use headroom_models::ledger::Month;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Look at the thresholds as of a closed month, once, and record what begins and ends.
    Evaluate {
        /// Closed month; the last one when missing.
        #[arg(long)]
        month: Option<Month>,
    },
    /// Every alert on record, with what was sent of it.
    List {
        /// Only those that have not ended.
        #[arg(long)]
        open: bool,
    },
    /// Send what is pending by mail and webhook, notices of idle findings too. Run it again later for what failed.
    Deliver,
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let app = context.open()?;
    match verb {
        Verb::Evaluate { month } => print(context, &app.evaluate_alerts(*month)?, "alerts-nothing-new"),
        Verb::List { open } => {
            let mut alerts = app.alerts()?;
            alerts.retain(|shown| !open || shown.alert.ended.is_none());
            print(context, &alerts, "alerts-none")
        }
        Verb::Deliver => {
            let deliveries = app.deliver_alerts(&Network)?;
            let notices = app.deliver_notices(&Network)?;
            if context.json {
                return show::json(&serde_json::json!({ "deliveries": deliveries, "notices": notices }));
            }
            let rows = deliveries.iter().map(|delivery| {
                vec![
                    delivery.alert.to_string(),
                    say(context.language, &format!("alert-event-{}", delivery.event.as_str())),
                    delivery.channel.clone(),
                    say(context.language, &format!("delivery-{}", delivery.state)),
                    delivery.attempts.to_string(),
                    delivery.changed_at.clone(),
                    delivery.said.clone(),
                ]
            });
            let heads = [
                "alert",
                "alert-event",
                "channel",
                "state",
                "attempts",
                "changed-at",
                "answer",
            ];
            show::table(show::headers(context, &heads), rows.collect(), &[4])?;
            if notices.is_empty() {
                return Ok(());
            }
            let rows = notices.iter().map(|delivery| {
                vec![
                    delivery.finding.clone(),
                    delivery.position.to_string(),
                    delivery.channel.clone(),
                    say(context.language, &format!("delivery-{}", delivery.state)),
                    delivery.attempts.to_string(),
                    delivery.changed_at.clone(),
                    delivery.said.clone(),
                ]
            });
            let heads = [
                "finding",
                "notice",
                "channel",
                "state",
                "attempts",
                "changed-at",
                "answer",
            ];
            show::table(show::headers(context, &heads), rows.collect(), &[1, 4])
        }
    }
}

fn print(context: &Context, alerts: &[AlertShown], none: &str) -> Result<(), Failure> {
    if context.json {
        return show::json(&serde_json::json!({ "alerts": alerts }));
    }
    if alerts.is_empty() {
        return show::line(&say(context.language, none));
    }
    for shown in alerts {
        let severity = match shown.alert.severity {
            headroom_models::budget::Severity::Warning => "alert-severity-warning",
            headroom_models::budget::Severity::Critical => "alert-severity-critical",
        };
        let values = [
            ("id", shown.alert.id.to_string()),
            ("month", shown.alert.month.to_string()),
            ("severity", say(context.language, severity)),
            ("text", alert_sentence(shown, AlertEvent::Raised, context.language)),
        ];
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        show::line(&say_with(context.language, "alert-line", &values))?;
        if shown.alert.ended.is_some() {
            let ended = alert_sentence(shown, AlertEvent::Ended, context.language);
            show::line(&say_with(context.language, "alert-line-ended", &[("text", &ended)]))?;
        }
    }
    Ok(())
}
