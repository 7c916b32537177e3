//! The parts of a variance.

use serde::{Deserialize, Serialize};

/// A part of the difference between actual cost and budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// 业务量: the drivers were off their targets. (Units at the measured driver − at the target) × budget price.
    Volume,
    /// 结构: another mix of units that can be summed. Σ (q1 − Q1 × planned share) × budget price.
    Mix,
    /// 效率: units in service other than the model asks for at the measured driver; for lines without a model, usage other
    /// than in the months that the budget rests on. What volume, mix, price, rates and timing leave.
    Efficiency,
    /// 价格: (price of the price book in the month − price of the budget) × units in service.
    Price,
    /// 汇率: actual cost − the same at the budget's rates.
    Fx,
    /// 时间差: of a line that comes in lumps, what will have evened out by the end of the year.
    Timing,
    /// 新增: cost on keys without a budget in the year that did not exist when the budget was made, at the budget's rates.
    New,
    /// 计划外: cost on keys without a budget in the year that did exist, at the budget's rates.
    Unplanned,
    /// 终止: budget of the months after which nothing is spent any more.
    Ended,
    /// 未使用: budget of keys on which nothing was spent in the year.
    Unused,
}

impl Part {
    /// All parts, in the order of a waterfall from budget to actual cost.
    pub const ALL: [Part; 10] = [
        Part::Volume,
        Part::Mix,
        Part::Efficiency,
        Part::Price,
        Part::Fx,
        Part::Timing,
        Part::New,
        Part::Unplanned,
        Part::Ended,
        Part::Unused,
    ];

    /// The word that files and APIs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Volume => "volume",
            Part::Mix => "mix",
            Part::Efficiency => "efficiency",
            Part::Price => "price",
            Part::Fx => "fx",
            Part::Timing => "timing",
            Part::New => "new",
            Part::Unplanned => "unplanned",
            Part::Ended => "ended",
            Part::Unused => "unused",
        }
    }
}
