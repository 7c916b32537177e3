-- Who stands in for whom: a role in a part of the company, given on until a day. It counts while whoever gave it has the
-- role themselves. Rows are added; only the end of a delegation is written into them later. Days are YYYY-MM-DD.
CREATE TABLE delegations (
    id         BIGINT PRIMARY KEY,
    from_user  BIGINT NOT NULL REFERENCES users (id),
    to_user    BIGINT NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL,
    scope      TEXT NOT NULL,           -- company, department:ID or product:ID; never wider than the giver's own
    since_day  TEXT NOT NULL,
    until_day  TEXT NOT NULL,           -- the last day on which it counts
    reason     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    ended_at   TEXT,                    -- taken back before its time
    ended_by   TEXT
);
CREATE INDEX delegations_by_receiver ON delegations (to_user, until_day);
