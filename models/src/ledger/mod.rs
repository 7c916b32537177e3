//! The ledger: a FOCUS dataset with decimal money, partitioned by billing month and source.

mod books;
mod charge;
mod columns;
mod money;
mod month;
mod reversal;
mod terms;

pub use books::{BookSettings, CostBasis, ExpectedSource, TaxBasis};
pub use charge::{Charge, ChargeFrame, decimal_column, decimal_values, text_values};
pub use columns::{Column, ColumnKind};
pub use money::{Money, MoneyError, Parsed, Ratio, Residual, SCALE};
pub use month::{FiscalCalendar, Month, MonthError, MonthRange};
pub use reversal::{estimated, reversed};
pub use terms::{CostType, Expenditure, ResourceMode};
