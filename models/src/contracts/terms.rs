//! The words of a contract: how bandwidth is billed, and what happens at the end of the term.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $list:ident { $($(#[$variant_meta:meta])* $variant:ident = $english:literal $chinese:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $english)] $variant,)* }

        impl $name {
            /// The word as it stands in files.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $english,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                $list.iter().find(|(english, _, _)| *english == text).map(|(_, _, value)| *value).ok_or(())
            }
        }

        /// The words in English and Chinese.
        pub const $list: &[(&str, &str, $name)] = &[$(($english, $chinese, $name::$variant),)*];
    };
}

words! {
    /// Which figure of a month's 5-minute samples is billed.
    Method, METHODS {
        /// 月95: the 95th percentile of all samples of the month.
        #[default]
        Monthly95 = "monthly-95" "月95",
        /// 日95: each day by its own 95th percentile, at a day's share of the monthly price; only days above the commit
        /// have an overage.
        Daily95 = "daily-95" "日95",
        /// 日95月平均: the mean of the days' 95th percentiles.
        AverageDaily95 = "average-daily-95" "日95月平均",
        /// 第四峰: of the days' highest samples the fourth highest.
        FourthPeak = "fourth-peak" "第四峰",
    }
}

words! {
    /// Which direction of traffic is billed.
    Direction, DIRECTIONS {
        /// The higher of the two figures, each worked out on its own.
        #[default]
        Max = "max" "取大",
        /// Inbound.
        In = "in" "入向",
        /// Outbound.
        Out = "out" "出向",
    }
}

words! {
    /// How several ports of one line become one figure.
    Ports, PORTS {
        /// Samples of the same time are added, then the figure is worked out.
        #[default]
        AfterAdding = "after-adding" "先加后取",
        /// The figure is worked out per port, then the figures are added.
        BeforeAdding = "before-adding" "先取后加",
    }
}

words! {
    /// Which sample is the 95th percentile of n samples in ascending order.
    IndexRule, INDEX_RULES {
        /// The sample of rank ⌈0.95 n⌉ (from 1): of 8,640 samples 432 are discarded.
        #[default]
        Ceil = "ceil" "ceil",
        /// The sample at position ⌊0.95 n⌋ counted from 0: of 8,640 samples 431 are discarded.
        Floor = "floor" "floor",
    }
}

words! {
    /// What happens when the term ends and nobody gave notice.
    Renewal, RENEWALS {
        /// It ends.
        #[default]
        Ends = "ends" "到期终止",
        /// It goes on at the same terms.
        Automatic = "automatic" "自动续约",
        /// New terms have to be agreed.
        Negotiated = "negotiated" "另行协商",
    }
}
