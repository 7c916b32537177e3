-- The state beside the ledger files. Append-only: a change of shape is a new migration, never an edit of this one.
-- Common subset of SQLite and PostgreSQL. Money is decimal text, days and times are ISO 8601 text in UTC.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One import: all of it or nothing.
CREATE TABLE batches (
    id                TEXT PRIMARY KEY,
    sequence          BIGINT NOT NULL UNIQUE,
    importer          TEXT NOT NULL,
    source            TEXT NOT NULL,
    content_hash      TEXT NOT NULL,        -- SHA-256 over the hashes of its files, sorted
    rows              BIGINT NOT NULL,
    rejected          BIGINT NOT NULL,
    rounding_residual TEXT NOT NULL,        -- what rounding to 18 digits took, exact
    state             TEXT NOT NULL CHECK (state IN ('committed', 'undone')),
    imported_at       TEXT NOT NULL,
    imported_by       TEXT NOT NULL,
    undone_at         TEXT
);
CREATE INDEX batches_by_content ON batches (content_hash);

CREATE TABLE batch_totals (
    batch     TEXT NOT NULL REFERENCES batches (id),
    currency  TEXT NOT NULL,
    billed    TEXT NOT NULL,
    effective TEXT NOT NULL,
    list      TEXT NOT NULL,
    rejected  TEXT NOT NULL,                -- billed cost of the rows left out, where it could be read
    PRIMARY KEY (batch, currency)
);

-- The files a batch was read from.
CREATE TABLE batch_inputs (
    batch  TEXT NOT NULL REFERENCES batches (id),
    name   TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes  BIGINT NOT NULL,
    rows   BIGINT NOT NULL
);

-- Rows left out under --allow-rejects, and findings: lines taken as billed that do not hold together.
CREATE TABLE batch_remarks (
    batch    TEXT NOT NULL REFERENCES batches (id),
    position BIGINT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('reject', 'finding')),
    body     TEXT NOT NULL,                 -- JSON
    PRIMARY KEY (batch, kind, position)
);

-- The Parquet files of the ledger and of the other datasets. What is not listed here does not exist for a reader.
CREATE TABLE data_files (
    path        TEXT PRIMARY KEY,           -- below the data directory
    batch       TEXT NOT NULL REFERENCES batches (id),
    dataset     TEXT NOT NULL,
    month       TEXT NOT NULL,
    source      TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    rows        BIGINT NOT NULL,
    replaced_by TEXT REFERENCES batches (id) -- a newer batch of the same source and month
);
CREATE INDEX data_files_by_month ON data_files (dataset, month, source);

CREATE TABLE periods (
    month      TEXT PRIMARY KEY,
    state      TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    reason     TEXT NOT NULL
);

CREATE TABLE configuration_versions (
    version      BIGINT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    applied_at   TEXT NOT NULL,
    applied_by   TEXT NOT NULL
);

CREATE TABLE configuration_documents (
    version BIGINT NOT NULL REFERENCES configuration_versions (version),
    name    TEXT NOT NULL,
    body    TEXT NOT NULL,                  -- TOML as it was applied
    PRIMARY KEY (version, name)
);

-- One run of one month; the newest run of a month is the one that counts.
CREATE TABLE allocation_runs (
    run                   BIGINT PRIMARY KEY,
    month                 TEXT NOT NULL,
    configuration_version BIGINT NOT NULL REFERENCES configuration_versions (version),
    ledger_hash           TEXT NOT NULL,    -- SHA-256 over the ledger files it read
    rules_hash            TEXT NOT NULL,    -- SHA-256 over the rules, pools, rates and metrics it applied
    path                  TEXT NOT NULL,
    sha256                TEXT NOT NULL,
    run_at                TEXT NOT NULL
);
CREATE INDEX allocation_runs_by_month ON allocation_runs (month, run);

CREATE TABLE allocation_proofs (
    run           BIGINT NOT NULL REFERENCES allocation_runs (run),
    source        TEXT NOT NULL,
    currency      TEXT NOT NULL,
    ledger        TEXT NOT NULL,
    allocated     TEXT NOT NULL,
    difference    TEXT NOT NULL,
    unallocated   TEXT NOT NULL,
    ledger_billed TEXT NOT NULL,
    PRIMARY KEY (run, source, currency)
);

CREATE TABLE budget_versions (
    id                    BIGINT PRIMARY KEY,
    year                  BIGINT NOT NULL,
    number                BIGINT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'superseded')),
    as_of                 TEXT NOT NULL,    -- last month whose actual cost it rests on
    configuration_version BIGINT NOT NULL REFERENCES configuration_versions (version),
    currency              TEXT NOT NULL,
    total                 TEXT NOT NULL,
    problems              TEXT NOT NULL,    -- JSON list of what could not be derived
    created_at            TEXT NOT NULL,
    created_by            TEXT NOT NULL,
    approved_at           TEXT,
    approved_by           TEXT,
    UNIQUE (year, number)
);

CREATE TABLE budget_lines (
    version     BIGINT NOT NULL REFERENCES budget_versions (id),
    position    BIGINT NOT NULL,
    month       TEXT NOT NULL,
    product     TEXT NOT NULL,
    module      TEXT NOT NULL,
    cost_type   TEXT NOT NULL,
    expenditure TEXT NOT NULL,
    amount      TEXT NOT NULL,
    units       BIGINT,
    origin      TEXT NOT NULL,
    derivation  TEXT NOT NULL,              -- JSON: the arithmetic, to be followed by hand
    PRIMARY KEY (version, position)
);

CREATE TABLE audit (
    id     BIGINT PRIMARY KEY,
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE TRIGGER audit_is_never_edited BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be edited'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be edited'); END;
