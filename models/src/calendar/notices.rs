//! Days off and worked weekends as the State Council published them; data of NateScarlet/holiday-cn (MIT).

use super::Festival;

/// Years with a notice.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 2024..=2026;

/// Festival, first and last day off.
#[rustfmt::skip]
pub(super) const DAYS_OFF: [(Festival, u32, u32); 20] = [
    (Festival::NewYear, 20240101, 20240101),
    (Festival::SpringFestival, 20240210, 20240217),
    (Festival::Qingming, 20240404, 20240406),
    (Festival::LabourDay, 20240501, 20240505),
    (Festival::DragonBoat, 20240610, 20240610),
    (Festival::MidAutumn, 20240915, 20240917),
    (Festival::NationalDay, 20241001, 20241007),
    (Festival::NewYear, 20250101, 20250101),
    (Festival::SpringFestival, 20250128, 20250204),
    (Festival::Qingming, 20250404, 20250406),
    (Festival::LabourDay, 20250501, 20250505),
    (Festival::DragonBoat, 20250531, 20250602),
    (Festival::NationalDay, 20251001, 20251008),
    (Festival::NewYear, 20260101, 20260103),
    (Festival::SpringFestival, 20260215, 20260223),
    (Festival::Qingming, 20260404, 20260406),
    (Festival::LabourDay, 20260501, 20260505),
    (Festival::DragonBoat, 20260619, 20260621),
    (Festival::MidAutumn, 20260925, 20260927),
    (Festival::NationalDay, 20261001, 20261007),
];

/// Weekends that are worked.
#[rustfmt::skip]
pub(super) const WORKED: [u32; 19] = [
    20240204, 20240218, 20240407, 20240428, 20240511, 20240914,
    20240929, 20241012, 20250126, 20250208, 20250427, 20250928,
    20251011, 20260104, 20260214, 20260228, 20260509, 20260920,
    20261010,
];
