-- People who sign in, what they may do, and the secrets by which they are known. Secrets are kept as SHA-256 only.

CREATE TABLE users (
    id            BIGINT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,     -- what is typed at sign-in; lower case
    shown         TEXT NOT NULL,            -- what people call them
    password_hash TEXT,                     -- argon2id, PHC text; nothing until an invitation was used
    state         TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    created_at    TEXT NOT NULL,
    created_by    TEXT NOT NULL
);

CREATE TABLE user_grants (
    user_id BIGINT NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL,
    scope   TEXT NOT NULL,                  -- company, department:ID or product:ID
    PRIMARY KEY (user_id, role, scope)
);

-- One-time links by which a user sets a password. A new one replaces an older one.
CREATE TABLE invitations (
    user_id    BIGINT PRIMARY KEY REFERENCES users (id),
    hash       TEXT NOT NULL UNIQUE,
    expires_at TEXT NOT NULL
);

CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    csrf       TEXT NOT NULL,               -- what every form of the session carries
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    agent      TEXT NOT NULL                -- the browser, so that a user knows their own sessions
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id         BIGINT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id),
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    reads_only BIGINT NOT NULL,             -- 1: changes nothing
    scope      TEXT NOT NULL,               -- never wider than the user's own
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
);
