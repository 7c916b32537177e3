//! What kinds of things are paid for, told from what a bill says about them.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $text:literal,)*) => {
        /// What is paid for.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ResourceKind { $($(#[$meta])* #[serde(rename = $text)] $name,)* }

        impl ResourceKind {
            /// All kinds, in the order in which reports list them.
            pub const ALL: &[ResourceKind] = &[$(ResourceKind::$name,)*];

            /// The word of configuration and reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(ResourceKind::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// Cloud instance.
    VirtualMachine = "virtual-machine",
    /// Owned or rented physical machine.
    Server = "server",
    /// Whole rack.
    Rack = "rack",
    /// U positions in a rack.
    RackUnit = "rack-unit",
    /// Committed power.
    PowerCommit = "power-commit",
    /// Committed bandwidth.
    BandwidthCommit = "bandwidth-commit",
    /// Cloud disk.
    Disk = "disk",
    /// Snapshot or image.
    Snapshot = "snapshot",
    /// Public address.
    IpAddress = "ip-address",
    /// Load balancer.
    LoadBalancer = "load-balancer",
    /// Managed database or cache.
    Database = "database",
    /// Software seats and licences.
    SoftwareSeat = "software-seat",
    /// Reserved instances.
    Reservation = "reservation",
    /// Savings plans.
    SavingsPlan = "savings-plan",
    /// Anything else; never judged by usage.
    #[default]
    Other = "other",
}

/// What a charge says about the thing that it is for. Empty where the bill says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChargeFacts<'a> {
    /// `SkuMeter`.
    pub meter: &'a str,
    /// `x_CostType`.
    pub cost_type: &'a str,
    /// `ServiceCategory`.
    pub category: &'a str,
    /// `ServiceName`.
    pub service: &'a str,
    /// `ResourceType`.
    pub resource_type: &'a str,
    /// `ChargeDescription`.
    pub description: &'a str,
}

impl ResourceKind {
    /// True for machines, which are judged by CPU and network.
    pub const fn is_machine(self) -> bool {
        matches!(self, ResourceKind::VirtualMachine | ResourceKind::Server)
    }

    /// True for what is paid by a quantity of which a part may be unused.
    pub const fn is_commit(self) -> bool {
        matches!(
            self,
            ResourceKind::Rack
                | ResourceKind::RackUnit
                | ResourceKind::PowerCommit
                | ResourceKind::BandwidthCommit
                | ResourceKind::SoftwareSeat
        )
    }

    /// The kind that a charge is for: by the meter of an invoice line first, by the words of service, type and description
    /// else. What has no telling word is [`ResourceKind::Other`].
    pub fn of(facts: &ChargeFacts<'_>) -> ResourceKind {
        match facts.meter {
            "rack" => return ResourceKind::Rack,
            "u-position" => return ResourceKind::RackUnit,
            "power" => return ResourceKind::PowerCommit,
            "bandwidth-commit" => return ResourceKind::BandwidthCommit,
            "ip-address" => return ResourceKind::IpAddress,
            "software" => return ResourceKind::SoftwareSeat,
            _ => {}
        }
        match facts.cost_type {
            "server" => return ResourceKind::Server,
            "software" => return ResourceKind::SoftwareSeat,
            _ => {}
        }
        let words = [facts.resource_type, facts.service, facts.meter, facts.description]
            .join(" ")
            .to_lowercase();
        let any = |list: &[&str]| list.iter().any(|word| words.contains(word));
        if any(&["snapshot", "快照", "镜像"]) {
            ResourceKind::Snapshot
        } else if any(&["load balanc", "loadbalanc", "负载均衡", "slb", "clb", "elb"]) {
            ResourceKind::LoadBalancer
        } else if any(&[
            "elastic ip",
            "public ip",
            "ipaddress",
            "ip address",
            "eip",
            "弹性公网",
            "公网ip",
        ]) {
            ResourceKind::IpAddress
        } else if facts.category == "Databases" || any(&["rds", "redis", "database", "数据库"]) {
            ResourceKind::Database
        } else if any(&["disk", "volume", "ebs", "云盘", "云硬盘", "块存储"]) {
            ResourceKind::Disk
        } else if facts.category == "Compute"
            || any(&[
                "instance",
                "virtual machine",
                "boxusage",
                "云服务器",
                "elastic compute",
                "ecs",
            ])
        {
            ResourceKind::VirtualMachine
        } else {
            ResourceKind::Other
        }
    }
}

impl std::fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_bills() {
        let of = |meter, cost_type, category, service, description| {
            ResourceKind::of(&ChargeFacts {
                meter,
                cost_type,
                category,
                service,
                description,
                ..ChargeFacts::default()
            })
        };
        assert_eq!(
            of("bandwidth-commit", "bandwidth-external", "", "", ""),
            ResourceKind::BandwidthCommit
        );
        assert_eq!(
            of("", "cloud", "Compute", "Amazon EC2", "BoxUsage:m7i"),
            ResourceKind::VirtualMachine
        );
        assert_eq!(
            of("", "cloud", "Storage", "Amazon EBS", "gp3 volume"),
            ResourceKind::Disk
        );
        assert_eq!(
            of("", "cloud", "Storage", "Amazon EBS", "Snapshot data stored"),
            ResourceKind::Snapshot
        );
        assert_eq!(of("", "cloud", "Networking", "弹性公网IP", ""), ResourceKind::IpAddress);
        assert_eq!(
            of("", "cloud", "Networking", "负载均衡", ""),
            ResourceKind::LoadBalancer
        );
        assert_eq!(of("", "cloud", "Databases", "RDS", ""), ResourceKind::Database);
        assert_eq!(of("", "server", "", "", "depreciation"), ResourceKind::Server);
        assert_eq!(of("", "labour", "", "", "remote hands"), ResourceKind::Other);
    }
}
