//! The policies that are shipped: our own default, those of published sources, and those of kinds other than machines.

use super::IdlePolicy;
use serde::Deserialize;
use std::sync::OnceLock;

/// TOML of the shipped policies, one file per group; `headroom idle policies --toml` prints it for a company to change.
pub const PRESETS: [(&str, &str); 3] = [
    ("headroom", include_str!("presets/headroom.toml")),
    ("published", include_str!("presets/published.toml")),
    ("kinds", include_str!("presets/kinds.toml")),
];

/// Id of the policy for machines that holds unless a company applies one of its own.
pub const DEFAULT_POLICY: &str = "headroom";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    idle_policy: Vec<IdlePolicy>,
}

/// The shipped policies, ours first.
pub fn presets() -> &'static [IdlePolicy] {
    static READ: OnceLock<Vec<IdlePolicy>> = OnceLock::new();
    READ.get_or_init(|| {
        PRESETS
            .iter()
            .filter_map(|(_, text)| toml::from_str::<File>(text).ok())
            .flat_map(|file| file.idle_policy)
            .collect()
    })
}

/// A shipped policy by its id.
pub fn preset(id: &str) -> Option<&'static IdlePolicy> {
    presets().iter().find(|policy| policy.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_policy_can_be_read_and_used() {
        let mut read = 0;
        for (name, text) in PRESETS {
            let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            for policy in &file.idle_policy {
                assert_eq!(policy.check(), [], "{}", policy.id);
                assert!(!policy.source.is_empty(), "{}", policy.id);
            }
            read += file.idle_policy.len();
        }
        assert_eq!(presets().len(), read);
        let ids: std::collections::BTreeSet<&str> = presets().iter().map(|policy| policy.id.as_str()).collect();
        assert_eq!(ids.len(), read);
        assert!(preset(DEFAULT_POLICY).is_some());
    }
}
