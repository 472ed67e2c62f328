CREATE TABLE trail (
    id             BIGINT PRIMARY KEY CHECK (id = 1),
    thread         TEXT COLLATE "C",
    last_posted    BIGINT NOT NULL,
    batch_first    BIGINT,
    batch_last     BIGINT,
    batch_nonce    TEXT COLLATE "C",
    batch_began_at BIGINT
);

INSERT INTO trail (id, last_posted) VALUES (1, 0);

CREATE TABLE trail_messages (
    first     BIGINT PRIMARY KEY,
    last      BIGINT NOT NULL,
    channel   TEXT COLLATE "C" NOT NULL,
    message   TEXT COLLATE "C" NOT NULL,
    posted_at BIGINT NOT NULL
);
