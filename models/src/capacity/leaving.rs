//! Units that leave by what registers say: retirement dates of assets, ends of rentals that are not renewed.

use super::{Acquisition, CapacityModel, Lease, Retirement, Unit};
use crate::assets::Asset;
use crate::contracts::{ContractLine, Renewal};
use crate::ledger::{Money, Month};
use std::collections::BTreeMap;

/// Adds retirements and lease ends to the models that state none themselves: what a model states goes before any register.
///
/// An asset belongs to the model of its product and module whose unit is bought and of the asset's category; a contract line
/// to the one whose unit is rented and of the line's cost type. Where several models of a module would do, none is meant.
pub fn leave_by_registers(models: &mut [CapacityModel], units: &[Unit], assets: &[Asset], lines: &[ContractLine]) {
    let only = |models: &[CapacityModel], product: &str, module: &str, fits: &dyn Fn(&Unit) -> bool| -> Option<usize> {
        let mut mine = models.iter().enumerate().filter(|(_, model)| {
            let unit = units.iter().find(|unit| unit.id == model.unit);
            model.product == product && model.module == module && unit.is_some_and(fits)
        });
        let (at, _) = mine.next()?;
        mine.next().is_none().then_some(at)
    };
    let mut retired: BTreeMap<(usize, Month), u64> = BTreeMap::new();
    for asset in assets {
        let fits = |unit: &Unit| {
            unit.acquisition == Acquisition::Purchase && unit.cost_type.as_str() == asset.category.as_str()
        };
        if let Some(last) = asset.retirement
            && let Some(at) = only(models, &asset.product, &asset.module, &fits)
        {
            // The month of the retirement is the last one that it serves in.
            *retired.entry((at, last.plus(1))).or_default() += 1;
        }
    }
    let mut ended: BTreeMap<(usize, Month), u64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.renewal == Renewal::Ends) {
        let fits = |unit: &Unit| unit.acquisition == Acquisition::Rent && unit.cost_type == line.cost_type;
        let count = line.quantity.map(|quantity| quantity.units() / Money::ONE.units());
        let count = count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        if count > 0
            && let Some(at) = only(models, &line.product, &line.module, &fits)
        {
            *ended.entry((at, Month::of(line.end))).or_default() += count;
        }
    }
    let stated: Vec<(bool, bool)> = models
        .iter()
        .map(|model| (!model.retirements.is_empty(), !model.leases.is_empty()))
        .collect();
    for ((at, month), count) in retired.into_iter().filter(|((at, _), _)| !stated[*at].0) {
        models[at].retirements.push(Retirement { count, month });
    }
    for ((at, ends), count) in ended.into_iter().filter(|((at, _), _)| !stated[*at].1) {
        models[at].leases.push(Lease { count, ends });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::{Course, Method};
    use crate::contracts::BandwidthTerms;
    use crate::ledger::{CostType, ResourceMode};

    fn unit(id: &str, acquisition: &str) -> Unit {
        toml::from_str(&format!(
            "id = \"{id}\"\nname = \"{id}\"\ncost_type = \"server\"\nacquisition = \"{acquisition}\""
        ))
        .unwrap()
    }

    fn model(module: &str, unit: &str, rest: &str) -> CapacityModel {
        toml::from_str(&format!(
            "product = \"shop\"\nmodule = \"{module}\"\ndriver = \"orders\"\nunit = \"{unit}\"\nwork = {{ cpu = 1 }}\n\
             limit = {{ cpu = 10 }}\ntarget_utilization = {{ cpu = 0.5 }}\n{rest}"
        ))
        .unwrap()
    }

    fn asset(id: &str, module: &str, category: &str, retirement: Option<&str>) -> Asset {
        Asset {
            asset_id: id.into(),
            name: id.into(),
            category: category.into(),
            model: "2U".into(),
            in_service: "2023-01".parse().unwrap(),
            purchase_price: Money::whole(60_000),
            currency: "CNY".into(),
            life: 60,
            residual: Money::ZERO,
            retirement: retirement.map(|month| month.parse().unwrap()),
            product: "shop".into(),
            module: module.into(),
            method: Method::StraightLine,
            course: Course::default(),
        }
    }

    fn rental(module: &str, count: i64, end: &str, renewal: Renewal) -> ContractLine {
        ContractLine {
            contract: "C-1".into(),
            vendor: "V".into(),
            mode: ResourceMode::Hosting,
            charge_type: "server-rent".into(),
            cost_type: CostType::Server,
            resource: String::new(),
            description: String::new(),
            quantity: Some(Money::whole(count)),
            unit: "unit".into(),
            unit_price: Money::whole(4_600),
            currency: "CNY".into(),
            tax_percent: None,
            start: "2026-01-01".parse().unwrap(),
            end: end.parse().unwrap(),
            renewal,
            notice_days: None,
            included: Money::ZERO,
            step: None,
            bandwidth: BandwidthTerms::default(),
            product: "shop".into(),
            module: module.into(),
        }
    }

    #[test]
    fn dates_of_registers_take_units_out_unless_the_model_states_its_own() {
        let units = [unit("own", "purchase"), unit("hosted", "rent")];
        let mut models = [
            model("db", "own", ""),
            model("app", "hosted", ""),
            model("old", "own", "retirements = [{ count = 9, month = \"2027-01\" }]"),
        ];
        let assets = [
            asset("A-1", "db", "server", Some("2027-03")),
            asset("A-2", "db", "server", Some("2027-03")),
            asset("A-3", "db", "server", None),
            asset("A-4", "db", "switch", Some("2027-03")),
            asset("A-5", "app", "server", Some("2027-03")),
            asset("A-6", "old", "server", Some("2027-05")),
        ];
        let lines = [
            rental("app", 4, "2027-06-30", Renewal::Ends),
            rental("app", 5, "2027-06-30", Renewal::Automatic),
            rental("db", 6, "2027-06-30", Renewal::Ends),
        ];
        leave_by_registers(&mut models, &units, &assets, &lines);
        let month = |text: &str| -> Month { text.parse().unwrap() };
        // Two servers serve through March; the switch is none, and the rented module owns nothing.
        assert_eq!(
            models[0].retirements,
            [Retirement {
                count: 2,
                month: month("2027-04")
            }]
        );
        assert_eq!((&models[0].leases[..], &models[1].retirements[..]), (&[][..], &[][..]));
        assert_eq!(
            models[1].leases,
            [Lease {
                count: 4,
                ends: month("2027-06")
            }]
        );
        assert_eq!(models[2].retirements.len(), 1);
    }
}
