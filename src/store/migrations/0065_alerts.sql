-- Alerts on budgets as records, and what was sent of them. Rows of alerts are added and never edited; an alert's end is a
-- row of its own. Months are YYYY-MM, figures decimal text.

-- Months whose thresholds were looked at: each once, in order, so that a figure that wavers is judged by its past.
CREATE TABLE alert_months (
    month        TEXT PRIMARY KEY,
    evaluated_at TEXT NOT NULL,
    evaluated_by TEXT NOT NULL
);

CREATE TABLE alerts (
    id        BIGINT PRIMARY KEY,
    year      BIGINT NOT NULL,          -- fiscal year of the budget
    rule      TEXT NOT NULL,
    metric    TEXT NOT NULL,            -- actual, landing, pace
    severity  TEXT NOT NULL,            -- warning, critical
    level     TEXT NOT NULL,            -- company, department, product
    subject   TEXT NOT NULL,            -- id of the department or product; empty for the company
    month     TEXT NOT NULL REFERENCES alert_months (month),
    value     TEXT NOT NULL,            -- percent
    threshold TEXT NOT NULL,            -- percent
    budget    TEXT NOT NULL,
    amount    TEXT NOT NULL,            -- what is held against the budget
    raised_at TEXT NOT NULL
);

CREATE TABLE alert_ends (
    alert    BIGINT PRIMARY KEY REFERENCES alerts (id),
    month    TEXT NOT NULL REFERENCES alert_months (month),
    value    TEXT NOT NULL,
    ended_at TEXT NOT NULL
);

-- One message of one alert through one channel. 'sending' is written before anything is sent: what is found in that state
-- later may have arrived, and is never sent again by itself.
CREATE TABLE alert_deliveries (
    alert       BIGINT NOT NULL REFERENCES alerts (id),
    event       TEXT NOT NULL CHECK (event IN ('raised', 'ended')),
    channel     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
    attempts    BIGINT NOT NULL,
    next_at     TEXT NOT NULL,          -- not before this time
    changed_at  TEXT NOT NULL,
    said        TEXT NOT NULL,          -- what the other side answered, or why it failed; never an address or a secret
    PRIMARY KEY (alert, event, channel)
);
