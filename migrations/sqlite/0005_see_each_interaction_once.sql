CREATE TABLE seen (
    key     TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX seen_by_time ON seen (seen_at);
