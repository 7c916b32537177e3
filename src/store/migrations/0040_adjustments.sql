-- What came late for a closed month is booked in an open one; the charges that it takes the place of are taken back there.

-- The closed month whose charges the file holds; null for a file of the month's own charges.
ALTER TABLE data_files ADD COLUMN adjusts TEXT;

-- Sums of the charges that the batch takes back, beside those of its own rows: the files hold both.
ALTER TABLE batch_totals ADD COLUMN reversed_billed TEXT NOT NULL DEFAULT '0';
ALTER TABLE batch_totals ADD COLUMN reversed_effective TEXT NOT NULL DEFAULT '0';
ALTER TABLE batch_totals ADD COLUMN reversed_list TEXT NOT NULL DEFAULT '0';
