CREATE TABLE looks (
    id               TEXT PRIMARY KEY,
    -- Who looks at what, and what was found.
    body             TEXT NOT NULL,
    application      TEXT,
    token            TEXT,
    token_expires_at INTEGER,
    made_at          INTEGER NOT NULL
) STRICT;

CREATE INDEX looks_by_age ON looks (made_at);
