//! One figure of the four amounts: billed or effective, with tax, without it, or the tax alone.

use super::Amounts;
use crate::ledger::{CostBasis, Money, TaxBasis};

impl Amounts {
    /// The amount that counts. Tax is that of the invoice: the accrual basis has no tax of its own, so that gross effective
    /// cost is effective cost plus the tax invoiced.
    pub fn on(self, basis: CostBasis, tax: TaxBasis) -> Money {
        let net = match basis {
            CostBasis::Billed => self.billed,
            CostBasis::Effective => self.effective,
        };
        match tax {
            TaxBasis::Net => net,
            TaxBasis::Gross => net + self.tax,
            TaxBasis::Tax => self.tax,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn net_gross_and_tax_of_both_bases() {
        let amounts = Amounts::from_array([100, 80, 120, 6].map(Money::whole));
        let on = |basis, tax| amounts.on(basis, tax);
        assert_eq!(on(CostBasis::Billed, TaxBasis::Net), Money::whole(100));
        assert_eq!(on(CostBasis::Billed, TaxBasis::Gross), Money::whole(106));
        assert_eq!(on(CostBasis::Effective, TaxBasis::Net), Money::whole(80));
        assert_eq!(on(CostBasis::Effective, TaxBasis::Gross), Money::whole(86));
        assert_eq!(on(CostBasis::Effective, TaxBasis::Tax), Money::whole(6));
    }
}
