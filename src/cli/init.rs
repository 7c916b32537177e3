//! `headroom init`.

use super::{Context, Failure, actor, show};
use crate::app::App;
use crate::store::Settings;
use crate::words::say_with;
use headroom_models::ledger::FiscalCalendar;

#[derive(clap::Args)]
pub struct Arguments {
    /// Reporting currency, ISO 4217.
    #[arg(long, default_value = "CNY", value_parser = currency)]
    currency: String,
    /// Month of the year in which the fiscal year starts.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=12))]
    fiscal_start: u32,
}

fn currency(text: &str) -> Result<String, String> {
    let code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if code {
        Ok(text.to_owned())
    } else {
        Err("write a code of ISO 4217: CNY, USD, EUR …".to_owned())
    }
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let settings = Settings {
        currency: arguments.currency.clone(),
        fiscal: FiscalCalendar {
            start: arguments.fiscal_start,
        },
    };
    App::init(&context.data, &settings, &actor())?;
    let directory = context.data.display().to_string();
    if context.json {
        return show::json(
            &serde_json::json!({ "data": directory, "currency": settings.currency, "fiscal_start": settings.fiscal.start }),
        );
    }
    show::line(&say_with(
        context.language,
        "init-done",
        &[("directory", &directory), ("currency", &settings.currency)],
    ))
}
