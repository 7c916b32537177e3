-- Windows of time that were read from a Prometheus server: an import that is run again goes on where it ended.
CREATE TABLE prometheus_windows (
    import     TEXT NOT NULL,               -- SHA-256 over address, queries and step
    start      TEXT NOT NULL,               -- first moment, ISO 8601 in UTC
    batch      TEXT REFERENCES batches (id),-- null when the window held no sample
    samples    BIGINT NOT NULL,
    PRIMARY KEY (import, start)
);
