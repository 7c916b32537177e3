//! The parts of a variance.

use serde::{Deserialize, Serialize};

/// A part of the difference between actual cost and budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// 业务量: the drivers were off their targets. Model cost at the measured driver − at the target.
    Volume,
    /// 汇率: actual cost − the same at the budget's rates.
    Fx,
    /// 计划外: cost on keys without any budget in the year, at the budget's rates.
    Unplanned,
    /// 未使用: budget of keys on which nothing was spent.
    Unused,
    /// 效率与价格: what is left. More or fewer units per driver than planned, another price, another month.
    EfficiencyAndPrice,
}

impl Part {
    /// All parts, in the order of a waterfall from budget to actual cost.
    pub const ALL: [Part; 5] = [
        Part::Volume,
        Part::EfficiencyAndPrice,
        Part::Fx,
        Part::Unplanned,
        Part::Unused,
    ];

    /// The word that files and APIs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Volume => "volume",
            Part::Fx => "fx",
            Part::Unplanned => "unplanned",
            Part::Unused => "unused",
            Part::EfficiencyAndPrice => "efficiency-and-price",
        }
    }
}
