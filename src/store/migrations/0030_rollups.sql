-- Rollups: a ledger file's charges added up per distinct combination of attributes, made while the file was written. They
-- count as long as their file of charges counts, and can always be made again from it.
CREATE TABLE rollups (
    path    TEXT PRIMARY KEY,               -- below the data directory
    charges TEXT NOT NULL UNIQUE REFERENCES data_files (path),
    sha256  TEXT NOT NULL,
    bytes   BIGINT NOT NULL,
    rows    BIGINT NOT NULL
);

-- The sums of a ledger file, taken charge by charge while it was written: what an allocation from the rollup is proved against.
CREATE TABLE rollup_totals (
    path      TEXT NOT NULL REFERENCES rollups (path),
    currency  TEXT NOT NULL,
    billed    TEXT NOT NULL,
    effective TEXT NOT NULL,
    list      TEXT NOT NULL,
    tax       TEXT NOT NULL,
    PRIMARY KEY (path, currency)
);
