-- The way of each month: open, closing (its checklist is being worked through), closed, and open again. Lines are only added;
-- the newest of a month is its state, and `periods` stays what locks it.
CREATE TABLE closings (
    id        BIGINT PRIMARY KEY,
    month     TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('closing', 'closed', 'open')),
    at        TEXT NOT NULL,
    by        TEXT NOT NULL,
    reason    TEXT NOT NULL,
    checklist TEXT NOT NULL              -- JSON: each item as it stood then
);
CREATE INDEX closings_by_month ON closings (month, id);
