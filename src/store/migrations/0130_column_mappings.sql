-- How the sheets of a vendor are read: TOML under a name. Saving again adds a version; the newest counts.
CREATE TABLE column_mappings (
    name     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    body     TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    PRIMARY KEY (name, version)
);
