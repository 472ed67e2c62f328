CREATE TABLE trail (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    thread         TEXT,
    last_posted    INTEGER NOT NULL,
    batch_first    INTEGER,
    batch_last     INTEGER,
    batch_nonce    TEXT,
    batch_began_at INTEGER
) STRICT;

INSERT INTO trail (id, last_posted) VALUES (1, 0);

CREATE TABLE trail_messages (
    first     INTEGER PRIMARY KEY,
    last      INTEGER NOT NULL,
    channel   TEXT NOT NULL,
    message   TEXT NOT NULL,
    posted_at INTEGER NOT NULL
) STRICT;
