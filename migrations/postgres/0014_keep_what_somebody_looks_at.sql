CREATE TABLE looks (
    id               TEXT COLLATE "C" PRIMARY KEY,
    -- Who looks at what, and what was found.
    body             TEXT COLLATE "C" NOT NULL,
    application      TEXT COLLATE "C",
    token            TEXT COLLATE "C",
    token_expires_at BIGINT,
    made_at          BIGINT NOT NULL
);

CREATE INDEX looks_by_age ON looks (made_at);
