//! 1,000 modules × 12 months × 6 resources with 1,000 samples each: what the speed of the planner is measured with
//! (`benches/capacity.sh`). Prints unit-months needed and bought, so that two runs can be compared.

use headroom_models::capacity::*;
use headroom_models::ledger::{Money, Month, MonthRange};
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::from(
        "[[unit]]\nid = \"server\"\nname = \"Server\"\ncost_type = \"server\"\nacquisition = \"purchase\"\n\
         [[price]]\nunit = \"server\"\nvalid_from = \"2026-01\"\namount = \"48000.00\"\ncurrency = \"CNY\"\n\
         useful_life_months = 48\n[risk]\nsamples = 1000\nseed = 1\npercentile = 90\n",
    );
    for module in 0..1000 {
        text.push_str(&format!(
            "[[capacity]]\nproduct = \"p{}\"\nmodule = \"m{module}\"\ndriver = \"d{}\"\nunit = \"server\"\nlot = 2\n\
             work = {{ cpu = {}, memory = 0.5, disk = 0.2, iops = 3.0, network = 0.9, connections = 1.0 }}\n\
             limit = {{ cpu = 96, memory = 512, disk = 4000, iops = 90000, network = 8000, connections = 50000 }}\n\
             target_utilization = {{ cpu = 0.6, memory = 0.7, disk = 0.8, iops = 0.7, network = 0.7, connections = 0.7 }}\n\
             redundancy = 2\nzones = {{ count = 3 }}\nshortage_cost = \"5000\"\n\
             uncertain = {{ driver = {{ low = 0.8, high = 1.3 }}, \"work.cpu\" = {{ low = 0.01, high = 0.3 }}, peak_factor = {{ low = 0.9, high = 1.4 }} }}\n",
            module % 40,
            module % 7,
            0.02 + f64::from(module % 13) / 100.0
        ));
    }
    #[derive(serde::Deserialize)]
    struct Document {
        unit: Vec<Unit>,
        price: Vec<Price>,
        capacity: Vec<CapacityModel>,
        risk: Risk,
    }
    let document: Document = toml::from_str(&text)?;
    let months: MonthRange = "2027-01..2027-12".parse()?;
    let mut targets = Drivers::default();
    for product in 0..40 {
        for driver in 0..7 {
            for (at, month) in months.months().enumerate() {
                let value = 10_000.0 * f64::from(product + 1) * (1.0 + at as f64 / 30.0) + f64::from(driver) * 777.0;
                targets.insert(&format!("p{product}"), &format!("d{driver}"), month, value);
            }
        }
    }
    let surroundings = Surroundings {
        risk: Some(document.risk),
        ..Surroundings::default()
    };
    let inputs = PlanInputs {
        units: &document.unit,
        prices: &document.price,
        models: &document.capacity,
        events: &[],
        targets: &targets,
        surroundings: &surroundings,
        months,
        delivered_through: Some("2026-12".parse::<Month>()?),
        reporting_currency: "CNY",
        rate: &|_, _| Some(Money::ONE),
    };
    let plan = plan(&inputs);
    let needed: u64 = plan
        .modules
        .iter()
        .flat_map(|m| &m.months)
        .map(|month| month.sizing.total)
        .sum();
    let bought: u64 = plan.orders.iter().map(|order| order.units).sum();
    let samples: u64 = plan
        .modules
        .iter()
        .filter_map(|m| m.risk.as_ref())
        .map(|risk| u64::from(risk.samples))
        .sum();
    writeln!(
        std::io::stdout(),
        "{} modules, {} samples, {needed} unit-months needed, {bought} units bought, {} problems",
        plan.modules.len(),
        samples,
        plan.problems.len()
    )?;
    Ok(())
}
