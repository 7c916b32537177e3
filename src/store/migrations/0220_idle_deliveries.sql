-- Notices of idle findings on their way out of the house: one row per notice and channel that asks for them, written with the
-- notice. 'sending' is written before anything is sent: what is found in that state later may have arrived, and is never sent
-- again by itself (as with alert_deliveries). Several rows may leave in one message.
CREATE TABLE idle_deliveries (
    finding    TEXT NOT NULL,
    position   BIGINT NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
    attempts   BIGINT NOT NULL,
    next_at    TEXT NOT NULL,          -- not before this time
    changed_at TEXT NOT NULL,
    said       TEXT NOT NULL,          -- what the other side answered, or why it failed; never an address or a secret
    PRIMARY KEY (finding, position, channel),
    FOREIGN KEY (finding, position) REFERENCES idle_notices (finding, position)
);
