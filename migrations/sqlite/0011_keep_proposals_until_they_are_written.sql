CREATE TABLE proposals (
    id               TEXT PRIMARY KEY,
    version          INTEGER NOT NULL,
    by_user          TEXT NOT NULL,
    by_name          TEXT NOT NULL,
    lapses_at        INTEGER NOT NULL,
    state            TEXT NOT NULL,
    application      TEXT,
    token            TEXT,
    token_expires_at INTEGER,
    channel          TEXT,
    message          TEXT,
    shown            TEXT NOT NULL
) STRICT;

CREATE TABLE proposal_steps (
    proposal     TEXT NOT NULL REFERENCES proposals (id),
    place        INTEGER NOT NULL,
    policy       TEXT NOT NULL,
    confirmed_at INTEGER,
    is_over      INTEGER NOT NULL CHECK (is_over IN (0, 1)),
    version      INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (proposal, place)
) STRICT;

CREATE INDEX proposal_steps_to_write ON proposal_steps (policy, confirmed_at)
    WHERE confirmed_at IS NOT NULL AND is_over = 0;
