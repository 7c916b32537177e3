-- Views of costs that a person keeps under a name: what stands behind `?` in the address. Nobody else sees them.
CREATE TABLE saved_views (
    person   TEXT NOT NULL,
    name     TEXT NOT NULL,
    query    TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (person, name)
);
