//! The methods of depreciation, by the words people use for them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a purchase price becomes monthly cost.
///
/// In files one of the words below; the Chinese accounting words are read as well and mean the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Method {
    /// `straight-line`, 直线法 or 年限平均法: the same every month.
    #[default]
    StraightLine,
    /// `double-declining`, 双倍余额递减法: twice the straight-line rate on the book value, straight line in the last two
    /// years.
    DoubleDeclining,
    /// `sum-of-years`, 年数总和法: years left over the sum of the years' digits.
    SumOfYears,
    /// `units-of-production`, 工作量法: by the work done.
    UnitsOfProduction,
}

impl Method {
    /// All methods, in the order in which they are offered.
    pub const ALL: [Method; 4] = [
        Method::StraightLine,
        Method::DoubleDeclining,
        Method::SumOfYears,
        Method::UnitsOfProduction,
    ];

    /// The word as it stands in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::StraightLine => "straight-line",
            Method::DoubleDeclining => "double-declining",
            Method::SumOfYears => "sum-of-years",
            Method::UnitsOfProduction => "units-of-production",
        }
    }

    /// The Chinese words that are read for it, the usual one first.
    pub const fn chinese(self) -> &'static [&'static str] {
        match self {
            Method::StraightLine => &["直线法", "年限平均法", "平均年限法"],
            Method::DoubleDeclining => &["双倍余额递减法", "双倍余额递减"],
            Method::SumOfYears => &["年数总和法", "年数总和"],
            Method::UnitsOfProduction => &["工作量法"],
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Method {
    type Err = String;

    /// Reads a word; letter case and surrounding blanks do not matter.
    fn from_str(text: &str) -> Result<Self, String> {
        let word = text.trim().to_lowercase();
        Method::ALL
            .into_iter()
            .find(|method| method.as_str() == word || method.chinese().contains(&word.as_str()))
            .ok_or_else(|| {
                let words = Method::ALL.map(|method| format!("{method} ({})", method.chinese()[0]));
                format!("'{text}' is no method of depreciation: use one of {}", words.join(", "))
            })
    }
}

impl TryFrom<String> for Method {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Method> for String {
    fn from(method: Method) -> String {
        method.as_str().to_owned()
    }
}
