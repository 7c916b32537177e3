-- Factors of events that a review found, for occurrences from a month on. Append-only; the newest row of an event counts.
CREATE TABLE event_factors (
    sequence   BIGINT NOT NULL PRIMARY KEY,
    event      TEXT NOT NULL,
    from_month TEXT NOT NULL,
    factor     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    set_by     TEXT NOT NULL,
    set_at     TEXT NOT NULL
);
