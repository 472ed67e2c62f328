CREATE TABLE cards (
    request   TEXT PRIMARY KEY REFERENCES requests (id),
    channel   TEXT NOT NULL,
    message   TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    -- A fingerprint of what the message shows, so that an equal edit is saved.
    shown     TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX cards_by_message ON cards (message);

CREATE TABLE answers (
    request          TEXT PRIMARY KEY REFERENCES requests (id),
    -- The interaction through which the requester's ephemeral message can be edited, for 15 minutes.
    application      TEXT,
    token            TEXT,
    token_expires_at INTEGER,
    -- The message that took over from it: in the inbox or, where that is closed, in the channel.
    place            TEXT,
    channel          TEXT,
    message          TEXT,
    shown            TEXT NOT NULL
) STRICT;

CREATE INDEX answers_with_a_token ON answers (token_expires_at) WHERE token_expires_at IS NOT NULL;
