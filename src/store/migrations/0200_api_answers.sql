-- Answers to writes of the API by their idempotency key, so that a request that is sent again after a restart is not done twice.
CREATE TABLE api_answers (
    key        TEXT PRIMARY KEY,            -- hash of caller, address and the caller's key
    status     BIGINT NOT NULL,             -- HTTP status
    body       TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
