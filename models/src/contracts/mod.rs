//! Contracts of data centre and hosting companies: what they come to in a month, and invoices checked against them.

mod bandwidth;
mod check;
mod costs;
mod line;
mod terms;

pub use bandwidth::{BandwidthTerms, Billed, Sample, billed, billed_rank, mbps, percentile_95};
pub use check::{ContractCheck, Difference, DifferenceKind, InvoiceLine, check_invoices};
pub use costs::{ContractCost, contract_costs};
pub use line::{ContractLine, Expected, Measured, Meter, decimal_mbps};
pub use terms::{DIRECTIONS, Direction, INDEX_RULES, IndexRule, METHODS, Method, PORTS, Ports, RENEWALS, Renewal};
