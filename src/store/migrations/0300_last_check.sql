-- The last check of everything, so that the page of data health shows it after a restart too: one line, replaced by the next check.
CREATE TABLE last_check (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    at         TEXT NOT NULL,
    books      BIGINT NOT NULL,                -- number of the books that it looked at
    report     TEXT NOT NULL                   -- JSON: what was looked at, and what does not hold in each language
);
