CREATE TABLE cards (
    request   TEXT COLLATE "C" PRIMARY KEY REFERENCES requests (id),
    channel   TEXT COLLATE "C" NOT NULL,
    message   TEXT COLLATE "C" NOT NULL,
    posted_at BIGINT NOT NULL,
    -- A fingerprint of what the message shows, so that an equal edit is saved.
    shown     TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX cards_by_message ON cards (message);

CREATE TABLE answers (
    request          TEXT COLLATE "C" PRIMARY KEY REFERENCES requests (id),
    -- The interaction through which the requester's ephemeral message can be edited, for 15 minutes.
    application      TEXT COLLATE "C",
    token            TEXT COLLATE "C",
    token_expires_at BIGINT,
    -- The message that took over from it: in the inbox or, where that is closed, in the channel.
    place            TEXT COLLATE "C",
    channel          TEXT COLLATE "C",
    message          TEXT COLLATE "C",
    shown            TEXT COLLATE "C" NOT NULL
);

CREATE INDEX answers_with_a_token ON answers (token_expires_at) WHERE token_expires_at IS NOT NULL;
