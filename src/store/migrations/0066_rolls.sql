-- The monthly rolling adjustment (滚动): what was known, what was forecast, what was proposed, what people decided.
-- Everything is added and never edited. Months are YYYY-MM, money decimal text.

CREATE TABLE rolls (
    id             BIGINT PRIMARY KEY,
    year           BIGINT NOT NULL,
    as_of          TEXT NOT NULL,       -- last closed month
    budget_version BIGINT NOT NULL REFERENCES budget_versions (id),
    year_budget    TEXT NOT NULL,
    landing        TEXT NOT NULL,
    made_at        TEXT NOT NULL,
    made_by        TEXT NOT NULL
);
CREATE INDEX rolls_by_month ON rolls (year, as_of, id);

-- Cost of each product and month of the year: frozen as it was in the closed months, forecast in the open ones.
CREATE TABLE roll_forecasts (
    roll    BIGINT NOT NULL REFERENCES rolls (id),
    product TEXT NOT NULL,
    month   TEXT NOT NULL,
    closed  BIGINT NOT NULL,            -- 1 when it is actual cost
    low     TEXT NOT NULL,
    mid     TEXT NOT NULL,
    high    TEXT NOT NULL,
    PRIMARY KEY (roll, product, month)
);

CREATE TABLE roll_proposals (
    id          BIGINT PRIMARY KEY,
    roll        BIGINT NOT NULL REFERENCES rolls (id),
    product     TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('supplement', 'cut')),
    amount      TEXT NOT NULL,
    low         TEXT NOT NULL,
    high        TEXT NOT NULL,
    landing     TEXT NOT NULL,
    year_budget TEXT NOT NULL,
    reason      TEXT NOT NULL           -- JSON: drivers, run ratio, what is unplanned, main cause in both languages
);

CREATE TABLE roll_decisions (
    proposal   BIGINT PRIMARY KEY REFERENCES roll_proposals (id),
    decision   TEXT NOT NULL CHECK (decision IN ('accepted', 'edited', 'declined')),
    amount     TEXT NOT NULL,           -- what was accepted; zero when declined
    reason     TEXT NOT NULL,
    changes    TEXT NOT NULL,           -- JSON: line and month by which the amount changes the budget
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL
);

-- The revision of the budget that an accepted proposal went into.
CREATE TABLE roll_revisions (
    proposal BIGINT PRIMARY KEY REFERENCES roll_proposals (id),
    version  BIGINT NOT NULL REFERENCES budget_versions (id)
);
