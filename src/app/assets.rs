//! Assets and contracts paid in advance: what happened to them, what closed months hold of them, their schedules.

use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_importers::{BookedAssets, Dataset};
use headroom_models::assets::{Asset, AssetEvent, AssetEventKind, Course, Disposal, Holder, ScheduleLine};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The schedule of one asset.
#[derive(Clone, Debug, Serialize)]
pub struct AssetSchedule {
    /// Its number.
    pub asset: String,
    /// What people call it.
    pub name: String,
    /// Kind, or cost type of a prepaid contract.
    pub category: String,
    /// True for a contract paid in advance.
    pub prepaid: bool,
    /// How it depreciates.
    pub method: String,
    /// ISO 4217.
    pub currency: String,
    /// Purchase price.
    pub cost: Money,
    /// Residual value.
    pub residual: Money,
    /// Sum of all depreciation: cost and improvements less residual, or less book value when it left early.
    pub depreciation: Money,
    /// What leaving service cost.
    pub disposal: Option<Disposal>,
    /// Month by month.
    pub months: Vec<ScheduleLine>,
}

/// All assets in one month.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AssetMonth {
    /// The month.
    pub month: String,
    /// ISO 4217.
    pub currency: String,
    /// Assets that depreciate in it.
    pub assets: usize,
    /// Their book values at its start.
    pub opening: Money,
    /// Capitalised.
    pub improvement: Money,
    /// Depreciation and amortisation.
    pub depreciation: Money,
    /// Book value that left.
    pub disposed: Money,
    /// Their book values at its end.
    pub closing: Money,
}

impl App {
    /// What happened to each asset of the register.
    pub(super) fn asset_courses(&self) -> Result<HashMap<String, Course>, AppError> {
        let mut courses: HashMap<String, Course> = HashMap::new();
        let Some(frame) = self.dataset(Dataset::AssetEvents)? else {
            return Ok(courses);
        };
        let text = |name: &str| texts(&frame, name);
        let (ids, kinds, days) = (text("asset_id")?, text("event")?, text("date")?);
        let (products, modules) = (text("product")?, text("module")?);
        let amounts = decimal_values(&frame, "amount")?;
        let residuals = decimal_values(&frame, "residual")?;
        let units = decimal_values(&frame, "units")?;
        let months = frame.column("months")?.i64()?.clone();
        for row in 0..frame.height() {
            let (Ok(kind), Ok(day)) = (kinds[row].parse::<AssetEventKind>(), days[row].parse()) else {
                continue;
            };
            let mut event = AssetEvent::new(kind, day);
            event.amount = amounts[row];
            event.residual = residuals[row];
            event.months = months
                .get(row)
                .and_then(|months| u32::try_from(months).ok())
                .unwrap_or_default();
            event.units = units[row];
            event.to = Holder {
                product: products[row].clone(),
                module: modules[row].clone(),
            };
            courses.entry(ids[row].clone()).or_default().add(&event);
        }
        Ok(courses)
    }

    /// Billed and effective cost that closed months hold of each asset, by holder.
    pub(super) fn booked_assets(&self, closed: &BTreeSet<Month>) -> Result<BookedAssets, AppError> {
        let mut booked = BookedAssets::new();
        let registers = self.asset_register_batches()?;
        let mut files = self.store.data_files(Dataset::Charges)?;
        files.retain(|file| closed.contains(&file.month) && registers.contains(&file.batch));
        let Some(charges) = self.store.scan(&files)? else {
            return Ok(booked);
        };
        let names = [Column::ResourceId, Column::Product, Column::Module].map(Column::name);
        let amounts = [Column::BilledCost, Column::EffectiveCost].map(Column::name);
        let frame = charges
            .group_by(names.map(col))
            .agg(amounts.map(|name| col(name).sum()))
            .collect()?;
        let [ids, products, modules] = [
            texts(&frame, names[0])?,
            texts(&frame, names[1])?,
            texts(&frame, names[2])?,
        ];
        let (billed, effective) = (decimal_values(&frame, amounts[0])?, decimal_values(&frame, amounts[1])?);
        for row in 0..frame.height() {
            let key = (ids[row].clone(), products[row].clone(), modules[row].clone());
            booked.insert(
                key,
                (billed[row].unwrap_or_default(), effective[row].unwrap_or_default()),
            );
        }
        Ok(booked)
    }

    /// The schedules of the assets and prepaid contracts on the registers; of one when `id` names it.
    ///
    /// # Errors
    /// When there are none, or none of that number.
    pub fn asset_schedules(&self, id: Option<&str>) -> Result<Vec<AssetSchedule>, AppError> {
        self.require_company(Permission::Read)?;
        let assets = self.assets()?;
        if assets.is_empty() {
            return Err(Refusal::new("refused-no-assets").into());
        }
        let wanted: Vec<&Asset> = assets
            .iter()
            .filter(|asset| id.is_none_or(|id| asset.asset_id == id))
            .collect();
        if wanted.is_empty() {
            return Err(Refusal::new("refused-no-asset")
                .with("asset", id.unwrap_or_default())
                .into());
        }
        wanted.into_iter().map(schedule).collect()
    }

    /// All assets together, month by month and currency.
    ///
    /// # Errors
    /// When there are none.
    pub fn asset_months(&self) -> Result<Vec<AssetMonth>, AppError> {
        let mut sums: BTreeMap<(Month, String), AssetMonth> = BTreeMap::new();
        for schedule in self.asset_schedules(None)? {
            for line in schedule.months {
                let sum = sums.entry((line.month, schedule.currency.clone())).or_default();
                sum.month = line.month.to_string();
                sum.currency = schedule.currency.clone();
                sum.assets += 1;
                sum.opening += line.opening;
                sum.improvement += line.improvement;
                sum.depreciation += line.depreciation;
                sum.disposed += line.disposed;
                sum.closing += line.closing;
            }
        }
        Ok(sums.into_values().collect())
    }
}

fn schedule(asset: &Asset) -> Result<AssetSchedule, AppError> {
    let unclear = |error| {
        Refusal::new("refused-asset-schedule")
            .with("asset", &asset.asset_id)
            .with("reason", error)
    };
    let months = asset.table().map_err(unclear)?;
    Ok(AssetSchedule {
        asset: asset.asset_id.clone(),
        name: asset.name.clone(),
        category: asset.category.clone(),
        prepaid: asset.course.prepaid,
        method: asset.method.to_string(),
        currency: asset.currency.clone(),
        cost: asset.purchase_price,
        residual: asset.residual,
        depreciation: months.iter().map(|line| line.depreciation).sum(),
        disposal: asset.history().disposal().map_err(unclear)?,
        months,
    })
}
