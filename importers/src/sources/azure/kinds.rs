//! What kinds of charges, frequencies and prices there are, in the words of Azure and of FOCUS.

/// What a row charges for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Usage,
    Purchase,
    Refund,
    Adjustment,
    Tax,
    Credit,
    Unused,
}

/// The words of `ChargeType`.
pub(super) const KINDS: &[(&str, &str, Kind)] = &[
    ("Usage", "", Kind::Usage),
    ("Purchase", "", Kind::Purchase),
    ("Refund", "", Kind::Refund),
    ("Adjustment", "", Kind::Adjustment),
    ("RoundingAdjustment", "", Kind::Adjustment),
    ("Tax", "", Kind::Tax),
    ("Credit", "", Kind::Credit),
    ("UnusedReservation", "", Kind::Unused),
    ("UnusedSavingsPlan", "", Kind::Unused),
];

impl Kind {
    /// The charge category of FOCUS.
    pub fn category(self) -> &'static str {
        match self {
            Kind::Usage | Kind::Unused => "Usage",
            Kind::Purchase => "Purchase",
            Kind::Refund | Kind::Adjustment => "Adjustment",
            Kind::Tax => "Tax",
            Kind::Credit => "Credit",
        }
    }
}

/// How often the charge comes.
pub(super) fn frequency(word: &str) -> &'static str {
    match word.to_ascii_lowercase().as_str() {
        "onetime" | "one-time" => "One-Time",
        "recurring" => "Recurring",
        _ => "Usage-Based",
    }
}

/// How the price came about; empty where the export does not say.
pub(super) fn pricing(model: &str) -> &'static str {
    match model.to_ascii_lowercase().as_str() {
        "reservation" | "savingsplan" => "Committed",
        "spot" => "Dynamic",
        "ondemand" => "Standard",
        _ => "",
    }
}
