//! The closed lists of the company's own dimensions: resource mode, cost type, expenditure.

use serde::{Deserialize, Serialize};

macro_rules! terms {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// All values, in the order in which reports list them.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The word as it stands in files.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                $name::ALL.iter().copied().find(|term| term.as_str() == text)
                    .ok_or_else(|| format!("'{text}' is none of {}", $name::ALL.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(", ")))
            }
        }
    };
}

terms! {
    /// How a resource is had (资源模式).
    ResourceMode {
        /// 托管: space, rack, power and cooling of a third party, machines of one's own.
        Idc = "idc",
        /// 托管服务: rented, managed machines.
        Hosting = "hosting",
        /// 公共云.
        Cloud = "cloud",
        /// 自建: a data centre or machines of one's own.
        Owned = "owned",
    }
}

terms! {
    /// What the money is for (成本科目).
    CostType {
        /// 机房机位.
        Rack = "rack",
        /// 电力.
        Power = "power",
        /// 外网带宽.
        BandwidthExternal = "bandwidth-external",
        /// 内网/专线.
        BandwidthInternal = "bandwidth-internal",
        /// 交换机.
        Switch = "switch",
        /// 服务器.
        Server = "server",
        /// 软件.
        Software = "software",
        /// 云服务.
        Cloud = "cloud",
        /// 代维.
        Labour = "labour",
        /// 其他.
        Other = "other",
    }
}

terms! {
    /// Asset bought (资本性) or running charge (费用性).
    Expenditure {
        /// 资本性: depreciation and amortisation of what was bought.
        Capex = "capex",
        /// 费用性.
        Opex = "opex",
    }
}
