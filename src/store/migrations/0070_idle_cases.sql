-- Findings of what is paid for and not used, on their way: open, confirmed, marked, reclaimed, exempt, withdrawn.
-- Append-only; common subset of SQLite and PostgreSQL; money as decimal text, days as ISO text.
CREATE TABLE idle_cases (
    id             TEXT PRIMARY KEY,
    sequence       BIGINT NOT NULL UNIQUE,
    resource       TEXT NOT NULL,
    kind           TEXT NOT NULL,
    rule           TEXT NOT NULL,
    product        TEXT NOT NULL,           -- empty when the bill names none
    module         TEXT NOT NULL,
    owner          TEXT NOT NULL,           -- empty until somebody is named
    state          TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'marked', 'reclaimed', 'exempt', 'withdrawn')),
    verdict        TEXT NOT NULL,
    since          TEXT,
    monthly_cost   TEXT NOT NULL,           -- at stake in a month, reporting currency
    baseline       TEXT NOT NULL,           -- whole cost of the month it was found in, in baseline_currency
    baseline_currency TEXT NOT NULL,
    cost_type      TEXT NOT NULL,
    opened_on      TEXT NOT NULL,
    due_on         TEXT,
    grace_until    TEXT,
    exempt_until   TEXT,
    reclaimed_on   TEXT,
    UNIQUE (resource, rule)
);

-- What happened to a finding, in order; never edited.
CREATE TABLE idle_case_events (
    finding    TEXT NOT NULL REFERENCES idle_cases (id),
    position   BIGINT NOT NULL,
    at         TEXT NOT NULL,
    actor      TEXT NOT NULL,
    action     TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    note       TEXT NOT NULL,
    PRIMARY KEY (finding, position)
);

-- Who was told what; whether a mail was sent is for the one who sends it to add.
CREATE TABLE idle_notices (
    finding   TEXT NOT NULL REFERENCES idle_cases (id),
    position  BIGINT NOT NULL,
    at        TEXT NOT NULL,
    recipient TEXT NOT NULL,
    occasion  TEXT NOT NULL,                -- opened, marked, due, withdrawn, still-billed
    PRIMARY KEY (finding, position)
);
