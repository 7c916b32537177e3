//! Load of modules day by day: their own driver, or what their callers ask of them.

use super::CapacityModel;
use super::chain::{Chain, External};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Values by day, ascending.
pub type DayValues = Vec<(NaiveDate, f64)>;

/// The days of a module's load, in its driver units.
#[derive(Clone, Debug, PartialEq)]
pub struct DailyLoad {
    /// The driver, or the callers with their fan-out.
    pub driver: String,
    /// Its days.
    pub days: DayValues,
}

/// The load of each of `models` by day; nothing for one whose driver, or the driver of one of its callers, has no days. A called
/// module has a load on the days that all its callers have.
pub fn daily_loads(
    models: &[&CapacityModel],
    externals: &[External],
    measured: &dyn Fn(&CapacityModel) -> Option<DayValues>,
) -> Vec<Option<DailyLoad>> {
    let chain = Chain::new(models, externals);
    let mut loads: Vec<Option<DailyLoad>> = vec![None; models.len()];
    for &at in &chain.order {
        let model = models[at];
        loads[at] = if model.driver.is_empty() {
            called(models, &chain.callers[at], &loads)
        } else {
            measured(model).filter(|days| !days.is_empty()).map(|days| DailyLoad {
                driver: model.driver.clone(),
                days,
            })
        };
    }
    loads
}

fn called(models: &[&CapacityModel], callers: &[(usize, f64)], loads: &[Option<DailyLoad>]) -> Option<DailyLoad> {
    let mut sums: BTreeMap<NaiveDate, (f64, usize)> = BTreeMap::new();
    let mut names = Vec::new();
    for &(caller, fan_out) in callers {
        let load = loads[caller].as_ref()?;
        // What a caller carries at its peak is what it asks for.
        let factor = models[caller].peak_factor * fan_out;
        for (day, value) in &load.days {
            let sum = sums.entry(*day).or_default();
            *sum = (sum.0 + value * factor, sum.1 + 1);
        }
        names.push(format!("{} × {fan_out}", models[caller].name()));
    }
    let days: DayValues = sums
        .into_iter()
        .filter(|(_, (_, count))| *count == callers.len())
        .map(|(day, (sum, _))| (day, sum))
        .collect();
    (!days.is_empty()).then(|| DailyLoad {
        driver: names.join(" + "),
        days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(module: &str, driver: &str, peak: f64, calls: &str) -> CapacityModel {
        toml::from_str(&format!(
            "product = \"shop\"\nmodule = \"{module}\"\ndriver = \"{driver}\"\nunit = \"s\"\npeak_factor = {peak}\n\
             work = {{ cpu = 1 }}\nlimit = {{ cpu = 10 }}\ntarget_utilization = {{ cpu = 0.5 }}\ncalls = [{calls}]"
        ))
        .unwrap()
    }

    #[test]
    fn a_called_module_carries_what_its_callers_ask_on_the_days_that_all_have() {
        let models = [
            model("db", "", 1.0, ""),
            model("web", "orders", 1.5, "{ to = \"db\", fan_out = 2.0 }"),
            model("app", "users", 1.0, "{ to = \"db\", fan_out = 0.1 }"),
            model("lost", "nobody", 1.0, "{ to = \"cache\", fan_out = 1.0 }"),
            model("cache", "", 1.0, ""),
        ];
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 9, day).unwrap();
        let measured = |model: &CapacityModel| match model.driver.as_str() {
            "orders" => Some(vec![(day(1), 10.0), (day(2), 20.0)]),
            "users" => Some(vec![(day(2), 100.0), (day(3), 90.0)]),
            _ => None,
        };
        let loads = daily_loads(&models.iter().collect::<Vec<_>>(), &[], &measured);
        let db = loads[0].as_ref().unwrap();
        // 20 × 1.5 × 2 + 100 × 0.1.
        assert_eq!(db.days, [(day(2), 70.0)]);
        assert_eq!(db.driver, "shop/web × 2 + shop/app × 0.1");
        assert_eq!(loads[1].as_ref().unwrap().days.len(), 2);
        assert_eq!((&loads[3], &loads[4]), (&None, &None));
    }
}
