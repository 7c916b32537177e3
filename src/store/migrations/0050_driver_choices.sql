-- What a driver is planned with, month by month: target, forecast, lifecycle or a manual value. Append-only; the newest row of a
-- product, metric and month counts. The value is decimal text and only there for manual choices.
CREATE TABLE driver_choices (
    sequence  BIGINT NOT NULL PRIMARY KEY,
    product   TEXT NOT NULL,
    metric    TEXT NOT NULL,
    month     TEXT NOT NULL,
    source    TEXT NOT NULL CHECK (source IN ('target', 'forecast', 'lifecycle', 'manual')),
    value     TEXT,
    reason    TEXT NOT NULL,
    chosen_by TEXT NOT NULL,
    chosen_at TEXT NOT NULL
);
