-- The way of a budget: more states than draft and approved, edits of drafts, and everything that happened on record.
-- SQLite cannot change a CHECK in place, so both tables are made anew and filled from the old ones.

CREATE TABLE budget_versions_with_states (
    id                    BIGINT PRIMARY KEY,
    year                  BIGINT NOT NULL,
    number                BIGINT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'reviewed', 'consolidated', 'approved', 'superseded', 'returned', 'rejected')),
    revision              BIGINT NOT NULL,  -- grows with every change: who writes says which one was seen
    based_on              BIGINT,           -- number of the approved version that it revises; null for a first draft
    note                  TEXT NOT NULL,    -- what it is for
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
INSERT INTO budget_versions_with_states (id, year, number, state, revision, based_on, note, as_of, configuration_version, currency, total, problems, created_at, created_by, approved_at, approved_by)
    SELECT id, year, number, state, 1, NULL, '', as_of, configuration_version, currency, total, problems, created_at, created_by, approved_at, approved_by FROM budget_versions;

CREATE TABLE budget_lines_with_owners (
    version     BIGINT NOT NULL REFERENCES budget_versions_with_states (id),
    position    BIGINT NOT NULL,
    month       TEXT NOT NULL,
    product     TEXT NOT NULL,
    module      TEXT NOT NULL,
    cost_type   TEXT NOT NULL,
    expenditure TEXT NOT NULL,
    amount      TEXT NOT NULL,              -- accrual
    cash        TEXT,                       -- what is paid in the month, where that is not the amount
    units       BIGINT,
    origin      TEXT NOT NULL,
    derivation  TEXT NOT NULL,              -- JSON: the arithmetic, to be followed by hand
    owner       TEXT NOT NULL,
    comment     TEXT NOT NULL,
    PRIMARY KEY (version, position)
);
INSERT INTO budget_lines_with_owners (version, position, month, product, module, cost_type, expenditure, amount, cash, units, origin, derivation, owner, comment)
    SELECT version, position, month, product, module, cost_type, expenditure, amount, NULL, units, origin, derivation, '', '' FROM budget_lines;

DROP TABLE budget_lines;
DROP TABLE budget_versions;
ALTER TABLE budget_versions_with_states RENAME TO budget_versions;
ALTER TABLE budget_lines_with_owners RENAME TO budget_lines;

-- Everything that happened to budgets, in its order: steps of versions, edits with the lines before and after, requests,
-- orders, bills, loans, carry-over, caps, delegations. What is true now follows from it (commitments, loans) or is kept
-- beside it in the same transaction (versions and their lines). Never edited.
CREATE TABLE budget_events (
    id      BIGINT PRIMARY KEY,
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    year    BIGINT NOT NULL,
    version BIGINT,                         -- number of the version within the year, where it concerns one
    kind    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    body    TEXT NOT NULL                   -- JSON
);
CREATE INDEX budget_events_by_year ON budget_events (year, version, id);
CREATE TRIGGER budget_events_are_never_edited BEFORE UPDATE ON budget_events BEGIN SELECT RAISE(ABORT, 'budget events cannot be edited'); END;
CREATE TRIGGER budget_events_are_never_deleted BEFORE DELETE ON budget_events BEGIN SELECT RAISE(ABORT, 'budget events cannot be edited'); END;

-- The lines of a version are open only while it is a draft or returned: not even a defect changes what was approved.
CREATE TRIGGER budget_lines_are_frozen_for_inserts BEFORE INSERT ON budget_lines
WHEN (SELECT state FROM budget_versions WHERE id = NEW.version) NOT IN ('draft', 'returned')
BEGIN SELECT RAISE(ABORT, 'the lines of this budget version are frozen'); END;
CREATE TRIGGER budget_lines_are_frozen_for_updates BEFORE UPDATE ON budget_lines
WHEN (SELECT state FROM budget_versions WHERE id = OLD.version) NOT IN ('draft', 'returned')
BEGIN SELECT RAISE(ABORT, 'the lines of this budget version are frozen'); END;
CREATE TRIGGER budget_lines_are_frozen_for_deletes BEFORE DELETE ON budget_lines
WHEN (SELECT state FROM budget_versions WHERE id = OLD.version) NOT IN ('draft', 'returned')
BEGIN SELECT RAISE(ABORT, 'the lines of this budget version are frozen'); END;
-- An approved version can only be superseded; a superseded or rejected one stays what it is.
CREATE TRIGGER budget_versions_stay_approved BEFORE UPDATE ON budget_versions
WHEN OLD.state IN ('superseded', 'rejected')
  OR (OLD.state = 'approved' AND (NEW.state <> 'superseded' OR NEW.total <> OLD.total OR NEW.year <> OLD.year OR NEW.number <> OLD.number))
BEGIN SELECT RAISE(ABORT, 'an approved budget version never changes'); END;
CREATE TRIGGER budget_versions_are_never_deleted BEFORE DELETE ON budget_versions
BEGIN SELECT RAISE(ABORT, 'budget versions are kept'); END;
